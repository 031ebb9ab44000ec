"""The README shows a figure of the book as it stands."""

import picture
from tree import Tree


def test_the_picture_of_the_readme_is_the_figure_of_the_book():
    tree = Tree.here()
    stored = (tree.book / "_static" / "readme.svg").read_text("utf-8")
    assert stored == picture.picture(tree), "run: .venv/bin/python book/_tools/picture.py"

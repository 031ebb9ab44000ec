"""The picture of the README: one figure of the book, as a file that stands alone.

    python book/_tools/picture.py

Takes the figure from the executed notebook in `_build/executed`, so run `make book` first.
"""

import xml.etree.ElementTree as ET

import nbformat

import whole
from tree import BuildError, Tree

NOTEBOOK, FIGURE = "learning/losses.ipynb", "fig-losses-race"


def picture(tree):
    """The text of the SVG file. Raises BuildError where the executed notebook or its figure is missing."""
    path = tree.executed / NOTEBOOK
    if not path.is_file():
        raise BuildError(f"The picture needs {path.relative_to(tree.root)}: run `make book` first.")
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.metadata.get("mystnb", {}).get("figure", {}).get("name") == FIGURE:
            return standalone(cell.outputs[0].data["text/html"])
    raise BuildError(f"{NOTEBOOK} has no figure {FIGURE}.")


def standalone(html):
    """The SVG of a figure's HTML with what the page gave it: a namespace, a title, a paper, ink and a typeface."""
    frame = ET.fromstring(html).find("div[@role='img']")
    root = frame.find("svg")
    del root.attrib["aria-hidden"]
    root.attrib |= {"xmlns": "http://www.w3.org/2000/svg", "role": "img"}
    root.set("style", f"{root.get('style')};color:#222222;font-family:DejaVu Sans,Verdana,sans-serif")
    title, paper = ET.Element("title"), ET.Element("rect", width="100%", height="100%", fill="#ffffff")
    title.text = frame.get("aria-label")
    root[:0] = [title, paper]
    return ET.tostring(root, encoding="unicode") + "\n"


def main():
    tree = Tree.here()
    whole.write(tree.book / "_static" / "readme.svg", picture(tree))


if __name__ == "__main__":
    whole.run(main, "The picture is as it was.")

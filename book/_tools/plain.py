"""Build the book with today's Sphinx and MyST alone, without Jupyter Book, into `_build/plain/html`.

    .venv/bin/python book/_tools/plain.py .venv-sphinx/bin/python

The program that is named runs Sphinx, with conf.py. The notebooks are executed as for `make book`: with the pins of the
book, and only what is stale.
"""

import os
import shutil
import sys

import build
import execute
import whole
from tree import Tree


def write(tree, python):
    """Execute what is stale and make the pages from scratch; every warning is an error. Raises BuildError."""
    pages = tree.toc_pages()
    build.require_no_second_execution(tree)
    execute.execute_stale(tree, execute.Limits())
    build.compose(tree)
    work = tree.build / "plain"
    shutil.rmtree(work, ignore_errors=True)
    command = [os.path.abspath(python), "-m", "sphinx", "-b", "html", "-c", str(tree.book / "_tools")]
    command += ["-d", str(work / "doctrees"), *build.STRICT, str(tree.executed), str(work / "html")]
    build.write_pages(tree, command, work / "html", pages, build.edition_seconds(tree))


def main():
    tree = Tree.here()
    with whole.alone(tree):
        write(tree, sys.argv[1])
    print(f"Sphinx alone builds the book: {(tree.build / 'plain' / 'html' / 'index.html').as_uri()}")


if __name__ == "__main__":
    whole.run(main, "Sphinx alone does not build the book.")

"""Build the book: execute stale notebooks, then turn `book/` into `_build/html`.

    python book/_tools/build.py

The pages are made from scratch whenever anything they depend on has changed, in a folder of their own, and are put in
place only when they are complete: `_build/html` is either the book as its sources stand, or not there.
"""

import argparse
import errno
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat

import api
import bounded
import copies
import execute
import fingerprint
import labels as book
import normalise
import whole
from tree import BuildError, Tree, environment, settings

SPHINX_SECONDS = 3600
STRICT = ["-W", "-n", "--keep-going", "-q"]
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def build(tree, limits):
    """Bring `_build/html` up to date; returns whether anything had to be done. Raises BuildError."""
    pages = tree.toc_pages()
    require_no_second_execution(tree)
    day = edition_seconds(tree)
    key = fingerprint.digest(fingerprint.of_tree(tree), day)
    stamp = tree.build / "html.key"
    if stamp.is_file() and stamp.read_text() == key and not missing_pages(tree.html, pages):
        return False
    stamp.unlink(missing_ok=True)
    shutil.rmtree(tree.html, ignore_errors=True)
    execute.execute_stale(tree, limits)
    compose(tree)
    make_pages(tree, pages, day)
    if fingerprint.digest(fingerprint.of_tree(tree), day) != key:
        raise BuildError("The sources changed while the book was being built: run it again.")
    shutil.move(tree.build / "sphinx" / "_build" / "html", tree.html)
    shutil.rmtree(tree.build / "sphinx")
    stamp.write_text(key)
    return True


def require_no_second_execution(tree):
    """Raise BuildError unless `_config.yml` leaves the execution of notebooks to these tools."""
    if settings(tree, "execute").get("execute_notebooks") not in ("off", False):
        raise BuildError("_config.yml must say execute_notebooks: off: the build executes the notebooks itself.")


def edition_seconds(tree):
    """The day of this edition as SOURCE_DATE_EPOCH counts it: as the environment says, of the last commit, or today."""
    command = ["git", "log", "-1", "--format=%ct"]
    try:
        commit = subprocess.run(command, cwd=tree.root, capture_output=True, text=True).stdout.strip()
    except OSError:
        commit = ""
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH") or commit or time.time())
    return str(seconds - seconds % 86400)


def compose(tree):
    """Write `_build/executed`, the book with its outputs, and beside it the package that its pages quote.

    With `hide_solutions: true` in `_config.yml` the pages have no solutions: sphinx-exercise leaves their cells.
    """
    hides = settings(tree, "sphinx", "config").get("hide_solutions")
    shutil.rmtree(tree.executed, ignore_errors=True)
    reference = api.pages(tree)
    for name in {*map(Path, tree.sources()), *reference}:
        target = tree.executed / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if name.suffix == ".ipynb":
            nb = execute.with_outputs(tree, name)
            nbformat.write(without_solutions(nb) if hides else nb, target)
        elif name in reference:
            target.write_text(reference[name], "utf-8")
        else:
            shutil.copy(tree.book / name, target)
    quoted = tree.build / tree.package.name
    shutil.rmtree(quoted, ignore_errors=True)
    shutil.copytree(tree.package, quoted, ignore=shutil.ignore_patterns("__pycache__"))


def without_solutions(nb):
    """Take the solution cells out of the notebook, in place, and return it."""
    nb.cells = [cell for cell in nb.cells if "solution" not in cell.metadata.get("tags", [])]
    return nb


def make_pages(tree, pages, day):
    """Run Jupyter Book on `_build/executed` from scratch; every warning is an error. Raises BuildError."""
    work = tree.build / "sphinx"
    shutil.rmtree(work, ignore_errors=True)
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", str(tree.executed)]
    command += ["--config", str(tree.config), "--toc", str(tree.toc), "--path-output", str(work), *STRICT]
    write_pages(tree, command, work / "_build" / "html", pages, day)


def write_pages(tree, command, html, pages, day):
    """Run a command that writes the `pages` into the folder `html`. Raises BuildError."""
    print(f"Pages: building {len(pages)}.", flush=True)
    status, log = bounded.run(command, SPHINX_SECONDS, cwd=tree.root, env=environment(tree, SOURCE_DATE_EPOCH=day))
    if status is None:
        raise BuildError(f"Sphinx was stopped: {log}.")
    log = COLOURS.sub("", log)
    if status and whole.is_full(log):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    (tree.build / "sphinx.log").write_text(log, "utf-8")
    if status:
        raise BuildError(f"The pages do not build:\n\n{complaints(log, tree)}\n\nAll of it: _build/sphinx.log")
    if missing := missing_pages(html, pages):
        raise BuildError(f"Sphinx ended without an error, but did not write {', '.join(missing)}.")
    offer_notebooks(tree, html)


def offer_notebooks(tree, html):
    """Put plain notebooks where the pages offer their sources for download: those are for Sphinx only."""
    labels, hides = book.of_book(tree), settings(tree, "sphinx", "config").get("hide_solutions")
    for page in labels.titles:
        if (offered := html / "_sources" / f"{page}.ipynb").is_file():
            nb = execute.with_outputs(tree, Path(f"{page}.ipynb"))
            whole.write(offered, normalise.write(copies.notebook(tree, labels, page, nb, not hides, alone=True)))


def complaints(log, tree):
    """The warnings and errors of a Sphinx log, with the names of files and cells that an author knows."""
    known = log.replace(f"{tree.executed}/", "book/").replace(f"{tree.root}/", "")
    return "\n".join(readable(known) or known.splitlines()[-20:])


def readable(log):
    """The lines of a Sphinx log that warn, with cell and line for the numbers of myst-nb."""
    known = re.sub(r"\.ipynb:([1-9]\d*)(\d{4}):", lambda m: f".ipynb, cell {m[1]}, line {int(m[2])}:", log)
    return [line for line in known.splitlines() if "WARNING" in line or "ERROR" in line or "error:" in line.lower()]


def missing_pages(html, pages):
    """Those of `pages` that are not in the folder `html`, and `index.html` if that is missing."""
    return [name for name in dict.fromkeys(["index", *pages]) if not (html / f"{name}.html").is_file()]


def main():
    parser = argparse.ArgumentParser(description="Build the book into _build/html.")
    parser.add_argument("--cell-seconds", type=float, default=execute.Limits.cell, help="processor time for a cell")
    parser.add_argument("--notebook-seconds", type=float, default=execute.Limits.notebook, help="and for a notebook")
    parser.add_argument(
        "--idle-seconds", type=float, default=execute.Limits.idle, help="how long a cell may do nothing"
    )
    options = parser.parse_args()

    tree = Tree.here()
    start = time.monotonic()
    with whole.alone(tree):
        limits = execute.Limits(options.cell_seconds, options.notebook_seconds, options.idle_seconds)
        changed = build(tree, limits)
    print(f"The book is built ({time.monotonic() - start:.0f} s)." if changed else "The book is up to date.")
    print(f"Open {(tree.html / 'index.html').as_uri()}")
    print("or run: python3 -m http.server --directory _build/html, and open http://localhost:8000")


if __name__ == "__main__":
    whole.run(main, "The book was not built.")

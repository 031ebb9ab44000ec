"""Build the book: execute stale notebooks, then turn `book/` into `_build/html`.

    python book/_tools/build.py

The pages are made from scratch whenever anything they depend on has changed, in a folder of their own, and are put in
place only when they are complete: `_build/html` is either the book as its sources stand, or not there.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import yaml

import api
import execute
import fingerprint
from tree import BuildError, Tree, environment

SPHINX_SECONDS = 900
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
    settings = yaml.safe_load(tree.config.read_text("utf-8")).get("execute", {})
    if settings.get("execute_notebooks") not in ("off", False):
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
    """Write `_build/executed`, the book with its outputs, and beside it the package that its pages quote."""
    shutil.rmtree(tree.executed, ignore_errors=True)
    reference = api.pages(tree)
    for name in {*map(Path, tree.sources()), *reference}:
        target = tree.executed / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if name.suffix == ".ipynb":
            nbformat.write(execute.with_outputs(tree, name), target)
        elif name in reference:
            target.write_text(reference[name], "utf-8")
        else:
            shutil.copy(tree.book / name, target)
    quoted = tree.build / tree.package.name
    shutil.rmtree(quoted, ignore_errors=True)
    shutil.copytree(tree.package, quoted, ignore=shutil.ignore_patterns("__pycache__"))


def make_pages(tree, pages, day):
    """Run Jupyter Book on `_build/executed` from scratch; every warning is an error. Raises BuildError."""
    print(f"Pages: building {len(pages)}.", flush=True)
    work = tree.build / "sphinx"
    shutil.rmtree(work, ignore_errors=True)
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", str(tree.executed)]
    command += ["--config", str(tree.config), "--toc", str(tree.toc), "--path-output", str(work)]
    command += ["-W", "-n", "--keep-going", "-q"]
    try:
        done = subprocess.run(
            command,
            cwd=tree.root,
            env=environment(tree, SOURCE_DATE_EPOCH=day),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SPHINX_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"Jupyter Book gave no answer in {SPHINX_SECONDS} s.") from error
    log = COLOURS.sub("", done.stdout)
    (tree.build / "sphinx.log").write_text(log, "utf-8")
    if done.returncode:
        raise BuildError(f"The pages do not build:\n\n{complaints(log, tree)}\n\nAll of it: _build/sphinx.log")
    if missing := missing_pages(work / "_build" / "html", pages):
        raise BuildError(f"Jupyter Book ended without an error, but did not write {', '.join(missing)}.")


def complaints(log, tree):
    """The warnings and errors of a Sphinx log, with the names of files and cells that an author knows."""
    known = log.replace(f"{tree.executed}/", "book/").replace(f"{tree.root}/", "")
    known = re.sub(r"\.ipynb:([1-9]\d*)(\d{4}):", lambda m: f".ipynb, cell {m[1]}, line {int(m[2])}:", known)
    lines = [line for line in known.splitlines() if "WARNING" in line or "ERROR" in line or "error:" in line.lower()]
    return "\n".join(lines or known.splitlines()[-20:])


def missing_pages(html, pages):
    """Those of `pages` that are not in the folder `html`, and `index.html` if that is missing."""
    return [name for name in dict.fromkeys(["index", *pages]) if not (html / f"{name}.html").is_file()]


def main():
    parser = argparse.ArgumentParser(description="Build the book into _build/html.")
    parser.add_argument("--cell-seconds", type=float, default=execute.Limits.cell, help="limit for one cell")
    parser.add_argument("--notebook-seconds", type=float, default=execute.Limits.notebook, help="limit for a notebook")
    options = parser.parse_args()

    tree = Tree.here()
    start = time.monotonic()
    try:
        changed = build(tree, execute.Limits(options.cell_seconds, options.notebook_seconds))
    except BuildError as error:
        sys.exit(f"\nThe book was not built.\n{error}")
    except KeyboardInterrupt:
        sys.exit("\nInterrupted: the book was not built.")
    print(f"The book is built ({time.monotonic() - start:.0f} s)." if changed else "The book is up to date.")
    print(f"Open {(tree.html / 'index.html').as_uri()}")
    print("or run: python3 -m http.server --directory _build/html, and open http://localhost:8000")


if __name__ == "__main__":
    main()

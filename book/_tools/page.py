"""Build one page alone into `_build/page/html`, to look at while it is written.

    python book/_tools/page.py book/neurons/xor.ipynb

The notebook is executed if its code or the package has changed. Links to other pages lead nowhere, and the page is
chapter 1: `make book` builds it as the reader sees it.
"""

import re
import shutil
import sys
from pathlib import Path

import nbformat
import yaml

import bounded
import build
import execute
import whole
from tree import BuildError, Tree, environment

START = "# One page of the book\n\n```{tableofcontents}\n```\n\n```{bibliography}\n:style: plain\n```\n"
ELSEWHERE = re.compile("cross-reference target not found|unknown document|undefined label|equation not found")


def write(tree, name):
    """Execute and build the page `name`, a path below `book/`; returns its file and the complaints about it."""
    work = tree.build / "page"
    shutil.rmtree(work, ignore_errors=True)
    execute.execute_stale(tree, execute.Limits(), [name])
    compose(tree, work / "book", name)
    toc = {"format": "jb-book", "root": "index", "parts": [{"numbered": True, "chapters": [{"file": str(name)}]}]}
    (work / "_toc.yml").write_text(yaml.safe_dump(toc))
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", str(work / "book")]
    command += ["--config", str(tree.config), "--toc", str(work / "_toc.yml"), "--path-output", str(work), "-q"]
    env = environment(tree, SOURCE_DATE_EPOCH=build.edition_seconds(tree))
    status, log = bounded.run(command, build.SPHINX_SECONDS, cwd=tree.root, env=env)
    log = build.COLOURS.sub("", log)
    if status != 0:
        raise BuildError(f"The page does not build:\n\n{log}")
    shutil.move(work / "_build" / "html", work / "html")
    log = log.replace(f"{work}/", "")
    complaints = [line for line in build.readable(log) if name.stem in line and not ELSEWHERE.search(line)]
    return (work / "html" / name).with_suffix(".html"), complaints


def compose(tree, book, name):
    """A book of a start page and this one, with what both need."""
    for part in ("_static", "_vendor"):
        shutil.copytree(tree.book / part, book / part)
    shutil.copy(tree.book / "references.bib", book)
    (book / "index.md").write_text(START)
    (book / name).parent.mkdir(parents=True, exist_ok=True)
    if name.suffix == ".ipynb":
        nbformat.write(execute.with_outputs(tree, name), book / name)
    else:
        shutil.copy(tree.book / name, book / name)
    shutil.copytree(tree.package, book.parent / "mlp_core", ignore=shutil.ignore_patterns("__pycache__"))


def main():
    tree = Tree.here()
    (path,) = map(Path, sys.argv[1:])
    with whole.alone(tree):
        page, complaints = write(tree, path.resolve().relative_to(tree.book))
    print("\n".join([*complaints, f"Open {page.as_uri()}"]))


if __name__ == "__main__":
    whole.run(main, "The page was not built.")

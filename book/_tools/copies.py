"""Write plain notebooks: `class/` with outputs and solutions, `student/` without both.

    python book/_tools/copies.py class
    python book/_tools/copies.py student

Each page of the book becomes a notebook that any Jupyter shows as it is meant: numbers stand in their sentences,
references are words with a link, captions stand below their figures. A notebook whose cells somebody has changed is
never overwritten: what is new is written beside it.
"""

import itertools
import json
import re
import sys
from pathlib import Path

import nbformat
from nbformat.sign import NotebookNotary

import commonmark
import execute
import labels as book
import normalise
import wheel
import whole
from fingerprint import digest
from tree import Tree, settings

FOLDED = {"check", "draw", "hide-input", "setup"}
CLOSED = {"jupyter": {"source_hidden": True}, "cellView": "form"}  # for JupyterLab, and for Colab
WRITTEN = ".written.json"
MINUTES = re.compile(r"\*\*In class\*\* (\d+) minutes")

INSTALL = """\
# Installs mlp_core where it is missing: on Colab, on Binder, in a Jupyter of your own
import importlib.util
import subprocess
import sys
from pathlib import Path

if importlib.util.find_spec("mlp_core") is None:
    folders = (Path.cwd(), Path.cwd().parent)
    sources = [wheel.as_uri() for folder in folders for wheel in folder.glob("mlp_core-*.whl")] + {origins}
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--retries", "1"]
    if not sources or subprocess.run([*pip, f"mlp_core[notebooks] @ {{sources[0]}}"], capture_output=True).returncode:
        raise ModuleNotFoundError(
            "mlp_core is missing and could not be installed: "
            "{remedy}, then run this cell again.",
            name="mlp_core",
        )
    importlib.invalidate_caches()
"""

START = """\
# {title}

These are the chapters as notebooks. Click one, then choose *Run > Run All Cells*. The numbers in the sentences are
those of the book; the cells compute them anew.

{chapters}

**In a notebook.** Checks, settings and drawing code are closed: click the bar to open them. A slider moves by mouse and
by arrow keys. In an exercise replace each `...` and run its check: it says whether you are right, and if not,
why.{solutions}

**Your changes are yours.** When the book changes, the notebooks that you have not changed are renewed. One that you
have changed stays, and the new one is put beside it.

Other pages: {others}.
"""


def notebook(tree, labels, page, nb, solutions=True, alone=False):
    """A page as a plain notebook: `nb` is its source, with the outputs that are kept.

    A notebook that is `alone` has no others beside it, and links to the published pages.
    """
    plain = commonmark.Plain(tree, labels, page, book.says(nb), alone)
    cells = [install_cell(tree)] if any(cell.cell_type == "code" for cell in nb.cells) else []
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            cells += _prose(plain, cell)
        elif is_solution(cell) and cells[-1].cell_type == "code" and is_solution(cells[-1]) and not cells[-1].outputs:
            cells[-1].source += f"\n\n\n{cell.source}"
            cells[-1].outputs, cells[-1].execution_count = cell.outputs, cell.execution_count
        else:
            cells += _code(plain, cell)
    if not alone:
        cells.append(markdown_cell("way-on", _way_on(labels, page)))
    if not solutions:
        cells = [cell for cell in cells if not is_solution(cell)]
    return notebook_of(cells)


def is_solution(cell):
    """Whether a cell belongs to a solution."""
    return "solution" in cell.metadata.get("tags", [])


def _prose(plain, cell):
    """The cells for one markdown cell: a solution is apart, and so is a heading that folds what follows."""
    found = []
    for number, part in enumerate(plain.parts(cell.source)):
        name = cell.id if not number else f"{cell.id}-{number + 1}"
        metadata = {"tags": ["solution"]} if part.kind == "solution" else {}
        if part.kind == "deeper":
            metadata = {"jp-MarkdownHeadingCollapsed": True}
        found.append(markdown_cell(name, part.text, metadata))
    return found


def _code(plain, cell):
    """A code cell, and the caption of its figure.

    What is no story is closed. Of a closed cell Jupyter shows the first line, so it says what the cell is.
    """
    tags, figure = cell.metadata.get("tags", []), cell.metadata.get("mystnb", {}).get("figure")
    metadata, source, words = {"tags": list(tags)} if tags else {}, cell.source, ""
    if figure:
        words = plain.labels.places[figure["name"]].words
    if is_solution(cell):
        metadata |= CLOSED | {"jupyter": {"source_hidden": True, "outputs_hidden": True}}
        exercise = plain.labels.places[plain.exercise].words.lower()
        source = f"# Solution of {exercise}\n{source}"
    elif FOLDED & set(tags):
        metadata |= CLOSED
        source = f"# Draws {words.lower()}\n{source}" if figure else source
    outputs = [output for output in cell.outputs if book.RECORD not in output.get("data", {})]
    copies = [code_cell(cell.id, source, metadata, outputs, cell.execution_count)]
    if figure:
        copies.append(markdown_cell(f"{cell.id}-caption", f"**{words}.** {plain.inline(figure['caption'])}"))
    return copies


def markdown_cell(name, source, metadata=None):
    """A cell of text."""
    return nbformat.from_dict({"id": name, "cell_type": "markdown", "metadata": metadata or {}, "source": source})


def code_cell(name, source, metadata=None, outputs=(), count=None):
    """A cell of code."""
    ran = {"outputs": list(outputs), "execution_count": count}
    return nbformat.from_dict({"id": name, "cell_type": "code", "metadata": metadata or {}, "source": source, **ran})


def notebook_of(cells):
    """A notebook of these cells."""
    return nbformat.from_dict(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": normalise.NOTEBOOK_METADATA, "cells": cells}
    )


def install_cell(tree):
    """The first cell of a notebook with code."""
    repository = settings(tree, "repository")
    origins, remedy = [], f"put {wheel.name(tree)} beside this notebook, connect to the internet"
    if repository.get("url"):
        origins, remedy = [f"git+{repository['url']}@{repository['branch']}"], "connect to the internet"
    source = INSTALL.format(origins=json.dumps(origins), remedy=remedy).rstrip("\n")
    return code_cell("install", source, {"tags": ["setup"]} | CLOSED)


def _way_on(labels, page):
    """The last cell: the chapter before, all of them, the next one."""
    order = list(labels.chapters)
    start = f"[All chapters]({book.path_from(page, 'start.ipynb')})"
    if page not in labels.chapters:
        return start
    at = order.index(page)
    before = [f"← {_linked(labels, order[at - 1], page)}"] if at else []
    after = [f"{_linked(labels, order[at + 1], page)} →"] if at + 1 < len(order) else []
    return " | ".join([*before, start, *after])


def _linked(labels, page, here):
    return f"[{labels.chapters[page]}. {labels.titles[page]}]({book.path_from(here, f'{page}.ipynb')})"


def start_page(tree, labels, solutions):
    """The page that lists the chapters with their minutes."""
    rows = ["| Chapter | Minutes in class | Exercises |", "|---|---|---|"]
    for page in labels.chapters:
        text = "\n\n".join(cell.source for cell in book.read_page(tree, page).cells if cell.cell_type == "markdown")
        minutes = MINUTES.search(text)
        rows.append(
            f"| {_linked(labels, page, 'start')} | {minutes[1] if minutes else ''} | {text.count('{exercise}')} |"
        )
    others = [page for page in labels.titles if page not in labels.chapters and "/" not in page]
    names = labels.titles | {"index": "About this book"}
    links = ", ".join(f"[{names[page]}]({page}.ipynb)" for page in others)
    text = START.format(
        title=settings(tree)["title"],
        chapters="\n".join(rows),
        solutions=" The solution is folded below." if solutions else "",
        others=links,
    )
    return notebook_of([markdown_cell("start", text.strip())])


def notebooks(tree, executed, solutions):
    """All plain notebooks of the book by their paths; with outputs where they are `executed`."""
    labels, found = book.of_book(tree), {}
    for page in labels.titles:
        path = Path(f"{page}.ipynb")
        is_notebook = (tree.book / path).is_file()
        nb = execute.with_outputs(tree, path) if executed and is_notebook else book.read_page(tree, page)
        plain = notebook(tree, labels, page, nb, solutions)
        found[path.as_posix()] = plain if executed else without_outputs(plain)
    found["start.ipynb"] = start_page(tree, labels, solutions)
    return found


def without_outputs(nb):
    """Take all outputs out of the notebook, in place, and return it."""
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return nb


def write(folder, new):
    """Write notebooks below a folder, and nothing over what somebody has changed there; yields what is to be said.

    A notebook counts as changed when its cells are not those that were written last; outputs do not count. What is new
    is then written beside it, as xor-new.ipynb. One that the book no longer has goes, unless it is changed.
    """
    stamp, count = folder / WRITTEN, 0
    known = json.loads(stamp.read_text("utf-8")) if stamp.is_file() else {}
    for name, nb in new.items():
        text = normalise.write(nb)
        mark = {"page": name, "cells": cells_of(text), "file": digest(text)}
        place, is_new = _place(folder, name, text, mark, known)
        if is_new:
            whole.write(folder / place, text)
            count += 1
            if place != name:
                yield f"{folder.name}/{name} has changes of yours and stays; the new one is {folder.name}/{place}."
        if place:
            known[place] = mark
    for name in [name for name, mark in known.items() if mark["page"] not in new]:
        path = folder / name
        if path.is_file() and cells_of(path.read_text("utf-8")) == known[name]["cells"]:
            path.unlink()
        del known[name]
    whole.write(stamp, json.dumps(known, indent=1, sort_keys=True))
    yield f"{folder.name}/: {count} of {len(new)} notebooks written."


def _place(folder, name, text, mark, known):
    """Where a notebook goes, as pair (name, whether it has to be written); "" where what is new is in work already."""
    stem = name.removesuffix(".ipynb")
    others = (f"{stem}-new-{k}.ipynb" for k in itertools.count(2))
    for place in itertools.chain([name, f"{stem}-new.ipynb"], others):
        path, before = folder / place, known.get(place, {})
        if not path.is_file():
            return place, True
        there = path.read_text("utf-8")
        cells = cells_of(there)
        if there == text or (cells == mark["cells"] and digest(there) != before.get("file")):
            return place, False
        if cells == before.get("cells"):
            return place, True
        if before.get("cells") == mark["cells"]:
            return "", False


def cells_of(text):
    """A hash of the cells of a notebook in a file's text, without outputs; "" where it is no notebook."""
    try:
        cells = [[cell["cell_type"], "".join(cell["source"])] for cell in json.loads(text)["cells"]]
    except (ValueError, KeyError, TypeError):
        return ""
    return digest(json.dumps(cells))


def main():
    tree, edition = Tree.here(), sys.argv[1]
    executed = edition == "class"
    with whole.alone(tree):
        if executed:
            execute.execute_stale(tree, execute.Limits())
        new = notebooks(tree, executed=executed, solutions=executed)
    folder = tree.root / edition
    for sentence in write(folder, new):
        print(sentence)
    wheel.write(tree, folder)
    if executed:
        trust(folder, new)


def trust(folder, names):
    """Tell Jupyter that the pictures in these notebooks are ours: it shows no HTML of a stranger."""
    notary = NotebookNotary()
    for name in names:
        notary.sign(nbformat.read(folder / name, as_version=4))


if __name__ == "__main__":
    whole.run(main, "Not every notebook was written.")

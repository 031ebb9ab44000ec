"""What a notebook's outputs and the pages depend on, as hashes: equal hash, nothing to do."""

import hashlib
import json
import platform
from pathlib import Path

import anatomy
from tree import files_below

TOOLS = Path(__file__).parent


def digest(*parts):
    """One hash of strings and bytes; their boundaries count."""
    total = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        total.update(len(raw).to_bytes(8, "big") + raw)
    return total.hexdigest()


def of_files(folder, names=None):
    """One hash of the names and contents of the files below `folder`, or of those named."""
    names = files_below(folder) if names is None else names
    return digest(*(part for name in names for part in (str(name), (folder / name).read_bytes())))


def of_ground(tree):
    """What every notebook stands on: `mlp_core`, data files of the book, the pins, Python and the executing tool."""
    data = [n for n in tree.sources() if not n.startswith("_") and not n.endswith((".ipynb", ".md", ".bib"))]
    return digest(
        of_files(tree.package),
        of_files(tree.book, data),
        tree.pins.read_bytes(),
        platform.python_version(),
        (TOOLS / "run_notebook.py").read_bytes(),
    )


def under(tree, ground):
    """What each notebook stands on: an appendix may also read the other pages, as the errata count theirs."""
    with_pages = digest(ground, of_files(tree.book, tree.sources()))
    return {name: with_pages if anatomy.is_appendix(name) else ground for name in tree.notebooks()}


def of_notebook(nb, ground):
    """What the outputs of a notebook depend on: its code cells in order, and the ground. Prose does not count."""
    cells = [
        {"id": cell.id, "source": cell.source, "tags": cell.metadata.get("tags", [])}
        for cell in nb.cells
        if cell.cell_type == "code"
    ]
    return digest(ground, json.dumps(cells, sort_keys=True))


def of_tree(tree):
    """What the pages depend on: every source of the book, its settings, the ground and the tools."""
    return digest(
        of_ground(tree),
        of_files(tree.book, tree.sources()),
        of_files(TOOLS),
        tree.config.read_bytes(),
        tree.toc.read_bytes(),
        (tree.root / "pyproject.toml").read_bytes(),
    )

"""The one form in which notebooks are committed: what nbval compares, and nothing that differs from run to run."""

import re

import nbformat

from fingerprint import digest

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}
FOLDED = {"check", "draw", "setup"}  # the tags of cells that open collapsed
CELL_METADATA = ("checks", "claims", "errata", "mystnb", "tags")
STRIPPED = re.compile(r"image/.*|application/javascript|application/vnd\.jupyter\.widget.*")


def normalise(nb):
    """Bring the notebook into its committed form, in place, and return it.

    nbformat 4.5; stable cell ids; execution counts 1..n; of the outputs the text, without images, widget state and the
    html of figures; of the metadata what the book reads, and that JupyterLab collapses what the page folds.
    """
    nb.nbformat, nb.nbformat_minor = 4, 5
    nb.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    seen, count = set(), 0
    for cell in nb.cells:
        cell.metadata = nbformat.from_dict({k: cell.metadata[k] for k in CELL_METADATA if cell.metadata.get(k)})
        if FOLDED & set(cell.metadata.get("tags", [])):
            cell.metadata["jupyter"] = {"source_hidden": True}
        cell.source = cell.source.strip("\n")
        cell.id = _stable_id(cell, seen)
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            cell.outputs = [_normalised(output, count) for output in cell.outputs]
    return nb


def _stable_id(cell, seen):
    """The id the cell has, or one made from its source if it has none or another cell has the same."""
    name, attempt = cell.get("id"), 0
    while not name or name in seen:
        name, attempt = digest(cell.source, str(attempt))[:8], attempt + 1
    seen.add(name)
    return name


def _normalised(output, count):
    """The output without what may differ between two runs of the same code."""
    if output.output_type == "execute_result":
        output.execution_count = count
    if "data" in output:
        is_figure = output.data.get("text/plain", "").startswith(("<figure:", "<lines:", "<sketch:"))
        for kind in list(output.data):
            if STRIPPED.fullmatch(kind) or (is_figure and kind == "text/html"):
                del output.data[kind]
                output.metadata.pop(kind, None)
    return output


def read(text):
    """The notebook in a file's text; an old format is brought to nbformat 4."""
    return nbformat.reads(text, as_version=4)


def write(nb):
    """The file's text for a notebook: sorted keys, one space of indentation, one newline at the end."""
    return nbformat.writes(nb, version=nbformat.NO_CONVERT).rstrip("\n") + "\n"


def is_normalised(text):
    """Whether a notebook file's text is in its committed form."""
    return write(normalise(read(text))) == text

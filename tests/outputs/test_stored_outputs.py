"""Every cell of every notebook gives what is stored: the outputs that the pages are made from are held against it.

`make test` executes what is stale and then runs this file. The comparison is nbval's, so `pytest --nbval book` agrees.
"""

from functools import cache

import nbformat
import pytest
from nbval.plugin import IPyNbCell, IPyNbFile, coalesce_streams

import anatomy
import execute
import fingerprint
import normalise
from tree import Tree

TREE = Tree.here()
FOR_PAGES = ('<div class="mlp-', '<table class="mlp-')  # where the html of figures, verdicts and tables begins


@cache
def stored(name):
    return anatomy.code_cells(normalise.read((TREE.book / name).read_text("utf-8")))


@cache
def grounds():
    return fingerprint.under(TREE, fingerprint.of_ground(TREE))


@cache
def executed(name):
    """The code cells of the last execution, if that is of the notebook as it stands."""
    fresh = execute.is_fresh(TREE, name, grounds()[name])
    assert fresh, f"book/{name} has changed since it was executed: run make test"
    nb = nbformat.read(execute.outputs_of(TREE, name), as_version=4)
    return anatomy.code_cells(as_text(normalise.normalise(nb)))


def as_text(nb):
    """Take out of the outputs what text mode does not give, in place, and return the notebook."""
    for cell in anatomy.code_cells(nb):
        for output in cell.outputs:
            if output.get("data", {}).get("text/html", "").startswith(FOR_PAGES):
                del output.data["text/html"]
    return nb


def difference(session, ran, reference):
    """What nbval says of the outputs of a cell beside the stored ones, "" where they agree."""
    file = IPyNbFile.from_parent(session, path=TREE.book / "index.ipynb")
    cell = IPyNbCell.from_parent(file, name="cell", cell_num=0, cell=reference, options={})
    if cell.compare_outputs(coalesce_streams(ran), coalesce_streams(reference.outputs)):
        return ""
    return "\n".join(map(str, cell.comparison_traceback))


CELLS = [(name, number) for name in TREE.notebooks() for number in range(len(stored(name)))]


@pytest.mark.parametrize(("name", "number"), CELLS, ids=[f"{name}-cell {number + 1}" for name, number in CELLS])
def test_the_cell_gives_what_is_stored(request, name, number):
    reference = stored(name)[number]
    told = difference(request.session, executed(name)[number].outputs, reference)
    assert not told, f"book/{name}, code cell {number + 1} (id {reference.id}), differs:\n{told}"


def output(kind, **fields):
    return nbformat.v4.new_output(kind, **fields)


def shown(**data):
    return output("display_data", data={key.replace("_", "/"): value for key, value in data.items()})


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ([output("stream", name="stdout", text="0.12\n")], [output("stream", name="stdout", text="0.13\n")]),
        ([output("stream", name="stdout", text="0.12\n")], []),
        ([], [shown(text_plain="<figure: A line.>")]),
        ([shown(text_plain="1")], [shown(text_plain="1"), shown(text_plain="2")]),
        ([shown(text_plain="1")], [shown(text_plain="1", text_html="<table>")]),
    ],
)
def test_another_output_is_told(request, before, now):
    ran = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", outputs=now)])
    (cell,) = as_text(ran).cells
    assert difference(request.session, cell.outputs, nbformat.v4.new_code_cell("1", outputs=before))


@pytest.mark.parametrize("begin", FOR_PAGES)
def test_what_only_a_page_shows_is_no_difference(request, begin):
    now = [shown(text_plain="Correct.", text_html=f'{begin}verdict">'), output("stream", name="stdout", text="a\n")]
    ran = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", outputs=now)])
    (cell,) = as_text(ran).cells
    before = [output("stream", name="stdout", text="a\n"), shown(text_plain="Correct.")]
    assert not difference(request.session, cell.outputs, nbformat.v4.new_code_cell("1", outputs=before))

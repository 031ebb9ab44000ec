"""The ledger and the book: every item of a finished chapter is shown by a cell that can fail or be seen."""

import ast
from collections import Counter

import nbformat
import pytest
import yaml

import anatomy
import normalise
from tree import Tree

TREE = Tree.here()
LEDGER = {item["id"]: item for item in yaml.safe_load((TREE.book / "claims.yml").read_text("utf-8"))}
CHAPTERS = {page.stem: page for page in TREE.notebooks()}
PENDING = {
    "alvinn",
    "augmentation",
    "convolution",
    "frameworks",
    "history",
    "optimisers",
    "overfitting",
    "penalties",
    "pretraining",
    "pruning",
    "rectifier",
    "vanishing",
}
"""The chapters of the ledger that are still to be written: the list shrinks until it is empty."""

DECKS = {"buc", "msk", "lin", "cmi"}
FIELDS = {"id", "kind", "statement", "show", "core", "chapter"}
KINDS = {
    "algorithm",
    "definition",
    "example",
    "experiment-claim",
    "figure",
    "formula",
    "history",
    "practice",
    "software",
    "theorem",
}
ERRATA = {"[typo]", "[wrong]", "[sloppy]", "[clash]", "[dated]", "[unverified]"}


def due(chapter):
    """The items that a chapter shows, by id."""
    return {name: item for name, item in LEDGER.items() if item["chapter"] == chapter}


def shows(cell):
    """Whether a code cell draws a figure, checks an exercise, or asserts something about what it computed."""
    if any(map(anatomy.can_fail, anatomy.assertions(ast.parse(cell.source)))):
        return True
    return bool(anatomy.drawings(cell) or anatomy.calls(cell, "exercises.check"))


def complaints(nb, items):
    """What is wrong with the claims that the cells of a notebook carry, given the items that it must show."""
    found, carried = [], set()
    for cell in nb.cells:
        for name in cell.metadata.get("claims", []):
            if name not in LEDGER:
                found.append(f"cell {cell.id}: no item {name} in the ledger")
            elif "solution" in anatomy.tags(cell):
                found.append(f"cell {cell.id}: {name} is carried by a solution, which the student copies lack")
            elif cell.cell_type == "code":
                carried.add(name)
                if not shows(cell):
                    found.append(f"cell {cell.id}: {name} needs an assertion, a check or a figure in this cell")
            elif LEDGER[name]["kind"] == "history":
                carried.add(name)
                if "{cite" not in cell.source:
                    found.append(f"cell {cell.id}: {name} needs a citation in this cell")
    return found + [f"no cell shows {name}" for name in items if name not in carried]


def test_the_ledger_is_whole():
    assert len(yaml.safe_load((TREE.book / "claims.yml").read_text("utf-8"))) == len(LEDGER) == 270


@pytest.mark.parametrize("item", LEDGER.values(), ids=LEDGER)
def test_an_item_of_the_ledger_is_complete(item):
    assert FIELDS <= set(item) <= FIELDS | {"also", "erratum"}
    assert all(isinstance(item[field], str) and item[field].strip() for field in FIELDS)
    assert item["id"].split("-")[0] in DECKS
    assert item["kind"] in KINDS
    assert set(item.get("also", [])) <= DECKS - {item["id"].split("-")[0]}


@pytest.mark.parametrize("name", [name for name, item in LEDGER.items() if "erratum" in item])
def test_an_erratum_says_of_what_sort_it_is(name):
    assert any(tag in LEDGER[name]["erratum"] for tag in ERRATA)


def test_every_chapter_of_the_ledger_is_written_or_pending():
    assert {item["chapter"] for item in LEDGER.values()} - set(CHAPTERS) == PENDING


def test_every_chapter_has_a_name_of_its_own_and_a_place_in_the_table_of_contents():
    assert [stem for stem, count in Counter(page.stem for page in TREE.notebooks()).items() if count > 1] == []
    assert {page.with_suffix("").as_posix() for page in CHAPTERS.values()} <= set(TREE.toc_pages())


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_finished_chapter_shows_all_its_items(chapter):
    nb = normalise.read((TREE.book / CHAPTERS[chapter]).read_text("utf-8"))
    assert complaints(nb, due(chapter)) == []


CLAIM = "buc-xor-truth-table"
PAPER = "buc-dropout-paper"
CELL = nbformat.v4.new_code_cell
PROSE = nbformat.v4.new_markdown_cell


def notebook(cell, claim, *tags):
    cell.id = "cell"
    cell.metadata = nbformat.from_dict({"claims": [claim], "tags": list(tags)})
    return nbformat.v4.new_notebook(cells=[cell])


@pytest.mark.parametrize(
    "source",
    [
        "assert (Y == [[0], [1], [1], [0]]).all()",
        "np.testing.assert_allclose(Z, 0)",
        "show.figure(draw, alt='Four points.')",
        "show.explore(draw, alt='A line.', b=grid)",
        "exercises.check('xor/one-gate', (1, 1, -1.5))",
    ],
)
def test_a_cell_shows_an_item_by_an_assertion_a_check_or_a_figure(source):
    assert complaints(notebook(CELL(source), CLAIM), [CLAIM]) == []


@pytest.mark.parametrize("source", ["", "Y = xor().Y", "assert True", "assert 1 < 2", "print('assert Y')"])
def test_a_cell_that_cannot_fail_shows_nothing(source):
    assert complaints(notebook(CELL(source), CLAIM), [CLAIM]) == [
        f"cell cell: {CLAIM} needs an assertion, a check or a figure in this cell"
    ]


def test_a_missing_item_is_found():
    assert complaints(nbformat.v4.new_notebook(), [CLAIM]) == [f"no cell shows {CLAIM}"]


def test_an_unknown_item_is_found():
    assert complaints(notebook(CELL("assert x"), "buc-xor"), []) == ["cell cell: no item buc-xor in the ledger"]


def test_prose_shows_no_item_but_history():
    assert complaints(notebook(PROSE("See {cite}`duda`."), CLAIM), [CLAIM]) == [f"no cell shows {CLAIM}"]
    assert complaints(notebook(PROSE("See {cite}`srivastava2014`."), PAPER), [PAPER]) == []


def test_history_in_prose_needs_a_citation():
    assert complaints(notebook(PROSE("Once upon a time."), PAPER), [PAPER]) == [
        f"cell cell: {PAPER} needs a citation in this cell"
    ]


def test_a_solution_carries_no_item():
    assert complaints(notebook(CELL("assert x"), CLAIM, "solution"), [CLAIM]) == [
        f"cell cell: {CLAIM} is carried by a solution, which the student copies lack",
        f"no cell shows {CLAIM}",
    ]

"""The committed notebooks: their form, their anatomy, and that every rule about them can be broken."""

from pathlib import Path

import nbformat
import pytest

import anatomy
import normalise
from tree import Tree

TREE = Tree.here()
NOTEBOOKS = [name.as_posix() for name in TREE.notebooks()]


def text(name):
    return (TREE.book / name).read_text("utf-8")


def prose(source, *tags):
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)} if tags else {})


def code(source, *tags, **metadata):
    return nbformat.v4.new_code_cell(source, metadata=metadata | ({"tags": list(tags)} if tags else {}))


FIGURE = {"figure": {"name": "fig-a", "caption": "A line."}}


IN_CLASS = "**In class** 50 minutes: 20 for one, 30 for the other."


def chapter():
    """A small notebook that keeps every rule."""
    nb = nbformat.v4.new_notebook()
    nb.cells = [
        prose("(a)=\n# Add one and one\n\n**You will learn**\n\n**You need** nothing.\n\n" + IN_CLASS),
        code("total = 1 + 1\nshow.say('total', f'{total:d}')"),
        code("def draw(ax):\n    ax.plot([0, total])\n\nshow.figure(draw, alt='A line.')", "hide-input", mystnb=FIGURE),
        prose("## What goes wrong\n\n## What the lecture said\n\n## Summary\n\n## Exercises"),
        *(prose(f"```{{exercise}}\n:label: ex-{i}\n```") for i in range(3)),
        *(prose(f"```{{solution}} ex-{i}\n```", "solution") for i in range(2)),
        prose("```{solution-start} ex-2\n```", "solution"),
        code("way = total", "solution"),
        prose("```{solution-end}\n```", "solution"),
        prose("## Further reading"),
    ]
    return nb


def test_the_book_has_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_is_committed_in_its_normal_form(name):
    assert normalise.is_normalised(text(name)), f"book/{name} is not normalised: run make refresh NOTEBOOK=book/{name}"


@pytest.mark.parametrize(
    ("name", "rule"),
    [(name, rule) for name in NOTEBOOKS for rule in anatomy.rules(Path(name))],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_chapter(name, rule):
    assert rule(normalise.read(text(name))) == []


def test_an_appendix_needs_no_exercises():
    assert set(anatomy.RULES) - set(anatomy.rules(Path("errata/masaryk.ipynb"))) == set(anatomy.FOR_CHAPTERS)
    assert anatomy.rules(Path("notation.ipynb")) == anatomy.rules(Path("errata.ipynb"))
    assert anatomy.rules(Path("neurons/xor.ipynb")) == list(anatomy.RULES)


@pytest.mark.parametrize("rule", anatomy.RULES, ids=lambda rule: rule.__name__)
def test_a_good_chapter_keeps(rule):
    assert rule(chapter()) == []


def stored_output(kind, **fields):
    cell = code("1")
    cell.outputs = [nbformat.v4.new_output(kind, **fields)]
    return cell


BROKEN = [
    (anatomy.begins_with_one_title, prose("# A second title")),
    (anatomy.has_its_sections, prose("## Summary")),
    (anatomy.describes_its_figures, code("show.figure(draw)", mystnb={"figure": {"name": "fig-b", "caption": "B"}})),
    (anatomy.describes_its_figures, code("show.explore(draw, alt='b')")),
    (anatomy.describes_its_figures, code("show.figure(draw, alt='b')", mystnb=FIGURE)),
    (anatomy.draws_with_show_only, code("import matplotlib.pyplot as plt")),
    (anatomy.draws_with_show_only, code("from matplotlib import pyplot")),
    (anatomy.computes_or_draws, code("fit(net)\nshow.figure(draw, alt='b')")),
    (anatomy.keeps_cells_short, code("\n".join(["x = 1"] * 26))),
    (anatomy.ends_no_cell_in_a_semicolon, code("plot();")),
    (anatomy.says_strings, code("show.say('rate', rate)")),
    (anatomy.says_strings, code("show.say('rate', 0.5)")),
    (anatomy.says_what_it_checks, code("assert total == 2", "check")),
    (anatomy.says_what_it_checks, code("#total\nassert total == 2", "check")),
    (anatomy.says_what_it_checks, code("# one is one\nassert 1 == 1", "check")),
    (anatomy.hides_drawing_code_only, code("train()", "hide-input")),
    (anatomy.hides_drawing_code_only, code("train()", "draw")),
    (anatomy.knows_its_tags, code("1", "hide_input")),
    (anatomy.knows_its_tags, code("1", "raises-exception")),
    (anatomy.knows_its_tags, code("1", "nbval-ignore-output")),
    (anatomy.knows_its_tags, code("1", "nbval-skip")),
    (anatomy.knows_its_tags, code("1", "remove-output")),
    (anatomy.switches_no_comparison_off, code("# NBVAL_IGNORE_OUTPUT\n1")),
    (anatomy.switches_no_comparison_off, code("x = 1  #NBVAL_SKIP")),
    (anatomy.switches_no_comparison_off, code("# PYTEST_VALIDATE_IGNORE_OUTPUT\n1")),
    (anatomy.tags_its_solutions, prose("```{solution} ex-0\n```")),
    (anatomy.stands_without_its_solutions, code("way")),
    (anatomy.tags_its_solutions, prose("```{solution-start} ex-0\n```", "solution")),
    (anatomy.tags_its_solutions, prose("```{solution-end}\n```\n\n## Further reading", "solution")),
    (anatomy.solves_its_exercises, prose("```{exercise}\n:label: ex-4\n```")),
    (anatomy.solves_its_exercises, prose("```{exercise}\n```")),
    (anatomy.answers_in_the_page_what_it_checks, prose("```{answer} a/b\n```")),
    (anatomy.says_it_in_few_words, prose("word " * 4000)),
    (anatomy.is_finished, prose("TODO: say more")),
    (anatomy.stores_no_failure, stored_output("error", ename="E", evalue="", traceback=[])),
    (anatomy.stores_no_failure, stored_output("stream", name="stderr", text="careful")),
]


@pytest.mark.parametrize(("rule", "cell"), BROKEN, ids=lambda value: getattr(value, "__name__", ""))
def test_one_bad_cell_breaks(rule, cell):
    nb = chapter()
    nb.cells.append(cell)
    assert rule(nb)


@pytest.mark.parametrize("minutes", ["50 minutes: 20 for one, 20 for the other.", "50 minutes.", "minutes"])
def test_minutes_that_do_not_add_up_are_refused(minutes):
    nb = chapter()
    nb.cells[0].source = f"# Add one and one\n\n**In class** {minutes}"
    assert len(anatomy.adds_up_its_minutes(nb)) == 1


@pytest.mark.parametrize(
    "later", ["total = 3", "def helper(x):\n    return 0", "import numpy as total", "for total in (): 0"]
)
def test_a_later_cell_may_not_rebind_what_an_explorer_reads(later):
    nb = nbformat.v4.new_notebook()
    drawing = "def draw(ax, x):\n    ax.plot(helper(x))\n\nshow.explore(draw, alt='A line.', x=grid)"
    nb.cells = [
        code("total = 1\ndef helper(x):\n    return total + x"),
        code(drawing),
        code("x = ax = grid = draw = 0"),
    ]
    assert anatomy.keeps_what_explorers_read(nb) == []
    nb.cells.append(code(later))
    assert len(anatomy.keeps_what_explorers_read(nb)) == 1


@pytest.mark.parametrize(
    ("cell", "good"),
    {
        "way": False,
        "way = way": False,
        "way += 1": False,
        "def later():\n    return way": False,
        "[way for _ in range(3)]": False,
        "total": True,
        "way = total\nway": True,
        "def way():\n    pass\nway()": True,
        "for way in range(3):\n    way": True,
        "paths = [way for way in range(3)]": True,
        "def other(way):\n    return way": True,
    }.items(),
)
def test_no_cell_may_read_what_a_solution_defines(cell, good):
    nb = nbformat.v4.new_notebook(cells=[code("total = 1"), code("way = total", "solution"), code("way", "solution")])
    nb.cells.append(code(cell))
    assert (anatomy.stands_without_its_solutions(nb) == []) is good


def test_a_chapter_of_long_cells_is_refused():
    nb = chapter()
    nb.cells += [code("\n".join(["x = 1"] * 7)) for _ in range(3)]
    assert anatomy.keeps_cells_short(nb) == ["the median of the shown cells is 7 lines, at most 6"]


def shown(source, *tags):
    cell = code(source, *tags)
    cell.outputs = [nbformat.v4.new_output("stream", text="2")]
    return cell


def story(*cells):
    """A notebook in the form with folds."""
    return nbformat.v4.new_notebook(cells=[code("# one and one is two\nassert total == 2", "check"), *cells])


def test_a_story_is_told_by_its_tags():
    assert anatomy.is_story(story()) and not anatomy.is_story(chapter())


def test_a_story_shows_a_hundred_lines_of_code_at_most():
    cells = [shown("\n".join(["x = 1"] * 20)) for _ in range(5)]
    assert anatomy.keeps_cells_short(story(*cells, code("x", "setup"), code("x", "solution"))) == []
    assert anatomy.keeps_cells_short(story(shown("x"), *cells)) == ["101 lines of code are shown, at most 100"]


@pytest.mark.parametrize(
    "cell",
    [
        code("x = 1"),
        shown("assert x == 1\nprint(x)"),
        shown("show.say('x', f'{x:d}')"),
        shown(f"x = {'1' * 79}"),
        code("show.figure(draw, alt='A line.')", "hide-input"),
    ],
)
def test_code_in_view_says_something_and_proves_nothing(cell):
    assert len(anatomy.shows_code_that_says_something(story(cell))) == 1
    assert anatomy.shows_code_that_says_something(nbformat.v4.new_notebook(cells=[cell])) == []
    cell.metadata["tags"] = ["setup"]
    assert anatomy.shows_code_that_says_something(story(cell, shown("print(x)"), shown("x", "try"))) == []


def test_three_cells_of_code_are_a_run():
    assert anatomy.lets_no_code_run_on(story(shown("a"), shown("b"), prose("Words."), shown("c"))) == []
    run = story(shown("a"), code("# x\nassert x", "check"), shown("b"), shown("c"))
    assert anatomy.lets_no_code_run_on(run) == [f"cell {run.cells[-1].id} is the third of a run of code"]


def test_the_sentence_of_a_check_is_its_first_line():
    assert anatomy.sentence(code("# All is well.\nassert x", "check")) == "All is well"
    assert anatomy.sentence(code("# All is well.\nassert x")) == anatomy.sentence(code("assert x", "check")) == ""


@pytest.mark.parametrize(("tag", "hidden"), [("check", True), ("setup", True), ("draw", True), ("try", False)])
def test_what_the_page_folds_opens_collapsed_in_jupyterlab(tag, hidden):
    cell = normalise.normalise(nbformat.v4.new_notebook(cells=[code("x = 1", tag)])).cells[0]
    assert cell.metadata.get("jupyter") == ({"source_hidden": True} if hidden else None)


@pytest.mark.parametrize(("title", "good"), [("Warm-up: A gate", True), ("Find the fault: 0", True), ("A gate", False)])
def test_where_exercises_are_answered_in_the_page_their_titles_say_their_kind(title, good):
    exercise, form = prose(f"```{{exercise}} {title}\n:label: ex-0\n```"), prose("```{answer} a/b\n```")
    assert (anatomy.says_of_what_kind_its_exercises_are(story(exercise, form)) == []) is good
    assert anatomy.says_of_what_kind_its_exercises_are(story(exercise)) == []


def test_what_is_answered_in_the_page_is_checked_by_a_cell():
    nb = nbformat.v4.new_notebook(cells=[prose("```{answer} a/b\n:unit: m\n```"), code("exercises.check('a/b', x)")])
    assert anatomy.answers_in_the_page_what_it_checks(nb) == []

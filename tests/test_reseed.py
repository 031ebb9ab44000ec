"""`make reseed`: other seeds for every generator, assertions noted instead of raised, intervals beside new draws."""

from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

import anatomy
import recording
import reseed
from tree import Tree

CODE = nbformat.v4.new_code_cell
SETUP = "import numpy as np\nfrom IPython.display import display\n\ndef say(name, text):\n" + (
    '    kind = "application/papermill.record/"\n'
    '    display({kind + "text/plain": repr(text)}, raw=True, metadata={"scrapbook": {"name": name}})'
)
DRAWN = "x = np.random.default_rng(7).random()"
SEVEN = [np.random.default_rng([base, 7]).random() for base in (0, 1, 2)]


def notebook(*cells):
    cells = [CODE(cell, id=f"cell-{k}") if isinstance(cell, str) else cell for k, cell in enumerate(cells)]
    return nbformat.v4.new_notebook(cells=[CODE(SETUP, id="setup"), *cells])


def text_of(executed):
    return "".join(out.text for cell in executed.cells for out in cell.outputs if out.output_type == "stream")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """One run, with base seed 1, of everything that a cell may do."""
    nb = notebook(
        DRAWN,
        "for k in range(3):\n    assert k < 2, 'too large'\nprint('went on')",
        "assert x < 2\nnp.testing.assert_allclose(x, 5)\nprint(x)",
        "def f():\n    assert 1 == 2\n\nf()",
        CODE("assert x == 3", id="marked", metadata={"tags": ["one-run"]}),
        "1 / 0",
        "print('still here')",
    )
    return reseed.rerun(nb, tmp_path_factory.mktemp("run"), 1)


def outcomes(run):
    return {entry.claim: entry for entry in reseed.assertions(run[0])}


def test_a_failed_assertion_is_noted_with_its_sides_and_the_cell_goes_on(run):
    failed = outcomes(run)["k < 2"]
    assert (failed.held, failed.sides, failed.cell) == (False, "2 | 2", "cell-1")
    assert "went on" in text_of(run[0])


def test_calls_that_assert_and_assertions_in_functions_are_noted(run):
    held = {claim: entry.held for claim, entry in outcomes(run).items()}
    assert held["np.testing.assert_allclose(x, 5)"] is False and held["1 == 2"] is False and held["x < 2"] is True


def test_a_cell_that_raises_counts_as_failed_and_the_rest_runs(run):
    assert outcomes(run)["ZeroDivisionError: division by zero"].held is False
    assert "still here" in text_of(run[0]) and run[1] == ""


def test_cells_about_one_run_are_counted_apart(run):
    assert outcomes(run)["x == 3"].one_run and not outcomes(run)["k < 2"].one_run
    section = reseed.section("part/one", notebook(), [(1, run)])
    assert "1 assertions about one run." in section and "x == 3" not in section


def test_the_base_seed_reaches_the_draw(run):
    assert f"{SEVEN[1]}" in text_of(run[0])


def test_every_integer_seed_is_shifted_and_nothing_else(monkeypatch):
    monkeypatch.setattr(np.random, "default_rng", np.random.default_rng)
    original = np.random.default_rng
    recording.shift_seeds(2)
    assert np.random.default_rng(7).random() == np.random.default_rng(np.int64(7)).random() == SEVEN[2]
    generator = original(3)
    assert np.random.default_rng(generator) is generator
    assert np.random.default_rng([4, 5]).random() == original([4, 5]).random()


def test_two_base_seeds_draw_differently():
    assert len(set(SEVEN)) == 3


def test_what_a_run_writes_to_standard_error_is_in_the_report(tmp_path):
    run = reseed.rerun(notebook("import warnings\nwarnings.warn('careful')"), tmp_path, 1)
    assert "careful" in reseed.section("part/one", notebook(), [(1, run)])


@pytest.mark.parametrize(
    "text, parts",
    [
        ("29 ± 3", (29, 26, 32)),
        ("1.3% ± 0.04%", (1.3, 1.26, 1.34)),
        ("82% (78% to 85%)", (82, 78, 85)),
        ("0 (0% to 4%)", (0, 0, 4)),
        ("2 to 5", (3.5, 2, 5)),
        ("−0.5 to 1,200", (599.75, -0.5, 1200)),
        ("29", None),
        ("none up to 64", None),
        ("1.50 and −0.49", None),
    ],
)
def test_an_interval_is_read_from_the_glued_text(text, parts):
    assert reseed.estimate(text) == (None if parts is None else pytest.approx(parts))


def test_an_interval_may_stand_under_two_names_of_its_own():
    values = {"gain-mean": "0.4", "gain-low": "0.1", "gain-high": "0.7", "other-low": "3"}
    assert reseed.estimates(values) == {"gain-mean": (0.4, 0.1, 0.7)}


def with_glued(**values):
    outputs = [
        nbformat.v4.new_output("display_data", {reseed.GLUED: repr(text)}, metadata={"scrapbook": {"name": name}})
        for name, text in values.items()
    ]
    return nbformat.v4.new_notebook(cells=[CODE("", outputs=outputs)])


def section_of(stored, *redrawn):
    runs = [(base, (with_glued(**values), "")) for base, values in enumerate(redrawn, start=1)]
    return reseed.section("part/one", with_glued(**stored), runs)


def test_a_redrawn_estimate_outside_the_stored_interval_is_counted():
    section = section_of({"rate": "50% (40% to 60%)"}, {"rate": "55% (45% to 65%)"}, {"rate": "70% (60% to 80%)"})
    assert "1 of 2 re-drawn estimates lie in the stored interval" in section
    assert "| rate | 50% (40% to 60%) | 55% (45% to 65%); 70% (60% to 80%) | 1 of 2 outside |" in section


def test_an_extreme_number_is_called_so_and_a_constant_is_left_out():
    section = section_of({"most": "9", "same": "4"}, {"most": "7", "same": "4"}, {"most": "8", "same": "4"})
    assert "| most | 9 | 7; 8 | book is highest |" in section and "| same" not in section


def test_a_report_is_the_sum_of_its_sections_and_can_be_read_back():
    sections = {
        "b/two": section_of({"rate": "5 to 7"}, {"rate": "5 to 7"}).replace("part/one", "b/two"),
        "a/one": section_of({"rate": "5 to 7"}, {"rate": "8 to 9"}).replace("part/one", "a/one"),
    }
    text = reseed.report(sections)
    assert "1 of 2 re-drawn estimates lie in the stored interval (50%)" in text
    assert reseed.sections_of(text) == sections
    assert text.index("## a/one") < text.index("## b/two")


def test_one_notebook_replaces_its_section_and_leaves_the_others(tmp_path, monkeypatch):
    tree = Tree(tmp_path)
    tree.book.mkdir()
    path, target = tree.book / "one.ipynb", tmp_path / "report.md"
    nbformat.write(notebook(DRAWN, "assert x < 0"), path)
    target.write_text(reseed.report({name: section_of({}).replace("part/one", name) for name in ("one", "two")}))
    monkeypatch.setattr(reseed.os, "environ", dict(reseed.os.environ))
    monkeypatch.setattr(reseed, "environment", lambda tree, **variables: variables)
    reseed.reseed(tree, [path], [1, 2], target)
    sections = reseed.sections_of(target.read_text())
    assert sections["two"] == section_of({}).replace("part/one", "two")
    assert "1 assertions, 1 of them fail on some seed" in sections["one"] and "| 1, 2 |" in sections["one"]
    assert (tree.build / "reseed" / "2" / "one.ipynb").is_file()


def test_a_notebook_without_draws_is_left_out(tmp_path):
    assert not reseed.draws(notebook("1 + 1")) and reseed.draws(notebook(DRAWN))


def test_the_tag_is_known_to_the_anatomy():
    marked = SimpleNamespace(cells=[CODE("1", metadata={"tags": [reseed.ONE_RUN]})])
    assert anatomy.knows_its_tags(marked) == []


def test_every_chapter_that_draws_is_in_the_report():
    tree = Tree.here()
    text = (tree.root / "tests" / "reseed" / "report.md").read_text("utf-8")
    notebooks = {path: nbformat.read(tree.book / path, as_version=4) for path in tree.notebooks()}
    names = {path.with_suffix("").as_posix() for path, nb in notebooks.items() if reseed.draws(nb)}
    assert names - set(reseed.sections_of(text)) == set()


REPORTS = sorted((Tree.here().root / "tests" / "reseed").glob("report*.md"))


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_nothing_fails_in_a_report(path):
    assert ", 0 of them fail on some seed" in path.read_text("utf-8").partition("\n## ")[0]

"""Every exercise of the book: its reference passes, each wrong answer is told its own hint, a stub is no answer."""

import re

import pytest

import normalise
from mlp_core import exercises
from tree import Tree

TREE = Tree.here()
NAMES = list(exercises.registered())
CHECK = re.compile(r"""\bcheck\(\s*["']([^"']+)["']""")


def verdicts(notebook):
    """What a notebook stores for every check: (name of the exercise, whether in a solution, verdict)."""
    found = []
    for cell in normalise.read((TREE.book / notebook).read_text("utf-8")).cells:
        if cell.cell_type == "code":
            text = "".join(output.data.get("text/plain", "") for output in cell.outputs if "data" in output)
            solved = "solution" in cell.metadata.get("tags", [])
            found += [(name, solved, text) for name in CHECK.findall(cell.source)]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_passes(name):
    assert exercises.check(name, exercises.registered()[name].reference).correct


@pytest.mark.parametrize("name", NAMES)
def test_each_wrong_answer_is_told_its_own_hint(name):
    wrong = exercises.registered()[name].wrong
    assert {hint: exercises.check(name, answer).reason for hint, answer in wrong.items()} == {h: h for h in wrong}


@pytest.mark.parametrize("name", NAMES)
def test_there_are_three_hints_each_a_sentence(name):
    hints = list(exercises.registered()[name].wrong)
    assert len(hints) >= 3
    assert [hint for hint in hints if hint[-1:] not in (".", "?")] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_stub_is_not_answered_yet(name):
    reference = exercises.registered()[name].reference
    stub = (lambda *inputs: ...) if callable(reference) else ...
    assert repr(exercises.check(name, stub)) == "Not answered yet."


@pytest.mark.parametrize("notebook", TREE.notebooks(), ids=str)
def test_a_chapter_asks_its_own_exercises_and_solves_them(notebook):
    own = [name for name in NAMES if name.split("/")[0] == notebook.stem]
    found = verdicts(notebook)
    assert sorted(name for name, solved, _ in found if not solved) == sorted(own)
    assert sorted(name for name, solved, _ in found if solved) == sorted(own)
    for name, solved, verdict in found:
        assert verdict.startswith("Correct" if solved else "Not answered yet."), name


def test_every_exercise_belongs_to_a_chapter():
    assert {name.split("/")[0] for name in NAMES} <= {notebook.stem for notebook in TREE.notebooks()}

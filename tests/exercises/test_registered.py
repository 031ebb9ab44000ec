"""Every exercise of the book: its hints, its inputs, and answers that are right, wrong, or wrong in a known way."""

import functools
import inspect
import re
import runpy
from pathlib import Path

import numpy as np
import pytest

import normalise
from mlp_core import exercises
from mlp_core.exercises.checker import itself
from tree import Tree

TREE = Tree.here()
REGISTERED = exercises.registered()
NAMES = list(REGISTERED)
FUNCTIONS = [name for name in NAMES if callable(REGISTERED[name].reference)]
CHECK = re.compile(r"""\bcheck\(\s*["']([^"']+)["']""")
SHAPE = re.compile(r"\b(\w+) \(([^()]*,[^()]*)\)")
FIXED = {"1": 1, "2": 2}
EDGES = [
    ("activations/bending-share", lambda Z: (Z.max(axis=0) == 0).any()),
    ("activations/bending-share", lambda Z: ((Z.min(axis=0) == 0) & (Z.max(axis=0) > 0)).any()),
    ("activations/new-slope", lambda z, beta: {-1000.0, 0.0, 1000.0} <= set(z)),
    ("approximation/bayes-risk", lambda m, s: m == 0),
    ("approximation/diamond", lambda x1, x2: 1 < abs(x1) + abs(x2) < 1.001),
    ("approximation/diamond", lambda x1, x2: 0.999 < abs(x1) + abs(x2) < 1),
    ("approximation/enough-hinges", lambda eps, curvature: (curvature / (8 * eps)) ** 0.5 % 1 == 0),
    ("backprop/paths-through", lambda sizes, layer: layer == len(sizes) - 1),
    ("boolean/faulty-cnf", lambda F: F.all()),
    ("boolean/faulty-cnf", lambda F: not F.any()),
    ("boolean/term", lambda v, named: named.all()),
    ("boolean/term", lambda v, named: not named.any()),
    ("dropout/forward", lambda A, U, keep: (U == keep).any()),
    ("losses/best-forecast", lambda y: y.sum() == 1),
    ("losses/weighted-gradient", lambda z, y, v: 1.0 in y and 0.0 in y),
    ("mlp/earliest-steps", lambda edges, n: not edges),
    ("mlp/masked-step", lambda theta, gradient, mask, lr: ((theta == 0) & (mask == 1)).any()),
    ("neuron/correct", lambda w, b, x, y, lr: w @ x + b == 0 and x.any()),
    ("recurrent/depth", lambda q: q == 0),
    ("recurrent/ends-in-01", lambda word: word == ""),
    ("recurrent/parallel-step", lambda W, b, a: (W @ a + b == 0).any()),
    ("xor/step-neuron", lambda X, w, b: (X @ w + b == 0).any()),
]
EVEN = {("activations/slope-from-value", "a")}


@functools.cache
def answers_of(chapter):
    """What stands in answers/<chapter>.py."""
    return runpy.run_path(Path(__file__).parent / "answers" / f"{chapter.replace('-', '_')}.py")


def answers(kind, name):
    """The answers SECOND, WRONG or RIGHT to an exercise."""
    chapter, own = name.split("/")
    return answers_of(chapter)[kind][own]


def arguments(name):
    """The names of the arguments of an exercise, each with its values over all cases."""
    exercise = REGISTERED[name]
    function, skipped = (exercise.reference, 0) if name in FUNCTIONS else (exercise.use, 1)
    names = list(inspect.signature(function).parameters)[skipped:]
    return dict(zip(names, zip(*exercise.cases, strict=True), strict=False)) if names else {}


def letters(name):
    """The letters that the docstring of a reference gives to the axes of its arrays: {"W": ("m", "n")}."""
    found = SHAPE.findall(REGISTERED[name].reference.__doc__)
    return {array: tuple(filter(None, map(str.strip, shape.split(",")))) for array, shape in found}


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
    assert exercises.check(name, REGISTERED[name].reference).correct


@pytest.mark.parametrize("name", NAMES)
def test_each_wrong_answer_is_told_its_own_hint(name):
    wrong = REGISTERED[name].wrong
    assert {hint: exercises.check(name, answer).reason for hint, answer in wrong.items()} == {h: h for h in wrong}


@pytest.mark.parametrize("name", NAMES)
def test_the_same_mistake_written_otherwise_is_told_the_same_hint(name):
    expected = {key: [hint for hint in REGISTERED[name].wrong if key in hint] for key in answers("SECOND", name)}
    assert sorted(sum(expected.values(), [])) == sorted(REGISTERED[name].wrong)
    assert {key: [exercises.check(name, answer).reason] for key, answer in answers("SECOND", name).items()} == expected


@pytest.mark.parametrize("name", NAMES)
def test_there_are_three_to_eight_hints_each_a_sentence(name):
    hints = list(REGISTERED[name].wrong)
    assert 3 <= len(hints) <= 8
    assert [hint for hint in hints if hint[-1:] not in (".", "?")] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_wrong_answer_is_called_correct(name):
    assert len(answers("WRONG", name)) >= 4
    assert [i for i, answer in enumerate(answers("WRONG", name)) if exercises.check(name, answer).correct] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_right_answer_is_refused(name):
    verdicts = [repr(exercises.check(name, answer)) for answer in answers("RIGHT", name)]
    assert [verdict for verdict in verdicts if not verdict.startswith("Correct")] == []
    assert len(verdicts) >= 1


@pytest.mark.parametrize("name", NAMES)
def test_a_stub_is_not_answered_yet(name):
    reference = REGISTERED[name].reference
    for stub in (..., (..., ...), [[1, ...], [1, 1]]):
        answer = (lambda *inputs, stub=stub: stub) if callable(reference) else stub
        assert repr(exercises.check(name, answer)) == "Not answered yet."


@pytest.mark.parametrize("name", [name for name in NAMES if not REGISTERED[name].inputs == ((),)])
def test_no_input_is_constant(name):
    constant = [argument for argument, values in arguments(name).items() if len({repr(v) for v in values}) < 2]
    assert constant == []


@pytest.mark.parametrize(("name", "holds"), EDGES, ids=[name for name, _ in EDGES])
def test_the_edges_of_an_exercise_are_asked(name, holds):
    assert any(holds(*case) for case in REGISTERED[name].cases)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_list_or_text_is_of_one_length_only(name):
    for argument, values in arguments(name).items():
        if isinstance(values[0], list | tuple | str):
            assert len({len(value) for value in values}) > 1, argument


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_axis_takes_two_sizes_and_letters_differ(name):
    arrays = {argument: values for argument, values in arguments(name).items() if isinstance(values[0], np.ndarray)}
    shapes = {array: axes for array, axes in letters(name).items() if array in arrays}
    assert set(shapes) == set(arrays), "the docstring names the shape of every array"
    sizes = []
    for case in zip(*arrays.values(), strict=True):
        size = dict(FIXED)
        for array, value in zip(arrays, case, strict=True):
            assert len(shapes[array]) == value.ndim, array
            for letter, length in zip(shapes[array], value.shape, strict=True):
                assert size.setdefault(letter, length) == length, f"{letter} of {array}"
        sizes.append(size)
    used = {letter for axes in shapes.values() for letter in axes} - set(FIXED)
    assert [letter for letter in used if len({size[letter] for size in sizes}) < 2] == []
    same = [{a, b} for a in used for b in used if a != b and all(size[a] == size[b] for size in sizes)]
    assert same == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_answer_that_overwrites_an_input_is_told_so(name):
    reference = REGISTERED[name].reference
    for k, values in enumerate(arguments(name).values()):
        if not isinstance(values[0], np.ndarray | list):
            continue

        def spoils(*inputs, k=k):
            result = np.copy(reference(*inputs)) if isinstance(reference(*inputs), np.ndarray) else reference(*inputs)
            if isinstance(inputs[k], list):
                inputs[k].append(inputs[k])
            else:
                inputs[k][...] = inputs[k] + 1
            return result

        assert "overwrites its input" in exercises.check(name, spoils).reason


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_answer_that_ignores_an_input_is_called_correct(name):
    reference, first = REGISTERED[name].reference, REGISTERED[name].cases[0]
    for k, argument in enumerate(arguments(name)):
        frozen = lambda *inputs, k=k: reference(*inputs[:k], first[k], *inputs[k + 1 :])  # noqa: E731
        assert not exercises.check(name, frozen).correct, argument


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_answer_for_positive_inputs_only_is_called_correct(name):
    reference = REGISTERED[name].reference
    for k, (argument, values) in enumerate(arguments(name).items()):
        is_signed = isinstance(values[0], np.ndarray | float) and any((np.asarray(v) < 0).any() for v in values)
        if is_signed and (name, argument) not in EVEN:
            answer = lambda *inputs, k=k: reference(*inputs[:k], abs(inputs[k]), *inputs[k + 1 :])  # noqa: E731
            assert not exercises.check(name, answer).correct, argument


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if REGISTERED[name].use is itself])
def test_no_answer_that_is_off_is_called_correct(name):
    reference = REGISTERED[name].reference
    for off in (np.negative, lambda x: np.add(x, 1), lambda x: np.multiply(x, 2), lambda x: np.multiply(x, 0.999)):

        def answer(*inputs, off=off, part=None):
            result = reference(*inputs)
            if not isinstance(result, tuple):
                return off(result)
            return tuple(off(one) if i == part else one for i, one in enumerate(result))

        parts = reference(*REGISTERED[name].cases[0])
        for part in range(len(parts)) if isinstance(parts, tuple) else [None]:
            assert not exercises.check(name, functools.partial(answer, part=part)).correct


@pytest.mark.parametrize("name", [name for name in NAMES if name not in FUNCTIONS])
def test_a_guess_is_not_told_the_value(name):
    exercise = REGISTERED[name]
    if exercise.inputs == ((),):
        assert str(exercise.reference) not in repr(exercises.check(name, -1))


@pytest.mark.parametrize("notebook", TREE.notebooks(), ids=str)
def test_a_chapter_asks_its_own_exercises_and_solves_them(notebook):
    own = [name for name in NAMES if name.split("/")[0] == notebook.stem]
    found = verdicts(notebook)
    assert sorted(name for name, solved, _ in found if not solved) == sorted(own)
    assert sorted(name for name, solved, _ in found if solved) == sorted(own)
    for name, solved, verdict in found:
        reference = repr(exercises.check(name, REGISTERED[name].reference))
        assert verdict == (reference if solved else "Not answered yet."), name


def test_every_exercise_belongs_to_a_chapter():
    assert {name.split("/")[0] for name in NAMES} <= {notebook.stem for notebook in TREE.notebooks()}

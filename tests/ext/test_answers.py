"""Exercises that are answered in the page: what the page knows is what the checker says."""

import json

import pytest

from answers import form
from mlp_core import exercises
from mlp_core.exercises import Exercise

PLAIN = {"unit": "", "within": 0, "judge": "value", "fields": [""], "columns": [""]}
GATE = PLAIN | {"judge": "gate", "fields": ["w₁", "w₂", "b"]}
REGISTERED = exercises.registered()


def test_a_number_is_said_what_its_checker_says():
    exercise = REGISTERED["xor/three-bits"]
    found = form(exercise, PLAIN)
    assert found["outcomes"] == [[104], [152], [14], [256], [254], [102]]
    assert found["said"][0] == "✓ Correct."
    assert found["said"][1:] == [f"✗ Not yet: {hint}" for hint in exercise.wrong]
    assert (found["blank"], found["otherwise"]) == (
        "○ Not answered yet.",
        "✗ Not yet: your result differs from the expected one.",
    )


def test_a_gate_is_judged_by_its_truth_table():
    found = form(REGISTERED["xor/one-gate"], GATE)
    assert found["cases"] == [[0, 0], [0, 1], [1, 0], [1, 1]] and found["names"] == ["x1", "x2"]
    assert found["outcomes"][:2] == [[0, 0, 1, 0], [1, 0, 1, 1]]


def test_a_text_is_chosen():
    found = form(REGISTERED["xor/nine-zeros"], PLAIN)
    assert found["choices"] == ["start", "rate", "steps", "loss"] and len(found["said"]) == 4


def test_an_array_has_a_box_for_each_number():
    exercise = Exercise(reference=((1, 2), (3, 4)), wrong={"turned.": ((1, 3), (2, 4))})
    found = form(exercise, PLAIN | {"fields": ["a", "b"], "columns": ["c", "d"], "within": 0.5})
    assert found["outcomes"] == [[1, 2, 3, 4], [1, 3, 2, 4]] and found["within"] == 0.5


@pytest.mark.parametrize(
    ("exercise", "options", "message"),
    [
        (REGISTERED["xor/step-neuron"], PLAIN, "expected an exercise that asks for a value, not for a function"),
        (REGISTERED["xor/one-gate"], GATE | {"fields": ["w"]}, "expected a box for each of 3 numbers, got 1"),
        (
            REGISTERED["xor/one-gate"],
            GATE | {"judge": "value"},
            "expected :judge: for an exercise that judges what its answer does",
        ),
        (
            Exercise(reference=(1, 0), inputs=[(0,), (1,)], use=lambda answer, x: x),
            GATE | {"fields": ["w", "b"]},
            "expected an exercise that judges a truth table, for :judge: gate",
        ),
    ],
)
def test_what_the_page_cannot_judge_is_refused(exercise, options, message):
    with pytest.raises(ValueError) as error:
        form(exercise, options)
    assert str(error.value) == message


@pytest.mark.parametrize("name", REGISTERED)
def test_the_data_of_every_value_is_plain(name):
    exercise = REGISTERED[name]
    try:
        found = form(exercise, PLAIN)
    except ValueError:
        return
    assert json.loads(json.dumps(found)) == found

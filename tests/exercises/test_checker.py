"""The checker: every kind of answer gets one clear verdict, and none makes it raise."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlp_core import exercises
from mlp_core.exercises import Exercise, Verdict


def draw(rng):
    m = rng.integers(1, 5)
    return rng.normal(size=(m, 2)), rng.normal(size=(m, 2))


def gradient(Y_hat, Y):
    return (Y_hat - Y) / len(Y)


GRADIENT = Exercise(
    gradient,
    draw,
    {
        "your gradient is the negative of the right one.": lambda Y_hat, Y: (Y - Y_hat) / len(Y),
        "the mean over the batch is missing.": lambda Y_hat, Y: Y_hat - Y,
        "you divide by the number of entries, not of examples.": lambda Y_hat, Y: (Y_hat - Y) / Y.size,
    },
)


def fires(weights, x1, x2):
    w1, w2, b = weights
    return float(w1 * x1 + w2 * x2 + b >= 0)


GATE = Exercise(
    (1, 1, -1.5),
    [(0, 0), (0, 1), (1, 0), (1, 1)],
    {"your gate computes OR.": (1, 1, -0.5), "your gate computes NAND.": (-1, -1, 1.5)},
    use=fires,
)


def both(Z):
    return Z.sum(axis=0), Z.max()


PAIR = Exercise(both, lambda rng: (rng.normal(size=(3, 2)),))
NUMBER = Exercise(0.25, wrong={"that is the chance of the other class.": 0.75}, tolerance=0.01)


@pytest.mark.parametrize(
    ("exercise", "answer", "text"),
    [
        (GRADIENT, gradient, "Correct: agrees with the reference on 20 random inputs."),
        (GATE, (2.0, 2.0, -3.0), "Correct: agrees with the reference on all 4 inputs."),
        (GATE, np.array([1, 1, -2]), "Correct: agrees with the reference on all 4 inputs."),
        (NUMBER, 0.251, "Correct."),
        (PAIR, lambda Z: [Z.sum(axis=0), np.max(Z)], "Correct: agrees with the reference on 20 random inputs."),
        (Exercise("cross-entropy"), " Cross-Entropy", "Correct."),
        (Exercise(np.array([1, 2])), [1, 2], "Correct."),
        (Exercise(True), 1.0, "Correct."),
        (Exercise(np.inf), np.inf, "Correct."),
    ],
)
def test_a_right_answer_is_correct(exercise, answer, text):
    verdict = exercise.check(answer)
    assert (repr(verdict), verdict.correct) == (text, True)


@pytest.mark.parametrize("exercise", [GRADIENT, GATE, PAIR, NUMBER])
@pytest.mark.parametrize(
    "stub",
    [
        ...,
        (..., ...),
        [1, ...],
        ([(1, ...), (1, 1)], [0, 0]),
        {"W": [1, ...]},
        np.array([1, ...], dtype=object),
        [np.array([[1, ...]], dtype=object)],
    ],
)
def test_a_stub_is_not_answered(exercise, stub):
    assert repr(exercise.check(stub)) == "Not answered yet."


@pytest.mark.parametrize(
    "stub",
    [
        lambda *inputs: ...,
        lambda *inputs: (..., ...),
        lambda *inputs: [[1, 2], [3, ...]],
        lambda *inputs: np.array([1, ...], dtype=object),
        lambda Y_hat, Y: (Y_hat - ...) / len(Y),
        lambda Y_hat, Y: np.array([1, ...]) * 2,
        lambda Y_hat, Y: float(...),
    ],
)
def test_a_function_that_returns_a_stub_is_not_answered(stub):
    assert repr(GRADIENT.check(stub)) == "Not answered yet."


@pytest.mark.parametrize("exercise", [GRADIENT, GATE, NUMBER])
def test_a_typical_wrong_answer_is_told_its_hint(exercise):
    for hint, wrong in exercise.wrong.items():
        verdict = exercise.check(wrong)
        assert (repr(verdict), verdict.correct) == (f"Not yet: {hint}", False)


def test_a_wrong_answer_that_overflows_is_told_its_hint():
    def softplus(z):
        return np.logaddexp(0, z)

    def naive(z):
        return np.log(1 + np.exp(z))

    def infinite_minus_infinite(z):
        return naive(z) - np.exp(z) + np.exp(z)

    exercise = Exercise(softplus, [(1.0,), (800.0,)], {"this overflows.": naive, "NaN.": infinite_minus_infinite})
    assert repr(exercise.check(naive)) == "Not yet: this overflows."
    assert repr(exercise.check(infinite_minus_infinite)) == "Not yet: NaN."


@pytest.mark.parametrize("outcome", [None, 1j, {}, "text", (1, 2), ValueError()])
def test_a_wrong_answer_of_another_kind_equals_no_number(outcome):
    exercise = Exercise(lambda z: z, [(1.0,)], {"never told.": lambda z: outcome})
    assert exercise.check(lambda z: z).correct
    assert exercise.check(lambda z: -z).reason == "your result differs from the expected one."


def test_a_wrong_answer_that_raises_on_some_inputs_is_told_its_hint():
    exercise = Exercise(
        lambda W, x: W.T @ x,
        [(np.arange(4.0).reshape(2, 2), np.ones(2)), (np.ones((2, 3)), np.ones(2))],
        {"the transpose is missing.": lambda W, x: W @ x, "nothing runs.": lambda W, x: W @ None},
    )
    assert repr(exercise.check(lambda W, x: np.dot(W, x))) == "Not yet: the transpose is missing."
    assert exercise.check(lambda W, x: None + W).reason.startswith("your answer raises TypeError")


def test_special_inputs_are_asked_beside_the_random_ones():
    exercise = Exercise(lambda z: max(z, 0.0), lambda rng: (float(rng.normal()),), special=[(0.0,), (1000.0,)])
    assert (
        repr(exercise.check(lambda z: z * (z > 0)))
        == "Correct: agrees with the reference on 20 random and 2 special inputs."
    )
    assert "z        = 1000" in repr(exercise.check(lambda z: min(max(z, 0.0), 100.0)))


def test_use_judges_what_a_function_returns():
    exercise = Exercise(lambda v: (v, v), [(1.0,), (2.0,)], use=lambda pair, v: sum(pair))
    assert exercise.check(lambda v: [2 * v, 0]).correct
    assert repr(exercise.check(lambda v: (v, [...]))) == "Not answered yet."


def test_another_wrong_answer_is_shown_the_smallest_failing_input():
    exercise = Exercise(lambda z: abs(z), [(np.array([2.0, -1.0]),), (-0.5,), (-0.25,), (3.0,)])
    assert repr(exercise.check(lambda z: z)) == (
        "Not yet: your result differs from the expected one.\n"
        "    z        = -0.25\n"
        "    expected = 0.25\n"
        "    yours    = -0.25"
    )


def test_matrices_are_shown_row_below_row():
    exercise = Exercise(lambda W, x: W @ x, [(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 0.0]))])
    assert repr(exercise.check(lambda W, x: W.T @ x)) == (
        "Not yet: your result differs from the expected one.\n"
        "    W        = [[1., 2.],\n"
        "                [3., 4.]]\n"
        "    x        = [1., 0.]\n"
        "    expected = [1., 3.]\n"
        "    yours    = [1., 2.]"
    )


def test_a_small_difference_is_shown_with_enough_digits():
    identity = Exercise(lambda z: z, [(1.0,)])
    assert repr(identity.check(lambda z: z + 1e-6)) == (
        "Not yet: your result differs from the expected one.\n"
        "    z        = 1\n    expected = 1\n    yours    = 1.000001"
    )
    exact = Exercise(lambda z: z, [(1.0,)], tolerance=0)
    assert "yours    = 1.00000000001" in repr(exact.check(lambda z: z + 1e-11))


@pytest.mark.parametrize("guess", [103, 103.0, np.array(103), "104", [104]])
def test_the_expected_value_is_never_told(guess):
    assert "104" not in repr(Exercise(104).check(guess))
    assert not Exercise(104).check(guess).correct


def test_inputs_of_a_value_bear_the_names_of_its_use():
    assert repr(GATE.check((0, 0, 1))) == (
        "Not yet: your result differs from the expected one.\n"
        "    x1       = 0\n    x2       = 0\n    expected = 0\n    yours    = 1"
    )


def test_a_random_generator_is_the_same_for_every_answer_and_shown_in_words():
    def noisy(z, rng):
        return z + rng.normal()

    exercise = Exercise(noisy, lambda rng: (1.0, np.random.default_rng(rng.integers(100))))
    assert exercise.check(lambda z, rng: rng.normal() + z).correct
    assert "\n    rng      = a random generator\n" in repr(exercise.check(lambda z, rng: z - rng.normal()))


def spoils(Y_hat, Y):
    Y_hat -= Y
    Y_hat /= len(Y)
    return Y_hat


def test_an_answer_that_overwrites_its_input_is_told_so():
    assert repr(GRADIENT.check(spoils)) == (
        "Not yet: the result is right, but your answer overwrites its input Y_hat: work on a copy."
    )
    wrong = GRADIENT.check(lambda Y_hat, Y: spoils(Y_hat, Y) + 1)
    assert repr(wrong) == "Not yet: your answer overwrites its input Y_hat: work on a copy."
    hinted = GRADIENT.check(lambda Y_hat, Y: -spoils(Y_hat, Y))
    assert hinted.reason == "your gradient is the negative of the right one."


def test_an_overwritten_list_is_noticed():
    exercise = Exercise(lambda sizes: sum(sizes), [([1, 2],), ([3, 4, 5],)])
    assert "overwrites its input sizes" in exercise.check(lambda sizes: sizes.pop() + sum(sizes)).reason

    def exchanges(sizes):
        sizes[0], sizes[-1] = sizes[-1], sizes[0]
        return sum(sizes)

    assert "overwrites its input sizes" in exercise.check(exchanges).reason
    edges = Exercise(lambda edges: len(edges), [([(0, 1), (1, 2)],), ([(2, 0)],)])
    assert "overwrites its input edges" in edges.check(lambda edges: edges.sort(reverse=True) or len(edges)).reason
    assert edges.check(lambda edges: len(sorted(edges))).correct


def test_an_answer_cannot_spoil_the_inputs_for_the_next():
    assert not GRADIENT.check(spoils).correct
    assert GRADIENT.check(gradient).correct


def test_a_step_taken_back_overwrites_nothing():
    def forth_and_back(x):
        x += 0.1
        x -= 0.1
        return x + 0

    exercise = Exercise(lambda x: x, lambda rng: (rng.normal(size=5),))
    assert exercise.check(forth_and_back).correct


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (NUMBER, Fraction(1, 4)),
        (NUMBER, Decimal("0.25")),
        (NUMBER, np.float32(0.25)),
        (NUMBER, 0.25 + 0j),
        (Exercise(3), np.uint8(3)),
        (Exercise(np.array([0.5, 1.0])), [Fraction(1, 2), 1]),
        (Exercise(np.array([0.5, 1.0])), np.array([Fraction(1, 2), 1], dtype=object)),
        (Exercise(2**70), 2.0**70),
        (Exercise((1, 2)), np.array([1, 2])),
        (Exercise((1, 2)), [Fraction(1), np.int8(2)]),
        (GRADIENT, lambda Y_hat, Y: gradient(Y_hat, Y).tolist()),
        (GRADIENT, lambda Y_hat, Y: gradient(Y_hat, Y).astype(np.float32)),
        (GATE, [Fraction(1), np.float32(1), Decimal("-1.5")]),
        (GATE, np.array([1, 1, Fraction(-3, 2)], dtype=object)),
    ],
)
def test_the_right_answer_in_another_number_type_is_right(exercise, answer):
    assert exercise.check(answer).correct


@pytest.mark.parametrize("answer", ["0.25", np.array("0.25"), np.timedelta64(1), [[0.25]], b"0.25", 0.25 + 1e-3j])
def test_what_is_no_number_is_not(answer):
    assert not NUMBER.check(answer).correct


def test_single_precision_forgives_no_real_mistake():
    almost = GRADIENT.check(lambda Y_hat, Y: (gradient(Y_hat, Y) * 1.001).astype(np.float32))
    assert not almost.correct


def raises(Y_hat, Y):
    raise ValueError("shapes\n   differ")


def exits(Y_hat, Y):
    raise SystemExit


@pytest.mark.parametrize(
    ("exercise", "answer", "sentence"),
    [
        (GRADIENT, 3, "a function is expected, yours is an int."),
        (GRADIENT, None, "a function is expected, yours is None."),
        (GATE, fires, "a value is expected, yours is a function."),
        (GATE, (1, 1), "your answer raises ValueError: not enough values to unpack (expected 3, got 2)"),
        (GRADIENT, raises, "your answer raises ValueError: shapes differ"),
        (GRADIENT, exits, "your answer raises SystemExit."),
        (GRADIENT, lambda Y_hat, Y: None, "your result is None: is there a return?"),
        (GRADIENT, lambda Y_hat, Y: {}, "your result should be an array of numbers, but is a dict."),
        (GRADIENT, lambda Y_hat, Y: "no", "your result should be an array of numbers, but is a text."),
        (GRADIENT, lambda Y_hat, Y: gradient, "your result should be an array of numbers, but is a function."),
        (GRADIENT, lambda *_: [[1], [1, 2]], "your result is a list of no array shape: are its rows equally long?"),
        (GRADIENT, lambda Y_hat, Y: Y[0], "your result has the shape (2,), expected is (1, 2)."),
        (GRADIENT, lambda Y_hat, Y: Y * np.nan, "your result holds NaN, not a number."),
        (NUMBER, 1j, "your result should be a number, but is a complex number."),
        (NUMBER, np.nan, "your result is NaN, not a number."),
        (Exercise("yes"), 1, "your result should be a text, but is an int."),
        (Exercise("yes"), "no", "your result differs from the expected one."),
        (PAIR, lambda Z: Z.max(), "a tuple of 2 results is expected, yours is a float64."),
        (PAIR, lambda Z: (1, 2, 3), "a tuple of 2 results is expected, yours is a tuple, with 3 of them."),
        (PAIR, lambda Z: (Z.sum(axis=0), Z.min()), "your result number 2 differs from the expected one."),
    ],
)
def test_every_other_answer_gets_one_clear_sentence(exercise, answer, sentence):
    verdict = exercise.check(answer)
    assert not verdict.correct
    assert verdict.reason == sentence


class Hostile:
    def __array__(self, *args, **kwargs):
        raise RuntimeError("no array")


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(),
    st.binary(),
    st.builds(Hostile),
    st.builds(object),
    st.lists(st.one_of(st.floats(), st.integers(), st.text(), st.lists(st.floats()))),
    st.dictionaries(st.text(), st.floats()),
    st.sampled_from([np.array([]), np.array([None]), np.zeros((2, 0)), np.array("a"), np.datetime64("2026"), iter([])]),
)


@given(ANYTHING)
@pytest.mark.parametrize("exercise", [GRADIENT, GATE, PAIR])
def test_no_answer_makes_check_raise(exercise, value):
    assert not exercise.check(value).correct
    assert not exercise.check(lambda *inputs: value).correct


def test_an_endless_recursion_is_an_exception_like_others():
    def recurses(Y_hat, Y):
        return recurses(Y_hat, Y)

    assert GRADIENT.check(recurses).reason.startswith("your answer raises RecursionError: maximum recursion depth")


def test_a_verdict_is_the_same_every_time():
    assert repr(GRADIENT.check(lambda Y_hat, Y: Y)) == repr(GRADIENT.check(lambda Y_hat, Y: Y))


def test_a_page_shows_the_verdict_as_a_status_in_words(monkeypatch):
    monkeypatch.setenv("MLP_FIGURES", "static")
    html = Verdict("Not yet", "w < 0.", "w = 1")._repr_mimebundle_()["text/html"]
    assert html == (
        '<div class="mlp-verdict" role="status"><p><span aria-hidden="true">✗</span> Not yet: w &lt; 0.</p>'
        '<pre style="white-space: pre-wrap">w = 1</pre></div>'
    )


def test_the_tests_see_text_only():
    assert Verdict("Correct")._repr_mimebundle_() == {"text/plain": "Correct."}


def test_an_unknown_exercise_is_an_error_that_lists_the_names(monkeypatch):
    monkeypatch.setattr(exercises, "registered", lambda: {"xor/gate": GATE, "losses/gradient": GRADIENT})
    with pytest.raises(ValueError) as error:
        exercises.check("xor/gates", ...)
    assert str(error.value) == "check: expected one of xor/gate, losses/gradient, got name='xor/gates'"


def test_check_finds_an_exercise_by_its_name(monkeypatch):
    monkeypatch.setattr(exercises, "registered", lambda: {"xor/gate": GATE})
    assert exercises.check("xor/gate", (1, 1, -1.5)).correct

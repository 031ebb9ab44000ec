"""The perceptron rule and Adaline: first corrections by hand, convergence exactly where theory says."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp_core import datasets
from mlp_core.perceptron import Neuron, adaline, perceptron_rule

BITS = datasets.xor().X
AND, XOR = np.array([0.0, 0, 0, 1]), np.array([0.0, 1, 1, 0])


def test_the_first_epoch_of_the_perceptron_by_hand():
    X, y = np.array([[1.0, 2.0], [3.0, -1.0], [1.0, 1.0]]), np.array([0, 1, 1])
    found = perceptron_rule(X, y, epochs=1, lr=0.5)
    # 0 >= 0 is a 1: wrong, so w = (-.5, -1), b = -.5. Then z = -1: wrong, w = (1, -1.5), b = 0. Then z = -.5: wrong.
    np.testing.assert_array_equal(found.w, [1.5, -1])
    assert found.b == 0.5
    np.testing.assert_array_equal(found.history, [3])


def test_the_first_epoch_of_adaline_by_hand():
    found = adaline(np.array([[1.0, 2.0], [2.0, 0.0]]), np.array([1.0, -1.0]), epochs=1, lr=0.5)
    # z = 0, error 1: w = (.5, 1), b = .5. Then z = 1.5, error -2.5: w = (-2, 1), b = -.75.
    np.testing.assert_array_equal(found.w, [-2, 1])
    assert found.b == -0.75
    np.testing.assert_allclose(found.history, [(0.5 + 3.125) / 2])


def test_the_perceptron_learns_the_fourteen_separable_functions_of_two_bits_and_not_the_other_two():
    converged = {}
    for y in itertools.product((0, 1), repeat=4):
        found = perceptron_rule(BITS, np.array(y), epochs=100)
        converged[y] = found.history[-1] == 0
        if converged[y]:
            np.testing.assert_array_equal(BITS @ found.w + found.b >= 0, np.array(y, bool))
    assert [y for y, done in converged.items() if not done] == [(0, 1, 1, 0), (1, 0, 0, 1)]


def test_the_perceptron_stops_after_an_epoch_without_mistakes_and_else_uses_every_epoch():
    found = perceptron_rule(BITS, AND, epochs=100)
    assert found.history[-1] == 0
    assert (found.history[:-1] > 0).all()
    assert len(perceptron_rule(BITS, XOR, epochs=37).history) == 37


@settings(deadline=None, max_examples=50, derandomize=True)
@given(st.integers(0, 1000), st.integers(1, 4))
def test_the_number_of_mistakes_is_within_novikoffs_bound(seed, n):
    rng = np.random.default_rng(seed)
    v, X = rng.normal(size=n + 1), rng.uniform(-1, 1, (20, n))
    v /= np.linalg.norm(v)
    X_one = np.hstack([X, np.ones((20, 1))])
    keep = abs(X_one @ v) > 0.05
    if keep.any():
        X, X_one = X[keep], X_one[keep]
        y = (X_one @ v >= 0).astype(float)
        bound = (np.linalg.norm(X_one, axis=1).max() / abs(X_one @ v).min()) ** 2
        found = perceptron_rule(X, y, epochs=20_000)
        assert found.history[-1] == 0
        assert found.history.sum() <= bound


def test_the_learning_rate_of_the_perceptron_only_scales_its_weights():
    one, ten = perceptron_rule(BITS, AND, 50), perceptron_rule(BITS, AND, 50, lr=8)
    np.testing.assert_array_equal(ten.w, 8 * one.w)
    assert ten.b == 8 * one.b
    np.testing.assert_array_equal(ten.history, one.history)


def test_adaline_finds_the_least_squares_line_of_consistent_data():
    X = np.random.default_rng(0).normal(size=(30, 2))
    found = adaline(X, X @ [2.0, -3.0] + 0.5, epochs=200, lr=0.05)
    np.testing.assert_allclose(found.w, [2, -3], rtol=1e-10)
    np.testing.assert_allclose(found.b, 0.5, rtol=1e-10)
    assert found.history[-1] < 1e-18


def test_adaline_settles_near_the_least_squares_solution_where_no_line_separates():
    found = adaline(BITS, XOR, epochs=2000, lr=0.01)
    np.testing.assert_allclose(found.w, 0, atol=0.02)
    np.testing.assert_allclose(found.b, 0.5, atol=0.02)
    np.testing.assert_allclose(found.history[-1], 0.125, atol=0.005)


@pytest.mark.parametrize("rule", [perceptron_rule, adaline])
def test_the_data_are_left_as_they_were(rule):
    X, y = BITS.copy(), AND.copy()
    found = rule(X, y, 5, lr=0.1)
    assert isinstance(found, Neuron)
    np.testing.assert_array_equal(X, BITS)
    np.testing.assert_array_equal(y, AND)


def test_labels_can_be_integers_or_booleans():
    expected = perceptron_rule(BITS, AND, 50)
    for dtype in (int, bool, np.uint8):
        found = perceptron_rule(BITS.astype(np.uint8), AND.astype(dtype), 50)
        np.testing.assert_array_equal(found.w, expected.w)
        assert found.b == expected.b


WRONG = {
    "perceptron_rule: expected targets 0 and 1, got y=-1.0": lambda: perceptron_rule(BITS, 2 * AND - 1, 5),
    "perceptron_rule: expected X (N, n) and y (N,), got shapes=(4, 2) and (4, 1)": (
        lambda: perceptron_rule(BITS, AND[:, None], 5)
    ),
    "adaline: expected X (N, n) and y (N,), got shapes=(4,) and (4,)": lambda: adaline(AND, AND, 5, 0.1),
    "adaline: expected X (N, n) and y (N,), got shapes=(4, 2) and (3,)": lambda: adaline(BITS, AND[1:], 5, 0.1),
    "adaline: expected X (N, n) and y (N,), got shapes=(0, 2) and (0,)": lambda: adaline(BITS[:0], AND[:0], 5, 0.1),
    "perceptron_rule: expected finite numbers in X, got value=nan": lambda: perceptron_rule(BITS + np.nan, AND, 5),
    "adaline: expected finite numbers in y, got value=inf": lambda: adaline(BITS, AND + np.inf, 5, 0.1),
    "perceptron_rule: expected at least one epoch, got epochs=0": lambda: perceptron_rule(BITS, AND, 0),
    "adaline: expected at least one epoch, got epochs=1.5": lambda: adaline(BITS, AND, 1.5, 0.1),
    "perceptron_rule: expected a learning rate above 0, got lr=0": lambda: perceptron_rule(BITS, AND, 5, 0),
    "adaline: expected a learning rate above 0, got lr=nan": lambda: adaline(BITS, AND, 5, np.nan),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message

"""The perceptron rule and Adaline: first corrections by hand, convergence exactly where theory says."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp_core import datasets
from mlp_core.perceptron import Adaline, MistakeBound, Perceptron, adaline, mistake_bound, perceptron_rule

BITS = datasets.xor().X
AND, XOR = np.array([0.0, 0, 0, 1]), np.array([0.0, 1, 1, 0])


def test_the_first_epoch_of_the_perceptron_by_hand():
    X, y = np.array([[1.0, 2.0], [3.0, -1.0], [1.0, 1.0]]), np.array([0, 1, 1])
    found = perceptron_rule(X, y, epochs=1, lr=0.5)
    # 0 >= 0 is a 1: wrong, so w = (-.5, -1), b = -.5. Then z = -1: wrong, w = (1, -1.5), b = 0. Then z = -.5: wrong.
    np.testing.assert_array_equal(found.w, [1.5, -1])
    assert found.b == 0.5
    np.testing.assert_array_equal(found.history, [3])
    np.testing.assert_array_equal(found.path.rows, [0, 1, 2])
    np.testing.assert_array_equal(found.path.w, [[0, 0], [-0.5, -1], [1, -1.5], [1.5, -1]])
    np.testing.assert_array_equal(found.path.b, [0, -0.5, 0, 0.5])


def cloud(seed, n, N=20, gap=0.05):
    """Examples on both sides of a random hyperplane, none nearer to it than the gap: X, y and the hyperplane."""
    rng = np.random.default_rng(seed)
    v, X = rng.normal(size=n + 1), rng.uniform(-1, 1, (N, n))
    v /= np.linalg.norm(v)
    X = X[abs(X @ v[:-1] + v[-1]) > gap]
    return X, (X @ v[:-1] + v[-1] >= 0).astype(float), v[:-1], v[-1]


def test_the_path_leads_from_the_start_to_the_end_and_has_one_update_a_mistake():
    X, y, _, _ = cloud(3, 2, N=60)
    found = perceptron_rule(X, y, epochs=100, lr=0.5, w=np.array([-3, 4]), b=2)
    rows, w, b = found.path
    assert found.history.sum() == len(rows) == len(w) - 1 == len(b) - 1 > 5
    assert rows.dtype.kind == "i"
    np.testing.assert_array_equal(w[0], [-3, 4])
    assert b[0] == 2
    np.testing.assert_array_equal(w[-1], found.w)
    assert b[-1] == found.b


def test_every_update_is_a_mistake_and_moves_its_pre_activation_towards_the_target():
    X, y, _, _ = cloud(3, 2, N=60)
    rows, w, b = perceptron_rule(X, y, epochs=100, lr=0.5, w=np.array([-3.0, 4.0]), b=2.0).path
    for k, row in enumerate(rows):
        before, after = (w[i] @ X[row] + b[i] for i in (k, k + 1))
        assert (before >= 0) != y[row]
        moved = 0.5 * (X[row] @ X[row] + 1)
        np.testing.assert_allclose(after - before, moved if y[row] else -moved, rtol=1e-12)


def test_a_wrong_line_is_corrected_until_every_point_is_right():
    X, y, w, b = cloud(5, 2, N=60)
    wrong = perceptron_rule(X, y, epochs=1, w=-w, b=-b)
    assert wrong.history[0] > 0
    found = perceptron_rule(X, y, epochs=1000, w=-w, b=-b)
    assert found.history[-1] == 0
    np.testing.assert_array_equal(X @ found.w + found.b >= 0, y == 1)


def test_a_start_that_is_right_stays_as_it_is_and_is_not_changed_later():
    X, y, w, b = cloud(5, 2)
    found = perceptron_rule(X, y, epochs=10, w=w, b=b)
    assert len(found.path.rows) == 0
    np.testing.assert_array_equal(found.path.w, [w])
    np.testing.assert_array_equal(found.history, [0])
    found.w[0] = 100
    assert w[0] != 100
    assert found.path.w[0, 0] != 100


def test_the_start_is_zero_by_default_and_the_learning_rate_one():
    by_default = perceptron_rule(BITS, AND, 50)
    given = perceptron_rule(BITS, AND, 50, 1, np.zeros(2), 0)
    for ours, theirs in zip(by_default.path, given.path, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(by_default.path.w[0], [0, 0])


def test_the_mistake_bound_by_hand():
    X, y = np.array([[1.0], [-1.0], [3.0]]), np.array([1, 0, 1])
    # Extended vectors (1, 1), (-1, 1), (3, 1); the line x = 0, so distances 1, 1, 3.
    radius, margin, mistakes = mistake_bound(X, y, np.array([2.0]), 0.0)
    np.testing.assert_allclose([radius, margin, mistakes], [np.sqrt(10), 1, 10], rtol=1e-15)
    # With the bias 1: pre-activations 3, -1, 7 and length sqrt(5).
    np.testing.assert_allclose(mistake_bound(X, y, np.array([2.0]), 1)[1:], [1 / np.sqrt(5), 50], rtol=1e-15)


def test_the_mistake_bound_does_not_depend_on_the_length_of_the_weights_nor_on_the_type_of_the_labels():
    X, y, w, b = cloud(2, 3)
    bound = mistake_bound(X, y, w, b)
    assert isinstance(bound, MistakeBound)
    np.testing.assert_allclose(mistake_bound(X, y, 7 * w, 7 * b), bound, rtol=1e-12)
    for dtype in (bool, np.uint8):
        assert mistake_bound(X, y.astype(dtype), w, b) == bound


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


@settings(max_examples=50)
@given(st.integers(0, 1000), st.integers(1, 4))
def test_the_number_of_mistakes_is_within_novikoffs_bound(seed, n):
    X, y, w, b = cloud(seed, n)
    if len(X):
        bound = mistake_bound(X, y, w, b)
        assert bound.margin > 0.05
        found = perceptron_rule(X, y, epochs=20_000, lr=0.1)
        assert found.history[-1] == 0
        assert len(found.path.rows) <= bound.mistakes


def test_the_mistake_bound_does_not_hold_for_a_start_line_that_is_wrong():
    X, y, w, b = cloud(1, 2, gap=0.3)
    bound = mistake_bound(X, y, w, b).mistakes
    assert perceptron_rule(X, y, 10_000).history.sum() <= bound
    assert perceptron_rule(X, y, 10_000, w=-1000 * w, b=-1000 * b).history.sum() > bound


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


def test_an_error_of_adaline_that_is_no_longer_finite_gives_one_warning_that_names_the_epoch():
    with pytest.warns(RuntimeWarning) as caught:
        found = adaline(BITS, XOR, epochs=300, lr=10.0)
    first = np.flatnonzero(~np.isfinite(found.history))[0] + 1
    assert 1 < first < 300
    assert [str(warning.message) for warning in caught] == [f"adaline: the error is no longer finite at epoch {first}"]
    assert caught[0].filename == __file__
    assert len(found.history) == 300
    assert not np.isfinite(found.w).any()


def test_the_epochs_of_the_warning_are_counted_from_one():
    with pytest.warns(RuntimeWarning, match="^adaline: the error is no longer finite at epoch 1$"):
        adaline(np.array([[1e200], [1e200]]), np.array([1.0, 0.0]), epochs=2, lr=1.0)


@pytest.mark.parametrize("rule, result", [(perceptron_rule, Perceptron), (adaline, Adaline)])
def test_the_data_are_left_as_they_were(rule, result):
    X, y = BITS.copy(), AND.copy()
    found = rule(X, y, 5, lr=0.1)
    assert isinstance(found, result)
    np.testing.assert_array_equal(X, BITS)
    np.testing.assert_array_equal(y, AND)


def test_labels_can_be_integers_or_booleans():
    expected = perceptron_rule(BITS, AND, 50)
    for dtype in (int, bool, np.uint8):
        found = perceptron_rule(BITS.astype(np.uint8), AND.astype(dtype), 50)
        np.testing.assert_array_equal(found.w, expected.w)
        assert found.b == expected.b


W = np.ones(2)
WRONG = {
    "perceptron_rule: expected X to be an array of numbers, got X=list": lambda: perceptron_rule([[0.0]], AND, 5),
    "adaline: expected y to be an array of numbers, got y=tuple": lambda: adaline(BITS, (0, 1, 1, 0), 5, 0.1),
    "perceptron_rule: expected y to be an array of numbers, got y=<U1": (
        lambda: perceptron_rule(BITS, np.array(["A", "B", "A", "B"]), 5)
    ),
    "mistake_bound: expected X to be an array of numbers, got X=NoneType": lambda: mistake_bound(None, AND, W, 0),
    "mistake_bound: expected targets 0 and 1, got y=2.0": lambda: mistake_bound(BITS, 2 * AND, W, 0),
    "mistake_bound: expected X (N, n) and y (N,), got X.shape=(4, 2), y.shape=(3,)": (
        lambda: mistake_bound(BITS, AND[1:], W, 0)
    ),
    "mistake_bound: expected a hyperplane that separates the classes, got wrong=2": (
        lambda: mistake_bound(BITS, AND, W, -1)
    ),
    "mistake_bound: expected a hyperplane that separates the classes, got wrong=4": (
        lambda: mistake_bound(BITS, AND, 0 * W, 0)
    ),
    "mistake_bound: expected one weight a column of X, got X.shape=(4, 2), w.shape=(3,)": (
        lambda: mistake_bound(BITS, AND, np.ones(3), 0)
    ),
    "perceptron_rule: expected one weight a column of X, got X.shape=(4, 2), w.shape=(1, 2)": (
        lambda: perceptron_rule(BITS, AND, 5, w=np.ones((1, 2)))
    ),
    "perceptron_rule: expected w to be an array of numbers, got w=list": (
        lambda: perceptron_rule(BITS, AND, 5, w=[1, 1])
    ),
    "perceptron_rule: expected finite numbers in w, got value=inf": lambda: perceptron_rule(BITS, AND, 5, w=W + np.inf),
    "perceptron_rule: expected the bias to be a number, got b=nan": lambda: perceptron_rule(BITS, AND, 5, b=np.nan),
    "perceptron_rule: expected the bias to be a number, got b='0'": lambda: perceptron_rule(BITS, AND, 5, b="0"),
    "perceptron_rule: expected at least one epoch, got epochs=True": lambda: perceptron_rule(BITS, AND, True),
    "adaline: expected at least one epoch, got epochs='5'": lambda: adaline(BITS, AND, "5", 0.1),
    "adaline: expected a learning rate above 0, got lr='0.1'": lambda: adaline(BITS, AND, 5, "0.1"),
    "perceptron_rule: expected a learning rate above 0, got lr=inf": lambda: perceptron_rule(BITS, AND, 5, np.inf),
    "perceptron_rule: expected targets 0 and 1, got y=-1.0": lambda: perceptron_rule(BITS, 2 * AND - 1, 5),
    "perceptron_rule: expected X (N, n) and y (N,), got X.shape=(4, 2), y.shape=(4, 1)": (
        lambda: perceptron_rule(BITS, AND[:, None], 5)
    ),
    "adaline: expected X (N, n) and y (N,), got X.shape=(4,), y.shape=(4,)": lambda: adaline(AND, AND, 5, 0.1),
    "adaline: expected X (N, n) and y (N,), got X.shape=(4, 2), y.shape=(3,)": lambda: adaline(BITS, AND[1:], 5, 0.1),
    "adaline: expected X (N, n) and y (N,), got X.shape=(0, 2), y.shape=(0,)": (
        lambda: adaline(BITS[:0], AND[:0], 5, 0.1)
    ),
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

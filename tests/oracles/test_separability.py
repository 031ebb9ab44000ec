"""Linear programming and least squares: when the perceptron rule must converge, and where Adaline must settle."""

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

from mlp_core.datasets import digits, xor
from mlp_core.metrics import labels
from mlp_core.perceptron import adaline, mistake_bound, perceptron_rule


def separating(X, y):
    """A hyperplane w, b with pre-activations above 1 for class 1 and below -1 for class 0, or None if there is none."""
    signs = np.where(y == 1, 1, -1)
    rows = -signs[:, None] * np.column_stack([X, np.ones(len(X))])
    found = linprog(np.zeros(X.shape[1] + 1), A_ub=rows, b_ub=-np.ones(len(X)), bounds=(None, None))
    assert found.status in (0, 2)  # solved, or infeasible
    return (found.x[:-1], found.x[-1]) if found.status == 0 else None


def assert_converges_exactly_if_separable(X, y, epochs):
    """Whether the classes are separable, once the rule has agreed: mistakes within the bound, or mistakes for ever."""
    line, found = separating(X, y), perceptron_rule(X, y, epochs)
    assert (found.history[-1] == 0) == (line is not None)
    if line is not None:
        np.testing.assert_array_equal(X @ found.w + found.b >= 0, y == 1)
        assert found.history.sum() <= mistake_bound(X, y, *line).mistakes
    return line is not None


def test_the_sixteen_functions_of_two_bits():
    tables = [np.array(y) for y in itertools.product((0, 1), repeat=4)]
    assert sum(assert_converges_exactly_if_separable(xor().X, y, 100) for y in tables) == 14


def test_the_256_functions_of_three_bits():
    X = np.array(list(itertools.product((0, 1), repeat=3)))
    tables = [np.array(y) for y in itertools.product((0, 1), repeat=8)]
    assert sum(assert_converges_exactly_if_separable(X, y, 200) for y in tables) == 104


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_random_labels_of_random_points_on_a_grid(n):
    separable = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        N = rng.integers(2, 3 * n + 2)
        X, y = rng.integers(-3, 4, (N, n)).astype(float), rng.integers(0, 2, N)
        separable.append(assert_converges_exactly_if_separable(X, y, 1000))
    assert 0.1 < np.mean(separable) < 0.9


@pytest.mark.parametrize("seed", range(5))
def test_labels_of_a_hyperplane_are_separable_and_one_wrong_copy_of_an_example_is_not(seed):
    rng = np.random.default_rng(seed)
    X, w = rng.normal(size=(40, 3)), rng.normal(size=3)
    y = (X @ w + 0.3 > 0).astype(int)
    assert assert_converges_exactly_if_separable(X, y, 20_000)
    assert not assert_converges_exactly_if_separable(np.vstack([X, X[:1]]), np.append(y, 1 - y[0]), 2000)


def pair(a, b, binary):
    """The training images of two digits, as grey levels or as ink and no ink, and whether each shows the second."""
    X, Y = digits().train
    rows = np.isin(labels(Y), (a, b))
    X = X[rows]
    return (X > 0.5).astype(float) if binary else X, labels(Y)[rows] == b


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize("a, b", [(0, 1), (3, 8), (1, 8)])
def test_pairs_of_digits(a, b, binary):
    assert_converges_exactly_if_separable(*pair(a, b, binary), 1000)


@pytest.mark.parametrize("binary", [False, True])
def test_zeros_and_ones_are_separated_within_a_hundred_epochs(binary):
    X, y = pair(0, 1, binary)
    assert X.shape[1] == 64
    assert assert_converges_exactly_if_separable(X, y, 100)


@pytest.mark.parametrize("flips", [0.0, 0.05])
def test_two_hundred_binary_zeros_and_ones_with_flipped_pixels_are_separated_within_a_hundred_epochs(flips):
    X, y = pair(0, 1, binary=True)
    X, y = X[:200], y[:200]
    flipped = np.random.default_rng(0).random(X.shape) < flips
    assert assert_converges_exactly_if_separable(abs(X - flipped), y, 100)


@pytest.mark.parametrize("seed", range(5))
def test_adaline_reaches_least_squares_where_the_data_lie_on_a_plane(seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(50, 3))
    y = X @ rng.normal(size=3) + 0.7
    best = np.linalg.lstsq(np.column_stack([X, np.ones(50)]), y)[0]
    found = adaline(X, y, epochs=400, lr=0.05)
    np.testing.assert_allclose([*found.w, found.b], best, atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_adaline_settles_in_proportion_to_its_learning_rate_near_least_squares_of_noisy_data(seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(50, 3))
    y = X @ rng.normal(size=3) + 0.7 + rng.normal(0, 0.5, 50)
    best = np.linalg.lstsq(np.column_stack([X, np.ones(50)]), y)[0]
    runs = [adaline(X, y, epochs=int(2 / lr), lr=lr) for lr in (1e-2, 1e-3)]
    fast, slow = (np.linalg.norm([*found.w, found.b] - best) for found in runs)
    assert slow < 0.02
    np.testing.assert_allclose(fast / slow, 10, rtol=0.3)

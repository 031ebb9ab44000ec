"""Metrics: counts by hand, and the same for replicas."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp_core import accuracy, confusion_matrix, one_hot
from mlp_core.metrics import labels


def test_one_hot_has_a_single_one_at_the_label():
    np.testing.assert_array_equal(
        one_hot(np.array([2, 0, 1], np.uint8), 4), [[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0]], strict=False
    )
    assert one_hot([0, 1], 2).dtype == np.float64


@settings(max_examples=50)
@given(st.lists(st.integers(0, 6), min_size=1))
def test_labels_undo_one_hot(y):
    np.testing.assert_array_equal(labels(one_hot(y, 7)), y)


def test_the_label_of_a_single_column_is_whether_it_is_above_one_half():
    np.testing.assert_array_equal(labels(np.array([[0.0], [0.5], [0.51], [1.0]])), [0, 0, 1, 1])


def test_accuracy_is_the_share_of_right_rows():
    Y = one_hot([0, 1, 2, 2], 3)
    Y_hat = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0, 0, 1], [0.4, 0.1, 0.5]])
    assert accuracy(Y_hat, Y) == 0.75
    assert accuracy(np.array([[0.9], [0.2], [0.4]]), np.array([[1.0], [1.0], [0.0]])) == 2 / 3


def test_a_row_with_nan_has_no_class_and_is_never_right():
    one_column = np.array([[np.nan], [0.9], [0.1]])
    three_columns = np.array([[np.nan, 0, 0], [0, 0, np.nan], [0, 1, 0]])
    np.testing.assert_array_equal(labels(one_column), [-1, 1, 0])
    np.testing.assert_array_equal(labels(three_columns), [-1, -1, 1])
    assert accuracy(one_column, np.array([[0.0], [1.0], [0.0]])) == 2 / 3
    assert accuracy(three_columns, one_hot([0, 2, 1], 3)) == 1 / 3
    assert accuracy(np.full((3, 1), np.nan), np.zeros((3, 1))) == 0
    replicas = np.stack([one_column, [[0.1], [0.9], [0.1]]])
    np.testing.assert_array_equal(accuracy(replicas, np.array([[0.0], [1.0], [0.0]])), [2 / 3, 1])


def test_targets_of_a_single_column_can_be_of_any_type_and_predictions_any_number():
    Y_hat = np.array([[-3.0], [np.inf], [7.0], [np.nan]])
    for dtype in (bool, int, np.float32):
        Y = np.array([[0], [1], [0], [1]], dtype)
        assert accuracy(Y_hat, Y) == 0.5
        np.testing.assert_array_equal(confusion_matrix(Y_hat[:3], Y[:3]), [[1, 1], [0, 1]])


def test_targets_of_several_columns_need_not_be_one_hot():
    assert accuracy(np.array([[0.6, 0.4], [0.1, 0.9]]), np.array([[3.0, -1.0], [0.7, 0.3]])) == 0.5


def test_an_infinite_score_is_larger_than_every_other():
    np.testing.assert_array_equal(labels(np.array([[0, np.inf], [-np.inf, 0], [3, -np.inf]])), [1, 1, 0])


def test_accuracy_of_replicas_is_one_number_each():
    rng = np.random.default_rng(0)
    Y_hat, Y = rng.uniform(size=(5, 20, 3)), one_hot(rng.integers(0, 3, 20), 3)
    own = np.stack([rng.permutation(Y) for _ in range(5)])
    assert accuracy(Y_hat, Y).shape == (5,)
    for r in range(5):
        assert accuracy(Y_hat, Y)[r] == accuracy(Y_hat[r], Y)
        assert accuracy(Y_hat, own)[r] == accuracy(Y_hat[r], own[r])


def test_confusion_matrix_counts_targets_in_rows_and_predictions_in_columns():
    Y, Y_hat = one_hot([0, 0, 0, 1, 2, 2], 3), one_hot([0, 1, 1, 1, 0, 2], 3)
    np.testing.assert_array_equal(confusion_matrix(Y_hat, Y), [[1, 2, 0], [0, 1, 0], [1, 0, 1]])


def test_confusion_matrix_of_a_single_column_is_two_by_two():
    Y, Y_hat = np.array([[0.0], [1.0], [1.0]]), np.array([[0.9], [0.8], [0.1]])
    np.testing.assert_array_equal(confusion_matrix(Y_hat, Y), [[0, 1], [1, 1]])


@settings(max_examples=50)
@given(st.integers(0, 1000), st.integers(1, 30), st.integers(2, 5))
def test_accuracy_is_the_diagonal_of_the_confusion_matrix(seed, N, classes):
    rng = np.random.default_rng(seed)
    Y_hat, Y = rng.uniform(size=(N, classes)), one_hot(rng.integers(0, classes, N), classes)
    counts = confusion_matrix(Y_hat, Y)
    assert counts.sum() == N
    np.testing.assert_array_equal(counts.sum(axis=1), Y.sum(axis=0))
    np.testing.assert_allclose(np.trace(counts) / N, accuracy(Y_hat, Y))


WRONG = {
    "one_hot: expected a positive integer, got classes=0": lambda: one_hot([], 0),
    "one_hot: expected a positive integer, got classes='3'": lambda: one_hot([0], "3"),
    "one_hot: expected a positive integer, got classes=True": lambda: one_hot([0], True),
    "one_hot: expected a vector of integer labels, got y.shape=(1,), y.dtype=<U3": lambda: one_hot(["cat"], 3),
    "labels: expected Y to be an array of numbers, got Y=list": lambda: labels([[0.5]]),
    "labels: expected Y with one example a row, got shape=(3,)": lambda: labels(np.zeros(3)),
    "labels: expected Y with one example a row, got shape=(3, 0)": lambda: labels(np.zeros((3, 0))),
    "accuracy: expected Y_hat to be an array of numbers, got Y_hat=list": lambda: accuracy([[1.0]], np.ones((1, 1))),
    "accuracy: expected Y to be an array of numbers, got Y=<U3": (
        lambda: accuracy(np.ones((1, 1)), np.array([["cat"]]))
    ),
    "accuracy: expected Y without NaN, got rows with NaN=2": (
        lambda: accuracy(np.ones((3, 2)), np.array([[np.nan, 1], [0, 1], [np.nan, np.nan]]))
    ),
    "confusion_matrix: expected Y to be an array of numbers, got Y=tuple": (
        lambda: confusion_matrix(np.ones((1, 1)), ((1.0,),))
    ),
    "confusion_matrix: expected Y_hat without NaN, got rows with NaN=1": (
        lambda: confusion_matrix(np.array([[np.nan], [1.0]]), np.ones((2, 1)))
    ),
    "accuracy: expected targets 0 and 1 in a single column, got Y=-1.0": (
        lambda: accuracy(np.ones((3, 1)), np.array([[1.0], [-1.0], [2.0]]))
    ),
    "accuracy: expected targets 0 and 1 in a single column, got Y=0.5": (
        lambda: accuracy(np.ones((2, 2, 1)), np.array([[[1.0], [0.0]], [[0.0], [0.5]]]))
    ),
    "confusion_matrix: expected targets 0 and 1 in a single column, got Y=2": (
        lambda: confusion_matrix(np.ones((2, 1)), np.array([[0], [2]]))
    ),
    "accuracy: expected Y_hat to be an array of numbers, got Y_hat=complex128": (
        lambda: accuracy(np.ones((1, 1), complex), np.ones((1, 1)))
    ),
    "one_hot: expected labels in 0..2, got label=3": lambda: one_hot(np.array([0, 3, -1]), 3),
    "one_hot: expected labels in 0..2, got label=-1": lambda: one_hot(np.array([-1]), 3),
    "one_hot: expected a vector of integer labels, got y.shape=(1,), y.dtype=float64": (
        lambda: one_hot(np.array([0.0]), 3)
    ),
    "one_hot: expected a vector of integer labels, got y.shape=(2, 1), y.dtype=int64": (
        lambda: one_hot(np.zeros((2, 1), np.int64), 3)
    ),
    "accuracy: expected Y_hat and Y of one shape (N, m), got Y_hat.shape=(3, 1), Y.shape=(3,)": (
        lambda: accuracy(np.zeros((3, 1)), np.zeros(3))
    ),
    "accuracy: expected Y_hat and Y of one shape (N, m), got Y_hat.shape=(3,), Y.shape=(3,)": (
        lambda: accuracy(np.zeros(3), np.zeros(3))
    ),
    "accuracy: expected Y_hat and Y of one shape (N, m), got Y_hat.shape=(0, 2), Y.shape=(0, 2)": (
        lambda: accuracy(np.zeros((0, 2)), np.zeros((0, 2)))
    ),
    "confusion_matrix: expected Y_hat and Y of one shape (N, m), got Y_hat.shape=(3, 2), Y.shape=(3, 1)": (
        lambda: confusion_matrix(np.zeros((3, 2)), np.zeros((3, 1)))
    ),
    "confusion_matrix: expected predictions (N, m), got shape=(2, 3, 1)": (
        lambda: confusion_matrix(np.zeros((2, 3, 1)), np.zeros((3, 1)))
    ),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message

"""Metrics: counts by hand, and the same for replicas."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp_core import (
    MLP,
    SGD,
    accuracy,
    balanced_accuracy,
    confusion_matrix,
    f1_score,
    fit,
    one_hot,
    precision,
    recall,
)
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


def test_the_class_of_a_soft_target_is_its_largest_entry():
    Y_hat, smoothed = np.array([[0.6, 0.4], [0.1, 0.9]]), np.array([[0.95, 0.05], [0.7, 0.3]])
    for dtype in (np.float64, np.float32, np.float16):
        assert accuracy(Y_hat, smoothed.astype(dtype)) == 0.5
        np.testing.assert_array_equal(confusion_matrix(Y_hat, smoothed.astype(dtype)), [[1, 1], [0, 0]])


METRICS = [accuracy, confusion_matrix, precision, recall, f1_score, balanced_accuracy]
NO_CLASS = {
    "two answers yes": [[1.0, 0, 0], [1, 0, 1]],
    "no answer yes": [[1.0, 0, 0], [0, 0, 0]],
    "a tie": [[1.0, 0, 0], [0.4, 0.4, 0.2]],
    "a sum of 2": [[1.0, 0, 0], [1.5, 0.5, 0]],
    "below 0": [[1.0, 0, 0], [1.5, -0.5, 0]],
    "infinite": [[1.0, 0, 0], [np.inf, 0, 0]],
    "both infinities": [[1.0, 0, 0], [np.inf, -np.inf, 0]],
}


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("targets", NO_CLASS)
def test_targets_without_one_class_a_row_are_refused(metric, targets):
    Y = np.array(NO_CLASS[targets])
    average = {"average": "macro"} if metric in (precision, recall, f1_score) else {}
    for own in (Y, np.stack([np.eye(3)[:2], Y])):
        Y_hat = np.ones((*own.shape[:-2], 2, 3)) / 3
        with pytest.raises(ValueError) as error:
            metric(Y_hat, own, **average)
        row = np.array2string(Y[1])
        expected = "targets with one class a row, one-hot or probabilities with one largest, or a single column"
        assert str(error.value) == f"{metric.__name__}: expected {expected}, got a row={row}"


def test_a_refused_row_of_any_length_and_type_is_shown_in_one_line():
    for dtype in (bool, np.uint8, np.int8, np.float16):
        with pytest.raises(ValueError, match=r"got a row=\[[^\n]{,60}\]$"):
            accuracy(np.ones((1, 1000)), np.zeros((1, 1000), dtype))


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


def by_hand(Y_hat, Y, c):
    """True positives, false positives and false negatives of class c, one row after the other."""
    pairs = list(zip(labels(Y_hat).tolist(), labels(Y).tolist(), strict=True))
    return sum(p == c == y for p, y in pairs), sum(p == c != y for p, y in pairs), sum(p != c == y for p, y in pairs)


def test_precision_recall_and_f1_of_a_single_column_count_class_1():
    Y_hat, Y = np.array([[0.9, 0.8, 0.7, 0.2, 0.1, 0.3]]).T, np.array([[1.0, 0, 1, 1, 0, 1]]).T
    assert by_hand(Y_hat, Y, 1) == (2, 1, 2)
    assert (precision(Y_hat, Y), recall(Y_hat, Y), f1_score(Y_hat, Y)) == (2 / 3, 1 / 2, 4 / 7)
    assert balanced_accuracy(Y_hat, Y) == (1 / 2 + 1 / 2) / 2
    two_columns = np.hstack([1 - Y_hat, Y_hat]), np.hstack([1 - Y, Y])
    assert precision(*two_columns) == 2 / 3
    np.testing.assert_allclose(precision(Y_hat, Y, None), [1 / 3, 2 / 3], strict=True)


@settings(max_examples=100)
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(2, 5))
def test_each_class_has_the_precision_recall_and_f1_of_its_counts(seed, N, classes):
    rng = np.random.default_rng(seed)
    Y_hat, Y = rng.uniform(size=(N, classes)), one_hot(rng.integers(0, classes, N), classes)
    Y_hat[rng.uniform(size=N) < 0.2] = np.nan
    for c in range(classes):
        tp, fp, fn = by_hand(Y_hat, Y, c)
        p, r, f = (metric(Y_hat, Y, None, np.nan)[c] for metric in (precision, recall, f1_score))
        np.testing.assert_equal(p, tp / (tp + fp) if tp + fp else np.nan)
        np.testing.assert_equal(r, tp / (tp + fn) if tp + fn else np.nan)
        np.testing.assert_equal(f, 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else np.nan)
        if tp:
            np.testing.assert_allclose(f, 2 / (1 / p + 1 / r))


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(2, 4))
def test_averages_are_means_over_the_classes_that_occur(seed, N, classes):
    rng = np.random.default_rng(seed)
    Y_hat, Y = rng.uniform(size=(N, classes)), one_hot(rng.integers(0, classes, N), classes)
    counts = Y.sum(axis=0)
    occurs = (counts > 0) | (one_hot(labels(Y_hat), classes).sum(axis=0) > 0)
    for metric in (precision, recall, f1_score):
        each = metric(Y_hat, Y, average=None)
        np.testing.assert_allclose(metric(Y_hat, Y, average="macro"), each[occurs].mean())
        np.testing.assert_allclose(metric(Y_hat, Y, average="weighted"), (each * counts).sum() / N)
        np.testing.assert_allclose(metric(Y_hat, Y, average="micro"), accuracy(Y_hat, Y))
    np.testing.assert_allclose(balanced_accuracy(Y_hat, Y), recall(Y_hat, Y, average=None)[counts > 0].mean())


def test_guessing_one_class_is_right_in_most_rows_and_balanced_in_one_of_m():
    Y = one_hot([0] * 97 + [1, 2, 2], 3)
    Y_hat = one_hot([0] * 100, 3)
    assert (accuracy(Y_hat, Y), balanced_accuracy(Y_hat, Y)) == (0.97, 1 / 3)


def test_a_class_without_rows_to_divide_by_has_the_value_asked_for():
    never, Y = np.zeros((3, 1)), np.array([[1.0], [1], [0]])
    assert [precision(never, Y, zero_division=value) for value in (0, 1)] == [0, 1]
    assert precision(never, Y) == 0 == f1_score(never, Y)
    assert np.isnan(precision(never, Y, zero_division=np.nan))
    assert [recall(Y, never, zero_division=value) for value in (0, 1)] == [0, 1]
    assert f1_score(never, never) == 0
    assert f1_score(never, never, zero_division=1) == 1
    assert precision(never, Y, "macro", np.nan) == 1 / 3  # of class 0 alone
    assert precision(never, Y, "macro", 1) == (1 / 3 + 1) / 2
    assert np.isnan(precision(np.full((3, 1), np.nan), Y, "macro", np.nan))
    assert precision(never[:1], Y[:1], "weighted", np.nan) == 0  # class 1 has the weight and no value


@pytest.mark.parametrize("average", ["binary", "macro", "weighted", "micro", None])
def test_metrics_of_replicas_are_those_of_each(average):
    rng = np.random.default_rng(1)
    Y_hat, Y = rng.uniform(size=(5, 20, 2)), one_hot(rng.integers(0, 2, 20), 2)
    own = np.stack([rng.permutation(Y) for _ in range(5)])
    for metric in (precision, recall, f1_score):
        for targets in (Y, own):
            ours = metric(Y_hat, targets, average)
            assert ours.shape == ((5, 2) if average is None else (5,))
            for r in range(5):
                single = targets if targets.ndim == 2 else targets[r]
                np.testing.assert_array_equal(ours[r], metric(Y_hat[r], single, average))
    assert balanced_accuracy(Y_hat, own).shape == (5,)
    assert balanced_accuracy(Y_hat, own)[3] == balanced_accuracy(Y_hat[3], own[3])


def test_fit_records_every_metric_at_each_epoch():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 2))
    Y = (X[:, :1] > 0.5).astype(float)
    metrics = {metric.__name__: metric for metric in METRICS if metric is not confusion_matrix}
    net = MLP("2-1")
    settings = dict(loss="binary_cross_entropy", optimizer=SGD(1.0), epochs=50, metrics=metrics)
    history = fit(net, net.init(rng, replicas=3), X, Y, **settings)
    for name in metrics:
        assert history.train[name].shape == (51, 3)
        assert (history.train[name][-1] > 0.7).all()


@pytest.mark.parametrize("metric", [accuracy, confusion_matrix, precision, recall, f1_score, balanced_accuracy])
def test_integers_and_lists_are_taken_as_the_numbers_they_are(metric):
    Y_hat, Y = np.array([[1], [0], [1]]), np.array([[1], [1], [0]])
    expected = metric(Y_hat.astype(float), Y.astype(float))
    for arrays in ((Y_hat.tolist(), Y.tolist()), (Y_hat.astype(np.uint8), Y.astype(bool)), (Y_hat, Y.astype(np.int8))):
        np.testing.assert_array_equal(metric(*arrays), expected)


WRONG = {
    "one_hot: expected a positive integer, got classes=0": lambda: one_hot([], 0),
    "one_hot: expected a positive integer, got classes='3'": lambda: one_hot([0], "3"),
    "one_hot: expected a positive integer, got classes=True": lambda: one_hot([0], True),
    "one_hot: expected y to be an array of numbers, got y=list": lambda: one_hot(["cat"], 3),
    "one_hot: expected y to be an array of numbers, got y=tuple": lambda: one_hot(([0, 1], [2]), 3),
    "one_hot: expected y to be an array of numbers, got y=MaskedArray": lambda: one_hot(np.ma.zeros(3, int), 3),
    "labels: expected Y to be an array of numbers, got Y=list": lambda: labels([["0.5"]]),
    "labels: expected Y with one example a row, got shape=(3,)": lambda: labels(np.zeros(3)),
    "labels: expected Y with one example a row, got shape=(3, 0)": lambda: labels(np.zeros((3, 0))),
    "accuracy: expected Y_hat to be an array of numbers, got Y_hat=list": lambda: accuracy([[1], []], np.ones((2, 1))),
    "accuracy: expected Y to be an array of numbers, got Y=<U3": (
        lambda: accuracy(np.ones((1, 1)), np.array([["cat"]]))
    ),
    "accuracy: expected Y without NaN, got rows with NaN=2": (
        lambda: accuracy(np.ones((3, 2)), np.array([[np.nan, 1], [0, 1], [np.nan, np.nan]]))
    ),
    "confusion_matrix: expected Y to be an array of numbers, got Y=tuple": (
        lambda: confusion_matrix(np.ones((1, 1)), ((1.0,), None))
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
    "confusion_matrix: expected targets 0 and 1 in a single column, got Y=2.0": (
        lambda: confusion_matrix(np.ones((2, 1)), np.array([[0], [2]]))
    ),
    "accuracy: expected Y_hat to be an array of numbers, got Y_hat=complex128": (
        lambda: accuracy(np.ones((1, 1), complex), np.ones((1, 1)))
    ),
    "precision: expected one of binary, macro, weighted, micro or None, got average='samples'": (
        lambda: precision(np.ones((1, 1)), np.ones((1, 1)), "samples")
    ),
    "f1_score: expected macro, weighted, micro or None for 3 classes, got average='binary'": (
        lambda: f1_score(np.eye(3), np.eye(3))
    ),
    "recall: expected 0, 1 or NaN, got zero_division='nan'": (
        lambda: recall(np.ones((1, 1)), np.ones((1, 1)), zero_division="nan")
    ),
    f"recall: expected 0, 1 or NaN, got zero_division=1{'0' * 116}...": (
        lambda: recall(np.ones((1, 1)), np.ones((1, 1)), zero_division=10**400)
    ),
    "recall: expected 0, 1 or NaN, got zero_division=0.5": (
        lambda: recall(np.ones((1, 1)), np.ones((1, 1)), zero_division=0.5)
    ),
    "recall: expected 0, 1 or NaN, got zero_division='warn'": (
        lambda: recall(np.ones((1, 1)), np.ones((1, 1)), zero_division="warn")
    ),
    "precision: expected 0, 1 or NaN, got zero_division=True": (
        lambda: precision(np.ones((1, 1)), np.ones((1, 1)), zero_division=True)
    ),
    "balanced_accuracy: expected Y without NaN, got rows with NaN=1": (
        lambda: balanced_accuracy(np.ones((1, 1)), np.full((1, 1), np.nan))
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

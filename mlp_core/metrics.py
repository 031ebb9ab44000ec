"""Labels, one-hot targets, and how often a prediction is right."""

from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from mlp_core.annotations import Array, Values
from mlp_core.checks import as_floats, as_numbers, count, shown

__all__ = ["one_hot", "labels", "accuracy", "confusion_matrix", "precision", "recall", "f1_score", "balanced_accuracy"]


def one_hot(y: ArrayLike, classes: int) -> Array:
    """Rows with a single 1 at the label: y, `(N,)` integers in 0..classes-1, to `(N, classes)` float64.

    Raises ValueError for labels that are not integers, or out of range, and for a number of classes that is not a
    positive integer.
    """
    classes = count()("one_hot", "classes", classes)
    y = as_numbers("one_hot", "y", y)
    if y.ndim != 1 or y.dtype.kind not in "iu":
        raise ValueError(f"one_hot: expected a vector of integer labels, got y.shape={y.shape}, y.dtype={y.dtype}")
    outside = (y < 0) | (y >= classes)
    if outside.any():
        raise ValueError(f"one_hot: expected labels in 0..{classes - 1}, got label={y[outside][0]}")
    return np.eye(classes)[y]


def labels(Y: ArrayLike) -> Array:
    """The class of each row: the largest entry, or for a single column whether it is above 0.5.

    `(..., N, m)` to `(..., N)` integers; the first of several largest entries; -1, which is no class, where a row holds
    NaN, as from a run that diverged.

    Parameters
    ----------
    Y : array, (..., N, m)

    Returns
    -------
    array

    Raises
    ------
    ValueError : for what is no array of numbers with one example a row
    """
    Y = as_floats("labels", "Y", Y)
    if Y.ndim < 2 or 0 in Y.shape:
        raise ValueError(f"labels: expected Y with one example a row, got shape={Y.shape}")
    classes = (Y[..., 0] > 0.5).astype(int) if Y.shape[-1] == 1 else Y.argmax(axis=-1)
    return np.where(np.isnan(Y).any(axis=-1), -1, classes)


def accuracy(Y_hat: ArrayLike, Y: ArrayLike) -> Values:
    """The share of rows whose predicted class is the target's, in [0, 1]: a number, or `(R,)`. NaN is never right.

    Parameters
    ----------
    Y_hat : predictions, (N, m) or (R, N, m): probabilities or, for m > 1, any scores
    Y : targets, (N, m), or (R, N, m): one class a row
        0 and 1 where m = 1; one-hot rows, or probabilities with one largest, where m > 1. Several yes-or-no columns are
        m questions: take one column at a time, `Y[..., [j]]`.

    Returns
    -------
    float or array

    Raises
    ------
    ValueError : for what is no array of numbers, where the shapes do not agree, and for other targets
    """
    Y_hat, Y = _check("accuracy", Y_hat, Y)
    return (labels(Y_hat) == labels(Y)).mean(axis=-1)


def confusion_matrix(Y_hat: ArrayLike, Y: ArrayLike) -> Array:
    """Counts of (target class, predicted class): `(m, m)` integers, 2 x 2 for a single column.

    Parameters
    ----------
    Y_hat : predictions, (N, m), without NaN
    Y : targets, (N, m), as for `accuracy`

    Returns
    -------
    array

    Raises
    ------
    ValueError : as `accuracy` does, and for NaN and replicas
    """
    Y_hat, Y = _check("confusion_matrix", Y_hat, Y)
    if Y_hat.ndim != 2:
        raise ValueError(f"confusion_matrix: expected predictions (N, m), got shape={Y_hat.shape}")
    _check_no_nan("confusion_matrix", "Y_hat", Y_hat)
    classes = max(2, Y.shape[-1])
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (labels(Y), labels(Y_hat)), 1)
    return counts


def precision(Y_hat: ArrayLike, Y: ArrayLike, average: str | None = "binary", zero_division: float = 0.0) -> Values:
    r"""The share of the rows predicted as a class that are of it, $\mathrm{TP} / (\mathrm{TP} + \mathrm{FP})$.

    Parameters
    ----------
    Y_hat : predictions, (N, m) or (R, N, m), as for `accuracy`
    Y : targets, (N, m), or (R, N, m), as for `accuracy`
    average : "binary", "macro", "weighted", "micro" or None
        "binary" is the value of class 1 of two. For any number of classes: "macro", the mean over the classes;
        "weighted", the mean weighted by their targets; "micro", of all rows together; None, one value for each class,
        in a last axis. A class that is neither among the targets nor among the predictions has no part in a mean.
    zero_division : 0, 1 or NaN, the value of a class without rows to divide by
        Means leave NaN out.

    Returns
    -------
    a number, or `(R,)`, as scikit-learn does (without its warning)

    Raises
    ------
    ValueError : as `accuracy` does, and for another average or zero_division
    """
    hits, predicted, actual = _tally("precision", Y_hat, Y, average, zero_division)
    return _average(hits, predicted, predicted + actual, actual, average, zero_division)


def recall(Y_hat: ArrayLike, Y: ArrayLike, average: str | None = "binary", zero_division: float = 0.0) -> Values:
    r"""The share of the rows of a class that are predicted as it, $\mathrm{TP} / (\mathrm{TP} + \mathrm{FN})$.

    Predictions and targets, (N, m) or (R, N, m), and all else as for `precision`.

    Parameters
    ----------
    Y_hat, Y, average, zero_division : as for `precision`

    Returns
    -------
    float or array

    Raises
    ------
    ValueError : as those do
    """
    hits, predicted, actual = _tally("recall", Y_hat, Y, average, zero_division)
    return _average(hits, actual, predicted + actual, actual, average, zero_division)


def f1_score(Y_hat: ArrayLike, Y: ArrayLike, average: str | None = "binary", zero_division: float = 0.0) -> Values:
    r"""The harmonic mean of precision and recall, $2\,\mathrm{TP} / (2\,\mathrm{TP} + \mathrm{FP} + \mathrm{FN})$.

    Predictions and targets, (N, m) or (R, N, m), and all else as for `precision`.

    Parameters
    ----------
    Y_hat, Y, average, zero_division : as for `precision`

    Returns
    -------
    float or array

    Raises
    ------
    ValueError : as those do
    """
    hits, predicted, actual = _tally("f1_score", Y_hat, Y, average, zero_division)
    return _average(2 * hits, predicted + actual, predicted + actual, actual, average, zero_division)


def balanced_accuracy(Y_hat: ArrayLike, Y: ArrayLike) -> Values:
    """The mean recall of the classes that have targets: a number, or `(R,)`. Always guessing one class gives 1 / m.

    Arguments as for `accuracy`.

    Parameters
    ----------
    Y_hat, Y : as for `accuracy`

    Returns
    -------
    float or array

    Raises
    ------
    ValueError : as those do
    """
    hits, _, actual = _tally("balanced_accuracy", Y_hat, Y, "macro", 0)
    return _average(hits, actual, actual, actual, "macro", 0)


def _tally(metric, Y_hat, Y, average, zero_division):
    """The number of rows of each class that are predicted rightly, that are predicted, and that are targets."""
    Y_hat, Y = _check(metric, Y_hat, Y)
    _check_average(metric, average, zero_division, m=Y.shape[-1])
    classes = np.arange(max(2, Y.shape[-1]))
    predicted, actual = labels(Y_hat)[..., None] == classes, labels(Y)[..., None] == classes  # (..., N, m)
    return (predicted & actual).sum(axis=-2), predicted.sum(axis=-2), actual.sum(axis=-2)  # (..., m)


def _average(part, whole, occurrences, actual, average, zero_division):
    """part / whole of each class (..., m), or what `average` makes of them."""
    if average == "micro":
        part, whole, occurrences = (Q.sum(axis=-1, keepdims=True) for Q in (part, whole, occurrences))
    shares = np.where(whole > 0, part / np.maximum(whole, 1), zero_division)
    if average is None:
        return shares
    if average == "binary":
        return shares[..., 1]
    defined = (occurrences > 0) & ~np.isnan(shares)
    weights = actual * defined if average == "weighted" else defined
    weights = np.where(weights.any(axis=-1, keepdims=True), weights, defined)
    total = weights.sum(axis=-1)
    return np.where(total > 0, (weights * np.nan_to_num(shares)).sum(axis=-1) / np.maximum(total, 1), np.nan)[()]


def _check(metric, Y_hat, Y):
    Y_hat, Y = as_floats(metric, "Y_hat", Y_hat), as_floats(metric, "Y", Y)
    if Y.shape not in (Y_hat.shape, Y_hat.shape[-2:]) or Y_hat.ndim < 2 or Y_hat.size == 0:
        expected = f"Y_hat and Y of one shape (N, m), got Y_hat.shape={Y_hat.shape}, Y.shape={Y.shape}"
        raise ValueError(f"{metric}: expected {expected}")
    _check_no_nan(metric, "Y", Y)
    outside = (Y != 0) & (Y != 1)
    if Y.shape[-1] == 1 and outside.any():
        raise ValueError(f"{metric}: expected targets 0 and 1 in a single column, got Y={Y[outside][0]}")
    if Y.shape[-1] > 1:
        _check_one_class(metric, Y)
    return Y_hat, Y


def _check_one_class(metric, Y):
    largest = (Y == Y.max(axis=-1, keepdims=True)).sum(axis=-1)
    with np.errstate(invalid="ignore"):
        sums = Y.sum(axis=-1)
    wrong = (Y < 0).any(axis=-1) | ~(np.abs(sums - 1) <= 1e-3) | (largest > 1)  # (..., N)
    if wrong.any():
        row = np.array2string(Y[wrong][0], threshold=8, max_line_width=np.inf)
        expected = "targets with one class a row, one-hot or probabilities with one largest, or a single column"
        raise ValueError(f"{metric}: expected {expected}, got a row={row}")


def _check_average(metric, average, zero_division, m):
    known = ("binary", "macro", "weighted", "micro")
    if average is not None and not (isinstance(average, str) and average in known):
        raise ValueError(f"{metric}: expected one of {', '.join(known)} or None, got average={shown(average)}")
    if average == "binary" and m > 2:
        raise ValueError(f"{metric}: expected macro, weighted, micro or None for {m} classes, got average='binary'")
    number = isinstance(zero_division, Real) and not isinstance(zero_division, bool)
    if not number or not (zero_division in (0, 1) or zero_division != zero_division):  # noqa: PLR0124
        raise ValueError(f"{metric}: expected 0, 1 or NaN, got zero_division={shown(zero_division)}")


def _check_no_nan(metric, name, Q):
    rows = np.isnan(Q).any(axis=-1)
    if rows.any():
        raise ValueError(f"{metric}: expected {name} without NaN, got rows with NaN={rows.sum()}")

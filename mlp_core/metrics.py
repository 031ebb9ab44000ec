"""Labels, one-hot targets, and how often a prediction is right."""

import numpy as np

from mlp_core.checks import check_numbers, is_count


def one_hot(y, classes):
    """Rows with a single 1 at the label: `(N,)` integers in 0..classes-1 to `(N, classes)` float64.

    Raises ValueError for labels that are not integers, or out of range, and for a number of classes that is not a
    positive integer.
    """
    if not is_count(classes):
        raise ValueError(f"one_hot: expected a positive integer, got classes={classes!r}")
    y = np.asarray(y)
    if y.ndim != 1 or y.dtype.kind not in "iu":
        raise ValueError(f"one_hot: expected a vector of integer labels, got y.shape={y.shape}, y.dtype={y.dtype}")
    outside = (y < 0) | (y >= classes)
    if outside.any():
        raise ValueError(f"one_hot: expected labels in 0..{classes - 1}, got label={y[outside][0]}")
    return np.eye(classes)[y]


def labels(Y):
    """The class of each row: the largest entry, or for a single column whether it is above 0.5.

    `(..., N, m)` to `(..., N)` integers; -1, which is no class, where a row holds NaN, as from a run that diverged.
    Raises ValueError for what is no array of numbers with one example a row.
    """
    check_numbers("labels", "Y", Y)
    if Y.ndim < 2 or 0 in Y.shape:
        raise ValueError(f"labels: expected Y with one example a row, got shape={Y.shape}")
    classes = (Y[..., 0] > 0.5).astype(int) if Y.shape[-1] == 1 else Y.argmax(axis=-1)
    return np.where(np.isnan(Y).any(axis=-1), -1, classes)


def accuracy(Y_hat, Y):
    """The share of rows whose predicted class is the target's, in [0, 1]: a number, or `(R,)`. NaN is never right.

    Parameters
    ----------
    Y_hat : predictions, (N, m) or (R, N, m): probabilities or, for m > 1, any scores
    Y : targets, (N, m), or (R, N, m): 0 and 1 where m = 1

    Raises ValueError for what is no array of numbers, where the shapes do not agree, and for targets that are NaN or,
    in a single column, other than 0 and 1.
    """
    _check("accuracy", Y_hat, Y)
    return (labels(Y_hat) == labels(Y)).mean(axis=-1)


def confusion_matrix(Y_hat, Y):
    """Counts of (target class, predicted class): `(m, m)` integers, 2 x 2 for a single column.

    Raises ValueError unless both are arrays of numbers `(N, m)` without NaN, and for targets other than 0 and 1 in a
    single column.
    """
    _check("confusion_matrix", Y_hat, Y)
    if Y_hat.ndim != 2:
        raise ValueError(f"confusion_matrix: expected predictions (N, m), got shape={Y_hat.shape}")
    _check_no_nan("confusion_matrix", "Y_hat", Y_hat)
    classes = max(2, Y.shape[-1])
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (labels(Y), labels(Y_hat)), 1)
    return counts


def _check(metric, Y_hat, Y):
    check_numbers(metric, "Y_hat", Y_hat)
    check_numbers(metric, "Y", Y)
    if Y.shape not in (Y_hat.shape, Y_hat.shape[-2:]) or Y_hat.ndim < 2 or Y_hat.size == 0:
        expected = f"Y_hat and Y of one shape (N, m), got Y_hat.shape={Y_hat.shape}, Y.shape={Y.shape}"
        raise ValueError(f"{metric}: expected {expected}")
    _check_no_nan(metric, "Y", Y)
    outside = (Y != 0) & (Y != 1)
    if Y.shape[-1] == 1 and outside.any():
        raise ValueError(f"{metric}: expected targets 0 and 1 in a single column, got Y={Y[outside][0]}")


def _check_no_nan(metric, name, Q):
    rows = np.isnan(Q).any(axis=-1)
    if rows.any():
        raise ValueError(f"{metric}: expected {name} without NaN, got rows with NaN={rows.sum()}")

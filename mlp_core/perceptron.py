"""The two oldest learning rules, for one neuron: the perceptron rule and Adaline."""

import warnings
from typing import NamedTuple

import numpy as np

from mlp_core.annotations import Array
from mlp_core.checks import check_numbers, count, number

__all__ = ["Adaline", "Path", "Perceptron", "MistakeBound", "perceptron_rule", "mistake_bound", "adaline"]

EPOCHS = count("at least one epoch")
RATE = number("a learning rate above 0", lambda lr: lr > 0)
BIAS = number("the bias to be a number", lambda b: True)


class Adaline(NamedTuple):
    """What Adaline found: weights `(n,)`, bias, and for each epoch the mean error."""

    w: np.ndarray
    b: float
    history: np.ndarray


class Path(NamedTuple):
    """The way of a perceptron from its start to its end: M updates, one for each mistake.

    `rows` `(M,)` are the examples that caused them; `w` `(M + 1, n)` and `b` `(M + 1,)` the weights and the bias at the
    start and after each update.
    """

    rows: np.ndarray
    w: np.ndarray
    b: np.ndarray


class Perceptron(NamedTuple):
    """What the perceptron rule found: weights `(n,)`, bias, for each epoch the number of mistakes, and the Path."""

    w: np.ndarray
    b: float
    history: np.ndarray
    path: Path


class MistakeBound(NamedTuple):
    r"""Radius r, margin $\gamma$ and the number of mistakes $(r/\gamma)^2$ that the perceptron rule cannot exceed."""

    radius: float
    margin: float
    mistakes: float


def perceptron_rule(
    X: Array, y: Array, epochs: int, lr: float = 1.0, w: Array | None = None, b: float = 0.0
) -> Perceptron:
    r"""Rosenblatt's rule, for each example in turn.

    $$\mathbf w \leftarrow \mathbf w + \eta(y - \hat y)\mathbf x, \qquad b \leftarrow b + \eta(y - \hat y)$$

    The neuron is $\hat y = [\mathbf w\cdot\mathbf x + b \ge 0]$. It stops after an epoch without mistakes; if the
    classes cannot be separated by a hyperplane that never happens.

    Parameters
    ----------
    X : (N, n)
    y : (N,) of 0 and 1
    epochs : int, the most it may take
    lr : float > 0
    w : (n,), the weights at the start, None for 0
    b : float, the bias at the start

    Returns
    -------
    Perceptron with the number of mistakes in each epoch: the last is 0 exactly if the rule converged

    Raises
    ------
    ValueError
        For targets other than 0 and 1, arrays that do not fit, numbers that are not finite, epochs below 1 and a
        learning rate that is not above 0.

    References
    ----------
    Rosenblatt (1958).
    """
    _check_data("perceptron_rule", X, y)
    _check_classes("perceptron_rule", y)
    epochs, lr = EPOCHS("perceptron_rule", "epochs", epochs), RATE("perceptron_rule", "lr", lr)
    w, b = _checked_neuron("perceptron_rule", X, np.zeros(X.shape[1]) if w is None else w, b)
    rows, weights, biases, mistakes = [], [w], [b], []
    for _ in range(epochs):
        mistakes.append(0)
        for row, (x, target) in enumerate(zip(X, y, strict=True)):
            error = target - float(w @ x + b >= 0)
            if error != 0:
                w = w + lr * error * x
                b = b + lr * error
                rows.append(row)
                weights.append(w)
                biases.append(b)
                mistakes[-1] += 1
        if mistakes[-1] == 0:
            break
    return Perceptron(w, b, np.array(mistakes), Path(np.array(rows, int), np.array(weights), np.array(biases)))


def mistake_bound(X: Array, y: Array, w: Array, b: float) -> MistakeBound:
    r"""Novikoff's bound: started from 0, the perceptron rule makes at most $(r/\gamma)^2$ mistakes, at any $\eta$.

    With the constant input 1, $\tilde{\mathbf x} = (\mathbf x, 1)$ and $\tilde{\mathbf w} = (\mathbf w, b)$,

    $$r = \max_n\lVert\tilde{\mathbf x}_n\rVert, \qquad
    \gamma = \min_n\frac{\pm\tilde{\mathbf w}\cdot\tilde{\mathbf x}_n}{\lVert\tilde{\mathbf w}\rVert}$$

    with + for $y_n = 1$ and - for $y_n = 0$. Any separating hyperplane gives a bound; that of widest margin the best.

    Parameters
    ----------
    X : (N, n)
    y : (N,) of 0 and 1
    w : (n,)
    b : float: a hyperplane with class 1 on its positive side and class 0 on the other

    Returns
    -------
    MistakeBound

    Raises
    ------
    ValueError : for a hyperplane that does not separate the classes, and where `perceptron_rule` would for X and y

    References
    ----------
    Novikoff (1962).
    """
    _check_data("mistake_bound", X, y)
    _check_classes("mistake_bound", y)
    w, b = _checked_neuron("mistake_bound", X, w, b)
    X_one, w_one = np.column_stack([X, np.ones(len(X))]), np.append(w, b)
    z = np.where(y == 1, 1, -1) * (X_one @ w_one)  # (N,), above 0 on the right side
    if not (z > 0).all():
        raise ValueError(f"mistake_bound: expected a hyperplane that separates the classes, got wrong={(z <= 0).sum()}")
    radius, margin = np.linalg.norm(X_one, axis=1).max(), z.min() / np.linalg.norm(w_one)
    return MistakeBound(radius, margin, (radius / margin) ** 2)


def adaline(X: Array, y: Array, epochs: int, lr: float) -> Adaline:
    r"""The Widrow-Hoff (LMS) rule, for each example in turn, with $z = \mathbf w\cdot\mathbf x + b$.

    $$\mathbf w \leftarrow \mathbf w + \eta(y - z)\mathbf x, \qquad b \leftarrow b + \eta(y - z)$$

    It descends the squared error of the pre-activation, so it also settles where no hyperplane separates the classes.

    Parameters
    ----------
    X : (N, n)
    y : (N,) any numbers
    epochs : int
    lr : float > 0

    Returns
    -------
    Adaline
        With the mean half squared error over each epoch's examples as they were met; an error that is no longer finite,
        as of too large a learning rate, stays as it is, with one RuntimeWarning.

    Raises
    ------
    ValueError
        For arrays that do not fit, numbers that are not finite, epochs below 1 and a learning rate that is not above 0.

    References
    ----------
    Widrow and Hoff (1960).
    """
    _check_data("adaline", X, y)
    epochs, lr = EPOCHS("adaline", "epochs", epochs), RATE("adaline", "lr", lr)
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(epochs):
            errors.append(0.0)
            for x, target in zip(X, y, strict=True):
                error = target - (w @ x + b)
                w += lr * error * x
                b += lr * error
                errors[-1] += 0.5 * error**2 / len(X)
    finite = np.isfinite(errors)
    if not finite.all():
        message = f"adaline: the error is no longer finite at epoch {finite.argmin() + 1}"
        warnings.warn(message, RuntimeWarning, stacklevel=2)
    return Adaline(w, b, np.array(errors))


def _check_data(rule, X, y):
    _check_finite(rule, "X", X)
    _check_finite(rule, "y", y)
    if X.ndim != 2 or y.shape != X.shape[:1] or 0 in X.shape:
        raise ValueError(f"{rule}: expected X (N, n) and y (N,), got X.shape={X.shape}, y.shape={y.shape}")


def _check_finite(rule, name, Q):
    check_numbers(rule, name, Q)
    if not np.isfinite(Q).all():
        raise ValueError(f"{rule}: expected finite numbers in {name}, got value={Q[~np.isfinite(Q)][0]}")


def _check_classes(rule, y):
    if not np.isin(y, (0, 1)).all():
        raise ValueError(f"{rule}: expected targets 0 and 1, got y={y[~np.isin(y, (0, 1))][0]}")


def _checked_neuron(rule, X, w, b):
    _check_finite(rule, "w", w)
    if w.shape != X.shape[1:]:
        raise ValueError(f"{rule}: expected one weight a column of X, got X.shape={X.shape}, w.shape={w.shape}")
    return w.astype(float), BIAS(rule, "b", b)

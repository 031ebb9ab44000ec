"""The two oldest learning rules, for one neuron: the perceptron rule and Adaline."""

from typing import NamedTuple

import numpy as np


class Neuron(NamedTuple):
    """What a rule found: weights `(n,)`, bias, and for each epoch the number of mistakes or the mean error.

    Book: chapter *xor*.
    """

    w: np.ndarray
    b: float
    history: np.ndarray


def perceptron_rule(X, y, epochs, lr=1.0):
    r"""Rosenblatt's rule, for each example in turn.

    $$\mathbf w \leftarrow \mathbf w + \eta(y - \hat y)\mathbf x, \qquad b \leftarrow b + \eta(y - \hat y)$$

    The neuron is $\hat y = [\mathbf w\cdot\mathbf x + b \ge 0]$. It starts from weights 0 and stops after an epoch
    without mistakes; if the classes cannot be separated by a hyperplane that never happens.

    Parameters
    ----------
    X : (N, n); y : (N,) of 0 and 1; epochs : int, the most it may take; lr : float > 0

    Returns Neuron with the number of mistakes in each epoch: the last is 0 exactly if the rule converged.
    Raises ValueError for targets other than 0 and 1, shapes that do not fit, numbers that are not finite, epochs below
    1 and a learning rate that is not above 0.

    Book: chapter *xor*. Rosenblatt (1958).
    """
    _check("perceptron_rule", X, y, epochs, lr)
    if not np.isin(y, (0, 1)).all():
        raise ValueError(f"perceptron_rule: expected targets 0 and 1, got y={y[~np.isin(y, (0, 1))][0]}")
    w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        mistakes.append(0)
        for x, target in zip(X, y, strict=True):
            error = target - float(w @ x + b >= 0)
            w += lr * error * x
            b += lr * error
            mistakes[-1] += error != 0
        if mistakes[-1] == 0:
            break
    return Neuron(w, b, np.array(mistakes))


def adaline(X, y, epochs, lr):
    r"""The Widrow-Hoff (LMS) rule, for each example in turn, with $z = \mathbf w\cdot\mathbf x + b$.

    $$\mathbf w \leftarrow \mathbf w + \eta(y - z)\mathbf x, \qquad b \leftarrow b + \eta(y - z)$$

    It descends the squared error of the pre-activation, so it also settles where no hyperplane separates the classes.

    Parameters
    ----------
    X : (N, n); y : (N,) any numbers; epochs : int; lr : float > 0

    Returns Neuron with the mean half squared error over each epoch's examples as they were met.
    Raises ValueError for shapes that do not fit, numbers that are not finite, epochs below 1 and a learning rate that
    is not above 0.

    Book: chapter *xor*. Widrow and Hoff (1960).
    """
    _check("adaline", X, y, epochs, lr)
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        errors.append(0.0)
        for x, target in zip(X, y, strict=True):
            error = target - (w @ x + b)
            w += lr * error * x
            b += lr * error
            errors[-1] += 0.5 * error**2 / len(X)
    return Neuron(w, b, np.array(errors))


def _check(rule, X, y, epochs, lr):
    if X.ndim != 2 or y.shape != X.shape[:1] or 0 in X.shape:
        raise ValueError(f"{rule}: expected X (N, n) and y (N,), got shapes={X.shape} and {y.shape}")
    for name, Q in (("X", X), ("y", y)):
        if not np.isfinite(Q).all():
            raise ValueError(f"{rule}: expected finite numbers in {name}, got value={Q[~np.isfinite(Q)][0]}")
    if not isinstance(epochs, int | np.integer) or epochs < 1:
        raise ValueError(f"{rule}: expected at least one epoch, got epochs={epochs!r}")
    if not lr > 0:
        raise ValueError(f"{rule}: expected a learning rate above 0, got lr={lr}")

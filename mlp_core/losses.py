r"""Losses $\ell(\mathbf y, \hat{\mathbf y})$ of one example, their mean over the batch, and its gradient.

A loss for training takes *logits*, the output Z of a network whose head is the identity, and knows the
*link* that turns them into predictions. The forms that take probabilities are here for comparison.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlp_core.activations import Logistic, softmax
from mlp_core.annotations import Array, Values
from mlp_core.checks import as_floats, look_up, of_numbers

__all__ = [
    "Loss", "HalfSquaredError", "BinaryCrossEntropy", "SoftmaxCrossEntropy", "BinaryLogLoss", "CategoricalLogLoss",
    "BY_NAME",
]


class Loss:
    r"""The cost is the mean $C = \frac1B\sum_n \ell_n$ over the B rows of a batch.

    Arguments of every method: the network's output, of shape `(B, m)` or `(R, B, m)`, and the targets Y
    of shape `(B, m)`, or `(R, B, m)` where each replica has a batch of its own.

    `per_example(output, Y)` returns `(B,)` or `(R, B)`; `grad(output, Y)` the gradient of the mean with
    respect to the output, of the output's shape; `link(output)` the predictions.

    `takes` says what the output must be: "values" in the range of the targets, "logits", "probabilities", or
    "distributions", rows of probabilities that sum to 1. `fit` refuses a network whose head returns something else.

    A loss of your own is a subclass with `per_example` and `grad`, and with `link` where predictions are not the output
    itself. Its `takes` is None: `fit` refuses no head and no targets.

        class Huber(Loss):
            def per_example(self, Y_hat, Y):
                E = np.abs(Y_hat - Y)
                return np.where(E < 1, E**2 / 2, E - 1 / 2).sum(axis=-1)  # (..., B)

            def grad(self, Y_hat, Y):
                return np.clip(Y_hat - Y, -1, 1) / Y_hat.shape[-2]  # (..., B, m)

    Raises ValueError where the shapes of output and targets do not agree (nothing is broadcast silently) and for
    what is no array of numbers. Whether the loss can take the targets is checked by `fit` (`check_targets`), not here.
    """

    per_example: Callable[[Array, Array], Array]
    grad: Callable[[Array, Array], Array]
    takes: str | None = None

    def __init_subclass__(cls):
        for name in {"per_example", "grad", "link"} & vars(cls).keys() if cls.takes else ():
            setattr(cls, name, of_numbers(vars(cls)[name], _agree))

    def value(self, output: Array, Y: Array, weights: Array | None = None) -> Values:
        r"""$C = \frac1B\sum_n \ell_n$: a number, or `(R,)` for R replicas.

        With weights `(B,)` or `(R, B)` of mean 1 it is $\frac1B\sum_n w_n\ell_n$.
        """
        losses = self.per_example(output, Y)  # (..., B)
        return (losses if weights is None else _weights(self, weights, losses) * losses).mean(axis=-1)

    @of_numbers
    def link(self, output: Array) -> Array:
        """The predictions: here the output itself."""
        return output

    def check_targets(self, Y: Array) -> None:
        """Raise ValueError unless every entry of Y is a target this loss can take."""


def _weights(loss, weights, losses):
    weights = as_floats(type(loss).__name__, "weights", weights, dtype=losses.dtype)
    if weights.shape not in (losses.shape, losses.shape[-1:]):
        expected = f"weights of the shape of the losses, {losses.shape}"
        raise ValueError(f"{type(loss).__name__}: expected {expected}, got shape={weights.shape}")
    return weights


def _agree(caller, first, second, output, Y):
    if Y.dtype.kind == "c":
        raise ValueError(f"{caller}: expected {second} to be an array of numbers, got {second}={Y.dtype}")
    if Y.shape not in (output.shape, output.shape[-2:]) or output.ndim < 2 or output.size == 0:
        expected = f"output and Y of one shape (B, m), got output.shape={output.shape}, Y.shape={Y.shape}"
        raise ValueError(f"{caller}: expected {expected}")


@dataclass(frozen=True)
class HalfSquaredError(Loss):
    r"""$\ell = \frac12\lVert\hat{\mathbf y} - \mathbf y\rVert^2$, with gradient $\hat{\mathbf y} - \mathbf y$."""

    takes = "values"

    def per_example(self, Y_hat: Array, Y: Array) -> Array:
        return 0.5 * ((Y_hat - Y) ** 2).sum(axis=-1)  # (..., B)

    def grad(self, Y_hat: Array, Y: Array) -> Array:
        B = Y_hat.shape[-2]
        return (Y_hat - Y) / B  # (..., B, m)


@dataclass(frozen=True)
class BinaryCrossEntropy(Loss):
    r"""$\ell = -\sum_j\bigl(y_j\log\hat y_j + (1 - y_j)\log(1 - \hat y_j)\bigr)$ with $\hat y_j = \sigma(z_j)$.

    From logits: $-\log\hat y = \log(1 + e^{-z})$ and $-\log(1 - \hat y) = \log(1 + e^z)$, finite for every z.
    The gradient is $\hat{\mathbf y} - \mathbf y$. One output column or several, each its own yes-or-no question;
    targets in [0, 1].
    """

    takes = "logits"

    def per_example(self, Z: Array, Y: Array) -> Array:
        log_Y_hat, log_rest = -np.logaddexp(0, -Z), -np.logaddexp(0, Z)  # (..., B, m)
        return -(Y * log_Y_hat + (1 - Y) * log_rest).sum(axis=-1)  # (..., B)

    def grad(self, Z: Array, Y: Array) -> Array:
        B = Z.shape[-2]
        return (self.link(Z) - Y) / B  # (..., B, m)

    def link(self, Z: Array) -> Array:
        return Logistic().f(Z)

    def check_targets(self, Y: Array) -> None:
        _check_probabilities(self, "targets", Y)


@dataclass(frozen=True)
class SoftmaxCrossEntropy(Loss):
    r"""$\ell = -\sum_j y_j\log\hat y_j$ with $\hat{\mathbf y} = \mathrm{softmax}(\mathbf z)$; rows of Y sum to 1.

    From logits: $\ell = \log\sum_k e^{z_k} - \sum_j y_j z_j$, computed with the row maximum taken out.
    The gradient is $\hat{\mathbf y} - \mathbf y$; for targets of any sum it is $\hat{\mathbf y}\sum_j y_j - \mathbf y$.
    """

    takes = "logits"

    def per_example(self, Z: Array, Y: Array) -> Array:
        Z = Z - Z.max(axis=-1, keepdims=True)
        log_Y_hat = Z - np.log(np.exp(Z).sum(axis=-1, keepdims=True))  # (..., B, m)
        return -(Y * log_Y_hat).sum(axis=-1)  # (..., B)

    def grad(self, Z: Array, Y: Array) -> Array:
        B = Z.shape[-2]
        return (self.link(Z) * Y.sum(axis=-1, keepdims=True) - Y) / B  # (..., B, m)

    def link(self, Z: Array) -> Array:
        return softmax(Z)

    def check_targets(self, Y: Array) -> None:
        _check_distributions(self, Y)


@dataclass(frozen=True)
class BinaryLogLoss(Loss):
    r"""Binary cross-entropy of *probabilities*.

    $\ell = -\sum_j\bigl(y_j\log\hat y_j + (1 - y_j)\log(1 - \hat y_j)\bigr)$, gradient
    $\frac{\hat y - y}{\hat y(1 - \hat y)}$; infinite where a prediction is certain and wrong.
    Raises ValueError for predictions outside [0, 1]; NaN, as from a run that diverged, stays NaN.
    """

    takes = "probabilities"

    def per_example(self, Y_hat: Array, Y: Array) -> Array:
        _check_probabilities(self, "predictions", Y_hat[~np.isnan(Y_hat)])
        return -(_xlogy(Y, Y_hat) + _xlogy(1 - Y, 1 - Y_hat)).sum(axis=-1)  # (..., B)

    def grad(self, Y_hat: Array, Y: Array) -> Array:
        _check_probabilities(self, "predictions", Y_hat[~np.isnan(Y_hat)])
        B = Y_hat.shape[-2]
        return (_ratio(1 - Y, 1 - Y_hat) - _ratio(Y, Y_hat)) / B  # (..., B, m)

    def check_targets(self, Y: Array) -> None:
        _check_probabilities(self, "targets", Y)


@dataclass(frozen=True)
class CategoricalLogLoss(Loss):
    r"""Categorical cross-entropy of *probabilities*: $\ell = -\sum_j y_j\log\hat y_j$, gradient $-y_j/\hat y_j$.

    Raises ValueError for predictions outside [0, 1]; NaN, as from a run that diverged, stays NaN.
    """

    takes = "distributions"

    def per_example(self, Y_hat: Array, Y: Array) -> Array:
        _check_probabilities(self, "predictions", Y_hat[~np.isnan(Y_hat)])
        return -_xlogy(Y, Y_hat).sum(axis=-1)  # (..., B)

    def grad(self, Y_hat: Array, Y: Array) -> Array:
        _check_probabilities(self, "predictions", Y_hat[~np.isnan(Y_hat)])
        B = Y_hat.shape[-2]
        return -_ratio(Y, Y_hat) / B  # (..., B, m)

    def check_targets(self, Y: Array) -> None:
        _check_distributions(self, Y)


def _xlogy(x, y):
    """x log y, with 0 log 0 = 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((x == 0) & (y == 0), 0, x * np.log(y))


def _ratio(x, y):
    """x / y, with 0 / 0 = 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((x == 0) & (y == 0), 0, x / y)


def _check_probabilities(loss, name, P):
    P = as_floats(type(loss).__name__, name, P, kinds="biufc")
    outside = ~((P >= 0) & (P <= 1))
    if outside.any():
        raise ValueError(f"{type(loss).__name__}: expected {name} in [0, 1], got value={P[outside][0]}")
    return P


def _check_distributions(loss, Y):
    Y = _check_probabilities(loss, "targets", Y)
    if Y.shape[-1:] in ((), (0,), (1,)):
        raise ValueError(f"{type(loss).__name__}: expected at least two columns, one a class, got Y.shape={Y.shape}")
    sums = Y.sum(axis=-1)
    wrong = np.abs(sums - 1) > 1e-6
    if wrong.any():
        raise ValueError(f"{type(loss).__name__}: expected rows of Y that sum to 1, got sum={sums[wrong][0]}")


BY_NAME = {
    "half_squared_error": HalfSquaredError(),
    "binary_cross_entropy": BinaryCrossEntropy(),
    "softmax_cross_entropy": SoftmaxCrossEntropy(),
    "binary_log_loss": BinaryLogLoss(),
    "categorical_log_loss": CategoricalLogLoss(),
}


def loss_function(name: str | Loss) -> Loss:
    """The loss of that name, or the Loss that was given.

    Raises ValueError for an unknown name.
    """
    return look_up("loss", name, BY_NAME, Loss)

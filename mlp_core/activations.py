r"""Activation functions $\phi$: each has its value `f(Z)` and its slope `df(Z)`."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mlp_core.annotations import Array
from mlp_core.checks import Checked, look_up, number, of_numbers

__all__ = [
    "Activation", "Step", "Identity", "Logistic", "Tanh", "ReLU", "LeakyReLU", "ELU", "Softplus", "SaturatedLinear",
    "Softmax", "softmax", "BY_NAME",
]


class Activation(Checked):
    r"""An activation acts on each pre-activation alone: $a_j = \phi(z_j)$.

    `f(Z)` and `df(Z)` take floating-point arrays of any shape and return the same shape and dtype (Softmax: see there).
    Integers and lists are taken as float64. Raises ValueError for what is no array of numbers.
    `backward(Z, dA)` returns $\partial C/\partial z_j = \phi'(z_j)\,\partial C/\partial a_j$.
    `range` holds the two ends of the range; `kinks` the points where the value or the slope jumps.
    """

    f: Callable[[Array], Array]
    df: Callable[[Array], Array]
    range: tuple[float, float] = (-np.inf, np.inf)
    kinks: tuple[float, ...] = ()

    def __init_subclass__(cls):
        for name in {"f", "df", "backward"} & vars(cls).keys():
            setattr(cls, name, of_numbers(vars(cls)[name]))

    @of_numbers
    def backward(self, Z: Array, dA: Array) -> Array:
        """The gradient with respect to Z, given that with respect to A = f(Z): same shape."""
        return dA * self.df(Z)


@dataclass(frozen=True)
class Step(Activation):
    r"""$\phi(z) = 1$ for $z > 0$ and 0 for $z < 0$; range $[0, 1]$. Its slope is 0: no gradient can train it.

    Parameters
    ----------
    at_zero : 1 (a neuron fires at its threshold, as everywhere in the book), 0 or 1/2
        The value at $z = 0$.

    Raises
    ------
    ValueError : for another value at 0
    """

    at_zero: float = 1.0
    range = (0, 1)
    kinks = (0,)
    _rules = {"at_zero": number("the value 0, 0.5 or 1", lambda value: value in (0, 0.5, 1))}

    def f(self, Z: Array) -> Array:
        return np.heaviside(Z, self.at_zero)

    def df(self, Z: Array) -> Array:
        return np.zeros_like(Z)


@dataclass(frozen=True)
class Identity(Activation):
    r"""$\phi(z) = z$; range $(-\infty, \infty)$."""

    def f(self, Z: Array) -> Array:
        return Z

    def df(self, Z: Array) -> Array:
        return np.ones_like(Z)


@dataclass(frozen=True)
class Logistic(Activation):
    r"""$\sigma(z) = 1/(1 + e^{-\beta z})$, slope $\beta\,\sigma(z)(1 - \sigma(z))$; $\beta > 0$; range $(0, 1)$.

    Computed from $e^{-|\beta z|} \le 1$, so it never overflows. Raises ValueError for another beta.
    """

    beta: float = 1.0
    range = (0, 1)
    _rules = {"beta": number("a steepness above 0", lambda beta: beta > 0)}

    def f(self, Z: Array) -> Array:
        e = np.exp(-np.abs(self.beta * Z))
        return np.where(Z >= 0, 1, e) / (1 + e)

    def df(self, Z: Array) -> Array:
        e = np.exp(-np.abs(self.beta * Z))
        return self.beta * e / (1 + e) ** 2


@dataclass(frozen=True)
class Tanh(Activation):
    r"""$\phi(z) = \tanh z$, slope $1 - \tanh^2 z$; range $(-1, 1)$."""

    range = (-1, 1)

    def f(self, Z: Array) -> Array:
        return np.tanh(Z)

    def df(self, Z: Array) -> Array:
        return 1 - np.tanh(Z) ** 2


@dataclass(frozen=True)
class ReLU(Activation):
    r"""$\phi(z) = \max(0, z)$, slope 1 for $z > 0$ and 0 otherwise (at the kink: 0); range $[0, \infty)$."""

    range = (0, np.inf)
    kinks = (0,)

    def f(self, Z: Array) -> Array:
        return np.maximum(Z, 0)

    def df(self, Z: Array) -> Array:
        return (Z > 0).astype(Z.dtype)


@dataclass(frozen=True)
class LeakyReLU(Activation):
    r"""$\phi(z) = z$ for $z > 0$, $\alpha z$ otherwise; $0 \le \alpha < 1$; range $(-\infty, \infty)$.

    With $\alpha = 0$ it is ReLU, with its range. Raises ValueError for another alpha.

    Maas, Hannun and Ng (2013).
    """

    alpha: float = 0.01
    kinks = (0,)
    _rules = {"alpha": number("a slope in [0, 1)", lambda alpha: 0 <= alpha < 1)}

    @property
    def range(self) -> tuple[float, float]:
        return (-np.inf if self.alpha else 0, np.inf)

    def f(self, Z: Array) -> Array:
        return np.where(Z > 0, Z, self.alpha * Z)

    def df(self, Z: Array) -> Array:
        return np.where(Z > 0, np.ones_like(Z), self.alpha)


@dataclass(frozen=True)
class ELU(Activation):
    r"""$\phi(z) = z$ for $z > 0$, $\alpha(e^z - 1)$ otherwise; $\alpha > 0$; range $(-\alpha, \infty)$.

    The slope jumps at 0 from $\alpha$ to 1: no kink where $\alpha = 1$. Raises ValueError for another alpha.

    Clevert, Unterthiner and Hochreiter (2016).
    """

    alpha: float = 1.0
    _rules = {"alpha": number("a scale above 0", lambda alpha: alpha > 0)}

    @property
    def range(self) -> tuple[float, float]:
        return (-self.alpha, np.inf)

    @property
    def kinks(self) -> tuple[float, ...]:
        return () if self.alpha == 1 else (0,)

    def f(self, Z: Array) -> Array:
        return np.where(Z > 0, Z, self.alpha * np.expm1(np.minimum(Z, 0)))

    def df(self, Z: Array) -> Array:
        return np.where(Z > 0, 1, self.alpha * np.exp(np.minimum(Z, 0)))


@dataclass(frozen=True)
class Softplus(Activation):
    r"""$\phi(z) = \log(1 + e^z)$, slope $\sigma(z)$; range $(0, \infty)$.

    Dugas et al. (2001).
    """

    range = (0, np.inf)

    def f(self, Z: Array) -> Array:
        return np.logaddexp(0, Z)

    def df(self, Z: Array) -> Array:
        return Logistic().f(Z)


@dataclass(frozen=True)
class SaturatedLinear(Activation):
    r"""$\phi(z) = \min(1, \max(0, z))$, slope 1 for $0 < z < 1$ and 0 otherwise; range $[0, 1]$.

    Siegelmann and Sontag (1995).
    """

    range = (0, 1)
    kinks = (0, 1)

    def f(self, Z: Array) -> Array:
        return np.clip(Z, 0, 1)

    def df(self, Z: Array) -> Array:
        return ((Z > 0) & (Z < 1)).astype(Z.dtype)


@dataclass(frozen=True)
class Softmax(Activation):
    r"""$\hat y_j = e^{z_j} / \sum_k e^{z_k}$ over the last axis, with sum 1; range $(0, 1)$.

    Not elementwise: `df(Z)` is the Jacobian $\partial\hat y_i/\partial z_j = \hat y_i([i = j] - \hat y_j)$,
    of shape `(..., m, m)` for Z of shape `(..., m)`.
    """

    range = (0, 1)

    def f(self, Z: Array) -> Array:
        return softmax(Z)

    def df(self, Z: Array) -> Array:
        Y_hat = softmax(Z)
        return Y_hat[..., None] * (np.eye(Z.shape[-1], dtype=Z.dtype) - Y_hat[..., None, :])

    def backward(self, Z: Array, dA: Array) -> Array:
        r"""$\partial C/\partial z_j = \hat y_j(g_j - \sum_k \hat y_k g_k)$, with $\mathbf g$ a row of dA; Z's shape."""
        Y_hat = softmax(Z)
        return Y_hat * (dA - (dA * Y_hat).sum(axis=-1, keepdims=True))


@of_numbers
def softmax(Z: ArrayLike) -> Array:
    r"""$e^{z_j} / \sum_k e^{z_k}$ over the last axis, for Z of shape `(..., m)`.

    The row maximum is subtracted first: the result is the same, and no exponential overflows.
    Raises ValueError for what is no array or list of numbers, and for one without columns.
    """
    if Z.shape[-1:] in ((), (0,)):
        raise ValueError(f"softmax: expected at least one column, got Z.shape={Z.shape}")
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


BY_NAME = {
    "step": Step(),
    "identity": Identity(),
    "logistic": Logistic(),
    "tanh": Tanh(),
    "relu": ReLU(),
    "leaky_relu": LeakyReLU(),
    "elu": ELU(),
    "softplus": Softplus(),
    "saturated_linear": SaturatedLinear(),
    "softmax": Softmax(),
}


def activation(name):
    """The activation of that name, or the Activation that was given.

    Raises ValueError for an unknown name.
    """
    return look_up("activation", name, BY_NAME, Activation)



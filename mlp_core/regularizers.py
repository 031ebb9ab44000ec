r"""Penalties $\Omega(\theta)$ on the weights, added to the cost; biases are not penalised."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class L2:
    r"""$\Omega = \frac\lambda2\sum w^2$ over all weights, gradient $\lambda w$.

    Parameters
    ----------
    lam : float >= 0, or array (R, 1) with one value for each replica

    Raises ValueError for a negative lam and for one of another shape.

    Book: chapter *losses*.
    """

    lam: float

    def __post_init__(self):
        _check_lam(self)

    def value(self, params):
        """A number, or (R,)."""
        w = params.theta * weights_only(params)
        return (self.lam / 2 * w**2).sum(axis=-1)

    def grad(self, params):
        """Parameters: the gradient, 0 for biases."""
        grads = params.zeros_like()
        grads.theta = self.lam * params.theta * weights_only(params)
        return grads


@dataclass(frozen=True)
class L1:
    r"""$\Omega = \lambda\sum|w|$ over all weights, gradient $\lambda\,\mathrm{sign}(w)$, taken as 0 at $w = 0$.

    Parameters
    ----------
    lam : float >= 0, or array (R, 1) with one value for each replica

    Raises ValueError for a negative lam and for one of another shape.

    Book: chapter *penalties*.
    """

    lam: float

    def __post_init__(self):
        _check_lam(self)

    def value(self, params):
        """A number, or (R,)."""
        w = params.theta * weights_only(params)
        return (self.lam * np.abs(w)).sum(axis=-1)

    def grad(self, params):
        """Parameters: the gradient, 0 for biases."""
        grads = params.zeros_like()
        grads.theta = self.lam * np.sign(params.theta) * weights_only(params)
        return grads


def weights_only(params):
    """A vector (P,) that is 1 at the weights and 0 at the biases.

    Book: chapter *losses*.
    """
    single = params if params.replicas is None else params.replica(0)
    mask = single.zeros_like()
    for layer in mask:
        if "W" in layer:
            layer["W"][...] = 1
    return mask.theta


def _check_lam(penalty):
    if np.ndim(penalty.lam) != 0 and np.shape(penalty.lam)[1:] != (1,):
        expected = f"a number or an array (R, 1), got lam of shape={np.shape(penalty.lam)}"
        raise ValueError(f"{type(penalty).__name__}: expected {expected}")
    if not np.all(np.asarray(penalty.lam) >= 0):
        raise ValueError(f"{type(penalty).__name__}: expected a penalty weight of at least 0, got lam={penalty.lam}")

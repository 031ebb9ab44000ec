"""Finite differences: the check that a derived gradient is the gradient."""

from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mlp_core.annotations import Array, Values
from mlp_core.checks import as_floats, count, number, shown
from mlp_core.losses import Loss, loss_function
from mlp_core.network import Network, check_networks
from mlp_core.parameters import Parameters

__all__ = ["numerical_gradient", "gradient_error"]


def numerical_gradient(f: Callable[[Array], Values], x: ArrayLike, eps: float = 1e-5) -> Array:
    r"""Central differences.

    $$\frac{\partial f}{\partial x_i} \approx \frac{f(x + \varepsilon e_i) - f(x - \varepsilon e_i)}{2\varepsilon}$$

    Parameters
    ----------
    f : function of an array, returning a number
    x : float64 array of any shape
    eps : float > 0
        The truncation error is of order eps**2, the rounding error of order 1e-16 / eps.

    Returns
    -------
    an array of the shape of x; x itself is left as it was

    Raises
    ------
    ValueError
        For an f that is no function of an array or returns no single number, an x that is not float64 and finite, and a
        step that is not a number above 0.
    """
    if not callable(f):
        raise ValueError(f"numerical_gradient: expected a function, got f={type(f).__name__}")
    x = as_floats("numerical_gradient", "x", x)
    if x.dtype != np.float64:
        raise ValueError(f"numerical_gradient: expected x of dtype float64, got dtype={x.dtype}")
    if not np.isfinite(x).all():
        raise ValueError(f"numerical_gradient: expected finite numbers in x, got value={x[~np.isfinite(x)][0]}")
    eps = number("a step above 0", lambda eps: eps > 0)("numerical_gradient", "eps", eps)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = eps
        gradient[i] = (_number(f(x + step)) - _number(f(x - step))) / (2 * eps)
    return gradient


def gradient_error(
    net: Network, params: Parameters, X: Array, Y: Array, loss: str | Loss, regularizer: Any = None,
    seed: int | None = None,
) -> float:
    r"""Relative distance of the backpropagated gradient g from central differences d.

    $$\frac{\lVert g - d\rVert}{\lVert g\rVert + \lVert d\rVert}$$

    Parameters
    ----------
    net, params : a Network and its Parameters, single and float64
    X, Y : arrays, (B, n) and (B, m)
    loss : name or Loss
    regularizer : its value is added to the cost, its gradient to the gradient
    seed : int, at least 0, or None
        With a seed the network runs in training mode, dropout on, every evaluation with the same masks.

    Returns
    -------
    a number in [0, 1], below 1e-7 for a right gradient away from kinks; 0 where both gradients vanish

    Raises
    ------
    ValueError : for arguments of another kind, and for parameters with replicas
    """
    check_networks("gradient_error", net, params)
    if params.replicas is not None:
        raise ValueError(f"gradient_error: expected a single network, got replicas={params.replicas}")
    if regularizer is not None and not hasattr(regularizer, "lam"):
        raise ValueError(f"gradient_error: expected L1, L2 or None, got regularizer={shown(regularizer)}")
    if seed is not None:
        seed = count("an integer of at least 0 or None", least=0)("gradient_error", "seed", seed)
    loss = loss_function(loss)

    def rng():
        return None if seed is None else np.random.default_rng(seed)

    def cost(theta):
        trial = params.zeros_like()
        trial.theta = theta
        output, _ = net.forward(trial, X, rng())
        penalty = 0 if regularizer is None else regularizer.value(trial)
        return loss.value(output, Y) + penalty

    output, caches = net.forward(params, X, rng())
    _, grads = net.backward(params, caches, loss.grad(output, Y))
    if regularizer is not None:
        grads.theta += regularizer.grad(params).theta
    g, d = grads.theta, numerical_gradient(cost, params.theta)
    scale = np.linalg.norm(g) + np.linalg.norm(d)
    return float(np.linalg.norm(g - d) / scale) if scale else 0.0


def _number(value):
    number = value[()] if isinstance(value, np.ndarray) else value
    if not isinstance(number, Real):
        got = f"shape={value.shape}" if isinstance(value, np.ndarray) else f"value={type(value).__name__}"
        raise ValueError(f"numerical_gradient: expected f to return a number, got {got}")
    return number

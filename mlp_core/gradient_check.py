"""Finite differences: the check that a derived gradient is the gradient."""

import numpy as np

from mlp_core.losses import loss_function


def numerical_gradient(f, x, eps=1e-5):
    r"""Central differences.

    $$\frac{\partial f}{\partial x_i} \approx \frac{f(x + \varepsilon e_i) - f(x - \varepsilon e_i)}{2\varepsilon}$$

    Parameters
    ----------
    f : function of an array, returning a number
    x : float64 array of any shape
    eps : float > 0
        The truncation error is of order eps**2, the rounding error of order 1e-16 / eps.

    Returns an array of the shape of x; x itself is left as it was. Raises ValueError for an x that is not float64.

    Book: chapter *losses*.
    """
    x = np.asarray(x)
    if x.dtype != np.float64:
        raise ValueError(f"numerical_gradient: expected x of dtype float64, got dtype={x.dtype}")
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = eps
        gradient[i] = (f(x + step) - f(x - step)) / (2 * eps)
    return gradient


def gradient_error(net, params, X, Y, loss, regularizer=None, seed=None):
    r"""Relative distance of the backpropagated gradient g from central differences d.

    $$\frac{\lVert g - d\rVert}{\lVert g\rVert + \lVert d\rVert}$$

    Parameters
    ----------
    net, params : a Network and single float64 Parameters
    X, Y : arrays, (B, n) and (B, m)
    loss : name or Loss
    regularizer : its value is added to the cost, its gradient to the gradient
    seed : int or None
        With a seed the network runs in training mode, dropout on, every evaluation with the same masks.

    Returns a number in [0, 1], below 1e-7 for a right gradient away from kinks; 0 where both gradients vanish.
    Raises ValueError for parameters with replicas.

    Book: chapter *losses*.
    """
    if params.replicas is not None:
        raise ValueError(f"gradient_error: expected a single network, got replicas={params.replicas}")
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

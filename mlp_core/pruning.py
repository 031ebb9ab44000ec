"""Pruning: which weights a trained network can lose, and how it learns on without them."""

from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace

import numpy as np

from mlp_core.activations import Identity, Logistic, ReLU, Tanh
from mlp_core.annotations import Array, Generators
from mlp_core.checks import number, shown
from mlp_core.layers import Dense, Dropout, Flatten
from mlp_core.losses import BinaryCrossEntropy, HalfSquaredError, Loss, SoftmaxCrossEntropy, loss_function
from mlp_core.network import Network, check_networks, streams
from mlp_core.optimizers import OPTIMIZER, Optimizer
from mlp_core.parameters import Parameters

__all__ = ["magnitude", "optimal_brain_damage", "second_derivatives", "prune", "remove_units", "Masked"]

SHARE = number("a share in [0, 1]", lambda share: 0 <= share <= 1)


def magnitude(params: Parameters) -> Parameters:
    r"""The saliency $|w|$ of each weight: the smallest weights go first.

    Parameters
    ----------
    params : Parameters

    Returns
    -------
    Parameters

    Raises
    ------
    ValueError : for what is not Parameters
    """
    _check("magnitude", params=params)
    return Parameters(params.shapes, np.abs(params.theta))


def optimal_brain_damage(params: Parameters, h: Parameters) -> Parameters:
    r"""The saliency $s_k = \frac12 h_{kk} w_k^2$: the growth of the cost, to second order, when $w_k$ alone becomes 0.

    Parameters
    ----------
    params : Parameters, a minimum of the cost
    h : Parameters, the diagonal of the Hessian there, as by `second_derivatives`

    Returns
    -------
    Parameters, negative where h is, as it can be away from a minimum

    Raises
    ------
    ValueError : for what is not Parameters and for an h of another shape

    References
    ----------
    LeCun, Denker and Solla (1990).
    """
    _check("optimal_brain_damage", params=params, h=h)
    return Parameters(params.shapes, h.theta * params.theta**2 / 2)


def second_derivatives(net: Network, params: Parameters, X: Array, Y: Array, loss: str | Loss) -> Parameters:
    r"""The diagonal of the Hessian, $h_{kk} = \partial^2 C/\partial\theta_k^2$, by one backward pass.

    With $h_j^{(l)} = \partial^2\ell/\partial(z_j^{(l)})^2$ for each example,

    $$h_i^{(l)} = \phi'(z_i^{(l)})^2\sum_j (w_{ji}^{(l+1)})^2 h_j^{(l+1)}
    + \phi''(z_i^{(l)})\,\frac{\partial\ell}{\partial a_i^{(l)}},
    \qquad \frac{\partial^2\ell}{\partial (w_{ji}^{(l)})^2} = h_j^{(l)} (a_i^{(l-1)})^2$$

    The sum leaves out the mixed derivatives $\partial^2\ell/\partial z_j\partial z_k$ with $j \ne k$. With half squared
    error and binary cross-entropy the last two layers are exact, since there are none at the output; with softmax only
    the last one is. The layers below are an approximation.

    Parameters
    ----------
    net, params : a Network of Dense layers, with Dropout (off) and Flatten, and its Parameters
    X, Y : examples and targets, (N, n) and (N, m), or (R, N, n) and (R, N, m) where each replica has its own
    loss : half squared error, binary or softmax cross-entropy: name or Loss

    Returns
    -------
    Parameters

    Raises
    ------
    ValueError
        For other losses, other layers, activations other than identity, relu, tanh and logistic, and for data that do
        not fit.

    References
    ----------
    LeCun, Denker and Solla (1990).
    """
    loss = loss_function(loss)
    check_networks("second_derivatives", net, params)
    output, caches = net.forward(params, X)
    N = output.shape[-2]
    dA, hA = loss.grad(output, Y), _output_curvature(loss, output) / N
    h = params.zeros_like()
    for index in reversed(range(len(net.layers))):
        layer, W = net.layers[index], params[index].get("W")
        if not isinstance(layer, Dense | Dropout | Flatten):
            raise ValueError(f"second_derivatives: expected Dense layers, got layers[{index}]={shown(layer, str)}")
        if isinstance(layer, Dense):
            A_prev, Z = caches[index]
            slope, bend = _slope_and_bend(layer.activation, Z)
            hZ = slope**2 * hA + bend * dA  # (..., N, n_out)
            h[index]["W"] = (A_prev**2).mT @ hZ
            if layer.bias:
                h[index]["b"] = hZ.sum(axis=-2, keepdims=True)
            hA, dA = hZ @ (W**2).mT, (slope * dA) @ W.mT  # (..., N, n_in)
    return h


def prune(params: Parameters, saliency: Parameters, share: float) -> Parameters:
    """A mask that removes the given share of all weights, those of least saliency, in each replica; biases stay.

    Weights that are 0 already go first: what was removed before stays removed. To apply the mask:
    `params.theta *= mask.theta`.

    Parameters
    ----------
    params, saliency : Parameters of one shape
    share : float, 0 <= share <= 1; the number of weights is rounded

    Returns
    -------
    Parameters: 1 to keep, 0 to remove

    Raises
    ------
    ValueError : for another share, a saliency of another shape and one that is not finite
    """
    _check("prune", params=params, saliency=saliency)
    share = SHARE("prune", "share", share)
    if not np.isfinite(saliency.theta).all():
        wrong = saliency.theta[~np.isfinite(saliency.theta)][0]
        raise ValueError(f"prune: expected finite saliencies, got value={wrong}")
    weights = params.weights == 1
    s = np.where(params.theta == 0, -np.inf, saliency.theta)
    order = np.argsort(np.where(weights, s, np.inf), axis=-1, kind="stable")  # (..., P), biases last
    mask = _ones_like(params)
    np.put_along_axis(mask.theta, order[..., : round(share * weights.sum())], 0, axis=-1)
    return mask


def remove_units(params: Parameters, share: float, rng: Generators) -> Parameters:
    """A mask that removes hidden units at random, the given share of each hidden layer: all their weights, and biases.

    Parameters
    ----------
    params : Parameters of dense layers
    share : float, 0 <= share <= 1; the number of units is rounded
    rng : Generator, or one for each replica: each replica loses units of its own

    Returns
    -------
    Parameters
        Parameters: 1 to keep, 0 to remove. With equal generators a larger share removes the same units and more.

    Raises
    ------
    ValueError : for another share, for parameters without hidden dense layers and for another rng
    """
    _check("remove_units", params=params)
    share = SHARE("remove_units", "share", share)
    rng = streams(rng, params.replicas, "remove_units")
    mask = _ones_like(params)
    networks = [(rng, mask)] if mask.replicas is None else [(rng[r], mask.replica(r)) for r in range(mask.replicas)]
    for stream, network in networks:
        dense = [entries for entries in network if "W" in entries]
        if len(dense) < 2 or any(a["W"].shape[1] != b["W"].shape[0] for a, b in pairwise(dense)):
            got = shown(params, str)
            raise ValueError(f"remove_units: expected dense layers, of which one is hidden, got params={got}")
        for below, above in pairwise(dense):
            units = above["W"].shape[0]
            gone = stream.permutation(units)[: round(share * units)]
            below["W"][:, gone] = 0
            if "b" in below:
                below["b"][:, gone] = 0
            above["W"][gone] = 0
    return mask


@dataclass(frozen=True)
class Masked(Optimizer):
    r"""The step of another optimizer on the gradient $\mathbf m\odot\mathbf g$ of what a mask $\mathbf m$ keeps.

    So a weight that was removed stays exactly 0. The state is that of the optimizer.

    Parameters
    ----------
    optimizer : an Optimizer that needs no cost
    mask : Parameters of 0 and 1, as by `prune`

    Raises
    ------
    ValueError
        For another optimizer or mask, a mask of another shape than the parameters', and parameters that are not 0 where
        the mask is.
    """

    optimizer: Optimizer
    mask: Parameters
    _rules = {"optimizer": OPTIMIZER}

    def __post_init__(self):
        super().__post_init__()
        _check("Masked", mask=self.mask)
        neither = ~np.isin(self.mask.theta, (0, 1))
        if neither.any():
            raise ValueError(f"Masked: expected a mask of 0 and 1, got value={self.mask.theta[neither][0]}")

    def init(self, params: Parameters) -> SimpleNamespace:
        _check("Masked", mask=self.mask, params=params)
        removed = params.theta[self.mask.theta == 0]
        if removed.any():
            wrong = removed[removed != 0][0]
            raise ValueError(f"Masked: expected parameters that are 0 where the mask is 0, got value={wrong}")
        return self.optimizer.init(params)

    def step(self, params: Parameters, grads: Parameters, state: SimpleNamespace) -> None:
        _check("Masked", mask=self.mask, params=params, grads=grads)
        self.optimizer.step(params, Parameters(grads.shapes, self.mask.theta * grads.theta), state)


def _slope_and_bend(phi, Z):
    slope = phi.df(Z)
    if isinstance(phi, Tanh):
        return slope, -2 * phi.f(Z) * slope
    if isinstance(phi, Logistic):
        return slope, phi.beta * (1 - 2 * phi.f(Z)) * slope
    if isinstance(phi, Identity | ReLU):
        return slope, np.zeros_like(Z)
    raise ValueError(f"second_derivatives: expected identity, relu, tanh or logistic, got activation={phi}")


def _output_curvature(loss, output):
    if isinstance(loss, HalfSquaredError):
        return np.ones_like(output)
    if isinstance(loss, BinaryCrossEntropy | SoftmaxCrossEntropy):
        Y_hat = loss.link(output)
        return Y_hat * (1 - Y_hat)
    expected = "half squared error, binary or softmax cross-entropy"
    raise ValueError(f"second_derivatives: expected {expected}, got loss={shown(loss, str)}")


def _ones_like(params):
    return Parameters(params.shapes, np.ones_like(params.theta))


def _check(caller, **named):
    first = next(iter(named.values()))
    for name, value in named.items():
        if not isinstance(value, Parameters):
            raise ValueError(f"{caller}: expected Parameters, got {name}={type(value).__name__}")
        if value.shapes != first.shapes or value.theta.shape != first.theta.shape:
            raise ValueError(f"{caller}: expected Parameters of the shape of {first}, got {name}={value}")

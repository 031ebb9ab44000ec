"""Networks whose weights are written down, not learned."""

import numpy as np

from mlp_core.layers import Dense
from mlp_core.network import Network
from mlp_core.parameters import Parameters

GATES = {
    "and": ((1, 1), -1.5),
    "or": ((1, 1), -0.5),
    "nand": ((-1, -1), 1.5),
    "nor": ((-1, -1), 0.5),
}


def step_network(*layers):
    r"""A network of step neurons, $\mathbf a^{(l)} = [\mathbf W^{(l)}\mathbf a^{(l-1)} + \mathbf b^{(l)} \ge 0]$.

    Parameters
    ----------
    *layers : pairs (W, b)
        In the order of the book's formulas: row j of W holds the weights *into* unit j, so W is `(m_l, m_{l-1})`
        and b is `(m_l,)`.

    Returns the Network and its Parameters. Raises ValueError for shapes that do not fit.

    Book: chapter *xor*.
    """
    layers = [(np.array(W, float), np.array(b, float)) for W, b in layers]
    for W, b in layers:
        if W.ndim != 2 or b.shape != W.shape[:1]:
            raise ValueError(f"step_network: expected W (m, n) and b (m,), got shapes={W.shape} and {b.shape}")
    net = Network([Dense(W.shape[1], W.shape[0], "step") for W, _ in layers])
    params = Parameters.zeros([layer.shapes() for layer in net.layers])
    for views, (W, b) in zip(params, layers, strict=True):
        views["W"] = W.T
        views["b"] = b[None]
    return net, params


def gate(name):
    r"""One step neuron that computes a Boolean function of two bits: "and", "or", "nand" or "nor".

    Returns the Network and its Parameters. Raises ValueError for another name.

    Book: chapter *xor*.
    """
    if name not in GATES:
        raise ValueError(f"gate: expected one of {', '.join(GATES)}, got name={name!r}")
    w, b = GATES[name]
    return step_network(([w], [b]))


def xor_step_network():
    r"""The lecture's 2-2-1 network for XOR.

    Its hidden units are $[-1 + 2x_1 + 2x_2 \ge 0]$ and $[3 - 2x_1 - 2x_2 \ge 0]$; the output unit joins them by AND.

    Returns the Network and its Parameters.

    Book: chapter *xor*.
    """
    return step_network(([(2, 2), (-2, -2)], [-1, 3]), ([(1, 1)], [-2]))

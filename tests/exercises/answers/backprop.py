"""Answers to the exercises of *backprop*: a second one for each hint, wrong ones without a hint, right ones."""

import math
from fractions import Fraction

import numpy as np


def softmax(z):
    e = np.exp(z)
    return e / e.sum()


def jacobian(z):
    return np.diag(softmax(z)) - np.outer(softmax(z), softmax(z))


def chain(f):
    """The derivatives f(error, slope of tanh, a, w1, w2, x)."""

    def answer(w1, w2, x, y):
        a = math.tanh(w1 * x)
        return f(w2 * a - y, 1 / math.cosh(w1 * x) ** 2, a, w1, w2, x)

    return answer


def paths(before, behind):
    return int(np.prod(before, dtype=int) * np.prod(behind, dtype=int))


SECOND = {
    "tanh-chain": {
        "slope of tanh is missing": chain(lambda e, d, a, w1, w2, x: (e * x * w2, a * e)),
        "a(1 - a) is the slope": chain(lambda e, d, a, w1, w2, x: (e * w2 * (a - a**2) * x, a * e)),
        "has to pass the weight": chain(lambda e, d, a, w1, w2, x: (e * x * d, a * e)),
        "through w2, not w1": chain(lambda e, d, a, w1, w2, x: (w1 * x * d * e, a * e)),
        "output is the identity": chain(
            lambda e, d, a, w1, w2, x: (e * (1 - w2**2 * a**2) * w2 * d * x, e * (1 - w2**2 * a**2) * a)
        ),
        "are exchanged": chain(lambda e, d, a, w1, w2, x: [a * e, e * x * w2 * d]),
        "source of the second weight": chain(lambda e, d, a, w1, w2, x: (e * x * w2 * d, x * e)),
        "twice too large": chain(lambda e, d, a, w1, w2, x: (e * w2 * d * 2 * x, a * e * 2)),
    },
    "other-target": {
        "for the target 1": -0.139,
        "slope of the logistic": Fraction(435, 1000),
        "sign is reversed": np.float64(-0.107),
        "output alone": 0.246,
        "cost of the new target": 0.095,
        "taken twice": 2 * 0.107,
    },
    "order-of-lines": {"would not even fit": " Transpose", "wrong place": "SLOPE", "forgotten mean": np.str_("mean")},
    "paths-through": {
        "fixes both of its ends": lambda sizes, layer: math.prod(sizes[layer:]) * math.prod(sizes[:layer]),
        "one end, the source": lambda sizes, layer: paths(sizes[: layer - 1], sizes[layer:]),
        "one end, the target": lambda sizes, layer: paths(sizes[:layer], sizes[layer + 1 :]),
        "only the ways on to": lambda sizes, layer: paths([], sizes[layer + 1 :]),
        "only the ways from": lambda sizes, layer: paths(sizes[: layer - 1], []),
        "first weight layer is layer 1": lambda sizes, layer: paths(sizes[:layer], sizes[layer + 2 :]),
        "multiply the two counts": lambda sizes, layer: paths(sizes[: layer - 1], []) + paths([], sizes[layer + 1 :]),
        "may end in any output": lambda sizes, layer: paths(sizes[: layer - 1], sizes[layer + 1 : len(sizes) - 1]),
    },
    "softmax-backward": {
        "Jacobian as diagonal": lambda z, g: np.diag(np.diag(jacobian(z))) @ g,
        "sum over the other outputs": lambda z, g: np.diag(softmax(z)) @ g,
        "must weigh each g by its output": lambda z, g: (g - sum(g)) * softmax(z),
        "wrong sign: the gradient": lambda z, g: 2 * softmax(z) * g - jacobian(z) @ g,
        "outer factor is missing": lambda z, g: g - np.sum(softmax(z) * g),
        "sign is reversed": lambda z, g: -jacobian(z) @ g,
        "mind the brackets": lambda z, g: softmax(z) * g - (softmax(z) * g).sum(),
        "this is the Jacobian": lambda z, g: jacobian(z),
    },
}

WRONG = {
    "tanh-chain": [
        chain(lambda e, d, a, w1, w2, x: (abs(e) * w2 * d * x, e * a)),
        chain(lambda e, d, a, w1, w2, x: (e * w2 * d * x, e * a + e)),
        chain(lambda e, d, a, w1, w2, x: (e * w2 * d * abs(x), e * a)),
        chain(lambda e, d, a, w1, w2, x: (e * w2 * d * x, -e * a)),
        chain(lambda e, d, a, w1, w2, x: (e * w2 * (1 - a) * x, e * a)),
        chain(lambda e, d, a, w1, w2, x: (e / 2 * w2 * d * x, e / 2 * a)),
        chain(lambda e, d, a, w1, w2, x: e * w2 * d * x),
    ],
    "other-target": [0.1, 0.11, 1.07, 0, "0.107", [0.107], True, None],
    "order-of-lines": ["order", "", "swap mean", 0, ["swap"], None],
    "paths-through": [
        lambda sizes, layer: paths(sizes[: layer - 1], sizes[layer + 1 :]) + 1,
        lambda sizes, layer: paths(sizes[:1], sizes[-1:]),
        lambda sizes, layer: paths(sizes[: layer - 1], sizes[layer + 1 : layer + 3]),
        lambda sizes, layer: paths(sizes[max(layer - 2, 0) : layer - 1], sizes[layer + 1 :]),
        lambda sizes, layer: paths(sizes, []) // (sizes[0] * sizes[1]),
        lambda sizes, layer: paths(sizes[:0], sizes[2:]) if layer == 1 else paths(sizes[:1], sizes[3:]),
    ],
    "softmax-backward": [
        lambda z, g: np.tanh(z) * (g - np.tanh(z) @ g),
        lambda z, g: softmax(z) * (g - softmax(z) @ g) / len(z),
        lambda z, g: softmax(z) * (g - softmax(z) @ np.abs(g)),
        lambda z, g: softmax(z) * (g - (softmax(z) * g).mean()),
        lambda z, g: softmax(z) * (g - g.max()),
        lambda z, g: softmax(z) ** 2 * (g - softmax(z) @ g),
    ],
}

RIGHT = {
    "tanh-chain": [
        chain(lambda e, d, a, w1, w2, x: np.array([e * w2 * d * x, e * a])),
        chain(lambda e, d, a, w1, w2, x: [e * w2 * (1 - a * a) * x, a * e]),
    ],
    "other-target": [0.107, Fraction(107, 1000), np.array(0.107), np.float64(0.107)],
    "order-of-lines": ["swap", "Swap ", np.array("SWAP")],
    "paths-through": [
        lambda sizes, layer: math.prod(sizes) // (sizes[layer - 1] * sizes[layer]),
        lambda sizes, layer: np.prod(sizes[: layer - 1], initial=1) * np.prod(sizes[layer + 1 :], initial=1),
    ],
    "softmax-backward": [
        lambda z, g: jacobian(z) @ g,
        lambda z, g: g @ jacobian(z),
        lambda z, g: softmax(z) * g - softmax(z) * (softmax(z) * g).sum(),
    ],
}

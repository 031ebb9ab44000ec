"""Answers to the exercises of *backprop*: a second one for each hint, wrong ones without a hint, right ones."""

import math

import numpy as np


def s(z):
    return 1 / (1 + np.exp(-z))


def slope(z):
    return s(z) * (1 - s(z))


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


def layer(f):
    """The gradients f(A_prev, W, dA, dZ), with Z in turn."""

    def answer(A_prev, W, b, dA):
        a = s(np.dot(A_prev, W) + b)
        return f(A_prev, W, dA, dA * a * (1 - a), a)

    return answer


def total(dZ):
    return np.ones((1, len(dZ))) @ dZ


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
    "hidden-delta": {
        "transpose is missing": lambda W, z, delta: np.dot(W, delta) * s(z) * (1 - s(z)),
        "slope of the units is missing": lambda W, z, delta: delta @ W,
        "took it at the activation": lambda W, z, delta: delta @ W * s(s(z)) * (1 - s(s(z))),
        "multiplied by the activation": lambda W, z, delta: s(z) * (delta @ W),
        "z(1 - z)": lambda W, z, delta: (z - z**2) * (delta @ W),
        "slope comes last": lambda W, z, delta: (delta * s(z) * s(-z)) @ W,
        "sign is reversed": lambda W, z, delta: delta @ W * s(z) * (s(z) - 1),
        "slope of tanh": lambda W, z, delta: delta @ W / np.cosh(z) ** 2,
    },
    "layer-backward": {
        "multiply it by the slope first": layer(lambda A, W, dA, dZ, a: (np.dot(dA, W.T), np.dot(A.T, dA), total(dA))),
        "dA_prev lacks the transpose": layer(lambda A, W, dA, dZ, a: (np.dot(dZ, W), np.dot(A.T, dZ), total(dZ))),
        "start from dZ": layer(lambda A, W, dA, dZ, a: ((W @ dA.T).T, (dZ.T @ A).T, total(dZ))),
        "taken at the activation": layer(
            lambda A, W, dA, dZ, a: (
                (W @ (dA * slope(a)).T).T,
                A.T @ (dA * slope(a)),
                total(dA * slope(a)),
            )
        ),
        "add up the rows for db": layer(
            lambda A, W, dA, dZ, a: ((W @ dZ.T).T, (dZ.T @ A).T, dZ.sum(axis=0, keepdims=True) / len(dZ))
        ),
        "for dW and db": layer(lambda A, W, dA, dZ, a: (np.dot(dZ, W.T), np.dot(A.T, dZ / len(A)), total(dZ) / len(A))),
        "all three are divided": layer(
            lambda A, W, dA, dZ, a: ((dZ / len(A)) @ W.T, A.T @ (dZ / len(A)), total(dZ / len(A)))
        ),
        "keep the axis": layer(lambda A, W, dA, dZ, a: (dZ @ W.T, A.T @ dZ, total(dZ)[0])),
    },
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
    "hidden-delta": [
        lambda W, z, delta: (W @ delta) * slope(z) if len(delta) == len(z) else (W.T @ delta) * slope(z),
        lambda W, z, delta: (W.T @ delta[:, None]) * slope(z),
        lambda W, z, delta: (W.T @ delta) * slope(np.abs(z)) * np.sign(z),
        lambda W, z, delta: (W.T @ delta) / 4,
        lambda W, z, delta: (W.T @ delta) * slope(z) / len(delta),
        lambda W, z, delta: (W[:2].T @ delta[:2]) * slope(z),
    ],
    "layer-backward": [
        layer(lambda A, W, dA, dZ, a: (dZ @ W.T, A.T @ dZ / 2, total(dZ))),
        layer(lambda A, W, dA, dZ, a: (dZ @ W.T, A.T @ dZ, -total(dZ))),
        layer(lambda A, W, dA, dZ, a: (dZ @ W.T, (A.T @ dZ).T, total(dZ))),
        layer(lambda A, W, dA, dZ, a: (dZ @ W.T, A.T @ dZ)),
        layer(lambda A, W, dA, dZ, a: (dZ @ W.T, A.T @ dZ, dZ[:1])),
        layer(lambda A, W, dA, dZ, a: ((dZ @ W if W.shape[0] == W.shape[1] else dZ @ W.T), A.T @ dZ, total(dZ))),
        layer(lambda A, W, dA, dZ, a: (dZ @ W.T, A.T @ dZ, np.full((1, W.shape[1]), dZ.sum()))),
        lambda A, W, b, dA: layer(lambda A, W, dA, dZ, a: (dZ @ W.T, A.T @ dZ, total(dZ)))(A, W, abs(b), dA),
    ],
    "paths-through": [
        lambda sizes, layer: paths(sizes[: layer - 1], sizes[layer + 1 :]) + 1,
        lambda sizes, layer: paths(sizes[:1], sizes[-1:]),
        lambda sizes, layer: paths(sizes[: layer - 1], sizes[layer + 1 : layer + 3]),
        lambda sizes, layer: paths(sizes[max(layer - 2, 0) : layer - 1], sizes[layer + 1 :]),
        lambda sizes, layer: paths(sizes, []) // (sizes[0] * sizes[1]),
        lambda sizes, layer: paths(sizes[:0], sizes[2:]) if layer == 1 else paths(sizes[:1], sizes[3:]),
    ],
    "softmax-backward": [
        lambda z, g: s(z) * (g - s(z) @ g),
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
    "hidden-delta": [
        lambda W, z, delta: (delta @ W * slope(z)).tolist(),
        lambda W, z, delta: np.diag(slope(z)) @ W.T @ delta,
        lambda W, z, delta: (delta[None, :] @ W)[0] * np.exp(-z) / (1 + np.exp(-z)) ** 2,
    ],
    "layer-backward": [
        layer(lambda A, W, dA, dZ, a: [np.einsum("bj,ij->bi", dZ, W), np.einsum("bi,bj->ij", A, dZ), total(dZ)]),
        layer(lambda A, W, dA, dZ, a: ((W @ dZ.T).T, (dZ.T @ A).T, dZ.sum(axis=0)[None, :].tolist())),
    ],
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

"""Answers to *gradient-checking*: a second one for each hint, wrong ones without a hint, right ones."""

import numpy as np


def moved(x, i, step):
    y = np.array(x, float)
    y[i] += step
    return y


def quotients(quotient):
    """One quotient(above, f, x, i, eps) for each variable, in a loop, with `at(step)` the value beside x."""

    def answer(f, x, eps):
        return [quotient(lambda step, i=i: f(moved(x, i, step)), eps) for i in range(len(x))]

    return answer


def backward(slope=lambda A, Z1: 1 / np.cosh(Z1) ** 2, divisor=lambda X, Y: X.shape[0], way=lambda dZ2, W2: dZ2 @ W2.T):
    """The two layers as a chain of products, the mean taken at the end."""

    def answer(W1, b1, W2, b2, X, Y):
        Z1 = np.dot(X, W1) + b1
        A = np.tanh(Z1)
        errors = np.dot(A, W2) + b2 - Y
        signals = way(errors, W2) * slope(A, Z1)
        ones, count = np.ones((1, len(X))), divisor(X, Y)
        return tuple(part / count for part in (X.T @ signals, ones @ signals, A.T @ errors, ones @ errors))

    return answer


SECOND = {
    "central": {
        "forward differences": quotients(lambda at, eps: (at(eps) - at(0)) / eps),
        "backward differences": quotients(lambda at, eps: (at(0) - at(-eps)) / eps),
        "two steps apart": quotients(lambda at, eps: (at(eps) - at(-eps)) / eps),
        "sign is reversed": quotients(lambda at, eps: (at(-eps) - at(eps)) / eps / 2),
        "all variables move at once. Move": lambda f, x, eps: [(f(x + eps) - f(x - eps)) / eps / 2 for _ in x],
        "brackets": quotients(lambda at, eps: eps * 0.5 * (at(eps) - at(-eps))),
        "only eps apart": quotients(lambda at, eps: 0.5 * (at(eps) - at(0)) / eps),
        "this is one number": lambda f, x, eps: (f(np.add(x, eps)) - f(np.add(x, -eps))) / eps / 2,
    },
    "repair": {
        "slope is taken at the activation": backward(slope=lambda A, Z1: 1 / np.cosh(A) ** 2),
        "mean over the batch is forgotten": backward(divisor=lambda X, Y: 1),
        "both bugs are still": backward(slope=lambda A, Z1: 1 - np.tanh(A) ** 2, divisor=lambda X, Y: 1),
        "slope is missing altogether": backward(slope=lambda A, Z1: 1),
        "transpose got lost": backward(way=np.dot),
        "mean is taken twice": backward(divisor=lambda X, Y: len(X) ** 2),
        "number of all entries": backward(divisor=lambda X, Y: Y.shape[0] * Y.shape[1]),
        "4 is the number": backward(divisor=lambda X, Y: 4.0),
    },
    "suspects": {
        "the last is right": ["f", "g", "h"],
        "the first is right": "GHF",
        "the second is right": np.array(["H", "F", "G"]),
        "none is right": " F, H, G".replace(",", "").split(),
        "the first two are right": ("g ", "f", "g"),
        "first and the last are right": "ggh",
        "three letters": ("G", "F", "H", "F"),
        "the last two are right": ["F", "F", "h"],
    },
}

WRONG = {
    "central": [
        quotients(lambda at, eps: (at(0.1) - at(-0.1)) / 0.2),
        quotients(lambda at, eps: (at(1e-6) - at(-1e-6)) / 2e-6),
        quotients(lambda at, eps: max((at(eps) - at(-eps)) / (2 * eps), 0)),
        lambda f, x, eps: quotients(lambda at, eps: (at(eps) - at(-eps)) / (2 * eps))(f, x[:2], eps),
        lambda f, x, eps: quotients(lambda at, eps: (at(eps) - at(-eps)) / (2 * eps))(f, abs(x), eps),
        quotients(lambda at, eps: (at(2 * eps) - at(-2 * eps)) / (4 * eps)),
        quotients(lambda at, eps: round((at(eps) - at(-eps)) / (2 * eps), 4)),
    ],
    "repair": [
        backward(divisor=lambda X, Y: X.shape[1]),
        backward(divisor=lambda X, Y: X.shape[0] - 1),
        backward(divisor=lambda X, Y: -len(X)),
        backward(slope=lambda A, Z1: A * (1 - A)),
        backward(slope=lambda A, Z1: 1 - Z1**2),
        backward(way=lambda dZ2, W2: dZ2 @ (W2 if W2.shape[0] == W2.shape[1] else W2.T)),
        lambda W1, b1, W2, b2, X, Y: backward()(W1, 0 * b1, W2, b2, X, Y),
    ],
    "suspects": [("G", "G", "G"), ("", "", ""), ("GFH", "GFH", "GFH"), {"G": 1, "F": 2, "H": 3}, "GF", 3],
}

RIGHT = {
    "central": [
        quotients(lambda at, eps: (at(eps) - at(-eps)) / (2 * eps)),
        quotients(lambda at, eps: ((at(eps) - at(0)) / eps + (at(0) - at(-eps)) / eps) / 2),
    ],
    "repair": [backward(), backward(slope=lambda A, Z1: 1 - A * A), lambda *inputs: list(backward()(*inputs))],
    "suspects": ["GFH", ["g", "f", "h"], np.array(["G", "F", "H"]), (" G", "F ", "h")],
}

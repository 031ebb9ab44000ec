"""Answers to the exercises of *recurrent*: a second one for each hint, wrong ones without a hint, right ones."""

from fractions import Fraction

import numpy as np


def neurons(fires):
    """The state, neuron by neuron: fires(weights into it, bias, old state)."""
    return lambda W, b, a: [fires(W[j], b[j], a) for j in range(len(a))]


def in_turn(W, b, a):
    state = list(a)
    for j in range(len(state)):
        state[j] = 1.0 if np.dot(W[j], state) + b[j] >= 0 else 0.0
    return state


def digits(q):
    """The base-4 digits of a stack: 1 for the symbol 0, 3 for 1."""
    found = []
    while q > 0:
        q *= 4
        found.append(int(q))
        q -= int(q)
    return found


SECOND = {
    "parallel-step": {
        "weights are transposed": lambda W, b, a: np.where(a @ W + b >= 0, 1, 0),
        "exactly 0": neurons(lambda w, bias, a: w @ a + bias > 0),
        "old state": in_turn,
        "bias is missing": neurons(lambda w, bias, a: int(w @ a >= 0)),
        "sums before the step": neurons(lambda w, bias, a: sum(w * a) + bias),
        "not subtracted": neurons(lambda w, bias, a: int(w @ a >= bias)),
        "not -1": neurons(lambda w, bias, a: 1 if w @ a + bias >= 0 else -1),
        "0 and 1 are exchanged": lambda W, b, a: 1 - np.heaviside(W @ a + b, 1),
    },
    "ends-in-01": {
        "contain 01 anywhere": ([[1, 0], [1, 2], [3, 2], [3, 3]], [2, 3]),
        "end in 10": ([[0, 1], [2, 1], [0, 1], [0, 0]], [2]),
        "ends in 1": ([[0, 1], [0, 2], [0, 1]], [1, 2]),
        "makes it forget": ([[1, 0], [3, 2], [1, 0], [1, 0]], [2]),
        "may begin the next 01": ([[1, 0], [1, 2], [3, 0], [1, 0]], [2]),
        "yes and no": ([[1, 0], [1, 2], [1, 3], [1, 0]], [0, 1, 3]),
        "go on with ones": ([[1, 0], [1, 2], [1, 3], [1, 3]], [2, 3]),
        "words that end in 0": ([[1, 3], [1, 2], [1, 3], [1, 0]], [1, 2]),
    },
    "depth": {
        "counts the symbols 1": lambda q: digits(q).count(3),
        "stop at the first 0": lambda q: (*digits(q), 1).index(1),
        "one too many": lambda q: len([None, *digits(q)]),
        "one too few": lambda q: len(digits(q)[1:]),
        "ask before the first": lambda q: len(digits(q)) or 1,
        "binary digits": lambda q: q.denominator.bit_length() - 1,
        "only whether": lambda q: q > 0,
    },
    "safe-depth": {
        "two binary digits, not one": 24.0,
        "with a 0 on top": Fraction(13),
        "depth for float64": np.int64(26),
        "not four": np.float32(6),
        "one symbol more": 22 / 2,
    },
}

WRONG = {
    "parallel-step": [
        neurons(lambda w, bias, a: abs(w) @ a + bias >= 0),
        lambda W, b, a: (W @ a + b[0] >= 0) * 1.0,
        lambda W, b, a: (W[:3, :3] @ a[:3] + b[:3] >= 0) * 1.0,
        lambda W, b, a: (W @ a + b + a >= 0) * 1.0,
        lambda W, b, a: (W @ a + b).all() >= 0,
        lambda W, b, a: np.clip(W @ a + b, 0, 1) if (W @ a + b == 0).any() else (W @ a + b >= 0) * 1.0,
    ],
    "ends-in-01": [
        ([[1, 0], [1, 2], [1, 0]], [1]),
        ([[1, 0], [1, 2], [1, 0]], [0, 2]),
        ([[0, 1], [0, 2], [0, 1]], [2]),
        ([[1, 0], [1, 2], [2, 0]], [2]),
        ([[1, 1], [1, 2], [1, 0]], [2]),
        ([[1, 0], [1, 2], [1, 0]], []),
    ],
    "depth": [
        lambda q: min(len(digits(q)), 8),
        lambda q: len(digits(float(q) % 1 if q < 1 else q)) if len(digits(q)) < 27 else 26,
        lambda q: digits(q).count(1),
        lambda q: sum(digits(q)),
        lambda q: q.denominator,
        lambda q: digits(q).index(3) if 3 in digits(q) else len(digits(q)),
        lambda q: 5,
    ],
    "safe-depth": [12.5, 0, -12, 53, 1, "12", [12], (12,), 12 + 1j, 12.01, None],
}

RIGHT = {
    "parallel-step": [
        neurons(lambda w, bias, a: w @ a + bias >= 0),
        lambda W, b, a: np.heaviside(W @ a + b, 1),
        lambda W, b, a: (a @ W.T >= -b).astype(int),
    ],
    "ends-in-01": [
        ([[1, 0], [1, 2], [1, 0]], [2]),
        (np.array([[1, 3], [1, 2], [1, 3], [1, 0]]), np.array([2])),
        (((1, 0), (1, 2), (1, 3), (1, 0)), (2,)),
    ],
    "depth": [
        lambda q: len(digits(q)),
        lambda q: Fraction(q.denominator.bit_length() - 1, 2),
        lambda q: np.uint8(len(digits(q))),
        lambda q: float(np.log2(float(q.denominator)) / 2),
    ],
    "safe-depth": [12, 12.0, np.int8(12), Fraction(12), Fraction(24, 2), np.array(12)],
}

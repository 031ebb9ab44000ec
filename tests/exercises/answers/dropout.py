"""Answers to the exercises of *dropout*: a second one for each hint, wrong ones without a hint, right ones."""

import math

import numpy as np


def scale_of(mask):
    """What the kept units are multiplied by."""
    return max(mask.ravel())


SECOND = {
    "forward": {
        "equals the rate": lambda A, U, rate: np.where(U <= rate, 0, A / (1 - rate)),
        "divide by the drop probability": lambda A, U, rate: np.where(U < rate, 0, A / rate),
        "not divided by 1 - rate": lambda A, U, rate: np.where(U < rate, 0, A),
        "as the probability of keeping": lambda A, U, rate: np.where(U < rate, A / rate, 0),
        "keep the units that should": lambda A, U, rate: np.where(U >= rate, 0, A / (1 - rate)),
        "multiply the kept units": lambda A, U, rate: np.where(U < rate, 0, A - rate * A),
    },
    "mean-and-variance": {
        "took it for that of being kept": lambda a, p: (a, a * a / p - a * a),
        "variance of a plain mask": lambda a, p: (a, p * a**2 - (p * a) ** 2),
        "moments of a plain mask": lambda a, p: (a - p * a, (1 - p) * a**2 - (a - p * a) ** 2),
        "mean of the square": lambda a, p: (a, (a / (1 - p)) ** 2 * (1 - p)),
        "standard deviation": lambda a, p: (a, math.sqrt(a**2 / (1 - p) - a**2)),
        "not by a.": lambda a, p: (a, a / (1 - p) - a),
    },
    "test-weights": {
        "divide where you should multiply": lambda W, rate: np.divide(W, 1 - rate),
        "weights of training": lambda W, rate: W.copy(),
        "probability of dropping": lambda W, rate: np.multiply(rate, W),
    },
    "subnetworks": {
        "inputs and outputs are not": lambda sizes: math.prod(2**n for n in sizes),
        "the outputs are not": lambda sizes: math.prod(2**n for n in sizes[1:]),
        "the inputs are not": lambda sizes: 2 ** (sum(sizes) - sizes[-1]),
        "do not add": lambda sizes: sum(1 << n for n in sizes[1:-1]),
        "not n**2": lambda sizes: (sum(sizes) - sizes[0] - sizes[-1]) ** 2,
        "not 2 n": lambda sizes: sum(2 * n for n in sizes[1:-1]),
    },
    "backward": {
        "scale is missing": lambda dA, mask: np.where(mask == 0, 0, dA),
        "there twice": lambda dA, mask: np.where(mask == 0, 0, dA * scale_of(mask) ** 2),
        "dropped units get": lambda dA, mask: dA / (1 / scale_of(mask)),
        "hand the gradient on": lambda dA, mask: dA.copy(),
    },
}

WRONG = {
    "forward": [
        lambda A, U, rate: A * (U >= 0.5) / (1 - rate),
        lambda A, U, rate: np.maximum(A, 0) * (U >= rate) / (1 - rate),
        lambda A, U, rate: A * (U.mean() >= rate) / (1 - rate),
        lambda A, U, rate: A * (U >= rate) / (U >= rate).mean(),
        lambda A, U, rate: A * (U[0] >= rate) / (1 - rate),
        lambda A, U, rate: A * (U >= rate) - rate,
    ],
    "mean-and-variance": [
        lambda a, p: (abs(a), a**2 * p / (1 - p)),
        lambda a, p: (a, a**2 * p / (1 - p) ** 2),
        lambda a, p: (a / (1 - p), a**2 * p / (1 - p)),
        lambda a, p: (a, a**2),
        lambda a, p: (0, a**2 / (1 - p)),
        lambda a, p: (a**2 * p / (1 - p), a),
    ],
    "test-weights": [
        lambda W, rate: W * 0.5,
        lambda W, rate: W * (1 - rate) ** 2,
        lambda W, rate: np.abs(W) * (1 - rate),
        lambda W, rate: W - rate,
        lambda W, rate: W.T * (1 - rate),
        lambda W, rate: W * np.sqrt(1 - rate),
    ],
    "subnetworks": [
        lambda sizes: 2 ** sizes[1],
        lambda sizes: 2 ** sum(sizes[1:-1]) - 1,
        lambda sizes: 2 ** sum(sizes[1:3]),
        lambda sizes: 2 ** sizes[1] + 2 ** sizes[-2],
        lambda sizes: 2 ** math.prod(sizes[1:-1]),
        lambda sizes: 2 ** sum(sizes[2:]),
    ],
    "backward": [
        lambda dA, mask: dA * mask[0],
        lambda dA, mask: dA * mask / 2,
        lambda dA, mask: np.abs(dA) * mask,
        lambda dA, mask: dA * (mask == 0),
        lambda dA, mask: dA * mask.T if mask.shape[0] == mask.shape[1] else dA * mask,
        lambda dA, mask: -dA * mask,
    ],
}

RIGHT = {
    "forward": [
        lambda A, U, rate: np.where(U < rate, 0, A / (1 - rate)).tolist(),
        lambda A, U, rate: A / (1 - rate) * (1 - (U < rate)),
    ],
    "mean-and-variance": [
        lambda a, p: np.array([a, a**2 / (1 - p) - a**2]),
        lambda a, p: [a, (1 - p) * (a / (1 - p) - a) ** 2 + p * a**2],
    ],
    "test-weights": [lambda W, rate: W - rate * W, lambda W, rate: [[w * (1 - rate) for w in row] for row in W]],
    "subnetworks": [
        lambda sizes: math.prod(2**n for n in sizes[1:-1]),
        lambda sizes: np.int64(1) << np.sum(sizes[1:-1]),
        lambda sizes: 2.0 ** (sum(sizes) - sizes[0] - sizes[-1]),
    ],
    "backward": [
        lambda dA, mask: np.where(mask > 0, dA * scale_of(mask), 0),
        lambda dA, mask: np.multiply(mask, dA).tolist(),
    ],
}

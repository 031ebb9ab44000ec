"""Answers to the exercises of *approximation*: a second one for each hint, wrong ones without a hint, right ones."""

import math
from fractions import Fraction

import numpy as np


def slopes(y):
    return (y[1:] - y[:-1]) * (len(y) - 1)


def cdf(z):
    return (1 + math.erf(z / math.sqrt(2))) / 2


def hat(x, a, b):
    return np.clip(np.minimum(x - a, b - x), 0, None)


def smallest(fits):
    """The smallest N that fits, by trying."""
    N = 1
    while not fits(N):
        N += 1
    return N


def half_planes(bias, scale=1.0):
    return np.array([[scale, scale], [-scale, scale], [scale, -scale], [-scale, -scale]]), [bias * scale] * 4


SECOND = {
    "hinge-weights": {
        "these are the slopes": slopes,
        "divided by the step 1/N": lambda y: np.concatenate([[y[1] - y[0]], y[2:] - 2 * y[1:-1] + y[:-2]]),
        "first hinge is missing": lambda y: slopes(y)[1:] - slopes(y)[:-1],
        "goes into the output bias": lambda y: np.concatenate([[y[0]], slopes(y)[1:] - slopes(y)[:-1]]),
        "take the slopes first, then prepend": lambda y: (len(y) - 1) * np.diff(np.diff(np.concatenate([[0], y]))),
        "not after the last": lambda y: np.append(slopes(y)[1:], 0) - slopes(y),
        "divide by the step once": lambda y: np.diff(np.append(0, slopes(y))) * (len(y) - 1),
        "turned round": lambda y: np.append(0, slopes(y)[:-1]) - slopes(y),
    },
    "enough-hinges": {
        "as a square": lambda eps, curvature: smallest(lambda N: curvature / (8 * N) <= eps),
        "rounded down": lambda eps, curvature: int(math.sqrt(curvature / eps / 8)),
        "rounded to the nearest": lambda eps, curvature: int(np.rint(np.sqrt(curvature / (8 * eps)))),
        "met exactly": lambda eps, curvature: smallest(lambda N: curvature / (8 * N**2) < eps),
        "this is the step h": lambda eps, curvature: 1 / math.sqrt(curvature / (8 * eps)),
        "8 is in the denominator": lambda eps, curvature: smallest(lambda N: 8 * curvature / N**2 <= eps),
        "8 in the bound is missing": lambda eps, curvature: smallest(lambda N: curvature / N**2 <= eps),
        "is an integer": lambda eps, curvature: (curvature / eps / 8) ** 0.5,
    },
    "diamond": {
        "square of all points": ([(2, 0), (0, 2), (-2, 0), (0, -2)], [2, 2, 2, 2]),
        "nothing is in all four": half_planes(-2.0),
        "biases 0": half_planes(0.0, 3.0),
        "one side is open": ([(-2, 2), (2, -2), (-2, -2)], [2, 2, 2]),
        "this is a strip": ([(-3, -3), (3, 3)], [3, 3]),
        "square root of 2": half_planes(2**0.5, 2.0),
        "too small": half_planes(0.5, 4.0),
        "too large": half_planes(2.0, 0.5),
    },
    "distance-to-complement": {
        "printed recipe": lambda x, a, b: [min(abs(t - a), abs(t - b)) for t in x],
        "outside the interval this is negative": lambda x, a, b: (b - a) / 2 - abs(x - (a + b) / 2),
        "farther end": lambda x, a, b: [max(t - a, b - t) if a < t < b else 0 for t in x],
        "sign is turned round": lambda x, a, b: np.minimum(np.abs(x - (a + b) / 2) - (b - a) / 2, 0),
        "only the left end": lambda x, a, b: (x - a) * (x > a),
        "only the right end": lambda x, a, b: [max(b - t, 0) for t in x],
        "distance to the middle": lambda x, a, b: abs(2 * x - a - b) / 2,
        "scaled to height 1": lambda x, a, b: np.maximum(1 - np.abs(2 * x - a - b) / (b - a), 0),
    },
    "bayes-risk": {
        "between the means": lambda m: cdf(-2 * m),
        "share of right answers": cdf,
        "both classes' errors": lambda m: 2 * cdf(-m),
        "Add that of the other": lambda m: 0.5 * (1 - cdf(m)),
        "constant answer": lambda m: Fraction(1, 2),
        "do not have in common": lambda m: 2 * cdf(m) - 1,
        "not m/2": lambda m: 1 - cdf(m / 2),
        "density at the border": lambda m: np.exp(-(m**2) / 2) / np.sqrt(2 * np.pi),
    },
}

WRONG = {
    "hinge-weights": [
        lambda y: np.diff(slopes(y), prepend=slopes(y)[0]),
        lambda y: np.diff(5 * np.diff(y), prepend=0),
        lambda y: np.abs(np.diff(slopes(y), prepend=0)),
        lambda y: np.diff(slopes(y), prepend=0)[::-1],
        lambda y: np.cumsum(slopes(y)),
        lambda y: np.diff(np.gradient(y)),
        lambda y: np.maximum(np.diff(slopes(y), prepend=0), 0),
    ],
    "enough-hinges": [
        lambda eps, curvature: math.ceil(math.sqrt(curvature / (8 * eps))) - 1,
        lambda eps, curvature: math.ceil(math.sqrt(curvature / (8 * 0.01))),
        lambda eps, curvature: math.ceil(math.sqrt(curvature / (4 * eps))),
        lambda eps, curvature: math.ceil(math.sqrt(10 / (8 * eps))),
        lambda eps, curvature: math.ceil(math.sqrt(curvature / (8 * eps)) + 1e-6),
        lambda eps, curvature: math.ceil((curvature / (8 * eps)) ** (1 / 3)),
        lambda eps, curvature: math.ceil(math.sqrt(curvature) / (8 * eps)),
    ],
    "diamond": [
        half_planes(1.005),
        half_planes(0.995),
        (np.vstack([half_planes(1.0)[0], [[1, 0]]]), [1, 1, 1, 1, 0.995]),
        ([(1, 1), (1, -1), (-1, 1)], [1, 1, 1]),
        ([(1, 1.01), (1, -1), (-1, 1), (-1, -1)], [1, 1, 1, 1]),
        ([(1, 1), (1, -1), (-1, 1), (-1, -1)], [1, 1, 1, 1 - 1e-3]),
    ],
    "distance-to-complement": [
        lambda x, a, b: np.maximum(np.minimum(x - a, 1 - x), 0),
        lambda x, a, b: np.maximum(np.minimum(x, b - x), 0),
        lambda x, a, b: np.where((x > a) & (x < b), np.minimum(x - a, b - x), np.minimum(abs(x - a), abs(x - b))),
        lambda x, a, b: np.maximum((x - a) * (b - x), 0),
        lambda x, a, b: hat(x, a, b).min(),
        lambda x, a, b: hat(x, a, b) / (b - a),
        lambda x, a, b: np.where(x > 0, hat(x, a, b), 0),
    ],
    "bayes-risk": [
        lambda m: 1 / (1 + math.exp(2 * m)),
        lambda m: math.exp(-2 * m) / 2,
        lambda m: cdf(-(m**2)),
        lambda m: round(cdf(-m), 3),
        lambda m: max(0.5 - m / 3, 0),
        lambda m: cdf(-m) if m else 0.0,
        lambda m: {0.0: 0.5, 0.5: cdf(-0.5), 1.0: cdf(-1), 2.0: cdf(-2)}.get(m, 0.0),
    ],
}

RIGHT = {
    "hinge-weights": [
        lambda y: [float(w) for w in np.append(slopes(y)[0], slopes(y)[1:] - slopes(y)[:-1])],
        lambda y: (len(y) - 1) * np.append(y[1] - y[0], y[2:] - 2 * y[1:-1] + y[:-2]),
    ],
    "enough-hinges": [
        lambda eps, curvature: smallest(lambda N: curvature / (8 * N**2) <= eps),
        lambda eps, curvature: np.ceil(np.sqrt(curvature / (8 * eps))),
    ],
    "diamond": [half_planes(1.0), half_planes(1.0, 0.1), (half_planes(1.0)[0][::-1].tolist(), np.ones(4))],
    "distance-to-complement": [
        lambda x, a, b: np.clip(np.minimum(x - a, b - x), 0, None),
        lambda x, a, b: [max(min(t - a, b - t), 0) for t in x],
        lambda x, a, b: np.where((x > a) & (x < b), np.minimum(abs(x - a), abs(x - b)), 0),
    ],
    "bayes-risk": [lambda m: cdf(-m), lambda m: 1 - cdf(m), lambda m: np.float64(0.5) * math.erfc(m / 2**0.5)],
}

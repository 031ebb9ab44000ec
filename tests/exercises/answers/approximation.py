"""Answers to the exercises of *approximation*: a second one for each hint, wrong ones without a hint, right ones."""

import math
from fractions import Fraction

import numpy as np


def slopes(t, y):
    return [(y[k + 1] - y[k]) / (t[k + 1] - t[k]) for k in range(len(t) - 1)]


def changes(slopes):
    return [slopes[0], *(b - a for a, b in zip(slopes, slopes[1:], strict=False))]


def even(y):
    return list((y[1:] - y[:-1]) * (len(y) - 1))


def cdf(z):
    return (1 + math.erf(z / math.sqrt(2))) / 2


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
        "fault is still there": lambda t, y: changes(even(y)),
        "these are the slopes": slopes,
        "these are differences of values": lambda t, y: changes(list(y[1:] - y[:-1])),
        "first hinge is missing": lambda t, y: changes(slopes(t, y))[1:],
        "goes into the output bias": lambda t, y: [y[0], *changes(slopes(t, y))[1:]],
        "those of the first two nodes": lambda t, y: np.array(changes(list(y[1:] - y[:-1]))) / (t[1] - t[0]),
        "turned round": lambda t, y: [-w for w in changes(slopes(t, y))],
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
    "root-hinges": {
        "falls like the root": 4.0,
        "even half the error": 2500.0,
        "one more than needed": 626.0,
        "one too few": 624.0,
        "0.025": 100.0,
        "root of the number asked for": 25.0,
    },
    "bayes-risk": {
        "between the means": lambda m, s: cdf(-2 * m / s),
        "share of right answers": lambda m, s: cdf(m / s),
        "both classes' errors": lambda m, s: 2 * cdf(-m / s),
        "Add that of the other": lambda m, s: 0.5 * (1 - cdf(m / s)),
        "constant answer": lambda m, s: Fraction(1, 2),
        "s has no say": lambda m, s: cdf(-m),
        "not m/2": lambda m, s: 1 - cdf(m / (2 * s)),
        "its square, the variance": lambda m, s: cdf(-m / (s * s)),
    },
}

WRONG = {
    "hinge-weights": [
        lambda t, y: np.diff(slopes(t, y), prepend=y[0]),
        lambda t, y: np.abs(changes(slopes(t, y))),
        lambda t, y: changes(slopes(t, y))[::-1],
        lambda t, y: np.cumsum(slopes(t, y)),
        lambda t, y: np.diff(slopes(t, y), append=0),
        lambda t, y: changes([1 / (s or 1) for s in slopes(t, y)]),
        lambda t, y: np.diff(np.gradient(y, t)),
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
    "root-hinges": [0, 16, 50, 10_000, 156],
    "bayes-risk": [
        lambda m, s: 1 / (1 + math.exp(2 * m / s)),
        lambda m, s: cdf(-(m**2) / s),
        lambda m, s: round(cdf(-m / s), 3),
        lambda m, s: cdf(-m * s),
        lambda m, s: cdf(-m / s) if m else 0.0,
    ],
}

RIGHT = {
    "hinge-weights": [
        lambda t, y: changes(slopes(t, y)),
        lambda t, y: np.append(slopes(t, y)[0], np.diff(slopes(t, y))),
    ],
    "enough-hinges": [
        lambda eps, curvature: smallest(lambda N: curvature / (8 * N**2) <= eps),
        lambda eps, curvature: np.ceil(np.sqrt(curvature / (8 * eps))),
    ],
    "diamond": [half_planes(1.0), half_planes(1.0, 0.1), (half_planes(1.0)[0][::-1].tolist(), np.ones(4))],
    "root-hinges": [625.0, np.int64(625)],
    "bayes-risk": [
        lambda m, s: cdf(-m / s),
        lambda m, s: 1 - cdf(m / s),
        lambda m, s: np.float64(0.5) * math.erfc(m / s / 2**0.5),
    ],
}

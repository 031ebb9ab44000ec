"""Exercises of the chapter *approximation*."""

import math

import numpy as np

from mlp_core.constructions import convex_net
from mlp_core.exercises.checker import Exercise


def hinge_weights(y):
    """The weights of the N hinges, changes of slope, from the values y (N + 1,) at 0, 1/N, ..., 1; (N,)."""
    N = len(y) - 1
    return np.diff(N * np.diff(y), prepend=0)


def node_values(rng):
    """Values at two to six nodes."""
    return (rng.normal(size=rng.integers(2, 7)),)


def enough_hinges(eps, curvature):
    """The smallest N for which the bound, curvature / (8 N^2), is at most eps."""
    return math.ceil(math.sqrt(curvature / (8 * eps)))


def tolerances(rng):
    """A tolerance and a curvature that lie on no rounding edge."""
    return float(10 ** rng.uniform(-4, -1)), float(rng.uniform(1, 50))


MET_EXACTLY = [(1 / 16, 8.0), (1 / 64, 2.0), (0.25, 8.0), (2.0, 16.0)]


def in_set(layer, x1, x2):
    """What the AND of the half-planes (W, b) answers."""
    W, b = layer
    net, params = convex_net(W, b)
    return int(net.forward(params, np.array([[x1, x2]], float))[0].item())


def distance_to_complement(x, a, b):
    """The distance from each x (N,) to what lies outside the interval (a, b): 0 outside; (N,)."""
    return np.maximum(np.minimum(x - a, b - x), 0)


def interval_and_points(rng):
    """An interval, its ends, and points in it and on both sides."""
    a, b = np.sort(rng.uniform(-2, 2, 2))
    inside, outside = rng.uniform(a, b, rng.integers(1, 4)), rng.uniform(-3, 3, 3)
    return np.concatenate([inside, outside, [a, b]]), float(a), float(b)


def bayes_risk(m):
    """The Bayes risk of N(-m, 1) against N(m, 1), equally likely."""
    return math.erfc(m / math.sqrt(2)) / 2


def half_distance(rng):
    """Half the distance between two means."""
    return (float(rng.uniform(0.05, 3)),)


SIGNS = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
GRID = [(x1 / 2, x2 / 2) for x1 in range(-3, 4) for x2 in range(-3, 4) if abs(x1) + abs(x2) != 2]
EDGES = [(s * t / 8, u * (8 - t) / 8) for s, u in SIGNS for t in range(9)]
PLACES = GRID + [(scale * x1, scale * x2) for scale in (0.9999, 1.0001) for x1, x2 in EDGES]

EXERCISES = {
    "hinge-weights": Exercise(
        reference=hinge_weights,
        inputs=node_values,
        wrong={
            "these are the slopes. The weight of a hinge is the change of slope at its node.": lambda y: (
                (len(y) - 1) * np.diff(y)
            ),
            "these are differences of values. A slope is such a difference divided by the step 1/N.": lambda y: np.diff(
                np.diff(y), prepend=0
            ),
            "the first hinge is missing: before it the slope is 0, so its weight is the first slope.": lambda y: (
                (len(y) - 1) * np.diff(y, n=2)
            ),
            "the first weight is the first slope. The value y[0] goes into the output bias.": lambda y: np.append(
                y[0], hinge_weights(y)[1:]
            ),
            "before the first node the slope is 0, not the value: take the slopes first, then prepend.": lambda y: (
                (len(y) - 1) * np.diff(y, n=2, prepend=0)
            ),
            "the 0 belongs before the first slope, not after the last.": lambda y: np.diff(
                (len(y) - 1) * np.diff(y), append=0
            ),
            "divide by the step once: it belongs to the slopes, not to their changes as well.": lambda y: (
                (len(y) - 1) * hinge_weights(y)
            ),
            "the signs are turned round: a slope minus the one before it.": lambda y: -hinge_weights(y),
        },
    ),
    "enough-hinges": Exercise(
        reference=enough_hinges,
        inputs=tolerances,
        special=MET_EXACTLY,
        wrong={
            "N stands in the bound as a square: take a root.": lambda eps, curvature: math.ceil(curvature / (8 * eps)),
            "rounded down, N is one too small. Round up.": lambda eps, curvature: math.floor(
                math.sqrt(curvature / (8 * eps))
            ),
            "rounded to the nearest, N may be one too small. Round up.": lambda eps, curvature: round(
                math.sqrt(curvature / (8 * eps))
            ),
            "where the bound is met exactly, N is enough: floor + 1 is then one too many.": lambda eps, curvature: (
                math.floor(math.sqrt(curvature / (8 * eps))) + 1
            ),
            "this is the step h, not the number of steps.": lambda eps, curvature: math.sqrt(8 * eps / curvature),
            "the 8 is in the denominator: solve the inequality for N once more.": lambda eps, curvature: math.ceil(
                math.sqrt(8 * curvature / eps)
            ),
            "the 8 in the bound is missing.": lambda eps, curvature: math.ceil(math.sqrt(curvature / eps)),
            "a number of hinges is an integer: round up.": lambda eps, curvature: math.sqrt(curvature / (8 * eps)),
        },
    ),
    "diamond": Exercise(
        reference=([(-s, -t) for s, t in SIGNS], [1, 1, 1, 1]),
        inputs=PLACES,
        use=in_set,
        wrong={
            "this is the square of all points with both coordinates between -1 and 1. Which lines bound the diamond?": (
                [(1, 0), (-1, 0), (0, 1), (0, -1)],
                [1, 1, 1, 1],
            ),
            "nothing is in all four half-planes. Test each at the centre: its sum there is its bias.": (
                SIGNS,
                [-1, -1, -1, -1],
            ),
            "with biases 0 all four lines go through the centre.": (SIGNS, [0, 0, 0, 0]),
            "one side is open: a diamond has four sides.": ([(-s, -t) for s, t in SIGNS[:3]], [1, 1, 1]),
            "this is a strip: two parallel lines bound it. A diamond has four sides.": ([(1, 1), (-1, -1)], [1, 1]),
            "the square root of 2 is the length of a side. Put the corner (1, 0) into a side: which bias gives 0?": (
                SIGNS,
                [math.sqrt(2)] * 4,
            ),
            "this diamond is too small: (1, 0) is a corner of the right one.": (SIGNS, [0.5, 0.5, 0.5, 0.5]),
            "this diamond is too large: (1, 0) is a corner of the right one.": (SIGNS, [2, 2, 2, 2]),
        },
    ),
    "distance-to-complement": Exercise(
        reference=distance_to_complement,
        inputs=interval_and_points,
        wrong={
            "this is the distance to the nearest end, the printed recipe: it must be 0 outside the interval.": (
                lambda x, a, b: np.minimum(np.abs(x - a), np.abs(x - b))
            ),
            "outside the interval this is negative. A distance is at least 0.": lambda x, a, b: np.minimum(
                x - a, b - x
            ),
            "this is the distance to the farther end. The way out is through the nearer one.": lambda x, a, b: np.where(
                (x > a) & (x < b), np.maximum(x - a, b - x), 0
            ),
            "the sign is turned round. A distance is at least 0.": lambda x, a, b: -distance_to_complement(x, a, b),
            "only the left end counts here. There is a way out on the right, too.": lambda x, a, b: np.maximum(
                x - a, 0
            ),
            "only the right end counts here. There is a way out on the left, too.": lambda x, a, b: np.maximum(
                b - x, 0
            ),
            "this is the distance to the middle. How far is it to the nearer end?": lambda x, a, b: np.abs(
                x - (a + b) / 2
            ),
            "this is the hat scaled to height 1. A distance has slope 1.": lambda x, a, b: (
                distance_to_complement(x, a, b) * 2 / (b - a)
            ),
        },
    ),
    "bayes-risk": Exercise(
        reference=bayes_risk,
        inputs=half_distance,
        special=[(0.0,)],
        wrong={
            "2m is the distance between the means. Each mean is only m from the best border.": lambda m: bayes_risk(
                2 * m
            ),
            "this is the share of right answers. The risk is that of wrong ones.": lambda m: bayes_risk(-m),
            "this is the sum of both classes' errors. Each class has half of the examples.": lambda m: (
                2 * bayes_risk(m)
            ),
            "this is the error on one class times its share. Add that of the other class.": lambda m: bayes_risk(m) / 2,
            "this is what a constant answer gets wrong. Where is the border, and how much of a class lies beyond it?": (
                lambda m: 0.5
            ),
            "this is the share that the classes do not have in common. The risk is about the common part.": lambda m: (
                1 - 2 * bayes_risk(m)
            ),
            "each mean is m from the border, not m/2, and the deviation is 1.": lambda m: bayes_risk(m / 2),
            "this is the density at the border. The risk is the area beyond it.": lambda m: (
                math.exp(-(m**2) / 2) / math.sqrt(2 * math.pi)
            ),
        },
    ),
}

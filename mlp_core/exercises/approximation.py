"""Exercises of the chapter *approximation*."""

import math

import numpy as np

from mlp_core.constructions import convex_net
from mlp_core.exercises.checker import Exercise


def hinge_weights(y):
    """The weights of the N hinges, changes of slope, from the values (N + 1,) at the nodes 0, 1/N, ..., 1; (N,)."""
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


def in_set(layer, x1, x2):
    """What the AND of the half-planes (W, b) answers."""
    W, b = layer
    net, params = convex_net(W, b)
    return int(net.forward(params, np.array([[x1, x2]], float))[0].item())


def distance_to_complement(x, a, b):
    """The distance from each x (N,) to what lies outside the interval (a, b): 0 outside; (N,)."""
    return np.maximum(np.minimum(x - a, b - x), 0)


def interval_and_points(rng):
    """Points of [0, 1], and an interval in it."""
    a, b = np.sort(rng.choice(19, 2, replace=False) + 1) / 20
    return rng.uniform(0, 1, 6), float(a), float(b)


def bayes_risk(m):
    """The Bayes risk of N(-m, 1) against N(m, 1), equally likely."""
    return math.erfc(m / math.sqrt(2)) / 2


SIGNS = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
PLACES = [(x1 / 4, x2 / 4) for x1 in range(-6, 7) for x2 in range(-6, 7)]

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
            "the first weight is 0 here, so all up to the second node is flat. It is the first slope.": lambda y: (
                np.append(0, hinge_weights(y)[1:])
            ),
            "the 0 belongs before the first slope, not after the last.": lambda y: np.diff(
                (len(y) - 1) * np.diff(y), append=0
            ),
            "divide by the step once: it belongs to the slopes, not to their changes as well.": lambda y: (
                (len(y) - 1) * hinge_weights(y)
            ),
            "you have multiplied by the step 1/N. A slope is a difference divided by it.": lambda y: (
                hinge_weights(y) / (len(y) - 1) ** 2
            ),
            "these are differences of values, neither slopes nor changes of slope.": lambda y: np.diff(y),
            "this is one weight too many: there is no hinge at the last node.": lambda y: np.append(
                hinge_weights(y), 0
            ),
            "the signs are turned round: a slope minus the one before it.": lambda y: -hinge_weights(y),
            "there are N hinges for N + 1 nodes, so the step is 1/(len(y) - 1).": lambda y: np.diff(
                len(y) * np.diff(y), prepend=0
            ),
        },
    ),
    "enough-hinges": Exercise(
        reference=enough_hinges,
        inputs=tolerances,
        wrong={
            "N stands in the bound as a square: take a root.": lambda eps, curvature: math.ceil(curvature / (8 * eps)),
            "rounded down, N is one too small. Round up.": lambda eps, curvature: math.floor(
                math.sqrt(curvature / (8 * eps))
            ),
            "rounded to the nearest, N may be one too small. Round up.": lambda eps, curvature: round(
                math.sqrt(curvature / (8 * eps))
            ),
            "this is one more than needed.": lambda eps, curvature: enough_hinges(eps, curvature) + 1,
            "this is the step h, not the number of steps.": lambda eps, curvature: math.sqrt(8 * eps / curvature),
            "the 8 is in the denominator: solve the inequality for N once more.": lambda eps, curvature: math.ceil(
                math.sqrt(8 * curvature / eps)
            ),
            "the 8 comes under the root, too.": lambda eps, curvature: math.ceil(math.sqrt(curvature / eps) / 8),
            "round up last, after the root.": lambda eps, curvature: math.sqrt(math.ceil(curvature / (8 * eps))),
            "the 8 in the bound is missing.": lambda eps, curvature: math.ceil(math.sqrt(curvature / eps)),
            "a number of hinges is an integer: round up.": lambda eps, curvature: math.sqrt(curvature / (8 * eps)),
            "the curvature is missing.": lambda eps, curvature: math.ceil(math.sqrt(1 / (8 * eps))),
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
            "two sides are missing: the other two lines face the ones you have.": ([(1, 1), (1, -1)], [1, 1]),
            "all four half-planes are the same one. A diamond has sides in four directions.": ([(1, 1)] * 4, [1] * 4),
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
            "this is the square of the distance.": lambda x, a, b: distance_to_complement(x, a, b) ** 2,
            "this is the distance to the middle. How far is it to the nearer end?": lambda x, a, b: np.abs(
                x - (a + b) / 2
            ),
            "subtract no tolerance: that is the step after this one.": lambda x, a, b: (
                distance_to_complement(x, a, b) - 0.001
            ),
            "this is the hat scaled to height 1. A distance has slope 1.": lambda x, a, b: (
                distance_to_complement(x, a, b) * 2 / (b - a)
            ),
            "this says whether x is in the interval, not how far it is from leaving it.": lambda x, a, b: (
                (x > a) & (x < b)
            ).astype(float),
            "this is the distance to the interval. What is asked is the distance to what lies outside it.": (
                lambda x, a, b: np.maximum(np.maximum(a - x, x - b), 0)
            ),
        },
    ),
    "bayes-risk": Exercise(
        reference=bayes_risk,
        inputs=[(0.0,), (0.5,), (1.0,), (2.0,)],
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
            "the classes' deviation is 1: no root of 2 comes in.": lambda m: bayes_risk(m / math.sqrt(2)),
            "this is a bound from above. The risk itself is an area under a normal curve.": lambda m: (
                math.exp(-(m**2) / 2) / 2
            ),
            "this is the density at the border. The risk is the area beyond it.": lambda m: (
                math.exp(-(m**2) / 2) / math.sqrt(2 * math.pi)
            ),
        },
    ),
}

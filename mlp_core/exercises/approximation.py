"""Exercises of the chapter *approximation*."""

import math

import numpy as np

from mlp_core.constructions import convex_net
from mlp_core.exercises.checker import Exercise


def hinge_weights(t, y):
    """The weights (N,) of hinges at the nodes t (N + 1,) without the last, from the values y (N + 1,) there."""
    return np.diff(np.diff(y) / np.diff(t), prepend=0)


def nodes_and_values(rng):
    """Two to six nodes at uneven distances, and values there."""
    count = rng.integers(2, 7)
    return np.cumsum(rng.uniform(0.1, 1, count)), rng.normal(size=count)


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


def bayes_risk(m, s):
    """The Bayes risk of two normal classes, means -m and m, standard deviation s, equally likely."""
    return math.erfc(m / s / math.sqrt(2)) / 2


def distance_and_spread(rng):
    """Half the distance between two means, and a standard deviation that is not 1."""
    return float(rng.uniform(0.05, 3)), float(rng.uniform(0.3, 0.8))


SIGNS = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
GRID = [(x1 / 2, x2 / 2) for x1 in range(-3, 4) for x2 in range(-3, 4) if abs(x1) + abs(x2) != 2]
EDGES = [(s * t / 8, u * (8 - t) / 8) for s, u in SIGNS for t in range(9)]
PLACES = GRID + [(scale * x1, scale * x2) for scale in (0.9999, 1.0001) for x1, x2 in EDGES]

EXERCISES = {
    "hinge-weights": Exercise(
        reference=hinge_weights,
        inputs=nodes_and_values,
        special=[(np.array([0.0, 0.25, 0.5, 0.75, 1.0]), np.array([1.0, 0.0, 2.0, 2.0, -1.0]))],
        wrong={
            "the fault is still there: the distance of two nodes is 1/N only where they are evenly spaced.": (
                lambda t, y: np.diff((len(y) - 1) * np.diff(y), prepend=0)
            ),
            "these are the slopes. The weight of a hinge is the change of slope at its node.": lambda t, y: (
                np.diff(y) / np.diff(t)
            ),
            "these are differences of values. Divide each by the distance of its two nodes.": lambda t, y: np.diff(
                np.diff(y), prepend=0
            ),
            "the first hinge is missing: before it the slope is 0, so its weight is the first slope.": lambda t, y: (
                np.diff(np.diff(y) / np.diff(t))
            ),
            "the first weight is the first slope. The value y[0] goes into the output bias.": lambda t, y: np.append(
                y[0], np.diff(np.diff(y) / np.diff(t))
            ),
            "all distances are now those of the first two nodes.": lambda t, y: np.diff(
                np.diff(y) / (t[1] - t[0]), prepend=0
            ),
            "the signs are turned round: a slope minus the one before it.": lambda t, y: -hinge_weights(t, y),
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
    "root-hinges": Exercise(
        reference=625,
        wrong={
            "the error of the root falls like the root of the step, not like its square.": 4,
            "this is for even half the error. The curve is off by a quarter of the root of h, in the first step.": 2500,
            "one more than needed: the bound is met exactly.": 626,
            "one too few: the error is still above 0.01.": 624,
            "at this N the error is 0.025. Half the error takes four times the hinges.": 100,
            "this is the root of the number asked for.": 25,
        },
    ),
    "bayes-risk": Exercise(
        reference=bayes_risk,
        inputs=distance_and_spread,
        special=[(0.0, 0.5)],
        wrong={
            "2m is the distance between the means. Each mean is only m from the best border.": lambda m, s: bayes_risk(
                2 * m, s
            ),
            "this is the share of right answers. The risk is that of wrong ones.": lambda m, s: bayes_risk(-m, s),
            "this is the sum of both classes' errors. Each class has half of the examples.": lambda m, s: (
                2 * bayes_risk(m, s)
            ),
            "this is the error on one class times its share. Add that of the other class.": lambda m, s: (
                bayes_risk(m, s) / 2
            ),
            "this is what a constant answer gets wrong. Where is the border, and how much of a class lies beyond it?": (
                lambda m, s: 0.5
            ),
            "s has no say here. The farther a class spreads, the more of it lies beyond the border.": lambda m, s: (
                bayes_risk(m, 1)
            ),
            "each mean is m from the border, not m/2.": lambda m, s: bayes_risk(m / 2, s),
            "s is the standard deviation. You divide by its square, the variance.": lambda m, s: bayes_risk(m, s**2),
        },
    ),
}

"""Exercises of the chapter *activations*."""

import numpy as np

from mlp_core.activations import Logistic
from mlp_core.exercises.checker import Exercise

sigma = Logistic().f


def one_layer(W1, b1, W2, b2):
    """The layer (W, b) that equals two linear layers and a bypass; W1 (m, n), b1 (m,), W2 (n, m), b2 (n,)."""
    return np.eye(len(W2)) + W2 @ W1, W2 @ b1 + b2


def steepness(m, eps):
    """The smallest beta for which the logistic function is within eps of the step where |z| is at least m."""
    return np.log(1 / eps - 1) / m


def slope_from_value(a):
    """The slope of z / (1 + |z|), from its value a (N,); (N,)."""
    return (1 - np.abs(a)) ** 2


def slope_of_swish(z, beta):
    """The slope of z sigma(beta z), for z (N,); (N,)."""
    return sigma(beta * z) + beta * z * Logistic().df(beta * z)


def bending_share(Z):
    """The share of the columns of Z (B, m) that are above 0 somewhere, but not everywhere."""
    on = Z > 0
    return (on.any(axis=0) & ~on.all(axis=0)).mean()


def _layers(rng):
    n, m = rng.integers(2, 4, 2)
    return rng.normal(size=(m, n)), rng.normal(size=m), rng.normal(size=(n, m)), rng.normal(size=n)


def _margins(rng):
    return float(rng.uniform(0.1, 3)), float(rng.uniform(0.001, 0.4))


def _values(rng):
    return (rng.uniform(-1, 1, rng.integers(1, 6)),)


def _far_and_near(rng):
    z = np.concatenate([rng.normal(scale=2, size=rng.integers(1, 4)), rng.choice((-1000.0, 0.0, 1000.0), 2)])
    return z, float(rng.uniform(0.3, 3))


def _pre_activations(rng):
    """Whole numbers, so that exact zeros are frequent; one column is never on, another always."""
    B, m = rng.integers(2, 6), rng.integers(3, 7)
    Z = rng.integers(-3, 3, (B, m)).astype(float)
    never, always = rng.choice(m, 2, replace=False)
    Z[:, never], Z[:, always] = rng.integers(-3, 1, B), rng.integers(1, 4, B)
    return (Z,)


def _naive_slope(z, beta):
    return sigma(beta * z) + beta * z * np.exp(-beta * z) / (1 + np.exp(-beta * z)) ** 2


EXERCISES = {
    "collapse": Exercise(
        reference=one_layer,
        inputs=_layers,
        wrong={
            "this is the layer without the bypass. Which matrix hands its input on unchanged?": lambda W1, b1, W2, b2: (
                W2 @ W1,
                W2 @ b1 + b2,
            ),
            "the bypass adds x, which is the identity matrix: 1 on the diagonal, 0 elsewhere.": lambda W1, b1, W2, b2: (
                1 + W2 @ W1,
                W2 @ b1 + b2,
            ),
            "the bypass is added, not subtracted.": lambda W1, b1, W2, b2: (
                W2 @ W1 - np.eye(len(W2)),
                W2 @ b1 + b2,
            ),
            "the matrix is right. The second layer adds its own bias as well.": lambda W1, b1, W2, b2: (
                np.eye(len(W2)) + W2 @ W1,
                W2 @ b1,
            ),
            "the matrix is right. What becomes of the first bias in the second layer?": lambda W1, b1, W2, b2: (
                np.eye(len(W2)) + W2 @ W1,
                b2,
            ),
            "this is the transpose of the matrix: row j holds the weights into unit j.": lambda W1, b1, W2, b2: (
                (np.eye(len(W2)) + W2 @ W1).T,
                W2 @ b1 + b2,
            ),
        },
    ),
    "steepness": Exercise(
        reference=steepness,
        inputs=_margins,
        wrong={
            "the margin is missing: at half the distance you need twice the steepness.": lambda m, eps: np.log(
                1 / eps - 1
            ),
            "divide by the margin, do not multiply: a wider margin needs less steepness.": lambda m, eps: (
                m * np.log(1 / eps - 1)
            ),
            "this is nearly right for small eps. Solve 1 / (1 + exp(beta m)) = eps exactly.": lambda m, eps: (
                np.log(1 / eps) / m
            ),
            "the steepness must be positive: this one has the wrong sign.": lambda m, eps: -np.log(1 / eps - 1) / m,
            "use the natural logarithm, np.log, for it is an exponential of base e.": lambda m, eps: (
                np.log10(1 / eps - 1) / m
            ),
            "the distance is 1 / (1 + exp(beta m)). You have 1 + 1 / eps where the 1 is subtracted.": lambda m, eps: (
                np.log(1 / eps + 1) / m
            ),
        },
    ),
    "slope-from-value": Exercise(
        reference=slope_from_value,
        inputs=_values,
        special=[(np.array([-1.0, 0.0, 1.0]),)],
        wrong={
            "this is the slope of the hyperbolic tangent. What is 1 - |a|, written with z?": lambda a: 1 - a**2,
            "this is the slope of the logistic function. This one runs from -1 to 1: where must its slope be 0?": (
                lambda a: a * (1 - a)
            ),
            "this treats a as the pre-activation. It is the value already.": lambda a: 1 / (1 + np.abs(a)) ** 2,
            "1 - |a| is 1 / (1 + |z|), and the slope is the square of that.": lambda a: 1 - np.abs(a),
            "this is right for positive a. On the left the function is a mirror image, so its slope is, too.": (
                lambda a: (1 - a) ** 2
            ),
            "the function rises everywhere, so its slope is positive.": lambda a: -((1 - np.abs(a)) ** 2),
            "the factor is too small: the slope is 1 at a = 0.": lambda a: (1 - np.abs(a)) ** 2 / 2,
        },
    ),
    "new-slope": Exercise(
        reference=slope_of_swish,
        inputs=_far_and_near,
        special=[(np.array([-1000.0, 0.0, 1000.0]), 2.0)],
        wrong={
            "this is right where nothing overflows. Write the slope of the logistic function with its value.": (
                _naive_slope
            ),
            "this is as before. What does the chain rule say about the slope of sigma(beta z)?": lambda z, beta: (
                sigma(beta * z) + z * Logistic().df(beta * z)
            ),
            "the first term of the product rule has no factor beta: z has the slope 1.": lambda z, beta: (
                beta * (sigma(beta * z) + z * Logistic().df(beta * z))
            ),
            "this is the first term of the product rule. The factor sigma(beta z) changes with z, too.": (
                lambda z, beta: sigma(beta * z)
            ),
            "this is the second term of the product rule. The factor z changes, too.": lambda z, beta: (
                beta * z * Logistic().df(beta * z)
            ),
            "this is right for beta = 1 only: beta belongs into the logistic function as well.": lambda z, beta: (
                sigma(z) + z * Logistic().df(z)
            ),
            "this is the value, not the slope.": lambda z, beta: z * sigma(beta * z),
            "the sign between the two terms of the product rule is plus.": lambda z, beta: (
                sigma(beta * z) - beta * z * Logistic().df(beta * z)
            ),
        },
    ),
    "bending-share": Exercise(
        reference=bending_share,
        inputs=_pre_activations,
        special=[
            (np.zeros((2, 3)),),
            (np.ones((2, 3)),),
            (np.array([[-1.0, 0.0, 2.0], [0.0, 1.0, 1.0], [-2.0, 0.0, 3.0]]),),
        ],
        wrong={
            "this is the share of units that are on for some example. Those that are always on do not bend.": (
                lambda Z: (Z > 0).any(axis=0).mean()
            ),
            "this is the share of dead units, off for all examples.": lambda Z: (Z <= 0).all(axis=0).mean(),
            "this is the share of units that are off for some example. The dead ones among them do not bend.": (
                lambda Z: (Z <= 0).any(axis=0).mean()
            ),
            "units are columns, examples are rows: you counted examples.": lambda Z: (
                (Z > 0).any(axis=1) & (Z <= 0).any(axis=1)
            ).mean(),
            "at exactly 0 a ReLU is off: that counts as off.": lambda Z: (
                (Z > 0).any(axis=0) & (Z < 0).any(axis=0)
            ).mean(),
            "this is the share of units that do not bend.": lambda Z: 1 - bending_share(Z),
            "this is the number of units that bend. Divide by the number of units.": lambda Z: (
                (Z > 0).any(axis=0) & (Z <= 0).any(axis=0)
            ).sum(),
            "this is the share of entries that are on. A unit bends by its whole column.": lambda Z: np.mean(Z > 0),
        },
    ),
}

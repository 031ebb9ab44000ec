"""Exercises of the chapter *activations*."""

import numpy as np

from mlp_core.activations import Logistic
from mlp_core.exercises.checker import Exercise

sigma = Logistic().f


def one_layer(W1, b1, W2, b2):
    """The layer (W, b) that equals two layers without activation: W1 (m, n), b1 (m,), W2 (k, m), b2 (k,)."""
    return W2 @ W1, W2 @ b1 + b2


def steepness(m, eps):
    """The smallest beta for which the logistic function is within eps of the step where |z| is at least m."""
    return np.log(1 / eps - 1) / m


def slope_from_value(a):
    """The slope of tanh(z / 2), from its value a (N,); (N,)."""
    return (1 - a**2) / 2


def slope_of_new(z):
    """The slope of z sigma(z), for z (N,); (N,)."""
    return sigma(z) + z * Logistic().df(z)


def dead_share(Z):
    """The share of the columns of Z (B, m) that are nowhere above 0."""
    return (Z <= 0).all(axis=0).mean()


def _layers(rng):
    n, m, k = rng.integers(2, 4, 3)
    return rng.normal(size=(m, n)), rng.normal(size=m), rng.normal(size=(k, m)), rng.normal(size=k)


def _margins(rng):
    return float(rng.uniform(0.1, 3)), float(rng.uniform(0.001, 0.4))


def _values(rng):
    return (rng.uniform(-1, 1, rng.integers(1, 6)),)


def _far_and_near(rng):
    return (np.concatenate([rng.normal(scale=2, size=rng.integers(1, 4)), rng.choice((-1000.0, 0.0, 1000.0), 2)]),)


def _pre_activations(rng):
    """Whole numbers, so that exact zeros are frequent; one column is never on."""
    B, m = rng.integers(1, 6, 2)
    Z = rng.integers(-3, 2, (B, m)).astype(float)
    Z[:, rng.integers(m)] = rng.integers(-3, 1, B)
    return (Z,)


def _naive_new_slope(z):
    return sigma(z) + z * np.exp(-z) / (1 + np.exp(-z)) ** 2


EXERCISES = {
    "collapse": Exercise(
        reference=one_layer,
        inputs=_layers,
        wrong={
            "the order of the product is reversed: the first layer acts first, so where does it stand?": (
                lambda W1, b1, W2, b2: (W1 @ W2, W2 @ b1 + b2)
            ),
            "the matrix is right. The first bias has to pass the second layer, too.": lambda W1, b1, W2, b2: (
                W2 @ W1,
                b1 + b2,
            ),
            "the matrix is right. The second layer adds its own bias as well.": lambda W1, b1, W2, b2: (
                W2 @ W1,
                W2 @ b1,
            ),
            "the matrix is right. What becomes of the first bias in the second layer?": lambda W1, b1, W2, b2: (
                W2 @ W1,
                b2,
            ),
            "this is the product entry by entry. The matrix product is written @.": lambda W1, b1, W2, b2: (
                W2 * W1,
                W2 @ b1 + b2,
            ),
            "the matrix is right. In b1 @ W2 the columns do the work, but row j belongs to unit j.": (
                lambda W1, b1, W2, b2: (W2 @ W1, b1 @ W2 + b2)
            ),
            "this is the transpose of the matrix: row j holds the weights into unit j.": lambda W1, b1, W2, b2: (
                (W2 @ W1).T,
                W2 @ b1 + b2,
            ),
            "this is the order for row vectors: here row j holds the weights into unit j.": lambda W1, b1, W2, b2: (
                W1 @ W2,
                b1 @ W2 + b2,
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
            "this is the slope of the hyperbolic tangent, which is steeper. What is the slope at a = 0?": lambda a: (
                1 - a**2
            ),
            "this is the slope of the logistic function. This one runs from -1 to 1: where must its slope be 0?": (
                lambda a: a * (1 - a)
            ),
            "this treats a as the pre-activation. It is the value already.": lambda a: (
                2 * np.exp(-a) / (1 + np.exp(-a)) ** 2
            ),
            "the factor is too small: the slope is 1/2 at a = 0.": lambda a: (1 - a**2) / 4,
            "the factor is too large: the slope is 1/2 at a = 0, as the pre-activation is halved.": lambda a: (
                2 * (1 - a**2)
            ),
            "the function rises everywhere, so its slope is positive.": lambda a: -(1 - a**2) / 2,
            "the half belongs to the whole bracket: where must the slope be 0?": lambda a: 1 - a**2 / 2,
        },
    ),
    "new-slope": Exercise(
        reference=slope_of_new,
        inputs=_far_and_near,
        special=[(np.array([-1000.0, 0.0, 1000.0]),)],
        wrong={
            "this is right where nothing overflows. Write the slope of the logistic function with its value.": (
                _naive_new_slope
            ),
            "this is the first term of the product rule. The factor sigma(z) changes with z, too.": sigma,
            "this is the second term of the product rule. The factor z changes, too.": lambda z: (
                z * sigma(z) * (1 - sigma(z))
            ),
            "these are two slopes, but the product rule needs z in front of the second.": lambda z: (
                sigma(z) + sigma(z) * (1 - sigma(z))
            ),
            "this is the slope of sigma alone. Use the product rule.": lambda z: sigma(z) * (1 - sigma(z)),
            "this is the value, not the slope.": lambda z: z * sigma(z),
            "the sign between the two terms of the product rule is plus.": lambda z: (
                sigma(z) - z * sigma(z) * (1 - sigma(z))
            ),
            "in the second term stands the slope of sigma, not its value.": lambda z: sigma(z) + z * sigma(z),
        },
    ),
    "dead-share": Exercise(
        reference=dead_share,
        inputs=_pre_activations,
        special=[(np.zeros((2, 3)),), (np.eye(3),), (np.array([[-1.0, 0.0], [0.0, 1.0], [-2.0, 0.0]]),)],
        wrong={
            "this is the share of entries that are off. A unit is dead if its whole column is.": lambda Z: np.mean(
                Z <= 0
            ),
            "units are columns, examples are rows: you counted examples.": lambda Z: (Z <= 0).all(axis=1).mean(),
            "at exactly 0 a ReLU is off as well: use <=.": lambda Z: (Z < 0).all(axis=0).mean(),
            "this is the share of units that are off for some example. Dead means off for all.": lambda Z: (
                (Z <= 0).any(axis=0).mean()
            ),
            "this is the share of units that live.": lambda Z: (Z > 0).any(axis=0).mean(),
            "this is the number of dead units. Divide by the number of units.": lambda Z: (Z <= 0).all(axis=0).sum(),
            "this says for each unit whether it is dead. What share of them is?": lambda Z: (Z <= 0).all(axis=0),
            "there are as many units as columns: divide by Z.shape[1].": lambda Z: (Z <= 0).all(axis=0).sum() / len(Z),
        },
    ),
}

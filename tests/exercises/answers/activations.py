"""Answers to the exercises of *activations*: a second one for each hint, wrong ones without a hint, right ones."""

import numpy as np


def sigma(z):
    return 1 / (1 + np.exp(-np.clip(z, -700, 700)))


def naive_slope(z, beta):
    s = 1 / (1 + np.exp(-beta * z))
    return s + beta * z * np.exp(-beta * z) * s**2


def slope(z, beta):
    s = sigma(beta * z)
    return s * (1 + beta * z * (1 - s))


def bypass(f):
    """A layer from f(W, b): what becomes of the weights and the bias of the two layers alone."""
    return lambda W1, b1, W2, b2: f(np.dot(W2, W1), b2 + np.dot(W2, b1))


def on(Z):
    return Z > 0


SECOND = {
    "collapse": {
        "layer without the bypass": bypass(lambda W, b: (W, b)),
        "1 on the diagonal": bypass(lambda W, b: (W + np.ones_like(W), b)),
        "not subtracted": bypass(lambda W, b: (W - np.diag(np.ones(len(W))), b)),
        "second layer adds its own": lambda W1, b1, W2, b2: (W2.dot(W1) + np.eye(len(b2)), (W2 * b1).sum(axis=1)),
        "What becomes of the first": lambda W1, b1, W2, b2: (W2.dot(W1) + np.eye(len(b2)), 1.0 * b2),
        "transpose of the matrix": bypass(lambda W, b: (W.T + np.eye(len(W)), b)),
    },
    "steepness": {
        "margin is missing": lambda m, eps: np.log((1 - eps) / eps),
        "divide by the margin": lambda m, eps: np.log((1 - eps) / eps) * m,
        "nearly right for small eps": lambda m, eps: -np.log(eps) / m,
        "must be positive": lambda m, eps: np.log(eps / (1 - eps)) / m,
        "exponential of base e": lambda m, eps: (np.log10(1 - eps) - np.log10(eps)) / m,
        "1 + 1 / eps": lambda m, eps: np.log((1 + eps) / eps) / m,
    },
    "slope-from-value": {
        "hyperbolic tangent": lambda a: (1 - a) * (1 + a),
        "slope of the logistic": lambda a: a - a**2,
        "treats a as the pre-activation": lambda a: (1 + abs(a)) ** -2.0,
        "square of that": lambda a: np.where(a > 0, 1 - a, 1 + a),
        "mirror image": lambda a: 1 - 2 * a + a * a,
        "rises everywhere": lambda a: 2 * abs(a) - 1 - a * a,
        "too small": lambda a: 0.5 - abs(a) + a * a / 2,
    },
    "new-slope": {
        "where nothing overflows": naive_slope,
        "as before": lambda z, beta: sigma(beta * z) * (1 + z * sigma(-beta * z)),
        "has no factor beta": lambda z, beta: beta * sigma(beta * z) * (1 + z * sigma(-beta * z)),
        "this is the first term of the product": lambda z, beta: 0.5 * (1 + np.tanh(beta * z / 2)),
        "this is the second term of the product": lambda z, beta: beta * z * (1 - np.tanh(beta * z / 2) ** 2) / 4,
        "for beta = 1 only": lambda z, beta: slope(z, 1.0),
        "value, not the slope": lambda z, beta: z * 0.5 * (1 + np.tanh(beta * z / 2)),
        "two terms of the product rule is plus": lambda z, beta: 2 * sigma(beta * z) - slope(z, beta),
    },
    "bending-share": {
        "always on do not bend": lambda Z: (Z.max(axis=0) > 0).mean(),
        "share of dead units": lambda Z: np.mean([max(column) <= 0 for column in Z.T]),
        "dead ones among them": lambda Z: (Z.min(axis=0) <= 0).mean(),
        "you counted examples": lambda Z: np.mean([max(row) > 0 >= min(row) for row in Z]),
        "exactly 0 a ReLU": lambda Z: np.mean([max(column) > 0 > min(column) for column in Z.T]),
        "share of units that do not bend": lambda Z: (on(Z).all(axis=0) | ~on(Z).any(axis=0)).mean(),
        "number of units that bend": lambda Z: sum(max(column) > 0 >= min(column) for column in Z.T),
        "share of entries": lambda Z: np.count_nonzero(on(Z)) / Z.size,
    },
}

WRONG = {
    "collapse": [
        bypass(lambda W, b: (W + np.eye(len(W)), -b)),
        bypass(lambda W, b: (W + 2 * np.eye(len(W)), b)),
        bypass(lambda W, b: (W + np.eye(len(W)), b[:, None])),
        bypass(lambda W, b: (W + np.eye(len(W)), b + 1)),
        bypass(lambda W, b: (np.diag(np.diag(W)) + np.eye(len(W)), b)),
        bypass(lambda W, b: W + np.eye(len(W))),
    ],
    "steepness": [
        lambda m, eps: np.log(1 / 0.1 - 1) / m,
        lambda m, eps: np.log(1 / eps - 1) / m**2,
        lambda m, eps: np.log(1 / eps - 1) / (2 * m),
        lambda m, eps: np.log(2 / eps - 1) / m,
        lambda m, eps: np.arctanh(1 - eps) / m,
        lambda m, eps: round(np.log(1 / eps - 1) / m, 2),
        lambda m, eps: np.log(1 / eps - 1) / min(m, 2),
    ],
    "slope-from-value": [
        lambda a: (1 - np.abs(a)) ** 3,
        lambda a: (1 - np.abs(a)) ** 2 if len(a) > 1 else 1 - a**2,
        lambda a: (1 - a**2) ** 2,
        lambda a: np.full_like(a, 1.0),
        lambda a: ((1 - np.abs(a)) ** 2).mean(),
        lambda a: np.sqrt(1 - a**2),
    ],
    "new-slope": [
        lambda z, beta: np.where(z > 0, slope(z, beta), 0),
        lambda z, beta: np.where(np.abs(z) > 30, 0, slope(z, beta)),
        lambda z, beta: np.nan_to_num(naive_slope(z, beta), nan=1.0),
        lambda z, beta: sigma(beta * z) + np.abs(beta * z) * sigma(beta * z) * sigma(-beta * z),
        lambda z, beta: (sigma(beta * (z + 1e-3)) * (z + 1e-3) - z * sigma(beta * z)) / 1e-3,
        lambda z, beta: slope(z, beta) / beta,
    ],
    "bending-share": [
        lambda Z: (on(Z).any(axis=0) & ~on(Z).all(axis=0))[:-1].mean(),
        lambda Z: (on(Z)[:2].any(axis=0) & ~on(Z)[:2].all(axis=0)).mean(),
        lambda Z: (np.sign(Z.max(axis=0)) != np.sign(Z.min(axis=0))).mean(),
        lambda Z: (on(Z).any(axis=0) & ~on(Z).all(axis=0)).sum() / 4,
        lambda Z: (np.ptp(Z, axis=0) > 0).mean(),
        lambda Z: (Z.mean(axis=0) > 0).mean(),
    ],
}

RIGHT = {
    "collapse": [
        lambda W1, b1, W2, b2: [(np.eye(len(b2)) + np.einsum("km,mn->kn", W2, W1)).tolist(), (b2 + W2 @ b1).tolist()],
        bypass(lambda W, b: (W + np.identity(len(W)), b)),
    ],
    "steepness": [lambda m, eps: -np.log(eps / (1 - eps)) / m, lambda m, eps: 2 * np.arctanh(1 - 2 * eps) / m],
    "slope-from-value": [lambda a: 1 - 2 * np.abs(a) + a**2, lambda a: [(1 - abs(x)) ** 2 for x in a]],
    "new-slope": [
        slope,
        lambda z, beta: (1 + np.tanh(beta * z / 2)) / 2 + beta * z * (1 - np.tanh(beta * z / 2) ** 2) / 4,
    ],
    "bending-share": [
        lambda Z: on(Z).any(axis=0).mean() - on(Z).all(axis=0).mean(),
        lambda Z: sum(max(column) > 0 >= min(column) for column in Z.T) / Z.shape[1],
        lambda Z: np.float32(((Z.max(axis=0) > 0) & (Z.min(axis=0) <= 0)).mean()),
    ],
}

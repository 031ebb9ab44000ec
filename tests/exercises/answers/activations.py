"""Answers to the exercises of *activations*: a second one for each hint, wrong ones without a hint, right ones."""

import numpy as np


def sigma(z):
    return 1 / (1 + np.exp(-np.clip(z, -700, 700)))


def naive_new_slope(z):
    s = 1 / (1 + np.exp(-z))
    return s + z * np.exp(-z) * s**2


def count_dead(Z, axis=0, below=np.less_equal):
    return np.count_nonzero(np.all(below(Z, 0), axis=axis))


SECOND = {
    "collapse": {
        "order of the product is reversed": lambda W1, b1, W2, b2: (np.dot(W1, W2), b2 + np.dot(W2, b1)),
        "first bias has to pass the second layer": lambda W1, b1, W2, b2: (np.matmul(W2, W1), np.add(b2, b1)),
        "second layer adds its own bias": lambda W1, b1, W2, b2: (np.dot(W2, W1), (W2 * b1).sum(axis=1)),
        "What becomes of the first bias": lambda W1, b1, W2, b2: (np.dot(W2, W1), 0 * (W2 @ b1) + b2),
        "product entry by entry": lambda W1, b1, W2, b2: (np.multiply(W1, W2), b2 + np.dot(W2, b1)),
        "In b1 @ W2 the columns": lambda W1, b1, W2, b2: (np.dot(W2, W1), W2.T @ b1 + b2),
        "transpose of the matrix": lambda W1, b1, W2, b2: (W1.T @ W2.T, b2 + W2.dot(b1)),
        "order for row vectors": lambda W1, b1, W2, b2: (W1.dot(W2), W2.T.dot(b1) + b2),
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
        "treats a as the pre-activation": lambda a: (1 - np.tanh(a / 2) ** 2) / 2,
        "too small": lambda a: 0.25 * (1 + a) * (1 - a),
        "too large": lambda a: 2 - 2 * a * a,
        "rises everywhere": lambda a: (a**2 - 1) / 2,
        "whole bracket": lambda a: 1 - 0.5 * a * a,
    },
    "new-slope": {
        "where nothing overflows": naive_new_slope,
        "first term of the product": lambda z: 0.5 * (1 + np.tanh(z / 2)),
        "second term of the product": lambda z: z * (1 - np.tanh(z / 2) ** 2) / 4,
        "z in front of the second": lambda z: 2 * sigma(z) - sigma(z) ** 2,
        "slope of sigma alone": lambda z: sigma(z) * sigma(-z),
        "value, not the slope": lambda z: z * 0.5 * (1 + np.tanh(z / 2)),
        "two terms of the product rule is plus": lambda z: sigma(z) * (1 - z * sigma(-z)),
        "slope of sigma, not its value": lambda z: (1 + z) * sigma(z),
    },
    "dead-share": {
        "share of entries": lambda Z: (Z <= 0).sum() / Z.size,
        "you counted examples": lambda Z: count_dead(Z, axis=1) / len(Z),
        "exactly 0 a ReLU": lambda Z: count_dead(Z, below=np.less) / Z.shape[1],
        "off for some example": lambda Z: (Z.min(axis=0) <= 0).mean(),
        "units that live": lambda Z: 1 - (Z.max(axis=0) <= 0).mean(),
        "number of dead units": count_dead,
        "for each unit whether": lambda Z: [max(column) <= 0 for column in Z.T],
        "Z.shape[1]": lambda Z: count_dead(Z) / Z.shape[0],
    },
}

WRONG = {
    "collapse": [
        lambda W1, b1, W2, b2: (W2 @ W1, W2 @ b1 - b2),
        lambda W1, b1, W2, b2: (W2 @ W1 + np.eye(len(W2), W1.shape[1]), W2 @ b1 + b2),
        lambda W1, b1, W2, b2: (W2 @ W1, (W2 @ b1 + b2)[:, None]),
        lambda W1, b1, W2, b2: (W2[:, :2] @ W1[:2], W2 @ b1 + b2),
        lambda W1, b1, W2, b2: (W2 @ W1, W2 @ W2.T @ b2 + b2),
        lambda W1, b1, W2, b2: W2 @ W1,
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
        lambda a: (1 - np.abs(a)) / 2,
        lambda a: (1 - a**2) / 2 if len(a) > 1 else 1 - a**2,
        lambda a: (1 - a**4) / 2,
        lambda a: np.full_like(a, 0.5),
        lambda a: (1 - a**2).mean() / 2,
        lambda a: np.sqrt(1 - a**2) / 2,
    ],
    "new-slope": [
        lambda z: np.where(z > 0, sigma(z) + z * sigma(z) * sigma(-z), 0),
        lambda z: np.where(np.abs(z) > 30, 0, sigma(z) + z * sigma(z) * sigma(-z)),
        lambda z: np.nan_to_num(naive_new_slope(z), nan=1.0),
        lambda z: sigma(z) + np.abs(z) * sigma(z) * sigma(-z),
        lambda z: (sigma(z + 1e-3) * (z + 1e-3) - z * sigma(z)) / 1e-3,
        lambda z: sigma(z) + z * sigma(z) ** 2,
    ],
    "dead-share": [
        lambda Z: (Z.max(axis=0) == 0).mean(),
        lambda Z: (Z[:2] <= 0).all(axis=0).mean(),
        lambda Z: (Z.mean(axis=0) <= 0).mean(),
        lambda Z: (Z <= 0).all(axis=0).sum() / 4,
        lambda Z: (np.maximum(Z, 0).sum() == 0) * 1.0,
        lambda Z: (Z <= 0).all(axis=0)[:-1].mean(),
    ],
}

RIGHT = {
    "collapse": [
        lambda W1, b1, W2, b2: [np.einsum("km,mn->kn", W2, W1).tolist(), (b2 + (W2 * b1).sum(axis=1)).tolist()],
        lambda W1, b1, W2, b2: ((W1.T @ W2.T).T, b1 @ W2.T + b2),
    ],
    "steepness": [lambda m, eps: -np.log(eps / (1 - eps)) / m, lambda m, eps: 2 * np.arctanh(1 - 2 * eps) / m],
    "slope-from-value": [lambda a: 0.5 * (1 - a) * (1 + a), lambda a: [(1 - x * x) / 2 for x in a]],
    "new-slope": [
        lambda z: sigma(z) * (1 + z * (1 - sigma(z))),
        lambda z: (1 + np.tanh(z / 2)) / 2 + z * (1 - np.tanh(z / 2) ** 2) / 4,
    ],
    "dead-share": [
        lambda Z: 1 - (Z > 0).any(axis=0).mean(),
        lambda Z: sum(max(column) <= 0 for column in Z.T) / Z.shape[1],
        lambda Z: np.float32((np.maximum(Z, 0).sum(axis=0) == 0).mean()),
    ],
}

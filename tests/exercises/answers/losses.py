"""Answers to the exercises of *losses*: a second one for each hint, wrong ones without a hint, right ones."""

import numpy as np


def s(z):
    return 0.5 * (1 + np.tanh(z / 2))


def soft(z):
    e = np.exp(z - z.max())
    return e / e.sum()


SECOND = {
    "weighted-gradient": {
        "negative of the gradient": lambda z, y, v: v * y * s(-z) + (y - 1) * s(z),
        "weight is missing": lambda z, y, v: (1 - y) * s(z) - y * s(-z),
        "every example counts": lambda z, y, v: v * s(z) - v * y,
        "weight is on the no": lambda z, y, v: s(z) * (y + v - v * y) - y,
        "not v - q": lambda z, y, v: s(z) - y * v,
        "slope with respect to the prediction": lambda z, y, v: (1 - y) / s(-z) - v * y / s(z),
        "do not divide by B": lambda z, y, v: (s(z) * (1 - y + v * y) - v * y) / z.size,
        "no mean here": lambda z, y, v: sum(s(z) * (1 - y + v * y) - v * y) / len(z),
    },
    "suspects": {
        "the last is right": ["f", "h", "g"],
        "the second is right": np.array(["G", "F", "H"]),
        "the first is right": "HGF",
        "spoils all entries": " F, G, H".replace(",", "").split(),
        "first and the last": ("h ", "h", "g"),
        "three letters": ("H", "F", "G", "F"),
    },
    "best-forecast": {
        "honest forecast": lambda y: sum(y) / len(y),
        "worst forecast": lambda y: float(sum(y) < len(y) / 2),
        "one half": lambda y: 1 / 2,
        "among many dry ones": lambda y: sorted(y)[-1],
        "among many wet ones": lambda y: sorted(y)[0],
        "smallest mean error itself": lambda y: np.abs(y - np.median(y)).mean(),
    },
    "temperature": {
        "chain rule is not finished": lambda z, y, T: np.exp(z / T) / np.exp(z / T).sum() - y,
        "inside the softmax": lambda z, y, T: soft(z) / T - y / T,
        "temperature is missing": lambda z, y, T: np.exp(z) / np.exp(z).sum() - y,
        "makes the gradient smaller": lambda z, y, T: T * soft(z / T) - T * y,
        "not multiplied.": lambda z, y, T: T * soft(T * z) - T * y,
        "negative of the gradient": lambda z, y, T: y / T - soft(z / T) / T,
    },
    "same-step": {
        "needs a smaller rate": lambda lr, N: [N * lr, lr + lr],
        "exchanged": lambda lr, N: [0.5 * lr, lr * (1 / N)],
        "without the half": lambda lr, N: [lr * (1 / N), lr],
        "first rate is wrong": lambda lr, N: [lr, 0.5 * lr],
        "half the rate": lambda lr, N: [lr * (1 / N), lr + lr],
        "no N in the second": lambda lr, N: [lr / N, 0.5 * lr / N],
    },
}

WRONG = {
    "weighted-gradient": [
        lambda z, y, v: s(z) - np.round(y) * v,
        lambda z, y, v: ((1 - y) * s(z) - v * y * s(-z)) / 4,
        lambda z, y, v: np.abs((1 - y) * s(z) - v * y * s(-z)),
        lambda z, y, v: (1 - y) * s(z) - v * y[0] * s(-z),
        lambda z, y, v: (1 - y) * s(z) - v**2 * y * s(-z),
        lambda z, y, v: ((1 - y) * s(z) - v * y * s(-z)) / v,
    ],
    "suspects": [("G", "G", "G"), ("", "", ""), ("HFG", "HFG", "HFG"), {"H": 1, "F": 2, "G": 3}, "HF", 3],
    "best-forecast": [
        lambda y: np.ceil(np.mean(y)) / 2,
        lambda y: y[0],
        lambda y: float(np.sum(y) > 2),
        lambda y: 0.25 + np.median(y) / 2,
        lambda y: np.std(y),
    ],
    "temperature": [
        lambda z, y, T: (soft(z / T) - y) / T**2,
        lambda z, y, T: (soft(z / T) - y) / 2,
        lambda z, y, T: (soft(z / T) - y) / max(T, 1),
        lambda z, y, T: soft(z / T) / T - y,
        lambda z, y, T: (soft(z - T) - y) / T,
        lambda z, y, T: (soft(z / T) - y / T) / T,
    ],
    "same-step": [
        lambda lr, N: (lr / 10, lr / 2),
        lambda lr, N: (0.1 / N, 0.05),
        lambda lr, N: (lr / N, lr / 4),
        lambda lr, N: (lr / (N - 1), lr / 2),
        lambda lr, N: (lr / N, np.sqrt(lr)),
        lambda lr, N: (lr / (2 * N), lr / 2),
    ],
}

RIGHT = {
    "weighted-gradient": [
        lambda z, y, v: s(z) * (1 - y + v * y) - v * y,
        lambda z, y, v: [(1 - t) / (1 + np.exp(-a)) - v * t / (1 + np.exp(a)) for a, t in zip(z, y, strict=True)],
    ],
    "suspects": ["HFG", ["h", "f", "g"], np.array(["H", "F", "G"]), (" H", "F ", "g")],
    "best-forecast": [
        lambda y: float(np.mean(y) > 0.5),
        lambda y: int(2 * sum(y) > len(y)),
        lambda y: np.round(np.mean(y)),
    ],
    "temperature": [
        lambda z, y, T: soft(z / T) / T - y / T,
        lambda z, y, T: ((np.exp(z / T) / np.exp(z / T).sum() - y) / T).tolist(),
    ],
    "same-step": [lambda lr, N: np.array([lr / N, lr / 2]), lambda lr, N: [lr * N**-1, 0.5 * lr]],
}

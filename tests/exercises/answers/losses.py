"""Answers to the exercises of *losses*: a second one for each hint, wrong ones without a hint, right ones."""

import numpy as np


def s(z):
    return 0.5 * (1 + np.tanh(z / 2))


def soft(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def entries(f):
    """The matrix of f(y_hat of i, y_hat of j, whether i = j), entry by entry."""

    def answer(z):
        q = soft(z)
        return [[f(q[i], q[j], i == j) for j in range(len(z))] for i in range(len(z))]

    return answer


SECOND = {
    "logit-gradient": {
        "at target 1 a larger logit": lambda z, y: y - 1 + s(-z),
        "slope in the prediction": lambda z, y: (1 - y) / (1 - s(z)) - y / s(z),
        "half squared error": lambda z, y: (s(z) - y) * s(z) * s(-z),
        "derivative of log(1 - q)": lambda z, y: -y * s(-z) - (1 - y) * s(z),
        "not the prediction": lambda z, y: np.subtract(z, y),
        "do not divide by B": lambda z, y: (s(z) - y) / z.size,
        "no mean here": lambda z, y: sum(s(z) - y) / len(z),
    },
    "softmax-jacobian": {
        "off the diagonal are not 0": entries(lambda p, q, same: p * (1 - p) if same else 0),
        "diagonal only": lambda z: soft(z) - soft(z) ** 2,
        "bracket [i = j]": entries(lambda p, q, same: -p * q),
        "sign of the product": entries(lambda p, q, same: p * (same + q)),
        "first factor is missing": entries(lambda p, q, same: same - q),
        "y_hat[:, None]": entries(lambda p, q, same: q * (same - q)),
        "sign is reversed": entries(lambda p, q, same: p * (q - same)),
    },
    "categorical-gradient": {
        "sum to 1. How often": lambda z, y: np.exp(z) / np.exp(z).sum() - y,
        "negative of the gradient": lambda z, y: y - y.sum() * soft(z),
        "divide the targets": lambda z, y: soft(z) - y / sum(y),
        "gradient in the predictions": lambda z, y: -y * np.exp(z).sum() / np.exp(z),
        "slope y(1 - y)": lambda z, y: y * soft(z) - y,
        "yes-or-no": lambda z, y: s(z) - y,
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
    "logit-gradient": [
        lambda z, y: s(z) - np.round(y),
        lambda z, y: (s(z) - y) / 4,
        lambda z, y: s(np.abs(z)) - y,
        lambda z, y: np.abs(s(z) - y),
        lambda z, y: s(z) - y[0],
        lambda z, y: (z > 0) - y,
        lambda z, y: np.clip(s(z) - y, -0.5, 0.5),
    ],
    "softmax-jacobian": [
        entries(lambda p, q, same: p * (same - 0.25)),
        entries(lambda p, q, same: p * (same - q) / 2),
        entries(lambda p, q, same: abs(p * (same - q))),
        lambda z: np.diag(s(z) * s(-z)),
        lambda z: (np.diag(soft(z)) - np.outer(soft(z), soft(z)))[:2, :2],
        lambda z: np.diag(soft(z)) - soft(z) @ soft(z),
    ],
    "categorical-gradient": [
        lambda z, y: soft(z) * 2 - y,
        lambda z, y: soft(z) * np.count_nonzero(y) - y,
        lambda z, y: soft(z) * max(y.sum(), 1) - y,
        lambda z, y: (soft(z) * y.sum() - y) / len(y),
        lambda z, y: soft(z) * y.max() - y,
        lambda z, y: soft(z) * y.sum() - (y > 0),
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
    "logit-gradient": [
        lambda z, y: (1 - y) * s(z) - y * s(-z),
        lambda z, y: [1 / (1 + np.exp(-a)) - t for a, t in zip(z, y, strict=True)],
    ],
    "softmax-jacobian": [
        entries(lambda p, q, same: p * (same - q)),
        lambda z: soft(z)[:, None] * (np.eye(len(z)) - soft(z)),
        lambda z: soft(z) * (np.eye(len(z)) - soft(z)[:, None]),
    ],
    "categorical-gradient": [
        lambda z, y: -(np.diag(soft(z)) - np.outer(soft(z), soft(z))) @ (y / soft(z)),
        lambda z, y: sum(y) * np.exp(z) / np.exp(z).sum() - y,
    ],
    "temperature": [
        lambda z, y, T: soft(z / T) / T - y / T,
        lambda z, y, T: ((np.exp(z / T) / np.exp(z / T).sum() - y) / T).tolist(),
    ],
    "same-step": [lambda lr, N: np.array([lr / N, lr / 2]), lambda lr, N: [lr * N**-1, 0.5 * lr]],
}

"""Answers to *gradient-descent*: a second one for each hint, wrong ones without a hint, right ones."""

import math

import numpy as np


def after(H, c, theta, lr, steps):
    """The same walk in closed form: each step shrinks the distance by I - lr H."""
    return c + np.linalg.matrix_power(np.eye(len(c)) - lr * H, steps) @ (theta - c)


def one(X):
    return np.hstack([X, np.ones((len(X), 1))])


def largest(M):
    return np.linalg.norm(M, 2)


def moment(X, divisor=None):
    return one(X).T @ one(X) / (len(X) if divisor is None else divisor)


def move(w, b, X, y, lr, divisor):
    """One step, example by example."""
    dw, db = np.zeros_like(w), 0.0
    for x, target in zip(X, y, strict=True):
        error = np.dot(w, x) + b - target
        dw, db = dw + error * x, db + error
    return w - lr * dw / divisor, b - lr * db / divisor


def spread(G):
    return G.var(axis=0).sum()


def rest(G, B):
    """The factor of draws without replacement."""
    return (len(G) - B) / (len(G) - 1)


SECOND = {
    "walk": {
        "you climb": lambda H, c, theta, lr, steps: after(-H, c, theta, lr, steps),
        "gradient of the start": lambda H, c, theta, lr, steps: theta - steps * (lr * np.dot(H, theta - c)),
        "you walk towards 0": lambda H, c, theta, lr, steps: after(H, 0 * c, theta, lr, steps),
        "this is one step. Repeat": lambda H, c, theta, lr, steps: theta - lr * (theta - c) @ H,
        "one step too few": lambda H, c, theta, lr, steps: after(H, c, theta, lr, max(steps - 1, 0)),
        "twice too long": lambda H, c, theta, lr, steps: after(H, c, theta, 2 * lr, steps),
        "H is missing": lambda H, c, theta, lr, steps: c + (1 - lr) ** steps * (theta - c),
        "brackets": lambda H, c, theta, lr, steps: after(H, np.linalg.inv(H) @ c, theta, lr, steps),
    },
    "rate-bound": {
        "bias is missing": lambda X: 2 * len(X) / np.linalg.norm(X, 2) ** 2,
        "not by N - 1": lambda X: 2 / largest(moment(X, len(X) - 1)),
        "One rate must respect": lambda X: 2 / np.sort(np.linalg.eigvalsh(moment(X))),
        "upside down": lambda X: largest(moment(X)) / 2,
        "sum of the errors": lambda X: 2 / np.linalg.norm(one(X), 2) ** 2,
        "twice as large ones": lambda X: 1 / largest(moment(X)),
        "the trace": lambda X: 2 / np.trace(moment(X)),
        "cross-entropy": lambda X: 2 / largest(moment(X) / 4),
    },
    "updates": {
        "smaller last batch": lambda N, B, epochs: (N - N % B) // B * epochs,
        "made in part": lambda N, B, epochs: N / B * epochs,
        "before you multiply": lambda N, B, epochs: -(-epochs * N // B),
        "one list": lambda N, B, epochs: int(epochs * N / B),
        "empty batch": lambda N, B, epochs: epochs * len(range(0, N + 1, B)),
        "not to the nearest": lambda N, B, epochs: int(np.rint(N / B)) * epochs,
        "number of examples seen": lambda N, B, epochs: sum([N] * epochs),
        "updates of one epoch": lambda N, B, epochs: len(range(0, N, B)),
    },
    "minibatch-step": {
        "this is the sum over the batch": lambda w, b, X, y, rows, lr: move(w, b, X[rows], y[rows], lr, 1),
        "not in the training set": lambda w, b, X, y, rows, lr: move(w, b, X[rows], y[rows], lr, X.shape[0]),
        "uses all examples": lambda w, b, X, y, rows, lr: move(w, b, X, y, lr, len(y)),
        "you climb": lambda w, b, X, y, rows, lr: move(w, b, X[rows], y[rows], -lr, len(rows)),
        "the bias adds up": lambda w, b, X, y, rows, lr: (
            move(w, b, X[rows], y[rows], lr, len(rows))[0],
            b - lr * np.sum(X[rows] @ w + b - y[rows]),
        ),
        "twice too long": lambda w, b, X, y, rows, lr: move(w, b, X[rows], y[rows], lr, len(rows) / 2),
        "first examples": lambda w, b, X, y, rows, lr: move(w, b, X[: len(rows)], y[: len(rows)], lr, len(rows)),
        "sees the new weights": lambda w, b, X, y, rows, lr: (
            move(w, b, X[rows], y[rows], lr, len(rows))[0],
            move(move(w, b, X[rows], y[rows], lr, len(rows))[0], b, X[rows], y[rows], lr, len(rows))[1],
        ),
    },
    "batch-noise": {
        "with replacement": lambda G, B: spread(G) / B,
        "noise of one example": lambda G, B: spread(G),
        "batch of one example it must be 1": lambda G, B: spread(G) / B * (1 - B / len(G)),
        "not from 0": lambda G, B: (G * G).sum() / len(G) / B * rest(G, B),
        "one entry for each parameter": lambda G, B: G.var() * G.shape[1] / B * rest(G, B),
        "G.var() is over all": lambda G, B: ((G - G.mean()) ** 2).mean() / B * rest(G, B),
        "not by N - 1": lambda G, B: G.var(axis=0, ddof=1).sum() / B * rest(G, B),
        "add up the coordinates": lambda G, B: ((G - G.mean(axis=0)) ** 2).mean(axis=0) / B * rest(G, B),
    },
}

WRONG = {
    "walk": [
        lambda H, c, theta, lr, steps: after(H, c, theta, lr, steps + 1),
        lambda H, c, theta, lr, steps: after(H, c, theta, 0.1, steps),
        lambda H, c, theta, lr, steps: after(H, c, theta, lr, 3),
        lambda H, c, theta, lr, steps: after(np.diag(np.diag(H)), c, theta, lr, steps),
        lambda H, c, theta, lr, steps: after(H / 2, c, theta, lr, steps),
        lambda H, c, theta, lr, steps: theta if steps == 0 else c,
        lambda H, c, theta, lr, steps: after(H, c, theta, lr, max(steps, 1)),
    ],
    "rate-bound": [
        lambda X: 2 / largest(moment(X - X.mean(axis=0))),
        lambda X: 2 / largest(moment(X, 8)),
        lambda X: 2 / (largest(moment(X)) + 1),
        lambda X: 2 / largest(moment(abs(X))),
        lambda X: 2 / (one(X) ** 2).sum(axis=1).max(),
        lambda X: 2 / (np.var(X[:, 0]) + 1),
        lambda X: 1.0,
    ],
    "updates": [
        lambda N, B, epochs: epochs * ((N - 1) // B),
        lambda N, B, epochs: 3 * math.ceil(N / B),
        lambda N, B, epochs: epochs * math.ceil(N / 10),
        lambda N, B, epochs: epochs * max(N // B, 1),
        lambda N, B, epochs: epochs * math.ceil(N / B) - 1,
        lambda N, B, epochs: epochs * math.ceil(N / B) if N > B else 0,
        lambda N, B, epochs: epochs + math.ceil(N / B),
    ],
    "minibatch-step": [
        lambda w, b, X, y, rows, lr: move(w, b, X[rows], y[rows], 0.1, len(rows)),
        lambda w, b, X, y, rows, lr: move(w, b, X[rows], y[rows], lr, 3),
        lambda w, b, X, y, rows, lr: move(w, b, X[rows], y[rows], lr, X.shape[1]),
        lambda w, b, X, y, rows, lr: (move(w, b, X[rows], y[rows], lr, len(rows))[0], b),
        lambda w, b, X, y, rows, lr: move(w, 0 * b, X[rows], y[rows], lr, len(rows)),
        lambda w, b, X, y, rows, lr: move(w, b, X[sorted(rows)][:2], y[sorted(rows)][:2], lr, 2),
        lambda w, b, X, y, rows, lr: move(w, b, X[rows], y[np.sort(rows)], lr, len(rows)),
    ],
    "batch-noise": [
        lambda G, B: spread(G) / 2 * rest(G, B),
        lambda G, B: spread(G) / B**2 * rest(G, B),
        lambda G, B: spread(G) / B * rest(G, B) ** 0.5,
        lambda G, B: spread(G.T) / B * rest(G, B),
        lambda G, B: spread(G[:B]) / B,
        lambda G, B: math.sqrt(spread(G) / B * rest(G, B)),
        lambda G, B: spread(G) / B * rest(G, B) if B > 1 else 0.0,
    ],
}

RIGHT = {
    "walk": [after, lambda H, c, theta, lr, steps: after(H, c, theta, lr, steps).tolist()],
    "rate-bound": [
        lambda X: 2 / largest(moment(X)),
        lambda X: 2 * len(X) / np.linalg.norm(one(X), 2) ** 2,
        lambda X: 2 / max(np.linalg.eigvals(moment(X))),
    ],
    "updates": [
        lambda N, B, epochs: epochs * len(range(0, N, B)),
        lambda N, B, epochs: epochs * -(-N // B),
        lambda N, B, epochs: epochs * (N // B + (N % B > 0)),
        lambda N, B, epochs: np.ceil(N / B) * epochs,
    ],
    "minibatch-step": [
        lambda w, b, X, y, rows, lr: move(w, b, X[rows], y[rows], lr, len(rows)),
        lambda w, b, X, y, rows, lr: (
            [w - lr * np.mean((X[rows] @ w + b - y[rows])[:, None] * X[rows], axis=0)]
            + [b - lr * np.mean(X[rows] @ w + b - y[rows])]
        ),
    ],
    "batch-noise": [
        lambda G, B: spread(G) / B * rest(G, B),
        lambda G, B: G.var(axis=0, ddof=1).sum() * (1 / B - 1 / len(G)),
        lambda G, B: np.trace(np.cov(G.T, ddof=1).reshape(G.shape[1], -1)) * (1 - B / len(G)) / B,
    ],
}

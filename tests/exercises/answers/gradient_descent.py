"""Answers to *gradient-descent*: a second one for each hint, wrong ones without a hint, right ones."""

from fractions import Fraction

import numpy as np


def one(X):
    return np.hstack([X, np.ones((len(X), 1))])


def largest(M):
    return np.linalg.norm(M, 2)


def moment(X, divisor=None):
    return one(X).T @ one(X) / (len(X) if divisor is None else divisor)


SECOND = {
    "updates": {
        "smaller last batch": 15 * 30.0,
        "made in part": Fraction(30_000, 64),
        "before you multiply": np.int64(469),
        "one list": 30_000 // 64,
        "number of examples seen": 3e4,
        "updates of one epoch": Fraction(16),
    },
    "it-gets-worse": {"too large a rate": " Rate", "has no twin": "START", "has no noise": np.str_("noise")},
    "two-rates": {
        "larger one first": [1 / 9, 1],
        "two curvatures": np.array([9, 1]),
        "best fixed rate": [Fraction(1, 5)] * 2,
        "this is the limit": np.full(2, 2 / 9),
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
}

WRONG = {
    "updates": [481, 479, 64, 0, -480, "480", [480], None],
    "it-gets-worse": ["minus", "", "sign rate", 0, ["sign"], None],
    "two-rates": [(1, 1), (1, 0), (0.5, 1 / 9), (0, 0), (1, 1 / 8), "1", (1, 1 / 9, 0)],
    "rate-bound": [
        lambda X: 2 / largest(moment(X - X.mean(axis=0))),
        lambda X: 2 / largest(moment(X, 8)),
        lambda X: 2 / (largest(moment(X)) + 1),
        lambda X: 2 / largest(moment(abs(X))),
        lambda X: 2 / (one(X) ** 2).sum(axis=1).max(),
        lambda X: 2 / (np.var(X[:, 0]) + 1),
        lambda X: 1.0,
    ],
}

RIGHT = {
    "updates": [480, 480.0, np.int16(480), Fraction(480), np.array(480)],
    "it-gets-worse": ["sign", "Sign ", np.array("SIGN")],
    "two-rates": [[1, 1 / 9], np.array([1.0, 1 / 9]), (Fraction(1), Fraction(1, 9))],
    "rate-bound": [
        lambda X: 2 / largest(moment(X)),
        lambda X: 2 * len(X) / np.linalg.norm(one(X), 2) ** 2,
        lambda X: 2 / max(np.linalg.eigvals(moment(X))),
    ],
}

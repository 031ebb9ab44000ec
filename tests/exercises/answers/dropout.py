"""Answers to the exercises of *dropout*: a second one for each hint, wrong ones without a hint, right ones."""

import math

import numpy as np

SECOND = {
    "books": {
        "a share of 1 - p": [20.0, 10.0, 2.0],
        "not multiplied.": np.array([80, 1.6, 2]),
        "or the mean would shrink": [80, 2, 2],
        "not of being dropped": [80.0, 10.0, 2.0],
        "nothing is divided": [80, 2 / 0.8, 2 / 0.8],
        "nothing is multiplied": [80, 2 / 0.8, 2 * 0.8],
    },
    "forward": {
        "equals keep": lambda A, U, keep: np.where(U > keep, 0, A / keep),
        "divide by the drop probability": lambda A, U, keep: np.where(U < keep, A / (1 - keep), 0),
        "not divided by keep": lambda A, U, keep: np.where(U < keep, A, 0),
        "as the probability of dropping": lambda A, U, keep: np.where(U < keep, 0, A / (1 - keep)),
        "keep the units that should": lambda A, U, keep: np.where(U < keep, 0, A / keep),
        "multiply the kept units": lambda A, U, keep: np.where(U < keep, A - (1 - keep) * A, 0),
    },
    "spread": {
        "took it for that of being kept": lambda p: math.sqrt(1 / p - 1),
        "spread of a plain mask": lambda p: math.sqrt(p - p**2),
        "this is the variance": lambda p: 1 / (1 - p) - 1,
        "mean square": lambda p: 1 / math.sqrt(1 - p),
    },
    "faults": {
        "F and H": [1, 2, 4, 3],
        "still makes zeros": [3, 2, 1, 4],
        "instead of 20%": [4, 1, 2, 3],
        "exchange them": [4, 3, 1, 2],
    },
    "subnetworks": {
        "number of masks": 2**7,
        "one function is missing": 7 * 16,
        "whole lower layer": 15 * 7 + 1,
        "do not add": 2**4 + 2**3 - 1,
    },
}

WRONG = {
    "books": [(100, 2, 2), (80, 2.5, 0), (20, 2.5, 2), (0.8, 2.5, 2), (2, 2.5, 80)],
    "forward": [
        lambda A, U, keep: A * (U < 0.5) / keep,
        lambda A, U, keep: np.maximum(A, 0) * (U < keep) / keep,
        lambda A, U, keep: A * (U.mean() < keep) / keep,
        lambda A, U, keep: A * (U < keep) - keep,
        lambda A, U, keep: A * (U[0] < keep) / keep,
        lambda A, U, keep: A / keep,
    ],
    "spread": [lambda p: p, lambda p: 1 - p, lambda p: p**0.5, lambda p: 1.0, lambda p: (p / (1 - p)) ** 2],
    "faults": [(1, 2, 3, 4), (2, 4, 1, 3), (4, 2, 3, 1), (1, 1, 1, 1), (0, 0, 0, 0)],
    "subnetworks": [7, 127, 105, 0, 12, -1],
}

RIGHT = {
    "books": [[80, 2.5, 2], (0.8 * 100, 2 / 0.8, 2.0)],
    "forward": [
        lambda A, U, keep: np.where(U < keep, A / keep, 0).tolist(),
        lambda A, U, keep: A / keep * (1 - (U >= keep)),
    ],
    "spread": [lambda p: math.sqrt(1 / (1 - p) - 1), lambda p: np.float64(p / (1 - p)) ** 0.5],
    "faults": [[4, 2, 1, 3], np.array([4, 2, 1, 3])],
    "subnetworks": [113.0, np.int64(113)],
}

"""Answers to the exercises of *boolean*: a second one for each hint, wrong ones without a hint, right ones."""

import numpy as np

COUNTING = [[1, 1, 1, 1]] * 4


def parity_of(hidden_biases, output, bias):
    """Counting units, twice as heavy as those of the book."""
    return ([[2, 2, 2, 2]] * len(hidden_biases), [2 * b + 0.5 for b in hidden_biases]), ([output], [bias])


SECOND = {
    "majority": {
        "this is OR": (3, 2, 2, -1),
        "this is AND": (2, 2, 2, -5),
        "0 and 1 are exchanged": (-2, -2, -2, 2.5),
        "always fires": (2, 1, 1, 0),
        "copies the first bit": (1, 0, 0, -1),
        "third bit has no say": (3, 3, 0, -5),
        "never fires": (1, 2, 1, -9),
    },
    "clause": {
        "this is the minterm": lambda v: ([3 if bit else -3 for bit in v], 1 - 3 * sum(v)),
        "fires on v too": lambda v: (np.where(v == 1, -1, 1), np.count_nonzero(v) + 0.5),
        "fails one bit away": lambda v: (2 - 4 * v, 2 * v.sum() - 3),
        "OR of all bits": lambda v: ([2] * len(v), -1.5),
        "count the zeros": lambda v: (np.where(v, -1, 1), np.count_nonzero(v == 0) - 1),
        "signs of the weights": lambda v: ([1 if bit else -1 for bit in v], np.count_nonzero(v) - 1.0),
        "bias must depend on v": lambda v: (np.where(v == 0, 2, -2), -2),
        "have no weight here": lambda v: (np.where(v == 0, 2.0, 0.0), -1.5),
    },
    "shorter-form": {
        "units of the DNF": np.count_nonzero,
        "units of the CNF": lambda F: sum(bit == 0 for bit in F),
        "longer of the two": lambda F: len(F) / 2 + abs(F.sum() - len(F) / 2),
        "largest value that can occur": lambda F: 0.5 * F.size,
        "output unit is not counted": lambda F: 1 + min(np.bincount(F.astype(int), minlength=2)),
        "share of the rows": lambda F: min(F.mean(), 1 - F.mean()),
        "number of rows": np.size,
    },
    "parity": {
        "this is the opposite": parity_of([-1, -2, -3, -4], [-2, 2, -2, 2], 1),
        "any bit is 1": (([[1, 1, 1, 1]], [-1]), ([[1]], [-1])),
        "hidden biases begin at 0": parity_of([0, -1, -2, -3], [2, -2, 2, -2], -1),
        "output always fires": (([[1, 1, 1, 1]], [-1]), ([[1]], [0])),
        "output never fires": parity_of([-1, -1, -1, -1], [1, -1, 1, -1], -0.5),
        "up to two ones only": parity_of([-1, -2], [3, -3], -2),
    },
}

WRONG = {
    "majority": [(1, 1, 1, -1), (2, 1, 1, -2), (1, 1, 1.5, -2.2), (1, 1, -1, -1.5), (1, 0.5, 0.5, -1.2)],
    "clause": [
        lambda v: (1 - 2 * v, 0) if not v.any() else (1 - 2 * v, v.sum() - 1),
        lambda v: (1 - 2 * v, 1 - 2 * v),
        lambda v: (1 - 2 * v, min(v.sum(), 2) - 1),
        lambda v: (1 - 2 * v, len(v) / 2 - 1),
        lambda v: ((1 - 2 * v)[::-1], v.sum() - 1),
        lambda v: (np.ones_like(v), -1) if v.all() else (1 - 2 * v, v.sum() - 1),
    ],
    "shorter-form": [
        lambda F: min(F.sum(), 4 - F.sum()),
        lambda F: max(min(F.sum(), len(F) - F.sum()), 1),
        lambda F: F.sum() if F[0] == 0 else len(F) - F.sum(),
        lambda F: min(F.sum(), len(F) - F.sum()) + (F.sum() == len(F) / 2),
        lambda F: np.abs(np.diff(F)).sum(),
        lambda F: F.sum() % (len(F) // 2 + 1),
    ],
    "parity": [
        parity_of([-1, -2, -3], [1, -1, 1], -0.5),
        parity_of([-1, -2, -3, -4], [1, -1, 1, 1], -0.5),
        parity_of([-2, -3, -4, -5], [1, -1, 1, -1], -0.5),
        (([[1, 1, 1, 1], [-1, -1, -1, -1]], [-1, 3]), ([[1, 1]], [-2])),
        (([[1, 1, 1, 0]] * 4, [-1, -2, -3, -4]), ([[1, -1, 1, -1]], [-0.5])),
    ],
}

RIGHT = {
    "majority": [(2, 2, 2, -4), np.array([1.0, 1.1, 0.9, -1.6]), [3, 3, 3, -5.5]],
    "clause": [
        lambda v: ([1 if bit == 0 else -1 for bit in v], sum(v) - 0.5),
        lambda v: (2 * (1 - 2 * v), np.array(2 * v.sum() - 1)),
        lambda v: np.array([(1 - 2 * v).tolist(), v.sum() - 1], dtype=object),
    ],
    "shorter-form": [
        lambda F: int(len(F) / 2 - abs(F.sum() - len(F) / 2)),
        lambda F: np.sort(np.bincount(F.astype(int), minlength=2))[0],
    ],
    "parity": [
        parity_of([-1, -2, -3, -4], [2, -2, 2, -2], -1),
        tuple((np.array(W), np.array(b)) for W, b in parity_of([-1, -2, -3, -4], [1, -1, 1, -1], -0.5)),
        ((COUNTING + [[0, 0, 0, 0]], [-0.5, -1.5, -2.5, -3.5, -1]), ([[1, -1, 1, -1, 5]], [-0.5])),
    ],
}

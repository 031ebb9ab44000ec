"""Answers to the exercises of *boolean*: a second one for each hint, wrong ones without a hint, right ones."""

import itertools

import numpy as np

ONES = [1, 1, 1, 1]


def rows_of(F):
    return list(itertools.product((0, 1), repeat=len(F).bit_length() - 1))


def joined(F, fires, rule):
    """For each row, what `rule` makes of the answers of one neuron for each row where F is 0."""
    zeros = [v for v, bit in zip(rows_of(F), F, strict=True) if bit == 0]
    return [float(rule([fires(x, v) for v in zeros])) for x in rows_of(F)]


def differing(x, v):
    return sum(a != b for a, b in zip(x, v, strict=True))


def counting(biases, output, bias):
    """Counting units, twice as heavy as those of the book."""
    return ([[2, 2, 2, 2]] * len(biases), [2 * b + 0.5 for b in biases]), ([output], [bias])


SECOND = {
    "casting-vote": {
        "copies the first bit": (3, 1, 1, -2.5),
        "this is two of three": (2, 2, 2, -4),
        "this is AND": (2, 2, 2, -5),
        "this is OR": (3, 2, 2, -1),
        "first or both of the others": (4, 2, 2, -3.5),
        "third bit has no say": (3, 3, 0, -5),
        "0 and 1 are exchanged": (-4, -2, -2, 5),
        "never fires": (1, 2, 1, -9),
    },
    "term": {
        "this is the minterm of v": lambda v, named: (np.where(v == 1, 3, -3), 1 - 3 * v.sum()),
        "counts ones of v that are not named": lambda v, named: (np.where(v == 1, 2, -2) * named, -2 * sum(v)),
        "name the wrong bits": lambda v, named: (
            np.where(named == 0, 2 * v - 1, 0),
            0.5 - np.count_nonzero((v == 1) & (named == 0)),
        ),
        "needs a weight, too": lambda v, named: (np.minimum(v, named), 0.5 - np.minimum(v, named).sum()),
        "minus the number of named bits": lambda v, named: (np.where(named, 2 * v - 1, 0), -np.count_nonzero(named)),
        "bias is missing": lambda v, named: (3 * np.where(named, 2 * v - 1, 0), 0.0),
        "signs of the weights": lambda v, named: (np.where(named, 1 - 2 * v, 0), -np.count_nonzero(v * named)),
        "this is the opposite": lambda v, named: (
            np.where(named, 1 - 2 * v, 0) * 2,
            2 * np.count_nonzero(v * named) - 1,
        ),
    },
    "faulty-cnf": {
        "fault is still there": lambda F: joined(F, lambda x, v: x != v, any),
        "this answers 1 everywhere": lambda F: [1.0] * len(F),
        "never fires": lambda F: [0.0] * len(F),
        "0 for 1 and 1 for 0": lambda F: joined([1 - bit for bit in F], lambda x, v: x != v, all),
        "minterms, joined by AND": lambda F: joined(F, lambda x, v: x == v, all),
    },
    "exactly-two": {
        "two or more": counting([-2], [2], -1),
        "at most two": (([ONES], [-3]), ([[-1]], [0])),
        "this is the opposite": counting([-2, -3], [-2, 2], 1),
        "exactly one": counting([-1, -2], [2, -2], -1),
        "exactly three": counting([-3, -4], [2, -2], -1),
        "two and three ones": counting([-2, -4], [3, -3], -2),
        "output always fires": counting([-1], [1], 0),
        "output never fires": counting([-2, -3], [2, -2], -3),
    },
    "hardest": {
        "two of them": 2.0,
        "parity is one of them": np.int64(1),
        "number of terms": 4.0,
        "one corner more. Count": 5.0,
        "functions with four ones": 70.0,
        "three terms or more": 98.0,
        "need three terms.": 88.0,
    },
}

WRONG = {
    "casting-vote": [(1, 1, 1, -2), (1, 1, -1, -1.5), (1, -1, -1, -0.5), (3, 2, 1, -4.5), (0, 1, 1, -0.5)],
    "term": [
        lambda v, named: ((2 * v - 1) * named, -(v * named).sum() - 1),
        lambda v, named: ((2 * v - 1) * named, 1 - (v * named).sum()),
        lambda v, named: (((2 * v - 1) * named)[::-1], -(v * named).sum()),
        lambda v, named: (named, -(v * named).sum()),
        lambda v, named: (v, -(v * named).sum()),
    ],
    "faulty-cnf": [
        lambda F: F * (F.sum() > 1),
        lambda F: np.ones_like(F),
        lambda F: F[::-1],
        lambda F: joined(F, lambda x, v: differing(x, v) > 1, all),
        lambda F: F[:-1],
    ],
    "exactly-two": [
        counting([-1, -3], [1, -1], -0.5),
        counting([-2, -3], [1, 1], -2),
        (([[1, 1, 0, 0], [0, 0, 1, 1]], [-1, -1]), ([[1, 1]], [-2])),
        (([[1, 1, 1, 0]] * 2, [-2, -3]), ([[1, -1]], [-0.5])),
        counting([-1, -2, -3, -4], [1, -1, 1, -1], -0.5),
    ],
    "hardest": [0, 3, 8, 16, 128, 256],
}

RIGHT = {
    "casting-vote": [(2, 1, 1, -3), np.array([4.0, 2.0, 2.0, -5.5]), [3, 1, 1, -4]],
    "term": [
        lambda v, named: ([(1 if a else -1) * k for a, k in zip(v, named, strict=True)], 0.5 - (v * named).sum()),
        lambda v, named: (3 * np.where(named, 2 * v - 1, 0), -3 * np.count_nonzero(v * named)),
        lambda v, named: np.array([((2 * v - 1) * named).tolist(), -(v * named).sum()], dtype=object),
    ],
    "faulty-cnf": [
        lambda F: F.copy(),
        lambda F: joined(F, lambda x, v: differing(x, v) >= 1, all),
        lambda F: [int(bit) for bit in F],
    ],
    "exactly-two": [
        counting([-2, -3], [2, -2], -1),
        (([ONES, [-1, -1, -1, -1]], [-2, 2]), ([[1, 1]], [-2])),
        tuple((np.array(W), np.array(b)) for W, b in counting([-2, -3], [3, -3], -1)),
    ],
    "hardest": [10.0, np.int64(10)],
}

"""Answers to the exercises of *xor*: a second one for each hint, wrong ones without a hint, right ones."""

from fractions import Fraction

import numpy as np


def rows(fires):
    """The neuron, row by row: fires(sum without bias, bias)."""
    return lambda X, w, b: [fires(w[0] * x[0] + w[1] * x[1], b) for x in X]


def network(hidden, output):
    """Two hidden neurons and an output, each as (w1, w2, b)."""
    return ([h[:2] for h in hidden], [h[2] for h in hidden]), ([output[:2]], [output[2]])


OR, AND, NOR = (1, 1, -0.5), (1, 1, -1.5), (-1, -1, 0.5)

SECOND = {
    "one-gate": {
        "fires for 00 and 11": (2, -2, 1),
        "inputs are exchanged": (-3, 2, -1),
        "this is AND": (2, 3, -4),
        "copies the first input": (3, 1, -2),
        "never fires": (1, -2, -3),
    },
    "step-neuron": {
        "exactly 0": rows(lambda total, b: total + b > 0),
        "not subtracted": rows(lambda total, b: int(total >= b)),
        "bias is missing": rows(lambda total, b: int(total >= 0)),
        "not -1": rows(lambda total, b: 1 if total + b >= 0 else -1),
        "sum before the step": rows(lambda total, b: total + b),
        "0 and 1 are exchanged": rows(lambda total, b: total < -b),
    },
    "xnor": {
        "this is XOR": network((OR, AND), (1, -2, -0.5)),
        "always fires": network((AND, NOR), (1, 1, 0)),
        "never fires": network((AND, NOR), (-1, -1, -0.5)),
        "only 11": network((OR, AND), (0, 2, -1)),
        "only 00": network((AND, NOR), (0, 2, -1)),
    },
    "three-bits": {
        "not separable": 152.0,
        "number for two bits": np.int8(14),
        "number of all functions": 2**8,
        "only XOR and XNOR": 2**8 - 2,
        "two constant functions": Fraction(102),
    },
    "nine-zeros": {"larger rate": " Rate", "5,000 steps": "STEPS", "cross-entropy": np.str_("loss")},
}

WRONG = {
    "one-gate": [(1, 1, -0.5), (-1, -1, 0.5), (0, 0, 0), (1, -1, 0), (1, -0.5, -0.5), (1, 1, -1), (0, 1, -0.5)],
    "step-neuron": [
        rows(lambda total, b: total + abs(b) >= 0),
        lambda X, w, b: (X @ w + b >= 0)[:6],
        lambda X, w, b: (X[:, 0] * w[0] + b >= 0) * 1,
        lambda X, w, b: (X @ w[::-1] + b >= 0) * 1,
        lambda X, w, b: (X @ w + b >= 1) * 1,
        lambda X, w, b: np.mean(X @ w + b >= 0),
        lambda X, w, b: (X @ w + b >= 0)[:, None] * 1,
        lambda X, w, b: np.clip(X @ w + b, 0, 1) * (X @ w + b != 0),
    ],
    "xnor": [
        network((OR, AND), (1, 1, -0.5)),
        network((AND, AND), (1, 1, -0.5)),
        network((OR, NOR), (1, 1, -0.5)),
        network((AND, NOR), (1, 1, -1.5)),
        network((OR, AND), (-1, 1, -0.5)),
    ],
    "three-bits": [103, 105, 1040, -104, 0, "104", [104], 104.5, True, None],
    "nine-zeros": ["begin", "", "start rate", 0, ["start"], None],
}

RIGHT = {
    "one-gate": [(2, -2, -1), np.array([1.0, -1.5, -0.7]), [Fraction(1), Fraction(-1), Fraction(-1, 2)]],
    "step-neuron": [
        rows(lambda total, b: total + b >= 0),
        lambda X, w, b: np.heaviside(X @ w + b, 1),
        lambda X, w, b: (w @ X.T >= -b).astype(np.uint8),
    ],
    "xnor": [
        network((AND, NOR), (1, 1, -0.5)),
        network((OR, AND), (-1, 2, 0.5)),
        tuple((np.array(W), np.array(b)) for W, b in network((NOR, AND), (3, 3, -2))),
    ],
    "three-bits": [104, 104.0, np.uint8(104), Fraction(104), np.array(104), np.float32(104)],
    "nine-zeros": ["start", "Start ", np.array("START")],
}

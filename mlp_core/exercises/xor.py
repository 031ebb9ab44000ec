"""Exercises of the chapter *xor*."""

import itertools

import numpy as np

from mlp_core.constructions import step_network
from mlp_core.exercises.checker import Exercise

ROWS = list(itertools.product((0, 1), repeat=2))


def fires(weights, x1, x2):
    """What the neuron with weights (w1, w2, b) answers."""
    w1, w2, b = weights
    return int(w1 * x1 + w2 * x2 + b >= 0)


def answers(layers, x1, x2):
    """What the 2-2-1 step network with layers (W, b), (W, b) answers."""
    net, params = step_network(*layers)
    if [layer.n_out for layer in net.layers] != [2, 1]:
        raise ValueError(f"expected 2 hidden units and 1 output, got {net}")
    return int(net.forward(params, np.array([[x1, x2]], float))[0].item())


def step_neuron(X, w, b):
    """1 where the weighted sum is not negative, else 0: X (N, 2), w (2,), b a number; (N,)."""
    return (X @ w + b >= 0).astype(float)


def integers(rng):
    """Small integers, so that a sum of exactly 0 is frequent."""
    X, w = rng.integers(-2, 3, (rng.integers(1, 8), 2)), rng.integers(-2, 3, 2)
    return X.astype(float), w.astype(float), float(rng.integers(-2, 3))


HIDDEN = ([(2, 2), (-2, -2)], [-1, 3])

EXERCISES = {
    "one-gate": Exercise(
        reference=(1, -1, -0.5),
        inputs=ROWS,
        use=fires,
        wrong={
            "this neuron fires for 00 and 11 too. Lower the bias.": (1, -1, 0.5),
            "the inputs are exchanged: this neuron fires for 01.": (-1, 1, -0.5),
            "this is AND. The second input has to count against firing: which sign has its weight?": (1, 1, -1.5),
            "this neuron copies the first input. Let the second one pull its sum below 0.": (1, 0, -0.5),
            "this neuron never fires. Raise the bias until the row 10 reaches 0.": (1, -1, -1.5),
        },
    ),
    "step-neuron": Exercise(
        reference=step_neuron,
        inputs=integers,
        wrong={
            "at a sum of exactly 0 the neuron fires: use >=, not >.": lambda X, w, b: (X @ w + b > 0).astype(float),
            "the bias is added in this book, not subtracted.": lambda X, w, b: (X @ w - b >= 0).astype(float),
            "the bias is missing.": lambda X, w, b: (X @ w >= 0).astype(float),
            "the neuron says 0 where it does not fire, not -1.": lambda X, w, b: np.where(X @ w + b >= 0, 1.0, -1.0),
            "this is the sum before the step. Compare it with 0.": lambda X, w, b: X @ w + b,
            "0 and 1 are exchanged: the neuron fires where the sum is not negative.": lambda X, w, b: (
                X @ w + b < 0
            ).astype(float),
        },
    ),
    "xnor": Exercise(
        reference=(HIDDEN, ([(-1, -1)], [1.5])),
        inputs=ROWS,
        use=answers,
        wrong={
            "this is XOR. Its output has to be turned round.": (HIDDEN, ([(1, 1)], [-1.5])),
            "the output always fires. For 01 and 10 its sum must be below 0.": (HIDDEN, ([(-1, -1)], [2])),
            "the output never fires. For 00 and 11 its sum must be 0 or more.": (HIDDEN, ([(-1, -1)], [-1.5])),
            "only 11 gives 1. XNOR is 1 for 00 as well: its bits are equal, too.": (HIDDEN, ([(1, -1)], [-1])),
            "only 00 gives 1. XNOR is 1 for 11 as well: its bits are equal, too.": (HIDDEN, ([(-1, 1)], [-1])),
        },
    ),
    "three-bits": Exercise(
        reference=104,
        wrong={
            "these are the functions that are not separable. The others are asked for.": 152,
            "this is the number for two bits. Three bits have 8 rows and 256 functions.": 14,
            "this is the number of all functions. Did the last epoch of every run end without mistakes?": 256,
            "only XOR and XNOR fail for two bits, but with three bits many more do. Count them.": 254,
            "the two constant functions count as well: all weights may be 0.": 102,
        },
    ),
    "nine-zeros": Exercise(
        reference="start",
        wrong={
            "a larger rate takes longer steps along the gradient. How long is the gradient here?": "rate",
            "what has not moved in 5,000 steps will not move in a million. Which step would be the first?": "steps",
            "cross-entropy stays at 1/2 from this start, too.": "loss",
        },
    ),
}

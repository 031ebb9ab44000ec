"""Exercises of the chapter *boolean*."""

import itertools

import numpy as np

from mlp_core.constructions import bits, parity_net, step_network
from mlp_core.exercises.checker import Exercise
from mlp_core.exercises.neuron import ROWS, fires


def minterm(v):
    """Weights (n,) and bias of the step neuron that fires on the bits v (n,) and on no other input."""
    return 2 * v - 1, -v.sum()


def clause(v):
    """Weights (n,) and bias of the step neuron that fires on every input but the bits v (n,)."""
    return 1 - 2 * v, v.sum() - 1


def table_of(neuron, v):
    """The answers of the neuron (w, b) that is made for the row v, on all inputs of n bits."""
    w, b = neuron
    w = np.asarray(w, float)
    if w.shape != v.shape:
        raise ValueError(f"expected {len(v)} weights, got an array of shape {w.shape}")
    return (bits(len(v)) @ w + float(b) >= 0).astype(int)


def a_row(rng):
    """A row of a truth table of two to four bits."""
    return (rng.integers(0, 2, rng.integers(2, 5)).astype(float),)


def some_table(rng):
    """A random truth table of one to four bits."""
    return (rng.integers(0, 2, 2 ** int(rng.integers(1, 5))).astype(float),)


def shorter_form(F):
    """The hidden units of the shorter one of the two normal forms of a truth table F (N,)."""
    return min(F.sum(), len(F) - F.sum())


def four_bits(layers, x1, x2, x3, x4):
    """What the step network with these layers (W, b) answers on four bits."""
    net, params = step_network(*layers)
    if net.layers[0].n_in != 4 or len(net.layers) != 2 or net.layers[1].n_out != 1:
        raise ValueError(f"expected 4 inputs, one hidden layer and 1 output, got {net}")
    return int(net.forward(params, np.array([[x1, x2, x3, x4]], float))[0].item())


def layers_of(built):
    """The pairs (W, b) of a built network, as `step_network` takes them."""
    _, params = built
    return tuple((views["W"].T.tolist(), views["b"][0].tolist()) for views in params)


COUNT, SIGNS = ([[1, 1, 1, 1]] * 4, [-1, -2, -3, -4]), [[1, -1, 1, -1]]

EXERCISES = {
    "majority": Exercise(
        reference=(1, 1, 1, -1.5),
        inputs=ROWS,
        use=fires,
        wrong={
            "this is OR: one bit is enough for it. How large is the sum when two bits are 1?": (1, 1, 1, -0.5),
            "this is AND: it asks for all three bits. Two must be enough.": (1, 1, 1, -2.5),
            "0 and 1 are exchanged: this neuron fires for the minority.": (-1, -1, -1, 1.5),
            "this neuron always fires. The bias must pull the sum below 0 when at most one bit is 1.": (1, 1, 1, 1.5),
            "this neuron copies the first bit: its weight is too large beside the other two.": (3, 1, 1, -2.5),
            "the third bit has no say here: this is the AND of the other two.": (1, 1, 0, -1.5),
            "this neuron never fires. Which sum do two ones give, and which bias lifts it to 0?": (1, 1, 1, -3.5),
        },
    ),
    "clause": Exercise(
        reference=clause,
        inputs=a_row,
        special=[(np.zeros(3),), (np.ones(3),), (np.zeros(1),), (np.ones(1),)],
        use=table_of,
        wrong={
            "this is the minterm: it fires on v and nowhere else. Here every other row shall fire.": minterm,
            "this neuron fires on v too: on v its sum must be below 0.": lambda v: (1 - 2 * v, v.sum()),
            "this neuron also fails one bit away from v. Its sum there must be 0 or more.": (
                lambda v: (1 - 2 * v, v.sum() - 2)
            ),
            "this is the OR of all bits. Bits with v_i = 1 must come in negated.": lambda v: (np.ones_like(v), -1),
            "you count the zeros of v in the bias. Where v_i = 1 the weight is -1: which sum does v itself get?": (
                lambda v: (1 - 2 * v, (1 - v).sum() - 1)
            ),
            "the signs of the weights are exchanged.": lambda v: (2 * v - 1, v.sum() - 1),
            "the bias must depend on v: which sum does v itself get?": lambda v: (1 - 2 * v, -1),
            "bits with v_i = 1 have no weight here: a 0 in their place must be noticed, too.": lambda v: (1 - v, -1),
        },
    ),
    "shorter-form": Exercise(
        reference=shorter_form,
        inputs=some_table,
        special=[(np.zeros(4),), (np.ones(8),), (np.array([0.0, 1.0, 1.0, 0.0]),)],
        wrong={
            "these are the units of the DNF, one for each 1. Is the CNF shorter?": lambda F: F.sum(),
            "these are the units of the CNF, one for each 0. Is the DNF shorter?": lambda F: len(F) - F.sum(),
            "this is the longer of the two forms.": lambda F: max(F.sum(), len(F) - F.sum()),
            "this is only the largest value that can occur. Look at the ones in this table.": lambda F: len(F) / 2,
            "the output unit is not counted here: hidden units only.": lambda F: shorter_form(F) + 1,
            "this is a share of the rows. How many units are there?": lambda F: shorter_form(F) / len(F),
            "this is the number of rows, the units of both forms together.": lambda F: len(F),
        },
    ),
    "parity": Exercise(
        reference=layers_of(parity_net(4)),
        inputs=list(itertools.product((0, 1), repeat=4)),
        use=four_bits,
        wrong={
            "this is the opposite: 1 for an even number of ones.": (COUNT, ([[-1, 1, -1, 1]], [0.5])),
            "this says whether any bit is 1. The weights into the output have to alternate in sign.": (
                COUNT,
                ([[1, 1, 1, 1]], [-0.5]),
            ),
            "your hidden biases begin at 0: the first unit then always fires. It has to wait for one 1.": (
                (COUNT[0], [0, -1, -2, -3]),
                (SIGNS, [-0.5]),
            ),
            "the output always fires: its sum is 0 or 1, so the bias has to put the step between them.": (
                COUNT,
                (SIGNS, [0]),
            ),
            "the output never fires. Do the hidden units differ? Does the step lie between the sums 0 and 1?": (
                COUNT,
                (SIGNS, [-1.5]),
            ),
            "this is right for up to two ones only. Which hidden unit tells that there is a third?": (
                (COUNT[0][:2], COUNT[1][:2]),
                ([[1, -1]], [-0.5]),
            ),
        },
    ),
}

"""Exercises of the chapter *boolean*."""

import itertools

import numpy as np

from mlp_core.constructions import bits, step_network
from mlp_core.exercises.checker import Exercise
from mlp_core.exercises.neuron import ROWS, fires


def term(v, named):
    """Weights (n,) and bias of a neuron that fires where x agrees with v (n,) in the bits that named (n,) marks."""
    return (2 * v - 1) * named, -(v * named).sum()


def table_of(neuron, v, named):
    """The answers of the neuron (w, b) that is made for the term, on all inputs of n bits."""
    w, b = neuron
    w = np.asarray(w, float)
    if w.shape != v.shape:
        raise ValueError(f"expected {len(v)} weights, got an array of shape {w.shape}")
    return (bits(len(v)) @ w + float(b) >= 0).astype(int)


def a_term(rng):
    """A row of two to four bits, and which of them are named."""
    n = rng.integers(2, 5)
    return rng.integers(0, 2, n).astype(float), rng.integers(0, 2, n).astype(float)


def cnf(F):
    """What the conjunctive normal form of a truth table F (N,) answers on the rows of the table; (N,)."""
    return clauses(F, lambda count: -count)


def clauses(F, bias, W=lambda V: 1 - 2 * V, b=lambda V: V.sum(axis=1) - 1, value=0):
    """The clauses of the rows where F is `value`, joined by a neuron whose bias depends on their count."""
    X = bits(len(F).bit_length() - 1)
    V = X[value == F]
    hidden = X @ W(V).T + b(V) >= 0
    return (hidden.sum(axis=1) + bias(len(V)) >= 0).astype(float)


def some_table(rng):
    """A random truth table of one to four bits."""
    return (rng.integers(0, 2, 2 ** int(rng.integers(1, 5))).astype(float),)


def four_bits(layers, x1, x2, x3, x4):
    """What the step network with these layers (W, b) answers on four bits."""
    net, params = step_network(*layers)
    if net.layers[0].n_in != 4 or len(net.layers) != 2 or net.layers[1].n_out != 1:
        raise ValueError(f"expected 4 inputs, one hidden layer and 1 output, got {net}")
    return int(net.forward(params, np.array([[x1, x2, x3, x4]], float))[0].item())


ONES = [[1, 1, 1, 1]]

EXERCISES = {
    "casting-vote": Exercise(
        reference=(2, 1, 1, -2.5),
        inputs=ROWS,
        use=fires,
        wrong={
            "this copies the first bit. One of the others has to be on as well.": (1, 0, 0, -0.5),
            "this is two of three: the lamp is on without the first switch, too.": (1, 1, 1, -1.5),
            "this is AND: it asks for all three bits.": (1, 1, 1, -2.5),
            "this is OR: one bit is enough for it.": (1, 1, 1, -0.5),
            "this is the first or both of the others. It should be the first and one of the others.": (2, 1, 1, -1.5),
            "the third bit has no say here: this is the AND of the other two.": (1, 1, 0, -1.5),
            "0 and 1 are exchanged: this neuron fires where the lamp is off.": (-2, -1, -1, 2.5),
            "this neuron never fires. Which sum does the input 110 get, and which bias lifts it to 0?": (2, 1, 1, -4.5),
        },
    ),
    "term": Exercise(
        reference=term,
        inputs=a_term,
        special=[
            (np.array([1.0, 0.0, 1.0]), np.zeros(3)),
            (np.array([1.0, 0.0, 1.0]), np.ones(3)),
            (np.zeros(2), np.array([1.0, 0.0])),
            (np.ones(2), np.array([0.0, 1.0])),
        ],
        use=table_of,
        wrong={
            "this is the minterm of v: it also looks at the bits that are not named. Give these the weight 0.": (
                lambda v, named: (2 * v - 1, -v.sum())
            ),
            "the bias counts ones of v that are not named: the neuron then fires too rarely.": (
                lambda v, named: ((2 * v - 1) * named, -v.sum())
            ),
            "you name the wrong bits: those with named = 0 have weights, the others have none.": (
                lambda v, named: term(v, 1 - named)
            ),
            "a bit that is named and 0 in v needs a weight, too: a 1 in its place must silence the neuron.": (
                lambda v, named: (v * named, -(v * named).sum())
            ),
            "the bias is minus the number of named bits. A named bit that is 0 in v adds nothing to the sum.": (
                lambda v, named: ((2 * v - 1) * named, -named.sum())
            ),
            "the bias is missing.": lambda v, named: ((2 * v - 1) * named, 0),
            "the signs of the weights are exchanged.": lambda v, named: ((1 - 2 * v) * named, -(v * named).sum()),
            "this is the opposite: it fires where a named bit differs.": lambda v, named: (
                (1 - 2 * v) * named,
                (v * named).sum() - 1,
            ),
        },
    ),
    "faulty-cnf": Exercise(
        reference=cnf,
        inputs=some_table,
        special=[(np.zeros(4),), (np.ones(8),), (np.array([0.0, 1.0, 1.0, 1.0]),)],
        wrong={
            "the fault is still there: one clause that fires is enough for your output unit.": lambda F: clauses(
                F, lambda count: -1
            ),
            "this answers 1 everywhere: only one clause is silent at a time, so all but one always fire.": lambda F: (
                clauses(F, lambda count: 1 - count)
            ),
            "the output now asks for more clauses than there are: it never fires.": lambda F: clauses(
                F, lambda count: -1 - count
            ),
            "this answers 0 for 1 and 1 for 0: the rows of the clauses are those where F is 0.": lambda F: clauses(
                F, lambda count: -count, value=1
            ),
            "these are minterms, joined by AND. A clause is silent on its own row only.": lambda F: clauses(
                F, lambda count: -count, lambda V: 2 * V - 1, lambda V: -V.sum(axis=1)
            ),
        },
    ),
    "exactly-two": Exercise(
        reference=((ONES * 2, [-2, -3]), ([[1, -1]], [-0.5])),
        inputs=list(itertools.product((0, 1), repeat=4)),
        use=four_bits,
        wrong={
            "this fires for two or more. Which hidden unit says that there are too many?": (
                (ONES, [-2]),
                ([[1]], [-1]),
            ),
            "this fires for at most two. Which hidden unit says that there are too few?": (
                ([[-1, -1, -1, -1]], [2]),
                ([[1]], [-1]),
            ),
            "this is the opposite: it fires for every number of ones but two.": (
                (ONES * 2, [-2, -3]),
                ([[-1, 1]], [0.5]),
            ),
            "this fires for exactly one. Your hidden units wait for too few ones.": (
                (ONES * 2, [-1, -2]),
                ([[1, -1]], [-0.5]),
            ),
            "this fires for exactly three. Your hidden units wait for too many ones.": (
                (ONES * 2, [-3, -4]),
                ([[1, -1]], [-0.5]),
            ),
            "this fires for two and three ones. The unit with the negative weight comes in too late.": (
                (ONES * 2, [-2, -4]),
                ([[1, -1]], [-0.5]),
            ),
            "the output always fires: its sum is 0 or 1, so its bias has to put the step between them.": (
                (ONES * 2, [-2, -3]),
                ([[1, -1]], [0]),
            ),
            "the output never fires. Its sum is 1 at most: which bias is low enough?": (
                (ONES * 2, [-2, -3]),
                ([[1, -1]], [-1.5]),
            ),
        },
    ),
    "hardest": Exercise(
        reference=10,
        wrong={
            "parity and its opposite are two of them. What if one corner more is lit?": 2,
            "parity is one of them. Is there no other?": 1,
            "this is the number of terms. How many functions need as many?": 4,
            "these are parity with one corner more. Count parity, its opposite and that one's neighbours, too.": 5,
            "this counts the functions with four ones. Most of those need fewer than four terms.": 70,
            "this counts those that need three terms or more. Four are asked for.": 98,
            "this counts those that need three terms.": 88,
        },
    ),
}

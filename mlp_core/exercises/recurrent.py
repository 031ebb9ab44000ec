"""Exercises of the chapter *recurrent*."""

import itertools
from fractions import Fraction
from functools import reduce

import numpy as np

from mlp_core.exercises.checker import Exercise
from mlp_core.recurrent import accepts, automaton_net, non_empty, pop, push, top

WORDS = [(word,) for n in range(7) for word in map("".join, itertools.product("01", repeat=n))]


def parallel_step(W, b, a):
    """The state of all step neurons after one parallel step; row j of W (n, n) leads into neuron j, b (n,), a (n,)."""
    return (W @ a + b >= 0).astype(float)


def one_after_the_other(W, b, a):
    """A sequential round: each neuron already reads what those before it have become."""
    a = np.array(a, float)
    for j in range(len(a)):
        a[j] = W[j] @ a + b[j] >= 0
    return a


def a_state(rng):
    """Small integers, so that a sum of exactly 0 is frequent."""
    n = int(rng.integers(2, 6))
    return (
        rng.integers(-2, 3, (n, n)).astype(float),
        rng.integers(-1, 2, n).astype(float),
        rng.integers(0, 2, n).astype(float),
    )


def accepted(automaton, word):
    """Whether the automaton (table, accepting states), as a network of step neurons, accepts the word."""
    table, accepting = (np.asarray(part).tolist() for part in automaton)
    return int(accepts(automaton_net(table, accepting), word))


def symbols(q):
    """The symbols of the stack q, a Fraction, from the top."""
    while non_empty(q):
        yield int(top(q))
        q = pop(q)


def depth(q):
    """How many symbols the stack q holds."""
    return len(list(symbols(q)))


def ones(q):
    """How many symbols 1 the stack q holds."""
    return sum(symbols(q))


def until_a_zero(q):
    """How many symbols 1 lie above the first 0 of the stack q."""
    return sum(itertools.takewhile(bool, symbols(q)))


def a_stack(rng):
    """A stack of up to eight random symbols."""
    q = Fraction(0)
    for bit in rng.integers(0, 2, rng.integers(0, 9)):
        q = push(q, int(bit))
    return (q,)


def deep_stack():
    """Forty symbols, more than a float holds."""
    return reduce(push, [0, 1, 1, 0] * 10, Fraction(0))


EXERCISES = {
    "parallel-step": Exercise(
        reference=parallel_step,
        inputs=a_state,
        wrong={
            "the weights are transposed: row j of W holds the weights into neuron j.": lambda W, b, a: (
                W.T @ a + b >= 0
            ).astype(float),
            "at a sum of exactly 0 the neuron fires: use >=, not >.": lambda W, b, a: (W @ a + b > 0).astype(float),
            "a neuron already reads the new value of another: in parallel all read the old state.": one_after_the_other,
            "the bias is missing.": lambda W, b, a: (W @ a >= 0).astype(float),
            "these are the sums before the step. Compare them with 0.": lambda W, b, a: W @ a + b,
            "the bias is added in this book, not subtracted.": lambda W, b, a: (W @ a - b >= 0).astype(float),
            "a step neuron answers 0 or 1, not -1.": lambda W, b, a: np.where(W @ a + b >= 0, 1.0, -1.0),
            "0 and 1 are exchanged: a neuron fires at 0 or more.": lambda W, b, a: (W @ a + b < 0).astype(float),
        },
    ),
    "ends-in-01": Exercise(
        reference=(((1, 0), (1, 2), (1, 0)), (2,)),
        inputs=WORDS,
        use=accepted,
        wrong={
            "this accepts words that contain 01 anywhere. What must happen when more bits follow?": (
                ((1, 0), (1, 2), (2, 2)),
                (2,),
            ),
            "this accepts the words that end in 10. Are the bits exchanged, in the word or in each pair?": (
                ((0, 1), (2, 1), (0, 1)),
                (2,),
            ),
            "this accepts every word that ends in 1. The bit before has to be 0.": (((0, 1), (0, 1)), (1,)),
            "a second 0 makes it forget the first: after 00 a 1 must still be accepted.": (
                ((1, 0), (0, 2), (1, 0)),
                (2,),
            ),
            "after 01 a 0 may begin the next 01: from the accepting state it must not lead back to the start.": (
                ((1, 0), (1, 2), (0, 0)),
                (2,),
            ),
            "the accepting states are those it must not end in: yes and no are exchanged.": (
                ((1, 0), (1, 2), (1, 0)),
                (0, 1),
            ),
            "this accepts words that go on with ones after 01. Where must a further 1 lead?": (
                ((1, 0), (1, 2), (1, 2)),
                (2,),
            ),
            "this also accepts the words that end in 0: only the state after 01 may accept.": (
                ((1, 0), (1, 2), (1, 0)),
                (1, 2),
            ),
        },
    ),
    "depth": Exercise(
        reference=depth,
        inputs=a_stack,
        special=[(Fraction(0),), (push(Fraction(0), 0),), (deep_stack(),)],
        wrong={
            "this counts the symbols 1 only. A 0 on the stack counts as well.": ones,
            "you stop at the first 0: top is 0 there, too. Ask whether the stack is empty.": until_a_zero,
            "this is one too many: is the empty stack counted?": lambda q: depth(q) + 1,
            "this is one too few: does your loop stop before the last symbol?": lambda q: max(depth(q) - 1, 0),
            "the empty stack holds no symbol: ask before the first pop.": lambda q: max(depth(q), 1),
            "these are binary digits. A symbol takes two of them.": lambda q: 2 * depth(q),
            "this says only whether there is a symbol. Pop, ask again, and count.": lambda q: int(non_empty(q)),
        },
    ),
    "safe-depth": Exercise(
        reference=12,
        wrong={
            "a symbol takes two binary digits, not one.": 24,
            "at this depth only stacks with a 0 on top are exact. Every stack is asked for.": 13,
            "this is the depth for float64.": 26,
            "with base 4, a symbol takes two binary digits, not four.": 6,
            "one symbol more still fits: how many pairs are there in 24 digits?": 11,
        },
    ),
}

"""Exercises of chapter *dropout*."""

import numpy as np

from mlp_core.exercises.checker import Exercise
from mlp_core.layers import Dropout


def forward(A, U, rate):
    """Inverted dropout of A (B, n): a unit is dropped where its number in U (B, n) lies below the rate; (B, n)."""
    keep = U >= rate
    return A * keep / (1 - rate)


def backward(dA, mask):
    """The gradient at the input of the layer, from dA (B, n) at its output and the scaled mask (B, n); (B, n)."""
    return dA * mask


def mean_and_variance(a, p):
    """Mean and variance of an activation a after inverted dropout with drop probability p."""
    return a, a**2 * p / (1 - p)


def weights_for_test(W, rate):
    """The weights W (n, m) for the test, of a network trained with plain masks of 0 and 1; (n, m)."""
    return W * (1 - rate)


def subnetworks(sizes):
    """How many sub-networks dropout in the hidden layers chooses from; sizes as (2, 4, 3, 2)."""
    return 2 ** sum(sizes[1:-1])


def _rate(rng):
    return float(rng.uniform(0.1, 0.9))


AT_THE_RATE = np.array([[1.0, -2.0, 3.0]]), np.array([[0.25, 0.2, 0.3]]), 0.25


def _activations(rng):
    shape = rng.integers(1, 5, 2)
    return rng.normal(size=shape), rng.random(shape), _rate(rng)


def _gradient(rng):
    shape = tuple(rng.integers(3, 6, 2))
    _, mask = Dropout(_rate(rng)).forward({}, np.ones(shape), rng)
    return rng.normal(size=shape), mask


def _moments(rng):
    return float(rng.normal(scale=3)), _rate(rng)


def _weights(rng):
    return rng.normal(size=rng.integers(1, 4, 2)), _rate(rng)


def _sizes(rng):
    return (tuple(int(n) for n in rng.integers(1, 6, rng.integers(3, 6))),)


EXERCISES = {
    "forward": Exercise(
        forward,
        _activations,
        special=[AT_THE_RATE],
        wrong={
            "a number that equals the rate does not lie below it: the unit stays.": (
                lambda A, U, rate: A * (U > rate) / (1 - rate)
            ),
            "you divide by the drop probability: a kept unit is divided by the probability of being kept.": (
                lambda A, U, rate: A * (U >= rate) / rate
            ),
            "the units are dropped, but the kept ones are not divided by 1 - rate: the mean shrinks.": (
                lambda A, U, rate: A * (U >= rate)
            ),
            "you treat the rate as the probability of keeping a unit; here it is the probability of dropping it.": (
                lambda A, U, rate: A * (U < rate) / rate
            ),
            "you keep the units that should be dropped: a unit stays where its number is at least the rate.": (
                lambda A, U, rate: A * (U < rate) / (1 - rate)
            ),
            "you multiply the kept units by 1 - rate; in training they are divided by it.": (
                lambda A, U, rate: A * (U >= rate) * (1 - rate)
            ),
        },
    ),
    "mean-and-variance": Exercise(
        mean_and_variance,
        _moments,
        {
            "p is the probability of being dropped. You took it for that of being kept.": lambda a, p: (
                a,
                a**2 * (1 - p) / p,
            ),
            "this is the variance of a plain mask of 0 and 1; dividing by 1 - p divides the variance by (1 - p)**2.": (
                lambda a, p: (a, a**2 * p * (1 - p))
            ),
            "these are the moments of a plain mask of 0 and 1; here the kept unit is a / (1 - p).": (
                lambda a, p: ((1 - p) * a, a**2 * p * (1 - p))
            ),
            "your second number is the mean of the square; subtract the square of the mean.": (
                lambda a, p: (a, a**2 / (1 - p))
            ),
            "your second number is the standard deviation; the variance is its square.": (
                lambda a, p: (a, abs(a) * np.sqrt(p / (1 - p)))
            ),
            "a factor a multiplies the variance by a**2, not by a.": lambda a, p: (a, a * p / (1 - p)),
        },
    ),
    "test-weights": Exercise(
        weights_for_test,
        _weights,
        {
            "you divide where you should multiply: at test time more units are active, so the weights must shrink.": (
                lambda W, rate: W / (1 - rate)
            ),
            "these are the weights of training: with all units active the sums come out too large on average.": (
                lambda W, rate: W * 1.0
            ),
            "you multiply by the probability of dropping; a unit was present with probability 1 - rate.": (
                lambda W, rate: W * rate
            ),
        },
    ),
    "subnetworks": Exercise(
        subnetworks,
        _sizes,
        {
            "inputs and outputs are not dropped: count the hidden units only.": lambda sizes: 2 ** sum(sizes),
            "the outputs are not dropped: count the hidden units only.": lambda sizes: 2 ** sum(sizes[1:]),
            "the inputs are not dropped: count the hidden units only.": lambda sizes: 2 ** sum(sizes[:-1]),
            "each choice in one layer goes with each choice in another: multiply over the layers, do not add.": (
                lambda sizes: sum(2**n for n in sizes[1:-1])
            ),
            "each hidden unit has two states, so n units have 2**n masks, not n**2.": (
                lambda sizes: sum(sizes[1:-1]) ** 2
            ),
            "each hidden unit has two states, so n units have 2**n masks, not 2 n.": lambda sizes: 2 * sum(sizes[1:-1]),
        },
    ),
    "backward": Exercise(
        backward,
        _gradient,
        {
            "the scale is missing: the forward pass divides by 1 - rate, so the backward pass does too.": (
                lambda dA, mask: dA * (mask > 0)
            ),
            "the scale is there twice: the mask you are given is already divided by 1 - rate.": (
                lambda dA, mask: dA * mask * mask.max()
            ),
            "dropped units get a gradient: where the forward pass multiplied by 0, the slope is 0.": (
                lambda dA, mask: dA * mask.max()
            ),
            "you hand the gradient on unchanged: the layer multiplied by the mask, so its slope is the mask.": (
                lambda dA, mask: dA * 1.0
            ),
        },
    ),
}

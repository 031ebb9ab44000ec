"""Exercises of chapter *dropout*."""

import numpy as np

from mlp_core.exercises.checker import Exercise


def forward(A, U, keep):
    """Inverted dropout of A (B, n): a unit stays where its number in U (B, n) lies below `keep`; (B, n)."""
    return A * (U < keep) / keep


def spread(p):
    """The standard deviation of a normal factor with the variance of inverted dropout with drop probability p."""
    return (p / (1 - p)) ** 0.5


def _rate(rng):
    return float(rng.uniform(0.1, 0.9))


AT_THE_RATE = np.array([[1.0, -2.0, 3.0]]), np.array([[0.25, 0.2, 0.3]]), 0.25


def _activations(rng):
    shape = rng.integers(1, 5, 2)
    return rng.normal(size=shape), rng.random(shape), _rate(rng)


EXERCISES = {
    "books": Exercise(
        reference=(80, 2.5, 2),
        wrong={
            "p is the probability of dropping: a share of 1 - p stays.": (20, 10, 2),
            "a kept unit is divided by 1 - p in training, not multiplied.": (80, 1.6, 2),
            "in training a kept unit is divided by 1 - p, or the mean would shrink.": (80, 2, 2),
            "a kept unit is divided by the probability of being kept, not of being dropped.": (80, 10, 2),
            "training has settled the books: at the test nothing is divided.": (80, 2.5, 2.5),
            "training has settled the books: at the test nothing is multiplied.": (80, 2.5, 1.6),
        },
    ),
    "forward": Exercise(
        forward,
        _activations,
        special=[AT_THE_RATE],
        wrong={
            "a number that equals keep does not lie below it: the unit is dropped.": (
                lambda A, U, keep: A * (U <= keep) / keep
            ),
            "you divide by the drop probability: a kept unit is divided by the probability of being kept.": (
                lambda A, U, keep: A * (U < keep) / (1 - keep)
            ),
            "the units are dropped, but the kept ones are not divided by keep: the mean shrinks.": (
                lambda A, U, keep: A * (U < keep)
            ),
            "you treat keep as the probability of dropping a unit; here it is the probability of keeping it.": (
                lambda A, U, keep: A * (U >= keep) / (1 - keep)
            ),
            "you keep the units that should be dropped: a unit stays where its number lies below keep.": (
                lambda A, U, keep: A * (U >= keep) / keep
            ),
            "you multiply the kept units by keep; in training they are divided by it.": (
                lambda A, U, keep: A * (U < keep) * keep
            ),
        },
    ),
    "spread": Exercise(
        spread,
        lambda rng: (_rate(rng),),
        {
            "p is the probability of being dropped. You took it for that of being kept.": lambda p: (
                ((1 - p) / p) ** 0.5
            ),
            "this is the spread of a plain mask of 0 and 1; dividing by 1 - p divides it by 1 - p.": (
                lambda p: (p * (1 - p)) ** 0.5
            ),
            "this is the variance; its root is asked for.": lambda p: p / (1 - p),
            "this is the root of the mean square; subtract the square of the mean before you take the root.": (
                lambda p: (1 / (1 - p)) ** 0.5
            ),
        },
    ),
    "faults": Exercise(
        reference=(4, 2, 1, 3),
        wrong={
            "F and H are exchanged: which of the two shrinks in training, and which at the test?": (1, 2, 4, 3),
            "which program still makes zeros at the test? Fault 3 is that one.": (3, 2, 1, 4),
            "which program drops 80% instead of 20%? Fault 2 is that one.": (4, 1, 2, 3),
            "G has no zeros at the test, and I has: exchange them.": (4, 3, 1, 2),
        },
    ),
    "subnetworks": Exercise(
        reference=113,
        wrong={
            "this is the number of masks. With the upper layer off, which lower units matter?": 128,
            "one function is missing: with the whole upper layer dropped, the output still has its bias.": 112,
            "with the whole lower layer dropped, the upper units still have their biases: these functions differ.": 106,
            "the masks of the two layers go together: multiply, do not add.": 23,
        },
    ),
}

"""Exercises of the chapter *gradient-descent*."""

import numpy as np

from mlp_core.exercises.checker import Exercise


def rate_bound(X):
    """2 over the largest curvature of the mean of half squared errors, for a linear neuron with bias on X (N, n)."""
    return 2 / _curvatures(X)[-1]


def _curvatures(X):
    X_one = np.column_stack([X, np.ones(len(X))])
    return np.linalg.eigvalsh(X_one.T @ X_one / len(X))


def _inputs(rng):
    return (rng.normal(rng.normal(), rng.uniform(0.5, 2), size=(rng.integers(2, 9), rng.integers(1, 4))),)


def _bound(X, scale=2.0, which=-1):
    return scale / _curvatures(X)[which]


def _without_bias(X):
    return 2 / np.linalg.eigvalsh(X.T @ X / len(X))[-1]



EXERCISES = {
    "rate-bound": Exercise(
        reference=rate_bound,
        inputs=_inputs,
        wrong={
            "the bias is missing: it is a weight on the constant input 1, and the bowl has its direction too.": (
                _without_bias
            ),
            "the mean divides by N, not by N - 1.": lambda X: _bound(X) * (len(X) - 1) / len(X),
            "every direction has such a bound. One rate must respect them all: one number is asked for.": lambda X: (
                2 / _curvatures(X)
            ),
            "this is upside down: the larger the curvature, the smaller the rate.": lambda X: _curvatures(X)[-1] / 2,
            "this is the bound for the sum of the errors. The mean divides the curvature by N.": lambda X: (
                _bound(X) / len(X)
            ),
            "this rate is safe, but twice as large ones converge as well.": lambda X: _bound(X, 1.0),
            "the trace is the sum of all curvatures. Only the largest counts.": lambda X: 2 / _curvatures(X).sum(),
            "this bound is for cross-entropy, where a slope of at most 1/4 comes in. Here the output is linear.": (
                lambda X: _bound(X, 8.0)
            ),
        },
    ),
    "updates": Exercise(
        reference=480,
        wrong={
            "the smaller last batch of each epoch makes an update as well.": 450,
            "an update cannot be made in part: round up, for each epoch.": 468.75,
            "round up before you multiply: a new epoch begins with a new batch.": 469,
            "this counts the batches of all epochs as if they were one list: each epoch ends with a small one.": 468,
            "this is the number of examples seen. One update uses 64 of them.": 30_000,
            "these are the updates of one epoch.": 16,
        },
    ),
    "it-gets-worse": Exercise(
        reference="sign",
        wrong={
            "too large a rate would overshoot, and a hundredth of it would not. Does the second log go down?": "rate",
            "units that are equal at the start do harm where there are several. A single neuron has no twin.": "start",
            "full batch has no noise: every step uses all examples.": "noise",
        },
    ),
    "two-rates": Exercise(
        reference=(1.0, 1 / 9),
        wrong={
            "the larger one first.": (1 / 9, 1.0),
            "these are the two curvatures. A rate goes with one over a curvature.": (9.0, 1.0),
            "this is the best fixed rate, twice. It leaves 64% of the distance.": (0.2, 0.2),
            "this is the limit, twice: across the valley you would swing for ever.": (2 / 9, 2 / 9),
        },
    ),
}

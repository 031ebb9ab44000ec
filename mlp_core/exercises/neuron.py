"""Exercises of the chapter *neuron*."""

import itertools

import numpy as np

from mlp_core.exercises.checker import Exercise

ROWS = list(itertools.product((0, 1), repeat=3))


def fires(weights, x1, x2, x3):
    """What the neuron with weights (w1, w2, w3, b) answers."""
    w1, w2, w3, b = weights
    return int(w1 * x1 + w2 * x2 + w3 * x3 + b >= 0)


def correct(w, b, x, y, lr):
    """The perceptron rule for one example x (n,) of target y, 0 or 1: the new w (n,) and b."""
    error = y - (w @ x + b >= 0)
    return w + lr * error * x, b + lr * error


def longest_gap(pulse, tau):
    """The longest time between two equal pulses at which the second makes a neuron of threshold 1 fire."""
    return tau * np.log(pulse / (1 - pulse))


def most_mistakes(X, y, w, b):
    """The mistake bound (r/gamma)^2 for X (N, n), y (N,) of 0 and 1, and a hyperplane w (n,), b that separates them."""
    return _bound(_one(X), y, np.append(w, b))


def _bound(X, y, w, radius=np.max, power=2):
    margin = (np.where(y == 1, 1, -1) * (X @ w)).min() / np.linalg.norm(w)
    return (radius(np.linalg.norm(X, axis=1)) / margin) ** power


def _without_constant_input(X, y, w, b):
    margin = (np.where(y == 1, 1, -1) * (X @ w + b)).min() / np.linalg.norm(w)
    return (np.linalg.norm(X, axis=1).max() / margin) ** 2


def _without_length(X, y, w, b):
    return most_mistakes(X, y, w, b) / (w @ w + b * b)


def _one(X):
    return np.column_stack([X, np.ones(len(X))])


def _integers(rng):
    """Small integers, so that a sum of exactly 0 is frequent."""
    w, x = rng.integers(-2, 3, (2, rng.integers(1, 4))).astype(float)
    return w, float(rng.integers(-2, 3)), x, float(rng.integers(0, 2)), float(rng.uniform(0.1, 2))


def _pulse(rng):
    return float(rng.uniform(0.5, 0.95)), float(rng.uniform(5, 40))


def _separated(rng):
    N, n = rng.integers(2, 8), rng.integers(1, 4)
    X, w, b = rng.normal(size=(N, n)), rng.normal(size=n), float(rng.normal())
    return X, (X @ w + b >= 0).astype(float), w, b


EXERCISES = {
    "three-inputs": Exercise(
        reference=(2, 1, 1, -1.5),
        inputs=ROWS,
        use=fires,
        wrong={
            "this is the majority of the three: 100 must fire, too. Give the first input a weight of its own.": (
                (1, 1, 1, -1.5)
            ),
            "one input of the three is enough here. For 010 and 001 the sum must stay below 0.": (1, 1, 1, -0.5),
            "this neuron fires for 111 only. Raise the bias, then look at 100 and 011.": (1, 1, 1, -2.5),
            "this neuron always fires. A bias is added: a threshold of h is a bias of -h.": (2, 1, 1, 1.5),
            "the first input does not suffice yet: 100 must fire on its own.": (2, 1, 1, -2.5),
            "this neuron copies the first input. For 011 the other two must reach 0 together.": (1, 0, 0, -0.5),
            "this neuron wants the second and the third input. The first alone must do as well.": (0, 1, 1, -1.5),
            "this neuron never fires. Its bias lies below minus the sum of its weights.": (2, 1, 1, -4.5),
        },
    ),
    "correct": Exercise(
        reference=correct,
        inputs=_integers,
        special=[(np.array([1.0, -1.0]), 0.0, np.array([2.0, 2.0]), y, 0.5) for y in (0.0, 1.0)],
        wrong={
            "this turns the line the wrong way: the error is the target minus the answer.": lambda w, b, x, y, lr: (
                correct(w, b, x, y, -lr)
            ),
            "the bias learns as well: it is the weight of a constant input 1.": lambda w, b, x, y, lr: (
                correct(w, b, x, y, lr)[0],
                b,
            ),
            "at a sum of exactly 0 the neuron fires: use >=, not >.": lambda w, b, x, y, lr: (
                w + lr * (y - (w @ x + b > 0)) * x,
                b + lr * (y - (w @ x + b > 0)),
            ),
            "the bias belongs to the sum that decides the answer.": lambda w, b, x, y, lr: (
                w + lr * (y - (w @ x >= 0)) * x,
                b + lr * (y - (w @ x >= 0)),
            ),
            "this neuron answers 0 or 1, not -1 or 1.": lambda w, b, x, y, lr: (
                w + lr * (y - np.where(w @ x + b >= 0, 1, -1)) * x,
                b + lr * (y - np.where(w @ x + b >= 0, 1, -1)),
            ),
            "compare the target with the answer, 0 or 1, not with the sum before the step.": lambda w, b, x, y, lr: (
                w + lr * (y - (w @ x + b)) * x,
                b + lr * (y - (w @ x + b)),
            ),
            "a right answer changes nothing, and a false alarm subtracts: you add wherever the target is 1.": (
                lambda w, b, x, y, lr: (w + lr * y * x, b + lr * y)
            ),
            "the bias moves by the error times the rate, without x: its input is 1.": lambda w, b, x, y, lr: (
                correct(w, b, x, y, lr)[0],
                b + (correct(w, b, x, y, lr)[1] - b) * x.sum(),
            ),
        },
    ),
    "longest-gap": Exercise(
        reference=longest_gap,
        inputs=_pulse,
        wrong={
            "the sign is turned round: the longer the gap, the less is left of the first pulse.": lambda pulse, tau: (
                tau * np.log((1 - pulse) / pulse)
            ),
            "the time constant is missing: a leak that is twice as slow leaves twice the time.": lambda pulse, tau: (
                np.log(pulse / (1 - pulse))
            ),
            "the logarithm to the base e undoes the exponential, not the one to the base 10.": lambda pulse, tau: (
                tau * np.log10(pulse / (1 - pulse))
            ),
            "the second pulse adds its own height: what must be left of the first is 1 minus that.": (
                lambda pulse, tau: tau * np.log(1 / pulse)
            ),
            "the first pulse leaks from its own height, not from 1.": lambda pulse, tau: -tau * np.log(1 - pulse),
            "only the first pulse has leaked. The second one counts in full.": (
                lambda pulse, tau: tau * np.log(2 * pulse)
            ),
            "this is what must be left of the first pulse. After what time is it?": lambda pulse, tau: 1 - pulse,
        },
    ),
    "most-mistakes": Exercise(
        reference=most_mistakes,
        inputs=_separated,
        wrong={
            "the constant input belongs to the vectors: append 1 to each x and b to w.": _without_constant_input,
            "the ratio is squared.": lambda X, y, w, b: _bound(_one(X), y, np.append(w, b), power=1),
            "the margin is a distance: divide by the length of w, with b appended.": _without_length,
            "the constant input is in the sums already; the bias also belongs to the length of the weights.": (
                lambda X, y, w, b: most_mistakes(X, y, w, b) * (w @ w) / (w @ w + b * b)
            ),
            "the sums of the points with target 0 are negative: turn them round before you take the smallest.": (
                lambda X, y, w, b: _bound(_one(X), np.ones_like(y), np.append(w, b))
            ),
            "the radius is the length of the longest vector, not of the shortest.": lambda X, y, w, b: _bound(
                _one(X), y, np.append(w, b), radius=np.min
            ),
            "leave the bound as it is, without rounding.": lambda X, y, w, b: np.floor(most_mistakes(X, y, w, b)),
            "the bound is radius over margin. You divided the other way round.": lambda X, y, w, b: (
                1 / most_mistakes(X, y, w, b)
            ),
        },
    ),
}

"""Exercises of the chapter *losses*."""

import numpy as np

from mlp_core.activations import Logistic, softmax
from mlp_core.exercises.checker import Exercise

sigma = Logistic().f


def weighted_gradient(z, y, v):
    """The slopes of -(v y log q + (1 - y) log(1 - q)), q = sigma(z), at z (B,), for y (B,) and a weight v; (B,)."""
    return (1 - y) * sigma(z) - v * y * sigma(-z)


def best_forecast(y):
    """The constant nearest to y (N,), zeros and ones, N odd, in the mean absolute error."""
    return np.median(y)


def temperature_gradient(z, y, T):
    """The gradient in z (m,) of categorical cross-entropy at softmax(z / T), y (m,) one-hot, T > 0; (m,)."""
    return (softmax(z / T) - y) / T


def same_step(lr, N):
    """The rates that make the same step as lr with the mean of half squared errors: for their sum, for mean squares."""
    return lr / N, lr / 2


def _answers(rng):
    B = rng.integers(2, 6)
    y = rng.random(B) if rng.integers(2) else rng.integers(0, 2, B).astype(float)
    return rng.normal(scale=2, size=B), y, float(rng.uniform(1.5, 9))


def _days(rng):
    return (rng.integers(0, 2, 2 * rng.integers(1, 6) + 1).astype(float),)


def _warm(rng):
    m = rng.integers(2, 5)
    return rng.normal(size=m), np.eye(m)[rng.integers(m)], float(rng.uniform(0.3, 5))


def _rate(rng):
    return float(rng.uniform(0.01, 1)), int(rng.integers(3, 50))


def _prediction_slope(z, y, v):
    y_hat = sigma(z)
    return (1 - y) / (1 - y_hat) - v * y / y_hat


FAULTS = ("the mean is forgotten", "the logarithm has base 2", "the target has two ones")
LETTERS = dict(zip(FAULTS, "HFG", strict=True))


def _names(answer, fault):
    """Whether the letter given for a fault is the right one: nothing that gives the letter away."""
    if not isinstance(answer, str | tuple | list | np.ndarray) or len(answer) != len(FAULTS):
        return "three letters are expected"
    given = answer[FAULTS.index(fault)]
    return "right" if str(given).strip().upper() == LETTERS[fault] else "wrong"


EXERCISES = {
    "weighted-gradient": Exercise(
        reference=weighted_gradient,
        inputs=_answers,
        special=[(np.array([0.5, -1.0]), np.array([1.0, 0.0]), 3.0)],
        wrong={
            "this is the negative of the gradient: at target 1 a larger logit helps.": lambda z, y, v: (
                -weighted_gradient(z, y, v)
            ),
            "the weight is missing: a yes has to count v times.": lambda z, y, v: sigma(z) - y,
            "here every example counts v times; only the yes should.": lambda z, y, v: v * (sigma(z) - y),
            "the weight is on the no; it belongs to the yes.": lambda z, y, v: v * (1 - y) * sigma(z) - y * sigma(-z),
            "the weight multiplies all of the first term: its slope is v (1 - q), not v - q.": lambda z, y, v: (
                sigma(z) - v * y
            ),
            "this is the slope with respect to the prediction. Multiply by the slope of the logistic function.": (
                _prediction_slope
            ),
            "each example has a slope of its own here: do not divide by B.": lambda z, y, v: (
                weighted_gradient(z, y, v) / len(y)
            ),
            "one number for each example is expected: no mean here.": lambda z, y, v: np.mean(
                weighted_gradient(z, y, v)
            ),
        },
    ),
    "suspects": Exercise(
        reference=tuple(LETTERS.values()),
        inputs=[(fault,) for fault in FAULTS],
        use=_names,
        wrong={
            "the last is right. Of the other two, which makes every entry larger than it should be?": ("F", "H", "G"),
            "the second is right. A constant factor cannot come from one example's target.": ("G", "F", "H"),
            "the first is right. A wrong base is the same factor everywhere, a wrong target is not.": ("H", "G", "F"),
            "none is right. Ask first which fault spoils all entries by the same factor.": ("F", "G", "H"),
            "the first and the last are right. Which of the ratios is the logarithm of 2?": ("H", "H", "G"),
            "three letters are expected, one for each fault.": ("H", "F"),
        },
    ),
    "best-forecast": Exercise(
        reference=best_forecast,
        inputs=_days,
        special=[(np.array([1.0, 1.0, 0.0]),), (np.array([0.0, 0.0, 1.0]),)],
        wrong={
            "this is the honest forecast, the best for squared error. Scan a few for absolute error.": np.mean,
            "this is the worst forecast: it announces what happens less often.": lambda y: 1 - np.median(y),
            "one half is never the worst and never the best. Which way does the mean error slope?": lambda y: 0.5,
            "one day of rain among many dry ones does not make rain the best forecast.": lambda y: np.max(y),
            "one dry day among many wet ones does not make dry the best forecast.": lambda y: np.min(y),
            "this is the smallest mean error itself; asked for is the forecast that has it.": lambda y: min(
                np.mean(y), 1 - np.mean(y)
            ),
        },
    ),
    "temperature": Exercise(
        reference=temperature_gradient,
        inputs=_warm,
        wrong={
            "the chain rule is not finished: the slope of z / T in z is 1 / T.": lambda z, y, T: softmax(z / T) - y,
            "dividing by T inside the softmax is missing.": lambda z, y, T: (softmax(z) - y) / T,
            "the temperature is missing: divide the logits by T first.": lambda z, y, T: softmax(z) - y,
            "a higher temperature makes the gradient smaller: divide by T, do not multiply.": lambda z, y, T: (
                (softmax(z / T) - y) * T
            ),
            "the logits are divided by T, not multiplied.": lambda z, y, T: (softmax(z * T) - y) * T,
            "this is the negative of the gradient.": lambda z, y, T: (y - softmax(z / T)) / T,
        },
    ),
    "same-step": Exercise(
        reference=same_step,
        inputs=_rate,
        wrong={
            "a larger gradient needs a smaller rate: divide.": lambda lr, N: (lr * N, lr * 2),
            "the two are exchanged: give the rate for the sum first.": lambda lr, N: (lr / 2, lr / N),
            "the second rate is wrong: the square without the half has twice the gradient.": lambda lr, N: (lr / N, lr),
            "the first rate is wrong: the sum over N examples has N times the gradient of the mean.": lambda lr, N: (
                (lr, lr / 2)
            ),
            "the second rate is wrong: a gradient twice as large needs half the rate.": lambda lr, N: (
                lr / N,
                lr * 2,
            ),
            "mean squares are a mean too: no N in the second rate.": lambda lr, N: (lr / N, lr / (2 * N)),
        },
    ),
}

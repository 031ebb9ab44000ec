"""Exercises of the chapter *losses*."""

import numpy as np

from mlp_core.activations import Logistic, Softmax, softmax
from mlp_core.exercises.checker import Exercise

sigma = Logistic().f


def logit_gradient(z, y):
    """The slope of binary cross-entropy in the logits z (B,), for targets y (B,) from 0 to 1; (B,)."""
    return sigma(z) - y


def softmax_jacobian(z):
    """The slopes of softmax at the logits z (m,): entry [i, j] of (m, m) is that of output i in logit j."""
    return Softmax().df(z)


def categorical_gradient(z, y):
    """The gradient of categorical cross-entropy in the logits z (m,), for targets y (m,) of any sum; (m,)."""
    return softmax(z) * y.sum() - y


def temperature_gradient(z, y, T):
    """The gradient in z (m,) of categorical cross-entropy at softmax(z / T), y (m,) one-hot, T > 0; (m,)."""
    return (softmax(z / T) - y) / T


def same_step(lr, N):
    """The rates that make the same step as lr with the mean of half squared errors: for their sum, for mean squares."""
    return lr / N, lr / 2


def _answers(rng):
    B = rng.integers(1, 6)
    return rng.normal(scale=2, size=B), rng.random(B) if rng.integers(2) else rng.integers(0, 2, B).astype(float)


def _logits(rng):
    return (rng.normal(size=rng.integers(2, 5)),)


def _several_ones(rng):
    """Zero to m ones; now and then they have weights."""
    m = rng.integers(2, 6)
    return rng.normal(size=m), rng.integers(0, 2, m) * (rng.random(m) if rng.integers(4) == 0 else 1.0)


def _warm(rng):
    m = rng.integers(2, 5)
    return rng.normal(size=m), np.eye(m)[rng.integers(m)], float(rng.uniform(0.3, 5))


def _rate(rng):
    return float(rng.uniform(0.01, 1)), int(rng.integers(3, 50))


def _prediction_slope(z, y):
    y_hat = sigma(z)
    return (y_hat - y) / (y_hat * (1 - y_hat))


def _printed_slope(z, y):
    y_hat = sigma(z)
    return -y * (1 - y_hat) - (1 - y) * y_hat


EXERCISES = {
    "logit-gradient": Exercise(
        reference=logit_gradient,
        inputs=_answers,
        wrong={
            "this is the negative of the gradient: at target 1 a larger logit helps.": lambda z, y: y - sigma(z),
            "this is the slope in the prediction. Multiply by the slope of the logistic function.": _prediction_slope,
            "this is the gradient of half squared error: here the slope of the output cancels.": lambda z, y: (
                (sigma(z) - y) * sigma(z) * (1 - sigma(z))
            ),
            "the second term has the wrong sign: the derivative of log(1 - q) is -1/(1 - q).": _printed_slope,
            "the logit is not the prediction: put it through the logistic function first.": lambda z, y: z - y,
            "each example has a slope of its own here: do not divide by B.": lambda z, y: (sigma(z) - y) / len(y),
            "one number for each example is expected: no mean here.": lambda z, y: np.mean(sigma(z) - y),
        },
    ),
    "softmax-jacobian": Exercise(
        reference=softmax_jacobian,
        inputs=_logits,
        wrong={
            "the entries off the diagonal are not 0: raising one logit lowers every other output.": lambda z: np.diag(
                softmax(z) * (1 - softmax(z))
            ),
            "this is the diagonal only: every output depends on every logit, which makes m x m slopes.": lambda z: (
                softmax(z) * (1 - softmax(z))
            ),
            "the bracket [i = j] is missing: add the outputs on the diagonal.": lambda z: (
                -np.outer(softmax(z), softmax(z))
            ),
            "the sign of the product is wrong: each row must sum to 0.": lambda z: (
                np.diag(softmax(z)) + np.outer(softmax(z), softmax(z))
            ),
            "the first factor is missing: every row is multiplied by its own output.": lambda z: (
                np.eye(len(z)) - softmax(z)
            ),
            "in y_hat * (I - y_hat) each column has one y_hat. Row i needs its own: y_hat[:, None].": lambda z: (
                softmax(z) * (np.eye(len(z)) - softmax(z))
            ),
            "the sign is reversed: an output grows with its own logit.": lambda z: -Softmax().df(z),
        },
    ),
    "categorical-gradient": Exercise(
        reference=categorical_gradient,
        inputs=_several_ones,
        special=[(np.array([0.5, -1.0, 2.0]), np.array(y)) for y in ([1.0, 1.0, 0.0], [0.0, 1.0, 0.0])],
        wrong={
            "this is right for targets that sum to 1. How often is the sum of exponentials in the loss?": lambda z, y: (
                softmax(z) - y
            ),
            "this is the negative of the gradient.": lambda z, y: y - softmax(z) * y.sum(),
            "the loss adds over the ones: do not divide the targets by their sum.": lambda z, y: (
                softmax(z) - y / y.sum()
            ),
            "this is the gradient in the predictions. Multiply by the Jacobian.": lambda z, y: -y / softmax(z),
            "each output depends on every logit. The slope y(1 - y) of its own logit is not enough.": lambda z, y: (
                -y * (1 - softmax(z))
            ),
            "this is the gradient of one yes-or-no question for each class. Use softmax.": lambda z, y: sigma(z) - y,
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

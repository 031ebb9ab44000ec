"""Answers to the exercises of *neuron*: a second one for each hint, wrong ones without a hint, right ones."""

import math

import numpy as np


def rule(decide, move=lambda lr, error, x: (lr * error * x, lr * error)):
    """The perceptron rule in cases: `decide` gives the answer of the neuron, `move` what is added to w and b."""

    def answer(w, b, x, y, lr):
        dw, db = move(lr, y - decide(w, b, x), x)
        return [w + dw, b + db]

    return answer


def fires(w, b, x):
    return 1 if sum(w * x) + b >= 0 else 0


def bound(X, y, w, b, gather=min, radius=max, constant=1.0, length=None):
    """The bound by loops over the examples."""
    sums = [x @ w + b if target else -(x @ w + b) for x, target in zip(X, y, strict=True)]
    length = math.hypot(*w, b) if length is None else length
    return (radius(math.hypot(*x, constant) for x in X) / (gather(sums) / length)) ** 2


SECOND = {
    "three-inputs": {
        "majority of the three": (2, 2, 2, -3),
        "one input of the three": (3, 2, 2, -1),
        "fires for 111 only": (2, 2, 2, -5),
        "always fires": (1, 1, 1, 0),
        "does not suffice yet": (4, 2, 2, -5),
        "copies the first input": (4, 1, 1, -3),
        "wants the second and the third": (0, 2, 2, -3),
        "never fires": (1, 1, 1, -9),
    },
    "correct": {
        "wrong way": rule(fires, lambda lr, error, x: (-lr * error * x, -lr * error)),
        "bias learns as well": rule(fires, lambda lr, error, x: (x * error * lr, 0)),
        "exactly 0": rule(lambda w, b, x: int(np.dot(x, w) + b > 0)),
        "sum that decides": rule(lambda w, b, x: int(np.dot(x, w) >= 0)),
        "not -1 or 1": rule(lambda w, b, x: 2 * fires(w, b, x) - 1),
        "not with the sum": rule(lambda w, b, x: np.dot(x, w) + b),
        "you add wherever": lambda w, b, x, y, lr: (w + lr * x, b + lr) if y == 1 else (w + 0, b),
        "without x": rule(fires, lambda lr, error, x: (lr * error * x, lr * error * np.sum(x))),
    },
    "longest-gap": {
        "sign is turned round": lambda pulse, tau: tau * (math.log(1 - pulse) - math.log(pulse)),
        "time constant is missing": lambda pulse, tau: math.log(pulse) - math.log(1 - pulse),
        "base 10": lambda pulse, tau: tau * (math.log10(pulse) - math.log10(1 - pulse)),
        "adds its own height": lambda pulse, tau: -tau * math.log(pulse),
        "leaks from its own height": lambda pulse, tau: tau * math.log(1 / (1 - pulse)),
        "counts in full": lambda pulse, tau: tau * (math.log(2) + math.log(pulse)),
        "After what time": lambda pulse, tau: 1.0 - pulse,
    },
    "most-mistakes": {
        "constant input belongs": lambda X, y, w, b: bound(X, y, w, b, constant=0.0, length=math.hypot(*w)),
        "ratio is squared": lambda X, y, w, b: math.sqrt(bound(X, y, w, b)),
        "margin is a distance": lambda X, y, w, b: bound(X, y, w, b, length=1.0),
        "also belongs to the length": lambda X, y, w, b: bound(X, y, w, b, length=math.hypot(*w)),
        "turn them round": lambda X, y, w, b: bound(X, np.ones(len(y)), w, b),
        "not of the shortest": lambda X, y, w, b: bound(X, y, w, b, radius=min),
        "without rounding": lambda X, y, w, b: int(bound(X, y, w, b)),
        "other way round": lambda X, y, w, b: 1 / bound(X, y, w, b),
    },
}


def in_place(w, b, x, y, lr):
    error = y - fires(w, b, x)
    w += lr * error * x
    b += lr * error
    return w, b


WRONG = {
    "three-inputs": [(2, 1, -1, -1.5), (1, 1, 1, -2), (2, 1, 0, -1.5), (1.4, 1, 1, -1.5), (2, 0.7, 0.7, -1.5)],
    "correct": [
        in_place,
        rule(fires, lambda lr, error, x: (0.5 * error * x, 0.5 * error)),
        rule(fires, lambda lr, error, x: (lr * error * abs(x), lr * error)),
        rule(fires, lambda lr, error, x: (lr * error * x, 1.0 * error)),
        rule(fires, lambda lr, error, x: (lr * max(error, 0) * x, lr * max(error, 0))),
        rule(lambda w, b, x: int((w * x + b >= 0).all())),
        rule(fires, lambda lr, error, x: (lr * error, lr * error)),
    ],
    "longest-gap": [
        lambda pulse, tau: 20 * math.log(pulse / (1 - pulse)),
        lambda pulse, tau: tau * math.log(0.6 / 0.4),
        lambda pulse, tau: tau * math.log2(pulse / (1 - pulse)),
        lambda pulse, tau: tau * (2 * pulse - 1),
        lambda pulse, tau: math.log(pulse / (1 - pulse)) / tau,
        lambda pulse, tau: tau * math.log(pulse / (1 - pulse)) - 1,
    ],
    "most-mistakes": [
        lambda X, y, w, b: bound(X, y, w, b, gather=max),
        lambda X, y, w, b: bound(X, y, w, b, gather=lambda sums: sum(sums) / len(sums)),
        lambda X, y, w, b: bound(X[:2], y[:2], w, b),
        lambda X, y, w, b: bound(X, y, w, abs(b)),
        lambda X, y, w, b: bound(X, y, w, b, constant=0.0),
        lambda X, y, w, b: bound(X, y, w, b, radius=sum),
        lambda X, y, w, b: bound(X, y, w, b) + 1,
        lambda X, y, w, b: bound(X[:, :2], y, w[:2], b),
    ],
}

RIGHT = {
    "three-inputs": [(4, 2, 2, -4), np.array([2.0, 1.0, 1.0, -1.2]), [2.1, 1.4, 1.3, -2]],
    "correct": [
        rule(fires),
        lambda w, b, x, y, lr: (w, b) if fires(w, b, x) == y else (w + (2 * y - 1) * lr * x, b + (2 * y - 1) * lr),
        lambda w, b, x, y, lr: (w - lr * (fires(w, b, x) - y) * x, np.float64(b - lr * (fires(w, b, x) - y))),
    ],
    "longest-gap": [
        lambda pulse, tau: -tau * math.log((1 - pulse) / pulse),
        lambda pulse, tau: 2 * tau * math.atanh(2 * pulse - 1),
    ],
    "most-mistakes": [
        bound,
        lambda X, y, w, b: (
            max(x @ x + 1 for x in X) * (w @ w + b * b) / np.min(np.where(y == 0, -1, 1) * (X @ w + b)) ** 2
        ),
        lambda X, y, w, b: np.float64(bound(X, y, w, b)),
    ],
}

"""The numpy of tutorials: as simple as it goes. In float64 it is the reference for all others.

Axes in front of the last two are replicas, as in mlp_core.
"""

import numpy as np

from benchmarks.contenders import Run, repeated
from benchmarks.problem import take


def softmax(Z):
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


LINKS = {
    "binary_cross_entropy": lambda Z: 1 / (1 + np.exp(-Z)),
    "softmax_cross_entropy": softmax,
    "half_squared_error": lambda Z: Z,
}
LOSSES = {
    "binary_cross_entropy": lambda P, Y: -(Y * np.log(P) + (1 - Y) * np.log(1 - P)),
    "softmax_cross_entropy": lambda P, Y: -Y * np.log(P),
    "half_squared_error": lambda P, Y: 0.5 * (P - Y) ** 2,
}
HIDDEN = {"tanh": np.tanh, "relu": lambda Z: np.maximum(Z, 0)}
SLOPES = {"tanh": lambda A: 1 - A**2, "relu": lambda A: A > 0}  # as functions of the activation


def textbook(problem, gradient=None):
    """Descent by the given `gradient(problem, weights, X, Y, rng)`, a list in the order of the weights."""
    gradient = gradient or dense_gradient
    weights, order, rng = problem.weights(), problem.order(), np.random.default_rng(0)
    update = UPDATES[problem.optimizer](weights, problem.lr)

    def train(epochs):
        for _ in range(epochs):
            for rows in problem.epoch(order):
                grads = gradient(problem, weights, take(problem.X, rows), take(problem.Y, rows), rng)
                if problem.l2:
                    grads[::2] = [dW + problem.l2 * W for dW, W in zip(grads[::2], weights[::2], strict=True)]
                update(grads)

    return Run(train, lambda: weights)


def sgd(weights, lr):
    def update(grads):
        for Q, dQ in zip(weights, grads, strict=True):
            Q -= lr * dQ

    return update


def adam(weights, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Kingma and Ba (2015)."""
    t, averages, squares = 0, [np.zeros_like(Q) for Q in weights], [np.zeros_like(Q) for Q in weights]

    def update(grads):
        nonlocal t
        t += 1
        for Q, dQ, m, s in zip(weights, grads, averages, squares, strict=True):
            m[:] = beta1 * m + (1 - beta1) * dQ
            s[:] = beta2 * s + (1 - beta2) * dQ**2
            Q -= lr * (m / (1 - beta1**t)) / (np.sqrt(s / (1 - beta2**t)) + eps)

    return update


UPDATES = {"sgd": sgd, "adam": adam}


def one_by_one(problem, gradient):
    """Replicas, each of which is trained alone."""
    if problem.replicas is None:
        return textbook(problem, gradient)
    runs = [textbook(problem.alone(seed), gradient) for seed in range(problem.replicas)]

    def train(epochs):
        for run in runs:
            run.train(epochs)

    return Run(train, lambda: [np.stack(arrays) for arrays in zip(*(run.weights() for run in runs), strict=True)])


def dense_gradient(problem, weights, X, Y, rng):
    """Backpropagation."""
    inputs, masks = [X], []
    for W, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        A = HIDDEN[problem.hidden](inputs[-1] @ W + b)
        if problem.rate is not None:
            masks.append((rng.random(A.shape, A.dtype) >= problem.rate) / A.dtype.type(1 - problem.rate))
            A = A * masks[-1]
        inputs.append(A)
    dZ = (LINKS[problem.loss](inputs[-1] @ weights[-2] + weights[-1]) - Y) / X.shape[-2]
    grads = []
    for W in weights[-2::-2]:
        A = inputs.pop()
        grads = [A.mT @ dZ, dZ.sum(axis=-2, keepdims=True), *grads]
        if inputs:
            dZ = dZ @ W.mT
            if problem.rate is not None:
                dZ = dZ * masks.pop()
            dZ = dZ * SLOPES[problem.hidden](A)
    return grads


def dense_loss(problem, weights):
    """The mean loss of all examples, dropout off: a number, or (R,)."""
    A = problem.X
    for W, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        A = HIDDEN[problem.hidden](A @ W + b)
    P = LINKS[problem.loss](A @ weights[-2] + weights[-1])
    return LOSSES[problem.loss](P, problem.Y).sum(axis=-1).mean(axis=-1)


def gradient(problem):
    """The gradient of the full batch."""
    weights = problem.weights()
    return repeated(lambda: dense_gradient(problem, weights, problem.X, problem.Y, None), list)

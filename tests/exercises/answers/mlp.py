"""Answers to the exercises of *mlp*: a second one for each hint, wrong ones without a hint, right ones."""

import math

import numpy as np


def neighbours(sizes):
    return list(zip(sizes[:-1], sizes[1:], strict=True))


def weights(sizes):
    return int(np.dot(sizes[:-1], sizes[1:]))


def units(f, squash=np.tanh):
    """A layer, unit by unit: f(weights into unit j, b, j, example), squashed."""
    return lambda W, b, X: [[float(squash(f(W[j], b, j, x))) for j in range(len(W))] for x in X]


def sources(edges, j):
    return [i for i, k in edges if k == j]


def steps(rule, first=0):
    """The step of each neuron by a rule for the steps of its sources."""

    def answer(edges, n):
        def step(j):
            before = [step(i) for i in sources(edges, j)]
            return rule(before) if before else first

        return np.array([step(j) for j in range(n)])

    return answer


latest = steps(lambda before: max(before) + 1)


def hinge_and_skip(w, b, out, c=0.0):
    """Hinge last, relays first; the output weights (relay of x, relay of -x, hinge)."""
    return ([(1.0,), (-1.0,), (w,)], [0.0, 0.0, b]), ([tuple(out)], [c])


SECOND = {
    "parameters": {
        "biases are missing": weights,
        "inputs have no bias": lambda sizes: weights(sizes) + sum(sizes),
        "not one altogether": lambda sizes: weights(sizes) + len(sizes) - 1,
        "1 stands with the wrong size": lambda sizes: weights(sizes) + sum(sizes[:-1]),
        "output units have biases": lambda sizes: weights(sizes) + sum(sizes[1 : len(sizes) - 1]),
        "these are the units": lambda sizes: int(np.sum(sizes)),
        "are multiplied": math.prod,
        "last layer is missing": lambda sizes: weights(sizes[:-1]) + sum(sizes[1:-1]),
    },
    "text-layer": {
        "stand in row j of W. Which": lambda W, b, X: np.tanh(np.dot(X, W) + b),
        "W @ X takes its columns": lambda W, b, X: np.tanh(np.dot(W, X) + b.reshape(-1, 1)),
        "stand in columns": lambda W, b, X: np.tanh(X @ W.T + b).T,
        "stands upright": lambda W, b, X: np.tanh((W @ X.T + b).T),
        "bias is missing": units(lambda w, b, j, x: w @ x),
        "not after it": units(lambda w, b, j, x: np.tanh(w @ x) + b[j], squash=float),
        "these are the pre-activations": units(lambda w, b, j, x: w @ x + b[j], squash=float),
        "multiplies entry by entry": lambda W, b, X: np.tanh(b + np.multiply(W, X)),
    },
    "earliest-steps": {
        "shortest path": steps(lambda before: min(before) + 1),
        "at step 0, not 1": steps(lambda before: max(before) + 1, first=1),
        "counts the edges": lambda edges, n: [sum(j == k for _, k in edges) for j in range(n)],
        "counts from the outputs": lambda edges, n: latest([edge[::-1] for edge in edges], n),
        "this is a place in an order": lambda edges, n: np.argsort(np.argsort(latest(edges, n), kind="stable")),
        "one pass over the edges": lambda edges, n: one_round(edges, n),
        "sources are added up": steps(lambda before: sum(before) + 1),
        "more than 0 and 1": lambda edges, n: np.isin(np.arange(n), [j for _, j in edges]).astype(int),
    },
    "straight": {
        "for negative x": hinge_and_skip(2.0, -1.0, (3, 0, 1)),
        "for positive x": hinge_and_skip(2.0, -1.0, (0, -3, 1)),
        "size of x": hinge_and_skip(2.0, -1.0, (3, 3, 1)),
        "the skip has the weight 3": hinge_and_skip(2.0, -1.0, (1, -1, 1)),
        "its bias is missing": hinge_and_skip(2.0, 0.0, (3, -3, 1)),
        "bias has the wrong sign": hinge_and_skip(1.0, 0.5, (3, -3, 2)),
        "belongs into the hinge": hinge_and_skip(1.0, 0.0, (3, -3, 2), -1.0),
        "hinge is missing": hinge_and_skip(5.0, 0.0, (3, -3, 0)),
    },
    "masked-step": {
        "mask is missing": lambda theta, gradient, mask, lr: np.subtract(theta, np.multiply(lr, gradient)),
        "mask is turned round": lambda theta, gradient, mask, lr: theta - lr * np.where(mask == 0, gradient, 0),
        "against the gradient": lambda theta, gradient, mask, lr: mask * (theta + lr * gradient),
        "rate is missing": lambda theta, gradient, mask, lr: np.where(mask == 1, theta - gradient, theta),
        "this is the change": lambda theta, gradient, mask, lr: np.where(mask == 1, -lr * gradient, 0),
        "this is the masked gradient": lambda theta, gradient, mask, lr: np.where(mask == 1, gradient, 0),
        "0 by chance": lambda theta, gradient, mask, lr: theta - lr * gradient * (theta != 0),
        "adds the products up": lambda theta, gradient, mask, lr: theta - lr * np.sum(mask * gradient),
    },
}


def one_round(edges, n, rounds=1):
    longest = np.zeros(n, int)
    for i, j in list(edges) * rounds:
        longest[j] = max(longest[j], 1 + longest[i])
    return longest


WRONG = {
    "parameters": [
        lambda sizes: weights(sizes) + sum(sizes[1:]) + 1,
        lambda sizes: weights(sizes[:3]) + sum(sizes[1:3]),
        lambda sizes: weights(sizes) + sizes[-1],
        lambda sizes: weights(sizes) + len(sizes),
        lambda sizes: sum(n * n + n for n in sizes[1:]),
        lambda sizes: sizes[0] * sizes[-1] + sum(sizes[1:]),
        lambda sizes: weights(sizes) * 2,
    ],
    "text-layer": [
        lambda W, b, X: np.tanh(X @ W + b) if W.shape[0] == W.shape[1] else np.tanh(X @ W.T + b),
        lambda W, b, X: np.tanh(X @ W.T - b),
        lambda W, b, X: np.tanh(X[:2] @ W.T + b),
        lambda W, b, X: np.tanh(X @ W.T + b[0]),
        lambda W, b, X: np.maximum(X @ W.T + b, 0),
        lambda W, b, X: np.tanh(abs(X) @ W.T + b),
        lambda W, b, X: np.tanh((X @ W.T + b) / 2),
        lambda W, b, X: np.tanh(W @ X[0] + b),
    ],
    "earliest-steps": [
        lambda edges, n: one_round(edges, n, 6),
        lambda edges, n: one_round(edges, n, 2),
        lambda edges, n: latest(edges, n) * 2,
        lambda edges, n: one_round(edges[:6], n, 20),
        lambda edges, n: one_round(sorted(edges), n),
        lambda edges, n: latest(edges, n)[:6],
        lambda edges, n: np.minimum(latest(edges, n), 5),
        lambda edges, n: np.sort(latest(edges, n)),
    ],
    "straight": [
        hinge_and_skip(2.0, -1.0, (3, -3, -1)),
        hinge_and_skip(-2.0, -1.0, (3, -3, 1)),
        hinge_and_skip(1.0, -1.0, (3, -3, 1)),
        hinge_and_skip(2.0, -1.001, (3, -3, 1)),
        hinge_and_skip(2.0, -1.0, (3, -3, 1), 1.0),
        hinge_and_skip(2.0, -1.0, (-3, 3, 1)),
        hinge_and_skip(2.0, -1.0, (5, -3, 0)),
    ],
    "masked-step": [
        lambda theta, gradient, mask, lr: theta - 0.1 * mask * gradient,
        lambda theta, gradient, mask, lr: theta - lr * mask * abs(gradient),
        lambda theta, gradient, mask, lr: theta - lr * mask * gradient.mean(),
        lambda theta, gradient, mask, lr: theta - lr * mask[::-1] * gradient,
        lambda theta, gradient, mask, lr: theta - lr * mask[0] * gradient,
        lambda theta, gradient, mask, lr: (theta - lr * gradient)[mask == 1],
        lambda theta, gradient, mask, lr: theta * (1 - lr) * mask,
    ],
}

RIGHT = {
    "parameters": [
        lambda sizes: weights(sizes) + sum(sizes[1:]),
        lambda sizes: np.sum([(a + 1) * b for a, b in neighbours(sizes)]),
        lambda sizes: float(weights((sizes[0], *sizes[1:])) + np.sum(sizes[1:])),
    ],
    "text-layer": [
        units(lambda w, b, j, x: w @ x + b[j]),
        lambda W, b, X: np.tanh(W @ X.T + b[:, None]).T,
        lambda W, b, X: 1 - 2 / (np.exp(2 * (np.einsum("bi,ji->bj", X, W) + b)) + 1),
    ],
    "earliest-steps": [
        latest,
        lambda edges, n: one_round(edges, n, n).tolist(),
        lambda edges, n: tuple(one_round(edges, n, len(edges) + 1)),
    ],
    "straight": [
        hinge_and_skip(2.0, -1.0, (3, -3, 1)),
        hinge_and_skip(1.0, -0.5, (3, -3, 2)),
        (([(1,), (-1,), (2,)], [-0.5, 0.5, 0]), ([(5, -3, 0)], [1.5])),
        tuple((np.array(W), np.array(b)) for W, b in hinge_and_skip(4.0, -2.0, (3, -3, 0.5))),
    ],
    "masked-step": [
        lambda theta, gradient, mask, lr: mask * (theta - lr * gradient),
        lambda theta, gradient, mask, lr: np.where(mask == 1, theta - lr * gradient, theta),
        lambda theta, gradient, mask, lr: [
            t - lr * g if m else t for t, g, m in zip(theta, gradient, mask, strict=True)
        ],
    ],
}

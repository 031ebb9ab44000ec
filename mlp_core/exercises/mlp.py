"""Exercises of the chapter *mlp*."""

from itertools import pairwise

import numpy as np

from mlp_core.constructions import exact_network
from mlp_core.exercises.checker import Exercise


def parameters(sizes):
    """The number of weights and biases of a network with the given sizes, inputs first."""
    return sum(above * (below + 1) for below, above in pairwise(sizes))


def text_layer(W, b, X):
    """A tanh layer with W (m, n) as in the text, b (m,), for rows X (B, n); (B, m)."""
    return np.tanh(X @ W.T + b)


def earliest_steps(edges, n):
    """For each of n neurons the length of the longest path to it; edges (i, j) without a cycle."""
    steps = [0] * n
    for _ in range(n):
        for i, j in edges:
            steps[j] = max(steps[j], steps[i] + 1)
    return steps


def value(layers, x):
    """What the 1-3-1 ReLU network with layers (W, b), (W, b) answers to the number x."""
    net, params = exact_network(*layers, hidden="relu", output="identity")
    if [net.layers[0].n_in, *(layer.n_out for layer in net.layers)] != [1, 3, 1]:
        raise ValueError(f"expected a 1-3-1 network, got {net}")
    return net.forward(params, np.array([[float(x)]]))[0].item()


def masked_step(theta, gradient, mask, lr):
    """A step of gradient descent from theta (P,), by the gradient (P,), where the mask (P,) allows it; (P,)."""
    return theta - lr * mask * gradient


def _sizes(rng):
    return (tuple(int(m) for m in rng.integers(1, 7, rng.integers(2, 6))),)


def _layer(rng):
    """Often as many examples as units as inputs, so that wrong transposes run."""
    m, n, B = (3, 3, 3) if rng.integers(2) else rng.integers(2, 5, 3)
    return rng.normal(size=(m, n)), rng.normal(size=m), rng.normal(size=(B, n))


def _graph(rng):
    """Four to eight neurons in a random order, a path through the first four, further edges forward."""
    n = int(rng.integers(4, 9))
    order = [int(j) for j in rng.permutation(n)]
    pairs = [(k, m) for m in range(n) for k in range(m) if m == k + 1 < 4 or rng.random() < 0.3]
    return [(order[k], order[m]) for k, m in rng.permutation(pairs)], n


CHAIN_FROM_THE_END = [(j, j + 1) for j in reversed(range(12))], 13


def _masked(rng):
    """Some masked parameters; one that may change happens to be 0."""
    mask = rng.permutation((np.arange(rng.integers(3, 8)) % 3 > 0).astype(float))
    theta = rng.normal(size=len(mask)) * mask
    theta[np.argmax(mask)] = 0
    return theta, rng.normal(size=len(mask)), mask, float(rng.uniform(0.05, 0.9))


def _sources(edges, j):
    return [i for i, k in edges if k == j]


def _shortest(edges, n):
    def steps(j):
        return 1 + min(map(steps, _sources(edges, j))) if _sources(edges, j) else 0

    return [steps(j) for j in range(n)]


def _one_pass(edges, n):
    steps = [0] * n
    for i, j in edges:
        steps[j] = max(steps[j], steps[i] + 1)
    return steps


def _added(edges, n):
    def steps(j):
        return 1 + sum(map(steps, _sources(edges, j))) if _sources(edges, j) else 0

    return [steps(j) for j in range(n)]


def _backwards(edges, n):
    return earliest_steps([(j, i) for i, j in edges], n)


def _order(edges, n):
    return sorted(range(n), key=lambda j: (earliest_steps(edges, n)[j], j))


def _place(edges, n):
    return [_order(edges, n).index(j) for j in range(n)]


PLACES = (-1e6, -2, -1, -0.5, -0.01, 0, 0.01, 0.25, 0.49, 0.499, 0.5, 0.501, 0.51, 0.7, 1, 2, 1e6)
HINGE = [(2,), (1,), (-1,)], [-1, 0, 0]

EXERCISES = {
    "parameters": Exercise(
        reference=parameters,
        inputs=_sizes,
        wrong={
            "the biases are missing: one for each unit behind the inputs.": lambda sizes: sum(
                a * b for a, b in pairwise(sizes)
            ),
            "the inputs have no bias: they compute nothing.": lambda sizes: (
                sum(a * b for a, b in pairwise(sizes)) + sum(sizes)
            ),
            "a layer has one bias for each of its units, not one altogether.": lambda sizes: sum(
                a * b + 1 for a, b in pairwise(sizes)
            ),
            "the 1 stands with the wrong size. Which layer has the biases, the lower one or the upper one?": (
                lambda sizes: sum(below * (above + 1) for below, above in pairwise(sizes))
            ),
            "the output units have biases, too.": lambda sizes: (
                sum(a * b for a, b in pairwise(sizes)) + sum(sizes[1:-1])
            ),
            "these are the units. The weights are asked for, and the biases.": sum,
            "the sizes of the layers are multiplied. Each layer joins only two of them: add the layers up.": (
                lambda sizes: int(np.prod(sizes))
            ),
            "the last layer is missing. How many pairs of neighbours does a tuple of sizes have?": lambda sizes: sum(
                above * (below + 1) for below, above in pairwise(sizes[:-1])
            ),
        },
    ),
    "text-layer": Exercise(
        reference=text_layer,
        inputs=_layer,
        wrong={
            "the weights into unit j stand in row j of W. Which axis of W has to meet the inputs?": lambda W, b, X: (
                np.tanh(X @ W + b)
            ),
            "each row of X is an example. W @ X takes its columns for examples.": lambda W, b, X: np.tanh(
                W @ X + b[:, None]
            ),
            "the numbers are right, but stand in columns. One row for each example is expected.": lambda W, b, X: (
                np.tanh(W @ X.T + b[:, None])
            ),
            "the bias stands upright: here each example gets one, instead of each unit.": lambda W, b, X: np.tanh(
                X @ W.T + b[:, None]
            ),
            "the bias is missing.": lambda W, b, X: np.tanh(X @ W.T),
            "the bias comes before the tanh, not after it.": lambda W, b, X: np.tanh(X @ W.T) + b,
            "these are the pre-activations. Apply tanh.": lambda W, b, X: X @ W.T + b,
            "* multiplies entry by entry. A matrix product is needed, @.": lambda W, b, X: np.tanh(X * W + b),
        },
    ),
    "earliest-steps": Exercise(
        reference=earliest_steps,
        inputs=_graph,
        special=[([], 3), CHAIN_FROM_THE_END],
        wrong={
            "this is the shortest path. A neuron waits for the latest of its sources, not for the first.": _shortest,
            "neurons without an edge into them have their value at step 0, not 1.": lambda edges, n: [
                step + 1 for step in earliest_steps(edges, n)
            ],
            "this counts the edges into each neuron. Neurons of one layer can be evaluated in one step.": (
                lambda edges, n: [len(_sources(edges, j)) for j in range(n)]
            ),
            "this counts from the outputs. In a pair (i, j) the edge leads from i to j.": _backwards,
            "this is a place in an order. Neurons that do not need each other share a step.": _place,
            "one pass over the edges is not enough, if they stand in an unlucky order.": _one_pass,
            "the sources are added up. A neuron waits for the latest of them, for all together.": _added,
            "a neuron whose source waits has to wait longer: more than 0 and 1 can occur.": lambda edges, n: [
                int(bool(_sources(edges, j))) for j in range(n)
            ],
        },
    ),
    "straight": Exercise(
        reference=(HINGE, ([(1, 3, -3)], [0])),
        inputs=[(x,) for x in PLACES],
        use=value,
        wrong={
            "for negative x the skip is lost: one ReLU relays only what is not negative.": (HINGE, ([(1, 3, 0)], [0])),
            "for positive x the skip is lost. Both relays have to lead to the output.": (HINGE, ([(1, 0, -3)], [0])),
            "the relays give the size of x. For a negative x the sign has to come back at the output.": (
                HINGE,
                ([(1, 3, 3)], [0]),
            ),
            "the skip has the weight 3, here it has 1.": (HINGE, ([(1, 1, -1)], [0])),
            "the hinge bends at the wrong place: its bias is missing.": (
                ([(2,), (1,), (-1,)], [0, 0, 0]),
                ([(1, 3, -3)], [0]),
            ),
            "the hinge bends at the wrong place: its bias has the wrong sign.": (
                ([(2,), (1,), (-1,)], [1, 0, 0]),
                ([(1, 3, -3)], [0]),
            ),
            "the -1 belongs into the hinge, before the ReLU, not to the output.": (
                ([(2,), (1,), (-1,)], [0, 0, 0]),
                ([(1, 3, -3)], [-1]),
            ),
            "the hinge is missing: this is 3x alone.": (HINGE, ([(0, 3, -3)], [0])),
        },
    ),
    "masked-step": Exercise(
        reference=masked_step,
        inputs=_masked,
        wrong={
            "the mask is missing: the zeros move.": lambda theta, gradient, mask, lr: theta - lr * gradient,
            "the mask is turned round: 1 means that a parameter may change.": (
                lambda theta, gradient, mask, lr: theta - lr * (1 - mask) * gradient
            ),
            "descent goes against the gradient, not along it.": (
                lambda theta, gradient, mask, lr: theta + lr * mask * gradient
            ),
            "the learning rate is missing.": lambda theta, gradient, mask, lr: theta - mask * gradient,
            "this is the change. The parameters after the step are asked for.": (
                lambda theta, gradient, mask, lr: -lr * mask * gradient
            ),
            "this is the masked gradient. The parameters after the step are asked for.": (
                lambda theta, gradient, mask, lr: mask * gradient
            ),
            "a parameter that is 0 by chance may change: take the mask, not the zeros of theta.": (
                lambda theta, gradient, mask, lr: np.where(theta != 0, theta - lr * gradient, theta)
            ),
            "@ adds the products up to one number. Each parameter needs its own: multiply entry by entry.": (
                lambda theta, gradient, mask, lr: theta - lr * mask @ gradient
            ),
        },
    ),
}

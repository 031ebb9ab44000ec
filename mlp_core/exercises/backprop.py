"""Exercises of the chapter *backprop*."""

from itertools import pairwise
from math import prod

import numpy as np

from mlp_core.activations import Logistic, Softmax, softmax
from mlp_core.exercises.checker import Exercise

sigma, slope = Logistic().f, Logistic().df


def tanh_chain(w1, w2, x, y):
    """1-1-1 with tanh, then identity, no biases, half squared error: the derivatives in w1 and in w2."""
    a = np.tanh(w1 * x)
    delta = w2 * a - y
    return delta * w2 * (1 - a**2) * x, delta * a


def hidden_delta(W, z, delta):
    """The error signals (n,) of logistic units with sums z (n,), from those behind: delta (m,), W (m, n)."""
    return (W.T @ delta) * slope(z)


def layer_backward(A_prev, W, b, dA):
    """A logistic layer, rows as examples: dA_prev, dW, db, from dA (B, m); A_prev (B, n), W (n, m), b (1, m)."""
    dZ = dA * slope(A_prev @ W + b)
    return dZ @ W.T, A_prev.T @ dZ, dZ.sum(axis=0, keepdims=True)


def paths_through(sizes, layer):
    """The number of paths from an input to an output that use one given weight of a layer, 1, 2, ..."""
    return prod(sizes[: layer - 1]) * prod(sizes[layer + 1 :])


def softmax_backward(z, g):
    """The gradient in z (m,) from that in softmax(z): the vector-Jacobian product without a Jacobian."""
    y_hat = softmax(z)
    return y_hat * (g - y_hat @ g)


def _chain(rng):
    return tuple(float(number) for number in rng.normal(size=4))


def _square(rng):
    n = rng.integers(2, 4)
    return rng.normal(size=(n, n)), rng.normal(size=n), rng.normal(size=n)


def _layer(rng):
    n = rng.integers(2, 4)
    B = 2 if n == 3 else 3
    return rng.normal(size=(B, n)), rng.normal(size=(n, n)), rng.normal(size=(1, n)), rng.normal(size=(B, n))


def _logits(rng):
    m = rng.integers(2, 5)
    return rng.normal(size=m), rng.normal(size=m)


def _chain_with(f):
    def answer(w1, w2, x, y):
        a = np.tanh(w1 * x)
        return f(w2 * a - y, a, w1, w2, x, y)

    return answer


def _layer_with(f):
    def answer(A_prev, W, b, dA):
        Z = A_prev @ W + b
        return f(A_prev, W, Z, dA, dA * slope(Z))

    return answer


EXERCISES = {
    "tanh-chain": Exercise(
        reference=tanh_chain,
        inputs=_chain,
        wrong={
            "in the first derivative the slope of tanh is missing.": _chain_with(
                lambda d, a, w1, w2, x, y: (d * w2 * x, d * a)
            ),
            "a(1 - a) is the slope of the logistic function. What is the slope of tanh, from its value a?": _chain_with(
                lambda d, a, w1, w2, x, y: (d * w2 * a * (1 - a) * x, d * a)
            ),
            "the error signal has to pass the weight between the two units, w2.": _chain_with(
                lambda d, a, w1, w2, x, y: (d * (1 - a**2) * x, d * a)
            ),
            "the error travels back through w2, not w1.": _chain_with(
                lambda d, a, w1, w2, x, y: (d * w1 * (1 - a**2) * x, d * a)
            ),
            "the output is the identity: its slope is 1, not that of tanh.": _chain_with(
                lambda d, a, w1, w2, x, y: (
                    d * (1 - (w2 * a) ** 2) * w2 * (1 - a**2) * x,
                    d * (1 - (w2 * a) ** 2) * a,
                )
            ),
            "both signs are wrong: the slope of the loss is prediction minus target.": _chain_with(
                lambda d, a, w1, w2, x, y: (-d * w2 * (1 - a**2) * x, -d * a)
            ),
            "the two derivatives are exchanged: the one in w1 comes first.": _chain_with(
                lambda d, a, w1, w2, x, y: (d * a, d * w2 * (1 - a**2) * x)
            ),
            "the slope belongs at the sum w1 x. You took it at the activation.": _chain_with(
                lambda d, a, w1, w2, x, y: (d * w2 * (1 - np.tanh(a) ** 2) * x, d * a)
            ),
            "the source of the second weight is the hidden activation, not x.": _chain_with(
                lambda d, a, w1, w2, x, y: (d * w2 * (1 - a**2) * x, d * x)
            ),
            "the first derivative lacks its source, the input x.": _chain_with(
                lambda d, a, w1, w2, x, y: (d * w2 * (1 - a**2), d * a)
            ),
            "the source of the first weight is the input x, not the activation.": _chain_with(
                lambda d, a, w1, w2, x, y: (d * w2 * (1 - a**2) * a, d * a)
            ),
            "the second derivative lacks its source, the hidden activation.": _chain_with(
                lambda d, a, w1, w2, x, y: (d * w2 * (1 - a**2) * x, d)
            ),
            "in the second derivative there is a slope too many: no tanh stands behind that weight.": _chain_with(
                lambda d, a, w1, w2, x, y: (d * w2 * (1 - a**2) * x, d * (1 - a**2) * a)
            ),
            "1 - z² is not the slope of tanh: the square is that of the activation.": _chain_with(
                lambda d, a, w1, w2, x, y: (d * w2 * (1 - (w1 * x) ** 2) * x, d * a)
            ),
            "everything is twice too large: the slope of half a square has no 2.": _chain_with(
                lambda d, a, w1, w2, x, y: (2 * d * w2 * (1 - a**2) * x, 2 * d * a)
            ),
            "these are the derivatives of the output. The slope of the loss is missing in front.": _chain_with(
                lambda d, a, w1, w2, x, y: (w2 * (1 - a**2) * x, a)
            ),
        },
    ),
    "hidden-delta": Exercise(
        reference=hidden_delta,
        inputs=_square,
        wrong={
            "the transpose is missing. It does not show in the shapes, for W is square here.": lambda W, z, delta: (
                (W @ delta) * slope(z)
            ),
            "the slope of the units is missing: this is the gradient in their activations.": lambda W, z, delta: (
                W.T @ delta
            ),
            "the slope is that of the sum z. You took it at the activation.": lambda W, z, delta: (
                (W.T @ delta) * slope(sigma(z))
            ),
            "you multiplied by the activation. The slope is wanted there.": lambda W, z, delta: (
                (W.T @ delta) * sigma(z)
            ),
            "z(1 - z) is not the slope: the formula a(1 - a) takes the activation a.": lambda W, z, delta: (
                (W.T @ delta) * z * (1 - z)
            ),
            "the slope comes last: it belongs to the units in front of W, whose sums are z.": lambda W, z, delta: (
                W.T @ (delta * slope(z))
            ),
            "there is a transpose missing, and the slope comes after W.": lambda W, z, delta: W @ (delta * slope(z)),
            "the sign is reversed: nothing in the recursion is subtracted.": lambda W, z, delta: (
                -(W.T @ delta) * slope(z)
            ),
            "1 - a² is the slope of tanh, these are logistic units.": lambda W, z, delta: (
                (W.T @ delta) * (1 - np.tanh(z) ** 2)
            ),
            "1 - σ(z)² is no slope: that formula belongs to tanh.": lambda W, z, delta: (
                (W.T @ delta) * (1 - sigma(z) ** 2)
            ),
            "1 - a is one factor of the slope of a logistic unit. There is another.": lambda W, z, delta: (
                (W.T @ delta) * (1 - sigma(z))
            ),
            "the weights are missing: an error signal passes W on its way back.": lambda W, z, delta: delta * slope(z),
            "W * delta multiplies entry by entry and adds nothing up: it is no matrix product.": lambda W, z, delta: (
                W * delta * slope(z)
            ),
            "this is one number for the whole layer. Each unit has an error signal of its own.": lambda W, z, delta: (
                (W.T @ delta) @ slope(z)
            ),
        },
    ),
    "layer-backward": Exercise(
        reference=layer_backward,
        inputs=_layer,
        wrong={
            "dA is the gradient behind the activation: multiply it by the slope first, for all three.": _layer_with(
                lambda A, W, Z, dA, dZ: (dA @ W.T, A.T @ dA, dA.sum(axis=0, keepdims=True))
            ),
            "dA_prev lacks the transpose of W, which the shapes do not show for a square W.": _layer_with(
                lambda A, W, Z, dA, dZ: (dZ @ W, A.T @ dZ, dZ.sum(axis=0, keepdims=True))
            ),
            "dA_prev has to start from dZ, not from dA: the slope belongs on the way as well.": _layer_with(
                lambda A, W, Z, dA, dZ: (dA @ W.T, A.T @ dZ, dZ.sum(axis=0, keepdims=True))
            ),
            "the slope is taken at the activation. It belongs at the sum Z.": _layer_with(
                lambda A, W, Z, dA, dZ: (
                    (dA * slope(sigma(Z))) @ W.T,
                    A.T @ (dA * slope(sigma(Z))),
                    (dA * slope(sigma(Z))).sum(axis=0, keepdims=True),
                )
            ),
            "the mean is taken a second time: dA is divided by B already, so add up the rows for db.": _layer_with(
                lambda A, W, Z, dA, dZ: (dZ @ W.T, A.T @ dZ, dZ.mean(axis=0, keepdims=True))
            ),
            "the mean is taken a second time: dA is divided by B already.": _layer_with(
                lambda A, W, Z, dA, dZ: (dZ @ W.T, A.T @ dZ / len(Z), dZ.mean(axis=0, keepdims=True))
            ),
            "dW is transposed: in code W[i, j] leads from i to j.": _layer_with(
                lambda A, W, Z, dA, dZ: (dZ @ W.T, dZ.T @ A, dZ.sum(axis=0, keepdims=True))
            ),
            "the source of dW is what the layer was given, A_prev, not what it returned.": _layer_with(
                lambda A, W, Z, dA, dZ: (dZ @ W.T, sigma(Z).T @ dZ, dZ.sum(axis=0, keepdims=True))
            ),
            "db has the shape of b, (1, m): keep the axis that you sum over.": _layer_with(
                lambda A, W, Z, dA, dZ: (dZ @ W.T, A.T @ dZ, dZ.sum(axis=0))
            ),
            "db adds up the units of each example. It has to add up the examples of each unit.": _layer_with(
                lambda A, W, Z, dA, dZ: (dZ @ W.T, A.T @ dZ, dZ.sum(axis=1, keepdims=True))
            ),
            "db still has a row for each example: add up the rows.": _layer_with(
                lambda A, W, Z, dA, dZ: (dZ @ W.T, A.T @ dZ, dZ)
            ),
            "the mean is taken a second time: dA is divided by B already, so do not divide dW.": _layer_with(
                lambda A, W, Z, dA, dZ: (dZ @ W.T, A.T @ dZ / len(Z), dZ.sum(axis=0, keepdims=True))
            ),
            "the order is dA_prev, dW, db.": _layer_with(
                lambda A, W, Z, dA, dZ: (A.T @ dZ, dZ.sum(axis=0, keepdims=True), dZ @ W.T)
            ),
            "dW and db are exchanged: the order is dA_prev, dW, db.": _layer_with(
                lambda A, W, Z, dA, dZ: (dZ @ W.T, dZ.sum(axis=0, keepdims=True), A.T @ dZ)
            ),
            "all signs are reversed: nothing on the way back is subtracted.": _layer_with(
                lambda A, W, Z, dA, dZ: (-dZ @ W.T, -A.T @ dZ, -dZ.sum(axis=0, keepdims=True))
            ),
            "z(1 - z) is not the slope: the formula a(1 - a) takes the output of the layer.": _layer_with(
                lambda A, W, Z, dA, dZ: (
                    (dA * Z * (1 - Z)) @ W.T,
                    A.T @ (dA * Z * (1 - Z)),
                    (dA * Z * (1 - Z)).sum(axis=0, keepdims=True),
                )
            ),
            "the slope takes what the layer was given, A_prev. It takes what the layer returned.": _layer_with(
                lambda A, W, Z, dA, dZ: (
                    (dA * A * (1 - A)) @ W.T,
                    A.T @ (dA * A * (1 - A)),
                    (dA * A * (1 - A)).sum(axis=0, keepdims=True),
                )
            ),
            "the slope is taken at A_prev W. The bias belongs to the sum as well.": lambda A_prev, W, b, dA: (
                layer_backward(A_prev, W, 0 * b, dA)
            ),
        },
    ),
    "paths-through": Exercise(
        reference=paths_through,
        inputs=[([2, 4, 3, 2], 1), ([2, 4, 3, 2], 2), ([2, 4, 3, 2], 3), ([5, 2, 3, 4, 6], 2), ([5, 2, 3, 4, 6], 4)],
        wrong={
            "these are all paths of the net. The given weight fixes both of its ends.": lambda sizes, layer: (
                prod(sizes)
            ),
            "this fixes only one end, the source. The target is fixed as well.": lambda sizes, layer: (
                prod(sizes[: layer - 1]) * prod(sizes[layer:])
            ),
            "this fixes only one end, the target. The source is fixed as well.": lambda sizes, layer: (
                prod(sizes[:layer]) * prod(sizes[layer + 1 :])
            ),
            "this counts only the ways on to the outputs. There are ways from the inputs, too.": lambda sizes, layer: (
                prod(sizes[layer + 1 :])
            ),
            "this counts only the ways from the inputs. There are ways on to the outputs, too.": lambda sizes, layer: (
                prod(sizes[: layer - 1])
            ),
            "the first weight layer is layer 1: it leads from sizes[0] to sizes[1].": lambda sizes, layer: (
                prod(sizes[:layer]) * prod(sizes[layer + 2 :])
            ),
            "ways before and ways behind combine freely: multiply the two counts.": lambda sizes, layer: (
                prod(sizes[: layer - 1]) + prod(sizes[layer + 1 :])
            ),
            "the path may end in any output: the last size counts as well.": lambda sizes, layer: (
                prod(sizes[: layer - 1]) * prod(sizes[layer + 1 : -1])
            ),
            "the path may begin in any input: the first size counts as well.": lambda sizes, layer: (
                prod(sizes[1 : layer - 1]) * prod(sizes[layer + 1 :])
            ),
            "units of different layers combine freely: multiply the sizes, do not add them.": lambda sizes, layer: (
                sum(sizes[: layer - 1]) + sum(sizes[layer + 1 :])
            ),
            "these are edges. Count the paths that go along one of them.": lambda sizes, layer: sum(
                m * n for m, n in pairwise(sizes)
            ),
        },
    ),
    "softmax-backward": Exercise(
        reference=softmax_backward,
        inputs=_logits,
        wrong={
            "this treats the Jacobian as diagonal. Each output depends on every logit.": lambda z, g: (
                g * softmax(z) * (1 - softmax(z))
            ),
            "the sum over the other outputs is missing: subtract it from g.": lambda z, g: g * softmax(z),
            "the sum must weigh each g by its output.": lambda z, g: softmax(z) * (g - g.sum()),
            "the sum must weigh each g by its output: this is the plain mean.": lambda z, g: (
                softmax(z) * (g - g.mean())
            ),
            "the second term has the wrong sign: the gradient must sum to 0.": lambda z, g: (
                softmax(z) * (g + softmax(z) @ g)
            ),
            "the outer factor is missing: multiply by the outputs.": lambda z, g: g - softmax(z) @ g,
            "this is the gradient for a one-hot target g with cross-entropy. Here g is any slope.": lambda z, g: (
                softmax(z) - g
            ),
            "the sign is reversed: first comes g, and from it the weighted mean is subtracted.": lambda z, g: (
                softmax(z) * (softmax(z) @ g - g)
            ),
            "the sum weighs each g by softmax of g. The weights are the outputs, softmax of z.": lambda z, g: (
                softmax(z) * (g - softmax(g) @ g)
            ),
            "the outer factor belongs to both terms: mind the brackets.": lambda z, g: softmax(z) * g - softmax(z) @ g,
            "this lacks the diagonal of the Jacobian.": lambda z, g: -softmax(z) * (softmax(z) @ g),
            "these are the outputs. The gradient in the logits is asked for, and it depends on g.": lambda z, g: (
                softmax(z)
            ),
            "this is one number, the weighted mean of g. It is a part of the answer.": lambda z, g: softmax(z) @ g,
            "that would be a layer of logistic units.": lambda z, g: g * slope(z),
            "this is the Jacobian. Multiply it by g; and find the form that does not build it.": lambda z, g: (
                Softmax().df(z)
            ),
        },
    ),
}

"""Exercises of the chapter *backprop*."""

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
    """The gradient in z (m,) from g (m,), that in softmax(z): a vector-Jacobian product without a Jacobian; (m,)."""
    y_hat = softmax(z)
    return y_hat * (g - y_hat @ g)


def _chain(rng):
    return tuple(float(number) for number in rng.normal(size=4))


def _signals(rng):
    m, n = rng.integers(2, 5, 2)
    return rng.normal(size=(m, n)), rng.normal(size=n), rng.normal(size=m)


def _layer(rng):
    B, n, m = rng.integers(2, 5, 3)
    return rng.normal(size=(B, n)), rng.normal(size=(n, m)), rng.normal(size=(1, m)), rng.normal(size=(B, m))


def _weight(rng):
    sizes = [int(m) for m in rng.integers(1, 7, rng.integers(2, 7))]
    return sizes, int(rng.integers(1, len(sizes)))


def _logits(rng):
    m = rng.integers(2, 6)
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
            "the two derivatives are exchanged: the one in w1 comes first.": _chain_with(
                lambda d, a, w1, w2, x, y: (d * a, d * w2 * (1 - a**2) * x)
            ),
            "the source of the second weight is the hidden activation, not x.": _chain_with(
                lambda d, a, w1, w2, x, y: (d * w2 * (1 - a**2) * x, d * x)
            ),
            "everything is twice too large: the slope of half a square has no 2.": _chain_with(
                lambda d, a, w1, w2, x, y: (2 * d * w2 * (1 - a**2) * x, 2 * d * a)
            ),
        },
    ),
    "hidden-delta": Exercise(
        reference=hidden_delta,
        inputs=_signals,
        wrong={
            "the transpose is missing. Where W is square, the shapes do not show it.": lambda W, z, delta: (
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
            "the sign is reversed: nothing in the recursion is subtracted.": lambda W, z, delta: (
                -(W.T @ delta) * slope(z)
            ),
            "1 - a² is the slope of tanh, these are logistic units.": lambda W, z, delta: (
                (W.T @ delta) * (1 - np.tanh(z) ** 2)
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
            "dA_prev lacks the transpose of W. Where W is square, the shapes do not show it.": _layer_with(
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
            "the mean is taken a second time for dW and db: dA is divided by B already.": _layer_with(
                lambda A, W, Z, dA, dZ: (dZ @ W.T, A.T @ dZ / len(Z), dZ.mean(axis=0, keepdims=True))
            ),
            "all three are divided by B: dA holds the mean over the batch already.": _layer_with(
                lambda A, W, Z, dA, dZ: (
                    dZ @ W.T / len(Z),
                    A.T @ dZ / len(Z),
                    dZ.mean(axis=0, keepdims=True),
                )
            ),
            "db has the shape of b, (1, m): keep the axis that you sum over.": _layer_with(
                lambda A, W, Z, dA, dZ: (dZ @ W.T, A.T @ dZ, dZ.sum(axis=0))
            ),
        },
    ),
    "paths-through": Exercise(
        reference=paths_through,
        inputs=_weight,
        wrong={
            "these are all paths of the net. The given weight fixes both of its ends.": lambda sizes, layer: prod(
                sizes
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
            "the second term has the wrong sign: the gradient must sum to 0.": lambda z, g: (
                softmax(z) * (g + softmax(z) @ g)
            ),
            "the outer factor is missing: multiply by the outputs.": lambda z, g: g - softmax(z) @ g,
            "the sign is reversed: first comes g, and from it the weighted mean is subtracted.": lambda z, g: (
                softmax(z) * (softmax(z) @ g - g)
            ),
            "the outer factor belongs to both terms: mind the brackets.": lambda z, g: softmax(z) * g - softmax(z) @ g,
            "this is the Jacobian. Multiply it by g; and find the form that does not build it.": lambda z, g: (
                Softmax().df(z)
            ),
        },
    ),
}

"""Exercises of the chapter *backprop*."""

from math import prod

import numpy as np

from mlp_core.activations import Softmax, softmax
from mlp_core.exercises.checker import Exercise


def tanh_chain(w1, w2, x, y):
    """1-1-1 with tanh, then identity, no biases, half squared error: the derivatives with respect to w1 and w2."""
    a = np.tanh(w1 * x)
    delta = w2 * a - y
    return delta * w2 * (1 - a**2) * x, delta * a


def paths_through(sizes, layer):
    """The number of paths from an input to an output that use one given weight of a layer, 1, 2, ..."""
    return prod(sizes[: layer - 1]) * prod(sizes[layer + 1 :])


def softmax_backward(z, g):
    """The gradient in z (m,) from g (m,), that in softmax(z): a vector-Jacobian product without a Jacobian; (m,)."""
    y_hat = softmax(z)
    return y_hat * (g - y_hat @ g)


def _chain(rng):
    return tuple(float(number) for number in rng.normal(size=4))


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
    "other-target": Exercise(
        reference=0.107,
        wrong={
            "this is the signal for the target 1. Now the prediction is too high, not too low.": -0.139,
            "the slope of the logistic output is missing.": 0.435,
            "the sign is reversed: prediction minus target is positive now.": -0.107,
            "this is the slope of the output alone. Multiply it by the mistake.": 0.246,
            "this is the cost of the new target, not its derivative.": 0.095,
            "the slope of the square is taken twice: half of a square has no 2.": 0.214,
        },
    ),
    "order-of-lines": Exercise(
        reference="swap",
        wrong={
            "without the transpose the shapes of a 64-30-10 net would not even fit.": "transpose",
            "a slope at the wrong place spoils the last layer as well, and by the same share at every rate.": "slope",
            "a forgotten mean is the same factor in all entries, at every rate.": "mean",
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

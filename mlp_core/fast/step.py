"""How `fit` gets its gradients fast: which networks a tape covers, and plain descent without new arrays.

The book shows the readable core, `batch_gradient`; tests hold the two equal.
"""

from functools import partial

import numpy as np

from mlp_core.activations import BY_NAME, Softmax
from mlp_core.conv import Conv2D, MaxPool2D
from mlp_core.fast.images import ImagesTape
from mlp_core.fast.tape import Leading, Tape
from mlp_core.fast.trailing import Trailing
from mlp_core.layers import Dense, Dropout, Flatten
from mlp_core.losses import BinaryCrossEntropy, HalfSquaredError, SoftmaxCrossEntropy
from mlp_core.optimizers import SGD
from mlp_core.regularizers import penalised_cost, setting

MANY, TINY = 64, 300
ELEMENTWISE = {type(phi) for phi in BY_NAME.values()} - {Softmax}


def covers(net, params, loss):
    """Whether there is a tape for this network and loss.

    There is for dense layers and dropout, behind Flatten or a single network's first feature maps, with the losses of
    values and of logits.
    """
    kinds = [type(layer) for layer in net.layers]
    maps = kinds[:3] == [Conv2D, MaxPool2D, Flatten] and params.replicas is None
    behind = kinds[3:] if maps else kinds[1:] if kinds[0] is Flatten else kinds
    rising = not maps or type(net.layers[0].activation) in ELEMENTWISE
    simple = type(loss) in (HalfSquaredError, BinaryCrossEntropy, SoftmaxCrossEntropy)
    return Dense in behind and set(behind) <= {Dense, Dropout} and rising and simple


def arranged(net, params, B):
    """Parameters to train: `params` itself, or a copy where the numbers must lie in another order in memory.

    Many tiny replicas are trained with the replicas last; sums then run in another order, and replica r equals the
    single run r up to rounding. B is the number of examples in a batch `(B, n)`.
    """
    dense = [layer for layer in net.layers if isinstance(layer, Dense) and type(layer.activation) in ELEMENTWISE]
    tiny = len(dense) == len(net.layers) and max(B * layer.n_in * layer.n_out for layer in dense) <= TINY
    if (params.replicas or 1) >= MANY and tiny:
        return type(params)(params.shapes, np.array(params.theta, order="F"))
    if params.theta.flags.c_contiguous:
        return params
    return type(params)(params.shapes, np.array(params.theta, order="C"))


class Gradient:
    r"""$\nabla C(\theta)$ of a batch, or $\eta\nabla C(\theta)$, called with the batch's rows and random numbers.

    Parameters
    ----------
    net, params, loss : as in `fit`, where `covers` is true
    X, Y : all examples and targets, (N, ...) and (N, m), or with R replicas in front
    rate : 1, or a learning rate () or (R, 1) in the dtype of the parameters, which multiplies the gradient

    Returns the gradient as Parameters: one object, written anew by every call.
    """

    def __init__(self, net, params, loss, X, Y, rate=1):
        self.X = X.reshape(*Y.shape[:-1], -1).astype(params.theta.dtype, copy=False)
        self.Y = Y.astype(params.theta.dtype, copy=False)
        self.grads, self.tapes = params.zeros_like(), {}
        kind = ImagesTape if isinstance(net.layers[0], Conv2D) else Tape
        layout = Leading if params.theta.flags.c_contiguous else Trailing
        sums_are_one = bool((self.Y.sum(axis=-1) == 1).all())
        self.tape = partial(kind, layout, net, params, self.grads, loss, rate, sums_are_one)

    def __call__(self, rows=None, rng=None):
        B = None if rows is None else rows.shape[-1]
        if B not in self.tapes:
            self.tapes[B] = self.tape(B or self.Y.shape[-2], shared=B is None and self.X.ndim == 2)
        self.tapes[B].run(self.X, self.Y, rows, rng)
        return self.grads


def plain_rate(optimizer, params):
    """The learning rate of plain gradient descent, () or (R, 1); None for any other optimizer."""
    if type(optimizer) is not SGD or optimizer.momentum or callable(optimizer.lr):
        return None
    return setting("SGD", "lr", optimizer.lr, params)


def descend(params, step, state):
    """Plain gradient descent without a new array, where `step` is the gradient times the learning rate."""
    np.subtract(params.theta, step.theta, params.theta)
    state.t += 1


class FastStep:
    """The step of `fit` on a tape: the same numbers without new arrays, on a copy where they must lie in another order.

    Arguments and methods as those of `Step`.
    """

    def __init__(self, net, params, loss, X, Y, optimizer, regularizer, batch_size):
        self.given, self.optimizer, self.regularizer = params, optimizer, regularizer
        self.params = arranged(net, params, batch_size or Y.shape[-2])
        rate = plain_rate(optimizer, self.params) if regularizer is None else None
        self.gradient = Gradient(net, self.params, loss, X, Y, 1 if rate is None else rate)
        self.step = optimizer.step if rate is None else descend
        self.output = partial(net.output, params, X)
        self.state = optimizer.init(self.params)
        self.costs = [partial(penalised_cost, net, loss, regularizer, X, Y)] if optimizer.needs_cost else []

    def __call__(self, rows, rng):
        grads = self.gradient(rows, rng)
        if self.regularizer is not None:
            grads.theta += self.regularizer.grad(self.params).theta
        self.step(self.params, grads, self.state, *self.costs)

    def publish(self):
        """Write the trained parameters to those that were given."""
        self.given.theta = self.params.theta

    def lend(self, callbacks, epoch, history):
        """Call functions that may change the parameters."""
        self.publish()
        try:
            for callback in callbacks:
                callback(epoch, self.given, history)
        finally:
            self.params.theta = self.given.theta

"""How `fit` gets its gradients fast: which networks a tape covers, and plain descent without new arrays.

The book shows the readable core, `batch_gradient`; tests hold the two equal.
"""

from functools import partial

import numpy as np

from mlp_core.activations import BY_NAME, Softmax
from mlp_core.conv import Conv2D, MaxPool2D
from mlp_core.fast.images import ImagesTape, Replicas
from mlp_core.fast.tape import Leading, Tape
from mlp_core.fast.trailing import Trailing
from mlp_core.history import measure
from mlp_core.layers import Dense, Dropout, Flatten
from mlp_core.losses import BinaryCrossEntropy, HalfSquaredError, SoftmaxCrossEntropy
from mlp_core.network import CHUNK
from mlp_core.optimizers import SGD
from mlp_core.regularizers import L1, L2, in_dtype, penalised_cost

MANY, TINY, IMAGES = 24, 300, 64
ELEMENTWISE = {type(phi) for phi in BY_NAME.values()} - {Softmax}


def covers(net, params, loss):
    """Whether there is a tape for this network and loss.

    There is for dense layers with biases and dropout, also behind Flatten or behind convolutions and their maxima, with
    the losses of values and of logits.
    """
    kinds = [type(layer) for layer in net.layers]
    flat = kinds.index(Flatten) if Flatten in kinds else None
    maps, behind = ([], kinds) if flat is None else (kinds[:flat], kinds[flat + 1 :])
    known = {(None, Conv2D), (Conv2D, Conv2D), (MaxPool2D, Conv2D), (Conv2D, MaxPool2D)}
    paired = set(zip([None, *maps], maps, strict=False)) <= known
    rising = all(type(layer.activation) in ELEMENTWISE for layer in net.layers if type(layer) is Conv2D)
    simple = type(loss) in (HalfSquaredError, BinaryCrossEntropy, SoftmaxCrossEntropy)
    biased = all(layer.bias for layer in net.layers if isinstance(layer, Dense))
    return biased and Dense in behind and set(behind) <= {Dense, Dropout} and paired and rising and simple


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
        self.data, self.grads = (X, Y), params.zeros_like()
        kind = Tape if not has(net, Conv2D) else ImagesTape if params.replicas is None else Replicas
        layout = Leading if params.theta.flags.c_contiguous else Trailing
        self.tape = partial(kind, layout, net, params, self.grads, loss, rate)
        self.sums_are_one, self.tapes = None, {}
        self.forget()

    def __call__(self, rows=None, rng=None):
        self._tape(rows).run(self.X, self.Y, rows, rng)
        return self.grads

    def output(self, chunk=None):
        """The output on all examples, in chunks of rows; None: at once, and the next gradient begins with it."""
        N = self.Y.shape[-2]
        if chunk is None or chunk >= N:
            return self._tape(None).output(self.X, self.Y, None)
        order = np.arange(N) if self.grads.replicas is None else np.tile(np.arange(N), (self.grads.replicas, 1))
        chunks = np.split(order, range(chunk, N, chunk), axis=-1)
        return np.concatenate([self._tape(rows).output(self.X, self.Y, rows) for rows in chunks], axis=-2)

    def cost(self):
        """The mean loss of all examples, () or (R,); the next gradient of all examples begins with it."""
        return self._tape(None).cost(self.X, self.Y)

    def forget(self):
        """Parameters or data have changed."""
        X, Y = self.data
        self.X = X.reshape(*Y.shape[:-1], -1).astype(self.grads.theta.dtype, copy=False)
        self.Y = Y.astype(self.grads.theta.dtype, copy=False)
        before, self.sums_are_one = self.sums_are_one, bool((self.Y.sum(axis=-1) == 1).all())
        if before != self.sums_are_one:
            self.tapes = {}
        for tape in self.tapes.values():
            tape.forget()

    def _tape(self, rows):
        B = None if rows is None else rows.shape[-1]
        if B not in self.tapes:
            self.tapes[B] = self.tape(self.sums_are_one, B or self.Y.shape[-2], shared=B is None and self.X.ndim == 2)
        return self.tapes[B]


def has(net, kind):
    """Whether a network has a layer of that kind."""
    return any(isinstance(layer, kind) for layer in net.layers)


def plain_rate(optimizer, params):
    """The learning rate of plain gradient descent, () or (R, 1); None for any other optimizer."""
    if type(optimizer) is not SGD or optimizer.momentum or callable(optimizer.lr):
        return None
    return in_dtype("SGD", "lr", optimizer.lr, params)


def descend(params, step, state):
    """Plain gradient descent without a new array, where `step` is the gradient times the learning rate."""
    np.subtract(params.theta, step.theta, params.theta)
    state.t += 1


def penalty_calls(regularizer, params, grads, rate):
    """The calls that add the gradient of L1 or L2, times the rate, to `grads`; that of another penalty as it is."""
    if type(regularizer) not in (L1, L2):
        return [] if regularizer is None else [lambda: np.add(grads.theta, regularizer.grad(params).theta, grads.theta)]
    lam = in_dtype(type(regularizer).__name__, "lam", regularizer.lam, params)
    pull, term = np.empty_like(params.theta), np.empty_like(params.theta)
    pull[...] = rate * lam * (1 if regularizer.biases else params.weights)
    signs = [partial(np.sign, params.theta, term)] if type(regularizer) is L1 else []
    w = term if signs else params.theta
    return [*signs, partial(np.multiply, w, pull, term), partial(np.add, grads.theta, term, grads.theta)]


class FastStep:
    """The step of `fit` on a tape: the same numbers without new arrays, on a copy where they must lie in another order.

    Arguments and methods as those of `Step`.
    """

    def __init__(self, net, params, loss, X, Y, optimizer, regularizer, batch_size):
        self.given, self.params = params, arranged(net, params, batch_size or Y.shape[-2])
        self.latest = self.params
        self.net, self.loss, self.X, self.Y, self.batch_size = net, loss, X, Y, batch_size
        self.on_tape = not has(net, Dropout)
        self.costs_on_tape = self.on_tape and batch_size is None and Y.dtype == params.theta.dtype
        rate = plain_rate(optimizer, self.params) if type(regularizer) in (type(None), L1, L2) else None
        self.gradient = Gradient(net, self.params, loss, X, Y, 1 if rate is None else rate)
        self.penalty = penalty_calls(regularizer, self.params, self.gradient.grads, 1 if rate is None else rate)
        self.optimizer, self.step = optimizer, optimizer.step if rate is None else descend
        self.state = optimizer.init(self.params)
        self.needed = [partial(penalised_cost, net, loss, regularizer, X, Y)] if optimizer.needs_cost else []

    def __call__(self, rows, rng):
        grads = self.gradient(rows, rng)
        for call in self.penalty:
            call()
        self.step(self.params, grads, self.state, *self.needed)

    def measure(self, metrics):
        """Loss and metrics on all examples, dropout off: on a full batch the forward pass is that of the next step."""
        if self.costs_on_tape and not metrics:
            return {"loss": self.gradient.cost()}
        return measure(self.output(), self.Y, self.loss, metrics)

    def output(self):
        """The network's output on all examples, dropout off."""
        if self.on_tape:
            return self.gradient.output(self.batch_size and (IMAGES if has(self.net, Conv2D) else CHUNK))
        self.publish()
        return self.net.output(self.given, self.X)

    def publish(self):
        """Write the latest parameters to those that were given."""
        if self.latest is not self.given:
            self.given.theta = self.latest.theta

    def lend(self, callbacks, epoch, history):
        """Call functions that may change the parameters: from then on those that were given are the latest."""
        self.publish()
        self.latest = self.given
        for callback in callbacks:
            callback(epoch, self.given, history)
        self.params.theta = self.given.theta
        self.gradient.forget()
        self.latest = self.params

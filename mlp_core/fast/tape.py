"""One step of gradient descent as a list of numpy calls, in memory that is allocated once.

In a small network most of the time is numpy's price for each call and each new array. So the calls of a step, with
their buffers, are written down once, on a *tape*; a step runs the tape. A column of ones beside the activations makes
the bias one more row of the weights, V = [W; b]: the weight of a unit that is always on.
"""

from functools import partial

import numpy as np

from mlp_core.activations import Identity, Logistic, ReLU, Tanh
from mlp_core.fast.costs import per_example
from mlp_core.layers import Dense, Dropout, Flatten, uniforms
from mlp_core.losses import BinaryCrossEntropy, HalfSquaredError, SoftmaxCrossEntropy


class Tape:
    """The calls of one step on a batch of B examples, each bound to its buffers.

    `rate` multiplies the gradient. `shared` says that all replicas have the same batch, `sums_are_one` that each row of
    the targets sums to 1.

    `run(X, Y, rows, rng)` loads the rows of X `(N, n)` and Y `(N, m)`, all of them for None, and makes the calls.
    `output(X, Y, rows)` makes those of the forward pass alone and returns the output; with all rows `run` then goes on
    from there. `cost(X, Y)` does the same for all rows and returns the mean loss, () or (R,). `forget()` says that
    parameters or data have changed since.
    """

    def __init__(self, layout, net, params, grads, loss, rate, sums_are_one, B, shared):
        layout = layout(params.theta, B)
        dense = [layer for layer in net.layers if isinstance(layer, Dense)]
        self.spoils = isinstance(next(layer for layer in net.layers if not isinstance(layer, Flatten)), Dropout)
        A = layout.with_ones(dense[0].n_in, shared and not self.spoils)
        self.layout, a = layout, layout.units(A)
        self.X, dA, start, forward, backward = self.front(net, params, grads, a)
        for layer in net.layers:
            if isinstance(layer, Dropout):
                mask = np.empty(a.shape, a.dtype)
                forward += [partial(self._drop, layer.rate, mask), partial(np.multiply, a, mask, a)]
                backward += [] if dA is None else [partial(np.multiply, dA, mask, dA)]
            elif isinstance(layer, Dense):
                V, dV = (layout.block(p.theta, start, layer.n_in, layer.n_out) for p in (params, grads))
                start += (layer.n_in + 1) * layer.n_out
                Z, dZ = (layout.buffer(layer.n_out, layer is dense[-1]) for _ in range(2))
                above = None if layer is dense[-1] else layout.with_ones(layer.n_out)
                same = type(layer.activation) is Identity
                a = layout.units(above) if above is not None else Z if same else np.empty_like(Z)
                value, slope = elementwise(layer.activation, Z, a, dZ)
                forward += [layout.product(A, V, Z), *value]
                backward += [] if dA is None else [layout.back(dZ, V, dA)]
                backward += [layout.outer(A, dZ, dV), *reversed(slope)]
                A, dA = above, dZ
        self.Y, self.Y_hat = np.empty(dA.shape, dA.dtype), a
        self.share = np.asarray(layout.of_replicas(rate) / B, dA.dtype)
        measure = error(loss, a, self.Y, dA, layout.units_axis, self.share, sums_are_one)
        self.forward, self.backward = forward, [*measure, *reversed(backward)]
        self.loss, self.costs = loss, None
        self.forget()

    def front(self, net, params, grads, a):
        """What lies before the dense layers with inputs a: where X goes, their gradient, parameters and calls used."""
        return a, None, 0, [], []

    def forget(self):
        self.loads, self.ahead = True, False

    def run(self, X, Y, rows, rng):
        if not self.ahead:
            self._go_forward(X, Y, rows, rng)
        for call in self.backward:
            call()
        self.ahead = False

    def output(self, X, Y, rows):
        self._go_forward(X, Y, rows, None)
        self.ahead = rows is None
        return np.array(self.layout.standard(self.Y_hat), order="C")

    def cost(self, X, Y):
        self._go_forward(X, Y, None, None)
        self.ahead = True
        if self.costs is None:
            self.costs, self.losses = per_example(self.loss, *map(self.layout.standard, (self.Y_hat, self.Y)))
        for call in self.costs:
            call()
        return np.add.reduce(self.losses, -1) / self.layout.B

    def _go_forward(self, X, Y, rows, rng):
        self.rng = rng
        if self.loads:
            self.layout.take(X, rows, self.X)
            self.layout.take(Y, rows, self.Y)
            self.loads = self.spoils or rows is not None
        for call in self.forward:
            call()

    def _drop(self, rate, mask):
        keep = uniforms(self.rng, mask.shape, mask.dtype) >= rate
        np.divide(keep, mask.dtype.type(1 - rate), out=mask)


class Leading:
    """Arrays `(B, n)` or `(R, B, n)` for a tape, and the products of a layer as calls.

    `with_ones(n)` is a `buffer` with a further column of ones, once for all replicas if `shared`; `units(A)` is the
    part before that column; `block` is V = [W; b] in theta. `product`: Z = A V. `outer`: dV = A^T dZ. `back`:
    dA = dZ W^T. `take` writes rows of Q `(N, n)` to `out`; `of_replicas` makes () or (R, 1) fit such an array;
    `standard` is a view of one with the axes of the core.
    """

    units_axis = -1

    def __init__(self, theta, B):
        self.lead, self.B, self.dtype = theta.shape[:-1], B, theta.dtype
        self.times = np.matmul if self.lead else np.ndarray.dot

    def buffer(self, n, by_class=False):
        """An array `(..., B, n)`; for the last layer class by class in memory, so that softmax reads along it."""
        shape = (*self.lead, n, self.B) if by_class else (*self.lead, self.B, n)
        return np.empty(shape, self.dtype).mT if by_class else np.empty(shape, self.dtype)

    def with_ones(self, n, shared=False):
        return np.ones((*(() if shared else self.lead), self.B, n + 1), self.dtype)

    def units(self, A):
        return A[..., :-1]

    def block(self, theta, start, n_in, n_out):
        return theta[..., start : start + (n_in + 1) * n_out].reshape(*self.lead, n_in + 1, n_out)

    def of_replicas(self, rate):
        return rate if np.ndim(rate) == 0 else rate[:, :, None]

    def product(self, A, V, Z):
        by_class = Z.mT.flags.c_contiguous
        return partial(self.times, V.mT, A.mT, Z.mT) if by_class else partial(self.times, A, V, Z)

    def outer(self, A, dZ, dV):
        return partial(self.times, A.mT, dZ, dV)

    def back(self, dZ, V, dA):
        return partial(self.times, dZ, V[..., :-1, :].mT, dA)

    def take(self, Q, rows, out):
        if rows is None:
            out[...] = Q
        elif Q.ndim == 2:
            Q.take(rows, 0, out, "clip")
        else:
            out[...] = Q[np.arange(len(Q))[:, None], rows]

    def standard(self, A):
        return A


def elementwise(phi, Z, A, dA):
    """The calls for A = phi(Z), and those that turn dA into dZ = dA * phi'(Z) in place: all of one shape (..., B, n).
    """
    S, one = np.empty_like(Z), np.ones((), Z.dtype)
    slope = [partial(np.multiply, dA, S, dA)]
    if type(phi) not in (Identity, Tanh, ReLU, Logistic):
        return [lambda: np.copyto(A, phi.f(Z))], [lambda: np.copyto(dA, phi.backward(Z, dA))]
    match phi:
        case Identity():
            return [] if A is Z else [partial(np.copyto, A, Z)], []
        case Tanh():
            return [partial(np.tanh, Z, A), partial(np.multiply, A, A, S), partial(np.subtract, one, S, S)], slope
        case ReLU():
            positive, zeros = np.empty_like(Z, bool), np.zeros_like(Z)
            value = [partial(np.maximum, Z, zeros, out=A), partial(np.greater, Z, zeros, positive)]
            return value, [partial(np.multiply, dA, positive, dA)]
        case Logistic(beta=beta):
            rate, most = np.array(beta, Z.dtype), np.array(np.finfo(Z.dtype).max / 4, Z.dtype)
            e = [partial(np.multiply, Z, -rate, S), partial(np.exp, S, S), partial(np.minimum, S, most, out=S)]
            value = [partial(np.add, S, one, A), partial(np.divide, one, A, A)]
            return [*e, *value, *(partial(np.multiply, S, factor, S) for factor in (A, A, rate))], slope


def error(loss, Z, Y, dA, axis, share, sums_are_one):
    """The calls that write the sum's gradient with respect to the output Z, of shape (..., B, m), times share into dA.
    """
    one = np.ones((), Z.dtype)
    mean = [partial(np.subtract, dA, Y, dA), partial(np.multiply, dA, share, dA)]
    match loss:
        case HalfSquaredError():
            return [partial(np.subtract, Z, Y, dA), mean[1]]
        case BinaryCrossEntropy():
            e = [partial(np.negative, Z, dA), partial(np.exp, dA, dA)]
            return [*e, partial(np.add, dA, one, dA), partial(np.divide, one, dA, dA), *mean]
        case SoftmaxCrossEntropy():
            row = np.empty_like(Z.max(axis, keepdims=True))
            E = [partial(np.maximum.reduce, Z, axis, None, row, True), partial(np.subtract, Z, row, dA)]
            total = [partial(np.exp, dA, dA), partial(np.add.reduce, dA, axis, None, row, True)]
            sums = [partial(np.add.reduce, Y, axis, None, row, True), partial(np.multiply, dA, row, dA)]
            return [*E, *total, partial(np.divide, dA, row, dA), *([] if sums_are_one else sums), *mean]

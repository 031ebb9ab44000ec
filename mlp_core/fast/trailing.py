"""Many tiny networks on the tape: their replicas are the last axis in memory, and one call serves them all."""

from functools import partial

import numpy as np


class Trailing:
    """Arrays `(B, n, R)` for a tape, and the products of a layer as calls.

    The same methods as Leading: buffer, with_ones, units, block, of_replicas, product, outer, back, take, standard.
    """

    units_axis = 1

    def __init__(self, theta, B):
        self.R, self.B, self.dtype = len(theta), B, theta.dtype

    def buffer(self, n, by_class=False):
        return np.empty((self.B, n, self.R), self.dtype)

    def with_ones(self, n, shared=False):
        return np.ones((self.B, n + 1) if shared else (self.B, n + 1, self.R), self.dtype)

    def units(self, A):
        return A[:, :-1]

    def block(self, theta, start, n_in, n_out):
        return theta.T[start : start + (n_in + 1) * n_out].reshape(n_in + 1, n_out, self.R)

    def of_replicas(self, rate):
        return rate if np.ndim(rate) == 0 else rate.T[None]

    def product(self, A, V, Z):
        if A.ndim == 2:
            return partial(A.dot, V.reshape(len(V), -1), Z.reshape(self.B, -1))
        return partial(np.einsum, "bir,ijr->bjr", A, V, out=Z)

    def outer(self, A, dZ, dV):
        if A.ndim == 2:
            return partial(A.T.dot, dZ.reshape(self.B, -1), dV.reshape(len(dV), -1))
        return partial(np.einsum, "bir,bjr->ijr", A, dZ, out=dV)

    def back(self, dZ, V, dA):
        return partial(np.einsum, "bjr,ijr->bir", dZ, V[:-1], out=dA)

    def take(self, Q, rows, out):
        batch = Q if rows is None else Q[rows] if Q.ndim == 2 else Q[np.arange(len(Q))[:, None], rows]
        out[...] = np.moveaxis(batch, 0, -1) if batch.ndim == 3 else batch if out.ndim == 2 else batch[..., None]

    def standard(self, A):
        return np.moveaxis(A, -1, 0)

"""What all contenders of a workload share: the network, its first weights, the data, the batches and the step size."""

from dataclasses import dataclass, replace

import numpy as np

from mlp_core import Dense, Dropout, Network


@dataclass(frozen=True)
class Problem:
    """Training a multilayer perceptron by gradient descent or Adam.

    Parameters
    ----------
    sizes : tuple of int, the widths
    hidden : "tanh" or "relu"
    loss : "binary_cross_entropy", "softmax_cross_entropy" or "half_squared_error"
    lr : float
    X, Y : float32 arrays (N, n) and (N, m); float64 for the reference
    batch_size : int that divides N, or None for the full batch
    rate : drop probability after each hidden layer, or None for no dropout
    replicas : R networks, each with weights and an example order of its own, or None for a single one
    l2 : the factor of half the sum of squared weights, of the matrices only
    optimizer : "sgd" or "adam"
    seed : the number of the replica that a single network is
    """

    sizes: tuple
    hidden: str
    loss: str
    lr: float
    X: np.ndarray
    Y: np.ndarray
    batch_size: int | None = None
    rate: float | None = None
    replicas: int | None = None
    l2: float = 0.0
    optimizer: str = "sgd"
    seed: int = 0

    def network(self):
        """The network as mlp_core describes it."""
        *below, last = zip(self.sizes[:-1], self.sizes[1:], strict=True)
        initializer = "he" if self.hidden == "relu" else "uniform"
        layers = []
        for n_in, n_out in below:
            layers.append(Dense(n_in, n_out, self.hidden, initializer))
            layers += [] if self.rate is None else [Dropout(self.rate)]
        return Network([*layers, Dense(*last, "identity", "glorot")])

    def params(self):
        """The first weights, as mlp_core holds them."""
        return self.network().init(self._streams(0), dtype=self.X.dtype)

    def weights(self):
        """The first weights as a list W, b, W, b, ...: copies of shape (n_in, n_out) and (1, n_out), or (R, ...)."""
        first = replace(self, X=self.X.astype(np.float32)).params()
        return [array.astype(self.X.dtype) for layer in first for array in layer.values()]

    def order(self):
        """The random numbers of the example order: a Generator, or one for each replica."""
        return self._streams(1)

    def epoch(self, order):
        """The rows of each batch of one epoch, (B,) or (R, B); None for the full batch. Draws as mlp_core's `fit`."""
        if self.batch_size is None:
            return [None]
        N = len(self.X)
        rows = order.permutation(N) if self.replicas is None else np.stack([own.permutation(N) for own in order])
        return np.split(rows, N // self.batch_size, axis=-1)

    @property
    def steps(self):
        """The number of steps of an epoch."""
        return 1 if self.batch_size is None else len(self.X) // self.batch_size

    def start(self, batches):
        """The same with the first examples only, so many batches of them, and with all units kept."""
        N = len(self.X) if self.batch_size is None else batches * self.batch_size
        return replace(self, X=self.X[:N], Y=self.Y[:N], rate=None if self.rate is None else 0.0)

    def alone(self, seed=0):
        """The same for one replica only."""
        return replace(self, replicas=None, seed=seed)

    def double(self):
        """The same in float64, from the same first weights."""
        return replace(self, X=self.X.astype(np.float64), Y=self.Y.astype(np.float64))

    def _streams(self, kind):
        if self.replicas is None:
            return np.random.default_rng([kind, self.seed])
        return [np.random.default_rng([kind, replica]) for replica in range(self.replicas)]


def take(Q, rows):
    """The rows of a batch, of any library's array; all of them where `rows` is None."""
    return Q if rows is None else Q[rows]

"""Rules that turn a gradient into a step."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class SGD:
    r"""Gradient descent with momentum.

    $$\mathbf v \leftarrow \mu\mathbf v - \eta\nabla C, \qquad \theta \leftarrow \theta + \mathbf v$$

    With `nesterov` the step looks one momentum ahead: $\theta \leftarrow \theta + \mu\mathbf v - \eta\nabla C$.

    Parameters
    ----------
    lr : float > 0, or array (R, 1): the learning rate, one for each replica
    momentum : float, 0 <= momentum < 1
    nesterov : bool

    Raises ValueError for values outside these ranges.

    Book: chapter *xor*. Polyak (1964); Nesterov (1983) in the form of Sutskever et al. (2013).
    """

    lr: float
    momentum: float = 0.0
    nesterov: bool = False

    def __post_init__(self):
        if np.ndim(self.lr) != 0 and np.shape(self.lr)[1:] != (1,):
            raise ValueError(f"SGD: expected a number or an array (R, 1), got lr of shape={np.shape(self.lr)}")
        if not np.all(np.asarray(self.lr) > 0):
            raise ValueError(f"SGD: expected a learning rate above 0, got lr={self.lr}")
        if not 0 <= self.momentum < 1:
            raise ValueError(f"SGD: expected a momentum in [0, 1), got momentum={self.momentum}")
        if self.nesterov and self.momentum == 0:
            raise ValueError(f"SGD: expected a momentum above 0 with nesterov, got momentum={self.momentum}")

    def init(self, params):
        """The state before the first step: a velocity of 0, Parameters.

        Raises ValueError where there is a learning rate for each of another number of replicas.
        """
        if np.ndim(self.lr) and np.shape(self.lr) != (params.replicas, 1):
            expected = "a number" if params.replicas is None else f"a number or an array ({params.replicas}, 1)"
            raise ValueError(f"SGD: expected {expected}, got lr of shape={np.shape(self.lr)}")
        return params.zeros_like()

    def step(self, params, grads, velocity):
        """Move `params` one step against `grads`; `params` and `velocity` are updated in place."""
        velocity.theta = self.momentum * velocity.theta - self.lr * grads.theta
        if self.nesterov:
            params.theta += self.momentum * velocity.theta - self.lr * grads.theta
        else:
            params.theta += velocity.theta

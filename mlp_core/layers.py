"""Layers: frozen hyperparameters, pure functions of parameters. Forward and backward are neighbours.

Every layer has

    shapes()                            -> names and shapes of its arrays, {} if none
    init(rng, params)                   -> fills the arrays it is given
    forward(params, A_prev, rng=None)   -> A, cache
    backward(params, cache, dA)         -> dA_prev, grads

A batch has one example a row. `rng` given means training, None means evaluation. Axes in front of the
last two are replicas: `A_prev` is `(B, n_in)`, or `(R, B, n_in)`, and then `rng` is a sequence of R generators.
"""

from dataclasses import dataclass
from math import prod

import numpy as np

from mlp_core.activations import Activation, activation
from mlp_core.initializers import Initializer, initializer


class Layer:
    """A layer without parameters; `n_in` and `n_out` are None where any width fits.

    Book: chapter *notation*.
    """

    n_in = None
    n_out = None

    def shapes(self):
        """Names and shapes of the layer's arrays."""
        return {}

    def init(self, rng, params):
        """Fill the arrays in `params`, those of a single network, from the generator `rng`."""


@dataclass(frozen=True)
class Dense(Layer):
    r"""A fully connected layer: $\mathbf z = \mathbf W\mathbf a + \mathbf b$, $\mathbf a' = \phi(\mathbf z)$.

    Parameters
    ----------
    n_in, n_out : int, at least 1
    activation : name or Activation
    initializer : name or Initializer

    Arrays: W `(n_in, n_out)`, with `W[i, j]` the weight from unit i to unit j, and b `(1, n_out)`.
    Raises ValueError for sizes that are not positive integers, unknown names and a dA of another shape.

    Book: chapter *losses*.
    """

    n_in: int
    n_out: int
    activation: str | Activation = "identity"
    initializer: str | Initializer = "glorot"

    def __post_init__(self):
        for name in ("n_in", "n_out"):
            size = getattr(self, name)
            if not isinstance(size, int | np.integer) or isinstance(size, bool) or size < 1:
                raise ValueError(f"Dense: expected a positive integer, got {name}={size!r}")
        object.__setattr__(self, "activation", activation(self.activation))
        object.__setattr__(self, "initializer", initializer(self.initializer))

    def __str__(self):
        return f"Dense {self.n_in}->{self.n_out}"

    def shapes(self):
        return {"W": (self.n_in, self.n_out), "b": (1, self.n_out)}

    def init(self, rng, params):
        params["W"] = self.initializer.init(rng, params["W"].shape)
        if self.initializer.biases:
            params["b"] = self.initializer.init(rng, params["b"].shape)

    def forward(self, params, A_prev, rng=None):
        """Return A = phi(A_prev @ W + b), of shape (..., B, n_out), and the cache."""
        W, b = params["W"], params["b"]
        Z = A_prev @ W + b  # (..., B, n_out)
        A = self.activation.f(Z)  # (..., B, n_out)
        return A, (A_prev, Z)

    def backward(self, params, cache, dA):
        """Return dA_prev, of shape (..., B, n_in), and the gradients of W and b."""
        W = params["W"]
        A_prev, Z = cache
        if dA.shape != Z.shape:
            raise ValueError(f"Dense: expected dA of shape {Z.shape}, got shape={dA.shape}")
        dZ = self.activation.backward(Z, dA)  # (..., B, n_out)
        dW = A_prev.mT @ dZ  # (..., n_in, n_out)
        db = dZ.sum(axis=-2, keepdims=True)  # (..., 1, n_out)
        dA_prev = dZ @ W.mT  # (..., B, n_in)
        return dA_prev, {"W": dW, "b": db}


@dataclass(frozen=True)
class Dropout(Layer):
    r"""Inverted dropout: in training each unit is dropped with probability p, the kept ones divided by $1 - p$.

    $\tilde a_j = m_j a_j / (1 - p)$ with $m_j \in \{0, 1\}$ and $\Pr(m_j = 0) = p$, so $\mathbb E\,\tilde a_j = a_j$.
    In evaluation the layer is the identity.

    Parameters
    ----------
    rate : float, 0 <= rate < 1
        The probability p of *dropping* a unit.

    Raises ValueError for another rate.

    Book: chapter *dropout*. Srivastava et al. (2014), who write p for the probability of keeping.
    """

    rate: float

    def __post_init__(self):
        if not 0 <= self.rate < 1:
            raise ValueError(f"Dropout: expected a drop probability in [0, 1), got rate={self.rate}")

    def __str__(self):
        return f"Dropout {self.rate}"

    def forward(self, params, A_prev, rng=None):
        """Return the masked and rescaled activations, of the shape of A_prev, and the scaled mask."""
        if rng is None:
            return A_prev, np.ones((1, 1), A_prev.dtype)
        keep = uniforms(rng, A_prev.shape) >= self.rate
        mask = (keep / (1 - self.rate)).astype(A_prev.dtype)  # (..., B, n), 0 or 1/(1-p)
        return A_prev * mask, mask

    def backward(self, params, mask, dA):
        """Return dA times the same scaled mask."""
        return dA * mask, {}


@dataclass(frozen=True)
class Flatten(Layer):
    """Each example of the given shape becomes one row: `(..., B, 8, 8)` to `(..., B, 64)`; a network's first layer.

    Parameters
    ----------
    shape : tuple of int
        The shape of one example.

    Raises ValueError for another shape, and where the last axes of the input are not `shape`.

    Book: chapter *convolution*.
    """

    shape: tuple

    def __post_init__(self):
        sizes = self.shape if isinstance(self.shape, tuple | list) else ()
        if not sizes or not all(isinstance(n, int | np.integer) and n > 0 for n in sizes):
            raise ValueError(f"Flatten: expected positive integers, got shape={self.shape!r}")
        object.__setattr__(self, "shape", tuple(sizes))

    @property
    def n_out(self):
        return prod(self.shape)

    def __str__(self):
        return f"Flatten {'x'.join(map(str, self.shape))}->{self.n_out}"

    def forward(self, params, A_prev, rng=None):
        """Return the rows, of shape (..., B, n_out), and nothing to remember."""
        n = len(self.shape)
        if A_prev.ndim <= n or A_prev.shape[-n:] != self.shape:
            raise ValueError(f"Flatten: expected examples of shape {self.shape}, got shape={A_prev.shape}")
        return A_prev.reshape(*A_prev.shape[:-n], self.n_out), None

    def backward(self, params, cache, dA):
        """Return dA in the shape of the input."""
        return dA.reshape(*dA.shape[:-1], *self.shape), {}


def uniforms(rng, shape):
    """Numbers uniform in [0, 1) of the given shape `(B, n)`; from R generators `(R, B, n)`, each its own stream.

    Book: chapter *dropout*.
    """
    if isinstance(rng, np.random.Generator):
        return rng.random(shape)
    return np.stack([stream.random(shape[-2:]) for stream in rng])

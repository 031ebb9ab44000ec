"""Layers: frozen hyperparameters, pure functions of parameters. Forward and backward are neighbours.

Every layer has

    shapes()                            -> names and shapes of its arrays, {} if none
    init(rng, params)                   -> fills the arrays it is given
    forward(params, A_prev, rng=None)   -> A, cache
    backward(params, cache, dA)         -> dA_prev, grads
    shape_in, shape_out                 the shape of one example: (n,) for rows, (H, W, C) for images
    operations(shape)                   -> multiply-adds, numbers in the cache, of one example's forward pass

A batch has one example a row. `rng` given means training, None means evaluation. Axes in front of the
batch are replicas: `A_prev` is `(B, n_in)`, or `(R, B, n_in)`, and then `rng` is a sequence of R generators.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from math import prod
from typing import Any

import numpy as np

from mlp_core.activations import Activation, activation
from mlp_core.annotations import Array, Arrays, Generator, Generators, Shape
from mlp_core.checks import (
    FLAG,
    GENERATOR,
    Checked,
    Rule,
    by_name,
    count,
    is_array,
    is_count,
    number,
    of_rules,
    shown,
    with_axes,
)
from mlp_core.initializers import Initializer, initializer
from mlp_core.parameters import Entries

__all__ = ["Layer", "Dense", "Dropout", "Flatten"]

ACTIVATION, INITIALIZER = by_name(activation), by_name(initializer)


def sizes(expected, axes=None):
    """A rule for the shape of one example, of so many axes or, for None, of any number: a tuple of int."""

    def holds(shape):
        lengths = [axes] if axes else range(1, 33)
        return isinstance(shape, tuple | list) and len(shape) in lengths and all(map(is_count, shape))

    return Rule(expected, holds, lambda shape: tuple(map(int, shape)))


def _entries(layer, name, params):
    """A rule: the arrays of a layer, of a single network or with the replicas in front."""
    shapes = layer.shapes()
    if type(params) is Entries and params.shapes == shapes:
        return params
    given = params if isinstance(params, Mapping) else {}
    for entry, shape in shapes.items():
        W = given.get(entry)
        if not is_array(W) or W.shape[-len(shape) :] != shape or W.dtype.kind not in "fc":
            got = {key: np.shape(A) for key, A in given.items()} or shown(params)
            raise ValueError(f"{type(layer).__name__}: expected arrays of shapes {shapes}, got {name}={got}")
    return params


def _are_streams(rng):
    if isinstance(rng, list | tuple):
        return len(rng) > 0 and all(isinstance(stream, np.random.Generator) for stream in rng)
    return rng is None or isinstance(rng, np.random.Generator)


def _of_cache(backward):
    """The backward pass of a layer. It refuses a cache that is not of a forward pass whose output is of dA's shape."""

    @wraps(backward)
    def checked(layer, params, cache, dA):
        lead = dA.shape[: -len(layer.shape_out or (1,))]
        parts = cache if isinstance(cache, tuple) else (cache,)
        plain = all([type(Q) is np.ndarray or not isinstance(Q, np.ndarray) or is_array(Q) for Q in parts])
        try:
            dA_prev, grads = backward(layer, params, cache, dA) if plain else (None, {})
        except Exception:
            like = np.zeros((*lead, *(layer.shape_in or dA.shape[len(lead) :])))
            plain = False
            with suppress(ValueError):
                plain = _form(layer.forward(params, like)[1]) == _form(cache)
            if plain:
                raise
        if not plain or dA_prev.shape[: -len(layer.shape_in or (1,))] != lead or dA_prev.dtype.kind not in "fc":
            expected, got = "cache and dA of one forward pass", f"cache={_form(cache)}, dA.shape={dA.shape}"
            raise ValueError(f"{type(layer).__name__}: expected {expected}, got {got}") from None
        return dA_prev, grads

    return checked


def _form(cache):
    """The shapes of the arrays in a cache, in words."""
    if isinstance(cache, tuple):
        return f"({', '.join(map(_form, cache))})"
    return str(cache.shape) if is_array(cache) else "None" if cache is None else type(cache).__name__


RANDOM = Rule("a numpy Generator, one for each replica or None", _are_streams)
LAYER_RULES = {
    "init": {"rng": GENERATOR, "params": _entries},
    "forward": {"params": _entries, "A_prev": with_axes(lambda layer: layer.shape_in), "rng": RANDOM},
    "backward": {
        "params": _entries,
        "cache": lambda _layer, _name, cache: cache,
        "dA": with_axes(lambda layer: layer.shape_out),
    },
    "operations": {"shape": sizes("positive integers")},
}


class Layer(Checked):
    """A layer without parameters.

    `shape_in` and `shape_out` are the shapes of one example, as it comes and as it goes. None stands for rows of any
    width, which the layer keeps. `fit` leaves the arrays of a layer alone that is not `trainable`.

    Raises ValueError for parameters, examples, a cache and a gradient that do not fit the layer. Lists and integers are
    taken as float64.
    """

    forward: Callable[..., tuple[Array, Any]]
    backward: Callable[..., tuple[Array, dict[str, Array]]]
    shape_in: Shape | None = None
    shape_out: Shape | None = None
    trainable = True

    def __init_subclass__(cls):
        for name, rules in LAYER_RULES.items():
            if name in vars(cls):
                method = vars(cls)[name]
                setattr(cls, name, of_rules(_of_cache(method) if name == "backward" else method, **rules))

    def shapes(self) -> dict[str, Shape]:
        """Names and shapes of the layer's arrays."""
        return {}

    def init(self, rng: Generator, params: Entries) -> None:
        """Fill the arrays in `params`, those of a single network, from the generator `rng`."""

    def operations(self, shape: Shape) -> tuple[int, int]:
        """Multiply-adds of the forward pass of one example of the given shape, and the numbers it leaves in the cache.

        The backward pass has two products, dW and dA_prev, each of as many multiply-adds as the forward pass.
        """
        return 0, 0


@dataclass(frozen=True)
class Dense(Layer):
    r"""A fully connected layer: $\mathbf z = \mathbf W\mathbf a + \mathbf b$, $\mathbf a' = \phi(\mathbf z)$.

    Arrays: W `(n_in, n_out)`, with `W[i, j]` the weight from unit i to unit j, and b `(1, n_out)`. As examples are
    rows, W in code is the transpose of the formula's $\mathbf W$.

    Parameters
    ----------
    n_in, n_out : int, at least 1
    activation : name or Activation
    initializer : name or Initializer
    bias : bool, whether there is a bias; without one W is the only array
    trainable : bool, whether `fit` trains the layer

    Raises
    ------
    ValueError : for sizes that are not positive integers, unknown names and a dA of another shape
    """

    n_in: int
    n_out: int
    activation: str | Activation = "identity"
    initializer: str | Initializer = "glorot"
    bias: bool = True
    trainable: bool = True
    _rules = {"n_in": count(), "n_out": count(), "activation": ACTIVATION, "initializer": INITIALIZER}
    _rules |= {"bias": FLAG, "trainable": FLAG}

    def __str__(self):
        return f"Dense {self.n_in}->{self.n_out}{'' if self.bias else ' without bias'}"

    @property
    def shape_in(self) -> Shape:
        return (self.n_in,)

    @property
    def shape_out(self) -> Shape:
        return (self.n_out,)

    def shapes(self) -> dict[str, Shape]:
        W: dict[str, Shape] = {"W": (self.n_in, self.n_out)}
        return W | {"b": (1, self.n_out)} if self.bias else W

    def init(self, rng: Generator, params: Entries) -> None:
        params["W"] = self.initializer.init(rng, params["W"].shape)
        if self.bias:
            params["b"] = self.initializer.init_bias(rng, params["b"].shape)

    def forward(self, params: Arrays, A_prev: Array, rng: Generators | None = None) -> tuple[Array, Any]:
        """Return A = phi(A_prev @ W + b), of shape (..., B, n_out), and the cache."""
        W, b = params["W"], params.get("b", 0)
        Z = A_prev @ W + b  # (..., B, n_out)
        A = self.activation.f(Z)  # (..., B, n_out)
        return A, (A_prev, Z)

    def backward(self, params: Arrays, cache: Any, dA: Array) -> tuple[Array, dict[str, Array]]:
        r"""Backpropagation through one layer, from the output's gradient to those of W, b and the input.

        $$\boldsymbol\delta = \nabla_{\mathbf a'}C \odot \phi'(\mathbf z), \qquad
        \frac{\partial C}{\partial\mathbf W} = \boldsymbol\delta\,\mathbf a^\top, \qquad
        \frac{\partial C}{\partial\mathbf b} = \boldsymbol\delta, \qquad
        \nabla_{\mathbf a}C = \mathbf W^\top\boldsymbol\delta$$

        That is for one example. `dZ` holds the deltas of the examples over B, so sums over rows are means.
        Returns dA_prev, of shape (..., B, n_in), and the gradients of W and b.
        """
        W = params["W"]
        A_prev, Z = cache
        dZ = self.activation.backward(Z, dA)  # (..., B, n_out)
        dW = A_prev.mT @ dZ  # (..., n_in, n_out)
        db = dZ.sum(axis=-2, keepdims=True)  # (..., 1, n_out)
        dA_prev = dZ @ W.mT  # (..., B, n_in)
        return dA_prev, {"W": dW, "b": db} if self.bias else {"W": dW}

    def operations(self, shape: Shape) -> tuple[int, int]:
        return self.n_in * self.n_out, self.n_in + self.n_out


@dataclass(frozen=True)
class Dropout(Layer):
    r"""Inverted dropout: in training each unit is dropped with probability p, the kept ones divided by $1 - p$.

    $\tilde a_j = m_j a_j / (1 - p)$ with $m_j \in \{0, 1\}$ and $\Pr(m_j = 0) = p$, so $\mathbb E\,\tilde a_j = a_j$.
    In evaluation the layer is the identity. It acts on rows: after images it comes behind Flatten.

    Parameters
    ----------
    rate : float, 0 <= rate < 1
        The probability p of *dropping* a unit.

    Raises
    ------
    ValueError : for another rate

    References
    ----------
    Srivastava et al. (2014), who write p for the probability of keeping.
    """

    rate: float
    _rules = {"rate": number("a drop probability in [0, 1)", lambda rate: 0 <= rate < 1)}

    def __str__(self):
        return f"Dropout {self.rate}"

    def forward(self, params: Arrays, A_prev: Array, rng: Generators | None = None) -> tuple[Array, Any]:
        """Return the masked and rescaled activations, of the shape of A_prev, and the scaled mask."""
        if rng is None:
            return A_prev, np.ones((1, 1), A_prev.dtype)
        keep = uniforms(rng, A_prev.shape, A_prev.dtype) >= self.rate
        mask = keep / A_prev.dtype.type(1 - self.rate)  # (..., B, n), 0 or 1/(1-p)
        return A_prev * mask, mask

    def backward(self, params: Arrays, mask: Array, dA: Array) -> tuple[Array, dict[str, Array]]:
        """Return dA times the same scaled mask."""
        return dA * mask, {}

    def operations(self, shape: Shape) -> tuple[int, int]:
        return 0, prod(shape)


@dataclass(frozen=True)
class Flatten(Layer):
    """Each example of the given shape becomes one row: `(..., B, 8, 8)` to `(..., B, 64)`.

    Parameters
    ----------
    shape : tuple of int
        The shape of one example.

    Raises
    ------
    ValueError : for another shape, and where the last axes of the input are not `shape`
    """

    shape: Shape
    _rules = {"shape": sizes("positive integers")}

    @property
    def shape_in(self) -> Shape:
        return self.shape

    @property
    def shape_out(self) -> Shape:
        return (prod(self.shape),)

    def __str__(self):
        return f"Flatten {dimensions(self.shape)}->{dimensions(self.shape_out)}"

    def forward(self, params: Arrays, A_prev: Array, rng: Generators | None = None) -> tuple[Array, Any]:
        """Return the rows, of shape (..., B, n_out), and nothing to remember."""
        return A_prev.reshape(*A_prev.shape[: -len(self.shape)], *self.shape_out), None

    def backward(self, params: Arrays, cache: Any, dA: Array) -> tuple[Array, dict[str, Array]]:
        """Return dA in the shape of the input."""
        return dA.reshape(*dA.shape[:-1], *self.shape), {}


def dimensions(shape):
    """A shape in words: `24x24x6`."""
    return "x".join(map(str, shape))


def uniforms(rng, shape, dtype):
    """Numbers uniform in [0, 1) of the given shape `(B, n)`; from R generators `(R, B, n)`, each its own stream."""
    dtype = dtype if dtype == np.float32 else float
    if isinstance(rng, np.random.Generator):
        return rng.random(shape, dtype)
    return np.stack([stream.random(shape[-2:], dtype) for stream in rng])

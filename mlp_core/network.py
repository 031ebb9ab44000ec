"""A network is a sequence of layers; `MLP` builds the usual one from the lecture's notation."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from mlp_core.activations import Activation
from mlp_core.annotations import Array, Generators, Shape
from mlp_core.checks import count, is_array, is_count, is_float, shown
from mlp_core.initializers import Initializer
from mlp_core.layers import Dense, Layer, dimensions
from mlp_core.parameters import Parameters, check_parameters

__all__ = ["Network", "MLP", "Operations", "operations", "Description", "describe"]

CHUNK = 512  # rows: enough for products of matrices to be fast


@dataclass(frozen=True)
class Network:
    r"""Layers applied one after the other: $\mathbf a^{(0)} = \mathbf x$, $\mathbf a^{(l)} = f_l(\mathbf a^{(l-1)})$.

    Parameters
    ----------
    layers : sequence of Layer
        At least one. What one returns must have the shape that the next expects.

    Raises
    ------
    ValueError : where there is no layer, for what is no layer, and where two neighbours do not fit
    """

    layers: Sequence[Layer]

    def __post_init__(self):
        if not np.iterable(self.layers):
            raise ValueError(f"Network: expected a sequence of layers, got layers={shown(self.layers)}")
        object.__setattr__(self, "layers", tuple(self.layers))
        _check_wiring(self)

    def __str__(self):
        return f"Network({', '.join(map(str, self.layers))})"

    @property
    def shape_in(self) -> Shape | None:
        """The shape of one example of X; None where any width fits."""
        return next((layer.shape_in for layer in self.layers if layer.shape_in is not None), None)

    @property
    def shapes(self) -> tuple[dict[str, Shape], ...]:
        """For each layer the names and shapes of its arrays, as for Parameters."""
        return tuple(layer.shapes() for layer in self.layers)

    def example_shapes(self) -> list:
        """The shape of one example as it is given to each layer, and last as the network returns it."""
        shapes = [self.shape_in]
        for layer in self.layers:
            shapes.append(shapes[-1] if layer.shape_out is None else layer.shape_out)
        return shapes

    def init(self, rng: Generators, replicas: int | None = None, dtype: DTypeLike = np.float64) -> Parameters:
        """Draw and return first parameters: `(P,)`, or `(R, P)` with one stream of random numbers for each replica.

        Parameters
        ----------
        rng : numpy Generator, or a sequence of R of them
            One generator with `replicas=R` is spawned into R streams.
        replicas : int or None
        dtype : float64 or float32

        Raises
        ------
        ValueError : where `rng` and `replicas` do not agree, for replicas below 1 and for other dtypes
        """
        if replicas is None and isinstance(rng, list | tuple):
            replicas = len(rng)
        if replicas is not None:
            replicas = count("at least one replica")("Network", "replicas", replicas)
        rng = streams(rng, replicas, "Network")
        if not is_float(dtype):
            got = getattr(dtype, "__name__", None) or shown(dtype)
            raise ValueError(f"Network: expected float64 or float32, got dtype={got}")
        params = Parameters.zeros(self.shapes, replicas, dtype)
        networks: list = [(rng, params)] if replicas is None else [(rng[r], params.replica(r)) for r in range(replicas)]
        for stream, network_params in networks:
            for layer, layer_params in zip(self.layers, network_params, strict=True):
                layer.init(stream, layer_params)
        return params

    def forward(self, params: Parameters, X: Array, rng: Generators | None = None) -> tuple[Array, list[Any]]:
        """Return the output, of shape `(B, m)` or `(R, B, m)`, and the caches of all layers.

        Parameters
        ----------
        params : Parameters of this network
        X : array, (B, n), or (R, B, n) where each replica has a batch of its own; images (B, H, W, C) likewise
        rng : None in evaluation; in training a Generator, or one for each replica

        Raises
        ------
        ValueError : for an X, an rng or parameters that do not fit this network
        """
        self._check(params, X)
        if rng is not None:
            rng = streams(rng, params.replicas, "Network")
        A, caches = X.astype(params.theta.dtype, copy=False), []
        for layer, layer_params in zip(self.layers, params, strict=True):
            A, cache = layer.forward(layer_params, A, rng)
            caches.append(cache)
        return A, caches

    def output(self, params: Parameters, X: Array) -> Array:
        """The output alone, dropout off, on any number of rows: `(N, m)` or `(R, N, m)`.

        It is computed in chunks of rows, so that the caches of one chunk are all that stands in memory.
        Parameters and errors as for `forward`.
        """
        self._check(params, X)
        axis = X.ndim - 1 - len(self.shape_in or X.shape[-1:])
        if X.shape[axis] <= CHUNK:
            return self.forward(params, X)[0]
        chunks = np.split(X, range(CHUNK, X.shape[axis], CHUNK), axis)
        outputs = [self.forward(params, chunk)[0] for chunk in chunks]  # (..., CHUNK, m), the last one shorter
        return np.concatenate(outputs, axis=-1 - len(self.example_shapes()[-1] or (1,)))

    def activations(self, params: Parameters, X: Array) -> list[Array]:
        r"""The outputs of all layers in evaluation, from X on: the list $A^{(0)} = X, A^{(1)}, \dots, A^{(L)}$.

        They are L + 1 arrays for L layers; X in front of replicas stays one batch, (B, n).
        Parameters and errors as for `forward`.
        """
        self._check(params, X)
        outputs = [X.astype(params.theta.dtype, copy=False)]
        for layer, layer_params in zip(self.layers, params, strict=True):
            outputs.append(layer.forward(layer_params, outputs[-1])[0])
        return outputs

    def backward(self, params: Parameters, caches: list[Any], dA: Array) -> tuple[Array, Parameters]:
        """Return the gradients of the cost with respect to X and to the parameters.

        Parameters
        ----------
        params, caches : as given to and returned by `forward`
        dA : gradient with respect to the output, of its shape

        Returns
        -------
        DX, of the shape of X with replicas in front, and grads, Parameters

        Raises
        ------
        ValueError : for parameters of another network, for what are no caches and for a dA of another shape
        """
        check_parameters("Network", self, params)
        if not isinstance(caches, list | tuple) or len(caches) != len(self.layers):
            raise ValueError(f"Network: expected the caches that forward returned, got caches={shown(caches)}")
        if not is_array(dA) or dA.dtype.kind not in "fc":
            raise ValueError(f"Network: expected dA to be an array of floats, got dA={shown(dA)}")
        grads = params.zeros_like()
        for index in reversed(range(len(self.layers))):
            dA, layer_grads = self.layers[index].backward(params[index], caches[index], dA)
            for name, gradient in layer_grads.items():
                grads[index][name] = gradient
        return dA, grads

    def _check(self, params, X):
        check_parameters("Network", self, params)
        if not is_array(X):
            raise ValueError(f"Network: expected X to be a numpy array, got X={type(X).__name__}")
        if X.ndim < 2 or 0 in X.shape:
            raise ValueError(f"Network: expected X with one example a row, got shape={X.shape}")
        shape = self.shape_in or X.shape[-1:]
        axes, example = X.shape[: -len(shape)], X.shape[-len(shape) :]
        if len(axes) > 1 and axes[:-1] != (params.replicas,):
            own = "" if params.replicas is None else f", or one for each of {params.replicas} replicas"
            raise ValueError(f"Network: expected X to be one batch{own}, got shape={X.shape}")
        if not axes or example != shape:
            expected = f"{shape[0]} columns" if len(shape) == 1 else f"examples of shape {shape}"
            raise ValueError(f"Network: expected X with {expected}, got shape={X.shape}")
        if not np.can_cast(X.dtype, params.theta.dtype):
            expected = f"X of dtype {params.theta.dtype}, as its parameters"
            raise ValueError(f"Network: expected {expected}, got dtype={X.dtype}")


def _check_wiring(net):
    if not net.layers:
        raise ValueError("Network: expected at least one layer, got layers=()")
    for index, layer in enumerate(net.layers):
        if not isinstance(layer, Layer):
            raise ValueError(f"Network: expected layers, got layers[{index}]={shown(layer)}")
    for number, (layer, given) in enumerate(zip(net.layers, net.example_shapes(), strict=False), start=1):
        if layer.shape_in is None and given is not None and len(given) > 1:
            expected = f"rows for layer {number} ({layer}), as Flatten makes them"
            raise ValueError(f"Network: expected {expected}, got shape={given}")
        if layer.shape_in is not None and layer.shape_in != given:
            numbered = enumerate(net.layers[: number - 1], start=1)
            below = [f"layer {k} ({source})" for k, source in numbered if source.shape_out is not None][-1]
            expected = f"{dimensions(layer.shape_in)} inputs for layer {number} ({layer})"
            raise ValueError(f"Network: expected {expected}, got {dimensions(given)} from {below}")


def MLP(
    sizes: str | Sequence[int], hidden: str | Activation = "tanh", output: str | Activation = "identity",
    initializer: str | Initializer = "glorot",
) -> Network:
    """Return a multilayer perceptron: a Network of dense layers of the given sizes.

    Parameters
    ----------
    sizes : str such as "2-4-3-2", or sequence of int
        Widths from the input to the output, at least two.
    hidden, output : name or Activation, of the hidden layers and of the last one
    initializer : name or Initializer

    Raises
    ------
    ValueError : for sizes of another form and for unknown names
    """
    try:
        widths = [int(size) for size in sizes.split("-")] if isinstance(sizes, str) else list(sizes)
    except (ValueError, TypeError):
        widths = []
    if len(widths) < 2 or not all(map(is_count, widths)):
        raise ValueError(f'MLP: expected sizes such as "2-4-1" or (2, 4, 1), got sizes={shown(sizes)}')
    phis = [hidden] * (len(widths) - 2) + [output]
    pairs = zip(widths[:-1], widths[1:], phis, strict=True)
    return Network([Dense(n_in, n_out, phi, initializer) for n_in, n_out, phi in pairs])


class Operations(NamedTuple):
    """Multiply-adds and bytes of a forward and of a backward pass: see `operations`."""

    multiply_adds_forward: int
    multiply_adds_backward: int
    bytes_forward: int
    bytes_backward: int


def operations(net: Network, batch: int) -> Operations:
    """What a step of training costs a network of float64 numbers.

    Parameters
    ----------
    net : Network
    batch : int, at least 1, the number of examples

    Returns
    -------
    Operations
        Multiply-adds are those of the matrix products: A_prev @ W forward; dW and dA_prev backward, in every layer, for
        the first one's dA_prev is the gradient with respect to X. Bytes are those of the parameters and of all caches
        (forward), and of the gradients with respect to the parameters and to X (backward).

    Raises
    ------
    ValueError : for what is no network, a network that fits any width, and another batch
    """
    check_network("operations", net)
    if net.shape_in is None:
        raise ValueError(f"operations: expected a network of known width, got net={shown(net, str)}")
    batch, itemsize = count()("operations", "batch", batch), 8
    P, n_in = sum(map(_size, net.layers)), prod(net.shape_in)
    counts = [layer.operations(shape) for layer, shape in zip(net.layers, net.example_shapes(), strict=False)]
    products, cached = (batch * sum(column) for column in zip(*counts, strict=True))
    return Operations(products, 2 * products, itemsize * (P + cached), itemsize * (P + batch * n_in))


@dataclass(frozen=True, repr=False)
class Description:
    """What `describe` returns. Written out it is a table with one line a layer.

    Attributes
    ----------
    rows : the input and each layer, as (name, shape of one example of its output, number of parameters)
    weight_layers : int, the layers that have parameters: the book's count
    hidden_layers : int, those of them before the last
    node_layers : int, the weight layers and the input
    parameters : int, of the whole network
    """

    rows: tuple[tuple[str, Shape | None, int], ...]

    @property
    def weight_layers(self) -> int:
        return sum(size > 0 for _, _, size in self.rows)

    @property
    def hidden_layers(self) -> int:
        return max(self.weight_layers - 1, 0)

    @property
    def node_layers(self) -> int:
        return self.weight_layers + 1

    @property
    def parameters(self) -> int:
        return sum(size for _, _, size in self.rows)

    def __repr__(self):
        rows = [(name, "any" if shape is None else dimensions(shape), str(size)) for name, shape, size in self.rows]
        table = [("layer", "output", "parameters"), *rows]
        first, second, third = (max(map(len, column)) for column in zip(*table, strict=True))
        lines = [f"{name:<{first}}  {shape:<{second}}  {size:>{third}}" for name, shape, size in table]
        layers = f"weight layers: {self.weight_layers}, hidden layers: {self.hidden_layers}"
        return "\n".join([*lines, f"{layers}, node layers: {self.node_layers}, parameters: {self.parameters}"])


def describe(net: Network) -> Description:
    """The layers of a network, their shapes and parameters, and the three ways to count layers.

    Parameters
    ----------
    net : Network

    Returns
    -------
    a Description

    Raises
    ------
    ValueError : for what is no network
    """
    check_network("describe", net)
    names, sizes = ["input", *map(str, net.layers)], [0, *map(_size, net.layers)]
    return Description(tuple(zip(names, net.example_shapes(), sizes, strict=True)))


def streams(rng, replicas, caller) -> Any:
    """The generator of a single network (`replicas=None`), or R of them, spawned from one or as given.

    Raises ValueError, in the caller's name, where `rng` and `replicas` do not agree.
    """
    if isinstance(rng, np.random.Generator):
        return rng if replicas is None else rng.spawn(replicas)
    if replicas is None:
        raise ValueError(f"{caller}: expected a numpy Generator, got rng={type(rng).__name__}")
    if not isinstance(rng, list | tuple) or not all(isinstance(stream, np.random.Generator) for stream in rng):
        raise ValueError(f"{caller}: expected a numpy Generator or {replicas} of them, got rng={type(rng).__name__}")
    if len(rng) != replicas:
        raise ValueError(f"{caller}: expected one generator for each of {replicas} replicas, got len(rng)={len(rng)}")
    first = {}
    for r, stream in enumerate(rng):
        if first.setdefault(id(stream.bit_generator), r) < r:
            same = first[id(stream.bit_generator)]
            raise ValueError(f"{caller}: expected a generator of its own for each replica, got rng[{r}]=rng[{same}]")
    return rng


def _size(layer):
    return sum(prod(shape) for shape in layer.shapes().values())


def check_network(caller, net):
    """Raise ValueError, in the caller's name, for what is no Network."""
    if not isinstance(net, Network):
        raise ValueError(f"{caller}: expected a Network such as MLP('2-2-1'), got net={shown(net)}")


def check_networks(caller, net, params):
    """Raise ValueError, in the caller's name, for what is no Network and for what are not its Parameters."""
    check_network(caller, net)
    check_parameters(caller, net, params)

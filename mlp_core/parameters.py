"""All weights and biases of a network as one vector, with named views (the lecture's *configuration*)."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from mlp_core.annotations import Array, Shape
from mlp_core.checks import count, is_count, is_float, shown

__all__ = ["Parameters", "Entries"]


class Parameters:
    r"""The parameter vector $\theta$ of a network: one point of weight space, or R of them.

    `params.theta` is the vector, of shape `(P,)` for one network and `(R, P)` for R replicas.
    `params[l]["W"]` is the array called W of layer l, a view of that vector: of shape `(n_in, n_out)`
    or `(R, n_in, n_out)`. Gradients and velocities are of the same type, so the update is the formula

        params.theta -= lr * grads.theta

    Assignment, to `.theta` or to an entry, writes *into* the vector; nothing can detach a view from it.

    Parameters
    ----------
    shapes : sequence of dict
        For each layer the names and two-dimensional shapes of its arrays, `{}` if it has none.
    theta : array, (P,) or (R, P), float32 or float64
        The numbers. The vector is used as it is, not copied.

    Raises
    ------
    ValueError : for a vector of another length or dtype, and for a value of another shape or that is no array
    """

    def __init__(self, shapes: Sequence[Mapping[str, Shape]], theta: Array) -> None:
        size = _size(shapes)
        if not isinstance(theta, np.ndarray) or not is_float(theta.dtype):
            kind = theta.dtype if isinstance(theta, np.ndarray) else type(theta).__name__
            raise ValueError(f"Parameters: expected theta to be a float32 or float64 array, got theta={kind}")
        if theta.ndim not in (1, 2) or theta.shape[-1] != size:
            raise ValueError(f"Parameters: expected theta of shape ({size},) or (R, {size}), got shape={theta.shape}")
        if not theta.flags.writeable:
            raise ValueError("Parameters: expected a theta that can be written to, got theta.flags.writeable=False")
        self._shapes = tuple(dict(layer) for layer in shapes)
        self._theta = theta
        self._layers = tuple(self._views())

    @classmethod
    def zeros(
        cls, shapes: Sequence[Mapping[str, Shape]], replicas: int | None = None, dtype: DTypeLike = np.float64
    ) -> "Parameters":
        """Parameters that are all 0: one network (`replicas=None`) or R of them.

        Raises ValueError for replicas below 1 and for a dtype other than float32 and float64.
        """
        if replicas is not None:
            replicas = count("None or a positive integer")("Parameters", "replicas", replicas)
        if not is_float(dtype):
            name = getattr(dtype, "__name__", None) or shown(dtype)
            raise ValueError(f"Parameters: expected dtype to be float32 or float64, got dtype={name}")
        lead = () if replicas is None else (replicas,)
        return cls(shapes, np.zeros((*lead, _size(shapes)), dtype))

    @property
    def shapes(self) -> tuple[dict[str, Shape], ...]:
        """For each layer the names and shapes of a single network's arrays."""
        return self._shapes

    def _views(self):
        start = 0
        for layer in self._shapes:
            views = {}
            for name, shape in layer.items():
                stop = start + prod(shape)
                views[name] = self._theta[..., start:stop].reshape(*self._theta.shape[:-1], *shape)
                start = stop
            yield Entries(views, layer)

    @property
    def theta(self) -> Array:
        """The vector itself, (P,) or (R, P)."""
        return self._theta

    @theta.setter
    def theta(self, value: ArrayLike) -> None:
        _write("theta", self._theta, value)

    @property
    def replicas(self) -> int | None:
        """R, the number of networks held side by side; None for a single network."""
        return None if self._theta.ndim == 1 else len(self._theta)

    @cached_property
    def weights(self) -> Array:
        """A vector (P,) that is 1 at the weights, the arrays called W, and 0 elsewhere; it cannot be written to."""
        marks = [np.full(prod(shape), name == "W") for layer in self._shapes for name, shape in layer.items()]
        mask = np.concatenate([*marks, []]).astype(self._theta.dtype)
        mask.flags.writeable = False
        return mask

    def __len__(self) -> int:
        return len(self._layers)

    def __iter__(self) -> "Iterator[Entries]":
        return iter(self._layers)

    def __getitem__(self, layer: int) -> "Entries":
        return _layer(self._layers, layer)

    def copy(self) -> "Parameters":
        """An independent snapshot."""
        return Parameters(self._shapes, self._theta.copy())

    def zeros_like(self) -> "Parameters":
        """Parameters of the same shapes and dtype that are all 0: for a gradient or a velocity."""
        return Parameters(self._shapes, np.zeros_like(self._theta))

    def replica(self, r: int) -> "Parameters":
        """The network r of R as single parameters: a view, so writing to it writes here.

        Raises ValueError where there are no replicas, and for an r that is no integer in 0..R-1.
        """
        if self.replicas is None:
            raise ValueError(f"Parameters: expected replicas to choose from, got theta.shape={self._theta.shape}")
        last = self.replicas - 1
        r = count(f"an integer in 0..{last}", least=0, most=last)("Parameters", "r", r)
        return Parameters(self._shapes, self._theta[r])

    __copy__ = copy

    def __reduce__(self):
        return _restored, (self._shapes, self._theta)

    def __repr__(self):
        shapes = ", ".join(str(layer) for layer in self._shapes)
        return f"Parameters(theta {self._theta.shape} {self._theta.dtype}: {shapes})"


def _restored(shapes, theta):
    """Parameters from a pickle; a vector that others hold, mapped to a file or a shared memory, is copied."""
    return Parameters(shapes, theta if theta.flags.writeable else np.array(theta))


class Entries(Mapping):
    """The named arrays of one layer. `entries["W"] = value` writes into the parameter vector.

    Raises ValueError for a value of another shape or that is no array.
    """

    def __init__(self, views: dict[str, Array], shapes: Mapping[str, Shape]) -> None:
        self._views, self.shapes = views, shapes

    def __getitem__(self, name: str) -> Array:
        return self._views[name]

    def __setitem__(self, name: str, value: ArrayLike) -> None:
        _write(name, self._views[name], value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._views)

    def __len__(self) -> int:
        return len(self._views)


def check_parameters(caller, net, params, single=False):
    """Raise ValueError, in the caller's name, unless `params` are Parameters of the network, single if asked for."""
    if not isinstance(params, Parameters) or params.shapes != net.shapes or (single and params.replicas is not None):
        expected = f"parameters of {'a single ' if single else ''}{shown(net, str)}"
        got = shown(params) if isinstance(params, Parameters) else type(params).__name__
        raise ValueError(f"{caller}: expected {expected}, got params={got}")


def _layer(layers, layer):
    try:
        return layers[layer]
    except (TypeError, IndexError):
        raise ValueError(f"Parameters: expected a layer below {len(layers)}, got layer={shown(layer)}") from None


def _size(shapes):
    layers = shapes if isinstance(shapes, tuple | list) else [None]
    if not all(isinstance(layer, dict) and all(map(_is_shape, layer.values())) for layer in layers):
        raise ValueError(f"Parameters: expected a dict of names and shapes for each layer, got shapes={shown(shapes)}")
    return sum(prod(shape) for layer in shapes for shape in layer.values())


def _is_shape(shape):
    return isinstance(shape, tuple | list) and all(is_count(n) for n in shape)


def _write(name, target, value):
    array = _numbers(value)
    if array is None:
        kind = value.dtype if isinstance(value, np.ndarray) else type(value).__name__
        raise ValueError(f"Parameters: expected an array of numbers, got {name}={kind}")
    if array.shape != target.shape:
        raise ValueError(f"Parameters: expected {name} of shape {target.shape}, got shape={array.shape}")
    target[...] = array


def _numbers(value):
    """The value as an array; None where it is none of real numbers."""
    try:
        array = np.asarray(value)
    except ValueError:
        return None
    return array if array.dtype.kind in "biuf" else None

"""Convolution and pooling: the patches of an image become rows, and a convolution is a dense layer on them.

Images are `(B, H, W, C)`, channels last, with the replicas in front where each has images of its own. A signal of n
numbers is an image `(1, n, 1)`; its convolution has a kernel `(1, k)`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mlp_core.activations import Activation
from mlp_core.annotations import Array, Arrays, Generator, Generators, Shape
from mlp_core.checks import FLAG, count, is_count, of_rules, shown, with_axes
from mlp_core.initializers import Initializer
from mlp_core.layers import ACTIVATION, INITIALIZER, Layer, dimensions, sizes
from mlp_core.parameters import Entries

__all__ = ["Conv2D", "MaxPool2D", "MeanPool2D", "dense_equivalent"]

of_images = partial(of_rules, A_prev=with_axes(lambda layer: layer.shape))
of_patches = partial(of_rules, patches=with_axes(lambda conv: (prod(conv.kernel_size) * conv.shape[-1],)))
of_windows = partial(of_rules, windows=with_axes(lambda pool: (*pool.shape_out[:2], pool.size**2, pool.shape[-1])))
IMAGE = sizes("three positive integers (height, width, channels)", axes=3)


@dataclass(frozen=True)
class Conv2D(Layer):
    r"""A convolutional layer: the units of a feature map share their weights, and each sees a patch of its own.

    $z_j = \sum_i w_i a_{j+i} + b$ and $a'_j = \phi(z_j)$, for the unit at position j; the offset i runs over its patch
    and all channels. There is a unit wherever a whole patch fits: 28x28 pixels and a 5x5 kernel make 24x24 units.

    Arrays: W `(kh*kw*C, filters)`, rows in the order of a patch read line by line, channels last, and b `(1, filters)`.

    Parameters
    ----------
    shape : three int, (H, W, C)
        The shape of one image.
    filters : int, at least 1
        The number of feature maps.
    kernel_size : int, or pair of int where a patch is not square
        Height and width of a patch, at most (H, W).
    activation : name or Activation
    initializer : name or Initializer
        A unit has kh*kw*C inputs, and an input feeds kh*kw*filters units (at a border fewer): the two fans of Glorot.
    trainable : bool, whether `fit` trains the layer

    Raises
    ------
    ValueError : for sizes that do not fit, unknown names, and images or a dA of another shape

    References
    ----------
    LeCun et al. (1989).
    """

    shape: Shape
    filters: int
    kernel_size: int | Shape
    activation: str | Activation = "identity"
    initializer: str | Initializer = "glorot"
    trainable: bool = True
    _rules = {"shape": IMAGE, "filters": count(), "activation": ACTIVATION, "initializer": INITIALIZER}
    _rules |= {"trainable": FLAG}

    def __post_init__(self):
        super().__post_init__()
        H, W, _ = self.shape
        size = self.kernel_size
        pair = size if isinstance(size, tuple | list) else (size, size)
        if len(pair) != 2 or not all(is_count(k) for k in pair) or pair[0] > H or pair[1] > W:
            raise ValueError(f"Conv2D: expected one or two integers of at most {H}x{W}, got kernel_size={shown(size)}")
        object.__setattr__(self, "kernel_size", tuple(int(k) for k in pair))

    @property
    def shape_in(self) -> Shape:
        return self.shape

    @property
    def shape_out(self) -> Shape:
        (H, W, _), (kh, kw) = self.shape, self.kernel_size
        return H - kh + 1, W - kw + 1, self.filters

    def __str__(self):
        return f"Conv2D {dimensions(self.shape)}->{dimensions(self.shape_out)}"

    def shapes(self) -> dict[str, Shape]:
        return {"W": (prod(self.kernel_size) * self.shape[-1], self.filters), "b": (1, self.filters)}

    def init(self, rng: Generator, params: Entries) -> None:
        """Fill W and b: weights are drawn for both fans, and a column is kept for each map."""
        fans = len(params["W"]), prod(self.kernel_size) * self.filters
        params["W"] = self.initializer.init(rng, fans)[:, : self.filters]
        params["b"] = self.initializer.init_bias(rng, params["b"].shape)

    def forward(self, params: Arrays, A_prev: Array, rng: Generators | None = None) -> tuple[Array, Any]:
        """Return A, of shape (..., B, h, w, filters), and the cache."""
        W, b = params["W"], params["b"]
        patches = self.patches(A_prev)  # (..., B*h*w, kh*kw*C)
        Z = patches @ W + b  # (..., B*h*w, filters)
        A = self.activation.f(Z)  # (..., B*h*w, filters)
        return self._maps(A), (patches, Z)

    def backward(self, params: Arrays, cache: Any, dA: Array) -> tuple[Array, dict[str, Array]]:
        """Return dA_prev, of shape (..., B, H, W, C), and the gradients of W and b: sums over the units of a map."""
        W = params["W"]
        patches, Z = cache
        dZ = self.activation.backward(Z, self._rows(dA))  # (..., B*h*w, filters)
        dW = patches.mT @ dZ  # (..., kh*kw*C, filters)
        db = dZ.sum(axis=-2, keepdims=True)  # (..., 1, filters)
        d_patches = dZ @ W.mT  # (..., B*h*w, kh*kw*C)
        return self.fold(d_patches), {"W": dW, "b": db}

    def operations(self, shape: Shape) -> tuple[int, int]:
        h, w, filters = self.shape_out
        inputs = prod(self.kernel_size) * self.shape[-1]
        return h * w * inputs * filters, h * w * (inputs + filters)

    @of_images
    def patches(self, A_prev: Array) -> Array:
        """The inputs of each unit as a row: images (..., B, H, W, C) to rows (..., B*h*w, kh*kw*C)."""
        windows = sliding_window_view(A_prev, self.kernel_size, axis=(-3, -2))  # (..., B, h, w, C, kh, kw)
        windows = np.moveaxis(windows, -3, -1)  # (..., B, h, w, kh, kw, C)
        return windows.reshape(*A_prev.shape[:-4], -1, prod(windows.shape[-3:]))

    @of_patches
    def fold(self, patches: Array) -> Array:
        """Rows laid back on the image, and added where patches overlap: (..., B*h*w, kh*kw*C) to (..., B, H, W, C)."""
        (h, w, _), (kh, kw) = self.shape_out, self.kernel_size
        windows = patches.reshape(*patches.shape[:-2], -1, h, w, kh, kw, self.shape[-1])
        images = np.zeros((*windows.shape[:-5], *self.shape), patches.dtype)
        for i, j in np.ndindex(kh, kw):
            images[..., i : i + h, j : j + w, :] += windows[..., i, j, :]
        return images

    def _rows(self, maps):
        return maps.reshape(*maps.shape[:-4], -1, self.filters)

    def _maps(self, rows):
        return rows.reshape(*rows.shape[:-2], -1, *self.shape_out)


@dataclass(frozen=True)
class Pool2D(Layer):
    """Subsampling: each feature map is cut into windows of size x size units, and each window becomes one number.

    Raises ValueError for sizes that do not fit, and images or a dA of another shape.
    """

    shape: Shape
    size: int = 2
    _rules = {"shape": IMAGE}

    def __post_init__(self):
        super().__post_init__()
        H, W, _ = self.shape
        size = self.size if is_count(self.size) else H + 1
        if H % size or W % size:
            expected = f"a positive integer that divides {H} and {W}"
            raise ValueError(f"{type(self).__name__}: expected {expected}, got size={shown(self.size)}")
        object.__setattr__(self, "size", int(size))

    @property
    def shape_in(self) -> Shape:
        return self.shape

    @property
    def shape_out(self) -> Shape:
        H, W, C = self.shape
        return H // self.size, W // self.size, C

    def __str__(self):
        return f"{type(self).__name__} {dimensions(self.shape)}->{dimensions(self.shape_out)}"

    @of_images
    def windows(self, A_prev: Array) -> Array:
        """The units of each window, line by line: images (..., B, H, W, C) to (..., B, h, w, size*size, C)."""
        (h, w, C), size = self.shape_out, self.size
        blocks = A_prev.reshape(*A_prev.shape[:-3], h, size, w, size, C).swapaxes(-4, -3)
        return blocks.reshape(*blocks.shape[:-3], size * size, C)

    @of_windows
    def images(self, windows: Array) -> Array:
        """The way back: windows (..., B, h, w, size*size, C) to images (..., B, H, W, C)."""
        size, C = self.size, self.shape[-1]
        blocks = windows.reshape(*windows.shape[:-2], size, size, C).swapaxes(-4, -3)
        return blocks.reshape(*blocks.shape[:-5], *self.shape)


@dataclass(frozen=True)
class MaxPool2D(Pool2D):
    """The largest number of each window of size x size units, in each feature map.

    Its gradient goes to that unit alone; of equal ones the first has it.

    Parameters
    ----------
    shape : three int, (H, W, C)
        The shape of one image.
    size : int, at least 1, that divides H and W

    Raises
    ------
    ValueError : for sizes that do not fit, and images or a dA of another shape
    """

    def forward(self, params: Arrays, A_prev: Array, rng: Generators | None = None) -> tuple[Array, Any]:
        """Return A, of shape (..., B, h, w, C), and the places of the winners in their windows."""
        windows = self.windows(A_prev)  # (..., B, h, w, size*size, C)
        return windows.max(axis=-2), windows.argmax(axis=-2)

    def backward(self, params: Arrays, winners: Array, dA: Array) -> tuple[Array, dict[str, Array]]:
        """Return dA_prev, of shape (..., B, H, W, C)."""
        won = winners[..., None, :] == np.arange(self.size**2)[:, None]  # (..., B, h, w, size*size, C)
        return self.images(np.where(won, dA[..., None, :], 0)), {}

    def operations(self, shape: Shape) -> tuple[int, int]:
        return 0, prod(self.shape_out)


@dataclass(frozen=True)
class MeanPool2D(Pool2D):
    """The mean of each window of size x size units, in each feature map.

    Its gradient goes to all its units in equal parts.

    Parameters
    ----------
    shape : three int, (H, W, C)
        The shape of one image.
    size : int, at least 1, that divides H and W

    Raises
    ------
    ValueError : for sizes that do not fit, and images or a dA of another shape
    """

    def forward(self, params: Arrays, A_prev: Array, rng: Generators | None = None) -> tuple[Array, Any]:
        """Return A, of shape (..., B, h, w, C), and nothing to remember."""
        return self.windows(A_prev).mean(axis=-2), None

    def backward(self, params: Arrays, cache: Any, dA: Array) -> tuple[Array, dict[str, Array]]:
        """Return dA_prev, of shape (..., B, H, W, C)."""
        share = dA[..., None, :] / self.size**2  # (..., B, h, w, 1, C)
        return self.images(np.repeat(share, self.size**2, axis=-2)), {}


def dense_equivalent(layer: Conv2D, params: Arrays) -> tuple[Array, Array]:
    """The weights with which a Dense layer does the same as a convolution.

    They are sparse, as a unit sees its own patch only, and tied, as all units of a map have the same numbers.

    Parameters
    ----------
    layer : Conv2D
    params : its arrays W and b, of a single network

    Returns
    -------
    W `(H*W*C, h*w*filters)` and b `(1, h*w*filters)`, for images and maps that are flattened to rows

    Raises
    ------
    ValueError : for another layer and for arrays of other shapes
    """
    if not isinstance(layer, Conv2D):
        raise ValueError(f"dense_equivalent: expected a Conv2D layer, got layer={shown(layer, str)}")
    shapes = {name: np.shape(A) for name, A in params.items()} if isinstance(params, Mapping) else type(params).__name__
    if shapes != layer.shapes():
        raise ValueError(f"dense_equivalent: expected arrays of shapes {layer.shapes()}, got params={shapes}")
    n_in, (h, w, filters) = prod(layer.shape), layer.shape_out
    inputs = layer.patches(np.arange(n_in).reshape(1, *layer.shape)).astype(int)  # (h*w, kh*kw*C), of each unit
    units = np.arange(h * w)[:, None]
    W = np.zeros((n_in, h * w, filters), params["W"].dtype)
    W[inputs, units] = params["W"]
    return W.reshape(n_in, -1), np.tile(params["b"], h * w)

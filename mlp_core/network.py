"""A network is a sequence of layers; `MLP` builds the usual one from the lecture's notation."""

from dataclasses import dataclass

import numpy as np

from mlp_core.layers import Dense, Flatten, Layer
from mlp_core.parameters import Parameters


@dataclass(frozen=True)
class Network:
    r"""Layers applied one after the other: $\mathbf a^{(0)} = \mathbf x$, $\mathbf a^{(l)} = f_l(\mathbf a^{(l-1)})$.

    Parameters
    ----------
    layers : sequence of Layer
        At least one; neighbouring widths must fit; Flatten can only come first.

    Raises ValueError where there is no layer or two neighbours do not fit, TypeError for what is no layer.

    Book: chapter *losses*.
    """

    layers: tuple

    def __post_init__(self):
        object.__setattr__(self, "layers", tuple(self.layers))
        if not self.layers:
            raise ValueError("Network: expected at least one layer, got layers=()")
        below = None
        for number, layer in enumerate(self.layers, start=1):
            if not isinstance(layer, Layer):
                raise TypeError(f"Network: expected layers, got layers[{number - 1}]={layer!r}")
            if isinstance(layer, Flatten) and number > 1:
                raise ValueError(f"Network: expected Flatten as the first layer, got layers[{number - 1}]={layer}")
            if below is not None and layer.n_in is not None and layer.n_in != below[1].n_out:
                raise ValueError(
                    f"Network: layer {number} ({layer}) does not fit layer {below[0]} ({below[1]}): "
                    f"{layer.n_in} inputs expected, {below[1].n_out} given"
                )
            if layer.n_out is not None:
                below = number, layer

    def __str__(self):
        return f"Network({', '.join(map(str, self.layers))})"

    def init(self, rng, replicas=None, dtype=np.float64):
        """Draw first parameters: `(P,)`, or `(R, P)` with one stream of random numbers for each replica.

        Parameters
        ----------
        rng : numpy Generator, or a sequence of R of them
            One generator with `replicas=R` is spawned into R streams.
        replicas : int or None
        dtype : float64 or float32

        Raises ValueError where `rng` and `replicas` do not agree, for replicas below 1 and for other dtypes.
        """
        if replicas is None and isinstance(rng, list | tuple):
            replicas = len(rng)
        if replicas is not None and (not isinstance(replicas, int | np.integer) or replicas < 1):
            raise ValueError(f"Network: expected at least one replica, got replicas={replicas!r}")
        rng = streams(rng, replicas, "Network")
        if np.dtype(dtype) not in (np.float32, np.float64):
            raise ValueError(f"Network: expected float64 or float32, got dtype={np.dtype(dtype)}")
        params = Parameters.zeros([layer.shapes() for layer in self.layers], replicas, dtype)
        networks = [(rng, params)] if replicas is None else [(rng[r], params.replica(r)) for r in range(replicas)]
        for stream, network_params in networks:
            for layer, layer_params in zip(self.layers, network_params, strict=True):
                layer.init(stream, layer_params)
        return params

    def forward(self, params, X, rng=None):
        """Return the output, of shape `(B, m)` or `(R, B, m)`, and the caches of all layers.

        Parameters
        ----------
        params : Parameters of this network
        X : array, (B, n), or (R, B, n) where each replica has a batch of its own
        rng : None in evaluation; in training a Generator, or one for each replica

        Raises ValueError for an X, an rng or parameters that do not fit this network.
        """
        self._check(params, X)
        if rng is not None:
            rng = streams(rng, params.replicas, "Network")
        A, caches = X, []
        for layer, layer_params in zip(self.layers, params, strict=True):
            A, cache = layer.forward(layer_params, A, rng)
            caches.append(cache)
        return A, caches

    def backward(self, params, caches, dA):
        """Return the gradients of the cost with respect to X and to the parameters.

        Parameters
        ----------
        params, caches : as given to and returned by `forward`
        dA : gradient with respect to the output, of its shape

        Returns dX, of the shape of X with replicas in front, and grads, Parameters.
        """
        grads = params.zeros_like()
        for index in reversed(range(len(self.layers))):
            dA, layer_grads = self.layers[index].backward(params[index], caches[index], dA)
            for name, gradient in layer_grads.items():
                grads[index][name] = gradient
        return dA, grads

    def _check(self, params, X):
        if params.shapes != tuple(layer.shapes() for layer in self.layers):
            raise ValueError(f"Network: expected parameters of {self}, got params={params}")
        if not isinstance(X, np.ndarray):
            raise ValueError(f"Network: expected X to be a numpy array, got X={type(X).__name__}")
        if X.ndim < 2 or 0 in X.shape:
            raise ValueError(f"Network: expected X with one example a row, got shape={X.shape}")
        first = self.layers[0]
        rows = not isinstance(first, Flatten)
        axes = X.shape[:-1] if rows else X.shape[: -len(first.shape)]
        if len(axes) > 1 and axes[:-1] != (params.replicas,):
            own = "" if params.replicas is None else f", or one for each of {params.replicas} replicas"
            raise ValueError(f"Network: expected X to be one batch{own}, got shape={X.shape}")
        n_in = next((layer.n_in for layer in self.layers if layer.n_in is not None), X.shape[-1])
        if rows and X.shape[-1] != n_in:
            raise ValueError(f"Network: expected X with {n_in} columns, got shape={X.shape}")
        if np.result_type(X, params.theta) != params.theta.dtype:
            expected = f"X of dtype {params.theta.dtype}, as its parameters"
            raise ValueError(f"Network: expected {expected}, got dtype={X.dtype}")


def MLP(sizes, hidden="tanh", output="identity", initializer="glorot"):
    """A multilayer perceptron: dense layers of the given sizes.

    Parameters
    ----------
    sizes : str such as "2-4-3-2", or sequence of int
        Widths from the input to the output, at least two.
    hidden, output : name or Activation, of the hidden layers and of the last one
    initializer : name or Initializer

    Raises ValueError for sizes of another form and for unknown names.

    Book: chapter *xor*.
    """
    try:
        widths = [int(size) for size in sizes.split("-")] if isinstance(sizes, str) else list(sizes)
    except (ValueError, TypeError):
        widths = []
    if len(widths) < 2:
        raise ValueError(f'MLP: expected sizes such as "2-4-1" or (2, 4, 1), got sizes={sizes!r}')
    phis = [hidden] * (len(widths) - 2) + [output]
    pairs = zip(widths[:-1], widths[1:], phis, strict=True)
    return Network([Dense(n_in, n_out, phi, initializer) for n_in, n_out, phi in pairs])


def streams(rng, replicas, caller):
    """The generator of a single network (`replicas=None`), or R of them, spawned from one or as given.

    Raises ValueError, in the caller's name, where `rng` and `replicas` do not agree.

    Book: chapter *xor*.
    """
    if isinstance(rng, np.random.Generator):
        return rng if replicas is None else rng.spawn(replicas)
    if replicas is None:
        raise ValueError(f"{caller}: expected a numpy Generator, got rng={type(rng).__name__}")
    if not isinstance(rng, list | tuple) or not all(isinstance(stream, np.random.Generator) for stream in rng):
        raise ValueError(f"{caller}: expected a numpy Generator or {replicas} of them, got rng={type(rng).__name__}")
    if len(rng) != replicas:
        raise ValueError(f"{caller}: expected one generator for each of {replicas} replicas, got len(rng)={len(rng)}")
    return rng

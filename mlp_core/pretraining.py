"""Greedy pre-training: one layer after the other, each on what the trained layers below make of the data."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from mlp_core.annotations import Array, Arrays, Generator, Generators, Metrics, Shape
from mlp_core.checks import count, instance, of_rules, shown, with_axes
from mlp_core.layers import LAYER_RULES, Dense, Layer
from mlp_core.losses import Loss, loss_function
from mlp_core.network import Network, streams
from mlp_core.optimizers import Optimizer
from mlp_core.parameters import Entries, Parameters
from mlp_core.training import History, fit

__all__ = ["TiedAutoencoder", "Stage", "greedy_supervised", "greedy_autoencoder", "reconstruct"]


of_code = partial(of_rules, params=LAYER_RULES["forward"]["params"], A=with_axes(lambda tied: tied.encoder.shape_out))


@dataclass(frozen=True)
class TiedAutoencoder(Layer):
    r"""A code and its reconstruction with the same weights: $\mathbf a = \phi(\mathbf W\mathbf x + \mathbf b)$,
    $\hat{\mathbf x} = \mathbf W^\top\mathbf a + \mathbf c$.

    Arrays: those of the encoder, W `(n_in, n_out)` and b `(1, n_out)`, and c `(1, n_in)`, which starts at 0. The
    reconstruction has no activation: for binary cross-entropy it is the logits.

    Parameters
    ----------
    encoder : Dense

    Raises
    ------
    ValueError : for another encoder, for examples and for a dA of another shape

    References
    ----------
    Vincent et al. (2010).
    """

    encoder: Dense
    _rules = {"encoder": instance("a Dense layer", Dense)}

    def __str__(self):
        n_in, n_out, phi = self.encoder.n_in, self.encoder.n_out, self.encoder.activation
        return f"TiedAutoencoder {n_in}->{n_out}->{n_in}{'' if self.encoder.bias else ' without bias'} {phi}"

    @property
    def shape_in(self) -> Shape:
        return self.encoder.shape_in

    @property
    def shape_out(self) -> Shape:
        return self.encoder.shape_in

    @property
    def trainable(self) -> bool:
        return self.encoder.trainable

    def shapes(self) -> dict[str, Shape]:
        return {**self.encoder.shapes(), "c": (1, self.encoder.n_in)}

    def init(self, rng: Generator, params: Entries) -> None:
        self.encoder.init(rng, params)

    def encode(self, params: Arrays, X: Array) -> Array:
        """The code A of X, `(..., B, n_out)`."""
        return self.encoder.forward(params, X)[0]

    @of_code
    def decode(self, params: Arrays, A: Array) -> Array:
        """The reconstruction of the examples from the code A, `(..., B, n_in)`."""
        return A @ params["W"].mT + params["c"]

    def forward(self, params: Arrays, A_prev: Array, rng: Generators | None = None) -> tuple[Array, Any]:
        """Return the reconstruction of A_prev, of its shape `(..., B, n_in)`, and the cache."""
        A, cache = self.encoder.forward(params, A_prev)
        return self.decode(params, A), (A, cache)

    def backward(self, params: Arrays, cache: Any, dA: Array) -> tuple[Array, dict[str, Array]]:
        """Return dA_prev and the gradients of W (a part from each of its two uses), b and c."""
        A, encoder_cache = cache
        dX, grads = self.encoder.backward(params, encoder_cache, dA @ params["W"])
        dW = grads["W"] + dA.mT @ A  # (..., n_in, n_out)
        dc = dA.sum(axis=-2, keepdims=True)  # (..., 1, n_in)
        return dX, {**grads, "W": dW, "c": dc}

    def operations(self, shape: Shape) -> tuple[int, int]:
        multiply_adds, cached = self.encoder.operations(shape)
        return 2 * multiply_adds, cached + self.encoder.n_out


class Stage(NamedTuple):
    """What was trained in one stage: the network, its Parameters and the History."""

    net: Network
    params: Parameters
    history: History


def greedy_supervised(
    net: Network, params: Parameters, X: Array, Y: Array, *, loss: str | Loss, optimizer: Optimizer, epochs: int,
    rng: Generators, batch_size: int | None = None, metrics: Metrics | None = None, first: int = 0,
) -> list[Stage]:
    r"""Pre-train each hidden layer, from below, under an output layer of its own and on the original targets.

    Stage l trains $\mathbf a^{(l-1)} \to \mathbf a^{(l)} \to \hat{\mathbf y}$ from the weights that layer l has. Its
    output layer is drawn anew; that of the last stage becomes the network's.

    Parameters
    ----------
    net, params : a Network of Dense layers and its Parameters, single or R replicas
    X, Y : examples and targets, (N, n) and (N, m), or (R, N, n) and (R, N, m)
    loss, optimizer, epochs, batch_size, metrics : as for `fit`, in each stage
    rng : Generator, or one for each replica: output layers and example order
    first : int, 0 <= first <= len(net.layers) - 2; the layers below it are left as they are

    Returns
    -------
    list of Stage
        `params` is trained in place. After an interrupt no further stage begins.

    Raises
    ------
    ValueError : for other networks and for data, settings and random numbers that do not fit

    References
    ----------
    Bengio et al. (2007).
    """
    rng = _check("greedy_supervised", net, params, X, rng, least=2)
    last = len(net.layers) - 2
    first = count(f"an integer in 0..{last}", least=0, most=last)("greedy_supervised", "first", first)
    settings = dict(loss=loss, optimizer=optimizer, epochs=epochs, batch_size=batch_size, metrics=metrics, rng=rng)
    trained, stages = params.copy(), []
    for index in range(first, last + 1):
        layer, A = net.layers[index], net.activations(trained, X)[index]
        if A.ndim == 3 and isinstance(Y, np.ndarray) and Y.ndim == 2:
            Y = np.broadcast_to(Y, (len(A), *Y.shape))
        stage_net = Network([layer, replace(net.layers[-1], n_in=layer.n_out)])
        stages.append(_train(stage_net, trained[index], A, Y, settings))
        if index == last:
            _copy(stages[-1].params[1], trained[-1])
        if stages[-1].history.interrupted:
            break
    params.theta = trained.theta
    return stages


def greedy_autoencoder(
    net: Network, params: Parameters, X: Array, *, layers: int, loss: str | Loss, optimizer: Optimizer, epochs: int,
    rng: Generators, batch_size: int | None = None,
) -> list[Stage]:
    r"""Pre-train the lowest layers, from below, each to encode what it is given; there are no targets.

    Stage l trains a TiedAutoencoder of $\mathbf a^{(l-1)}$ from the weights that layer l has.

    Parameters
    ----------
    net, params : a Network of Dense layers and its Parameters, single or R replicas
    X : examples, (N, n) or (R, N, n)
    layers : int, 1 <= layers <= len(net.layers): how many are trained
    loss, optimizer, epochs, batch_size : as for `fit`, in each stage
    rng : Generator, or one for each replica: example order

    Returns
    -------
    list of Stage
        `params` is trained in place. After an interrupt no further stage begins.

    Raises
    ------
    ValueError : for other networks and for data, settings and random numbers that do not fit

    References
    ----------
    Bengio et al. (2007), with the tied weights of Vincent et al. (2010).
    """
    rng = _check("greedy_autoencoder", net, params, X, rng, least=1)
    most = len(net.layers)
    layers = count(f"an integer in 1..{most}", most=most)("greedy_autoencoder", "layers", layers)
    settings = dict(loss=loss, optimizer=optimizer, epochs=epochs, batch_size=batch_size, rng=rng)
    trained, stages = params.copy(), []
    for index in range(layers):
        A = net.activations(trained, X)[index]
        stages.append(_train(Network([TiedAutoencoder(net.layers[index])]), trained[index], A, A, settings))
        if stages[-1].history.interrupted:
            break
    params.theta = trained.theta
    return stages


def reconstruct(stages: Sequence[Stage], X: Array, loss: str | Loss) -> Array:
    """X encoded by every stage, from below, and decoded again, from above: an array of its shape, (..., N, n).

    Parameters
    ----------
    stages : list of Stage, as by `greedy_autoencoder`, all or the first few
    X : examples, (N, n) or (R, N, n)
    loss : name or Loss of the stages; its link belongs to the decoder

    Returns
    -------
    array

    Raises
    ------
    ValueError : for other stages and for an X that does not fit
    """
    if not isinstance(stages, list | tuple) or not all(isinstance(stage, Stage) for stage in stages):
        raise ValueError(f"reconstruct: expected stages of greedy_autoencoder, got stages={shown(stages)}")
    autoencoders = [stage.net.layers[0] for stage in stages]
    if not autoencoders or not all(isinstance(layer, TiedAutoencoder) for layer in autoencoders):
        raise ValueError(f"reconstruct: expected stages of greedy_autoencoder, got layers={shown(autoencoders)}")
    loss = loss_function(loss)
    stages[0].net.forward(stages[0].params, X)
    for layer, stage in zip(autoencoders, stages, strict=True):
        X = layer.encode(stage.params[0], X)
    for layer, stage in zip(reversed(autoencoders), reversed(stages), strict=True):
        X = loss.link(layer.decode(stage.params[0], X))
    return X


def _train(net, layer, A, Y, settings):
    """Train a stage; its first layer begins with the arrays in `layer` and is written back to them."""
    rng = settings["rng"]
    params = net.init(rng, dtype=layer["W"].dtype)
    _copy(layer, params[0])
    history = fit(net, params, A, Y, **settings)
    _copy(params[0], layer)
    return Stage(net, params, history)


def _copy(source, target):
    for name in source.keys() & target.keys():
        target[name] = source[name]


def _check(caller, net, params, X, rng, least):
    dense = isinstance(net, Network) and all(isinstance(layer, Dense) for layer in net.layers)
    if not dense or len(net.layers) < least:
        raise ValueError(f"{caller}: expected a Network of at least {least} Dense layers, got net={shown(net, str)}")
    net.forward(params, X)
    return streams(rng, params.replicas, caller)

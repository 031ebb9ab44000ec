"""A program of a user who annotates: everything here is right, and the type checker must say so."""

from fractions import Fraction

import numpy as np

import mlp_core
from mlp_core import L2, MLP, SGD, Dense, Dropout, EarlyStopping, History, Network, Parameters, fit, predict
from mlp_core.activations import BY_NAME, Activation, Tanh
from mlp_core.constructions import exact_network, relu_interpolant
from mlp_core.datasets import Data, xor
from mlp_core.layers import Layer
from mlp_core.losses import Loss
from mlp_core.optimizers import Adam, Clipped, InverseTime, Optimizer
from mlp_core.recurrent import NeuronGraph, pop, push
from mlp_core.replicas import paired


class Cubic(Activation):
    """An activation of one's own."""

    def f(self, Z: np.ndarray) -> np.ndarray:
        return Z**3

    def df(self, Z: np.ndarray) -> np.ndarray:
        return 3 * Z**2


class Huber(Loss):
    """A loss of one's own."""

    def per_example(self, Y_hat: np.ndarray, Y: np.ndarray) -> np.ndarray:
        E = np.abs(Y_hat - Y)
        return np.where(E < 1, E**2 / 2, E - 1 / 2).sum(axis=-1)

    def grad(self, Y_hat: np.ndarray, Y: np.ndarray) -> np.ndarray:
        return np.clip(Y_hat - Y, -1, 1) / Y_hat.shape[-2]


def watch(epoch: int, params: Parameters, history: History) -> None:
    print(epoch, params.theta.shape, history.train["loss"][-1])


def train(net: Network, data: Data, optimizer: Optimizer) -> History:
    params: Parameters = net.init(np.random.default_rng(0), replicas=3)
    return fit(
        net,
        params,
        data.X,
        data.Y,
        loss=Huber(),
        optimizer=optimizer,
        epochs=2,
        batch_size=2,
        rng=[np.random.default_rng(r) for r in range(3)],
        regularizer=L2(1e-3),
        validation=(data.X, data.Y),
        metrics={"accuracy": mlp_core.accuracy},
        on_epoch=[watch],
        early_stopping=EarlyStopping(5),
    )


def main() -> float:
    net = Network([Dense(2, 3, "tanh"), Dropout(0.5), Dense(3, 1, Cubic(), bias=False)])
    layers: list[Layer] = list(MLP([2, 3, 1], hidden=BY_NAME["relu"]).layers)
    history = train(Network(layers), xor(), Clipped(Adam(lr=InverseTime(0.1, tau=10)), norm=1))
    params = net.init(np.random.default_rng(0), dtype=np.float64)
    params[0]["W"] = params[0]["W"] * 2
    params[0]["b"] = [[0.0, 0.0, 1]]
    arrays: list[tuple[int, ...]] = [entries[name].shape for entries in params for name in entries]
    output: np.ndarray = predict(net, params, xor().X, "binary_cross_entropy")
    error: float = mlp_core.gradient_error(net, params, *xor(), loss=Huber(), regularizer=L2(0.1), seed=0)
    share = mlp_core.accuracy([[0.2, 0.8]], [[0, 1]])
    gate, weights = exact_network(([[1, 1]], [-1.5]), hidden="step", output=Tanh())
    hinges, _ = relu_interpolant(lambda x: x**2, N=4)
    depth: Fraction = pop(push(Fraction(0), 1))
    graph = NeuronGraph({(0, 1): 1, (1, 1): Fraction(1, 2)}, [0, 0], "relu", [0], [1])
    low, high = paired(output[:, 0])[1:]
    step: float = SGD(lr=0.1, momentum=0.9).momentum
    shape: tuple[int, ...] = mlp_core.datasets.digits().train.X.shape
    print(share, arrays, gate, weights, hinges, depth, graph.run([1]).value, shape, history.epochs)
    return error + step + low + high

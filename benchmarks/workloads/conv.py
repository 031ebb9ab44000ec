"""A convolutional network on one-channel images: 5x5 convolution to 8 maps, 2x2 max-pooling, ReLU, dense to 10 classes.

The weights are W (25, 8) and b (1, 8) of the convolution, then W (n, 10) and b of the dense layer, which reads the
pooled maps in the order row, column, map.
"""

from dataclasses import replace
from functools import partial

import jax
import numpy as np
import torch
from jax import lax
from torch import nn

from benchmarks.contenders import with_jax, with_torch
from benchmarks.contenders.floor import dense_products, products
from benchmarks.contenders.ours import ours
from benchmarks.contenders.textbook import LOSSES, one_by_one, softmax, textbook
from benchmarks.harness import OURS, Contender, Training
from benchmarks.problem import Problem
from benchmarks.workloads import data
from mlp_core import Dense, Flatten, Network
from mlp_core.conv import Conv2D, MaxPool2D

K, MAPS = 5, 8


class Images(Problem):
    """A Problem whose X holds images (N, H, W, 1); K - 1 less than H and W is even."""

    def sides(self):
        """Height and width of the maps."""
        return tuple(side - K + 1 for side in self.X.shape[1:3])

    def network(self):
        H, W = self.sides()
        pooled = (H // 2, W // 2, MAPS)
        return Network(
            [
                Conv2D(self.X.shape[1:], filters=MAPS, kernel_size=K, activation="relu"),
                MaxPool2D((H, W, MAPS), size=2),
                Flatten(pooled),
                Dense(np.prod(pooled), 10),
            ]
        )


def pool(problem, weights, X):
    """The patches (B, H, W, 25) of the images, the maps in windows (B, H/2, 2, W/2, 2, 8), and their maxima."""
    H, W = problem.sides()
    patches = np.lib.stride_tricks.sliding_window_view(X[..., 0], (K, K), axis=(1, 2)).reshape(len(X), H, W, K * K)
    windows = (patches @ weights[0] + weights[1]).reshape(len(X), H // 2, 2, W // 2, 2, MAPS)
    return patches, windows, windows.max(axis=(2, 4), keepdims=True)


def textbook_gradient(problem, weights, X, Y, rng):
    """Backpropagation. Where two maxima of a window tie, both would get its error: there are no ties in noise."""
    patches, windows, highest = pool(problem, weights, X)
    A = np.maximum(highest, 0).reshape(len(X), -1)
    dZ = (softmax(A @ weights[2] + weights[3]) - Y) / len(X)
    dA = (dZ @ weights[2].T * (A > 0)).reshape(highest.shape)
    d_maps = ((windows == highest) * dA).reshape(-1, MAPS)
    return [
        patches.reshape(-1, K * K).T @ d_maps,
        d_maps.sum(axis=0, keepdims=True),
        A.T @ dZ,
        dZ.sum(axis=0, keepdims=True),
    ]


def loss(problem, weights):
    """The mean loss of all examples, a number or (R,)."""
    if problem.replicas is not None:
        return np.array([loss(problem.alone(r), [Q[r] for Q in weights]) for r in range(problem.replicas)])
    _, _, highest = pool(problem, weights, problem.X)
    P = softmax(np.maximum(highest, 0).reshape(len(problem.X), -1) @ weights[2] + weights[3])
    return LOSSES[problem.loss](P, problem.Y).sum(axis=-1).mean()


def floor(problem):
    """The products of the convolution over all patches of a batch, and those of the dense layer with its error."""
    (H, W), B = problem.sides(), problem.batch_size
    kernel, dense = problem.weights()[::2]
    above = dense_products([dense], B, error_of_input=True)
    return products([*dense_products([kernel], B * H * W), *above], problem.steps)


def torch_model(problem):
    """The module, with channels first, and a function that returns its weights in our order."""
    (H, W), (kernel, bias, dense, dense_bias) = problem.sides(), problem.weights()
    ours, theirs = (H // 2, W // 2, MAPS, 10), (MAPS, H // 2, W // 2, 10)
    conv = nn.Conv2d(1, MAPS, K)
    conv.weight.data = torch.from_numpy(kernel.T.reshape(MAPS, 1, K, K).copy())
    conv.bias.data = torch.from_numpy(bias[0])
    last = with_torch.linear(dense.reshape(ours).transpose(2, 0, 1, 3).reshape(-1, 10), dense_bias)
    model = nn.Sequential(conv, nn.MaxPool2d(2), nn.ReLU(), nn.Flatten(), last)

    def weights():
        dense, dense_bias = with_torch.linear_weights(last)
        kernel, bias = conv.weight.detach().numpy().reshape(MAPS, K * K).T, conv.bias.detach().numpy()[None]
        return [kernel, bias, dense.reshape(theirs).transpose(1, 2, 0, 3).reshape(-1, 10), dense_bias]

    return model, weights


def channels_last(problem):
    """The same module, told to keep channels last in memory."""
    model, weights = torch_model(problem)
    return model.to(memory_format=torch.channels_last), weights


def jax_logits(problem, weights, X, key):
    """Channels last, as ours."""
    kernel, bias, dense, dense_bias = weights
    axes = ("NHWC", "HWIO", "NHWC")
    maps = lax.conv_general_dilated(X, kernel.reshape(K, K, 1, MAPS), (1, 1), "VALID", dimension_numbers=axes) + bias
    highest = lax.reduce_window(maps, -np.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    return jax.nn.relu(highest).reshape(len(X), -1) @ dense + dense_bias


CONTENDERS = (
    Contender(OURS, ours),
    Contender("textbook numpy", partial(textbook, gradient=textbook_gradient)),
    Contender("BLAS limit", floor),
    Contender("torch", partial(with_torch.eager, build=torch_model)),
    Contender("torch, channels last", partial(with_torch.eager, build=channels_last)),
    Contender("torch.compile", partial(with_torch.compiled, build=torch_model), rounds=3),
    Contender("jax.jit", partial(with_jax.jitted, logits=jax_logits)),
)


def workload(side, epochs):
    return Training(
        f"conv{side}",
        f"Convolutional network, {side}x{side} images, batch 64",
        Images((), "relu", "softmax_cross_entropy", 0.01, *data.noise(256, side, side, 1), batch_size=64),
        CONTENDERS,
        epochs,
        checked=(1, 3),
        reference=partial(textbook, gradient=textbook_gradient),
        outcome=loss,
    )


CONVOLUTIONS = (workload(28, epochs=50), workload(8, epochs=200))


def with_seeds(workload, R, epochs):
    """R such networks at once, each with weights and an example order of its own; and R times one network."""
    alone = {"adapt": Problem.alone, "times": R}
    return replace(
        workload,
        name=f"{workload.name}-seeds",
        title=f"{workload.title}, {R} networks, one step of all",
        problem=replace(workload.problem, replicas=R),
        contenders=(
            Contender(OURS, ours),
            Contender("jax.vmap", partial(with_jax.jitted, logits=jax_logits)),
            Contender("mlp_core, one by one", ours, **alone),
            Contender("torch, one by one", partial(with_torch.eager, build=torch_model), **alone),
        ),
        epochs=epochs,
        checked=(1, 2),
        reference=partial(one_by_one, gradient=textbook_gradient),
    )


SEEDS = (with_seeds(CONVOLUTIONS[0], 20, epochs=3), with_seeds(CONVOLUTIONS[1], 20, epochs=10))

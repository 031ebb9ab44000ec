"""The same convolutions and pooling in PyTorch: values, and gradients by autograd."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from mlp_core import Dense, Flatten, Network, Parameters
from mlp_core.conv import Conv2D, MaxPool2D, MeanPool2D
from mlp_core.losses import loss_function

B = 5
EXACT = dict(rtol=1e-12, atol=1e-12)
TORCH_ACTIVATIONS = {
    "identity": lambda Z: Z,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "softplus": F.softplus,
    "softmax": lambda Z: F.softmax(Z, dim=1),
}


def rng(seed=0):
    return np.random.default_rng(seed)


def to_torch(images):
    """Channels last to channels first, as a leaf of PyTorch's graph."""
    return torch.tensor(np.moveaxis(images, -1, 1), requires_grad=True)


def from_torch(images):
    return np.moveaxis(images.detach().numpy(), 1, -1)


def kernels(layer, W):
    """W `(kh*kw*C, maps)` as PyTorch's `(maps, C, kh, kw)`."""
    return W.reshape(*layer.kernel_size, layer.shape[-1], layer.filters).permute(3, 2, 0, 1)


def torch_layer(layer, leaves, A):
    if isinstance(layer, Flatten):
        return A.permute(0, 2, 3, 1).reshape(len(A), -1)
    if isinstance(layer, MaxPool2D):
        return F.max_pool2d(A, layer.size)
    if isinstance(layer, MeanPool2D):
        return F.avg_pool2d(A, layer.size)
    phi = TORCH_ACTIVATIONS[type(layer.activation).__name__.lower()]
    if isinstance(layer, Dense):
        return phi(A @ leaves["W"] + leaves["b"])
    return phi(F.conv2d(A, kernels(layer, leaves["W"]), leaves["b"][0]))


def assert_equal_to_torch(net, X, seed=0):
    """Output, gradient with respect to X and to every array, for a random gradient of the output."""
    params = net.init(rng(seed))
    output, caches = net.forward(params, X)
    dA = rng(seed + 1).normal(size=output.shape)
    dX, grads = net.backward(params, caches, dA)

    leaves = [{name: torch.tensor(array, requires_grad=True) for name, array in layer.items()} for layer in params]
    A = X_leaf = to_torch(X)
    for layer, arrays in zip(net.layers, leaves, strict=True):
        A = torch_layer(layer, arrays, A)
    A.backward(torch.tensor(dA if dA.ndim == 2 else np.moveaxis(dA, -1, 1)))

    expected = A.detach().numpy() if dA.ndim == 2 else from_torch(A)
    np.testing.assert_allclose(output, expected, **EXACT)
    np.testing.assert_allclose(dX, from_torch(X_leaf.grad), **EXACT)
    for layer, arrays in zip(grads, leaves, strict=True):
        for name, array in layer.items():
            np.testing.assert_allclose(array, arrays[name].grad.numpy(), **EXACT)


@pytest.mark.parametrize("kernel", [1, 3, (2, 5), (7, 1)], ids=str)
@pytest.mark.parametrize("phi", TORCH_ACTIVATIONS)
def test_convolution_bias_and_activation(phi, kernel):
    net = Network([Conv2D((7, 8, 3), 4, kernel, phi, "normal")])
    assert_equal_to_torch(net, rng(3).normal(size=(B, 7, 8, 3)))


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize("pool", [MaxPool2D, MeanPool2D])
def test_pooling(pool, size):
    assert_equal_to_torch(Network([pool((6, 12, 3), size)]), rng(3).normal(size=(B, 6, 12, 3)))


@pytest.mark.parametrize("size", [2, 3])
def test_max_pooling_with_ties(size):
    images = rng(3).integers(0, 2, (40, 6, 6, 3)).astype(float)
    assert_equal_to_torch(Network([MaxPool2D((6, 6, 3), size)]), images)


def test_pooling_of_a_rectified_map_with_ties_at_zero():
    net = Network([Conv2D((7, 7, 2), 3, 4, "relu", "normal"), MaxPool2D((4, 4, 3))])
    assert_equal_to_torch(net, rng(3).normal(size=(40, 7, 7, 2)))


@pytest.mark.parametrize("pool", [MaxPool2D, MeanPool2D])
@pytest.mark.parametrize("seed", range(3))
def test_a_whole_convolutional_network(pool, seed):
    net = Network(
        [
            Conv2D((14, 13, 2), 4, (3, 2), "relu", "he"),
            pool((12, 12, 4)),
            Conv2D((6, 6, 4), 5, 3, "tanh"),
            pool((4, 4, 5)),
            Flatten((2, 2, 5)),
            Dense(20, 6, "softplus"),
            Dense(6, 3),
        ]
    )
    assert_equal_to_torch(net, rng(seed + 3).normal(size=(B, 14, 13, 2)), seed)


def test_ten_steps_of_training_from_equal_weights():
    net = Network([Conv2D((8, 8, 1), 3, 3, "tanh"), MaxPool2D((6, 6, 3)), Flatten((3, 3, 3)), Dense(27, 4)])
    params, loss = net.init(rng()), loss_function("softmax_cross_entropy")
    X, y = rng(1).normal(size=(B, 8, 8, 1)), rng(2).integers(0, 4, B)
    leaf = torch.tensor(params.theta, requires_grad=True)
    first = params.theta.copy()
    for _ in range(10):
        output, caches = net.forward(params, X)
        params.theta -= 0.5 * net.backward(params, caches, loss.grad(output, np.eye(4)[y]))[1].theta

        A = torch.tensor(np.moveaxis(X, -1, 1))
        W, b, V, c = torch.split(leaf, [view.size for layer in params for view in layer.values()])
        A = torch.tanh(F.conv2d(A, kernels(net.layers[0], W), b))
        A = F.max_pool2d(A, 2).permute(0, 2, 3, 1).reshape(B, -1) @ V.reshape(27, 4) + c
        F.cross_entropy(A, torch.tensor(y)).backward()
        with torch.no_grad():
            leaf -= 0.5 * leaf.grad
            leaf.grad = None
    assert abs(params.theta - first).max() > 0.1
    np.testing.assert_allclose(params.theta, leaf.detach().numpy(), rtol=1e-11, atol=1e-12)


def test_the_fans_of_glorot_are_those_of_pytorch():
    layer = Conv2D((9, 9, 3), 8, (5, 2))
    weight = torch.nn.init.xavier_uniform_(torch.empty(8, 3, 5, 2), generator=torch.Generator().manual_seed(0))
    assert weight.abs().max() <= np.sqrt(6 / (30 + 80))
    W = Network([layer]).init(rng())[0]["W"]
    np.testing.assert_allclose([abs(W).max(), weight.abs().max()], np.sqrt(6 / (30 + 80)), rtol=0.03)


@pytest.mark.parametrize("dtype, tolerance", [(np.float32, 1e-5), (np.float64, 1e-12)])
def test_replicas_with_images_of_their_own(dtype, tolerance):
    layer, R = Conv2D((6, 6, 2), 3, 3, "tanh"), 4
    params = Parameters([layer.shapes()], rng().normal(size=(R, 57)).astype(dtype))
    X = rng(1).normal(size=(R, B, 6, 6, 2)).astype(dtype)
    A, _ = layer.forward(params[0], X)
    assert A.dtype == dtype
    for r in range(R):
        W, b = (torch.tensor(params.replica(r)[0][name]) for name in ("W", "b"))
        expected = torch.tanh(F.conv2d(torch.tensor(np.moveaxis(X[r], -1, 1)), kernels(layer, W), b[0]))
        np.testing.assert_allclose(A[r], from_torch(expected), rtol=tolerance, atol=tolerance)

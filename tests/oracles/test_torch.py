"""The same networks in PyTorch: values, gradients by autograd, and twenty steps of SGD."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from mlp_core import L2, MLP, SGD, Dense, Dropout, Network, fit, softmax
from mlp_core.activations import ELU, LeakyReLU, Logistic, activation
from mlp_core.losses import loss_function

TORCH_ACTIVATIONS = {
    "identity": lambda Z: Z,
    "logistic": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "softplus": F.softplus,
    "saturated_linear": lambda Z: F.hardtanh(Z, 0, 1),
    "softmax": lambda Z: F.softmax(Z, dim=-1),
    Logistic(beta=3): lambda Z: torch.sigmoid(3 * Z),
    LeakyReLU(alpha=0.3): lambda Z: F.leaky_relu(Z, 0.3),
    ELU(alpha=2): lambda Z: F.elu(Z, 2.0),
}
TORCH_LOSSES = {
    "half_squared_error": lambda output, Y: 0.5 * F.mse_loss(output, Y, reduction="sum") / len(Y),
    "binary_cross_entropy": lambda Z, Y: F.binary_cross_entropy_with_logits(Z, Y, reduction="sum") / len(Y),
    "softmax_cross_entropy": lambda Z, Y: F.cross_entropy(Z, Y),
    "binary_log_loss": lambda Y_hat, Y: F.binary_cross_entropy(Y_hat, Y, reduction="sum") / len(Y),
    "categorical_log_loss": lambda Y_hat, Y: -(Y * Y_hat.log()).sum() / len(Y),
}
HEADS = {"binary_log_loss": "logistic", "categorical_log_loss": "softmax"}
TOLERANCES = {np.float32: dict(rtol=2e-4, atol=2e-6), np.float64: dict(rtol=1e-10, atol=1e-13)}


def rng(seed=0):
    return np.random.default_rng(seed)


def random_case(seed, hidden, loss, dtype, B=7):
    """A network of random depth and widths, its parameters, and data that the loss can take."""
    widths = [3, *rng(seed).integers(1, 9, rng(seed).integers(1, 4)), 3]
    net = MLP([int(width) for width in widths], hidden, HEADS.get(loss, "identity"), "normal")
    params = net.init(rng(seed), dtype=dtype)
    params.theta *= 0.4
    X, Y = rng(seed + 1).normal(size=(2, B, 3))
    if loss != "half_squared_error":
        Y = softmax(Y)
    return net, params, X.astype(dtype), Y.astype(dtype)


def tensors(params):
    """Each layer's W and b as leaves of PyTorch's graph."""
    return [{name: torch.tensor(array, requires_grad=True) for name, array in layer.items()} for layer in params]


def torch_forward(net, leaves, X):
    A = X
    for layer, arrays in zip(net.layers, leaves, strict=True):
        phi = next(phi for key, phi in TORCH_ACTIVATIONS.items() if activation(key) == layer.activation)
        A = phi(A @ arrays["W"] + arrays["b"])
    return A


def assert_parameters_agree(params, leaves, of, **tolerance):
    for layer, arrays in zip(params, leaves, strict=True):
        for name, array in layer.items():
            np.testing.assert_allclose(array, of(arrays[name]).numpy(), **tolerance)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loss", TORCH_LOSSES)
@pytest.mark.parametrize("hidden", TORCH_ACTIVATIONS, ids=str)
def test_values_and_gradients_of_random_networks(hidden, loss, dtype):
    for seed in range(5):
        net, params, X, Y = random_case(seed, hidden, loss, dtype)
        output, caches = net.forward(params, X)
        dX, grads = net.backward(params, caches, loss_function(loss).grad(output, Y))

        leaves, X_leaf = tensors(params), torch.tensor(X, requires_grad=True)
        expected = torch_forward(net, leaves, X_leaf)
        cost = TORCH_LOSSES[loss](expected, torch.tensor(Y))
        cost.backward()

        assert output.dtype == grads.theta.dtype == dtype
        np.testing.assert_allclose(output, expected.detach().numpy(), **TOLERANCES[dtype])
        np.testing.assert_allclose(loss_function(loss).value(output, Y), cost.item(), **TOLERANCES[dtype])
        np.testing.assert_allclose(dX, X_leaf.grad.numpy(), **TOLERANCES[dtype])
        assert_parameters_agree(grads, leaves, lambda leaf: leaf.grad, **TOLERANCES[dtype])


@pytest.mark.parametrize("loss", ["half_squared_error", "binary_cross_entropy", "softmax_cross_entropy"])
@pytest.mark.parametrize("output", TORCH_ACTIVATIONS, ids=str)
def test_every_output_activation(output, loss):
    net = Network([Dense(3, 5, "tanh"), Dense(5, 3, output)])
    params, (X, Y) = net.init(rng()), rng(1).normal(size=(2, 7, 3))
    Y = softmax(Y)
    ours, caches = net.forward(params, X)
    _, grads = net.backward(params, caches, loss_function(loss).grad(ours, Y))
    leaves = tensors(params)
    TORCH_LOSSES[loss](torch_forward(net, leaves, torch.tensor(X)), torch.tensor(Y)).backward()
    assert_parameters_agree(grads, leaves, lambda leaf: leaf.grad, **TOLERANCES[np.float64])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("lam", [0, 0.02])
@pytest.mark.parametrize("momentum, nesterov", [(0, False), (0.9, False), (0.9, True)])
@pytest.mark.parametrize("loss", TORCH_LOSSES)
def test_twenty_steps_of_sgd_from_equal_weights_with_equal_batches(loss, momentum, nesterov, lam, dtype):
    N, B, epochs = 20, 4, 4
    net, params, _, _ = random_case(3, "tanh", loss, dtype)
    X, Y = rng(5).normal(size=(2, N, 3)).astype(dtype)
    Y = softmax(Y)
    leaves = tensors(params)

    groups = [
        {"params": [layer["W"] for layer in leaves], "weight_decay": lam},
        {"params": [layer["b"] for layer in leaves], "weight_decay": 0},
    ]
    torch_sgd, stream = torch.optim.SGD(groups, lr=0.1, momentum=momentum, nesterov=nesterov), rng(9)
    for _ in range(epochs):
        for rows in stream.permutation(N).reshape(-1, B):
            torch_sgd.zero_grad()
            TORCH_LOSSES[loss](torch_forward(net, leaves, torch.tensor(X[rows])), torch.tensor(Y[rows])).backward()
            torch_sgd.step()

    start = params.theta.copy()
    fit(
        net,
        params,
        X,
        Y,
        loss=loss,
        optimizer=SGD(0.1, momentum, nesterov),
        epochs=epochs,
        batch_size=B,
        rng=rng(9),
        regularizer=L2(lam),
    )
    assert abs(params.theta - start).max() > 0.1
    tolerance = dict(rtol=1e-3, atol=1e-5) if dtype == np.float32 else dict(rtol=1e-11, atol=1e-12)
    assert_parameters_agree(params, leaves, torch.detach, **tolerance)


def test_dropout_with_equal_masks():
    net = Network([Dense(3, 8, "relu"), Dropout(0.5), Dense(8, 3)])
    params, (X, Y) = net.init(rng()), rng(1).normal(size=(2, 7, 3))
    output, caches = net.forward(params, X, rng(2))
    _, grads = net.backward(params, caches, loss_function("half_squared_error").grad(output, Y))
    leaves, keep = tensors(params), torch.tensor(rng(2).random((7, 8)) >= 0.5)
    hidden = torch.relu(torch.tensor(X) @ leaves[0]["W"] + leaves[0]["b"])
    expected = torch.where(keep, 2 * hidden, 0) @ leaves[2]["W"] + leaves[2]["b"]
    TORCH_LOSSES["half_squared_error"](expected, torch.tensor(Y)).backward()
    np.testing.assert_allclose(output, expected.detach().numpy(), rtol=1e-12)
    assert_parameters_agree(grads, leaves, lambda leaf: leaf.grad, **TOLERANCES[np.float64])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_losses_of_extreme_logits(dtype):
    z = np.array([-1000, -100, -1, 0, 1, 100, 1000], dtype)
    Z = np.stack(np.meshgrid(z, z), axis=-1).reshape(-1, 2)
    for Y in (np.eye(2, dtype=dtype)[[0] * len(Z)], np.full_like(Z, 0.5)):
        for loss in ("binary_cross_entropy", "softmax_cross_entropy"):
            leaf = torch.tensor(Z, requires_grad=True)
            cost = TORCH_LOSSES[loss](leaf, torch.tensor(Y))
            cost.backward()
            ours = loss_function(loss)
            np.testing.assert_allclose(ours.value(Z, Y), cost.item(), rtol=1e-6)
            np.testing.assert_allclose(ours.grad(Z, Y), leaf.grad.numpy(), rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_activations_and_slopes_of_extreme_pre_activations(dtype):
    Z = np.array([[-1000, -50, -1.5, 0.25, 1.5, 50, 1000]], dtype)
    for key, phi in TORCH_ACTIVATIONS.items():
        leaf = torch.tensor(Z, requires_grad=True)
        A = phi(leaf)
        A.backward(torch.ones_like(A))
        ours = activation(key)
        np.testing.assert_allclose(ours.f(Z), A.detach().numpy(), rtol=1e-6, atol=1e-20)
        np.testing.assert_allclose(ours.backward(Z, np.ones_like(Z)), leaf.grad.numpy(), rtol=1e-5, atol=1e-6)


WEIGHED = {
    "binary_cross_entropy": lambda Z, Y, w: F.binary_cross_entropy_with_logits(Z, Y, w[:, None], reduction="sum"),
    "softmax_cross_entropy": lambda Z, Y, w: (w * F.cross_entropy(Z, Y, reduction="none")).sum(),
}


@pytest.mark.parametrize("loss", WEIGHED)
def test_twenty_steps_with_sample_weights(loss):
    net = MLP("3-5-2")
    params, X, label, w = net.init(rng()), rng(1).normal(size=(12, 3)), rng(2).integers(0, 2, 12), rng(3).random(12)
    Y, leaves = np.eye(2)[label], tensors(params)
    history = fit(net, params, X, Y, loss=loss, optimizer=SGD(0.3), epochs=20, sample_weight=w)
    for step in range(21):
        output = torch_forward(net, leaves, torch.tensor(X))
        cost = WEIGHED[loss](output, torch.tensor(Y), torch.tensor(w)) / w.sum()
        np.testing.assert_allclose(history.train["loss"][step], cost.item(), rtol=1e-10)
        if step < 20:
            descend(leaves, cost, 0.3)
    assert_parameters_agree(params, leaves, torch.Tensor.detach, rtol=1e-10, atol=1e-13)


def test_class_weights_of_the_cross_entropy_are_a_weighted_mean():
    net, class_weight = MLP("3-5-3"), [0.5, 2.0, 7.0]
    params, X, label = net.init(rng()), rng(1).normal(size=(12, 3)), rng(2).integers(0, 3, 12)
    leaves, criterion = tensors(params), torch.nn.CrossEntropyLoss(torch.tensor(class_weight, dtype=torch.float64))
    settings = dict(loss="softmax_cross_entropy", optimizer=SGD(0.3), epochs=20)
    history = fit(net, params, X, np.eye(3)[label], **settings, class_weight=dict(enumerate(class_weight)))
    for step in range(21):
        cost = criterion(torch_forward(net, leaves, torch.tensor(X)), torch.tensor(label))
        np.testing.assert_allclose(history.train["loss"][step], cost.item(), rtol=1e-10)
        if step < 20:
            descend(leaves, cost, 0.3)
    assert_parameters_agree(params, leaves, torch.Tensor.detach, rtol=1e-10, atol=1e-13)


def descend(leaves, cost, lr):
    arrays = [array for layer in leaves for array in layer.values()]
    for array, slope in zip(arrays, torch.autograd.grad(cost, arrays), strict=True):
        with torch.no_grad():
            array -= lr * slope

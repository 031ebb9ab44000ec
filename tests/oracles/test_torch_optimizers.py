"""The same hundred steps in PyTorch: every optimizer, schedule and clipping, on gradients of a network and on noise."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from mlp_core import L2, MLP, SGD, Parameters
from mlp_core.losses import HalfSquaredError
from mlp_core.optimizers import Adam, Clipped, ExponentialDecay, InverseTime, RMSprop, StepDecay

EXACT = dict(rtol=1e-12, atol=1e-12)
STEPS, P = 100, 12
PAIRS = {
    "SGD": (SGD(0.1), lambda leaves: torch.optim.SGD(leaves, lr=0.1)),
    "momentum": (SGD(0.1, 0.9), lambda leaves: torch.optim.SGD(leaves, lr=0.1, momentum=0.9)),
    "Nesterov": (
        SGD(0.1, 0.9, nesterov=True),
        lambda leaves: torch.optim.SGD(leaves, lr=0.1, momentum=0.9, nesterov=True),
    ),
    "RMSprop": (RMSprop(0.01), lambda leaves: torch.optim.RMSprop(leaves, lr=0.01)),
    "RMSprop, other settings": (
        RMSprop(0.05, rho=0.8, eps=0.1),
        lambda leaves: torch.optim.RMSprop(leaves, lr=0.05, alpha=0.8, eps=0.1),
    ),
    "Adam": (Adam(0.01), lambda leaves: torch.optim.Adam(leaves, lr=0.01)),
    "Adam, other settings": (
        Adam(0.05, beta1=0.5, beta2=0.8, eps=0.1),
        lambda leaves: torch.optim.Adam(leaves, lr=0.05, betas=(0.5, 0.8), eps=0.1),
    ),
}
SCHEDULES = {
    "step": (StepDecay(0.1, 0.5, 7), lambda twin: torch.optim.lr_scheduler.StepLR(twin, 7, 0.5)),
    "exponential": (ExponentialDecay(0.1, 0.97), lambda twin: torch.optim.lr_scheduler.ExponentialLR(twin, 0.97)),
    "inverse": (InverseTime(0.1, 20), lambda twin: torch.optim.lr_scheduler.LambdaLR(twin, lambda t: 20 / (20 + t))),
}


def rng(seed=0):
    return np.random.default_rng(seed)


def noise():
    """Gradients of very different sizes, some exactly 0."""
    gradients = rng().normal(size=(STEPS, P)) * np.geomspace(1e-9, 1e3, P)
    gradients[rng(1).random((STEPS, P)) < 0.2] = 0
    return gradients


def our_path(optimizer, gradients):
    params = Parameters([{"W": (1, P)}], rng(2).normal(size=P))
    state, path = optimizer.init(params), []
    for gradient in gradients:
        optimizer.step(params, Parameters(params.shapes, gradient.copy()), state)
        path.append(params.theta.copy())
    return np.array(path)


def torch_path(optimizer, gradients, schedule=None, norm=None):
    leaf, path = torch.tensor(rng(2).normal(size=P), requires_grad=True), []
    twin = optimizer([leaf])
    schedule = schedule and schedule(twin)
    for gradient in gradients:
        leaf.grad = torch.tensor(gradient)
        if norm is not None:
            torch.nn.utils.clip_grad_norm_([leaf], norm)
        twin.step()
        if schedule:
            schedule.step()
        path.append(leaf.detach().numpy().copy())
    return np.array(path)


@pytest.mark.parametrize("name", PAIRS)
def test_a_hundred_steps_on_gradients_of_very_different_sizes(name):
    ours, theirs = PAIRS[name]
    np.testing.assert_allclose(our_path(ours, noise()), torch_path(theirs, noise()), **EXACT)


@pytest.mark.parametrize("name", PAIRS)
def test_a_hundred_steps_of_a_network(name):
    net, loss, penalty = MLP("3-5-2", "tanh"), HalfSquaredError(), L2(0.1)
    params, (X, Y) = net.init(rng()), (rng(1).normal(size=(7, 3)), rng(2).normal(size=(7, 2)))
    W1, b1, W2, b2 = leaves = [torch.tensor(array, requires_grad=True) for layer in params for array in layer.values()]
    optimizer, twin = PAIRS[name][0], PAIRS[name][1](leaves)
    state, start = optimizer.init(params), params.theta.copy()
    for _ in range(STEPS):
        output, caches = net.forward(params, X)
        _, grads = net.backward(params, caches, loss.grad(output, Y))
        grads.theta += penalty.grad(params).theta
        optimizer.step(params, grads, state)

        twin.zero_grad()
        Z = torch.tanh(torch.tensor(X) @ W1 + b1) @ W2 + b2
        cost = 0.5 * F.mse_loss(Z, torch.tensor(Y), reduction="sum") / len(X)
        (cost + 0.05 * ((W1**2).sum() + (W2**2).sum())).backward()
        twin.step()
    assert abs(params.theta - start).max() > 0.1
    theirs = np.concatenate([leaf.detach().numpy().ravel() for leaf in leaves])
    np.testing.assert_allclose(params.theta, theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("name", ["SGD", "RMSprop", "Adam"])
def test_schedules_are_those_of_lr_scheduler(name, schedule):
    lr, torch_schedule = SCHEDULES[schedule]
    ours = {"SGD": SGD, "RMSprop": RMSprop, "Adam": Adam}[name](lr)
    theirs = getattr(torch.optim, name)
    path = torch_path(lambda leaves: theirs(leaves, lr=0.1), noise(), torch_schedule)
    np.testing.assert_allclose(our_path(ours, noise()), path, **EXACT)


def test_with_a_changing_rate_momentum_here_keeps_the_rates_of_the_earlier_steps():
    gradients = noise()
    ours, rates = our_path(SGD(ExponentialDecay(0.1, 0.9), 0.5), gradients), 0.1 * 0.9 ** np.arange(STEPS)
    theirs = torch_path(lambda leaves: torch.optim.SGD(leaves, lr=1, momentum=0.5), rates[:, None] * gradients)
    np.testing.assert_allclose(ours, theirs, **EXACT)


@pytest.mark.parametrize("norm", [0.5, 500, 5000])
@pytest.mark.parametrize("name", ["SGD", "momentum", "Adam"])
def test_clipping_is_that_of_clip_grad_norm_but_for_its_millionth(name, norm):
    ours, theirs = PAIRS[name]
    clipped = our_path(Clipped(ours, norm), noise())
    np.testing.assert_allclose(clipped, torch_path(theirs, noise(), norm=norm), rtol=1e-5, atol=1e-6)
    unclipped = np.allclose(clipped, torch_path(theirs, noise()), **EXACT)
    assert unclipped == (norm == 5000)


@pytest.mark.parametrize("name", ["SGD", "momentum", "Adam"])
def test_clipping_is_that_of_clip_grad_norm_with_its_millionth_taken_out(name):
    ours, theirs = PAIRS[name]
    gradients = noise()
    lengths = np.linalg.norm(gradients, axis=1, keepdims=True)
    rescaled = np.where(lengths > 50, gradients / lengths * 50, gradients)
    np.testing.assert_allclose(our_path(Clipped(ours, 50), gradients), torch_path(theirs, rescaled), **EXACT)

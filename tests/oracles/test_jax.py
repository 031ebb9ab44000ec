"""JAX: the gradient of the whole cost, penalty included, and its vmap over replicas."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mlp_core import L1, L2, MLP, SGD, BinaryCrossEntropy, HalfSquaredError, SoftmaxCrossEntropy, fit, softmax

jax.config.update("jax_enable_x64", True)

HIDDEN = {
    "tanh": jnp.tanh,
    "logistic": jax.nn.sigmoid,
    "relu": jax.nn.relu,
    "elu": jax.nn.elu,
    "leaky_relu": jax.nn.leaky_relu,
    "softplus": jax.nn.softplus,
}
LOSSES = {
    "half_squared_error": lambda Z, Y: 0.5 * ((Z - Y) ** 2).sum() / len(Y),
    "binary_cross_entropy": lambda Z, Y: -(Y * jax.nn.log_sigmoid(Z) + (1 - Y) * jax.nn.log_sigmoid(-Z)).sum() / len(Y),
    "softmax_cross_entropy": lambda Z, Y: -(Y * jax.nn.log_softmax(Z)).sum() / len(Y),
}
OURS = {
    "half_squared_error": HalfSquaredError(),
    "binary_cross_entropy": BinaryCrossEntropy(),
    "softmax_cross_entropy": SoftmaxCrossEntropy(),
}
PENALTIES = {
    "none": (None, lambda weights: 0.0),
    "l2": (L2(0.1), lambda weights: 0.05 * sum((W**2).sum() for W in weights)),
    "l1": (L1(0.1), lambda weights: 0.1 * sum(jnp.abs(W).sum() for W in weights)),
}


def rng(seed=0):
    return np.random.default_rng(seed)


def cost(sizes, hidden, loss, penalty):
    """The cost as a function of one flat vector: written here again, independently of mlp_core."""

    def function(theta, X, Y):
        A, start, weights = X, 0, []
        for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True):
            W = theta[start : start + n_in * n_out].reshape(n_in, n_out)
            b = theta[start + n_in * n_out : start + (n_in + 1) * n_out]
            start += (n_in + 1) * n_out
            weights.append(W)
            Z = A @ W + b
            A = HIDDEN[hidden](Z)
        return LOSSES[loss](Z, Y) + PENALTIES[penalty][1](weights)

    return function


def our_value_and_gradient(net, params, X, Y, loss, penalty):
    output, caches = net.forward(params, X)
    _, grads = net.backward(params, caches, OURS[loss].grad(output, Y))
    value, regularizer = OURS[loss].value(output, Y), PENALTIES[penalty][0]
    if regularizer is not None:
        value = value + regularizer.value(params)
        grads.theta += regularizer.grad(params).theta
    return value, grads.theta


def random_case(seed, hidden, replicas=None):
    sizes = [4, *(int(width) for width in rng(seed).integers(1, 9, rng(seed).integers(0, 4))), 3]
    net = MLP(sizes, hidden, initializer="normal")
    X, Y = rng(seed + 1).normal(size=(2, *((replicas,) if replicas else ()), 6, 4))
    return sizes, net, net.init(rng(seed), replicas), X, softmax(Y[..., :3])


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_the_gradient_of_the_whole_cost_of_random_networks(hidden, loss, penalty):
    for seed in range(2):
        sizes, net, params, X, Y = random_case(seed, hidden)
        value, gradient = our_value_and_gradient(net, params, X, Y, loss, penalty)
        theirs = jax.value_and_grad(cost(sizes, hidden, loss, penalty))(jnp.array(params.theta), X, Y)
        np.testing.assert_allclose(value, theirs[0], rtol=1e-12)
        np.testing.assert_allclose(gradient, theirs[1], rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("loss", LOSSES)
def test_the_gradients_of_replicas_are_the_vmap_of_the_gradient(loss, own):
    sizes, net, params, X, Y = random_case(1, "tanh", replicas=5)
    if not own:
        X, Y = X[0], Y[0]
    axes = 0 if own else None
    value, gradient = our_value_and_gradient(net, params, X, Y, loss, "l2")
    of_one = jax.value_and_grad(cost(sizes, "tanh", loss, "l2"))
    theirs = jax.vmap(of_one, (0, axes, axes))(jnp.array(params.theta), X, Y)
    np.testing.assert_allclose(value, theirs[0], rtol=1e-12)
    np.testing.assert_allclose(gradient, theirs[1], rtol=1e-10, atol=1e-13)


def test_fifty_steps_of_a_sweep_over_learning_rates_are_the_vmap_of_gradient_descent():
    sizes, net, params, X, Y = random_case(1, "tanh", replicas=5)
    rates = np.geomspace(0.01, 0.5, 5)[:, None]
    gradient = jax.jit(jax.vmap(jax.grad(cost(sizes, "tanh", "softmax_cross_entropy", "l2")), (0, None, None)))
    theta = jnp.array(params.theta)
    for _ in range(50):
        theta = theta - rates * gradient(theta, X[0], Y[0])
    fit(
        net,
        params,
        X[0],
        Y[0],
        loss="softmax_cross_entropy",
        optimizer=SGD(rates),
        epochs=50,
        regularizer=PENALTIES["l2"][0],
    )
    np.testing.assert_allclose(params.theta, theta, rtol=1e-9, atol=1e-12)

"""Every layer x activation x loss against finite differences and, where it can be evaluated there, the complex step."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mlp_core import L1, L2, MLP, Dense, Dropout, Flatten, Network, gradient_error, numerical_gradient, one_hot
from mlp_core.activations import (
    BY_NAME,
    ELU,
    LeakyReLU,
    Logistic,
    ReLU,
    SaturatedLinear,
    Softmax,
    Step,
    Tanh,
    activation,
)
from mlp_core.initializers import Normal
from mlp_core.losses import BY_NAME as LOSSES
from mlp_core.losses import loss_function

TOLERANCE = 1e-7
KINKS = {Step: [0], ReLU: [0], LeakyReLU: [0], ELU: [0], SaturatedLinear: [0, 1]}
HIDDEN = [*BY_NAME, Logistic(beta=3), LeakyReLU(alpha=0.3), ELU(alpha=2)]
PROBABILITIES = ("binary_log_loss", "categorical_log_loss")


def rng(seed):
    return np.random.default_rng(seed)


def targets(loss, B, m, seed=0):
    """Random targets that the loss can take."""
    if loss == "half_squared_error":
        return rng(seed).normal(size=(B, m))
    if loss in ("softmax_cross_entropy", "categorical_log_loss"):
        return one_hot(rng(seed).integers(0, m, B), m)
    return rng(seed).integers(0, 2, (B, m)).astype(float)


def away_from_kinks(net, params, X, seed=None, distance=1e-3):
    """Whether no pre-activation is so near to a kink that a finite difference would step over it."""
    _, caches = net.forward(params, X, None if seed is None else rng(seed))
    for layer, cache in zip(net.layers, caches, strict=True):
        for kink in KINKS.get(type(getattr(layer, "activation", None)), []):
            if abs(cache[1] - kink).min() < distance:
                return False
    return True


def case(net, shape, seed=None):
    """The first random parameters and batch that lie away from the kinks, none of them zero."""
    for start in range(100):
        params, X = net.init(rng(start)), rng(start + 100).normal(size=shape)
        if away_from_kinks(net, params, X, seed):
            return params, X
    raise AssertionError(f"no point away from the kinks of {net}")


def input_gradient_error(net, params, X, Y, loss, seed=None):
    """The same relative distance for the gradient with respect to the inputs."""
    loss = loss_function(loss)

    def stream():
        return None if seed is None else rng(seed)

    output, caches = net.forward(params, X, stream())
    g, _ = net.backward(params, caches, loss.grad(output, Y))
    d = numerical_gradient(lambda X: loss.value(net.forward(params, X, stream())[0], Y), X)
    scale = np.linalg.norm(g) + np.linalg.norm(d)
    return np.linalg.norm(g - d) / scale if scale else 0.0


def assert_gradients_right(net, shape, loss, regularizer=None, seed=None):
    params, X = case(net, shape, seed)
    Y = targets(loss, shape[0], net.layers[-1].n_out)
    assert gradient_error(net, params, X, Y, loss, regularizer, seed) < TOLERANCE
    assert input_gradient_error(net, params, X, Y, loss, seed) < TOLERANCE


@pytest.mark.parametrize("loss", [loss for loss in LOSSES if loss not in PROBABILITIES])
@pytest.mark.parametrize("hidden", HIDDEN, ids=str)
def test_hidden_activation_with_a_loss_of_values_or_logits(hidden, loss):
    assert_gradients_right(MLP("3-4-4-2", hidden, initializer="normal"), (5, 3), loss)


@pytest.mark.parametrize("loss, output", [("binary_log_loss", "logistic"), ("categorical_log_loss", "softmax")])
@pytest.mark.parametrize("hidden", HIDDEN, ids=str)
def test_hidden_activation_with_a_loss_of_probabilities(hidden, loss, output):
    assert_gradients_right(MLP("3-4-4-2", hidden, output, Normal(0.5)), (5, 3), loss)


@pytest.mark.parametrize("loss", [loss for loss in LOSSES if loss not in PROBABILITIES])
@pytest.mark.parametrize("output", HIDDEN, ids=str)
def test_output_activation_with_a_loss_of_values_or_logits(output, loss):
    assert_gradients_right(MLP("3-4-2", "tanh", output, "normal"), (5, 3), loss)


@pytest.mark.parametrize("loss", PROBABILITIES)
@pytest.mark.parametrize("output", ["logistic", "softmax", Logistic(beta=3)], ids=str)
def test_output_activation_with_a_loss_of_probabilities(output, loss):
    assert_gradients_right(MLP("3-4-2", "tanh", output, Normal(0.5)), (5, 3), loss)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("hidden", ["tanh", "relu"])
def test_dropout_with_the_same_masks(hidden, loss):
    output = {"binary_log_loss": "logistic", "categorical_log_loss": "softmax"}.get(loss, "identity")
    layers = [Dropout(0.2), Dense(3, 6, hidden), Dropout(0.5), Dense(6, 5, hidden), Dropout(0.3), Dense(5, 2, output)]
    net = Network(layers)
    params, X = case(net, (6, 3))
    Y = targets(loss, 6, 2)
    for seed in [seed for seed in range(30) if away_from_kinks(net, params, X, seed)][:3]:
        assert gradient_error(net, params, X, Y, loss, seed=seed) < TOLERANCE
        assert input_gradient_error(net, params, X, Y, loss, seed) < TOLERANCE


def test_dropout_as_the_last_layer():
    net = Network([Dense(3, 4, "tanh"), Dropout(0.5)])
    params, X = case(net, (6, 3))
    assert gradient_error(net, params, X, np.ones((6, 4)), "half_squared_error", seed=0) < TOLERANCE


@pytest.mark.parametrize("loss", ["half_squared_error", "softmax_cross_entropy"])
@pytest.mark.parametrize("regularizer", [L2(0.1), L1(0.1)], ids=str)
def test_a_penalty_adds_its_gradient(regularizer, loss):
    assert_gradients_right(MLP("3-4-2", "tanh"), (5, 3), loss, regularizer)


@pytest.mark.parametrize("loss", ["half_squared_error", "binary_cross_entropy", "softmax_cross_entropy"])
def test_images_are_flattened_on_the_way(loss):
    net = Network([Flatten((2, 3)), Dense(6, 4, "tanh"), Dropout(0.2), Dense(4, 2)])
    assert_gradients_right(net, (5, 2, 3), loss, seed=1)


def test_soft_targets():
    net = MLP("3-4-3", "tanh")
    params, X = case(net, (5, 3))
    Y = Softmax().f(rng(1).normal(size=(5, 3)))
    for loss in ("softmax_cross_entropy", "binary_cross_entropy"):
        assert gradient_error(net, params, X, Y, loss) < TOLERANCE


@settings(deadline=None, max_examples=60, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(1, 6), st.sampled_from(list(BY_NAME)), st.booleans()), min_size=1, max_size=4),
    st.integers(1, 4),
    st.integers(1, 6),
    st.sampled_from(["half_squared_error", "binary_cross_entropy", "softmax_cross_entropy"]),
    st.sampled_from([None, L1(0.2), L2(0.2)]),
    st.integers(0, 1000),
)
def test_random_networks(units, n_in, B, loss, regularizer, seed):
    layers, width = [], n_in
    for n_out, phi, dropped in units:
        layers += [Dense(width, n_out, phi, Normal(0.7)), *([Dropout(0.3)] if dropped else [])]
        width = n_out
    net = Network([*layers, Dense(width, 2, "identity", Normal(0.7))])
    params, X = net.init(rng(seed)), rng(seed + 1).normal(size=(B, n_in))
    assume(away_from_kinks(net, params, X, seed) and abs(params.theta).min() > 1e-4)
    Y = targets(loss, B, 2, seed)
    assert gradient_error(net, params, X, Y, loss, regularizer, seed) < TOLERANCE


@pytest.mark.parametrize("loss", ["half_squared_error", "softmax_cross_entropy"])
@pytest.mark.parametrize("hidden", ["tanh", "identity"])
def test_the_gradient_is_the_complex_step_to_the_last_digit(hidden, loss):
    net, loss = MLP("3-4-3-2", hidden, initializer="normal"), loss_function(loss)
    params, X = case(net, (5, 3))
    Y = targets("softmax_cross_entropy", 5, 2)

    def cost(theta):
        A, start = X, 0
        for layer in net.layers:
            stop = start + layer.n_in * layer.n_out
            W, b = theta[start:stop].reshape(layer.n_in, layer.n_out), theta[None, stop : stop + layer.n_out]
            A, _ = layer.forward({"W": W, "b": b}, A)
            start = stop + layer.n_out
        return loss.value(A, Y)

    steps = params.theta + 1e-30j * np.eye(len(params.theta))
    expected = np.array([cost(theta).imag for theta in steps]) / 1e-30
    output, caches = net.forward(params, X)
    _, grads = net.backward(params, caches, loss.grad(output, Y))
    np.testing.assert_allclose(grads.theta, expected, rtol=1e-12, atol=1e-15)


def test_a_small_step_against_the_gradient_lowers_the_cost():
    for loss in ("half_squared_error", "binary_cross_entropy", "softmax_cross_entropy"):
        net, loss_of = MLP("3-4-2", "tanh"), loss_function(loss)
        params, X = case(net, (5, 3))
        Y = targets(loss, 5, 2)
        output, caches = net.forward(params, X)
        _, grads = net.backward(params, caches, loss_of.grad(output, Y))
        before, slope = loss_of.value(output, Y), (grads.theta**2).sum()
        params.theta -= 1e-4 * grads.theta
        fall = before - loss_of.value(net.forward(params, X)[0], Y)
        np.testing.assert_allclose(fall, 1e-4 * slope, rtol=1e-2)


def test_the_same_gradient_in_float32_up_to_its_precision():
    for hidden in [phi for phi in HIDDEN if activation(phi) != Step()]:
        net = MLP("3-4-2", hidden, initializer="normal")
        params, X = case(net, (5, 3))
        Y = targets("softmax_cross_entropy", 5, 2)
        single = net.init(rng(0), dtype=np.float32)
        single.theta = params.theta
        gradients = []
        for p in (params, single):
            output, caches = net.forward(p, X.astype(p.theta.dtype))
            dA = loss_function("softmax_cross_entropy").grad(output, Y.astype(p.theta.dtype))
            gradients.append(net.backward(p, caches, dA)[1].theta)
        assert gradients[1].dtype == np.float32
        np.testing.assert_allclose(gradients[1], gradients[0], rtol=1e-3, atol=1e-5)


def test_tanh_is_away_from_no_kink_and_relu_is():
    net = MLP("1-1-1", Tanh())
    params = net.init(rng(0))
    assert away_from_kinks(net, params, np.zeros((1, 1)))
    assert not away_from_kinks(MLP("1-1-1", "relu"), params, np.zeros((1, 1)))

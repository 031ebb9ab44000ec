"""Every layer x activation x loss x dtype against finite differences, the complex step and plain loops."""

import math
import os

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mlp_core import L1, L2, MLP, Dense, Dropout, Flatten, Network, gradient_error, numerical_gradient, one_hot
from mlp_core.activations import BY_NAME, ELU, LeakyReLU, Logistic, Softmax, Step, Tanh, activation
from mlp_core.initializers import Normal
from mlp_core.losses import BY_NAME as LOSSES
from mlp_core.losses import loss_function

TOLERANCE = 1e-7
HIDDEN = [*BY_NAME, Logistic(beta=3), LeakyReLU(alpha=0.3), ELU(alpha=2)]
HEADS = {"binary_log_loss": "logistic", "categorical_log_loss": "softmax"}
cases = settings(max_examples=int(os.environ.get("MLP_CASES", 400)))


def rng(seed):
    return np.random.default_rng(seed)


def targets(loss, B, m, seed=0):
    """Random targets that the loss can take."""
    if loss == "half_squared_error":
        return rng(seed).normal(size=(B, m))
    if loss in ("softmax_cross_entropy", "categorical_log_loss"):
        return one_hot(rng(seed).integers(0, m, B), m)
    return rng(seed).integers(0, 2, (B, m)).astype(float)


def pre_activations(net, caches):
    """The activation and the pre-activations of each layer that has them."""
    for layer, cache in zip(net.layers, caches, strict=True):
        if isinstance(layer, Dense):
            yield layer.activation, cache[1]


def seams(phi):
    """Where finite differences lose their precision: the kinks, and the point where the second slope of ELU jumps."""
    return (0,) if isinstance(phi, ELU) else phi.kinks


def away_from_kinks(net, params, X, seed=None, distance=1e-3):
    """Whether no pre-activation is so near to a kink that a finite difference would step over it."""
    _, caches = net.forward(params, X, None if seed is None else rng(seed))
    return all(abs(Z - z).min() >= distance for phi, Z in pre_activations(net, caches) for z in seams(phi))


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


@pytest.mark.parametrize("loss", [loss for loss in LOSSES if loss not in HEADS])
@pytest.mark.parametrize("hidden", HIDDEN, ids=str)
def test_hidden_activation_with_a_loss_of_values_or_logits(hidden, loss):
    assert_gradients_right(MLP("3-4-4-2", hidden, initializer="normal"), (5, 3), loss)


@pytest.mark.parametrize("loss, output", HEADS.items())
@pytest.mark.parametrize("hidden", HIDDEN, ids=str)
def test_hidden_activation_with_a_loss_of_probabilities(hidden, loss, output):
    assert_gradients_right(MLP("3-4-4-2", hidden, output, Normal(0.5)), (5, 3), loss)


@pytest.mark.parametrize("loss", [loss for loss in LOSSES if loss not in HEADS])
@pytest.mark.parametrize("output", HIDDEN, ids=str)
def test_output_activation_with_a_loss_of_values_or_logits(output, loss):
    assert_gradients_right(MLP("3-4-2", "tanh", output, "normal"), (5, 3), loss)


@pytest.mark.parametrize("loss", HEADS)
@pytest.mark.parametrize("output", ["logistic", "softmax", Logistic(beta=3)], ids=str)
def test_output_activation_with_a_loss_of_probabilities(output, loss):
    assert_gradients_right(MLP("3-4-2", "tanh", output, Normal(0.5)), (5, 3), loss)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("hidden", ["tanh", "relu"])
def test_dropout_with_the_same_masks(hidden, loss):
    head = HEADS.get(loss, "identity")
    layers = [Dropout(0.2), Dense(3, 6, hidden), Dropout(0.5), Dense(6, 5, hidden), Dropout(0.3), Dense(5, 2, head)]
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


@cases
@given(
    st.lists(st.tuples(st.integers(1, 5), st.sampled_from(HIDDEN), st.booleans()), max_size=3),
    st.integers(1, 4),
    st.integers(1, 4),
    st.sampled_from(list(LOSSES)),
    st.sampled_from([None, L1(0.2), L2(0.2)]),
    st.integers(0, 1000),
)
def test_every_partial_derivative_of_small_random_networks(units, n_in, B, loss, regularizer, seed):
    net = stack(n_in, units, 2, loss)
    params, X = net.init(rng(seed)), rng(seed + 1).normal(size=(B, n_in))
    assume(away_from_kinks(net, params, X, seed) and abs(params.theta).min() > 1e-4)
    Y = targets(loss, B, 2, seed)
    assert gradient_error(net, params, X, Y, loss, regularizer, seed) < TOLERANCE


def stack(n_in, units, n_out, loss):
    """A network of units (width, activation, whether dropout follows) and the head that the loss needs."""
    layers = []
    for width, phi, dropped in [*units, (n_out, HEADS.get(loss, "identity"), False)]:
        layers += [Dense(n_in, width, phi, Normal(n_in**-0.5)), *([Dropout(0.3)] if dropped else [])]
        n_in = width
    return Network(layers)


def streams(seed, replicas, training):
    """The same random numbers at every call: none in evaluation, else a generator, or one for each replica."""
    if not training:
        return None
    return rng(seed) if replicas is None else rng(seed).spawn(replicas)


@cases
@given(
    st.lists(st.tuples(st.integers(1, 33), st.sampled_from(HIDDEN), st.booleans()), max_size=4),
    st.integers(1, 33),
    st.integers(1, 33),
    st.integers(1, 17),
    st.sampled_from(list(LOSSES)),
    st.sampled_from([None, 1, 3]),
    st.booleans(),
    st.integers(0, 1000),
)
def test_random_networks_along_random_directions_and_each_replica_by_itself(
    units, n_in, n_out, B, loss, replicas, training, seed
):
    net, loss_of = stack(n_in, units, n_out, loss), loss_function(loss)
    params, X, Y = net.init(rng(seed), replicas), rng(seed + 1).normal(size=(B, n_in)), targets(loss, B, n_out, seed)

    def run(theta):
        point = params.zeros_like()
        point.theta = theta
        output, caches = net.forward(point, X, streams(seed, replicas, training))
        sides = [Z > z for phi, Z in pre_activations(net, caches) for z in seams(phi)]
        return loss_of.value(output, Y), sides, output, caches

    cost, sides, output, caches = run(params.theta)
    dX, grads = net.backward(params, caches, loss_of.grad(output, Y))
    direction = rng(seed + 2).normal(size=params.theta.shape)
    direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
    after, before = run(params.theta + 1e-6 * direction), run(params.theta - 1e-6 * direction)
    pairs = zip(sides, after[1], before[1], strict=True)
    if np.isfinite(cost).all() and all((Z == up).all() and (Z == down).all() for Z, up, down in pairs):
        slope = (grads.theta * direction).sum(axis=-1)
        error = abs((after[0] - before[0]) / 2e-6 - slope)
        assert (error < 1e-7 * (1 + cost + np.linalg.norm(grads.theta, axis=-1))).all()

    for r in range(replicas or 0):
        stream = rng(seed).spawn(replicas)[r] if training else None
        single_output, single_caches = net.forward(params.replica(r), X, stream)
        dA = loss_of.grad(single_output, Y)
        single_dX, single_grads = net.backward(params.replica(r), single_caches, dA)
        np.testing.assert_array_equal(output[r], single_output)
        np.testing.assert_array_equal(dX[r], single_dX)
        np.testing.assert_array_equal(grads.theta[r], single_grads.theta)


PLAIN = {
    "identity": (lambda z: z, lambda z: 1.0),
    "tanh": (math.tanh, lambda z: 1 / math.cosh(z) ** 2),
    "logistic": (lambda z: 1 / (1 + math.exp(-z)), lambda z: math.exp(-z) / (1 + math.exp(-z)) ** 2),
    "relu": (lambda z: max(z, 0.0), lambda z: float(z > 0)),
}
PLAIN_HEADS = {
    "half_squared_error": lambda z: z,
    "binary_cross_entropy": lambda z: [1 / (1 + math.exp(-z_j)) for z_j in z],
    "softmax_cross_entropy": lambda z: [math.exp(z_j) / sum(math.exp(z_k) for z_k in z) for z_j in z],
}


def plain_gradient(params, hidden, X, Y, loss):
    """Backpropagation in plain Python, unit by unit and example by example, as the lectures write it."""
    w = [[[float(x) for x in row] for row in layer["W"].T] for layer in params]
    b = [[float(x) for x in layer["b"][0]] for layer in params]
    phi, slope = PLAIN[hidden]
    dw = [[[0.0] * len(row) for row in layer] for layer in w]
    db = [[0.0] * len(layer) for layer in b]
    for x, y in zip(X.tolist(), Y.tolist(), strict=True):
        a, z = [x], []
        for w_l, b_l in zip(w, b, strict=True):
            z.append([sum(w_l[j][i] * a[-1][i] for i in range(len(a[-1]))) + b_l[j] for j in range(len(b_l))])
            a.append([phi(z_j) for z_j in z[-1]])
        y_hat = PLAIN_HEADS[loss](z[-1])
        delta = [y_hat[j] - y[j] for j in range(len(y))]
        for layer in reversed(range(len(w))):
            below = range(len(a[layer]))
            for j in range(len(delta)):
                db[layer][j] += delta[j] / len(X)
                for i in below:
                    dw[layer][j][i] += delta[j] * a[layer][i] / len(X)
            if layer > 0:
                sums = [sum(w[layer][j][i] * delta[j] for j in range(len(delta))) for i in below]
                delta = [slope(z[layer - 1][i]) * sums[i] for i in below]
    return [(np.array(dw_l).T, np.array([db_l])) for dw_l, db_l in zip(dw, db, strict=True)]


@pytest.mark.parametrize("loss", PLAIN_HEADS)
@pytest.mark.parametrize("hidden", PLAIN)
@pytest.mark.parametrize("sizes", ["3-2", "2-3-1", "3-4-5-2", "1-2-3-2-3-1"])
def test_the_gradient_is_that_of_plain_loops(sizes, hidden, loss):
    net = MLP(sizes, hidden, initializer="normal")
    params, X = net.init(rng(1)), rng(2).normal(size=(5, int(sizes[0])))
    Y = targets(loss, 5, int(sizes[-1]))
    output, caches = net.forward(params, X)
    _, grads = net.backward(params, caches, loss_function(loss).grad(output, Y))
    for ours, (dW, db) in zip(grads, plain_gradient(params, hidden, X, Y, loss), strict=True):
        np.testing.assert_allclose(ours["W"], dW, rtol=1e-11, atol=1e-14)
        np.testing.assert_allclose(ours["b"], db, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize(
    "output, loss",
    [("identity", "half_squared_error"), ("identity", "softmax_cross_entropy"), ("softmax", "categorical_log_loss")],
)
@pytest.mark.parametrize("hidden", ["tanh", "identity", "softmax"])
def test_the_gradient_is_the_complex_step_to_the_last_digit(hidden, output, loss):
    net, loss = MLP("3-4-3-2", hidden, output, initializer="normal"), loss_function(loss)
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


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("hidden", [phi for phi in HIDDEN if activation(phi) != Step()], ids=str)
def test_the_same_gradient_in_float32_up_to_its_precision(hidden, loss):
    net = MLP("3-4-2", hidden, HEADS.get(loss, "identity"), Normal(0.7))
    params, X = case(net, (5, 3))
    Y = targets(loss, 5, 2)
    single = net.init(rng(0), dtype=np.float32)
    single.theta = params.theta
    gradients = []
    for p in (params, single):
        output, caches = net.forward(p, X.astype(p.theta.dtype))
        dA = loss_function(loss).grad(output, Y.astype(p.theta.dtype))
        dX, grads = net.backward(p, caches, dA)
        gradients.append(np.append(dX, grads.theta))
        assert output.dtype == dA.dtype == dX.dtype == grads.theta.dtype == p.theta.dtype
    np.testing.assert_allclose(gradients[1], gradients[0], rtol=1e-3, atol=1e-5)


def test_tanh_is_away_from_no_kink_and_relu_is():
    net = MLP("1-1-1", Tanh())
    params = net.init(rng(0))
    assert away_from_kinks(net, params, np.zeros((1, 1)))
    assert not away_from_kinks(MLP("1-1-1", "relu"), params, np.zeros((1, 1)))

"""Feature maps on the tape have the gradients of the readable core, also where units of a window are equal."""

import numpy as np
import pytest

from mlp_core import L2, SGD, Dense, Dropout, Flatten, Network, fit
from mlp_core.conv import Conv2D, MaxPool2D
from mlp_core.fast import step as fast
from mlp_core.fast.step import IMAGES
from mlp_core.losses import loss_function
from mlp_core.training import batch_gradient, minibatches

SIZES = [((5, 5, 1), 2, 2, 2), ((6, 4, 3), 1, (3, 1), 2), ((7, 8, 2), 3, (1, 3), 1), ((8, 8, 1), 8, (3, 3), 3)]
TOLERANCE = {np.float64: 1e-12, np.float32: 1e-5}


def rng(seed=0):
    return np.random.default_rng(seed)


def network(shape, maps, kernel, size, activation="relu", behind=()):
    conv = Conv2D(shape, maps, kernel, activation)
    pool = MaxPool2D(conv.shape_out, size)
    width = int(np.prod(pool.shape_out))
    return Network([conv, pool, Flatten(pool.shape_out), *behind, Dense(width, 4, "tanh"), Dense(4, 3)])


def assert_same_gradient(net, X, rows=None, dtype=np.float64):
    params, loss = net.init(rng(1), dtype=dtype), loss_function("softmax_cross_entropy")
    for layer in params:
        for name in layer.keys() & {"b"}:
            layer[name] = rng(2).normal(size=layer[name].shape)
    X, Y = X.astype(dtype), np.eye(3, dtype=dtype)[rng(3).integers(0, 3, len(X))]
    ours = fast.Gradient(net, params, loss, X, Y)(rows, rng(4)).theta
    core = batch_gradient(net, params, loss, X, Y, rows, rng(4)).theta
    assert ours.dtype == core.dtype == dtype and abs(core).max() > 1e-3
    np.testing.assert_allclose(ours, core, rtol=0, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("activation", ["identity", "relu", "tanh", "logistic", "elu"])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_gradient_is_that_of_the_core(size, activation, dtype):
    net, X = network(*size, activation), rng().normal(size=(6, *size[0]))
    assert fast.covers(net, net.init(rng()), loss_function("softmax_cross_entropy"))
    assert_same_gradient(net, X, dtype=dtype)
    assert_same_gradient(net, X, np.array([4, 0, 5]), dtype)
    assert_same_gradient(net, X, np.array([2]), dtype)


def two_convolutions(activation="tanh", behind=(), first=2, second=2):
    layers = [Conv2D((12, 11, 2), 3, (3, 2), activation), MaxPool2D((10, 10, 3), first)]
    layers += [Conv2D(layers[-1].shape_out, 4, 2, activation)]
    layers += [MaxPool2D(layers[-1].shape_out, second)] if second else []
    width = int(np.prod(layers[-1].shape_out))
    return Network([*layers, Flatten(layers[-1].shape_out), *behind, Dense(width, 4, "tanh"), Dense(4, 3)])


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("activation", ["identity", "relu", "tanh", "logistic", "elu"])
@pytest.mark.parametrize("first, second", [(2, 2), (1, 3), (2, 1), (5, None)])
def test_the_gradient_of_two_convolutions_is_that_of_the_core(first, second, activation, dtype):
    net, X = two_convolutions(activation, first=first, second=second), rng().normal(size=(6, 12, 11, 2))
    assert fast.covers(net, net.init(rng()), loss_function("softmax_cross_entropy"))
    assert_same_gradient(net, X, dtype=dtype)
    assert_same_gradient(net, X, np.array([4, 0, 5]), dtype)
    assert_same_gradient(net, X, np.array([2]), dtype)


def test_three_convolutions_without_maxima():
    layers = [Conv2D((6, 6, 1), 2, 2, "tanh"), Conv2D((5, 5, 2), 3, 3, "tanh"), Conv2D((3, 3, 3), 2, (1, 3), "tanh")]
    net = Network([*layers, Flatten((3, 1, 2)), Dense(6, 3)])
    assert_same_gradient(net, rng().normal(size=(5, 6, 6, 1)))


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("batch_size", [None, 4])
@pytest.mark.parametrize("net", [network(*SIZES[0], behind=[Dropout(0.3)]), two_convolutions("relu")], ids=str)
def test_replica_r_is_the_single_run_r_bit_for_bit(net, batch_size, own, dtype):
    R, N = 3, IMAGES + 3
    lead = (R,) if own else ()
    X = rng().normal(size=(*lead, N, *net.shape_in)).astype(dtype)
    Y = np.eye(3, dtype=dtype)[rng(1).integers(0, 3, (*lead, N))]
    rates, lams = np.array([[0.1], [0.2], [0.3]]), np.array([[0.0], [0.01], [0.02]])
    settings = dict(loss="softmax_cross_entropy", epochs=2, batch_size=batch_size)
    together, streams = net.init(rng(), R, dtype), rng(1).spawn(R)
    history = fit(net, together, X, Y, optimizer=SGD(rates), regularizer=L2(lams), rng=streams, **settings)
    assert np.ptp(history.train["loss"][-1]) > 0
    for r, (first, stream) in enumerate(zip(rng().spawn(R), rng(1).spawn(R), strict=True)):
        alone, (X_r, Y_r) = net.init(first, dtype=dtype), (X[r], Y[r]) if own else (X, Y)
        optimizer, penalty = SGD(rates[r, 0]), L2(lams[r, 0])
        single = fit(net, alone, X_r, Y_r, optimizer=optimizer, regularizer=penalty, rng=stream, **settings)
        np.testing.assert_array_equal(together.theta[r], alone.theta)
        np.testing.assert_array_equal(history.train["loss"][:, r], single.train["loss"])


@pytest.mark.parametrize("replicas", [None, 2])
@pytest.mark.parametrize("batch_size", [None, 4])
def test_the_output_is_that_of_the_core(batch_size, replicas):
    net, loss = two_convolutions(), loss_function("softmax_cross_entropy")
    X, Y = rng().normal(size=(IMAGES + 3, 12, 11, 2)), np.eye(3)[rng(1).integers(0, 3, IMAGES + 3)]
    params = net.init(rng(), replicas)
    step = fast.FastStep(net, params, loss, X, Y, SGD(0.3), None, batch_size)
    rows = None if batch_size is None else np.arange(4) if replicas is None else np.tile(np.arange(4), (replicas, 1))
    for _ in range(2):
        step(rows, None)
        np.testing.assert_allclose(step.output(), net.forward(params, X)[0], rtol=0, atol=1e-13)


@pytest.mark.parametrize("activation", ["identity", "tanh"])
def test_of_equal_units_the_first_has_the_gradient(activation):
    net = network((5, 5, 1), 2, 2, 2, activation)
    X = np.ones((3, 5, 5, 1))
    X[1, 2:] = 2
    X[2] = rng().integers(0, 2, (5, 5, 1))
    assert_same_gradient(net, X)


def test_dropout_behind_the_maps_draws_the_same_masks():
    assert_same_gradient(network((5, 5, 1), 2, 2, 2, behind=[Dropout(0.4)]), rng().normal(size=(6, 5, 5, 1)))


@pytest.mark.parametrize("N", [11, IMAGES + 3])
def test_a_training_on_images_ends_where_the_readable_core_ends(N):
    net, X = network((6, 6, 1), 2, 3, 2, "tanh"), rng().normal(size=(N, 6, 6, 1))
    Y = np.eye(3)[rng(1).integers(0, 3, N)]
    ours, core, loss, stream = net.init(rng()), net.init(rng()), loss_function("softmax_cross_entropy"), rng(5)
    fit(net, ours, X, Y, loss=loss, optimizer=SGD(0.3), epochs=15, batch_size=4, rng=rng(5))
    for _ in range(15):
        for rows in minibatches(N, 4, stream):
            core.theta -= 0.3 * batch_gradient(net, core, loss, X, Y, rows).theta
    np.testing.assert_allclose(ours.theta, core.theta, rtol=0, atol=1e-10)
    assert abs(ours.theta - net.init(rng()).theta).max() > 0.1

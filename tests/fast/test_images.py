"""Feature maps on the tape have the gradients of the readable core, also where units of a window are equal."""

import numpy as np
import pytest

from mlp_core import SGD, Dense, Dropout, Flatten, Network, fit
from mlp_core.conv import Conv2D, MaxPool2D
from mlp_core.fast import step as fast
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
    params[0]["b"] = rng(2).normal(size=params[0]["b"].shape)
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


@pytest.mark.parametrize("activation", ["identity", "tanh"])
def test_of_equal_units_the_first_has_the_gradient(activation):
    net = network((5, 5, 1), 2, 2, 2, activation)
    X = np.ones((3, 5, 5, 1))
    X[1, 2:] = 2
    X[2] = rng().integers(0, 2, (5, 5, 1))
    assert_same_gradient(net, X)


def test_dropout_behind_the_maps_draws_the_same_masks():
    assert_same_gradient(network((5, 5, 1), 2, 2, 2, behind=[Dropout(0.4)]), rng().normal(size=(6, 5, 5, 1)))


def test_a_training_on_images_ends_where_the_readable_core_ends():
    net, X = network((6, 6, 1), 2, 3, 2, "tanh"), rng().normal(size=(11, 6, 6, 1))
    Y = np.eye(3)[rng(1).integers(0, 3, 11)]
    ours, core, loss, stream = net.init(rng()), net.init(rng()), loss_function("softmax_cross_entropy"), rng(5)
    fit(net, ours, X, Y, loss=loss, optimizer=SGD(0.3), epochs=15, batch_size=4, rng=rng(5))
    for _ in range(15):
        for rows in minibatches(11, 4, stream):
            core.theta -= 0.3 * batch_gradient(net, core, loss, X, Y, rows).theta
    np.testing.assert_allclose(ours.theta, core.theta, rtol=0, atol=1e-12)
    assert abs(ours.theta - net.init(rng()).theta).max() > 0.1

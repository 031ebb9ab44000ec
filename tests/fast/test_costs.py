"""The loss of each example on a tape is that of the core, bit for bit."""

import numpy as np
import pytest

from mlp_core.fast.costs import per_example
from mlp_core.losses import loss_function

SHAPES = [(1, 1), (5, 1), (40, 3), (300, 10), (3, 7, 2), (70, 4, 1)]
ORDERS = {
    "as in the core": lambda Z: Z,
    "class by class": lambda Z: Z.mT.copy().mT,
    "replicas last": lambda Z: np.moveaxis(np.moveaxis(Z, 0, -1).copy(), -1, 0),
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("loss", ["half_squared_error", "binary_cross_entropy", "softmax_cross_entropy"])
def test_the_losses_are_those_of_the_core_bit_for_bit(loss, shape, order, dtype):
    rng, loss = np.random.default_rng(0), loss_function(loss)
    Z, Y = (ORDERS[order](np.empty(shape, dtype)) for _ in range(2))
    calls, losses = per_example(loss, Z, Y)
    for scale in (1, 30, 1000):  # the second and third time the buffers are in use
        Z[...], Y[...] = scale * rng.normal(size=shape), rng.uniform(size=shape)
        for call in calls:
            call()
        assert losses.dtype == dtype
        np.testing.assert_array_equal(losses, loss.per_example(np.array(Z, order="C"), np.array(Y, order="C")))


@pytest.mark.parametrize("loss", ["half_squared_error", "binary_cross_entropy", "softmax_cross_entropy"])
def test_a_run_that_diverged_has_the_losses_of_the_core(loss):
    loss, Z = loss_function(loss), np.array([[np.nan, 1], [np.inf, 0], [-np.inf, 0], [1e308, 1]])
    Y = np.eye(2)[[0, 1, 0, 1]]
    calls, losses = per_example(loss, Z, Y)
    with np.errstate(all="ignore"):
        for call in calls:
            call()
        np.testing.assert_array_equal(losses, loss.per_example(Z, Y))

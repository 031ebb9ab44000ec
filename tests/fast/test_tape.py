"""The calls on the tape at the ends of the number range; test_step.py holds whole tapes equal to the core."""

import numpy as np
import pytest

from mlp_core import MLP, Dense
from mlp_core.activations import Logistic
from mlp_core.fast import step as fast
from mlp_core.fast.tape import elementwise
from mlp_core.losses import loss_function
from mlp_core.training import batch_gradient


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("phi", ["logistic", Logistic(3), "tanh", "relu", "elu"], ids=str)
def test_large_pre_activations_give_the_same_numbers_and_no_nan(phi, dtype):
    Z = np.array([[-1e4, -800, -90, -40, -20, -1e-3], [0, 1e-3, 20, 40, 90, 1e4]], dtype)
    A, dA = np.empty_like(Z), np.full_like(Z, 2)
    layer = Dense(1, 1, phi)
    value, slope = elementwise(layer.activation, Z.copy(), A, dA)
    with np.errstate(over="ignore"):
        for call in [*value, *slope]:
            call()
    tiny = 8 * np.finfo(dtype).tiny
    np.testing.assert_allclose(A, layer.activation.f(Z), rtol=8 * np.finfo(dtype).eps, atol=tiny)
    np.testing.assert_allclose(dA, 2 * layer.activation.df(Z), rtol=8 * np.finfo(dtype).eps, atol=tiny)


def test_binary_cross_entropy_of_huge_logits_has_no_nan():
    net, loss = MLP("1-1"), loss_function("binary_cross_entropy")
    params = net.init(np.random.default_rng(0))
    params.theta = [1.0, 0.0]
    X, Y = np.array([[-1e4], [1e4], [-1e4], [1e4]]), np.array([[0.0], [0.0], [1.0], [1.0]])
    with np.errstate(over="ignore"):
        ours = fast.Gradient(net, params, loss, X, Y)().theta
    np.testing.assert_array_equal(ours, batch_gradient(net, params, loss, X, Y).theta)

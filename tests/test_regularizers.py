"""Penalties: weights count, biases do not, and the gradient is that of the value."""

import numpy as np
import pytest

from mlp_core import L1, L2, MLP, Dense, Dropout, Network, Parameters, numerical_gradient
from mlp_core.regularizers import weights_only

SHAPES = [{"W": (1, 2), "b": (1, 2)}, {}, {"W": (2, 1), "b": (1, 1)}]
THETA = np.array([1.0, -2, 50, 60, 3, -4, 70])


def test_values_by_hand():
    params = Parameters(SHAPES, THETA)
    assert L2(0.5).value(params) == 0.25 * (1 + 4 + 9 + 16)
    assert L1(0.5).value(params) == 0.5 * (1 + 2 + 3 + 4)


def test_gradients_by_hand():
    params = Parameters(SHAPES, THETA)
    np.testing.assert_array_equal(L2(0.5).grad(params).theta, [0.5, -1, 0, 0, 1.5, -2, 0])
    np.testing.assert_array_equal(L1(0.5).grad(params).theta, [0.5, -0.5, 0, 0, 0.5, -0.5, 0])


def test_the_gradient_of_l1_is_zero_at_a_weight_of_zero():
    params = Parameters(SHAPES, np.zeros(7))
    np.testing.assert_array_equal(L1(2).grad(params).theta, np.zeros(7))


@pytest.mark.parametrize("penalty", [L1(0.3), L2(0.3)], ids=str)
def test_the_gradient_is_that_of_the_value(penalty):
    net = Network([Dense(2, 3, "tanh"), Dropout(0.5), Dense(3, 1)])
    params = net.init(np.random.default_rng(0))
    params.theta += 0.01
    numerical = numerical_gradient(lambda theta: penalty.value(Parameters(params.shapes, theta)), params.theta)
    np.testing.assert_allclose(penalty.grad(params).theta, numerical, atol=1e-9)


@pytest.mark.parametrize("penalty", [L1(0.3), L2(0.3), L1(np.array([[1], [2], [3]])), L2(np.array([[1], [2], [3]]))])
def test_each_replica_has_its_own_penalty(penalty):
    params = MLP("2-3-1").init(np.random.default_rng(0), replicas=3)
    for r in range(3):
        single = type(penalty)(penalty.lam if np.ndim(penalty.lam) == 0 else penalty.lam[r, 0])
        assert penalty.value(params)[r] == single.value(params.replica(r))
        np.testing.assert_array_equal(penalty.grad(params).theta[r], single.grad(params.replica(r)).theta)


@pytest.mark.parametrize("penalty", [L1(0.3), L2(0.3)], ids=str)
def test_the_gradient_keeps_the_dtype_and_leaves_the_parameters_alone(penalty):
    params = Parameters(SHAPES, THETA.astype(np.float32))
    assert penalty.grad(params).theta.dtype == np.float32
    assert penalty.value(params).dtype == np.float32
    np.testing.assert_array_equal(params.theta, THETA)


@pytest.mark.parametrize("replicas", [None, 3])
def test_weights_only_marks_every_weight_and_no_bias(replicas):
    params = Parameters.zeros(SHAPES, replicas)
    np.testing.assert_array_equal(weights_only(params), [1, 1, 0, 0, 1, 1, 0])


def test_a_penalty_of_zero_is_allowed():
    assert L1(0).value(Parameters(SHAPES, THETA)) == L2(0).value(Parameters(SHAPES, THETA)) == 0


WRONG = {
    "L2: expected a penalty weight of at least 0, got lam=-0.1": lambda: L2(-0.1),
    "L2: expected a penalty weight of at least 0, got lam=nan": lambda: L2(np.nan),
    "L1: expected a penalty weight of at least 0, got lam=-1": lambda: L1(-1),
    "L1: expected a penalty weight of at least 0, got lam=[[ 1]\n [-1]]": lambda: L1(np.array([[1], [-1]])),
    "L1: expected a number or an array (R, 1), got lam of shape=(3,)": lambda: L1(np.ones(3)),
    "L2: expected a number or an array (R, 1), got lam of shape=(1, 3)": lambda: L2(np.ones((1, 3))),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message

"""Penalties: weights count, biases on request; the gradient is that of the value, the prox the minimum it promises."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp_core import L1, L2, MLP, Dense, Dropout, Network, Parameters, numerical_gradient
from mlp_core.conv import Conv2D
from mlp_core.regularizers import Penalty, penalised_cost

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


def test_a_switch_penalises_the_biases_too():
    params = Parameters(SHAPES, THETA)
    assert L2(0.5, biases=True).value(params) == 0.25 * (30 + 2500 + 3600 + 4900)
    assert L1(0.5, biases=True).value(params) == 0.5 * (10 + 50 + 60 + 70)
    np.testing.assert_array_equal(L2(0.5, biases=True).grad(params).theta, 0.5 * THETA)
    np.testing.assert_array_equal(L1(0.5, biases=True).grad(params).theta, [0.5, -0.5, 0.5, 0.5, 0.5, -0.5, 0.5])
    np.testing.assert_array_equal(L1(10, biases=True).prox(params, 5.5).theta, [0, 0, 0, 5, 0, 0, 15])


@pytest.mark.parametrize("penalty", [L1, L2])
def test_biases_are_left_out_unless_asked_for(penalty):
    assert penalty(0.5) == penalty(lam=0.5, biases=False) != penalty(0.5, biases=True)


def test_a_penalty_cannot_be_changed_after_its_check():
    with pytest.raises(FrozenInstanceError):
        L1(0.1).lam = -1


def test_weight_decay_multiplies_a_weight_by_one_minus_rate_times_lam():
    params, penalty = Parameters([{"W": (1, 1)}], np.array([3.0])), L2(0.01)
    for _ in range(1000):
        params.theta -= 0.1 * penalty.grad(params).theta
    np.testing.assert_allclose(params.theta, 3 * 0.999**1000, rtol=1e-12)
    np.testing.assert_allclose(params.theta / 3, 0.3677, atol=5e-5)


def test_the_sign_rule_steps_over_zero_for_ever_and_the_prox_stops_there():
    params, penalty = Parameters([{"W": (1, 1)}], np.array([0.0049])), L1(0.1)
    path = []
    for _ in range(4):
        params.theta -= 0.1 * penalty.grad(params).theta
        path.append(params.theta[0])
    np.testing.assert_allclose(path, [-0.0051, 0.0049, -0.0051, 0.0049], rtol=1e-12)
    assert penalty.prox(params, 0.1).theta == 0


def test_the_prox_by_hand():
    params = Parameters(SHAPES, THETA)
    np.testing.assert_array_equal(L1(0.5).prox(params, 4).theta, [0, 0, 50, 60, 1, -2, 70])
    np.testing.assert_array_equal(L1(0.5).prox(params, 0).theta, THETA)
    np.testing.assert_array_equal(L1(0).prox(params, 1).theta, THETA)


@given(st.floats(-10, 10), st.floats(0, 5), st.floats(0, 5), st.floats(-10, 10))
@settings(max_examples=200)
def test_no_other_point_is_below_the_prox_in_what_it_minimises(w, lam, step, other):
    def objective(u):
        return (u - w) ** 2 / 2 + step * lam * abs(u)

    u = L1(lam).prox(Parameters([{"W": (1, 1)}], np.array([w])), step).theta[0]
    assert objective(u) <= objective(other) + 1e-12


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


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("lam", [0.3, np.array([[0.1], [0.2], [0.3]])], ids=["one lam", "lams"])
@pytest.mark.parametrize("step", [0.7, np.array([[0.1], [0.5], [3.0]])], ids=["one step", "steps"])
def test_the_prox_of_each_replica_is_that_of_the_single_network(step, lam, biases, dtype):
    params = MLP("2-3-1", initializer="normal").init(np.random.default_rng(0), 3, dtype)
    ours = L1(lam, biases).prox(params, step)
    for r in range(3):
        lam_r, step_r = (q if np.ndim(q) == 0 else float(q[r, 0]) for q in (lam, step))
        theirs = L1(lam_r, biases).prox(params.replica(r), step_r)
        np.testing.assert_array_equal(ours.theta[r], theirs.theta, strict=True)


@pytest.mark.parametrize("lam", [0.3, np.float64(0.3), np.array([[0.3]])])
@pytest.mark.parametrize("penalty", [L1, L2])
def test_the_dtype_is_kept_and_the_parameters_are_left_alone(penalty, lam):
    theta = THETA.astype(np.float32)[None]
    params, twin = Parameters(SHAPES, theta.copy()), Parameters(SHAPES, theta.copy())
    assert penalty(lam).grad(params).theta.dtype == np.float32
    assert penalty(lam).value(params).dtype == np.float32
    assert L1(lam).prox(params, lam).theta.dtype == np.float32
    np.testing.assert_array_equal(penalty(lam).grad(params).theta, penalty(0.3).grad(twin).theta)
    np.testing.assert_array_equal(params.theta, theta)


@pytest.mark.parametrize("biases", [False, True])
def test_what_a_penalty_returns_shares_no_memory_with_the_parameters(biases):
    params = Parameters(SHAPES, THETA.copy())
    for result in (L1(1, biases).grad(params), L2(1, biases).grad(params), L1(0, biases).prox(params, 1)):
        assert not np.shares_memory(result.theta, params.theta)


def test_the_kernels_of_a_convolution_are_weights():
    layer = Conv2D(shape=(4, 4, 1), filters=2, kernel_size=3)
    params = Parameters([layer.shapes()], np.arange(1.0, 21))
    np.testing.assert_array_equal(L2(1).grad(params).theta, [*range(1, 19), 0, 0])


def test_a_penalty_of_zero_is_allowed():
    assert L1(0).value(Parameters(SHAPES, THETA)) == L2(0).value(Parameters(SHAPES, THETA)) == 0


def penalised(net, regularizer):
    params = MLP("2-1").init(np.random.default_rng(0))
    return penalised_cost(net, "half_squared_error", regularizer, np.ones((3, 2)), np.ones((3, 1)), params)


def test_the_cost_is_that_of_the_data_and_of_the_penalty():
    net, penalty = MLP("2-1"), L2(0.1)
    params = net.init(np.random.default_rng(0))
    data = ((1 - net.output(params, np.ones((3, 2)))) ** 2).mean() / 2
    assert penalised(net, None) == data
    assert penalised(net, penalty) == data + penalty.value(params) > data


ONE, TWO, THREE = Parameters(SHAPES, THETA), Parameters(SHAPES, np.stack([THETA] * 2)), np.ones((3, 1))
WRONG = {
    "Penalty: expected L1 or L2, got class=Penalty": lambda: Penalty(0.1),
    "L2: expected a finite penalty weight of at least 0, got lam=-0.1": lambda: L2(-0.1),
    "L2: expected a finite penalty weight of at least 0, got lam=nan": lambda: L2(np.nan),
    "L2: expected a finite penalty weight of at least 0, got lam=inf": lambda: L2(np.inf),
    "L2: expected a finite penalty weight of at least 0, got lam='0.1'": lambda: L2("0.1"),
    "L2: expected a finite penalty weight of at least 0, got lam=True": lambda: L2(True),
    "L2: expected a finite penalty weight of at least 0, got lam=None": lambda: L2(None),
    "L2: expected a finite penalty weight of at least 0, got lam=[[0.1]]": lambda: L2([[0.1]]),
    "L1: expected a finite penalty weight of at least 0, got lam=-1": lambda: L1(np.array([[1], [-1]])),
    "L1: expected a finite penalty weight of at least 0, got lam='a'": lambda: L1(np.array([["a"]])),
    "L1: expected a finite penalty weight of at least 0, got lam=(1+0j)": lambda: L1(np.array([[1 + 0j]])),
    "L1: expected a number or an array (R, 1), got lam.shape=(3,)": lambda: L1(np.ones(3)),
    "L2: expected a number or an array (R, 1), got lam.shape=(1, 3)": lambda: L2(np.ones((1, 3))),
    "L2: expected True or False, got biases=1": lambda: L2(0.1, 1),
    "L1: expected True or False, got biases='no'": lambda: L1(0.1, "no"),
    "L2: expected a number, got lam.shape=(3, 1)": lambda: L2(THREE).value(ONE),
    "L2: expected a number or an array (2, 1), got lam.shape=(3, 1)": lambda: L2(THREE).grad(TWO),
    "L1: expected a number or an array (2, 1), got lam.shape=(3, 1)": lambda: L1(THREE).prox(TWO, 1),
    "L1: expected a number or an array (2, 1), got step.shape=(3, 1)": lambda: L1(1).prox(TWO, THREE),
    "L1: expected a number or an array (R, 1), got step.shape=(3,)": lambda: L1(1).prox(TWO, np.ones(3)),
    "L1: expected a finite step of at least 0, got step=-1": lambda: L1(1).prox(ONE, -1),
    "L1: expected a finite step of at least 0, got step=None": lambda: L1(1).prox(ONE, None),
    "L2: expected Parameters, got params=ndarray": lambda: L2(0.1).grad(THETA),
    "penalised_cost: expected L1, L2 or None, got regularizer=0.1": lambda: penalised(MLP("2-1"), 0.1),
    "penalised_cost: expected a Network such as MLP('2-2-1'), got net='2-1'": lambda: penalised("2-1", L2(0.1)),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message

"""The gradient check itself: right on known gradients, and it finds what is wrong."""

import numpy as np
import pytest

from mlp_core import L2, MLP, Dense, Dropout, HalfSquaredError, Network, gradient_error, numerical_gradient
from mlp_core.activations import Tanh


def rng(seed=0):
    return np.random.default_rng(seed)


NET = MLP("2-3-1")
PARAMS = NET.init(rng())
X, Y = rng(1).normal(size=(4, 2)), rng(2).normal(size=(4, 1))


def test_the_numerical_gradient_of_a_parabola_is_exact_up_to_rounding():
    x = rng().normal(size=(2, 3))
    np.testing.assert_allclose(numerical_gradient(lambda x: 3 * (x**2).sum(), x), 6 * x, rtol=1e-9)


def test_central_differences_are_of_second_order():
    errors = [abs(numerical_gradient(lambda x: np.exp(x), np.zeros(()), eps) - 1) for eps in (1e-2, 1e-3)]
    np.testing.assert_allclose(errors, [1e-4 / 6, 1e-6 / 6], rtol=1e-3)


@pytest.mark.parametrize("number", [float, np.float32, np.asarray, lambda value: np.where(value > 0, value, 0)])
def test_a_number_may_also_be_an_array_without_axes(number):
    assert numerical_gradient(lambda x: number(3 * x.sum()), np.ones(1), eps=0.5) == [3]


def test_the_point_is_left_as_it_was():
    x = rng().normal(size=4)
    before = x.copy()
    numerical_gradient(lambda x: (x**2).sum(), x)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("side", [-1, 1])
def test_a_function_that_returns_a_number_on_one_side_only_is_refused(side):
    with pytest.raises(ValueError, match="expected f to return a number, got value=NoneType"):
        numerical_gradient(lambda x: 1.0 if x[0] * side > 0 else None, np.zeros(1))


def test_gradient_error_leaves_the_parameters_as_they_were():
    before = PARAMS.theta.copy()
    gradient_error(NET, PARAMS, X, Y, "half_squared_error")
    np.testing.assert_array_equal(PARAMS.theta, before)


def test_the_step_is_a_hundred_thousandth_by_default_and_each_entry_takes_two_evaluations():
    seen = []

    def f(x):
        seen.append(x)
        return x.sum()

    numerical_gradient(f, np.zeros(2))
    np.testing.assert_array_equal(seen, [[1e-5, 0], [-1e-5, 0], [0, 1e-5], [0, -1e-5]])


class HalfTheSlope(Tanh):
    """An activation with a wrong slope."""

    def df(self, Z):
        return super().df(Z) / 2


class WrongSign(HalfSquaredError):
    """A loss with the gradient of its negative."""

    def grad(self, Y_hat, Y):
        return -super().grad(Y_hat, Y)


def test_a_right_gradient_has_an_error_near_zero_and_a_negative_one_an_error_of_one():
    assert gradient_error(NET, PARAMS, X, Y, HalfSquaredError()) < 1e-8
    np.testing.assert_allclose(gradient_error(NET, PARAMS, X, Y, WrongSign()), 1, rtol=1e-6)


def test_a_wrong_slope_is_found():
    net = Network([Dense(2, 3, HalfTheSlope()), Dense(3, 1)])
    assert gradient_error(net, PARAMS, X, Y, "half_squared_error") > 0.01


def test_the_error_is_that_of_the_formula():
    class TwiceTheGradient(HalfSquaredError):
        def grad(self, Y_hat, Y):
            return 2 * super().grad(Y_hat, Y)

    np.testing.assert_allclose(gradient_error(NET, PARAMS, X, Y, TwiceTheGradient()), 1 / 3, rtol=1e-6)


def test_the_penalty_counts_in_value_and_gradient():
    assert gradient_error(NET, PARAMS, X, Y, "half_squared_error", L2(10)) < 1e-8

    class WithoutGradient(L2):
        def grad(self, params):
            return params.zeros_like()

    assert gradient_error(NET, PARAMS, X, Y, "half_squared_error", WithoutGradient(10)) > 0.1


def test_a_seed_switches_dropout_on_with_the_same_masks_in_every_evaluation():
    net = Network([Dense(2, 6, "tanh"), Dropout(0.5), Dense(6, 1)])
    params, seen = net.init(rng()), []

    class Spy(HalfSquaredError):
        def grad(self, Y_hat, Y):
            seen.append(Y_hat)
            return super().grad(Y_hat, Y)

    for seed in (3, 3, 4, None):
        assert gradient_error(net, params, X, Y, Spy(), seed=seed) < 1e-8
    np.testing.assert_array_equal(seen[0], net.forward(params, X, rng(3))[0])
    np.testing.assert_array_equal(seen[0], seen[1])
    assert (seen[0] != seen[2]).any()
    np.testing.assert_array_equal(seen[3], net.forward(params, X)[0])


def test_two_gradients_that_vanish_agree():
    net = MLP("2-3-1", output="step")
    assert gradient_error(net, net.init(rng()), X, np.zeros((4, 1)), "half_squared_error") == 0


WRONG = {
    "numerical_gradient: expected x of dtype float64, got dtype=float32": (
        lambda: numerical_gradient(np.sum, np.ones(2, np.float32))
    ),
    "numerical_gradient: expected x to be an array of numbers, got x=str": lambda: numerical_gradient(np.sum, "1"),
    "numerical_gradient: expected x to be an array of numbers, got x=list": (
        lambda: numerical_gradient(np.sum, [[1.0], [1.0, 2.0]])
    ),
    "numerical_gradient: expected x to be an array of numbers, got x=matrix": (
        lambda: numerical_gradient(np.sum, np.ones((1, 2)).view(np.matrix))
    ),
    "numerical_gradient: expected finite numbers in x, got value=inf": (
        lambda: numerical_gradient(np.sum, np.array([1, np.inf, np.nan]))
    ),
    "numerical_gradient: expected a function, got f=ndarray": lambda: numerical_gradient(np.ones(2), np.sum),
    "numerical_gradient: expected a step above 0, got eps=0": lambda: numerical_gradient(np.sum, np.ones(2), 0),
    "numerical_gradient: expected a step above 0, got eps=inf": lambda: numerical_gradient(np.sum, np.ones(2), np.inf),
    "numerical_gradient: expected a step above 0, got eps='1'": lambda: numerical_gradient(np.sum, np.ones(2), "1"),
    "numerical_gradient: expected f to return a number, got shape=(2,)": (
        lambda: numerical_gradient(np.square, np.ones(2))
    ),
    "numerical_gradient: expected f to return a number, got value=NoneType": (
        lambda: numerical_gradient(lambda x: None, np.ones(2))
    ),
    "numerical_gradient: expected f to return a number, got value=str": (
        lambda: numerical_gradient(lambda x: "a", np.ones(2))
    ),
    "numerical_gradient: expected f to return a number, got value=list": (
        lambda: numerical_gradient(lambda x: [1, 2], np.ones(2))
    ),
    "numerical_gradient: expected f to return a number, got value=complex": (
        lambda: numerical_gradient(lambda x: 1j, np.ones(2))
    ),
    "gradient_error: expected a Network such as MLP('2-2-1'), "
    "got net=Parameters(theta (13,) float64: {'W': (2, 3), 'b': (1, 3)}, {'W': (3, 1), 'b': (1, 1)})": (
        lambda: gradient_error(PARAMS, NET, X, Y, "half_squared_error")
    ),
    "gradient_error: expected parameters of Network(Dense 2->3, Dense 3->1), got params=ndarray": (
        lambda: gradient_error(NET, PARAMS.theta, X, Y, "half_squared_error")
    ),
    "gradient_error: expected L1, L2 or None, got regularizer='l2'": (
        lambda: gradient_error(NET, PARAMS, X, Y, "half_squared_error", "l2")
    ),
    "gradient_error: expected L1, L2 or None, got regularizer=HalfSquaredError()": (
        lambda: gradient_error(NET, PARAMS, X, Y, "half_squared_error", HalfSquaredError())
    ),
    "gradient_error: expected an integer of at least 0 or None, got seed=-1": (
        lambda: gradient_error(NET, PARAMS, X, Y, "half_squared_error", seed=-1)
    ),
    "gradient_error: expected an integer of at least 0 or None, got seed=0.5": (
        lambda: gradient_error(NET, PARAMS, X, Y, "half_squared_error", seed=0.5)
    ),
    "gradient_error: expected an integer of at least 0 or None, got seed=True": (
        lambda: gradient_error(NET, PARAMS, X, Y, "half_squared_error", seed=True)
    ),
    "gradient_error: expected a single network, got replicas=3": (
        lambda: gradient_error(NET, NET.init(rng(), replicas=3), X, Y, "half_squared_error")
    ),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message

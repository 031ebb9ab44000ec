"""SGD: its first steps by hand, and learning rates for each replica."""

import numpy as np
import pytest

from mlp_core import SGD, Parameters

SHAPES = [{"W": (1, 2)}]


def steps(optimizer, gradients, theta=(10.0, 20.0), dtype=np.float64):
    """The parameter vectors after each step, and the last velocity."""
    params = Parameters(SHAPES, np.array(theta, dtype))
    velocity, path = optimizer.init(params), []
    for gradient in gradients:
        grads = Parameters(SHAPES, np.broadcast_to(np.array(gradient, dtype), params.theta.shape).copy())
        optimizer.step(params, grads, velocity)
        path.append(params.theta.copy())
    return path, velocity


def test_a_plain_step_goes_against_the_gradient():
    path, _ = steps(SGD(lr=0.5), [(2, -4), (2, -4)])
    np.testing.assert_array_equal(path, [[9, 22], [8, 24]])


def test_momentum_adds_the_decayed_steps_before():
    path, velocity = steps(SGD(lr=0.5, momentum=0.5), [(2, -4), (2, -4), (0, 0)])
    np.testing.assert_array_equal(path, [[9, 22], [7.5, 25], [6.75, 26.5]])
    np.testing.assert_array_equal(velocity.theta, [-0.75, 1.5])


def test_nesterov_looks_one_momentum_ahead():
    path, velocity = steps(SGD(lr=0.5, momentum=0.5, nesterov=True), [(2, -4), (0, 0)])
    np.testing.assert_array_equal(path, [[8.5, 23], [8.25, 23.5]])
    np.testing.assert_array_equal(velocity.theta, [-0.5, 1])


@pytest.mark.parametrize("optimizer", [SGD(0.1), SGD(0.1, 0.9), SGD(0.1, 0.9, nesterov=True)], ids=str)
def test_every_form_reaches_the_minimum_of_a_parabola(optimizer):
    params = Parameters(SHAPES, np.array([3.0, -2.0]))
    velocity = optimizer.init(params)
    for _ in range(300):
        optimizer.step(params, params.copy(), velocity)
    np.testing.assert_allclose(params.theta, 0, atol=1e-5)


@pytest.mark.parametrize("nesterov", [False, True])
def test_a_learning_rate_for_each_replica_gives_the_single_runs(nesterov):
    rates = np.array([[0.1], [0.5], [1.0]])
    gradients = [(2, -4), (1, 1), (0, 3)]
    path, _ = steps(SGD(rates, 0.5, nesterov), gradients, theta=[(10.0, 20.0)] * 3)
    for r, lr in enumerate(rates[:, 0]):
        single, _ = steps(SGD(lr, 0.5, nesterov), gradients)
        np.testing.assert_array_equal([theta[r] for theta in path], single)


@pytest.mark.parametrize("lr", [0.1, np.float64(0.1)])
def test_float32_stays_float32(lr):
    path, velocity = steps(SGD(lr, 0.9), [(1, 1), (1, 1)], dtype=np.float32)
    assert path[-1].dtype == velocity.theta.dtype == np.float32


def test_a_step_leaves_the_gradient_as_it_was():
    grads = Parameters(SHAPES, np.ones(2))
    params = Parameters(SHAPES, np.zeros(2))
    SGD(0.1).step(params, grads, SGD(0.1).init(params))
    np.testing.assert_array_equal(grads.theta, [1, 1])


WRONG = {
    "SGD: expected a learning rate above 0, got lr=0": lambda: SGD(0),
    "SGD: expected a learning rate above 0, got lr=-0.1": lambda: SGD(-0.1),
    "SGD: expected a learning rate above 0, got lr=nan": lambda: SGD(np.nan),
    "SGD: expected a learning rate above 0, got lr=[[1.]\n [0.]]": lambda: SGD(np.array([[1.0], [0.0]])),
    "SGD: expected a number or an array (R, 1), got lr of shape=(2,)": lambda: SGD(np.ones(2)),
    "SGD: expected a number or an array (R, 1), got lr of shape=(1, 2)": lambda: SGD(np.ones((1, 2))),
    "SGD: expected a momentum in [0, 1), got momentum=1": lambda: SGD(0.1, 1),
    "SGD: expected a momentum in [0, 1), got momentum=-0.5": lambda: SGD(0.1, -0.5),
    "SGD: expected a momentum in [0, 1), got momentum=nan": lambda: SGD(0.1, np.nan),
    "SGD: expected a momentum above 0 with nesterov, got momentum=0.0": lambda: SGD(0.1, nesterov=True),
    "SGD: expected a number, got lr of shape=(3, 1)": lambda: steps(SGD(np.ones((3, 1))), [(1, 1)]),
    "SGD: expected a number or an array (2, 1), got lr of shape=(3, 1)": (
        lambda: steps(SGD(np.ones((3, 1))), [(1, 1)], theta=[(1.0, 2.0)] * 2)
    ),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message

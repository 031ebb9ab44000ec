"""Optimizers: their formulas, a run for each replica, a loss that never rises, and what they refuse."""

import copy
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp_core import L1, L2, MLP, SGD, Parameters
from mlp_core.losses import HalfSquaredError
from mlp_core.optimizers import (
    Adam,
    BoldDriver,
    Clipped,
    ExponentialDecay,
    InverseTime,
    Optimizer,
    Proximal,
    RMSprop,
    StepDecay,
)

SHAPES = [{"W": (1, 2)}]
KINDS = {
    "SGD": SGD,
    "momentum": lambda lr: SGD(lr, 0.9),
    "Nesterov": lambda lr: SGD(lr, 0.9, nesterov=True),
    "RMSprop": RMSprop,
    "Adam": Adam,
    "clipped": lambda lr: Clipped(SGD(lr, 0.9), 1.5),
    "clipped Adam": lambda lr: Clipped(Adam(lr), 1.5),
    "proximal": lambda lr: Proximal(SGD(lr), L1(0.1)),
    "clipped proximal": lambda lr: Clipped(Proximal(SGD(lr), L1(0.1)), 1.5),
}
SCHEDULES = {
    "number": lambda lr: lr,
    "step": lambda lr: StepDecay(lr, 0.5, 3),
    "exponential": lambda lr: ExponentialDecay(lr, 0.9),
    "inverse": lambda lr: InverseTime(lr, 7),
}
kinds = pytest.mark.parametrize("kind", KINDS)


def rng(seed=0):
    return np.random.default_rng(seed)


def point(*theta, dtype=np.float64):
    return Parameters(SHAPES, np.array(theta, dtype))


def steps(optimizer, gradients, theta=(10.0, 20.0), dtype=np.float64):
    """The parameter vectors after each step, and the last state."""
    params = Parameters(SHAPES, np.array(theta, dtype))
    state, path = optimizer.init(params), []
    for gradient in gradients:
        grads = Parameters(SHAPES, np.broadcast_to(np.array(gradient, dtype), params.theta.shape).copy())
        optimizer.step(params, grads, state)
        path.append(params.theta.copy())
    return path, state


def valley(curvatures, start, dtype=np.float64):
    """The cost of a quadratic valley, its gradient, and where to start."""
    curvatures = np.array(curvatures, dtype)

    def cost(params):
        return (curvatures / 2 * params.theta**2).sum(axis=-1)

    def gradient(params):
        return Parameters(SHAPES, curvatures * params.theta)

    return cost, gradient, Parameters(SHAPES, np.array(start, dtype))


def test_a_plain_step_goes_against_the_gradient():
    path, _ = steps(SGD(lr=0.5), [(2, -4), (2, -4)])
    np.testing.assert_array_equal(path, [[9, 22], [8, 24]])


def test_momentum_adds_the_decayed_steps_before():
    path, state = steps(SGD(lr=0.5, momentum=0.5), [(2, -4), (2, -4), (0, 0)])
    np.testing.assert_array_equal(path, [[9, 22], [7.5, 25], [6.75, 26.5]])
    np.testing.assert_array_equal(state.velocity.theta, [-0.75, 1.5])


def test_nesterov_looks_one_momentum_ahead():
    path, state = steps(SGD(lr=0.5, momentum=0.5, nesterov=True), [(2, -4), (0, 0)])
    np.testing.assert_array_equal(path, [[8.5, 23], [8.25, 23.5]])
    np.testing.assert_array_equal(state.velocity.theta, [-0.5, 1])


def test_nesterov_is_at_the_point_ahead_where_sutskever_et_al_take_the_gradient():
    lr, momentum = 0.2, 0.8
    _, gradient, params = valley((1, 3), (5, -2))
    optimizer = SGD(lr, momentum, nesterov=True)
    state, theta, v = optimizer.init(params), params.theta.copy(), np.zeros(2)
    for _ in range(10):
        v = momentum * v - lr * gradient(point(*(theta + momentum * v))).theta
        theta = theta + v
        optimizer.step(params, gradient(params), state)
        np.testing.assert_allclose(params.theta, theta + momentum * v, rtol=1e-12)


def test_gradient_descent_without_momentum_remembers_nothing_but_its_steps():
    assert vars(SGD(0.1).init(point(1, 2))) == {"t": 0}


@kinds
def test_the_state_counts_the_steps(kind):
    assert KINDS[kind](0.1).init(point(1, 2)).t == 0
    assert steps(KINDS[kind](0.1), [(1, 1)] * 5)[1].t == 5


@pytest.mark.parametrize(
    "optimizer, spelled_out",
    [
        (SGD(0.1), SGD(lr=0.1, momentum=0, nesterov=False)),
        (RMSprop(0.1), RMSprop(lr=0.1, rho=0.99, eps=1e-8)),
        (Adam(0.1), Adam(lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8)),
        (BoldDriver(0.1), BoldDriver(lr=0.1, grow=1.05, shrink=0.5)),
    ],
    ids=str,
)
def test_the_hyperparameters_that_need_not_be_given(optimizer, spelled_out):
    assert optimizer == spelled_out


@kinds
def test_only_the_bold_driver_needs_the_cost(kind):
    assert KINDS[kind](0.1).needs_cost is Optimizer.needs_cost is False
    assert BoldDriver(0.1).needs_cost is True


def test_rmsprop_divides_by_the_root_of_the_decayed_mean_of_the_squares():
    gradients, lr, rho, eps = rng().normal(size=(6, 2)), 0.1, 0.8, 0.01
    path, state = steps(RMSprop(lr, rho, eps), gradients, theta=(0, 0))
    expected = np.zeros(2)
    for t, theta in enumerate(path):
        weights = (1 - rho) * rho ** np.arange(t, -1, -1)
        mean_square = weights @ gradients[: t + 1] ** 2
        expected -= lr * gradients[t] / (np.sqrt(mean_square) + eps)
        np.testing.assert_allclose(theta, expected, rtol=1e-13)
    np.testing.assert_allclose(state.s.theta, mean_square, rtol=1e-13)


def test_adam_divides_a_mean_by_a_root_mean_square_both_with_weights_that_sum_to_1():
    gradients, lr, (beta1, beta2), eps = rng().normal(size=(6, 2)), 0.1, (0.7, 0.8), 0.01
    path, state = steps(Adam(lr, beta1, beta2, eps), gradients, theta=(0, 0))
    expected = np.zeros(2)
    for t, theta in enumerate(path):
        first, second = (beta ** np.arange(t, -1, -1) for beta in (beta1, beta2))
        mean = first / first.sum() @ gradients[: t + 1]
        mean_square = second / second.sum() @ gradients[: t + 1] ** 2
        expected -= lr * mean / (np.sqrt(mean_square) + eps)
        np.testing.assert_allclose(theta, expected, rtol=1e-13)
    np.testing.assert_allclose(state.m.theta, (1 - beta1) * first @ gradients, rtol=1e-13)
    np.testing.assert_allclose(state.s.theta, (1 - beta2) * second @ gradients**2, rtol=1e-13)


def test_the_first_step_of_adam_is_the_learning_rate_wherever_the_gradient_is_well_above_eps():
    gradient = np.concatenate([np.geomspace(0.011, 1e6, 20), -np.geomspace(0.011, 1e6, 20), [1e-9, 0]])
    params = Parameters([{"W": (1, 42)}], np.zeros(42))
    optimizer = Adam(0.3, eps=1e-8)
    optimizer.step(params, Parameters(params.shapes, gradient), optimizer.init(params))
    np.testing.assert_allclose(params.theta[:40], -0.3 * np.sign(gradient[:40]), rtol=1e-6)
    np.testing.assert_allclose(params.theta[40:], [-0.3 / 11, 0], rtol=1e-12)


@pytest.mark.parametrize("kind", ["SGD", "momentum", "Nesterov", "RMSprop", "Adam", "clipped", "clipped Adam"])
def test_every_form_reaches_the_minimum_of_a_parabola(kind):
    params, optimizer = point(3, -2), KINDS[kind](ExponentialDecay(0.1, 0.99))
    state = optimizer.init(params)
    for _ in range(1000):
        optimizer.step(params, params.copy(), state)
    np.testing.assert_allclose(params.theta, 0, atol=1e-3)


def iterations(optimizer, curvatures):
    """Steps from (1, 1) until the distance to the minimum is below 1e-6."""
    _, gradient, params = valley(curvatures, (1, 1))
    state = optimizer.init(params)
    while np.linalg.norm(params.theta) >= 1e-6:
        optimizer.step(params, gradient(params), state)
    return state.t


def test_momentum_shortens_the_way_down_a_narrow_valley_from_709_steps_to_95():
    assert iterations(SGD(2 / 101), (1, 100)) == 709
    assert iterations(SGD((2 / 11) ** 2, momentum=(9 / 11) ** 2), (1, 100)) == 95


def test_schedules_by_hand():
    assert [StepDecay(8, 0.5, 2)(t) for t in range(6)] == [8, 8, 4, 4, 2, 2]
    assert [ExponentialDecay(8, 0.5)(t) for t in range(4)] == [8, 4, 2, 1]
    assert [InverseTime(6, 2)(t) for t in range(5)] == [6, 4, 3, 2.4, 2]


@pytest.mark.parametrize("schedule", [name for name in SCHEDULES if name != "number"])
@kinds
def test_the_step_t_of_a_schedule_is_that_of_an_optimizer_with_the_rate_of_t(kind, schedule):
    lr, gradients = SCHEDULES[schedule](0.3), rng().normal(size=(8, 2))
    params = point(10, 20)
    twin, twin_state = params.copy(), None
    state = KINDS[kind](lr).init(params)
    for t, gradient in enumerate(gradients):
        twin_state = copy.deepcopy(state)
        KINDS[kind](lr).step(params, point(*gradient), state)
        KINDS[kind](lr(t)).step(twin, point(*gradient), twin_state)
        np.testing.assert_array_equal(params.theta, twin.theta)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("schedule", SCHEDULES)
@kinds
def test_a_learning_rate_for_each_replica_gives_the_single_runs(kind, schedule, dtype):
    rates, gradients = np.array([[0.1], [0.3], [0.7]]), rng().normal(size=(8, 3, 2))
    path, _ = steps(KINDS[kind](SCHEDULES[schedule](rates)), gradients, [(10, 20)] * 3, dtype)
    for r, lr in enumerate(rates[:, 0].tolist()):
        single, _ = steps(KINDS[kind](SCHEDULES[schedule](lr)), gradients[:, r], dtype=dtype)
        np.testing.assert_array_equal([theta[r] for theta in path], single)


@kinds
def test_replicas_with_one_learning_rate_are_the_single_runs(kind):
    gradients, start = rng().normal(size=(8, 3, 2)), rng(1).normal(size=(3, 2))
    path, _ = steps(KINDS[kind](0.1), gradients, start)
    for r in range(3):
        single, _ = steps(KINDS[kind](0.1), gradients[:, r], start[r])
        np.testing.assert_array_equal([theta[r] for theta in path], single)


@pytest.mark.parametrize("lr", [0.1, np.float64(0.1), 1, np.array([[0.1]]), ExponentialDecay(np.array([[0.1]]), 0.9)])
@kinds
def test_float32_stays_float32(kind, lr):
    path, state = steps(KINDS[kind](lr), [(1, 1), (1, 1)], theta=[(10, 20)], dtype=np.float32)
    averages = [value.theta for value in vars(state).values() if isinstance(value, Parameters)]
    assert {array.dtype for array in [path[-1], *averages]} == {np.dtype(np.float32)}


@pytest.mark.parametrize("lr", [np.float64(0.1), np.array([[0.1]])])
def test_a_learning_rate_of_higher_precision_is_rounded_before_the_step(lr):
    path, _ = steps(SGD(lr), [(3, 7)], theta=[(10, 20)], dtype=np.float32)
    expected = np.float32([10, 20]) - np.float32(0.1) * np.float32([3, 7])
    np.testing.assert_array_equal(path[0][0], expected)


@kinds
def test_a_step_leaves_the_gradient_as_it_was_and_the_state_shares_no_memory(kind):
    params, grads, optimizer = point(1, 2), point(3, 4), KINDS[kind](0.1)
    state = optimizer.init(params)
    optimizer.step(params, grads, state)
    np.testing.assert_array_equal(grads.theta, [3, 4])
    for value in vars(state).values():
        if isinstance(value, Parameters):
            assert not np.shares_memory(value.theta, params.theta)
            assert not np.shares_memory(value.theta, grads.theta)


def drive(optimizer, curvatures, start, number, dtype=np.float64):
    """Losses, parameters and rates before each step of the bold driver and after the last."""
    cost, gradient, params = valley(curvatures, start, dtype)
    state, records = optimizer.init(params), []
    for _ in range(number):
        records.append((cost(params), params.theta.copy(), state.lr.copy()))
        optimizer.step(params, gradient(params), state, cost)
    records.append((cost(params), params.theta.copy(), state.lr.copy()))
    return [np.array(record) for record in zip(*records, strict=True)], state


@given(
    st.lists(st.floats(0, 1e3), min_size=2, max_size=2),
    st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=2),
    st.floats(1e-4, 1e4),
)
@settings(max_examples=100)
def test_the_loss_of_the_bold_driver_never_rises(curvatures, start, lr):
    (losses, _, _), _ = drive(BoldDriver(lr), curvatures, start, 30)
    assert (np.diff(losses) <= 0).all()


def test_the_bold_driver_grows_after_a_lower_loss_and_else_goes_back_and_shrinks():
    (losses, thetas, rates), state = drive(BoldDriver(4.0, grow=1.5, shrink=0.25), (1, 0), (1, 5), 3)
    np.testing.assert_array_equal(rates, [[4], [1], [1.5], [0.375]])
    np.testing.assert_array_equal(thetas, [[1, 5], [1, 5], [0, 5], [0, 5]])
    np.testing.assert_array_equal(losses, [0.5, 0.5, 0, 0])
    assert state.t == 3


@pytest.mark.parametrize("after", [1.0, np.inf, np.nan])
def test_the_bold_driver_undoes_a_step_to_a_loss_that_is_not_lower_or_not_a_number(after):
    params, optimizer, losses = point(3, 4), BoldDriver(1.0), iter((1.0, after))
    state = optimizer.init(params)
    optimizer.step(params, point(1, 1), state, lambda params: next(losses))
    np.testing.assert_array_equal(params.theta, [3, 4])
    np.testing.assert_array_equal(state.lr, [0.5])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rates", [0.3, np.array([[0.001], [0.1], [3.0]])], ids=["one rate", "rates"])
def test_each_replica_of_the_bold_driver_decides_for_itself(rates, dtype):
    starts = rng().normal(size=(3, 2)) * [[1, 0], [1, 1], [0, 1]]
    (losses, thetas, lrs), state = drive(BoldDriver(rates), (1, 9), starts, 40, dtype)
    assert state.lr.dtype == thetas.dtype == dtype
    assert not np.array_equal(lrs[-1][0] / lrs[0][0], lrs[-1][2] / lrs[0][2])
    for r in range(3):
        lr = rates if np.ndim(rates) == 0 else float(rates[r, 0])
        alone, _ = drive(BoldDriver(lr), (1, 9), starts[r], 40, dtype)
        for ours, theirs in zip((losses, thetas, lrs), alone, strict=True):
            np.testing.assert_array_equal(ours[:, r], theirs, strict=True)


def test_the_bold_driver_trains_a_network_and_its_loss_never_rises():
    net, loss = MLP("2-4-1"), HalfSquaredError()
    X, Y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])
    params, optimizer, losses = net.init(rng(), replicas=20), BoldDriver(1.0), []

    def cost(params):
        return loss.value(net.forward(params, X)[0], Y)

    state = optimizer.init(params)
    for _ in range(300):
        output, caches = net.forward(params, X)
        losses.append(cost(params))
        optimizer.step(params, net.backward(params, caches, loss.grad(output, Y))[1], state, cost)
    assert (np.diff(losses, axis=0) <= 0).all()
    assert np.median(losses[-1]) < 0.05 * np.median(losses[0])


def clipped_gradient(norm, gradient, dtype=np.float64):
    """The gradient that the wrapped optimizer is given."""
    path, _ = steps(Clipped(SGD(1), norm), [gradient], np.zeros_like(gradient), dtype)
    return -path[0]


def test_a_long_gradient_is_rescaled_and_a_short_one_is_as_it_was():
    np.testing.assert_allclose(clipped_gradient(1, (3.0, -4.0)), [0.6, -0.8], rtol=1e-15)
    np.testing.assert_array_equal(clipped_gradient(5, (3.0, -4.0)), [3, -4])
    np.testing.assert_array_equal(clipped_gradient(6, (0.1, 0.7)), [0.1, 0.7])
    np.testing.assert_array_equal(clipped_gradient(6, (0.0, 0.0)), [0, 0])


def test_each_replica_is_clipped_by_its_own_norm():
    ours = clipped_gradient(1, np.array([[3.0, 4], [0.3, 0.4], [30, 40]]))
    np.testing.assert_allclose(ours, [[0.6, 0.8], [0.3, 0.4], [0.6, 0.8]], rtol=1e-15)


def test_a_gradient_whose_square_overflows_in_float32_is_clipped_all_the_same():
    ours = clipped_gradient(1, np.float32([3e30, -4e30]), np.float32)
    np.testing.assert_allclose(ours, [0.6, -0.8], rtol=1e-6)


def test_a_proximal_step_is_a_step_of_gradient_descent_and_a_soft_threshold_by_rate_times_lam():
    path, _ = steps(Proximal(SGD(0.5), L1(2)), [(2, -4), (14, 40)], theta=(10, 20))
    np.testing.assert_array_equal(path, [[8, 21], [0, 0]])


def test_proximal_steps_leave_biases_to_the_data_alone():
    params = Parameters([{"W": (1, 1), "b": (1, 1)}], np.array([5.0, 5]))
    for penalty, expected in ((L1(2), [4, 5]), (L1(2, biases=True), [3, 4])):
        optimizer = Proximal(SGD(0.5), penalty)
        optimizer.step(params, params.zeros_like(), optimizer.init(params))
        np.testing.assert_array_equal(params.theta, expected)


def test_the_proximal_step_follows_a_schedule():
    path, _ = steps(Proximal(SGD(ExponentialDecay(1.0, 0.5)), L1(2)), [(0, 0)] * 3, theta=(10, -20))
    np.testing.assert_array_equal(path, [[8, -18], [7, -17], [6.5, -16.5]])


def test_only_the_proximal_step_makes_weights_exactly_zero():
    X = rng().normal(size=(60, 20))
    w = np.zeros(20)
    w[:3] = 2, -3, 1.5
    y, lam = X @ w + 0.1 * rng(1).normal(size=60), 0.1
    found = {}
    for rule in ("sign", "proximal"):
        params = Parameters([{"W": (20, 1)}], 0.1 * rng(2).normal(size=20))
        optimizer = SGD(0.05) if rule == "sign" else Proximal(SGD(0.05), L1(lam))
        state = optimizer.init(params)
        for _ in range(2000):
            grads = Parameters(params.shapes, X.T @ (X @ params.theta - y) / len(X))
            if rule == "sign":
                grads.theta += L1(lam).grad(params).theta
            optimizer.step(params, grads, state)
        found[rule] = params.theta
    np.testing.assert_array_equal(found["proximal"] != 0, w != 0)
    assert (found["sign"] != 0).all()
    np.testing.assert_allclose(found["sign"], found["proximal"], atol=0.01)


def replicated(theta=(1.0, 2.0)):
    return Parameters(SHAPES, np.array([theta] * 2))


def bold_step(cost, params=None):
    params, optimizer = params or point(1, 2), BoldDriver(0.1)
    optimizer.step(params, params.copy(), optimizer.init(params), cost)


def step(optimizer, params, grads):
    optimizer.step(params, grads, optimizer.init(params))


def test_a_rule_keeps_its_rates_when_the_caller_changes_the_array():
    for make in (SGD, Adam, lambda lr: ExponentialDecay(lr, 0.5), BoldDriver):
        lr = np.array([[0.1], [0.2]])
        rule = make(lr)
        lr *= 10
        np.testing.assert_array_equal(rule.lr, [[0.1], [0.2]])
        with pytest.raises(ValueError):
            rule.lr[0] = 1


THREE = np.ones((3, 1))
WRONG = {
    "SGD: expected a finite learning rate above 0, got lr=0": lambda: SGD(0),
    "SGD: expected a finite learning rate above 0, got lr=-0.1": lambda: SGD(-0.1),
    "SGD: expected a finite learning rate above 0, got lr=nan": lambda: SGD(np.nan),
    "SGD: expected a finite learning rate above 0, got lr=inf": lambda: SGD(np.inf),
    "SGD: expected a finite learning rate above 0, got lr=0.0": lambda: SGD(np.array([[1.0], [0.0]])),
    "SGD: expected a finite learning rate above 0, got lr='fast'": lambda: SGD("fast"),
    "SGD: expected a finite learning rate above 0, got lr=None": lambda: SGD(None),
    "SGD: expected a finite learning rate above 0, got lr=True": lambda: SGD(True),
    "SGD: expected a finite learning rate above 0, got lr=[0.1, 0.2]": lambda: SGD([0.1, 0.2]),
    "SGD: expected a finite learning rate above 0, got lr=False": lambda: SGD(np.array([[False]])),
    "SGD: expected a number or an array (R, 1), got lr.shape=(2,)": lambda: SGD(np.ones(2)),
    "SGD: expected a number or an array (R, 1), got lr.shape=(1, 2)": lambda: SGD(np.ones((1, 2))),
    "SGD: expected a number in [0, 1), got momentum=1": lambda: SGD(0.1, 1),
    "SGD: expected a number in [0, 1), got momentum=-0.5": lambda: SGD(0.1, -0.5),
    "SGD: expected a number in [0, 1), got momentum=nan": lambda: SGD(0.1, np.nan),
    "SGD: expected a number in [0, 1), got momentum='much'": lambda: SGD(0.1, "much"),
    "SGD: expected a number in [0, 1), got momentum=None": lambda: SGD(0.1, None),
    "SGD: expected a momentum above 0 with nesterov, got momentum=0.0": lambda: SGD(0.1, nesterov=True),
    "SGD: expected True or False, got nesterov='yes'": lambda: SGD(0.1, 0.9, "yes"),
    "SGD: expected a number, got lr.shape=(3, 1)": lambda: SGD(THREE).init(point(1, 2)),
    "SGD: expected a number or an array (2, 1), got lr.shape=(3, 1)": lambda: SGD(THREE).init(replicated()),
    "RMSprop: expected a number or an array (2, 1), got lr.shape=(3, 1)": lambda: RMSprop(THREE).init(replicated()),
    "Adam: expected a number or an array (2, 1), got lr.shape=(3, 1)": lambda: Adam(
        ExponentialDecay(THREE, 0.5)
    ).init(replicated()),
    "BoldDriver: expected a number, got lr.shape=(3, 1)": lambda: BoldDriver(THREE).init(point(1, 2)),
    "SGD: expected Parameters, got params=ndarray": lambda: SGD(0.1).init(np.ones(2)),
    "SGD: expected Parameters, got grads=ndarray": lambda: step(SGD(0.1), point(1, 2), np.ones(2)),
    "Adam: expected grads of shape (2, 2), got shape=(2,)": lambda: step(Adam(0.1), replicated(), point(1, 2)),
    "RMSprop: expected grads of shape (2,), got shape=(2, 2)": lambda: step(RMSprop(0.1), point(1, 2), replicated()),
    "Clipped: expected Parameters, got grads=list": lambda: step(Clipped(SGD(0.1), 1), point(1, 2), [1, 2]),
    "Clipped: expected Parameters, got params=int": lambda: Clipped(SGD(0.1), 1).step(1, point(1, 2), None),
    "BoldDriver: expected Parameters, got params=int": lambda: BoldDriver(0.1).step(1, point(1, 2), None, np.sum),
    "BoldDriver: expected Parameters, got params=ndarray": lambda: BoldDriver(0.1).init(np.ones(2)),
    "BoldDriver: expected Parameters, got grads=NoneType": lambda: BoldDriver(0.1).step(
        point(1, 2), None, BoldDriver(0.1).init(point(1, 2)), np.sum
    ),
    "RMSprop: expected a finite learning rate above 0, got lr=0": lambda: RMSprop(0),
    "RMSprop: expected a number in [0, 1), got rho=1": lambda: RMSprop(0.1, 1),
    "RMSprop: expected a number above 0, got eps=0": lambda: RMSprop(0.1, eps=0),
    "Adam: expected a number in [0, 1), got beta1=1": lambda: Adam(0.1, beta1=1),
    "Adam: expected a number in [0, 1), got beta2=1.0": lambda: Adam(0.1, beta2=1.0),
    "Adam: expected a number above 0, got eps=-1e-08": lambda: Adam(0.1, eps=-1e-8),
    "StepDecay: expected a finite learning rate above 0, got lr=0": lambda: StepDecay(0, 0.5, 1),
    "StepDecay: expected a number in (0, 1), got factor=1": lambda: StepDecay(0.1, 1, 1),
    "StepDecay: expected a number in (0, 1), got factor=0": lambda: StepDecay(0.1, 0, 1),
    "StepDecay: expected a positive integer, got every=0": lambda: StepDecay(0.1, 0.5, 0),
    "StepDecay: expected a positive integer, got every=2.5": lambda: StepDecay(0.1, 0.5, 2.5),
    "ExponentialDecay: expected a number in (0, 1), got factor=1.01": lambda: ExponentialDecay(0.1, 1.01),
    "ExponentialDecay: expected a number or an array (R, 1), got lr.shape=(2,)": (
        lambda: ExponentialDecay(np.ones(2), 0.5)
    ),
    "InverseTime: expected a number above 0, got tau=0": lambda: InverseTime(0.1, 0),
    "InverseTime: expected a finite learning rate above 0, got lr=InverseTime(lr=0.1, tau=1.0)": (
        lambda: InverseTime(InverseTime(0.1, 1), 1)
    ),
    "BoldDriver: expected a finite learning rate above 0, got lr=InverseTime(lr=0.1, tau=1.0)": (
        lambda: BoldDriver(InverseTime(0.1, 1))
    ),
    "BoldDriver: expected a number above 1, got grow=1": lambda: BoldDriver(0.1, grow=1),
    "BoldDriver: expected a number in (0, 1), got shrink=1": lambda: BoldDriver(0.1, shrink=1),
    "BoldDriver: expected a number in (0, 1), got shrink=0": lambda: BoldDriver(0.1, shrink=0),
    "BoldDriver: expected a function of the parameters, got cost=0.5": lambda: bold_step(0.5),
    "BoldDriver: expected a cost of shape (2,), got cost=1.0": lambda: bold_step(lambda params: 1.0, replicated()),
    "BoldDriver: expected a cost of shape (), got cost=array([1., 1., 1.])": (
        lambda: bold_step(lambda params: np.ones(3))
    ),
    "BoldDriver: expected a cost of shape (), got cost=None": lambda: bold_step(lambda params: None),
    "Clipped: expected a number above 0, got norm=0": lambda: Clipped(SGD(0.1), 0),
    "Clipped: expected a number above 0, got norm='1'": lambda: Clipped(SGD(0.1), "1"),
    "Clipped: expected an optimizer such as SGD(lr=0.1), got optimizer=0.1": lambda: Clipped(0.1, 1),
    "Clipped: expected an optimizer such as SGD(lr=0.1), got optimizer=BoldDriver(lr=0.1, grow=1.05, shrink=0.5)": (
        lambda: Clipped(BoldDriver(0.1), 1)
    ),
    "Clipped: expected an optimizer such as SGD(lr=0.1), got optimizer='sgd'": lambda: Clipped("sgd", 1),
    "Proximal: expected SGD without momentum, got optimizer=SGD(lr=0.1, momentum=0.9, nesterov=False)": (
        lambda: Proximal(SGD(0.1, 0.9), L1(0.1))
    ),
    "Proximal: expected SGD without momentum, got optimizer=RMSprop(lr=0.1, rho=0.99, eps=1e-08)": (
        lambda: Proximal(RMSprop(0.1), L1(0.1))
    ),
    "Proximal: expected L1, got penalty=L2(lam=0.1, biases=False)": lambda: Proximal(SGD(0.1), L2(0.1)),
    "L1: expected a number, got lam.shape=(3, 1)": lambda: Proximal(SGD(0.1), L1(THREE)).init(point(1, 2)),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message


@pytest.mark.parametrize("cost", [0.5, lambda params: np.zeros(1)], ids=["no function", "another shape"])
def test_a_refused_step_changes_nothing(cost):
    for optimizer, arguments in ((SGD(0.1, 0.5), ()), (Adam(0.1), ()), (BoldDriver(0.1), (cost,))):
        params = point(1, 2)
        state = optimizer.init(params)
        grads = params if arguments else replicated()
        with pytest.raises(ValueError):
            optimizer.step(params, grads, state, *arguments)
        np.testing.assert_array_equal(params.theta, [1, 2])
        assert state.t == 0


RULES = [
    *(make(0.1) for make in KINDS.values()),
    *(make(0.1) for make in list(SCHEDULES.values())[1:]),
    BoldDriver(0.1),
]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_hyperparameters_cannot_be_changed_after_their_check(rule):
    for name in vars(rule):
        with pytest.raises(FrozenInstanceError):
            setattr(rule, name, -1)


ANOTHER = {
    "BoldDriver: expected a state with lr of shape (1,), got state=namespace(t=0)": (BoldDriver(0.1), SGD(0.1)),
    "SGD: expected a state with velocity of shape (3,), got state=namespace(t=0)": (SGD(0.1, 0.9), SGD(0.1)),
    "RMSprop: expected a state with s of shape (3,), got state=namespace(t=0)": (RMSprop(0.1), SGD(0.1)),
    "Adam: expected a state with m and s of shape (3,), got state=namespace(t=0)": (Adam(0.1), SGD(0.1)),
}


@pytest.mark.parametrize("message", ANOTHER)
def test_the_state_of_another_optimizer_is_refused_and_left_alone(message):
    optimizer, other = ANOTHER[message]
    params = MLP("2-1").init(rng())
    first, state = params.copy(), other.init(params)
    with pytest.raises(ValueError) as error:
        optimizer.step(params, params.copy(), state, *([np.sum] if optimizer.needs_cost else []))
    assert str(error.value) == message
    assert state == other.init(params)
    np.testing.assert_array_equal(params.theta, first.theta)


@pytest.mark.parametrize("optimizer", [SGD(0.1, 0.9), RMSprop(0.1), Adam(0.1), BoldDriver(0.1)])
def test_the_state_of_other_parameters_is_refused(optimizer):
    params = MLP("2-1").init(rng())
    cost = [lambda params: 0.5] if optimizer.needs_cost else []
    for other in (MLP("2-1").init(rng(), 2), MLP("3-2").init(rng(), 4)):
        with pytest.raises(ValueError, match=f"^{type(optimizer).__name__}: expected a state with "):
            optimizer.step(params, params.copy(), optimizer.init(other), *cost)


@pytest.mark.parametrize("state", [None, {}, [1], "t"])
@pytest.mark.parametrize("optimizer", [SGD(0.1), SGD(0.1, 0.9), Adam(0.1), Clipped(SGD(0.1), 1.0)])
def test_what_is_no_state_is_refused(optimizer, state):
    params = MLP("2-1").init(rng())
    first, name = params.copy(), "SGD" if isinstance(optimizer, Clipped) else type(optimizer).__name__
    with pytest.raises(ValueError) as error:
        optimizer.step(params, params.copy(), state)
    assert str(error.value) == f"{name}: expected the state that init returned, got state={state!r}"
    np.testing.assert_array_equal(params.theta, first.theta)


@pytest.mark.parametrize("t", [None, -1, 0.5, "1", [1], True])
@pytest.mark.parametrize("schedule", [StepDecay(0.1, 0.5, 2), ExponentialDecay(0.1, 0.5), InverseTime(0.1, 2.0)])
def test_what_is_no_number_of_steps_is_refused(schedule, t):
    with pytest.raises(ValueError) as error:
        schedule(t)
    assert str(error.value) == f"{type(schedule).__name__}: expected a number of steps, got t={t!r}"

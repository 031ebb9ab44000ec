"""scipy: the minima that the optimizers reach, found by other algorithms or in closed form; quantiles and intervals."""

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize
from scipy.special import log_expit
from sklearn.linear_model import Lasso

from mlp_core import L1, L2, MLP, SGD, fit
from mlp_core.losses import loss_function
from mlp_core.optimizers import Adam, BoldDriver, Clipped, ExponentialDecay, InverseTime, Proximal, RMSprop
from mlp_core.replicas import paired, rate, t_quantile

N, n, LAM = 40, 5, 0.1
OPTIMIZERS = {
    "SGD": SGD(0.2),
    "momentum": SGD(0.1, 0.9),
    "Nesterov": SGD(0.1, 0.9, nesterov=True),
    "RMSprop": RMSprop(ExponentialDecay(0.1, 0.99)),
    "Adam": Adam(ExponentialDecay(0.1, 0.995)),
    "clipped": Clipped(SGD(0.2), 0.5),
    "1/t": SGD(InverseTime(0.5, 500)),
    "bold driver": BoldDriver(1.0),
}


def rng(seed=0):
    return np.random.default_rng(seed)


def data(loss):
    X = rng().normal(size=(N, n)) + 0.5
    y = X @ np.array([2.0, -1, 0, 0, 0.5]) + 3 + 0.5 * rng(1).normal(size=N)
    return X, y[:, None] if loss == "half_squared_error" else (y[:, None] > 4).astype(float)


def minimum(loss, X, Y, lam):
    """The minimum of the penalised cost by BFGS: weights, then the bias."""

    def cost(theta):
        z, y = X @ theta[:-1] + theta[-1], Y[:, 0]
        errors = (z - y) ** 2 / 2 if loss == "half_squared_error" else -y * log_expit(z) - (1 - y) * log_expit(-z)
        return errors.mean() + lam / 2 * (theta[:-1] ** 2).sum()

    return minimize(cost, np.zeros(n + 1), method="BFGS", options={"gtol": 1e-9}).x


def descend(optimizer, loss, X, Y, lam, steps=2000):
    """The optimizer on a single linear unit, step by step."""
    net, loss = MLP((n, 1)), loss_function(loss)
    params, penalty = net.init(rng(2)), L2(lam)

    def cost(params):
        return loss.value(net.forward(params, X)[0], Y) + penalty.value(params)

    state = optimizer.init(params)
    for _ in range(steps):
        output, caches = net.forward(params, X)
        _, grads = net.backward(params, caches, loss.grad(output, Y))
        grads.theta += penalty.grad(params).theta
        optimizer.step(params, grads, state, *([cost] if optimizer.needs_cost else []))
    return params.theta


@pytest.mark.parametrize("loss", ["half_squared_error", "binary_cross_entropy"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_reaches_the_minimum_that_bfgs_finds(name, loss):
    X, Y = data(loss)
    theta = descend(OPTIMIZERS[name], loss, X, Y, LAM)
    np.testing.assert_allclose(theta, minimum(loss, X, Y, LAM), atol=1e-5)


def test_weight_decay_finds_the_ridge_regression_in_closed_form():
    X, Y = data("half_squared_error")
    for biases in (False, True):
        net = MLP((n, 1))
        params = net.init(rng(2))
        penalty = L2(LAM, biases=biases)
        fit(net, params, X, Y, loss="half_squared_error", optimizer=SGD(0.2), epochs=1000, regularizer=penalty)
        X1 = np.hstack([X, np.ones((N, 1))])
        D = np.diag([1.0] * n + [float(biases)])
        closed = np.linalg.solve(X1.T @ X1 / N + LAM * D, X1.T @ Y / N)
        np.testing.assert_allclose(params.theta, closed[:, 0], atol=1e-6)


def lasso(X, Y, lam):
    """Proximal gradient descent on a single linear unit."""
    net = MLP((X.shape[1], 1))
    params = net.init(rng(2))
    optimizer = Proximal(SGD(0.1), L1(lam))
    fit(net, params, X, Y, loss="half_squared_error", optimizer=optimizer, epochs=2000)
    return params.theta


@pytest.mark.parametrize("lam", [0.05, 0.3, 1.0])
def test_proximal_steps_find_the_lasso_of_scikit_learn_with_its_exact_zeros(lam):
    X, Y = data("half_squared_error")
    theta = lasso(X, Y, lam)
    theirs = Lasso(alpha=lam, tol=1e-12, max_iter=100_000).fit(X, Y[:, 0])
    np.testing.assert_allclose(theta, [*theirs.coef_, theirs.intercept_], atol=1e-7)
    np.testing.assert_array_equal(theta[:-1] == 0, theirs.coef_ == 0)
    assert lam == 0.05 or (theta == 0).any()


@pytest.mark.parametrize("lam", [0.05, 0.3])
def test_proximal_steps_find_the_lasso_as_a_bounded_least_squares_problem(lam):
    X, Y = data("half_squared_error")
    X, Y = X - X.mean(axis=0), Y - Y.mean()
    # w = u - v with u, v >= 0: minimise |X(u - v) - y|^2 / 2N + lam * sum(u + v), a quadratic with bounds.
    Q = np.hstack([X, -X]) / np.sqrt(N)
    c = lam - Q.T @ Y[:, 0] / np.sqrt(N)
    found = minimize(
        lambda uv: (Q @ uv) @ (Q @ uv) / 2 + c @ uv,
        np.zeros(2 * n),
        jac=lambda uv: Q.T @ (Q @ uv) + c,
        bounds=[(0, None)] * (2 * n),
        method="L-BFGS-B",
        options={"ftol": 1e-15, "gtol": 1e-10},
    ).x
    np.testing.assert_allclose(lasso(X, Y, lam)[:-1], found[:n] - found[n:], atol=1e-5)


@pytest.mark.parametrize("confidence", [0.01, 0.5, 0.8, 0.95, 0.99, 0.9999])
def test_the_quantile_of_student(confidence):
    for dof in [*range(1, 200), 1000, 9999]:
        np.testing.assert_allclose(t_quantile(confidence, dof), stats.t.ppf((1 + confidence) / 2, dof), rtol=1e-10)


@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.99])
def test_intervals_of_paired_differences_and_of_rates(confidence):
    for seed, R in enumerate([2, 3, 5, 20, 24, 101, 500]):
        d = 1 + rng(seed).normal(size=R)
        expected = stats.ttest_1samp(d, 0).confidence_interval(confidence)
        np.testing.assert_allclose(paired(d, confidence), [d.mean(), *expected], rtol=1e-9)
        for k in {0, 1, R // 3, R - 1, R}:
            expected = stats.binomtest(k, R).proportion_ci(confidence, "wilson")
            np.testing.assert_allclose(rate(np.arange(R) < k, confidence), [k / R, *expected], rtol=1e-9, atol=1e-15)

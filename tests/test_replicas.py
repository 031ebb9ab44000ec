"""Replica r equals the single run r, bit for bit: initialisation, forward, backward, training. And their intervals."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlp_core import (
    L1,
    L2,
    MLP,
    SGD,
    Dense,
    Dropout,
    EarlyStopping,
    Flatten,
    Network,
    accuracy,
    fit,
    one_hot,
    predict,
)
from mlp_core.losses import BY_NAME as LOSSES
from mlp_core.losses import loss_function
from mlp_core.replicas import paired, rate, t_quantile

R, N, n, m = 3, 20, 4, 3
NET = Network([Dropout(0.1), Dense(n, 6, "tanh"), Dropout(0.4), Dense(6, 5, "relu", "he"), Dense(5, m)])


def rng(seed=0):
    return np.random.default_rng(seed)


def data(seed=1, lead=(), dtype=np.float64):
    """Labels that can be learned in part, so that early stopping has something to stop."""
    X = rng(seed).normal(size=(*lead, N, n))
    y = (X[..., 0] + rng(seed + 1).normal(size=X.shape[:-1]) > 0).astype(int) + (X[..., 1] > 1)
    return X.astype(dtype), np.eye(m, dtype=dtype)[y]


def assert_histories_equal(together, alone, r):
    """The records of replica r are those of the single run, and NaN after it has stopped."""
    assert alone.epochs[-1] <= together.epochs[-1]
    records = len(alone.epochs)
    np.testing.assert_array_equal(together.epochs[:records], alone.epochs)
    for name in ("train", "validation"):
        ours, theirs = getattr(together, name), getattr(alone, name)
        assert ours.keys() == theirs.keys()
        for key in ours:
            np.testing.assert_array_equal(ours[key][:records, r], theirs[key], strict=True)
            assert np.isnan(ours[key][records:, r]).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("initializer", ["uniform", "normal", "glorot", "he"])
def test_first_parameters_of_replica_r_are_those_of_the_single_network_r(initializer, dtype):
    net = MLP("4-6-3", initializer=initializer)
    together = net.init(rng(), replicas=R, dtype=dtype)
    for r, stream in enumerate(rng().spawn(R)):
        np.testing.assert_array_equal(together.theta[r], net.init(stream, dtype=dtype).theta, strict=True)
    assert len(np.unique(together.theta[:, 0])) == R


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("loss", LOSSES)
def test_forward_and_backward_of_replica_r_equal_the_single_pass_r(loss, own):
    output_activation = {"binary_log_loss": "logistic", "categorical_log_loss": "softmax"}.get(loss, "identity")
    net = Network([*NET.layers[:-1], Dense(5, m, output_activation)])
    params, loss = net.init(rng(), replicas=R), loss_function(loss)
    X, Y = data(lead=(R,) if own else ())
    for training in (True, False):
        output, caches = net.forward(params, X, rng(9).spawn(R) if training else None)
        dX, grads = net.backward(params, caches, loss.grad(output, Y))
        for r, stream in enumerate(rng(9).spawn(R)):
            X_r, Y_r = (X[r], Y[r]) if own else (X, Y)
            single, cache = net.forward(params.replica(r), X_r, stream if training else None)
            single_dX, single_grads = net.backward(params.replica(r), cache, loss.grad(single, Y_r))
            np.testing.assert_array_equal(output[r], single)
            np.testing.assert_array_equal(dX[r], single_dX)
            np.testing.assert_array_equal(grads.theta[r], single_grads.theta)
            assert loss.value(output, Y)[r] == loss.value(single, Y_r)


def test_one_generator_for_replicas_is_spawned_into_their_streams():
    params, (X, _) = NET.init(rng(), replicas=R), data()
    spawned = NET.forward(params, X, rng(9).spawn(R))[0]
    np.testing.assert_array_equal(NET.forward(params, X, rng(9))[0], spawned)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("own", [False, True])
def test_a_whole_training_of_replica_r_equals_the_single_run_r(own, dtype):
    (X, Y), held_out = data(lead=(R,) if own else (), dtype=dtype), data(seed=5, dtype=dtype)
    settings = dict(
        loss="softmax_cross_entropy",
        optimizer=SGD(0.3, momentum=0.9),
        epochs=40,
        batch_size=6,
        regularizer=L2(0.01),
        validation=held_out,
        metrics={"accuracy": accuracy},
        record_every=2,
        early_stopping=EarlyStopping(6),
    )
    streams = rng().spawn(R)
    together = NET.init(streams, dtype=dtype)
    history = fit(NET, together, X, Y, rng=streams, **settings)
    assert len(set(history.stopped_epoch)) > 1
    for r, stream in enumerate(rng().spawn(R)):
        alone = NET.init(stream, dtype=dtype)
        X_r, Y_r = (X[r], Y[r]) if own else (X, Y)
        single = fit(NET, alone, X_r, Y_r, rng=stream, **settings)
        np.testing.assert_array_equal(together.theta[r], alone.theta, strict=True)
        assert_histories_equal(history, single, r)
        assert history.best_epoch[r] == single.best_epoch
        assert history.stopped_epoch[r] == single.stopped_epoch
        np.testing.assert_array_equal(
            predict(NET, together, held_out[0], "softmax_cross_entropy")[r],
            predict(NET, alone, held_out[0], "softmax_cross_entropy"),
        )


@pytest.mark.parametrize("nesterov", [False, True])
def test_a_sweep_over_learning_rates_and_penalties_equals_the_single_runs(nesterov):
    X, Y = data()
    rates, lams = np.array([[0.01], [0.1], [0.5]]), np.array([[0.0], [0.1], [0.01]])
    settings = dict(loss="softmax_cross_entropy", epochs=10, batch_size=5)
    streams = rng().spawn(R)
    together = NET.init(streams)
    optimizer = SGD(rates, 0.5, nesterov)
    history = fit(NET, together, X, Y, rng=streams, optimizer=optimizer, regularizer=L1(lams), **settings)
    for r, stream in enumerate(rng().spawn(R)):
        alone = NET.init(stream)
        optimizer = SGD(rates[r, 0], 0.5, nesterov)
        single = fit(NET, alone, X, Y, rng=stream, optimizer=optimizer, regularizer=L1(lams[r, 0]), **settings)
        np.testing.assert_array_equal(together.theta[r], alone.theta)
        assert_histories_equal(history, single, r)


def test_a_paired_comparison_uses_the_same_streams_in_both_arms():
    X, Y = data()
    runs = []
    for lr in (0.1, 0.1):
        streams = rng().spawn(R)
        params = NET.init(streams)
        fit(NET, params, X, Y, loss="softmax_cross_entropy", optimizer=SGD(lr), epochs=3, batch_size=5, rng=streams)
        runs.append(params.theta)
    np.testing.assert_array_equal(*runs)


def test_replicas_do_not_share_order_or_masks():
    X, Y = data()
    params = NET.init(rng(), replicas=2)
    params.theta[1] = params.theta[0]
    fit(NET, params, X, Y, loss="softmax_cross_entropy", optimizer=SGD(0.1), epochs=1, batch_size=5, rng=rng(3))
    assert (params.theta[0] != params.theta[1]).mean() > 0.5


def test_one_replica_equals_a_single_network():
    X, Y = data()
    stream, single_stream = rng().spawn(1), rng().spawn(1)[0]
    together, alone = NET.init(stream), NET.init(single_stream)
    settings = dict(loss="softmax_cross_entropy", optimizer=SGD(0.1), epochs=3, batch_size=7)
    fit(NET, together, X, Y, rng=stream, **settings)
    fit(NET, alone, X, Y, rng=single_stream, **settings)
    np.testing.assert_array_equal(together.theta, alone.theta[None])


def test_images_of_each_replica_train_as_the_single_run():
    net = Network([Flatten((2, 2)), Dense(4, 5, "tanh"), Dense(5, 2)])
    X, Y = rng(1).normal(size=(R, N, 2, 2)), one_hot(rng(2).integers(0, 2, N), 2)
    settings = dict(loss="softmax_cross_entropy", optimizer=SGD(0.1), epochs=3, batch_size=7)
    streams = rng().spawn(R)
    together = net.init(streams)
    fit(net, together, X, np.stack([Y] * R), rng=streams, **settings)
    for r, stream in enumerate(rng().spawn(R)):
        alone = net.init(stream)
        fit(net, alone, X[r], Y, rng=stream, **settings)
        np.testing.assert_array_equal(together.theta[r], alone.theta)


def student_density(t, dof):
    """Not normalised: constant factors cancel in a ratio of masses."""
    return (1 + t**2 / dof) ** (-(dof + 1) / 2)


@given(st.integers(1, 60), st.floats(0.05, 0.99))
def test_student_has_the_given_share_of_its_mass_within_the_quantile(dof, confidence):
    angles = np.linspace(0, np.pi / 2, 20_001)[:-1] + np.pi / 80_000  # t = tan(angle): all of the line in few steps
    t = np.tan(angles)
    mass = student_density(t, dof) * (1 + t**2)
    within = np.interp(np.arctan(t_quantile(confidence, dof)), angles, np.cumsum(mass) - mass / 2)
    np.testing.assert_allclose(within / mass.sum(), confidence, atol=1e-3)


def test_the_quantiles_are_those_of_the_tables():
    table = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 10: 2.228, 19: 2.093, 29: 2.045, 120: 1.980}
    for dof, printed in table.items():
        assert round(t_quantile(0.95, dof), 3) == printed
    assert t_quantile(0.5, 1) == pytest.approx(1, abs=1e-14)
    assert t_quantile(0.95, 100_000) == pytest.approx(NormalDist().inv_cdf(0.975), abs=1e-4)


@given(st.integers(1, 300), st.floats(0.01, 0.98))
def test_more_replicas_make_the_quantile_smaller_and_more_confidence_larger(dof, confidence):
    t = t_quantile(confidence, dof)
    assert t_quantile(confidence, dof + 1) < t < t_quantile(confidence + 0.01, dof)


def test_a_paired_interval_by_hand():
    interval = paired(np.array([1, 2, 3]))  # s = 1, t of two degrees of freedom 4.3027
    np.testing.assert_allclose(interval, [2, 2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5], rtol=1e-6)
    assert (interval.mean, interval.low, interval.high) == tuple(interval)
    assert paired(np.full(20, 0.25)) == (0.25, 0.25, 0.25)
    np.testing.assert_allclose(paired(np.array([True, False])), paired(np.array([1.0, 0.0])))


@given(st.integers(0, 10**6), st.integers(2, 40), st.floats(-5, 5), st.floats(0.1, 10))
def test_a_paired_interval_moves_and_stretches_with_the_differences(seed, R, shift, scale):
    d = rng(seed).normal(size=R)
    np.testing.assert_allclose(paired(shift + scale * d), shift + scale * np.array(paired(d)), atol=1e-9)
    mean, low, high = paired(-d)
    np.testing.assert_allclose((mean, high, low), -np.array(paired(d)), atol=1e-12)


def test_nineteen_of_twenty_paired_intervals_hold_the_mean():
    intervals = [paired(stream.normal(3, 2, size=5)) for stream in rng().spawn(4000)]
    held = np.mean([low < 3 < high for _, low, high in intervals])
    assert 0.94 < held < 0.96  # with 1.96 instead of t it would be 0.88


@given(st.integers(1, 300), st.data())
def test_the_limits_of_a_rate_are_the_shares_that_the_observed_one_just_does_not_refute(R, data):
    k = data.draw(st.integers(0, R))
    p, low, high = rate(np.arange(R) < k)
    assert p == k / R
    assert 0 <= low <= p <= high <= 1
    assert low < high
    z = NormalDist().inv_cdf(0.975)
    for limit in (low, high):
        np.testing.assert_allclose((p - limit) ** 2, z**2 * limit * (1 - limit) / R, atol=1e-12)
    mirrored = rate(np.arange(R) >= k)
    np.testing.assert_allclose((low, high), (1 - mirrored.high, 1 - mirrored.low), atol=1e-12)


def test_a_rate_by_hand():
    np.testing.assert_allclose(rate(np.arange(20) < 19), [0.95, 0.76387, 0.99112], atol=1e-5)
    assert rate(np.zeros(20)).low == 0 < rate(np.zeros(20)).high
    assert rate(np.ones(20, int)).high == 1 > rate(np.ones(20)).low
    assert rate(np.arange(9) < 4, 0.5).low > rate(np.arange(9) < 4).low


REFUSED = {
    "paired: expected differences to be an array of numbers, got differences=list": lambda: paired([1.0, 2.0]),
    "paired: expected one number for each replica, got differences.shape=(2, 2)": lambda: paired(np.ones((2, 2))),
    "paired: expected at least two finite differences, got 1 of 1": lambda: paired(np.ones(1)),
    "paired: expected at least two finite differences, got 1 of 3": lambda: paired(np.array([1, np.nan, np.inf])),
    "paired: expected a number between 0 and 1, got confidence=95": lambda: paired(np.ones(2), 95),
    "rate: expected hits to be an array of numbers, got hits=int": lambda: rate(19),
    "rate: expected at least one replica, each true or false, got hits=[0.  0.5 1. ]": (
        lambda: rate(np.array([0, 1, 0.5]))
    ),
    "rate: expected at least one replica, each true or false, got hits=[]": lambda: rate(np.ones(0)),
    "rate: expected a number between 0 and 1, got confidence=1": lambda: rate(np.ones(2), 1),
    "rate: expected a number between 0 and 1, got confidence='95%'": lambda: rate(np.ones(2), "95%"),
}


@pytest.mark.parametrize("message", REFUSED)
def test_no_interval_of_what_is_no_sample(message):
    with pytest.raises(ValueError) as error:
        REFUSED[message]()
    assert str(error.value) == message

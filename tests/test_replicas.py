"""Replica r equals the single run r, bit for bit: initialisation, forward, backward, training."""

import numpy as np
import pytest

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

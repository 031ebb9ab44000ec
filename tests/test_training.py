"""Training: what a step is, what is recorded and when, how a run ends, and what is refused."""

import pickle
import re
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlp_core
from mlp_core import (
    L1,
    L2,
    MLP,
    SGD,
    Adam,
    BinaryCrossEntropy,
    Conv2D,
    Dense,
    Dropout,
    EarlyStopping,
    Flatten,
    HalfSquaredError,
    History,
    Network,
    Parameters,
    RMSprop,
    accuracy,
    fit,
    minibatches,
    numerical_gradient,
    predict,
)
from mlp_core.layers import Layer
from mlp_core.optimizers import BoldDriver, Clipped, ExponentialDecay, Proximal
from mlp_core.pretraining import TiedAutoencoder
from mlp_core.pruning import Masked
from mlp_core.training import batch_gradient, evaluate

PACKAGE = str(Path(mlp_core.__file__).parent)
NET = MLP("2-3-1")
ALL = dict(loss="half_squared_error", optimizer=SGD(0.1))


def rng(seed=0):
    return np.random.default_rng(seed)


X = rng(1).normal(size=(10, 2))
Y = (X[:, :1] > 0).astype(float)
X_VAL, Y_VAL = rng(2).normal(size=(6, 2)), rng(3).normal(size=(6, 1))


def train(params=None, net=NET, X=X, Y=Y, **settings):
    """Parameters after training, and the history."""
    params = net.init(rng()) if params is None else params
    history = settings.pop("call", fit)(net, params, X, Y, **{**ALL, "epochs": 5, **settings})
    return params, history


def gradient(net, params, X, Y, loss, stream=None):
    output, caches = net.forward(params, X, stream)
    return net.backward(params, caches, loss.grad(output, Y))[1].theta


@settings(max_examples=100)
@given(st.integers(1, 30), st.data())
def test_minibatches_cover_every_example_once(N, data):
    B = data.draw(st.integers(1, N))
    batches = list(minibatches(N, B, rng()))
    np.testing.assert_array_equal(np.sort(np.concatenate(batches)), np.arange(N))
    assert [len(batch) for batch in batches[:-1]] == [B] * (len(batches) - 1)
    assert len(batches[-1]) == (N - 1) % B + 1


def test_minibatches_come_in_random_order():
    stream = rng()
    first, second = (np.concatenate(list(minibatches(100, 7, stream))) for _ in range(2))
    assert (first != np.arange(100)).any()
    assert (first != second).any()
    assert 40 < first[:50].mean() < 60


def test_minibatches_of_replicas_are_those_of_their_own_streams():
    together = list(minibatches(10, 4, rng().spawn(3)))
    assert [batch.shape for batch in together] == [(3, 4), (3, 4), (3, 2)]
    for r, stream in enumerate(rng().spawn(3)):
        for batch, alone in zip(together, minibatches(10, 4, stream), strict=True):
            np.testing.assert_array_equal(batch[r], alone)


def test_full_batch_training_is_gradient_descent_on_the_mean():
    params, _ = train()
    expected = NET.init(rng())
    for _ in range(5):
        expected.theta -= 0.1 * gradient(NET, expected, X, Y, HalfSquaredError())
    np.testing.assert_allclose(params.theta, expected.theta, rtol=1e-13)


@pytest.mark.parametrize("regularizer", [L1(0.1), L2(0.1)], ids=str)
def test_the_penalty_is_part_of_every_step_and_of_no_recorded_loss(regularizer):
    params, history = train(regularizer=regularizer, epochs=1)
    expected = NET.init(rng())
    step = gradient(NET, expected, X, Y, HalfSquaredError()) + regularizer.grad(expected).theta
    np.testing.assert_allclose(params.theta, expected.theta - 0.1 * step, rtol=1e-13)
    output, _ = NET.forward(params, X)
    np.testing.assert_allclose(history.train["loss"][-1], HalfSquaredError().value(output, Y), rtol=1e-14)


@pytest.mark.parametrize("replicas", [None, 70])
def test_what_a_callback_writes_stays_also_where_it_interrupts(replicas):
    def stop(epoch, params, history):
        params.theta *= 0
        raise KeyboardInterrupt

    params, history = train(NET.init(rng(), replicas), on_epoch=[stop])
    assert history.interrupted and not params.theta.any()


def test_a_layer_that_makes_logits_may_stand_behind_a_logistic_one():
    net = Network([Dense(2, 3, "logistic"), TiedAutoencoder(Dense(3, 2))])
    _, history = train(net=net, Y=np.zeros((10, 3)), loss="binary_cross_entropy", optimizer=SGD(1.0))
    assert history.train["loss"][-1] < history.train["loss"][0]


def test_data_may_lie_in_a_file(tmp_path):
    file = np.memmap(tmp_path / "X", X.dtype, "w+", shape=X.shape)
    file[...] = X
    np.testing.assert_array_equal(train(X=file)[0].theta, train()[0].theta)


@pytest.mark.parametrize("own", [False, True])
def test_the_gradient_of_a_batch_is_that_of_its_rows(own):
    net, loss = Network([Dense(2, 3, "tanh"), Dropout(0.5), Dense(3, 1)]), HalfSquaredError()
    params, rows = net.init(rng(), 2), np.array([[3, 0, 7], [1, 1, 9]])
    examples, targets = (np.stack([X, X + 1]), np.stack([Y, -Y])) if own else (X, Y)
    ours = batch_gradient(net, params, loss, examples, targets, rows, rng(5).spawn(2)).theta
    for r, stream in enumerate(rng(5).spawn(2)):
        X_r, Y_r = (examples[r], targets[r]) if own else (X, Y)
        single = gradient(net, params.replica(r), X_r[rows[r]], Y_r[rows[r]], loss, stream)
        np.testing.assert_array_equal(ours[r], single)
    assert (ours != batch_gradient(net, params, loss, examples, targets, rows).theta).any()


def test_a_history_says_how_far_it_came():
    _, history = train(NET.init(rng(), 2), epochs=3)
    losses = [float(loss) for loss in re.findall(r"[\d.]+", repr(history).split("train loss")[1])]
    assert repr(history).startswith("History(epoch 3 of 3, train loss [")
    np.testing.assert_allclose(losses, history.train["loss"][-1], atol=5e-4)
    assert repr(History(5)) == "History(epoch 0 of 5, train loss nan)"


@pytest.mark.parametrize("replicas", [None, 3, 70])
@pytest.mark.parametrize("regularizer", [None, L2(0.03)], ids=str)
def test_the_cost_with_its_penalty_never_rises_under_the_bold_driver(regularizer, replicas):
    net = MLP("2-3-1", "tanh")
    params, costs = net.init(rng(), replicas), []

    def record(epoch, params, history):
        penalty = 0 if regularizer is None else regularizer.value(params)
        costs.append(history.train["loss"][-1] + penalty)

    train(params, net, optimizer=BoldDriver(20.0), epochs=40, regularizer=regularizer, on_epoch=[record])
    assert (np.diff(costs, axis=0) <= 1e-12).all() and (costs[-1] < costs[0]).all()
    assert (np.diff(costs, axis=0) == 0).any(), "some steps are undone"


def test_minibatch_training_is_one_step_a_batch_in_the_order_of_the_stream():
    params, _ = train(batch_size=4, rng=rng(7), epochs=2)
    expected, stream = NET.init(rng()), rng(7)
    for _ in range(2):
        order = stream.permutation(10)
        for rows in (order[:4], order[4:8], order[8:]):
            expected.theta -= 0.1 * gradient(NET, expected, X[rows], Y[rows], HalfSquaredError())
    np.testing.assert_allclose(params.theta, expected.theta, rtol=1e-13)


def test_dropout_is_on_in_every_step_and_off_in_every_record():
    net = Network([Dense(2, 8, "tanh"), Dropout(0.5), Dense(8, 1)])
    params, history = train(net=net, rng=rng(7), epochs=2)
    expected, stream = net.init(rng()), rng(7)
    losses = [HalfSquaredError().value(net.forward(expected, X)[0], Y)]
    for _ in range(2):
        expected.theta -= 0.1 * gradient(net, expected, X, Y, HalfSquaredError(), stream)
        losses.append(HalfSquaredError().value(net.forward(expected, X)[0], Y))
    np.testing.assert_allclose(params.theta, expected.theta, rtol=1e-13)
    np.testing.assert_allclose(history.train["loss"], losses, rtol=1e-13)


def test_momentum_is_kept_from_step_to_step():
    params, _ = train(optimizer=SGD(0.1, momentum=0.9))
    expected, velocity = NET.init(rng()), 0
    for _ in range(5):
        velocity = 0.9 * velocity - 0.1 * gradient(NET, expected, X, Y, HalfSquaredError())
        expected.theta += velocity
    np.testing.assert_allclose(params.theta, expected.theta, rtol=1e-13)


def test_training_lowers_the_loss_and_learns_what_can_be_learned():
    params, history = train(
        loss="binary_cross_entropy", optimizer=SGD(1, 0.9), epochs=100, metrics={"accuracy": accuracy}
    )
    assert history.train["loss"][-1] < 0.1 < history.train["loss"][0]
    assert history.train["accuracy"][-1] == 1
    assert accuracy(predict(NET, params, X, "binary_cross_entropy"), Y) == 1


def test_the_first_record_is_of_epoch_zero_before_training():
    first = NET.init(rng())
    _, history = train(first.copy(), validation=(X_VAL, Y_VAL))
    np.testing.assert_array_equal(history.epochs, np.arange(6))
    assert history.train["loss"][0] == HalfSquaredError().value(NET.forward(first, X)[0], Y)
    assert history.validation["loss"][0] == HalfSquaredError().value(NET.forward(first, X_VAL)[0], Y_VAL)


@pytest.mark.parametrize("every, epochs", [(1, [0, 1, 2, 3, 4, 5]), (2, [0, 2, 4, 5]), (5, [0, 5]), (9, [0, 5])])
def test_records_are_of_every_so_manieth_epoch_with_the_first_and_the_last(every, epochs):
    _, history = train(record_every=every, validation=(X_VAL, Y_VAL))
    np.testing.assert_array_equal(history.epochs, epochs)
    _, complete = train(validation=(X_VAL, Y_VAL))
    for records, of_all in ((history.train, complete.train), (history.validation, complete.validation)):
        np.testing.assert_array_equal(records["loss"], of_all["loss"][epochs])


def test_metrics_are_of_predictions_not_of_logits_on_both_data_sets():
    def mean_prediction(Y_hat, Y):
        return Y_hat.mean(axis=(-2, -1))

    params, history = train(
        loss="binary_cross_entropy",
        metrics={"mean": mean_prediction},
        validation=(X_VAL, np.ones((6, 1))),
    )
    assert list(history.train) == list(history.validation) == ["loss", "mean"]
    assert history.train["mean"][-1] == predict(NET, params, X, "binary_cross_entropy").mean()
    assert history.validation["mean"][-1] == predict(NET, params, X_VAL, "binary_cross_entropy").mean()


def test_without_validation_data_the_history_has_none():
    _, history = train()
    assert history.validation == {}
    assert (history.total, history.interrupted, history.warned) == (5, False, False)
    assert history.best_epoch is history.stopped_epoch is None


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("replicas", [None, 3])
def test_the_dtype_of_the_parameters_is_that_of_the_whole_run(replicas, dtype):
    seen = []

    class Spy(SGD):
        def step(self, params, grads, state):
            super().step(params, grads, state)
            seen.append((params.theta.dtype, grads.theta.dtype, state.velocity.theta.dtype))

    net = Network([Dense(2, 4, "elu"), Dropout(np.float64(0.5)), Dense(4, 1)])
    params = net.init(rng(), replicas, dtype)
    _, history = train(
        params,
        net,
        X.astype(dtype),
        Y.astype(dtype),
        optimizer=Spy(np.float64(0.1), 0.9),
        validation=(X.astype(dtype), Y.astype(dtype)),
        regularizer=L2(np.float64(0.1)),
        batch_size=4,
        rng=rng(),
        early_stopping=EarlyStopping(2),
    )
    assert set(seen) == {(np.dtype(dtype),) * 3}
    assert params.theta.dtype == history.train["loss"].dtype == history.validation["loss"].dtype == dtype
    assert predict(net, params, X.astype(dtype), "binary_cross_entropy").dtype == dtype


def test_data_of_integers_train_a_float64_network_as_the_same_floats():
    bits, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0], [1], [1], [0]])
    ours, _ = train(X=bits, Y=y)
    theirs, _ = train(X=bits.astype(float), Y=y.astype(float))
    np.testing.assert_array_equal(ours.theta, theirs.theta)


def test_the_data_are_left_as_they_were():
    copies = X.copy(), Y.copy()
    train(batch_size=3, rng=rng())
    np.testing.assert_array_equal(X, copies[0])
    np.testing.assert_array_equal(Y, copies[1])


def test_callbacks_are_called_in_order_after_each_epoch_and_its_record():
    calls = []
    params = NET.init(rng())

    def first(epoch, given, history):
        assert given is params
        calls.append(("first", epoch, history.epochs[-1], params.theta[0]))

    def second(epoch, given, history):
        calls.append(("second", epoch, history.total, params.theta[0]))

    _, history = train(params, epochs=3, on_epoch=[first, second], record_every=2)
    assert [call[:3] for call in calls] == [
        ("first", 1, 0),
        ("second", 1, 3),
        ("first", 2, 2),
        ("second", 2, 3),
        ("first", 3, 3),
        ("second", 3, 3),
    ]
    assert len({call[3] for call in calls}) == 3


def test_a_callback_can_change_the_parameters_in_place():
    def freeze(epoch, params, history):
        params.theta = np.zeros_like(params.theta)

    params, _ = train(on_epoch=[freeze])
    assert not params.theta.any()


def interrupt_at(stop):
    def callback(epoch, params, history):
        if epoch == stop:
            raise KeyboardInterrupt

    return callback


@pytest.mark.parametrize("replicas", [None, 3])
def test_an_interrupt_ends_the_run_with_the_history_so_far_and_usable_parameters(replicas):
    params, history = train(NET.init(rng(), replicas), epochs=9, on_epoch=[interrupt_at(3)])
    assert history.interrupted
    assert history.total == 9
    np.testing.assert_array_equal(history.epochs, [0, 1, 2, 3])
    expected, complete = train(NET.init(rng(), replicas), epochs=3)
    np.testing.assert_array_equal(params.theta, expected.theta)
    np.testing.assert_array_equal(history.train["loss"], complete.train["loss"])
    fit(NET, params, X, Y, epochs=1, **ALL)


def test_an_interrupt_before_the_first_record_leaves_an_empty_history():
    def metric(Y_hat, Y):
        raise KeyboardInterrupt

    params, history = train(metrics={"never": metric}, validation=(X_VAL, Y_VAL), early_stopping=EarlyStopping(1))
    assert history.interrupted
    assert history.epochs.shape == (0,)
    assert history.epochs.dtype.kind == "i"
    for values in (history.train, history.validation):
        assert {name: value.shape for name, value in values.items()} == {"loss": (0,), "never": (0,)}
    np.testing.assert_array_equal(params.theta, NET.init(rng()).theta)


def test_an_interrupt_with_early_stopping_goes_back_to_the_best_parameters_so_far():
    params, history = train(
        validation=(X_VAL, Y_VAL), optimizer=SGD(0.5), early_stopping=EarlyStopping(50), on_epoch=[interrupt_at(4)]
    )
    assert history.interrupted
    best = history.validation["loss"].argmin()
    assert history.best_epoch == best
    assert history.stopped_epoch == 4
    assert HalfSquaredError().value(NET.forward(params, X_VAL)[0], Y_VAL) == history.validation["loss"][best]


class InterruptAt:
    """Raises KeyboardInterrupt at the n-th line of the training, in `fit` and what it calls of the package.

    The training begins with the first record and ends where `fit` returns.
    """

    def __init__(self, n=None):
        self.n, self.lines, self.begun = n, 0, False

    def __call__(self, frame, event, arg):
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        self.begun |= event == "call" and frame.f_code.co_name == "begin"
        if event == "line" and self.begun:
            self.lines += 1
            if self.lines == self.n:
                sys.settrace(None)
                raise KeyboardInterrupt
        return self

    def run(self, *args, **settings):
        before = sys.gettrace()
        sys.settrace(self)
        try:
            return fit(*args, **settings)
        finally:
            sys.settrace(before)


def interrupted_everywhere(net, start, *data, every=1, **settings):
    """For each line of a training that an interrupt may come at: the parameters and the history that it leaves."""
    counting = InterruptAt()
    counting.run(net, start.copy(), *data, **settings)
    for n in range(1, counting.lines + 1, every):
        params = start.copy()
        history = InterruptAt(n).run(net, params, *data, **settings)
        assert history.interrupted
        yield params, history


@pytest.mark.parametrize("replicas", [None, 2])
def test_an_interrupt_at_any_line_leaves_the_best_parameters_of_what_was_recorded(replicas):
    net = MLP("2-20-1")
    settings = dict(ALL, epochs=2, validation=(X_VAL, Y_VAL), early_stopping=EarlyStopping(9), optimizer=SGD(0.5))
    seen, count = set(), 0
    start, noise = net.init(rng(), replicas), rng(4).normal(size=(10, 1))
    for params, history in interrupted_everywhere(net, start, X, noise, every=1 if replicas is None else 2, **settings):
        count += 1
        seen.add(len(history.epochs))
        shape = (len(history.epochs), *params.theta.shape[:-1])
        assert history.train["loss"].shape == history.validation["loss"].shape == shape
        if len(history.epochs) == 0:
            np.testing.assert_array_equal(params.theta, start.theta)
            continue
        best = history.validation["loss"].argmin(axis=0)
        np.testing.assert_array_equal(history.best_epoch, history.epochs[best])
        np.testing.assert_array_equal(history.stopped_epoch, np.full(params.theta.shape[:-1], history.epochs[-1]))
        loss = evaluate(net, params, X_VAL, Y_VAL, HalfSquaredError())["loss"]
        np.testing.assert_array_equal(loss, history.validation["loss"].min(axis=0))
    assert seen == set(range(4)) and count > 150


@pytest.mark.parametrize("replicas, on_epoch", [(None, True), (70, True), (70, False)])
def test_an_interrupt_at_any_line_leaves_what_steps_and_callbacks_wrote_last(replicas, on_epoch):
    reached, closed = [], []

    class Shrink:
        def __call__(self, epoch, params, history):
            reached.append(params.theta.copy())
            params.theta *= 0.9
            reached.append(params.theta.copy())

        def close(self):
            closed.append(self)

    callbacks = [Shrink(), Shrink()] if on_epoch else []
    start, settings = NET.init(rng(), replicas), dict(ALL, epochs=2, on_epoch=callbacks)
    for epochs in range(3) if not on_epoch else ():
        params = start.copy()
        if epochs:
            fit(NET, params, X, Y, **ALL, epochs=epochs)
        reached.append(params.theta)
    if on_epoch:
        fit(NET, start.copy(), X, Y, **settings)
    states = [start.theta, *reached]
    latest = 0
    for params, _ in interrupted_everywhere(NET, start, X, Y, **settings):
        now = next((k for k, theta in enumerate(states) if k >= latest and (theta == params.theta).all()), None)
        assert now is not None, "parameters that no step and no callback left, or older ones"
        latest = now
        assert len(set(closed[-2:])) == len(callbacks)
        closed.clear()
    assert (states[latest] == states[-1]).all()


def test_an_interrupt_while_a_callback_is_closed_closes_the_others_and_loses_nothing():
    class Bar:
        closed = 0

        def __init__(self, interrupts):
            self.interrupts = interrupts

        def __call__(self, epoch, params, history):
            params.theta *= 0.9

        def close(self):
            Bar.closed += 1
            if self.interrupts:
                raise KeyboardInterrupt

    params, history = train(on_epoch=[Bar(False), Bar(True), Bar(False)])
    expected, complete = train(on_epoch=[Bar(False)] * 3)
    assert history.interrupted and Bar.closed == 6
    np.testing.assert_array_equal(params.theta, expected.theta)
    np.testing.assert_array_equal(history.train["loss"], complete.train["loss"])


def test_an_interrupt_where_a_run_is_resumed_leaves_one_that_can_be_resumed():
    stopping = dict(ALL, epochs=2, validation=(X_VAL, Y_VAL), early_stopping=EarlyStopping(9), optimizer=SGD(0.5))
    net, noise = MLP("2-20-1"), rng(4).normal(size=(10, 1))
    start = net.init(rng())
    first = fit(net, start, X, noise, **stopping)
    expected = start.copy()
    complete = fit(net, expected, X, noise, **{**stopping, "epochs": 4}, resume=first)
    for params, history in interrupted_everywhere(net, start, X, noise, **stopping, resume=first, every=2):
        again = fit(net, params, X, noise, **{**stopping, "epochs": 6 - history.checkpoint.epoch}, resume=history)
        np.testing.assert_array_equal(params.theta, expected.theta)
        np.testing.assert_array_equal(again.train["loss"], complete.train["loss"])


COUNTS = np.array([1, 0, 3, 2, 1, 1, 5, 0, 2, 1])
REPEATED = np.repeat(np.arange(10), COUNTS)
BITS = np.concatenate([Y, 1 - Y], axis=1)
LEARN = {
    "half_squared_error": (NET, Y),
    "binary_cross_entropy": (NET, Y),
    "softmax_cross_entropy": (MLP("2-3-2"), BITS),
    "binary_log_loss": (MLP("2-3-1", output="logistic"), Y),
    "categorical_log_loss": (MLP("2-3-2", output="softmax"), BITS),
}


@pytest.mark.parametrize("replicas", [None, 3])
@pytest.mark.parametrize("loss", LEARN)
@pytest.mark.parametrize("optimizer", [SGD(0.1), BoldDriver(0.1)], ids=str)
def test_integer_weights_do_what_repeated_rows_do(loss, replicas, optimizer):
    net, targets = LEARN[loss]
    settings = dict(net=net, loss=loss, optimizer=optimizer)
    ours, history = train(net.init(rng(), replicas), Y=targets, sample_weight=COUNTS, **settings)
    theirs, repeated = train(net.init(rng(), replicas), X=X[REPEATED], Y=targets[REPEATED], **settings)
    np.testing.assert_allclose(ours.theta, theirs.theta, rtol=0, atol=1e-13)
    np.testing.assert_allclose(history.train["loss"], repeated.train["loss"], rtol=1e-13)


@pytest.mark.parametrize("weights", [
    dict(sample_weight=np.ones(10)), dict(sample_weight=np.full(10, 7)), dict(class_weight={}),
    dict(class_weight={0: 3, 1: 3.0}), dict(class_weight="balanced", X=X[:8], Y=np.tile([[0.0], [1.0]], (4, 1))),
    dict(sample_weight=np.full(10, 1e308)),
], ids=str)
@pytest.mark.parametrize("batch_size", [None, 3])
def test_equal_weights_change_no_bit(weights, batch_size):
    settings = dict(batch_size=batch_size, loss="binary_cross_entropy")
    ours, history = train(rng=rng(3), **settings, **weights)
    data = {name: weights[name] for name in weights if name in "XY"}
    theirs, plain = train(rng=rng(3), **settings, **data)
    np.testing.assert_array_equal(ours.theta, theirs.theta)
    np.testing.assert_array_equal(history.train["loss"], plain.train["loss"])


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("batch_size", [None, 3])
def test_a_replica_with_weights_is_the_single_run(batch_size, own):
    weights = rng(5).random((3, 10)) if own else rng(5).random(10)
    params, history = train(NET.init(rng(), 3), sample_weight=weights, batch_size=batch_size, rng=rng(6))
    streams = rng(6).spawn(3)
    for r in range(3):
        single, alone = train(NET.init(rng(), 3).replica(r), sample_weight=weights[r] if own else weights,
                              batch_size=batch_size, rng=streams[r])
        np.testing.assert_array_equal(params.theta[r], single.theta)
        np.testing.assert_array_equal(history.train["loss"][:, r], alone.train["loss"])


def test_the_gradient_with_weights_is_that_of_the_weighted_mean():
    params, w = NET.init(rng()), rng(5).random(10)
    w /= w.mean()

    def cost(theta):
        losses = HalfSquaredError().per_example(NET.output(Parameters(NET.shapes, theta), X), Y)
        return (w * losses).sum() / w.sum()

    grads = batch_gradient(NET, params, HalfSquaredError(), X, Y, weights=w)
    np.testing.assert_allclose(grads.theta, numerical_gradient(cost, params.theta.copy()), atol=1e-8)
    batches = [batch_gradient(NET, params, HalfSquaredError(), X, Y, np.array([n]), weights=w).theta for n in range(10)]
    np.testing.assert_allclose(np.mean(batches, axis=0), grads.theta, atol=1e-15)


@pytest.mark.parametrize("net, Y", [(NET, Y), (MLP("2-3-2"), BITS)], ids=["0 and 1", "one-hot"])
def test_class_weights_are_sample_weights_of_the_classes(net, Y):
    label = Y[:, -1].astype(int)
    each = {"loss": "half_squared_error", "net": net, "Y": Y}
    for class_weight, share in [
        ({0: 2, 1: 0.5}, np.where(label == 0, 2, 0.5)),
        ({1: 4}, np.where(label == 1, 4, 1)),
        ("balanced", 1 / np.bincount(label)[label]),
    ]:
        ours, history = train(class_weight=class_weight, **each)
        theirs, same = train(sample_weight=share, **each)
        np.testing.assert_allclose(ours.theta, theirs.theta, rtol=0, atol=1e-14)
        np.testing.assert_allclose(history.train["loss"], same.train["loss"], rtol=1e-14)
    both, _ = train(class_weight={0: 3}, sample_weight=COUNTS, **each)
    product, _ = train(sample_weight=np.where(label == 0, 3, 1) * COUNTS, **each)
    np.testing.assert_allclose(both.theta, product.theta, rtol=0, atol=1e-14)
    balanced, _ = train(class_weight="balanced", sample_weight=COUNTS, **each)
    repeated, _ = train(class_weight="balanced", **{**each, "Y": Y[REPEATED]}, X=X[REPEATED])
    np.testing.assert_allclose(balanced.theta, repeated.theta, rtol=0, atol=1e-14)


def test_weights_leave_validation_and_metrics_alone_and_are_kept_in_the_dtype_of_the_parameters():
    settings = dict(validation=(X, Y), metrics={"mean": lambda Y_hat, Y: Y_hat.mean(axis=(-2, -1))})
    _, history = train(sample_weight=COUNTS, **settings)
    _, plain = train(**settings)
    for part in (history.train, history.validation):
        np.testing.assert_allclose(part["mean"][0], plain.train["mean"][0], rtol=1e-14)
    np.testing.assert_allclose(history.validation["loss"][0], plain.train["loss"][0], rtol=1e-14)
    assert abs(history.train["loss"][0] / plain.train["loss"][0] - 1) > 0.01
    data = dict(X=X.astype(np.float32), Y=Y.astype(np.float32), sample_weight=COUNTS)
    params, history = train(NET.init(rng(), dtype=np.float32), **data)
    assert params.theta.dtype == history.train["loss"].dtype == np.float32


DROPS = Network([Dense(2, 5, "tanh"), Dropout(0.3), Dense(5, 1)])
MEAN = {"mean": lambda Y_hat, Y: Y_hat.mean(axis=(-2, -1))}
RUNS = {
    "Adam in minibatches": dict(optimizer=Adam(0.01), batch_size=4),
    "momentum, dropout, a schedule": dict(net=DROPS, optimizer=SGD(ExponentialDecay(0.1, 0.99), 0.9), batch_size=3),
    "RMSprop and L2, full batch": dict(optimizer=RMSprop(0.01), regularizer=L2(0.1)),
    "bold driver": dict(optimizer=BoldDriver(1.0)),
    "clipped": dict(optimizer=Clipped(Adam(0.1), 0.01), batch_size=4),
    "records of every fourth epoch": dict(optimizer=Adam(0.01), batch_size=4, record_every=4),
}


def runs_of(net=NET, batch_size=None, replicas=None, **settings):
    """Begin and continue a run: functions of the number of epochs that return parameters and history."""
    start, random = net.init(rng(), replicas), batch_size is not None
    common = dict(batch_size=batch_size, validation=(X_VAL, Y_VAL), metrics=MEAN, **settings)

    def begin(epochs, **more):
        return train(start.copy(), net, epochs=epochs, rng=rng(7) if random else None, **common, **more)

    def go_on(params, history, epochs, **more):
        return params, fit(net, params, X, Y, epochs=epochs, resume=history, **{**ALL, **common, **more})

    return begin, go_on


def assert_same_run(ours, theirs):
    np.testing.assert_allclose(ours[0].theta, theirs[0].theta, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(ours[1].epochs, theirs[1].epochs)
    assert ours[1].total == theirs[1].total
    for part in ("train", "validation"):
        for name, values in getattr(theirs[1], part).items():
            np.testing.assert_allclose(getattr(ours[1], part)[name], values, rtol=0, atol=1e-12)


@pytest.mark.parametrize("replicas", [None, 3, 70])
@pytest.mark.parametrize("name", RUNS)
def test_twenty_epochs_and_twenty_more_are_forty(name, replicas):
    begin, go_on = runs_of(replicas=replicas, **RUNS[name])
    first = begin(20)
    sent = pickle.loads(pickle.dumps(first))
    for params, history in (first, sent):
        assert_same_run(go_on(params, history, 20), begin(40))
    assert len(first[1].epochs) == len(begin(20)[1].epochs), "the earlier history is as it was"


@pytest.mark.parametrize("replicas", [None, 2])
@pytest.mark.parametrize("name", RUNS)
def test_a_run_that_was_interrupted_anywhere_goes_on_as_if_it_had_not_been(name, replicas):
    begin, go_on = runs_of(replicas=replicas, **RUNS[name])
    complete, counting, interrupted = begin(6), InterruptAt(), 0
    begin(6, on_epoch=[lambda *_: None], call=counting.run)
    for n in range(1, counting.lines, 29):
        params, history = begin(6, on_epoch=[lambda *_: None], call=InterruptAt(n).run)
        if history.checkpoint is not None and history.checkpoint.epoch < 6:
            assert_same_run(go_on(params, history, 6 - history.checkpoint.epoch), complete)
            interrupted += 1
    assert interrupted > 9


def test_early_stopping_goes_on():
    net = MLP("2-20-1")
    noise = dict(validation=(X_VAL, Y_VAL), early_stopping=EarlyStopping(30), Y=rng(4).normal(size=(10, 1)))
    params, history = train(net.init(rng(), 8), net, epochs=35, **noise)
    history = fit(net, params, X, **{**ALL, **noise}, epochs=165, resume=history)
    expected, complete = train(net.init(rng(), 8), net, epochs=200, **noise)
    np.testing.assert_array_equal(params.theta, expected.theta)
    np.testing.assert_array_equal(history.best_epoch, complete.best_epoch)
    np.testing.assert_array_equal(history.stopped_epoch, complete.stopped_epoch)
    assert (complete.best_epoch < 35).any() and (complete.stopped_epoch > 35).any()


def test_what_callbacks_wrote_last_is_kept():
    def halve(epoch, params, history):
        params.theta *= 0.5

    params, history = train(on_epoch=[halve])
    fit(NET, params, X, Y, epochs=5, resume=history, on_epoch=[halve], **ALL)
    np.testing.assert_array_equal(params.theta, train(epochs=10, on_epoch=[halve])[0].theta)


def test_an_exception_in_a_callback_is_the_callers():
    def broken(epoch, params, history):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="^mine$"):
        train(on_epoch=[broken])


def overfitting(**settings):
    """A run whose validation loss falls, then rises: the held-out targets are noise."""
    return train(
        net=MLP("2-20-1"),
        params=MLP("2-20-1").init(rng()),
        Y=rng(4).normal(size=(10, 1)),
        X=X,
        optimizer=SGD(0.1),
        validation=(X_VAL, Y_VAL),
        **{"epochs": 200, **settings},
    )


def test_early_stopping_stops_after_patience_epochs_without_progress_and_restores_the_best():
    _, complete = overfitting()
    curve = complete.validation["loss"]
    patience = 5
    best = next(epoch for epoch in range(195) if curve[epoch + 1 : epoch + 1 + patience].min() >= curve[epoch])
    assert 0 < best < 190
    params, history = overfitting(early_stopping=EarlyStopping(patience))
    assert history.best_epoch == best
    assert history.stopped_epoch == history.epochs[-1] == best + patience
    np.testing.assert_array_equal(history.validation["loss"], curve[: best + patience + 1])
    loss = evaluate(MLP("2-20-1"), params, X_VAL, Y_VAL, HalfSquaredError())["loss"]
    assert loss == curve[best] == history.validation["loss"].min()


def test_an_unbroken_run_with_early_stopping_ends_at_the_last_epoch_with_its_best_parameters():
    params, history = train(validation=(X, Y), early_stopping=EarlyStopping(1))
    np.testing.assert_array_equal([history.best_epoch, history.stopped_epoch], [5, 5])
    np.testing.assert_array_equal(params.theta, train()[0].theta)


def test_patience_counts_epochs_not_records():
    _, history = overfitting(early_stopping=EarlyStopping(5), record_every=10)
    assert history.stopped_epoch - history.best_epoch == 10
    _, patient = overfitting(early_stopping=EarlyStopping(15), record_every=10)
    assert patient.stopped_epoch - patient.best_epoch == 20


def test_each_replica_stops_on_its_own_and_its_later_records_are_nan():
    net = MLP("2-20-1")
    params = net.init(rng(), replicas=8)
    targets = rng(4).normal(size=(10, 1))
    _, history = train(params, net, Y=targets, validation=(X_VAL, Y_VAL), epochs=200, early_stopping=EarlyStopping(5))
    stopped = history.stopped_epoch
    assert len(set(stopped)) > 1
    assert history.epochs[-1] == stopped.max()
    for r in range(8):
        for records in (history.train, history.validation):
            assert np.isfinite(records["loss"][: stopped[r] + 1, r]).all()
            assert np.isnan(records["loss"][stopped[r] + 1 :, r]).all()
        assert stopped[r] == min(history.best_epoch[r] + 5, 200)
        loss = evaluate(net, params.replica(r), X_VAL, Y_VAL, HalfSquaredError())["loss"]
        assert loss == np.nanmin(history.validation["loss"][:, r])


def test_a_validation_loss_of_nan_is_never_the_best():
    with pytest.warns(RuntimeWarning):
        params, history = train(
            optimizer=SGD(1e200), validation=(X_VAL, Y_VAL), epochs=20, early_stopping=EarlyStopping(3)
        )
    assert history.best_epoch == 0
    assert history.stopped_epoch == 3
    np.testing.assert_array_equal(params.theta, NET.init(rng()).theta)


def test_a_loss_that_is_not_finite_is_kept_and_warned_of_once():
    with pytest.warns(RuntimeWarning) as caught:
        params, history = train(MLP("2-1").init(rng()), MLP("2-1"), optimizer=SGD(1e60), epochs=8)
    assert [str(warning.message) for warning in caught] == ["fit: the loss is no longer finite at epoch 3"]
    np.testing.assert_array_equal(np.isfinite(history.train["loss"]), [True] * 3 + [False] * 6)
    assert history.warned
    assert len(history.epochs) == 9


def test_the_warning_names_the_replicas_and_points_at_the_call_of_fit():
    net = MLP("2-1")
    with pytest.warns(RuntimeWarning) as caught:
        history = fit(
            net,
            net.init(rng(), replicas=4),
            X,
            Y,
            loss="half_squared_error",
            optimizer=SGD(np.array([[0.1], [1e60], [0.1], [1e60]])),
            epochs=8,
            record_every=4,
        )
    assert [str(warning.message) for warning in caught] == [
        "fit: the loss is no longer finite at epoch 4 in replicas 1, 3"
    ]
    assert caught[0].filename == __file__
    assert np.isfinite(history.train["loss"][:, [0, 2]]).all()
    assert not np.isfinite(history.train["loss"][1:, [1, 3]]).any()


def test_a_validation_loss_that_is_not_finite_is_warned_of_too():
    with pytest.warns(RuntimeWarning) as caught:
        train(X=np.zeros((10, 2)), Y=np.zeros((10, 1)), validation=(X_VAL, np.full((6, 1), 1e200)))
    assert str(caught[0].message) == "fit: the loss is no longer finite at epoch 0"
    assert len(caught) == 1


def test_a_replica_that_has_stopped_is_not_warned_of():
    net = MLP("2-1")
    params = net.init(rng(), replicas=2)
    params.theta = np.zeros((2, 3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        history = fit(
            net,
            params,
            X,
            Y,
            loss="half_squared_error",
            optimizer=SGD(np.array([[0.01], [100.0]])),
            epochs=400,
            validation=(X, Y),
            early_stopping=EarlyStopping(1),
        )
    assert history.stopped_epoch[1] == 1
    assert history.stopped_epoch[0] > 200


def test_a_run_that_diverges_with_probabilities_is_recorded_to_its_end():
    net = MLP("1-1", output="logistic")
    params = Parameters([{"W": (1, 1), "b": (1, 1)}], np.array([-1000.0, 0]))
    with pytest.warns(RuntimeWarning, match="^fit: the loss is no longer finite at epoch 0$"):
        _, history = train(params, net, np.ones((1, 1)), np.ones((1, 1)), loss="binary_log_loss")
    np.testing.assert_array_equal(history.train["loss"], [np.inf] + [np.nan] * 5)


def test_predictions_are_the_linked_outputs_without_dropout():
    net = Network([Dropout(0.5), Dense(2, 1)])
    params = net.init(rng(), replicas=3)
    output, _ = net.forward(params, X)
    expected = BinaryCrossEntropy().link(output)
    np.testing.assert_array_equal(predict(net, params, X, "binary_cross_entropy"), expected)
    np.testing.assert_array_equal(predict(net, params, X, HalfSquaredError()), output)


def test_evaluate_gives_loss_and_metrics():
    params = NET.init(rng(), replicas=3)
    values = evaluate(NET, params, X, Y, BinaryCrossEntropy(), {"accuracy": accuracy})
    assert list(values) == ["loss", "accuracy"]
    for name, value in values.items():
        assert value.shape == (3,) and np.isfinite(value).all(), name


STEPS = [SGD(0.1, 0.9), Adam(0.01), RMSprop(0.01), BoldDriver(1.0), Clipped(SGD(0.1), 0.001)]
STEPS += [Proximal(SGD(0.1), L1(0.1))]


@pytest.mark.parametrize("optimizer", STEPS, ids=lambda optimizer: type(optimizer).__name__)
@pytest.mark.parametrize("replicas", [None, 2])
def test_a_layer_that_is_not_trainable_stays_as_it_is_and_the_others_train_on_what_it_makes(replicas, optimizer):
    frozen = Network([Dense(2, 4, "tanh", trainable=False), Dense(4, 1)])
    start = frozen.init(rng(), replicas)
    regularizer = None if isinstance(optimizer, Proximal) else L2(0.1, biases=True)
    params, _ = train(start.copy(), frozen, optimizer=optimizer, regularizer=regularizer, epochs=20)
    np.testing.assert_array_equal(params[0]["W"], start[0]["W"])
    np.testing.assert_array_equal(params[0]["b"], start[0]["b"])
    head, (_, caches) = Network([Dense(4, 1)]), frozen.forward(start, X)
    alone = head.init(rng(), replicas)
    alone.theta = start.theta[..., 12:]
    A = caches[1][0]
    targets = Y if replicas is None else np.stack([Y] * 2)
    fit(head, alone, A, targets, loss="half_squared_error", optimizer=optimizer, regularizer=regularizer, epochs=20)
    np.testing.assert_allclose(params.theta[..., 12:], alone.theta, rtol=0, atol=1e-12)
    assert np.abs(alone.theta - start.theta[..., 12:]).max() > 1e-3


def test_a_frozen_layer_in_the_middle_passes_the_gradient_on():
    layers = [Dense(2, 3, "tanh"), Dense(3, 3, "tanh"), Dense(3, 1)]
    start = Network(layers).init(rng())
    free, _ = train(start.copy(), Network(layers), epochs=1)
    layers[1] = replace(layers[1], trainable=False)
    held, _ = train(start.copy(), Network(layers), epochs=1)
    for index, same in ((0, free), (1, start), (2, free)):
        np.testing.assert_allclose(held[index]["W"], same[index]["W"], rtol=1e-13)


def test_a_convolution_can_be_frozen():
    net = Network([Conv2D((4, 4, 1), 2, 2, "relu", trainable=False), Flatten((3, 3, 2)), Dense(18, 1)])
    start = net.init(rng())
    params, _ = train(start.copy(), net, X=rng().normal(size=(10, 4, 4, 1)))
    np.testing.assert_array_equal(params[0]["W"], start[0]["W"])
    assert (params[2]["W"] != start[2]["W"]).all()


@pytest.mark.parametrize("replicas", [None, 3])
def test_a_net_without_biases_trains_as_one_whose_biases_are_held_at_zero(replicas):
    bare = Network([Dense(2, 4, "tanh", bias=False), Dense(4, 1, bias=False)])
    start = bare.init(rng(), replicas)
    full = Network([Dense(2, 4, "tanh"), Dense(4, 1)])
    expected = full.init(rng(), replicas)
    mask = Parameters(expected.shapes, np.ones_like(expected.theta))
    for layer in (0, 1):
        assert list(start[layer]) == ["W"]
        np.testing.assert_array_equal(start[layer]["W"], expected[layer]["W"])
        mask[layer]["b"] = np.zeros_like(mask[layer]["b"])
    train(start, bare, optimizer=Adam(0.1), regularizer=L2(0.1), epochs=20)
    train(expected, full, optimizer=Masked(Adam(0.1), mask), regularizer=L2(0.1), epochs=20)
    for layer in (0, 1):
        np.testing.assert_allclose(start[layer]["W"], expected[layer]["W"], rtol=0, atol=1e-12)


def test_a_layer_of_your_own_trains():
    class Scale(Layer):
        def shapes(self):
            return {"s": (1, 1)}

        def init(self, rng, params):
            params["s"] = np.ones((1, 1))

        def forward(self, params, A_prev, rng=None):
            return A_prev * params["s"], A_prev

        def backward(self, params, A_prev, dA):
            return dA * params["s"], {"s": (dA * A_prev).sum(axis=(-2, -1), keepdims=True)}

    net = Network([Dense(2, 3, "tanh"), Scale(), Dense(3, 1)])
    params, history = train(net=net, epochs=50)
    assert params[1]["s"] != 1
    assert history.train["loss"][-1] < history.train["loss"][0]


WRONG = {
    "minibatches: expected at least one example, got N=0": lambda: list(minibatches(0, 1, rng())),
    "minibatches: expected at least one example, got N='10'": lambda: list(minibatches("10", 1, rng())),
    "minibatches: expected a numpy Generator or a list of them, got rng=list": lambda: list(minibatches(10, 2, [])),
    "minibatches: expected a numpy Generator or 2 of them, got rng=tuple": (
        lambda: list(minibatches(10, 2, (rng(), 1)))
    ),
    "minibatches: expected an integer in 1..10, got batch_size=11": lambda: list(minibatches(10, 11, rng())),
    "minibatches: expected an integer in 1..10, got batch_size=0": lambda: list(minibatches(10, 0, rng())),
    "minibatches: expected an integer in 1..10, got batch_size=2.0": lambda: list(minibatches(10, 2.0, rng())),
    "minibatches: expected a numpy Generator or a list of them, got rng=int": lambda: list(minibatches(10, 2, 0)),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message

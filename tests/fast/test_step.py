"""The tape equals the readable core: gradients, whole trainings, and which networks it takes."""


import numpy as np
import pytest

from mlp_core import L1, L2, MLP, SGD, Adam, Dense, Dropout, Flatten, HalfSquaredError, Network, Parameters, fit
from mlp_core.activations import ELU, Logistic, Step, Tanh
from mlp_core.conv import Conv2D, MaxPool2D, MeanPool2D
from mlp_core.fast import step as fast
from mlp_core.fast.tape import Leading
from mlp_core.fast.trailing import Trailing
from mlp_core.losses import BY_NAME as LOSSES
from mlp_core.losses import SoftmaxCrossEntropy, loss_function
from mlp_core.optimizers import ExponentialDecay
from mlp_core.pretraining import TiedAutoencoder
from mlp_core.training import Step as CoreStep
from mlp_core.training import batch_gradient, minibatches

LOGITS = ["half_squared_error", "binary_cross_entropy", "softmax_cross_entropy"]
ACTIVATIONS = ["step", "identity", "logistic", Logistic(3), "tanh", "relu", "leaky_relu", ELU(2), "softplus", "softmax"]
TOLERANCE = {np.float64: 1e-13, np.float32: 1e-5}


def rng(seed=0):
    return np.random.default_rng(seed)


def data(N, n, m, loss="half_squared_error", lead=(), dtype=np.float64):
    """Random examples and targets that the loss can take."""
    X = rng(1).normal(size=(*lead, N, n))
    if loss == "softmax_cross_entropy":
        Y = np.eye(m)[rng(2).integers(0, m, (*lead, N))]
    else:
        Y = rng(2).integers(0, 2, (*lead, N, m))
    return X.astype(dtype), Y.astype(dtype)


def assert_same_gradient(net, loss, replicas=None, own=False, rows=None, dtype=np.float64):
    params = net.init(rng(3), replicas, dtype)
    loss = loss_function(loss)
    m = next(layer for layer in reversed(net.layers) if isinstance(layer, Dense)).n_out
    n = next(layer for layer in net.layers if isinstance(layer, Dense)).n_in
    X, Y = data(9, n, m, next(name for name in LOSSES if LOSSES[name] == loss), (replicas,) if own else (), dtype)
    streams = [rng(4) if replicas is None else rng(4).spawn(replicas) for _ in range(2)]
    B = 9 if rows is None else rows.shape[-1]
    trained = fast.arranged(net, params, B)
    ours = fast.Gradient(net, trained, loss, X, Y)(rows, streams[0]).theta
    core = batch_gradient(net, params, loss, X, Y, rows, streams[1]).theta
    assert ours.dtype == core.dtype == dtype
    np.testing.assert_allclose(ours, core, rtol=0, atol=TOLERANCE[dtype] * max(1, abs(core).max()))
    return trained


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("replicas", [None, 1, 3, 70])
@pytest.mark.parametrize("loss", LOGITS)
@pytest.mark.parametrize("phi", ACTIVATIONS, ids=str)
def test_the_gradient_is_that_of_the_core(phi, loss, replicas, dtype):
    for net in (MLP("3-2", phi, phi), MLP("3-4-2", phi), MLP("2-3-1-2", phi, phi)):
        assert_same_gradient(net, loss, replicas, dtype=dtype)


@pytest.mark.parametrize("B", [1, 4, 9])
@pytest.mark.parametrize("replicas, own", [(None, False), (3, False), (3, True), (70, False), (70, True)])
@pytest.mark.parametrize("layers", [[Dense(3, 4, "tanh"), Dense(4, 2)], [Dense(3, 40, "relu"), Dense(40, 2)]], ids=str)
def test_the_rows_of_a_batch_are_taken(layers, replicas, own, B):
    rows = rng(5).permutation(9)[:B]
    if replicas is not None:
        rows = np.stack([rng(seed).permutation(9)[:B] for seed in range(replicas)])
    assert_same_gradient(Network(layers), "softmax_cross_entropy", replicas, own, rows)


@pytest.mark.parametrize("own", [False, True])
def test_the_full_batch_of_replicas_with_data_of_their_own(own):
    for replicas in (2, 70):
        assert_same_gradient(MLP("3-4-2", "tanh"), "half_squared_error", replicas, own)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("replicas", [None, 3, 70])
def test_dropout_draws_the_same_masks(replicas, dtype):
    for layers in (
        [Dropout(0.2), Dense(3, 8, "relu"), Dropout(0.5), Dense(8, 7, "tanh"), Dropout(0.3), Dense(7, 2)],
        [Dense(3, 4, "tanh"), Dropout(0.4)],
        [Dropout(0.4), Dropout(0.3), Dense(3, 4)],
    ):
        assert_same_gradient(Network(layers), "half_squared_error", replicas, dtype=dtype)


@pytest.mark.parametrize("replicas", [None, 3])
def test_dropout_behind_flatten_does_not_spoil_the_inputs_for_the_next_step(replicas):
    net, loss = Network([Flatten((2, 3)), Dropout(0.4), Dense(6, 2)]), loss_function("half_squared_error")
    params, (X, Y) = net.init(rng(), replicas), data(5, 6, 2)
    X, streams = X.reshape(5, 2, 3), [rng(7) if replicas is None else rng(7).spawn(replicas) for _ in range(2)]
    ours = fast.Gradient(net, params, loss, X, Y)
    for _ in range(3):
        core = batch_gradient(net, params, loss, X, Y, None, streams[1]).theta
        np.testing.assert_allclose(ours(None, streams[0]).theta, core, atol=1e-14)


class Wavy(Tanh):
    """A reader's own activation: it falls, and it is built on one of the package's."""

    def f(self, Z):
        return np.sin(3 * Z)

    def df(self, Z):
        return 3 * np.cos(3 * Z)


class Weighted(HalfSquaredError):
    """A reader's own loss."""

    def grad(self, Y_hat, Y):
        return 10 * super().grad(Y_hat, Y)


@pytest.mark.parametrize("replicas", [None, 3, 70])
def test_what_a_reader_derives_from_the_package_is_used_as_it_is(replicas):
    for net in (MLP("3-4-2", Wavy()), MLP("3-4-2", "tanh", Wavy())):
        assert_same_gradient(net, "half_squared_error", replicas)
    assert not fast.covers(MLP("2-1"), MLP("2-1").init(rng(), replicas), Weighted())
    maps = [Conv2D((5, 5, 1), 2, 2, Wavy()), MaxPool2D((4, 4, 2)), Flatten((2, 2, 2)), Dense(8, 2)]
    assert not covered(Network(maps))


def test_images_are_flattened():
    net = Network([Flatten((2, 3)), Dense(6, 4, "tanh"), Dense(4, 2)])
    params, (X, Y) = net.init(rng()), data(5, 6, 2)
    X = X.reshape(5, 2, 3)
    loss = loss_function("half_squared_error")
    rows = np.array([3, 0])
    for chosen in (None, rows):
        ours = fast.Gradient(net, params, loss, X, Y)(chosen).theta
        np.testing.assert_allclose(ours, batch_gradient(net, params, loss, X, Y, chosen).theta, rtol=1e-12)


def test_a_second_call_starts_from_clean_buffers():
    net = Network([Dropout(0.5), Dense(3, 4, "logistic"), Dense(4, 2)])
    params, (X, Y) = net.init(rng()), data(9, 3, 2)
    loss = loss_function("binary_cross_entropy")
    ours = fast.Gradient(net, params, loss, X, Y)
    for rows in (None, np.arange(4), None, np.arange(5, 9), np.arange(2), None):
        gradient = ours(rows, rng(7)).theta
        np.testing.assert_allclose(gradient, batch_gradient(net, params, loss, X, Y, rows, rng(7)).theta, atol=1e-14)
        params.theta -= gradient


def test_data_of_a_narrower_type_are_taken_as_the_parameters_are():
    net, loss = MLP("3-4-2", "tanh"), loss_function("half_squared_error")
    params, (X, Y) = net.init(rng()), data(9, 3, 2)
    X, Y = X.astype(np.float32), Y.astype(np.int8)
    for rows in (None, np.arange(3)):
        ours = fast.Gradient(net, params, loss, X, Y)(rows).theta
        np.testing.assert_allclose(ours, batch_gradient(net, params, loss, X, Y, rows).theta, rtol=1e-12)


def plain_fit(net, params, X, Y, loss, optimizer, epochs, batch_size, stream):
    """`fit` as a loop over the readable core."""
    state, loss = optimizer.init(params), loss_function(loss)
    for _ in range(epochs):
        for rows in [None] if batch_size is None else minibatches(Y.shape[-2], batch_size, stream):
            optimizer.step(params, batch_gradient(net, params, loss, X, Y, rows, stream), state)


@pytest.mark.parametrize("optimizer", [SGD(0.3), SGD(0.3, 0.9), SGD(0.3, 0.9, nesterov=True)], ids=str)
@pytest.mark.parametrize("replicas", [None, 3, 70])
@pytest.mark.parametrize("batch_size", [None, 4])
def test_a_training_ends_where_the_readable_core_ends(batch_size, replicas, optimizer):
    for net in (MLP("3-4-2", "tanh"), Network([Dense(3, 30, "relu"), Dropout(0.5), Dense(30, 2)])):
        X, Y = data(9, 3, 2, "softmax_cross_entropy")
        ours, core = net.init(rng(), replicas), net.init(rng(), replicas)
        streams = [rng(1) if replicas is None else rng(1).spawn(replicas) for _ in range(2)]
        settings = dict(loss="softmax_cross_entropy", optimizer=optimizer, epochs=20, batch_size=batch_size)
        fit(net, ours, X, Y, rng=streams[0], **settings)
        plain_fit(net, core, X, Y, stream=streams[1], **settings)
        assert abs(ours.theta - net.init(rng(), replicas).theta).max() > 0.1
        np.testing.assert_allclose(ours.theta, core.theta, rtol=0, atol=1e-12 * abs(core.theta).max())


@pytest.mark.parametrize("shape", ["1-1", "2-2-1", "3-1-3", "8-33-10", "5-16-17-2", "64-32-10"])
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_replica_r_is_the_single_run_r_bit_for_bit(shape, dtype):
    for hidden in ("tanh", "relu", "logistic"):
        net = MLP(shape, hidden)
        X, Y = data(37, net.layers[0].n_in, net.layers[-1].n_out, dtype=dtype)
        together = net.init(rng(), 3, dtype)
        fit(net, together, X, Y, loss="half_squared_error", optimizer=SGD(0.1), epochs=4, batch_size=16, rng=rng(1))
        for r, (first, stream) in enumerate(zip(rng().spawn(3), rng(1).spawn(3), strict=True)):
            alone = net.init(first, dtype=dtype)
            fit(net, alone, X, Y, loss="half_squared_error", optimizer=SGD(0.1), epochs=4, batch_size=16, rng=stream)
            np.testing.assert_array_equal(together.theta[r], alone.theta)


ORDERS = {
    "every second replica": lambda theta: np.repeat(theta, 2, axis=0)[::2],
    "every second number": lambda theta: np.repeat(theta, 2, axis=-1)[..., ::2],
    "backwards": lambda theta: theta[..., ::-1].copy()[..., ::-1],
    "columns first": lambda theta: np.asfortranarray(theta),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("replicas", [None, 1, 3, 70])
def test_parameters_are_trained_however_they_lie_in_memory(replicas, order):
    nets = [MLP("3-4-2", "tanh"), MLP("3-40-2", "relu"), MLP("3-4-2", "tanh", "softmax")]
    for net in [*nets, Network([Dropout(0.3), Dense(3, 4), Dense(4, 2)])]:
        plain = net.init(rng(), replicas)
        if plain.theta.ndim == 1 and order == "every second replica":
            continue
        lying = Parameters(plain.shapes, ORDERS[order](plain.theta))
        X, Y = data(9, 3, 2, "softmax_cross_entropy")
        for params in (plain, lying):
            fit(net, params, X, Y, loss="half_squared_error", optimizer=SGD(0.02), epochs=8, batch_size=4, rng=rng(1))
            fit(net, params, X, Y, loss="half_squared_error", optimizer=SGD(0.02), epochs=8, rng=rng(2))
        np.testing.assert_allclose(lying.theta, plain.theta, rtol=0, atol=1e-13)


def arrangement(shape, replicas, B, hidden="tanh"):
    """Whether the replicas are trained as the last axis."""
    net = shape if isinstance(shape, Network) else MLP(shape, hidden)
    params = net.init(rng(), replicas)
    trained = fast.arranged(net, params, B)
    np.testing.assert_array_equal(trained.theta, params.theta)
    if trained is params:
        return False
    assert trained.theta.T.flags.c_contiguous and not np.shares_memory(trained.theta, params.theta)
    return True


def test_many_replicas_of_a_tiny_network_are_the_last_axis():
    assert arrangement("2-2-1", fast.MANY, 4) and arrangement("2-2-1", 1000, 4)
    assert not arrangement("2-2-1", fast.MANY - 1, 4)
    assert not arrangement("2-2-1", None, 4)
    assert arrangement("5-3", 100, fast.TINY // 15) and not arrangement("5-3", 100, fast.TINY // 15 + 1)
    assert not arrangement("2-2-50-2", 100, 4)
    assert not arrangement("2-2-2", 100, 4, "softmax")
    assert not arrangement(Network([Dense(2, 2), Dropout(0.5)]), 100, 4)


def test_a_callback_sees_and_may_change_the_parameters_of_many_replicas():
    net, (X, Y) = MLP("2-2-1", "tanh"), data(4, 2, 1)
    params, seen = net.init(rng(), 100), []

    def halve(epoch, params, history):
        seen.append(params.theta.copy())
        params.theta *= 0.5

    core = net.init(rng(), 100)
    fit(net, params, X, Y, loss="half_squared_error", optimizer=SGD(0.1), epochs=3, record_every=3, on_epoch=[halve])
    for epoch in range(3):
        plain_fit(net, core, X, Y, "half_squared_error", SGD(0.1), 1, None, None)
        np.testing.assert_allclose(seen[epoch], core.theta, atol=1e-13)
        core.theta *= 0.5
    np.testing.assert_allclose(params.theta, core.theta, atol=1e-13)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("shape, replicas", [("3-4-2", None), ("3-4-2", 3), ("3-40-2", 70), ("3-4-2", 70)])
def test_a_learning_rate_multiplies_the_gradient(shape, replicas, dtype):
    net, loss = MLP(shape, "tanh"), loss_function("softmax_cross_entropy")
    params, (X, Y) = net.init(rng(), replicas, dtype), data(9, 3, 2, "softmax_cross_entropy", dtype=dtype)
    trained = fast.arranged(net, params, 9)
    plain = fast.Gradient(net, trained, loss, X, Y)().theta
    for lr in (0.1, np.linspace(0.1, 2, replicas)[:, None] if replicas else 3.0):
        rate = fast.plain_rate(SGD(lr), trained)
        assert rate.dtype == dtype
        scaled = fast.Gradient(net, trained, loss, X, Y, rate)().theta
        np.testing.assert_allclose(scaled, lr * plain, rtol=0, atol=TOLERANCE[dtype])


def test_a_step_of_plain_descent_is_counted_and_subtracted():
    net = MLP("3-4-2", initializer="normal")
    params, step, state = net.init(rng()), net.init(rng(1)), SGD(0.1).init(net.init(rng()))
    fast.descend(params, step, state)
    np.testing.assert_array_equal(params.theta, net.init(rng()).theta - net.init(rng(1)).theta)
    assert state.t == 1


def bound_arrays(tape):
    """All arrays that the calls of a tape are bound to."""
    for call in [*tape.forward, *tape.backward]:
        for value in (*getattr(call, "args", ()), *getattr(call, "keywords", {}).values()):
            if isinstance(value, np.ndarray):
                yield value


@pytest.mark.parametrize("phi", ["identity", "tanh", "relu", "logistic"])
@pytest.mark.parametrize("loss", LOGITS)
@pytest.mark.parametrize("replicas", [None, 3, 70])
def test_all_numbers_on_a_tape_are_of_the_parameters_type(replicas, loss, phi):
    net = Network([Dense(3, 4, phi), Dense(4, 2)] if replicas == 70 else [Dense(3, 4, phi), Dropout(0.5), Dense(4, 2)])
    params, (X, Y) = net.init(rng(), replicas, np.float32), data(9, 3, 2, dtype=np.float32)
    trained, streams = fast.arranged(net, params, 9), rng(1) if replicas is None else rng(1).spawn(replicas)
    ours = fast.Gradient(net, trained, loss_function(loss), X, Y)
    ours(None, streams)
    tape = ours.tapes[None]
    assert {array.dtype for array in bound_arrays(tape)} <= {np.dtype(np.float32), np.dtype(bool)}
    assert {tape.X.dtype, tape.Y.dtype, ours.X.dtype, ours.Y.dtype} == {np.dtype(np.float32)}
    assert np.shares_memory(ours.X, X) and np.shares_memory(ours.Y, Y)
    assert isinstance(tape.layout, Trailing if replicas == 70 else Leading)


@pytest.mark.parametrize("replicas", [None, 3, 70])
@pytest.mark.parametrize("odd", [slice(0, 9), slice(4, 5)], ids=["all rows", "one row"])
def test_targets_that_do_not_sum_to_one(odd, replicas):
    net, loss = MLP("3-4-9", "tanh"), loss_function("softmax_cross_entropy")
    params, X, Y = net.init(rng(), replicas), data(9, 3, 9)[0], np.eye(9)
    Y[odd, 0] += rng(1).normal(size=(9, 1))[odd, 0]
    trained = fast.arranged(net, params, 9)
    for rows in (None, np.arange(9) if replicas is None else np.tile(np.arange(9), (replicas, 1))):
        ours = fast.Gradient(net, trained, loss, X, Y)(rows).theta
        np.testing.assert_allclose(ours, batch_gradient(net, params, loss, X, Y, rows).theta, rtol=0, atol=1e-13)


def test_one_hot_targets_need_no_sums():
    net, loss = MLP("3-4-2", "tanh"), loss_function("softmax_cross_entropy")
    X, targets = data(9, 3, 2)[0], (np.eye(2)[[0] * 9], np.full((9, 2), 0.3))
    ours = [fast.Gradient(net, net.init(rng()), loss, X, Y) for Y in targets]
    for gradient in ours:
        gradient()
    assert len(ours[1].tapes[None].backward) == len(ours[0].tapes[None].backward) + 2


def test_a_batch_that_all_replicas_share_stands_in_memory_once():
    net, loss = MLP("3-40-2"), loss_function("half_squared_error")
    params, (X, Y) = net.init(rng(), 3), data(9, 3, 2)
    ours = fast.Gradient(net, params, loss, X, Y)
    ours()
    ours(np.tile(np.arange(9), (3, 1)))
    assert ours.tapes[None].X.shape == (9, 3) and ours.tapes[9].X.shape == (3, 9, 3)


def test_feature_maps_have_a_tape_of_their_own():
    net = Network([Conv2D((5, 5, 1), 2, 2, "relu"), MaxPool2D((4, 4, 2)), Flatten((2, 2, 2)), Dense(8, 2)])
    params, loss = net.init(rng()), loss_function("half_squared_error")
    X, Y = rng(1).normal(size=(6, 5, 5, 1)), rng(2).normal(size=(6, 2))
    for rows in (None, np.array([4, 1])):
        ours = fast.Gradient(net, params, loss, X, Y)(rows).theta
        np.testing.assert_allclose(ours, batch_gradient(net, params, loss, X, Y, rows).theta, rtol=0, atol=1e-13)


def test_the_limits_of_many_and_tiny_are_those_that_were_measured():
    assert (fast.MANY, fast.TINY) == (24, 300)


def test_other_optimizers_have_no_plain_rate():
    params = MLP("2-1").init(rng())
    for optimizer in (SGD(0.1, 0.9), SGD(ExponentialDecay(0.1, 0.9)), Adam(0.1), Slow(0.1)):
        assert fast.plain_rate(optimizer, params) is None


class Slow(SGD):
    """A reader's own optimizer."""

    def step(self, params, grads, state):
        params.theta -= 0.01 * grads.theta


def test_a_readers_own_optimizer_makes_its_own_step():
    X, Y = data(9, 3, 2)
    ours, core = MLP("3-4-2").init(rng()), MLP("3-4-2").init(rng())
    fit(MLP("3-4-2"), ours, X, Y, loss="half_squared_error", optimizer=Slow(0.1), epochs=3)
    fit(MLP("3-4-2"), core, X, Y, loss="half_squared_error", optimizer=SGD(0.01), epochs=3)
    np.testing.assert_allclose(ours.theta, core.theta, rtol=0, atol=1e-14)


def covered(net, replicas=None, loss="half_squared_error"):
    return fast.covers(net, net.init(rng(), replicas), loss_function(loss))


def test_the_tape_covers_dense_layers_dropout_and_flattened_examples():
    assert covered(MLP("2-1"))
    assert covered(Network([Flatten((2, 2)), Dropout(0.5), Dense(4, 2), Dropout(0.5)]))
    assert not covered(Network([Flatten((2, 2))]))
    assert not covered(Network([Flatten((2, 2)), TiedAutoencoder(Dense(4, 2)), Dense(4, 1)]))
    assert not covered(Network([Dropout(0.5)]))
    assert covered(MLP("2-1"), 3)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_tape_covers_losses_of_values_and_of_logits(loss):
    assert covered(MLP("2-1"), loss=loss) == (loss in LOGITS)


def test_the_tape_covers_convolutions_and_their_maxima():
    maps = [Conv2D((5, 5, 1), 2, 2), MaxPool2D((4, 4, 2)), Flatten((2, 2, 2)), Dense(8, 2)]
    assert covered(Network(maps)) and covered(Network(maps), 1)
    assert covered(Network([Conv2D((5, 5, 1), 2, 2), Flatten((4, 4, 2)), Dense(32, 2)]))
    assert covered(Network([Conv2D((8, 8, 1), 1, 4), *maps]))
    assert covered(Network([*maps[:2], Conv2D((2, 2, 2), 2, 1), *maps[2:]]))
    assert not covered(Network([Conv2D((5, 5, 1), 2, 2), MeanPool2D((4, 4, 2)), Flatten((2, 2, 2)), Dense(8, 2)]))
    assert not covered(Network([Conv2D((5, 5, 1), 2, 2, "softmax"), *maps[1:]]))
    assert not covered(Network([*maps[:2], Conv2D((2, 2, 2), 2, 1, "softmax"), *maps[2:]]))
    assert not covered(Network(maps[:3]))
    assert not covered(Network([MaxPool2D((4, 4, 2)), *maps[2:]]))
    assert not covered(Network([*maps[:2], MaxPool2D((2, 2, 2), 1), *maps[2:]]))


def test_a_step_activation_has_no_gradient_here_either():
    net = MLP("3-4-2", Step())
    params, (X, Y) = net.init(rng()), data(9, 3, 2)
    gradient = fast.Gradient(net, params, loss_function("half_squared_error"), X, Y)()
    assert not gradient[0]["W"].any() and gradient[1]["W"].any()


def steps(kind, net, replicas=None, regularizer=None, optimizer=None, B=None, dtype=np.float64, given=None):
    """A step of that kind, and the parameters it trains."""
    params, (X, Y) = net.init(rng(), replicas, dtype), given or data(9, 3, 2, dtype=dtype)
    loss = loss_function("half_squared_error")
    return kind(net, params, loss, X, Y, optimizer or SGD(0.3), regularizer, B), params


class Pull(L2):
    """A reader's own penalty: it pulls to 1."""

    def grad(self, params):
        return Parameters(params.shapes, params.theta - 1)


PENALTIES = [L2(0.1), L1(0.1), L2(0.1, biases=True), L1(0.1, biases=True), Pull(0.1)]


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("replicas", [None, 3, 70])
@pytest.mark.parametrize("optimizer", [SGD(0.3), SGD(0.3, 0.9), Adam(0.01)], ids=str)
@pytest.mark.parametrize("penalty", PENALTIES, ids=str)
def test_a_step_with_a_penalty_is_that_of_the_core(penalty, optimizer, replicas, dtype):
    (ours, trained), (core, expected) = (
        steps(kind, MLP("3-4-2"), replicas, penalty, optimizer, dtype=dtype) for kind in (fast.FastStep, CoreStep)
    )
    for _ in range(5):
        ours(None, None)
        core(None, None)
    ours.publish()
    assert trained.theta.dtype == dtype
    np.testing.assert_allclose(trained.theta, expected.theta, rtol=0, atol=10 * TOLERANCE[dtype])


@pytest.mark.parametrize("replicas", [3, 70])
@pytest.mark.parametrize("penalty", [L1, L2])
def test_each_replica_may_have_a_rate_and_a_penalty_of_its_own(penalty, replicas):
    lams, rates = (np.linspace(*ends, replicas)[:, None] for ends in ((0, 0.2), (0.1, 0.5)))
    (ours, trained), (core, expected) = (
        steps(kind, MLP("3-4-2"), replicas, penalty(lams), SGD(rates)) for kind in (fast.FastStep, CoreStep)
    )
    for _ in range(5):
        ours(None, None)
        core(None, None)
    ours.publish()
    np.testing.assert_allclose(trained.theta, expected.theta, rtol=0, atol=1e-12)


@pytest.mark.parametrize("penalty", [None, *PENALTIES[:4]], ids=str)
def test_plain_descent_stays_plain_with_a_penalty(penalty):
    step, _ = steps(fast.FastStep, MLP("3-4-2"), regularizer=penalty)
    assert step.step is fast.descend
    assert steps(fast.FastStep, MLP("3-4-2"), regularizer=Pull(0.1))[0].step is not fast.descend


@pytest.mark.parametrize("replicas", [None, 3, 70])
@pytest.mark.parametrize("B", [None, 4])
@pytest.mark.parametrize("layers", [[], [Dropout(0.5)]], ids=["dense", "dropout"])
def test_the_output_is_that_of_the_core_and_keeps_its_numbers(layers, B, replicas):
    net = Network([Dense(3, 4, "tanh"), *layers, Dense(4, 2)])
    step, params = steps(fast.FastStep, net, replicas, B=B)
    rows = None if B is None else np.arange(4) if replicas is None else np.tile(np.arange(4), (replicas, 1))
    stream = rng(1) if replicas is None else rng(1).spawn(replicas)
    for _ in range(3):
        step(rows, stream)
        output = step.output()
        step.publish()
        np.testing.assert_allclose(output, net.forward(params, data(9, 3, 2)[0])[0], rtol=0, atol=1e-14)
        assert output.flags.c_contiguous
        old = output.copy()
        step(rows, stream)
        np.testing.assert_array_equal(output, old)


def counted(tape):
    """How often the forward pass of a tape is made from now on: a list that grows."""
    calls = []
    tape.forward.append(lambda: calls.append(1))
    return calls


@pytest.mark.parametrize("read", [lambda step: step.output(), lambda step: step.measure(None)], ids=["output", "loss"])
def test_a_record_on_the_full_batch_costs_no_forward_pass_of_its_own(read):
    step, _ = steps(fast.FastStep, MLP("3-4-2"))
    read(step)
    calls = counted(step.gradient.tapes[None])
    for _ in range(5):
        step(None, None)
        read(step)
    assert len(calls) == 5
    step.lend([lambda epoch, params, history: None], 1, None)
    step(None, None)
    assert len(calls) == 6


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("B", [None, 4])
@pytest.mark.parametrize("replicas", [None, 3, 70])
@pytest.mark.parametrize("layers", [[], [Dropout(0.5)]], ids=["dense", "dropout"])
def test_what_a_step_measures_is_the_loss_of_its_output_bit_for_bit(layers, replicas, B, dtype):
    net = Network([Dense(3, 4, "tanh"), *layers, Dense(4, 2)])
    step, params = steps(fast.FastStep, net, replicas, B=B, dtype=dtype)
    rows = None if B is None else np.arange(4) if replicas is None else np.tile(np.arange(4), (replicas, 1))
    stream = rng(1) if replicas is None else rng(1).spawn(replicas)
    for _ in range(3):
        step(rows, stream)
        measured, output = step.measure(None), step.output()
        again = step.measure({"first": lambda Y_hat, Y: Y_hat[..., 0, 0]})
        assert list(measured) == ["loss"] and list(again) == ["loss", "first"]
        expected = loss_function("half_squared_error").value(output, data(9, 3, 2, dtype=dtype)[1])
        for values in (measured, again):
            np.testing.assert_array_equal(values["loss"], expected)
            assert values["loss"].dtype == dtype
        np.testing.assert_array_equal(again["first"], output[..., 0, 0])


def test_targets_of_another_type_are_measured_as_the_core_measures_them():
    X, Y = data(9, 3, 2, dtype=np.float32)
    Y = Y.astype(np.float64) / 3
    step, params = steps(fast.FastStep, MLP("3-4-2"), dtype=np.float32, given=(X, Y))
    loss = step.measure(None)["loss"]
    assert loss.dtype == np.float64
    np.testing.assert_array_equal(loss, loss_function("half_squared_error").value(step.output(), Y))


@pytest.mark.parametrize("replicas", [None, 70])
def test_a_step_after_a_callback_begins_with_what_the_callback_left(replicas):
    ends = []
    for kind in (fast.FastStep, CoreStep):
        X, Y = data(9, 3, 2)
        step, params = steps(kind, MLP("3-4-2"), replicas, given=(X, Y))

        def change(epoch, params, history, X=X):
            params.theta += 0.5
            X[0] += 1

        step(None, None)
        step.measure(None)
        step.lend([change], 1, None)
        step(None, None)
        step.publish()
        ends.append(params.theta)
    np.testing.assert_allclose(*ends, rtol=0, atol=1e-13)


@pytest.mark.parametrize("B", [None, 3])
@pytest.mark.parametrize("replicas", [None, 70])
def test_data_that_a_callback_changes_are_those_of_the_next_epoch(replicas, B):
    class Slow(SoftmaxCrossEntropy):
        """A subclass, for which there is no tape."""

    net, ends = MLP("3-5-4", "tanh"), []
    for loss in (SoftmaxCrossEntropy(), Slow()):
        X, Y = rng(2).integers(-2, 3, (9, 3)), np.eye(4)[rng(3).integers(4, size=9)]

        def change(epoch, params, history, X=X, Y=Y):
            X[0] += 1
            Y[epoch % 9] = [0.25, 0.25, 0.125, 0.375 + epoch * 1e-7]

        params, order = net.init(rng(), replicas), None if B is None else rng(1)
        history = fit(
            net, params, X, Y, loss=loss, optimizer=SGD(0.3), epochs=5, on_epoch=[change], batch_size=B, rng=order)
        ends.append((params.theta, history.train["loss"]))
    for ours, expected in zip(*ends, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-13)

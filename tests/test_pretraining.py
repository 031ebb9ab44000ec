"""Pre-training: tied weights have the gradient of both uses, each stage trains one layer, and the rest stays."""

import numpy as np
import pytest

from mlp_core import MLP, SGD, Dense, Dropout, Network, accuracy, datasets, fit, gradient_error, predict
from mlp_core.checks import shown
from mlp_core.losses import loss_function
from mlp_core.optimizers import Optimizer
from mlp_core.pretraining import TiedAutoencoder, greedy_autoencoder, greedy_supervised, reconstruct

NET = MLP("3-5-4-2")
CODER = Network([TiedAutoencoder(Dense(3, 2, "tanh"))])


def rng(seed=0):
    return np.random.default_rng(seed)


X = rng(1).uniform(size=(20, 3))
Y = np.eye(2)[rng(2).integers(0, 2, 20)]
SETTINGS = dict(loss="half_squared_error", optimizer=SGD(0.1, 0.9), epochs=4)


def supervised(params=None, net=NET, X=X, Y=Y, rng=rng, **settings):
    """Parameters after the pre-training, and its stages."""
    params = net.init(rng()) if params is None else params
    return params, greedy_supervised(net, params, X, Y, **{**SETTINGS, "rng": rng(7), **settings})


def unsupervised(params=None, net=NET, X=X, layers=2, rng=rng, **settings):
    """Parameters after the pre-training, and its stages."""
    params = net.init(rng()) if params is None else params
    return params, greedy_autoencoder(net, params, X, layers=layers, **{**SETTINGS, "rng": rng(7), **settings})


@pytest.mark.parametrize("loss", ["half_squared_error", "binary_cross_entropy"])
@pytest.mark.parametrize("activation", ["identity", "tanh", "logistic", "relu", "softmax"])
def test_the_gradient_of_tied_weights_is_that_of_finite_differences(activation, loss):
    net = Network([Dense(3, 4, "tanh"), TiedAutoencoder(Dense(4, 3, activation)), Dense(4, 3)])
    params = net.init(rng())
    params.theta += 0.1 * rng(3).normal(size=params.theta.size)
    assert gradient_error(net, params, X, X, loss) < 1e-7


def test_the_decoder_is_the_transpose_of_the_encoder():
    params = CODER.init(rng())
    params[0]["b"], params[0]["c"] = [[1, 2]], [[3, 4, 5]]
    W = params[0]["W"]
    A = np.tanh(X @ W + [1, 2])
    np.testing.assert_allclose(CODER.layers[0].encode(params[0], X), A, rtol=1e-14)
    np.testing.assert_allclose(CODER.layers[0].decode(params[0], A), A @ W.T + [3, 4, 5], rtol=1e-14)
    np.testing.assert_allclose(CODER.forward(params, X)[0], A @ W.T + [3, 4, 5], rtol=1e-14)


def test_tied_weights_start_as_the_encoders_with_an_offset_of_zero():
    dense = Dense(3, 2, "tanh", "normal")
    net = Network([TiedAutoencoder(dense)])
    params, alone = net.init(rng()), Network([dense]).init(rng())
    assert params.shapes == ({"W": (3, 2), "b": (1, 2), "c": (1, 3)},)
    np.testing.assert_array_equal(params.theta, [*alone.theta, 0, 0, 0])
    np.testing.assert_array_equal(params.weights, [1] * 6 + [0] * 5)
    assert str(net) == "Network(TiedAutoencoder 3->2->3 Tanh())"


def test_an_autoencoder_fits_only_between_layers_of_its_width():
    with pytest.raises(ValueError, match=r"expected 3 inputs for layer 2 \(TiedAuto.*, got 4 from layer 1 \(Dense"):
        Network([Dense(2, 4), TiedAutoencoder(Dense(3, 2))])
    with pytest.raises(ValueError, match=r"expected 2 inputs for layer 2 \(Dense.*, got 3 from layer 1 \(TiedAuto"):
        Network([TiedAutoencoder(Dense(3, 2)), Dense(2, 4)])


def test_an_autoencoder_costs_two_products_and_keeps_its_code():
    output, caches = CODER.forward(CODER.init(rng()), X)
    A, (A_prev, Z) = caches[0]
    assert CODER.layers[0].operations((3,)) == (2 * 3 * 2, (A.size + A_prev.size + Z.size) / len(X))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_linear_autoencoder_learns_the_principal_subspace(dtype):
    data = (rng(4).normal(size=(200, 2)) * [2, 1] @ rng(5).normal(size=(2, 5)) + 3).astype(dtype)
    net = Network([TiedAutoencoder(Dense(5, 2))])
    params = net.init(rng(), dtype=dtype)
    settings = dict(loss="half_squared_error", optimizer=SGD(0.01, 0.9), epochs=2000)
    history = fit(net, params, data - data.mean(axis=0), data - data.mean(axis=0), **settings)
    assert history.train["loss"][-1] < 1e-4 * history.train["loss"][0]
    assert params.theta.dtype == dtype


def test_each_supervised_stage_is_a_net_with_one_hidden_layer_on_what_the_layers_below_make_of_x():
    start = NET.init(rng())
    params, stages = supervised(metrics={"accuracy": accuracy}, batch_size=6)
    stream, A = rng(7), X
    for index, stage in enumerate(stages):
        layer, previous = NET.layers[index], A
        net = Network([layer, Dense(layer.n_out, 2)])
        expected = net.init(stream)
        expected[0]["W"], expected[0]["b"] = start[index]["W"], start[index]["b"]
        settings = dict(SETTINGS, batch_size=6, metrics={"accuracy": accuracy})
        history = fit(net, expected, A, Y, rng=stream, **settings)
        A = np.tanh(A @ expected[0]["W"] + expected[0]["b"])
        assert stage.net == net
        np.testing.assert_array_equal(stage.params.theta, expected.theta)
        np.testing.assert_array_equal(stage.history.train["loss"], history.train["loss"])
        np.testing.assert_array_equal(stage.history.train["accuracy"], history.train["accuracy"])
        np.testing.assert_array_equal(params[index]["W"], expected[0]["W"])
        np.testing.assert_array_equal(params[index]["b"], expected[0]["b"])
    assert len(stages) == 2
    np.testing.assert_array_equal(params[2]["W"], expected[1]["W"])
    np.testing.assert_array_equal(params[2]["b"], expected[1]["b"])
    np.testing.assert_array_equal(NET.forward(params, X)[0], stages[-1].net.forward(expected, previous)[0])


def test_each_unsupervised_stage_is_an_autoencoder_of_what_the_layers_below_make_of_x():
    start = NET.init(rng())
    params, stages = unsupervised(batch_size=6)
    stream, A = rng(7), X
    for index, stage in enumerate(stages):
        net = Network([TiedAutoencoder(NET.layers[index])])
        expected = net.init(stream)
        expected[0]["W"], expected[0]["b"] = start[index]["W"], start[index]["b"]
        history = fit(net, expected, A, A, rng=stream, batch_size=6, **SETTINGS)
        A = np.tanh(A @ expected[0]["W"] + expected[0]["b"])
        assert stage.net == net
        np.testing.assert_array_equal(stage.params.theta, expected.theta)
        np.testing.assert_array_equal(stage.history.train["loss"], history.train["loss"])
        np.testing.assert_array_equal(params[index]["W"], expected[0]["W"])
        np.testing.assert_array_equal(params[index]["b"], expected[0]["b"])
    assert len(stages) == 2
    np.testing.assert_array_equal(params[2]["W"], start[2]["W"])


def test_the_output_layer_of_a_stage_is_of_the_kind_of_the_networks():
    net = MLP("3-5-4-2", hidden="relu", output="logistic", initializer="he")
    _, stages = supervised(net=net)
    assert [str(stage.net) for stage in stages] == [
        "Network(Dense 3->5, Dense 5->2)",
        "Network(Dense 5->4, Dense 4->2)",
    ]
    assert [stage.net.layers[1] for stage in stages] == [Dense(n, 2, "logistic", "he") for n in (5, 4)]


def test_the_layers_below_the_first_and_above_the_last_stay_as_they_are():
    start = NET.init(rng())
    params, stages = supervised(first=1)
    assert [stage.net.layers[0] for stage in stages] == [NET.layers[1]]
    np.testing.assert_array_equal(params[0]["W"], start[0]["W"])
    params, stages = unsupervised(layers=1)
    assert [stage.net.layers[0].encoder for stage in stages] == [NET.layers[0]]
    for index in (1, 2):
        np.testing.assert_array_equal(params[index]["W"], start[index]["W"])
    assert len(unsupervised(layers=3)[1]) == 3
    assert len(unsupervised(net=MLP("3-2"), layers=1)[1]) == 1


def test_the_lectures_order_encodes_all_hidden_layers_but_the_last_and_then_uses_the_targets():
    params, below = unsupervised(layers=1)
    encoded = params.copy()
    params, above = supervised(params, first=1)
    np.testing.assert_array_equal(params[0]["W"], encoded[0]["W"])
    assert (params[1]["W"] != encoded[1]["W"]).all()
    assert (params[2]["W"] != encoded[2]["W"]).all()
    assert [len(below), len(above)] == [1, 1]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("train", [supervised, unsupervised])
def test_replica_r_is_pretrained_as_the_single_network(train, own, dtype):
    X3, Y3 = rng(5).uniform(size=(3, 20, 3)).astype(dtype), np.stack([Y, 1 - Y, Y]).astype(dtype)
    together = NET.init(rng(), replicas=3, dtype=dtype)
    targets = {"Y": Y3 if own else Y3[0]} if train is supervised else {}
    _, stages = train(together, X=X3 if own else X3[0], batch_size=6, **targets)
    assert together.theta.dtype == dtype
    streams = rng(7).spawn(3)
    for r, stream in enumerate(rng().spawn(3)):
        alone = NET.init(stream, dtype=dtype)
        if own and targets:
            targets = {"Y": Y3[r]}
        _, single = train(alone, X=X3[r if own else 0], batch_size=6, rng=lambda seed, r=r: streams[r], **targets)
        np.testing.assert_array_equal(together.theta[r], alone.theta)
        for stage, stage_r in zip(stages, single, strict=True):
            np.testing.assert_array_equal(stage.params.theta[r], stage_r.params.theta)
            np.testing.assert_array_equal(stage.history.train["loss"][:, r], stage_r.history.train["loss"])
    assert len(np.unique(together.theta[:, 0])) == 3


@pytest.mark.parametrize("loss", ["half_squared_error", "binary_cross_entropy"])
@pytest.mark.parametrize("replicas", [None, 2])
def test_a_reconstruction_goes_up_through_the_codes_and_down_again(replicas, loss):
    net = MLP("3-5-4-2", hidden="logistic")
    params, stages = unsupervised(net.init(rng(), replicas), net, loss=loss)
    link = loss_function(loss).link
    one, two = (stage.params[0] for stage in stages)
    code = net.forward(params, X)[1][2][0]
    inner = link(code @ two["W"].mT + two["c"])
    expected = link(inner @ one["W"].mT + one["c"])
    np.testing.assert_allclose(reconstruct(stages, X, loss), expected, rtol=1e-13)
    alone = link(stages[0].net.forward(stages[0].params, X)[0])
    np.testing.assert_allclose(reconstruct(stages[:1], X, loss), alone, rtol=1e-13)
    assert reconstruct(stages, X, loss).shape == ((2, 20, 3) if replicas else (20, 3))


def test_reconstructed_digits_are_closer_than_the_mean_image():
    X = datasets.digits().train.X[:300]
    settings = dict(loss="half_squared_error", optimizer=SGD(0.05, 0.9), epochs=15, rng=rng(), batch_size=20)
    net = MLP("64-32-16-10")
    stages = greedy_autoencoder(net, net.init(rng()), X, layers=2, **settings)
    errors = [((reconstruct(stages[:n], X, "half_squared_error") - X) ** 2).mean() for n in (1, 2)]
    assert errors[0] < errors[1] < 0.5 * X.var(axis=0).mean()


def test_after_pretraining_a_logistic_net_starts_better_than_at_random():
    data = datasets.moons(60, 0.1, rng(1))
    net = MLP("2-8-8-8-1", hidden="logistic")
    params = net.init(rng(), replicas=5)
    random = accuracy(predict(net, params, data.X, "binary_cross_entropy"), data.Y)
    settings = dict(loss="binary_cross_entropy", optimizer=SGD(1, 0.9), epochs=150, rng=rng(3))
    stages = greedy_supervised(net, params, *data, **settings)
    trained = accuracy(predict(net, params, data.X, "binary_cross_entropy"), data.Y)
    assert len(stages) == 3
    assert (trained > random + 0.2).all()


class Interrupted(Optimizer):
    """An optimizer during whose third step the user presses Ctrl-C."""

    def __init__(self):
        self.steps = 0

    def init(self, params):
        return None

    def step(self, params, grads, state):
        self.steps += 1
        if self.steps == 3:
            raise KeyboardInterrupt
        params.theta -= 0.1 * grads.theta


@pytest.mark.parametrize("train", [supervised, unsupervised])
def test_an_interrupt_ends_after_its_stage_and_keeps_what_was_learned(train):
    start = NET.init(rng())
    params, stages = train(optimizer=Interrupted(), epochs=20)
    assert [stage.history.interrupted for stage in stages] == [True]
    assert (params[0]["W"] != start[0]["W"]).all()
    for index in (1, 2):
        np.testing.assert_array_equal(params[index]["W"], start[index]["W"])


MIXED = Network([Dense(3, 5), Dropout(0.5), Dense(5, 2)])
STAGES, OTHERS = unsupervised()[1], supervised()[1]
WRONG = {
    "TiedAutoencoder: expected a Dense layer, got encoder='64-8'": lambda: TiedAutoencoder("64-8"),
    "greedy_supervised: expected a Network of at least 2 Dense layers, got net=Network(Dense 3->2)": (
        lambda: supervised(net=MLP("3-2"))
    ),
    "greedy_supervised: expected a Network of at least 2 Dense layers, "
    "got net=Network(Dense 3->5, Dropout 0.5, Dense 5->2)": lambda: supervised(net=MIXED),
    "greedy_autoencoder: expected a Network of at least 1 Dense layers, "
    "got net=Network(Dense 3->5, Dropout 0.5, Dense 5->2)": lambda: unsupervised(net=MIXED),
    "greedy_autoencoder: expected a Network of at least 1 Dense layers, got net=3-2": (
        lambda: unsupervised(NET.init(rng()), net="3-2")
    ),
    "greedy_supervised: expected an integer in 0..1, got first=2": lambda: supervised(first=2),
    "greedy_supervised: expected an integer in 0..1, got first=-1": lambda: supervised(first=-1),
    "greedy_supervised: expected an integer in 0..1, got first=True": lambda: supervised(first=True),
    "greedy_supervised: expected an integer in 0..1, got first=None": lambda: supervised(first=None),
    "greedy_autoencoder: expected an integer in 1..3, got layers=0": lambda: unsupervised(layers=0),
    "greedy_autoencoder: expected an integer in 1..3, got layers=4": lambda: unsupervised(layers=4),
    "greedy_autoencoder: expected an integer in 1..3, got layers='all'": lambda: unsupervised(layers="all"),
    "greedy_supervised: expected a numpy Generator, got rng=NoneType": (
        lambda: supervised(NET.init(rng()), rng=lambda seed: None)
    ),
    "greedy_autoencoder: expected a numpy Generator, got rng=NoneType": (
        lambda: unsupervised(NET.init(rng()), rng=lambda seed: None)
    ),
    "reconstruct: expected stages of greedy_autoencoder, got stages=[1]": (
        lambda: reconstruct([1], X, "half_squared_error")
    ),
    "reconstruct: expected stages of greedy_autoencoder, got stages=None": (
        lambda: reconstruct(None, X, "half_squared_error")
    ),
    "reconstruct: expected stages of greedy_autoencoder, got stages=array([[1.], [1.]])": (
        lambda: reconstruct(np.ones((2, 1)), X, "half_squared_error")
    ),
    "reconstruct: expected stages of greedy_autoencoder, got layers=[]": (
        lambda: reconstruct([], X, "half_squared_error")
    ),
    f"reconstruct: expected stages of greedy_autoencoder, got layers={shown(list(NET.layers[:2]))}": (
        lambda: reconstruct(OTHERS, X, "half_squared_error")
    ),
    "Network: expected X with 3 columns, got shape=(20, 2)": (
        lambda: reconstruct(STAGES, X[:, :2], "half_squared_error")
    ),
    "Network: expected X to be a numpy array, got X=list": lambda: unsupervised(X=[[1, 2, 3]]),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message


@pytest.mark.parametrize("wrong", [Y[:5], Y[:, 0], [[1, 2]] * 20, Y * np.nan, np.stack([Y] * 3), "labels", None])
@pytest.mark.parametrize("replicas", [None, 2])
@pytest.mark.parametrize("first", [0, 1])
def test_targets_that_do_not_fit_are_refused_before_anything_is_changed(wrong, replicas, first):
    params = NET.init(rng(), replicas)
    start = params.copy()
    with pytest.raises(ValueError, match="expected .*, got "):
        supervised(params, Y=wrong, first=first)
    np.testing.assert_array_equal(params.theta, start.theta)


def test_a_stage_that_is_refused_leaves_the_parameters_as_they_were():
    params = NET.init(rng())
    start = params.copy()
    with pytest.raises(ValueError, match="BinaryCrossEntropy: expected targets in"):
        unsupervised(params, loss="binary_cross_entropy")
    np.testing.assert_array_equal(params.theta, start.theta)

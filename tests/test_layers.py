"""Layers: forward by loops over units, masks and their scale, shapes kept, wrong hyperparameters refused."""

import copy
import dataclasses

import numpy as np
import pytest

from mlp_core import (
    L2,
    SGD,
    Dense,
    Dropout,
    Flatten,
    HalfSquaredError,
    Network,
    Parameters,
    describe,
    gradient_error,
    operations,
)
from mlp_core.activations import Logistic
from mlp_core.initializers import Uniform
from mlp_core.layers import Layer, uniforms
from mlp_core.pretraining import greedy_autoencoder
from mlp_core.pruning import remove_units, second_derivatives
from mlp_core.recurrent import network_graph
from mlp_core.storage import load, save


def rng(seed=0):
    return np.random.default_rng(seed)


def dense(n_in, n_out, activation="identity", replicas=None, dtype=np.float64):
    """A Dense layer and random arrays for it."""
    layer = Dense(n_in, n_out, activation)
    params = Parameters.zeros([layer.shapes()], replicas, dtype)
    params.theta = rng().normal(size=params.theta.shape)
    return layer, params[0]


def test_dense_is_the_loop_over_its_units():
    layer, params = dense(3, 2, "logistic")
    X = rng(1).normal(size=(4, 3))
    A, _ = layer.forward(params, X)
    for n in range(4):
        for j in range(2):
            z = params["b"][0, j] + sum(params["W"][i, j] * X[n, i] for i in range(3))
            np.testing.assert_allclose(A[n, j], 1 / (1 + np.exp(-z)), rtol=1e-14)


def test_dense_backward_is_the_loop_over_examples_and_units():
    layer, params = dense(3, 2, "tanh")
    X, dA = rng(1).normal(size=(4, 3)), rng(2).normal(size=(4, 2))
    A, cache = layer.forward(params, X)
    dX, grads = layer.backward(params, cache, dA)
    for i in range(3):
        for j in range(2):
            slopes = [dA[n, j] * (1 - A[n, j] ** 2) for n in range(4)]
            np.testing.assert_allclose(grads["W"][i, j], sum(s * X[n, i] for n, s in enumerate(slopes)), rtol=1e-12)
            np.testing.assert_allclose(grads["b"][0, j], sum(slopes), rtol=1e-12)
    for n in range(4):
        for i in range(3):
            expected = sum(dA[n, j] * (1 - A[n, j] ** 2) * params["W"][i, j] for j in range(2))
            np.testing.assert_allclose(dX[n, i], expected, rtol=1e-12)


@pytest.mark.parametrize("lead", [(), (5,)])
def test_dense_shapes_have_the_replicas_in_front(lead):
    layer, params = dense(3, 2, replicas=lead[0] if lead else None)
    A, cache = layer.forward(params, np.ones((4, 3)))
    assert A.shape == (*lead, 4, 2)
    dX, grads = layer.backward(params, cache, np.ones_like(A))
    assert dX.shape == (*lead, 4, 3)
    assert grads["W"].shape == (*lead, 3, 2)
    assert grads["b"].shape == (*lead, 1, 2)


def test_a_layer_remembers_nothing_so_caches_can_be_used_in_any_order():
    layer, params = dense(3, 2, "tanh")
    X1, X2, dA = rng(1).normal(size=(4, 3)), rng(2).normal(size=(4, 3)), np.ones((4, 2))
    _, first = layer.forward(params, X1)
    _, alone = layer.backward(params, first, dA)
    _, second = layer.forward(params, X2)
    layer.backward(params, second, dA)
    _, again = layer.backward(params, first, dA)
    np.testing.assert_array_equal(again["W"], alone["W"])


@pytest.mark.parametrize(
    "layer, X",
    [(dense(3, 2, "relu"), np.ones((4, 3))), ((Dropout(0.5), {}), np.ones((4, 3)))],
    ids=["dense", "dropout"],
)
def test_forward_and_backward_leave_what_they_are_given_as_it_was(layer, X):
    layer, params = layer
    before = copy.deepcopy(dict(params)), X.copy()
    A, cache = layer.forward(params, X, rng())
    dA = np.ones_like(A)
    layer.backward(params, cache, dA)
    np.testing.assert_array_equal(X, before[1])
    np.testing.assert_array_equal(dA, np.ones_like(A))
    for name, array in before[0].items():
        np.testing.assert_array_equal(params[name], array)


def test_dense_init_fills_its_arrays_from_its_initializer():
    layer = Dense(2, 3, "tanh", Uniform(0.5))
    params = Parameters.zeros([layer.shapes()])
    layer.init(rng(), params[0])
    assert (abs(params.theta) <= 0.5).all()
    assert params.theta.all()


def test_layers_without_arrays_draw_nothing():
    stream = rng()
    for layer in (Dropout(0.5), Flatten((2, 2))):
        assert layer.shapes() == {}
        layer.init(stream, {})
    assert stream.random() == rng().random()


def test_dropout_scales_what_it_keeps_by_one_over_one_minus_rate():
    A, mask = Dropout(0.25).forward({}, np.full((200, 50), 3.0), rng())
    np.testing.assert_array_equal(np.unique(A), [0, 4])
    np.testing.assert_array_equal(A, 3 * mask)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_the_rate_is_the_probability_of_dropping(rate):
    A, _ = Dropout(rate).forward({}, np.ones((500, 200)), rng())
    np.testing.assert_allclose((A == 0).mean(), rate, atol=0.005)


def test_dropout_keeps_the_mean():
    X = rng(1).normal(size=(1, 5))
    A, _ = Dropout(0.3).forward({}, np.repeat(X, 200_000, axis=0), rng())
    np.testing.assert_allclose(A.mean(axis=0), X[0], atol=0.01)


def test_dropout_drops_units_and_examples_independently():
    A, _ = Dropout(0.5).forward({}, np.ones((2000, 2)), rng())
    counts = [((A[:, 0] > 0) & (A[:, 1] > 0)).mean(), ((A[1:, 0] > 0) & (A[:-1, 0] > 0)).mean()]
    np.testing.assert_allclose(counts, 0.25, atol=0.03)


def test_dropout_of_rate_zero_keeps_everything():
    X = rng().normal(size=(4, 3))
    np.testing.assert_array_equal(Dropout(0).forward({}, X, rng())[0], X)


def test_dropout_is_the_identity_in_evaluation():
    X, dA = rng().normal(size=(2, 4, 3))
    A, cache = Dropout(0.5).forward({}, X)
    np.testing.assert_array_equal(A, X)
    np.testing.assert_array_equal(Dropout(0.5).backward({}, cache, dA)[0], dA)


def test_dropout_backward_uses_the_mask_of_its_forward_pass():
    X, dA = rng(1).normal(size=(2, 40, 30))
    A, mask = Dropout(0.4).forward({}, X, rng())
    dX, grads = Dropout(0.4).backward({}, mask, dA)
    np.testing.assert_allclose(dX, dA * A / X, rtol=1e-13)
    assert grads == {}


def test_each_replica_draws_its_masks_from_its_own_stream():
    streams = rng().spawn(3)
    A, _ = Dropout(0.5).forward({}, np.ones((4, 2)), streams)
    assert A.shape == (3, 4, 2)
    for r, stream in enumerate(rng().spawn(3)):
        np.testing.assert_array_equal(A[r], Dropout(0.5).forward({}, np.ones((4, 2)), stream)[0])


def test_uniforms_are_drawn_in_the_precision_asked_for():
    assert uniforms(rng(), (4, 2), np.float32).dtype == uniforms([rng()], (4, 2), np.float32).dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_unit_stays_where_its_number_in_the_precision_of_the_inputs_reaches_the_rate(dtype, monkeypatch):
    _, mask = Dropout(0.5).forward({}, np.ones((40, 5), dtype), rng())
    np.testing.assert_array_equal(mask != 0, rng().random((40, 5), dtype) >= 0.5)
    monkeypatch.setattr("mlp_core.layers.uniforms", lambda rng, shape, dtype: np.full(shape, 0.5, dtype))
    assert Dropout(0.5).forward({}, np.ones((4, 5), dtype), rng())[1].all()


def test_the_first_layer_drops_integer_inputs_without_rounding_its_scale():
    net = Network([Dropout(0.2), Dense(3, 1)])
    params, X = net.init(rng()), np.ones((50, 3), int)
    _, caches = net.forward(params, X, rng())
    np.testing.assert_allclose(np.unique(caches[0]), [0, 1.25])


def test_uniforms_are_those_of_the_generators():
    np.testing.assert_array_equal(uniforms(rng(), (4, 2), float), rng().random((4, 2)))
    expected = np.stack([rng(1).random((4, 2)), rng(2).random((4, 2))])
    np.testing.assert_array_equal(uniforms([rng(1), rng(2)], (4, 2), float), expected)
    np.testing.assert_array_equal(uniforms([rng(1), rng(2)], (2, 4, 2), float), expected)


@pytest.mark.parametrize("rate", [0.5, np.float64(0.3)])
def test_float32_stays_float32(rate):
    X = np.ones((4, 3), np.float32)
    pairs = [dense(3, 2, Logistic(beta=2), dtype=np.float32), (Dropout(rate), {}), (Flatten((3,)), {})]
    for layer, params in pairs:
        for stream in (rng(), None):
            A, cache = layer.forward(params, X, stream)
            dX, grads = layer.backward(params, cache, A)
            assert A.dtype == dX.dtype == np.float32
            assert all(gradient.dtype == np.float32 for gradient in grads.values())


@pytest.mark.parametrize("lead", [(), (5,)])
def test_flatten_lays_the_rows_of_an_image_side_by_side_and_backward_undoes_it(lead):
    images = np.arange(np.prod((*lead, 4, 2, 3)), dtype=float).reshape(*lead, 4, 2, 3)
    A, cache = Flatten((2, 3)).forward({}, images)
    assert A.shape == (*lead, 4, 6)
    np.testing.assert_array_equal(A[..., 3:], images[..., 1, :])
    dX, grads = Flatten((2, 3)).backward({}, cache, A)
    np.testing.assert_array_equal(dX, images)
    assert grads == {}


def test_layers_are_frozen_and_equal_by_their_hyperparameters():
    assert Dense(2, 3, "tanh") == Dense(2, 3, "tanh") != Dense(2, 3, "relu")
    assert Flatten([8, 8]) == Flatten((8, 8))
    for layer, name in ((Dense(2, 3), "n_in"), (Dropout(0.5), "rate"), (Flatten((8, 8)), "shape")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(layer, name, 0.1)


def test_layers_are_written_as_the_error_messages_name_them():
    assert [str(Dense(2, 3)), str(Dropout(0.5)), str(Flatten((8, 8)))] == [
        "Dense 2->3",
        "Dropout 0.5",
        "Flatten 8x8->64",
    ]


def test_a_layer_knows_the_shapes_of_an_example_and_says_where_any_width_fits():
    assert (Layer.shape_in, Layer.shape_out, Dropout(0.5).shape_in, Dropout(0.5).shape_out) == (None,) * 4
    assert (Dense(2, 3).shape_in, Dense(2, 3).shape_out) == ((2,), (3,))
    assert (Flatten((8, 4)).shape_in, Flatten((8, 4)).shape_out) == ((8, 4), (32,))
    assert repr(Flatten([np.int64(8), 4]).shape) == "(8, 4)"
    assert repr(Dense(np.int64(2), np.int32(3)).shape_in + Dense(np.int64(2), np.int32(3)).shape_out) == "(2, 3)"


def test_the_cost_of_a_layer_is_its_multiply_adds_and_the_numbers_it_remembers():
    assert Dense(5, 3).operations((5,)) == (15, 8)
    assert Dropout(0.5).operations((5,)) == (0, 5)
    assert Flatten((5, 3)).operations((5, 3)) == Layer().operations((5,)) == (0, 0)


WRONG = {
    "Dense: expected True or False, got bias='no'": lambda: Dense(2, 1, bias="no"),
    "Dense: expected True or False, got trainable=0": lambda: Dense(2, 1, trainable=0),
    "Dense: expected a positive integer, got n_in=0": lambda: Dense(0, 3),
    "Dense: expected a positive integer, got n_out=-1": lambda: Dense(3, -1),
    "Dense: expected a positive integer, got n_out=2.0": lambda: Dense(3, 2.0),
    "Dense: expected a positive integer, got n_in=True": lambda: Dense(True, 2),
    "Dense: expected a positive integer, got n_in='2'": lambda: Dense("2", 2),
    "initializer: expected one of uniform, normal, glorot, he, got name='zeros'": lambda: Dense(2, 2, "tanh", "zeros"),
    "Dropout: expected a drop probability in [0, 1), got rate=1": lambda: Dropout(1),
    "Dropout: expected a drop probability in [0, 1), got rate=-0.1": lambda: Dropout(-0.1),
    "Dropout: expected a drop probability in [0, 1), got rate=nan": lambda: Dropout(np.nan),
    "Dropout: expected a drop probability in [0, 1), got rate='0.5'": lambda: Dropout("0.5"),
    "Dropout: expected a drop probability in [0, 1), got rate=None": lambda: Dropout(None),
    "Flatten: expected positive integers, got shape=()": lambda: Flatten(()),
    "Flatten: expected positive integers, got shape=(8, 0)": lambda: Flatten((8, 0)),
    "Flatten: expected positive integers, got shape=(8, 1.5)": lambda: Flatten((8, 1.5)),
    "Flatten: expected positive integers, got shape=64": lambda: Flatten(64),
    "Flatten: expected positive integers, got shape=(8, True)": lambda: Flatten((8, True)),
    "Flatten: expected dA with the last axes (64,), got shape=(4, 8)": lambda: Flatten((8, 8)).backward(
        {}, None, np.ones((4, 8))
    ),
    "Flatten: expected A_prev with the last axes (8, 8), got shape=(3, 64)": lambda: Flatten((8, 8)).forward(
        {}, np.ones((3, 64))
    ),
    "Dense: expected arrays of shapes {'W': (2, 3), 'b': (1, 3)}, got params={'W': (2, 3)}": (
        lambda: Dense(2, 3).forward({"W": np.ones((2, 3))}, np.ones((4, 2)))
    ),
    "Dense: expected arrays of shapes {'W': (2, 3), 'b': (1, 3)}, got params=None": (
        lambda: Dense(2, 3).init(rng(), None)
    ),
    "Dense: expected a numpy Generator, got rng=0": lambda: Dense(2, 3).init(0, {}),
    "Dropout: expected a numpy Generator, one for each replica or None, got rng=[1]": (
        lambda: Dropout(0.5).forward({}, np.ones((4, 2)), [1])
    ),
    "Dense: expected A_prev to be an array of numbers, got A_prev=NoneType": (
        lambda: Dense(2, 3, bias=False).forward({"W": np.ones((2, 3))}, None)
    ),
    "Dense: expected cache and dA of one forward pass, got cache=((4, 2), (4, 3)), dA.shape=(1, 3)": (
        lambda: Dense(2, 3, bias=False).backward(
            {"W": np.ones((2, 3))}, (np.ones((4, 2)), np.ones((4, 3))), np.ones((1, 3))
        )
    ),
    "Dropout: expected cache and dA of one forward pass, got cache=MaskedArray, dA.shape=(4, 2)": (
        lambda: Dropout(0.5).backward({}, np.ma.ones((4, 2)), np.ones((4, 2)))
    ),
    "Dropout: expected cache and dA of one forward pass, got cache=(4, 2), dA.shape=(1, 2)": (
        lambda: Dropout(0.5).backward({}, np.ones((4, 2)), np.ones((1, 2)))
    ),
    "Dropout: expected positive integers, got shape=2": lambda: Dropout(0.5).operations(2),
    "Flatten: expected A_prev with the last axes (8, 8), got shape=(8, 8)": lambda: Flatten((8, 8)).forward(
        {}, np.ones((8, 8))
    ),
}


class Broken(Layer):
    """A layer of a reader's own with a fault in its backward pass."""

    def forward(self, params, A_prev, rng=None):
        return A_prev, A_prev

    def backward(self, params, A_prev, dA):
        return dA.missing, {}


def test_a_fault_in_a_layer_of_your_own_is_not_taken_for_a_wrong_cache():
    with pytest.raises(AttributeError, match="missing"):
        Broken().backward({}, np.ones((4, 2)), np.ones((4, 2)))


def test_lists_and_integers_pass_a_layer_as_float64():
    layer, params = Dense(2, 3), {"W": np.arange(6.0).reshape(2, 3), "b": np.ones((1, 3))}
    A, cache = layer.forward(params, np.array([[1.0, 2], [3, 4]]))
    np.testing.assert_array_equal(layer.forward(params, [[1, 2], [3, 4]])[0], A)
    np.testing.assert_array_equal(layer.forward(params=params, A_prev=np.array([[1, 2], [3, 4]]))[0], A)
    np.testing.assert_array_equal(layer.backward(params, cache, A.tolist())[0], layer.backward(params, cache, A)[0])


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message


def test_a_layer_without_bias_is_the_same_everywhere(tmp_path):
    bare = Network([Dense(3, 4, "tanh", bias=False), Dense(4, 2, bias=False)])
    full = Network([Dense(3, 4, "tanh"), Dense(4, 2)])
    params, with_zeros = bare.init(np.random.default_rng(0)), full.init(np.random.default_rng(0))
    X, Y = np.random.default_rng(1).normal(size=(5, 3)), np.random.default_rng(2).normal(size=(5, 2))
    np.testing.assert_array_equal(bare.forward(params, X)[0], full.forward(with_zeros, X)[0])
    assert bare.shapes == ({"W": (3, 4)}, {"W": (4, 2)})
    assert gradient_error(bare, params, X, Y, HalfSquaredError()) < 1e-7
    assert describe(bare).parameters == 20 and "Dense 3->4 without bias" in str(describe(bare))
    assert operations(bare, 1).multiply_adds_forward == operations(full, 1).multiply_adds_forward
    save(tmp_path / "bare.npz", bare, params)
    np.testing.assert_array_equal(load(tmp_path / "bare.npz", bare).theta, params.theta)
    with pytest.raises(ValueError, match="without bias"):
        load(tmp_path / "bare.npz", full)
    ours, theirs = (second_derivatives(net, p, X, Y, "half_squared_error") for net, p in
                    ((bare, params), (full, with_zeros)))
    np.testing.assert_array_equal(ours[0]["W"], theirs[0]["W"])
    mask = remove_units(params, 0.5, np.random.default_rng(3))
    np.testing.assert_array_equal(mask[1]["W"], remove_units(with_zeros, 0.5, np.random.default_rng(3))[1]["W"])
    assert (L2(1.0).grad(params).theta == params.theta).all()
    graph = network_graph(bare, params)
    assert list(graph.b) == [0] * 9
    stages = greedy_autoencoder(bare, params, X, layers=1, loss="half_squared_error", optimizer=SGD(0.1), epochs=2,
                                rng=np.random.default_rng(4))
    assert set(stages[0].params[0]) == {"W", "c"}

"""Convolution and pooling: forward by loops over units, gradients by finite differences, replicas, misfits refused."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp_core import SGD, Dense, Dropout, Flatten, Network, Parameters, fit, gradient_error, numerical_gradient
from mlp_core.activations import Identity, Tanh
from mlp_core.conv import Conv2D, MaxPool2D, MeanPool2D, Pool2D, dense_equivalent
from mlp_core.initializers import Glorot, He, Normal, Uniform
from mlp_core.losses import loss_function

R, B = 3, 4
TOLERANCE = 1e-7
SHAPE = (6, 7, 2)
POOLS = [MaxPool2D, MeanPool2D]
NETS = {
    "max": Network(
        [
            Conv2D(SHAPE, 3, (3, 2), "tanh", Normal(0.5)),
            MaxPool2D((4, 6, 3)),
            Conv2D((2, 3, 3), 4, 2, "softplus", Normal(0.5)),
            Flatten((1, 2, 4)),
            Dense(8, 2),
        ]
    ),
    "mean": Network(
        [
            Conv2D(SHAPE, 3, (1, 2), "elu", Normal(0.5)),
            MeanPool2D((6, 6, 3), 3),
            Flatten((2, 2, 3)),
            Dropout(0.3),
            Dense(12, 2),
        ]
    ),
    "pooling first": Network([MaxPool2D((6, 4, 2)), Conv2D((3, 2, 2), 1, 2), Flatten((2, 1, 1)), Dense(2, 2)]),
    "several convolutions": Network(
        [Conv2D(SHAPE, 2, 3, "tanh"), Conv2D((4, 5, 2), 3, (2, 3), "tanh"), Flatten((3, 3, 3)), Dense(27, 2)]
    ),
}


def rng(seed=0):
    return np.random.default_rng(seed)


def conv(shape=SHAPE, filters=3, kernel_size=(3, 2), activation="tanh", replicas=None, dtype=np.float64):
    """A Conv2D layer and random arrays for it."""
    layer = Conv2D(shape, filters, kernel_size, activation)
    params = Parameters.zeros([layer.shapes()], replicas, dtype)
    params.theta = rng().normal(size=params.theta.shape)
    return layer, params[0]


def images(shape=SHAPE, lead=(B,), seed=1):
    return rng(seed).normal(size=(*lead, *shape))


def loss_gradient(net, params, X, Y, stream=None):
    """Output, gradient with respect to X, and gradient with respect to the parameters."""
    output, caches = net.forward(params, X, stream)
    return output, *net.backward(params, caches, loss_function("softmax_cross_entropy").grad(output, Y))


def one_hot_rows(lead=()):
    return np.eye(2)[rng(2).integers(0, 2, (*lead, B))]


def test_a_convolution_is_the_loop_over_maps_units_and_offsets():
    layer, params = conv()
    X = images()
    A, _ = layer.forward(params, X)
    weights = params["W"].reshape(3, 2, 2, 3)  # kh, kw, C, maps
    assert A.shape == (B, 4, 6, 3)
    for n, y, x, m in np.ndindex(A.shape):
        z = params["b"][0, m] + sum(
            weights[i, j, c, m] * X[n, y + i, x + j, c] for i in range(3) for j in range(2) for c in range(2)
        )
        np.testing.assert_allclose(A[n, y, x, m], np.tanh(z), rtol=1e-12)


def test_the_gradient_of_a_shared_weight_is_the_sum_over_the_units_that_use_it():
    layer, params = conv(activation="identity")
    X, dA = images(), images((4, 6, 3), seed=2)
    _, cache = layer.forward(params, X)
    dX, grads = layer.backward(params, cache, dA)
    for k, (i, j, c) in enumerate(np.ndindex(3, 2, 2)):
        for m in range(3):
            expected = sum(dA[n, y, x, m] * X[n, y + i, x + j, c] for n, y, x in np.ndindex(B, 4, 6))
            np.testing.assert_allclose(grads["W"][k, m], expected, rtol=1e-11)
    np.testing.assert_allclose(grads["b"], dA.sum(axis=(0, 1, 2))[None], rtol=1e-12)
    assert dX.shape == X.shape


@pytest.mark.parametrize("name", NETS)
def test_gradients_of_parameters_and_images_are_the_finite_differences(name):
    net = NETS[name]
    params, X, Y = net.init(rng()), images(net.shape_in), one_hot_rows()
    assert gradient_error(net, params, X, Y, "softmax_cross_entropy", seed=5) < TOLERANCE
    loss = loss_function("softmax_cross_entropy")
    _, dX, _ = loss_gradient(net, params, X, Y, rng(5))
    d = numerical_gradient(lambda X: loss.value(net.forward(params, X, rng(5))[0], Y), X)
    assert np.linalg.norm(dX - d) / (np.linalg.norm(dX) + np.linalg.norm(d)) < TOLERANCE


@settings(max_examples=25)
@given(
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 3)),
    st.integers(1, 3),
    st.tuples(st.integers(1, 5), st.integers(1, 5)),
    st.sampled_from(["identity", "tanh", "softplus", "softmax"]),
    st.integers(0, 100),
)
def test_a_convolution_of_any_size_has_the_gradient_of_the_finite_differences(shape, maps, kernel, phi, seed):
    kernel = tuple(np.minimum(kernel, shape[:2]).tolist())
    layer = Conv2D(shape, maps, kernel, phi, Normal(0.5))
    net = Network([layer, Flatten(layer.shape_out), Dense(np.prod(layer.shape_out), 2)])
    params, X = net.init(rng(seed)), images(shape, (2,), seed)
    Y = rng(seed).normal(size=(2, 2))
    assert gradient_error(net, params, X, Y, "half_squared_error") < TOLERANCE


def test_patches_are_read_line_by_line_with_the_channels_last():
    X = np.arange(3 * 4 * 2).reshape(1, 3, 4, 2)
    rows = Conv2D((3, 4, 2), 1, (2, 3)).patches(X)
    assert rows.shape == (4, 12)
    np.testing.assert_array_equal(rows[1], X[0, 0:2, 1:4].ravel())
    np.testing.assert_array_equal(rows[2], X[0, 1:3, 0:3].ravel())


def test_fold_is_the_adjoint_of_patches():
    layer, X = Conv2D(SHAPE, 1, (3, 2)), images()
    rows = layer.patches(X)
    other = rng(2).normal(size=rows.shape)
    np.testing.assert_allclose((rows * other).sum(), (X * layer.fold(other)).sum(), rtol=1e-12)
    counts = layer.fold(layer.patches(np.ones_like(X)))
    np.testing.assert_array_equal(counts[0, :, :, 0], np.outer([1, 2, 3, 3, 2, 1], [1, 2, 2, 2, 2, 2, 1]))


def test_one_pixel_alters_the_units_that_see_it_and_no_other():
    layer, params = conv((28, 28, 1), 1, 5)
    X = images((28, 28, 1), (1,))
    A, _ = layer.forward(params, X)
    assert A.shape == (1, 24, 24, 1)
    for (y, x), units in (((10, 12), 25), ((0, 0), 1), ((0, 27), 1), ((3, 13), 20)):
        other = X.copy()
        other[0, y, x] += 1
        changed = np.argwhere(layer.forward(params, other)[0][0, :, :, 0] != A[0, :, :, 0])
        assert len(changed) == units
        assert ((changed <= (y, x)) & (changed > (y - 5, x - 5))).all()


def test_a_convolution_follows_a_shift_of_the_image():
    layer, params = conv()
    X = images()
    A, shifted = (layer.forward(params, image)[0] for image in (X, np.roll(X, (1, 2), axis=(1, 2))))
    np.testing.assert_allclose(shifted[:, 1:, 2:], A[:, :-1, :-2], rtol=1e-13)


def test_a_kernel_of_the_size_of_the_image_is_a_dense_layer():
    layer, params = conv(kernel_size=SHAPE[:2])
    X, dense = images(), Dense(np.prod(SHAPE), 3, "tanh")
    A, cache = layer.forward(params, X)
    expected, dense_cache = dense.forward(params, X.reshape(B, -1))
    np.testing.assert_array_equal(A, expected.reshape(B, 1, 1, 3))
    dX, grads = layer.backward(params, cache, A)
    dense_dX, dense_grads = dense.backward(params, dense_cache, expected)
    np.testing.assert_array_equal(dX, dense_dX.reshape(X.shape))
    np.testing.assert_array_equal(grads["W"], dense_grads["W"])
    np.testing.assert_array_equal(grads["b"], dense_grads["b"])


@pytest.mark.parametrize("kernel", [1, (3, 2), (6, 7)])
def test_a_convolution_equals_its_sparse_tied_dense_layer(kernel):
    layer, params = conv(kernel_size=kernel)
    W, b = dense_equivalent(layer, params)
    dense, X = Dense(*W.shape, "tanh"), images()
    A, cache = layer.forward(params, X)
    expected, dense_cache = dense.forward({"W": W, "b": b}, X.reshape(B, -1))
    np.testing.assert_allclose(A.reshape(B, -1), expected, rtol=1e-12, atol=1e-14)
    dX, grads = layer.backward(params, cache, A)
    dense_dX, dense_grads = dense.backward({"W": W, "b": b}, dense_cache, A.reshape(B, -1))
    np.testing.assert_allclose(dX.reshape(B, -1), dense_dX, rtol=1e-11, atol=1e-13)
    for k in np.ndindex(params["W"].shape):
        tied = W == params["W"][k]
        np.testing.assert_allclose(grads["W"][k], dense_grads["W"][tied].sum(), rtol=1e-10, atol=1e-12)


def test_the_dense_equivalent_of_a_signal_is_a_toeplitz_matrix():
    layer = Conv2D((1, 9, 1), 1, (1, 3))
    W, b = dense_equivalent(layer, {"W": np.array([[1.0], [2.0], [3.0]]), "b": np.array([[4.0]])})
    matrix = W.T
    assert matrix.shape == (7, 9)
    assert np.count_nonzero(matrix) == 21
    assert set(matrix[matrix != 0]) == {1, 2, 3}
    np.testing.assert_array_equal(matrix[1:, 1:], matrix[:-1, :-1])
    np.testing.assert_array_equal(matrix[0], [1, 2, 3, 0, 0, 0, 0, 0, 0])
    np.testing.assert_array_equal(b, np.full((1, 7), 4.0))


def test_locality_saves_multiply_adds_and_sharing_saves_weights():
    layer, params = conv((28, 28, 1), 1, 5)
    W, b = dense_equivalent(layer, params)
    assert (W.size, W.size + b.size) == (451_584, 452_160)
    assert np.count_nonzero(W) == layer.operations((28, 28, 1))[0] == 14_400
    assert (params["W"].size, params["W"].size + params["b"].size) == (25, 26)


def test_the_dense_equivalent_keeps_the_dtype():
    layer, params = conv(dtype=np.float32)
    assert [array.dtype for array in dense_equivalent(layer, params)] == [np.float32] * 2


@pytest.mark.parametrize("lead", [(B,), (R, B)])
@pytest.mark.parametrize("size", [2, 3])
def test_pooling_is_the_loop_over_windows(size, lead):
    X = images((6, 12, 2), lead)
    largest, _ = MaxPool2D((6, 12, 2), size).forward({}, X)
    mean, _ = MeanPool2D((6, 12, 2), size).forward({}, X)
    assert largest.shape == mean.shape == (*lead, 6 // size, 12 // size, 2)
    for index in np.ndindex(largest.shape):
        *n, y, x, c = index
        window = X[(*n, slice(y * size, (y + 1) * size), slice(x * size, (x + 1) * size), c)]
        assert largest[index] == window.max()
        np.testing.assert_allclose(mean[index], window.mean(), rtol=1e-12, atol=1e-15)


def test_max_pooling_sends_the_gradient_to_one_winner_the_first_in_row_major_order():
    X = np.array([[3.0, 1, 7, 7], [3, 3, 7, 7], [0, 5, -1, -2], [5, 0, -1, 4]])[None, :, :, None]
    A, cache = MaxPool2D((4, 4, 1)).forward({}, X)
    np.testing.assert_array_equal(A[0, :, :, 0], [[3, 7], [5, 4]])
    dX, grads = MaxPool2D((4, 4, 1)).backward({}, cache, np.array([[10.0, 20], [30, 40]])[None, :, :, None])
    np.testing.assert_array_equal(dX[0, :, :, 0], [[10, 0, 20, 0], [0, 0, 0, 0], [0, 30, 0, 0], [0, 0, 0, 40]])
    assert grads == {}


def test_mean_pooling_shares_the_gradient_equally():
    layer = MeanPool2D((2, 4, 1))
    _, cache = layer.forward({}, images((2, 4, 1), (1,)))
    dX, grads = layer.backward({}, cache, np.array([8.0, 16.0]).reshape(1, 1, 2, 1))
    np.testing.assert_array_equal(dX[0, :, :, 0], [[2, 2, 4, 4], [2, 2, 4, 4]])
    assert grads == {}


@pytest.mark.parametrize("pool", POOLS)
def test_a_map_is_pooled_alone(pool):
    X = images((4, 4, 3))
    other = X.copy()
    other[..., 1] += 1
    changed = pool((4, 4, 3)).forward({}, X)[0] != pool((4, 4, 3)).forward({}, other)[0]
    np.testing.assert_array_equal(changed, np.broadcast_to([False, True, False], changed.shape))


@pytest.mark.parametrize("layer", [Conv2D(SHAPE, 2, 3), MaxPool2D((6, 4, 2)), MeanPool2D((6, 4, 2))], ids=str)
def test_a_layer_leaves_what_it_is_given_as_it_was(layer):
    params = Parameters.zeros([layer.shapes()])[0]
    for array in params.values():
        array[...] = rng().normal(size=array.shape)
    X, dA = images(layer.shape_in), images(layer.shape_out, seed=2)
    given = [*params.values(), X, dA]
    before = [array.copy() for array in given]
    layer.backward(params, layer.forward(params, X)[1], dA)
    for array, copy in zip(given, before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("name", NETS)
def test_replica_r_equals_the_single_run_r_bit_for_bit(name, own, dtype):
    net = NETS[name]
    params = net.init(rng(), replicas=R, dtype=dtype)
    lead = (R, B) if own else (B,)
    X, Y = images(net.shape_in, lead).astype(dtype), one_hot_rows(lead[:-1]).astype(dtype)
    output, dX, grads = loss_gradient(net, params, X, Y, rng(7).spawn(R))
    assert output.dtype == dX.dtype == grads.theta.dtype == dtype
    for r, stream in enumerate(rng(7).spawn(R)):
        X_r, Y_r = (X[r], Y[r]) if own else (X, Y)
        single, single_dX, single_grads = loss_gradient(net, params.replica(r), X_r, Y_r, stream)
        np.testing.assert_array_equal(output[r], single, strict=True)
        np.testing.assert_array_equal(dX[r], single_dX, strict=True)
        np.testing.assert_array_equal(grads.theta[r], single_grads.theta, strict=True)


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pooling_shared_images_hands_each_replica_its_gradient_back(pool, dtype):
    layer, X, dA = pool((4, 4, 2)), images((4, 4, 2)).astype(dtype), images((2, 2, 2), (R, B)).astype(dtype)
    _, cache = layer.forward({}, X)
    dX, _ = layer.backward({}, cache, dA)
    assert dX.dtype == dtype
    for r in range(R):
        np.testing.assert_array_equal(dX[r], layer.backward({}, cache, dA[r])[0], strict=True)


@pytest.mark.parametrize("own", [False, True])
def test_a_convolutional_network_trains_and_each_replica_as_the_single_run(own):
    net = Network([Conv2D((6, 6, 1), 4, 3, "tanh"), MaxPool2D((4, 4, 4)), Flatten((2, 2, 4)), Dense(16, 2)])
    X = images((6, 6, 1), (R, 20) if own else (20,))
    Y = np.eye(2)[(X[..., 2:4, 2:4, 0].mean(axis=(-2, -1)) > 0).astype(int)]
    settings = dict(loss="softmax_cross_entropy", optimizer=SGD(0.1, 0.9), epochs=20, batch_size=6)
    streams = rng().spawn(R)
    together = net.init(streams)
    history = fit(net, together, X, Y, rng=streams, **settings)
    assert (history.train["loss"][-1] < 0.5 * history.train["loss"][0]).all()
    for r, stream in enumerate(rng().spawn(R)):
        alone = net.init(stream)
        X_r, Y_r = (X[r], Y[r]) if own else (X, Y)
        fit(net, alone, X_r, Y_r, rng=stream, **settings)
        np.testing.assert_allclose(together.theta[r], alone.theta, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("initializer", [Glorot(), He(), Uniform(0.3), Normal(2)], ids=str)
def test_first_weights_are_drawn_for_the_inputs_of_a_unit_and_the_units_of_an_input(initializer):
    layer = Conv2D((8, 8, 3), 4, (5, 2), "relu", initializer)
    params, stream = Network([layer]).init(rng()), rng()
    expected = initializer.init(stream, (5 * 2 * 3, 5 * 2 * 4))[:, :4]
    np.testing.assert_array_equal(params[0]["W"], expected)
    biases = initializer.init_bias(stream, (1, 4))
    np.testing.assert_array_equal(params[0]["b"], biases)


def test_glorot_weights_have_the_variance_of_both_fans():
    layer = Conv2D((20, 20, 30), 60, 5)
    W = Network([layer]).init(rng())[0]["W"]
    np.testing.assert_allclose(W.var(), 2 / (25 * 30 + 25 * 60), rtol=0.02)


def test_a_small_chain_has_the_shapes_and_parameters_of_lenet():
    net = Network(
        [
            Conv2D((28, 28, 1), 6, 5),
            MeanPool2D((24, 24, 6)),
            Conv2D((12, 12, 6), 16, 5),
            MaxPool2D((8, 8, 16)),
            Flatten((4, 4, 16)),
            Dense(256, 10),
        ]
    )
    expected = [(28, 28, 1), (24, 24, 6), (12, 12, 6), (8, 8, 16), (4, 4, 16), (256,), (10,)]
    assert net.example_shapes() == expected
    A, params = images((28, 28, 1)), net.init(rng())
    for layer, views, shape in zip(net.layers, params, expected[1:], strict=True):
        A, _ = layer.forward(views, A)
        assert A.shape == (B, *shape)
    assert [sum(view.size for view in views.values()) for views in params] == [156, 0, 2416, 0, 0, 2570]


def test_the_cost_of_a_layer_is_that_of_one_image():
    assert Conv2D(SHAPE, 3, (3, 2)).operations(SHAPE) == (4 * 6 * 12 * 3, 4 * 6 * (12 + 3))
    assert MaxPool2D((6, 4, 2)).operations((6, 4, 2)) == (0, 3 * 2 * 2)
    assert MeanPool2D((6, 4, 2)).operations((6, 4, 2)) == (0, 0)


def test_layers_are_frozen_and_equal_by_their_hyperparameters():
    assert Conv2D([6, 7, 2], 3, 2) == Conv2D((6, 7, 2), np.int64(3), [2, 2], Identity(), Glorot())
    assert Conv2D(SHAPE, 3, 2, "tanh").activation == Tanh()
    assert Conv2D(SHAPE, 3, 2, initializer="he").initializer == He()
    assert MaxPool2D([4, 6, 2]) == MaxPool2D((4, 6, 2), 2) != MeanPool2D((4, 6, 2), 2)
    assert issubclass(MaxPool2D, Pool2D)
    for layer in (Conv2D(SHAPE, 3, 2), MaxPool2D((4, 6, 2)), MeanPool2D((4, 6, 2))):
        with pytest.raises(dataclasses.FrozenInstanceError):
            layer.shape = (2, 2, 2)


def test_layers_are_written_with_their_shapes_in_plain_numbers():
    six, three = np.int64(6), np.int32(3)
    layer, pool = Conv2D([six, 7, 2], 3, (three, 2)), MeanPool2D((six, 6, 1), three)
    assert (str(layer), repr(layer.shape), repr(layer.kernel_size)) == ("Conv2D 6x7x2->4x6x3", "(6, 7, 2)", "(3, 2)")
    assert (str(pool), repr(pool.shape), repr(pool.size)) == ("MeanPool2D 6x6x1->2x2x1", "(6, 6, 1)", "3")
    assert repr(Conv2D(SHAPE, three, 2).filters) == "3"
    assert str(MaxPool2D((4, 6, 3))) == "MaxPool2D 4x6x3->2x3x3"


LAYER, ARRAYS = conv()
POOL = MaxPool2D((4, 4, 1))
IMAGE = ": expected three positive integers (height, width, channels), got shape="
ARRAYS_OF = "dense_equivalent: expected arrays of shapes {'W': (12, 3), 'b': (1, 3)}"
WRONG = {
    "Conv2D: expected True or False, got trainable=None": lambda: Conv2D((5, 5, 1), 2, 2, trainable=None),
    f"Conv2D{IMAGE}(28, 28)": lambda: Conv2D((28, 28), 3, 5),
    f"Conv2D{IMAGE}28": lambda: Conv2D(28, 3, 5),
    f"Conv2D{IMAGE}(28, 28, 0)": lambda: Conv2D((28, 28, 0), 3, 5),
    f"Conv2D{IMAGE}(28, 28, True)": lambda: Conv2D((28, 28, True), 3, 5),
    f"Conv2D{IMAGE}'123'": lambda: Conv2D("123", 3, 5),
    f"MeanPool2D{IMAGE}(4, 4.0, 1)": lambda: MeanPool2D((4, 4.0, 1)),
    "Conv2D: expected a positive integer, got filters=0": lambda: Conv2D(SHAPE, 0, 3),
    "Conv2D: expected a positive integer, got filters='3'": lambda: Conv2D(SHAPE, "3", 3),
    "Conv2D: expected one or two integers of at most 6x7, got kernel_size=7": lambda: Conv2D(SHAPE, 3, 7),
    "Conv2D: expected one or two integers of at most 6x7, got kernel_size=(6, 8)": lambda: Conv2D(SHAPE, 3, (6, 8)),
    "Conv2D: expected one or two integers of at most 6x7, got kernel_size=0": lambda: Conv2D(SHAPE, 3, 0),
    "Conv2D: expected one or two integers of at most 6x7, got kernel_size=(3, 2, 2)": (
        lambda: Conv2D(SHAPE, 3, (3, 2, 2))
    ),
    "Conv2D: expected one or two integers of at most 6x7, got kernel_size=(3, True)": (
        lambda: Conv2D(SHAPE, 3, (3, True))
    ),
    "Conv2D: expected one or two integers of at most 6x7, got kernel_size='33'": lambda: Conv2D(SHAPE, 3, "33"),
    "initializer: expected one of uniform, normal, glorot, he, got name='one'": (
        lambda: Conv2D(SHAPE, 3, 3, "tanh", "one")
    ),
    "MaxPool2D: expected a positive integer that divides 4 and 6, got size=4": lambda: MaxPool2D((4, 6, 1), 4),
    "MaxPool2D: expected a positive integer that divides 6 and 4, got size=3": lambda: MaxPool2D((6, 4, 1), 3),
    "MeanPool2D: expected a positive integer that divides 5 and 5, got size=2": lambda: MeanPool2D((5, 5, 1)),
    "MaxPool2D: expected a positive integer that divides 4 and 6, got size=0": lambda: MaxPool2D((4, 6, 1), 0),
    "MaxPool2D: expected a positive integer that divides 4 and 6, got size='2'": lambda: MaxPool2D((4, 6, 1), "2"),
    "Conv2D: expected A_prev with the last axes (6, 7, 2), got shape=(6, 7, 2)": (
        lambda: LAYER.forward(ARRAYS, np.ones(SHAPE))
    ),
    "Conv2D: expected A_prev with the last axes (6, 7, 2), got shape=(4, 6, 7)": (
        lambda: LAYER.forward(ARRAYS, np.ones((4, 6, 7)))
    ),
    "MaxPool2D: expected A_prev with the last axes (4, 4, 1), got shape=(3, 4, 4, 2)": (
        lambda: POOL.forward({}, np.ones((3, 4, 4, 2)))
    ),
    "MeanPool2D: expected A_prev with the last axes (4, 4, 1), got shape=(3, 16)": (
        lambda: MeanPool2D((4, 4, 1)).forward({}, np.ones((3, 16)))
    ),
    "Conv2D: expected cache and dA of one forward pass, got cache=((96, 12), (96, 3)), dA.shape=(1, 4, 6, 3)": (
        lambda: LAYER.backward(ARRAYS, LAYER.forward(ARRAYS, images())[1], np.ones((1, 4, 6, 3)))
    ),
    "MaxPool2D: expected cache and dA of one forward pass, got cache=(3, 2, 2, 1), dA.shape=(1, 2, 2, 1)": (
        lambda: POOL.backward({}, POOL.forward({}, images((4, 4, 1), (3,)))[1], np.ones((1, 2, 2, 1)))
    ),
    "MaxPool2D: expected cache and dA of one forward pass, got cache=(2, 3, 2, 2, 1), dA.shape=(3, 2, 2, 1)": (
        lambda: POOL.backward({}, POOL.forward({}, images((4, 4, 1), (2, 3)))[1], np.ones((3, 2, 2, 1)))
    ),
    "MeanPool2D: expected dA with the last axes (2, 2, 1), got shape=(3, 1, 2, 1)": (
        lambda: MeanPool2D((4, 4, 1)).backward({}, None, np.ones((3, 1, 2, 1)))
    ),
    "dense_equivalent: expected a Conv2D layer, got layer=Dense 2->3": lambda: dense_equivalent(Dense(2, 3), ARRAYS),
    f"{ARRAYS_OF}, got params={{'W': (3, 12, 3), 'b': (3, 1, 3)}}": lambda: dense_equivalent(*conv(replicas=3)),
    f"{ARRAYS_OF}, got params=Parameters": lambda: dense_equivalent(LAYER, Parameters.zeros([LAYER.shapes()])),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message


@pytest.mark.parametrize("pool", POOLS)
def test_kernels_and_windows_as_large_as_the_image_are_allowed(pool):
    assert Conv2D((3, 4, 1), 2, (3, 4)).shape_out == (1, 1, 2)
    assert pool((3, 3, 2), 3).shape_out == (1, 1, 2)
    assert pool((3, 3, 2), 1).shape_out == (3, 3, 2)

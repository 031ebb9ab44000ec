"""Networks: layers in order, lecture notation, properties of the forward and backward pass, misfits refused."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp_core import MLP, Dense, Dropout, Flatten, HalfSquaredError, Network, Parameters
from mlp_core.activations import Identity, Logistic, ReLU, Tanh
from mlp_core.conv import Conv2D, MaxPool2D, MeanPool2D
from mlp_core.initializers import He
from mlp_core.layers import Layer
from mlp_core.network import CHUNK, Description, Operations, describe, operations, streams


def rng(seed=0):
    return np.random.default_rng(seed)


NETWORKS = st.builds(
    lambda sizes, hidden, output: MLP(sizes, hidden, output),
    st.lists(st.integers(1, 6), min_size=2, max_size=5),
    st.sampled_from(["tanh", "relu", "logistic", "elu", "softplus", "leaky_relu"]),
    st.sampled_from(["identity", "logistic", "softmax"]),
)
property_of_networks = settings(max_examples=60)


def random_case(net, B, replicas, seed):
    """Parameters, a batch and a gradient of the output for a network, all random."""
    params = net.init(rng(seed), replicas)
    n, m = net.layers[0].n_in, net.layers[-1].n_out
    lead = () if replicas is None else (replicas,)
    return params, rng(seed + 1).normal(size=(B, n)), rng(seed + 2).normal(size=(*lead, B, m))


def test_the_lecture_notation_gives_the_layers():
    net = MLP("2-4-3-2")
    assert net == Network([Dense(2, 4, "tanh"), Dense(4, 3, "tanh"), Dense(3, 2, "identity")])
    assert [type(layer.activation) for layer in net.layers] == [Tanh, Tanh, Identity]
    assert net.init(rng()).theta.shape == (26 + 9,)


def test_sizes_can_be_a_sequence_and_activations_and_initializers_objects():
    net = MLP((np.int64(2), 4, 1), ReLU(), Logistic(beta=2), He())
    assert net == Network([Dense(2, 4, "relu", "he"), Dense(4, 1, Logistic(beta=2), "he")])


def test_a_network_of_two_sizes_has_only_the_output_layer():
    assert MLP("3-1", hidden="relu", output="logistic") == Network([Dense(3, 1, "logistic")])


def test_the_layers_of_a_network_are_a_tuple_whichever_sequence_was_given():
    layers = [Dense(2, 3), Dense(3, 1)]
    net = Network(iter(layers))
    assert net.layers == tuple(layers)
    assert hash(net) == hash(Network(layers))


def test_a_network_is_written_as_its_layers():
    net = Network([Flatten((2, 2)), Dense(4, 3, "relu"), Dropout(0.5), Dense(3, 1)])
    assert str(net) == "Network(Flatten 2x2->4, Dense 4->3, Dropout 0.5, Dense 3->1)"


def test_the_shapes_of_a_network_are_those_of_its_parameters():
    net = Network([Dense(2, 3), Dropout(0.5), Dense(3, 1)])
    assert net.shapes == net.init(rng()).shapes == ({"W": (2, 3), "b": (1, 3)}, {}, {"W": (3, 1), "b": (1, 1)})


def test_forward_is_one_layer_after_the_other():
    net = MLP("3-4-2", hidden="tanh")
    params = net.init(rng())
    X = rng(1).normal(size=(5, 3))
    expected = np.tanh(X @ params[0]["W"] + params[0]["b"]) @ params[1]["W"] + params[1]["b"]
    output, caches = net.forward(params, X)
    np.testing.assert_array_equal(output, expected)
    assert len(caches) == 2


@pytest.mark.parametrize("replicas", [None, 3])
def test_activations_are_what_each_layer_returns_from_the_input_on(replicas):
    net = Network([Dense(3, 4, "tanh"), Dropout(0.5), Dense(4, 2, "logistic")])
    params, X = net.init(rng(), replicas), rng(1).normal(size=(5, 3))
    outputs = net.activations(params, X)
    output, caches = net.forward(params, X)
    assert len(outputs) == 4
    assert outputs[0] is X
    np.testing.assert_array_equal(outputs[-1], output)
    for A, layer, layer_params, A_next in zip(outputs, net.layers, params, outputs[1:], strict=False):
        np.testing.assert_array_equal(layer.forward(layer_params, A)[0], A_next)
    np.testing.assert_array_equal(outputs[1], caches[2][0])  # dropout off
    assert outputs[1].shape == ((5, 4) if replicas is None else (3, 5, 4))
    assert net.activations(net.init(rng(), dtype=np.float32), X.astype(np.float32))[0].dtype == np.float32
    for wrong in (X[0], X[:, :2]):
        with pytest.raises(ValueError, match="^Network: expected X with "):
            net.activations(params, wrong)


def test_forward_without_rng_is_evaluation_and_the_same_every_time():
    net = Network([Dense(3, 50, "tanh"), Dropout(0.5), Dense(50, 1)])
    params, X = net.init(rng()), rng(1).normal(size=(5, 3))
    np.testing.assert_array_equal(net.forward(params, X)[0], net.forward(params, X)[0])
    np.testing.assert_array_equal(
        net.forward(params, X)[0],
        MLP("3-50-1").forward(Parameters([params.shapes[0], params.shapes[2]], params.theta), X)[0],
    )
    assert (net.forward(params, X, rng())[0] != net.forward(params, X)[0]).all()
    np.testing.assert_array_equal(net.forward(params, X, rng())[0], net.forward(params, X, rng())[0])


def test_parameters_of_a_network_are_drawn_layer_by_layer_from_one_stream():
    params, stream = MLP("2-3-1", initializer="normal").init(rng()), rng()
    for layer in params:
        for view in layer.values():
            np.testing.assert_array_equal(view, stream.normal(0, 1, view.shape))


@pytest.mark.parametrize("replicas", [None, 3])
def test_float32_draws_the_same_numbers_rounded(replicas):
    net = MLP("2-3-1")
    double, single = net.init(rng(), replicas), net.init(rng(), replicas, dtype="float32")
    assert double.theta.dtype == np.float64
    np.testing.assert_array_equal(single.theta, double.theta.astype(np.float32), strict=True)


@pytest.mark.parametrize("replicas", [None, 3])
def test_float32_stays_float32_forward_and_backward(replicas):
    net = Network([Dropout(0.1), Dense(2, 3, "elu"), Dropout(0.5), Dense(3, 2, "softmax")])
    params = net.init(rng(), replicas, dtype=np.float32)
    X, Y = np.ones((4, 2), np.float32), np.ones((4, 2), np.float32)
    output, caches = net.forward(params, X, rng())
    dX, grads = net.backward(params, caches, HalfSquaredError().grad(output, Y))
    assert output.dtype == dX.dtype == grads.theta.dtype == np.float32


def test_integers_and_booleans_are_numbers_for_a_float64_network():
    net = MLP("2-3-1")
    params, X = net.init(rng()), np.array([[0, 1], [1, 1]])
    expected = net.forward(params, X.astype(float))[0]
    for dtype in (np.int64, np.uint8, bool, np.float32):
        np.testing.assert_array_equal(net.forward(params, X.astype(dtype))[0], expected)


@property_of_networks
@given(NETWORKS, st.integers(1, 5), st.sampled_from([None, 1, 3]), st.integers(0, 1000))
def test_outputs_and_gradients_have_the_shapes_of_the_docstrings(net, B, replicas, seed):
    params, X, dA = random_case(net, B, replicas, seed)
    lead = () if replicas is None else (replicas,)
    output, caches = net.forward(params, X)
    assert output.shape == dA.shape
    dX, grads = net.backward(params, caches, dA)
    assert dX.shape == (*lead, *X.shape)
    assert grads.shapes == params.shapes
    assert grads.theta.shape == params.theta.shape


@property_of_networks
@given(NETWORKS, st.integers(1, 5), st.integers(0, 1000))
def test_the_gradient_of_the_mean_is_that_of_the_doubled_data(net, B, seed):
    params, X, dA = random_case(net, B, None, seed)
    Y, loss = dA, HalfSquaredError()

    def gradient(X, Y):
        output, caches = net.forward(params, X)
        return net.backward(params, caches, loss.grad(output, Y))[1].theta

    twice = gradient(np.concatenate([X, X]), np.concatenate([Y, Y]))
    np.testing.assert_allclose(twice, gradient(X, Y), rtol=1e-9, atol=1e-12)


@property_of_networks
@given(NETWORKS, st.integers(2, 6), st.integers(0, 1000))
def test_the_order_of_the_examples_orders_the_outputs_and_leaves_the_gradient(net, B, seed):
    params, X, dA = random_case(net, B, None, seed)
    order = rng(seed).permutation(B)
    output, caches = net.forward(params, X)
    permuted, permuted_caches = net.forward(params, X[order])
    np.testing.assert_allclose(permuted, output[order], rtol=1e-12, atol=1e-14)
    dX, grads = net.backward(params, caches, dA)
    permuted_dX, permuted_grads = net.backward(params, permuted_caches, dA[order])
    np.testing.assert_allclose(permuted_dX, dX[order], rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(permuted_grads.theta, grads.theta, rtol=1e-9, atol=1e-12)


@property_of_networks
@given(NETWORKS, st.integers(1, 5), st.integers(0, 1000))
def test_the_gradient_is_linear_in_that_of_the_output(net, B, seed):
    params, X, dA = random_case(net, B, None, seed)
    _, caches = net.forward(params, X)
    one, three = net.backward(params, caches, dA)[1], net.backward(params, caches, 3 * dA)[1]
    np.testing.assert_allclose(three.theta, 3 * one.theta, rtol=1e-12, atol=1e-14)


def test_exchanging_two_hidden_units_leaves_the_function_as_it_is():
    net = MLP("3-4-2")
    params, X = net.init(rng()), rng(1).normal(size=(5, 3))
    swapped = params.copy()
    swapped[0]["W"][:, :2] = params[0]["W"][:, 1::-1]
    swapped[1]["W"][:2] = params[1]["W"][1::-1]
    np.testing.assert_allclose(net.forward(swapped, X)[0], net.forward(params, X)[0], rtol=1e-13)


def test_streams_are_spawned_from_one_generator_or_taken_as_given():
    single, several = rng(), [rng(1), rng(2)]
    assert streams(single, None, "f") is single
    assert streams(several, 2, "f") is several
    spawned = streams(rng(), 3, "f")
    assert [stream.random() for stream in spawned] == [stream.random() for stream in rng().spawn(3)]


def test_a_list_of_generators_says_how_many_replicas_there_are():
    assert MLP("2-1").init([rng(1), rng(2)]).replicas == 2


def test_a_network_knows_the_shape_of_one_example_before_and_after_each_layer():
    net = Network([Dropout(0.1), Dense(3, 4), Dropout(0.5), Dense(4, 2)])
    assert net.shape_in == (3,)
    assert net.example_shapes() == [(3,), (3,), (4,), (4,), (2,)]
    assert Network([Dropout(0.1)]).shape_in is None
    assert Network([Dropout(0.1)]).example_shapes() == [None, None]


def test_flatten_comes_wherever_its_shape_fits():
    net = Network([Dense(4, 6, "tanh"), Flatten((6,)), Dense(6, 2)])
    params, X = net.init(rng()), rng(1).normal(size=(5, 4))
    without = MLP("4-6-2")
    expected, caches = without.forward(without_flatten(params), X)
    output, own_caches = net.forward(params, X)
    np.testing.assert_array_equal(output, expected)
    grads = net.backward(params, own_caches, output)[1]
    np.testing.assert_array_equal(grads.theta, without.backward(without_flatten(params), caches, output)[1].theta)


def without_flatten(params):
    return Parameters([shapes for shapes in params.shapes if shapes], params.theta)


def test_a_network_of_any_width_takes_rows_of_any_width():
    net, X = Network([Dropout(0.5)]), rng().normal(size=(4, 3))
    np.testing.assert_array_equal(net.forward(net.init(rng()), X)[0], X)


class Counting(np.ndarray):
    """An array that counts the multiply-adds of the matrix products it takes part in."""

    count = 0

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **kwargs):
        inputs = [np.asarray(array) for array in inputs]
        result = getattr(ufunc, method)(*inputs, **kwargs)
        if ufunc is np.matmul:
            Counting.count += result.size * inputs[0].shape[-1]
        return result.view(Counting) if isinstance(result, np.ndarray) else result


COSTED = [
    MLP("2-4-3-2"),
    MLP("5-1"),
    Network([Dense(3, 7, "relu"), Dropout(0.5), Dense(7, 2)]),
    Network([Dropout(0.2), Flatten((5,)), Dense(5, 2, "softmax")]),
    Network(
        [
            Conv2D((6, 7, 2), 3, (3, 2), "relu"),
            MaxPool2D((4, 6, 3)),
            Conv2D((2, 3, 3), 2, 2, "tanh"),
            MeanPool2D((1, 2, 2), 1),
            Flatten((1, 2, 2)),
            Dropout(0.5),
            Dense(4, 3),
        ]
    ),
]


@pytest.mark.parametrize("batch", [1, 5])
@pytest.mark.parametrize("net", COSTED, ids=str)
def test_the_cost_is_what_an_instrumented_pass_counts_and_what_its_arrays_occupy(net, batch):
    params, X = net.init(rng()), rng(1).normal(size=(batch, *net.shape_in))
    params = Parameters(params.shapes, params.theta.view(Counting))
    Counting.count = 0
    output, caches = net.forward(params, X, rng(2))
    forward, Counting.count = Counting.count, 0
    dX, grads = net.backward(params, caches, output)
    backward = Counting.count
    cached = [array for cache in caches if cache is not None for array in (cache if type(cache) is tuple else [cache])]
    assert operations(net, batch) == Operations(
        forward,
        backward,
        params.theta.nbytes + sum(array.nbytes for array in cached),
        grads.theta.nbytes + dX.nbytes,
    )


def test_the_cost_of_the_lectures_networks():
    assert operations(MLP("2-4-3-2"), 1) == (26, 52, 8 * (35 + 2 + 4 + 4 + 3 + 3 + 2), 8 * (35 + 2))
    assert operations(MLP("2-4-3-2"), 10).multiply_adds_forward == 260
    assert operations(Network([Conv2D((28, 28, 1), 1, 5)]), 1).multiply_adds_forward == 14_400
    assert operations(MLP((784, 576)), 1).multiply_adds_forward == 451_584
    wide = Network([Dense(np.int32(100_000), np.int32(100_000))])
    assert operations(wide, np.int8(100)).multiply_adds_backward == 2 * 10**12


def test_the_three_ways_to_count_layers_are_told_apart():
    description = describe(MLP("2-4-3-2"))
    assert (description.weight_layers, description.hidden_layers, description.node_layers) == (3, 2, 4)
    assert description.parameters == 35
    assert (
        str(description)
        == repr(description)
        == """\
layer       output  parameters
input       2                0
Dense 2->4  4               12
Dense 4->3  3               15
Dense 3->2  2                8
weight layers: 3, hidden layers: 2, node layers: 4, parameters: 35"""
    )


def test_a_description_has_a_row_for_each_layer_and_counts_those_with_parameters():
    net = Network([Conv2D((4, 4, 1), 2, 3), MaxPool2D((2, 2, 2)), Flatten((1, 1, 2)), Dropout(0.5), Dense(2, 3)])
    description = describe(net)
    assert description == Description(
        (
            ("input", (4, 4, 1), 0),
            ("Conv2D 4x4x1->2x2x2", (2, 2, 2), 20),
            ("MaxPool2D 2x2x2->1x1x2", (1, 1, 2), 0),
            ("Flatten 1x1x2->2", (2,), 0),
            ("Dropout 0.5", (2,), 0),
            ("Dense 2->3", (3,), 9),
        )
    )
    assert (description.weight_layers, description.hidden_layers, description.node_layers) == (2, 1, 3)
    assert str(description).splitlines()[2] == "Conv2D 4x4x1->2x2x2     2x2x2           20"
    assert {len(line) for line in str(description).splitlines()[:-1]} == {22 + 2 + 6 + 2 + 10}


def test_a_layer_with_a_single_parameter_counts():
    description = Description((("input", (1,), 0), ("Scale", (1,), 1), ("Dense 1->1", (1,), 2)))
    assert (description.weight_layers, description.hidden_layers, description.node_layers) == (2, 1, 3)


def test_a_network_without_weights_has_no_hidden_layer():
    description = describe(Network([Dropout(0.5)]))
    assert (description.weight_layers, description.hidden_layers, description.node_layers) == (0, 0, 1)
    assert str(description).splitlines()[1].split() == ["input", "any", "0"]


NET = MLP("2-3-1")
PARAMS, REPLICAS = NET.init(rng()), NET.init(rng(), replicas=3)
DROPPED = Network([Dropout(0.5), Dense(2, 1)])
IMAGES = Network([Flatten((2, 2)), Dense(4, 1)])
MAPS = Network([Conv2D((4, 4, 1), 2, 3), Flatten((2, 2, 2))])
ONE = rng()
ONE_LAYER = MLP("1-1")
WRONG = {
    "Network: expected the caches that forward returned, got caches=None": (
        lambda: ONE_LAYER.backward(ONE_LAYER.init(rng()), None, np.ones((1, 1)))
    ),
    "Network: expected the caches that forward returned, got caches=[]": (
        lambda: ONE_LAYER.backward(ONE_LAYER.init(rng()), [], np.ones((1, 1)))
    ),
    "Network: expected dA to be an array of floats, got dA=[[1.0]]": (
        lambda: ONE_LAYER.backward(ONE_LAYER.init(rng()), [None], [[1.0]])
    ),
    "Network: expected X to be a numpy array, got X=MaskedArray": (
        lambda: ONE_LAYER.forward(ONE_LAYER.init(rng()), np.ma.masked_array(np.ones((1, 1))))
    ),
    "Network: expected parameters of Network(Dense 1->1), got params=NoneType": (
        lambda: ONE_LAYER.backward(None, [None], np.ones((1, 1)))
    ),
    "Network: expected a generator of its own for each replica, got rng[2]=rng[1]": lambda: NET.init([rng(), ONE, ONE]),
    "Network: expected a generator of its own for each replica, got rng[1]=rng[0]": (
        lambda: NET.init([ONE, np.random.Generator(ONE.bit_generator)])
    ),
    "Network: expected X to be a numpy array, got X=list": lambda: NET.forward(NET.init(rng()), [[1.0, 2.0]]),
    "Network: expected at least one layer, got layers=()": lambda: Network([]),
    "Network: expected 64 inputs for layer 2 (Dense 64->10), got 32 from layer 1 (Dense 2->32)": (
        lambda: Network([Dense(2, 32), Dense(64, 10)])
    ),
    "Network: expected 5 inputs for layer 3 (Dense 5->1), got 3 from layer 1 (Dense 2->3)": (
        lambda: Network([Dense(2, 3), Dropout(0.5), Dense(5, 1)])
    ),
    "Network: expected 64 inputs for layer 2 (Dense 64->1), got 49 from layer 1 (Flatten 7x7->49)": (
        lambda: Network([Flatten((7, 7)), Dense(64, 1)])
    ),
    "Network: expected 9 inputs for layer 2 (Dense 9->1), got 3x3x2 from layer 1 (Conv2D 4x4x1->3x3x2)": (
        lambda: Network([Conv2D((4, 4, 1), 2, 2), Dense(9, 1)])
    ),
    "Network: expected 2x3 inputs for layer 2 (Flatten 2x3->6), got 6 from layer 1 (Dense 2->6)": (
        lambda: Network([Dense(2, 6), Flatten((2, 3))])
    ),
    "Network: expected 5 inputs for layer 4 (Dense 5->1), got 4 from layer 2 (Dense 3->4)": (
        lambda: Network([Dense(2, 3), Dense(3, 4), Dropout(0.5), Dense(5, 1)])
    ),
    "Network: expected rows for layer 1 (Dropout 0.2), as Flatten makes them, got shape=(8, 8)": (
        lambda: Network([Dropout(0.2), Flatten((8, 8)), Dense(64, 1)])
    ),
    "Network: expected rows for layer 2 (Dropout 0.5), as Flatten makes them, got shape=(3, 3, 2)": (
        lambda: Network([Conv2D((4, 4, 1), 2, 2), Dropout(0.5), Flatten((3, 3, 2))])
    ),
    "Network: expected a sequence of layers, got layers=3": lambda: Network(3),
    "Network: expected layers, got layers[1]='tanh'": lambda: Network([Dense(2, 3), "tanh"]),
    "Network: expected layers, got layers[0]=array([[0.], [0.]])": lambda: Network([np.zeros((2, 1))]),
    "Network: expected a sequence of layers, got layers=None": lambda: Network(None),
    "Network: expected a numpy Generator, got rng=int": lambda: NET.init(0),
    "Network: expected a numpy Generator, got rng=NoneType": lambda: NET.init(None),
    "Network: expected a numpy Generator or 3 of them, got rng=int": lambda: NET.init(0, replicas=3),
    "Network: expected a numpy Generator or 2 of them, got rng=list": lambda: NET.init([rng(), 1]),
    "Network: expected one generator for each of 3 replicas, got len(rng)=2": lambda: NET.init([rng(), rng()], 3),
    "Network: expected at least one replica, got replicas=0": lambda: NET.init(rng(), replicas=0),
    "Network: expected at least one replica, got replicas=2.0": lambda: NET.init(rng(), replicas=2.0),
    "Network: expected at least one replica, got replicas=True": lambda: NET.init(rng(), replicas=True),
    "Network: expected float64 or float32, got dtype=None": lambda: NET.init(rng(), dtype=None),
    "Network: expected float64 or float32, got dtype='foo'": lambda: NET.init(rng(), dtype="foo"),
    "Network: expected float64 or float32, got dtype=int64": lambda: NET.init(rng(), dtype=np.int64),
    "Network: expected float64 or float32, got dtype='float16'": lambda: NET.init(rng(), dtype="float16"),
    "Network: expected parameters of Network(Dense 2->3, Dense 3->1), got params=Parameters(theta (3,) float64: "
    "{'W': (2, 1), 'b': (1, 1)})": lambda: NET.forward(MLP("2-1").init(rng()), np.ones((4, 2))),
    "Network: expected parameters of Network(Dense 2->3, Dense 3->1), got params=ndarray": (
        lambda: NET.forward(PARAMS.theta, np.ones((4, 2)))
    ),
    "Network: expected X with examples of shape (2, 2), got shape=(4, 2, 3)": (
        lambda: IMAGES.forward(IMAGES.init(rng()), np.ones((4, 2, 3)))
    ),
    "Network: expected X with examples of shape (2, 2), got shape=(2, 2)": (
        lambda: IMAGES.forward(IMAGES.init(rng()), np.ones((2, 2)))
    ),
    "Network: expected X with examples of shape (2, 2), got shape=(5, 4)": (
        lambda: IMAGES.forward(IMAGES.init(rng()), np.ones((5, 4)))
    ),
    "Network: expected X with examples of shape (4, 4, 1), got shape=(5, 4, 4, 3)": (
        lambda: MAPS.forward(MAPS.init(rng()), np.ones((5, 4, 4, 3)))
    ),
    "Network: expected X to be one batch, or one for each of 3 replicas, got shape=(2, 5, 4, 4, 1)": (
        lambda: MAPS.forward(MAPS.init(rng(), replicas=3), np.ones((2, 5, 4, 4, 1)))
    ),
    "Network: expected X with one example a row, got shape=(2,)": lambda: NET.forward(PARAMS, np.ones(2)),
    "Network: expected X with one example a row, got shape=(0, 2)": lambda: NET.forward(PARAMS, np.ones((0, 2))),
    "Network: expected X with 2 columns, got shape=(4, 3)": lambda: NET.forward(PARAMS, np.ones((4, 3))),
    "Network: expected X with 2 columns, got shape=(1, 1)": (
        lambda: DROPPED.forward(DROPPED.init(rng()), np.ones((1, 1)))
    ),
    "Network: expected X to be one batch, got shape=(1, 4, 2)": lambda: NET.forward(PARAMS, np.ones((1, 4, 2))),
    "Network: expected X to be one batch, got shape=(2, 3, 4)": (
        lambda: Network([Dropout(0.5)]).forward(Network([Dropout(0.5)]).init(rng()), np.ones((2, 3, 4)))
    ),
    "Network: expected X to be one batch, or one for each of 3 replicas, got shape=(3, 5, 4, 2)": (
        lambda: NET.forward(REPLICAS, np.ones((3, 5, 4, 2)))
    ),
    "Network: expected X to be one batch, or one for each of 3 replicas, got shape=(2, 4, 2)": (
        lambda: NET.forward(REPLICAS, np.ones((2, 4, 2)))
    ),
    "Network: expected X to be one batch, got shape=(3, 4, 2, 2)": (
        lambda: IMAGES.forward(IMAGES.init(rng()), np.ones((3, 4, 2, 2)))
    ),
    "Network: expected X of dtype float32, as its parameters, got dtype=float64": (
        lambda: NET.forward(NET.init(rng(), dtype=np.float32), np.ones((4, 2)))
    ),
    "Network: expected X of dtype float64, as its parameters, got dtype=complex128": (
        lambda: NET.forward(PARAMS, np.ones((4, 2), complex))
    ),
    "Network: expected a numpy Generator, got rng=int ": lambda: NET.forward(PARAMS, np.ones((4, 2)), 1),
    "Network: expected one generator for each of 3 replicas, got len(rng)=1": (
        lambda: NET.forward(REPLICAS, np.ones((4, 2)), [rng()])
    ),
    "MLP: expected sizes such as \"2-4-1\" or (2, 4, 1), got sizes='2'": lambda: MLP("2"),
    "MLP: expected sizes such as \"2-4-1\" or (2, 4, 1), got sizes='2-x-1'": lambda: MLP("2-x-1"),
    'MLP: expected sizes such as "2-4-1" or (2, 4, 1), got sizes=7': lambda: MLP(7),
    'MLP: expected sizes such as "2-4-1" or (2, 4, 1), got sizes=()': lambda: MLP(()),
    "Network: expected X of dtype float64, as its parameters, got dtype=datetime64[D]": (
        lambda: NET.forward(PARAMS, np.ones((4, 2), "M8[D]"))
    ),
    "operations: expected a Network such as MLP('2-2-1'), got net=[2, 4, 3, 2]": lambda: operations([2, 4, 3, 2], 1),
    "operations: expected a network of known width, got net=Network(Dropout 0.5)": (
        lambda: operations(Network([Dropout(0.5)]), 1)
    ),
    "operations: expected a positive integer, got batch=0": lambda: operations(NET, 0),
    "operations: expected a positive integer, got batch=None": lambda: operations(NET, None),
    "describe: expected a Network such as MLP('2-2-1'), got net='2-4-3-2'": lambda: describe("2-4-3-2"),
    "MLP: expected sizes such as \"2-4-1\" or (2, 4, 1), got sizes='2-0-1'": lambda: MLP("2-0-1"),
    'MLP: expected sizes such as "2-4-1" or (2, 4, 1), got sizes=[2, 3.0, 1]': lambda: MLP([2, 3.0, 1]),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message.strip()


def test_images_of_one_batch_or_of_one_for_each_replica_are_flattened():
    params, X = IMAGES.init(rng(), replicas=3), rng(1).normal(size=(3, 5, 2, 2))
    own = IMAGES.forward(params, X)[0]
    for r in range(3):
        np.testing.assert_array_equal(own[r], IMAGES.forward(params.replica(r), X[r])[0])
        np.testing.assert_array_equal(IMAGES.forward(params, X[0])[0][r], IMAGES.forward(params.replica(r), X[0])[0])


class Watched(Layer):
    """A layer that remembers the shapes it was given."""

    def __init__(self):
        self.seen = []

    def forward(self, params, A_prev, rng=None):
        self.seen.append(A_prev.shape)
        return A_prev, None


CHUNKED = {
    "rows": ([Dense(3, 2, "tanh")], (3,)),
    "images": ([Conv2D((4, 4, 1), 2, 3), MaxPool2D((2, 2, 2)), Flatten((1, 1, 2)), Dense(2, 2)], (4, 4, 1)),
    "maps": ([Conv2D((4, 4, 1), 2, 3, "tanh")], (4, 4, 1)),
    "any width": ([Dropout(0.5)], (3,)),
}


@pytest.mark.parametrize("replicas, own", [(None, False), (2, False), (2, True)])
@pytest.mark.parametrize("kind", CHUNKED)
def test_the_output_of_many_rows_is_computed_in_chunks(kind, replicas, own):
    layers, example = CHUNKED[kind]
    watched, N = Watched(), 2 * CHUNK + 5
    net = Network([*layers, watched]) if kind != "maps" else Network(layers)
    params = net.init(np.random.default_rng(0), replicas)
    X = np.random.default_rng(1).normal(size=(*((replicas,) if own else ()), N, *example))
    output = net.output(params, X)
    assert [shape[-2] for shape in watched.seen] == ([] if kind == "maps" else [CHUNK, CHUNK, 5])
    np.testing.assert_allclose(output, net.forward(params, X)[0], rtol=0, atol=1e-13)


def test_the_output_of_many_rows_keeps_no_caches_of_all():
    net, X = MLP("8-400-400-2"), np.zeros((20 * CHUNK, 8))
    params = net.init(np.random.default_rng(0))
    tracemalloc.start()
    net.output(params, X)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5 * CHUNK * 800 * 8


def test_the_output_refuses_what_forward_refuses():
    net = MLP("3-2")
    with pytest.raises(ValueError, match="Network: expected X with 3 columns, got shape=\\(2000, 4\\)"):
        net.output(net.init(np.random.default_rng(0)), np.zeros((2000, 4)))

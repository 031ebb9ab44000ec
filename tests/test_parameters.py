"""Parameters: one vector, and named views of it that nothing can detach."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp_core import MLP, Parameters
from mlp_core.parameters import check_parameters

SHAPES = [{"W": (2, 3), "b": (1, 3)}, {}, {"W": (3, 1), "b": (1, 1)}]
P = 13


def numbered(replicas=None, dtype=np.float64):
    lead = () if replicas is None else (replicas,)
    return Parameters(SHAPES, np.arange(np.prod((*lead, P)), dtype=dtype).reshape(*lead, P))


def assert_attached(params):
    """A write to the vector is seen in the views, and a write to a view in the vector."""
    params.theta = np.full_like(params.theta, 2)
    for layer in params:
        for view in layer.values():
            assert (view == 2).all()
            view[...] = 3
    assert (params.theta == 3).all()


WAYS = {
    "itself": lambda params: params,
    "copy": Parameters.copy,
    "copy.copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "zeros_like": Parameters.zeros_like,
    "pickle": lambda params: pickle.loads(pickle.dumps(params)),
}


@pytest.mark.parametrize("replicas", [None, 1, 4])
@pytest.mark.parametrize("way", WAYS)
def test_views_stay_attached_whichever_way_parameters_were_made(way, replicas):
    assert_attached(WAYS[way](numbered(replicas)))


@pytest.mark.parametrize("way", [way for way in WAYS if way != "itself"])
def test_a_copy_is_independent_of_its_original(way):
    original = numbered()
    other = WAYS[way](original)
    other.theta += 1
    np.testing.assert_array_equal(original.theta, np.arange(P))
    original.theta = np.full(P, 70.0)
    assert 70 not in other[0]["b"]


@pytest.mark.parametrize("way", [way for way in WAYS if way != "zeros_like"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_copy_has_the_same_numbers_shapes_and_dtype(way, dtype):
    original = numbered(2, dtype)
    other = WAYS[way](original)
    np.testing.assert_array_equal(other.theta, original.theta)
    assert other.theta.dtype == dtype
    assert other.shapes == original.shapes


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_zeros_like_is_zero_and_keeps_shape_and_dtype(dtype):
    zeros = numbered(2, dtype).zeros_like()
    np.testing.assert_array_equal(zeros.theta, np.zeros((2, P), dtype), strict=True)


def test_views_follow_one_another_through_the_vector_with_the_bias_as_the_last_row_of_its_block():
    params = numbered()
    np.testing.assert_array_equal(params[0]["W"], [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(params[0]["b"], [[6, 7, 8]])
    np.testing.assert_array_equal(params[2]["W"], [[9], [10], [11]])
    np.testing.assert_array_equal(params[2]["b"], [[12]])
    assert dict(params[1]) == {}
    assert len(params) == 3
    assert [list(layer) for layer in params] == [["W", "b"], [], ["W", "b"]]
    assert len(params[0]) == 2


def test_views_of_replicas_hold_one_network_a_row():
    params = numbered(4)
    assert params.replicas == 4
    assert params[0]["W"].shape == (4, 2, 3)
    for r in range(4):
        np.testing.assert_array_equal(params[2]["W"][r], params.replica(r)[2]["W"])


def test_a_replica_is_a_view_in_both_directions():
    params = numbered(4)
    third = params.replica(2)
    assert third.replicas is None
    third[0]["W"] = np.full((2, 3), -1.0)
    assert (params.theta[2, :6] == -1).all()
    assert (params.theta[[0, 1, 3]] >= 0).all()
    params.theta = np.zeros((4, P))
    assert not third[0]["W"].any()
    assert_attached(third)


def test_augmented_assignment_to_the_vector_writes_into_it():
    params = numbered()
    vector, W = params.theta, params[0]["W"]
    params.theta -= np.ones(P)
    params.theta *= 2
    assert params.theta is vector
    assert params[0]["W"] is W
    np.testing.assert_array_equal(W, [[-2, 0, 2], [4, 6, 8]])


def test_augmented_assignment_to_an_entry_writes_into_the_vector():
    params = numbered()
    params[0]["W"] += 10
    params[2]["b"] *= 0
    np.testing.assert_array_equal(params.theta, [10, 11, 12, 13, 14, 15, 6, 7, 8, 9, 10, 11, 0])


def test_a_slice_of_an_entry_writes_into_the_vector():
    params = numbered()
    params[0]["W"][1] = 0
    params[0]["W"][:, 2] -= 2
    np.testing.assert_array_equal(params.theta[:6], [0, 1, 0, 0, 0, -2])


def test_an_assigned_array_is_copied_not_kept():
    params, W = numbered(), np.zeros((2, 3))
    params[0]["W"] = W
    W += 1
    assert not params[0]["W"].any()


def test_integers_booleans_and_lists_can_be_assigned():
    params = numbered()
    params[0]["W"] = [[True, False, True], [False, True, False]]
    params[0]["b"] = np.array([[1, 2, 3]], np.uint8)
    params[2]["W"] = np.full((3, 1), -2)
    np.testing.assert_array_equal(params.theta, [1, 0, 1, 0, 1, 0, 1, 2, 3, -2, -2, -2, 12])


def test_an_entry_can_be_assigned_its_own_transpose():
    params = Parameters([{"W": (2, 2)}], np.arange(4.0))
    params[0]["W"] = params[0]["W"].T
    np.testing.assert_array_equal(params.theta, [0, 2, 1, 3])


def test_the_given_vector_is_used_not_copied():
    theta = np.zeros(P)
    assert Parameters(SHAPES, theta).theta is theta


def test_parameters_can_be_views_of_every_other_number_of_a_longer_vector():
    assert_attached(Parameters(SHAPES, np.zeros(2 * P)[::2]))
    assert_attached(Parameters(SHAPES, np.zeros((P, 3)).T))


@settings(max_examples=200)
@given(
    st.lists(st.dictionaries(st.sampled_from("Wbs"), st.tuples(st.integers(1, 3), st.integers(1, 3))), max_size=3),
    st.sampled_from([None, 1, 2, 3]),
    st.lists(st.sampled_from([-3, -2, -1, 1, 2, 3]), min_size=2, max_size=2),
    st.sampled_from("CF"),
)
def test_every_view_shares_the_memory_of_the_vector_whatever_its_strides(shapes, replicas, steps, order):
    size = sum(m * n for layer in shapes for m, n in layer.values())
    theta = np.zeros((7, 3 * size), order=order)[:: steps[0], :: steps[1]][: replicas or 1, :size]
    params = Parameters(shapes, theta[0] if replicas is None else theta)
    theta[...] = np.arange(theta.size).reshape(theta.shape)
    views = [view for layer in params for view in layer.values()]
    lead = () if replicas is None else (len(theta),)
    flat = [view.reshape(*lead, -1) for view in views]
    np.testing.assert_array_equal(np.concatenate([params.theta[..., :0], *flat], axis=-1), params.theta)
    for view in views:
        view[...] = -1
    assert (theta == -1).all()


def test_changing_the_shapes_that_were_given_changes_nothing():
    shapes = [{"W": (2, 2)}]
    params = Parameters(shapes, np.zeros(4))
    shapes[0]["b"] = (1, 2)
    assert params.shapes == ({"W": (2, 2)},)


def test_zeros_has_the_shape_and_dtype_asked_for():
    np.testing.assert_array_equal(Parameters.zeros(SHAPES).theta, np.zeros(P), strict=True)
    zeros = Parameters.zeros(SHAPES, 3, np.float32)
    np.testing.assert_array_equal(zeros.theta, np.zeros((3, P), np.float32), strict=True)


@pytest.mark.parametrize("replicas", [None, 3])
def test_a_vector_that_cannot_be_written_to_is_copied_when_it_comes_out_of_a_pickle(replicas):
    params, buffers = numbered(replicas), []
    content = pickle.dumps(params, protocol=5, buffer_callback=buffers.append)
    restored = pickle.loads(content, buffers=[bytes(buffer) for buffer in buffers])
    np.testing.assert_array_equal(restored.theta, params.theta)
    restored[0]["W"][...] = -7
    assert (restored.theta == -7).sum() == 6 * (replicas or 1)


def test_repr_names_shape_dtype_and_layers():
    assert repr(Parameters([{"W": (1, 2)}, {}], np.zeros((3, 2)))) == (
        "Parameters(theta (3, 2) float64: {'W': (1, 2)}, {})"
    )


WRONG = {
    "Parameters: expected a dict of names and shapes for each layer, got shapes=None": (
        lambda: Parameters(None, np.zeros(2))
    ),
    "Parameters: expected a dict of names and shapes for each layer, got shapes=[{'W': 2}]": (
        lambda: Parameters.zeros([{"W": 2}])
    ),
    "f: expected parameters of a single Network(Dense 1->1), got params=Parameters(theta (2, 2) float64: "
    "{'W': (1, 1), 'b': (1, 1)})": (
        lambda: check_parameters("f", MLP("1-1"), Parameters.zeros(MLP("1-1").shapes, 2), single=True)
    ),
    "Parameters: expected theta of shape (13,) or (R, 13), got shape=(12,)": lambda: Parameters(SHAPES, np.zeros(12)),
    "Parameters: expected theta of shape (13,) or (R, 13), got shape=(13, 1)": lambda: Parameters(
        SHAPES, np.zeros((13, 1))
    ),
    "Parameters: expected theta of shape (13,) or (R, 13), got shape=(1, 1, 13)": lambda: Parameters(
        SHAPES, np.zeros((1, 1, 13))
    ),
    "Parameters: expected a theta that can be written to, got theta.flags.writeable=False": lambda: Parameters(
        SHAPES, np.broadcast_to(np.zeros(13), (3, 13))
    ),
    "Parameters: expected theta to be a float32 or float64 array, got theta=int64": lambda: Parameters(
        SHAPES, np.zeros(13, np.int64)
    ),
    "Parameters: expected theta to be a float32 or float64 array, got theta=list": lambda: Parameters(
        SHAPES, [0.0] * 13
    ),
    "Parameters: expected theta of shape (13,), got shape=()": lambda: setattr(numbered(), "theta", 0.0),
    "Parameters: expected theta of shape (2, 13), got shape=(13,)": lambda: setattr(numbered(2), "theta", np.zeros(13)),
    "Parameters: expected W of shape (2, 3), got shape=(3, 2)": lambda: numbered()[0].__setitem__(
        "W", np.zeros((3, 2))
    ),
    "Parameters: expected b of shape (1, 3), got shape=(3,)": lambda: numbered()[0].__setitem__("b", np.zeros(3)),
    "Parameters: expected b of shape (2, 1, 1), got shape=(1, 1)": lambda: numbered(2)[2].__setitem__(
        "b", np.zeros((1, 1))
    ),
    "Parameters: expected an array of numbers, got theta=Parameters": (
        lambda: setattr(numbered(), "theta", numbered())
    ),
    "Parameters: expected an array of numbers, got W=list": lambda: numbered()[0].__setitem__("W", [[1, 2, 3], [4]]),
    "Parameters: expected an array of numbers, got W=str": lambda: numbered()[0].__setitem__("W", "1"),
    "Parameters: expected an array of numbers, got b=<U1": lambda: numbered()[2].__setitem__("b", np.array([["1"]])),
    "Parameters: expected an array of numbers, got b=complex128": (
        lambda: numbered()[2].__setitem__("b", np.array([[1j]]))
    ),
    "Parameters: expected an array of numbers, got b=NoneType": lambda: numbered()[2].__setitem__("b", None),
    "Parameters: expected replicas to choose from, got theta.shape=(13,)": lambda: numbered().replica(0),
    "Parameters: expected an integer in 0..2, got r=3": lambda: numbered(3).replica(3),
    "Parameters: expected an integer in 0..2, got r=-1": lambda: numbered(3).replica(-1),
    "Parameters: expected an integer in 0..2, got r=1.0": lambda: numbered(3).replica(1.0),
    "Parameters: expected an integer in 0..2, got r=False": lambda: numbered(3).replica(False),
    "Parameters: expected an integer in 0..2, got r=[0, 1]": lambda: numbered(3).replica([0, 1]),
    "Parameters: expected None or a positive integer, got replicas=0": lambda: Parameters.zeros(SHAPES, 0),
    "Parameters: expected None or a positive integer, got replicas=True": lambda: Parameters.zeros(SHAPES, True),
    "Parameters: expected None or a positive integer, got replicas='3'": lambda: Parameters.zeros(SHAPES, "3"),
    "Parameters: expected dtype to be float32 or float64, got dtype=None": lambda: Parameters.zeros(SHAPES, dtype=None),
    "Parameters: expected dtype to be float32 or float64, got dtype='foo'": (
        lambda: Parameters.zeros(SHAPES, dtype="foo")
    ),
    "Parameters: expected dtype to be float32 or float64, got dtype=int64": (
        lambda: Parameters.zeros(SHAPES, dtype=np.int64)
    ),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message


def test_a_refused_assignment_changes_nothing():
    params = numbered()
    with pytest.raises(ValueError):
        params.theta = np.zeros(P - 1)
    with pytest.raises(ValueError):
        params[0]["W"] = np.zeros(3)
    np.testing.assert_array_equal(params.theta, np.arange(P))


def test_there_is_no_way_to_replace_a_layer_or_to_add_or_delete_an_entry():
    params = numbered()
    with pytest.raises(TypeError):
        params[0] = {}
    with pytest.raises((TypeError, AttributeError)):
        del params[0]["W"]
    with pytest.raises(KeyError):
        params[0]["V"] = np.zeros(3)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("replicas", [None, 3])
def test_weights_marks_every_weight_and_no_bias_once_for_all(replicas, dtype):
    params = MLP("2-1-2").init(np.random.default_rng(0), replicas, dtype)
    np.testing.assert_array_equal(params.weights, np.array([1, 1, 0, 1, 1, 0, 0], dtype), strict=True)
    assert params.weights is params.weights and not params.weights.flags.writeable
    assert Parameters([{}], np.zeros(0)).weights.shape == (0,)


@pytest.mark.parametrize("layer", [None, "W", [0], 0.5, 2])
def test_a_layer_that_is_not_there_is_refused(layer):
    params = Parameters.zeros([{"W": (1, 2)}, {}])
    with pytest.raises(ValueError) as error:
        params[layer]
    assert str(error.value) == f"Parameters: expected a layer below 2, got layer={layer!r}"

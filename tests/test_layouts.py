"""Weights in the layouts of other libraries: there and back, and the forward pass written as they write it.

The hidden layers are square, so that a forgotten transpose would pass every check of shapes.
"""

import numpy as np
import pytest

from mlp_core import MLP, Dense, Dropout, Flatten, Network
from mlp_core.layouts import from_keras, from_pytorch, from_sklearn, to_keras, to_pytorch, to_sklearn

NET = MLP("3-3-3-2", "tanh", initializer="normal")
PARAMS = NET.init(np.random.default_rng(0))
X = np.random.default_rng(1).normal(size=(5, 3))
BARE = Network([Dense(3, 3, "tanh", bias=False), Dropout(0.5), Dense(3, 3, "tanh"), Dense(3, 2)])


def test_pytorch_applies_x_times_the_transposed_weight():
    state = to_pytorch(NET, PARAMS)
    assert list(state) == ["0.weight", "0.bias", "2.weight", "2.bias", "4.weight", "4.bias"]
    A = X
    for place in (0, 2):
        A = np.tanh(A @ state[f"{place}.weight"].T + state[f"{place}.bias"])
    np.testing.assert_allclose(
        A @ state["4.weight"].T + state["4.bias"], NET.forward(PARAMS, X)[0], rtol=1e-13
    )


def test_sklearn_and_keras_apply_x_times_the_weight():
    coefs, intercepts = to_sklearn(NET, PARAMS)
    A = np.tanh(np.tanh(X @ coefs[0] + intercepts[0]) @ coefs[1] + intercepts[1]) @ coefs[2] + intercepts[2]
    np.testing.assert_allclose(A, NET.forward(PARAMS, X)[0], rtol=1e-13)
    W1, b1, W2, b2, W3, b3 = to_keras(NET, PARAMS)
    np.testing.assert_allclose(np.tanh(np.tanh(X @ W1 + b1) @ W2 + b2) @ W3 + b3, A, rtol=1e-13)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("net", [NET, BARE], ids=str)
def test_there_and_back_is_the_identity_to_the_last_bit(net, dtype):
    params = net.init(np.random.default_rng(2), dtype=dtype)
    backs = [from_pytorch(net, to_pytorch(net, params)), from_keras(net, to_keras(net, params))]
    if net is NET:
        backs.append(from_sklearn(net, *to_sklearn(net, params)))
    for back in backs:
        assert back.theta.dtype == dtype and back.shapes == params.shapes
        np.testing.assert_array_equal(back.theta, params.theta)


def test_what_is_exported_is_a_copy():
    before = PARAMS.theta.copy()
    coefs, intercepts = to_sklearn(NET, PARAMS)
    for array in [*to_pytorch(NET, PARAMS).values(), *coefs, *intercepts, *to_keras(NET, PARAMS)]:
        array[...] = 0
    np.testing.assert_array_equal(PARAMS.theta, before)


def test_a_place_is_counted_for_each_activation_and_for_dropout():
    assert list(to_pytorch(BARE, BARE.init(np.random.default_rng(0)))) == [
        "0.weight", "3.weight", "3.bias", "5.weight", "5.bias",
    ]


ONE = MLP("2-1")
SHAPES = "[(2, 1), (1,)]"
IMAGES = Network([Flatten((2, 1)), Dense(2, 1)])
WRONG = {
    "to_keras: expected a Network of Dense layers, got net=Network(Flatten 2x1->2, Dense 2->1)": (
        lambda: to_keras(IMAGES, IMAGES.init(np.random.default_rng(0)))
    ),
    "from_keras: expected a Network of Dense layers, got net=2-1": lambda: from_keras("2-1", []),
    "to_pytorch: expected parameters of a single Network(Dense 2->1), got params=NoneType": (
        lambda: to_pytorch(ONE, None)
    ),
    "to_sklearn: expected layers with biases, got net=Network(Dense 2->1 without bias)": (
        lambda: to_sklearn(*(lambda net: (net, net.init(np.random.default_rng(0))))(Network([Dense(2, 1, bias=False)])))
    ),
    f"from_pytorch: expected arrays of shapes {SHAPES}, got [(1, 2), (1,)]": (
        lambda: from_pytorch(ONE, {"0.weight": np.ones((2, 1)), "0.bias": np.ones(1)})
    ),
    f"from_sklearn: expected arrays of shapes {SHAPES}, got []": lambda: from_sklearn(ONE, [np.ones((2, 1))], []),
    f"from_keras: expected arrays of shapes {SHAPES}, got [(2, 1)]": lambda: from_keras(ONE, [np.ones((2, 1))]),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message


@pytest.mark.parametrize("values", [None, 1, "ab", [None], ["a"], [[[1.0], [2.0, 3.0]]]])
def test_what_are_no_arrays_of_numbers_is_refused(values):
    net = MLP("2-1")
    with pytest.raises(ValueError, match="^from_keras: expected arrays of numbers, got weights="):
        from_keras(net, values)
    with pytest.raises(ValueError, match="^from_sklearn: expected arrays of numbers, got coefs="):
        from_sklearn(net, values, [np.zeros(1)])
    with pytest.raises(ValueError, match="^from_pytorch: expected arrays of numbers, got state="):
        from_pytorch(net, values if values is None else [values])

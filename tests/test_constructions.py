"""Constructions: every truth table, and the lecture's weights."""

import numpy as np
import pytest

from mlp_core import datasets
from mlp_core.constructions import GATES, gate, step_network, xor_step_network

BITS, XOR = datasets.xor()
TABLES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0], "nor": [1, 0, 0, 0]}


def table(net, params):
    return net.forward(params, BITS)[0]


@pytest.mark.parametrize("name", TABLES)
def test_a_gate_has_the_truth_table_of_its_name(name):
    np.testing.assert_array_equal(table(*gate(name))[:, 0], TABLES[name])


def test_every_gate_is_tested():
    assert set(GATES) == set(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_a_gate_is_robust_to_half_a_unit_of_noise_on_its_pre_activation(name):
    net, params = gate(name)
    assert abs(net.forward(params, BITS)[1][0][1]).min() == 0.5


def test_the_two_two_one_network_computes_xor():
    net, params = xor_step_network()
    assert str(net) == "Network(Dense 2->2, Dense 2->1)"
    np.testing.assert_array_equal(table(net, params), XOR)


def test_the_weights_of_the_xor_network_are_the_lectures():
    _, params = xor_step_network()
    np.testing.assert_array_equal(params[0]["W"], [[2, -2], [2, -2]])
    np.testing.assert_array_equal(params[0]["b"], [[-1, 3]])
    np.testing.assert_array_equal(params[1]["W"], [[1], [1]])
    np.testing.assert_array_equal(params[1]["b"], [[-2]])


def test_its_hidden_units_are_or_and_nand_joined_by_and():
    net, params = xor_step_network()
    _, caches = net.forward(params, BITS)
    hidden = caches[1][0]
    np.testing.assert_array_equal(hidden[:, 0], TABLES["or"])
    np.testing.assert_array_equal(hidden[:, 1], TABLES["nand"])


def test_rows_of_a_matrix_are_the_weights_into_a_unit():
    net, params = step_network(([[1, 2, 3], [4, 5, 6]], [7, 8]), ([[9, 10]], [11]))
    X = np.random.default_rng(0).normal(size=(20, 3))
    hidden = (X @ np.array([[1, 2, 3], [4, 5, 6]]).T + [7, 8] >= 0).astype(float)
    expected = (hidden @ np.array([[9, 10]]).T + 11 >= 0).astype(float)
    np.testing.assert_array_equal(net.forward(params, X)[0], expected)
    np.testing.assert_array_equal(params[0]["W"], [[1, 4], [2, 5], [3, 6]])


def test_the_border_belongs_to_the_side_of_one():
    net, params = step_network(([[1, -1]], [0]))
    np.testing.assert_array_equal(table(net, params)[:, 0], [1, 0, 1, 1])


WRONG = {
    "gate: expected one of and, or, nand, nor, got name='xor'": lambda: gate("xor"),
    "step_network: expected W (m, n) and b (m,), got shapes=(2,) and (2,)": lambda: step_network(([1, 1], [0, 0])),
    "step_network: expected W (m, n) and b (m,), got shapes=(1, 2) and (2,)": lambda: step_network(([[1, 1]], [0, 0])),
    "step_network: expected W (m, n) and b (m,), got shapes=(1, 2) and ()": lambda: step_network(([[1, 1]], 0)),
    "Network: layer 2 (Dense 3->1) does not fit layer 1 (Dense 2->1): 3 inputs expected, 1 given": (
        lambda: step_network(([[1, 1]], [0]), ([[1, 1, 1]], [0]))
    ),
    "Network: expected at least one layer, got layers=()": lambda: step_network(),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message

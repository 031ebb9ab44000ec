"""Layers without bias wherever a network goes: the right value, or one sentence."""

import numpy as np
import pytest

from mlp_core import L2, MLP, SGD, Dense, Network, describe, gradient_error, operations, storage
from mlp_core.layouts import from_keras, from_pytorch, from_sklearn, to_keras, to_pytorch
from mlp_core.pretraining import TiedAutoencoder, greedy_autoencoder, greedy_supervised, reconstruct
from mlp_core.pruning import optimal_brain_damage, prune, remove_units, second_derivatives

BARE = Network([Dense(2, 4, "tanh", bias=False), Dense(4, 3, "tanh", bias=False), Dense(3, 1, bias=False)])
WEIGHTS = [("W", (2, 4)), ("W", (4, 3)), ("W", (3, 1))]


def bare(replicas=None):
    rng = np.random.default_rng(0)
    return BARE.init(rng, replicas), rng.normal(size=(20, 2)), rng.normal(size=(20, 1))


@pytest.mark.parametrize("replicas", [None, 3])
def test_pruning_knows_layers_without_bias(replicas):
    params, X, Y = bare(replicas)
    h = second_derivatives(BARE, params, X, Y, "half_squared_error")
    assert [item for layer in h.shapes for item in layer.items()] == WEIGHTS
    A = BARE.activations(params, X)[-2]
    np.testing.assert_allclose(h[-1]["W"], (A**2).mean(axis=-2)[..., None], rtol=1e-12)
    assert prune(params, optimal_brain_damage(params, h), 0.5).theta.sum() == 11 * (replicas or 1)
    mask = remove_units(params, 0.5, np.random.default_rng(0))
    np.testing.assert_array_equal((mask[0]["W"] == 0).all(axis=-2), (mask[1]["W"] == 0).all(axis=-1))


@pytest.mark.parametrize("replicas", [None, 3])
def test_pre_training_knows_layers_without_bias(replicas):
    params, X, Y = bare(replicas)
    settings = {"optimizer": SGD(0.1), "epochs": 2, "rng": np.random.default_rng(1), "loss": "half_squared_error"}
    stages = greedy_autoencoder(BARE, params, X, layers=2, **settings)
    assert [list(shapes) for stage in stages for shapes in stage.params.shapes] == [["W", "c"], ["W", "c"]]
    np.testing.assert_array_equal(stages[1].params[0]["W"], params[1]["W"])
    assert reconstruct(stages, X, "half_squared_error").shape == (*params.theta.shape[:-1], 20, 2)
    for stage in greedy_supervised(BARE, params, X, Y, **settings):
        assert all(list(shapes) == ["W"] for shapes in stage.params.shapes)


def test_a_tied_autoencoder_without_bias_has_the_right_gradient_and_says_so():
    net = Network([TiedAutoencoder(Dense(2, 3, "tanh", bias=False))])
    params, (_, X, _) = net.init(np.random.default_rng(0)), bare()
    assert gradient_error(net, params, X, X, "half_squared_error") < 1e-7
    assert str(net) == "Network(TiedAutoencoder 2->3->2 without bias Tanh())"


def test_gradient_checks_and_descriptions_know_layers_without_bias():
    params, X, Y = bare()
    assert gradient_error(BARE, params, X, Y, "half_squared_error", L2(0.1, biases=True)) < 1e-7
    assert describe(BARE).parameters == 8 + 12 + 3 == operations(BARE, 1).multiply_adds_forward
    assert describe(BARE).rows[1] == ("Dense 2->4 without bias", (4,), 8)


def test_a_file_keeps_whether_layers_have_a_bias(tmp_path):
    params, path = bare()[0], tmp_path / "bare.npz"
    storage.save(path, BARE, params)
    np.testing.assert_array_equal(storage.load(path, BARE).theta, params.theta)
    with pytest.raises(ValueError, match="^load: expected parameters of Dense 2->4 Tanh.*Dense 2->4 without bias Tanh"):
        storage.load(path, MLP("2-4-3-1"))


def test_layouts_know_layers_without_bias():
    params = bare()[0]
    for there, back in ((to_pytorch, from_pytorch), (to_keras, from_keras)):
        np.testing.assert_array_equal(back(BARE, there(BARE, params)).theta, params.theta)
    wanted = "expected arrays of shapes [(2, 4), (4, 3), (3, 1)], got "
    with pytest.raises(ValueError) as error:
        from_sklearn(BARE, [layer["W"] for layer in params], [])
    assert str(error.value) == f"from_sklearn: {wanted}[]"

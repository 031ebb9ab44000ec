"""Initializers: the limits and variances of their formulas."""

from functools import partial

import numpy as np
import pytest

from mlp_core import MLP, Conv2D, Dense, Network
from mlp_core.initializers import BY_NAME, Glorot, He, Initializer, Normal, Uniform, initializer

SHAPE = (300, 500)


def weights(scheme, shape=SHAPE):
    return scheme.init(np.random.default_rng(0), shape)


@pytest.mark.parametrize(
    "scheme, limit",
    [(Uniform(), 1), (Uniform(0.25), 0.25), (Glorot(), np.sqrt(6 / 800))],
    ids=str,
)
def test_uniform_weights_fill_the_whole_interval_and_no_more(scheme, limit):
    W = weights(scheme)
    assert W.shape == SHAPE
    assert abs(W).max() <= limit
    np.testing.assert_allclose([W.min(), W.max()], [-limit, limit], rtol=1e-3)
    np.testing.assert_allclose(W.var(), limit**2 / 3, rtol=0.01)


@pytest.mark.parametrize("scheme, scale", [(Normal(), 1), (Normal(0.1), 0.1), (He(), np.sqrt(2 / 300))], ids=str)
def test_normal_weights_have_the_standard_deviation_of_the_formula(scheme, scale):
    W = weights(scheme)
    assert W.shape == SHAPE
    np.testing.assert_allclose(W.mean(), 0, atol=0.01 * scale)
    np.testing.assert_allclose(W.std(), scale, rtol=0.01)
    np.testing.assert_allclose((abs(W) < scale).mean(), 0.6827, atol=0.01)


def test_glorot_keeps_the_variance_of_signals_between_layers_of_equal_width():
    rng = np.random.default_rng(1)
    A = rng.normal(size=(1000, 400))
    np.testing.assert_allclose((A @ weights(Glorot(), (400, 400))).var(), 1, rtol=0.02)


def test_he_keeps_the_mean_square_of_signals_through_a_relu_layer():
    rng = np.random.default_rng(1)
    A = np.maximum(rng.normal(size=(1000, 400)) @ weights(He(), (400, 400)), 0)
    np.testing.assert_allclose((A**2).mean(), 1, rtol=0.05)


@pytest.mark.parametrize("name, drawn", [("uniform", True), ("normal", True), ("glorot", False), ("he", False)])
def test_biases_are_drawn_or_zero_as_the_docstring_says(name, drawn):
    params = Network([Dense(3, 50, "tanh", name)]).init(np.random.default_rng(0))
    assert params[0]["b"].all() if drawn else not params[0]["b"].any()
    assert params[0]["W"].all()


def test_drawn_biases_follow_the_weights_in_the_stream():
    rng = np.random.default_rng(3)
    W, b = rng.uniform(-1, 1, (2, 4)), rng.uniform(-1, 1, (1, 4))
    params = MLP("2-4", initializer="uniform").init(np.random.default_rng(3))
    np.testing.assert_array_equal(params[0]["W"], W)
    np.testing.assert_array_equal(params[0]["b"], b)


@pytest.mark.parametrize("plain, own", [(Uniform(0.5), Uniform(0.5, 2)), (Normal(0.5), Normal(0.5, 2))], ids=str)
@pytest.mark.parametrize("layer", [partial(Dense, 3, 400), partial(Conv2D, (2, 2, 3), 400, 1)])
def test_biases_may_have_a_scale_of_their_own(layer, plain, own):
    params, theirs = (
        Network([layer(initializer=scheme)]).init(np.random.default_rng(5))[0] for scheme in (plain, own)
    )
    np.testing.assert_array_equal(theirs["W"], params["W"])
    np.testing.assert_allclose(theirs["b"], 4 * params["b"], rtol=1e-14)


@pytest.mark.parametrize("scheme", [Uniform(0.5, 0), Normal(0.5, 0)], ids=str)
def test_biases_of_scale_zero_are_zero(scheme):
    params = Network([Dense(3, 50, "tanh", scheme)]).init(np.random.default_rng(0))
    assert params[0]["W"].all() and not params[0]["b"].any()


def test_an_initializer_of_a_readers_own_may_draw_its_biases():
    class Tenth(Glorot):
        def init_bias(self, rng, shape):
            return np.full(shape, 0.1)

    params = MLP("3-4-2", initializer=Tenth()).init(np.random.default_rng(0))
    glorot = MLP("3-4-2").init(np.random.default_rng(0))
    for layer, theirs in zip(params, glorot, strict=True):
        np.testing.assert_array_equal(layer["W"], theirs["W"])
        assert (layer["b"] == 0.1).all()


def test_init_sets_every_bias_whatever_was_there():
    layer = Dense(3, 4)
    params = Network([layer]).init(np.random.default_rng(0))
    params[0]["b"] = np.ones((1, 4))
    layer.init(np.random.default_rng(0), params[0])
    assert not params[0]["b"].any()


def test_a_name_stands_for_its_default_and_an_initializer_for_itself():
    assert [initializer(name) for name in BY_NAME] == [Uniform(1.0), Normal(1.0), Glorot(), He()]
    scheme = Uniform(0.5)
    assert initializer(scheme) is scheme
    assert isinstance(scheme, Initializer)


WRONG = {
    "initializer: expected one of uniform, normal, glorot, he, got name='xavier'": lambda: initializer("xavier"),
    "initializer: expected one of uniform, normal, glorot, he, got name=1": lambda: initializer(1),
    "Uniform: expected a limit above 0, got limit=0": lambda: Uniform(0),
    "Uniform: expected a limit above 0, got limit=nan": lambda: Uniform(np.nan),
    "Uniform: expected a limit above 0, got limit=inf": lambda: Uniform(np.inf),
    "Uniform: expected a limit above 0, got limit='1'": lambda: Uniform("1"),
    "Uniform: expected a limit above 0, got limit=True": lambda: Uniform(True),
    "Normal: expected a scale above 0, got scale=-1": lambda: Normal(-1),
    "Normal: expected a scale above 0, got scale=nan": lambda: Normal(np.nan),
    "Normal: expected a scale above 0, got scale=0": lambda: Normal(0),
    "Normal: expected a scale above 0, got scale=inf": lambda: Normal(np.inf),
    "Normal: expected a scale above 0, got scale=None": lambda: Normal(None),
    "Normal: expected a scale of at least 0 or None, got bias_scale=-1": lambda: Normal(1, -1),
    "Normal: expected a scale of at least 0 or None, got bias_scale=inf": lambda: Normal(bias_scale=np.inf),
    "Normal: expected a scale of at least 0 or None, got bias_scale='0.1'": lambda: Normal(bias_scale="0.1"),
    "Uniform: expected a limit of at least 0 or None, got bias_limit=-0.1": lambda: Uniform(1, -0.1),
    "Uniform: expected a limit of at least 0 or None, got bias_limit=nan": lambda: Uniform(bias_limit=np.nan),
    "Uniform: expected a limit of at least 0 or None, got bias_limit=False": lambda: Uniform(bias_limit=False),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message


@pytest.mark.parametrize("name", BY_NAME)
def test_an_initializer_refuses_what_is_no_generator_and_what_is_no_shape(name):
    for seed in (None, 0, [np.random.default_rng(0)]):
        with pytest.raises(ValueError) as error:
            BY_NAME[name].init(seed, (2, 3))
        assert str(error.value).startswith(f"{type(BY_NAME[name]).__name__}: expected a numpy Generator, got rng=")
    for shape in (None, 2, (2,), (2, 0), (2, 1.5), "23"):
        with pytest.raises(ValueError) as error:
            BY_NAME[name].init(np.random.default_rng(0), shape)
        expected = f"expected two positive integers (n_in, n_out), got shape={shape!r}"
        assert str(error.value) == f"{type(BY_NAME[name]).__name__}: {expected}"

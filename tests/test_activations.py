"""Activations: the values of their formulas, slopes against differences, ranges and kinks as named, safe at every z."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mlp_core.activations import (
    BY_NAME,
    ELU,
    Activation,
    Identity,
    LeakyReLU,
    Logistic,
    ReLU,
    SaturatedLinear,
    Softmax,
    Softplus,
    Step,
    Tanh,
    activation,
    softmax,
)

Z = np.array([[-1000.0, -2.0, -0.5, 0.0], [0.25, 1.0, 2.0, 1000.0]])
ELEMENTWISE = [
    Step(),
    Step(at_zero=0),
    Step(at_zero=0.5),
    Identity(),
    Logistic(),
    Logistic(beta=3),
    Tanh(),
    ReLU(),
    LeakyReLU(),
    LeakyReLU(alpha=0.3),
    LeakyReLU(alpha=0),
    ELU(),
    ELU(alpha=2),
    ELU(alpha=0.5),
    Softplus(),
    SaturatedLinear(),
]
EVERY = [*ELEMENTWISE, Softmax()]
SMOOTH = [Identity(), Tanh()]

EXP1 = np.e
AT = {
    "step": ([-1, 0, 1], [0, 1, 1]),
    "identity": ([-1, 0, 3], [-1, 0, 3]),
    "logistic": ([-np.log(3), 0, np.log(3)], [0.25, 0.5, 0.75]),
    "tanh": ([-np.log(3), 0, np.log(3)], [-0.8, 0, 0.8]),
    "relu": ([-2, 0, 3], [0, 0, 3]),
    "leaky_relu": ([-2, 0, 3], [-0.02, 0, 3]),
    "elu": ([-1, 0, 3], [1 / EXP1 - 1, 0, 3]),
    "softplus": ([-1, 0, 1], [np.log(1 + 1 / EXP1), np.log(2), np.log(1 + EXP1)]),
    "saturated_linear": ([-1, 0.25, 2], [0, 0.25, 1]),
    "softmax": ([0, 0, np.log(2)], [0.25, 0.25, 0.5]),
}


@pytest.mark.parametrize("name", AT)
def test_a_name_stands_for_the_function_of_the_formula(name):
    z, a = AT[name]
    np.testing.assert_allclose(activation(name).f(np.array(z, float)), a, rtol=1e-14, atol=1e-15)


def test_every_name_is_tested():
    assert set(AT) == set(BY_NAME)


@pytest.mark.parametrize("phi", ELEMENTWISE, ids=str)
def test_the_slope_is_the_difference_quotient(phi):
    z, eps = np.linspace(-3, 3, 200), 1e-6
    for kink in phi.kinks:
        z = z[abs(z - kink) > 1e-3]
    assert len(z) >= 190
    np.testing.assert_allclose(phi.df(z), (phi.f(z + eps) - phi.f(z - eps)) / (2 * eps), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("phi", SMOOTH, ids=str)
def test_the_slope_is_the_complex_step_to_the_last_digit(phi):
    z = np.linspace(-3, 3, 50)
    np.testing.assert_allclose(phi.df(z), phi.f(z + 1e-30j).imag / 1e-30, rtol=1e-13)


def test_the_slope_at_a_kink_is_the_one_the_docstring_names():
    zero = np.zeros(1)
    assert ReLU().df(zero) == 0
    assert LeakyReLU(alpha=0.3).df(zero) == 0.3
    assert ELU(alpha=2).df(zero) == 2
    assert (SaturatedLinear().df(np.array([0.0, 1.0])) == 0).all()
    assert (Step().df(np.array([-1.0, 0.0, 1.0])) == 0).all()


@pytest.mark.parametrize("phi", ELEMENTWISE, ids=str)
def test_the_kinks_are_the_points_where_the_value_or_the_slope_jumps(phi):
    eps = 1e-9
    for z in (-1, -0.5, 0, 0.5, 1, 2):
        jump = abs(phi.f(np.array([z + eps])) - phi.f(np.array([z - eps])))
        bend = abs(phi.df(np.array([z + eps])) - phi.df(np.array([z - eps])))
        assert (max(jump.item(), bend.item()) > 1e-3) == (z in phi.kinks)


def test_the_exponential_linear_unit_has_no_kink_at_scale_one_only():
    assert (ELU().kinks, ELU(alpha=1).kinks, ELU(alpha=2).kinks) == ((), (), (0,))


def documented_range(phi):
    """The range as the docstring writes it: its ends, and whether they belong to it."""
    opening, low, high, closing = re.search(r"range \$([\[(])(\S+), (\S+)([\])])\$", type(phi).__doc__).groups()
    ends = {r"\infty": np.inf, r"-\infty": -np.inf, r"-\alpha": -getattr(phi, "alpha", np.nan)}
    low, high = (ends[end] if end in ends else float(end) for end in (low, high))
    return low, high, opening == "[", closing == "]"


@pytest.mark.parametrize("phi", [phi for phi in EVERY if phi != LeakyReLU(alpha=0)], ids=str)
def test_the_values_fill_the_range_and_the_docstring_says_which_ends_belong_to_it(phi):
    low, high, low_belongs, high_belongs = documented_range(phi)
    assert phi.range == (low, high)
    z = np.linspace(-15, 15, 601) / getattr(phi, "beta", 1)
    values = phi.f(np.stack([z, 0 * z], axis=-1)) if phi == Softmax() else phi.f(z)
    assert (values >= low).all() and (values <= high).all()
    assert ((values == low).any(), (values == high).any()) == (low_belongs, high_belongs)
    far = phi.f(np.array([-1e9, 0.0, 1e9]))
    for value, end in ((far[0], low), (far[-1], high)):
        assert abs(value) > 1e6 if np.isinf(end) else abs(value - end) < 1e-15


def test_a_leaky_rectifier_without_a_leak_is_the_rectifier():
    z = np.linspace(-2, 2, 9)
    np.testing.assert_array_equal(LeakyReLU(alpha=0).f(z), ReLU().f(z))
    assert LeakyReLU(alpha=0).range == ReLU().range == (0, np.inf)


def test_an_activation_of_ones_own_has_every_number_as_its_range_and_no_kink():
    assert (Activation.range, Activation.kinks) == ((-np.inf, np.inf), ())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_step_at_zero_is_the_convention_that_was_chosen_and_one_by_default(dtype):
    z = np.array([-1e-30, -0.0, 0.0, 1e-30], dtype)
    for phi, value in ((Step(), 1), (Step(1), 1), (Step(0), 0), (Step(0.5), 0.5)):
        np.testing.assert_array_equal(phi.f(z), np.array([0, value, value, 1], dtype), strict=True)
    assert Step() == Step(1) == BY_NAME["step"]
    assert Step(0).at_zero == 0.0


def test_the_logistic_approaches_the_step_of_one_half_at_zero_as_it_gets_steeper():
    z = np.array([-0.1, 0, 0.1])
    for beta in (1, 2, 10):
        assert Logistic(beta).df(np.zeros(1)) == beta / 4
    np.testing.assert_allclose(abs(Logistic(50).f(z) - Step(0.5).f(z)), [0.00669285, 0, 0.00669285], atol=1e-8)


def test_the_tanh_that_a_lecture_prints_is_that_of_half_the_argument():
    z = np.linspace(-5, 5, 1001)
    printed = (1 - np.exp(-z)) / (1 + np.exp(-z))
    np.testing.assert_allclose(Tanh().f(z / 2), printed, rtol=0, atol=1e-15)
    gap = abs(printed - Tanh().f(z))
    np.testing.assert_allclose((gap.max(), abs(z[gap.argmax()])), (0.3003, 1.06), atol=5e-5)


def test_steepness_stretches_the_logistic():
    z = np.linspace(-2, 2, 9)
    np.testing.assert_allclose(Logistic(beta=3).f(z), Logistic().f(3 * z), rtol=1e-15)
    np.testing.assert_allclose(Logistic(beta=3).df(z), 3 * Logistic().df(3 * z), rtol=1e-15)


def test_tanh_is_the_logistic_stretched_and_shifted():
    z = np.linspace(-5, 5, 50)
    np.testing.assert_allclose(Tanh().f(z), 2 * Logistic(beta=2).f(z) - 1, rtol=0, atol=1e-15)


def test_the_slope_of_the_logistic_is_right_where_the_function_is_flat():
    np.testing.assert_allclose(Logistic().df(np.array([-100.0, 100.0])), np.exp(-100), rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("phi", EVERY, ids=str)
def test_no_number_overflows_and_shape_and_dtype_are_kept(phi, dtype):
    with np.errstate(all="raise", under="ignore"):
        values = phi.f(Z.astype(dtype)), phi.backward(Z.astype(dtype), np.ones_like(Z, dtype))
        slope = phi.df(Z.astype(dtype))
    for value in values:
        assert np.isfinite(value).all()
        assert value.shape == Z.shape
        assert value.dtype == dtype
    assert np.isfinite(slope).all()
    assert slope.dtype == dtype


@pytest.mark.parametrize("made", [Logistic, LeakyReLU, ELU, Step])
def test_a_hyperparameter_of_numpy_type_does_not_change_the_dtype(made):
    phi = made(np.float64(0.5))
    Z = np.ones((1, 2), np.float32)
    assert phi.f(Z).dtype == phi.df(Z).dtype == np.float32


@pytest.mark.parametrize("phi", EVERY, ids=str)
def test_integers_are_treated_as_the_numbers_they_are(phi):
    Z = np.array([[-3, -1], [1, 2]])
    np.testing.assert_allclose(phi.f(Z), phi.f(Z.astype(float)), rtol=1e-15)
    np.testing.assert_allclose(phi.df(Z), phi.df(Z.astype(float)), rtol=1e-15)


@pytest.mark.parametrize("phi", ELEMENTWISE, ids=str)
def test_backward_multiplies_by_the_slope(phi):
    Z, dA = np.random.default_rng(0).normal(size=(2, 4, 3))
    np.testing.assert_allclose(phi.backward(Z, dA), phi.df(Z) * dA, rtol=1e-15)


def test_backward_of_softmax_multiplies_by_the_jacobian():
    Z, dA = np.random.default_rng(0).normal(size=(2, 5, 4, 3))
    J = Softmax().df(Z)
    assert J.shape == (5, 4, 3, 3)
    expected = (J.mT @ dA[..., None])[..., 0]
    np.testing.assert_allclose(Softmax().backward(Z, dA), expected, atol=1e-15)


def test_the_jacobian_of_softmax_is_the_difference_quotient():
    z, eps = np.array([0.3, -1.2, 2.0]), 1e-6
    for j, step in enumerate(eps * np.eye(3)):
        numerical = (softmax(z + step) - softmax(z - step)) / (2 * eps)
        np.testing.assert_allclose(Softmax().df(z)[:, j], numerical, atol=1e-9)


@settings(max_examples=100)
@given(arrays.arrays(float, st.tuples(st.integers(1, 4), st.integers(1, 5)), elements=st.floats(-1e6, 1e6)))
def test_softmax_rows_are_distributions_whatever_is_added_to_them(Z):
    Y_hat = softmax(Z)
    assert (Y_hat >= 0).all()
    np.testing.assert_allclose(Y_hat.sum(axis=-1), 1, rtol=1e-14)
    np.testing.assert_allclose(softmax(Z + 5), Y_hat, atol=1e-9)


@settings(max_examples=100)
@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300))
def test_every_activation_but_softmax_is_monotone(z1, z2):
    low, high = sorted((z1, z2))
    for phi in ELEMENTWISE:
        assert phi.f(np.array([low])) <= phi.f(np.array([high]))


@pytest.mark.parametrize("name", BY_NAME)
def test_nan_stays_nan(name):
    with np.errstate(invalid="ignore"):
        assert np.isnan(activation(name).f(np.array([[np.nan, 1.0]]))[0, 0])


def test_an_activation_stands_for_itself():
    phi = Logistic(beta=2)
    assert activation(phi) is phi
    assert all(isinstance(activation(name), Activation) for name in BY_NAME)


KNOWN = "step, identity, logistic, tanh, relu, leaky_relu, elu, softplus, saturated_linear, softmax"
@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize("dtype", [list, np.int8, np.uint8, np.int16, np.int64])
def test_small_integers_and_lists_are_the_numbers_they_are_and_never_wrap_round(name, dtype):
    phi, Z = BY_NAME[name], np.array([[100, 0, 7], [1, 2, 120]])
    given = Z.tolist() if dtype is list else Z.astype(dtype)
    Z = Z.astype(float)
    np.testing.assert_array_equal(phi.f(given), phi.f(Z))
    np.testing.assert_array_equal(phi.df(given), phi.df(Z))
    np.testing.assert_array_equal(phi.backward(given, given), phi.backward(Z, Z))
    np.testing.assert_array_equal(phi.backward(dA=given, Z=given), phi.backward(Z, Z))


def test_softmax_takes_a_list_as_a_student_types_it():
    np.testing.assert_array_equal(softmax([1, 2, 3]), softmax(np.array([1.0, 2.0, 3.0])))
    np.testing.assert_array_equal(softmax(Z=[[1, 2], [3, 5]]), softmax(np.array([[1.0, 2.0], [3.0, 5.0]])))


@pytest.mark.parametrize(
    "value, got",
    [
        (None, "NoneType"), ("12", "str"), ({1: 2}, "dict"), (["a"], "list"), ([[1], [1, 2]], "list"),
        (np.array([None]), "object"), (np.array(["a"]), "<U1"), (np.ma.masked_array([1.0]), "MaskedArray"),
        (np.ones((1, 1)).view(np.matrix), "matrix"),
    ],
)  # fmt: skip
def test_what_is_no_array_of_numbers_is_refused_by_every_activation(value, got):
    for phi in BY_NAME.values():
        for call in (phi.f, phi.df, lambda Z, phi=phi: phi.backward(Z, np.ones(2))):
            with pytest.raises(ValueError) as error:
                call(value)
            name = type(phi).__name__
            assert str(error.value) == f"{name}: expected Z to be an array of numbers, got Z={got}"


WRONG = {
    "softmax: expected Z to be an array of numbers, got Z=NoneType": lambda: softmax(None),
    "softmax: expected at least one column, got Z.shape=()": lambda: softmax(1.0),
    "softmax: expected at least one column, got Z.shape=(0,)": lambda: softmax([]),
    "Tanh: expected arrays of one shape, got Z.shape=(2,), dA.shape=(1,)": (
        lambda: BY_NAME["tanh"].backward([1, 2], [1])
    ),
    f"activation: expected one of {KNOWN}, got name='sigmoid'": lambda: activation("sigmoid"),
    f"activation: expected one of {KNOWN}, got name=None": lambda: activation(None),
    f"activation: expected one of {KNOWN}, got name=['tanh']": lambda: activation(["tanh"]),
    "Step: expected the value 0, 0.5 or 1, got at_zero=0.25": lambda: Step(0.25),
    "Step: expected the value 0, 0.5 or 1, got at_zero=True": lambda: Step(True),
    "Step: expected the value 0, 0.5 or 1, got at_zero='1'": lambda: Step("1"),
    "Step: expected the value 0, 0.5 or 1, got at_zero=nan": lambda: Step(np.nan),
    "Logistic: expected a steepness above 0, got beta=inf": lambda: Logistic(np.inf),
    "Logistic: expected a steepness above 0, got beta='2'": lambda: Logistic("2"),
    "Logistic: expected a steepness above 0, got beta=True": lambda: Logistic(True),
    "Logistic: expected a steepness above 0, got beta=0": lambda: Logistic(0),
    "Logistic: expected a steepness above 0, got beta=nan": lambda: Logistic(np.nan),
    "LeakyReLU: expected a slope in [0, 1), got alpha=1": lambda: LeakyReLU(1),
    "LeakyReLU: expected a slope in [0, 1), got alpha=-0.1": lambda: LeakyReLU(-0.1),
    "LeakyReLU: expected a slope in [0, 1), got alpha=nan": lambda: LeakyReLU(np.nan),
    "LeakyReLU: expected a slope in [0, 1), got alpha='0.1'": lambda: LeakyReLU("0.1"),
    "LeakyReLU: expected a slope in [0, 1), got alpha=False": lambda: LeakyReLU(False),
    "ELU: expected a scale above 0, got alpha=inf": lambda: ELU(np.inf),
    "ELU: expected a scale above 0, got alpha=None": lambda: ELU(None),
    "ELU: expected a scale above 0, got alpha=0": lambda: ELU(0),
    "ELU: expected a scale above 0, got alpha=nan": lambda: ELU(np.nan),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message

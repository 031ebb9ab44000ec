"""Losses: values of the formulas by hand, gradients against differences, finite at every logit, nothing broadcast."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp_core import (
    BinaryCrossEntropy,
    BinaryLogLoss,
    CategoricalLogLoss,
    HalfSquaredError,
    SoftmaxCrossEntropy,
    numerical_gradient,
    one_hot,
    softmax,
)
from mlp_core.losses import BY_NAME, Loss, loss_function

EVERY = list(BY_NAME.values())
LOGITS = [BinaryCrossEntropy(), SoftmaxCrossEntropy()]


def batch(loss, seed=0, replicas=(), B=5, m=3):
    """Outputs and targets that the loss can take, soft targets where it can."""
    rng = np.random.default_rng(seed)
    output, Y = rng.normal(size=(2, *replicas, B, m))
    if loss in (BinaryLogLoss(), CategoricalLogLoss()):
        output = rng.uniform(0.1, 0.9, output.shape)
    if loss in (SoftmaxCrossEntropy(), CategoricalLogLoss()):
        Y = softmax(Y)
    elif loss != HalfSquaredError():
        Y = rng.uniform(0, 1, Y.shape)
    return output, Y


def test_half_squared_error_by_hand():
    Y_hat, Y = np.array([[1.0, 2.0], [0.0, 5.0]]), np.array([[0.0, 4.0], [0.0, 2.0]])
    np.testing.assert_array_equal(HalfSquaredError().per_example(Y_hat, Y), [2.5, 4.5])
    assert HalfSquaredError().value(Y_hat, Y) == 3.5
    np.testing.assert_array_equal(HalfSquaredError().grad(Y_hat, Y), [[0.5, -1], [0, 1.5]])


def test_binary_cross_entropy_by_hand():
    Z, Y = np.array([[np.log(3), 0.0], [-np.log(3), 0.0]]), np.array([[1.0, 0.0], [1.0, 0.5]])
    expected = [np.log(4 / 3) + np.log(2), np.log(4) + np.log(2)]
    np.testing.assert_allclose(BinaryCrossEntropy().per_example(Z, Y), expected, rtol=1e-15)
    np.testing.assert_allclose(BinaryCrossEntropy().grad(Z, Y), [[-0.125, 0.25], [-0.375, 0]], rtol=1e-15)


def test_softmax_cross_entropy_by_hand():
    Z, Y = np.array([[0, 0, np.log(2)], [0, 0, np.log(2)]]), np.array([[0.0, 0, 1], [0.5, 0.5, 0]])
    np.testing.assert_allclose(SoftmaxCrossEntropy().per_example(Z, Y), [np.log(2), np.log(4)], rtol=1e-15)
    np.testing.assert_allclose(
        SoftmaxCrossEntropy().grad(Z, Y), [[0.125, 0.125, -0.25], [-0.125, -0.125, 0.25]], rtol=1e-15
    )


def test_log_losses_by_hand():
    np.testing.assert_allclose(
        BinaryLogLoss().per_example(np.array([[0.25, 0.5]]), np.array([[1.0, 0.0]])), [np.log(8)], rtol=1e-15
    )
    np.testing.assert_allclose(
        CategoricalLogLoss().per_example(np.array([[0.25, 0.75]]), np.array([[1.0, 0.0]])), [np.log(4)], rtol=1e-15
    )
    np.testing.assert_allclose(
        BinaryLogLoss().grad(np.array([[0.25, 0.5]]), np.array([[1.0, 0.0]])), [[-4, 2]], rtol=1e-15
    )
    np.testing.assert_allclose(
        CategoricalLogLoss().grad(np.array([[0.25, 0.75]]), np.array([[1.0, 0.0]])), [[-4, 0]], rtol=1e-15
    )


@pytest.mark.parametrize("replicas", [(), (3,)])
@pytest.mark.parametrize("loss", EVERY, ids=str)
def test_the_gradient_is_that_of_the_mean_over_the_batch(loss, replicas):
    output, Y = batch(loss, replicas=replicas)
    numerical = numerical_gradient(lambda output: loss.value(output, Y).sum(), output)
    np.testing.assert_allclose(loss.grad(output, Y), numerical, rtol=1e-6, atol=1e-9)


def test_the_gradient_is_the_complex_step_to_the_last_digit():
    for loss in (HalfSquaredError(), SoftmaxCrossEntropy(), BinaryLogLoss(), CategoricalLogLoss()):
        output, Y = batch(loss)
        gradient = np.empty_like(output)
        for i in np.ndindex(output.shape):
            step = np.zeros(output.shape, complex)
            step[i] = 1e-30j
            gradient[i] = loss.value(output + step, Y).imag / 1e-30
        np.testing.assert_allclose(loss.grad(output, Y), gradient, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("loss", EVERY, ids=str)
def test_the_value_is_the_mean_of_the_examples_and_each_replica_has_its_own(loss):
    output, Y = batch(loss, replicas=(4,))
    assert loss.per_example(output, Y).shape == (4, 5)
    assert loss.value(output, Y).shape == (4,)
    for r in range(4):
        assert loss.value(output, Y)[r] == loss.per_example(output[r], Y[r]).mean()
        np.testing.assert_array_equal(loss.grad(output, Y)[r], loss.grad(output[r], Y[r]))


@pytest.mark.parametrize("loss", EVERY, ids=str)
def test_targets_can_be_shared_by_all_replicas(loss):
    output, Y = batch(loss, replicas=(4,))
    shared = np.stack([Y[0]] * 4)
    np.testing.assert_array_equal(loss.per_example(output, Y[0]), loss.per_example(output, shared))
    np.testing.assert_array_equal(loss.grad(output, Y[0]), loss.grad(output, shared))


@pytest.mark.parametrize("loss", EVERY, ids=str)
def test_duplicating_the_batch_keeps_the_value_and_halves_the_gradient(loss):
    output, Y = batch(loss)
    twice = np.concatenate([output, output]), np.concatenate([Y, Y])
    np.testing.assert_allclose(loss.value(*twice), loss.value(output, Y), rtol=1e-14)
    np.testing.assert_allclose(loss.grad(*twice)[:5], loss.grad(output, Y) / 2, rtol=1e-14)


@pytest.mark.parametrize("loss", EVERY, ids=str)
def test_float32_stays_float32(loss):
    output, Y = (Q.astype(np.float32) for Q in batch(loss))
    for value in (loss.per_example(output, Y), loss.value(output, Y), loss.grad(output, Y), loss.link(output)):
        assert value.dtype == np.float32


def test_losses_from_logits_equal_losses_of_the_linked_probabilities():
    pairs = ((BinaryCrossEntropy(), BinaryLogLoss()), (SoftmaxCrossEntropy(), CategoricalLogLoss()))
    for logits, probabilities in pairs:
        Z, Y = batch(logits)
        np.testing.assert_allclose(logits.per_example(Z, Y), probabilities.per_example(logits.link(Z), Y), rtol=1e-13)


def test_two_class_softmax_equals_the_logistic_of_the_difference():
    Z, _ = batch(SoftmaxCrossEntropy(), m=2)
    Y = one_hot(np.array([0, 1, 1, 0, 1]), 2)
    difference, y = Z[:, 1:] - Z[:, :1], Y[:, 1:]
    np.testing.assert_allclose(
        SoftmaxCrossEntropy().per_example(Z, Y), BinaryCrossEntropy().per_example(difference, y), rtol=1e-13
    )


def test_links_give_probabilities_for_logits_and_the_output_itself_otherwise():
    Z = np.array([[0.0, np.log(3)]])
    np.testing.assert_allclose(BinaryCrossEntropy().link(Z), [[0.5, 0.75]], rtol=1e-15)
    np.testing.assert_allclose(SoftmaxCrossEntropy().link(Z), [[0.25, 0.75]], rtol=1e-15)
    for loss in (HalfSquaredError(), BinaryLogLoss(), CategoricalLogLoss()):
        assert loss.link(Z) is Z


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_binary_cross_entropy_of_extreme_logits_is_exact(dtype):
    Z, Y = np.array([[-1000.0], [1000.0], [-1000.0], [1000.0]], dtype), np.array([[0], [1], [1], [0]], dtype)
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_array_equal(BinaryCrossEntropy().per_example(Z, Y), [0, 0, 1000, 1000])
        np.testing.assert_array_equal(BinaryCrossEntropy().grad(Z, Y), np.array([[0], [0], [-1], [1]]) / 4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_cross_entropy_of_extreme_logits_is_exact(dtype):
    Z, Y = np.array([[-1000.0, 1000.0]] * 2, dtype), np.eye(2, dtype=dtype)
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_array_equal(SoftmaxCrossEntropy().per_example(Z, Y), [2000, 0])
        np.testing.assert_array_equal(SoftmaxCrossEntropy().grad(Z, Y), [[-0.5, 0.5], [0, 0]])


def test_a_certain_and_wrong_probability_costs_infinitely_much_and_a_certain_and_right_one_nothing():
    Y_hat, Y = np.array([[0.0, 1.0]] * 2), np.array([[1.0, 0.0], [0.0, 1.0]])
    for loss in (BinaryLogLoss(), CategoricalLogLoss()):
        np.testing.assert_array_equal(loss.per_example(Y_hat, Y), [np.inf, 0])
    np.testing.assert_array_equal(BinaryLogLoss().grad(Y_hat, Y), [[-np.inf, np.inf], [0.5, -0.5]])
    np.testing.assert_array_equal(CategoricalLogLoss().grad(Y_hat, Y), [[-np.inf, 0], [0, -0.5]])


@pytest.mark.parametrize("loss", EVERY, ids=str)
def test_a_prediction_that_is_nan_gives_nan_for_its_example_only(loss):
    output, Y = batch(loss)
    output[1] = np.nan
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(np.isnan(loss.per_example(output, Y)), [False, True, False, False, False])
        np.testing.assert_array_equal(np.isnan(loss.grad(output, Y)).all(axis=-1), [False, True, False, False, False])


def test_a_prediction_that_is_nan_is_not_hidden_by_a_target_of_zero():
    for loss in (BinaryLogLoss(), CategoricalLogLoss()):
        output, Y = np.array([[np.nan, 0.5]]), np.array([[0.0, 1.0]])
        assert np.isnan(loss.per_example(output, Y)).all()
        np.testing.assert_array_equal(np.isnan(loss.grad(output, Y)), [[True, False]])


def test_the_gradient_of_softmax_cross_entropy_holds_for_targets_of_any_sum():
    Z, Y = batch(HalfSquaredError())
    numerical = numerical_gradient(lambda Z: SoftmaxCrossEntropy().value(Z, Y), Z)
    np.testing.assert_allclose(SoftmaxCrossEntropy().grad(Z, Y), numerical, rtol=1e-6, atol=1e-9)


@settings(max_examples=100)
@given(st.sampled_from(LOGITS), st.integers(0, 100), st.floats(1e-3, 1e3))
def test_losses_from_logits_are_finite_and_not_negative(loss, seed, scale):
    Z, Y = batch(loss, seed)
    with np.errstate(all="raise", under="ignore"):
        values = loss.per_example(scale * Z, Y)
    assert np.isfinite(values).all()
    assert (values >= 0).all()


@settings(max_examples=100)
@given(
    st.sampled_from(EVERY),
    st.lists(st.integers(0, 3), min_size=1, max_size=3),
    st.lists(st.integers(0, 3), min_size=1, max_size=3),
)
def test_shapes_that_do_not_agree_are_refused_never_broadcast(loss, output_shape, Y_shape):
    output, Y = np.full(output_shape, 0.5), np.full(Y_shape, 0.5)
    fits = len(output_shape) >= 2 and Y_shape in (output_shape, output_shape[-2:]) and output.size
    for method in (loss.per_example, loss.grad, loss.value):
        if fits:
            assert np.isfinite(method(output, Y)).all()
        else:
            with pytest.raises(ValueError, match=r"expected output and Y of one shape \(B, m\), got output.shape="):
                method(output, Y)


def test_a_name_stands_for_its_loss_and_a_loss_for_itself():
    names = {
        "half_squared_error": HalfSquaredError(),
        "binary_cross_entropy": BinaryCrossEntropy(),
        "softmax_cross_entropy": SoftmaxCrossEntropy(),
        "binary_log_loss": BinaryLogLoss(),
        "categorical_log_loss": CategoricalLogLoss(),
    }
    assert {name: loss_function(name) for name in BY_NAME} == names
    assert all(loss_function(loss) is loss for loss in EVERY)
    assert all(isinstance(loss, Loss) for loss in EVERY)


@pytest.mark.parametrize("loss", EVERY, ids=str)
def test_targets_the_loss_is_made_for_pass(loss):
    loss.check_targets(batch(loss)[1])
    loss.check_targets(np.eye(3))
    loss.check_targets(np.eye(3, dtype=np.float32))


def test_any_number_is_a_target_of_half_squared_error():
    HalfSquaredError().check_targets(np.array([[-3.0, 1e9]]))


TWO, THREE = np.full((2, 1), 0.5), np.full((3, 1), 0.5)
KNOWN = ", ".join(BY_NAME)
@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize("dtype", [list, bool, np.uint8, np.int8, np.int64])
def test_integers_and_lists_are_taken_as_the_numbers_they_are(name, dtype):
    loss, output, Y = BY_NAME[name], np.eye(2)[[0, 1, 1]], np.eye(2)[[0, 1, 0]]
    given = [Q.tolist() if dtype is list else Q.astype(dtype) for Q in (output, Y)]
    for method in (loss.per_example, loss.value, loss.grad):
        np.testing.assert_array_equal(method(*given), method(output, Y))
        assert dtype is list or method(output.astype(np.float32), given[1]).dtype == np.float32
    np.testing.assert_array_equal(loss.link(given[0]), loss.link(output))
    loss.check_targets(given[1])


def test_weights_are_those_of_the_examples_and_may_be_a_list():
    Y_hat = np.array([[1.0], [2.0], [3.0]])
    half = HalfSquaredError()
    assert half.value(Y_hat, 0 * Y_hat, [0, 3, 0]) == 2 == half.value(Y_hat, 0 * Y_hat, np.array([0.0, 3, 0]))
    many = half.value(np.stack([Y_hat, 2 * Y_hat]), 0 * Y_hat, [[3, 0, 0], [0, 3, 0]])
    np.testing.assert_array_equal(many, [0.5, 8])
    narrow = half.value(Y_hat.astype(np.float32), 0 * Y_hat.astype(np.float32), [0, 3, 0])
    assert narrow.dtype == np.float32


WRONG = {
    "HalfSquaredError: expected weights of the shape of the losses, (3,), got shape=(3, 1)": (
        lambda: HalfSquaredError().value(THREE, THREE, THREE)
    ),
    "HalfSquaredError: expected weights to be an array of numbers, got weights=str": (
        lambda: HalfSquaredError().value(THREE, THREE, "balanced")
    ),
    "HalfSquaredError: expected output and Y of one shape (B, m), got output.shape=(3, 1), Y.shape=(3,)": (
        lambda: HalfSquaredError().value(THREE, THREE[:, 0])
    ),
    "BinaryCrossEntropy: expected output and Y of one shape (B, m), got output.shape=(3,), Y.shape=(3,)": (
        lambda: BinaryCrossEntropy().grad(THREE[:, 0], THREE[:, 0])
    ),
    "SoftmaxCrossEntropy: expected output and Y of one shape (B, m), got output.shape=(3, 1), Y.shape=(2, 1)": (
        lambda: SoftmaxCrossEntropy().value(THREE, TWO)
    ),
    "BinaryLogLoss: expected output and Y of one shape (B, m), got output.shape=(0, 1), Y.shape=(0, 1)": (
        lambda: BinaryLogLoss().value(THREE[:0], THREE[:0])
    ),
    "HalfSquaredError: expected Y_hat to be an array of numbers, got Y_hat=NoneType": (
        lambda: HalfSquaredError().value(None, TWO)
    ),
    "HalfSquaredError: expected Y_hat to be an array of numbers, got Y_hat=MaskedArray": (
        lambda: HalfSquaredError().grad(np.ma.masked_array(TWO), TWO)
    ),
    "BinaryCrossEntropy: expected Y to be an array of numbers, got Y=list": (
        lambda: BinaryCrossEntropy().grad(TWO, [[1], [None]])
    ),
    "HalfSquaredError: expected Y to be an array of numbers, got Y=complex128": (
        lambda: HalfSquaredError().value(TWO, TWO.astype(complex))
    ),
    "SoftmaxCrossEntropy: expected Y to be an array of numbers, got Y=<U3": (
        lambda: SoftmaxCrossEntropy().value(TWO, np.array([["cat"], ["dog"]]))
    ),
    "BinaryLogLoss: expected targets to be an array of numbers, got targets=list": (
        lambda: BinaryLogLoss().check_targets([["1"], ["0"]])
    ),
    "CategoricalLogLoss: expected targets to be an array of numbers, got targets=object": (
        lambda: CategoricalLogLoss().check_targets(np.array([[None]]))
    ),
    "BinaryLogLoss: expected predictions in [0, 1], got value=1.5": lambda: BinaryLogLoss().value(3 * TWO, TWO),
    "BinaryLogLoss: expected predictions in [0, 1], got value=-0.5": lambda: BinaryLogLoss().grad(-TWO, TWO),
    "CategoricalLogLoss: expected predictions in [0, 1], got value=-0.5": lambda: CategoricalLogLoss().value(-TWO, TWO),
    "CategoricalLogLoss: expected predictions in [0, 1], got value=1.5": (
        lambda: CategoricalLogLoss().grad(3 * TWO, TWO)
    ),
    "BinaryCrossEntropy: expected targets in [0, 1], got value=-1.0": (
        lambda: BinaryCrossEntropy().check_targets(np.array([[1.0], [-1.0]]))
    ),
    "BinaryLogLoss: expected targets in [0, 1], got value=nan": (
        lambda: BinaryLogLoss().check_targets(np.array([[np.nan]]))
    ),
    "SoftmaxCrossEntropy: expected targets in [0, 1], got value=2.0": (
        lambda: SoftmaxCrossEntropy().check_targets(np.array([[2.0, -1.0]]))
    ),
    "SoftmaxCrossEntropy: expected rows of Y that sum to 1, got sum=0.5": (
        lambda: SoftmaxCrossEntropy().check_targets(np.array([[0.0, 1.0], [0.25, 0.25]]))
    ),
    "CategoricalLogLoss: expected rows of Y that sum to 1, got sum=2.0": (
        lambda: CategoricalLogLoss().check_targets(np.ones((1, 2)))
    ),
    "SoftmaxCrossEntropy: expected at least two columns, one a class, got Y.shape=(3, 1)": (
        lambda: SoftmaxCrossEntropy().check_targets(np.ones((3, 1)))
    ),
    f"loss: expected one of {KNOWN}, got name='mse'": lambda: loss_function("mse"),
    f"loss: expected one of {KNOWN}, got name=None": lambda: loss_function(None),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message


def test_binary_cross_entropy_keeps_its_digits_where_the_prediction_is_nearly_certain():
    Z = np.array([[20.0], [-20.0]], np.float32)
    Y = np.array([[1.0], [0.0]], np.float32)
    np.testing.assert_allclose(BinaryCrossEntropy().per_example(Z, Y), np.exp(-20.0), rtol=1e-6)

"""What an argument must be: integers, numbers, dtypes, names, arrays of numbers, settings of one network or of many."""

from fractions import Fraction

import numpy as np
import pytest

from mlp_core.checks import check_numbers, check_setting, is_count, is_float, is_number, look_up


def test_a_count_is_an_integer_of_at_least_one_or_of_the_least_that_is_named():
    assert all(is_count(value) for value in (1, 2, np.int64(7), np.uint8(1)))
    assert not any(is_count(value) for value in (0, -1, True, np.True_, 1.0, "1", None, np.ones(1, int), [1]))
    assert is_count(0, least=0)
    assert not is_count(-1, least=0)
    assert not is_count(False, least=0)


def test_the_two_float_types_are_known_by_type_or_name_and_nothing_else_is():
    assert all(is_float(dtype) for dtype in (np.float32, np.float64, float, "float32", "f8", np.dtype("float64")))
    assert not any(is_float(dtype) for dtype in (np.float16, int, "foo", "", complex, [], 64, ">f4", None))


def test_a_number_is_real_and_finite():
    numbers = [0, -1.5, np.float32(2), np.int8(3), Fraction(1, 3), 1e308]
    others = [np.nan, np.inf, -np.inf, True, np.True_, "1", None, 1j, [1], np.ones(2), np.float32(np.inf)]
    assert [value for value in numbers if not is_number(value)] == []
    assert [value for value in others if is_number(value)] == []


def test_a_name_is_looked_up_in_a_table_and_what_is_of_that_kind_stands_for_itself():
    assert look_up("number", "one", {"one": 1, "two": 2}, int) == 1
    assert look_up("number", 3, {"one": 1}, int) == 3


def test_real_numbers_of_every_dtype_are_numbers_and_complex_ones_where_the_caller_takes_them():
    for dtype in (bool, np.int8, np.uint16, np.float16, np.float64):
        check_numbers("f", "Q", np.zeros(2, dtype))
    check_numbers("f", "Q", np.zeros(2, complex), kinds="c")


@pytest.mark.parametrize("value", [0.5, 3, np.float32(0.5), Fraction(1, 2), np.array([[0.5], [2]]), np.array(0.5)])
def test_a_setting_is_a_positive_number_or_one_for_each_replica(value):
    check_setting("Rule", "size", value, "a size")


def test_a_setting_may_be_zero_where_that_is_said():
    check_setting("Rule", "size", 0, "a size", zero=True)
    check_setting("Rule", "size", np.array([[0.0], [1.0]]), "a size", zero=True)


WRONG = {
    "number: expected one of one, two, got name='three'": lambda: look_up("number", "three", ["one", "two"], int),
    "number: expected one of one, two, got name=1.0": lambda: look_up("number", 1.0, ["one", "two"], int),
    "f: expected Q to be an array of numbers, got Q=complex128": lambda: check_numbers("f", "Q", np.zeros(2, complex)),
    "f: expected Q to be an array of numbers, got Q=float64": lambda: check_numbers("f", "Q", np.zeros(2), kinds="c"),
    "f: expected Q to be an array of numbers, got Q=list": lambda: check_numbers("f", "Q", [1.0]),
    "Rule: expected a number or an array (R, 1), got size.shape=(2,)": (
        lambda: check_setting("Rule", "size", np.ones(2), "a size")
    ),
    "Rule: expected a number or an array (R, 1), got size.shape=(1, 2)": (
        lambda: check_setting("Rule", "size", np.ones((1, 2)), "a size")
    ),
    "Rule: expected a size, got size=0": lambda: check_setting("Rule", "size", 0, "a size"),
    "Rule: expected a size, got size=-1": lambda: check_setting("Rule", "size", -1, "a size", zero=True),
    "Rule: expected a size, got size=0.0": lambda: check_setting("Rule", "size", np.array([[1.0], [0.0]]), "a size"),
    "Rule: expected a size, got size=nan": lambda: check_setting("Rule", "size", np.array([[np.nan]]), "a size"),
    "Rule: expected a size, got size='1'": lambda: check_setting("Rule", "size", "1", "a size"),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message

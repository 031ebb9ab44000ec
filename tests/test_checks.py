"""What an argument must be: integers, numbers, dtypes, names, arrays of numbers, settings of one network or of many."""

from fractions import Fraction

import numpy as np
import pytest

from mlp_core.checks import (
    FLAG,
    as_floats,
    check_numbers,
    count,
    instance,
    is_count,
    is_float,
    is_number,
    look_up,
    number,
    of_numbers,
    setting,
    shown,
    with_axes,
)


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
    others = [np.nan, np.inf, -np.inf, True, np.True_, "1", None, 1j, [1], np.ones(2), np.float32(np.inf), 10**400]
    assert [value for value in numbers if not is_number(value)] == []
    assert [value for value in others if is_number(value)] == []


def test_a_name_is_looked_up_in_a_table_and_what_is_of_that_kind_stands_for_itself():
    assert look_up("number", "one", {"one": 1, "two": 2}, int) == 1
    assert look_up("number", 3, {"one": 1}, int) == 3


def test_real_numbers_of_every_dtype_are_numbers_and_complex_ones_where_the_caller_takes_them():
    for dtype in (bool, np.int8, np.uint16, np.float16, np.float64):
        check_numbers("f", "Q", np.zeros(2, dtype))
    check_numbers("f", "Q", np.zeros(2, complex), kinds="c")


SIZE = setting("a size", lambda size: size > 0)


@pytest.mark.parametrize("value", [0.5, np.float32(0.5), np.float16(0.5), Fraction(1, 2), np.array(0.5)])
def test_a_setting_is_kept_as_a_float(value):
    kept = SIZE("Rule", "size", value)
    assert (kept, type(kept)) == (0.5, float)


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int8, object])
def test_a_setting_for_each_replica_is_kept_as_a_copy_that_nobody_can_change(dtype):
    value = np.array([[Fraction(1, 1)], [2]], object).astype(dtype)
    kept = SIZE("Rule", "size", value)
    value[0] = 7
    assert kept.dtype == float
    assert kept.tolist() == [[1], [2]]
    with pytest.raises(ValueError):
        kept[0] = 1


def test_numbers_and_counts_are_kept_as_plain_ones():
    half, three = number("a half", lambda x: x == 0.5), count(most=3)
    for kept, plain in (
        (half("f", "x", Fraction(1, 2)), 0.5),
        (half("f", "x", np.float16(0.5)), 0.5),
        (three("f", "n", np.uint8(3)), 3),
    ):
        assert (kept, type(kept)) == (plain, type(plain))


def test_a_value_is_shown_in_one_short_line_whatever_it_is():
    class Broken:
        def __repr__(self):
            raise RuntimeError

    for value in (np.zeros((50, 50)), ["a"] * 1000, "x\ny" * 100, 10**5000, Broken()):
        assert len(shown(value)) <= 120
        assert "\n" not in shown(value)
    assert shown(Broken()) == "Broken"
    assert shown([1, "a"]) == "[1, 'a']"


@of_numbers
def product(A, B):
    return A * B


def test_numbers_become_floats_and_floats_stay_what_they_are():
    for Q in (np.ones(2, np.float32), np.ones(2)):
        assert as_floats("f", "Q", Q) is Q
    for Q in ([1, 2], (1, 2), np.array([1, 2], np.int8), np.array([1, 2], np.uint8)):
        assert as_floats("f", "Q", Q).dtype == float
        assert as_floats("f", "Q", Q).tolist() == [1, 2]
    assert as_floats("f", "Q", 3).shape == as_floats("f", "Q", np.float32(3)).shape == ()
    assert as_floats("f", "Q", [1j], kinds="c").dtype == complex


def test_a_function_of_numbers_takes_them_in_any_form_and_by_name():
    assert product([1, 2], [3, 4]).tolist() == product(B=[3, 4], A=[1, 2]).tolist() == [3, 8]
    assert product(np.ones(2, np.float32), np.ones(2, np.int64)).dtype == np.float32
    assert product(np.full(2, 100, np.int8), np.full(2, 100, np.int8)).tolist() == [1e4, 1e4]


def test_an_array_with_the_right_last_axes_stays_and_a_list_becomes_one():
    rule = with_axes(lambda owner: (3,))
    for Q in (np.ones((2, 3)), np.ones((2, 3), np.float32), np.ones((4, 2, 3), complex)):
        assert rule(FLAG, "x", Q) is Q
    kept = rule(FLAG, "x", [[1, 2, 3]])
    assert kept.dtype == float and kept.tolist() == [[1, 2, 3]]
    free = with_axes(lambda owner: None)
    assert free(FLAG, "x", np.ones((2, 5))).shape == (2, 5)


WRONG = {
    "product: expected A to be an array of numbers, got A=NoneType": lambda: product(None, 1),
    "product: expected B to be an array of numbers, got B=list": lambda: product([1], [[1], [1, 2]]),
    "product: expected arrays of one shape, got A.shape=(1,), B.shape=(2,)": lambda: product([1], [1, 2]),
    "product: expected arrays of one shape, got A.shape=(2,), B.shape=(1,)": lambda: product(np.ones(2), np.ones(1)),
    "product: expected arrays of one shape, got A.shape=(3,), B.shape=(1,)": lambda: product(np.ones(3), B=np.ones(1)),
    "f: expected Q to be an array of numbers, got Q=object": lambda: as_floats("f", "Q", np.array([None])),
    "f: expected Q to be an array of numbers, got Q=complex": lambda: as_floats("f", "Q", 1j),
    "Rule: expected True or False, got flag=1": lambda: FLAG("Rule", "flag", 1),
    "Rule: expected a positive integer, got n=0": lambda: count()("Rule", "n", 0),
    "Rule: expected x with the last axes (3,), got shape=(2, 4)": (
        lambda: with_axes(lambda rule: (3,))(FLAG, "x", np.ones((2, 4)))
    ),
    "Rule: expected x to be an array of numbers, got x=str": (
        lambda: with_axes(lambda rule: (3,))(FLAG, "x", "a")
    ),
    "Rule: expected x with the last axes (3,), got shape=(3,)": (
        lambda: with_axes(lambda rule: (3,))(FLAG, "x", [1, 2, 3])
    ),
    "Rule: expected x with the last axes (n,), got shape=(4,)": (
        lambda: with_axes(lambda rule: None)(FLAG, "x", np.ones(4))
    ),
    "Rule: expected one to three, got n=4": lambda: count("one to three", most=3)("Rule", "n", 4),
    "Rule: expected a share, got p=2": lambda: number("a share", lambda p: p < 1)("Rule", "p", 2),
    "Rule: expected text, got word=1": lambda: instance("text", str)("Rule", "word", 1),
    "f: expected Q to be an array of numbers, got Q=MaskedArray": (
        lambda: check_numbers("f", "Q", np.ma.masked_array([1.0]))
    ),
    "f: expected Q to be an array of numbers, got Q=matrix": (
        lambda: check_numbers("f", "Q", np.ones((1, 1)).view(np.matrix))
    ),
    "number: expected one of one, two, got name='three'": lambda: look_up("number", "three", ["one", "two"], int),
    "number: expected one of one, two, got name=1.0": lambda: look_up("number", 1.0, ["one", "two"], int),
    "f: expected Q to be an array of numbers, got Q=complex128": lambda: check_numbers("f", "Q", np.zeros(2, complex)),
    "f: expected Q to be an array of numbers, got Q=float64": lambda: check_numbers("f", "Q", np.zeros(2), kinds="c"),
    "f: expected Q to be an array of numbers, got Q=list": lambda: check_numbers("f", "Q", [1.0]),
    "Rule: expected a number or an array (R, 1), got size.shape=(2,)": (
        lambda: SIZE("Rule", "size", np.ones(2))
    ),
    "Rule: expected a number or an array (R, 1), got size.shape=(1, 2)": (
        lambda: SIZE("Rule", "size", np.ones((1, 2)))
    ),
    "Rule: expected a size, got size=0": lambda: SIZE("Rule", "size", 0),
    "Rule: expected a size, got size=-1": lambda: SIZE("Rule", "size", -1),
    "Rule: expected a size, got size=0.0": lambda: SIZE("Rule", "size", np.array([[1.0], [0.0]])),
    "Rule: expected a size, got size=nan": lambda: SIZE("Rule", "size", np.array([[np.nan]])),
    "Rule: expected a size, got size='1'": lambda: SIZE("Rule", "size", "1"),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message

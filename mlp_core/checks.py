"""What an argument must be. Every refusal in the package is one sentence: who expected what, and what it got.

A *rule* checks one argument and returns it as the package keeps it: `value = rule(caller, name, value)`. It raises
ValueError, in the caller's name, for a value that it refuses.
"""

import sys
from collections.abc import Callable
from functools import wraps
from inspect import signature
from math import isfinite
from numbers import Real
from typing import NamedTuple, NoReturn, TypeVar

import numpy as np

__all__ = []  # it serves the package itself


class Checked:
    """The base of a frozen dataclass with hyperparameters: each field is kept as its rule returns it.

    `_rules` is a dict of the fields' names and rules. Raises ValueError where a rule does.
    """

    _rules = {}

    def __post_init__(self):
        for name, rule in self._rules.items():
            object.__setattr__(self, name, rule(type(self).__name__, name, getattr(self, name)))


class Rule(NamedTuple):
    """A rule: what is expected, in words; whether a value is that; the value as it is kept.

    Raises ValueError for any other value. The caller is a name, or the object whose class has it.
    """

    expected: str
    holds: Callable
    kept: Callable = lambda value: value

    def __call__(self, caller, name, value):
        if not self.holds(value):
            owner = caller if isinstance(caller, str) else type(caller).__name__
            raise ValueError(f"{owner}: expected {self.expected}, got {name}={shown(value)}")
        return self.kept(value)


def number(expected, within):
    """A rule for a real number that is `within` a range: a float."""
    return Rule(expected, lambda value: is_number(value) and within(float(value)), float)


def count(expected="a positive integer", least=1, most=sys.maxsize):
    """A rule for an integer from `least` to `most`: an int."""
    return Rule(expected, lambda value: is_count(value, least) and value <= most, int)


def instance(expected, *kinds):
    """A rule for an object of one of these kinds."""
    return Rule(expected, lambda value: isinstance(value, kinds))


def setting(expected, within):
    """A rule for a number, or for an array (R, 1) of them, one for each replica: a float, or a copy nobody can change.

    Raises ValueError, where it is called, for an array of another shape too.
    """
    single = number(expected, within)

    def rule(caller, name, value):
        if type(value) is not np.ndarray:
            return single(caller, name, value)
        if value.ndim != 0 and value.shape[1:] != (1,):
            raise ValueError(f"{caller}: expected a number or an array (R, 1), got {name}.shape={value.shape}")
        numbers = np.array([single(caller, name, q) for q in value.ravel().tolist()]).reshape(value.shape)
        numbers.flags.writeable = False
        return float(numbers) if value.ndim == 0 else numbers

    return rule


def by_name(known):
    """A rule for what the function `known` takes: a name, or an object of the kind that it names."""
    return lambda _caller, _name, value: known(value)


FLAG = Rule("True or False", lambda value: isinstance(value, bool))
GENERATOR = Rule("a numpy Generator", lambda value: isinstance(value, np.random.Generator))


def is_array(value):
    """Whether a value is an array that computes as arrays do: no matrix, and none with masked entries."""
    return isinstance(value, np.ndarray) and not isinstance(value, np.matrix | np.ma.MaskedArray)


def is_count(value, least=1):
    """Whether a value is an integer, and no truth value, of at least `least`."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= least


def is_float(dtype):
    """Whether a dtype, or its name, is one of the two the package computes in: float32 or float64."""
    known = np.dtype(np.float32), np.dtype(np.float64)
    return dtype is not None and not isinstance(dtype, np.ndarray) and dtype in known


def is_number(value):
    """Whether a value is a real number that a float can hold: finite, no truth value, no text."""
    try:
        return isinstance(value, Real) and not isinstance(value, bool) and isfinite(value)
    except OverflowError:
        return False


def shown(value, form=repr):
    """A value as messages show it: its repr, or another form, in one line of at most 120 characters."""
    try:
        text = " ".join(form(value).split())
    except Exception:
        text = type(value).__name__
    return text if len(text) <= 120 else f"{text[:117]}..."


def look_up(caller, name, known, kind):
    """The entry of that name in the dict `known`, or what was given where it is already of that kind.

    Raises ValueError, in the caller's name, for an unknown name.
    """
    if isinstance(name, kind):
        return name
    if not isinstance(name, str) or name not in known:
        raise ValueError(f"{caller}: expected one of {', '.join(known)}, got name={shown(name)}")
    return known[name]


def check_numbers(caller, name, Q, kinds="biuf"):
    """Check an array of numbers, of any shape; `kinds` are the numpy kinds of dtype that will do.

    Raises ValueError, in the caller's name, for anything else.
    """
    if type(Q) not in (np.ndarray, np.memmap) or Q.dtype.kind not in kinds:
        _refuse(caller, name, Q)


def _refuse(caller, name, Q) -> NoReturn:
    got = Q.dtype if type(Q) is np.ndarray else type(Q).__name__
    raise ValueError(f"{caller}: expected {name} to be an array of numbers, got {name}={got}")


def as_floats(caller, name, Q, kinds="biuf", dtype=float) -> np.ndarray:
    """Numbers as a floating-point array: such an array as it is; integers, truth values and lists in `dtype`.

    Raises ValueError, in the caller's name, for what is no number and no array or list of numbers.
    """
    if is_array(Q) and Q.dtype.kind in "fc" and Q.dtype.kind in kinds:
        return Q
    array = as_numbers(caller, name, Q, kinds)
    return array if array.dtype.kind in "fc" else array.astype(dtype)


def as_numbers(caller, name, Q, kinds="biuf") -> np.ndarray:
    """Numbers as an array: an array as it is, lists as numpy takes them. Raises ValueError as `as_floats` does."""
    try:
        array = np.array(Q) if isinstance(Q, list | tuple | int | float | complex | np.generic) else Q
    except (ValueError, TypeError):
        array = None
    if not is_array(array) or array.dtype.kind not in kinds:
        _refuse(caller, name, Q)
    return array  # type: ignore[return-value]


Function = TypeVar("Function", bound=Callable)


def of_numbers(function: Function, agree: Callable | None = None) -> Function:
    """A function, or a method, whose arguments become floating-point arrays, real or complex.

    Integers after an array of floats take its dtype, so that float32 stays float32.

    Raises ValueError, in its own name or in that of the object, for other arguments, and for two arrays that do not
    agree: `agree(caller, name, name, A, B)` says so, and without it they must be of one shape.
    """
    called = signature(function)
    names = tuple(called.parameters)
    own = int(names[0] == "self")

    def floats(caller, given):
        arrays, dtype = [], np.dtype(float)
        for name, Q in zip(names[own:], given, strict=False):
            arrays.append(as_floats(caller, name, Q, "biufc", dtype))
            dtype = arrays[-1].real.dtype
        return arrays

    @wraps(function)
    def of_any_numbers(*given, **named):
        given = called.bind(*given, **named).args if named else given
        arrays = given[own:]
        plain = all([type(Q) is np.ndarray and Q.dtype.kind in "fc" for Q in arrays])
        if plain and len(arrays) == 1:
            return function(*given)
        caller = type(given[0]).__name__ if own else function.__name__
        arrays = arrays if plain else floats(caller, arrays)
        if len(arrays) == 2:
            (agree or _one_shape)(caller, *names[own:], *arrays)
        return function(*given[:own], *arrays)

    return of_any_numbers  # type: ignore[return-value]


def of_rules(method: Function, **rules: Callable) -> Function:
    """A method whose first arguments are kept as their rules return them: `value = rule(self, name, value)`.

    Raises ValueError where a rule does. The rules are in the order of the arguments.
    """
    called, pairs = signature(method), tuple(rules.items())
    least = sum(value.default is value.empty for value in list(called.parameters.values())[1 : len(pairs) + 1])

    @wraps(method)
    def of_any_values(self, *given, **named):
        if named or len(given) < least:
            _, *given = called.bind(self, *given, **named).args
        kept = [rule(self, name, value) for (name, rule), value in zip(pairs, given, strict=False)]
        return method(self, *kept, *given[len(pairs) :])

    return of_any_values  # type: ignore[return-value]


def with_axes(shape: Callable) -> Callable:
    """A rule for a method: an array with at least one axis before the last ones, `shape(self)`; None is any one axis.

    Integers and lists are taken as float64. Raises ValueError, in the name of the object, for other arrays.
    """

    def rule(owner, name, Q):
        if type(Q) is not np.ndarray or Q.dtype.kind != "f":
            Q = as_floats(type(owner).__name__, name, Q, "biufc")
        axes = shape(owner) or Q.shape[-1:]
        n = len(axes) or 1
        if Q.ndim <= n or Q.shape[-n:] != axes:
            expected = f"{name} with the last axes {shape(owner) or '(n,)'}"
            raise ValueError(f"{type(owner).__name__}: expected {expected}, got shape={Q.shape}")
        return Q

    return rule


def _one_shape(caller, first, second, A, B):
    if A.shape != B.shape:
        got = f"{first}.shape={A.shape}, {second}.shape={B.shape}"
        raise ValueError(f"{caller}: expected arrays of one shape, got {got}")

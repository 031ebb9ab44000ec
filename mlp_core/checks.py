"""What an argument must be. Every refusal in the package is one sentence: who expected what, and what it got."""

from numbers import Real

import numpy as np


def is_count(value, least=1):
    """Whether a value is an integer, and no truth value, of at least `least`."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= least


def is_float(dtype):
    """Whether a dtype, or its name, is one of the two the package computes in: float32 or float64."""
    return dtype is not None and dtype in (np.dtype(np.float32), np.dtype(np.float64))


def is_number(value):
    """Whether a hyperparameter is a real number: finite, no truth value, no text."""
    return isinstance(value, Real) and not isinstance(value, bool) and -np.inf < value < np.inf


def look_up(caller, name, known, kind):
    """The entry of that name in the dict `known`, or what was given where it is already of that kind.

    Raises ValueError, in the caller's name, for an unknown name.
    """
    if isinstance(name, kind):
        return name
    if not isinstance(name, str) or name not in known:
        raise ValueError(f"{caller}: expected one of {', '.join(known)}, got name={name!r}")
    return known[name]


def check_numbers(caller, name, Q, kinds="biuf"):
    """Check an array of numbers, of any shape; `kinds` are the numpy kinds of dtype that will do.

    Raises ValueError, in the caller's name, for anything else.
    """
    if not isinstance(Q, np.ndarray) or Q.dtype.kind not in kinds:
        got = getattr(Q, "dtype", type(Q).__name__)
        raise ValueError(f"{caller}: expected {name} to be an array of numbers, got {name}={got}")


def check_setting(caller, name, value, expected, zero=False):
    """Check a hyperparameter that is a positive number, or an array (R, 1) with one for each replica.

    Raises ValueError, in the caller's name, for what is not `expected`; 0 is allowed where `zero` is true.
    """
    several = isinstance(value, np.ndarray)
    if several and value.ndim != 0 and value.shape[1:] != (1,):
        raise ValueError(f"{caller}: expected a number or an array (R, 1), got {name}.shape={value.shape}")
    for number in value.ravel().tolist() if several else [value]:
        if not is_number(number) or number < 0 or (number == 0 and not zero):
            raise ValueError(f"{caller}: expected {expected}, got {name}={number!r}")

"""One exercise: a reference, inputs to try answers on, and typical wrong answers with what to say to them."""

import copy
import decimal
import html
import inspect
import numbers
import os
import re
import textwrap
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from mlp_core.exercises import limit

RANDOM_CASES = 20
OUT_OF_TIME = "your answer was still at work after {:g} seconds: does each of its loops come to an end?"
OVERWRITTEN = "the result is right, but your answer overwrites its input {}: work on a copy."
NOT_COMPARABLE = ("this result cannot be compared.", [])
ICONS = {"Correct": "✓", "Not yet": "✗", "Not answered yet": "○"}


def itself(result, *inputs):
    """What most exercises make of a result: nothing."""
    return result


@dataclass(frozen=True)
class Exercise:
    """The reference, an answer and the wrong answers are of one kind, and are compared by what `use` makes of them.

    Parameters
    ----------
    reference : the right answer, a function or a value
        The docstring of a function names the shapes of its arrays, `W (m, n)`; the tests compare the inputs with it.
    inputs : function of a random generator that returns a tuple of arguments, or a list of such tuples
        A function is asked 20 times, always with the same seed.
    wrong : dict, {hint: wrong answer}
        Each hint completes "Not yet: ..." and ends in a full stop or a question mark.
    use : function (result, *inputs) -> number, array, text, or a tuple of these
        What is judged of a result: of what a function returns for the inputs, or of the value.
    tolerance : the relative difference up to which two numbers agree
    special : list of tuples of arguments that are asked beside the random ones

    A gate's weights, for example, are judged by its truth table: `use=lambda weights, x1, x2: ...` on four inputs.
    """

    reference: Any
    inputs: Callable | Sequence[tuple] = ((),)
    wrong: Mapping[str, Any] = field(default_factory=dict)
    use: Callable = itself
    tolerance: float = 1e-7
    special: Sequence[tuple] = ()

    def check(self, answer):
        """Judge an answer: a Verdict, whatever the answer is or does."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if _holds_stub(answer):
                return Verdict("Not answered yet")
            if callable(answer) != callable(self.reference):
                wanted = "a function" if callable(self.reference) else "a value"
                return Verdict("Not yet", f"{wanted} is expected, yours is {_kind(answer)}.")
            try:
                runs = limit.within(limit.SECONDS, lambda: self._runs(answer))
            except limit.OutOfTime:
                return Verdict("Not yet", OUT_OF_TIME.format(limit.SECONDS))
            return self._judge(runs)

    def _judge(self, runs):
        if any(run.stub for run in runs):
            return Verdict("Not answered yet")
        overwritten = sorted({name for run in runs for name in run.overwritten})
        complaints = self._complaints(self._expected, runs)
        if not any(complaints):
            return Verdict("Not yet", OVERWRITTEN.format(overwritten[0])) if overwritten else self._correct()
        for hint, wrong in self._hinted.items():
            if self._same(wrong, runs):
                return Verdict("Not yet", hint)
        if overwritten:
            return Verdict("Not yet", f"your answer overwrites its input {overwritten[0]}: work on a copy.")
        i = min((i for i, complaint in enumerate(complaints) if complaint), key=lambda i: _size(self.cases[i]))
        sentence, differing = complaints[i]
        if self._is_plain_value():
            return Verdict("Not yet", sentence)
        return Verdict("Not yet", sentence, _rows(self._named(self.cases[i]) + differing))

    @cached_property
    def cases(self):
        """The inputs that every answer is asked, as a list of tuples: the random or listed ones, then the special."""
        if not callable(self.inputs):
            return [*self.inputs, *self.special]
        rng = np.random.default_rng(0)
        return [*(self.inputs(rng) for _ in range(RANDOM_CASES)), *self.special]

    @cached_property
    def _expected(self):
        return self._runs(self.reference)

    @cached_property
    def _hinted(self):
        return {hint: self._runs(wrong) for hint, wrong in self.wrong.items()}

    def _correct(self):
        count = len(self.cases)
        if callable(self.inputs):
            special = f" and {len(self.special)} special" if self.special else ""
            return Verdict("Correct", f"agrees with the reference on {RANDOM_CASES} random{special} inputs.")
        return Verdict("Correct", f"agrees with the reference on all {count} inputs." if count > 1 else "")

    def _is_plain_value(self):
        """Whether the expected result would be the answer itself, which nobody is told."""
        return not callable(self.reference) and self.use is itself

    def _runs(self, answer):
        with np.errstate(all="ignore"):
            return [self._run(answer, case) for case in self.cases]

    def _run(self, answer, case):
        """What the answer gives on a copy of the inputs, or the exception that it raises."""
        inputs, result = copy.deepcopy(case), None
        try:
            result = answer(*inputs) if callable(answer) else answer
            outcome = ... if _holds_stub(result) else self._used(result, case)
        except limit.OutOfTime:
            raise
        except BaseException as error:
            outcome = error
        overwritten = [name for (name, old), new in zip(self._named(case), inputs, strict=True) if not _kept(old, new)]
        return Run(outcome, outcome is ... or _is_about_a_stub(outcome), overwritten)

    def _used(self, result, case):
        return result if self.use is itself else self.use(_in_floats(result), *copy.deepcopy(case))

    def _complaints(self, expected, runs):
        pairs = zip(expected, runs, strict=True)
        return [_complaint(right.outcome, run.outcome, self.tolerance) for right, run in pairs]

    def _same(self, wrong, runs):
        """Whether a wrong answer and the given one agree: they raise on the same inputs, and do not on all."""
        complaints = self._complaints(wrong, runs)
        raising = [_raises(a) and _raises(b) for a, b in zip(wrong, runs, strict=True)]
        return not all(raising) and not any(c and not r for c, r in zip(complaints, raising, strict=True))

    def _named(self, case):
        """Pairs of the name and the value of each input, named as the reference or `use` names them."""
        function, skipped = (self.reference, 0) if callable(self.reference) else (self.use, 1)
        names = list(inspect.signature(function).parameters)[skipped:] if case else []
        return list(zip(names, case, strict=True))


@dataclass(frozen=True)
class Run:
    """What came of one answer on one case: its outcome, whether that holds a stub, and which inputs it overwrote."""

    outcome: Any
    stub: bool
    overwritten: list


@dataclass(frozen=True)
class Verdict:
    """What `check` says: `status` is "Correct", "Not yet" or "Not answered yet", `reason` a sentence or nothing.

    `details` are lines that show one input, the expected and the given result.
    """

    status: str
    reason: str = ""
    details: str = ""

    @property
    def correct(self):
        """Whether the answer is right."""
        return self.status == "Correct"

    def __repr__(self):
        first = f"{self.status}: {self.reason}" if self.reason else f"{self.status}."
        return "\n".join(filter(None, [first, textwrap.indent(self.details, "    ")]))

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {"text/plain": repr(self)}
        return bundle if os.environ.get("MLP_FIGURES") == "text" else bundle | {"text/html": self.html}

    @property
    def html(self):
        """The verdict as a status message: an icon beside the words."""
        first = html.escape(repr(self).split("\n", 1)[0])
        icon = f'<span aria-hidden="true">{ICONS[self.status]}</span>'
        details = f'<pre style="white-space: pre-wrap">{html.escape(self.details)}</pre>' if self.details else ""
        return f'<div class="mlp-verdict" role="status"><p>{icon} {first}</p>{details}</div>'


def _size(case):
    """How much there is to read in the inputs: the number of their entries, then how large they are."""
    arrays = [np.asarray(value) for value in case]
    return sum(A.size for A in arrays), sum(float(np.abs(A).sum()) for A in arrays if A.dtype.kind in "biuf")


def _holds_stub(value, depth=8):
    """Whether a value is ..., or holds one somewhere inside."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        value = list(value.flat)
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, tuple | list | set) and depth:
        return any(_holds_stub(item, depth - 1) for item in value)
    return value is ...


def _is_about_a_stub(outcome):
    return isinstance(outcome, TypeError) and "ellipsis" in str(outcome)


def _raises(run):
    return isinstance(run.outcome, BaseException)


def _kept(old, new):
    """Whether an input is what it was before the call, but for rounding: a step may be taken and taken back."""
    if isinstance(old, np.ndarray):
        return old.shape == new.shape and np.allclose(old, new, rtol=1e-9, atol=1e-12, equal_nan=True)
    if isinstance(old, list):
        return len(old) == len(new) and all(map(_kept, old, new))
    return old == new if isinstance(old, tuple) or np.isscalar(old) else True


def _complaint(expected, given, tolerance):
    """What is wrong with `given`, as a sentence and rows to show beside it; None if it agrees."""
    if isinstance(expected, BaseException):
        return NOT_COMPARABLE
    if isinstance(given, BaseException):
        message = " ".join(str(given).split())
        return f"your answer raises {type(given).__name__}{': ' if message else '.'}{message}", []
    if not isinstance(expected, tuple):
        return _complaint_about_one(expected, given, tolerance, "your result")
    several = isinstance(given, tuple | list) or (isinstance(given, np.ndarray) and given.ndim > 0)
    if not several or len(given) != len(expected):
        count = f", with {len(given)} of them" if several else ""
        return f"a tuple of {len(expected)} results is expected, yours is {_kind(given)}{count}.", []
    pairs = enumerate(zip(expected, given, strict=True), start=1)
    found = (_complaint_about_one(*pair, tolerance, f"your result number {number}") for number, pair in pairs)
    return next(filter(None, found), None)


def _complaint_about_one(expected, given, tolerance, name):
    expected = _plain(np.asarray(expected))
    if expected.dtype.kind not in "biufU":
        return NOT_COMPARABLE
    if given is None:
        return f"{name} is None: is there a return?", []
    try:
        array = _plain(np.asarray(given))
    except Exception:
        return f"{name} is {_kind(given)} of no array shape: are its rows equally long?", []
    is_text = expected.dtype.kind == "U"
    if array.dtype.kind not in ("U" if is_text else "biuf"):
        return f"{name} should be {_wanted(expected)}, but is {_kind(given)}.", []
    if array.shape != expected.shape:
        return f"{name} has the shape {array.shape}, expected is {expected.shape}.", []
    if is_text:
        agree = np.char.lower(np.char.strip(array)) == np.char.lower(np.char.strip(expected))
    else:
        agree = _agree(array, expected, tolerance)
    if agree.all():
        return None
    rows = [("expected", expected), ("yours", array)]
    if not is_text and (np.isnan(array) & ~np.isnan(expected)).any():
        return f"{name} is NaN, not a number." if array.ndim == 0 else f"{name} holds NaN, not a number.", rows
    return f"{name} differs from the expected one.", rows


def _in_floats(result):
    """The result with its exact numbers, a Fraction or a Decimal, as floating-point numbers."""
    if isinstance(result, tuple | list):
        return type(result)(map(_in_floats, result))
    if isinstance(result, np.ndarray):
        return _plain(result)
    is_exact = isinstance(result, numbers.Rational | decimal.Decimal) and not isinstance(result, numbers.Integral)
    return float(result) if is_exact else result


def _plain(array):
    """Exact and complex numbers as floating-point numbers, if that is what they are; any other array as it is."""
    if array.dtype == object and all(isinstance(item, numbers.Real | decimal.Decimal) for item in array.flat):
        return array.astype(float)
    return array.real if array.dtype.kind == "c" and not array.imag.any() else array


def _agree(given, expected, tolerance):
    """Where two arrays agree: single precision can be no nearer than its digits allow."""
    atol = 1e-12
    if given.dtype == np.float32:
        tolerance = max(tolerance, 1e-5)
        atol = 1e-6 * np.abs(expected, where=np.isfinite(expected), out=np.zeros(expected.shape)).max(initial=0)
    return np.isclose(given, expected, rtol=tolerance, atol=atol, equal_nan=True)


def _wanted(expected):
    one, many = ("a text", "texts") if expected.dtype.kind == "U" else ("a number", "numbers")
    return one if expected.ndim == 0 else f"an array of {many}"


def _kind(value):
    """What a value is, in words: "a function", "a dict"."""
    if value is None:
        return "None"
    if inspect.isroutine(value):
        return "a function"
    words = {"str": "a text", "complex": "a complex number"}
    name = type(value).__name__
    return words.get(name, f"{'an' if name[0] in 'aeiou' else 'a'} {name}")


def _rows(pairs):
    """The named values below one another; as many digits as it takes to see that expected and given differ."""
    for precision in (4, 8, 17):
        shown = {name: _shown(value, precision) for name, value in pairs}
        if "yours" not in shown or shown["yours"] != shown["expected"]:
            break
    width = max(map(len, shown), default=0)
    margin = " " * (width + 3)
    return "\n".join(textwrap.indent(f"{name:{width}} = {text}", margin)[width + 3 :] for name, text in shown.items())


def _shown(value, precision):
    if isinstance(value, np.random.Generator):
        return "a random generator"
    if isinstance(value, float | np.floating):
        return f"{value:.{precision}g}"
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return _shown(value.item(), precision)
        return np.array2string(value, precision=precision, separator=", ", max_line_width=80, threshold=60)
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))

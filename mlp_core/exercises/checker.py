"""One exercise: a reference, inputs to try answers on, and typical wrong answers with what to say to them."""

import copy
import html
import inspect
import os
import re
import textwrap
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

RANDOM_CASES = 20
NOT_COMPARABLE = ("this result cannot be compared.", [])
ICONS = {"Correct": "✓", "Not yet": "✗", "Not answered yet": "○"}


def call(answer, *inputs):
    """What an answer gives on the inputs: a function is called, a value is itself."""
    return answer(*inputs) if callable(answer) else answer


@dataclass(frozen=True)
class Exercise:
    """The reference, an answer and the wrong answers are of one kind, and are compared by what `use` makes of them.

    Parameters
    ----------
    reference : the right answer, a function or a value
    inputs : function of a random generator that returns a tuple of arguments, or a list of such tuples
        A function is asked 20 times, always with the same seed.
    wrong : dict, {hint: wrong answer}
        Each hint completes "Not yet: ..." and ends in a full stop or a question mark.
    use : function (answer, *inputs) -> number, array, text, or a tuple of these
        By default a function is called with the inputs, and a value stands for itself.
    tolerance : the relative difference up to which two numbers agree

    A gate's weights, for example, are judged by its truth table: `use=lambda weights, x1, x2: ...` on four inputs.
    """

    reference: Any
    inputs: Callable | Sequence[tuple] = ((),)
    wrong: Mapping[str, Any] = field(default_factory=dict)
    use: Callable = call
    tolerance: float = 1e-7

    def check(self, answer):
        """Judge an answer: a Verdict, whatever the answer is or does."""
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self._judge(answer)

    def _judge(self, answer):
        if _is_stub(answer):
            return Verdict("Not answered yet")
        if callable(answer) != callable(self.reference):
            wanted = "a function" if callable(self.reference) else "a value"
            return Verdict("Not yet", f"{wanted} is expected, yours is {_kind(answer)}.")
        cases = self._cases()
        given = [self._outcome(answer, case) for case in cases]
        if any(map(_is_stub, given)):
            return Verdict("Not answered yet")
        expected = [self._outcome(self.reference, case) for case in cases]
        complaints = [_complaint(*pair, self.tolerance) for pair in zip(expected, given, strict=True)]
        if not any(complaints):
            return Verdict("Correct", self._extent(len(cases)))
        for hint, wrong in self.wrong.items():
            outcomes = [self._outcome(wrong, case) for case in cases]
            if not any(_complaint(*pair, self.tolerance) for pair in zip(outcomes, given, strict=True)):
                return Verdict("Not yet", hint)
        failing = [i for i, complaint in enumerate(complaints) if complaint]
        i = min(failing, key=lambda i: _size(cases[i]))
        sentence, differing = complaints[i]
        return Verdict("Not yet", sentence, _rows(self._named(cases[i]) + differing))

    def _cases(self):
        if not callable(self.inputs):
            return list(self.inputs)
        rng = np.random.default_rng(0)
        return [self.inputs(rng) for _ in range(RANDOM_CASES)]

    def _extent(self, count):
        if callable(self.inputs):
            return f"agrees with the reference on {count} random inputs."
        return f"agrees with the reference on all {count} inputs." if count > 1 else ""

    def _outcome(self, answer, case):
        """What the answer gives on a copy of the inputs, or the exception that it raises."""
        try:
            return self.use(answer, *copy.deepcopy(case))
        except (Exception, SystemExit) as error:
            return error

    def _named(self, case):
        """Pairs of the name and the value of each input, named as the reference names them."""
        function, skipped = (self.reference, 0) if self.use is call else (self.use, 1)
        names = list(inspect.signature(function).parameters)[skipped:] if case else []
        return list(zip(names, case, strict=False))


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


def _is_stub(value):
    return value is ... or (isinstance(value, tuple | list) and any(item is ... for item in value))


def _complaint(expected, given, tolerance):
    """What is wrong with `given`, as a sentence and rows to show beside it; None if it agrees."""
    if isinstance(expected, BaseException):
        return NOT_COMPARABLE
    if isinstance(given, BaseException):
        message = " ".join(str(given).split())
        return f"your answer raises {type(given).__name__}{': ' if message else '.'}{message}", []
    if not isinstance(expected, tuple):
        return _complaint_about_one(expected, given, tolerance, "your result")
    if not isinstance(given, tuple | list) or len(given) != len(expected):
        count = f", with {len(given)} of them" if isinstance(given, tuple | list) else ""
        return f"a tuple of {len(expected)} results is expected, yours is {_kind(given)}{count}.", []
    pairs = enumerate(zip(expected, given, strict=True), start=1)
    found = (_complaint_about_one(*pair, tolerance, f"your result number {number}") for number, pair in pairs)
    return next(filter(None, found), None)


def _complaint_about_one(expected, given, tolerance, name):
    expected = np.asarray(expected)
    if expected.dtype.kind not in "biufU":
        return NOT_COMPARABLE
    if given is None:
        return f"{name} is None: is there a return?", []
    try:
        array = np.asarray(given)
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
        agree = np.isclose(array, expected, rtol=tolerance, atol=1e-12, equal_nan=True)
    if agree.all():
        return None
    rows = [("expected", expected), ("yours", array)]
    if not is_text and (np.isnan(array) & ~np.isnan(expected)).any():
        return f"{name} is NaN, not a number." if array.ndim == 0 else f"{name} holds NaN, not a number.", rows
    return f"{name} differs from the expected one.", rows


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

"""Self-checks of the book's exercises: `check("xor/and-gate", answer)`, one module a chapter.

A module defines `EXERCISES`, its exercises by name. In an exercise the wrong answers *are* the hints.
"""

import importlib
import pkgutil
from functools import cache

from mlp_core.checks import shown
from mlp_core.exercises.checker import Exercise, Verdict

__all__ = ["Exercise", "Verdict", "check", "registered"]


def check(name, answer):
    """Compare an answer, a function or a value, with the reference of an exercise.

    Returns a Verdict; an answer never makes it raise. Raises ValueError for a name that no exercise has.
    """
    exercises = registered()
    if name not in exercises:
        raise ValueError(f"check: expected one of {', '.join(exercises)}, got name={shown(name)}")
    return exercises[name].check(answer)


@cache
def registered():
    """All exercises of the book by their full names, chapter and own name: `{"xor/and-gate": Exercise(...)}`."""
    exercises = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name not in ("checker", "limit"):
            chapter = importlib.import_module(f"{__name__}.{module.name}").EXERCISES
            exercises |= {f"{module.name.replace('_', '-')}/{name}": exercise for name, exercise in chapter.items()}
    return exercises

"""Which changes are made: this file is run by `make mutants`, the only place where mutmut is installed."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from mutate import mutants  # noqa: E402

SOURCE = '''
"""A docstring."""
from dataclasses import dataclass

__all__ = ["Ball"]

SIZES = (3, 4)
KINDS = "fc"


@dataclass(frozen=True)
class Ball:
    """Another docstring."""

    radius: float = 1.5

    @property
    def area(self) -> float:
        return 4 * PI * self.radius**2

    def grow(self, by=(1, 2), twice=False):
        if twice and self.radius > 0:
            raise ValueError(f"Ball: expected room, got by={by}")
        return self.area.sum(axis=-1, keepdims=True), list(zip(SIZES, by, strict=True))
'''
CHANGED = [mutant.source() for mutant in mutants("ball", SOURCE)]


@pytest.mark.parametrize(
    "line",
    [
        "SIZES = (4, 4)",
        "SIZES = None",
        'KINDS = "Xc"',
        "    radius: float = 2.5",
        "    radius: float = None",
        "        return 5 * PI * self.radius**2",
        "        return 4 / PI * self.radius**2",
        "        return 4 * PI * self.radius * 2",
        "    def grow(self, by=(2, 2), twice=False):",
        "    def grow(self, by=(1, 2), twice=True):",
        "        if twice or self.radius > 0:",
        "        if twice and self.radius >= 0:",
        '            raise ValueError(f"XXBall: expected room, got by=XX{by}")',
        "        return self.area.sum(axis=+1, keepdims=True), list(zip(SIZES, by, strict=True))",
        "        return self.area.sum(axis=-1, keepdims=True), list(zip(SIZES, None, strict=True))",
        "        return self.area.sum(axis=-2, keepdims=True), list(zip(SIZES, by, strict=True))",
        "        return self.area.sum(axis=-1, keepdims=False), list(zip(SIZES, by, strict=True))",
        "        return self.area.sum(axis=-1, ), list(zip(SIZES, by, strict=True))",
    ],
)
def test_numbers_defaults_operators_arguments_and_messages_are_changed(line):
    assert any(line in source.splitlines() for source in CHANGED)


STAYS = ['__all__ = ["Ball"]', "A docstring.", "Another docstring.", "@dataclass(frozen=True)", "-> float"]


@pytest.mark.parametrize("part", STAYS)
def test_docstrings_decorators_and_annotations_stay(part):
    assert all(part in source for source in CHANGED)


def test_every_mutant_differs_from_the_source_in_one_line_and_says_which():
    for mutant in mutants("ball", SOURCE):
        before, after = SOURCE.splitlines(), mutant.source().splitlines()
        differing = [number for number, pair in enumerate(zip(before, after, strict=True), 1) if pair[0] != pair[1]]
        assert differing == [mutant.line]


def test_strict_stays_wherever_its_zip_does():
    assert all(("strict=True" in source) == ("zip" in source) for source in CHANGED)

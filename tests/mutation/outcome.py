"""What came out: which mutants survived, which of them are listed as equivalent, and the report."""

import ast
import difflib
import platform
import signal
import time
import tomllib
from collections import Counter
from functools import cache
from importlib.metadata import version
from math import comb
from pathlib import Path
from typing import NamedTuple

from runner import SURVIVED

LIST = Path(__file__).with_name("equivalent.toml")
GOAL, BY_CHANCE = 0.95, 0.05


class Place(NamedTuple):
    """A function, method or class of a module, with its first and last line."""

    name: str
    first: int
    last: int
    is_function: bool

    def holds(self, line):
        return self.first <= line <= self.last


class Change(NamedTuple):
    """What identifies a mutant even when lines have moved."""

    module: str
    place: str
    before: str
    after: str


@cache
def places(source):
    """The functions, methods and classes of a module, what is inside another one before it."""
    found = []
    for node in ast.parse(source).body:
        prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        for item in [*(node.body if prefix else []), node]:
            if isinstance(item, ast.FunctionDef | ast.ClassDef):
                first = min(part.lineno for part in (item, *item.decorator_list))
                name = item.name if item is node else prefix + item.name
                found.append(Place(name, first, item.end_lineno, isinstance(item, ast.FunctionDef)))
    return found


def place(source, line):
    """The innermost Place around a line, one without a name if there is none."""
    return next((place for place in places(source) if place.holds(line)), Place("", 0, 0, False))


def change(mutant, source):
    lines = list(difflib.unified_diff(source.splitlines(), mutant.source().splitlines(), n=0, lineterm=""))[2:]
    before, after = (" ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+")
    return Change(mutant.module, place(source, mutant.line).name, before, after)


def listed():
    """The equivalent mutants: {change: reason}."""
    entries = tomllib.loads(LIST.read_text("utf-8"))["mutant"]
    return {Change(*(entry[key] for key in Change._fields)): entry["reason"] for entry in entries}


class Outcome:
    """Counts and names the survivors among (mutant, exit status of pytest).

    `survivors` are (line, change); `mistaken` are changes listed as equivalent that were killed or are no longer
    possible, looked for only if the mutants are complete. `good` says whether enough were killed and no list is wrong.
    """

    def __init__(self, results, sources, equivalent, complete):
        self.counts, self.survivors, seen = {}, [], set()
        self.out_of_time = sum(status == -signal.SIGPROF for _, status in results)
        for mutant, status in sorted(results, key=lambda result: (result[0].module, result[0].line)):
            count = self.counts.setdefault(mutant.module, Counter())
            if status not in SURVIVED:
                count["killed"] += 1
                continue
            key = change(mutant, sources[mutant.module])
            seen.add(key)
            count["equivalent" if key in equivalent else "survived"] += 1
            if key not in equivalent:
                self.survivors.append((mutant.line, key))
        self.mistaken = [key for key in equivalent if complete and key.module in self.counts and key not in seen]
        self.total = sum(self.counts.values(), Counter())
        enough = rate(self.total) >= GOAL or (not complete and may_be_chance(self.total))
        self.good = enough and not self.mistaken

    def report(self, seconds, jobs):
        """The outcome in Markdown."""
        rows = [row(name, count) for name, count in [*self.counts.items(), ("all", self.total)]]
        survivors = [f"- `{key.module}.py:{line}` {sentence(key)}" for line, key in self.survivors]
        mistaken = [f"- `{key.module}.py` {sentence(key)}" for key in self.mistaken]
        return f"""# Mutants

{self.total.total()} changes to the numeric core, one at a time, and what the tests noticed. Made by `make mutants` on
{time.strftime("%d %B %Y").lstrip("0")}, in {seconds / 60:.0f} minutes with {jobs} processes, Python \
{platform.python_version()} and numpy {version("numpy")}.
{self.out_of_time} of the killed ones ran out of time. The rate leaves out the equivalent ones: no test can tell them
from the original, and `{LIST.name}` says why.

| module | mutants | killed | equivalent | survived | rate |
|---|--:|--:|--:|--:|--:|
{chr(10).join(rows)}

## Survivors

{chr(10).join(survivors) or "None."}

## Listed as equivalent by mistake

{chr(10).join(mistaken) or "None."}
"""


def rate(count):
    return count["killed"] / max(1, count["killed"] + count["survived"])


def may_be_chance(count):
    """Whether a sample with so many survivors, or more, is no rarity where the share of the killed ones is the goal.

    A sample has a margin, the whole run has none: so a core that is good enough is rarely called bad.
    """
    n = count["killed"] + count["survived"]
    fewer = sum(comb(n, k) * (1 - GOAL) ** k * GOAL ** (n - k) for k in range(count["survived"]))
    return 1 - fewer >= BY_CHANCE


def row(name, count):
    numbers = " | ".join(str(count[column]) for column in ("killed", "equivalent", "survived"))
    return f"| {name} | {count.total()} | {numbers} | {rate(count):.1%} |"


def sentence(key):
    return f"in {key.place or 'the module'}: `{key.before}` becomes `{key.after}`"

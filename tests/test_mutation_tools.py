"""The tool behind `make mutants`: it sees a red test, ends what never ends, and leaves the files as they are."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import mlp_core

HERE = Path(__file__).parent
CORE = Path(mlp_core.__file__).parent
sys.path.insert(0, str(HERE / "mutation"))

import outcome  # noqa: E402
import runner  # noqa: E402

ONE = '''"""A module."""

NAMES = ["a", "b"]


def half(x):
    return x / 2


def countdown(n):
    while n > 0:
        n -= 1
    return n


def unused():
    return 1
'''
TESTS = '''import pytest

from package.one import NAMES, countdown, half

FOUR = half(8)


def test_half():
    assert half(4) == 2


def test_countdown():
    assert countdown(3) == 0


@pytest.mark.parametrize("name", NAMES)
def test_names_are_short(name):
    assert len(name) == 1
'''
CHANGES = {
    "a wrong result": ("x / 2", "x * 2"),
    "the same result": ("x / 2", "x / 2.0"),
    "no end": ("n -= 1", "n -= 0"),
    "all memory": ("x / 2", "bytes(1 << 40)"),
    "no syntax": ("x / 2", "x /"),
    "a crash": ("x / 2", "__import__('os').abort()"),
    "tests with other names": ('"b"]', '"bb"]'),
    "what no test enters": ("return 1", "return 2"),
}
DRIVER = """
import json, os, sys, time
from pathlib import Path
import outcome, runner
folder, changes = Path.cwd(), json.loads(sys.argv[1])
runner.CPU_SECONDS = 0.5
one = folder / "package" / "one.py"
source, mirror = one.read_text(), "tests/test_one.py"
tests = runner.record([mirror], one.parent, folder, 2)
def work(name):
    before, after = changes[name]
    line = source[: source.index(before)].count("\\n") + 1
    seconds, known = runner.choose("one", outcome.place(source, line), mirror, tests)
    return runner.run_mutant("package.one", one, source.replace(before, after), seconds, known)
statuses = dict(runner.in_processes(work, changes, 2))
still = runner.in_processes(lambda seconds: time.sleep(seconds) or 7, [0, 60], 2)
assert next(still) == (0, 7)
still.close()
statuses["left running"] = os.waitstatus_to_exitcode(os.wait()[1])
for name, work in {"a tool that fails": lambda task: 1 / 0, "a failing test": None}.items():
    try:
        if work:
            list(runner.in_processes(work, [name], 1))
        else:
            (folder / mirror).write_text("def test(): assert False")
            runner.record([mirror], one.parent, folder, 1)
    except RuntimeError as error:
        statuses[name] = str(error)
print(json.dumps({"statuses": statuses, "same": source == one.read_text()}))
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """What a process of its own says of each change: this one has threads, and is not forked."""
    folder = tmp_path_factory.mktemp("checkout")
    files = {
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\naddopts = "--import-mode=importlib"\n',
        "package/__init__.py": "",
        "package/one.py": ONE,
        "tests/test_one.py": TESTS,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(HERE / 'mutation')!r})\n{DRIVER}"]
    done = subprocess.run([*command, json.dumps(CHANGES)], cwd=folder, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("name", "status"),
    {
        "a wrong result": 1,
        "the same result": 0,
        "no end": -signal.SIGPROF,
        "all memory": 2,
        "no syntax": 2,
        "a crash": -signal.SIGABRT,
        "tests with other names": 1,
        "what no test enters": 0,
        "left running": -signal.SIGKILL,
        "a tool that fails": "the tool itself failed on a tool that fails",
        "a failing test": "tests/test_one.py must pass before anything is changed",
    }.items(),
)
def test_each_change_ends_with_its_status(run, name, status):
    assert run["statuses"][name] == status


def test_the_files_are_left_as_they_are(run):
    assert run["same"]


def test_the_tests_that_enter_the_function_are_chosen_the_modules_own_and_the_quickest_first():
    mirror, shared = "tests/test_one.py", runner.SHARED[0]
    tests = {
        mirror: {"slow": (2, [("one.py", 6)]), "quick": (1, [("one.py", 7)]), "other": (0, [("two.py", 6)])},
        shared: {"gradient": (0, [("one.py", 6)])},
    }
    chosen, known = runner.choose("one", outcome.place(ONE, 7), mirror, tests)
    assert list(chosen.items()) == [("quick", 1), ("slow", 2), ("gradient", 0)]
    assert known == {"slow", "quick", "other", "gradient"}
    assert list(runner.choose("one", outcome.place(ONE, 3), mirror, tests)[0]) == ["other", "quick", "slow", "gradient"]


CLASS = '''@dataclass
class Ball:
    radius: float = 1

    @property
    def area(self):
        return 4


BALL = 1
'''


@pytest.mark.parametrize(("line", "name"), {3: "Ball", 5: "Ball.area", 7: "Ball.area", 1: "Ball", 10: ""}.items())
def test_the_place_of_a_line_is_the_innermost_function_or_class_with_its_decorators(line, name):
    place = outcome.place(CLASS, line)
    assert (place.name, place.is_function) == (name, name == "Ball.area")


class Stub(NamedTuple):
    """A mutant of ONE, made by replacing text."""

    module: str
    line: int
    before: str
    after: str

    def source(self):
        return ONE.replace(self.before, self.after)


KILLED, SAME = Stub("one", 11, "n > 0", "n >= 0"), Stub("one", 7, "x / 2", "x / 2.0")
EQUIVALENT = outcome.Change("one", "half", "return x / 2", "return x / 2.0")


def result(equivalent, complete=True, killed=19):
    return outcome.Outcome([(KILLED, 1)] * killed + [(SAME, 0)], {"one": ONE}, equivalent, complete)


def test_a_survivor_is_counted_and_named_with_its_line_and_change():
    found = result({})
    assert found.survivors == [(7, EQUIVALENT)]
    assert "| one | 20 | 19 | 0 | 1 | 95.0% |" in found.report(60, 2)
    assert "- `one.py:7` in half: `return x / 2` becomes `return x / 2.0`" in found.report(60, 2)
    assert found.good
    assert not result({}, killed=18).good


@pytest.mark.parametrize("survived, good", [(5, True), (6, True), (9, True), (10, False), (50, False)])
def test_a_sample_is_judged_with_its_margin_and_the_whole_run_without(survived, good):
    outcomes = [(KILLED, 1)] * (100 - survived) + [(SAME, 0)] * survived
    assert outcome.Outcome(outcomes, {"one": ONE}, {}, complete=False).good == good
    assert outcome.Outcome(outcomes, {"one": ONE}, {}, complete=True).good == (survived <= 5)


def test_the_margin_of_a_sample_is_a_binomial_tail():
    drawn = np.random.default_rng(0).binomial(100, 1 - outcome.GOAL, 200_000)
    for survived in (8, 9, 10, 11):
        share = (drawn >= survived).mean()
        assert outcome.may_be_chance({"killed": 100 - survived, "survived": survived}) == (share >= outcome.BY_CHANCE)


def test_an_equivalent_mutant_is_left_out_of_the_rate():
    found = result({EQUIVALENT: "x / 2 is a float"}, killed=1)
    assert "| one | 2 | 1 | 1 | 0 | 100.0% |" in found.report(60, 2)
    assert "## Survivors\n\nNone.\n" in found.report(60, 2)
    assert found.good


def test_a_mutant_listed_as_equivalent_by_mistake_is_named_unless_only_a_sample_was_run():
    wrong = outcome.Change("one", "countdown", "while n > 0:", "while n >= 0:")
    assert result({wrong: "a reason"}).mistaken == [wrong]
    assert "- `one.py` in countdown: `while n > 0:` becomes" in result({wrong: "a reason"}).report(60, 2)
    assert not result({wrong: "a reason"}).good
    assert result({wrong: "a reason"}, complete=False).good


def test_mutants_out_of_time_are_killed_and_counted():
    found = outcome.Outcome([(KILLED, -signal.SIGPROF)], {"one": ONE}, {}, True)
    assert found.counts["one"]["killed"] == 1
    assert "1 of the killed ones ran out of time" in found.report(60, 2)


def test_every_equivalent_mutant_is_of_a_module_and_has_a_reason():
    modules = {path.stem for path in Path(mlp_core.__file__).parent.glob("[!_]*.py")}
    for change, reason in outcome.listed().items():
        assert change.module in modules
        assert change.before != change.after
        assert len(reason.split()) >= 3


def test_the_modules_of_a_folder_have_their_tests_in_a_folder_of_that_name():
    mirrors = {"layers": "tests/test_layers.py", "fast/step": "tests/fast/test_step.py"}
    assert {module: runner.mirror(module) for module in mirrors} == mirrors
    assert all((HERE / "fast" / f"test_{path.stem}.py").exists() for path in (CORE / "fast").glob("[!_]*.py"))

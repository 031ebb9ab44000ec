"""Whole processes: imports, the cold start to a result and to a picture, peak memory."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.harness import OURS

ROOT = Path(__file__).resolve().parents[2]
MODULES = {OURS: "ours", "scikit-learn": "with_sklearn", "torch": "with_torch", "jax": "with_jax"}


@dataclass(frozen=True)
class Processes:
    """A comparison of processes.

    Parameters
    ----------
    name, title, unit : str
    measures : dict of contender and function that returns a number, in the unit; mlp_core first
    most_rounds : int
    """

    name: str
    title: str
    unit: str
    measures: dict[str, Callable]
    most_rounds: int

    def prepare(self, chosen):
        """The chosen measures; each has run once, so that Python has compiled what it imports."""
        measures = {name: measure for name, measure in self.measures.items() if name in chosen}
        for measure in measures.values():
            measure()
        return measures

    def rounds(self, asked):
        """The number of rounds of each contender."""
        return dict.fromkeys(self.measures, min(asked, self.most_rounds))


def output(*arguments):
    """What Python prints when it is run with these arguments; a program that fails ends the benchmark.

    Python may keep what it compiles: installed libraries come compiled, and without that only ours would not be.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"python {' '.join(arguments)} failed: {done.stderr.strip()}")
    return done.stdout


def import_time(module):
    """Seconds that an import takes after that of numpy."""
    timed = f"import numpy, time; start = time.perf_counter(); import {module}; print(time.perf_counter() - start)"
    return float(output("-c", timed))


def program(module, quantity, picture=""):
    """Seconds or MiB of a program of `benchmarks.cold`, which draws a picture in the given format, if any."""
    with tempfile.TemporaryDirectory() as folder:
        files = [f"{folder}/loss.{picture}"] if picture else []
        return json.loads(output("-m", "benchmarks.launch", f"benchmarks.cold.{module}", *files))[quantity]


def programs(quantity, **others):
    return {name: partial(program, module, quantity) for name, module in (MODULES | others).items()}


IMPORTS = {OURS: "mlp_core", "scikit-learn": "sklearn.neural_network", "torch": "torch", "jax": "jax"}

PROCESSES = (
    Processes(
        "import",
        "Import, beyond that of numpy",
        "s",
        {name: partial(import_time, module) for name, module in IMPORTS.items()},
        most_rounds=7,
    ),
    Processes(
        "cold",
        "Cold process, 10,000 steps on XOR",
        "s",
        programs("seconds", micrograd="with_micrograd"),
        most_rounds=5,
    ),
    Processes(
        "picture",
        "Cold process to a picture, both with matplotlib",
        "s",
        {name: partial(program, MODULES[name], "seconds", "png") for name in (OURS, "jax")},
        most_rounds=5,
    ),
    Processes(
        "svg",
        "Cold process to a picture, mlp_core with an SVG file written by hand, JAX with matplotlib",
        "s",
        {
            OURS: partial(program, "ours", "seconds", "svg"),
            "jax": partial(program, "with_jax", "seconds", "png"),
        },
        most_rounds=5,
    ),
    Processes("memory", "Peak memory of a process, 10,000 steps on XOR", "MiB", programs("MiB"), most_rounds=3),
)

"""Change the numeric core in one place at a time, and see whether a test goes red.

    python tests/mutation/mutants.py [--sample 100] [--report report.md] [MODULE ...]

Works on a copy of the checkout under a temporary folder. A mutant of a function runs the tests that enter the function,
those of the module's own test file first, the quickest first, until one fails.
"""

import argparse
import ast
import difflib
import os
import platform
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from functools import cache
from pathlib import Path

os.environ |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "MLP_CASES": "100"}
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import mutate  # noqa: E402
import numpy  # noqa: E402
import runner  # noqa: E402
import yaml  # noqa: E402

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SHARED = ["tests/test_gradients.py", "tests/test_replicas.py", "tests/test_training.py"]
SEED, GOAL, PASSED = 1, 0.95, (0, 5)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="modules of mlp_core; all if none is named")
    parser.add_argument("--sample", type=int, help="so many mutants only, drawn at random with a fixed seed")
    parser.add_argument("--report", type=Path, help="where to write the report; it is printed anyway")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="processes at a time")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = folder
        copy_checkout(ROOT, Path(folder))
        os.chdir(folder)
        report, good = examine(Path(folder), args.modules, args.sample, args.jobs)
        os.chdir(ROOT)
    print(report)
    if args.report:
        args.report.write_text(report)
    sys.exit(not good)


def copy_checkout(root, folder):
    for name in ("mlp_core", "tests"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(root / name, folder)


def examine(folder, modules, sample, jobs):
    """Run the mutants of a copied checkout; returns the report and whether it is as good as it should be."""
    started = time.monotonic()
    sources = {path.stem: path.read_text() for path in sorted((folder / "mlp_core").glob("[!_]*.py"))}
    modules = modules or list(sources)
    mutants = [mutant for module in modules for mutant in mutate.mutants(module, sources[module])]
    if sample:
        mutants = sorted(random.Random(SEED).sample(mutants, min(sample, len(mutants))), key=lambda m: m.module)
    mirrors = {module: f"tests/test_{module}.py" for module in modules}
    files = [file for file in dict.fromkeys([*mirrors.values(), *SHARED]) if (folder / file).exists()]
    tests = runner.record(files, folder / "mlp_core", folder, jobs)
    recorded = time.monotonic()
    print(f"{len(mutants)} mutants; the tests pass, in {recorded - started:.0f} s", flush=True)

    @cache
    def tests_of(module, home):
        return choose(module, home, mirrors[module], tests)

    def run(mutant):
        path = folder / "mlp_core" / f"{mutant.module}.py"
        seconds, known = tests_of(mutant.module, place(sources[mutant.module], mutant.line))
        return runner.run_mutant(f"mlp_core.{mutant.module}", path, mutant.source(), seconds, known) if seconds else 0

    results = []
    for mutant, status in runner.in_processes(run, mutants, jobs):
        results.append((mutant, status))
        if len(results) % 100 == 0:
            survived = sum(status in PASSED for _, status in results)
            print(f"{len(results)} run, {survived} survived, {time.monotonic() - started:.0f} s", flush=True)
    return summary(results, sources, time.monotonic() - started, jobs, complete=not sample)


@cache
def places(source):
    """(name, first line, last line) of the functions, methods and classes of a module, what is inside comes first."""
    found = []
    for node in ast.parse(source).body:
        inner = [node, *node.body] if isinstance(node, ast.ClassDef) else [node]
        for item in reversed(inner):
            if isinstance(item, ast.FunctionDef | ast.ClassDef):
                name = item.name if item is node else f"{node.name}.{item.name}"
                first = min([item.lineno, *(decorator.lineno for decorator in item.decorator_list)])
                found.append((name, first, item.end_lineno, isinstance(item, ast.FunctionDef)))
    return found


def place(source, line):
    """The function, class or "" around a line: (name, first line, last line, whether it is a function)."""
    return next((item for item in places(source) if item[1] <= line <= item[2]), ("", 0, 0, False))


def choose(module, home, mirror, tests):
    """The tests for a mutant as {test: seconds} in the order to run them, and the names of all that could run."""
    _, first, last, is_function = home
    chosen, known = [], set()
    for file in dict.fromkeys([mirror, *SHARED]):
        known |= tests.get(file, {}).keys()
        for test, (seconds, entered) in tests.get(file, {}).items():
            if not is_function or any(name == f"{module}.py" and first <= line <= last for name, line in entered):
                chosen.append((file != mirror, seconds, test))
    return {test: seconds for _, seconds, test in sorted(chosen)}, known


def change(mutant, source):
    """What identifies a mutant after lines have moved: module, function, and the lines before and after."""
    lines = list(difflib.unified_diff(source.splitlines(), mutant.source().splitlines(), n=0, lineterm=""))[3:]
    before, after = (" ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+")
    return mutant.module, place(source, mutant.line)[0], before, after


def summary(results, sources, seconds, jobs, complete):
    listed = {tuple(entry[key] for key in ("module", "in", "before", "after")): entry["reason"]
              for entry in yaml.safe_load((HERE / "equivalent.yml").read_text()) or []}
    counts = {name: Counter() for name in ("mutants", "killed", "out of time", "equivalent", "survived")}
    survivors, seen = [], set()
    for mutant, status in results:
        module = mutant.module
        counts["mutants"][module] += 1
        if status not in PASSED:
            counts["killed"][module] += 1
            counts["out of time"][module] += status == -signal.SIGPROF
            continue
        key = change(mutant, sources[module])
        seen.add(key)
        counts["equivalent" if key in listed else "survived"][module] += 1
        if key not in listed:
            survivors.append((mutant.line, key))
    wrong = [key for key in listed if key not in seen and key[0] in counts["mutants"]] if complete else []
    return None

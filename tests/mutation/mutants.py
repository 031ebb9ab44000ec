"""Change the numeric core in one place at a time, and see whether a test goes red.

    python tests/mutation/mutants.py [--sample 100 [--seed SEED]] [--report report.md] [MODULE ...]

Works on a copy of the checkout under a temporary folder. A mutant of a function runs the tests that enter the function,
those of the module's own test file first, the quickest first, until one fails. Any other mutant runs all of them.
A sample is another one for each commit: of the changed lines first (`book/_tools/changed.py`), then of all others.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

import draw
import mutate
import outcome
import runner

ROOT = Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="as in layers fast/step; default all")
    parser.add_argument("--sample", type=int, help="so many mutants only, drawn at random")
    parser.add_argument("--seed", help="what a sample is drawn from; default the commit that is checked out")
    parser.add_argument("--report", type=Path, help="where to write the report, which is printed anyway")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at a time")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    report_to, equivalent = args.report and args.report.resolve(), outcome.listed()
    with tempfile.TemporaryDirectory() as folder:
        copy_checkout(ROOT, Path(folder))
        os.environ["PYTEST_DEBUG_TEMPROOT"] = folder
        os.chdir(folder)
        started = time.monotonic()
        sources, results = run(Path(folder), args.modules, draw.drawn(ROOT, args.sample, args.seed), args.jobs)
        os.chdir(ROOT)
    found = outcome.Outcome(results, sources, equivalent, complete=not args.sample)
    report = found.report(time.monotonic() - started, args.jobs)
    print(report)
    if report_to:
        report_to.write_text(report)
    sys.exit(not found.good)


def copy_checkout(root, folder):
    for name in ("mlp_core", "tests"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(root / name, folder)


def run(folder, modules, choose, jobs):
    """Run the mutants of a copied checkout; returns the source of each module, and (mutant, exit status of pytest)."""
    package, started = folder / "mlp_core", time.monotonic()
    paths = sorted([*package.glob("[!_]*.py"), *package.glob("fast/[!_]*.py")])
    sources = {path.relative_to(package).with_suffix("").as_posix(): path.read_text("utf-8") for path in paths}
    modules = modules or list(sources)
    mutants = choose([mutant for module in modules for mutant in mutate.mutants(module, sources[module])])
    mirrors = {module: runner.mirror(module) for module in modules}
    files = [file for file in dict.fromkeys([*mirrors.values(), *runner.SHARED]) if (folder / file).exists()]
    tests = runner.record(files, package, folder, jobs)
    print(f"{len(mutants)} mutants; the tests pass without them ({time.monotonic() - started:.0f} s)", flush=True)

    @cache
    def tests_of(module, place):
        return runner.choose(module, place, mirrors[module], tests)

    def work(mutant):
        seconds, known = tests_of(mutant.module, outcome.place(sources[mutant.module], mutant.line))
        path = package / f"{mutant.module}.py"
        return runner.run_mutant(f"mlp_core.{mutant.module.replace('/', '.')}", path, mutant.source(), seconds, known)

    results, equivalent = [], outcome.listed()
    for mutant, status in runner.in_processes(work, mutants, jobs):
        results.append((mutant, status))
        if status in runner.SURVIVED and (found := outcome.change(mutant, sources[mutant.module])) not in equivalent:
            print(f"survived: {mutant.module}.py:{mutant.line} {outcome.sentence(found)}", flush=True)
        if len(results) % 100 == 0:
            survived = sum(status in runner.SURVIVED for _, status in results)
            print(f"{len(results)} run, {survived} survived ({time.monotonic() - started:.0f} s)", flush=True)
    return sources, results


if __name__ == "__main__":
    main()

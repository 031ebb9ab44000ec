"""Run the comparisons, or some of them.

    python -m benchmarks [--only xor,digits] [--contenders mlp_core,torch] [--rounds 9] [--out FOLDER]

Prints a table for each; with --out the folder gets results.json, results.md and results.svg. What is
measured is kept after each comparison: an interrupt loses the one under way. A run with --only keeps the other rows of
the folder, which must be of the same machine and versions.
"""

import argparse
import os
import shutil
import sys
import time
from fnmatch import fnmatch
from pathlib import Path

from benchmarks import machine


def main():
    options = arguments()
    machine.use_one_core()
    from benchmarks import report, targets, workloads

    names = [workload.name for workload in workloads.ALL]
    unknown = [pattern for pattern in options.only if not any(wanted(name, [pattern]) for name in names)]
    if unknown:
        raise SystemExit(f"--only: expected names or patterns of {', '.join(names)}, got {', '.join(unknown)}")
    if stray := targets.stray(workloads.ALL):
        raise SystemExit(f"benchmarks/targets.py: expected rows for all that is demanded, got {'; '.join(stray)}")
    results = {"machine": machine.describe(), "workloads": {}}
    if options.out and options.only != ["*"]:
        results = report.earlier(options.out, results["machine"])
    try:
        run(options, workloads.ALL, results)
    finally:
        if options.out and results["workloads"]:
            report.draw(options.out)


def run(options, workloads, results):
    """Measure what is wanted of the workloads; after each one results.json is written."""
    from benchmarks import harness, report

    for workload in workloads:
        rounds = {name: n for name, n in workload.rounds(options.rounds).items() if wanted(name, options.contenders)}
        if not compiler():
            rounds.pop("torch.compile", None)
        if not rounds or not wanted(workload.name, options.only):
            continue
        start = time.perf_counter()
        samples = harness.play(workload.prepare(rounds), rounds)
        row = {"title": workload.title, "unit": workload.unit, "samples": samples}
        seconds = round(time.perf_counter() - start)
        known = results["workloads"] | {workload.name: row | {"seconds": seconds}}
        results["workloads"] = {workload.name: known[workload.name] for workload in workloads if workload.name in known}
        print(report.section(workload.name, row), flush=True)
        print(f"{workload.name}: {seconds} s", file=sys.stderr, flush=True)
        if options.out:
            report.save(results, options.out)


def arguments():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Compare the speed of mlp_core.")
    names = {"type": lambda text: text.split(","), "default": ["*"], "metavar": "NAME,..."}
    parser.add_argument("--only", help="comparisons, as in xor,gradient*; default all", **names)
    parser.add_argument("--contenders", help="as in mlp_core,torch*; default all", **names)
    parser.add_argument("--rounds", type=int, default=7, help="default 7")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where to write results.json, .md and .svg")
    return parser.parse_args()


def wanted(name, patterns):
    """Whether a name fits one of the patterns of the shell."""
    return any(fnmatch(name, pattern) for pattern in patterns)


def compiler():
    """The C++ compiler that torch.compile needs, or None."""
    return shutil.which(os.environ.get("CXX", "g++")) or shutil.which("clang++")


if __name__ == "__main__":
    main()

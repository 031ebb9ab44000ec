"""Run the comparisons, or some of them.

    python -m benchmarks [--only xor,digits] [--contenders mlp_core,torch] [--rounds 9] [--out FOLDER]

Prints a table for each; with --out the folder gets results.json, results.md and results.svg.
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
    from benchmarks import harness, report, workloads

    chosen = [workload for workload in workloads.ALL if wanted(workload.name, options.only)]
    results = {"machine": machine.describe(), "workloads": {}}
    for workload in chosen:
        start = time.perf_counter()
        rounds = {name: n for name, n in workload.rounds(options.rounds).items() if wanted(name, options.contenders)}
        if not compiler():
            rounds.pop("torch.compile", None)
        samples = harness.play(workload.prepare(rounds), rounds)
        results["workloads"][workload.name] = {"title": workload.title, "unit": workload.unit, "samples": samples}
        print(report.section(workload.name, results["workloads"][workload.name]), flush=True)
        print(f"{workload.name}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    if options.out:
        report.write(results, options.out)


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

"""Execute notebooks in parallel, one process per core, and keep the outputs until something they depend on changes."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import nbformat

import fingerprint
from tree import BuildError, environment

RUNNER = Path(__file__).with_name("run_notebook.py")
GRACE = 60


@dataclass(frozen=True)
class Limits:
    """How long a cell and a whole notebook may take, in seconds."""

    cell: float = 120
    notebook: float = 300


def run(tree, jobs, figures, limits):
    """Run notebooks in parallel; print a line and yield (source, complaint or None) as each one ends.

    `jobs` are pairs (source, target) of paths; `figures` is the value of MLP_FIGURES.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = {pool.submit(_run_one, tree, *job, figures, limits): job[0] for job in jobs}
        for done in as_completed(runs):
            seconds, complaint = done.result()
            name = runs[done].relative_to(tree.root)
            print(f"  {name}: {'FAILED after ' if complaint else ''}{seconds:.1f} s", flush=True)
            yield runs[done], complaint


def raise_failures(tree, results):
    """Raise BuildError with all complaints among the (source, complaint) pairs, if there are any."""
    failures = [f"{source.relative_to(tree.root)}: {complaint}" for source, complaint in results if complaint]
    if failures:
        raise BuildError("\n\n".join(sorted(failures)))


def _run_one(tree, source, target, figures, limits):
    """Seconds taken, and what went wrong or None."""
    command = [sys.executable, str(RUNNER), str(source), str(target)]
    command += ["--cell-seconds", str(limits.cell), "--notebook-seconds", str(limits.notebook)]
    start = time.monotonic()
    try:
        done = subprocess.run(
            command,
            env=environment(tree, MLP_FIGURES=figures),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=limits.notebook + GRACE,
        )
        complaint = None if done.returncode == 0 else done.stderr.strip() or f"exit status {done.returncode}"
    except subprocess.TimeoutExpired:
        complaint = f"no answer after {limits.notebook + GRACE:g} s"
    return time.monotonic() - start, complaint


def execute_stale(tree, limits):
    """Bring the outputs of all notebooks up to date; raises BuildError with every failure, after all have run.

    `_build/outputs` keeps each executed notebook beside the hash of what its outputs depend on. The hash is that of
    the cells that did run, so a notebook edited meanwhile is run again next time.
    """
    ground = fingerprint.of_ground(tree)
    below = fingerprint.under(tree, ground)
    stale = [name for name in below if not _is_fresh(tree, name, below[name])]
    print(f"Notebooks: {len(stale)} to execute, {len(below) - len(stale)} unchanged.", flush=True)
    for name in stale:
        _key_of(tree, name).unlink(missing_ok=True)
    results = []
    for source, complaint in run(tree, [(tree.book / n, outputs_of(tree, n)) for n in stale], "static", limits):
        results.append((source, complaint))
        if not complaint and fingerprint.of_ground(tree) == ground:
            name = source.relative_to(tree.book)
            _key_of(tree, name).write_text(fingerprint.of_notebook(_read(outputs_of(tree, name)), below[name]))
    raise_failures(tree, results)
    if fingerprint.of_ground(tree) != ground:
        raise BuildError("mlp_core, its data or the pins changed while the notebooks were running: run it again.")


def _is_fresh(tree, name, ground):
    """Whether the stored outputs of notebook `name` are those that its cells have on this ground."""
    key = _key_of(tree, name)
    stored = key.is_file() and outputs_of(tree, name).is_file()
    return stored and key.read_text() == fingerprint.of_notebook(_read(tree.book / name), ground)


def outputs_of(tree, name):
    """The executed notebook that the outputs of notebook `name` are taken from."""
    return tree.build / "outputs" / name


def _key_of(tree, name):
    return outputs_of(tree, name).with_suffix(".key")


def _read(path):
    return nbformat.read(path, as_version=4)


def with_outputs(tree, name):
    """The notebook `name` as it stands in `book/`, with the outputs of its last execution."""
    nb, executed = _read(tree.book / name), _read(outputs_of(tree, name))
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    ran = [cell for cell in executed.cells if cell.cell_type == "code"]
    for cell, result in zip(code, ran, strict=True):
        cell.outputs, cell.execution_count = result.outputs, result.execution_count
    nb.metadata.language_info = executed.metadata.language_info
    return nb

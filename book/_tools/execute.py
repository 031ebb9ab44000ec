"""Execute notebooks in parallel, one process per core, and keep the outputs until something they depend on changes.

python book/_tools/execute.py       bring the outputs in _build/outputs up to date
"""

import errno
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat

import bounded
import fingerprint
import whole
from tree import BuildError, Tree, environment

RUNNER = Path(__file__).with_name("run_notebook.py")


@dataclass(frozen=True)
class Limits:
    """Seconds of processor time for a cell and for a whole notebook, and how long a cell may do nothing."""

    cell: float = 240
    notebook: float = 600
    idle: float = bounded.IDLE


def run(tree, jobs, figures, limits):
    """Run notebooks in parallel; yield (source, complaint or None, seconds) as each one ends, then print a line.

    `jobs` are pairs (source, target) of paths, begun in this order; `figures` is the value of MLP_FIGURES. However the
    loop is left, nothing goes on running, and only whole targets are written.
    """
    waiting, running = list(jobs), {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        env = environment(tree, MLP_FIGURES=figures, TMPDIR=scratch, JUPYTER_RUNTIME_DIR=scratch)
        try:
            while waiting or running:
                while waiting and len(running) < os.cpu_count():
                    source, target = waiting.pop(0)
                    running[source] = time.monotonic(), _start(source, target, env, limits)
                for source, (start, process) in list(running.items()):
                    if ended := _outcome(process):
                        del running[source]
                        seconds, (complaint,) = time.monotonic() - start, ended
                        yield source, complaint, seconds
                        failed = "FAILED after " if complaint else ""
                        print(f"  {source.relative_to(tree.root)}: {failed}{seconds:.1f} s", flush=True)
        finally:
            bounded.end()


def _start(source, target, env, limits):
    command = [sys.executable, str(RUNNER), str(source), str(target), "--cell-seconds", str(limits.cell)]
    command += ["--notebook-seconds", str(limits.notebook), "--idle-seconds", str(limits.idle)]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, env=env, text=True, start_new_session=True, **quiet)


def _outcome(process):
    """None while a notebook runs, then (complaint,) or (None,). Raises OSError where the disk was full."""
    try:
        errors = process.communicate(timeout=0.1)[1].strip()
    except subprocess.TimeoutExpired:
        return None
    if process.returncode == errno.ENOSPC:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return (errors or f"exit status {process.returncode}" if process.returncode else None,)


def raise_failures(tree, results):
    """Raise BuildError with all complaints among the (source, complaint) pairs, if there are any."""
    failures = [f"{source.relative_to(tree.root)}: {complaint}" for source, complaint in results if complaint]
    if failures:
        raise BuildError("\n\n".join(sorted(failures)))


def execute_stale(tree, limits, names=None):
    """Bring the outputs of all notebooks, or those named, up to date; raises BuildError with every failure at the end.

    `_build/outputs` keeps each executed notebook beside the hash of what its outputs depend on. The hash is that of
    the cells that did run, so a notebook edited meanwhile is run again next time.
    """
    ground = fingerprint.of_ground(tree)
    below = {name: on for name, on in fingerprint.under(tree, ground).items() if names is None or name in names}
    stale = [name for name in below if not is_fresh(tree, name, below[name])]
    print(f"Notebooks: {len(stale)} to execute, {len(below) - len(stale)} unchanged.", flush=True)
    for name in stale:
        _key_of(tree, name).unlink(missing_ok=True)
    results, known = [], _known_seconds(tree)
    stale.sort(key=lambda name: (known.get(name.as_posix(), math.inf), (tree.book / name).stat().st_size), reverse=True)
    jobs = [(tree.book / name, outputs_of(tree, name)) for name in stale]
    for source, complaint, seconds in run(tree, jobs, "static", limits):
        results.append((source, complaint))
        if not complaint and fingerprint.of_ground(tree) == ground:
            name = source.relative_to(tree.book)
            whole.write(_key_of(tree, name), fingerprint.of_notebook(_read(outputs_of(tree, name)), below[name]))
            known[name.as_posix()] = round(seconds, 1)
            whole.write(_seconds_of(tree), json.dumps(known, indent=1))
    raise_failures(tree, results)
    if fingerprint.of_ground(tree) != ground:
        raise BuildError("mlp_core, its data or the pins changed while the notebooks were running: run it again.")


def _seconds_of(tree):
    return tree.build / "outputs" / "seconds.json"


def _known_seconds(tree):
    """The seconds that each notebook took last time: the longest is begun first; of unknown ones, the largest file."""
    try:
        return json.loads(_seconds_of(tree).read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def is_fresh(tree, name, ground):
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


def main():
    tree = Tree.here()
    with whole.alone(tree):
        execute_stale(tree, Limits())


if __name__ == "__main__":
    whole.run(main, "Not every notebook was executed.")

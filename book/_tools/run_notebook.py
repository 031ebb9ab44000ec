"""Run one notebook from top to bottom in a fresh kernel and write the result.

    python book/_tools/run_notebook.py SOURCE TARGET [--cell-seconds 240] [--notebook-seconds 600]

Ends with an error, and writes nothing, when a cell raises, when anything is written to standard error (a Python
warning, for instance), when the kernel dies, and when a cell or the whole notebook uses too much processor time or
does nothing.
"""

import argparse
import asyncio
import errno
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

import bounded
import whole

FOREVER = 10**6
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class NotebookError(Exception):
    """A notebook that does not run cleanly; the message says which cell, and why."""


class NotStarted(NotebookError):
    """A kernel that died before its first cell: of two that start at once, one may find its port taken."""


class ThisPython(AsyncKernelManager):
    """Starts kernels in the Python that runs this script, whatever kernels the machine has registered."""

    @property
    def kernel_spec(self):
        return KernelSpec(argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"])


async def run(nb, folder, cell_seconds, notebook_seconds, idle_seconds=bounded.IDLE):
    """Execute the notebook `nb` in place, in `folder`; raises NotebookError. The seconds are of processor time."""
    where, number = "before its first cell", 0
    in_all = bounded.Watch(notebook_seconds, idle=FOREVER)
    in_cell = bounded.Watch(cell_seconds, idle_seconds)

    def remember(cell, cell_index):
        nonlocal where, number, in_cell
        if cell.cell_type == "code":
            number += 1
            where = f"in code cell {number} (id {cell.id})"
            in_cell = bounded.Watch(cell_seconds, idle_seconds)

    client = NotebookClient(
        nb,
        kernel_manager_class=ThisPython,
        startup_timeout=FOREVER,
        iopub_timeout=FOREVER,
        shutdown_kernel="immediate",
        coalesce_streams=True,
        on_cell_start=remember,
    )
    work = asyncio.ensure_future(client.async_execute(cwd=str(folder), env=dict(os.environ), stderr=subprocess.DEVNULL))
    parent = os.getppid()
    try:
        while not (await asyncio.wait([work], timeout=bounded.LOOK))[0]:
            if complaint := in_cell.complaint():
                raise NotebookError(f"{complaint} {where}")
            if complaint := in_all.complaint():
                raise NotebookError(f"{complaint} in all, stopped {where}")
            if os.getppid() != parent:
                raise NotebookError(f"left alone {where}")
        work.result()
    except CellExecutionError as error:
        raise NotebookError(f"{error.ename} {where}: {error.evalue}\n\n{error.traceback}") from error
    except RuntimeError as error:
        kind = NotebookError if number else NotStarted
        raise kind(f"the kernel died {where}") from error
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    refuse_stderr(nb)


def run_from_the_start(nb, *arguments):
    """`run`, with another kernel where one has not started; the third has to."""
    for last in (False, False, True):
        try:
            return asyncio.run(run(nb, *arguments))
        except NotStarted:
            if last:
                raise


def refuse_stderr(nb):
    """Raise NotebookError if a cell of the executed notebook wrote to standard error."""
    for number, cell in enumerate((cell for cell in nb.cells if cell.cell_type == "code"), start=1):
        text = "".join(out.text for out in cell.outputs if out.output_type == "stream" and out.name == "stderr")
        if text:
            raise NotebookError(f"standard error is not empty in code cell {number} (id {cell.id}):\n{text}")


def main():
    parser = argparse.ArgumentParser(description="Run one notebook in a fresh kernel.")
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--cell-seconds", type=float, default=240)
    parser.add_argument("--notebook-seconds", type=float, default=600)
    parser.add_argument("--idle-seconds", type=float, default=bounded.IDLE)
    options = parser.parse_args()

    nb = nbformat.read(options.source, as_version=4)
    seconds = options.cell_seconds, options.notebook_seconds, options.idle_seconds
    try:
        with tempfile.TemporaryDirectory() as profile:
            os.environ["IPYTHONDIR"] = profile
            run_from_the_start(nb, options.source.parent, *seconds)
        whole.write(options.target, nbformat.writes(nb))
    except NotebookError as error:
        sys.exit(COLOURS.sub("", str(error)).strip())
    except OSError as error:
        if not whole.is_full(error):
            raise
        sys.exit(errno.ENOSPC)


if __name__ == "__main__":
    main()

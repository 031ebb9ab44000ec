"""Run one notebook from top to bottom in a fresh kernel and write the result.

    python book/_tools/run_notebook.py SOURCE TARGET [--cell-seconds 120] [--notebook-seconds 300]

Ends with an error, and writes nothing, when a cell raises, when anything is written to standard error (a Python
warning, for instance), when the kernel dies, and when a cell or the whole notebook takes too long.
"""

import argparse
import asyncio
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
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class NotebookError(Exception):
    """A notebook that does not run cleanly; the message says which cell, and why."""


class ThisPython(AsyncKernelManager):
    """Starts kernels in the Python that runs this script, whatever kernels the machine has registered."""

    @property
    def kernel_spec(self):
        return KernelSpec(argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"])


async def run(nb, folder, cell_seconds, notebook_seconds):
    """Execute the notebook `nb` in place, in `folder`; raises NotebookError."""
    where = "before its first cell"
    number = 0

    def remember(cell, cell_index):
        nonlocal where, number
        if cell.cell_type == "code":
            number += 1
            where = f"in code cell {number} (id {cell.id})"

    client = NotebookClient(
        nb,
        kernel_manager_class=ThisPython,
        timeout=cell_seconds,
        startup_timeout=60,
        shutdown_kernel="immediate",
        coalesce_streams=True,
        on_cell_start=remember,
    )
    try:
        async with asyncio.timeout(notebook_seconds) as bound:
            await client.async_execute(cwd=str(folder), env=dict(os.environ), stderr=subprocess.DEVNULL)
    except CellExecutionError as error:
        raise NotebookError(f"{error.ename} {where}: {error.evalue}\n\n{error.traceback}") from error
    except CellTimeoutError as error:
        raise NotebookError(f"more than {cell_seconds:g} s {where}") from error
    except (DeadKernelError, TimeoutError) as error:
        slow = f"more than {notebook_seconds:g} s in all, stopped {where}"
        raise NotebookError(slow if bound.expired() else f"the kernel died {where}") from error
    refuse_stderr(nb)


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
    parser.add_argument("--cell-seconds", type=float, default=120)
    parser.add_argument("--notebook-seconds", type=float, default=300)
    options = parser.parse_args()

    nb = nbformat.read(options.source, as_version=4)
    with tempfile.TemporaryDirectory() as profile:
        os.environ["IPYTHONDIR"] = profile
        try:
            asyncio.run(run(nb, options.source.parent, options.cell_seconds, options.notebook_seconds))
        except NotebookError as error:
            sys.exit(COLOURS.sub("", str(error)).strip())
    options.target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nb, options.target)


if __name__ == "__main__":
    main()

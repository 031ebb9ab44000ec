"""What a reader does without make: any chapter in any Jupyter, and nbval on a notebook."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN = "import nbclient, nbformat, sys; nbclient.execute(nbformat.read(sys.argv[1], 4), timeout=None)"


def run(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    return done.returncode, done.stdout


def test_the_extra_is_enough_for_a_chapter(tmp_path):
    source = tmp_path / "source"
    shutil.copytree(ROOT / "mlp_core", source / "mlp_core")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv/bin/python"
    quiet = ("-qq", "--disable-pip-version-check")
    status, printed = run(python, "-m", "pip", "install", *quiet, f"{source}[notebooks]", "nbclient")
    assert status == 0, printed
    chapter = shutil.copy(ROOT / "book/learning/gradient-checking.ipynb", tmp_path)
    alone = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MLP_FIGURES")}
    status, printed = run(python, "-c", RUN, chapter, cwd=tmp_path, env=alone)
    assert status == 0, printed


@pytest.mark.parametrize("changed", [False, True])
def test_nbval_holds_a_notebook_against_its_stored_outputs(tmp_path, changed):
    nb = nbformat.read(ROOT / "book/notation.ipynb", as_version=4)
    if changed:
        nb.cells.append(nbformat.v4.new_code_cell("print('now')", execution_count=99))
        nb.cells[-1].outputs = [nbformat.v4.new_output("stream", name="stdout", text="before\n")]
    notebook = tmp_path / "notation.ipynb"
    nbformat.write(nb, notebook)
    options = ("--nbval", "--nbval-current-env", "--nbval-cell-timeout=86400", "--nbval-kernel-startup-timeout=86400")
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    status, printed = run(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, notebook, env=env)
    assert (status == 1) is changed, printed
    assert ("Cell outputs differ" in printed) is changed

"""What a student gets: every notebook without its solutions runs from top to bottom."""

import subprocess
import sys

import pytest

from student import write_copies
from tree import Tree, environment

TREE = Tree.here()


@pytest.mark.parametrize("name", TREE.notebooks(), ids=str)
def test_the_student_copy_runs_from_top_to_bottom(tmp_path, name):
    copies = {copy.relative_to(tmp_path): copy for copy in write_copies(TREE, tmp_path)}
    command = [sys.executable, TREE.book / "_tools/run_notebook.py", copies[name], tmp_path / "ran.ipynb"]
    text_figures = environment(TREE, MLP_FIGURES="text")
    done = subprocess.run(command, env=text_figures, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

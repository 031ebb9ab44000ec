"""What a student gets: a notebook without its solutions runs from top to bottom, outside the repository.

That every copy runs follows from `test_chapter` in tests/test_notebooks.py: nothing outside a solution reads what the
solution defines.
"""

import subprocess
import sys
from pathlib import Path

from student import write_copies
from tree import Tree, environment

TREE = Tree.here()
NAME = Path("learning/gradient-checking.ipynb")


def test_a_student_copy_runs_from_top_to_bottom(tmp_path):
    copies = {copy.relative_to(tmp_path): copy for copy in write_copies(TREE, tmp_path)}
    command = [sys.executable, TREE.book / "_tools/run_notebook.py", copies[NAME], tmp_path / "ran.ipynb"]
    done = subprocess.run(command, env=environment(TREE, MLP_FIGURES="text"), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

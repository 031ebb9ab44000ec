"""Write `student/`: copies of the notebooks without the cells tagged `solution`, and without outputs.

python book/_tools/student.py
"""

import shutil

import normalise
import whole
from tree import Tree


def without_solutions(nb):
    """Take the solution cells out of the notebook, in place, and return it."""
    nb.cells = [cell for cell in nb.cells if "solution" not in cell.metadata.get("tags", [])]
    return nb


def without_outputs(nb):
    """Take all outputs out of the notebook, in place, and return it."""
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return nb


def write_copies(tree, target):
    """Write the student copy of every notebook of the book below `target`; returns their paths."""
    copies = []
    for name in tree.notebooks():
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        nb = normalise.read((tree.book / name).read_text("utf-8"))
        copy.write_text(normalise.write(without_outputs(without_solutions(nb))), "utf-8")
        copies.append(copy)
    return copies


def main():
    tree = Tree.here()
    target = tree.root / "student"
    shutil.rmtree(target, ignore_errors=True)
    for copy in write_copies(tree, target):
        print(copy.relative_to(tree.root))


if __name__ == "__main__":
    whole.run(main, "Not every copy was written.")

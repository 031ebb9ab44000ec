"""Write `grade/`, a course for nbgrader: each chapter is an assignment, and each exercise is worth a point.

    python book/_tools/grade.py

The notebooks are those of `class/`. The solution stands between nbgrader's marks, from where nbgrader takes it out; the
cell that is graded passes where the book's own checker says that the answer is right.
"""

import ast
from pathlib import PurePosixPath

import copies
import labels as book
import wheel
import whole
from tree import BuildError, Tree

SCHEMA = 3
CONFIG = """\
# Settings of nbgrader for this course; `make grade` writes this file once, and leaves yours alone.
c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "mlp"
c.ClearSolutions.code_stub = {"python": "# Replace each ... above."}
c.Execute.timeout = 600
"""
GRADED = """\
verdict = exercises.check("{name}", {answer})
assert verdict.correct, verdict
verdict"""


def assignments(tree):
    """The chapters as sources of assignments, by their paths in the course."""
    labels, found = book.of_book(tree), {}
    for page in labels.chapters:
        nb = copies.notebook(tree, labels, page, book.read_page(tree, page), alone=True)
        name = PurePosixPath(page).name
        found[f"source/{name}/{name}.ipynb"] = copies.without_outputs(assignment(nb))
    return found


def assignment(nb):
    """The source of an assignment for a plain notebook with solutions."""
    solved, cells, prompt = _solutions(nb), [], None
    for cell in nb.cells:
        checked = None if copies.is_solution(cell) else check_of(cell)
        if checked:
            name, answer = checked
            if name not in solved:
                raise BuildError(f"The exercise {name} has no solution that is checked.")
            grade_id = name.replace("/", "-")
            stub = _without_check(cell) or cells.pop().source
            prompt.metadata["nbgrader"] = _nbgrader(f"{grade_id}-prompt", locked=True)
            cells += [_answer(grade_id, stub, answer, *solved[name]), _graded(grade_id, name, answer)]
        elif not copies.is_solution(cell):
            prompt = cell if cell.cell_type == "markdown" else prompt
            cells.append(cell)
    nb.cells = cells
    return nb


def check_of(cell):
    """The name and the answer in a code cell's check, as they are written: ("xor/xnor", "xnor"); None without one."""
    if cell.cell_type == "code":
        for statement in ast.parse(cell.source).body:
            call = getattr(statement, "value", None)
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "exercises.check":
                return ast.literal_eval(call.args[0]), ast.unparse(call.args[1])
    return None


def _without_check(cell):
    """The code of a cell without its check."""
    lines = cell.source.split("\n")
    for statement in ast.parse(cell.source).body:
        call = getattr(statement, "value", None)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "exercises.check":
            del lines[statement.lineno - 1 : statement.end_lineno]
    return "\n".join(lines).strip("\n")


def _solutions(nb):
    """The solutions by the names of their exercises, as pairs (code, expression of the answer)."""
    found, code = {}, []
    for cell in filter(copies.is_solution, nb.cells):
        if cell.cell_type == "code":
            code.append(_without_check(cell))
            if checked := check_of(cell):
                found[checked[0]] = "\n\n\n".join(filter(None, code)), checked[1]
                code = []
    return found


def _answer(grade_id, stub, answer, solution, expression):
    """The cell that a student fills in, with the solution between nbgrader's marks."""
    source = f"{stub}\n\n### BEGIN SOLUTION\n{solution}\n\n{answer} = {expression}\n### END SOLUTION"
    metadata = {"nbgrader": _nbgrader(f"{grade_id}-answer", solution=True)}
    return copies.code_cell(f"{grade_id}-answer"[:64], source, metadata)


def _graded(grade_id, name, answer):
    """The cell that gives the point."""
    metadata = {"nbgrader": _nbgrader(grade_id, grade=True, locked=True, points=1)}
    return copies.code_cell(grade_id[:64], GRADED.format(name=name, answer=answer), metadata)


def _nbgrader(grade_id, grade=False, solution=False, locked=False, **more):
    """The metadata by which nbgrader knows a cell."""
    kinds = {"grade": grade, "solution": solution, "locked": locked, "task": False}
    return {"schema_version": SCHEMA, "grade_id": grade_id, **kinds, **more}


def main():
    tree = Tree.here()
    folder = tree.root / "grade"
    for sentence in copies.write(folder, assignments(tree)):
        print(sentence)
    wheel.write(tree, folder)
    if not (folder / "nbgrader_config.py").is_file():
        whole.write(folder / "nbgrader_config.py", CONFIG)


if __name__ == "__main__":
    whole.run(main, "The course was not written.")

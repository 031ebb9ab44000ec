"""Every displayed equation is checked by a code cell of its page, or is listed as a pure definition.

So is the answer of every guess: the cell that names its label computes it.
"""

import ast
import re

import nbformat
import pytest
import yaml

import affirm
import anatomy
import numerals
from tree import Tree

TREE = Tree.here()
PAGES = [name for name in TREE.sources() if name.endswith((".ipynb", ".md"))]
DEFINITIONS = yaml.safe_load((TREE.book / "definitions.yml").read_text("utf-8")) or {}

FENCE = re.compile(r"^(`{3,}|~{3,}|:{3,})\s*(.*)$")
INLINE_CODE = re.compile(r"(`+)[^`\n]+\1")
DISPLAYED = re.compile(r"\$\$(.+?)\$\$(?:\s*\(([^()\s]+)\))?", re.DOTALL)
OTHER_SYNTAX = re.compile(r"^\\begin\{(?:equation|align|gather|multline)\*?\}|\{math\}(?!`)|^\\\[", re.MULTILINE)


def page(name):
    """A page as its prose and its code cells; a markdown page has no cell."""
    if name.endswith(".md"):
        return (TREE.book / name).read_text("utf-8"), []
    return split(nbformat.read(TREE.book / name, as_version=4))


def split(notebook):
    prose = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return prose, [cell for cell in notebook.cells if cell.cell_type == "code"]


def without_code(prose):
    """The prose without code blocks and inline code; what stands in a directive is prose."""
    kept, fences = [], []
    for line in prose.splitlines():
        fence = FENCE.match(line)
        if fence and fences and fence[1].startswith(fences[-1][0]) and not fence[2]:
            fences.pop()
        elif fence and not any(is_code for _, is_code in fences):
            fences.append((fence[1], not fence[2].startswith("{")))
            kept.append(line)
        elif not any(is_code for _, is_code in fences):
            kept.append(INLINE_CODE.sub("", line))
    return "\n".join(kept)


def displayed(prose):
    """(TeX, label or "") of every displayed equation."""
    return DISPLAYED.findall(without_code(prose))


def labels(prose):
    return [label for _, label in displayed(prose) if label]


def guesses(prose):
    """The options of each question that a reader is asked to guess."""
    return [dict(re.findall(r"^:(\w+): *(.*?) *$", guess[0], re.MULTILINE)) for guess in affirm.GUESS.finditer(prose)]


def targets(prose):
    """The labels that a cell may check: of equations and of guesses."""
    return labels(prose) + [guess["label"] for guess in guesses(prose)]


def computes(cell, guess):
    """Whether a cell states the answer of a guess as its result: in an equality that can fail, or in what it says."""
    answer = guess["answer"]
    equalities = [ast.unparse(node) for node in anatomy.assertions(ast.parse(cell.source)) if _is_equality(node)]
    if any(repr(answer) in equality for equality in equalities):
        return True
    if answer.lower() not in numerals.WORDS and not re.fullmatch(numerals.PLAIN, answer):
        return False
    numbers = {number for equality in equalities for number in numerals.of_tree(ast.parse(equality))}
    return numerals.states(numbers | set(numerals.of_outputs(cell)), answer, guess.get("unit") == "%")


def _is_equality(node):
    if not isinstance(node, ast.Assert):
        return ast.unparse(node.func).split(".")[-1] in ("assert_array_equal", "assert_equal")
    operators = [op for test in ast.walk(node.test) if isinstance(test, ast.Compare) for op in test.ops]
    return anatomy.can_fail(node) and any(isinstance(operator, ast.Eq) for operator in operators)


def unproven(prose, cells):
    """The guesses whose answer no checking cell computes."""
    complaints = []
    for guess in guesses(prose):
        proofs = [cell for cell in cells if guess["label"] in cell.metadata.get("checks", [])]
        if not any(computes(cell, guess) for cell in proofs):
            complaints.append(f"no cell that checks {guess['label']} computes the answer {guess['answer']}")
    return complaints


def asserts(source):
    """Whether a cell holds an assertion that can fail."""
    return any(map(anatomy.can_fail, anatomy.assertions(ast.parse(source))))


def unlabelled(prose, cells):
    outside = DISPLAYED.sub("", without_code(prose))
    complaints = [f"write it as $$ ... $$ (eq-...): {found}" for found in OTHER_SYNTAX.findall(outside)]
    for tex, label in displayed(prose):
        if not label.startswith("eq-"):
            complaints.append(f"no label (eq-...) after $$ {' '.join(tex.split())} $$")
    return complaints


def unchecked(prose, cells, definitions):
    checked = {label for cell in cells for label in cell.metadata.get("checks", [])}
    return [f"no cell checks {label}" for label in targets(prose) if label not in checked | set(definitions)]


def aimless(prose, cells):
    known = targets(prose)
    return [
        f"cell {cell.id} checks {label}, which is not on its page"
        for cell in cells
        for label in cell.metadata.get("checks", [])
        if label not in known
    ]


def toothless(prose, cells):
    checking = [cell for cell in cells if cell.metadata.get("checks")]
    return [f"cell {cell.id} asserts nothing" for cell in checking if not asserts(cell.source)]


def test_the_book_has_equations():
    assert sum(len(labels(page(name)[0])) for name in PAGES) > 0


@pytest.mark.parametrize("name", PAGES)
def test_every_displayed_equation_has_a_label(name):
    assert unlabelled(*page(name)) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_equation_is_checked_or_a_definition(name):
    assert unchecked(*page(name), DEFINITIONS) == []


@pytest.mark.parametrize("name", PAGES)
def test_cells_check_equations_of_their_own_page(name):
    assert aimless(*page(name)) == []


@pytest.mark.parametrize("name", PAGES)
def test_the_answer_of_every_guess_is_computed(name):
    assert unproven(*page(name)) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_checking_cell_asserts(name):
    assert toothless(*page(name)) == []


def test_no_label_stands_twice():
    found = [label for name in PAGES for label in targets(page(name)[0])]
    assert sorted(found) == sorted(set(found))


def test_definitions_exist_have_a_reason_and_are_not_checked():
    pages = [page(name) for name in PAGES]
    found = {label for prose, _ in pages for label in labels(prose)}
    checked = {label for _, cells in pages for cell in cells for label in cell.metadata.get("checks", [])}
    assert set(DEFINITIONS) <= found - checked
    assert all(len(str(reason).split()) >= 4 for reason in DEFINITIONS.values())


CHECKED = "$$ y = x $$ (eq-a)"
GOOD_CELL = nbformat.v4.new_code_cell("np.testing.assert_allclose(y, x)", metadata={"checks": ["eq-a"]})


def complaints(prose, *cells):
    args = prose, list(cells)
    return [*unlabelled(*args), *unchecked(*args, {}), *aimless(*args), *toothless(*args)]


def test_a_checked_equation_raises_no_complaint():
    assert complaints(f"Let\n\n{CHECKED}\n\nbe so, with `$$` and\n\n```\n$$ no maths $$\n```\n", GOOD_CELL) == []


@pytest.mark.parametrize(
    ("prose", "cell", "complaint"),
    [
        ("$$ y = x $$", GOOD_CELL, "no label (eq-...) after $$ y = x $$"),
        ("$$ y = x $$ (line)", GOOD_CELL, "no label (eq-...) after $$ y = x $$"),
        ("\\begin{align}\ny &= x\n\\end{align}", GOOD_CELL, "write it as $$ ... $$ (eq-...): \\begin{align}"),
        ("```{math}\n:label: eq-a\ny = x\n```", GOOD_CELL, "write it as $$ ... $$ (eq-...): {math}"),
        (CHECKED, nbformat.v4.new_code_cell("assert True"), "no cell checks eq-a"),
        ("No equation.", GOOD_CELL, "cell {id} checks eq-a, which is not on its page"),
        (CHECKED, nbformat.v4.new_code_cell("assert True", metadata={"checks": ["eq-a"]}), "cell {id} asserts nothing"),
        (CHECKED, nbformat.v4.new_code_cell("print(y)", metadata={"checks": ["eq-a"]}), "cell {id} asserts nothing"),
    ],
)
def test_a_defect_is_named(prose, cell, complaint):
    assert complaint.replace("{id}", cell.id) in complaints(prose, cell)


def guess(answer, *options):
    head = ["```{guess} How many?", ":label: guess-a", f":answer: {answer}"]
    return "\n".join([*head, *options, "", "So it is.", "```"])


def proof(source, said=None):
    cell = nbformat.v4.new_code_cell(source, metadata={"checks": ["guess-a"]})
    record = {"application/papermill.record/text/plain": repr(said)}
    cell.outputs = [nbformat.v4.new_output("display_data", record)] if said else []
    return cell


@pytest.mark.parametrize(
    ("answer", "cell"),
    [
        ("three", proof("assert right.max() == 3")),
        ("15625", proof("assert len(neurons) == 25**3 == 15_625")),
        ("82", proof("assert abs(rate - 0.8) < 0.05", "82%")),
        ("it grows", proof("assert {1: 'it grows', -1: 'it falls'}[sign] == 'it grows'")),
        ("it grows", proof("np.testing.assert_equal(answers[sign], 'it grows')")),
    ],
)
def test_a_proven_guess_raises_no_complaint(answer, cell):
    prose = guess(answer, ":unit: %")
    assert unproven(prose, [cell]) == [] and unchecked(prose, [cell], {}) == [] and aimless(prose, [cell]) == []


@pytest.mark.parametrize(
    ("answer", "cell"),
    [
        ("two", proof("assert right.max() == 3")),
        ("three", proof("assert right.max() < 3")),
        ("three", proof("most = 3\nassert right.max() == most")),
        ("83", proof("assert abs(rate - 0.83) < 0.05", "82%")),
        ("it falls", proof("assert answers[sign] == 'it grows'")),
    ],
)
def test_a_guess_whose_answer_is_not_computed_is_found(answer, cell):
    assert unproven(guess(answer), [cell]) == [f"no cell that checks guess-a computes the answer {answer}"]


def test_a_guess_that_no_cell_checks_is_found():
    assert unchecked(guess("three"), [], {}) == ["no cell checks guess-a"]

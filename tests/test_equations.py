"""Every displayed equation of the book is checked by a code cell of its page, or is listed as a pure definition."""

import ast
import re

import nbformat
import pytest
import yaml

import anatomy
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
    return [f"no cell checks {label}" for label in labels(prose) if label not in checked | set(definitions)]


def aimless(prose, cells):
    known = labels(prose)
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
def test_every_checking_cell_asserts(name):
    assert toothless(*page(name)) == []


def test_no_label_stands_twice():
    found = [label for name in PAGES for label in labels(page(name)[0])]
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

"""The reference: a page for each module in reading order, every public name, its chapters and equations as links."""

import ast
import importlib
import inspect
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

import api
import mlp_core
from tree import Tree

TREE = Tree.here()
PAGES = api.pages(TREE)
MODULES = [name for name in api.reading_order(TREE) if importlib.import_module(f"mlp_core.{name}").__all__]


def names(module):
    """The public names of a module and what they name, found by importing it."""
    imported = importlib.import_module(f"mlp_core.{module}")
    return [(name, getattr(imported, name)) for name in imported.__all__]


def kind(value):
    return "class" if inspect.isclass(value) else "def" if callable(value) else "data"


def page(module):
    return PAGES[Path("api", f"{module}.md")]


def test_there_is_a_page_for_each_module_and_the_table_of_contents_names_them_in_reading_order():
    assert list(PAGES) == [Path("api.md"), *(Path("api", f"{module}.md") for module in MODULES)]
    assert [path for path in TREE.toc_pages() if path.startswith("api/")] == [f"api/{module}" for module in MODULES]


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_of_a_module_stands_on_its_page_once(module):
    headings = [line[3:] for line in page(module).splitlines() if line.startswith("## ")]
    assert headings == [name for name, _ in names(module)]
    for name, value in names(module):
        target = f"api-{module}-{kind(value)}-{name}".lower()
        assert page(module).count(f"({target})=\n## {name}\n") == 1
        assert PAGES[Path("api.md")].count(f"[`{name}`](#{target})") == 1
        assert sum(text.count(f"({target})=") for text in PAGES.values()) == 1


@pytest.mark.parametrize("module", MODULES)
def test_a_name_is_called_as_the_page_says(module):
    for name, value in names(module):
        if kind(value) == "data" or isinstance(value, type) and issubclass(value, Warning):
            continue
        parameters = inspect.signature(value).parameters
        shown = page(module).split(f"\n## {name}\n")[1].split("```python\n")[1].split("\n```")[0]
        called = shown.removeprefix(name).strip("()")
        written = [part.split("=")[0].strip("* ") for part in split(called) if part.strip("* ")]
        assert written == [parameter for parameter in parameters if parameter not in ("args", "kwargs")], name


def split(called):
    """Arguments apart at the commas that are in no bracket and no string."""
    parts, depth, quoted = [""], 0, False
    for letter in called:
        quoted ^= letter in "'\""
        depth += 0 if quoted else (letter in "([{") - (letter in ")]}")
        if letter == "," and not depth and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def test_a_constant_is_shown_with_its_values():
    shown = page("losses").split("\n## BY_NAME\n")[1]
    assert 'BY_NAME = {\n    "half_squared_error": HalfSquaredError(),\n' in shown.replace("'", '"')


def test_what_serves_the_package_itself_has_no_page():
    assert set(api.reading_order(TREE)) - set(MODULES) == {"annotations", "checks", "checkpoint", "refusals"}
    assert "## streams" not in page("network")


def test_every_name_of_the_package_that_a_reader_sees_is_public():
    seen = {(cls.__module__.partition(".")[2], cls.__name__) for cls in map(mlp_core.__dict__.get, mlp_core.__all__)}
    for path in [*(TREE.book).rglob("*.ipynb"), *(TREE.package / "exercises").glob("[!_]*.py")]:
        seen |= set(from_modules(code(path)))
    for module, name in seen:
        if module in api.reading_order(TREE):
            assert name in importlib.import_module(f"mlp_core.{module}").__all__, f"{module}.{name}"
    assert {("losses", "BY_NAME"), ("recurrent", "push"), ("datasets", "xor"), ("training", "fit")} <= seen


def code(path):
    """The source of a module, or of the code cells of a notebook."""
    if path.suffix == ".py":
        return path.read_text("utf-8")
    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code")


def from_modules(source):
    """The names that a source takes from modules of the package, as pairs: imported, or `datasets.xor`."""
    nodes = list(ast.walk(ast.parse(source)))
    imports = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    modules = {alias.asname or alias.name: alias.name for n in imports if n.module == "mlp_core" for alias in n.names}
    for node in imports:
        if (node.module or "").startswith("mlp_core."):
            yield from ((node.module.partition(".")[2], alias.name) for alias in node.names)
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield modules[node.value.id], node.attr


def test_every_equation_of_the_book_is_listed_with_its_cell():
    table = PAGES[Path("api.md")].split("## Where an equation is")[1]
    for path in TREE.toc_pages():
        for label, checked in api.Chapter(path, api._cells(TREE, path)).labels.items():
            assert table.count(f"{{eq}}`{label}`") == 1
            assert (f"[the cell](#check-{label})" in table) == checked
    assert "{eq}`eq-losses-softmax`" in table


@pytest.mark.parametrize(
    "written, shown",
    {
        "No *xor* here.": "No *xor* here.",
        "Parameters\n----------\nx : array, (N, n)\ny, z : int\n    Above 0.\n*rest : more": (
            "- `x`: array, (N, n)\n- `y, z`: int. Above 0.\n- `*rest`: more"
        ),
        "Raises\n------\nValueError : for a batch of another size": (
            "**Raises**\n\n- `ValueError`: for a batch of another size"
        ),
        "Raises\n------\nValueError\n    For a batch\n    of another size.": (
            "**Raises**\n\n- ValueError: For a batch of another size."
        ),
        "References\n----------\nOhm (1827).": "**References**\n\n- Ohm (1827).",
        "Text.\n\n    code\n\nMore.": "Text.\n\n    code\n\nMore.",
    }.items(),
)
def test_a_docstring_becomes_markdown(written, shown):
    assert api.prose(written) == shown


def chapter(*cells):
    """A chapter of code cells, each (source, labels that it checks), and of text."""
    made = [
        new_markdown_cell(cell) if isinstance(cell, str) else new_code_cell(cell[0], metadata={"checks": cell[1]})
        for cell in cells
    ]
    return api.Chapter("part/one", made)


IMPORT = ("from mlp_core import MLP, datasets\nfrom mlp_core.losses import Loss as Base", [])


def test_a_chapter_says_what_it_uses_lists_or_writes_as_code():
    listing = "```{literalinclude} ../../mlp_core/optimizers.py\n:pyobject: SGD.step\n```"
    code = "net = MLP('2-1')\nX = datasets.xor()\nclass Own(Base): ..."
    one = chapter(IMPORT, (code, []), listing, "Call `fit(net)`.")
    for module, name in (("network", "MLP"), ("datasets", "xor"), ("losses", "Loss"), ("optimizers", "SGD")):
        assert one.says(module, name)
    assert one.says("training", "fit")
    for module, name in (("datasets", "moons"), ("optimizers", "Adam"), ("pruning", "SGD"), ("layers", "Dense")):
        assert not one.says(module, name)


def test_a_name_that_is_imported_and_not_used_is_not_said():
    assert not chapter(IMPORT).says("network", "MLP")


def test_a_name_of_the_chapters_own_is_not_that_of_the_package():
    assert not chapter(("def accuracy(): ...\naccuracy()", [])).says("metrics", "accuracy")


def test_an_equation_is_checked_with_the_names_in_its_cell():
    text = "$$ a $$ (eq-one-a)\n\n$$ b $$ (eq-one-b)"
    one = chapter(IMPORT, text, ("MLP('2-1')", ["eq-one-b"]), ("datasets.xor()", ["eq-one-a", "eq-one-b"]))
    assert one.equations("network", "MLP") == ["eq-one-b"]
    assert one.equations("datasets", "xor") == ["eq-one-a", "eq-one-b"]
    assert one.equations("losses", "Loss") == []


def test_the_chapters_of_an_entry_are_those_that_say_its_name():
    entry = page("training").split("\n## fit\n")[1]
    line = next(line for line in entry.splitlines() if line.startswith("In the book: "))
    assert "{doc}`xor </neurons/xor>`" in line
    entry = page("losses").split("\n## SoftmaxCrossEntropy\n")[1].split("\n## ")[0]
    assert "Checked with it: {eq}`eq-losses-categorical-cross-entropy`." in entry

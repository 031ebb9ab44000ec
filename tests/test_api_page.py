"""The reference page: every public name in reading order, its chapters and equations as links."""

import importlib
import inspect
import re

import pytest
import yaml

import api
from tree import Tree

TREE = Tree.here()
PAGE = api.page(TREE)
MODULES = api.reading_order(TREE)


def names(module):
    """The public names that a module defines, found by importing it."""
    imported = importlib.import_module(f"mlp_core.{module}")
    for name, value in vars(imported).items():
        if getattr(value, "__module__", None) == imported.__name__ and callable(value) and hasattr(value, "__name__"):
            if not name.startswith("_") and value.__name__ == name:
                yield name, value


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_of_a_module_stands_under_its_heading_once(module):
    start = PAGE.index(f"\n## {module}\n")
    section = PAGE[start + 1 :].split("\n## ")[0]
    assert [line[4:] for line in section.splitlines() if line.startswith("### ")] == [name for name, _ in names(module)]
    for name, value in names(module):
        target = f"(api-{'class' if inspect.isclass(value) else 'def'}-{name})="
        assert section.count(f"{target}\n### {name}\n") == 1 == PAGE.lower().count(target.lower())


@pytest.mark.parametrize("module", MODULES)
def test_a_name_is_called_as_the_page_says(module):
    for name, value in names(module):
        parameters = inspect.signature(value).parameters
        shown = PAGE.split(f"\n### {name}\n")[1].split("```python\n")[1].split("\n```")[0]
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


def test_the_modules_stand_in_reading_order():
    places = [PAGE.index(f"\n## {module}\n") for module in MODULES]
    assert places == sorted(places)


def test_every_equation_of_the_book_is_listed_with_its_cell():
    table = PAGE.split("## Where an equation is")[1].split("\n## ")[0]
    for path in TREE.toc_pages():
        for label, checked in api.labels(TREE, path).items():
            assert table.count(f"{{eq}}`{label}`") == 1
            assert (f"[the cell](#check-{label})" in table) == checked
    assert "{eq}`eq-losses-softmax`" in table


PAGES = {"xor": "neurons/xor", "losses": "learning/losses"}
EQUATIONS = {"losses": {"eq-losses-cost": True}, "xor": {}}


@pytest.mark.parametrize(
    "written, shown",
    {
        "Book: chapter *xor*.": "Book: chapter {doc}`xor <neurons/xor>`.",
        "Book: chapter *pruning*.": "Book: chapter *pruning*.",
        "Book: chapters *xor*, *pruning*. Polyak (1964).": (
            "Book: chapters {doc}`xor <neurons/xor>`, *pruning*. Polyak (1964)."
        ),
        "Book: chapter *losses*, equation *cost*.": (
            "Book: chapter {doc}`losses <learning/losses>`, equation *cost* {eq}`eq-losses-cost`."
        ),
        "Book: chapter *losses*, equation *other*.": "Book: chapter {doc}`losses <learning/losses>`, equation *other*.",
        "No *xor* here.": "No *xor* here.",
        "Parameters\n----------\nx : array, (N, n)\ny, z : int\n    Above 0.\n*rest : more": (
            "- `x`: array, (N, n)\n- `y, z`: int. Above 0.\n- `*rest`: more"
        ),
        "Text.\n\n    code\n\nMore.": "Text.\n\n    code\n\nMore.",
    }.items(),
)
def test_a_docstring_becomes_markdown(written, shown):
    assert api.prose(written, PAGES, EQUATIONS) == shown


def test_every_chapter_that_a_docstring_names_is_a_chapter_of_the_ledger():
    chapters = {item["chapter"] for item in yaml.safe_load((TREE.book / "claims.yml").read_text("utf-8"))}
    for line in PAGE.splitlines():
        if line.startswith("Book: "):
            named = [name for found in api.CHAPTERS.finditer(line) for name in re.findall(r"\*([a-z-]+)\*", found[0])]
            assert named or "{doc}" in line
            assert set(named) <= chapters, line


def test_every_equation_that_a_docstring_names_has_its_number_where_its_chapter_is_written():
    lines = [line for line in PAGE.splitlines() if line.startswith("Book: ") and "equation *" in line]
    assert lines
    assert [line for line in lines if "{doc}" in line and "{eq}" not in line] == []

"""The reference of the package: `book/api.md` and a page for each module with public names, those in its `__all__`.

The sources are parsed, not imported: the pages say what stands in the tree that is being built. In which chapters a
name occurs, and with which checks of equations, is read from the chapters.
"""

import ast
import re
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from inspect import cleandoc
from pathlib import Path

import nbformat

PAUSES = (".", ":", ";", ",")
LABEL = re.compile(r"\((eq-[a-z0-9-]+)\)\s*$", re.MULTILINE)
LISTING = re.compile(r"\{literalinclude\} \S*mlp_core/(\w+)\.py\n:pyobject: (\w+)")
SECTION = re.compile(r"(Parameters|Attributes|Returns|Yields|Raises|Notes|References)\n-+\n")


def pages(tree):
    """The text of each page by its path below `book/`: `api.md` continued with tables, and `api/<module>.md`."""
    parsed = {name: ast.parse((tree.package / f"{name}.py").read_text("utf-8")) for name in reading_order(tree)}
    modules = {name: module for name, module in parsed.items() if public(module)}
    chapters = [Chapter(path, _cells(tree, path)) for path in tree.toc_pages()]
    classes = {node.name: node for module in parsed.values() for node in module.body if isinstance(node, ast.ClassDef)}
    front = [(tree.book / "api.md").read_text("utf-8"), what_there_is(modules), where_the_equations_are(chapters)]
    written = {Path("api.md"): "\n\n".join(front) + "\n"}
    for name, module in modules.items():
        parts = [f"(api-{name})=\n# {name}\n\n{prose(ast.get_docstring(module))}"]
        parts += [entry(name, node, classes, chapters) for node in public(module)]
        written[Path("api", f"{name}.md")] = "\n\n".join(parts) + "\n"
    return written


@dataclass(frozen=True)
class Chapter:
    """A page of the book, to be asked which names of the package it says. `path` is `neurons/xor`."""

    path: str
    cells: list

    @property
    def name(self):
        return self.path.rsplit("/", 1)[-1]

    @property
    def link(self):
        text = self.path.replace("errata/", "errata: ") if self.path.startswith("errata/") else self.name
        return f"{{doc}}`{text} </{self.path}>`"

    @cached_property
    def code(self):
        """The code cells, each with its parsed source."""
        return [(cell, ast.parse(cell.source)) for cell in self.cells if cell.cell_type == "code"]

    @cached_property
    def markdown(self):
        return "\n\n".join(cell.source for cell in self.cells if cell.cell_type == "markdown")

    @cached_property
    def bound(self):
        """What the chapter's imports bind: {name in the chapter: (module or "", name in the package)}."""
        found = {}
        for node in (node for _, tree in self.code for node in ast.walk(tree)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "mlp_core":
                module = node.module.partition(".")[2]
                found |= {alias.asname or alias.name: (module, alias.name) for alias in node.names}
        return found

    @cached_property
    def uses(self):
        """For each code cell the cell and the names of the package in it, as pairs (module or "", name)."""
        return [(cell, self._names(tree)) for cell, tree in self.code]

    def _names(self, tree):
        nodes = list(ast.walk(tree))
        named = {self.bound[node.id] for node in nodes if isinstance(node, ast.Name) and node.id in self.bound}
        dotted = (node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name))
        return named | {(self.bound[node.value.id][1], node.attr) for node in dotted if node.value.id in self.bound}

    @cached_property
    def said(self):
        """The names that the chapter uses in code, lists, or writes as code in its text."""
        written = {("", name) for name in re.findall(r"(?<!`)`(\w+)(?:\([^`]*\))?`(?!`)", self.markdown)}
        return set().union(LISTING.findall(self.markdown), written, *(names for _, names in self.uses))

    def says(self, module, name):
        return bool({(module, name), ("", name)} & self.said)

    @cached_property
    def labels(self):
        """The labels of the displayed equations, in order, each with whether a cell checks it."""
        checked = {label for cell in self.cells for label in cell.metadata.get("checks", [])}
        return {label: label in checked for label in LABEL.findall(self.markdown)}

    def equations(self, module, name):
        """The labels of the equations that a cell checks with this name."""
        using = [cell for cell, names in self.uses if {(module, name), ("", name)} & names]
        checked = {label for cell in using for label in cell.metadata.get("checks", [])}
        return [label for label in self.labels if label in checked]


def _cells(tree, path):
    source = tree.book / f"{path}.ipynb"
    return nbformat.read(source, as_version=4).cells if source.is_file() else []


def reading_order(tree):
    """The modules of the numeric core in the order in which the package's docstring names them."""
    text = ast.get_docstring(ast.parse((tree.package / "__init__.py").read_text("utf-8")))
    return re.search(r"reading order:\s*(.*?);", text, re.DOTALL)[1].replace(",", " ").split()


def public(module):
    """The classes, functions and constants that a module names in its `__all__`, in the order of the source."""
    assigned = {name_of(node): node for node in module.body if isinstance(node, ast.Assign)}
    named = ast.literal_eval(assigned["__all__"].value)
    return [node for node in module.body if name_of(node) in named]


def name_of(node):
    """The name that a statement gives to a class, a function or a constant; else None."""
    target = node.targets[0] if isinstance(node, ast.Assign) else None
    return getattr(node, "name", getattr(target, "id", None))


def what_there_is(modules):
    """A table: the modules, and the public names of each."""
    rows = ["| Module | Holds |", "|---|---|"]
    for name, module in modules.items():
        names = ", ".join(f"[`{name_of(node)}`](#{anchor(name, node)})" for node in public(module))
        rows.append(f"| {{doc}}`{name} </api/{name}>` | {names} |")
    return "## The modules\n\n" + "\n".join(rows)


def where_the_equations_are(chapters):
    """A table: each equation of the book by name, with its number and the cell that checks it."""
    rows = ["| Equation | Number | Checked in |", "|---|---|---|"]
    for chapter in chapters:
        for label, checked in chapter.labels.items():
            name = label.removeprefix(f"eq-{chapter.name}-").replace("-", " ")
            cell = f"[the cell](#check-{label})" if checked else "a definition"
            rows.append(f"| {name}, in {chapter.link} | {{eq}}`{label}` | {cell} |")
    return "## Where an equation is\n\n" + "\n".join(rows)


def anchor(module, node):
    kind = {ast.ClassDef: "class", ast.FunctionDef: "def", ast.Assign: "data"}[type(node)]
    return f"api-{module}-{kind}-{name_of(node)}".lower()


def entry(module, node, classes, chapters):
    """A class or function: its heading, how it is called, its docstring, those of its methods, and where it occurs.

    A constant is a dict and shown as it is.
    """
    heading = f"({anchor(module, node)})=\n## {name_of(node)}"
    if isinstance(node, ast.Assign):
        pairs = zip(map(ast.unparse, node.value.keys), map(ast.unparse, node.value.values), strict=True)
        rows = "".join(f"    {key}: {value},\n" for key, value in pairs)
        shown = f"```python\n{name_of(node)} = {{\n{rows}}}\n```"
        return "\n\n".join(filter(None, [heading, shown, occurrences(module, name_of(node), chapters)]))
    called = f"```python\n{node.name}{signature(node, classes)}\n```"
    parts = [heading, called, prose(ast.get_docstring(node))]
    for method in node.body if isinstance(node, ast.ClassDef) else []:
        documented = isinstance(method, ast.FunctionDef) and ast.get_docstring(method)
        if documented and not method.name.startswith("_"):
            kinds = {getattr(decorator, "id", "") for decorator in method.decorator_list}
            called = "" if "property" in kinds else arguments(method.args, skip=1)
            parts.append(f"`{method.name}{called}`\n{indented(prose(documented))}")
    return "\n\n".join(filter(None, [*parts, occurrences(module, node.name, chapters)]))


def occurrences(module, name, chapters):
    """A line: the chapters that say the name, and the equations that are checked with it."""
    links = [chapter.link for chapter in chapters if chapter.says(module, name)]
    equations = [f"{{eq}}`{label}`" for chapter in chapters for label in chapter.equations(module, name)]
    line = [f"In the book: {', '.join(links)}."] if links else []
    return " ".join([*line, *([f"Checked with it: {', '.join(equations)}."] if equations else [])])


def signature(node, classes):
    """How a function or class is called, as source."""
    if isinstance(node, ast.FunctionDef):
        return arguments(node.args)
    for cls in lineage(node, classes):
        for method in cls.body:
            if isinstance(method, ast.FunctionDef) and method.name == "__init__":
                return arguments(method.args, skip=1)
    fields = {name: text for cls in reversed(lineage(node, classes)) for name, text in own_fields(cls)}
    return f"({', '.join(fields.values())})" if fields else ""


def lineage(node, classes):
    """A class and those of the package it is built on."""
    bases = [classes[base.id] for base in node.bases if getattr(base, "id", None) in classes]
    return [node, *(ancestor for base in bases for ancestor in lineage(base, classes))]


def own_fields(node):
    """The fields of a dataclass or named tuple with how they are given: `name` or `name=default`."""
    bases = {getattr(base, "id", "") for base in node.bases}
    for line in node.body if node.decorator_list or "NamedTuple" in bases else []:
        if isinstance(line, ast.AnnAssign):
            default = "" if line.value is None else f"={ast.unparse(line.value)}"
            yield line.target.id, f"{line.target.id}{default}"


def arguments(args, skip=0):
    """The arguments of a function or, with `skip=1`, of a method without its first one; the docstring has the types."""
    shown = deepcopy(ast.arguments(**{**vars(args), "args": args.args[skip:]}))
    for arg in ast.walk(shown):
        if isinstance(arg, ast.arg):
            arg.annotation = None
    return f"({ast.unparse(shown)})"


def prose(docstring):
    """A docstring as Markdown: its sections as lists."""
    parts = []
    for part in re.split(r"\n\n(?=\S)", cleandoc(docstring or "")):
        heading = SECTION.match(part)
        title = f"**{heading[1]}**\n\n" if heading and heading[1] not in ("Parameters", "Attributes") else ""
        parts.append(title + definitions(part[heading.end() :]) if heading else part)
    return "\n\n".join(parts)


def definitions(block):
    """`name : what it is`, continued by indented lines, as a Markdown list."""
    rows, opened = [], False
    for line in block.splitlines():
        if not line.startswith(" "):
            name, _, kind = line.partition(" : ")
            rows.append(f"- `{name.strip()}`: {kind.strip()}" if kind else f"- {line}")
        else:
            pause = "" if not opened or rows[-1].endswith(PAUSES) else "." if ": " in rows[-1] else ":"
            rows[-1] += f"{pause} {line.strip()}"
        opened = not line.startswith(" ")
    return "\n".join(rows)


def indented(text):
    """The body of a definition: `: ` before the first line, two spaces before the others."""
    first, *rest = text.splitlines()
    return "\n".join([f": {first}", *(f"  {line}" if line else "" for line in rest)])

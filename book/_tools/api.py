"""The reference page of the package: `book/api.md`, continued with every public name, from the docstrings.

The sources are parsed, not imported: the page says what stands in the tree that is being built.
"""

import ast
import re
from inspect import cleandoc

import nbformat

PAUSES = (".", ":", ";", ",")
LABEL = re.compile(r"\((eq-[a-z0-9-]+)\)\s*$", re.MULTILINE)
CHAPTERS = re.compile(r"(?<=chapter )\*[a-z-]+\*|(?<=chapters )\*[a-z-]+\*(?:,? (?:and )?\*[a-z-]+\*)*")


def page(tree):
    """The whole page: the text of `book/api.md`, where the equations are, then module by module."""
    modules = {name: ast.parse((tree.package / f"{name}.py").read_text("utf-8")) for name in reading_order(tree)}
    pages = {path.rsplit("/", 1)[-1]: path for path in tree.toc_pages()}
    equations = {name: labels(tree, path) for name, path in pages.items()}
    classes = {node.name: node for module in modules.values() for node in module.body if isinstance(node, ast.ClassDef)}
    parts = [(tree.book / "api.md").read_text("utf-8"), where_the_equations_are(pages, equations)]
    for name, module in modules.items():
        parts.append(f"## {name}\n\n{prose(ast.get_docstring(module), pages, equations)}")
        parts += [entry(node, classes, pages, equations) for node in public(module)]
    return "\n\n".join(parts) + "\n"


def reading_order(tree):
    """The modules of the numeric core in the order in which the package's docstring names them."""
    text = ast.get_docstring(ast.parse((tree.package / "__init__.py").read_text("utf-8")))
    return re.search(r"reading order:\s*(.*?);", text, re.DOTALL)[1].replace(",", " ").split()


def public(module):
    """The public classes and functions of a module, in its order."""
    named = (node for node in module.body if isinstance(node, ast.ClassDef | ast.FunctionDef))
    return [node for node in named if not node.name.startswith("_")]


def labels(tree, path):
    """The labels of the displayed equations of a page, in its order, each with whether a cell checks it."""
    source = tree.book / f"{path}.ipynb"
    cells = nbformat.read(source, as_version=4).cells if source.is_file() else []
    checked = {label for cell in cells for label in cell.metadata.get("checks", [])}
    found = (label for cell in cells if cell.cell_type == "markdown" for label in LABEL.findall(cell.source))
    return {label: label in checked for label in found}


def where_the_equations_are(pages, equations):
    """A table: each equation of the book by name, with its number and the cell that checks it."""
    rows = ["| Equation | Number | Checked in |", "|---|---|---|"]
    for chapter, found in equations.items():
        for label, checked in found.items():
            name = label.removeprefix(f"eq-{chapter}-").replace("-", " ")
            cell = f"[the cell](#check-{label})" if checked else "a definition"
            rows.append(f"| {name}, in {chapter_link(chapter, pages)} | {{eq}}`{label}` | {cell} |")
    return "## Where an equation is\n\n" + "\n".join(rows)


def entry(node, classes, pages, equations):
    """A class or function: its heading, how it is called, its docstring and those of its methods."""
    kind = "class" if isinstance(node, ast.ClassDef) else "def"
    parts = [f"(api-{kind}-{node.name})=\n### {node.name}", f"```python\n{node.name}{signature(node, classes)}\n```"]
    parts.append(prose(ast.get_docstring(node), pages, equations))
    for method in node.body if isinstance(node, ast.ClassDef) else []:
        documented = isinstance(method, ast.FunctionDef) and ast.get_docstring(method)
        if documented and not method.name.startswith("_"):
            kinds = {getattr(decorator, "id", "") for decorator in method.decorator_list}
            called = "" if "property" in kinds else arguments(method.args, skip=1)
            parts.append(f"`{method.name}{called}`\n{indented(prose(documented, pages, equations))}")
    return "\n\n".join(part for part in parts if part)


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
    for line in node.body:
        if isinstance(line, ast.AnnAssign):
            default = "" if line.value is None else f"={ast.unparse(line.value)}"
            yield line.target.id, f"{line.target.id}{default}"


def arguments(args, skip=0):
    """The arguments of a function or, with `skip=1`, of a method without its first one."""
    return f"({ast.unparse(ast.arguments(**{**vars(args), 'args': args.args[skip:]}))})"


def prose(docstring, pages, equations):
    """A docstring as Markdown: its parameters as a list, its chapters and equations as links."""
    parts = []
    for part in re.split(r"\n\n(?=\S)", cleandoc(docstring or "")):
        heading = re.match(r"(Parameters|Attributes)\n-+\n", part)
        parts.append(definitions(part[heading.end() :]) if heading else linked(part, pages, equations))
    return "\n\n".join(parts)


def definitions(block):
    """`name : what it is`, continued by indented lines, as a Markdown list."""
    rows = []
    for line in block.splitlines():
        if line.startswith(" "):
            rows[-1] += f"{'' if rows[-1].endswith(PAUSES) else '.'} {line.strip()}"
        else:
            name, _, kind = line.partition(" : ")
            rows.append(f"- `{name.strip()}`: {kind.strip()}" if kind else f"- {line}")
    return "\n".join(rows)


def linked(part, pages, equations):
    """A paragraph in which the `Book:` line leads to the chapters and equations that exist."""
    if not part.startswith("Book: "):
        return part
    chapters = re.findall(r"\*([a-z-]+)\*", " ".join(found[0] for found in CHAPTERS.finditer(part)))
    part = CHAPTERS.sub(lambda m: re.sub(r"\*([a-z-]+)\*", lambda c: chapter_link(c[1], pages), m[0]), part)
    for name in re.findall(r"equation \*([^*]+)\*", part):
        for chapter in chapters:
            label = f"eq-{chapter}-{name.replace(' ', '-')}"
            if label in equations.get(chapter, {}):
                part = part.replace(f"equation *{name}*", f"equation *{name}* {{eq}}`{label}`")
    return part


def chapter_link(name, pages):
    return f"{{doc}}`{name} <{pages[name]}>`" if name in pages else f"*{name}*"


def indented(text):
    """The body of a definition: `: ` before the first line, two spaces before the others."""
    first, *rest = text.splitlines()
    return "\n".join([f": {first}", *(f"  {line}" if line else "" for line in rest)])

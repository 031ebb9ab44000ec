"""What of a notebook a reader sees first: the story; the proof is one click away, at the end of what it proves.

A code cell is of the kind that its tag says:

- no tag      *story*: in view; what a reader would type, and it prints or draws something;
- ``check``   assertions: one line "checked: ...", or the badge of the equation that the cell checks;
- ``setup``   imports, settings, numbers for the prose: with the check or the figure that follows, else below the title;
- ``draw``    the code of a figure: a link "code" in its caption (``pages.put_code_into_captions``);
- ``try``     the cell of an exercise: without its output, which says no more than "Not answered yet."; where the page
              judges the exercise itself (``answers``), behind a link "in Python".

The sentence of a check is its first line, a comment. Neighbouring checks are one fold. A section whose title begins
with "Deeper:" is folded as a whole (``pages.fold_deeper``). Listings of the package in a chapter show what computes.
"""

import re

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from answers import Answer
from badges import tolerances
from listings import bare

logger = logging.getLogger(__name__)

FOLDED = ("check", "setup", "draw")


class Fold(nodes.General, nodes.Element):
    """A native ``<details>``: ``kind`` gives its classes, ``mark`` and ``says`` its summary."""


def kind(node):
    """The kind of a cell; None for what is no code cell, "solution" for what another extension folds."""
    if not isinstance(node, nodes.container) or node.get("nb_element") != "cell_code":
        return None
    return next((name for name in (*FOLDED, "solution") if name in _tags(node)), "story")


def _tags(cell):
    return cell["cell_metadata"].get("tags", [])


def sentence(source):
    """What a check says it checks: its first line, if that is a comment, without the full stop."""
    first = source.lstrip().split("\n", 1)[0]
    return first.lstrip("#").strip().rstrip(".") if first.startswith("#") else ""


def source_of(cell):
    """The code of a cell."""
    return next((block.astext() for block in cell.findall(nodes.literal_block)), "")


class FoldCells(SphinxTransform):
    """Fold what is no story, once the anchors of the cells are there (``badges``)."""

    default_priority = 710

    def apply(self):
        """Fold the cells of one document; warn of a check that does not say what it checks."""
        self.equations = {node["label"]: node for node in self.document.findall(nodes.math_block) if node.get("label")}
        self.loose = []
        cells = [node for node in self.document.findall(nodes.container) if kind(node)]
        for cell in cells:
            if kind(cell) == "check" and not sentence(source_of(cell)):
                logger.warning("a check says in its first line what it checks", location=cell, type="cells")
            if "try" in _tags(cell):
                cell.children = [part for part in cell.children if part.get("nb_element") != "cell_code_output"]
            if kind(cell) == "story":
                block = next(cell.findall(nodes.literal_block), None)
                if block is not None and block.parent.get("nb_element") == "cell_code_source":
                    rewrite(block, re.sub(r"\n{3,}", "\n\n", block.astext()))
        self._fold_what_the_page_judges(cells)
        for parent in list({id(cell.parent): cell.parent for cell in cells}.values()):
            for run in runs(parent):
                self._fold(parent, run)
        if self.loose:
            self._put_below_the_title(prepared(self.loose))
        if self.env.doc2path(self.env.docname).endswith(".ipynb"):
            for block in self.document.findall(nodes.literal_block):
                if block.get("source") and block.get("language") == "python":
                    rewrite(block, bare(block.astext()))

    def _fold(self, parent, run):
        """Replace one run of cells by its pictures, with their code below, and one fold of its checks."""
        place, waiting, checks, pictures = parent.index(run[0]), [], [], []
        for cell in run:
            parent.remove(cell)
            if kind(cell) == "setup":
                waiting.append(cell)
                continue
            if kind(cell) == "draw":
                pictures.append(with_code_below(cell, waiting))
            elif equation := self._equation_of(cell):
                beside(equation, [*waiting, cell])
            else:
                checks += [*waiting, cell]
            waiting = []
        self.loose += waiting
        parent[place:place] = pictures + ([checked(checks)] if checks else [])

    def _fold_what_the_page_judges(self, cells):
        """The cell of an exercise that has a form on this page goes behind a link."""
        judged = [f'check("{node["exercise"]}"' for node in self.document.findall(Answer)]
        for cell in cells:
            if "try" in _tags(cell) and any(call in source_of(cell) for call in judged):
                parent, place = cell.parent, cell.parent.index(cell)
                parent[place] = Fold("", cell, kind="try", mark="in Python", says="")

    def _equation_of(self, cell):
        """The first equation of this page that a cell checks, or None; its badge becomes the summary of a fold."""
        label = next((name for name in cell["cell_metadata"].get("checks", []) if name in self.equations), None)
        if label is None:
            return None
        self.equations[label].attributes.pop("badge", None)
        return self.equations[label]

    def _put_below_the_title(self, box):
        page = next(iter(self.document.findall(nodes.section)), self.document)
        sections = [place for place, child in enumerate(page.children) if isinstance(child, nodes.section)]
        page.insert(sections[0] if sections else len(page), box)


def rewrite(block, text):
    """Give a code block another text; Sphinx colours a block only where its text is its raw source."""
    block.children[:] = [nodes.Text(text)]
    block.rawsource = text


def runs(parent):
    """The longest rows of neighbours that are folded."""
    found, current = [], []
    for child in parent.children:
        if kind(child) in FOLDED:
            current.append(child)
        elif current:
            found.append(current)
            current = []
    return [*found, current] if current else found


def checked(cells):
    """One fold for some checks and the setup that they need, in the words of the checks."""
    return Fold("", *cells, kind="check", mark="checked:", says=_sentences(cells))


def prepared(cells):
    """One fold for the setup that nothing below needs at once."""
    lines = sum(source_of(cell).count("\n") + 1 for cell in cells)
    return Fold("", *cells, kind="setup", mark="", says=f"code: {lines} lines that prepare this page")


def _sentences(cells):
    return "; ".join(text for cell in cells if kind(cell) == "check" and (text := sentence(source_of(cell))))


def beside(equation, cells):
    """Put the checks of an equation beside it: one fold, however many cells check it."""
    if "equation" not in equation.parent.get("classes", []):
        place = equation.parent.index(equation)
        parent, box = equation.parent, nodes.container(classes=["equation"])
        parent.remove(equation)
        box += [equation, Fold(kind="check of-equation", mark="checked", says="")]
        parent.insert(place, box)
    fold = equation.parent[-1]
    fold += cells
    found = {found for cell in fold.children for found in tolerances(source_of(cell))}
    fold["says"] = _sentences(fold.children) + "".join(f", {tolerance}" for tolerance in sorted(found))


def with_code_below(cell, before):
    """A cell that draws, with the setup before it and its code in a fold below the picture."""
    inputs = [part for part in cell.children if part.get("nb_element") == "cell_code_source"]
    cell.children = [part for part in cell.children if part not in inputs]
    cell += Fold("", *before, *inputs, kind="draw", mark="code", says="")
    return cell


def visit_fold(writer, node):
    """Write the summary and open the box; the badge of an equation says in the box what is checked."""
    says, is_badge = writer.encode(node["says"]), node["kind"] == "check of-equation"
    mark = f'<span class="fold-mark">{node["mark"]}</span>' if node["mark"] else ""
    classes = " ".join(f"fold-{name}" for name in node["kind"].split())
    writer.body.append(writer.starttag(node, "details", CLASS=classes))
    writer.body.append(f"<summary>{mark if is_badge else f'{mark} {says}'.strip()}</summary>")
    writer.body.append('<div class="fold-inside">' + (f'<p class="fold-says">{says}.</p>' if is_badge else ""))


def depart_fold(writer, node):
    """Close the box."""
    writer.body.append("</div></details>\n")


def setup(app):
    """Register the folds."""
    app.add_node(Fold, html=(visit_fold, depart_fold))
    app.add_transform(FoldCells)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Badges on checked equations, and anchors on the cells that carry a claim.

A code cell with the metadata ``"checks": ["eq-xor-line"]`` gets the anchor ``check-eq-xor-line``; the equation of that
label on the same page gets a badge that links there and names the tolerances of the cell (``cells`` makes a fold of the
badge where the cell is a check). A guess may be checked like an equation. A cell with the metadata
``"claims": ["msk-xor-lines"]`` gets the anchor ``claim-msk-xor-lines``. Where several cells carry a label or a claim,
the first one has the anchor. Prose links to an anchor as to any target: ``[the cell](#claim-msk-xor-lines)``.
"""

import ast
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from guess import Guess

logger = logging.getLogger(__name__)

LARGEST_BOUND = 1e-3  # what is compared with a larger number is a result, not an error
TOLERANCES = {"rtol", "atol", "rel_tol", "abs_tol"}
LINES_PER_CELL = 10_000  # myst-nb numbers the lines of cell i (from 0) from (i + 1) * 10000 on


def tolerances(source):
    """Return the tolerances a cell checks with, as written: ``["rtol=1e-12", "error < 1e-7"]``.

    Found are the keywords ``rtol``, ``atol``, ``rel_tol``, ``abs_tol`` that are not 0, and assertions that something is
    less than a small number. A cell whose source is not plain Python (a magic) has none.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in TOLERANCES and ast.unparse(node.value) != "0":
            found.append(f"{node.arg}={ast.get_source_segment(source, node.value)}")
        elif isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare):
            bound = node.test.comparators[-1]
            is_below = isinstance(node.test.ops[-1], ast.Lt | ast.LtE) and isinstance(bound, ast.Constant)
            if is_below and isinstance(bound.value, float) and bound.value <= LARGEST_BOUND:
                sign = "<" if isinstance(node.test.ops[-1], ast.Lt) else "≤"
                found.append(f"error {sign} {ast.get_source_segment(source, bound)}")
    return list(dict.fromkeys(found))


def _markdown_claims(path):
    """Yield (cell index, ids) for every markdown cell of a notebook that carries claims."""
    if Path(path).suffix == ".ipynb":
        for index, cell in enumerate(nbformat.read(path, as_version=4).cells):
            if cell.cell_type == "markdown" and "claims" in cell.metadata:
                yield index, cell.metadata["claims"]


class Badges(SphinxTransform):
    """Put the anchors on the cells and the badges on the equations of one document."""

    default_priority = 700

    def apply(self):
        """Write ``ids`` on cells and ``badge`` on equations; warn of a ``checks`` label with no equation here."""
        equations = {node["label"]: node for node in self.document.findall(nodes.math_block) if node.get("label")}
        guesses = {name for node in self.document.findall(Guess) for name in node["ids"]}
        for cell in self.document.findall(nodes.container):
            metadata = cell.get("cell_metadata", {})
            for claim in metadata.get("claims", []):
                self._anchor(cell, f"claim-{claim}")
            for label in metadata.get("checks", []):
                self._anchor(cell, f"check-{label}")
                if label not in equations and label not in guesses:
                    logger.warning("checks: no equation %r on this page", label, location=cell, type="badges")
                elif label in equations and "badge" not in equations[label]:
                    source = next((code.astext() for code in cell.findall(nodes.literal_block)), "")
                    found = "".join(f", {tolerance}" for tolerance in tolerances(source))
                    equations[label]["badge"] = {"anchor": f"check-{label}", "tolerance": found}
        for index, claims in _markdown_claims(self.env.doc2path(self.env.docname)):
            for claim in claims:
                self._anchor(self._first_node_of(index), f"claim-{claim}")

    def _anchor(self, node, name):
        if name not in self.document.ids:
            self.document.ids[name] = node
            self.document.nameids[name] = name
            self.document.nametypes[name] = True
            node["ids"].append(name)
            node["names"].append(name)

    def _first_node_of(self, index):
        return next(
            node
            for node in self.document.findall(nodes.Element)
            if not isinstance(node, nodes.document) and (node.line or 0) // LINES_PER_CELL == index + 1
        )


def setup(app):
    """Register the transform."""
    app.add_transform(Badges)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

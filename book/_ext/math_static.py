r"""Formulas set at build time by KaTeX, so that a page needs no math script.

KaTeX runs inside Python (dukpy) from the ``katex.min.js`` that the package sphinxcontrib-katex carries. A formula that
KaTeX refuses is a Sphinx warning with file and line. The page gets HTML for the eye and MathML for a screen reader; the
style sheet and the fonts are shipped from ``book/_vendor``.
"""

import re
from functools import cache
from html import escape
from importlib.resources import files

import dukpy
from docutils import nodes
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)

RENDER = r"""
function render(tex, display, macros) {
    var ignored = "";
    function strict(code) {
        if (code === "newLineInDisplayMode") ignored = "\\\\ breaks no line here: use \\begin{aligned}";
        return "error";
    }
    try {
        var options = {displayMode: display, throwOnError: true, strict: strict, macros: macros};
        var html = katex.renderToString(tex, options);
        return ignored ? {error: ignored} : {html: html};
    } catch (error) {
        return {error: String(error.message)};
    }
}
"""


class FormulaError(ValueError):
    """KaTeX refused a formula; the message is KaTeX's own."""


@cache
def _interpreter():
    interpreter = dukpy.JSInterpreter()
    interpreter.evaljs(files("sphinxcontrib").joinpath("katex.min.js").read_text("utf8") + RENDER + ";0")
    return interpreter


@cache
def _render(tex, display, macros):
    result = _interpreter().evaljs(
        "render(dukpy.tex, dukpy.display, dukpy.macros)", tex=tex, display=display, macros=dict(macros)
    )
    if "error" in result:
        raise FormulaError(result["error"].removeprefix("KaTeX parse error: "))
    return result["html"]


TOKENS = re.compile(r"\\[A-Za-z]+|\\.|[{}]|[^\\{}]+", re.DOTALL)


def breaking_between_parts(tex):
    r"""A display of several formulas with ``\qquad`` between them, so written that it breaks there and nowhere else."""
    parts, depth = [""], 0
    for token in TOKENS.findall(tex):
        depth += (token in ("{", r"\begin", r"\left")) - (token in ("}", r"\end", r"\right"))
        if token == r"\qquad" and depth == 0:
            parts.append("")
        else:
            parts[-1] += token
    return r"\qquad\allowbreak ".join(f"{{{part}}}" for part in parts) if len(parts) > 1 else tex


def render(tex, display=False, macros=None):
    """Return the HTML of one formula; each distinct formula is set once.

    On a narrow page a display breaks between its parts, if it has some, else after an operator. The TeX
    that the page keeps is the one given.

    Raises ``FormulaError`` for TeX that KaTeX refuses, for input that is not LaTeX (an accented letter in math mode)
    and for a line break that LaTeX would ignore.
    """
    set_as = breaking_between_parts(tex) if display else tex
    rendered = _render(set_as, display, tuple(sorted((macros or {}).items())))
    return rendered.replace(f">{escape(set_as)}</annotation>", f">{escape(tex)}</annotation>")


def _html(writer, node, display):
    try:
        return render(node.astext(), display, writer.config.math_static_macros)
    except FormulaError as error:
        logger.warning("formula: %s", error, location=node, type="math_static")
        return f"<code>{writer.encode(node.astext())}</code>"


def visit_inline(writer, node):
    """Write an inline formula."""
    writer.body.append(writer.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    writer.body.append(_html(writer, node, display=False) + "</span>")
    raise nodes.SkipNode


def visit_display(writer, node):
    """Write a displayed formula in a box of its own that scrolls, then its number, permalink and badge."""
    number = get_node_equation_number(writer, node) if node["number"] else None
    name = f"Equation ({number})" if number else "Formula"
    writer.body.append(writer.starttag(node, "div", CLASS="math notranslate nohighlight"))
    writer.body.append(f'<div class="math-scroll" data-scroll-label="{name}">{_html(writer, node, display=True)}</div>')
    if number:
        writer.body.append(f'<span class="eqno">({number})')
        writer.add_permalink_ref(node, _("Link to this equation"))
        writer.body.append("</span>")
    if badge := node.get("badge"):
        label = writer.attval(f"checked in code: {name}{badge['tolerance']}")
        writer.body.append(
            f'<a class="badge-checked" href="#{badge["anchor"]}" aria-label="{label}" title="{label}">checked</a>'
        )
    writer.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app):
    """Register the renderer ``math_static`` and its style sheet."""
    app.add_config_value("math_static_macros", {}, "html")
    app.add_html_math_renderer("math_static", (visit_inline, None), (visit_display, None))
    app.add_css_file("../katex/katex.min.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""One still figure: inline SVG in a page and in JupyterLab, its description everywhere."""

import hashlib
import html
import os
import xml.etree.ElementTree as ET

import numpy as np

from mlp_core.checks import shown
from mlp_core.show import svg
from mlp_core.show.roles import SIZES

MODES = ("live", "static", "text")


def figure(draw, *, alt, size="wide", panels=1, digits=2, **values):
    """Draw a figure: `draw(ax, **values)`, from arrays that an earlier cell has computed.

    Parameters
    ----------
    draw : function of the axes and the values; with several panels its first argument is an array of axes
    alt : str, or function of the values: what is seen, in one or two sentences
        The fields of a string are filled from the values: "the loss for {eta:.1f}"; a literal brace is doubled.
    size : "wide", the column of text, or "small"
    panels : int, panels in a row (on a phone below one another), or (rows, columns)
    digits : int, of the numbers in the text that a notebook stores
        2 hold for most figures; 1 for the end of a long training, 0 (powers of ten) for rounding errors.
    **values : passed on to `draw`

    Lines drawn without a colour take the roles in turn, with their line styles. Every labelled curve gets its entry in
    a legend above the panels. Draw dense scatter with `rasterized=True`. A page gets a second, narrow drawing where the
    text of the first would be too small on a phone; `is_narrow(ax)` tells them apart.
    Returns an object that a notebook displays.
    Raises ValueError for a missing description and for colours other than those of `ROLES`.
    """
    check(draw, size, panels, "figure")
    text = describe(alt, values, "figure")
    drawing, layout, says = svg.render(draw, values, size, panels, digits=digits)
    drawings = [drawing]
    if has_narrow_form(layout):
        drawings.append(svg.render(draw, values, "narrow", panels)[0])
    roots = [svg.clean(drawing, prefix(drawing, text), "figure") for drawing in drawings]
    return Figure(text, says, f'<div class="mlp-figure">{picture(roots, text)}</div>')


class Figure:
    """What `figure` returns: `alt`, what it `says`, and `html`; in text mode a notebook sees only the text."""

    def __init__(self, alt, says, html):
        self.alt, self.says, self.html = alt, says, html

    def __repr__(self):
        return "\n".join([f"<figure: {self.alt}>", *self.says])

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": repr(self)} | ({} if mode() == "text" else {"text/html": self.html})


def mode():
    """For whom figures are drawn, by the environment variable MLP_FIGURES: "live" (unset), "static" or "text"."""
    name = os.environ.get("MLP_FIGURES") or "live"
    if name not in MODES:
        raise ValueError(f"show: expected one of {', '.join(MODES)}, got MLP_FIGURES={shown(name)}")
    return name


def check(draw, size, panels, owner):
    """Refuse what cannot be drawn, in one sentence."""
    if not callable(draw):
        raise ValueError(f"{owner}: expected a function that draws, got draw={shown(draw)}")
    if size not in SIZES:
        raise ValueError(f"{owner}: expected one of {', '.join(SIZES)}, got size={shown(size)}")
    shape = panels if isinstance(panels, tuple) and len(panels) == 2 else (1, panels)
    if not all(isinstance(count, int) and count >= 1 for count in shape):
        raise ValueError(f"{owner}: expected a number of panels or (rows, columns), got panels={shown(panels)}")


def describe(alt, values, owner):
    """The description for these values: never empty."""
    text = alt(**values) if callable(alt) else alt
    if isinstance(alt, str):
        try:
            text = alt.format(**values)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            known = ", ".join(values) or "no value"
            expected = f"a description with fields from {known}"
            raise ValueError(f"{owner}: expected {expected}, got alt={shown(alt)}") from error
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{owner}: expected a description of what is seen, got alt={shown(text)}")
    return text


def prefix(drawing, alt):
    """The beginning of the ids of one figure: two different figures of a page never share an id."""
    return "mlp-" + hashlib.sha256((drawing + alt).encode()).hexdigest()[:10]


def has_narrow_form(layout):
    """Whether a picture is drawn twice: in a page, where its text would be too small on a phone."""
    return mode() == "static" and layout.is_small_on_a_phone


def is_narrow(ax):
    """Whether the axes, one or an array of them, belong to the narrow drawing for phones, which has room for less."""
    return np.ravel(ax)[0].figure.get_figwidth() < SIZES["small"][0]


def picture(roots, alt):
    """One described picture: an SVG element, or a wide and a narrow one, of which the page shows one.

    Without the style sheet of the page, as in a notebook, that is the wide one.
    """
    for root, form in zip(roots, ("mlp-wide", "mlp-narrow"), strict=False) if len(roots) > 1 else ():
        root.set("class", form)
    for narrow in roots[1:]:
        narrow.set("display", "none")
    content = "".join(ET.tostring(root, encoding="unicode") for root in roots)
    return f'<div role="img" aria-label="{html.escape(alt)}">{content}</div>'

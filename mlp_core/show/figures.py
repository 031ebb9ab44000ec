"""One still figure: inline SVG in a page and in JupyterLab, its description everywhere."""

import hashlib
import html
import os
import xml.etree.ElementTree as ET

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
    size : "wide" or "small"
    panels : int, panels in a row, or (rows, columns)
    digits : int, of the numbers in the text that a notebook stores
        2 hold for most figures; 1 for the end of a long training, 0 (powers of ten) for rounding errors.
    **values : passed on to `draw`

    Lines drawn without a colour take the roles in turn, with their line styles. Every labelled curve gets its entry in
    a legend above the panels. Draw dense scatter with `rasterized=True`. Returns an object that a notebook displays.
    Raises ValueError for a missing description and for colours other than those of `ROLES`.
    """
    check(draw, size, panels, "figure")
    text = describe(alt, values, "figure")
    drawing, _, says = svg.render(draw, values, size, panels, digits=digits)
    content = picture(svg.clean(drawing, prefix(drawing, text), "figure"), text)
    return Figure(text, says, f'<div class="mlp-figure">{content}</div>')


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


def picture(root, alt):
    """An SVG element as a described picture."""
    content = ET.tostring(root, encoding="unicode")
    return f'<div role="img" aria-label="{html.escape(alt)}">{content}</div>'

"""A game: the reader drags one or two lines over a few points, and the page counts those that are right.

The browser computes everything itself, in a page as in a notebook: no kernel, no frames. The two handles of a line take
a mouse, a finger and the arrow keys.
"""

import html
import json
from importlib.resources import files

import numpy as np

from mlp_core.show.charts import line, note, points, regions
from mlp_core.show.figures import figure, mode

LOW, HIGH = -0.6, 1.6  # of the board, along both axes


def lines(X, y, *, names, start, alt, told=""):
    """Points of two classes and one or two lines to drag; a point counts as 1 where every line says 1.

    Parameters
    ----------
    X : (N, 2), inside the square from -0.6 to 1.6
    y : (N,), targets 0 and 1
    names : N texts, which stand beside the points
    start : one or two lines, each a pair of points ((x, y), (x, y)); a line says 1 to the left of the way between them
    alt : str, what there is to do
    told : str, what is said once every point is right

    Returns an object that a notebook displays.
    Raises ValueError for more or fewer lines, and for points outside the square.
    """
    if len(start) not in (1, 2):
        raise ValueError(f"lines: expected one or two lines, got start={start}")
    if not ((np.asarray(X) >= LOW) & (np.asarray(X) <= HIGH)).all():
        raise ValueError(f"lines: expected points between {LOW} and {HIGH}, got X={X}")
    return Lines(X, y, names, start, alt, told)


class Lines:
    """What `lines` returns: `alt`, and `still`, the figure of how the game starts."""

    def __init__(self, X, y, names, start, alt, told):
        self.alt = alt
        self.still = figure(lambda ax: _start(ax, X, y, names, start), alt=alt, size="small")
        targets = [[*map(float, x), int(target), str(name)] for x, target, name in zip(X, y, names, strict=True)]
        self.data = {"points": targets, "lines": start, "told": told, "low": LOW, "high": HIGH}

    def __repr__(self):
        return "\n".join([f"<lines: {self.alt}>", *self.still.says])

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": repr(self)} | ({} if mode() == "text" else {"text/html": self.html})

    @property
    def html(self):
        """The still picture, which the script replaces by the game; JupyterLab leaves it the arrow keys."""
        data = json.dumps(self.data, ensure_ascii=False).replace("<", "\\u003c")
        style, script = (files("mlp_core.show").joinpath(f"lines.{kind}").read_text("utf-8") for kind in ("css", "js"))
        return (
            f'<div class="mlp-figure mlp-lines" role="group" aria-label="{html.escape(self.alt)}" '
            f'data-lm-suppress-shortcuts="true"><style>{style}</style><div class="lines-still">{self.still.html}</div>'
            f'<script type="application/json">{data}</script><script>{script}</script></div>'
        )


def _start(ax, X, y, names, start):
    halves = [_half_plane(*way) for way in start]
    regions(ax, lambda P: np.min([P @ w + b >= 0 for w, b in halves], axis=0), (LOW, HIGH), (LOW, HIGH), resolution=60)
    points(ax, X, y, size=10)
    for w, b in halves:
        line(ax, w, b, normal=False)
    for x, name in zip(X, names, strict=True):
        note(ax, name, at=(x[0], x[1] + 0.17))
    ax.set(aspect="equal", xticks=[], yticks=[])


def _half_plane(p, q):
    """The weights and the bias whose sum is not negative to the left of the way from p to q."""
    w = np.array([p[1] - q[1], q[0] - p[0]])
    return w, -w @ p

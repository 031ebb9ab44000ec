"""A curve that the reader draws, and a network with one hidden layer that follows it.

The page computes everything itself: no kernel, no frames. The points of the curve take a mouse, a finger and the arrow
keys.
"""

import html
import json
from importlib.resources import files

import numpy as np

from mlp_core.show.figures import figure, mode
from mlp_core.show.roles import style

STEEPNESS = 12  # of a stair, times their number
GRID = np.linspace(0, 1, 601)  # where curve and network are drawn and compared


def sketch(values, *, units, start, alt):
    """A smooth curve through points that the reader moves, and the output of a network that follows it.

    The network has hinges (ReLU units) or stairs (steep logistic units), as many as the reader chooses.

    Parameters
    ----------
    values : sequence of K numbers from 0 to 1, the heights of the points at first; they stand at k/(K - 1)
    units : sequence of numbers of hidden units to choose from
    start : one of them
    alt : str, what there is to do

    Returns an object that a notebook displays.
    Raises ValueError for fewer than two points, for heights that are not from 0 to 1, and for another start.
    """
    if len(values) < 2 or not all(0 <= value <= 1 for value in values):
        raise ValueError(f"sketch: expected two or more heights from 0 to 1, got values={values}")
    if start not in units:
        raise ValueError(f"sketch: expected a start among {', '.join(map(str, units))}, got start={start}")
    return Sketch(values, units, start, alt)


class Sketch:
    """What `sketch` returns: `alt`, and `still`, the figure of how it starts."""

    def __init__(self, values, units, start, alt):
        self.alt = alt
        self.still = figure(lambda ax: _start(ax, values, start), alt=alt)
        self.data = {"values": list(values), "units": list(units), "start": start, "steepness": STEEPNESS}

    def __repr__(self):
        return "\n".join([f"<sketch: {self.alt}>", *self.still.says])

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": repr(self)} | ({} if mode() == "text" else {"text/html": self.html})

    @property
    def html(self):
        """The still picture, which the script replaces by the board; JupyterLab leaves it the arrow keys."""
        data = json.dumps(self.data, ensure_ascii=False).replace("<", "\\u003c")
        style = _text("lines.css") + _text("sketch.css")
        return (
            f'<div class="mlp-figure mlp-lines mlp-sketch" role="group" aria-label="{html.escape(self.alt)}" '
            f'data-lm-suppress-shortcuts="true"><style>{style}</style><div class="lines-still">{self.still.html}</div>'
            f'<script type="application/json">{data}</script><script>{_text("sketch.js")}</script></div>'
        )


def _text(name):
    return files("mlp_core.show").joinpath(name).read_text("utf-8")


def curve(values, t):
    """The smooth curve through K points at k/(K - 1), at the places t: Catmull and Rom's cubics."""
    values, last = np.asarray(values, float), len(values) - 1
    slopes = np.gradient(values)
    k = np.minimum((np.asarray(t) * last).astype(int), last - 1)
    u = np.asarray(t) * last - k
    p, q, v, w = values[k], values[k + 1], slopes[k], slopes[k + 1]
    return p + u * (v + u * (3 * (q - p) - 2 * v - w + u * (2 * (p - q) + v + w)))


def hinges(values, N, t):
    """The network of N ReLU units that meets the curve at j/N, at the places t."""
    nodes = np.arange(N + 1) / N
    changes = np.diff(N * np.diff(curve(values, nodes)), prepend=0)
    return values[0] + np.maximum(np.asarray(t)[:, None] - nodes[:-1], 0) @ changes


def stairs(values, N, t):
    """The network of N logistic units, each of which steps up or down halfway between two nodes, at the places t."""
    steps = np.diff(curve(values, np.arange(N + 1) / N))
    middles = (np.arange(N) + 0.5) / N
    return values[0] + 1 / (1 + np.exp(-STEEPNESS * N * (np.asarray(t)[:, None] - middles))) @ steps


def _start(ax, values, N):
    ax.plot(GRID[::6], curve(values, GRID[::6]), label="your curve", **style("ink"))
    nodes = np.arange(N + 1) / N
    ax.plot(nodes, curve(values, nodes), label="network", linewidth=3, **style("test"))
    ax.plot(np.linspace(0, 1, len(values)), values, "o", color=style("ink")["color"])
    ax.set(xlim=(0, 1), ylim=(-0.1, 1.1), xticks=[0, 1], yticks=[0, 1])

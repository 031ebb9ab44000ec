"""Helpers that draw data on axes: curves with bands, intervals, points, regions, lines, surfaces."""

from typing import NamedTuple

import numpy as np

from mlp_core.checks import shown
from mlp_core.replicas import paired
from mlp_core.show.roles import CLASSES, HATCHES, MARKERS, ROLES, style


class Band(NamedTuple):
    """What `band` drew: three arrays (T,)."""

    low: np.ndarray
    centre: np.ndarray
    high: np.ndarray


def band(ax, x, curves, role, label=None, spread=(0.1, 0.9)):
    """A line with a band: one curve for each replica, summed up.

    Parameters
    ----------
    x : (T,)
    curves : (T, R), or (T,) for a line without a band; NaN (a replica that has stopped) is left out
    role : a role of `style`
    label : str or None, entry in the legend
    spread : pair of quantiles, or "mean"
        A pair draws the median and the band between the quantiles: where the replicas are.
        "mean" draws the mean and its 95 % t-interval: where their mean is.

    Returns Band(low, centre, high). Raises ValueError for shapes that do not fit and for another spread.
    """
    x, curves = np.asarray(x), np.asarray(curves)
    if curves.ndim not in (1, 2) or curves.shape[:1] != x.shape:
        raise ValueError(f"band: expected curves ({len(x)},) or ({len(x)}, R), got curves of shape {curves.shape}")
    if curves.ndim == 1:
        drawn = Band(curves, curves, curves)
    elif spread == "mean":
        mean, low, high = np.transpose([paired(values[np.isfinite(values)]) for values in curves])
        drawn = Band(low, mean, high)
    elif isinstance(spread, tuple) and len(spread) == 2 and 0 <= spread[0] < 0.5 < spread[1] <= 1:
        drawn = Band(*np.nanquantile(curves, (spread[0], 0.5, spread[1]), axis=1))
    else:
        raise ValueError(f'band: expected "mean" or quantiles around the median, got spread={shown(spread)}')
    if curves.ndim == 2:
        ax.fill_between(x, drawn.low, drawn.high, color=ROLES[role], alpha=0.2, linewidth=0)
    ax.plot(x, drawn.centre, label=label, **style(role))
    return drawn


def interval(ax, x, centre, low, high, role, label=None):
    """Marks with vertical intervals, for rates and differences.

    Parameters
    ----------
    x, centre, low, high : (M,), with low <= centre <= high
    role : a role of `style`; also gives the marker
    label : str or None

    Raises ValueError where a centre lies outside its interval.
    """
    centre, low, high = (np.atleast_1d(np.asarray(values, float)) for values in (centre, low, high))
    if not ((low <= centre) & (centre <= high)).all():
        raise ValueError(f"interval: expected low <= centre <= high, got low={low}, centre={centre}, high={high}")
    ax.errorbar(
        np.atleast_1d(x),
        centre,
        yerr=[centre - low, high - centre],
        color=style(role)["color"],
        linestyle="none",
        marker=MARKERS[role],
        elinewidth=1.4,
        capsize=3,
        label=label,
    )


def points(ax, X, y, labels=None, size=7):
    """Examples of up to four classes, by marker and colour.

    Parameters
    ----------
    X : (N, 2)
    y : (N,) or (N, 1), class 0, 1, 2 or 3 of each example
    labels : sequence of str for the legend, or None
    size : float, of a marker

    Raises ValueError for other shapes and classes.
    """
    X, y = np.asarray(X), np.asarray(y)
    if X.ndim != 2 or X.shape[1] != 2 or y.shape not in ((len(X),), (len(X), 1)):
        raise ValueError(f"points: expected X (N, 2) and y (N,), got shapes {X.shape} and {y.shape}")
    classes = np.unique(y)
    if not np.isin(classes, range(len(CLASSES))).all():
        raise ValueError(f"points: expected classes 0 to {len(CLASSES) - 1}, got y with {classes}")
    for k in classes.astype(int):
        ax.plot(
            *X[y.ravel() == k].T,
            linestyle="none",
            marker=MARKERS[CLASSES[k]],
            color=ROLES[CLASSES[k]],
            markeredgecolor=ROLES["page"],
            markeredgewidth=0.7,
            markersize=size,
            label=None if labels is None else labels[k],
        )


def regions(ax, f, xlim, ylim, threshold=0.5, resolution=200):
    """Decision regions of a classifier of the plane: tint and hatch for each class, a line between them.

    Parameters
    ----------
    f : function of X (M, 2)
        Returns (M,) or (M, 1), class 1 where the value exceeds the threshold; or (M, K), the class of the largest.
    xlim, ylim : pairs; they become the limits of the axes
    threshold : float
    resolution : int, grid points along each axis

    Raises ValueError where f returns another shape or more than four classes.
    """
    x, y = _grid(*xlim, resolution), _grid(*ylim, resolution)
    values = np.asarray(f(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)), float)
    if values.shape[:1] != (resolution**2,) or values.ndim > 2 or (values.ndim == 2 and values.shape[1] > len(CLASSES)):
        expected = f"({resolution**2}, K) with K up to {len(CLASSES)}"
        raise ValueError(f"regions: expected f to return {expected}, got shape {values.shape}")
    values = values.reshape(resolution, resolution, -1)
    if values.shape[-1] == 1:
        margins = [threshold - values[..., 0], values[..., 0] - threshold]
    else:
        others = [np.delete(values, k, axis=-1).max(axis=-1) for k in range(values.shape[-1])]
        margins = [values[..., k] - others[k] for k in range(values.shape[-1])]
    for k, margin in enumerate(margins):
        _region(ax, x, y, margin, ROLES[CLASSES[k]], HATCHES[k])
    ax.set(xlim=xlim, ylim=ylim)


def _grid(low, high, resolution):
    """A little beyond the limits, so that the outline of a region runs along no axis."""
    margin = 0.01 * (high - low)
    return np.linspace(low - margin, high + margin, resolution)


def _region(ax, x, y, margin, colour, hatch):
    """Where the margin is positive: always the same artists, so that an explorer can move them."""
    from matplotlib.colors import to_rgba
    from matplotlib.patches import PathPatch

    path = _area(ax, x, y, margin)
    if hatch:
        ax.add_patch(PathPatch(path, fill=False, edgecolor=colour, hatch=hatch, linewidth=0, alpha=0.4, zorder=0.4))
    ax.add_patch(PathPatch(path, facecolor=to_rgba(colour, 0.16), edgecolor=ROLES["ink"], linewidth=0.7, zorder=0.5))


def _area(ax, x, y, margin):
    """The outline of the positive margin, without the points that lie on a straight line between others."""
    from matplotlib.path import Path
    from matplotlib.transforms import Affine2D

    if not (margin > 0).any():
        return Path(np.empty((0, 2)))
    contours = ax.contourf(x, y, margin, levels=[0, margin.max() + 1], colors=["white"])
    outline = contours.get_paths()[0]
    contours.remove()
    codes = np.where(outline.codes == Path.CLOSEPOLY, Path.LINETO, outline.codes)
    to_points = Affine2D().translate(-x[0], -y[0]).scale(400 / np.ptp(x), 400 / np.ptp(y))
    simple = Path(outline.vertices, codes).cleaned(to_points, simplify=True)
    return Path(simple.vertices[:-1], simple.codes[:-1]).transformed(to_points.inverted())


def line(ax, w, b, role="ink", label=None, normal=True):
    r"""The line $\mathbf w\cdot\mathbf x + b = 0$ with an arrow to its positive side.

    Parameters
    ----------
    ax : axes with limits set, and of equal aspect if the arrow is to look perpendicular
    w : (2,); b : float
    role : a role of `style`
    label : str or None
    normal : bool, whether to draw the arrow

    Raises ValueError for w = 0.
    """
    from matplotlib.patches import FancyArrowPatch

    w, b = np.asarray(w, float).ravel(), float(np.squeeze(b))
    if w.shape != (2,) or not w.any():
        raise ValueError(f"line: expected two weights that are not both 0, got w={w}")
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    middle = np.array([left + right, bottom + top]) / 2
    foot = middle - (w @ middle + b) / (w @ w) * w
    span = np.hypot(right - left, top - bottom)
    along = span * np.array([-w[1], w[0]]) / np.linalg.norm(w)
    ax.plot(*np.stack([foot - along, foot + along]).T, label=label, **style(role))
    if normal:
        tip = foot + 0.1 * span * w / np.linalg.norm(w)
        look = {"arrowstyle": "-|>", "mutation_scale": 10, "color": ROLES[role], "linewidth": 1.2}
        ax.add_patch(FancyArrowPatch(foot, tip, shrinkA=0, shrinkB=0, **look))
    ax.set(xlim=(left, right), ylim=(bottom, top))


def note(ax, text, at, to=None, role="ink", **look):
    """Words in the picture, with an arrow to what they speak of.

    Parameters
    ----------
    text : str
    at : (2,), where the words stand, in units of the data
    to : (2,) or None: where the arrow ends
    role : a role of `style`
    **look : passed on to matplotlib: ha, va, weight

    Raises ValueError for another role.
    """
    look = {"ha": "center", "va": "center", "fontsize": 10, "color": style(role)["color"]} | look
    arrow = {"arrowstyle": "-|>", "color": look["color"], "linewidth": 1, "shrinkB": 4, "mutation_scale": 9}
    ax.annotate(text, xy=at if to is None else to, xytext=at, arrowprops=None if to is None else arrow, **look)


def surface(ax, x, y, Z, label=None):
    """A function of the plane: filled contours in cividis with contour lines.

    Parameters
    ----------
    x : (M,); y : (N,); Z : (N, M), finite
    label : str or None: what the colours mean; a label adds the colour bar

    Raises ValueError for shapes that do not fit.
    """
    if np.shape(Z) != (len(y), len(x)):
        raise ValueError(f"surface: expected Z ({len(y)}, {len(x)}), got Z of shape {np.shape(Z)}")
    filled = ax.contourf(x, y, Z, levels=12)
    filled.set_rasterized(True)
    ax.contour(x, y, Z, levels=filled.levels, colors=ROLES["white"], linewidths=0.5, alpha=0.6)
    if label is not None:
        colour_bar(ax, filled, label)


def colour_bar(ax, mapped, label):
    """A thin colour bar beside the axes, with its label."""
    bar = ax.figure.colorbar(mapped, ax=ax, label=label, fraction=0.05, pad=0.02)
    bar.solids.set_rasterized(True)
    bar.outline.set_visible(False)

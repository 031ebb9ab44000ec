"""Helpers that draw pictures without scales: images, handwritten digits, networks."""

import numpy as np

from mlp_core.checks import shown
from mlp_core.show.charts import colour_bar
from mlp_core.show.roles import ROLES, style


def image(ax, img, signed=False, label=None):
    """A matrix as an image: cividis for magnitudes, red and blue around white for signed values.

    Parameters
    ----------
    img : (N, M)
    signed : bool; the colours are then symmetric about 0
    label : str or None: what the colours mean; a label adds the colour bar

    Raises ValueError for another shape.
    """
    img = np.asarray(img, float)
    if img.ndim != 2:
        raise ValueError(f"image: expected a matrix, got img of shape {img.shape}")
    bound = np.abs(img).max() if signed else None
    scale = {"cmap": "RdBu_r", "vmin": -bound, "vmax": bound} if signed else {"cmap": "cividis"}
    mapped = ax.imshow(img, interpolation="none", **scale)
    ax.spines[:].set_visible(False)
    ax.set(xticks=[], yticks=[])
    if label is not None:
        colour_bar(ax, mapped, label)


def digits(ax, X, titles=None, columns=10):
    """Handwritten digits, ink on paper, in rows; a title stands above its digit.

    Parameters
    ----------
    X : (N, 64) or (N, 8, 8), values in [0, 1]
    titles : N texts, or None
    columns : int, digits in a row

    Raises ValueError for other shapes and another number of titles.
    """
    X = np.asarray(X, float)
    if X.ndim < 2 or X[0].size != 64:
        raise ValueError(f"digits: expected X (N, 64), got X of shape {X.shape}")
    if titles is not None and len(titles) != len(X):
        raise ValueError(f"digits: expected {len(X)} titles, got titles={shown(titles)}")
    columns = min(columns, len(X))
    rows = -(-len(X) // columns)
    gap = 1 if titles is None else 4
    for n, digit in enumerate(X.reshape(-1, 8, 8)):
        left, top = 9 * (n % columns), (8 + gap) * (n // columns)
        ax.imshow(digit, cmap="gray_r", vmin=0, vmax=1, interpolation="none", extent=(left, left + 8, top + 8, top))
        if titles is not None:
            ax.text(left + 4, top - 0.8, titles[n], ha="center", va="bottom", fontsize=10)
    ax.set(xlim=(-0.5, 9 * columns - 0.5), ylim=((8 + gap) * rows - gap + 0.5, 0.5 - gap), aspect="equal")
    ax.axis("off")


def network(ax, sizes, weights=None, dropped=None, texts=None, numbers=False):
    """A small net as circles and arrows, layer by layer from left to right.

    Parameters
    ----------
    sizes : units in each layer, inputs first
    weights : matrices (n_in, n_out) between the layers, or None
        The sign gives colour and line (positive: solid, negative: dashed), the magnitude the width.
    dropped : for each layer a mask (n,) of bool, or None: crossed out, their connections gone
    texts : for each layer the texts in its circles, or None
    numbers : bool, whether each weight stands beside its line

    Raises ValueError where weights, masks or texts do not fit the sizes.
    """
    sizes = list(sizes)
    shapes = list(zip(sizes[:-1], sizes[1:], strict=True))
    weights = None if weights is None else [np.asarray(W, float) for W in weights]
    if weights is not None and [W.shape for W in weights] != shapes:
        raise ValueError(f"network: expected weights of shapes {shapes}, got {[W.shape for W in weights]}")
    for name, lists in (("dropped", dropped), ("texts", texts)):
        if lists is not None and [len(entries) for entries in lists] != sizes:
            raise ValueError(f"network: expected {name} for layers of {sizes} units, got {name}={shown(lists)}")
    dropped = [np.zeros(n, bool) for n in sizes] if dropped is None else [np.asarray(mask, bool) for mask in dropped]
    places = [np.stack([np.full(n, 2.2 * k), (n - 1) / 2 - np.arange(n)], axis=-1) for k, n in enumerate(sizes)]
    largest = 1 if weights is None else max(np.abs(W).max() for W in weights) or 1
    for k, (n_in, n_out) in enumerate(shapes):
        for i in range(n_in):
            for j in range(n_out):
                if not dropped[k][i] and not dropped[k + 1][j]:
                    weight = None if weights is None else weights[k][i, j]
                    _connection(ax, places[k][i], places[k + 1][j], weight, largest, numbers)
    for k, layer in enumerate(places):
        for i, place in enumerate(layer):
            _unit(ax, place, dropped[k][i], "" if texts is None else str(texts[k][i]))
    tallest = max(sizes) / 2
    ax.set(xlim=(-0.5, 2.2 * len(shapes) + 0.5), ylim=(-tallest, tallest), aspect="equal")
    ax.axis("off")


def _connection(ax, start, end, weight, largest, numbers):
    if weight is None:
        look = {"color": ROLES["ink"], "linestyle": "-", "linewidth": 0.6}
    else:
        look = style("test" if weight < 0 else "train") | {"linewidth": 0.4 + 1.8 * abs(weight) / largest}
    ax.plot(*np.stack([start, end]).T, zorder=1, **look)
    if numbers and weight is not None:
        x, y = start + 0.3 * (end - start)
        box = {"facecolor": ROLES["page"], "edgecolor": "none", "pad": 1}
        text = f"{weight:g}".replace("-", "\N{MINUS SIGN}")
        ax.text(x, y, text, ha="center", va="center", fontsize=10, bbox=box, zorder=2)


def _unit(ax, place, dropped, text):
    from matplotlib.patches import Circle

    edge = ROLES["grid" if dropped else "ink"]
    ax.add_patch(Circle(place, 0.32, facecolor=ROLES["page"], edgecolor=edge, linewidth=1.2, zorder=3))
    if dropped:
        cross = 0.23 * np.array([[-1, -1], [1, 1], [np.nan, np.nan], [-1, 1], [1, -1]])
        ax.plot(*(place + cross).T, zorder=4, color=ROLES["ink"], linestyle="-", linewidth=1.2)
    ax.text(*place, text, ha="center", va="center", fontsize=10, zorder=5)

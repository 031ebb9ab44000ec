"""What a figure says, in words and few digits: the text that the tests compare instead of a picture."""

import numpy as np

from mlp_core.show.roles import ROLES

MOST_LINES = 8  # of those without a label, in one panel
NOISE = 1e-6  # a smaller value may be a rounding error, which is another one on another machine


def read(figure, digits=2):
    """Rows of text for a figure: of each panel the axes, and of each curve its label, first and last point.

    Numbers have so many digits; with 0 digits only their power of ten is told.
    """

    def number(value):
        return rounded(value, digits)

    panels = [(_colour_bar if ax.get_label() == "<colorbar>" else _panel)(ax, number) for ax in figure.axes]
    heads = [f"panel {k}: " if len(panels) > 1 else "" for k in range(1, len(panels) + 1)]
    return [row for head, (axes, *drawn) in zip(heads, panels, strict=True) for row in (head + axes, *drawn)]


def _panel(ax, number):
    axes = [f"x {_axis(ax.xaxis)}, y {_axis(ax.yaxis)}" if ax.axison else "no axes"]
    titles = [f"title {text}" for text in (ax.get_title(), ax.get_title("left")) if text]
    named, unnamed = _curves(ax, number)
    more = len(unnamed) - MOST_LINES
    texts = [" ".join(text.get_text().split()) for text in ax.texts if text.get_text().strip()]
    drawn = [
        *named,
        *unnamed[:MOST_LINES],
        *[f"and {more} more"] * (more > 0),
        *filter(None, (_extent(area, number) for area in ax.collections)),
        *filter(None, (_region(patch, number) for patch in ax.patches)),
        *[_image(image.get_array(), number) for image in ax.images[:MOST_LINES]],
        *[f"texts: {' | '.join(texts)}"] * bool(texts),
    ]
    return ["; ".join(axes + titles), *[f"  {row}" for row in drawn]]


def _colour_bar(ax, number):
    low, high = map(number, ax.get_ylim())
    return [f"colour bar {_axis(ax.yaxis)}, {low} to {high}"]


def _axis(axis):
    label = axis.get_label_text() or "without label"
    return f"{label} ({axis.get_scale()})" if axis.get_scale() in ("log", "symlog") else label


def _curves(ax, number):
    """The rows of the curves and bars with a label, and of those without."""
    named, unnamed = [], []
    intervals = {id(container.lines[0]): container for container in ax.containers if hasattr(container, "lines")}
    for line in ax.lines:
        label = intervals.get(id(line), line).get_label()
        text = f"{_role(line.get_color())} {_ends(line.get_xydata(), number)}"
        (named if _is_label(label) else unnamed).append(f"{label}: {text}" if _is_label(label) else text)
    for bars in (container for container in ax.containers if hasattr(container, "patches")):
        tops = [(bar.get_x() + bar.get_width() / 2, bar.get_y() + bar.get_height()) for bar in bars]
        label = bars.get_label() if _is_label(bars.get_label()) else "bars"
        named.append(f"{label}: {_role(bars[0].get_facecolor())} {_ends(tops, number)}")
    return named, unnamed


def _is_label(label):
    return bool(label) and not label.startswith("_")


def _role(colour):
    """The role of a colour."""
    from matplotlib.colors import to_hex

    return {value.lower(): role for role, value in ROLES.items()}.get(to_hex(colour), to_hex(colour))


def _ends(points, number):
    """The first and the last of the points that are drawn."""
    ends = [f"({', '.join(map(number, point))})" for point in _finite(points)]
    return " to ".join([ends[0], ends[-1]][: len(ends)]) if ends else "nothing"


def _finite(points):
    points = np.ma.getdata(np.asarray(points, float)).reshape(-1, 2)
    return points[np.isfinite(points).all(axis=1)]


def _extent(collection, number):
    """A band or a cloud of points, by what it covers."""
    offsets = _finite(collection.get_offsets())
    paths = [path.vertices for path in collection.get_paths() if len(path.vertices)]
    corners = offsets if len(offsets) > 1 or not paths else _finite(np.concatenate(paths))
    if not len(corners):
        return ""
    (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
    label = collection.get_label() if _is_label(collection.get_label()) else "area"
    return f"{label}: x {number(left)} to {number(right)}, y {number(bottom)} to {number(top)}"


def _region(patch, number):
    """A decision region, by its size."""
    from matplotlib.patches import PathPatch

    if not isinstance(patch, PathPatch) or not patch.get_fill():
        return ""
    polygons = patch.get_path().to_polygons(closed_only=True)
    size = sum((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2 for x, y in (polygon.T for polygon in polygons))
    return f"region: {_role(patch.get_facecolor()[:3])} of size {number(abs(size))}"


def _image(values, number):
    values = np.ma.getdata(values)
    height, width = values.shape[:2]
    return f"image {height} by {width}, {number(values.min())} to {number(values.max())}, mean {number(values.mean())}"


def rounded(value, digits):
    """A number that is the same on every machine: noise is 0, and a tie does not depend on the last bit."""
    if abs(value) < NOISE:
        return "0"
    value = float(f"{value:.8g}")
    if digits == 0:
        return f"{np.sign(value) * 10 ** np.floor(np.log10(abs(value))):g}"
    return f"{value:.{digits}g}"

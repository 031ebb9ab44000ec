"""The look of every figure: colours by role, two sizes, thin axes."""

from mlp_core.checks import shown

# Each is a variable of the page, but ink, the colour of the text around, and white, for lines over images.
ROLES = {
    "train": "#0072B2",
    "test": "#D55E00",
    "baseline": "#009E73",
    "highlight": "#A8518A",
    "ink": "#222222",
    "grid": "#D0D0D0",
    "page": "#FDFDFD",
    "white": "#FFFFFF",
}
# The other colours of Okabe and Ito: too pale for lines, good for areas.
FILLS = {"orange": "#E69F00", "sky": "#56B4E9", "yellow": "#F0E442", "pink": "#CC79A7"}

LINESTYLES = {"train": "-", "test": "--", "baseline": "-.", "highlight": ":", "ink": "-"}
MARKERS = {"train": "o", "test": "s", "baseline": "^", "highlight": "D", "ink": "X"}
CLASSES = ("train", "test", "baseline", "highlight")
HATCHES = ("", "///", "\\\\\\", "|||")

SIZES = {"wide": (6.42, 3.2), "small": (4.3, 3.2)}  # inches; wide is the column of text
ROW = 2.6  # inches, for each further row of panels
NARROW = {1: (3.26, 3.0, 2.6), 2: (3.26, 1.95, 1.95)}  # inches by columns: width, height, each further row
SCALE = 1.45  # CSS pixels for a point: text of 11 points is as large as the text around
PHONE = 341  # CSS pixels: the column of text in a window of 390
LEAST_TEXT = 11  # CSS pixels

RC = {
    "font.family": ["DejaVu Sans"],
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.labelsize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "mathtext.fontset": "stix",
    "text.color": ROLES["ink"],
    "axes.labelcolor": ROLES["ink"],
    "axes.edgecolor": ROLES["ink"],
    "axes.titlelocation": "left",
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.limits": (-4, 5),
    "xtick.color": ROLES["ink"],
    "ytick.color": ROLES["ink"],
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "xtick.minor.width": 0.5,
    "ytick.minor.width": 0.5,
    "grid.color": ROLES["grid"],
    "grid.linewidth": 0.7,
    "lines.linewidth": 1.8,
    "lines.markersize": 6,
    "patch.edgecolor": ROLES["ink"],
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "legend.handlelength": 1.9,
    "legend.columnspacing": 1.3,
    "legend.borderaxespad": 0.2,
    **{f"boxplot.{part}props.color": ROLES["ink"] for part in ("box", "cap", "whisker", "flier", "median", "mean")},
    "boxplot.flierprops.markeredgecolor": ROLES["ink"],
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "savefig.dpi": 144,
    "figure.constrained_layout.h_pad": 0.05,
    "figure.constrained_layout.w_pad": 0.05,
    "image.cmap": "cividis",
    "svg.fonttype": "none",
    "svg.hashsalt": "mlp",
}


def style(role):
    """Colour and line style of a role, for `ax.plot(x, y, **style("test"))`: the line style doubles the colour.

    Parameters
    ----------
    role : "train", "test", "baseline", "highlight" or "ink"

    Returns a dict with `color` and `linestyle`. Raises ValueError for another role.
    """
    if role not in LINESTYLES:
        raise ValueError(f"style: expected one of {', '.join(LINESTYLES)}, got role={shown(role)}")
    return {"color": ROLES[role], "linestyle": LINESTYLES[role]}


def context():
    """A context in which matplotlib draws in this style, whatever the reader has set."""
    from cycler import cycler
    from matplotlib import style as matplotlib_style

    lines = cycler(**{key: [style(role)[key] for role in CLASSES] for key in ("color", "linestyle")})
    return matplotlib_style.context({**RC, "axes.prop_cycle": lines}, after_reset=True)


def power(value, _position=None):
    """A tick of a logarithmic axis as plain text: 0.01, 1, 100, 10⁴."""
    from math import log10

    exponent = round(log10(abs(value))) if value else 0
    if not value or -3 <= exponent <= 3:
        return f"{value:g}".replace("-", "\N{MINUS SIGN}")
    sign = "\N{MINUS SIGN}" if value < 0 else ""
    return f"{sign}10{str(exponent).translate(SUPERSCRIPTS)}"


SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

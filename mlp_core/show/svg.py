"""From a function that draws to one clean inline SVG: themable, deterministic, without anything that leaks."""

import functools
import io
import xml.etree.ElementTree as ET
from typing import Any, NamedTuple

from mlp_core.checks import shown
from mlp_core.show.reading import read
from mlp_core.show.roles import FILLS, LEAST_TEXT, NARROW, PHONE, ROLES, ROW, SCALE, SIZES, context, power
from mlp_core.show.ticks import Ticks

PAINT = {colour.lower(): f"var(--mlp-{role},{colour})" for role, colour in ROLES.items()}
PAINT |= {ROLES["ink"].lower(): "currentColor", ROLES["white"].lower(): ROLES["white"]}
PAINT |= {colour.lower(): colour for colour in FILLS.values()}
LINE_COLOURS = {colour.lower() for colour in ROLES.values()}


class Layout(NamedTuple):
    """What the frames of an explorer share: then nothing but the data moves."""

    box: Any  # what is shown, in inches
    places: list  # of the axes
    drawings: dict  # of the axes, by `Ticks`
    least_text: float  # points; infinity without text

    @property
    def is_small_on_a_phone(self):
        """Whether the smallest text gets too small to read where the picture shrinks to the width of a phone."""
        width = SCALE * 72 * self.box.width
        return SCALE * self.least_text * min(1, PHONE / width) < LEAST_TEXT


def render(draw, values, size, panels, layout=None, digits=2):
    """Draw one picture: the SVG text as matplotlib writes it, its layout, and what it says (`reading.read`).

    The size is "wide", "small" or "narrow". The layout is found unless an earlier frame gives it.
    """
    from matplotlib.figure import Figure

    (rows, columns), (width, height) = _grid(panels, size)
    with context():
        figure = Figure(figsize=(width, height), layout="none" if layout else "constrained")
        axes, file = figure.subplots(rows, columns), io.StringIO()
        ticks = Ticks(figure.axes if layout else [], layout.drawings if layout else {}, file)
        if isinstance(panels, int) and rows > 1:
            for spare in axes.flat[panels:]:
                spare.remove()
            axes = axes.ravel()[:panels]
        draw(axes, **values)
        _finish(figure, ticks)
        if layout is None:
            figure.draw_without_rendering()
            figure.set_layout_engine(None)
            places = [ax.get_position(original=True) for ax in figure.axes]
            layout = Layout(_visible_box(figure), places, {}, _least_text(figure))
        for ax, place in zip(figure.axes, layout.places, strict=False):
            ax.set_position(place)
        ticks.begin()
        figure.savefig(file, format="svg", bbox_inches=layout.box, metadata={"Date": None, "Creator": None})
    return ticks.text(), layout, read(figure, digits)


def _grid(panels, size):
    """(rows, columns) of the panels, and (width, height) in inches.

    In a narrow picture two panels in a row become two rows, more of them two columns.
    """
    rows, columns = panels if isinstance(panels, tuple) else (1, panels)
    if size == "narrow" and not isinstance(panels, tuple):
        columns = 1 if panels < 3 else 2
        rows = -(-panels // columns)
    width, height, row = NARROW[min(columns, 2)] if size == "narrow" else (*SIZES[size], ROW)
    return (rows, columns), (width, height + row * (rows - 1))


def _least_text(figure):
    """The size of the smallest text of a figure that has been drawn, in points."""
    from matplotlib.text import Text

    unseen = [axis for ax in figure.axes if not ax.axison for axis in (ax.xaxis, ax.yaxis)]
    texts = set(figure.findobj(Text)).difference(*(axis.findobj(Text) for axis in unseen))
    seen = (text for text in texts if text.get_visible() and text.get_text().strip())
    return min((text.get_fontsize() for text in seen), default=float("inf"))


def _finish(figure, ticks):
    """Powers of ten on logarithmic axes, formulas as paths, one legend above the panels, where it covers no data."""
    from matplotlib.cbook import is_math_text
    from matplotlib.ticker import NullFormatter

    entries = {}
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            if axis.get_scale() in ("log", "symlog") and axis.isDefault_majfmt:
                axis.set_major_formatter(power)
                axis.set_minor_formatter(NullFormatter())
            if not ticks.untouched(axis) or any(map(is_math_text, _tick_labels(axis))):
                axis.get_ticklabels()  # makes the labels that are looked at below
        if ax.get_aspect() == 1 and ax.get_anchor() == "C":
            ax.set_anchor("N")  # a square panel stands right below the legend
        if ax.get_legend() is None:
            for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
                entries.setdefault(label, handle)
    if entries and not figure.legends:
        room = 12 * figure.get_figwidth()  # letters in a row; the handle of an entry takes six
        one_row = sum(map(len, entries)) + 6 * len(entries) <= room
        columns = len(entries) if one_row else max(1, int(room / (max(map(len, entries)) + 6)))
        figure.legend(entries.values(), entries.keys(), loc="outside upper left", ncols=columns)
    for text in _texts(figure, ticks):
        if is_math_text(text.get_text()):
            text.set_path_effects([_normal()])  # a text with an effect becomes a path: no font of the reader


def _tick_labels(axis):
    """The texts of the major ticks, without making the ticks."""
    return axis.get_major_formatter().format_ticks(axis.get_majorticklocs())


def _texts(artist, ticks):
    """All texts below an artist, but those of the ticks that are not made yet."""
    from matplotlib.text import Text

    if isinstance(artist, Text):
        yield artist
    children = [artist.label, artist.offsetText] if ticks.untouched(artist) else artist.get_children()
    for child in children:
        yield from _texts(child, ticks)


@functools.cache
def _normal():
    """One effect for all texts: that a label is in the same state can be seen."""
    from matplotlib.patheffects import Normal

    return Normal()


def _visible_box(figure):
    """The whole width; of the height only what is drawn: square panels leave the rest empty."""
    from matplotlib.transforms import Bbox

    tight = figure.get_tightbbox()
    return Bbox([[0, tight.y0 - 0.05], [figure.get_figwidth(), tight.y1 + 0.05]])


def clean(text, prefix, owner):
    """Rewrite matplotlib's SVG as an element for an HTML page.

    Colours become variables of the page, ids begin with `prefix`, coordinates have one decimal. Metadata, comments,
    the style sheet, font names and the ids to which nothing refers are dropped.
    Raises ValueError, in the name of `owner`, for a colour that the page cannot adapt.
    """
    source = ET.fromstring(text)
    ids = {}
    for element in source.iter():
        for name, value in (*element.attrib.items(), *_declarations(element).items()):
            if target := _target(name, value):
                ids.setdefault(target, f"{prefix}-{len(ids)}")
    width, height = (float(side) for side in source.get("viewBox").split()[2:])
    root = ET.Element("svg", {"aria-hidden": "true", "viewBox": f"0 0 {_short(width, 1)} {_short(height, 1)}"})
    root.set("width", f"{SCALE * width:.0f}")
    root.set("style", "max-width:100%;height:auto;fill:currentColor;stroke-linejoin:round")
    _copy_children(source, root, ids, owner)
    return root


def _copy_children(source, copy, ids, owner):
    for element in source:
        tag = _local(element.tag)
        if tag in ("metadata", "style"):
            continue
        attributes = _attributes(element, ids, owner)
        if tag == "g" and not attributes:
            _copy_children(element, copy, ids, owner)
            continue
        child = ET.SubElement(copy, tag, attributes)
        child.text = (element.text or "").strip() or None
        _copy_children(element, child, ids, owner)


def _attributes(element, ids, owner):
    attributes = {"d": ""} if _local(element.tag) == "path" else {}  # matplotlib leaves out what is empty
    declarations = _declarations(element)
    for name, value in element.attrib.items():
        name = _local(name)
        if name in ("fill", "stroke"):
            declarations[name] = value
        elif name == "id" and value in ids:
            attributes[name] = ids[value]
        elif name == "d":
            words = value.split()
            short_or_curved = len(words) < 40 or "C" in words or "Q" in words
            attributes[name] = _shape(words) if short_or_curved else _polyline(words)
        elif name in ("x", "y"):
            attributes[name] = _short(value, 1)
        elif name == "href":
            attributes[name] = f"#{ids[value[1:]]}" if value.startswith("#") else "".join(value.split())
        elif name == "clip-path":
            attributes[name] = f"url(#{ids[_target(name, value)]})"
        elif name not in ("id", "style", "type") and not value.startswith("rotate(-0 "):
            attributes[name] = value
    for name, value in declarations.items():
        if target := _target(name, value):
            declarations[name] = f"url(#{ids[target]})"
        elif name in ("fill", "stroke") and value != "none":
            declarations[name] = _paint(name, value.lower(), owner)
    declarations.pop("font-family", None)
    if declarations:
        attributes["style"] = ";".join(f"{name}:{value}" for name, value in declarations.items())
    return attributes


def _paint(name, colour, owner):
    if colour not in PAINT or (name == "stroke" and colour not in LINE_COLOURS):
        raise ValueError(f"{owner}: expected colours of show.ROLES, got {name}={shown(colour)}")
    return PAINT[colour]


def _declarations(element):
    pairs = (part.split(":", 1) for part in element.get("style", "").split(";") if ":" in part)
    return {name.strip(): value.strip() for name, value in pairs}


def _target(name, value):
    """The id to which an attribute refers, if it does: a in fill="url(#a)" and in href="#a"."""
    if value.startswith("url(#"):
        return value[5:-1]
    return value[1:] if _local(name) == "href" and value.startswith("#") else None


def _local(name):
    return name.rpartition("}")[2]


def _short(number, digits):
    text = f"{float(number):.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _shape(words):
    """A letter or a marker, to two decimals: "M 1.234 2.0 L 3.0 4.0 L 5.0 6.0" becomes "M1.23 2L3 4 5 6"."""
    parts, command = [], ""
    for word in words:
        if not word.isalpha():
            parts.append(("" if parts[-1].isalpha() else " ") + _short(word, 2))
        elif word != command:
            parts.append(word)
            command = word
    return "".join(parts)


def _polyline(words):
    """Straight lines as steps in tenths, which compress well: "M 10 2 L 10.5 2 L 11 1.5" becomes "m10 2l.5 0 .5-.5".

    Each step leads between rounded points, so that no error adds up.
    """
    words, parts, command = iter(words), [], ""
    x = y = start = 0
    for word in words:
        if word == "z":
            parts.append("z")
            x, y = start
        else:
            to = round(10 * float(next(words))), round(10 * float(next(words)))
            step = _tenths(to[0] - x) + _separated(_tenths(to[1] - y))
            parts.append(_separated(step) if word == command == "L" else word.lower() + step)
            x, y = to
            start = to if word == "M" else start
        command = word
    return "".join(parts)


def _tenths(count):
    text = f"{abs(count) / 10:g}"
    return ("-" if count < 0 else "") + (text.removeprefix("0") if 0 < abs(count) < 10 else text)


def _separated(number):
    return number if number.startswith("-") else f" {number}"

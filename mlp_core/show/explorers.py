"""One call, three lives: a widget in JupyterLab, precomputed frames with sliders in the page, one picture in print."""

import html
import itertools
import json
import zlib

from mlp_core.show import svg
from mlp_core.show.figures import check, describe, mode, picture, prefix

MOST_FRAMES = 150
MOST_BYTES = 30 * 1024  # compressed

# One function for each explorer of a page. It leaves no name behind; without it the first frame stays.
SCRIPT = """(() => {
const root = document.currentScript.parentElement, picture = root.querySelector("[role=img]");
const controls = root.querySelector(".mlp-controls"), sliders = [...controls.querySelectorAll("input")];
const outputs = controls.querySelectorAll("output"), nodes = picture.querySelectorAll("svg, svg *");
const data = JSON.parse(root.querySelector("script").textContent);
const draw = frame => {
  for (const [node, name, values] of data.changes) {
    if (name === "") nodes[node].textContent = values[frame];
    else nodes[node].setAttribute(name, values[frame]);
  }
  picture.setAttribute("aria-label", data.alts[frame]);
};
const update = () => draw(sliders.reduce((frame, slider, i) => {
  const label = data.labels[i][slider.value];
  outputs[i].textContent = label;
  slider.setAttribute("aria-valuetext", label);
  return frame * data.labels[i].length + Number(slider.value);
}, 0));
for (const slider of sliders) slider.addEventListener("input", update);
addEventListener("beforeprint", () => draw(0));
addEventListener("afterprint", update);
controls.hidden = false;
})()"""


def explore(draw, *, alt, size="wide", panels=1, labels=None, formats=None, **grids):
    """Draw a figure with sliders: `draw(ax, **values)` draws one frame, for one value from each grid.

    Parameters
    ----------
    draw : function of the axes (an array of axes with several panels) and one value for each slider
        Every frame needs the same artists: fix the limits and the ticks, let only numbers differ.
    alt : str with fields, or function of the values: what is seen, "the loss falls for a rate of {eta:.1f}"
    size, panels : as in `figure`
    labels : dict, what stands beside a slider: {"eta": "learning rate η"}; otherwise the name
    formats : dict, how its values are written: {"eta": "{:.2f}"}; otherwise "{:g}" for numbers
    **grids : the values of each slider; the page shows the first of each until the reader moves it

    In a live notebook the frames are drawn on demand. In the page they are precomputed and need no kernel; the last
    slider moves fastest in their order.
    Returns an object that a notebook displays.
    Raises ValueError for a missing description, more than 150 frames, frames of more than 30 KiB (compressed),
    and frames that differ in more than the positions, colours and texts of the same artists.
    """
    check(draw, size, panels, "explore")
    if not grids or not all(len(grid) for grid in grids.values()):
        raise ValueError(f"explore: expected at least one value for each slider, got grids={grids}")
    for option, names in (("labels", labels), ("formats", formats)):
        if not set(names or ()) <= set(grids):
            raise ValueError(f"explore: expected the names {', '.join(grids)}, got {option}={names}")
    explorer = Explorer(draw, alt, size, panels, labels or {}, formats or {}, grids)
    if len(explorer.frames) > MOST_FRAMES:
        raise ValueError(f"explore: expected at most {MOST_FRAMES} frames, got frames={len(explorer.frames)}")
    explorer.prepare(mode())
    return explorer


class Explorer:
    """What `explore` returns: `alt` (of the first frame), `frames` (the values of each), `html` or `widget`."""

    def __init__(self, draw, alt, size, panels, labels, formats, grids):
        self.draw, self.description, self.size, self.panels = draw, alt, size, panels
        self.names = list(grids)
        self.grids = [list(grid) for grid in grids.values()]
        self.frames = [dict(zip(self.names, values, strict=True)) for values in itertools.product(*self.grids)]
        self.labels = [labels.get(name, name) for name in self.names]
        self.texts = [
            [formats.get(name, "{}" if isinstance(value, str) else "{:g}").format(value) for value in grid]
            for name, grid in zip(self.names, self.grids, strict=True)
        ]
        self.alt = describe(alt, self.frames[0], "explore")
        self.html = self.widget = self.layout = None
        self.says = None

    def prepare(self, mode):
        """Draw what the mode needs: every frame (static), the first and the last (text), the first (live)."""
        if mode == "live":
            self.widget = self._widget()
        elif mode == "static":
            self.html = self._html(self.frames)
            size = len(zlib.compress(self.html.encode(), 6))
            if size > MOST_BYTES:
                raise ValueError(f"explore: expected at most {MOST_BYTES} bytes (compressed), got size={size}")
        else:
            self._html([self.frames[0], self.frames[-1]])

    def __repr__(self):
        """The first frame in words, and of the last one what differs."""
        if self.says is None:
            self.says = [self._render(self.frames[k])[1] for k in (0, -1)]
        first, last = self.says
        sliders = [f"{label}: {texts[0]} to {texts[-1]}" for label, texts in zip(self.labels, self.texts, strict=True)]
        changed = [line for line in last if line not in first]
        return "\n".join([f"<explorer: {self.alt}>", *first, *sliders, *["at the end:"] * bool(changed), *changed])

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {"text/plain": repr(self)}
        if self.html is not None:
            bundle["text/html"] = self.html
        if self.widget is not None:
            bundle = self.widget._repr_mimebundle_() | bundle
        return bundle

    def _render(self, values):
        text, self.layout, says = svg.render(self.draw, values, self.size, self.panels, self.layout)
        return text, says

    def _html(self, frames):
        drawings, says = zip(*map(self._render, frames), strict=True)
        self.says = says[0], says[-1]
        alts = [describe(self.description, values, "explore") for values in frames]
        start = prefix("".join(drawings), self.alt)
        roots = [svg.clean(drawing, start, "explore") for drawing in drawings]
        first = list(roots[0].iter())
        for root, values in zip(roots, frames, strict=True):
            if [_shape(element) for element in root.iter()] != [_shape(element) for element in first]:
                settings = ", ".join(f"{name}={value}" for name, value in values.items())
                raise ValueError(f"explore: expected the same artists in every frame, got others at {settings}")
        data = {"labels": self.texts, "alts": alts, "changes": changes(roots)}
        controls = "".join(map(_slider, self.labels, self.texts))
        return (
            f'<div class="mlp-figure mlp-explorer">{picture(roots[0], self.alt)}'
            f'<div class="mlp-controls" hidden="">{controls}</div>'
            f'<script type="application/json">{_json(data)}</script><script>{SCRIPT}</script></div>'
        )

    def _widget(self):
        import ipywidgets

        sliders = {
            name: ipywidgets.SelectionSlider(
                options=list(zip(texts, grid, strict=True)),
                description=label,
                style={"description_width": "initial"},
                layout={"width": "min(100%, 28em)"},
            )
            for name, label, texts, grid in zip(self.names, self.labels, self.texts, self.grids, strict=True)
        }
        canvas = ipywidgets.HTML()

        def redraw(_change=None):
            values = {name: slider.value for name, slider in sliders.items()}
            alt, drawing = describe(self.description, values, "explore"), self._render(values)[0]
            content = picture(svg.clean(drawing, prefix(drawing, alt), "explore"), alt)
            canvas.value = f'<div class="mlp-figure mlp-explorer">{content}</div>'

        redraw()
        for slider in sliders.values():
            slider.observe(redraw, "value")
        return ipywidgets.VBox([canvas, *sliders.values()])


def changes(roots):
    """What differs between frames: rows (number of the element, attribute or "" for its text, its value in each frame).
    """
    rows = []
    for node, elements in enumerate(zip(*(root.iter() for root in roots), strict=True)):
        for name in elements[0].attrib:
            rows.append((node, name, [element.get(name) for element in elements]))
        rows.append((node, "", [element.text for element in elements]))
    return [(node, name, values) for node, name, values in rows if len(set(values)) > 1]


def _shape(element):
    return element.tag, tuple(element.attrib), element.text is None


def _slider(label, texts):
    return (
        f'<div class="mlp-control"><label><span>{html.escape(label)}</span> '
        f'<input type="range" min="0" max="{len(texts) - 1}" step="1" value="0" autocomplete="off" '
        f'aria-valuetext="{html.escape(texts[0])}"/></label> '
        f'<output aria-live="off">{html.escape(texts[0])}</output></div>'
    )


def _json(data):
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("&", "\\u0026")

"""One call, three lives: a widget in JupyterLab, precomputed frames with controls in the page, one picture in print."""

import html
import itertools
import json
import zlib

from mlp_core.checks import shown
from mlp_core.show import svg
from mlp_core.show.figures import check, describe, has_narrow_form, mode, picture, prefix

MOST_FRAMES = 150
MOST_BYTES = 60 * 1024  # compressed, of both drawings
CHECKED = ' checked=""'

# One function for each explorer of a page. It leaves no name behind; without it the picture stays as it starts.
SCRIPT = """(() => {
const root = document.currentScript.parentElement, picture = root.querySelector("[role=img]");
const controls = root.querySelector(".mlp-controls"), knobs = [...controls.querySelectorAll("[data-grid]")];
const forms = [...picture.querySelectorAll("svg")].map(svg => [svg, ...svg.querySelectorAll("*")]);
const data = JSON.parse(root.querySelector("script").textContent);
const at = knob => Number(knob.type === "range" ? knob.value : knob.querySelector(":checked").value);
const draw = frame => {
  data.changes.forEach((rows, form) => {
    for (const [node, name, values] of rows) {
      if (name === "") forms[form][node].textContent = values[frame];
      else forms[form][node].setAttribute(name, values[frame]);
    }
  });
  picture.setAttribute("aria-label", data.alts[frame]);
};
const update = () => draw(knobs.reduce((frame, knob, i) => {
  const label = data.labels[i][at(knob)];
  if (knob.type === "range") {
    knob.closest(".mlp-control").querySelector("output").textContent = label;
    knob.setAttribute("aria-valuetext", label);
  }
  return frame * data.labels[i].length + at(knob);
}, 0));
const button = controls.querySelector(".mlp-play"), time = knobs[knobs.length - 1];
let timer = 0;
const pause = () => { clearInterval(timer); timer = 0; if (button) button.textContent = "\u25b6 Play"; };
const move = to => { time.value = to; update(); if (to >= Number(time.max)) pause(); };
for (const knob of knobs) knob.addEventListener("input", () => { if (knob === time) pause(); update(); });
if (button) button.addEventListener("click", () => {
  if (timer) return pause();
  if (time.value === time.max) move(0);
  button.textContent = "\u275a\u275a Pause";
  timer = setInterval(() => move(Number(time.value) + 1), 350);
});
addEventListener("beforeprint", () => draw(data.start));
addEventListener("afterprint", update);
controls.hidden = false;
})()"""

# In a live notebook: what a screen reader says of a slider, which ipywidgets does not give to the handle. While the
# handle has the focus, the arrow keys are its own: JupyterLab moves to no other cell.
NAMES = """(() => {
const area = document.currentScript.closest(".jp-OutputArea, .output") || document.body;
const set = (node, name, value) => { if (node.getAttribute(name) !== value) node.setAttribute(name, value); };
const name = () => area.querySelectorAll(".widget-slider").forEach(slider => {
  const handle = slider.querySelector(".noUi-handle");
  if (!handle) return;
  set(handle, "aria-label", slider.querySelector(".widget-label").textContent);
  set(handle, "aria-valuetext", slider.querySelector(".widget-readout").textContent);
  set(handle, "data-lm-suppress-shortcuts", "true");
});
const watched = {childList: true, characterData: true, subtree: true, attributeFilter: ["aria-valuetext"]};
new MutationObserver(name).observe(area, watched);
name();
})()"""


def explore(draw, *, alt, size="wide", panels=1, labels=None, formats=None, start=None, play=False, **grids):
    """Draw a figure with controls: `draw(ax, **values)` draws one frame, for one value from each grid.

    Parameters
    ----------
    draw : function of the axes (an array of axes with several panels) and one value for each control
        Every frame needs the same artists: fix the limits and the ticks, let only numbers differ.
    alt : str with fields, or function of the values: what is seen, "the loss falls for a rate of {eta:.1f}"
    size, panels : as in `figure`
    labels : dict, what stands beside a control: {"eta": "learning rate η"}; otherwise the name
    formats : dict, how its values are written: {"eta": "{:.2f}"}; otherwise "{:g}" for numbers
    start : dict, the values with which controls start, where something is to be seen; otherwise their first ones
    play : bool, whether a button runs through the last grid, which is time
    **grids : the values of each control: texts become buttons, numbers a slider

    In a live notebook the frames are drawn on demand. In the page they are precomputed and need no kernel; the last
    grid moves fastest in their order.
    Returns an object that a notebook displays.
    Raises ValueError for a missing description, more than 150 frames, frames of more than 60 KiB (compressed),
    a start outside its grid, and frames that differ in more than the positions, colours and texts of the same artists.
    """
    check(draw, size, panels, "explore")
    if not grids or not all(len(grid) for grid in grids.values()):
        raise ValueError(f"explore: expected at least one value for each slider, got grids={grids}")
    for option, names in (("labels", labels), ("formats", formats), ("start", start)):
        if not set(names or ()) <= set(grids):
            raise ValueError(f"explore: expected the names {', '.join(grids)}, got {option}={names}")
    for name, value in (start or {}).items():
        if value not in list(grids[name]):
            raise ValueError(f"explore: expected a start among the values of {name}, got {name}={shown(value)}")
    if play and is_choice(list(grids.values())[-1]):
        raise ValueError(f"explore: expected numbers to play through, got {list(grids)[-1]}={list(grids.values())[-1]}")
    explorer = Explorer(draw, alt, size, panels, labels or {}, formats or {}, start or {}, play, grids)
    if len(explorer.frames) > MOST_FRAMES:
        raise ValueError(f"explore: expected at most {MOST_FRAMES} frames, got frames={len(explorer.frames)}")
    explorer.prepare(mode())
    return explorer


def is_choice(grid):
    """Whether the values of a control are texts, to be chosen by a button."""
    return all(isinstance(value, str) for value in grid)


class Explorer:
    """What `explore` returns: `alt` (of the frame shown first), `frames` (the values of each), `html` or `widget`."""

    def __init__(self, draw, alt, size, panels, labels, formats, start, play, grids):
        self.draw, self.description, self.size, self.panels, self.play = draw, alt, size, panels, play
        self.names = list(grids)
        self.grids = [list(grid) for grid in grids.values()]
        self.frames = [dict(zip(self.names, values, strict=True)) for values in itertools.product(*self.grids)]
        self.labels = [labels.get(name, name) for name in self.names]
        self.texts = [
            [formats.get(name, "{}" if isinstance(value, str) else "{:g}").format(value) for value in grid]
            for name, grid in zip(self.names, self.grids, strict=True)
        ]
        self.start = self.frames[0] | start
        self.places = [grid.index(self.start[name]) for name, grid in zip(self.names, self.grids, strict=True)]
        self.alt = describe(alt, self.start, "explore")
        self.html = self.widget = self.says = None
        self.layouts = {}

    def prepare(self, mode):
        """Draw what the mode needs: every frame (static), the first and the last (text), the first shown (live)."""
        if mode == "live":
            self.widget = self._widget()
        elif mode == "static":
            self.html = self._html()
            size = len(zlib.compress(self.html.encode(), 6))
            if size > MOST_BYTES:
                raise ValueError(f"explore: expected at most {MOST_BYTES} bytes (compressed), got size={size}")
        else:
            self._drawings([self.frames[0], self.frames[-1]], self.size)

    def __repr__(self):
        """The first frame in words, and of the last one what differs."""
        if self.says is None:
            self.says = [self._render(self.frames[k], self.size)[1] for k in (0, -1)]
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

    def _ipython_display_(self):
        """In a live notebook: the widget, and the script that names its sliders. IPython does the rest otherwise."""
        if self.widget is None:
            raise NotImplementedError
        from IPython.display import HTML, display

        display(self._repr_mimebundle_(), raw=True)
        display(HTML(f"<script>{NAMES}</script>"))

    def _render(self, values, form):
        text, self.layouts[form], says = svg.render(self.draw, values, form, self.panels, self.layouts.get(form))
        return text, says

    def _drawings(self, frames, form):
        """The frames as SVG elements with the same artists."""
        drawings, says = zip(*(self._render(values, form) for values in frames), strict=True)
        if form == self.size:
            self.says = says[0], says[-1]
        start = prefix("".join(drawings), self.alt)
        roots = [svg.clean(drawing, start, "explore") for drawing in drawings]
        first = list(roots[0].iter())
        for root, values in zip(roots, frames, strict=True):
            if [_shape(element) for element in root.iter()] != [_shape(element) for element in first]:
                settings = ", ".join(f"{name}={value}" for name, value in values.items())
                raise ValueError(f"explore: expected the same artists in every frame, got others at {settings}")
        return roots

    def _html(self):
        forms = [self._drawings(self.frames, self.size)]
        if has_narrow_form(self.layouts[self.size]):
            forms.append(self._drawings(self.frames, "narrow"))
        start = self.frames.index(self.start)
        alts = [describe(self.description, values, "explore") for values in self.frames]
        data = {"labels": self.texts, "alts": alts, "changes": [changes(roots) for roots in forms], "start": start}
        name = prefix("".join(alts), self.alt)
        controls = [
            (_buttons(label, texts, place, f"{name}-{label}") if is_choice(grid) else _slider(label, texts, place))
            for label, texts, place, grid in zip(self.labels, self.texts, self.places, self.grids, strict=True)
        ]
        controls += ['<button type="button" class="mlp-play">\u25b6 Play</button>'] * self.play
        return (
            f'<div class="mlp-figure mlp-explorer">{picture([roots[start] for roots in forms], self.alt)}'
            f'<div class="mlp-controls" hidden="">{"".join(controls)}</div>'
            f'<script type="application/json">{_json(data)}</script><script>{SCRIPT}</script></div>'
        )

    def _widget(self):
        import ipywidgets

        knobs = {name: self._knob(k) for k, name in enumerate(self.names)}
        canvas, extra = ipywidgets.HTML(), []
        if self.play:
            extra = [ipywidgets.Play(max=len(self.grids[-1]) - 1, value=self.places[-1], interval=350)]
            ipywidgets.jslink((extra[0], "value"), (knobs[self.names[-1]], "index"))

        def redraw(_change=None):
            values = {name: knob.value for name, knob in knobs.items()}
            alt, drawing = describe(self.description, values, "explore"), self._render(values, self.size)[0]
            content = picture([svg.clean(drawing, prefix(drawing, alt), "explore")], alt)
            canvas.value = f'<div class="mlp-figure mlp-explorer">{content}</div>'

        redraw()
        for knob in knobs.values():
            knob.observe(redraw, "value")
        return ipywidgets.VBox([canvas, *knobs.values(), *extra])

    def _knob(self, k):
        """The widget of one control: buttons or a slider."""
        import ipywidgets

        look = {"description": self.labels[k], "style": {"description_width": "initial"}}
        look |= {"options": list(zip(self.texts[k], self.grids[k], strict=True)), "value": self.start[self.names[k]]}
        if is_choice(self.grids[k]):
            return ipywidgets.ToggleButtons(**look)
        return ipywidgets.SelectionSlider(**look, layout={"width": "min(100%, 28em)"})


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


def _slider(label, texts, place):
    return (
        f'<div class="mlp-control"><label><span>{html.escape(label)}</span> '
        f'<input type="range" data-grid="" min="0" max="{len(texts) - 1}" step="1" value="{place}" autocomplete="off" '
        f'aria-valuetext="{html.escape(texts[place])}"/></label> '
        f'<output aria-live="off">{html.escape(texts[place])}</output></div>'
    )


def _buttons(label, texts, place, name):
    choices = "".join(
        f'<label><input type="radio" name="{html.escape(name)}" value="{k}" autocomplete="off"'
        f"{CHECKED if k == place else ''}/>{html.escape(text)}</label>"
        for k, text in enumerate(texts)
    )
    return f'<fieldset class="mlp-choice" data-grid=""><legend>{html.escape(label)}</legend>{choices}</fieldset>'


def _json(data):
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("&", "\\u0026")

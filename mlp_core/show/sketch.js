(() => {
const root = document.currentScript.parentElement, data = JSON.parse(root.querySelector("script").textContent);
const WIDTH = 600, HEIGHT = 320, MARGIN = 18, GRID = Array.from({length: 601}, (_, i) => i / 600);
const px = x => MARGIN + x * (WIDTH - 2 * MARGIN), py = y => MARGIN + (1.1 - y) / 1.2 * (HEIGHT - 2 * MARGIN);
const make = (name, attributes, parent) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  return parent.appendChild(element);
};
let values = [...data.values], N = data.start, kind = "hinges";

// Catmull and Rom's cubics through the points.
const curve = t => {
  const last = values.length - 1, k = Math.min(Math.floor(t * last), last - 1), u = t * last - k;
  const slope = i => i === 0 ? values[1] - values[0] : i === last ? values[last] - values[last - 1]
    : (values[i + 1] - values[i - 1]) / 2;
  const [p, q, v, w] = [values[k], values[k + 1], slope(k), slope(k + 1)];
  return p + u * (v + u * (3 * (q - p) - 2 * v - w + u * (2 * (p - q) + v + w)));
};
const sum = terms => terms.reduce((a, b) => a + b, 0);
const networks = {
  hinges: nodes => {
    const slopes = nodes.slice(1).map((y, j) => N * (y - nodes[j]));
    const changes = slopes.map((s, j) => s - (j ? slopes[j - 1] : 0));
    return t => nodes[0] + sum(changes.map((v, j) => v * Math.max(t - j / N, 0)));
  },
  stairs: nodes => {
    const steps = nodes.slice(1).map((y, j) => y - nodes[j]);
    return t => nodes[0] + sum(steps.map((v, j) => v / (1 + Math.exp(-data.steepness * N * (t - (j + 0.5) / N)))));
  },
};

root.querySelector(".lines-still").remove();
const svg = make("svg", {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "lines-board sketch-board"}, root);
[0, 1].forEach(y => make("line", {class: "sketch-level", x1: px(0), x2: px(1), y1: py(y), y2: py(y)}, svg));
const drawn = make("path", {class: "sketch-curve"}, svg), followed = make("path", {class: "sketch-network"}, svg);
const score = document.createElement("p");
score.className = "lines-score";
score.setAttribute("role", "status");
const path = outputs => "M" + outputs.map((y, i) => `${px(GRID[i]).toFixed(1)},${py(y).toFixed(1)}`).join("L");

const draw = () => {
  const network = networks[kind](Array.from({length: N + 1}, (_, j) => curve(j / N)));
  const wanted = GRID.map(curve), outputs = GRID.map(network);
  drawn.setAttribute("d", path(wanted));
  followed.setAttribute("d", path(outputs));
  knobs.forEach((knob, k) => {
    knob.setAttribute("cy", py(values[k]));
    knob.setAttribute("aria-valuenow", values[k].toFixed(2));
  });
  const error = Math.max(...outputs.map((y, i) => Math.abs(y - wanted[i])));
  score.textContent = `${N} ${kind}: the network is off by ${error.toFixed(3)} at most.`;
};
const move = (k, y) => {
  values[k] = Math.min(1, Math.max(0, Math.round(100 * y) / 100));
  draw();
};
const knobs = values.map((_, k) => {
  const knob = make("circle", {class: "lines-knob", cx: px(k / (values.length - 1)), r: 11, tabindex: 0, role: "slider",
                               "aria-label": `point ${k + 1} of the curve`, "aria-orientation": "vertical",
                               "aria-valuemin": 0, "aria-valuemax": 1}, svg);
  knob.addEventListener("pointerdown", event => {
    knob.setPointerCapture(event.pointerId);
    event.preventDefault();
    knob.focus();
  });
  knob.addEventListener("pointermove", event => {
    if (!knob.hasPointerCapture(event.pointerId)) return;
    const box = svg.getBoundingClientRect(), y = (event.clientY - box.top) / box.height * HEIGHT;
    move(k, 1.1 - (y - MARGIN) / (HEIGHT - 2 * MARGIN) * 1.2);
  });
  knob.addEventListener("keydown", event => {
    const step = {ArrowUp: 0.05, ArrowRight: 0.05, ArrowDown: -0.05, ArrowLeft: -0.05, Home: -1, End: 1}[event.key];
    if (!step) return;
    event.preventDefault();
    move(k, values[k] + step);
  });
  return knob;
});

const controls = document.createElement("div");
controls.className = "mlp-controls";
const choice = (legend, texts, chosen, choose) => {
  const field = document.createElement("fieldset"), name = `sketch-${legend}-${Math.random()}`;
  field.className = "mlp-choice";
  field.append(Object.assign(document.createElement("legend"), {textContent: legend}));
  for (const text of texts) {
    const label = document.createElement("label");
    const input = Object.assign(document.createElement("input"), {type: "radio", name, checked: text === chosen});
    input.autocomplete = "off";
    input.addEventListener("change", () => { choose(text); draw(); });
    label.append(input, `${text}`);
    field.append(label);
  }
  controls.append(field);
};
choice("hidden units", data.units, data.start, count => { N = count; });
choice("of the kind", Object.keys(networks), kind, name => { kind = name; });
root.append(score, controls);
draw();
})();

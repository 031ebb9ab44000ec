(() => {
const root = document.currentScript.parentElement, data = JSON.parse(root.querySelector("script").textContent);
const SIZE = 340, unit = SIZE / (data.high - data.low);
const px = x => (x - data.low) * unit, py = y => (data.high - y) * unit;
const make = (name, attributes, parent, text = "") => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  element.textContent = text;
  return parent.appendChild(element);
};
const copy = lines => lines.map(line => line.map(end => [...end]));
let lines = copy(data.lines), best = 0;

// Positive to the left of the way from p to q.
const side = ([p, q], [x, y]) => (q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0]);
const clip = (polygon, line) => polygon.flatMap((a, i) => {
  const b = polygon[(i + 1) % polygon.length], sa = side(line, a), sb = side(line, b), kept = sa >= 0 ? [a] : [];
  return (sa >= 0) === (sb >= 0) ? kept : [...kept, [0, 1].map(k => a[k] + sa / (sa - sb) * (b[k] - a[k]))];
});

root.querySelector(".lines-still").remove();
const svg = make("svg", {viewBox: `0 0 ${SIZE} ${SIZE}`, class: "lines-board"}, root);
const area = make("polygon", {class: "lines-area"}, svg);
const rods = lines.map(() => make("line", {class: "lines-rod"}, svg));
const marks = data.points.map(([x, y, target, name]) => {
  const group = make("g", {class: `lines-point lines-target-${target}`}, svg);
  if (target) make("rect", {x: px(x) - 10, y: py(y) - 10, width: 20, height: 20}, group);
  else make("circle", {cx: px(x), cy: py(y), r: 11}, group);
  make("text", {x: px(x), y: py(y) - 20, "text-anchor": "middle"}, group, name);
  const verdict = make("text", {x: px(x), y: py(y) + 31, "text-anchor": "middle", class: "lines-verdict"}, group);
  return {group, verdict, point: [x, y], target};
});
const score = document.createElement("p");
score.className = "lines-score";
score.setAttribute("role", "status");

const draw = () => {
  const square = [[data.low, data.low], [data.high, data.low], [data.high, data.high], [data.low, data.high]];
  area.setAttribute("points", lines.reduce(clip, square).map(([x, y]) => `${px(x)},${py(y)}`).join(" "));
  lines.forEach(([p, q], i) => {
    const far = k => [px(p[0] + k * (q[0] - p[0])), py(p[1] + k * (q[1] - p[1]))];
    [["x1", "y1", -60], ["x2", "y2", 60]].forEach(([x, y, k]) => {
      rods[i].setAttribute(x, far(k)[0]);
      rods[i].setAttribute(y, far(k)[1]);
    });
  });
  const right = marks.filter(({group, verdict, point, target}) => {
    const good = lines.every(line => side(line, point) >= 0) === Boolean(target);
    verdict.textContent = good ? "\u2713" : "\u2717";
    group.classList.toggle("lines-wrong", !good);
    return good;
  }).length;
  knobs.forEach(({knob, i, k}) => {
    const [x, y] = lines[i][k];
    knob.setAttribute("cx", px(x));
    knob.setAttribute("cy", py(y));
    knob.setAttribute("aria-valuetext", `${x.toFixed(1)}, ${y.toFixed(1)}`);
  });
  best = Math.max(best, right);
  const told = right === marks.length && data.told ? data.told : `Your best so far: ${best}.`;
  score.textContent = `${right} of ${marks.length} right. ${told}`;
};

const move = (i, k, x, y) => {
  const end = [x, y].map(value => Math.min(data.high - 0.1, Math.max(data.low + 0.1, value))), other = lines[i][1 - k];
  if (Math.hypot(end[0] - other[0], end[1] - other[1]) < 0.2) return;
  lines[i][k] = end;
  draw();
};
const knobs = lines.flatMap((line, i) => line.map((_, k) => {
  const name = `${lines.length > 1 ? ["first ", "second "][i] : ""}line, ${["one", "other"][k]} end`;
  const knob = make("circle", {class: "lines-knob", r: 13, tabindex: 0, role: "slider", "aria-label": name,
                               "aria-valuenow": 0}, svg);
  knob.addEventListener("pointerdown", event => {
    knob.setPointerCapture(event.pointerId);
    event.preventDefault();
    knob.focus();
  });
  knob.addEventListener("pointermove", event => {
    if (!knob.hasPointerCapture(event.pointerId)) return;
    const box = svg.getBoundingClientRect(), span = data.high - data.low;
    move(i, k, data.low + (event.clientX - box.left) / box.width * span,
         data.high - (event.clientY - box.top) / box.height * span);
  });
  knob.addEventListener("keydown", event => {
    const step = {ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1]}[event.key];
    if (!step) return;
    event.preventDefault();
    move(i, k, lines[i][k][0] + step[0], lines[i][k][1] + step[1]);
  });
  return {knob, i, k};
}));

const row = document.createElement("div");
row.className = "lines-row";
const button = (text, act) => {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = text;
  element.addEventListener("click", () => { act(); draw(); });
  row.append(element);
};
lines.forEach((_, i) => button(lines.length > 1 ? `Turn line ${i + 1} round` : "Turn the line round",
                               () => lines[i].reverse()));
button("Start again", () => { lines = copy(data.lines); });
root.append(score, row);
draw();
})();

"use strict";
// What only a script can know: which boxes really scroll, whether the page was opened as a file, that it is printed,
// what the reader guesses, and where the reader was.
(() => {
  if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false; // a summary is fetched, which a browser refuses for files
  }

  const boxes = document.querySelectorAll("[data-scroll-label]");
  const mark = box => {
    if (box.scrollWidth > box.clientWidth) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", `${box.dataset.scrollLabel}, scrolls sideways`);
    } else {
      ["tabindex", "role", "aria-label"].forEach(name => box.removeAttribute(name));
    }
  };
  const observer = new ResizeObserver(entries => entries.forEach(entry => mark(entry.target)));
  boxes.forEach(box => observer.observe(box));
  document.fonts.addEventListener("loadingdone", () => boxes.forEach(mark));

  const root = document.documentElement;
  let theme;
  addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
  });
  addEventListener("afterprint", () => {
    root.dataset.theme = theme;
  });
})();

// Solutions are printed unless the reader says otherwise; the choice holds for every page.
(() => {
  const choice = document.querySelector(".print-choice"), box = choice && choice.querySelector("input");
  const say = () => { document.documentElement.dataset.solutions = box.checked ? "printed" : "left-out"; };
  if (!choice) return;
  choice.hidden = false;
  try { box.checked = localStorage.getItem("solutions") !== "left-out"; } catch { /* no storage: for this page only */ }
  say();
  box.addEventListener("change", () => {
    say();
    try { localStorage.setItem("solutions", document.documentElement.dataset.solutions); } catch { /* as above */ }
  });
})();

// A guess: once it is made, the page says how far off it was, shows the answer and lifts the veil from the next output.
(() => {
  const outputs = [...document.querySelectorAll("article .cell_output")].filter(output => !output.closest("details"));
  for (const form of document.querySelectorAll(".mlp-guess")) {
    const {answer, within = 0, veil} = form.dataset, fold = form.querySelector("details");
    const said = form.querySelector(".guess-said"), number = form.querySelector("input");
    const unit = number && form.querySelector(".guess-unit").textContent, after = unit ? ` ${unit}` : "";
    const veiled = veil === undefined ? null
      : outputs.find(output => form.compareDocumentPosition(output) & Node.DOCUMENT_POSITION_FOLLOWING);
    form.querySelector(".guess-row").hidden = false;
    if (veiled) veiled.hidden = true;
    form.addEventListener("submit", event => {
      event.preventDefault();
      const guess = number ? number.value : event.submitter.value;
      const off = number ? Math.abs(guess - answer) : Number(guess !== answer);
      const verdict = off === 0 ? "Right: it is" : off <= within ? `Close: you said ${guess}${after}, it is`
        : `You said ${guess}${after}; it is`;
      said.textContent = `${verdict} ${answer}${after}.`;
      for (const choice of form.querySelectorAll(".guess-choice")) {
        choice.setAttribute("aria-pressed", choice === event.submitter);
      }
      form.classList.add("guessed");
      fold.open = true;
    });
    fold.addEventListener("toggle", () => { if (veiled && fold.open) veiled.hidden = false; });
  }
})();

// An exercise that is answered in the page: what is said comes from its checker (book/_ext/answers.py).
(() => {
  const judges = {
    value: typed => typed,
    gate: (typed, cases) => cases.map(x => Number(x.reduce((sum, x_i, i) => sum + typed[i] * x_i, 0) + typed.at(-1) >= 0)),
  };
  const number = text => {
    const [above, below = "1", ...more] = text.replaceAll("\u2212", "-").replace(/\s/g, "").split("/");
    return more.length || above === "" || below === "" ? NaN : Number(above) / Number(below);
  };
  for (const form of document.querySelectorAll(".mlp-answer")) {
    const data = JSON.parse(form.querySelector("script").textContent), boxes = [...form.querySelectorAll("input")];
    const near = (a, b) => Math.abs(a - b) <= data.within + data.tolerance * Math.abs(b) + 1e-12;
    const verdict = typed => {
      const outcome = judges[data.judge](typed, data.cases);
      const known = data.outcomes.findIndex(other => other.length === outcome.length && other.every((b, i) => near(outcome[i], b)));
      if (known >= 0) return data.said[known];
      if (!data.names.length) return data.otherwise;
      const wrong = outcome.findIndex((a, i) => !near(a, data.outcomes[0][i]));
      const inputs = data.names.map((name, i) => `${name} = ${data.cases[wrong][i]}`).join(", ");
      return `${data.otherwise} For ${inputs}, ${data.outcomes[0][wrong]} is expected and yours is ${outcome[wrong]}.`;
    };
    const judge = submitter => {
      if (data.choices) return data.said[submitter.value];
      if (boxes.some(box => !box.value.trim())) return data.blank;
      const typed = boxes.map(box => number(box.value)), odd = typed.findIndex(Number.isNaN);
      return odd >= 0 ? `\u2717 ${boxes[odd].value} is no number: write 0.5 or 1/2.` : verdict(typed);
    };
    form.hidden = false;
    form.addEventListener("submit", event => {
      event.preventDefault();
      form.querySelector(".guess-said").textContent = judge(event.submitter);
      for (const choice of form.querySelectorAll(".guess-choice")) {
        choice.setAttribute("aria-pressed", choice === event.submitter);
      }
    });
  }
})();

// A fold that is closed leaves the reader where it was opened: a line of the page, or the link that led into it.
(() => {
  const opened = new WeakMap();
  for (const fold of document.querySelectorAll("details[class^='fold-']")) {
    const summary = fold.querySelector("summary"), top = () => summary.getBoundingClientRect().top;
    summary.addEventListener("click", () => {
      if (!fold.open) return opened.set(fold, {top: top()});
      const from = opened.get(fold) || {top: 100};
      fold.addEventListener("toggle", () => {
        scrollBy({top: "page" in from ? from.page - scrollY : top() - from.top, behavior: "instant"});
      }, {once: true});
    });
  }
  document.addEventListener("click", event => {
    const link = event.target.closest("a[href^='#']");
    const target = link && link.hash && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    const fold = target && target.closest("details[class^='fold-']:not([open])");
    if (fold) opened.set(fold, {page: scrollY});
  });

  // A link into a fold opens it, also in browsers that do not do so themselves.
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const closed = element => element && element.closest("details:not([open])");
    if (!closed(target)) return;
    for (let box = closed(target); box; box = closed(box)) box.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
})();

// A copied formula is its TeX, $x$ or $$x$$: KaTeX keeps it in the MathML. Of a formula copied in part, all is taken.
document.addEventListener("copy", event => {
  const selection = getSelection();
  if (selection.isCollapsed) return;
  const range = selection.getRangeAt(0).cloneRange();
  const formula = node => {
    const within = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    return within.closest(".katex-display") || within.closest(".katex");
  };
  if (formula(range.startContainer)) range.setStartBefore(formula(range.startContainer));
  if (formula(range.endContainer)) range.setEndAfter(formula(range.endContainer));
  const copied = document.createElement("div");
  copied.append(range.cloneContents());
  if (!copied.querySelector("annotation")) return;
  for (const mark of copied.querySelectorAll(".headerlink, .badge-checked, .fold-of-equation")) mark.remove();
  for (const box of copied.querySelectorAll(".katex")) {
    const tex = box.querySelector("annotation").textContent.trim();
    box.replaceWith(box.closest(".katex-display") ? `$$${tex}$$` : `$${tex}$`);
  }
  copied.className = "copied";
  document.body.append(copied);
  event.clipboardData.setData("text/plain", copied.innerText.trim());
  event.clipboardData.setData("text/html", copied.innerHTML);
  copied.remove();
  event.preventDefault();
});

"use strict";
// What only a script can know: which boxes really scroll, whether the page was opened as a file, that it is printed.
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

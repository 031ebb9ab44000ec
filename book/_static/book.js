"use strict";
// What only a script can know: which boxes really scroll, and whether the page was opened as a file.
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
})();

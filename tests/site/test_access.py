"""A page as its reader sees and uses it: with colours that the system forces, with the keyboard, copied."""

import io
import json

import numpy as np
import pytest
import site_checks as checks
from PIL import Image

from mlp_core.show.sketch import GRID, curve, hinges, stairs

FORMULAS = "article .katex:has(.accent)"


def ink(locator, is_dark):
    """The share of pixels in the picture of an element that belong to its text."""
    counts = Image.open(io.BytesIO(locator.screenshot())).convert("L").histogram()
    return sum(counts[128:] if is_dark else counts[:128]) / sum(counts)


def page_with(site, selector):
    """The first page of the site that has such an element."""
    return next(page for page in checks.pages_of(site) if checks.parsed(site, page).select_one(selector))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_forced_colours_hide_nothing_of_a_formula(tab, site, theme):
    page = page_with(site, FORMULAS)

    def ink_in(colours):
        opened = tab(page, forced_colors=colours, color_scheme=theme)
        return ink(opened.locator(f"{FORMULAS} >> visible=true").first, is_dark=theme == "dark")

    plain, forced = ink_in("none"), ink_in("active")
    assert plain > 0 and abs(forced / plain - 1) < 0.2


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_forced_colours_leave_a_figure_its_page(tab, site, theme):
    opened = tab(page_with(site, ".mlp-figure svg:not(.lines-board)"), forced_colors="active", color_scheme=theme)
    assert opened.locator(".mlp-figure svg:not(.lines-board)").first.evaluate(
        """figure => {
            const shown = getComputedStyle(figure), probe = document.body.appendChild(document.createElement("i"));
            probe.style = "forced-color-adjust: none; background: var(--mlp-page)";
            const page = getComputedStyle(probe).backgroundColor;
            return shown.forcedColorAdjust === "none" && shown.backgroundColor === page;
        }"""
    )


def test_forced_colours_show_which_guess_was_made(tab, site):
    opened = tab(page_with(site, ".guess-choice"), forced_colors="active")
    choices = opened.locator(".mlp-guess:has(.guess-choice)").first.locator(".guess-choice")
    choices.first.click()
    made, other = [choices.nth(place).evaluate("e => getComputedStyle(e).backgroundColor") for place in (0, 1)]
    assert made != other
    box = opened.locator(".mlp-guess").first
    assert box.evaluate("e => parseFloat(getComputedStyle(e).borderTopWidth)") >= 1


WITHOUT_RING = """() => {
    const wrong = [], controls = "a[href], button, input, select, textarea, summary, [tabindex='0']";
    for (const control of document.querySelectorAll(controls)) {
        if (!control.checkVisibility({visibilityProperty: true, opacityProperty: false}) || control.disabled) continue;
        control.focus({preventScroll: true});
        if (document.activeElement !== control) continue;
        const ring = element => {
            const style = getComputedStyle(element);
            const isSolid = style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2;
            return isSolid || style.outlineStyle === "auto";
        };
        const seen = control.matches(".mlp-choice input") ? control.closest("label") : control;
        const isKnob = control.matches(".lines-knob") && parseFloat(getComputedStyle(control).strokeWidth) >= 4;
        if (!ring(seen) && !isKnob) wrong.push(control.outerHTML.slice(0, 160));
    }
    return wrong;
}"""


def test_every_control_shows_that_it_has_the_focus(tab, whole):
    opened = tab(whole)
    opened.keyboard.press("Tab")
    assert opened.evaluate(WITHOUT_RING) == []
    opened.set_viewport_size({"width": 390, "height": 900})
    assert opened.evaluate(WITHOUT_RING) == []


def test_every_control_shows_that_it_has_the_focus_in_forced_colours(tab, site):
    opened = tab(page_with(site, ".mlp-figure"), forced_colors="active")
    opened.keyboard.press("Tab")
    assert opened.evaluate(WITHOUT_RING) == []


def test_a_control_without_a_ring_is_found(tab):
    opened = tab("index.html")
    opened.add_style_tag(content="html body button.btn:focus-visible { outline: none !important; }")
    opened.keyboard.press("Tab")
    assert opened.evaluate(WITHOUT_RING) != []


COPY = """async ([from, to]) => {
    getSelection().setBaseAndExtent(from, 0, to, to.childNodes.length);
    const data = new DataTransfer();
    document.dispatchEvent(new ClipboardEvent("copy", {clipboardData: data, bubbles: true, cancelable: true}));
    return [data.getData("text/plain"), data.getData("text/html")];
}"""


def copied(opened, start, end):
    """What is on the clipboard after the text from one element to another was copied."""
    handles = [opened.locator(selector).first.element_handle() for selector in (start, end)]
    return opened.evaluate(COPY, handles)


def test_a_copied_formula_is_its_tex(tab, site):
    opened = tab(page_with(site, "article p .katex"))
    tex = opened.locator("article p .katex annotation").first.text_content().strip()
    part = "article p .katex .katex-html .mord"
    plain, rich = copied(opened, part, part)
    assert plain == f"${tex}$"
    assert "katex" not in rich


def test_a_copied_equation_stands_between_two_dollars_without_its_badge(tab, site):
    opened = tab(page_with(site, "div.math .eqno"))
    tex = opened.locator("div.math:has(.eqno) annotation").first.text_content()
    plain, _ = copied(opened, "div.math:has(.eqno)", "div.math:has(.eqno)")
    assert plain.split("$$")[1].split() == tex.split()
    assert "#" not in plain.split("$$")[2] and "checked" not in plain


def test_copied_text_keeps_its_paragraphs_and_what_has_no_formula_is_left_to_the_browser(tab, site):
    opened = tab(page_with(site, "article section > p + p .katex"))
    formula = "article section > p + p:has(.katex)"
    before = opened.locator("article section > p:has(+ p .katex)").first.inner_text()
    plain, _ = copied(opened, "article section > p:has(+ p .katex)", formula)
    assert plain.split("\n\n")[0].split()[:3] == before.split()[:3] and len(plain.split("\n\n")) == 2
    assert copied(opened, "article h1", "article h1") == ["", ""]


def test_a_drawn_curve_is_followed_as_by_the_networks_of_the_package(tab, site):
    board = tab(page_with(site, ".mlp-sketch")).locator(".mlp-sketch").first
    data = json.loads(board.locator("script[type='application/json']").text_content())
    knob, values = board.locator(".lines-knob").nth(1), data["values"]
    knob.focus()
    for key, height in (("Home", 0), ("ArrowUp", 0.05), ("ArrowRight", 0.1)):
        knob.press(key)
        values[1] = height
        assert knob.get_attribute("aria-valuenow") == f"{height:.2f}"
    for N in data["units"]:
        board.get_by_text(str(N), exact=True).click()
        for kind, network in (("stairs", stairs), ("hinges", hinges)):
            board.get_by_text(kind, exact=True).click()
            error = np.abs(network(values, N, GRID) - curve(values, GRID)).max()
            said = f"{N} {kind}: the network is off by {error:.3f} at most."
            assert board.locator(".lines-score").inner_text() == said

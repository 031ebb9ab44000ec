"""Claims about every page of the built site.

`page` is any page, `whole` one that is looked at in full, in each theme; `chapter` one with explorers.
"""

import re
from pathlib import Path

import site_checks as checks

LIGHT_PAGE, PAGE_WITH_IMAGES = 350, 500
HEAVY_PAGES = {"learning/gradient-descent.html": 600}
"""Pages that are too heavy, and the most that they may weigh until they are mended; whoever mends one takes it off."""


def test_no_request_leaves_the_machine(look, page, theme):
    assert look(page, theme).outside == []


def test_every_request_is_answered(look, page, theme):
    assert look(page, theme).failed == []


def test_the_console_stays_silent(look, page, theme):
    assert look(page, theme).console == []


def test_axe_finds_nothing(look, whole, theme):
    assert look(whole, theme).axe == []


def test_the_page_is_as_wide_as_the_window(look, page, theme):
    assert {width: over for width, over in look(page, theme).overflow.items() if over > 0} == {}
    assert set(look(page, theme).overflow) == set(checks.LOOKS.values())


def test_a_cold_load_is_light(look, site, weigh, page):
    has_images = bool(checks.parsed(site, page).select("article img, article image"))
    limit = None if page == "search.html" else PAGE_WITH_IMAGES if has_images else LIGHT_PAGE
    kib = look(page).weight(site) / 1024
    weigh((page, kib, limit))
    assert limit is None or kib <= HEAVY_PAGES.get(page, limit)
    assert page not in HEAVY_PAGES or kib > limit


def test_every_picture_is_described(site, page):
    assert checks.undescribed(site, page) == []


def test_every_internal_link_leads_somewhere(site, page):
    assert checks.broken_links(site, page) == []


def test_the_page_works_as_a_file(browser, site, whole):
    look = checks.look_at_file(browser, site, whole)
    assert (look.outside, look.failed, look.console) == ([], [], [])


def test_every_chapter_has_something_to_move(site, chapter):
    assert checks.parsed(site, chapter).select(".mlp-explorer, .mlp-lines, .mlp-sketch")


def test_explorers_move_by_keyboard(look, chapter):
    frames = look(chapter).frames
    for first, second, last in frames:
        assert all(text.strip() for text in first.values())
        assert all(first[name] != second[name] for name in ("value", "output", "picture"))
        assert all(first[name] != last[name] for name in ("label", "picture"))


def test_sliders_are_large_enough_to_touch(look, chapter):
    assert min(look(chapter, "dark").sliders, default=24) >= 24


def test_long_formulas_scroll_by_keyboard_in_their_own_box(look, whole):
    assert all(moved > 0 and label for moved, label in look(whole, "dark").scrolled)


def test_the_text_is_there_without_scripts(browser, base, whole):
    assert checks.wrong_without_scripts(browser, base, whole) == []


def test_formulas_need_no_script(site, page):
    assert [script for script in checks.names(site / page).scripts if re.search("mathjax|katex", script, re.I)] == []


def test_badges_lead_to_a_cell_that_asserts(site, page):
    html = checks.parsed(site, page)
    for badge in html.select("a.badge-checked"):
        anchor = html.find(id=badge["href"].removeprefix("#"))
        cell = anchor if "cell" in anchor.get("class", []) else anchor.find_parent(class_="cell")
        assert re.search(r"assert|check", cell.get_text()), badge["href"]
        assert badge["aria-label"].startswith("checked in code")


def test_nothing_of_the_building_machine_is_on_the_page(site, page):
    text = (site / page).read_text("utf8")
    assert str(Path.home()) + "/" not in text and str(checks.ROOT) not in text

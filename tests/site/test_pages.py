"""Claims about every page of the built site."""

import re
from collections import namedtuple
from pathlib import Path

import pytest
import site_checks as checks
from bs4 import BeautifulSoup

Frame = namedtuple("Frame", "value output label picture")
LOOKS = [(theme, width) for theme in ("light", "dark") for width in (1280, 390)]
LIGHT_PAGE, PAGE_WITH_IMAGES = 350, 500

every_look = pytest.mark.parametrize(("theme", "width"), LOOKS, ids=[f"{theme}-{width}" for theme, width in LOOKS])


def soup(site, page):
    return BeautifulSoup((site / page).read_text("utf8"), "html.parser")


@every_look
def test_no_request_leaves_the_machine(look, page, theme, width):
    assert look(page, theme, width).outside == []


@every_look
def test_every_request_is_answered(look, page, theme, width):
    assert look(page, theme, width).failed == []


@every_look
def test_the_console_stays_silent(look, page, theme, width):
    assert look(page, theme, width).console == []


@pytest.mark.parametrize(("theme", "width"), checks.AXE_LOOKS)
def test_axe_finds_nothing(look, page, theme, width):
    assert look(page, theme, width).axe == []


@every_look
def test_the_page_is_as_wide_as_the_window(look, page, theme, width):
    assert look(page, theme, width).overflow <= 0


def test_a_cold_load_is_light(look, site, base, weigh, page):
    html = soup(site, page)
    has_images = bool(html.select("article img, article image"))
    limit = None if page == "search.html" else PAGE_WITH_IMAGES if has_images else LIGHT_PAGE
    kib = look(page).weight(site) / 1024
    weigh((page, kib, limit))
    assert limit is None or kib <= limit


def test_every_picture_is_described(site, page):
    assert checks.undescribed(site, page) == []


def test_the_page_works_as_a_file(browser, site, page):
    look = checks.look_at(browser, site.as_uri() + "/", page, axe=False)
    assert (look.outside, look.failed, look.console) == ([], [], [])


def test_explorers_move_by_keyboard(tab, chapter):
    tab = tab(chapter)
    explorers = tab.locator(".mlp-explorer").all()
    assert explorers, "every chapter has an explorer"
    for explorer in explorers:
        for slider in explorer.locator("input[type=range]").all():
            slider.focus()
            first, second, last = (press(tab, explorer, slider, key) for key in ("Home", "ArrowRight", "End"))
            assert all(text.strip() for text in first)
            assert first.value != second.value and first.output != second.output and first.picture != second.picture
            assert first.label != last.label and first.picture != last.picture
            tab.keyboard.press("Home")


def press(tab, explorer, slider, key):
    """What an explorer says and shows after a key."""
    tab.keyboard.press(key)
    return Frame(
        value=slider.get_attribute("aria-valuetext"),
        output=slider.evaluate("e => e.closest('.mlp-control').querySelector('output').textContent"),
        label=explorer.locator("[role=img]").get_attribute("aria-label"),
        picture=explorer.locator("svg").evaluate("e => e.outerHTML"),
    )


def test_sliders_are_large_enough_to_touch(tab, chapter):
    for slider in tab(chapter, viewport={"width": 390, "height": 900}).locator(".mlp-explorer input").all():
        assert slider.bounding_box()["height"] >= 24


def test_the_text_is_there_without_scripts(tab, page):
    tab = tab(page, java_script_enabled=False)
    hidden = tab.locator(
        ":is(article :is(h1, h2, h3, p, li, pre, table), article .katex-html, [role=img] > svg) >> visible=false"
    )
    for element in hidden.all():
        assert element.evaluate("e => Boolean(e.closest('details:not([open]), .collapsed, noscript'))"), (
            element.evaluate("e => e.outerHTML.slice(0, 200)")
        )
    assert not any(slider.is_visible() for slider in tab.locator(".mlp-explorer input").all())
    for folded in tab.locator("article details").all():
        if not folded.evaluate("e => Boolean(e.parentElement.closest('details:not([open])'))"):
            folded.locator("summary").first.click()
            assert folded.evaluate("e => e.open")


def test_badges_lead_to_a_cell_that_asserts(site, page):
    html = soup(site, page)
    for badge in html.select("a.badge-checked"):
        anchor = html.find(id=badge["href"].removeprefix("#"))
        cell = anchor if "cell" in anchor.get("class", []) else anchor.find_parent(class_="cell")
        assert re.search(r"assert|check", cell.get_text()), badge["href"]
        assert badge["aria-label"].startswith("checked in code")


def test_nothing_of_the_building_machine_is_on_the_page(site, page):
    text = (site / page).read_text("utf8")
    assert str(Path.home()) + "/" not in text and str(checks.ROOT) not in text

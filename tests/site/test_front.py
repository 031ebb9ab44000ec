"""The front page: its lamp is XOR, by keyboard and without a script."""

import itertools

import pytest
import site_checks as checks

LIT = "name => getComputedStyle(document.querySelector(`.mlp-lamp .${name}`)).fill"


@pytest.fixture
def tab(browser, base):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 900})
    tab = context.new_page()
    tab.goto(base + "index.html")
    yield tab
    context.close()


def flip(tab, switch, on):
    lever = tab.locator(f".mlp-lamp .{switch}")
    if lever.is_checked() != on:
        lever.press("Space")


def test_the_lamp_is_on_where_the_switches_differ(tab):
    colours = {"ha": {}, "hb": {}, "out": {}}
    for first, second in itertools.product((False, True), repeat=2):
        flip(tab, "first", first)
        flip(tab, "second", second)
        told = tab.locator(".mlp-lamp .told").inner_text()
        assert told.startswith("The lamp is on" if first != second else "The lamp is off")
        states = {"ha": first or second, "hb": not (first and second), "out": first != second}
        for name, state in states.items():
            colours[name].setdefault(state, set()).add(tab.evaluate(LIT, name))
    assert all(len(seen[True]) == len(seen[False]) == 1 and seen[True] != seen[False] for seen in colours.values())


def test_the_front_page_takes_two_and_a_half_screens(browser, base):
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.goto(base + "index.html")
    checks.settle(tab)
    assert tab.locator("article.bd-article").bounding_box()["height"] <= 2.5 * 900
    tab.close()

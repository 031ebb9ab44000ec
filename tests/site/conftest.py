"""The built site in a real browser that can reach nothing but this machine."""

import os
from functools import partial
from pathlib import Path

import pytest
import site_checks as checks
from playwright.sync_api import sync_playwright

from chromium import find_chromium

SITE = Path(os.environ.get("MLP_SITE", checks.ROOT / "_build" / "html")).resolve()
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
WEIGHT = "cold transfer"


def pytest_generate_tests(metafunc):
    """All tests of one page go to one worker. A page that is like others is looked at once; see `alike`."""
    pages = checks.pages_of(SITE) or ["index.html"]
    whole = [page for page in pages if page not in checks.alike(SITE)]
    chosen = {"page": pages, "whole": whole, "chapter": checks.chapters_of(SITE) or pages}
    for name in chosen.keys() & set(metafunc.fixturenames):
        marks = {page: pytest.mark.xdist_group(page) for page in chosen[name]}
        if "theme" in metafunc.fixturenames:
            pairs = [(page, theme) for page in marks for theme in checks.LOOKS if page in whole or theme == "light"]
            metafunc.parametrize((name, "theme"), [pytest.param(*pair, marks=marks[pair[0]]) for pair in pairs])
        else:
            metafunc.parametrize(name, [pytest.param(page, marks=mark) for page, mark in marks.items()])


def pytest_collection_modifyitems(items):
    """Page by page: what was read of a page serves all its tests."""

    def page(item):
        found = item.callspec.params if hasattr(item, "callspec") else {}
        return next((found[name] for name in ("page", "whole", "chapter") if name in found), "")

    items.sort(key=page)


@pytest.fixture(scope="session")
def site():
    if not (SITE / "index.html").is_file():
        pytest.fail("There is no built site to look at: run make book first.", pytrace=False)
    return SITE


@pytest.fixture(scope="session")
def browser():
    path = find_chromium()
    if path is None:
        pytest.fail(
            "The site tests need Chromium: sudo apt-get install chromium, or name a browser in CHROMIUM.", pytrace=False
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def base(site):
    with checks.serve(site) as address:
        yield address


@pytest.fixture(scope="session")
def look(site, base, browser):
    """Look at a page in one theme; every page is loaded once for all the tests that ask for it."""
    looks, alike = {}, checks.alike(site)

    def look(page, theme="light"):
        if (page, theme) not in looks:
            full = page not in alike
            looks[page, theme] = checks.look_at(browser, base, page, theme, axe=full, full=full)
        return looks[page, theme]

    return look


@pytest.fixture
def tab(browser, base):
    """Return a function that opens a page of the site in a tab of its own, as the reader's settings are."""
    contexts = []

    def tab(page, address=base, **settings):
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **settings}))
        tab = contexts[-1].new_page()
        tab.look = checks.watch(tab, address)
        tab.goto(address + page)
        checks.settle(tab)
        return tab

    yield tab
    for context in contexts:
        context.close()


@pytest.fixture
def weigh(record_property):
    """Note the weight of a page for the table at the end of the run."""
    return partial(record_property, WEIGHT)


def pytest_terminal_summary(terminalreporter):
    reports = [report for name in ("passed", "failed") for report in terminalreporter.getreports(name)]
    notes = [note for report in reports if report.when == "call" for note in report.user_properties]
    if weights := sorted(value for name, value in notes if name == WEIGHT):
        terminalreporter.section("cold transfer, gzip -6")
        for page, kib, limit in weights:
            terminalreporter.line(f"{page:<40} {kib:6.0f} KiB   limit {limit or 'none':>4}")

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
]
WEIGHT = "cold transfer"


def pytest_generate_tests(metafunc):
    """All tests of one page go to one worker, which then loads it once."""
    pages = checks.pages_of(SITE) or ["index.html"]
    for name, chosen in {"page": pages, "chapter": checks.chapters_of(SITE) or pages}.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, [pytest.param(page, marks=pytest.mark.xdist_group(page)) for page in chosen])


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
    """Look at a page in one theme and width; every page is loaded once for all the tests that ask for it."""
    looks = {}

    def look(page, theme="light", width=1280):
        key = page, theme, width
        if key not in looks:
            looks[key] = checks.look_at(browser, base, page, theme, width, axe=(theme, width) in checks.AXE_LOOKS)
        return looks[key]

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

"""Claims about the site as a whole: links, search, light and dark, and the checks themselves."""

import re

import pytest
import site_checks as checks
from bs4 import BeautifulSoup


@pytest.fixture(scope="module")
def sought(site):
    """A chapter and a long word of its title, to be found by search."""
    chapter = checks.chapters_of(site)[0]
    title = BeautifulSoup((site / chapter).read_text("utf8"), "html.parser").select_one("article h1").get_text()
    return chapter, max(re.findall(r"[A-Za-z]+", title), key=len)


@pytest.fixture
def copy(site, tmp_path):
    """A function that changes the start page in a copy of the site, which shares the other files."""
    for path in site.iterdir():
        if path.name != "index.html":
            (tmp_path / path.name).symlink_to(path)

    def change(old, new):
        text = (site / "index.html").read_text("utf8")
        assert old in text
        (tmp_path / "index.html").write_text(text.replace(old, new, 1), "utf8")
        return tmp_path

    return change


def look_at_start(browser, site, theme="light", **options):
    with checks.serve(site) as base:
        return checks.look_at(browser, base, "index.html", theme, **options)


def test_a_web_host_finds_what_it_asks_for(site):
    assert (site / ".nojekyll").is_file() and (site / "404.html").is_file()


@pytest.mark.parametrize("opened", ["served", "as a file"])
def test_search_finds_a_chapter(tab, site, base, sought, opened):
    chapter, word = sought
    address = base if opened == "served" else site.as_uri() + "/"
    tab = tab(f"search.html?q={word}", address)
    tab.locator("#search-results li a").first.wait_for()
    links = [link.get_attribute("href") for link in tab.locator("#search-results li a").all()]
    assert any(chapter in link for link in links)
    assert (tab.look.outside, tab.look.failed, tab.look.console) == ([], [], [])


def test_the_search_key_opens_a_field_on_any_page(tab, sought):
    tab = tab("index.html")
    tab.keyboard.press("Control+k")
    tab.locator("#pst-search-dialog input").fill(sought[1])
    tab.keyboard.press("Enter")
    tab.locator("#search-results li a").first.wait_for()


def test_search_results_are_accessible(tab, sought):
    tab = tab(f"search.html?q={sought[1]}")
    tab.locator("#search-results li a").first.wait_for()
    assert checks.run_axe(tab) == []


def test_the_reader_switches_between_light_and_dark(tab):
    tab = tab("index.html")

    def theme():
        return tab.evaluate("[document.documentElement.dataset.theme, getComputedStyle(document.body).backgroundColor]")

    assert theme()[0] == "light"
    seen = {}
    for _ in range(3):
        tab.locator("button.theme-switch-button >> visible=true").first.click()
        name, background = theme()
        seen[name] = background
    assert set(seen) == {"light", "dark"} and seen["light"] != seen["dark"]


def test_the_choice_of_dark_holds_on_the_next_page(tab, sought):
    tab = tab("index.html")
    while tab.evaluate("document.documentElement.dataset.mode") != "dark":
        tab.locator("button.theme-switch-button >> visible=true").first.click()
    tab.goto(tab.url.replace("index.html", sought[0]))
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_dark_page_is_printed_light_with_its_solutions(tab, sought):
    tab = tab(sought[0], color_scheme="dark")
    tab.emulate_media(media="print")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert all(paragraph.is_visible() for paragraph in tab.locator("details.dropdown > * p").all())
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"


def test_an_external_script_is_found(browser, copy):
    site = copy("</body>", '<script src="https://example.org/x.js"></script></body>')
    assert look_at_start(browser, site).outside == ["https://example.org/x.js"]


def test_a_script_error_is_found(browser, copy):
    site = copy("</body>", "<script>noSuchName()</script></body>")
    assert look_at_start(browser, site).console == ["uncaught: noSuchName is not defined"]


def test_a_missing_file_is_found(browser, copy):
    site = copy("</body>", '<script src="gone.js"></script></body>')
    assert any("gone.js" in failed for failed in look_at_start(browser, site).failed)


def test_a_picture_without_alt_is_found(copy):
    site = copy("</article>", '<img src="plot.png" alt="plot.png"></article>')
    assert len(checks.undescribed(site, "index.html")) == 1


def test_a_figure_without_a_description_is_found(copy):
    site = copy("</article>", '<div class="mlp-figure">no picture</div></article>')
    assert len(checks.undescribed(site, "index.html")) == 1


@pytest.mark.parametrize("link", ["#nowhere", "nowhere.html", "notation.html#nowhere"])
def test_a_dead_link_is_found(copy, link):
    site = copy("</article>", f'<a href="{link}">x</a></article>')
    assert [broken for broken in checks.broken_links(site, "index.html") if link in broken]


def test_a_control_without_a_name_is_found(browser, copy):
    site = copy("</article>", "<button></button></article>")
    assert any(line.startswith("button-name") for line in look_at_start(browser, site, axe=True).axe)


def test_a_page_wider_than_the_window_is_found(browser, copy):
    site = copy("</article>", '<div style="width: 3000px">wide</div></article>')
    assert min(look_at_start(browser, site).overflow.values()) > 0


def test_a_formula_longer_than_its_box_is_found(browser, copy):
    box = '<div class="math-scroll" data-scroll-label="Formula"><div style="width: 3000px">long</div></div>'
    site = copy("</article>", f"{box}</article>")
    ((moved, label),) = look_at_start(browser, site, "dark", full=True).scrolled
    assert moved > 0 and label == "Formula, scrolls sideways"


def test_text_that_only_a_script_shows_is_found(browser, copy):
    site = copy("</article>", "<p hidden>unseen</p></article>")
    with checks.serve(site) as base:
        assert checks.wrong_without_scripts(browser, base, "index.html") == ['<p hidden="">unseen</p>']

"""Repairs of what the theme writes: light pages, names for every control, text that needs no script.

Runs once Sphinx has written the site. Each repair is a function of one parsed page; what only colour or size mends is
in ``_static/book.css``.
"""

import os
import re
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bs4 import BeautifulSoup, NavigableString
from fontTools import subset

THEME = """
(() => {
  const stored = key => { try { return localStorage.getItem(key) } catch { return null } };
  const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.mode = stored("mode") || "auto";
  root.dataset.theme = root.dataset.mode === "auto" ? (dark ? "dark" : "light") : root.dataset.mode;
})()
"""
"""Chooses light or dark before the first paint; the theme's own script would do so only once everything is loaded."""

SEARCH_SCRIPTS = ("searchtools.js", "language_data.js", "searchindex.js")

ICON_FONT = "_static/vendor/fontawesome/webfonts/fa-solid-900.woff2"

NOT_FOUND = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Page not found - {title}</title>
<link rel="icon" href="data:,">
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1.125rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 20vh auto; padding: 0 1.25rem; }}
body {{ background: light-dark(#fff, #14181e); color: light-dark(#222, #ced6dd); }}
a {{ color: light-dark(#0b5a8a, #7cc0f0); }}
</style>
</head>
<body>
<main>
<h1>Page not found</h1>
<p>There is no page at this address in <cite>{title}</cite>.</p>
<p><a href="{home}">Go to the start of the book</a></p>
</main>
<script>
{script}
</script>
</body>
</html>
"""
"""A host shows this page at any depth, so it carries its own style and links to nothing but the start of the book."""

FIND_HOME = """(async () => {
  const parts = location.pathname.split("/").slice(1, -1);
  for (let depth = parts.length; depth >= 0; depth--) {
    const folder = ["", ...parts.slice(0, depth), ""].join("/");
    if ((await fetch(folder + "objects.inv", {method: "HEAD"})).ok) {
      document.querySelector("a").href = folder + "index.html";
      return;
    }
  }
})()"""
"""Looks for the start of a book that was not told its address: in the folders above, the nearest first."""


def not_found(title, home):
    """The page for an address without a page; `home` is the address of the book, or "" where it is not known."""
    return NOT_FOUND.format(title=title, home=f"{home}index.html" if home else "/", script="" if home else FIND_HOME)


def lighten(page, is_search):
    """Drop the scripts a page does not need, and let none of the others hold up the text."""
    for element in page.select('script[src*="fontawesome.js"], link[rel="preload"][as="script"]'):
        element.decompose()
    for script in page.select("script[src]"):
        name = script["src"].split("?")[0].rsplit("/", 1)[-1]
        if name in SEARCH_SCRIPTS and not is_search:
            script.decompose()
        elif name != "documentation_options.js":
            script["defer"] = ""


def choose_theme(page):
    """Have light or dark chosen before the first paint, and light where there are no scripts."""
    page.html["data-theme"] = "light"
    for script in page.select("head script[data-cfasync]"):
        script.string = THEME


def name_controls(page):
    """Give each control one name, the one that is seen."""
    for button in page.select("button.search-button-field"):
        button["aria-label"] = "Search Ctrl+K"
    for icon in page.select("button.theme-switch-button [title]"):
        del icon["title"]
    for button in page.select("button.sidebar-toggle"):
        button["aria-label"] = button["title"]
    for summary in page.select("summary[aria-label]"):
        del summary["aria-label"]
    for summary in page.select("li.has-children > details > summary"):
        summary["aria-label"] = "Pages below " + summary.find_parent("li").a.get_text(strip=True)


def set_roles(page):
    """Give the parts of a page the roles by which a screen reader finds its way."""
    sidebar = page.select_one("#pst-primary-sidebar")
    if sidebar is not None:
        sidebar["role"], sidebar["aria-label"] = "complementary", "Book navigation and search"
    for viewport in page.select('meta[name="viewport"]')[1:]:
        viewport.decompose()
    for header in page.select("th"):
        if not header.get_text(strip=True):
            header.name = "td"
            del header["scope"]
        for formula in header.select("span.math:has(math)"):
            formula["role"], formula["aria-label"] = "math", formula.select_one("math mrow").get_text()
    for entry in page.select('[role="doc-biblioentry"]'):
        entry["role"] = "listitem"
    for entries in page.select("div.citation-list"):
        entries["role"] = "list"


def drop_shared_ids(page):
    """Take away the ids that sphinx-exercise gives to the content of every exercise and every solution alike."""
    for content in page.select("#exercise-content, #solution-content"):
        del content["id"]


def fold_dropdowns(page):
    """Make every dropdown admonition a native ``<details>``, which opens without a script."""
    for box in page.select("div.admonition.dropdown"):
        title = box.find("p", class_="admonition-title", recursive=False)
        box.name, title.name = "details", "summary"


def label_scrollers(page):
    """Name what may become a scroll box; ``book.js`` makes it focusable where it really scrolls."""
    for code in page.select("div.highlight pre"):
        output = code.find_parent(class_="cell_output") is not None
        code["data-scroll-label"] = "Output" if output else "Code"
    for table in page.select("article table"):
        if table.find_parent(class_="pst-scrollable-table-container") is None:
            table.wrap(page.new_tag("div", attrs={"class": "pst-scrollable-table-container"}))
    for box in page.select(".pst-scrollable-table-container"):
        box["data-scroll-label"] = "Table"


def fold_deeper(page):
    """Fold a section whose title begins with "Deeper:"; its heading is the summary, and keeps number and anchor."""
    for section in page.select("article section"):
        heading = section.find(re.compile("h[2-6]"), recursive=False)
        word = heading and heading.find(string=re.compile("Deeper: "))
        if not word:
            continue
        word.replace_with(word.replace("Deeper: ", ""))
        heading.insert(0, mark := page.new_tag("span", attrs={"class": "deeper-word"}))
        mark.string = "Deeper"
        box, summary = page.new_tag("details", attrs={"class": "deeper"}), page.new_tag("summary")
        for child in [child for child in section.contents if child is not heading]:
            box.append(child.extract())
        summary.append(heading.extract())
        box.insert(0, summary)
        section.append(box)


def put_code_into_captions(page):
    """Put the folded code of a figure into its caption, after the last word."""
    for code in page.select("div.cell > details.fold-draw"):
        caption = code.find_parent(class_="cell").find("figcaption")
        if caption is not None:
            caption.append(code.extract())


CLOSING = re.compile(r"^[.,;:!?)\]]+")
SIZES = re.compile(r"(?<![\w-])(\d+(?:[-\u2013]\d+)+)(?![\w-])")
NO_PROSE = ["pre", "code", "script", "style", "svg", "title", "math"]


def keep_together(page):
    """Keep a formula and the punctuation after it on one line, and sizes and ranges, 2-2-1, in one piece."""
    for formula in page.select("article span.math"):
        after = formula.next_sibling
        if isinstance(after, NavigableString) and (found := CLOSING.match(after)):
            formula.wrap(page.new_tag("span", attrs={"class": "together"})).append(found[0])
            after.replace_with(after[found.end() :])
    for text in page.find_all(string=SIZES):
        if text.find_parent("article") is None or text.find_parent(NO_PROSE):
            continue
        for place, part in enumerate(SIZES.split(text)):
            box = NavigableString(part)
            if place % 2:
                box = page.new_tag("span", attrs={"class": "together"})
                box.string = part
            text.insert_before(box)
        text.extract()


def keep_paragraphs_out_of_summaries(page):
    """A summary holds phrases only: what myst-nb writes there as a paragraph becomes a span."""
    for paragraph in page.select("summary p"):
        paragraph.name = "span"


PRINT_CHOICE = """<div class="print-choice" hidden=""><label><input type="checkbox" checked="">
Print this page with its solutions</label></div>"""


def offer_print_choice(page):
    """Put a box above the first exercise with a solution: printed, a page may go without solutions."""
    solution = page.select_one("article details.solution")
    heading = solution and solution.find_previous("h2")
    if heading:
        heading.insert_after(BeautifulSoup(PRINT_CHOICE, "html.parser"))


def repair(html, is_search=False):
    """Return the text of a page with every repair."""
    page = BeautifulSoup(html, "html.parser")
    lighten(page, is_search)
    choose_theme(page)
    name_controls(page)
    set_roles(page)
    drop_shared_ids(page)
    fold_dropdowns(page)
    label_scrollers(page)
    put_code_into_captions(page)
    fold_deeper(page)
    keep_together(page)
    keep_paragraphs_out_of_summaries(page)
    offer_print_choice(page)
    return str(page)


def repair_file(path):
    """Repair the page in a file, in place."""
    path.write_text(repair(path.read_text("utf8"), is_search=path.name == "search.html"), "utf8")


def icons(site):
    """Return the code points of the icons that the pages and style sheets of a site use, sorted."""
    theme = (site / "_static/styles/pydata-sphinx-theme.css").read_text("utf8")
    used = set()
    for page in site.glob("**/*.html"):
        used.update(re.findall(r"fa-[a-z0-9-]+", page.read_text("utf8")))
    points = {ord(icon) for icon in re.findall(r'--pst-icon-[a-z-]+:"([\ue000-\uf8ff])"', theme)}
    for names, point in re.findall(r'((?:\.fa-[a-z0-9-]+:{1,2}before,?)+)\{content:"\\([0-9a-f]+)"', theme):
        if used.intersection(re.findall(r"fa-[a-z0-9-]+", names)):
            points.add(int(point, 16))
    for sheet in site.glob("_static/**/*.css"):
        if sheet.name != "pydata-sphinx-theme.css":
            points.update(int(point, 16) for point in re.findall(r'"\\([ef][0-9a-f]{3})"', sheet.read_text("utf8")))
    return sorted(points)


def cut_icon_font(site):
    """Cut the icon font down to the icons the site uses."""
    path = str(site / ICON_FONT)
    options = subset.Options(flavor="woff2", layout_features=[])
    font = subset.load_font(path, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=icons(site))
    subsetter.subset(font)
    subset.save_font(font, path, options)


def finish(app, exception):
    """Repair every page that Sphinx wrote, cut the icon font, and add what a web host asks for."""
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    pages = [path for path in site.glob("**/*.html") if "_static" not in path.parts]
    pages.sort(key=lambda path: path.stat().st_size, reverse=True)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(repair_file, pages))
    cut_icon_font(site)
    (site / "404.html").write_text(not_found(app.config.html_title, app.config.html_baseurl), "utf8")
    (site / ".nojekyll").touch()


def setup(app):
    """Register the repairs."""
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

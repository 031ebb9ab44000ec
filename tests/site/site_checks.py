"""What the site tests look at: a server on loopback, what a browser sees of a page, and the checks on the files."""

import gzip
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from bs4 import BeautifulSoup
from playwright.sync_api import TimeoutError

import anatomy
from alt_text import without_alt

ROOT = Path(__file__).resolve().parents[2]
COMPRESSED = {".html", ".css", ".js", ".json", ".svg", ".txt", ".xml"}
LOOKS = {"light": 1280, "dark": 390}
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

PLAIN_CODE = """() => {
    const seen = {};
    for (const token of document.querySelectorAll("div.highlight pre span[class]")) {
        seen[token.className] = (seen[token.className] || 0) + 1;
        if (seen[token.className] > 3 && !token.children.length) token.replaceWith(token.textContent);
    }
}"""


def pages_of(site):
    """Return every page of a site as a path relative to it, sorted; not the one that a host shows for no address.

    Where the start of the book lies that page must find out from a host: see `test_print.py`.
    """
    paths = (path.relative_to(site) for path in site.glob("**/*.html") if path.name != "404.html")
    return sorted(path.as_posix() for path in paths if not path.parts[0].startswith("_"))


def chapters_of(site):
    """Return the pages of a site that are chapters, sorted."""
    return [page for page in pages_of(site) if not anatomy.is_appendix(Path(page))]


def alike(site):
    """Return the pages of modules, made by one template, without the longest and the shortest: one look is enough."""
    modules = sorted(site.glob("api/*.html"), key=lambda path: path.stat().st_size)
    return {path.relative_to(site).as_posix() for path in modules[1:-1]}


@cache
def transfer_size(path):
    """Return the bytes that a host sends for a file: gzip -6 for text, the file itself for the rest."""
    content = path.read_bytes()
    return len(gzip.compress(content, 6)) if path.suffix in COMPRESSED else len(content)


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass


@contextmanager
def serve(site):
    """Serve a folder on a free port of this machine; yields the address, ending in a slash."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(site)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Look:
    """What one load of a page did and showed.

    `outside` are requests that would leave the machine, `overflow` is by how much the page is wider than the window,
    for each width. In a full look `frames` are the first, second and last frame of each slider, `sliders` the heights
    of sliders on a phone, `scrolled` how far each formula longer than its box has moved, and the label of the box.
    """

    outside: list = field(default_factory=list)
    console: list = field(default_factory=list)
    failed: list = field(default_factory=list)
    loaded: set = field(default_factory=set)
    axe: list = field(default_factory=list)
    overflow: dict = field(default_factory=dict)
    frames: list = field(default_factory=list)
    sliders: list = field(default_factory=list)
    scrolled: list = field(default_factory=list)

    def weight(self, site):
        """Return the bytes a cold load of this page transfers."""
        return sum(transfer_size(site / unquote(urlsplit(url).path.lstrip("/"))) for url in self.loaded)


def watch(page, base):
    """Return the ``Look`` that fills with what a page does; the browser itself reaches no other machine."""
    look = Look()

    def request(request):
        if not request.url.startswith((base, "data:", "blob:")):
            look.outside.append(request.url)

    def message(message):
        if message.type in {"error", "warning"}:
            look.console.append(f"{message.type}: {message.text}")

    def response(response):
        if response.status >= 400:
            look.failed.append(f"{response.status} {response.url}")
        elif response.url.startswith(base):
            look.loaded.add(urldefrag(response.url).url.split("?")[0])

    page.on("request", request)
    page.on("console", message)
    page.on("pageerror", lambda error: look.console.append(f"uncaught: {error}"))
    page.on("response", response)
    page.on("requestfailed", lambda request: look.failed.append(request.url))
    return look


def run_axe(page):
    """Return what axe finds on an open page, one line a rule and element.

    The inside of a hidden picture is nothing for axe, and of the coloured words of code three of each kind are enough:
    thousands of paths and words would slow it down.
    """
    page.evaluate("document.querySelectorAll('svg[aria-hidden=true]').forEach(svg => svg.replaceChildren())")
    page.evaluate(PLAIN_CODE)
    page.evaluate(AXE_SCRIPT)
    options = {"runOnly": {"type": "tag", "values": AXE_RULES}, "resultTypes": ["violations"], "preload": False}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['id']}: {' '.join(map(str, node['target']))}: {node['html'][:160]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def settle(page):
    """Wait until the fonts are there and the page is painted: scripts have run when it counts as loaded."""
    page.evaluate("document.fonts.ready.then(() => new Promise(r => requestAnimationFrame(() => setTimeout(r))))")


def look_at(browser, base, page, theme="light", axe=False, full=False):
    """Load a page cold in one theme, at the width of that theme, and return the ``Look``.

    A full look also moves the sliders by keyboard on the light page, and measures sliders and scrolls long formulas on
    the dark one, which is as narrow as a phone. axe comes last, for it takes the pictures apart.
    """
    widths = sorted(LOOKS.values(), key=lambda width: width != LOOKS[theme])
    context = browser.new_context(viewport={"width": widths[0], "height": 900}, color_scheme=theme)
    try:
        tab = context.new_page()
        look = watch(tab, base)
        tab.goto(base + page)
        settle(tab)
        if full:
            open_folds(tab)
        if full and theme == "light":
            look.frames = move_sliders(tab)
        if full and theme == "dark":
            look.sliders = tab.eval_on_selector_all(
                ".mlp-explorer input", "inputs => inputs.map(e => e.getBoundingClientRect().height)"
            )
            look.scrolled = scroll_formulas(tab)
        for width in widths[::-1]:
            tab.set_viewport_size({"width": width, "height": 900})
            look.overflow[width] = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if axe:
            settle(tab)
            look.axe = run_axe(tab)
        return look
    finally:
        context.close()


def look_at_file(browser, site, page):
    """Open a page from the disk, and return the ``Look``."""
    return look_at(browser, site.as_uri() + "/", page)


FRAME = """e => ({
    value: e.getAttribute("aria-valuetext"),
    output: e.closest(".mlp-control").querySelector("output").textContent,
    label: e.closest(".mlp-explorer").querySelector("[role=img]").getAttribute("aria-label"),
    picture: e.closest(".mlp-explorer").querySelector("svg").outerHTML,
})"""


def open_folds(tab, kind="details"):
    """Open the folds of a kind: what is in a fold must work as well as what is in view."""
    tab.eval_on_selector_all(kind, "folds => folds.forEach(fold => { fold.open = true; })")
    settle(tab)


def move_sliders(tab):
    """Press Home, an arrow and End on each slider; returns the three frames that each shows."""
    frames = []
    for slider in tab.query_selector_all(".mlp-explorer input[type=range]"):
        slider.focus()
        frames.append([])
        for key in ("Home", "ArrowRight", "End"):
            tab.keyboard.press(key)
            frames[-1].append(slider.evaluate(FRAME))
        tab.keyboard.press("Home")
    return frames


def scroll_formulas(tab):
    """Press an arrow on each formula that is longer than its box; returns how far it has moved, and the box's label."""
    moved = []
    for box in tab.query_selector_all(".math-scroll[tabindex]"):
        if box.evaluate("e => e.scrollWidth > e.clientWidth + 4"):
            box.focus()
            tab.keyboard.press("ArrowRight")
            try:
                tab.wait_for_function("e => e.scrollLeft > 0", arg=box, timeout=3000)
            except TimeoutError:
                pass
            moved.append(box.evaluate("e => [e.scrollLeft, e.getAttribute('aria-label')]"))
    return moved


WITHOUT_SCRIPTS = """() => {
    const seen = e => {
        const box = e.getBoundingClientRect();
        return box.width > 0 && box.height > 0 && getComputedStyle(e).visibility === "visible";
    };
    const all = selector => [...document.querySelectorAll(selector)];
    const text = "article :is(h1, h2, h3, p, li, pre, table), article .katex-html";
    const drawn = e => [...e.children].some(seen);
    const wrong = all(text).filter(e => !seen(e)).concat(all("[role=img]:has(> svg)").filter(e => !drawn(e)))
        .filter(e => !e.closest("details:not([open]), .collapsed, noscript, .aims > .admonition-title"));
    wrong.push(...all(".mlp-explorer input, .mlp-guess :is(input, button)").filter(seen));
    for (const folded of all("article details")) {
        if (folded.parentElement.closest("details:not([open])")) continue;
        const summary = folded.querySelector("summary");
        summary.scrollIntoView({block: "center", behavior: "instant"});
        const box = summary.getBoundingClientRect();
        const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        summary.click();
        if (!summary.contains(hit) || !folded.open) wrong.push(folded);
    }
    return wrong.map(e => e.outerHTML.slice(0, 200));
}"""


def wrong_without_scripts(browser, base, page):
    """What is wrong for a reader without scripts: hidden text, folds that do not open, sliders that do nothing."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    try:
        tab = context.new_page()
        tab.goto(base + page)
        return tab.evaluate(WITHOUT_SCRIPTS)
    finally:
        context.close()


@lru_cache(maxsize=1)
def _parse(path):
    return BeautifulSoup(path.read_text("utf8"), "html.parser")


def parsed(site, page):
    """Return a page as a tree, to be read only."""
    return _parse(site / page)


class Names(HTMLParser):
    """The ids, the anchors, the links and the scripts of a page: a quick look at the tags, without a tree."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.anchors, self.links, self.scripts = Counter(), set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if "id" in found:
            self.ids[found["id"]] += 1
            self.anchors.add(found["id"])
        if tag == "a" and "name" in found:
            self.anchors.add(found["name"])
        if "href" in found or "src" in found:
            self.links.append(found.get("href", found.get("src")) or "")
        if tag == "script" and "src" in found:
            self.scripts.append(found["src"])


@cache
def names(path):
    """Return the ``Names`` of the page in a file."""
    return Names(path.read_text("utf8"))


def broken_links(site, page):
    """Return every internal link, picture, script and style of a page that leads nowhere, and every repeated id."""
    here = names(site / page)
    broken = [f"{page}: id {name!r} is there {count} times" for name, count in here.ids.items() if count > 1]
    for link in here.links:
        if urlsplit(link).scheme or link.startswith("//"):
            continue
        target, fragment = urldefrag(urljoin(page, link.split("?")[0]))
        target = unquote(target) or page
        if not (site / target).is_file():
            broken.append(f"{page}: {link}: no such file")
        elif fragment and target.endswith(".html") and unquote(fragment) not in names(site / target).anchors:
            broken.append(f"{page}: {link}: no such anchor")
    return broken


def undescribed(site, page):
    """Return the pictures of a page without alt text, and the figures that say nothing at all."""
    soup = parsed(site, page)
    found = [f"{page}: {str(picture)[:120]}" for picture in without_alt(soup)]
    for figure in soup.select(".mlp-figure"):
        if figure.select_one('[role="img"][aria-label]') is None:
            found.append(f"{page}: a figure has no description: {str(figure)[:120]}")
    return found

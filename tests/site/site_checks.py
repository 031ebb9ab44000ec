"""What the site tests look at: a server on loopback, what a browser sees of a page, and the checks on the files."""

import gzip
import mimetypes
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from bs4 import BeautifulSoup

import anatomy
from alt_text import without_alt

ROOT = Path(__file__).resolve().parents[2]
COMPRESSED = {".html", ".css", ".js", ".json", ".svg", ".txt", ".xml"}
AXE_LOOKS = [("light", 1280), ("dark", 390)]
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

PLAIN_CODE = """() => {
    const seen = {};
    for (const token of document.querySelectorAll("div.highlight pre span[class]")) {
        seen[token.className] = (seen[token.className] || 0) + 1;
        if (seen[token.className] > 3 && !token.children.length) token.replaceWith(token.textContent);
    }
}"""


def pages_of(site):
    """Return every page of a site as a path relative to it, sorted."""
    paths = (path.relative_to(site) for path in site.glob("**/*.html"))
    return sorted(path.as_posix() for path in paths if not path.parts[0].startswith("_"))


def chapters_of(site):
    """Return the pages of a site that are chapters, sorted."""
    return [page for page in pages_of(site) if not anatomy.is_appendix(Path(page))]


def transfer_size(path):
    """Return the bytes that a host sends for a file: gzip -6 for text, the file itself for the rest."""
    content = path.read_bytes()
    return len(gzip.compress(content, 6)) if path.suffix in COMPRESSED else len(content)


class _Handler(SimpleHTTPRequestHandler):
    def do_GET(self):
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", mimetypes.guess_type(path.name)[0] or "application/octet-stream")
        if path.suffix in COMPRESSED:
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@contextmanager
def serve(site):
    """Serve a folder with gzip on a free port of this machine; yields the address, ending in a slash."""
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
    """What one load of a page did: requests refused because they would leave the machine, and the rest."""

    outside: list = field(default_factory=list)
    console: list = field(default_factory=list)
    failed: list = field(default_factory=list)
    loaded: set = field(default_factory=set)
    axe: list = field(default_factory=list)
    overflow: int = 0

    def weight(self, site):
        """Return the bytes a cold load of this page transfers."""
        return sum(transfer_size(site / unquote(urlsplit(url).path.lstrip("/"))) for url in self.loaded)


def watch(page, base):
    """Let a page reach nothing but ``base``, and return the ``Look`` that fills with what it does."""
    look = Look()

    def route(route):
        if route.request.url.startswith(base):
            route.continue_()
        else:
            look.outside.append(route.request.url)
            route.abort()

    def message(message):
        if message.type in {"error", "warning"}:
            look.console.append(f"{message.type}: {message.text}")

    def response(response):
        if response.status >= 400:
            look.failed.append(f"{response.status} {response.url}")
        else:
            look.loaded.add(urldefrag(response.url).url.split("?")[0])

    page.route("**/*", route)
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
    """Wait until scripts have run and fonts are there; a page without scripts has no other clock."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(50)


def look_at(browser, base, page, theme="light", width=1280, axe=True):
    """Load a page cold in one theme and width, and return the ``Look``."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    try:
        tab = context.new_page()
        look = watch(tab, base)
        tab.goto(base + page)
        settle(tab)
        look.overflow = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if axe:
            look.axe = run_axe(tab)
        return look
    finally:
        context.close()


def _parse(path):
    return BeautifulSoup(path.read_text("utf8"), "html.parser")


def _anchors(soup):
    return {element["id"] for element in soup.select("[id]")} | {element["name"] for element in soup.select("a[name]")}


def broken_links(site):
    """Return every internal link, picture, script and style of a site that leads nowhere, and every repeated id."""
    soups = {page: _parse(site / page) for page in pages_of(site)}
    anchors = {page: _anchors(soup) for page, soup in soups.items()}
    broken = []
    for page, soup in soups.items():
        ids = Counter(element["id"] for element in soup.select("[id]"))
        broken += [f"{page}: id {name!r} is there {count} times" for name, count in ids.items() if count > 1]
        for element in soup.select("[href], [src]"):
            link = element.get("href", element.get("src"))
            if urlsplit(link).scheme or link.startswith("//"):
                continue
            target, fragment = urldefrag(urljoin(page, link.split("?")[0]))
            target = unquote(target) or page
            if not (site / target).is_file():
                broken.append(f"{page}: {link}: no such file")
            elif fragment and target in anchors and unquote(fragment) not in anchors[target]:
                broken.append(f"{page}: {link}: no such anchor")
    return broken


def undescribed(site, page):
    """Return the pictures of a page without alt text, and the figures that say nothing at all."""
    soup = _parse(site / page)
    found = [f"{page}: {str(picture)[:120]}" for picture in without_alt(soup)]
    for figure in soup.select(".mlp-figure"):
        if figure.select_one('[role="img"][aria-label]') is None:
            found.append(f"{page}: a figure has no description: {str(figure)[:120]}")
    return found

"""A page on paper, and what must stay on one line or in one piece at any width."""

import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
import site_checks as checks


def page_with(site, selector):
    """The first page of the site that has such an element."""
    return next(page for page in checks.pages_of(site) if checks.parsed(site, page).select_one(selector))


def test_a_figure_is_printed_on_one_sheet_with_its_caption(tab, chapter):
    opened = tab(chapter)
    opened.emulate_media(media="print")
    apart = """() => [...document.querySelectorAll("article figcaption")].filter(caption => {
        const figure = caption.closest("figure");
        return !figure.querySelector("svg, img, .cell_output") || getComputedStyle(figure).breakInside !== "avoid";
    }).length"""
    assert opened.locator("article figcaption").count() > 0
    assert opened.evaluate(apart) == 0


SOLUTIONS = "details.solution > :not(summary)"


def test_the_reader_prints_a_page_with_or_without_its_solutions(tab, site):
    opened = tab(page_with(site, "details.solution"))
    box = opened.locator(".print-choice input")
    assert box.is_checked()

    def printed():
        opened.emulate_media(media="print")
        seen = [part.is_visible() for part in opened.locator(SOLUTIONS).all()]
        opened.emulate_media(media="screen")
        return set(seen)

    assert printed() == {True}
    box.uncheck()
    assert printed() == {False}
    opened.reload()
    assert not box.is_checked() and printed() == {False}
    box.check()
    assert printed() == {True}


@pytest.fixture
def hosted(site):
    """The site as a web host shows it: below a folder, with its 404 page at every address without a file."""

    class Host(SimpleHTTPRequestHandler):
        def translate_path(self, path):
            return str(site / path.split("?")[0].removeprefix("/some/book/"))

        def send_error(self, code, message=None, explain=None):
            body = (site / "404.html").read_bytes()
            self.send_response(code)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else body)

        def do_HEAD(self):
            return self.do_GET() if self.path.startswith("/some/book/") else self.send_error(404)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/some/book/"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("address", ["gone.html", "a/b/c/gone.html", "gone/"])
def test_the_page_for_a_missing_address_leads_to_the_start_at_any_depth(browser, hosted, address):
    opened = browser.new_page()
    opened.goto(hosted + address)
    link = opened.get_by_role("link")
    opened.wait_for_function("document.querySelector('a').href.endsWith('/some/book/index.html')")
    link.click()
    opened.wait_for_url(hosted + "index.html")
    opened.close()


BROKEN = r"""() => {
    for (const fold of document.querySelectorAll("article details")) fold.open = true;
    const broken = [], article = document.querySelector("article");
    const lines = (text, start, end) => {
        const range = document.createRange();
        range.setStart(text, start);
        range.setEnd(text, end);
        return [...range.getClientRects()];
    };
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    for (let text; text = walker.nextNode();) {
        if (text.parentElement.closest("svg, script, style, math, pre")) continue;
        for (const sizes of text.data.matchAll(/(?<![\w-])\d+(?:[-\u2013]\d+)+(?![\w-])/g)) {
            const tops = lines(text, sizes.index, sizes.index + sizes[0].length).map(line => Math.round(line.top));
            if (new Set(tops).size > 1) broken.push(`in two lines: ${sizes[0]}`);
        }
    }
    for (const formula of article.querySelectorAll("span.math")) {
        if (!formula.checkVisibility()) continue;
        const tex = formula.querySelector("annotation").textContent, bases = formula.querySelectorAll(".base");
        const last = bases[bases.length - 1].getBoundingClientRect();
        let block = formula.parentElement;
        while (getComputedStyle(block).display.startsWith("inline")) block = block.parentElement;
        walker.currentNode = formula;
        while (walker.nextNode() && formula.contains(walker.currentNode));
        const text = walker.currentNode;
        if (text.nodeType === Node.TEXT_NODE && block.contains(text) && /^[.,;:!?)\]]/.test(text.data)) {
            const [mark] = lines(text, 0, 1);
            if (mark && (mark.top > last.bottom || mark.left < last.left)) broken.push(`left behind: ${tex}`);
        }
        const scrolls = formula.closest(".pst-scrollable-table-container");
        if (!scrolls && formula.getBoundingClientRect().right > block.getBoundingClientRect().right + 1) {
            broken.push(`wider than the text: ${tex}`);
        }
    }
    for (const box of article.querySelectorAll(".math-scroll")) {
        const formula = box.querySelector(".katex-html").getBoundingClientRect(), frame = box.getBoundingClientRect();
        const isCut = formula.top < frame.top - 1 || formula.bottom > frame.bottom + 1;
        const scrolls = box.scrollWidth > box.clientWidth + 1;
        const canScroll = getComputedStyle(box).overflowX === "auto" && box.tabIndex === 0 && innerWidth < 1000;
        if (isCut || scrolls && !canScroll) broken.push(`cut: ${box.querySelector("annotation").textContent}`);
    }
    return broken;
}"""


def broken(opened):
    """What is broken or cut on an open page, on a wide window and on a phone."""
    found = []
    for width in (1280, 390):
        opened.set_viewport_size({"width": width, "height": 900})
        checks.settle(opened)
        found += [(width, line) for line in opened.evaluate(BROKEN)]
    return found


def test_nothing_is_cut_or_broken_apart(tab, site, whole):
    if checks.parsed(site, whole).select_one("article") is not None:
        assert broken(tab(whole)) == []


BOX = "<span class=math><span><annotation>x</annotation><i class=base>x</i></span></span>"


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p style='width: 4rem'>MMMMMM 2-4-3-2</p>", "in two lines: "),
        (f"<p style='width: 1ch'>{BOX}<wbr>, so</p>", "left behind: x"),
        (f"<p style='width: 5ch'>{BOX}, so</p>", None),
        ("<div class=math-scroll><annotation>x</annotation><p class=katex-html style='height: 1px'>x</p></div>", None),
        ("<div class=math-scroll style='height: 9px'><annotation>x</annotation><p class=katex-html>x</div>", "cut: "),
    ],
)
def test_what_is_cut_or_broken_apart_is_found(tab, html, found):
    opened = tab("index.html")
    opened.locator("article").evaluate("(article, html) => article.insertAdjacentHTML('beforeend', html)", html)
    lines = [line for _, line in broken(opened)]
    assert lines == [] if found is None else len(lines) == 2 and all(line.startswith(found) for line in lines)

"""What the plain notebooks count and say is what the pages count and say."""

import html
import re
from functools import cache

import pytest

import copies
import execute
import labels as book
from tree import Tree

TREE = Tree.here()
PAGES = [name.with_suffix("").as_posix() for name in TREE.notebooks()]
SEEN = {
    "equations": (r'<span class="eqno">\(([\d.]+)\)', r"\\tag\{([\d.]+)\}"),
    "figures": (r'<span class="caption-number">Fig\. ([\d.]+) </span>', r"^\*\*Figure ([\d.]+)\.\*\*"),
    "exercises": (
        r'<span class="caption-number">(Exercise [\d.]+) </span>(?: \((.*?)\)</p>)?',
        r"^#+ (Exercise [\d.]+)(?:: (.*))?$",
    ),
    "sources": (
        r'<a class="reference internal" href="[./]*bibliography\.html#id\d+"[^>]*>(.*?)</a>',
        r"\[([^\[\]]+, (?:\d{4}|n\.d\.))\]\(",
    ),
}


@pytest.fixture(scope="module")
def labels():
    return book.of_book(TREE)


@cache
def page_of(site, page):
    return (site / f"{page}.html").read_text("utf-8")


def words(found):
    """What was found, without markup; a title is compared in its letters."""
    plain = [re.sub(r"<[^>]+>", "", html.unescape(" ".join(part))) for part in found]
    return [re.sub(r"\W+", " ", text).strip() for text in plain]


@pytest.mark.parametrize("kind", SEEN)
@pytest.mark.parametrize("name", PAGES)
def test_a_plain_notebook_counts_and_cites_as_its_page(site, labels, name, kind):
    nb = execute.with_outputs(TREE, TREE.notebooks()[PAGES.index(name)])
    plain = copies.notebook(TREE, labels, name, nb)
    text = "\n".join(cell.source for cell in plain.cells if cell.cell_type == "markdown")
    on_page, in_notebook = (
        words(match.groups(default="") for match in re.finditer(pattern, source, re.MULTILINE))
        for pattern, source in zip(SEEN[kind], (page_of(site, name), text), strict=True)
    )
    assert in_notebook == on_page


@pytest.mark.parametrize("kind", SEEN)
def test_the_pages_have(site, kind):
    assert any(re.search(SEEN[kind][0], page_of(site, page)) for page in PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_the_numbers_in_the_sentences_are_those_of_the_page(site, name):
    nb = execute.with_outputs(TREE, TREE.notebooks()[PAGES.index(name)])
    said, roles = book.says(nb), []
    for cell in nb.cells:
        caption = cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", "")
        roles += re.findall(r"\{glue:text\}`([\w-]+)`", cell.source if cell.cell_type == "markdown" else caption)
    on_page = re.findall(r'<span class="pasted-text">(.*?)</span>', page_of(site, name))
    assert [said[name] for name in roles] == [html.unescape(text) for text in on_page]

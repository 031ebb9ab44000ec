"""What the labels of the book stand for, counted as Sphinx counts: figures, equations, exercises, sections, sources."""

import ast
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import nbformat
import yaml
from pybtex.backends.markdown import Backend
from pybtex.database import parse_file
from pybtex.exceptions import PybtexError
from pybtex.style.formatting.plain import Style

import myst
from tree import BuildError, settings

RECORD = "application/papermill.record/text/plain"


@dataclass(frozen=True)
class Place:
    """Where a label stands: the page, the heading above it as an anchor, and the words that name it."""

    page: str
    anchor: str
    words: str = ""


@dataclass
class Labels:
    """All that a text of the book may point at.

    `pages` are all that the book has, `titles` those of the written ones, `chapters` the numbers of those that have
    one, `places` the labels, `sources` the entries of the bibliography as pairs (author and year, link). `address` is
    where the book is published, ending in a slash, or "".
    """

    pages: list
    address: str = ""
    titles: dict = field(default_factory=dict)
    chapters: dict = field(default_factory=dict)
    places: dict = field(default_factory=dict)
    sources: dict = field(default_factory=dict)


def of_book(tree):
    """The labels of all pages that are written by hand, in the order of the table of contents."""
    labels, counts = Labels(tree.toc_pages(), published(tree)), Counter()
    labels.chapters = {page: number for number, page in enumerate(numbered_pages(tree), start=1)}
    for page in labels.pages:
        if page != "api" and not page.startswith("api/"):
            _of_page(labels, counts, page, read_page(tree, page))
    labels.sources = {key: cited(entry) for key, entry in bibliography(tree).entries.items()}
    return labels


def numbered_pages(tree):
    """The pages of the parts that the table of contents numbers."""
    parts = yaml.safe_load(tree.toc.read_text("utf-8")).get("parts", [])
    return [chapter["file"] for part in parts if part.get("numbered") for chapter in part["chapters"]]


def read_page(tree, page):
    """The source of a page as a notebook; a page in Markdown is one cell."""
    source = tree.book / f"{page}.ipynb"
    if source.is_file():
        return nbformat.read(source, as_version=4)
    text = (tree.book / f"{page}.md").read_text("utf-8").strip()
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text, id="page")])


def _of_page(labels, counts, page, nb):
    """Add the labels of one page."""
    chapter, heading, waiting = labels.chapters.get(page), "", []

    def number(kind):
        counts[kind, chapter] += 1
        return f"{chapter}.{counts[kind, chapter]}" if chapter else str(counts[kind, chapter])

    def put(label, words=""):
        if label in labels.places:
            raise BuildError(f"The label {label} stands for two things in the book.")
        labels.places[label] = Place(page, heading, words)

    for cell in nb.cells:
        if cell.cell_type == "code" and (figure := cell.metadata.get("mystnb", {}).get("figure")):
            put(figure["name"], f"Figure {number('figure')}")
        for key, prefix in (("claims", "claim-"), ("checks", "check-")):
            for name in cell.metadata.get(key, []):
                labels.places.setdefault(prefix + name, Place(page, heading))
        for piece in myst.pieces(cell.source) if cell.cell_type == "markdown" else ():
            words = ""
            if piece.kind == "heading":
                heading, words = "" if piece.level == 1 else anchor(piece.text), piece.text
                if piece.level == 1:
                    labels.titles[page] = piece.text
            if piece.kind == "target":
                waiting.append(piece.text)
                continue
            for label in waiting:
                put(label, words)
            waiting.clear()
            if piece.kind == "directive" and "label" in piece.options:
                put(piece.options["label"], f"Exercise {number('exercise')}" if piece.name == "exercise" else "")
            for found in myst.INLINE.finditer(piece.text) if piece.kind in ("text", "directive") else ():
                if found["label"]:
                    put(found["label"], f"({number('equation')})")
    if page not in labels.titles:
        raise BuildError(f"The page {page} has no title.")


def anchor(title):
    """The anchor that Jupyter gives a heading: its words, joined by hyphens; "" where a formula stands in it."""
    words = re.sub(r"[*`]", "", title)
    return "" if "$" in title or "{" in title else "#" + quote(words.replace(" ", "-"))


def bibliography(tree):
    """The entries of references.bib."""
    return parse_file(tree.book / "references.bib", "bibtex")


def cited(entry):
    """An entry as pair (author and year, link); the link is "" where the entry has none."""
    people = entry.persons["author"]
    names = [" ".join(map(str, person.rich_prelast_names + person.rich_last_names)) for person in people]
    who = f"{names[0]} et al." if len(names) > 2 or names[-1] == "others" else " and ".join(names)
    fields = entry.fields
    link = fields.get("url", "")
    if "doi" in fields:
        link = f"https://doi.org/{fields['doi']}"
    elif "eprint" in fields:
        link = f"https://arxiv.org/abs/{fields['eprint']}"
    return f"{who}, {fields.get('year', 'n.d.')}", link


def listed(tree, chosen):
    """The entries whose keys are `chosen`, each as one paragraph in Markdown, in the order of their authors."""
    entries = [entry for key, entry in bibliography(tree).entries.items() if chosen(key)]
    try:
        texts = [" ".join(entry.text.render(Backend()).split()) for entry in Style().format_entries(entries)]
    except PybtexError as error:
        raise BuildError(f"references.bib: {error}.") from error
    return [re.sub(r"\\([.(),:-])", r"\1", text) for text in texts]


def says(nb):
    """What the cells of a notebook with outputs hand to the text: the words by their names."""
    said = {}
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            if RECORD in output.get("data", {}):
                said[output.metadata["scrapbook"]["name"]] = ast.literal_eval(output.data[RECORD])
    return said


def published(tree):
    """The address of the published pages, ending in a slash, or ""."""
    base, url = settings(tree, "html").get("baseurl") or "", settings(tree, "repository").get("url") or ""
    if not base and (github := re.fullmatch(r"https://github\.com/([^/]+)/([^/]+)/?", url)):
        base = "https://{}.github.io/{}/".format(*github.groups())
    return base and base.rstrip("/") + "/"


def path_from(page, target):
    """The relative path from one page to a file beside the others: from neurons/xor to power/boolean.ipynb."""
    up = "../" * (len(PurePosixPath(page).parts) - 1)
    folder = PurePosixPath(page).parent
    if folder != PurePosixPath(".") and PurePosixPath(target).is_relative_to(folder):
        return PurePosixPath(target).relative_to(folder).as_posix()
    return up + target


def page_at(page, target):
    """The page that a relative link on a page means, without its suffix; "" for another file."""
    path = Path(target)
    if path.suffix not in (".ipynb", ".md", ""):
        return ""
    parts = []
    for part in (PurePosixPath(page).parent / PurePosixPath(target)).with_suffix("").parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)

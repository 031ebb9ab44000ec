"""The chapters call a quantity by this book's name, and not by that of one lecture."""

import re

import nbformat
import pytest

import anatomy
from tree import Tree

TREE = Tree.here()
CHAPTERS = [page for page in TREE.notebooks() if not anatomy.is_appendix(page)]

THEIRS = {"inner potential": "pre-activation"}
QUOTING = "What the lecture said"
QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”")
SOURCE = re.compile(r"\b(?:lecture|slide|Masaryk|Brázdil)", re.IGNORECASE)


def sentences(text):
    """The sentences of a text, each on one line, without what stands in quotation marks."""
    for paragraph in re.split(r"\n\s*\n", text):
        yield from re.split(r"(?<=[.!?:])\s+", QUOTED.sub("", " ".join(paragraph.split())))


def in_our_words(nb):
    """Pairs of the id of a cell and a text in it: all but the section on the lecture, and sentences that name it."""
    section = ""
    for cell in nb.cells:
        if cell.cell_type == "code":
            caption = cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", "")
            yield cell.id, " ".join(f"{cell.source}\n{caption}".split())
            continue
        for part in re.split(r"^(?=## )", cell.source, flags=re.MULTILINE):
            heading = re.match(r"## (.+)", part)
            section = heading[1].strip() if heading else section
            if section != QUOTING:
                yield from ((cell.id, sentence) for sentence in sentences(part) if not SOURCE.search(sentence))


def complaints(nb):
    return [
        f"cell {name} says '{theirs}' for our {ours}: {text[:200]}"
        for name, text in in_our_words(nb)
        for theirs, ours in THEIRS.items()
        if re.search(rf"\b{theirs}s?\b", text.replace(f"({theirs})", ""), re.IGNORECASE)  # beside ours
    ]


@pytest.mark.parametrize("name", CHAPTERS, ids=str)
def test_a_chapter_calls_the_pre_activation_by_its_name(name):
    assert complaints(nbformat.read(TREE.book / name, as_version=4)) == []


def prose(*texts):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text) for text in texts])


@pytest.mark.parametrize(
    "ours",
    [
        "The inner potential is a sum.",
        "Some sums, the inner\npotentials, are large.",
        "## Summary\n\nThe Inner potential of a unit.",
        'The "state" of a unit with the inner potential "1".',
        "The slide is right. The inner potential is large.",
    ],
)
def test_the_word_of_a_lecture_is_found_in_our_own_sentences(ours):
    assert len(complaints(prose("# Title", ours))) == 1


def test_the_word_of_a_lecture_is_found_in_code_and_in_captions():
    code = nbformat.v4.new_code_cell("z = 1  # the inner potential")
    caption = {"mystnb": {"figure": {"name": "fig-a", "caption": "The inner\npotential."}}}
    drawn = nbformat.v4.new_code_cell("draw()", metadata=caption)
    assert len(complaints(nbformat.v4.new_notebook(cells=[code, drawn]))) == 2


def test_the_section_on_the_lecture_ends_at_the_next_heading():
    quoting = f"## {QUOTING}\n\nIt says inner potential."
    assert complaints(prose(quoting, "The inner potential is a sum.")) == []
    assert len(complaints(prose(quoting, "## Summary\n\nThe inner potential is a sum."))) == 1
    assert len(complaints(prose(f"{quoting}\n\n## Summary\n\nThe inner potential is a sum."))) == 1


@pytest.mark.parametrize("quoting", ['It is called an "inner potential".', "The slide calls it the inner potential."])
def test_a_sentence_that_quotes_a_lecture_may_use_its_word(quoting):
    assert complaints(prose(quoting)) == []

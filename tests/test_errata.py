"""The errata: each one of the ledger has its place, says what it must say, and a cell that proves both of its halves.

A typo, or what is wrong or sloppy, has a cell that computes `printed` and `corrected`; a clash has one that computes
`literal`, what a reader of the other lecture would take it for, and `converted`. Every such cell is run three times: as
it stands, it passes; with one of the two names put in the place of the other in its assertions, either way, it fails.
"""

import ast
import os
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
import yaml

import anatomy
import normalise
from tree import Tree

TREE = Tree.here()
ERRATA = {
    item["id"]: item for item in yaml.safe_load((TREE.book / "claims.yml").read_text("utf-8")) if "erratum" in item
}
CHAPTERS = {path.stem: path for path in TREE.notebooks()}
LECTURES = {
    "buc": ("bucharest",),
    "msk": ("masaryk", "masaryk-history"),
    "lin": ("linkoping",),
    "cmi": ("chennai",),
}
STEMS = [stem for stems in LECTURES.values() for stem in stems]
COPY = "in the copy we read"

PIECE = re.compile(r"^(?=\(erratum-[\w-]+\)=$|## )", re.MULTILINE)
HEAD = re.compile(
    r"\(erratum-(?P<name>[\w-]+)\)=\n### (?P<title>\S.*)\n\n"
    rf"\*\*(?P<tags>[a-z]+(?:, [a-z]+)*)\*\*(?P<doubt>, perhaps only {COPY})? · (?P<place>.+?) · (?P<chapter>.+?)\n\n",
    re.DOTALL,
)
PROVED, TOLD = {"typo", "wrong", "sloppy"}, {"dated", "unverified"}
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass
class Section:
    """One erratum on its page: its prose, and the code cells below it."""

    name: str
    text: str
    cells: list = field(default_factory=list)

    @property
    def head(self):
        return HEAD.match(self.text)


def read(path):
    return normalise.read((TREE.book / path).read_text("utf-8"))


def sections(nb):
    """The errata of a page, in order."""
    found, current = [], None
    for cell in nb.cells:
        if cell.cell_type == "code" and current:
            current.cells.append(cell)
        elif cell.cell_type == "markdown":
            for piece in PIECE.split(cell.source):
                if piece.startswith("(erratum-"):
                    current = Section(piece[len("(erratum-") : piece.index(")=")], piece)
                    found.append(current)
                elif piece.startswith("## "):
                    current = None
                elif current:
                    current.text += f"\n\n{piece}"
    return found


def tags(item):
    return set(re.findall(r"\[([a-z]+)\]", item["erratum"]))


def names(wanted):
    """The two names whose difference a cell proves."""
    return ("literal", "converted") if wanted == {"clash"} else ("printed", "corrected")


def loaded(node):
    return [part for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)]


def of_cell(cell, pair):
    """What is wrong with the code of an erratum: each name is computed, asserted, and used for nothing else."""
    tree = ast.parse(cell.source)
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    asserted = [name for assertion in anatomy.assertions(tree) for name in loaded(assertion)]
    found = [f"computes no {name}" for name in pair if name not in stored]
    found += [f"asserts nothing about {name}" for name in pair if name not in {node.id for node in asserted}]
    outside = {node.id for node in loaded(tree) if node not in asserted}
    return found + [f"uses {name} outside its assertions" for name in pair if name in outside]


def of_section(section, item, chapters):
    """What is wrong with one erratum, given its item of the ledger."""
    wanted, text = tags(item), " ".join(section.text.split())
    carrying = [cell for cell in section.cells if cell.metadata.get("errata")]
    if not section.head:
        return ["needs a title, its tags, its place and its chapter, and then a text"]
    found = []
    if set(section.head["tags"].split(", ")) != wanted:
        found.append(f"has the tags {section.head['tags']}, in the ledger {', '.join(sorted(wanted))}")
    if wanted & (PROVED | {"clash"}) and not carrying:
        found.append("has no cell")
    if not wanted & (PROVED | {"clash"}) and carrying:
        found.append("has a cell, but nothing to prove")
    for cell in carrying:
        if list(cell.metadata["errata"]) != [section.name]:
            found.append(f"has a cell that carries {', '.join(cell.metadata['errata'])}")
        found += [f"has a cell that {complaint}" for complaint in of_cell(cell, names(wanted))]
    if wanted & TOLD and not (YEAR.search(text) and ("{cite" in text or "Source:" in text)):
        found.append("needs a year, and a citation or a source")
    if "ocr?" in item["erratum"] and COPY not in text.lower():
        found.append(f"must say '{COPY}'")
    if section.head["doubt"] and "ocr?" not in item["erratum"]:
        found.append("doubts the copy, the ledger does not")
    if item["chapter"] in chapters:
        link = os.path.relpath(chapters[item["chapter"]], "errata")
        if f"]({link}" not in section.head["chapter"]:
            found.append(f"must link to {link}")
    return found


def complaints(pages, errata, chapters):
    """What is wrong with the pages (stem to notebook), given the errata of the ledger and the chapters of the book."""
    found, places = [], Counter()
    for stem, nb in pages.items():
        inside = set()
        for section in sections(nb):
            places[section.name] += 1
            inside |= {cell.id for cell in section.cells}
            if section.name not in errata:
                found.append(f"{stem}: no erratum {section.name} in the ledger")
                continue
            if stem not in LECTURES[section.name.split("-")[0]]:
                found.append(f"{section.name} stands on the page {stem}")
            problems = of_section(section, errata[section.name], chapters)
            found += [f"{section.name} {problem}" for problem in problems]
        found += [
            f"{stem}: cell {cell.id} carries errata outside a section"
            for cell in nb.cells
            if cell.metadata.get("errata") and cell.id not in inside
        ]
    return found + [f"{name} stands {places[name]} times" for name in errata if places[name] != 1]


class Swap(ast.NodeTransformer):
    """Put one name in the place of another."""

    def __init__(self, old, new):
        self.old, self.new = old, new

    def visit_Name(self, node):
        return ast.Name(self.new, node.ctx) if node.id == self.old else node


def swapped(source, old, new):
    """The cell as code, with `new` in the place of `old` in its assertions."""
    tree = ast.parse(source)
    for assertion in anatomy.assertions(tree):
        Swap(old, new).visit(assertion)
    return compile(ast.fix_missing_locations(tree), f"<{new} for {old}>", "exec")


def unproven(nb):
    """The errata of a page whose cell still passes when the two forms change places; the page runs as a whole."""
    found, namespace = [], {"__name__": "__main__"}
    owner = {cell.id: section.name for section in sections(nb) for cell in section.cells}
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        if cell.metadata.get("errata"):
            pair = names(tags(ERRATA[owner[cell.id]]))
            for old, new in (pair, pair[::-1]):
                try:
                    exec(swapped(cell.source, old, new), dict(namespace))
                except AssertionError:
                    continue
                found.append(f"{owner[cell.id]} passes with {new} in the place of {old}")
        exec(compile(cell.source, f"<cell {cell.id}>", "exec"), namespace)
    return found


def test_every_erratum_has_its_place_and_its_form():
    assert complaints({stem: read(f"errata/{stem}.ipynb") for stem in STEMS}, ERRATA, CHAPTERS) == []


@pytest.mark.parametrize("stem", STEMS)
def test_every_cell_fails_for_the_printed_form_and_needs_the_corrected_one(stem, monkeypatch):
    monkeypatch.setenv("MLP_FIGURES", "text")
    assert unproven(read(f"errata/{stem}.ipynb")) == []


def listed(prose):
    """The remarks that a page lists, in order: (title, name of the erratum, tags with or without a doubt)."""
    return re.findall(r"^- \{ref\}`(.+) <erratum-([\w-]+)>` \((.+)\)$", prose, re.MULTILINE)


def due_list(pages):
    """What the overview must list: all errata, page by page."""
    due = []
    for nb in pages:
        for section in sections(nb):
            doubt = ", perhaps only in the copy" if section.head["doubt"] else ""
            due.append((section.head["title"].replace("*", ""), section.name, section.head["tags"] + doubt))
    return due


def test_the_overview_lists_every_erratum_in_the_order_of_the_pages():
    prose = "\n\n".join(cell.source for cell in read("errata.ipynb").cells if cell.cell_type == "markdown")
    assert listed(prose) == due_list(read(f"errata/{stem}.ipynb") for stem in STEMS)
    assert sorted(name for _, name, _ in listed(prose)) == sorted(ERRATA)
    assert prose.count("<erratum-") == len(ERRATA)


def test_the_pages_stand_below_the_overview_in_the_table_of_contents():
    pages = TREE.toc_pages()
    first = pages.index("errata")
    assert pages[first + 1 : first + 1 + len(STEMS)] == [f"errata/{stem}" for stem in STEMS]


TYPO = "cmi-index-inversion-reason"
ITEMS = {
    TYPO: {"chapter": "notation", "erratum": "[typo] No bias."},
    "cmi-chain-rule": {"chapter": "nowhere", "erratum": "[typo] A factor (ocr?)."},
    "buc-factor-data": {"chapter": "nowhere", "erratum": "[unverified] No source."},
    "buc-dropout-definition": {"chapter": "nowhere", "erratum": "[clash] Two meanings."},
}
PROOF = "truth = 2\nprinted, corrected = 1, 2\nassert corrected == truth != printed"
CLASH = "truth = 2\nliteral, converted = 1, 2\nassert converted == truth != literal"
PARTS = {
    TYPO: ("**typo** · slide one · [notation](../notation.ipynb)\n\nRead 2 instead.", PROOF),
    "cmi-chain-rule": (f"**typo**, perhaps only {COPY} · slide two · chapter\n\nRead 2 instead.", PROOF),
    "buc-factor-data": ("**unverified** · slide three · chapter\n\nSource: none; in 2014 nobody counted.", None),
    "buc-dropout-definition": ("**clash** · slide four · chapter\n\nThe paper keeps.", CLASH),
}


def pages(**changes):
    """Two small pages that keep every rule; `changes` replace the (text, code) of an erratum, None leaves it out."""
    made = {"chennai": nbformat.v4.new_notebook(), "bucharest": nbformat.v4.new_notebook()}
    for name, (text, code) in PARTS.items():
        text, code = changes.get(name.replace("-", "_"), (text, code)) or (None, None)
        nb = made["chennai" if name.startswith("cmi") else "bucharest"]
        if text:
            nb.cells.append(nbformat.v4.new_markdown_cell(f"Before.\n\n(erratum-{name})=\n### A title\n\n{text}"))
        if code:
            nb.cells.append(nbformat.v4.new_code_cell(code, metadata={"errata": [name]}))
    return made


def chapters():
    return {"notation": Path("notation.ipynb")}


def test_good_pages_raise_no_complaint():
    assert complaints(pages(), ITEMS, chapters()) == []
    assert [unproven(nb) for nb in pages().values()] == [[], []]


TEXT = PARTS[TYPO][0]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (None, f"{TYPO} stands 0 times"),
        ((f"{TEXT}\n\n(erratum-{TYPO})=\n### Again\n\n{TEXT}", PROOF), f"{TYPO} stands 2 times"),
        ((TEXT.replace("**typo**", "**wrong**"), PROOF), f"{TYPO} has the tags wrong, in the ledger typo"),
        ((TEXT.replace("**typo**", "Typo"), PROOF), f"{TYPO} needs a title, its tags, its place and its chapter"),
        ((TEXT.replace(" · slide one", ""), PROOF), f"{TYPO} needs a title, its tags, its place and its chapter"),
        ((TEXT.replace("[notation](../notation.ipynb)", "notation"), PROOF), f"{TYPO} must link to ../notation.ipynb"),
        ((TEXT.replace("**typo**", f"**typo**, perhaps only {COPY}"), PROOF), f"{TYPO} doubts the copy"),
        ((TEXT, None), f"{TYPO} has no cell"),
        ((TEXT, "printed, corrected = 1, 2"), f"{TYPO} has a cell that asserts nothing about printed"),
        ((TEXT, "printed = 1\nassert printed == 2"), f"{TYPO} has a cell that computes no corrected"),
        (
            (TEXT, "printed, corrected = 1, 2\ntruth = corrected\nassert corrected == truth != printed"),
            f"{TYPO} has a cell that uses corrected outside its assertions",
        ),
    ],
)
def test_a_defect_of_an_erratum_is_found(change, complaint):
    found = complaints(pages(**{TYPO.replace("-", "_"): change}), ITEMS, chapters())
    assert any(line.startswith(complaint) for line in found), found


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        ("cmi-chain-rule", f", perhaps only {COPY}", "", f"must say '{COPY}'"),
        ("buc-factor-data", "in 2014 ", "", "needs a year, and a citation or a source"),
        ("buc-factor-data", "Source: ", "", "needs a year, and a citation or a source"),
    ],
)
def test_a_missing_word_is_found(name, old, new, complaint):
    text, code = PARTS[name]
    made = pages(**{name.replace("-", "_"): (text.replace(old, new), code)})
    assert complaints(made, ITEMS, chapters()) == [f"{name} {complaint}"]


def test_what_is_only_told_has_no_cell():
    made = pages(buc_factor_data=(PARTS["buc-factor-data"][0], PROOF))
    assert complaints(made, ITEMS, chapters()) == ["buc-factor-data has a cell, but nothing to prove"]


def test_a_clash_is_no_misprint():
    made = pages(buc_dropout_definition=(PARTS["buc-dropout-definition"][0], PROOF))
    found = complaints(made, ITEMS, chapters())
    assert [line for line in found if "computes no" in line] == [
        "buc-dropout-definition has a cell that computes no literal",
        "buc-dropout-definition has a cell that computes no converted",
    ]


def test_an_erratum_on_another_page_is_found():
    made = pages()
    made["bucharest"], made["chennai"] = made["chennai"], made["bucharest"]
    assert f"{TYPO} stands on the page bucharest" in complaints(made, ITEMS, chapters())


def test_an_unknown_erratum_and_a_stray_or_mistaken_cell_are_found():
    made = pages()
    made["chennai"].cells[1].metadata["errata"] = ["cmi-chain-rule"]
    stray = nbformat.v4.new_code_cell(PROOF, id="stray", metadata={"errata": [TYPO]})
    made["bucharest"].cells.insert(0, stray)
    heading = f"(erratum-buc-none)=\n### None\n\n{TEXT}\n\n## Next part"
    made["bucharest"].cells += [nbformat.v4.new_markdown_cell(heading), nbformat.v4.new_code_cell("1", id="free")]
    assert complaints(made, ITEMS, chapters()) == [
        f"{TYPO} has a cell that carries cmi-chain-rule",
        "bucharest: no erratum buc-none in the ledger",
        "bucharest: cell stray carries errata outside a section",
    ]


def test_the_list_has_title_name_tags_and_doubt_of_each_erratum():
    due = due_list(pages().values())
    assert due[0] == ("A title", TYPO, "typo")
    assert due[1] == ("A title", "cmi-chain-rule", "typo, perhaps only in the copy")
    assert len(due) == len(ITEMS)
    line = "- {ref}`A title <erratum-cmi-chain-rule>` (typo, perhaps only in the copy)"
    assert listed(f"Text.\n\n{line}") == due[1:2]
    assert listed(line.replace("- ", "")) == []


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("printed, corrected = 1, 2\nassert corrected == 2\nassert printed < 5", ["corrected for printed"]),
        ("printed, corrected = 1, 2\nassert corrected < 5\nassert printed == 1", ["printed for corrected"]),
        ("printed, corrected = 1, 1\nassert printed == corrected", ["corrected for printed", "printed for corrected"]),
    ],
)
def test_a_cell_that_does_not_tell_the_forms_apart_is_found(code, kept):
    found = unproven(pages(**{TYPO.replace("-", "_"): (TEXT, code)})["chennai"])
    assert found == [f"{TYPO} passes with {' in the place of '.join(pair.split(' for '))}" for pair in kept]


def test_a_cell_that_breaks_instead_of_failing_proves_nothing():
    code = "printed, corrected = 'a', 2\nassert corrected - 2 == 0 and printed == 'a'"
    with pytest.raises(TypeError):
        unproven(pages(**{TYPO.replace("-", "_"): (TEXT, code)})["chennai"])


def test_a_cell_that_fails_as_it_stands_is_no_proof():
    with pytest.raises(AssertionError):
        unproven(pages(**{TYPO.replace("-", "_"): (TEXT, PROOF.replace("== truth", "!= truth"))})["chennai"])

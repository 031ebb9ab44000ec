"""The bibliography: each entry agrees with a second source, and its key with its author and year."""

import re
import unicodedata

import pytest
import yaml
from pybtex.database import parse_string

from tree import Tree

TREE = Tree.here()
BIBLIOGRAPHY = (TREE.book / "references.bib").read_text("utf-8")
CHECKED = yaml.safe_load((TREE.root / "tests/references-checked.yml").read_text("utf-8"))
KEY = re.compile(r"([a-z]+)(\d{4})[a-z\d]+")
CITED = re.compile(r"\{cite(?::[a-z]+)?\}`([^`]+)`")


def plain(text):
    """A title or a name without braces, case and layout."""
    return " ".join(re.sub(r"[{}]", "", text).lower().split())


def letters(name):
    """The first part of a surname in the letters of a key: Šíma is sima, Håstad hastad, Herculano-Houzel herculano."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.match(r"[a-z]*", bare.replace(" ", ""))[0]


def first_author(entry):
    person = entry.persons["author"][0]
    return re.sub(r"[{}]", "", " ".join(person.prelast_names + person.last_names))


def complaints(bibliography, checked):
    """Where the bibliography and the second source differ, and keys that do not fit their entries."""
    entries = parse_string(bibliography, "bibtex").entries
    found = [f"{key} stands in one of the two only" for key in sorted(set(entries) ^ set(checked))]
    for key, entry in entries.items():
        author, year, title, doi = [*checked.get(key, [None] * 3), None][:4]
        known = {"author": author, "year": year and str(year), "title": title, "doi": doi}
        said = {"author": first_author(entry)} | {name: entry.fields.get(name) for name in ("year", "title", "doi")}
        found += [
            f"{key}: the {name} is {said[name]} or {known[name]}"
            for name in known
            if key in checked and plain(said[name] or "") != plain(known[name] or "")
        ]
        parts = KEY.fullmatch(key)
        if parts and (letters(first_author(entry)) != parts[1] or entry.fields.get("year") != parts[2]):
            found.append(f"{key} does not name its author and year")
    return found


def unknown(text, keys):
    """The citations in a text that no entry has."""
    return [key for group in CITED.findall(text) for key in map(str.strip, group.split(",")) if key not in keys]


def test_the_bibliography_agrees_with_the_second_source():
    assert complaints(BIBLIOGRAPHY, CHECKED) == []


@pytest.mark.parametrize("name", [name for name in TREE.sources() if name.endswith((".md", ".ipynb"))])
def test_every_citation_has_its_entry(name):
    assert unknown((TREE.book / name).read_text("utf-8"), CHECKED) == []


ENTRY = """@article{sima2003general,
  author = {Šíma, Jiří and Orponen, Pekka},
  title = {General-purpose {Computation}},
  year = {2003},
  doi = {10.1/x},
}"""
SECOND = {"sima2003general": ["Šíma", 2003, "General-purpose computation", "10.1/x"]}


def test_an_entry_that_agrees_raises_no_complaint():
    assert complaints(ENTRY, SECOND) == []


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [
        ("{2003}", "{2004}", 2),
        ("Computation", "Calculation", 1),
        ("10.1/x", "10.1/y", 1),
        ("Šíma, Jiří and Orponen, Pekka", "Orponen, Pekka and Šíma, Jiří", 2),
        ("sima2003general", "sima2003three", 2),
        ("  doi = {10.1/x},\n", "", 1),
    ],
)
def test_a_changed_entry_is_found(old, new, count):
    assert len(complaints(ENTRY.replace(old, new), SECOND)) == count


def test_an_unknown_citation_is_found():
    assert unknown("{cite}`a, b` and {cite:t}`c`", {"a"}) == ["b", "c"]

"""What a person has affirmed is what the book says: claims, equations, errata, exercises, numbers, every section."""

import nbformat
import pytest

import affirm
from tree import Tree

TREE = Tree.here()
AGAIN = "look at each, mend it or affirm it with make affirm"


def test_the_book_says_what_was_affirmed():
    assert affirm.changes(affirm.stored(TREE), affirm.current(TREE)) == [], AGAIN


MARKDOWN, CODE = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
CHECKERS = {
    "xor": """
def fires(w, x):
    return w * x > 0


EXERCISES = {
    "gate": Exercise(reference=1, use=fires, wrong={"too low.": 0, "too high.": 2}),
    "other": Exercise(reference=2),
}
"""
}


def page():
    """A small page with one thing of each kind."""
    nb = nbformat.v4.new_notebook()
    nb.cells = [
        MARKDOWN(
            "# T\n\n## A\n\nThree of four, see [XOR](xor.ipynb), {glue:text}`rate` and {cite}`a1999b`.", id="prose"
        ),
        MARKDOWN("$$ y = 2x $$ (eq-a)\n\n```{literalinclude} ../core.py\n:pyobject: Dense\n```", id="formula"),
        CODE("assert_allclose(y, 2 * x)", id="check", metadata={"checks": ["eq-a"], "claims": ["buc-a"]}),
        CODE("assert rate > 0.5", id="claim", metadata={"claims": ["buc-b"]}),
        CODE("show.figure(draw, alt='Two lines.')", id="fig", metadata={"mystnb": {"figure": {"caption": "20 runs."}}}),
        MARKDOWN("(erratum-buc-e)=\n### A slip\n\nThe slide prints $x$.", id="slip"),
        CODE("printed, corrected = 1, 2\nassert corrected == 2 != printed", id="proof", metadata={"errata": ["buc-e"]}),
        MARKDOWN("## Exercises\n\n```{exercise} A gate\n:label: ex-1\n\nFire for 10 only.\n```", id="prompt"),
        CODE("w = ...", id="stub"),
        CODE("exercises.check('xor/gate', w)", id="judge"),
        MARKDOWN("```{solution-start} ex-1\n```", id="solution"),
        CODE("exercises.check('xor/other', 1)", id="solved"),
        MARKDOWN("## B\n\n```{guess} How?\n:label: guess-a\n:answer: so\n\nWell.\n```", id="question"),
        CODE("# it is so\nassert how == 'so'", id="answer", metadata={"tags": ["check"], "checks": ["guess-a"]}),
    ]
    return nb


def difference(nb, checkers=CHECKERS):
    """The kinds and the names that differ from the page as affirmed; its sections stand apart."""
    before, now = (affirm.of_pages({"p": pages}, sources) for pages, sources in ((page(), CHECKERS), (nb, checkers)))
    return [line.partition(" was ")[0] for line in affirm.changes(before, now) if not line.startswith("sections: ")]


def test_what_is_affirmed_of_a_page():
    found = affirm.of_pages({"p": page()}, CHECKERS)
    assert {kind: list(part) for kind, part in found.items() if kind != "numbers"} == {
        "claims": ["buc-a", "buc-b"],
        "equations": ["eq-a"],
        "errata": ["buc-e"],
        "exercises": ["ex-1"],
        "guesses": ["guess-a"],
        "sections": ["p#", "p#A", "p#Exercises", "p#B"],
    }
    assert found["numbers"] == {
        "p#prose": "Three · four · [XOR](xor.ipynb) · {glue:text}`rate` · {cite}`a1999b`",
        "p#formula": "2 · {literalinclude} ../core.py :pyobject: Dense",
        "p#fig": "20 · Two",
        "p#prompt": "1 · 10",
        "p#solution": "1",
    }
    assert difference(page()) == []


EDITS = [
    ("prose", "Three", "Two", ["numbers: p#prose"]),
    ("prose", "[XOR](xor", "[XOR](mlp", ["numbers: p#prose"]),
    ("prose", "`rate`", "`other`", ["numbers: p#prose"]),
    ("prose", "a1999b", "a1999c", ["numbers: p#prose"]),
    ("formula", "2x", "3x", ["equations: eq-a", "numbers: p#formula"]),
    ("formula", "Dense", "Dropout", ["numbers: p#formula"]),
    ("check", "2 * x", "y", ["claims: buc-a", "equations: eq-a"]),
    ("claim", "0.5", "0.1", ["claims: buc-b"]),
    ("fig", "Two", "Six", ["numbers: p#fig"]),
    ("slip", "$x$", "$z$", ["errata: buc-e"]),
    ("proof", "1, 2", "1, 3", ["errata: buc-e"]),
    ("prompt", "for 10", "for 01", ["exercises: ex-1", "numbers: p#prompt"]),
    ("judge", "xor/gate", "xor/other", ["exercises: ex-1"]),
    ("solved", "check", "check ", []),
    ("question", "answer: so", "answer: no", ["guesses: guess-a"]),
    ("question", "How", "Who", ["guesses: guess-a"]),
    ("answer", "== 'so'", "!= 'so'", ["guesses: guess-a"]),
    ("claim", "rate > 0.5", "rate  >  0.5  # a comment", []),
]


@pytest.mark.parametrize(("cell", "old", "new", "expected"), EDITS, ids=str)
def test_an_edit_has_to_be_affirmed_and_a_new_layout_has_not(cell, old, new, expected):
    nb = page()
    (edited,) = (c for c in nb.cells if c.id == cell)
    assert old in edited.source
    edited.source = edited.source.replace(old, new)
    assert difference(nb) == expected


def sections_that_differ(nb):
    before, now = (affirm.of_page("p", page, CHECKERS)["sections"] for page in (page(), nb))
    return [name for name in before | now if before.get(name) != now.get(name)]


@pytest.mark.parametrize(
    ("cell", "old", "new", "expected"),
    [
        ("prose", "# T", "# U", ["p#"]),
        ("prose", "see", "not", ["p#A"]),
        ("prose", "## A", "## B", ["p#A", "p#B"]),
        ("fig", "draw", "other", ["p#A"]),
        ("prompt", "Fire", "Rest", ["p#Exercises"]),
        ("prose", ", see", ",\nsee", []),
        ("claim", "0.5", "0.5  # a comment", []),
        ("answer", "it is so", "it is not", ["p#B"]),
    ],
)
def test_every_word_of_a_section_has_to_be_affirmed_and_its_layout_has_not(cell, old, new, expected):
    nb = page()
    (edited,) = (c for c in nb.cells if c.id == cell)
    assert old in edited.source
    edited.source = edited.source.replace(old, new, 1)
    assert sorted(sections_that_differ(nb)) == expected


def test_what_a_cell_carries_has_to_be_affirmed():
    nb = page()
    nb.cells[3].metadata["tags"] = ["one-run"]
    assert sections_that_differ(nb) == ["p#A"]


@pytest.mark.parametrize(
    ("of", "text", "old", "new", "expected"),
    [
        (affirm.of_texts, "# T\n\nA\n\n## B\n\nC", "A", "D", ["p#"]),
        (affirm.of_texts, "# T\n\nA\n\n## B\n\nC", "C", "D", ["p#B"]),
        (affirm.of_texts, "# T\n\nA\n\n## B\n\nC C", "C C", "C\nC", []),
        (affirm.of_bibliography, "@book{a1, title = {T}, publisher = {P}}", "{P}", "{Q}", ["a1"]),
        (affirm.of_bibliography, "@book{a1, title = {T}, publisher = {P}}", ", pub", ",\n  pub", []),
        (affirm.of_ledger, "a claim", "a claim", "another claim", ["buc-a"]),
    ],
)
def test_texts_references_and_the_ledger_have_to_be_affirmed(of, text, old, new, expected):
    def found(words):
        ledger = [{"id": "buc-a", "claim": words}]
        return of({affirm.of_texts: {"p": words}, affirm.of_ledger: ledger}.get(of, words))

    before, now = found(text), found(text.replace(old, new))
    assert [name for name in before if before[name] != now[name]] == expected


def test_a_claim_that_moves_has_to_be_affirmed():
    nb = page()
    nb.cells[2].metadata["claims"], nb.cells[3].metadata["claims"] = ["buc-b"], ["buc-a"]
    assert difference(nb) == ["claims: buc-a", "claims: buc-b"]


@pytest.mark.parametrize(
    ("old", "new"), [("> 0", ">= 0"), ('"too low.": 0, "too high.": 2', '"too low.": 2, "too high.": 0')]
)
def test_another_judge_and_exchanged_hints_have_to_be_affirmed(old, new):
    assert difference(page(), {"xor": CHECKERS["xor"].replace(old, new)}) == ["exercises: ex-1"]


def test_the_checker_of_another_exercise_does_not_count():
    assert difference(page(), {"xor": CHECKERS["xor"].replace("reference=2", "reference=3")}) == []


def test_an_exercise_without_checker_is_an_error():
    with pytest.raises(KeyError, match="no exercise xor/none"):
        affirm.checker("xor/none", CHECKERS)

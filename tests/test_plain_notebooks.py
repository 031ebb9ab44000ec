"""The class edition: each form of MyST has its plain one, none is left over, and no work of a student is lost."""

import ast
import json
import re
import subprocess
import sys
import zipfile
from functools import cache

import jsonschema
import nbformat
import pytest

import anatomy
import commonmark
import copies
import grade
import labels as book
import normalise
import wheel
from mlp_core import exercises
from tree import BuildError, Tree

TREE = Tree.here()

SOURCES = """
@book{minsky1969perceptrons,
  author = {Minsky, Marvin and Papert, Seymour}, title = {Perceptrons}, publisher = {MIT Press}, year = {1969},
}
@article{rosenblatt1958perceptron,
  author = {Rosenblatt, Frank}, title = {The perceptron}, journal = {Psychological Review}, year = {1958},
  doi = {10.1037/h0042519},
}
@misc{brown2020language,
  author = {Brown, Tom B. and others}, title = {Learners}, year = {2020}, eprint = {2005.14165},
}
@misc{three, author = {Ash, A. and Oak, B. and Elm, C.}, title = {Trees}, url = {https://example.org/trees}}
"""
PACKAGE = '''"""A module."""


class Dense:
    """A layer."""

    @property
    def size(self):
        return 1

    def forward(self, A):
        if A == 1:
            raise ValueError("Dense: expected an array")
        if A is None:
            A = 0
        # the sum
        return A @ self.W


def after():
    pass
'''
ONE = """\
(one)=
# Add one and one

## By hand

{glue:text}`sum` is the sum.

$$
1 + 1 = 2
$$ (eq-sum)

## In *code*

```{exercise} A sum
:label: ex-sum

Add `a` and `b`.
```
"""
FIGURE = {"figure": {"name": "fig-sum", "caption": "The sum is {glue:text}`sum`, as in {eq}`eq-sum`."}}


def code(name, source, *tags, **metadata):
    return copies.code_cell(name, source, metadata | ({"tags": list(tags)} if tags else {}))


def prose(name, source, *tags):
    return copies.markdown_cell(name, source, {"tags": list(tags)} if tags else {})


def record(name, words):
    """The output of `show.say`."""
    metadata = {"scrapbook": {"name": name, "mime_prefix": "application/papermill.record/"}}
    return nbformat.v4.new_output("display_data", {book.RECORD: repr(words)}, metadata=metadata)


def chapter():
    """A notebook with a cell of each kind, as it is after a run."""
    cells = [
        prose("text", ONE),
        code("settings", "import numpy as np", "setup"),
        code("story", "total = 1 + 1\nprint(total)"),
        code("checked", "# one and one is two\nassert total == 2", "check", claims=["sum"], checks=["eq-sum"]),
        code("drawn", "show.figure(draw, alt='A line.')", "draw", mystnb=FIGURE),
        code("answer", "def add(a, b):\n    return ..."),
        code("check", 'exercises.check("part/add", add)'),
        prose("start", "```{solution-start} ex-sum\n```\n\nAdd them.", "solution"),
        code("solved", "def add_solution(a, b):\n    return a + b", "solution"),
        code("solved-check", 'exercises.check("part/add", add_solution)', "solution"),
        prose("end", "```{solution-end}\n```", "solution"),
        prose("deeper", "### Deeper: Carry\n\nCarry the one."),
    ]
    cells[2].outputs = [nbformat.v4.new_output("stream", name="stdout", text="2\n")]
    cells[3].outputs = [record("sum", "2")]
    return copies.notebook_of(cells)


@pytest.fixture
def tree(tmp_path):
    """A book of two chapters, an appendix, and a module with a page of its own."""
    files = {
        "_toc.yml": "root: index\nparts:\n- numbered: true\n  chapters: [{file: part/one}, {file: part/two}]\n"
        "- chapters: [{file: notes}, {file: bibliography}, {file: api, sections: [{file: api/layers}]}]\n",
        "_config.yml": "title: Sums\nrepository: {url: '', branch: main}\n",
        "pyproject.toml": (TREE.root / "pyproject.toml").read_text("utf-8"),
        "mlp_core/layers.py": PACKAGE,
        "book/index.md": "# Sums\n\nWelcome.\n",
        "book/part/one.ipynb": normalise.write(chapter()),
        "book/part/two.ipynb": normalise.write(copies.notebook_of([prose("two", "(two)=\n# Count\n\n## To ten")])),
        "book/notes.md": "# Notes\n\n(a-note)=\n## On $x$\n\n$$\nx\n$$ (eq-note)\n",
        "book/bibliography.md": "# Sources\n\n```{bibliography}\n```\n",
        "book/api.md": "# Package\n",
        "book/references.bib": SOURCES,
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return Tree(tmp_path)


def plain(tree, text, page="part/one", **options):
    """A text of a page, made plain."""
    said = {"rate": "79%", "odd": "a|b_c", **options.pop("said", {})}
    return commonmark.Plain(tree, book.of_book(tree), page, said, **options).text(text)


LISTING = "```{literalinclude} ../../mlp_core/layers.py\n:pyobject: Dense.forward\n:language: python\n```"
FORMS = {
    "a number": ("In {glue:text}`rate` of runs.", "In 79% of runs."),
    "a number in a table": ("| {glue:text}`odd` |", r"| a\|b\_c |"),
    "a source without a link": (
        "See {cite}`minsky1969perceptrons`.",
        "[Minsky and Papert, 1969](../bibliography.ipynb)",
    ),
    "a source with a doi": ("{cite}`rosenblatt1958perceptron`", "[Rosenblatt, 1958](https://doi.org/10.1037/h0042519)"),
    "a source with others": ("{cite}`brown2020language`", "[Brown et al., 2020](https://arxiv.org/abs/2005.14165)"),
    "a source without a year": ("{cite}`three`", "[Ash et al., n.d.](https://example.org/trees)"),
    "several sources": (
        "{cite}`three, brown2020language`",
        "[[Ash et al., n.d.](https://example.org/trees), [Brown et al., 2020](https://arxiv.org/abs/2005.14165)]",
    ),
    "a source in the sentence": ("{cite:t}`three` say", "Ash et al. [[n.d.](https://example.org/trees)] say"),
    "a reference to a section": ("{ref}`two`", "[Count](two.ipynb)"),
    "a reference with words": ("{ref}`the\nnext <two>`", "[the next](two.ipynb)"),
    "a reference to a section with a formula": ("{ref}`a-note`", "[On $x$](../notes.ipynb)"),
    "an equation": ("{eq}`eq-sum`", "[(1.1)](#By-hand)"),
    "an equation of an appendix": ("{eq}`eq-note`", "[(1)](../notes.ipynb)"),
    "a figure": ("{numref}`fig-sum`", "[Figure 1.1](#In-code)"),
    "a figure in other words": ("{numref}`Fig. %s <fig-sum>`", "[Fig. 1.1](#In-code)"),
    "an exercise": ("{ref}`ex-sum`", "[Exercise 1.1](#In-code)"),
    "a page": ("{doc}`two`", "[Count](two.ipynb)"),
    "a page in other words": ("{doc}`numbers <two>`", "[numbers](two.ipynb)"),
    "a formula as a role": ("{math}`x^2`", "$x^2$"),
    "a numbered equation": ("$$\n1 + 1 = 2\n$$ (eq-sum)", "$$\n1 + 1 = 2 \\tag{1.1}\n$$"),
    "an equation on one line": ("$$x$$ (eq-note)", "$$\nx \\tag{1}\n$$"),
    "an equation as a directive": ("```{math}\n:label: eq-sum\nx\n```", "$$\nx \\tag{1.1}\n$$"),
    "a link to a page": ("[next](two.ipynb)", "[next](two.ipynb)"),
    "a link without words": ("[](two.ipynb)", "[Count](two.ipynb)"),
    "a link to a label": ("[next](#two)", "[next](two.ipynb)"),
    "a link to a claim": ("[the cell](#claim-sum)", "[the cell](#In-code)"),
    "a link to a page in Markdown": ("[notes](../notes.md)", "[notes](../notes.ipynb)"),
    "a link to a module": ("the [layers](../api/layers.md) of it", "the layers of it"),
    "a link to the world": ("[x](https://example.org)", "[x](https://example.org)"),
    "an exercise with a title": (ONE[-74:], "Exercise 1.1: A sum\n\nAdd `a` and `b`."),
    "an admonition": (
        "```{note}\nMind {eq}`eq-sum`.\n\nTwice.\n```",
        "> **Note**\n>\n> Mind [(1.1)](#By-hand).\n>\n> Twice.",
    ),
    "an admonition with a title": (
        ":::{admonition} What *now*\n:class: aims\n- Go\n:::",
        "> **What *now***\n>\n> - Go",
    ),
    "a fold": ("```{dropdown} More\nWords.\n```", "<details>\n<summary>More</summary>\n\nWords.\n\n</details>"),
    "a guess among choices": (
        "```{guess} How many?\n:label: g\n:choices: two | three\n:answer: three\n\nThree it is.\n```",
        "**Guess first.** How many?\n\n- two\n- three\n\n<details>\n<summary>The answer</summary>\n\n"
        "**three.**\n\nThree it is.\n\n</details>",
    ),
    "a guess of a number": (
        "```{guess} How many?\n:answer: 60\n:unit: %\n:min: 0\n:veil:\n```",
        "**Guess first.** How many?\n\n<details>\n<summary>The answer</summary>\n\n**60 %.**\n\n</details>",
    ),
    "a listing": (
        LISTING,
        "```python\ndef forward(self, A):\n    if A is None:\n        A = 0\n    # the sum\n    return",
    ),
    "a whole listing": (
        LISTING.replace("Dense.forward", "Dense"),
        "```python\nclass Dense:\n    @property\n    def size(self):\n        return 1\n\n    def forward(self, A):\n"
        "        if A is None:\n            A = 0\n        # the sum\n        return A @ self.W\n```",
    ),
    "a listing with its decorator": (LISTING.replace("forward", "size"), "```python\n@property\ndef size(self):"),
    "a part of a listing": (
        "```{literalinclude} ../../mlp_core/layers.py\n:start-at: def after\n:end-before: nothing\n```".replace(
            "\n:end-before: nothing", ""
        ),
        "```python\ndef after():\n    pass\n```",
    ),
    "a listing that ends early": (
        "```{literalinclude} ../../mlp_core/layers.py\n:start-at: def forward\n:end-before: return\n```",
        "```python\ndef forward(self, A):\n    if A is None:\n        A = 0\n    # the sum\n```",
    ),
    "a definition list": (
        "typo\n: A misprint.\n\nup\n: $x$\n: `x`\n",
        "- **typo**: A misprint.\n\n- **up**: $x$ · `x`",
    ),
    "a target": ("(here)=\n## Here", "## Here"),
    "a directive in a list": ("- a\n\n  ```{note}\n  Mind.\n  ```", "- a\n\n  > **Note**\n  >\n  > Mind."),
    "a code block": ("```{code-block} sh\nmake\n```", "```sh\nmake\n```"),
    "what Jupyter need not know": ("```{index} sums\n```\nText.", "Text."),
    "what only a page can show": ("```{raw} html\n<p>A lamp.</p>\n```\nText.", "Text."),
}


@pytest.mark.parametrize("form", FORMS)
def test_this_has_a_plain_form(tree, form):
    source, expected = FORMS[form]
    text = plain(tree, source)
    assert expected in text
    assert leftovers(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "`{ref}` names a role",
        "``{cite}`x` ``",
        "$a_{b}$ and $c$",
        "a\\$b",
        "```\n{ref}`one`\n```",
        "~~~\n(x)=\n~~~",
        "| a |",
    ],
)
def test_code_and_formulas_stay_as_they_are(tree, text):
    assert plain(tree, text) == text


REFUSED = {
    "{odd}`x`": "book/part/one: the plain notebooks have no form for the role {odd}.",
    "```{odd}\n```": "book/part/one: the plain notebooks have no form for the directive {odd}.",
    "```{literalinclude} ../../mlp_core/layers.py\n:lines: 1\n```": (
        "book/part/one: the plain notebooks have no form for the option lines of literalinclude."
    ),
    "```{bibliography}\n:filter: cited\n```": (
        "book/part/one: the plain notebooks have no form for the filter cited of a bibliography."
    ),
    "{glue:text}`none`": "book/part/one: no cell says none.",
    "{cite}`nobody`": "book/part/one: references.bib has no entry nobody.",
    "{ref}`nothing`": "book/part/one: nothing in the book has the label nothing.",
    "[x](nowhere.ipynb)": "book/part/one: the link to nowhere.ipynb leads to no page of the book.",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_has_no_plain_form_is_refused_in_a_sentence(tree, text):
    with pytest.raises(BuildError) as error:
        plain(tree, text)
    assert str(error.value) == REFUSED[text]


def test_a_source_that_lacks_something_is_named(tree):
    (tree.book / "references.bib").write_text("@book{lost, author = {Ash, A.}, title = {Trees}, year = {1999}}")
    with pytest.raises(BuildError) as error:
        plain(tree, "```{bibliography}\n```")
    assert str(error.value) == "references.bib: missing publisher in lost."


def test_a_label_stands_for_one_thing(tree):
    (tree.book / "notes.md").write_text("(one)=\n# Notes\n")
    with pytest.raises(BuildError) as error:
        book.of_book(tree)
    assert str(error.value) == "The label one stands for two things in the book."


def test_a_page_has_a_title(tree):
    (tree.book / "notes.md").write_text("Notes\n")
    with pytest.raises(BuildError) as error:
        book.of_book(tree)
    assert str(error.value) == "The page notes has no title."


def test_links_of_a_notebook_that_travels_alone_lead_to_the_published_pages_or_are_words(tree):
    text = "{doc}`two`, {eq}`eq-sum`, {cite}`minsky1969perceptrons` and [layers](../api/layers.md)"
    assert plain(tree, text, alone=True) == "Count, [(1.1)](#By-hand), [Minsky and Papert, 1969] and layers"
    settings = tree.config.read_text().replace("url: ''", "url: 'https://github.com/someone/sums'")
    tree.config.write_text(settings)
    pages = "https://someone.github.io/sums/"
    expected = (
        f"[Count]({pages}part/two.html), [(1.1)](#By-hand), [[Minsky and Papert, 1969]({pages}bibliography.html)] and "
    )
    assert plain(tree, text, alone=True) == f"{expected}[layers]({pages}api/layers.html)"
    tree.config.write_text(f"{settings}html: {{baseurl: 'https://sums.example'}}\n")
    assert plain(tree, "{doc}`two`", alone=True) == "[Count](https://sums.example/part/two.html)"


# What may be left of MyST in a cell: one pattern for each kind.
SYNTAX = {
    "a role": (r"\{[\w:+.-]+\}`", "{ref}`one`"),
    "a directive": (r"^ *(?:>\s*)*(?:`{3,}|~{3,}|:{3,})\{", "```{note}\n```"),
    "a colon fence": (r"^ *:{3,}", ":::\n"),
    "an option": (r"^:[\w-]+:", ":label: x"),
    "a target": (r"^\([\w:.-]+\)= *$", "(one)="),
    "the label of an equation": (r"\$\$ *\([\w:.-]+\)", "$$ (eq-x)"),
    "a definition": (r"^: ", "word\n: its meaning"),
    "a link without words": (r"\[\]\(", "[](two.ipynb)"),
    "a substitution": (r"\{\{", "{{ name }}"),
    "a link to a label": (r"\]\(#?(?:eq|fig|ex|claim|check|sec)-[\w-]+\)", "[x](#eq-sum)"),
    "a page in Markdown": (r"\]\([^):]*\.md\b", "[x](notes.md)"),
}


def words_of(text):
    """A text with an x in the place of code and of formulas."""
    text = re.sub(r"^( *)(`{3,}|~{3,})(?!\{).*?^\1\2[`~]*$", "x", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(?<![}`])(`{1,2})(?!`)[^`]+?\1(?!`)|(?<!\$)\$(?!\$)[^$]+\$", "x", text)


def leftovers(text):
    """What a text holds that only MyST knows."""
    return [kind for kind, (pattern, _) in SYNTAX.items() if re.search(pattern, words_of(text), re.MULTILINE)]


@pytest.mark.parametrize("kind", SYNTAX)
def test_a_leftover_is_found(kind):
    assert kind in leftovers(f"Words.\n\n{SYNTAX[kind][1]}\n")
    assert leftovers("Words with `{ref}` code, $\\{{x}\\}$ and [a link](two.ipynb#One).") == []


@cache
def whole_book(solutions=True):
    """The plain notebooks of the book, by their names."""
    return copies.notebooks(TREE, executed=False, solutions=solutions)


def test_every_page_of_the_book_becomes_a_valid_notebook():
    written = set(whole_book())
    pages = {name.as_posix() for name in TREE.notebooks()} | {f"{page}.ipynb" for page in ("index", "core", "start")}
    assert pages | {"bibliography.ipynb"} <= written
    for name, nb in whole_book().items():
        nbformat.validate(nb)
        names = [cell.id for cell in nb.cells]
        assert len(set(names)) == len(names), name


def test_no_role_and_no_directive_is_left_in_any_notebook():
    found = {
        f"{name}, cell {cell.id}": leftovers(cell.source)
        for nb_of in (whole_book(), whole_book(solutions=False))
        for name, nb in nb_of.items()
        for cell in nb.cells
        if cell.cell_type == "markdown"
    }
    assert {where: kinds for where, kinds in found.items() if kinds} == {}


def test_every_link_of_every_notebook_leads_to_a_notebook_and_to_a_heading_in_it():
    headings = {name: {anchor for cell in nb.cells for anchor in anchors(cell)} for name, nb in whole_book().items()}
    for name, nb in whole_book().items():
        for cell in nb.cells:
            for target in (
                re.findall(r"\]\(([^()\s]+)\)", words_of(cell.source)) if cell.cell_type == "markdown" else ()
            ):
                path, _, heading = target.partition("#")
                if re.match("https?:", path):
                    continue
                there = f"{book.page_at(name, path)}.ipynb" if path else name
                assert there in headings, f"{name}: {target}"
                assert not heading or f"#{heading}" in headings[there], f"{name}: {target}"


def anchors(cell):
    """The anchors that Jupyter gives to the headings of a cell."""
    return map(book.anchor, re.findall(r"^#+ (.+)$", cell.source, re.MULTILINE)) if cell.cell_type == "markdown" else ()


def test_each_number_stands_in_its_sentence():
    """The values that the cells of a page hand over, put into its source by other means."""
    count = 0
    for name in TREE.notebooks():
        page, nb = name.with_suffix("").as_posix(), book.read_page(TREE, name.with_suffix("").as_posix())
        said = {
            output.metadata["scrapbook"]["name"]: ast.literal_eval(next(iter(output.data.values())))
            for cell in nb.cells
            for output in cell.get("outputs", [])
            if "scrapbook" in output.get("metadata", {})
        }
        copied = " ".join(cell.source for cell in whole_book()[name.as_posix()].cells if cell.cell_type == "markdown")
        for cell in nb.cells:
            for before, key, after in re.findall(r"(\w*[ (]*)\{glue:text\}`([\w-]+)`([^{`$|\n]{0,12})", cell.source):
                words = f"{before}{copies.commonmark.SPECIAL.sub(chr(92) * 2 + chr(92) + '1', said[key])}{after}"
                assert words in copied, f"{page}: {words}"
                count += 1
    assert count > 100


def test_the_chapter_has_the_number_of_the_contents_and_its_figures_count_from_one(tree):
    nb = copies.notebooks(tree, executed=False, solutions=True)["part/one.ipynb"]
    texts = {cell.id: cell.source for cell in nb.cells}
    assert texts["text"].startswith("# 1. Add one and one\n\n## By hand\n\n2 is the sum.")
    assert texts["drawn-caption"] == "**Figure 1.1.** The sum is 2, as in [(1.1)](#By-hand)."
    assert texts["way-on"] == "[All chapters](../start.ipynb) | [2. Count](two.ipynb) →"


def test_what_is_no_story_is_closed_and_says_what_it_is(tree):
    nb = copies.notebook(tree, book.of_book(tree), "part/one", chapter())
    cells = {cell.id: cell for cell in nb.cells}
    closed = [name for name, cell in cells.items() if cell.metadata.get("jupyter", {}).get("source_hidden")]
    assert closed == ["install", "settings", "checked", "drawn", "solved"]
    assert cells["checked"].source.startswith("# one and one is two\n")
    assert cells["drawn"].source.startswith("# Draws figure 1.1\nshow.figure(")
    assert cells["deeper"].metadata["jp-MarkdownHeadingCollapsed"] is True
    assert cells["deeper"].source == "### Deeper: Carry"
    assert cells["deeper-2"].source == "Carry the one."


def test_a_solution_is_folded_and_its_code_is_one_closed_cell(tree):
    cells = {cell.id: cell for cell in copies.notebook(tree, book.of_book(tree), "part/one", chapter()).cells}
    assert cells["start"].source == "<details>\n<summary>Solution</summary>\n\nAdd them.\n\n</details>"
    assert cells["solved"].source == (
        "# Solution of exercise 1.1\ndef add_solution(a, b):\n    return a + b\n\n\n"
        'exercises.check("part/add", add_solution)'
    )
    assert cells["solved"].metadata["jupyter"] == {"source_hidden": True, "outputs_hidden": True}
    assert "solved-check" not in cells and "end" not in cells


def test_outputs_stay_but_not_the_records_of_numbers(tree):
    cells = {cell.id: cell for cell in copies.notebook(tree, book.of_book(tree), "part/one", chapter()).cells}
    assert cells["story"].outputs[0].text == "2\n"
    assert cells["checked"].outputs == []


def test_the_student_copy_holds_no_solution_and_no_output(tree):
    nb = copies.notebooks(tree, executed=False, solutions=False)["part/one.ipynb"]
    names = [cell.id for cell in nb.cells]
    assert (
        names == "install text settings story checked drawn drawn-caption answer check deeper deeper-2 way-on".split()
    )
    assert not any(cell.get("outputs") for cell in nb.cells)


def test_what_follows_a_solution_in_its_cell_is_not_lost(tree):
    text = "```{solution-start} ex-sum\n```\nAdd.\n\n```{solution-end}\n```\n\n## Further reading"
    parts = commonmark.Plain(tree, book.of_book(tree), "part/one").parts(text)
    assert [(part.kind, part.text.split("\n")[-1]) for part in parts] == [
        ("solution", "</details>"),
        ("", "## Further reading"),
    ]


def test_the_start_page_lists_the_chapters_with_their_minutes():
    text = whole_book()["start.ipynb"].cells[0].source
    rows = re.findall(r"^\| \[(\d+)\. .+?\]\((.+?)\.ipynb\) \| (\d+) \| (\d+) \|$", text, re.MULTILINE)
    chapters = [name for name in TREE.toc_pages() if (TREE.book / f"{name}.ipynb").is_file()]
    chapters = [name for name in chapters if not anatomy.is_appendix((TREE.book / name).relative_to(TREE.book))]
    assert [page for _, page, _, _ in rows] == chapters
    assert [int(number) for number, _, _, _ in rows] == [*range(1, len(chapters) + 1)]
    for _, page, minutes, count in rows:
        prose = anatomy.markdown(book.read_page(TREE, page))
        assert f"**In class** {minutes} minutes" in prose
        assert prose.count("{exercise}") == int(count)


def test_the_bibliography_lists_every_source(tree):
    nb = copies.notebooks(tree, executed=False, solutions=True)["bibliography.ipynb"]
    listed = [line for line in nb.cells[0].source.split("\n") if line.startswith("- ")]
    assert len(listed) == 4
    assert "- Marvin Minsky and Seymour Papert. *Perceptrons*. MIT Press, 1969." in listed
    chosen = plain(tree, '```{bibliography}\n:filter: not key % "^(three|minsky1969perceptrons)$"\n```')
    assert [line[:9] for line in chosen.split("\n")] == ["- Tom B. ", "- Frank R"]


# ---- Nothing over a student's work ----


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "class"


def edition(source, name="part/one.ipynb"):
    return {name: copies.notebook_of([code("first", source)])}


def put(folder, new):
    return list(copies.write(folder, new))


def change(folder, name, source=None, output=None):
    """Do what JupyterLab does: run a cell, or write into it, and save."""
    nb = nbformat.read(folder / name, as_version=4)
    nb.cells[0].source = source or nb.cells[0].source
    nb.cells[0].outputs = [nbformat.v4.new_output("stream", text=output)] if output else []
    nb.metadata.language_info.version = "3.12"
    (folder / name).write_text(nbformat.writes(nb) + "\n")


def sources(folder):
    found = sorted(folder.rglob("*.ipynb"))
    return {path.relative_to(folder).as_posix(): nbformat.read(path, 4).cells[0].source for path in found}


def test_a_second_writing_changes_nothing(folder):
    assert put(folder, edition("1")) == ["class/: 1 of 1 notebooks written."]
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert put(folder, edition("1")) == ["class/: 0 of 1 notebooks written."]
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_what_a_student_has_changed_stays_and_the_new_one_is_put_beside_it(folder):
    put(folder, edition("1"))
    change(folder, "part/one.ipynb", "my answer")
    assert put(folder, edition("1")) == ["class/: 0 of 1 notebooks written."]
    assert put(folder, edition("2")) == [
        "class/part/one.ipynb has changes of yours and stays; the new one is class/part/one-new.ipynb.",
        "class/: 1 of 1 notebooks written.",
    ]
    assert sources(folder) == {"part/one.ipynb": "my answer", "part/one-new.ipynb": "2"}
    assert put(folder, edition("2")) == ["class/: 0 of 1 notebooks written."]
    change(folder, "part/one-new.ipynb", "my second answer")
    put(folder, edition("3"))
    expected = {"part/one.ipynb": "my answer", "part/one-new.ipynb": "my second answer", "part/one-new-2.ipynb": "3"}
    assert sources(folder) == expected


def test_what_has_only_been_run_is_renewed(folder):
    put(folder, edition("1"))
    change(folder, "part/one.ipynb", output="1\n")
    ran = (folder / "part/one.ipynb").read_bytes()
    assert put(folder, edition("1")) == ["class/: 0 of 1 notebooks written."]
    assert (folder / "part/one.ipynb").read_bytes() == ran
    put(folder, edition("2"))
    assert sources(folder) == {"part/one.ipynb": "2"}


def test_new_outputs_renew_a_notebook_that_nobody_has_touched(folder):
    put(folder, edition("1"))
    new = edition("1")
    new["part/one.ipynb"].cells[0].outputs = [nbformat.v4.new_output("stream", text="1\n")]
    assert put(folder, new) == ["class/: 1 of 1 notebooks written."]


def test_a_notebook_that_was_there_before_is_not_overwritten(folder):
    (folder / "part").mkdir(parents=True)
    (folder / "part/one.ipynb").write_text("no notebook")
    put(folder, edition("1"))
    assert (folder / "part/one.ipynb").read_text() == "no notebook"
    assert (folder / "part/one-new.ipynb").is_file()


def test_a_deleted_notebook_comes_back(folder):
    put(folder, edition("1"))
    (folder / "part/one.ipynb").unlink()
    put(folder, edition("1"))
    assert sources(folder) == {"part/one.ipynb": "1"}


def test_a_chapter_that_is_gone_goes_unless_it_is_changed(folder):
    put(folder, edition("1", "old.ipynb") | edition("2", "older.ipynb"))
    change(folder, "older.ipynb", "my answer")
    put(folder, edition("1"))
    assert sources(folder) == {"older.ipynb": "my answer", "part/one.ipynb": "1"}


# ---- Where the package comes from ----


def run_install(tree, monkeypatch, folder, missing=True, fails=False):
    """Run the first cell in a folder; returns the commands that it gives."""
    commands = []

    def run(command, **options):
        commands.append(command)
        return subprocess.CompletedProcess(command, int(fails))

    monkeypatch.chdir(folder)
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if missing else object())
    exec(copies.install_cell(tree).source, {})
    return commands


def test_the_first_cell_installs_nothing_where_the_package_is(tree, monkeypatch, tmp_path):
    assert run_install(tree, monkeypatch, tmp_path, missing=False) == []


def test_the_first_cell_installs_the_wheel_that_lies_beside_or_above(tree, monkeypatch, tmp_path):
    path = wheel.write(tree, tmp_path)
    (tmp_path / "part").mkdir(exist_ok=True)
    for place in (tmp_path, tmp_path / "part"):
        ((python, *_, wanted),) = run_install(tree, monkeypatch, place)
        assert (python, wanted) == (sys.executable, f"mlp_core[notebooks] @ {path.as_uri()}")


def test_the_first_cell_installs_from_the_repository_of_the_book(tree, monkeypatch, tmp_path):
    tree.config.write_text("repository: {url: 'https://github.com/someone/sums', branch: main}\n")
    ((*_, wanted),) = run_install(tree, monkeypatch, tmp_path)
    assert wanted == "mlp_core[notebooks] @ git+https://github.com/someone/sums@main"


@pytest.mark.parametrize("published", [True, False])
def test_without_a_network_the_first_cell_says_so_in_a_sentence(tree, monkeypatch, tmp_path, published):
    remedy = f"put {wheel.name(tree)} beside this notebook, connect to the internet"
    if published:
        tree.config.write_text("repository: {url: 'https://github.com/someone/sums', branch: main}\n")
        remedy = "connect to the internet"
    with pytest.raises(ModuleNotFoundError) as error:
        run_install(tree, monkeypatch, tmp_path, fails=True)
    assert str(error.value) == f"mlp_core is missing and could not be installed: {remedy}, then run this cell again."


def test_the_wheel_holds_the_package_and_pip_installs_it(tmp_path):
    path = wheel.write(TREE, tmp_path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.read("mlp_core/layers.py") == (TREE.package / "layers.py").read_bytes()
    quiet = ["--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", "--target", str(tmp_path / "there")]
    subprocess.run([sys.executable, "-m", "pip", "install", *quiet, str(path)], check=True)
    program = "import mlp_core; from importlib.metadata import version; print(mlp_core.__file__, version('mlp_core'))"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path / "there", capture_output=True, text=True)
    assert done.stdout.startswith(str(tmp_path / "there")), done.stderr
    assert wheel.write(TREE, tmp_path).read_bytes() == path.read_bytes()


# ---- A course for nbgrader ----

CELL = {
    "type": "object",
    "properties": {
        "schema_version": {"type": "integer", "minimum": 3, "maximum": 3},
        "grade": {"type": "boolean"},
        "locked": {"type": "boolean"},
        "solution": {"type": "boolean"},
        "task": {"type": "boolean"},
        "grade_id": {"type": "string", "pattern": r"^[a-zA-Z0-9_\-]+$"},
        "points": {"type": "number", "minimum": 0},
    },
    "required": ["schema_version", "grade", "locked", "solution", "grade_id"],
    "additionalProperties": False,
}
"""What nbgrader's schema, version 3, asks of a cell in the source of an assignment."""


@cache
def course():
    return grade.assignments(TREE)


def marked(nb):
    """The cells that nbgrader knows, with their marks."""
    return [(cell, cell.metadata.nbgrader) for cell in nb.cells if "nbgrader" in cell.metadata]


def test_every_exercise_is_graded_once():
    asked = [grade.check_of(cell)[0] for nb in course().values() for cell, mark in marked(nb) if mark.grade]
    assert sorted(asked) == sorted(exercises.registered())


@pytest.mark.parametrize("name", [page.rsplit("/", 1)[-1] for page in book.numbered_pages(TREE)])
def test_nbgrader_takes_the_source_of_an_assignment(name):
    nb = course()[f"source/{name}/{name}.ipynb"]
    nbformat.validate(nb)
    marks = marked(nb)
    for cell, mark in marks:
        jsonschema.validate(dict(mark), CELL)
        assert ("points" in mark) == mark.grade
        assert cell.cell_type == "code" or (mark.locked and not mark.grade and not mark.solution)
        assert cell.source.count("### BEGIN SOLUTION") == cell.source.count("### END SOLUTION") == int(mark.solution)
    assert len({mark.grade_id for _, mark in marks}) == len(marks)
    assert not any(
        copies.is_solution(cell) or leftovers(cell.source) for cell in nb.cells if cell.cell_type == "markdown"
    )


def small_course(tree, answer):
    """The cells of an exercise of the course, run with an answer in the place of the solution."""
    nb = grade.assignment(copies.notebook(tree, book.of_book(tree), "part/one", chapter(), alone=True))
    (_, prompt), (filled, _), (graded, _) = marked(nb)
    assert prompt.grade_id == "part-add-prompt"
    source = (
        re.sub(r"### BEGIN SOLUTION.*### END SOLUTION", answer, filled.source, flags=re.DOTALL)
        if answer
        else filled.source
    )
    names = {"exercises": FakeExercises}
    exec(source, names)
    exec(graded.source, names)


class FakeExercises:
    @staticmethod
    def check(name, answer):
        assert name == "part/add"
        right = exercises.Exercise(lambda a, b: a + b, inputs=lambda rng: (rng.normal(), rng.normal()))
        return right.check(answer)


def test_the_solution_gets_the_point_and_no_answer_or_a_wrong_one_does_not(tree):
    small_course(tree, "")
    small_course(tree, "def add(a, b):\n    return b + a")
    with pytest.raises(AssertionError, match="Not answered yet."):
        small_course(tree, "# Replace each ... above.")
    with pytest.raises(AssertionError, match="Not yet: "):
        small_course(tree, "def add(a, b):\n    return a - b")


@pytest.mark.parametrize("name", ["xor/one-gate", "xor/xnor", "dropout/forward", "dropout/subnetworks"])
def test_a_solution_of_the_book_gets_its_point(name):
    """Of exercises that need nothing of their chapter but its imports."""
    chapter, grade_id = name.split("/")[0], name.replace("/", "-")
    nb = course()[f"source/{chapter}/{chapter}.ipynb"]
    cells, names = {mark.grade_id: cell.source for cell, mark in marked(nb)}, imports(nb)
    exec(cells[f"{grade_id}-answer"], names)
    exec(cells[grade_id], names)


def imports(nb):
    """What a notebook imports."""
    trees = [ast.parse(cell.source) for cell in nb.cells if cell.cell_type == "code" and cell.id != "install"]
    wanted = [node for tree in trees for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {}
    exec(compile(ast.Module(wanted, []), "imports", "exec"), names)
    return names


def test_an_exercise_without_a_solution_is_refused_in_a_sentence(tree):
    nb = copies.notebook(tree, book.of_book(tree), "part/one", chapter(), solutions=False)
    with pytest.raises(BuildError) as error:
        grade.assignment(nb)
    assert str(error.value) == "The exercise part/add has no solution that is checked."


def test_the_stub_may_stand_in_the_cell_of_its_check(tree):
    nb = chapter()
    nb.cells[5].source += "\n\n\n" + nb.cells.pop(6).source
    nb = grade.assignment(copies.notebook(tree, book.of_book(tree), "part/one", nb))
    (_, _), (filled, _), (graded, _) = marked(nb)
    assert filled.source.startswith("def add(a, b):\n    return ...\n\n### BEGIN SOLUTION\n")
    assert graded.source.startswith('verdict = exercises.check("part/add", add)\n')


# ---- The door ----


def test_make_class_opens_the_copy_and_make_clean_leaves_what_people_wrote():
    makefile = (TREE.root / "Makefile").read_text("utf-8")
    recipe = re.search(r"^class:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)[1]
    assert "$(TOOLS)/copies.py class\n" in recipe
    assert "--ServerApp.root_dir=class\n" in recipe and "root_dir=book" not in recipe
    clean = re.search(r"^clean:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)[1]
    assert not {"class", "student", "grade"} & set(clean.split())


@pytest.mark.parametrize("name", ["class", "student", "grade"])
def test_git_does_not_see_the_copies(name):
    asked = ["git", "-C", str(TREE.root), "check-ignore", "--quiet", f"{name}/neurons/xor.ipynb"]
    assert subprocess.run(asked).returncode == 0


def test_jupyterlab_asks_nothing_about_news():
    path = TREE.book / "_tools/jupyter/labconfig/default_setting_overrides.json"
    settings = json.loads(path.read_text("utf-8"))["@jupyterlab/apputils-extension:notification"]
    assert settings == {"checkForUpdates": False, "fetchNews": "false"}

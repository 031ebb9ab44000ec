"""What the settings and extensions make of a small book, from the notebook to the page."""

import json
import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup

from edition import version
from tree import Tree

TREE = Tree.here()
FIGURE = '<div class="mlp-figure"><div role="img" aria-label="A line."><svg aria-hidden="true"></svg></div></div>'


def code(source, *outputs, **metadata):
    cell = nbformat.v4.new_code_cell(source, metadata=metadata, execution_count=1)
    cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": html}) for html in outputs]
    return cell


PROSE = """# Double a number

Doubling is $y = x + x$, that is

$$ y = 2x $$ (eq-double)

as {eq}`eq-double` and [the cell](#claim-twice) say. It follows

$$ y \\ge x \\quad (x \\ge 0). $$ (eq-order)
"""
EXERCISE = """```{exercise}
:label: ex-a
Halve it.
```

```{solution} ex-a
:class: dropdown
Divide by 2.
```"""


def chapter():
    return [
        nbformat.v4.new_markdown_cell(PROSE),
        code("np.testing.assert_allclose(y, 2 * x, rtol=1e-12)", checks=["eq-double"], claims=["twice"]),
        code("show.figure(draw)", FIGURE, mystnb={"figure": {"name": "fig-a", "caption": "A"}}, tags=["hide-input"]),
        nbformat.v4.new_markdown_cell(EXERCISE, metadata={"claims": ["half"]}),
    ]


GUESSES = """## Guesses

```{guess} How many lines for $x$?
:label: guess-lines
:choices: one | two
:answer: two

Two lines do.
```

```{guess} Which share?
:label: guess-share
:answer: 82
:unit: %
:min: 0
:within: 5
:veil:

Most of them.
```"""
DEEPER = """### Deeper: A proof

Sizes 2-2-1 and $x$, then."""


FORMS = """Answer:

```{answer} xor/three-bits
:unit: functions
```

```{answer} xor/nine-zeros
```

```{answer} xor/one-gate
:fields: w₁ | w₂ | b
:judge: gate
```"""


def printed(source, *tags):
    cell = code(source, tags=list(tags))
    cell.outputs = [nbformat.v4.new_output("stream", text="82\n")]
    return cell


def story():
    """A chapter in the form with folds."""
    figure = {"mystnb": {"figure": {"name": "fig-b", "caption": "A line."}}}
    return [
        nbformat.v4.new_markdown_cell(PROSE.replace("[the cell](#claim-twice)", "a cell")),
        code("import numpy as np", tags=["setup"]),
        nbformat.v4.new_markdown_cell("## A section\n\nWords."),
        code("y = data()", tags=["setup"]),
        code("show.figure(draw)", FIGURE, tags=["draw"], **figure),
        code("# twice is twice\nassert_allclose(y, 2 * x, rtol=1e-12, atol=0)", tags=["check"], checks=["eq-double"]),
        code("# 50 numbers agree.\nassert a", tags=["check"], checks=["guess-lines"]),
        code("more = 1", tags=["setup"]),
        code("# another <thing>\nassert more", tags=["check"], checks=["guess-share"]),
        nbformat.v4.new_markdown_cell(GUESSES),
        printed("def f():\n    pass\n\n\nprint(f())"),
        nbformat.v4.new_markdown_cell(DEEPER),
        printed("x = ...", "try"),
        nbformat.v4.new_markdown_cell(FORMS),
        printed('n = ...\nexercises.check("xor/three-bits", n)', "try"),
    ]


def build(folder, cells, **settings):
    """Build a book of a start page and one chapter; returns the folder of its pages and what Sphinx complained of."""
    book = folder / "book"
    book.mkdir()
    for part in ("_static", "_vendor"):
        shutil.copytree(TREE.book / part, book / part)
    (book / "index.md").write_text("# A small book\n\n```{tableofcontents}\n```\n")
    (book / "references.bib").write_text("")
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "P"}, "language_info": {"name": "python"}}
    nbformat.write(notebook, book / "chapter.ipynb")
    config = yaml.safe_load(TREE.config.read_text("utf-8"))
    config["sphinx"]["local_extensions"] = {
        name: str(TREE.root / path) for name, path in config["sphinx"]["local_extensions"].items()
    }
    for key, values in settings.items():
        config[key] |= values
    (folder / "_config.yml").write_text(yaml.safe_dump(config))
    toc = {"format": "jb-book", "root": "index", "parts": [{"numbered": True, "chapters": [{"file": "chapter"}]}]}
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc))
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", str(book)]
    command += ["--config", str(folder / "_config.yml"), "--toc", str(folder / "_toc.yml")]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    done = subprocess.run(
        [*command, "--path-output", str(folder), "-W", "-n", "--keep-going", "-q"],
        env=environment,
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    complaints = [line for line in done.stdout.splitlines() if "WARNING" in line or "ERROR" in line]
    return folder / "_build" / "html", complaints


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    html, complaints = build(tmp_path_factory.mktemp("good"), chapter())
    assert complaints == []
    return html


@pytest.fixture(scope="module")
def page(site):
    return BeautifulSoup((site / "chapter.html").read_text("utf-8"), "html.parser")


@pytest.fixture(scope="module")
def tale(tmp_path_factory):
    html, complaints = build(tmp_path_factory.mktemp("story"), story())
    assert complaints == []
    return BeautifulSoup((html / "chapter.html").read_text("utf-8"), "html.parser")


def test_the_badge_of_an_equation_opens_its_check(tale):
    box = tale.select_one("#equation-eq-double").parent
    assert [child.name for child in box.find_all(recursive=False)] == ["div", "details"]
    assert box.details.summary.get_text() == "checked" and box.details.select_one("#check-eq-double")
    assert box.select_one(".fold-says").get_text() == "twice is twice, rtol=1e-12."
    assert tale.select(".badge-checked") == []


def test_neighbouring_checks_are_one_line_in_their_own_words(tale):
    (fold,) = tale.select("details.fold-check:not(.fold-of-equation)")
    assert fold.summary.get_text() == "checked: 50 numbers agree; another <thing>"
    assert [cell.get_text().strip() for cell in fold.select("div.cell pre")] == [
        "# 50 numbers agree.\nassert a",
        "more = 1",
        "# another <thing>\nassert more",
    ]
    assert fold.select_one("#check-guess-lines") and fold.select_one("#check-guess-share")


def test_the_code_of_a_figure_is_a_link_in_its_caption(tale):
    fold = tale.select_one("figcaption details.fold-draw")
    assert fold.summary.get_text() == "code"
    assert [pre.get_text().strip() for pre in fold.select("pre")] == ["y = data()", "show.figure(draw)"]
    assert tale.select_one("figure .mlp-figure")


def test_setup_that_nothing_near_needs_is_one_fold_below_the_title(tale):
    (fold,) = tale.select("details.fold-setup")
    assert fold.get_text().split() == "code: 1 lines that prepare this page import numpy as np".split()
    assert fold.find_parent("section").find("h1") and fold.find_next("h2").get_text().startswith("1.1")


def test_a_story_shows_its_code_without_double_gaps_and_an_exercise_no_output(tale):
    seen = [cell for cell in tale.select("div.cell") if not cell.find_parent("details", class_=re.compile("fold"))]
    assert "pass\n\nprint" in seen[1].pre.get_text() and seen[1].select_one(".cell_output")
    assert "..." in seen[2].pre.get_text() and seen[2].select_one(".cell_output") is None


def test_a_guess_is_a_form_with_its_answer_in_a_fold(tale):
    choice, number = tale.select("form.mlp-guess")
    assert choice["id"] == "guess-lines" and choice.legend.get_text().startswith("Guess first. How many lines")
    assert choice.legend.select_one("math")
    assert [button["value"] for button in choice.select("button")] == ["one", "two"]
    assert choice["data-answer"] == "two" and "data-veil" not in choice.attrs
    assert (number["data-answer"], number["data-within"], number["data-veil"]) == ("82", "5", "")
    assert number.input["min"] == "0" and number.label.get_text() == "Your guess"
    assert number.details.get_text(" ", strip=True) == "The answer 82 %. Most of them."
    assert all(form.select_one(".guess-row").has_attr("hidden") for form in (choice, number))


def test_an_exercise_that_the_page_judges_is_a_form_and_its_cell_a_link(tale):
    number, choice, gate = tale.select("form.mlp-answer[hidden]")
    assert json.loads(number.script.text)["outcomes"][0] == [104]
    assert number.select_one(".guess-unit").text == "functions"
    assert sorted(button.text for button in choice.select("button")) == ["loss", "rate", "start", "steps"]
    assert [label.get_text(strip=True) for label in gate.select("label")] == ["w₁", "w₂", "b"]
    (fold,) = tale.select("details.fold-try")
    assert fold.summary.text == "in Python" and "three-bits" in fold.pre.text and fold.select(".cell_output") == []


def test_a_deeper_section_is_folded_under_its_heading(tale):
    section = tale.select_one("details.deeper").parent
    assert section.name == "section" and section["id"] == "deeper-a-proof"
    assert section.summary.h3.get_text(" ", strip=True) == "Deeper 1.2.1. A proof #"
    assert "Sizes" in section.details.p.get_text()


def test_what_must_not_break_apart_is_kept_together(tale):
    assert [box.get_text()[-2:] for box in tale.select("details.deeper .together")] == ["-1", "x,"]


def test_a_formula_is_set_and_has_its_number(page):
    equation = page.select_one("#equation-eq-double")
    assert equation.select_one("math") and equation.select_one(".eqno").get_text().startswith("(1.1)")
    assert page.select_one('a[href="#equation-eq-double"] .std-ref, a[href="#equation-eq-double"]').get_text()


def test_a_checked_equation_has_a_badge_that_names_the_tolerance(page):
    badge = page.select_one("#equation-eq-double .badge-checked")
    assert badge["aria-label"] == "checked in code: Equation (1.1), rtol=1e-12"
    assert "assert_allclose" in page.find(id=badge["href"][1:]).find_parent("div", class_="cell").get_text()


def test_an_equation_that_no_cell_checks_has_no_badge(page):
    assert page.select_one("#equation-eq-order .badge-checked") is None


def test_claims_of_code_and_of_prose_are_anchors(page):
    assert page.find(id="claim-twice") and page.find(id="claim-half")
    assert page.select_one('a[href="#claim-twice"]').get_text() == "the cell"


def test_a_solution_and_a_hidden_cell_open_without_a_script(page):
    assert [details.summary is not None for details in page.select("article details")] == [True, True]


def test_the_footer_names_the_edition(page):
    assert f"Version {version()}, 14 November 2023." in page.select_one("footer.bd-footer-content").get_text()


def test_without_a_repository_no_button_asks_for_one(page):
    assert page.select(".article-header-buttons a[href^=http]") == []


def test_the_style_sheet_of_formulas_and_its_fonts_are_shipped(site):
    assert (site / "katex/katex.min.css").is_file() and (site / "katex/LICENSE").is_file()
    assert list((site / "katex/fonts").glob("*.woff2"))


def test_the_icon_font_is_cut_to_what_is_used(site):
    assert (site / "_static/vendor/fontawesome/webfonts/fa-solid-900.woff2").stat().st_size < 8_000


def test_a_web_host_gets_its_two_files(site):
    assert (site / ".nojekyll").is_file() and "objects.inv" in (site / "404.html").read_text()


def test_a_repository_brings_its_buttons(tmp_path):
    html, complaints = build(tmp_path, chapter(), repository={"url": "https://github.com/owner/book"})
    page = BeautifulSoup((html / "chapter.html").read_text("utf-8"), "html.parser")
    links = {a["href"] for a in page.select(".article-header-buttons a[href^=http]")}
    assert complaints == []
    assert {
        "https://github.com/owner/book",
        "https://colab.research.google.com/github/owner/book/blob/main/book/chapter.ipynb",
        "https://mybinder.org/v2/gh/owner/book/main?urlpath=lab/tree/book/chapter.ipynb",
    } <= links
    assert any(link.startswith("https://github.com/owner/book/issues/new?") for link in links)
    assert 'href="https://owner.github.io/book/index.html"' in (html / "404.html").read_text()


def test_each_defect_is_a_warning_with_file_and_line(tmp_path):
    prose = "# Title\n\n$$ \\frac{1 $$ (eq-bad)\n\n![](_static/favicon.svg)\n\n[x](#nowhere)"
    cells = [
        nbformat.v4.new_markdown_cell(prose),
        code("assert True", checks=["eq-missing"]),
        code("show()", '<img src="plot.png">'),
        code("assert 1", tags=["check"]),
        nbformat.v4.new_markdown_cell("```{guess} How?\n:label: guess-a\n:choices: a | b\n:answer: c\n\nSo.\n```"),
        nbformat.v4.new_markdown_cell("```{guess} How?\n:label: guess-b\n:answer: 1,000\n\nSo.\n```"),
        nbformat.v4.new_markdown_cell("```{guess} How?\n:answer: 1\n\nSo.\n```"),
        nbformat.v4.new_markdown_cell("```{answer} xor/none\n```"),
        nbformat.v4.new_markdown_cell("```{answer} xor/step-neuron\n```"),
    ]
    _, complaints = build(tmp_path, cells)
    found = [re.sub(r".*/book/|\x1b\[[0-9;]*m", "", line) for line in complaints]
    expected = {  # myst-nb counts 10,000 lines a cell
        "chapter.ipynb:10004: WARNING: formula: ",
        "chapter.ipynb:10006: WARNING: picture without alt text: _static/favicon.svg",
        "chapter.ipynb:20002: WARNING: checks: no equation 'eq-missing' on this page",
        "chapter.ipynb:30002: WARNING: picture without alt text: <img>",
        "chapter.ipynb:40002: WARNING: a check says in its first line what it checks",
        "chapter.ipynb:50002: ERROR: guess: expected an answer among a, b, got c",
        "chapter.ipynb:60002: ERROR: guess: expected a plain number or :choices:, got :answer: 1,000",
        "chapter.ipynb:70002: ERROR: guess: expected :label: and :answer:",
        "chapter.ipynb:80002: ERROR: answer: expected the name of an exercise, got xor/none",
        "chapter.ipynb:90002: ERROR: answer: expected an exercise that asks for a value, not for a function",
        "chapter.ipynb:10008: WARNING: 'myst' cross-reference target not found: 'nowhere'",
    }
    assert {start for start in expected if any(line.startswith(start) for line in found)} == expected, found

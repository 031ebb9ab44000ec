"""What the settings and extensions make of a small book, from the notebook to the page."""

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
    assert (site / ".nojekyll").is_file() and 'href="index.html"' in (site / "404.html").read_text()


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
    ]
    _, complaints = build(tmp_path, cells)
    found = [re.sub(r".*/book/|\x1b\[[0-9;]*m", "", line) for line in complaints]
    expected = {  # myst-nb counts 10,000 lines a cell
        "chapter.ipynb:10004: WARNING: formula: ",
        "chapter.ipynb:10006: WARNING: picture without alt text: _static/favicon.svg",
        "chapter.ipynb:20002: WARNING: checks: no equation 'eq-missing' on this page",
        "chapter.ipynb:30002: WARNING: picture without alt text: <img>",
        "chapter.ipynb:10008: WARNING: 'myst' cross-reference target not found: 'nowhere'",
    }
    assert {start for start in expected if any(line.startswith(start) for line in found)} == expected, found

"""What the Sphinx extensions of the book do, each alone."""

import hashlib
import re

import pytest
from bs4 import BeautifulSoup

from alt_text import is_description, without_alt
from badges import tolerances
from cells import bare
from edition import edition_date, version
from math_static import FormulaError, render
from pages import fold_dropdowns, lighten, name_controls, not_found, repair
from tree import Tree

BOOK = Tree.here().book
CSS = (BOOK / "_static" / "book.css").read_text("utf-8")


def test_a_formula_becomes_html_and_mathml():
    html = render(r"\hat y = \sigma(z)")
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML">' in html and 'aria-hidden="true"' in html


def test_displayed_and_inline_formulas_differ():
    assert "katex-display" in render(r"\sum_i", display=True) and "katex-display" not in render(r"\sum_i")


@pytest.mark.parametrize(
    ("tex", "boxes"),
    [
        (r"y = a' + b", 3),
        (r"y = a' + b, \qquad z < c", 2),
        (r"\left(a \qquad b\right)", 1),
        (r"\begin{aligned} a &= b \qquad c \end{aligned}", 1),
        (r"\{ a \qquad b \}", 2),
    ],
)
def test_a_display_of_parts_breaks_between_them_alone_and_keeps_its_tex(tex, boxes):
    page = BeautifulSoup(render(tex, display=True), "html.parser")
    assert len(page.select(".katex-html .base")) == boxes
    assert page.annotation.get_text() == tex


def test_macros_are_expanded():
    assert render(r"\RR", macros={r"\RR": r"\mathbb{R}"}) == render(r"\mathbb{R}").replace(r"\mathbb{R}", r"\RR")


@pytest.mark.parametrize(
    ("tex", "message"),
    [
        (r"\nosuchthing", r"Undefined control sequence: \nosuchthing"),
        (r"\frac{1}{2", "Unexpected end of input in a macro argument"),
        ("\u00e4", "LaTeX-incompatible input and strict mode is set to 'error'"),
        (r"a \\ b", r"\\ breaks no line here: use \begin{aligned}"),
    ],
)
def test_bad_tex_is_refused(tex, message):
    with pytest.raises(FormulaError, match=re.escape(message)):
        render(tex, display=True)


def test_a_broken_formula_does_not_spoil_the_next():
    with pytest.raises(FormulaError):
        render(r"a \\ b \\ c", display=True)
    assert "katex" in render("b + c", display=True)


def test_the_style_sheet_and_the_script_are_of_one_version():
    from importlib.resources import files

    script = files("sphinxcontrib").joinpath("katex.min.js").read_text("utf-8")
    sheet = (BOOK / "_vendor/katex/katex.min.css").read_text("utf-8")
    assert 'version:"0.16.22"' in script and 'content:"0.16.22"' in sheet


def test_the_vendored_files_are_what_their_checksums_say():
    folder = BOOK / "_vendor" / "katex"
    listed = dict(reversed(line.split()) for line in (folder / "SHA256SUMS").read_text().splitlines())
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.*")}
    assert set(listed) == {name for name in [*files, "LICENSE"]}
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


LISTING = """    def forward(self, X):
        \"\"\"The outputs for examples X.\"\"\"
        if X.ndim != 2:
            raise ValueError("forward: expected rows")

        if self.bias:
            X = X + self.bias
        elif X is None:
            raise ValueError("nothing")
        return X
"""


def test_a_listing_shows_what_computes():
    assert bare(LISTING) == (
        "def forward(self, X):\n    if self.bias:\n        X = X + self.bias\n"
        '    elif X is None:\n        raise ValueError("nothing")\n    return X'
    )


@pytest.mark.parametrize("source", ["def f(:", 'def f():\n    """Said."""', "def f():\n    if x:\n        raise E"])
def test_a_listing_that_would_be_empty_or_is_no_python_stays(source):
    assert bare(source) == source


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-15)", ["rtol=1e-12", "atol=1e-15"]),
        ("assert math.isclose(a, b, rel_tol=1e-9)", ["rel_tol=1e-9"]),
        ("assert error(a, b) < 1e-7", ["error < 1e-7"]),
        ("assert abs(a - b).max() <= 1e-7", ["error \u2264 1e-7"]),
        ("f(a, rtol=1e-9)\nf(b, rtol=1e-9)", ["rtol=1e-9"]),
        ("assert_allclose(a, b, rtol=0, atol=1e-9)", ["atol=1e-9"]),
        ("assert rate < 0.1", []),
        ("assert count < 3", []),
        ("assert (a == b).all()", []),
        ("%timeit f()", []),
    ],
)
def test_a_badge_names_the_tolerances_of_its_cell(source, found):
    assert tolerances(source) == found


@pytest.mark.parametrize(
    "html",
    [
        '<img src="a/plot.png">',
        '<img src="a/plot.png" alt="">',
        '<img src="a/plot.png" alt="plot.png">',
        '<img src="a/plot.png" alt="plot">',
        "<svg></svg>",
        '<svg role="img"></svg>',
        '<div role="img" aria-label=" "></div>',
    ],
)
def test_a_picture_without_a_description_is_found(html):
    assert len(without_alt(html)) == 1


@pytest.mark.parametrize(
    "html",
    [
        '<img src="plot.png" alt="The loss falls.">',
        '<svg role="img" aria-label="The loss falls."></svg>',
        '<div role="img" aria-label="The loss falls."><svg aria-hidden="true"><image/></svg></div>',
        '<button><svg aria-hidden="true"></svg></button>',
    ],
)
def test_a_described_picture_is_left_alone(html):
    assert without_alt(html) == []


def test_a_file_name_is_no_description():
    assert is_description("A loss curve") and not is_description("_images/loss.png", "_images/loss.png")


def test_the_day_of_the_edition_can_be_set(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert edition_date().isoformat() == "2023-11-14"


def test_the_version_is_that_of_the_package():
    assert re.fullmatch(r"\d+\.\d+\.\d+", version())


PAGE = """<!DOCTYPE html>
<html lang="en" data-theme="auto"><head>
<script data-cfasync="false">old()</script>
<script defer src="_static/scripts/fontawesome.js?digest=1"></script>
<link rel="preload" as="script" href="_static/scripts/bootstrap.js">
<script src="_static/documentation_options.js"></script>
<script src="searchindex.js"></script><script src="_static/doctools.js"></script>
<meta name="viewport" content="a"><meta name="viewport" content="b">
</head><body><article>
<div class="admonition solution dropdown" id="s"><p class="admonition-title">Solution</p><p>It is 2.</p></div>
<section id="exercise-content">one</section><section id="exercise-content">two</section>
<div class="highlight"><pre>x = 1</pre></div><table><tr><th scope="col"></th><th>b</th></tr></table>
</article></body></html>"""


def test_a_page_loads_only_the_scripts_it_needs():
    page = BeautifulSoup(PAGE, "html.parser")
    lighten(page, is_search=False)
    assert [script["src"] for script in page.select("script[src]")] == [
        "_static/documentation_options.js",
        "_static/doctools.js",
    ]
    assert page.select("link[rel=preload]") == []


def test_the_search_page_keeps_its_index():
    assert "searchindex.js" in repair(PAGE, is_search=True)


def test_the_arrow_beside_a_page_with_pages_below_it_has_a_name():
    page = BeautifulSoup(
        '<li class="has-children"><a>Errata</a><details><summary><i></i></summary><ul></ul></details></li>',
        "html.parser",
    )
    name_controls(page)
    assert page.summary["aria-label"] == "Pages below Errata"


def test_a_dropdown_becomes_details():
    page = BeautifulSoup(PAGE, "html.parser")
    fold_dropdowns(page)
    assert page.details["id"] == "s" and page.details.summary.get_text() == "Solution"


def test_a_summary_holds_no_paragraph_and_above_the_first_solution_stands_the_choice_to_print_it():
    page = repair(PAGE.replace("<article>", "<article><h2>Do</h2><details><summary><p>Show</p></summary></details>"))
    page = BeautifulSoup(page, "html.parser")
    assert page.select("summary p") == [] and page.summary.span.get_text() == "Show"
    assert page.h2.find_next_sibling()["class"] == ["print-choice"]


def test_a_range_and_the_sizes_of_a_network_stay_in_one_piece():
    page = BeautifulSoup(repair(PAGE.replace("<article>", "<article><p>536\u2013538, 2-4-3-2, x-2</p>")), "html.parser")
    assert [box.get_text() for box in page.select("p .together")] == ["536\u2013538", "2-4-3-2"]


def test_a_book_that_knows_its_address_needs_no_script_to_find_its_start():
    known, unknown = not_found("T", "https://a.org/b/"), not_found("T", "")
    assert 'href="https://a.org/b/index.html"' in known and "fetch" not in known and "fetch" in unknown


def test_a_page_without_scripts_is_light():
    assert BeautifulSoup(repair(PAGE), "html.parser").html["data-theme"] == "light"


def test_an_empty_corner_of_a_table_is_no_header():
    assert [cell.name for cell in BeautifulSoup(repair(PAGE), "html.parser").select("td, th")] == ["td", "th"]
    assert not BeautifulSoup(repair(PAGE), "html.parser").select("td[scope]")


def test_a_formula_as_the_header_of_a_column_has_a_name():
    formula = f'<th><span class="math">{render("x_1")}</span></th>'
    page = BeautifulSoup(repair(PAGE.replace('<th scope="col"></th>', formula)), "html.parser")
    assert page.select_one("th .math")["aria-label"] == "x1"


def test_what_may_scroll_has_a_name():
    boxes = BeautifulSoup(repair(PAGE), "html.parser").select("[data-scroll-label]")
    assert [box["data-scroll-label"] for box in boxes] == ["Code", "Table"]


def test_a_page_has_one_viewport_and_no_shared_id():
    page = BeautifulSoup(repair(PAGE), "html.parser")
    assert len(page.select("meta[name=viewport]")) == 1 and page.select("#exercise-content") == []


def variables(theme):
    """The colours that the style sheet defines for a theme; what dark does not define is as in light."""
    blocks = re.findall(r"^(html\S*) \{(.*?)\}", CSS, re.MULTILINE | re.DOTALL)
    colours = {}
    for selector, block in blocks:
        if selector == "html" or theme in selector:
            colours.update(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
    return colours


def contrast(one, other):
    """The contrast ratio of two colours as WCAG 2 defines it, from 1 to 21."""

    def luminance(colour):
        channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == 21 and round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("role", ["train", "test", "baseline", "highlight", "ink"])
def test_every_role_stands_out_from_its_page(theme, role):
    colours = variables(theme)
    assert contrast(colours[f"mlp-{role}"], colours["mlp-page"]) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["mlp-badge", "pst-color-link", "pst-color-link-hover"])
def test_every_coloured_text_can_be_read(theme, name):
    colours = variables(theme)
    assert contrast(colours[name], colours["mlp-page"]) >= 4.5


def test_the_page_defines_every_colour_that_figures_ask_for():
    from mlp_core.show.roles import ROLES

    asked = {role: colour.lower() for role, colour in ROLES.items() if role not in ("page", "white")}
    defined = variables("light")
    assert {role: defined[f"mlp-{role}"] for role in asked} == asked
    assert set(defined) == set(variables("dark"))

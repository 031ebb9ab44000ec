"""How much of a chapter is code, how much is picture, and how long it is: once it is in the form with folds."""

import re
import statistics
from pathlib import Path

import pytest
import site_checks as checks
from bs4 import BeautifulSoup

import anatomy
import normalise
from tree import Tree

MEASURE = Path(__file__).with_name("budget.js").read_text("utf-8")
WINDOW = 900  # CSS pixels
MOST_SCREENS = 17  # of half of the chapters; 16 is the goal
FEW_PICTURES = {"neurons/neuron", "neurons/mlp", "learning/losses", "learning/activations", "power/boolean"}
"""Chapters of which less than a fifth is pictures: to be mended; whoever mends one takes it off."""
PROOFS = re.compile(r"\bassert\b|\btesting\.|\bshow\.say\(|\bglue\(")


def is_story(page):
    """Whether the notebook of a page is in the form with folds: the others are let off until they are rewritten."""
    path = (Tree.here().book / page).with_suffix(".ipynb")
    return path.is_file() and anatomy.is_story(normalise.read(path.read_text("utf-8")))


@pytest.fixture(scope="session")
def budget(site, browser, base):
    """Measure a page in a window of 1280 by 900, each once."""
    found = {}

    def budget(page):
        if page not in found:
            tab = browser.new_page(viewport={"width": 1280, "height": WINDOW})
            tab.goto(base + page)
            checks.settle(tab)
            found[page] = tab.evaluate(MEASURE)
            tab.close()
        return found[page]

    return budget


@pytest.fixture
def story(chapter):
    if not is_story(chapter):
        pytest.skip("not yet in the form with folds")
    return chapter


def test_code_in_view_is_little(budget, story):
    spent = budget(story)
    assert spent["lines"] <= anatomy.MOST_SHOWN and spent["code"] <= 0.2 * spent["height"]


def test_no_more_than_two_cells_of_code_follow_one_another(budget, story):
    assert budget(story)["longest"] <= 2


def test_no_proof_is_in_view(budget, story):
    assert PROOFS.findall(budget(story)["text"]) == []


def test_a_fifth_is_pictures(budget, story):
    enough = budget(story)["figures"] >= 0.2 * budget(story)["height"]
    assert enough == (story.removesuffix(".html") not in FEW_PICTURES)


def test_half_of_the_chapters_are_short(budget, site):
    stories = list(filter(is_story, checks.chapters_of(site)))
    assert statistics.median(budget(page)["height"] / WINDOW for page in stories) <= MOST_SCREENS


BOX = '<div class="cell"><div class="cell_input"><div class="highlight"><pre>{}</pre></div></div></div>'


@pytest.fixture
def measured(browser):
    def measured(*parts):
        tab = browser.new_page(viewport={"width": 1280, "height": WINDOW})
        tab.set_content(f'<article class="bd-article">{"".join(parts)}</article>')
        found = tab.evaluate(MEASURE)
        tab.close()
        return found

    return measured


def test_what_is_measured(measured):
    fold = f"<details class='fold-check'><summary>checked</summary>{BOX.format('assert x')}</details>"
    cells = [BOX.format("a\nb"), BOX.format("c")]
    found = measured(*cells, "<p>Words.</p>", cells[0], fold, '<div class="mlp-figure" style="height: 300px"></div>')
    assert (found["lines"], found["longest"], found["figures"]) == (5, 2, 300)
    assert 0 < found["code"] < found["height"] - 300
    assert PROOFS.findall(found["text"]) == []


@pytest.mark.parametrize("proof", ["assert x == 1", "np.testing.assert_allclose(a, b)", "show.say('x', '1')"])
def test_a_proof_in_view_is_found(measured, proof):
    assert PROOFS.findall(measured(BOX.format(proof))["text"])


def test_a_run_of_code_is_found(measured):
    assert measured(*[BOX.format("x = 1")] * 3)["longest"] == 3


def test_a_chapter_in_the_form_is_measured(site):
    assert any(map(is_story, checks.chapters_of(site)))
    assert BeautifulSoup((site / "neurons/xor.html").read_text("utf-8"), "html.parser").select("details[class^=fold]")

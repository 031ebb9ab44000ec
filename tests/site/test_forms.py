"""What a reader types or chooses in a page is judged there: guesses, exercises, folds."""

import numpy as np
import pytest
import site_checks as checks

from mlp_core import exercises
from mlp_core.exercises.checker import ICONS


@pytest.fixture
def forms(tab, chapter):
    """The chapter and its forms of a kind; skips a chapter that has none."""

    def forms(selector):
        page = tab(chapter)
        checks.open_folds(page, "details.deeper")
        found = page.locator(selector).all()
        if not found:
            pytest.skip(f"no {selector}")
        return page, found

    return forms


def said(form):
    return form.locator(".guess-said").inner_text()


def give(page, form, answer):
    """Answer a form by keyboard; returns what it says."""
    if isinstance(answer, str):
        form.locator(f".guess-choice:text-is('{answer}')").focus()
    else:
        boxes = form.locator("input").all()
        for box, number in zip(boxes, np.ravel(answer), strict=True):
            box.fill(f"{number:g}")
        boxes[-1].focus()
    page.keyboard.press("Enter")
    return said(form)


def test_the_page_says_of_an_answer_what_the_checker_says(forms):
    page, found = forms(".mlp-answer")
    for form in found:
        exercise = exercises.registered()[form.get_attribute("data-exercise")]
        for answer in (exercise.reference, *exercise.wrong.values()):
            verdict = exercise.check(answer)
            assert give(page, form, answer) == f"{ICONS[verdict.status]} {verdict!r}"
    assert page.look.console == []


def test_other_answers_are_refused_with_a_reason(forms):
    page, found = forms(".mlp-answer:has(input)")
    for form in found:
        boxes = len(form.locator("input").all())
        form.locator("button").click()
        assert said(form) == "○ Not answered yet."
        assert give(page, form, [-77.5] * boxes).startswith("✗ Not yet: ")
        form.locator("input").first.fill("many")
        page.keyboard.press("Enter")
        assert said(form) == "✗ many is no number: write 0.5 or 1/2."


def test_a_number_may_be_a_fraction_with_a_real_minus(forms):
    page, found = forms(".mlp-answer:has(input)")
    for form in found:
        exercise = exercises.registered()[form.get_attribute("data-exercise")]
        boxes = form.locator("input").all()
        for box, number in zip(boxes, np.ravel(exercise.reference), strict=True):
            box.fill(f"{2 * number:g}/2".replace("-", "\N{MINUS SIGN}"))
        boxes[-1].press("Enter")
        assert said(form).startswith("✓ Correct")


def test_a_guess_is_judged_and_lifts_its_veil(forms):
    page, found = forms(".mlp-guess")
    hidden = "article .cell_output[hidden]"
    assert page.locator(hidden).count() == page.locator(".mlp-guess[data-veil]").count()
    for form in found:
        answer, numbers = form.get_attribute("data-answer"), form.locator("input").count()
        assert not form.locator(".guess-answer").is_visible()
        right = give(page, form, float(answer) if numbers else answer)
        assert right.startswith(f"Right: it is {answer}")
        assert form.locator(".guess-answer").is_visible()
        for choice in form.locator(".guess-choice").all():
            other = choice.inner_text()
            assert (give(page, form, other) == f"You said {other}; it is {answer}.") == (other != answer)
    assert page.locator(hidden).count() == 0 and page.look.console == []


def scroll(page, down):
    """Turn the wheel and wait until the page has moved, or has come to its end."""
    start = page.evaluate("scrollY")
    page.mouse.wheel(0, down)
    end = "document.documentElement.scrollHeight - innerHeight - 1"
    page.wait_for_function(f"y => scrollY >= Math.min(y, {end})", arg=start + down - 1)


def test_a_closed_fold_returns_the_reader(forms):
    page, found = forms("div.equation > details")
    for fold in found:
        summary = fold.locator("summary")
        if not summary.is_visible():
            continue
        summary.scroll_into_view_if_needed()
        before = summary.bounding_box()["y"]
        summary.click()
        assert fold.locator("pre").first.is_visible()
        scroll(page, 150)
        summary.press("Enter")
        page.wait_for_function("e => !e.open", arg=fold.element_handle())
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert abs(summary.bounding_box()["y"] - before) <= 30  # the badge stands beside its equation again


def test_time_runs_and_ends(forms):
    page, found = forms(".mlp-explorer:has(.mlp-play)")
    checks.open_folds(page, ".mlp-guess details")  # which lifts the veils
    for explorer in found:
        button, slider = explorer.locator(".mlp-play"), explorer.locator("input[type=range]").last
        slider.press("Home")
        button.press("Enter")
        page.wait_for_function("([e, from]) => e.value !== from", arg=[slider.element_handle(), "0"])
        assert "Pause" in button.inner_text()
        slider.press("End")
        assert "Play" in button.inner_text()

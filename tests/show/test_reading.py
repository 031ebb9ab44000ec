"""What a figure says in words: a swapped series, label, axis or panel changes the text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlp_core import show
from mlp_core.show import reading

X = np.arange(5.0)


def says(draw, panels=1):
    return show.figure(draw, alt="Something.", panels=panels).says


def two_curves(ax, first="training", second="test", swap=False, xlabel="epoch", ylabel="cost", roles=("train", "test")):
    falling, rising = (X, 4 - X) if swap else (4 - X, X)
    ax.plot(X, falling, label=first, **show.style(roles[0]))
    ax.plot(X, rising, label=second, **show.style(roles[1]))
    ax.set(xlabel=xlabel, ylabel=ylabel)


def test_a_figure_says_its_axes_and_the_ends_of_its_curves():
    assert says(two_curves) == [
        "x epoch, y cost",
        "  training: train (0, 4) to (4, 0)",
        "  test: test (0, 0) to (4, 4)",
    ]


@pytest.mark.parametrize(
    "edit",
    [
        {"first": "test", "second": "training"},
        {"swap": True},
        {"xlabel": "step"},
        {"xlabel": "cost", "ylabel": "epoch"},
        {"roles": ("test", "train")},
    ],
    ids=str,
)
def test_a_swapped_series_label_colour_or_axis_is_another_text(edit):
    assert says(lambda ax: two_curves(ax, **edit)) != says(two_curves)


def test_a_logarithmic_axis_is_called_so():
    assert says(lambda ax: ax.set(xscale="log", xlabel="h", ylabel="error")) == ["x h (log), y error"]


def test_panels_are_numbered_and_have_titles():
    def draw(axes):
        axes[0].set_title("before")
        axes[1].set_title("after")
        axes[1].axis("off")

    first, second = says(draw, panels=2)
    assert first == "panel 1: x without label, y without label; title before"
    assert second == "panel 2: no axes; title after"


def test_exchanged_regions_are_another_text():
    def panel(threshold):
        return says(lambda ax: show.regions(ax, lambda Z: Z[:, 0] > threshold, (0, 1), (0, 1)))

    assert panel(0.2) != panel(0.8)
    assert "  region: train of size 0.21" in panel(0.2)


def test_marks_with_intervals_carry_their_label():
    def draw(ax):
        show.interval(ax, [1, 2], [0.5, 0.6], [0.4, 0.5], [0.7, 0.9], "train", "a rate")

    assert says(draw) == [
        "x without label, y without label",
        "  a rate: train (1, 0.5) to (2, 0.6)",
        "  train (1, 0.4) to (2, 0.5)",
        "  train (1, 0.7) to (2, 0.9)",
        "  area: x 1 to 2, y 0.4 to 0.9",
    ]


def test_bars_bands_surfaces_images_and_texts_are_named():
    def draw(axes):
        axes[0].bar([1, 2], [3, 5], label="count", color=show.ROLES["train"])
        axes[0].fill_between(X, X - 1, X + 1, label="spread", color=show.ROLES["test"])
        axes[0].text(1, 1, "here  it\nis")
        show.image(axes[1], np.eye(2), label="weight")

    assert says(draw, panels=2) == [
        "panel 1: x without label, y without label",
        "  count: train (1, 3) to (2, 5)",
        "  spread: x 0 to 4, y -1 to 5",
        "  texts: here it is",
        "panel 2: x without label, y without label",
        "  image 2 by 2, 0 to 1, mean 0.5",
        "panel 3: colour bar weight, 0 to 1",
    ]


def test_of_many_curves_without_a_label_some_are_told_and_the_others_counted():
    rows = says(lambda ax: ax.plot(X, np.outer(X, np.arange(reading.MOST_LINES + 3.0)), color=show.ROLES["ink"]))
    assert len(rows) == 1 + reading.MOST_LINES + 1 and rows[-1] == "  and 3 more"


def test_stopped_curves_end_where_they_stop():
    def draw(ax):
        ax.plot(X, [1, 2, 3, np.nan, np.nan], label="stopped")
        ax.plot(X, np.full(5, np.nan), label="absent")

    assert says(draw)[1:] == ["  stopped: train (0, 1) to (2, 3)", "  absent: test nothing"]


@given(st.integers(10, 99), st.integers(-4, 5), st.floats(-1e-12, 1e-12))
def test_a_tie_is_rounded_alike_with_and_without_noise(digits, exponent, noise):
    tie = (digits + 0.5) * 10.0**exponent
    assert reading.rounded(tie * (1 + noise), 2) == reading.rounded(tie, 2)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1e-9, 2, "0"),
        (0.12345, 2, "0.12"),
        (12345, 2, "1.2e+04"),
        (-2, 2, "-2"),
        (0.064, 1, "0.06"),
        (0.028, 0, "0.01"),
        (-0.038, 0, "-0.01"),
        (0, 0, "0"),
    ],
)
def test_a_number_has_its_digits_and_noise_is_zero(value, digits, text):
    assert reading.rounded(value, digits) == text


def test_a_figure_may_tell_fewer_digits():
    draw = two_curves
    assert show.figure(lambda ax: draw(ax), alt="Two.", digits=0).says[1] == "  training: train (0, 1) to (1, 0)"

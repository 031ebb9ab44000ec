"""The helpers that draw data: what they draw is what they are given."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, PathPatch

from mlp_core import show


@pytest.fixture
def ax():
    return Figure().subplots()


@given(arrays(float, (4, 21), elements=st.floats(-1e6, 1e6)))
def test_a_band_is_the_median_between_quantiles(curves):
    ax = Figure().subplots()
    drawn = show.band(ax, np.arange(4), curves, "train")
    assert np.array_equal(drawn.centre, np.median(curves, axis=1))
    np.testing.assert_allclose(drawn.low, np.quantile(curves, 0.1, axis=1))
    np.testing.assert_allclose(drawn.high, np.quantile(curves, 0.9, axis=1))
    assert np.array_equal(ax.lines[0].get_ydata(), drawn.centre)


def test_a_band_of_the_mean_is_its_t_interval(ax):
    curves = np.random.default_rng(0).normal(size=(3, 25))
    drawn = show.band(ax, np.arange(3), curves, "test", spread="mean")
    np.testing.assert_allclose(drawn.high - drawn.centre, 2.0639 * curves.std(axis=1, ddof=1) / 5, rtol=1e-4)
    np.testing.assert_allclose(drawn.centre - drawn.low, drawn.high - drawn.centre)
    np.testing.assert_allclose(drawn.centre, curves.mean(axis=1))


@pytest.mark.parametrize("spread", [(0.1, 0.9), "mean"])
def test_stopped_replicas_are_left_out_of_a_band(ax, spread):
    curves = np.random.default_rng(0).normal(size=(3, 25))
    stopped = np.concatenate([curves, np.full((3, 5), np.nan)], axis=1)
    expected, drawn = (show.band(ax, np.arange(3), c, "train", spread=spread) for c in (curves, stopped))
    np.testing.assert_allclose(drawn, expected)


def test_one_curve_has_no_band(ax):
    show.band(ax, np.arange(3), np.arange(3.0), "train", "loss")
    assert len(ax.lines) == 1 and not ax.collections
    assert ax.get_legend_handles_labels()[1] == ["loss"]


def test_a_band_of_other_shape_is_refused(ax):
    with pytest.raises(ValueError) as error:
        show.band(ax, np.arange(3), np.ones((2, 3)), "train")
    assert str(error.value) == "band: expected curves (3,) or (3, R), got curves of shape (2, 3)"


@pytest.mark.parametrize("spread", ["median", (0.9, 0.1), (0.1, 0.5), (0.1,), 0.9])
def test_another_spread_is_refused(ax, spread):
    with pytest.raises(ValueError) as error:
        show.band(ax, np.arange(3), np.ones((3, 2)), "train", spread=spread)
    assert str(error.value) == f'band: expected "mean" or quantiles around the median, got spread={spread!r}'


def test_an_interval_reaches_from_low_to_high(ax):
    show.interval(ax, [2, 3], [0.5, 0.8], [0.4, 0.7], [0.7, 0.85], "train")
    (bars,) = ax.containers[0][2]
    np.testing.assert_allclose([bar[:, 1] for bar in bars.get_segments()], [[0.4, 0.7], [0.7, 0.85]])


def test_an_interval_beside_its_centre_is_refused(ax):
    with pytest.raises(ValueError) as error:
        show.interval(ax, 1, 0.5, 0.6, 0.7, "train")
    assert str(error.value) == "interval: expected low <= centre <= high, got low=[0.6], centre=[0.5], high=[0.7]"


def test_classes_differ_in_marker_and_colour(ax):
    show.points(ax, np.eye(4, 2), [0, 1, 2, 3], labels="abcd")
    assert len({line.get_marker() for line in ax.lines}) == len({line.get_color() for line in ax.lines}) == 4
    assert [line.get_label() for line in ax.lines] == list("abcd")


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20))
def test_every_point_is_drawn_once(y):
    X = np.random.default_rng(len(y)).random((len(y), 2))
    ax = Figure().subplots()
    show.points(ax, X, np.array(y)[:, None])
    drawn = np.concatenate([line.get_xydata() for line in ax.lines])
    assert sorted(map(tuple, drawn)) == sorted(map(tuple, X))


@pytest.mark.parametrize(("X", "y"), [((3, 3), (3,)), ((3, 2), (2,)), ((3, 2), (3, 2)), ((6,), (6,))])
def test_points_of_other_shapes_are_refused(ax, X, y):
    with pytest.raises(ValueError) as error:
        show.points(ax, np.zeros(X), np.zeros(y))
    assert str(error.value) == f"points: expected X (N, 2) and y (N,), got shapes {X} and {y}"


def test_a_fifth_class_is_refused(ax):
    with pytest.raises(ValueError) as error:
        show.points(ax, np.zeros((1, 2)), [4])
    assert str(error.value) == "points: expected classes 0 to 3, got y with [4]"


def areas(ax):
    return [patch for patch in ax.patches if isinstance(patch, PathPatch) and patch.get_fill()]


def test_regions_hold_the_points_of_their_class(ax):
    w, b = np.array([1.0, -2.0]), 0.3
    show.regions(ax, lambda X: 1 / (1 + np.exp(-(X @ w + b))), (-2, 2), (-1, 1))
    X = np.random.default_rng(0).uniform((-2, -1), (2, 1), size=(300, 2))
    inside = [area.get_path().contains_points(X) for area in areas(ax)]
    far = np.abs(X @ w + b) > 0.05
    assert np.array_equal(inside[1][far], (X @ w + b > 0)[far]) and np.array_equal(inside[0], ~inside[1])


def test_regions_of_several_classes_share_the_plane(ax):
    centres = np.array([[0, 0], [1, 1], [0, 1], [1.2, -0.3]])
    show.regions(ax, lambda X: -((X[:, None] - centres) ** 2).sum(axis=-1), (-1, 2), (-1, 2))
    X = np.random.default_rng(0).uniform(-1, 2, size=(300, 2))
    inside = np.array([area.get_path().contains_points(X) for area in areas(ax)])
    distances = np.sort(((X[:, None] - centres) ** 2).sum(axis=-1), axis=1)
    far = distances[:, 1] - distances[:, 0] > 0.1
    nearest = ((X[:, None] - centres) ** 2).sum(axis=-1).argmin(axis=1)
    assert np.array_equal(inside.argmax(axis=0)[far], nearest[far]) and (inside.sum(axis=0)[far] == 1).all()


def test_regions_differ_by_hatch(ax):
    show.regions(ax, lambda X: X[:, :1], (0, 1), (0, 1))
    assert [bool(patch.get_hatch()) for patch in ax.patches] == [False, True, False]


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_a_single_region_has_the_same_artists(ax, level):
    show.regions(ax, lambda X: np.full(len(X), level), (0, 1), (0, 1))
    assert len(ax.patches) == 3


@pytest.mark.parametrize("shape", [(5,), (40000, 5), (40000, 2, 1)])
def test_regions_of_another_function_are_refused(ax, shape):
    with pytest.raises(ValueError) as error:
        show.regions(ax, lambda X: np.zeros(shape), (0, 1), (0, 1))
    assert str(error.value) == f"regions: expected f to return (40000, K) with K up to 4, got shape {shape}"


@given(arrays(float, 2, elements=st.floats(-5, 5)), st.floats(-5, 5))
def test_a_line_is_where_the_potential_is_zero_and_its_arrow_points_up(w, b):
    if np.abs(w).max() < 0.1:
        return
    ax = Figure().subplots()
    ax.set(xlim=(-1, 2), ylim=(-1, 2))
    show.line(ax, w, b)
    np.testing.assert_allclose(ax.lines[0].get_xydata() @ w + b, 0, atol=1e-9)
    (arrow,) = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    assert arrow._posA_posB[1] @ w + b > 0
    assert ax.get_xlim() == ax.get_ylim() == (-1, 2)


def test_a_line_needs_a_direction(ax):
    with pytest.raises(ValueError) as error:
        show.line(ax, [0, 0], 1)
    assert str(error.value) == "line: expected two weights that are not both 0, got w=[0. 0.]"


def test_a_note_has_an_arrow_to_what_it_speaks_of(ax):
    show.note(ax, "alone", at=(0, 1))
    show.note(ax, "the least loss", at=(0, 1), to=(2, 3), role="test", ha="left")
    alone, told = ax.texts
    assert alone.arrow_patch is None and alone.get_position() == (0, 1) and alone.get_color() == show.ROLES["ink"]
    assert told.xy == (2, 3) and told.get_position() == (0, 1) and told.get_ha() == "left"
    assert told.get_color() == show.ROLES["test"]


def test_a_note_of_another_role_is_refused(ax):
    with pytest.raises(ValueError) as error:
        show.note(ax, "a word", at=(0, 1), role="red")
    assert str(error.value) == "style: expected one of train, test, baseline, highlight, ink, got role='red'"


def test_a_surface_of_other_shape_is_refused(ax):
    with pytest.raises(ValueError) as error:
        show.surface(ax, np.arange(3), np.arange(4), np.zeros((3, 4)))
    assert str(error.value) == "surface: expected Z (4, 3), got Z of shape (3, 4)"


def test_a_surface_is_an_image_with_lines(ax):
    show.surface(ax, np.arange(3), np.arange(4), np.arange(12.0).reshape(4, 3), label="cost")
    filled, lines = ax.collections
    assert filled.get_rasterized() and not lines.get_rasterized()
    assert np.array_equal(filled.levels, lines.levels)
    assert ax.figure.axes[1].get_ylabel() == "cost"


def test_every_helper_draws_a_figure_of_roles_only():
    x = np.linspace(-1, 1, 9)

    def draw(axes):
        show.band(axes[0, 0], x, np.outer(x, np.arange(5)), "train", "training")
        show.interval(axes[0, 0], 0, 1, 0, 2, "baseline", "a rate")
        show.regions(axes[0, 1], lambda X: X[:, 0] > 0, (-1, 1), (-1, 1))
        show.points(axes[0, 1], np.eye(2), [0, 1])
        show.line(axes[0, 1], [1, 1], 0)
        show.note(axes[0, 1], "here", at=(0, 0.5), to=(0, 0))
        show.surface(axes[0, 2], x, x, np.outer(x, x), label="cost")
        show.image(axes[1, 0], np.outer(x, x), signed=True, label="weight")
        show.digits(axes[1, 1], np.ones((3, 64)), "abc")
        show.network(axes[1, 2], [2, 1], [np.array([[1.0], [-1.0]])], dropped=[[1, 0], [0]], numbers=True)

    says = repr(show.figure(draw, alt="Everything.", panels=(2, 3)))
    assert says.startswith("<figure: Everything.>\n") and says.count("panel ") == 8

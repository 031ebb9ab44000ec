"""The helpers that draw pictures: images, digits, networks."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from mlp_core import show


@pytest.fixture
def ax():
    return Figure().subplots()


def test_signed_images_are_symmetric_about_zero(ax):
    show.image(ax, np.array([[-1.0, 3.0]]), signed=True)
    assert ax.images[0].get_clim() == (-3, 3) and ax.images[0].get_cmap().name == "RdBu_r"


def test_magnitudes_are_cividis(ax):
    show.image(ax, np.array([[1.0, 3.0]]))
    assert ax.images[0].get_clim() == (1, 3) and ax.images[0].get_cmap().name == "cividis"


def test_an_image_of_other_shape_is_refused(ax):
    with pytest.raises(ValueError) as error:
        show.image(ax, np.zeros(64))
    assert str(error.value) == "image: expected a matrix, got img of shape (64,)"


def test_each_digit_is_drawn_under_its_title(ax):
    X = np.random.default_rng(0).random((12, 64))
    show.digits(ax, X, titles=range(12), columns=5)
    assert all(np.array_equal(image.get_array(), x.reshape(8, 8)) for image, x in zip(ax.images, X, strict=True))
    for text, image in zip(ax.texts, ax.images, strict=True):
        left, right, bottom, top = image.get_extent()
        assert text.get_position()[0] == (left + right) / 2 and text.get_position()[1] < top < bottom


def test_digits_of_other_shape_are_refused(ax):
    with pytest.raises(ValueError) as error:
        show.digits(ax, np.zeros((3, 49)))
    assert str(error.value) == "digits: expected X (N, 64), got X of shape (3, 49)"


def test_missing_titles_are_refused(ax):
    with pytest.raises(ValueError) as error:
        show.digits(ax, np.zeros((3, 64)), titles=["a"])
    assert str(error.value) == "digits: expected 3 titles, got titles=['a']"


def test_a_network_has_a_circle_for_each_unit_and_a_line_for_each_weight(ax):
    show.network(ax, [2, 3, 1], texts=[["x₁", "x₂"], ["", "", ""], ["y"]])
    assert sum(isinstance(patch, Circle) for patch in ax.patches) == 6
    assert len(ax.lines) == 2 * 3 + 3 * 1
    assert [text.get_text() for text in ax.texts] == ["x₁", "x₂", "", "", "", "y"]


def test_the_sign_of_a_weight_is_colour_and_line_style_its_magnitude_the_width(ax):
    show.network(ax, [2, 1], [np.array([[2.0], [-4.0]])], numbers=True)
    positive, negative = ax.lines
    assert positive.get_color() == show.ROLES["train"] and positive.get_linestyle() == "-"
    assert negative.get_color() == show.ROLES["test"] and negative.get_linestyle() == "--"
    assert negative.get_linewidth() > positive.get_linewidth()
    assert [text.get_text() for text in ax.texts][:2] == ["2", "−4"]


def test_a_dropped_unit_loses_its_connections_and_is_crossed_out(ax):
    show.network(ax, [2, 2, 1], dropped=[[0, 0], [1, 0], [0]])
    crosses = [line for line in ax.lines if np.isnan(line.get_xdata()).any()]
    assert len(crosses) == 1 and len(ax.lines) - 1 == 2 * 1 + 1


def test_weights_of_other_shapes_are_refused(ax):
    with pytest.raises(ValueError) as error:
        show.network(ax, [2, 1], [np.ones((1, 2))])
    assert str(error.value) == "network: expected weights of shapes [(2, 1)], got [(1, 2)]"


@pytest.mark.parametrize("name", ["dropped", "texts"])
def test_lists_of_other_lengths_are_refused(ax, name):
    with pytest.raises(ValueError) as error:
        show.network(ax, [2, 1], **{name: [[0], [0]]})
    assert str(error.value) == f"network: expected {name} for layers of [2, 1] units, got {name}=[[0], [0]]"

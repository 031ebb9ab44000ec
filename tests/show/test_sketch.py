"""`show.sketch`: a curve to drag, and a network that follows it."""

import json
import xml.etree.ElementTree as ET
from importlib.resources import files

import numpy as np
import pytest

from mlp_core import constructions, show
from mlp_core.show.sketch import GRID, STEEPNESS, curve, hinges, stairs

VALUES = [0.3, 0.9, 0.5, 0.1]
OPTIONS = {"units": (2, 4), "start": 4, "alt": "Drag the points <."}


@pytest.mark.parametrize("mode", ["static", "live", "text"])
def test_a_page_and_a_live_notebook_get_the_board_and_the_tests_its_text(monkeypatch, mode):
    monkeypatch.setenv("MLP_FIGURES", mode)
    bundle = show.sketch(VALUES, **OPTIONS)._repr_mimebundle_()
    assert bundle["text/plain"].startswith("<sketch: Drag the points <.>\nx without label")
    kinds = [] if mode == "text" else ["style", "svg", "script"]
    assert [kind for kind in ("style", "svg", "script") if f"<{kind}" in bundle.get("text/html", "")] == kinds


def test_the_board_knows_its_points_and_units(monkeypatch):
    monkeypatch.setenv("MLP_FIGURES", "static")
    root = show.sketch(VALUES, **OPTIONS).html
    for name in ("lines.css", "sketch.css", "sketch.js"):
        root = root.replace(files("mlp_core.show").joinpath(name).read_text("utf-8"), "")
    root = ET.fromstring(root)
    data = json.loads(root.find("script").text)
    assert data == {"values": VALUES, "units": [2, 4], "start": 4, "steepness": STEEPNESS}
    assert root.get("aria-label") == "Drag the points <." and root.find(".//div[@role='img']") is not None


def test_the_curve_goes_through_its_points_without_a_corner():
    np.testing.assert_allclose(curve(VALUES, np.arange(4) / 3), VALUES, rtol=0, atol=1e-12)
    for k in (1 / 3, 2 / 3):
        before, at, after = curve(VALUES, [k - 1e-6, k, k + 1e-6])
        np.testing.assert_allclose(after - at, at - before, rtol=1e-4)


def test_a_curve_through_points_of_a_line_is_the_line():
    np.testing.assert_allclose(curve([0.2, 0.4, 0.6, 0.8], GRID), 0.2 + 0.6 * GRID, rtol=0, atol=1e-12)


@pytest.mark.parametrize("N", [2, 4, 7])
def test_the_networks_are_those_of_the_constructions(N):
    def f(t):
        return float(curve(VALUES, t))

    for ours, (net, params) in (
        (hinges(VALUES, N, GRID), constructions.relu_interpolant(f, N)),
        (stairs(VALUES, N, GRID), constructions.logistic_staircase(f, N, STEEPNESS * N)),
    ):
        np.testing.assert_allclose(ours, net.forward(params, GRID[:, None])[0][:, 0], rtol=0, atol=1e-12)


@pytest.mark.parametrize("values", [[0.5], [0.2, 1.2], [-0.1, 0.5]])
def test_heights_beyond_the_board_are_refused(values):
    with pytest.raises(ValueError) as error:
        show.sketch(values, **OPTIONS)
    assert str(error.value) == f"sketch: expected two or more heights from 0 to 1, got values={values}"


def test_a_start_that_cannot_be_chosen_is_refused():
    with pytest.raises(ValueError) as error:
        show.sketch(VALUES, **OPTIONS | {"start": 3})
    assert str(error.value) == "sketch: expected a start among 2, 4, got start=3"

"""`show.lines`: a game with lines to drag."""

import json
import xml.etree.ElementTree as ET
from importlib.resources import files

import numpy as np
import pytest

from mlp_core import show
from mlp_core.show.lines import _half_plane

X, Y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
START = [((1.4, 0.2), (-0.4, 1.1))]
OPTIONS = {"names": ["00", "01", "10", "11"], "start": START, "alt": "Drag the line <."}


@pytest.mark.parametrize("mode", ["static", "live", "text"])
def test_a_page_and_a_live_notebook_get_the_game_and_the_tests_its_text(monkeypatch, mode):
    monkeypatch.setenv("MLP_FIGURES", mode)
    bundle = show.lines(X, Y, **OPTIONS)._repr_mimebundle_()
    assert bundle["text/plain"].startswith("<lines: Drag the line <.>\nx without label")
    kinds = [] if mode == "text" else ["style", "svg", "script"]
    assert [kind for kind in ("style", "svg", "script") if f"<{kind}" in bundle.get("text/html", "")] == kinds


def test_the_game_knows_its_points_and_lines(monkeypatch):
    monkeypatch.setenv("MLP_FIGURES", "static")
    root = show.lines(X, Y, told="Done </script>.", **OPTIONS).html
    for name in ("lines.css", "lines.js"):
        root = root.replace(files("mlp_core.show").joinpath(name).read_text("utf-8"), "")
    root = ET.fromstring(root)
    data = json.loads(root.find("script").text)
    assert data["points"] == [[0, 0, 0, "00"], [0, 1, 1, "01"], [1, 0, 1, "10"], [1, 1, 0, "11"]]
    assert data["lines"] == [[[1.4, 0.2], [-0.4, 1.1]]] and data["told"] == "Done </script>."
    assert root.get("aria-label") == "Drag the line <." and root.find(".//div[@role='img']") is not None


def test_a_line_says_1_to_the_left_of_its_way():
    w, b = _half_plane((0, 0), (1, 0))
    assert w @ [0.5, 1] + b > 0 > w @ [0.5, -1] + b
    assert w @ [5, 0] + b == 0


@pytest.mark.parametrize("start", [[], START * 3])
def test_another_number_of_lines_is_refused(start):
    with pytest.raises(ValueError) as error:
        show.lines(X, Y, **OPTIONS | {"start": start})
    assert str(error.value) == f"lines: expected one or two lines, got start={start}"


def test_points_beyond_the_board_are_refused():
    with pytest.raises(ValueError) as error:
        show.lines([[0, 2]], [1], **OPTIONS | {"names": ["a"]})
    assert str(error.value) == "lines: expected points between -0.6 and 1.6, got X=[[0, 2]]"

"""`show.say`, numbers that a chapter's text takes from its code, and `show.table`."""

import xml.etree.ElementTree as ET

import nbformat
import numpy as np
import pytest
from myst_nb.ext.glue import extract_glue_data_cell

from mlp_core import show


def test_said_text_is_a_record_that_myst_nb_glues(monkeypatch):
    said = []
    monkeypatch.setattr("IPython.display.display", lambda data, **rest: said.append((data, rest)))
    show.say("rate", "4'2 %")
    ((data, rest),) = said
    assert rest.pop("raw") is True
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", data, **rest)])
    ((name, output),) = extract_glue_data_cell(cell)
    assert (name, output["data"]) == ("rate", {"text/plain": repr("4'2 %")})
    assert cell.outputs == [], "nothing is left to print under the cell"


@pytest.mark.parametrize("text", [0.123456, np.float64(0.5), 3, None, "", np.str_("")])
def test_only_text_is_said(text):
    with pytest.raises(ValueError) as error:
        show.say("rate", text)
    assert str(error.value) == f'say: expected rounded text, such as f"{{rate:.0%}}", got text={text!r}'


@pytest.mark.parametrize("name", ["", None, 3])
def test_what_is_said_has_a_name(name):
    with pytest.raises(ValueError) as error:
        show.say(name, "42 %")
    assert str(error.value) == f"say: expected a name, got name={name!r}"


HEAD, ROWS = ["rows", "loss <"], [["two", 0.25], ["four", "½ &"]]


def test_a_table_has_headings_for_columns_and_rows(monkeypatch):
    monkeypatch.setenv("MLP_FIGURES", "static")
    bundle = show.table(HEAD, *ROWS)._repr_mimebundle_()
    root = ET.fromstring(bundle["text/html"])
    assert [(cell.get("scope"), cell.text) for cell in root.iter("th")] == [
        ("col", "rows"),
        ("col", "loss <"),
        ("row", "two"),
        ("row", "four"),
    ]
    assert [cell.text for cell in root.iter("td")] == ["0.25", "½ &"]


def test_the_tests_see_a_table_as_columns(monkeypatch):
    monkeypatch.setenv("MLP_FIGURES", "text")
    assert show.table(HEAD, *ROWS)._repr_mimebundle_() == {"text/plain": "rows  loss <\n two    0.25\nfour     ½ &"}


@pytest.mark.parametrize("row", [["two"], ["two", "1", "2"]])
def test_a_row_of_another_length_is_refused(row):
    with pytest.raises(ValueError) as error:
        show.table(HEAD, row)
    assert str(error.value) == f"table: expected 2 cells in each row, got row={row}"

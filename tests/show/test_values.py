"""`show.say`: numbers that a chapter's text takes from its code."""

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

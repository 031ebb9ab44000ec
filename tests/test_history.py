"""What a history holds, and what early stopping takes; tests/test_training.py has whole runs."""

import pytest

from mlp_core import EarlyStopping, History


def test_history_starts_empty():
    history = History(7)
    assert (history.total, history.interrupted, history.warned) == (7, False, False)
    assert history.epochs.size == 0


WRONG = {
    "EarlyStopping: expected at least one epoch, got patience=True": lambda: EarlyStopping(True),
    "EarlyStopping: expected at least one epoch, got patience=0": lambda: EarlyStopping(0),
    "EarlyStopping: expected at least one epoch, got patience=1.5": lambda: EarlyStopping(1.5),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message

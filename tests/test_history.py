"""What a history holds, and what early stopping takes; tests/test_training.py has whole runs."""

import numpy as np
import pytest

from mlp_core import BinaryCrossEntropy, EarlyStopping, History, accuracy
from mlp_core.history import measure


def test_history_starts_empty():
    history = History(7)
    assert (history.total, history.interrupted, history.warned) == (7, False, False)
    assert history.epochs.size == 0


def test_what_is_recorded_is_nan_for_replicas_that_are_not_active():
    output, Y = np.random.default_rng(0).normal(size=(3, 10, 1)), np.ones((10, 1))
    active = np.array([True, False, True])
    values = measure(output, Y, BinaryCrossEntropy(), {"accuracy": accuracy}, active)
    assert list(values) == ["loss", "accuracy"]
    for name, value in values.items():
        np.testing.assert_array_equal(np.isnan(value), ~active, err_msg=name)


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

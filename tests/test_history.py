"""What a history holds, and what early stopping takes; tests/test_training.py has whole runs."""

import numpy as np
import pytest

from mlp_core import BinaryCrossEntropy, EarlyStopping, History, accuracy
from mlp_core.history import masked, measure


def test_history_starts_empty():
    history = History(7)
    assert (history.total, history.interrupted, history.warned) == (7, False, False)
    assert history.epochs.size == 0


def test_what_is_recorded_is_nan_for_replicas_that_are_not_active():
    output, Y = np.random.default_rng(0).normal(size=(3, 10, 1)), np.ones((10, 1))
    active = np.array([True, False, True])
    values = measure(output, Y, BinaryCrossEntropy(), {"accuracy": accuracy})
    assert masked(values, True).keys() == values.keys()
    values = masked(values, active)
    assert list(values) == ["loss", "accuracy"]
    for name, value in values.items():
        np.testing.assert_array_equal(np.isnan(value), ~active, err_msg=name)


def test_a_history_shows_its_last_loss_with_three_digits():
    history = History(5)
    history._records.append(({"epoch": 2}, {"loss": np.float64(0.123456)}, {}))
    assert repr(history) == "History(epoch 2 of 5, train loss 0.123)"
    history._records.append(({"epoch": 3}, {"loss": np.array([1.23456, 0.98765])}, {}))
    assert repr(history) == "History(epoch 3 of 5, train loss [1.235 0.988])"


class Counting(list):
    """A list that counts how many of its entries are read."""

    read = 0

    def __getitem__(self, index):
        entries = super().__getitem__(index)
        self.read += len(entries) if isinstance(index, slice) else 1
        return entries


def test_a_record_is_copied_once_however_often_a_history_is_read():
    history = History(100)
    history._records = Counting()
    seen = []
    for epoch in range(100):
        history._records.append(({"epoch": epoch}, {"loss": np.full(2, 1.0 / (epoch + 1))}, {}))
        seen.append((history.epochs, history.train["loss"]))
    assert history._records.read == 200
    for T, (epochs, losses) in enumerate(seen, start=1):
        np.testing.assert_array_equal(epochs, np.arange(T))
        np.testing.assert_array_equal(losses, np.repeat(1 / np.arange(1.0, T + 1)[:, None], 2, axis=1))
        assert not losses.flags.writeable


def test_what_is_recorded_of_one_network_is_a_float_of_its_type():
    values = masked({"loss": np.float32(0.5), "wrong": 3, "all": np.bool_(True)}, True)
    assert values == {"loss": 0.5, "wrong": 3, "all": 1}
    assert [value.dtype for value in values.values()] == [np.float32, np.float64, np.float64]


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

"""`show.progress`: a bar where a person looks."""

import io
import sys

import numpy as np
import pytest

from mlp_core import MLP, SGD, fit, show


class Terminal(io.StringIO):
    def isatty(self):
        return True


def train(progress, epochs=3, **others):
    rng = np.random.default_rng(0)
    net = MLP("2-1")
    settings = {"loss": "half_squared_error", "optimizer": SGD(0.1), "epochs": epochs, "on_epoch": [progress], **others}
    return fit(net, net.init(rng), rng.random((4, 2)), rng.random((4, 1)), **settings)


def terminal(monkeypatch):
    """Not a fixture: pytest puts its own stderr in place between the fixtures and the test."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    return sys.stderr


@pytest.mark.parametrize("mode", ["text", "static"])
def test_progress_is_silent_in_tests_and_pages(monkeypatch, mode):
    monkeypatch.setenv("MLP_FIGURES", mode)
    stderr = terminal(monkeypatch)
    train(show.progress())
    assert stderr.getvalue() == ""


def test_progress_is_silent_in_a_pipe(monkeypatch):
    monkeypatch.delenv("MLP_FIGURES", raising=False)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    train(show.progress())
    assert sys.stderr.getvalue() == ""


def test_progress_counts_the_epochs_in_a_terminal(monkeypatch):
    monkeypatch.delenv("MLP_FIGURES", raising=False)
    stderr = terminal(monkeypatch)
    train(show.progress())
    assert "3/3" in stderr.getvalue()


def test_progress_begins_again_with_the_next_run(monkeypatch):
    monkeypatch.delenv("MLP_FIGURES", raising=False)
    stderr, progress = terminal(monkeypatch), show.progress()
    train(progress)
    train(progress, epochs=5)
    assert "3/3" in stderr.getvalue() and "5/5" in stderr.getvalue()


def test_progress_goes_on_with_a_run_that_is_resumed(monkeypatch):
    monkeypatch.delenv("MLP_FIGURES", raising=False)
    stderr, net, rng = terminal(monkeypatch), MLP("2-1"), np.random.default_rng(0)
    data, params = (rng.random((4, 2)), rng.random((4, 1))), net.init(rng)
    settings = {"loss": "half_squared_error", "optimizer": SGD(0.1), "epochs": 3}
    history = fit(net, params, *data, **settings)
    fit(net, params, *data, **settings, on_epoch=[show.progress()], resume=history)
    assert "6/6" in stderr.getvalue() and "1/6" not in stderr.getvalue()


def interrupt(epoch, params, history):
    raise KeyboardInterrupt


def test_the_bar_is_closed_however_the_training_ends(monkeypatch):
    monkeypatch.delenv("MLP_FIGURES", raising=False)
    stderr, progress = terminal(monkeypatch), show.progress()
    for ending, reached in (({}, "3/3"), ({"on_epoch": [progress, interrupt]}, "1/3")):
        train(progress, **ending)
        assert reached in stderr.getvalue() and stderr.getvalue().endswith("\n")
        assert progress.bar.disable


def test_progress_changes_no_number(monkeypatch):
    monkeypatch.setenv("MLP_FIGURES", "text")
    assert np.array_equal(train(show.progress()).train["loss"], train(lambda *_: None).train["loss"])

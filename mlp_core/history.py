"""What `fit` recorded, and when a run stops."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlp_core.annotations import Array
from mlp_core.checkpoint import take
from mlp_core.checks import Checked, count

__all__ = ["EarlyStopping", "History"]


@dataclass(frozen=True)
class EarlyStopping(Checked):
    """Stop a run when its validation loss has not fallen for `patience` epochs, and go back to its best parameters.

    Parameters
    ----------
    patience : int, at least 1

    Each replica stops on its own. Raises ValueError for another patience.
    """

    patience: int
    _rules = {"patience": count("at least one epoch")}


class History:
    """What `fit` recorded: T records, the first before training (epoch 0).

    Attributes
    ----------
    epochs : (T,) integers
    train, validation : dict of arrays (T,) or (T, R)
        "loss" (without penalty, dropout off) and each metric; `validation` is {} without validation data.
    total : int, the number of epochs asked for
    interrupted : bool, whether the user stopped the training
    warned : bool, whether a loss was not finite
    best_epoch, stopped_epoch : integer or (R,), None without early stopping
        Where the validation loss was lowest and where the run ended; later records are NaN.
    checkpoint : Checkpoint, where `fit(..., resume=history)` goes on: after the last epoch, or, when the user
        stopped the training, after the last one that was recorded
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.interrupted = False
        self.best_epoch = None
        self.stopped_epoch = None
        self.warned = False
        self.checkpoint: Any = None
        self._left = None
        self._records: list = []
        self._empty = {"loss": np.empty(0)}, {}

    def __repr__(self):
        epoch, train, _ = self._records[-1] if self._records else (0, {"loss": np.nan}, {})
        loss = np.array2string(np.asarray(train["loss"]), precision=3)
        return f"History(epoch {epoch} of {self.total}, train loss {loss})"

    @property
    def epochs(self) -> Array:
        return np.array([epoch for epoch, _, _ in self._records], int)

    @property
    def train(self) -> dict[str, Array]:
        return _stack([train for _, train, _ in self._records], self._empty[0])

    @property
    def validation(self) -> dict[str, Array]:
        return _stack([validation for _, _, validation in self._records], self._empty[1])


@dataclass(frozen=True)
class _Best:
    """The best parameters so far, of one network or of each replica, and who is still training."""

    patience: int
    theta: np.ndarray  # (P,) or (R, P)
    loss: np.ndarray  # () or (R,), as all below
    epoch: np.ndarray
    last: np.ndarray
    active: np.ndarray

    @classmethod
    def start(cls, params, patience):
        lead = params.theta.shape[:-1]
        zeros = np.zeros(lead, int)
        return cls(patience, params.theta.copy(), np.full(lead, np.inf), zeros, zeros, np.ones(lead, bool))

    def updated(self, epoch, params, loss):
        better = loss < self.loss  # not where a run has stopped: its recorded loss is NaN
        best_epoch = np.where(better, epoch, self.epoch)
        return _Best(
            self.patience,
            theta=np.where(better[..., None], params.theta, self.theta),
            loss=np.where(better, loss, self.loss),
            epoch=best_epoch,
            last=np.where(self.active, epoch, self.last),
            active=self.active & (epoch - best_epoch < self.patience),
        )


def _stack(records, empty):
    return {name: np.stack([record[name] for record in records]) for name in records[0]} if records else dict(empty)


def _warn_once_if_not_finite(history, epoch, train, held_out, active):
    wrong = ~np.isfinite(train["loss"])
    if held_out:
        wrong |= ~np.isfinite(held_out["loss"])
    wrong &= active
    if not wrong.any() or history.warned:
        return
    history.warned = True
    where = "" if wrong.ndim == 0 else f" in replicas {', '.join(map(str, np.flatnonzero(wrong)))}"
    warnings.warn(f"fit: the loss is no longer finite at epoch {epoch}{where}", RuntimeWarning, stacklevel=4)


class Recorder:
    """Writes what `fit` records into its history, and keeps the best parameters for early stopping.

    `watch` and `begin` come first; `is_due(epoch)` says whether an epoch is recorded, `record(epoch, params)` records
    it, `mark(epoch, rng)` keeps where the run stands; `all_stopped` is true when no network trains any longer;
    `finish(params)` goes back to the best.
    The outputs on the training data are those of the `step`, which may know them already.

    An interrupt may come between any two lines. So the best parameters belong to a number of records, and the record
    that is appended, in one call, makes the next ones valid.
    """

    def __init__(self, history, net, step, loss, Y, validation, metrics, every):
        self.history, self.net, self.step, self.loss, self.Y = history, net, step, loss, Y
        self.validation, self.metrics, self.every = validation, metrics, every

    def watch(self, params, rng, early_stopping, resume):
        """Start anew, or where another History ended; returns the random numbers to go on with."""
        history, names = self.history, ("loss", *(self.metrics or {}))
        empty = {name: np.empty((0, *params.theta.shape[:-1])) for name in names}
        history._empty = empty, {} if self.validation is None else empty
        if resume is None:
            self.bests = {0: None if early_stopping is None else _Best.start(params, early_stopping.patience)}
            return rng
        history.checkpoint, history.warned = resume.checkpoint, resume.warned
        history.total += resume.checkpoint.epoch
        history._records = resume._records[: resume.checkpoint.records]
        self.bests = {resume.checkpoint.records: resume.checkpoint.best}
        return resume.checkpoint.reopen(self.step) or rng

    def begin(self, params, rng):
        if self.history.checkpoint is None:
            self.mark(0, rng)
        if not self.history._records:
            self.record(0, params)

    def mark(self, epoch, rng):
        if self.is_due(epoch):
            self.history.checkpoint = take(epoch, len(self.history._records), self.step, rng, self.best)

    @property
    def best(self):
        return self.bests[len(self.history._records)]

    def is_due(self, epoch):
        return epoch % self.every == 0 or epoch == self.history.total

    @property
    def all_stopped(self):
        return self.best is not None and not self.best.active.any()

    def record(self, epoch, params):
        best, count = self.best, len(self.history._records)
        active = True if best is None else best.active
        train, held_out = measure(self.step.output(), self.Y, self.loss, self.metrics, active), {}
        if self.validation is not None:
            X, Y = self.validation
            held_out = measure(self.net.output(params, X), Y, self.loss, self.metrics, active)
        _warn_once_if_not_finite(self.history, epoch, train, held_out, active)
        better = None if best is None else best.updated(epoch, params, held_out["loss"])
        self.bests = {count: best, count + 1: better}
        self.history._records.append((epoch, train, held_out))

    def finish(self, params):
        self.history._left = self.history.checkpoint.theta if not self.history.interrupted else params.theta.copy()
        if self.best is not None:
            params.theta = self.history._left = self.best.theta
            self.history.best_epoch, self.history.stopped_epoch = self.best.epoch[()], self.best.last[()]


def measure(output, Y, loss, metrics=None, active=True):
    """Loss and metrics of outputs (N, m) or (R, N, m): a dict of numbers or (R,) arrays, NaN where not `active`."""
    values = {"loss": loss.value(output, Y)}
    for name, metric in (metrics or {}).items():
        values[name] = metric(loss.link(output), Y)
    return {name: np.where(active, value, np.nan) for name, value in values.items()}

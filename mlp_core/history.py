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

    Each replica stops on its own.

    Parameters
    ----------
    patience : int, at least 1

    Raises
    ------
    ValueError : for another patience
    """

    patience: int
    _rules = {"patience": count("at least one epoch")}


class History:
    """What `fit` recorded: T records, the first before training (epoch 0).

    Attributes
    ----------
    epochs : (T,) integers
    train, validation : dict of arrays (T,) or (T, R), which cannot be written to
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
        self._columns = [_Columns({"epoch": np.empty(0, int)}), _Columns({"loss": np.empty(0)}), _Columns({})]

    def __repr__(self):
        epoch, train, _ = self._records[-1] if self._records else ({"epoch": 0}, {"loss": np.nan}, {})
        loss = np.array2string(np.asarray(train["loss"]), precision=3)
        return f"History(epoch {epoch['epoch']} of {self.total}, train loss {loss})"

    @property
    def epochs(self) -> Array:
        return self._arrays(0)["epoch"]

    @property
    def train(self) -> dict[str, Array]:
        return self._arrays(1)

    @property
    def validation(self) -> dict[str, Array]:
        return self._arrays(2)

    def _arrays(self, part):
        columns = self._columns[part]
        return columns.with_rows([record[part] for record in self._records[columns.T :]])


class _Columns:
    """Records, dicts of the same names, as arrays of T rows: a record is copied once, when it is first asked for."""

    def __init__(self, empty):
        self.T, self.arrays = 0, empty

    def with_rows(self, records):
        """The arrays with further records, as views that cannot be written to; they stay as they are."""
        for record in records:
            for name, value in record.items():
                if len(self.arrays[name]) == self.T:
                    self.arrays[name] = _twice_as_long(self.arrays[name], np.asarray(value))
                self.arrays[name][self.T] = value
            self.T += 1
        return {name: _view(array[: self.T]) for name, array in self.arrays.items()}


def _twice_as_long(array, row):
    grown = np.empty((2 * len(array) + 8, *row.shape), row.dtype)
    if len(array):
        grown[: len(array)] = array
    return grown


def _view(array):
    array.flags.writeable = False
    return array


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


def _warn_once_if_not_finite(history, epoch, train, held_out, active):
    finite = np.isfinite(train["loss"])
    if held_out:
        finite = finite & np.isfinite(held_out["loss"])
    if history.warned or finite is np.True_ or finite.all():
        return
    wrong = active & ~finite
    if not wrong.any():
        return
    history.warned = True
    where = "" if wrong.ndim == 0 else f" in replicas {', '.join(map(str, np.flatnonzero(wrong)))}"
    warnings.warn(f"fit: the loss is no longer finite at epoch {epoch}{where}", RuntimeWarning, stacklevel=4)


class Recorder:
    """Writes what `fit` records into its history, and keeps the best parameters for early stopping.

    `begin(rng)` makes the first record, or goes back to where the run to resume ended, and returns the random numbers
    to go on with; `is_due(epoch)` says whether an epoch is recorded, `record(epoch)` records it, `mark(epoch, rng)`
    keeps where the run stands; `all_stopped` is true when no network trains any longer; `close()` publishes the
    parameters and closes the callbacks; `finish()` also goes back to the best and returns the history.
    The training data are measured by the `step`, which may know the network's output already.

    An interrupt may come between any two lines. So the best parameters belong to a number of records, and the record
    that is appended, in one call, makes the next ones valid; and what ends a run can be done a second time.
    """

    def __init__(
        self, history, net, params, step, loss, validation, metrics, every, callbacks, early_stopping, resume
    ):
        self.history, self.net, self.params, self.step, self.loss = history, net, params, step, loss
        self.validation, self.metrics, self.every, self.open = validation, metrics, every, list(callbacks)
        lead = params.theta.shape[:-1]
        empty = {name: np.empty((0, *lead)) for name in ("loss", *(metrics or {}))}
        history._columns[1:] = _Columns(dict(empty)), _Columns({} if validation is None else dict(empty))
        self.bests = {0: None if early_stopping is None else _Best.start(params, early_stopping.patience)}
        if resume is not None:
            history.checkpoint, history.warned = resume.checkpoint, resume.warned
            history.total += resume.checkpoint.epoch
            history._records = resume._records[: resume.checkpoint.records]
            self.bests = {resume.checkpoint.records: resume.checkpoint.best}

    def begin(self, rng):
        if self.history.checkpoint is None:
            self.mark(0, rng)
        else:
            rng = self.history.checkpoint.reopen(self.step) or rng
        if not self.history._records:
            self.record(0)
        return rng

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

    def record(self, epoch):
        self.step.publish()
        best, count = self.best, len(self.history._records)
        active = True if best is None else best.active
        train, held_out = masked(self.step.measure(self.metrics), active), {}
        if self.validation is not None:
            X, Y = self.validation
            held_out = masked(measure(self.net.output(self.params, X), Y, self.loss, self.metrics), active)
        _warn_once_if_not_finite(self.history, epoch, train, held_out, active)
        better = None if best is None else best.updated(epoch, self.params, held_out["loss"])
        self.bests = {count: best, count + 1: better}
        self.history._records.append(({"epoch": epoch}, train, held_out))

    def close(self):
        self.step.publish()
        while self.open:
            getattr(self.open.pop(0), "close", lambda: None)()

    def finish(self):
        self.close()
        history, best = self.history, self.best
        history._left = self.params.theta.copy() if history.interrupted else history.checkpoint.theta
        if best is not None:
            self.params.theta = history._left = best.theta
            history.best_epoch, history.stopped_epoch = best.epoch[()], best.last[()]
        return history


def measure(output, Y, loss, metrics=None, weights=None):
    """Loss and metrics of outputs (N, m) or (R, N, m): a dict of numbers or (R,) arrays.

    Weights (N,) or (R, N), of mean 1, are those of the loss; metrics count every example once.
    """
    values = {"loss": loss.value(output, Y, weights)}
    for name, metric in (metrics or {}).items():
        values[name] = metric(loss.link(output), Y)
    return values


def masked(values, active):
    """The same with NaN where a network is not `active`, and all of them floats; True: all are active."""
    return {
        name: value if active is True and isinstance(value, np.floating) else np.where(active, value, np.nan)
        for name, value in values.items()
    }

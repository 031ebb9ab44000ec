"""Training: minibatches, `fit`, its history, early stopping; and `predict`."""

import warnings
from dataclasses import dataclass
from functools import partial

import numpy as np

from mlp_core.activations import Logistic, Softmax
from mlp_core.checks import is_count
from mlp_core.fast import Gradient, arranged, covers, descend, plain_rate
from mlp_core.layers import Dense, Dropout
from mlp_core.losses import BinaryCrossEntropy, SoftmaxCrossEntropy, loss_function
from mlp_core.network import Network, streams
from mlp_core.optimizers import Optimizer
from mlp_core.parameters import Parameters
from mlp_core.regularizers import Penalty


def minibatches(N, batch_size, rng):
    """Every example once, in random order, in batches of `batch_size`; the last batch may be smaller.

    Parameters
    ----------
    N : int, number of examples
    batch_size : int, 1 <= batch_size <= N
    rng : Generator, or a sequence of R of them

    Yields row numbers: `(B,)`, or `(R, B)` where each replica has an order of its own.
    Raises, with the first batch, ValueError for a batch size out of range and for a seed instead of a generator.

    Book: chapter *losses*.
    """
    if not is_count(N):
        raise ValueError(f"minibatches: expected at least one example, got N={N!r}")
    _check_batch_size("minibatches", batch_size, N)
    single = isinstance(rng, np.random.Generator)
    several = isinstance(rng, list | tuple) and rng and all(isinstance(one, np.random.Generator) for one in rng)
    if not single and not several:
        raise ValueError(f"minibatches: expected a numpy Generator or a list of them, got rng={type(rng).__name__}")
    order = rng.permutation(N) if single else np.stack([stream.permutation(N) for stream in rng])
    for start in range(0, N, batch_size):
        yield order[..., start : start + batch_size]


@dataclass(frozen=True)
class EarlyStopping:
    """Stop a run when its validation loss has not fallen for `patience` epochs, and go back to its best parameters.

    Parameters
    ----------
    patience : int, at least 1

    Each replica stops on its own. Raises ValueError for another patience.

    Book: chapter *overfitting*.
    """

    patience: int

    def __post_init__(self):
        if not is_count(self.patience):
            raise ValueError(f"EarlyStopping: expected at least one epoch, got patience={self.patience!r}")


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

    Book: chapter *losses*.
    """

    def __init__(self, total):
        self.total = total
        self.interrupted = False
        self.best_epoch = None
        self.stopped_epoch = None
        self.warned = False
        self._records = []

    def __repr__(self):
        epoch, train, _ = self._records[-1] if self._records else (0, {"loss": np.nan}, {})
        loss = np.array2string(np.asarray(train["loss"]), precision=3)
        return f"History(epoch {epoch} of {self.total}, train loss {loss})"

    @property
    def epochs(self):
        return np.array([epoch for epoch, _, _ in self._records], int)

    @property
    def train(self):
        return _stack([train for _, train, _ in self._records])

    @property
    def validation(self):
        return _stack([validation for _, _, validation in self._records])


def batch_gradient(net, params, loss, X, Y, rows=None, rng=None):
    r"""$\nabla C(\theta)$ on the rows of a batch, None for all: forward, the loss's gradient, backward.

    Parameters
    ----------
    net, params, loss : a Network, its Parameters and a Loss
    X, Y : all examples and targets, as in `fit`
    rows : integers (B,), or (R, B) where each replica has a batch of its own
    rng : None in evaluation; in training a Generator, or one for each replica

    Book: chapter *gradient-descent*.
    """
    X, Y = _take(X, rows, Y.ndim == 3), _take(Y, rows, Y.ndim == 3)
    output, caches = net.forward(params, X, rng)
    _, grads = net.backward(params, caches, loss.grad(output, Y))
    return grads


def fit(
    net,
    params,
    X,
    Y,
    *,
    loss,
    optimizer,
    epochs,
    batch_size=None,
    rng=None,
    regularizer=None,
    validation=None,
    metrics=None,
    record_every=1,
    on_epoch=(),
    early_stopping=None,
):
    r"""Minimise the cost by steps of the optimizer. `params` is trained in place; returns the History.

    Parameters
    ----------
    net, params : a Network and its Parameters, single or R replicas
    X, Y : examples and targets, (N, n) and (N, m)
        Targets (R, N, m), with examples (R, N, n), give each replica data of its own.
    loss : name or Loss
    optimizer : such as SGD(lr=0.1); BoldDriver takes the full batch
    epochs : int, at least 1: passes over the data
    batch_size : int, or None for the full batch
    rng : Generator, or one for each replica: example order and dropout masks. Needed for either.
    regularizer : L1, L2 or None
    validation : pair (X, Y) or None
    metrics : dict of name and function of (Y_hat, Y), or None
    record_every : int, epochs between records; the first and the last are always recorded
    on_epoch : functions called as f(epoch, params, history) after each epoch; they may change params, not the data
        A method `close()`, as that of a progress bar, is called at the end, however it comes.
    early_stopping : EarlyStopping or None; needs validation data

    An interrupt (Ctrl-C, the stop button) ends the training cleanly: what was recorded is returned.
    A loss that is no longer finite is recorded as it is, with one RuntimeWarning.
    Replica r equals the single run r: bit for bit, or up to rounding where the network begins with feature maps and
    where 64 or more replicas are tiny.
    Raises ValueError for data, settings and random numbers that do not fit.

    Book: chapter *losses*.
    """
    loss = loss_function(loss)
    _check_networks("fit", net, params)
    _check_data("", net, params, loss, X, Y)
    if validation is not None:
        _check_pair(validation)
        _check_data("validation ", net, params, loss, *validation)
    _check_counts(epochs=epochs, record_every=record_every)
    _check_output(net, loss)
    _check_watchers(metrics, on_epoch, early_stopping, validation)
    _check_steps(net, optimizer, regularizer, batch_size, rng, Y.shape[-2])
    if rng is not None:
        rng = streams(rng, params.replicas, "fit")

    N = Y.shape[-2]
    trained, gradient, step = params, partial(batch_gradient, net, params, loss, X, Y), optimizer.step
    if covers(net, params, loss):
        trained = arranged(net, params, batch_size or N)
        rate = plain_rate(optimizer, trained) if regularizer is None else None
        gradient = Gradient(net, trained, loss, X, Y, 1 if rate is None else rate)
        step = optimizer.step if rate is None else descend
    state = optimizer.init(trained)
    history = History(epochs)
    best = None if early_stopping is None else _Best(params, early_stopping.patience)

    def cost(trial):
        penalty = 0 if regularizer is None else regularizer.value(trial)
        return loss.value(net.forward(trial, X)[0], Y) + penalty

    costs = [cost] if optimizer.needs_cost else []

    def record(epoch):
        active = True if best is None else best.active
        train = evaluate(net, params, X, Y, loss, metrics, active)
        held_out = {} if validation is None else evaluate(net, params, *validation, loss, metrics, active)
        _warn_once_if_not_finite(history, epoch, train, held_out, active)
        history._records.append((epoch, train, held_out))
        if best is not None:
            best.update(epoch, params, held_out["loss"])

    with np.errstate(over="ignore", invalid="ignore"):
        try:
            record(0)
            for epoch in range(1, epochs + 1):
                for rows in [None] if batch_size is None else minibatches(N, batch_size, rng):
                    grads = gradient(rows, rng)
                    if regularizer is not None:
                        grads.theta += regularizer.grad(trained).theta
                    step(trained, grads, state, *costs)
                due = epoch % record_every == 0 or epoch == epochs
                if due or on_epoch:
                    params.theta = trained.theta
                if due:
                    record(epoch)
                try:
                    for callback in on_epoch:
                        callback(epoch, params, history)
                finally:
                    if on_epoch:
                        trained.theta = params.theta
                if best is not None and not best.active.any():
                    break
        except KeyboardInterrupt:
            history.interrupted = True
        finally:
            params.theta = trained.theta
            for callback in on_epoch:
                if hasattr(callback, "close"):
                    callback.close()
    if best is not None:
        best.restore(params)
        history.best_epoch, history.stopped_epoch = best.epoch[()], best.last[()]
    return history


def evaluate(net, params, X, Y, loss, metrics=None, active=True):
    """Loss and metrics on a data set, dropout off: a dict of numbers or `(R,)` arrays, NaN where not `active`.

    Book: chapter *losses*.
    """
    output, _ = net.forward(params, X)
    values = {"loss": loss.value(output, Y)}
    for name, metric in (metrics or {}).items():
        values[name] = metric(loss.link(output), Y)
    return {name: np.where(active, value, np.nan) for name, value in values.items()}


def predict(net, params, X, loss):
    """The network's predictions, dropout off: probabilities or values, by the link of the loss.

    `(N, m)`, or `(R, N, m)` for R replicas. Raises ValueError for what is no network and for an X that does not fit.

    Book: chapter *losses*.
    """
    _check_networks("predict", net, params)
    output, _ = net.forward(params, X)
    return loss_function(loss).link(output)


class _Best:
    """The best parameters so far, of one network or of each replica, and who is still training."""

    def __init__(self, params, patience):
        self.patience = patience
        self.theta = params.theta.copy()
        self.loss = np.full(params.theta.shape[:-1], np.inf)
        self.epoch = np.zeros(params.theta.shape[:-1], int)
        self.last = np.zeros(params.theta.shape[:-1], int)
        self.active = np.ones(params.theta.shape[:-1], bool)

    def update(self, epoch, params, loss):
        better = loss < self.loss  # not where a run has stopped: its recorded loss is NaN
        self.loss = np.where(better, loss, self.loss)
        self.epoch = np.where(better, epoch, self.epoch)
        self.last = np.where(self.active, epoch, self.last)
        self.theta = np.where(better[..., None], params.theta, self.theta)
        self.active = self.active & (epoch - self.epoch < self.patience)

    def restore(self, params):
        params.theta = self.theta


def _take(Q, rows, own):
    """The rows of a batch: from data shared by all, or from each replica's own."""
    if rows is None:
        return Q
    return Q[np.arange(len(Q))[:, None], rows] if own else Q[rows]


def _stack(records):
    names = records[0] if records else ()
    return {name: np.stack([record[name] for record in records]) for name in names}


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


def _check_networks(name, net, params):
    if not isinstance(net, Network):
        raise ValueError(f"{name}: expected a Network such as MLP('2-2-1'), got net={net!r}")
    if not isinstance(params, Parameters):
        raise ValueError(f"{name}: expected Parameters from net.init, got params={type(params).__name__}")


def _check_output(net, loss):
    last = next((layer for layer in reversed(net.layers) if not isinstance(layer, Dropout)), None)
    takes_logits = isinstance(loss, BinaryCrossEntropy | SoftmaxCrossEntropy)
    if takes_logits and isinstance(last, Dense) and isinstance(last.activation, Logistic | Softmax):
        expected = f"the identity as output for {type(loss).__name__}, which takes logits"
        raise ValueError(f"fit: expected {expected}, got output={last.activation}")


def _check_pair(validation):
    if not isinstance(validation, tuple | list) or len(validation) != 2:
        raise ValueError(f"fit: expected a pair (X, Y), got validation={type(validation).__name__}")


def _check_counts(**counts):
    for name, value in counts.items():
        if not is_count(value):
            raise ValueError(f"fit: expected a positive integer, got {name}={value!r}")


def _check_watchers(metrics, on_epoch, early_stopping, validation):
    if metrics is not None and not (isinstance(metrics, dict) and all(map(callable, metrics.values()))):
        raise ValueError(f"fit: expected a dict of names and functions, got metrics={metrics!r}")
    if "loss" in (metrics or {}):
        raise ValueError(f"fit: expected no metric of the name loss, got metrics={list(metrics)}")
    if not isinstance(on_epoch, tuple | list) or not all(map(callable, on_epoch)):
        raise ValueError(f"fit: expected a list of functions, got on_epoch={on_epoch!r}")
    if not isinstance(early_stopping, EarlyStopping | None):
        raise ValueError(f"fit: expected EarlyStopping or None, got early_stopping={early_stopping!r}")
    if early_stopping is not None and validation is None:
        raise ValueError("fit: expected validation data for early stopping, got validation=None")


def _check_steps(net, optimizer, regularizer, batch_size, rng, N):
    drops = any(isinstance(layer, Dropout) for layer in net.layers)
    if not isinstance(optimizer, Optimizer):
        raise ValueError(f"fit: expected an optimizer such as SGD(lr=0.1), got optimizer={optimizer!r}")
    if not isinstance(regularizer, Penalty | None):
        raise ValueError(f"fit: expected L1, L2 or None, got regularizer={regularizer!r}")
    if batch_size is not None:
        _check_batch_size("fit", batch_size, N)
    if rng is None and (batch_size is not None or drops):
        raise ValueError("fit: expected a numpy Generator for minibatches and dropout, got rng=None")
    if optimizer.needs_cost and (batch_size is not None or drops):
        expected = f"the full batch and no dropout for {type(optimizer).__name__}"
        raise ValueError(f"fit: expected {expected}, got batch_size={batch_size}")


def _check_batch_size(name, batch_size, N):
    if not is_count(batch_size) or batch_size > N:
        raise ValueError(f"{name}: expected an integer in 1..{N}, got batch_size={batch_size!r}")


def _check_data(kind, net, params, loss, X, Y):
    for name, Q in (("X", X), ("Y", Y)):
        if type(Q) not in (np.ndarray, np.memmap):
            raise ValueError(f"fit: expected {kind}{name} to be a numpy array, got {name}={type(Q).__name__}")
    own = Y.ndim == 3
    axes = Y.ndim - 1
    if axes not in (1, 2) or X.ndim != axes + len(net.shape_in or (1,)) or X.shape[:axes] != Y.shape[:-1]:
        expected = f"{kind}X (N, n) and Y (N, m) with one example a row, or both with the replicas in front"
        raise ValueError(f"fit: expected {expected}, got X.shape={X.shape}, Y.shape={Y.shape}")
    if own and params.replicas != len(Y):
        expected = f"{kind}data for {params.replicas or 'a single network'}"
        raise ValueError(f"fit: expected {expected}{' replicas' if params.replicas else ''}, got Y.shape={Y.shape}")
    if 0 in X.shape or 0 in Y.shape:
        raise ValueError(f"fit: expected at least one {kind}example, got X.shape={X.shape}, Y.shape={Y.shape}")
    for name, Q in (("X", X), ("Y", Y)):
        if np.result_type(Q, params.theta) != params.theta.dtype:
            expected = f"{kind}{name} of dtype {params.theta.dtype}, as the parameters"
            raise ValueError(f"fit: expected {expected}, got dtype={Q.dtype}")
        if not np.isfinite(Q).all():
            wrong = tuple(np.argwhere(~np.isfinite(Q))[0])
            entry = f"{name}[{', '.join(map(str, wrong))}]={Q[wrong]}"
            raise ValueError(f"fit: expected finite numbers in {kind}{name}, got {entry}")
    loss.check_targets(Y)

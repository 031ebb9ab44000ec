"""Training: minibatches, one step, the loop `fit`; and `predict`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial

import numpy as np

from mlp_core.annotations import Array, Generators, Metrics, Values
from mlp_core.cautions import warn_at_end, warn_at_start
from mlp_core.checks import count
from mlp_core.fast import FastStep, covers
from mlp_core.history import EarlyStopping, History, Recorder, measure
from mlp_core.losses import Loss, loss_function
from mlp_core.network import Network, check_networks, streams
from mlp_core.optimizers import Optimizer, of_trainable
from mlp_core.parameters import Parameters
from mlp_core.refusals import check_batch, check_fit, check_head, check_metrics, checked_batch_size, checked_weights
from mlp_core.regularizers import L1, L2, penalised_cost

__all__ = ["minibatches", "batch_gradient", "Step", "fit", "evaluate", "predict"]


def minibatches(N: int, batch_size: int, rng: Generators) -> Iterator[Array]:
    """Every example once, in random order, in batches of `batch_size`; the last batch may be smaller.

    Parameters
    ----------
    N : int, number of examples
    batch_size : int, 1 <= batch_size <= N
    rng : Generator, or a sequence of R of them

    Yields
    ------
    row numbers: `(B,)`, or `(R, B)` where each replica has an order of its own

    Raises
    ------
    ValueError : with the first batch, for a batch size out of range and for a seed instead of a generator
    """
    N = count("at least one example")("minibatches", "N", N)
    batch_size = checked_batch_size("minibatches", batch_size, N)
    single = isinstance(rng, np.random.Generator)
    if not single and not (isinstance(rng, list | tuple) and rng):
        raise ValueError(f"minibatches: expected a numpy Generator or a list of them, got rng={type(rng).__name__}")
    rng = rng if single else streams(rng, len(rng), "minibatches")
    order = rng.permutation(N) if single else np.stack([stream.permutation(N) for stream in rng])
    for start in range(0, N, batch_size):
        yield order[..., start : start + batch_size]


def batch_gradient(
    net: Network, params: Parameters, loss: str | Loss, X: Array, Y: Array, rows: Array | None = None,
    rng: Generators | None = None, weights: Array | None = None,
) -> Parameters:
    r"""$\nabla C(\theta)$ on the rows of a batch, None for all: forward, the loss's gradient, backward.

    Raises ValueError for arguments of other kinds and shapes.

    Parameters
    ----------
    net, params, loss : a Network, its Parameters, a Loss or its name
    X, Y : all examples and targets, as in `fit`
    rows : integers (B,), or (R, B) where each replica has a batch of its own
    rng : None in evaluation; in training a Generator, or one for each replica
    weights : what each example counts, (N,) or (R, N) with mean 1; None where all count the same

    Returns
    -------
    Parameters
    """
    loss = loss_function(loss)
    check_batch("batch_gradient", net, params, X, Y, rows, weights)
    X, Y = _take(X, rows, Y.ndim == 3), _take(Y, rows, Y.ndim == 3)
    output, caches = net.forward(params, X, rng)
    dA = loss.grad(output, Y)  # (..., B, m)
    if weights is not None:
        dA = _take(weights, rows, weights.ndim == 2)[..., None] * dA
    _, grads = net.backward(params, caches, dA)
    return grads


class Step:
    """One step of descent: the gradient of a batch, that of the penalty, the optimizer.

    A step is called with the rows of a batch (B,), or (R, B), and the random numbers of its dropout.
    """

    def __init__(
        self, net: Network, params: Parameters, loss: Loss, X: Array, Y: Array, optimizer: Optimizer,
        regularizer: L1 | L2 | None, batch_size: int | None, weights: Array | None = None,
    ) -> None:
        self.params, self.optimizer, self.regularizer = params, optimizer, regularizer
        self.gradient = partial(batch_gradient, net, params, loss, X, Y, weights=weights)
        self.measure = partial(evaluate, net, params, X, Y, loss, weights=weights)
        self.state = optimizer.init(params)
        cost = partial(penalised_cost, net, loss, regularizer, X, Y, weights=weights)
        self.costs = [cost] if optimizer.needs_cost else []

    def __call__(self, rows: Array | None, rng: Generators | None) -> None:
        grads = self.gradient(rows, rng)
        if self.regularizer is not None:
            grads.theta += self.regularizer.grad(self.params).theta
        self.optimizer.step(self.params, grads, self.state, *self.costs)

    def publish(self) -> None:
        """Nothing to do: the parameters that are trained are those that were given."""

    def lend(self, callbacks: Sequence[Callable], epoch: int, history: History) -> None:
        """Call functions that may change the parameters."""
        for callback in callbacks:
            callback(epoch, self.params, history)


def fit(
    net: Network, params: Parameters, X: Array, Y: Array, *, loss: str | Loss, optimizer: Optimizer, epochs: int,
    batch_size: int | None = None, rng: Generators | None = None, regularizer: L1 | L2 | None = None,
    validation: tuple[Array, Array] | None = None, metrics: Metrics | None = None, record_every: int = 1,
    on_epoch: Sequence[Callable] = (), early_stopping: EarlyStopping | None = None, resume: History | None = None,
    sample_weight: Array | None = None, class_weight: str | Mapping[int, float] | None = None,
) -> History:
    r"""Minimise the cost by steps of the optimizer. `params` is trained in place; returns the History.

    An interrupt (Ctrl-C, the stop button) ends the training cleanly: what was recorded is returned. `params` is as it
    stands then; `resume` goes back to the last epoch that was recorded. Replica r equals the single run r: bit for bit,
    or up to rounding where 24 or more replicas are tiny.

    A loss that is no longer finite is recorded as it is, with one RuntimeWarning. A ScaleWarning says that X should be
    scaled, a PenaltyWarning that a penalty leaves nothing to learn; both are in `mlp_core.cautions`, and
    `warnings.filterwarnings("ignore", category=ScaleWarning)` switches one off.

    With weights w the cost is $C = \sum_n w_n\ell_n / \sum_n w_n$ over all examples. They are divided by their mean,
    once; the cost of a minibatch is then the mean of $w_n\ell_n$ over its B rows. So its gradient is right on average,
    and an example keeps its weight also alone in its batch. The recorded training loss is C; validation loss and
    metrics count every example once.

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
    on_epoch : functions called as f(epoch, params, history) after each epoch; they may change params and data
        A method `close()`, as that of a progress bar, is called at the end, however it comes.
    early_stopping : EarlyStopping or None; needs validation data
    resume : History of the run that left `params`, or None
        Trains `epochs` more as if that run had not ended: the optimizer's state, the random numbers (no `rng` then) and
        early stopping go on, and the History returned holds the records of both.
    sample_weight : array, (N,) or (R, N): what each example counts, at least 0; None: all the same
    class_weight : dict of classes and weights, a class without one has 1; "balanced": every class counts the same
        Targets have one class a row, one-hot or 0 and 1. Both weights are multiplied; "balanced" sees the first.

    Raises
    ------
    ValueError : for data, settings and random numbers that do not fit
    """
    loss = loss_function(loss)
    epochs, batch_size, record_every = check_fit(
        net, params, X, Y, loss, optimizer, epochs, batch_size, rng, regularizer, validation, metrics,
        record_every, on_epoch, early_stopping, resume)
    rng = None if rng is None else streams(rng, params.replicas, "fit")
    weights = checked_weights(net, params, Y, sample_weight, class_weight)
    norm = warn_at_start(net, params, X, optimizer, regularizer, resume)
    history, fast = History(epochs), weights is None and covers(net, params, loss)
    kind = FastStep if fast else partial(Step, weights=weights)
    step = kind(net, params, loss, X, Y, of_trainable(net, optimizer), regularizer, batch_size)
    recorder = Recorder(
        history, net, params, step, loss, validation, metrics, record_every, on_epoch, early_stopping, resume)
    try:
        with closing(recorder), np.errstate(over="ignore", invalid="ignore"):
            rng = recorder.begin(rng)
            for epoch in range(history.checkpoint.epoch + 1, history.total + 1):
                for rows in [None] if batch_size is None else minibatches(Y.shape[-2], batch_size, rng):
                    step(rows, rng)
                if recorder.is_due(epoch):
                    recorder.record(epoch)
                if on_epoch:
                    step.lend(on_epoch, epoch, history)
                recorder.mark(epoch, rng)
                if recorder.all_stopped:
                    break
        recorder.finish()
        warn_at_end(net, params, X, Y, optimizer, regularizer, norm)
        return history
    except KeyboardInterrupt:
        history.interrupted = True
        return recorder.finish()


def evaluate(
    net: Network, params: Parameters, X: Array, Y: Array, loss: str | Loss, metrics: Metrics | None = None,
    weights: Array | None = None,
) -> dict[str, Values]:
    """Loss and metrics on a data set, dropout off: a dict of numbers or `(R,)` arrays.

    Parameters
    ----------
    net, params : a Network and its Parameters, single or R replicas
    X, Y : examples and targets, (N, n) and (N, m)
    loss : name or Loss
    metrics : dict of name and function of (Y_hat, Y), or None
    weights : what each example counts in the loss, (N,) or (R, N) with mean 1; None where all count the same

    Returns
    -------
    dict of float or array

    Raises
    ------
    ValueError : for arguments of other kinds and shapes
    """
    loss = loss_function(loss)
    check_batch("evaluate", net, params, X, Y, None, weights)
    check_metrics("evaluate", metrics)
    return measure(net.output(params, X), Y, loss, metrics, weights)


def predict(net: Network, params: Parameters, X: Array, loss: str | Loss) -> Array:
    """The network's predictions, dropout off: probabilities or values, by the link of the loss.

    `(N, m)`, or `(R, N, m)` for R replicas.

    Parameters
    ----------
    net, params : a Network and its Parameters, single or R replicas
    X : examples, (N, n)
    loss : name or Loss

    Returns
    -------
    array

    Raises
    ------
    ValueError : for what is no network, a head that the loss cannot take, and an X that does not fit
    """
    check_networks("predict", net, params)
    loss = loss_function(loss)
    check_head("predict", net, loss)
    return loss.link(net.output(params, X))


def _take(Q, rows, own):
    """The rows of a batch: from data shared by all, or from each replica's own."""
    if rows is None:
        return Q
    return Q[np.arange(len(Q))[:, None], rows] if own else Q[rows]

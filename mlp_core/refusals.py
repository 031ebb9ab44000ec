"""What `fit` refuses: everything is checked before the first step."""

import numpy as np

from mlp_core.activations import Logistic, Softmax
from mlp_core.checks import is_count
from mlp_core.history import EarlyStopping
from mlp_core.layers import Dense, Dropout
from mlp_core.losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from mlp_core.network import Network
from mlp_core.optimizers import Optimizer
from mlp_core.parameters import Parameters
from mlp_core.regularizers import Penalty


def check_networks(name, net, params):
    """Raise ValueError, in the caller's name, for what is no Network and for what are no Parameters."""
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
        check_batch_size("fit", batch_size, N)
    if rng is None and (batch_size is not None or drops):
        raise ValueError("fit: expected a numpy Generator for minibatches and dropout, got rng=None")
    if optimizer.needs_cost and (batch_size is not None or drops):
        expected = f"the full batch and no dropout for {type(optimizer).__name__}"
        raise ValueError(f"fit: expected {expected}, got batch_size={batch_size}")


def check_batch_size(name, batch_size, N):
    """Raise ValueError, in the caller's name, for a batch size out of 1..N."""
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


def check_fit(
    net,
    params,
    X,
    Y,
    loss,
    optimizer,
    epochs,
    batch_size,
    rng,
    regularizer,
    validation,
    metrics,
    record_every,
    on_epoch,
    early_stopping,
):
    """Raise ValueError for whatever `fit` cannot use; arguments, X (N, n) and Y (N, m) as there."""
    check_networks("fit", net, params)
    _check_data("", net, params, loss, X, Y)
    if validation is not None:
        _check_pair(validation)
        _check_data("validation ", net, params, loss, *validation)
    _check_counts(epochs=epochs, record_every=record_every)
    _check_output(net, loss)
    _check_watchers(metrics, on_epoch, early_stopping, validation)
    _check_steps(net, optimizer, regularizer, batch_size, rng, Y.shape[-2])

"""What `fit` refuses: everything is checked before the first step."""

from types import SimpleNamespace

import numpy as np

from mlp_core.activations import Identity, Step
from mlp_core.checkpoint import copied
from mlp_core.checks import check_numbers, count, is_array, is_count, is_number, shown
from mlp_core.conv import MaxPool2D, MeanPool2D
from mlp_core.history import EarlyStopping, History
from mlp_core.layers import Dropout, Flatten
from mlp_core.metrics import labels
from mlp_core.network import check_networks
from mlp_core.optimizers import Optimizer, Proximal
from mlp_core.regularizers import L1, Penalty

__all__ = []  # it serves the package itself

CLOSE = 1e-6


def head(net):
    """The activation of the last layer; dropout, Flatten and pooling pass on that of the layer before.

    The identity for a layer that has none.
    """
    passing = Dropout | Flatten | MaxPool2D | MeanPool2D
    last = next((layer for layer in reversed(net.layers) if not isinstance(layer, passing)), None)
    return getattr(last, "activation", Identity())


def check_head(name, net, loss):
    """Raise ValueError, in the caller's name, where the network's head does not return what the loss takes.

    Every loss can take the identity, and an activation of a reader's own that does not say its range.
    """
    phi = head(net)
    low, high = phi.range
    if _is_free(phi) or loss.takes is None:
        return
    expected = None
    if loss.takes == "logits":
        expected = f"the identity as output for {type(loss).__name__}, which takes logits"
    elif loss.takes != "values" and not 0 <= low <= high <= 1:
        expected = f"an output in [0, 1] for {type(loss).__name__}, which takes probabilities"
    elif loss.takes == "distributions" and not _sums_to_one(phi):
        expected = f"softmax as output for {type(loss).__name__}, which takes rows that sum to 1"
    if expected:
        raise ValueError(f"{name}: expected {expected}, got output={phi}")


def _check_targets(kind, net, loss, Y):
    """Refuse targets that the head cannot return."""
    loss.check_targets(Y)
    phi = head(net)
    if _is_free(phi) or loss.takes is None:
        return
    if isinstance(phi, Step):
        raise ValueError(f"fit: expected an output with a slope, got output={phi}")
    if _sums_to_one(phi) and Y.shape[-1] == 1:
        raise ValueError(f"fit: expected at least two columns of {kind}Y for output {phi}, got Y.shape={Y.shape}")
    low, high = phi.range
    outside = (Y < low - CLOSE) | (Y > high + CLOSE)
    if outside.any():
        expected = f"{kind}Y in the range [{low:g}, {high:g}] of output {phi}"
        raise ValueError(f"fit: expected {expected}, got {_entry('Y', Y, outside)}")
    sums = Y.sum(axis=-1)
    if _sums_to_one(phi) and (np.abs(sums - 1) > CLOSE).any():
        wrong = sums[np.abs(sums - 1) > CLOSE][0]
        raise ValueError(f"fit: expected rows of {kind}Y that sum to 1 for output {phi}, got sum={wrong}")


def _is_free(phi):
    """Whether every number is a value of the activation and it bends nowhere, as far as it says."""
    return phi.range == (-np.inf, np.inf) and not phi.kinks


def _sums_to_one(phi):
    return np.isclose(phi.f(np.array([[0.0, 2.0, 5.0]])).sum(), 1)


def _check_pair(validation):
    if not isinstance(validation, tuple | list) or len(validation) != 2:
        raise ValueError(f"fit: expected a pair (X, Y), got validation={type(validation).__name__}")


def _check_counts(**counts):
    for name, value in counts.items():
        count()("fit", name, value)


def check_metrics(caller, metrics):
    """Raise ValueError, in the caller's name, for what is no dict of names and functions, and not None."""
    if metrics is not None and not (isinstance(metrics, dict) and all(map(callable, metrics.values()))):
        raise ValueError(f"{caller}: expected a dict of names and functions, got metrics={shown(metrics)}")


def _check_watchers(metrics, on_epoch, early_stopping, validation):
    check_metrics("fit", metrics)
    if "loss" in (metrics or {}):
        raise ValueError(f"fit: expected no metric of the name loss, got metrics={shown(list(metrics))}")
    if not isinstance(on_epoch, tuple | list) or not all(map(callable, on_epoch)):
        raise ValueError(f"fit: expected a list of functions, got on_epoch={shown(on_epoch)}")
    if not isinstance(early_stopping, EarlyStopping | None):
        raise ValueError(f"fit: expected EarlyStopping or None, got early_stopping={shown(early_stopping)}")
    if early_stopping is not None and validation is None:
        raise ValueError("fit: expected validation data for early stopping, got validation=None")


def _check_steps(net, optimizer, regularizer, batch_size, rng, goes_on, N):
    drops = any(isinstance(layer, Dropout) for layer in net.layers)
    if not isinstance(optimizer, Optimizer):
        raise ValueError(f"fit: expected an optimizer such as SGD(lr=0.1), got optimizer={shown(optimizer)}")
    if not any(layer.trainable and layer.shapes() for layer in net.layers):
        raise ValueError(f"fit: expected a layer that is trainable, got net={shown(net, str)}")
    if not isinstance(regularizer, Penalty | None):
        raise ValueError(f"fit: expected L1, L2 or None, got regularizer={shown(regularizer)}")
    if isinstance(optimizer, Proximal) and isinstance(regularizer, L1):
        raise ValueError(f"fit: expected the L1 penalty of Proximal alone, got regularizer={shown(regularizer)}")
    if batch_size is not None:
        checked_batch_size("fit", batch_size, N)
    if rng is None and not goes_on and (batch_size is not None or drops):
        raise ValueError("fit: expected a numpy Generator for minibatches and dropout, got rng=None")
    if optimizer.needs_cost and (batch_size is not None or drops):
        expected = f"the full batch and no dropout for {type(optimizer).__name__}"
        raise ValueError(f"fit: expected {expected}, got batch_size={batch_size}")


def _check_resume(resume, params, optimizer, rng, validation, metrics, early_stopping):
    if not isinstance(resume, History) or resume.checkpoint is None:
        raise ValueError(f"fit: expected the History of a run or None, got resume={shown(resume)}")
    checkpoint = resume.checkpoint
    if not np.array_equal(params.theta, resume._left, equal_nan=True) or params.theta.dtype != resume._left.dtype:
        raise ValueError("fit: expected the parameters that the run to resume has left, got others")
    theirs, ours = _in_words(checkpoint.state), _in_words(copied(optimizer.init(params)))
    if theirs != ours:
        raise ValueError(f"fit: expected an optimizer with the state of the run to resume, {theirs}, got {ours}")
    if rng is not None and checkpoint.rng is not None:
        raise ValueError("fit: expected rng=None, for the random numbers of the run to resume go on, got others")
    names = ["loss", *(metrics or {})]
    if list(resume.train) != names or list(resume.validation) != (names if validation is not None else []):
        expected = f"the records of the run to resume, {list(resume.train)} and {list(resume.validation)}"
        raise ValueError(f"fit: expected {expected}, got {names} and {names if validation is not None else []}")
    best, patience = checkpoint.best, early_stopping and early_stopping.patience
    if patience != (best and best.patience):
        expected = f"the patience of the run to resume, {best and best.patience}"
        raise ValueError(f"fit: expected {expected}, got early_stopping={shown(early_stopping)}")
    if best is not None and not best.active.any():
        raise ValueError(f"fit: expected a run that early stopping has not ended, got resume={shown(resume)}")


def _in_words(state):
    """The names and shapes in an optimizer's state."""
    values = vars(state) if isinstance(state, SimpleNamespace) else {"state": state}
    return ", ".join(f"{name} {np.shape(value)}" for name, value in values.items())



def checked_batch_size(caller, batch_size, N):
    """The batch size as an int. Raises ValueError, in the caller's name, where it is out of 1..N."""
    return count(f"an integer in 1..{N}", most=N)(caller, "batch_size", batch_size)


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
            raise ValueError(f"fit: expected finite numbers in {kind}{name}, got {_entry(name, Q, ~np.isfinite(Q))}")
    net._check(params, X)
    output, _ = net.forward(params, X[:, :1] if own else X[:1])
    if loss.takes is not None and (output.ndim not in (2, 3) or output.shape[-1] != Y.shape[-1]):
        m = output.shape[1:] if output.ndim > 3 else output.shape[-1]
        raise ValueError(f"fit: expected {kind}Y with the columns of the output, {m}, got Y.shape={Y.shape}")
    _check_targets(kind, net, loss, Y)


def _entry(name, Q, wrong):
    """The first wrong entry of Q in words."""
    index = tuple(np.argwhere(wrong)[0])
    return f"{name}[{', '.join(map(str, index))}]={Q[index]}"


def checked_weights(net, params, Y, sample_weight, class_weight):
    """What each example counts, (N,) or (R, N) with mean 1; None where all count the same. Y is (N, m) or (R, N, m).

    Raises ValueError for weights that are negative, not finite, all 0 or of another shape, and for unknown classes.
    """
    if sample_weight is None and class_weight is None:
        return None
    if len(net.example_shapes()[-1] or (1,)) > 1:
        raise ValueError(f"fit: expected a net with rows as output to weigh, got net={net}")
    weights = np.ones(Y.shape[:-1])
    if sample_weight is not None:
        weights = weights * _sample_weights(sample_weight, params, Y.shape[-2])
    if class_weight is not None:
        weights = weights * _class_weights(class_weight, Y, weights)
    totals = weights.sum(axis=-1, keepdims=True)
    if not (totals > 0).all():
        raise ValueError(f"fit: expected an example that counts, got weights with the sum {totals.min()}")
    weights = weights / (totals / Y.shape[-2])
    return None if (weights == 1).all() else weights.astype(params.theta.dtype)


def check_batch(caller, net, params, X, Y, rows, weights):
    """Raise ValueError, in the caller's name, for what has no gradient; arguments, Y (N, m), as in `batch_gradient`."""
    check_networks(caller, net, params)
    for name, Q in (("X", X), ("Y", Y)):
        check_numbers(caller, name, Q, "biufc")
    if Y.ndim < 2:
        raise ValueError(f"{caller}: expected Y with one example a row, got Y.shape={Y.shape}")
    if rows is not None:
        _check_rows(caller, rows, Y.shape[-2])
    if weights is not None:
        _check_weights(caller, "weights", weights, params, Y.shape[-2])


def _check_rows(caller, rows, N):
    whole = is_array(rows) and rows.dtype.kind in "iu" and rows.ndim in (1, 2) and rows.size > 0
    if not whole or rows.min() < 0 or rows.max() >= N:
        raise ValueError(f"{caller}: expected rows (B,) or (R, B) in 0..{N - 1}, got rows={shown(rows)}")


def _check_weights(caller, name, weights, params, N):
    check_numbers(caller, name, weights)
    if weights.shape not in ((N,), (params.replicas, N)):
        own = "" if params.replicas is None else f" or ({params.replicas}, {N})"
        raise ValueError(f"{caller}: expected {name} of shape ({N},){own}, got shape={weights.shape}")


def _sample_weights(weights, params, N):
    """Sample weights as a share of the largest."""
    _check_weights("fit", "sample_weight", weights, params, N)
    wrong = ~np.isfinite(weights) | (weights < 0)
    if wrong.any():
        got = _entry("sample_weight", weights, wrong)
        raise ValueError(f"fit: expected finite sample weights of at least 0, got {got}")
    return _shares(weights)


def _class_weights(class_weight, Y, weights):
    """For each example, (N,) or (R, N), the weight of its class; weights are those it has already."""
    m = max(Y.shape[-1], 2)
    if not isinstance(class_weight, dict) and shown(class_weight) != "'balanced'":
        expected = "'balanced' or a dict of classes and weights"
        raise ValueError(f"fit: expected {expected}, got class_weight={shown(class_weight)}")
    wrong = ((Y != 0) & (Y != 1)) | (Y.shape[-1] > 1 and Y.sum(axis=-1, keepdims=True) != 1)
    if wrong.any():
        raise ValueError(f"fit: expected Y with one class a row for class_weight, got {_entry('Y', Y, wrong)}")
    actual = (labels(Y)[..., None] == np.arange(m)) * 1.0  # (..., N, m), one-hot
    if not isinstance(class_weight, dict):
        totals = (weights[..., None] * actual).sum(axis=-2, keepdims=True)  # (..., 1, m)
        return (actual / np.where(totals > 0, totals, 1)).sum(axis=-1)
    for label, weight in class_weight.items():
        if not is_count(label, 0) or label >= m:
            raise ValueError(f"fit: expected classes in 0..{m - 1}, got class_weight with the class {shown(label)}")
        if not is_number(weight) or weight < 0:
            got = f"class_weight[{label}]={shown(weight)}"
            raise ValueError(f"fit: expected finite class weights of at least 0, got {got}")
    return actual @ _shares(np.array([float(class_weight.get(label, 1)) for label in range(m)]))


def _shares(weights):
    """Weights (n,) or (R, n) as shares of the largest, so that neither sums nor products of them overflow."""
    largest = weights.max(axis=-1, keepdims=True)
    return weights / np.where(largest > 0, largest, 1)


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
    resume,
):
    """Raise ValueError for whatever `fit` cannot use; arguments, X (N, n) and Y (N, m) as there.

    Returns epochs, batch_size and record_every as int; a batch_size of None stays.
    """
    check_networks("fit", net, params)
    check_head("fit", net, loss)
    _check_data("", net, params, loss, X, Y)
    if validation is not None:
        _check_pair(validation)
        _check_data("validation ", net, params, loss, *validation)
    _check_counts(epochs=epochs, record_every=record_every)
    _check_watchers(metrics, on_epoch, early_stopping, validation)
    goes_on = isinstance(resume, History) and resume.checkpoint is not None and resume.checkpoint.rng is not None
    _check_steps(net, optimizer, regularizer, batch_size, rng, goes_on, Y.shape[-2])
    if resume is not None:
        _check_resume(resume, params, optimizer, rng, validation, metrics, early_stopping)
    return int(epochs), None if batch_size is None else int(batch_size), int(record_every)

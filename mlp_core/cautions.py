"""What `fit` warns of: settings and data that are allowed, and with which a network will hardly learn."""

import sys
import warnings

import numpy as np

from mlp_core.checks import shown
from mlp_core.conv import Conv2D
from mlp_core.layers import Dense
from mlp_core.optimizers import SGD, Proximal, Schedule
from mlp_core.regularizers import L2

__all__ = ["PenaltyWarning", "ScaleWarning"]

FAR, VERY_FAR, APART = 20, 50, 1000  # for all columns, for any of them, for the largest over the smallest


class PenaltyWarning(UserWarning):
    r"""A penalty that leaves nothing to learn: its own step grows, or the network answers every example alike.

    The step of L2 alone is $w \leftarrow (1 - \eta\lambda)w$. It grows where $\eta\lambda > 2$; with momentum $\mu$ the
    bound is $2(1 + \mu)$, and $2(1 + \mu)/(1 + 2\mu)$ with Nesterov's.
    """


class ScaleWarning(UserWarning):
    """Inputs whose columns are large, or differ by orders of magnitude, though first weights expect inputs around 1."""


def warn_at_start(net, params, X, optimizer, regularizer, resume):
    """Warn before the first step; the arguments are those of `fit`. A run that goes on is not warned again.

    Returns the norm of the weights, a number or (R,), or None without a penalty.
    """
    with np.errstate(over="ignore"):
        if resume is None:
            _warn_of_step(optimizer, regularizer)
            _warn_of_scale(net, X)
        return _norm(params) if _penalties(optimizer, regularizer) else None


def warn_at_end(net, params, X, Y, optimizer, regularizer, norm):
    """Warn of a penalty under which the weights have shrunk until all outputs are the same; Y is (N, m) or (R, N, m).

    `norm` is that of the weights before the training. A spread is the largest standard deviation of any column.
    """
    penalties = _penalties(optimizer, regularizer)
    if not penalties:
        return
    with np.errstate(over="ignore", invalid="ignore"):
        output = net.output(params, X)
        spread = output.std(axis=params.theta.ndim - 1)
        spread = spread.max(axis=tuple(range(params.theta.ndim - 1, spread.ndim)))  # () or (R,)
        wanted = Y.std(axis=-2).max(axis=-1)  # () or (R,)
        alike = (spread < wanted / 100) & (_norm(params) < norm / 2)
    if alike.any():
        where = "" if alike.ndim == 0 else f" of {alike.sum()} of {alike.size} replicas"
        names = " and ".join(map(shown, penalties))
        _warn(f"all training outputs{where} are nearly the same under {names}: try a smaller lam", PenaltyWarning)


def _warn_of_step(optimizer, regularizer):
    rule = _unwrapped(optimizer)[-1]
    if type(regularizer) is not L2 or type(rule) is not SGD:
        return
    lr = rule.lr(0) if isinstance(rule.lr, Schedule) else rule.lr
    mu = rule.momentum
    bound = 2 * (1 + mu) / (1 + 2 * mu if rule.nesterov else 1)
    product = np.max(lr * regularizer.lam)
    if product > bound:
        what = f"lr times lam is {product:g} for {shown(regularizer)}, above {bound:g}"
        _warn(f"{what}: each step carries the weights across 0 and further away", PenaltyWarning)


def _warn_of_scale(net, X):
    first = next(layer for layer in net.layers if layer.shapes())
    if type(first) not in (Dense, Conv2D):
        return
    axes = tuple(range(X.ndim - len(net.shape_in or (1,))))
    largest = np.maximum(X.max(axis=axes).astype(float), -X.min(axis=axes).astype(float))  # (n,) or (H, W, C)
    if not largest.any():
        return
    most, least = largest.max(), largest[largest > 0].min()
    apart, far = most >= APART * least or most >= VERY_FAR and least < FAR, least >= FAR or most <= 1 / VERY_FAR
    if not (apart or far) or _is_standardised(X, axes, largest > 0):
        return
    advice = "scale them, for example to mean 0 and standard deviation 1"
    if apart:
        ends = f"from {least:.3g} in {_column(largest, least)} to {most:.3g} in {_column(largest, most)}"
        _warn(f"the columns of X differ by orders of magnitude, {ends}: {advice}", ScaleWarning)
    else:
        _warn(f"the columns of X are all far from 1, from {least:.3g} to {most:.3g}: {advice}", ScaleWarning)


def _is_standardised(X, axes, columns):
    """Whether the root mean square of each column is around 1, whatever single entries are."""
    rms = np.sqrt(np.square(X, dtype=float).mean(axis=axes))[columns]
    return rms.min() > 0.1 and rms.max() < 10


def _column(largest, value):
    """The first column with that value, in the way numpy writes it."""
    return f"X[:, {', '.join(map(str, np.argwhere(largest == value)[0]))}]"


def _penalties(optimizer, regularizer):
    """The penalties that are not 0, that of Proximal among them."""
    given = [regularizer, *(part.penalty for part in _unwrapped(optimizer) if isinstance(part, Proximal))]
    return [penalty for penalty in given if penalty is not None and np.any(penalty.lam)]


def _unwrapped(optimizer):
    """An optimizer and what is within it, from Clipped, Frozen, Masked and Proximal down to the rule of descent."""
    parts = [optimizer]
    while hasattr(parts[-1], "optimizer"):
        parts.append(parts[-1].optimizer)
    return parts


def _norm(params):
    return np.linalg.norm(params.theta * params.weights, axis=-1)


def _warn(sentence, category):
    """Warn at the line outside the package that led to `fit`."""
    frame, level = sys._getframe(), 1
    while frame.f_back is not None and frame.f_globals["__name__"].startswith("mlp_core"):
        frame, level = frame.f_back, level + 1
    warnings.warn(f"fit: {sentence}", category, stacklevel=level)

"""What a sample of replicas says about all: an interval for a mean difference, and one for a share."""

from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from mlp_core.annotations import Array
from mlp_core.checks import check_numbers, is_number, shown

__all__ = ["Interval", "paired", "rate"]


class Interval(NamedTuple):
    """A mean over replicas and the limits of its interval."""

    mean: float
    low: float
    high: float


def paired(differences: Array, confidence: float = 0.95) -> Interval:
    r"""The mean of paired differences with its t-interval, $\bar d \pm t\,s / \sqrt R$, for R replicas.

    $s$ is their standard deviation, with $R - 1$ below; $t$ the quantile of Student's distribution with $R - 1$ degrees
    of freedom. The interval holds the mean of all possible replicas in 95 of 100 experiments, where the differences are
    about normal.

    Parameters
    ----------
    differences : (R,), at least two: two runs with the same stream, one minus the other
    confidence : float between 0 and 1

    Returns
    -------
    Interval

    Raises
    ------
    ValueError : for other differences, for NaN and infinity, and for another confidence
    """
    _check("paired", "differences", differences, confidence)
    d, R = differences.astype(float), len(differences)
    if R < 2 or not np.isfinite(d).all():
        raise ValueError(f"paired: expected at least two finite differences, got {np.isfinite(d).sum()} of {R}")
    margin = t_quantile(confidence, R - 1) * d.std(ddof=1) / np.sqrt(R)
    return Interval(d.mean(), d.mean() - margin, d.mean() + margin)


def rate(hits: Array, confidence: float = 0.95) -> Interval:
    r"""The share p of R replicas that succeed, with its Wilson interval.

    $$\frac{p + \frac{z^2}{2R} \pm z\sqrt{\frac{p(1 - p)}R + \frac{z^2}{4R^2}}}{1 + \frac{z^2}R}$$

    with z the quantile of the normal distribution, 1.96 for 95 %. Its limits are the shares from which p is just z
    standard errors away; they stay in [0, 1] and are no point where all replicas agree.

    Parameters
    ----------
    hits : (R,) of true or false, or 1 and 0
    confidence : float between 0 and 1

    Returns
    -------
    Interval

    Raises
    ------
    ValueError : for other hits and for another confidence

    References
    ----------
    Wilson (1927).
    """
    _check("rate", "hits", hits, confidence)
    if not hits.size or not np.isin(hits, (0, 1)).all():
        raise ValueError(f"rate: expected at least one replica, each true or false, got hits={np.unique(hits)}")
    p, R, z = hits.mean(dtype=float), len(hits), NormalDist().inv_cdf((1 + confidence) / 2)
    centre, margin = p + z**2 / (2 * R), z * np.sqrt(p * (1 - p) / R + z**2 / (4 * R**2))
    low, high = (centre - margin) / (1 + z**2 / R), (centre + margin) / (1 + z**2 / R)
    return Interval(p, min(max(low, 0), p), max(min(high, 1), p))


def t_quantile(confidence, dof):
    r"""The t between whose -t and t Student's distribution has the given share of its mass, for `dof` whole degrees.

    With $t = \sqrt\nu\tan\theta$ the mass is a finite sum of sines and cosines (Abramowitz and Stegun, 26.7.3 and
    26.7.4), increasing in $\theta$: halve the range of $\theta$ until it is found.
    """
    low, high = 0.0, np.pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _mass(middle, dof) < confidence else (low, middle)
    return np.sqrt(dof) * np.tan(low)


def _mass(theta, dof):
    """P(|T| <= sqrt(dof) tan(theta)) for Student's T."""
    sine, cosine = np.sin(theta), np.cos(theta)
    k = np.arange(1, dof // 2)
    if dof % 2 == 0:
        return sine * (1 + np.cumprod((2 * k - 1) / (2 * k) * cosine**2).sum())
    series = 1 + np.cumprod(2 * k / (2 * k + 1) * cosine**2).sum() if dof > 1 else 0
    return 2 / np.pi * (theta + sine * cosine * series)


def _check(caller, name, Q, confidence):
    check_numbers(caller, name, Q)
    if Q.ndim != 1:
        raise ValueError(f"{caller}: expected one number for each replica, got {name}.shape={Q.shape}")
    if not is_number(confidence) or not 0 < confidence < 1:
        raise ValueError(f"{caller}: expected a number between 0 and 1, got confidence={shown(confidence)}")

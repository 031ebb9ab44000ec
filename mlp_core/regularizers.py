r"""Penalties $\Omega(\theta)$ that are added to the cost: on the weights and, only if asked for, on the biases."""

from dataclasses import dataclass

import numpy as np

from mlp_core.annotations import Values
from mlp_core.checks import FLAG, Checked, setting, shown
from mlp_core.losses import loss_function
from mlp_core.network import check_networks
from mlp_core.parameters import Parameters

__all__ = ["Penalty", "L2", "L1"]

STEP = setting("a finite step of at least 0", lambda step: step >= 0)


@dataclass(frozen=True)
class Penalty(Checked):
    """What L1 and L2 have in common: their weight, and the switch for biases.

    Parameters
    ----------
    lam : float >= 0, or array (R, 1) with one value for each replica
    biases : bool, whether biases are penalised too

    Raises
    ------
    ValueError
        For a lam that is negative, not finite or of another shape, for params that do not fit it, and for a Penalty
        that is neither L1 nor L2.
    """

    lam: Values
    biases: bool = False
    _rules = {"lam": setting("a finite penalty weight of at least 0", lambda lam: lam >= 0), "biases": FLAG}

    def __post_init__(self):
        super().__post_init__()
        if type(self) is Penalty:
            raise ValueError("Penalty: expected L1 or L2, got class=Penalty")

    def _lam_and_w(self, params):
        """lam in the dtype of the parameters, and theta (P,) or (R, P) with 0 for what is not penalised."""
        lam = in_dtype(type(self).__name__, "lam", self.lam, params)
        return lam, params.theta if self.biases else params.theta * params.weights


class L2(Penalty):
    r"""$\Omega = \frac\lambda2\sum w^2$ over all weights, gradient $\lambda w$.

    Parameters and errors as for Penalty.

    Tikhonov (1963); ridge regression: Hoerl and Kennard (1970).
    """

    def value(self, params: Parameters) -> Values:
        """A number, or (R,)."""
        lam, w = self._lam_and_w(params)
        return (lam / 2 * w**2).sum(axis=-1)

    def grad(self, params: Parameters) -> Parameters:
        """Parameters: the gradient, 0 for what is not penalised."""
        lam, w = self._lam_and_w(params)
        return Parameters(params.shapes, lam * w)


class L1(Penalty):
    r"""$\Omega = \lambda\sum|w|$ over all weights, gradient $\lambda\,\mathrm{sign}(w)$, taken as 0 at $w = 0$.

    Parameters and errors as for Penalty.

    The lasso: Tibshirani (1996).
    """

    def value(self, params: Parameters) -> Values:
        """A number, or (R,)."""
        lam, w = self._lam_and_w(params)
        return (lam * np.abs(w)).sum(axis=-1)

    def grad(self, params: Parameters) -> Parameters:
        """Parameters: the gradient, 0 for what is not penalised."""
        lam, w = self._lam_and_w(params)
        return Parameters(params.shapes, lam * np.sign(w))

    def prox(self, params: Parameters, step: Values) -> Parameters:
        r"""Soft-thresholding: each weight goes towards 0 by step times lam, and is exactly 0 where that is too far.

        $$w \leftarrow \mathrm{sign}(w)\max(|w| - \eta\lambda, 0) = \arg\min_u \tfrac12(u - w)^2 + \eta\lambda|u|$$

        Parameters
        ----------
        params : Parameters
        step : float >= 0, or array (R, 1): $\eta$

        Returns
        -------
        Parameters; what is not penalised is as before

        Raises
        ------
        ValueError : for another step
        """
        step = STEP("L1", "step", step)
        lam, step = in_dtype("L1", "lam", self.lam, params), in_dtype("L1", "step", step, params)
        threshold = step * lam * (1 if self.biases else params.weights)
        theta = params.theta
        return Parameters(params.shapes, np.sign(theta) * np.maximum(np.abs(theta) - threshold, 0))


def penalised_cost(net, loss, regularizer, X, Y, params, weights=None):
    r"""$C(\theta) + \Omega(\theta)$ on all examples, X (N, n) and Y (N, m), dropout off: a number, or (R,).

    Raises ValueError for arguments of another kind.
    """
    check_networks("penalised_cost", net, params)
    loss = loss_function(loss)
    if not isinstance(regularizer, Penalty | None):
        raise ValueError(f"penalised_cost: expected L1, L2 or None, got regularizer={shown(regularizer)}")
    penalty = 0 if regularizer is None else regularizer.value(params)
    return loss.value(net.output(params, X), Y, weights) + penalty


def in_dtype(caller, name, value, params):
    """A hyperparameter in the dtype of the parameters, so that float32 stays float32: an array () or (R, 1).

    Raises ValueError, in the caller's name, where it has a value for each of another number of replicas.
    """
    if not isinstance(params, Parameters):
        raise ValueError(f"{caller}: expected Parameters, got params={type(params).__name__}")
    if np.shape(value) not in ((), (params.replicas, 1)):
        expected = "a number" if params.replicas is None else f"a number or an array ({params.replicas}, 1)"
        raise ValueError(f"{caller}: expected {expected}, got {name}.shape={np.shape(value)}")
    return np.asarray(value, params.theta.dtype)

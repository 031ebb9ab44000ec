"""Where a run of `fit` stands between two epochs, so that another call can go on from there."""

from copy import deepcopy
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from mlp_core.parameters import Parameters

__all__ = []  # it serves the package itself


class Checkpoint(NamedTuple):
    """All that a run needs to go on, taken when a recorded epoch is over.

    Attributes
    ----------
    epoch, records : int, the epochs that are done and the records made by then
    theta : array, (P,) or (R, P): the parameters; with early stopping the last, not the best
    state : the optimizer's state, its Parameters as arrays
    rng, draws : the generators, a list, and the states they had then; None without random numbers
    best : the best parameters so far and who still trains; None without early stopping
    """

    epoch: int
    records: int
    theta: np.ndarray
    state: Any
    rng: Any
    draws: Any
    best: Any

    def reopen(self, step):
        """Give a new step the parameters and the optimizer's state; returns the generators, one or R, or None."""
        step.params.theta = self.theta
        if isinstance(self.state, SimpleNamespace):
            for name, value in vars(self.state).items():
                if isinstance(getattr(step.state, name), Parameters):
                    getattr(step.state, name).theta = value
                else:
                    setattr(step.state, name, deepcopy(value))
        else:
            step.state = deepcopy(self.state)
        if self.rng is None:
            return None
        rng = deepcopy(self.rng)
        for stream, draws in zip(rng, self.draws, strict=True):
            stream.bit_generator.state = draws
        return rng[0] if self.theta.ndim == 1 else rng


def take(epoch, records, step, rng, best):
    """The Checkpoint of a run whose `step` has made all steps of an epoch."""
    rng = [rng] if isinstance(rng, np.random.Generator) else rng
    draws = None if rng is None else [stream.bit_generator.state for stream in rng]
    return Checkpoint(epoch, records, step.params.theta.copy(), copied(step.state), rng, draws, best)


def copied(state):
    """A copy of an optimizer's state, with arrays in the place of Parameters."""
    if not isinstance(state, SimpleNamespace):
        return deepcopy(state)
    return SimpleNamespace(**{name: _copy(value) for name, value in vars(state).items()})


def _copy(value):
    if isinstance(value, Parameters):
        return value.theta.copy()
    return value if isinstance(value, int) else deepcopy(value)

"""One module for each library. A contender is a function of a Problem that returns a Run.

Each states the training loop as a user of that library would write it.
"""

from collections.abc import Callable
from typing import NamedTuple


class Run(NamedTuple):
    """Training that has been prepared.

    Attributes
    ----------
    train : function of a number of epochs; goes on where the last call ended
    weights : function that returns the present weights as a list W, b, W, b, ... of numpy arrays; None for a contender
        that has none
    """

    train: Callable
    weights: Callable | None


def repeated(compute, arrays):
    """A Run that only computes a gradient, once an epoch; its weights are `arrays` of the last one."""
    last = None

    def train(epochs):
        nonlocal last
        for _ in range(epochs):
            last = compute()

    return Run(train, lambda: arrays(last))

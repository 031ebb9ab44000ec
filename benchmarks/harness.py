"""How contenders are checked and timed, and how their ratios are taken."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.contenders.textbook import dense_loss, textbook
from benchmarks.problem import Problem

OURS = "mlp_core"
TOLERANCE = 1e-4


def unchanged(problem):
    return problem


@dataclass(frozen=True)
class Contender:
    """Who trains, and what is special about it.

    Parameters
    ----------
    name : str
    prepare : function of a Problem that returns a Run
    adapt : function of a Problem that returns the one this contender trains instead
    own_order : whether it draws an example order of its own; it is then checked on a single batch
    times : its time is multiplied by this number: it trains one network where the others train so many
    rounds : int, or None to take part in all of them
    longer : it trains so many times the epochs of the others in a round, so that the cost of a call does not count
    """

    name: str
    prepare: Callable
    adapt: Callable = unchanged
    own_order: bool = False
    times: int = 1
    rounds: int | None = None
    longer: int = 1


@dataclass(frozen=True)
class Training:
    """A comparison of the time of one step.

    Parameters
    ----------
    name, title : str
    problem : Problem
    contenders : tuple of Contender, mlp_core first
    epochs : int, timed in each round
    checked : tuple of int, the epochs after which a contender must agree with the reference
    reference : function of a Problem that returns a Run
    outcome : function of a Problem and of weights that returns the numbers that must agree
    """

    name: str
    title: str
    problem: Problem
    contenders: tuple
    epochs: int
    checked: tuple
    reference: Callable = textbook
    outcome: Callable = dense_loss

    unit = "µs a step"

    def prepare(self, chosen):
        """For each of the chosen contenders the function that measures it; all are checked and have run once."""
        contenders = [contender for contender in self.contenders if contender.name in chosen]
        for contender in contenders:
            check(self, contender)
        return {contender.name: self._measure(contender) for contender in contenders}

    def rounds(self, asked):
        """The number of rounds of each contender."""
        return {contender.name: min(asked, contender.rounds or asked) for contender in self.contenders}

    def _measure(self, contender):
        problem = contender.adapt(self.problem)
        run = contender.prepare(problem)
        epochs = self.epochs * contender.longer
        run.train(epochs)

        def measure():
            gc.collect()
            start = time.perf_counter()
            run.train(epochs)
            return (time.perf_counter() - start) * 1e6 * contender.times / (epochs * problem.steps)

        return measure


def check(workload, contender):
    """End the benchmark unless the contender follows the reference in float64 from the same first weights."""
    problem = contender.adapt(workload.problem)
    problem = problem.start(batches=1 if contender.own_order else 4)
    run, reference = contender.prepare(problem), workload.reference(problem.double())
    if run.weights is None:
        return
    done = 0
    for epochs in workload.checked:
        run.train(epochs - done)
        reference.train(epochs - done)
        done = epochs
        expected, got = (workload.outcome(problem.double(), side.weights()) for side in (reference, run))
        if not np.abs(got - expected).max() <= TOLERANCE * np.abs(expected).max():
            worst = np.argmax(np.abs(got - expected))
            raise SystemExit(
                f"{workload.name}: expected {np.ravel(expected)[worst]:.6f} after {epochs} epochs, as the textbook in "
                f"float64, got {np.ravel(got)[worst]:.6f} from {contender.name}"
            )


def play(measures, rounds):
    """Measure each contender once a round, in turn: a dict of name and list of samples.

    Parameters
    ----------
    measures : dict of name and function that returns a number
    rounds : dict of name and number of rounds: who has fewer takes part in the first ones

    Every other round goes backwards, so that a drift of the machine favours nobody.
    """
    samples = {name: [] for name in measures}
    for number in range(max(rounds[name] for name in measures)):
        names = [name for name in measures if number < rounds[name]]
        for name in reversed(names) if number % 2 else names:
            samples[name].append(measures[name]())
    return samples


def ratios(samples, name):
    """Theirs / ours, taken within each round."""
    return [theirs / ours for theirs, ours in zip(samples[name], samples[OURS], strict=False)]


def quartiles(values):
    """The median and the two quartiles around it."""
    low, median, high = np.percentile(values, [25, 50, 75])
    return float(median), (float(low), float(high))

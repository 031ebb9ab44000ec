"""The gradient of one batch of 128 examples in a network n-n-n-n, without an update."""

import numpy as np

from benchmarks.contenders import ours, textbook, with_jax, with_torch
from benchmarks.contenders.floor import floor
from benchmarks.harness import OURS, Contender, Training
from benchmarks.problem import Problem

CONTENDERS = (
    Contender(OURS, ours.gradient),
    Contender("textbook numpy", textbook.gradient),
    Contender("BLAS limit", floor),
    Contender("torch", with_torch.gradient),
    Contender("jax.jit", with_jax.gradient),
)


def joined(problem, grads):
    """All entries of a gradient."""
    return np.concatenate([dQ.ravel() for dQ in grads])


def workload(n, epochs):
    X = np.random.default_rng(2).normal(size=(128, n)).astype(np.float32)
    Y = np.eye(n, dtype=np.float32)[np.arange(128) % n]
    return Training(
        f"gradient{n}",
        f"Gradient of a batch of 128, {n}-{n}-{n}-{n}",
        Problem((n,) * 4, "relu", "softmax_cross_entropy", 0.1, X, Y),
        CONTENDERS,
        epochs,
        checked=(1,),
        reference=textbook.gradient,
        outcome=joined,
    )


GRADIENTS = (workload(32, epochs=5000), workload(256, epochs=200), workload(2048, epochs=5))

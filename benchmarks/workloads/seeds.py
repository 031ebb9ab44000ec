"""Many networks at once: the same training from many seeds, each with weights and an example order of its own."""

from dataclasses import replace

from benchmarks.contenders.floor import floor
from benchmarks.contenders.ours import ours
from benchmarks.contenders.with_jax import scanned
from benchmarks.contenders.with_sklearn import classifier
from benchmarks.contenders.with_torch import bmm, eager, vmapped
from benchmarks.harness import OURS, Contender, Training
from benchmarks.problem import Problem
from benchmarks.workloads import data


def contenders(R):
    """R networks at once, and R times one network."""
    alone = {"adapt": Problem.alone, "times": R}
    return (
        Contender(OURS, ours),
        Contender("jax.vmap", scanned),
        Contender("torch.bmm", bmm),
        Contender("torch.func.vmap", vmapped),
        Contender("mlp_core, one by one", ours, **alone),
        Contender("scikit-learn, one by one", classifier, own_order=True, **alone),
        Contender("torch, one by one", eager, **alone),
    )


XOR = Training(
    "xor-seeds",
    "XOR, 1,000 networks 2-2-1, one step of all",
    Problem((2, 2, 1), "tanh", "binary_cross_entropy", 0.5, *data.xor(), replicas=1000),
    (
        *contenders(1000),
        Contender("jax.lax.scan, one by one", scanned, adapt=Problem.alone, times=1000, longer=5),
    ),
    epochs=1000,
    checked=(1, 100),
)

MANY = Training(
    "xor-seeds-10000",
    "XOR, 10,000 networks 2-2-1, one step of all",
    replace(XOR.problem, replicas=10_000),
    (
        *contenders(10_000)[:3],
        Contender("jax.lax.scan, one by one", scanned, adapt=Problem.alone, times=10_000, longer=25),
    ),
    epochs=200,
    checked=(1, 10),
)

DIGITS = Training(
    "digits-seeds",
    "Digits, 100 networks 64-32-10, batch 32, one step of all",
    Problem((64, 32, 10), "relu", "softmax_cross_entropy", 0.1, *data.digits(448), batch_size=32, replicas=100),
    (*contenders(100), Contender("BLAS limit", floor)),
    epochs=40,
    checked=(1, 5),
)

"""One multilayer perceptron: XOR, digits, a wide one, one with dropout; L2, Adam, the defaults of `fit`, float64."""

from dataclasses import replace

from benchmarks.contenders.floor import floor
from benchmarks.contenders.ours import defaults, ours
from benchmarks.contenders.textbook import textbook
from benchmarks.contenders.with_jax import jitted, scanned
from benchmarks.contenders.with_micrograd import micrograd, problem_for_micrograd
from benchmarks.contenders.with_sklearn import classifier
from benchmarks.contenders.with_torch import compiled, eager, loader, recording
from benchmarks.harness import OURS, Contender, Training
from benchmarks.problem import Problem
from benchmarks.workloads import data

NUMPY = (Contender(OURS, ours), Contender("textbook numpy", textbook), Contender("BLAS limit", floor))
SKLEARN = Contender("scikit-learn", classifier, own_order=True)
TORCH = Contender("torch", eager)
LOADER = Contender("torch DataLoader", loader, own_order=True)
COMPILED = Contender("torch.compile", compiled, rounds=3)
MICROGRAD = Contender("micrograd", micrograd, adapt=problem_for_micrograd, rounds=3)
MASKED = Contender(OURS, ours, own_order=True)  # masks and example order come from one stream
JAX = (Contender("jax.jit", jitted), Contender("jax.lax.scan", scanned))

XOR = Training(
    "xor",
    "XOR, 2-2-1, full batch",
    Problem((2, 2, 1), "tanh", "binary_cross_entropy", 0.5, *data.xor()),
    (*NUMPY, SKLEARN, TORCH, COMPILED, *JAX, MICROGRAD),
    epochs=5000,
    checked=(1, 100, 2000),
)

DIGITS = Training(
    "digits",
    "Digits, 64-32-10, batch 32",
    Problem((64, 32, 10), "relu", "softmax_cross_entropy", 0.1, *data.digits(1792), 32),
    (*NUMPY, SKLEARN, TORCH, LOADER, COMPILED, *JAX),
    epochs=50,
    checked=(1, 5),
)

WIDE = Training(
    "wide",
    "784-256-10, batch 128",
    Problem((784, 256, 10), "relu", "softmax_cross_entropy", 0.01, *data.noise(1280, 784), 128),
    (*NUMPY, SKLEARN, TORCH, LOADER, COMPILED, *JAX),
    epochs=60,
    checked=(1, 2),
)

DROPOUT = Training(
    "dropout",
    "784-800-800-10, dropout 1/2 after both hidden layers, batch 100",
    Problem((784, 800, 800, 10), "relu", "softmax_cross_entropy", 0.01, *data.noise(300, 784), 100, rate=0.5),
    (MASKED, *NUMPY[1:], TORCH, COMPILED, *JAX),
    epochs=30,
    checked=(1, 2),
)


def with_defaults(workload):
    """The same as a user meets it: mlp_core and scikit-learn with their defaults, torch with its tutorials' loop."""
    contenders = (Contender(OURS, defaults), SKLEARN, Contender("torch, losses kept", recording))
    title = f"{workload.title}, losses recorded in every epoch"
    return replace(workload, name=f"{workload.name}-defaults", title=title, contenders=contenders)


def in_float64(workload):
    """The same in double precision, without JAX, which would need a process of its own."""
    contenders = (*NUMPY, SKLEARN, TORCH)
    title, problem = f"{workload.title}, float64", workload.problem.double()
    return replace(workload, name=f"{workload.name}-float64", title=title, problem=problem, contenders=contenders)


L2 = replace(
    DIGITS,
    name="digits-l2",
    title=f"{DIGITS.title}, L2 penalty",
    problem=replace(DIGITS.problem, l2=1e-3),
    contenders=(*NUMPY, SKLEARN, TORCH, *JAX),
)

ADAM = replace(
    L2,
    name="digits-adam",
    title=f"{DIGITS.title}, Adam",
    problem=replace(DIGITS.problem, lr=1e-3, optimizer="adam"),
    checked=(3,),  # once: mlp_core and scikit-learn begin each fit with a new Adam
)

DEFAULTS = tuple(map(with_defaults, (XOR, DIGITS, WIDE)))
FLOAT64 = tuple(map(in_float64, (XOR, DIGITS, WIDE)))

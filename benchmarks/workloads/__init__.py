"""The comparisons, in the order of the report."""

from benchmarks.workloads import conv, dense, gradient, processes, seeds

ALL = (
    dense.XOR,
    dense.DIGITS,
    dense.WIDE,
    dense.DROPOUT,
    dense.L2,
    dense.ADAM,
    *dense.DEFAULTS,
    *dense.FLOAT64,
    seeds.XOR,
    seeds.MANY,
    seeds.DIGITS,
    *conv.CONVOLUTIONS,
    *conv.SEEDS,
    *gradient.GRADIENTS,
    *processes.PROCESSES,
)

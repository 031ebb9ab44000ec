"""The comparisons, in the order of the report."""

from benchmarks.workloads import conv, dense, gradient, processes, seeds

ALL = (
    dense.XOR,
    dense.DIGITS,
    dense.WIDE,
    dense.DROPOUT,
    *dense.DEFAULTS,
    *dense.FLOAT64,
    seeds.XOR,
    seeds.DIGITS,
    *conv.CONVOLUTIONS,
    *gradient.GRADIENTS,
    *processes.PROCESSES,
)

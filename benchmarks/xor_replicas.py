"""How long 500 networks 2-2-1 take for 5,000 full-batch steps on XOR: prints seconds, asserts nothing.

On one core: OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 .venv/bin/python benchmarks/xor_replicas.py
"""

import time

import numpy as np

from mlp_core import MLP, SGD, accuracy, datasets, fit, predict

X, Y = datasets.xor()
net = MLP("2-2-1", initializer="uniform")
for seed in range(3):
    params = net.init(np.random.default_rng(seed), replicas=500)
    wall, processor = time.perf_counter(), time.process_time()
    fit(net, params, X, Y, loss="binary_cross_entropy", optimizer=SGD(1.0), epochs=5000, record_every=100)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    learned = (accuracy(predict(net, params, X, "binary_cross_entropy"), Y) == 1).mean()
    print(f"500 x 2-2-1, 5,000 steps: {processor:.2f} s of processor time, {wall:.2f} s; {learned:.0%} learned XOR")

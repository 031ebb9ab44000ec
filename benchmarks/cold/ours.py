"""XOR with mlp_core."""

import numpy as np

from benchmarks.cold.finish import finish
from mlp_core import MLP, SGD, datasets, fit

X, Y = datasets.xor()
net = MLP("2-2-1", initializer="uniform")
params = net.init(np.random.default_rng(3))
history = fit(
    net, params, X, Y, loss="binary_cross_entropy", optimizer=SGD(0.5), epochs=10_000, record_every=1000
)
finish(history.train["loss"].tolist())

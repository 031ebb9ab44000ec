"""Wrong calls. Each bears the error that the type checker must report; it also reports one that is not there."""

import numpy as np

import mlp_core
from mlp_core import L2, MLP, SGD, Dense, EarlyStopping, Network, fit, one_hot, predict, softmax
from mlp_core.datasets import moons, xor
from mlp_core.recurrent import encode
from mlp_core.storage import load

net = MLP("2-3-1")
params = net.init(np.random.default_rng(0))
X, Y = xor()

MLP(sizes=3)  # type: ignore[arg-type]
Dense("2", 3)  # type: ignore[arg-type]
Dense(2, 3, activation=np.tanh)  # type: ignore[arg-type]
Network(Dense(2, 3))  # type: ignore[arg-type]
SGD(lr="0.1")  # type: ignore[arg-type]
SGD(0.1, beta=0.9)  # type: ignore[call-arg]
EarlyStopping()  # type: ignore[call-arg]
net.init(0)  # type: ignore[arg-type]
net.forward(X, params)  # type: ignore[arg-type]
net.backward(params, X)  # type: ignore[call-arg]
params.weight()  # type: ignore[attr-defined]
print(params["W"])  # type: ignore[index]
fit(net, params, X, Y, loss="half_squared_error", optimizer=SGD, epochs=3)  # type: ignore[arg-type]
fit(net, params, X, Y, loss="half_squared_error", optimizer=SGD(1), epochs="3")  # type: ignore[arg-type]
fit(net, params, X, Y, loss="half_squared_error", optimizer=SGD(1), epochs=3, regularizer=0.1)  # type: ignore[arg-type]
fit(net, params, X, Y, loss="half_squared_error", optimizer=SGD(1), epochs=3, rng=0)  # type: ignore[arg-type]
fit(net, params, X, Y, "half_squared_error", optimizer=SGD(1), epochs=3)  # type: ignore[call-arg]
predict(net, params, X, loss=L2(1))  # type: ignore[arg-type]
one_hot([0, 1], "2")  # type: ignore[arg-type]
softmax(None)  # type: ignore[arg-type]
moons(100, 0.1, 0)  # type: ignore[arg-type]
encode(101)  # type: ignore[arg-type]
load("net.npz")  # type: ignore[call-arg]
print(mlp_core.data_sets)  # type: ignore[attr-defined]
text: str = net.output(params, X)  # type: ignore[assignment]

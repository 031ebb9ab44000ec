"""XOR with micrograd: ReLU and squared error."""

import random

from micrograd.nn import MLP

from benchmarks.cold.finish import finish

random.seed(3)
X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0]
model = MLP(2, [2, 1])
losses = []
for epoch in range(10_001):
    cost = sum((model(x) - target) ** 2 for x, target in zip(X, y, strict=True)) * 0.125
    model.zero_grad()
    cost.backward()
    for parameter in model.parameters():
        parameter.data -= 0.5 * parameter.grad
    if epoch % 1000 == 0:
        losses.append(cost.data)
finish(losses)

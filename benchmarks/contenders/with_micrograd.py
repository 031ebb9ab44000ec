"""micrograd: one Python object for each number. Its units are ReLU; it has no logarithm, so the error is squared."""

from dataclasses import replace

import numpy as np
from micrograd.engine import Value
from micrograd.nn import MLP

from benchmarks.contenders import Run


def problem_for_micrograd(problem):
    """The same network with what micrograd has."""
    return replace(problem, hidden="relu", loss="half_squared_error")


def micrograd(problem):
    """Full batch, one output unit."""
    model = MLP(problem.sizes[0], list(problem.sizes[1:]))
    for layer, W, b in zip(model.layers, problem.weights()[::2], problem.weights()[1::2], strict=True):
        for unit, neuron in enumerate(layer.neurons):
            neuron.w, neuron.b = [Value(float(w)) for w in W[:, unit]], Value(float(b[0, unit]))
    X, y = problem.X.tolist(), problem.Y[:, 0].tolist()

    def train(epochs):
        for _ in range(epochs):
            cost = sum((model(x) - target) ** 2 for x, target in zip(X, y, strict=True)) * (0.5 / len(X))
            model.zero_grad()
            cost.backward()
            for parameter in model.parameters():
                parameter.data -= problem.lr * parameter.grad

    def weights():
        for layer in model.layers:
            yield np.array([[w.data for w in neuron.w] for neuron in layer.neurons]).T
            yield np.array([[neuron.b.data for neuron in layer.neurons]])

    return Run(train, lambda: list(weights()))

"""PyTorch: eager, with a DataLoader, compiled, and two ways to train many networks at once."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.contenders import Run, repeated
from benchmarks.problem import take

torch.set_num_threads(1)

HIDDEN = {"tanh": nn.Tanh, "relu": nn.ReLU}
LOSSES = {"binary_cross_entropy": nn.BCEWithLogitsLoss, "softmax_cross_entropy": nn.CrossEntropyLoss}


def data(problem):
    """Examples, images with their channels first; and targets as the loss wants them: 0 and 1, or a class number."""
    X, Y = torch.from_numpy(problem.X), torch.from_numpy(problem.Y)
    X = X.movedim(-1, 1).clone(memory_format=torch.contiguous_format) if X.ndim == 4 else X
    return X, Y if problem.loss == "binary_cross_entropy" else Y.argmax(dim=1)


def linear(W, b):
    """A linear layer with the given weights: torch holds W (n_out, n_in) and b (n_out,)."""
    layer = nn.Linear(*W.shape)
    layer.weight.data, layer.bias.data = torch.from_numpy(W.T.copy()), torch.from_numpy(b[0])
    return layer


def linear_weights(layer):
    """W (n_in, n_out) and b (1, n_out) of a linear layer."""
    return [layer.weight.detach().numpy().T, layer.bias.detach().numpy()[None]]


def dense(problem):
    """The module, and a function that returns its weights."""
    *below, last = zip(problem.weights()[::2], problem.weights()[1::2], strict=True)
    layers = []
    for W, b in below:
        layers += [linear(W, b), HIDDEN[problem.hidden]()]
        layers += [] if problem.rate is None else [nn.Dropout(problem.rate)]
    model = nn.Sequential(*layers, linear(*last))
    return model, lambda: [Q for layer in model if isinstance(layer, nn.Linear) for Q in linear_weights(layer)]


def eager(problem, build=dense):
    """The loop of the PyTorch tutorials, with torch.optim; batches are taken by their rows."""
    model, weights = build(problem)
    step = descent(problem, model, optimizer(problem, model))
    return Run(by_rows(problem, *data(problem), step), weights)


def recording(problem):
    """The same loop as the tutorials write it: it keeps the losses of the batches, as they are before each step."""
    model, weights = dense(problem)
    step = descent(problem, model, optimizer(problem, model))
    losses = []
    return Run(by_rows(problem, *data(problem), lambda X, Y: losses.append(step(X, Y).item())), weights)


def compiled(problem, build=dense):
    """The same with torch.compile and the fused optimizer."""
    torch.compiler.reset()  # it gives up on the ninth network of a process
    model, weights = build(problem)
    step = descent(problem, torch.compile(model), optimizer(problem, model, fused=True))
    return Run(by_rows(problem, *data(problem), step), weights)


def loader(problem):
    """Eager with a DataLoader, which draws an example order of its own."""
    model, weights = dense(problem)
    step = descent(problem, model, optimizer(problem, model))
    examples = DataLoader(TensorDataset(*data(problem)), batch_size=problem.batch_size, shuffle=True)

    def train(epochs):
        for _ in range(epochs):
            for X, Y in examples:
                step(X, Y)

    return Run(train, weights)


def optimizer(problem, model, **settings):
    """That of torch.optim, whose weight decay is the L2 penalty; biases have none."""
    Optimizer = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[problem.optimizer]
    if not problem.l2:
        return Optimizer(model.parameters(), lr=problem.lr, **settings)
    layers = [layer for layer in model if hasattr(layer, "weight")]
    groups = [{"params": [layer.weight for layer in layers], "weight_decay": problem.l2}]
    groups.append({"params": [layer.bias for layer in layers]})
    return Optimizer(groups, lr=problem.lr, **settings)


def descent(problem, model, optimizer):
    """One step on a batch X, Y; returns the loss before it."""
    loss = LOSSES[problem.loss]()

    def step(X, Y):
        optimizer.zero_grad()
        before = loss(model(X), Y)
        before.backward()
        optimizer.step()
        return before

    return step


def by_rows(problem, X, Y, step):
    """Training by `step` on batches of X and Y in the example order of mlp_core."""
    order = problem.order()

    def train(epochs):
        for _ in range(epochs):
            for rows in problem.epoch(order):
                rows = None if rows is None else torch.from_numpy(rows)
                step(take(X, rows), take(Y, rows))

    return train


def bmm(problem):
    """R networks as one: batched products, autograd of the sum of their losses."""
    X, Y = data(problem)
    if problem.batch_size is None:
        X, Y = (Q.expand(problem.replicas, *Q.shape) for Q in (X, Y))
    weights = [torch.from_numpy(array).requires_grad_() for array in problem.weights()]
    optimizer = torch.optim.SGD(weights, lr=problem.lr)
    loss, hidden = LOSSES[problem.loss](reduction="sum"), HIDDEN[problem.hidden]()

    def step(X, Y):
        A = X
        for W, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
            A = hidden(torch.baddbmm(b, A, W))
        Z = torch.baddbmm(weights[-1], A, weights[-2])
        optimizer.zero_grad()
        (loss(Z.flatten(0, 1), Y.flatten(0, 1)) / X.shape[1]).backward()
        optimizer.step()

    return Run(by_rows(problem, X, Y, step), lambda: [array.detach().numpy() for array in weights])


def vmapped(problem):
    """R networks by torch.func: vmap of the gradient of one."""
    weights = [torch.from_numpy(array) for array in problem.weights()]
    loss, hidden = LOSSES[problem.loss](), HIDDEN[problem.hidden]()

    def cost(weights, X, Y):
        A = X
        for W, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
            A = hidden(A @ W + b)
        return loss(A @ weights[-2] + weights[-1], Y)

    own = None if problem.batch_size is None else 0
    gradient = torch.func.vmap(torch.func.grad(cost), in_dims=(0, own, own))

    def step(X, Y):
        for Q, dQ in zip(weights, gradient(weights, X, Y), strict=True):
            Q.sub_(dQ, alpha=problem.lr)

    return Run(by_rows(problem, *data(problem), step), lambda: [array.numpy() for array in weights])


def gradient(problem):
    """The gradient of the full batch."""
    model, _ = dense(problem)
    (X, Y), loss = data(problem), LOSSES[problem.loss]()

    def compute():
        model.zero_grad()
        loss(model(X), Y).backward()
        return model

    def grads(model):
        layers = [layer for layer in model if isinstance(layer, nn.Linear)]
        return [dQ for layer in layers for dQ in (layer.weight.grad.numpy().T, layer.bias.grad.numpy()[None])]

    return repeated(compute, grads)

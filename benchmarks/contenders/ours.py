"""mlp_core as a user calls it."""

from benchmarks.contenders import Run, repeated
from mlp_core import L2, SGD, Adam, fit
from mlp_core.fast.step import Gradient
from mlp_core.losses import loss_function


def defaults(problem):
    """`fit` as it is without settings: it records the loss of all examples after each epoch."""
    return ours(problem, record_every=1)


def ours(problem, record_every=None):
    """`fit`, which records the loss before the first and after the last epoch, and between: all are timed."""
    net, params = problem.network(), problem.params()
    order = None if problem.batch_size is None and problem.rate is None else problem.order()
    optimizer = {"sgd": SGD, "adam": Adam}[problem.optimizer](problem.lr)
    regularizer = L2(problem.l2) if problem.l2 else None

    def train(epochs):
        fit(
            net,
            params,
            problem.X,
            problem.Y,
            loss=problem.loss,
            optimizer=optimizer,
            epochs=epochs,
            batch_size=problem.batch_size,
            rng=order,
            regularizer=regularizer,
            record_every=record_every or epochs,
        )

    return Run(train, lambda: [array for layer in params for array in layer.values()])


def gradient(problem):
    """The gradient of the full batch, as `fit` computes it."""
    net, params = problem.network(), problem.params()
    compute = Gradient(net, params, loss_function(problem.loss), problem.X, problem.Y)
    return repeated(compute, lambda grads: [array for layer in grads for array in layer.values()])

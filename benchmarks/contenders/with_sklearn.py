"""scikit-learn: MLPClassifier. It evaluates the loss of every batch, which cannot be switched off.

Its penalty is divided by the size of the batch.
"""

import warnings

from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from benchmarks.contenders import Run

FOREVER = 10**9


def classifier(problem):
    """`fit` with warm start, so that it goes on from its weights. It draws an example order of its own."""
    X, y = problem.X, problem.Y[:, 0] if problem.Y.shape[1] == 1 else problem.Y.argmax(axis=1)
    batch_size = problem.batch_size or len(X)
    model = MLPClassifier(
        problem.sizes[1:-1],
        activation=problem.hidden,
        solver=problem.optimizer,
        alpha=problem.l2 * batch_size,
        batch_size=batch_size,
        shuffle=problem.batch_size is not None,
        learning_rate_init=problem.lr,
        momentum=0,
        nesterovs_momentum=False,
        tol=0,
        n_iter_no_change=FOREVER,
        warm_start=True,
        random_state=0,
    )

    def train(epochs):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.set_params(max_iter=epochs).fit(X, y)

    train(1)  # makes the weights, which are then replaced
    model.coefs_ = problem.weights()[::2]
    model.intercepts_ = [b[0] for b in problem.weights()[1::2]]
    return Run(train, lambda: [Q for W, b in zip(model.coefs_, model.intercepts_, strict=True) for Q in (W, b[None])])

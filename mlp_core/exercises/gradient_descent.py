"""Exercises of the chapter *gradient-descent*."""

import math

import numpy as np

from mlp_core.exercises.checker import Exercise


def walk(H, c, theta, lr, steps):
    """Gradient descent after some steps from theta (P,), on the bowl with Hessian H (P, P) and bottom c (P,)."""
    for _ in range(steps):
        theta = theta - lr * H @ (theta - c)
    return theta


def rate_bound(X):
    """2 over the largest curvature of the mean of half squared errors, for a linear neuron with bias on X (N, n)."""
    return 2 / _curvatures(X)[-1]


def updates(N, B, epochs):
    """Updates in some epochs on N examples in batches of B, of which the last may be smaller."""
    return epochs * math.ceil(N / B)


def minibatch_step(w, b, X, y, rows, lr):
    """w (n,) and b after a step on the mean half squared error of rows (B,), some of the examples X (N, n), y (N,)."""
    errors = X[rows] @ w + b - y[rows]
    return w - lr * errors @ X[rows] / len(rows), b - lr * errors.mean()


def batch_noise(G, B):
    """The mean squared distance of the mean of B rows of G (N, P), drawn without replacement, from the mean of all."""
    N = len(G)
    return _spread(G) / B * (N - B) / (N - 1)


def _curvatures(X):
    X_one = np.column_stack([X, np.ones(len(X))])
    return np.linalg.eigvalsh(X_one.T @ X_one / len(X))


def _spread(G):
    return ((G - G.mean(axis=0)) ** 2).sum(axis=1).mean()


def _bowl(rng):
    P = rng.integers(1, 4)
    turn, _ = np.linalg.qr(rng.normal(size=(P, P)))
    H = turn @ np.diag(rng.uniform(0.5, 2, P)) @ turn.T
    return H, rng.normal(size=P), rng.normal(size=P), float(rng.uniform(0.05, 0.5)), int(rng.integers(6))


def _inputs(rng):
    return (rng.normal(rng.normal(), rng.uniform(0.5, 2), size=(rng.integers(2, 9), rng.integers(1, 4))),)


def _counts(rng):
    """Half of the cases have whole batches only: there is no smaller last one."""
    B = int(rng.integers(3, 20))
    return B * int(rng.integers(2, 9)) + int(rng.integers(1, B) * rng.integers(2)), B, int(rng.integers(2, 9))


def _step_inputs(rng):
    N, n = rng.integers(5, 10), rng.integers(1, 4)
    rows, lr = rng.permutation(N)[: rng.integers(1, 6)], float(rng.uniform(0.05, 0.5))
    return rng.normal(size=n), float(rng.normal()), rng.normal(size=(N, n)), rng.normal(size=N), rows, lr


def _gradients(rng):
    N = int(rng.integers(3, 9))
    return rng.normal(1, 1, (N, rng.integers(1, 4))), int(rng.integers(1, N + 1))


def _frozen(H, c, theta, lr, steps):
    return theta - steps * lr * H @ (theta - c)


def _walk_by(gradient):
    """The walk with another gradient (H, distance from c)."""

    def walked(H, c, theta, lr, steps):
        for _ in range(steps):
            theta = theta - lr * gradient(H, theta - c)
        return theta

    return walked


def _uncentred(H, c, theta, lr, steps):
    for _ in range(steps):
        theta = theta - lr * H @ theta
    return theta


def _bound(X, scale=2.0, which=-1):
    return scale / _curvatures(X)[which]


def _without_bias(X):
    return 2 / np.linalg.eigvalsh(X.T @ X / len(X))[-1]


def _centred(X):
    return 2 / np.linalg.eigvalsh(np.atleast_2d(np.cov(X.T, bias=True)))[-1]


def _step(w, b, X, y, rows, lr, divisor=None, bias=True):
    errors = X[rows] @ w + b - y[rows]
    divisor = len(rows) if divisor is None else divisor
    return w - lr * errors @ X[rows] / divisor, b - lr * errors.sum() / divisor * bias


def _online(w, b, X, y, rows, lr):
    """One step for each example of the batch, each at the weights that the one before left."""
    for row in rows:
        w, b = _step(w, b, X, y, [row], lr)
    return w, b


def _restless(w, b, X, y, rows, lr):
    """The bias moves on the errors after the step of the weights."""
    w_new, _ = _step(w, b, X, y, rows, lr)
    return w_new, b - lr * (X[rows] @ w_new + b - y[rows]).mean()


EXERCISES = {
    "walk": Exercise(
        reference=walk,
        inputs=_bowl,
        wrong={
            "you climb: go against the gradient.": lambda H, c, theta, lr, steps: walk(H, c, theta, -lr, steps),
            "every step uses the gradient of the start. Take it anew at the point where you are.": _frozen,
            "you walk towards 0. The bottom of this bowl is c.": _uncentred,
            "this is one step. Repeat it.": lambda H, c, theta, lr, steps: walk(H, c, theta, lr, 1),
            "this is one step too few.": lambda H, c, theta, lr, steps: walk(H, c, theta, lr, steps - 1),
            "your steps are twice too long: the gradient of half the square has no 2.": (
                lambda H, c, theta, lr, steps: walk(2 * H, c, theta, lr, steps)
            ),
            "the matrix H is missing from the gradient.": _walk_by(lambda H, d: d),
            "this is H times theta, less c. The distance from the bottom comes first: brackets.": (
                lambda H, c, theta, lr, steps: walk(H, np.linalg.solve(H, c), theta, lr, steps)
            ),
        },
        tolerance=1e-6,
    ),
    "rate-bound": Exercise(
        reference=rate_bound,
        inputs=_inputs,
        wrong={
            "the bias is missing: it is a weight on the constant input 1, and the bowl has its direction too.": (
                _without_bias
            ),
            "the mean divides by N, not by N - 1.": lambda X: _bound(X) * (len(X) - 1) / len(X),
            "every direction has such a bound. One rate must respect them all: one number is asked for.": lambda X: (
                2 / _curvatures(X)
            ),
            "this is upside down: the larger the curvature, the smaller the rate.": lambda X: _curvatures(X)[-1] / 2,
            "this is the bound for the sum of the errors. The mean divides the curvature by N.": lambda X: (
                _bound(X) / len(X)
            ),
            "this rate is safe, but twice as large ones converge as well.": lambda X: _bound(X, 1.0),
            "the trace is the sum of all curvatures. Only the largest counts.": lambda X: 2 / _curvatures(X).sum(),
            "this bound is for cross-entropy, where a slope of at most 1/4 comes in. Here the output is linear.": (
                lambda X: _bound(X, 8.0)
            ),
        },
    ),
    "updates": Exercise(
        reference=updates,
        inputs=_counts,
        special=[(5, 8, 3), (12, 4, 5), (7, 7, 1), (9, 1, 2)],
        wrong={
            "the smaller last batch of each epoch makes an update as well.": lambda N, B, epochs: epochs * (N // B),
            "an update cannot be made in part: round up, for each epoch.": lambda N, B, epochs: epochs * N / B,
            "round up before you multiply: a new epoch begins with a new batch.": lambda N, B, epochs: math.ceil(
                epochs * N / B
            ),
            "this counts whole batches in all epochs as if they were one list: each epoch ends with a smaller batch.": (
                lambda N, B, epochs: epochs * N // B
            ),
            "this makes an empty batch where B divides N. Only a remainder needs a batch of its own.": (
                lambda N, B, epochs: epochs * (N // B + 1)
            ),
            "any remainder needs a batch, a small one too: round up, not to the nearest.": lambda N, B, epochs: (
                epochs * round(N / B)
            ),
            "this is the number of examples seen. One update uses B of them.": lambda N, B, epochs: epochs * N,
            "these are the updates of one epoch.": lambda N, B, epochs: math.ceil(N / B),
        },
    ),
    "minibatch-step": Exercise(
        reference=minibatch_step,
        inputs=_step_inputs,
        wrong={
            "this is the sum over the batch. Divide by the number of its examples.": (
                lambda w, b, X, y, rows, lr: _step(w, b, X, y, rows, lr, divisor=1)
            ),
            "divide by the number of examples in the batch, not in the training set.": (
                lambda w, b, X, y, rows, lr: _step(w, b, X, y, rows, lr, divisor=len(X))
            ),
            "this step uses all examples. Only those in rows belong to the batch.": lambda w, b, X, y, rows, lr: _step(
                w, b, X, y, np.arange(len(X)), lr
            ),
            "you climb: the error is prediction minus target, and the step goes against it.": (
                lambda w, b, X, y, rows, lr: _step(w, b, X, y, rows, -lr)
            ),
            "the bias adds up the errors. Take their mean, as for the weights.": lambda w, b, X, y, rows, lr: (
                _step(w, b, X, y, rows, lr)[0],
                _step(w, b, X, y, rows, lr, divisor=1)[1],
            ),
            "your step is twice too long: the derivative of half the square has no 2.": (
                lambda w, b, X, y, rows, lr: _step(w, b, X, y, rows, 2 * lr)
            ),
            "these are the first examples. rows holds the numbers of those in the batch.": (
                lambda w, b, X, y, rows, lr: _step(w, b, X, y, np.arange(len(rows)), lr)
            ),
            "the bias sees the new weights. Compute both gradients before you move.": _restless,
        },
    ),
    "batch-noise": Exercise(
        reference=batch_noise,
        inputs=_gradients,
        special=[(np.array([[1.0, 2.0], [3.0, -1.0], [0.0, 1.0]]), B) for B in (1, 3)],
        wrong={
            "this is the noise of draws with replacement. Without it the whole set has none.": lambda G, B: (
                _spread(G) / B
            ),
            "this is the noise of one example. A mean over B is quieter.": lambda G, B: _spread(G),
            "the last factor is not quite right: for a batch of one example it must be 1.": lambda G, B: (
                _spread(G) / B * (len(G) - B) / len(G)
            ),
            "distances are measured from the mean gradient, not from 0.": lambda G, B: (
                (G**2).sum(axis=1).mean() / B * (len(G) - B) / (len(G) - 1)
            ),
            "the mean gradient has one entry for each parameter: average over the examples only.": lambda G, B: (
                ((G - G.mean()) ** 2).sum(axis=1).mean() / B * (len(G) - B) / (len(G) - 1)
            ),
            "G.var() is over all entries. Take G.var(axis=0), each coordinate by itself, and add these up.": (
                lambda G, B: G.var() / B * (len(G) - B) / (len(G) - 1)
            ),
            "S divides by N, not by N - 1.": lambda G, B: batch_noise(G, B) * len(G) / (len(G) - 1),
            "add up the coordinates: one number is asked for.": lambda G, B: (
                G.var(axis=0) / B * (len(G) - B) / (len(G) - 1)
            ),
        },
    ),
}

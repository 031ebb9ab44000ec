"""Exercises of the chapter *gradient-checking*, and the broken backward passes that it examines."""

import numpy as np

from mlp_core.exercises.checker import Exercise


def gradient(params, X, Y, bug="", memory=None):
    """Backpropagation for tanh layers and a linear last one, mean of half squared errors.

    With a bug, if you ask for it: `bug` is "" or a letter from A to E, and `memory` a list in
    which A keeps what it should have thrown away. The layers are square, X and Y (..., B, n).
    Returns Parameters.
    """
    B, last, caches, A = X.shape[-2], len(params) - 1, [], X
    for k, layer in enumerate(params):
        Z = A @ layer["W"] + layer["b"]
        caches.append((A, Z))
        A = Z if k == last else np.tanh(Z)
    if bug == "A" and memory is not None:  # a stale cache, that of the batch before
        caches, memory[:] = (memory[:] or caches), caches
    dA, grads = (A - Y) / (1 if bug == "D" else B), params.zeros_like()  # D: the mean is forgotten
    for k in reversed(range(len(params))):
        W, (A_prev, Z) = params[k]["W"], caches[k]
        at = np.tanh(Z) if bug == "E" else Z  # E: the slope is taken at the activation
        dZ = dA * (1 - np.tanh(at) ** 2)
        if k == last or bug == "B":  # B: the slope is missing
            dZ = dA
        grads[k]["W"] = A_prev.mT @ dZ
        grads[k]["b"] = dZ.sum(axis=-2, keepdims=True)
        dA = dZ @ (W if bug == "C" else W.mT)  # C: the transpose is missing
    return grads


def another_gradient(params, X, Y, bug):
    """The gradient by one of the suspects F, G and H, for X and Y (B, n).

    Each spoils the right gradient in a way of its own. Returns Parameters.
    """
    grads, sums = gradient(params, X, Y), X @ params[0]["W"] + params[0]["b"]
    for layer in grads:
        if bug == "F":  # the biases take the mean a second time
            layer["b"] = layer["b"] / len(X)
        if bug == "G":  # the gradient is transposed
            layer["W"] = layer["W"].T
    if bug == "H":  # the slope is missing in layer 1 only
        each = [gradient(params, X[n : n + 1], Y[n : n + 1])[0]["b"] for n in range(len(X))]
        dA = np.concatenate(each) / (1 - np.tanh(sums) ** 2) / len(X)
        grads[0]["W"], grads[0]["b"] = X.T @ dA, dA.sum(axis=0, keepdims=True)
    return grads


def central(f, x, eps):
    """Central differences of f at x (n,), with the step eps; (n,)."""
    steps = eps * np.eye(len(x))
    return np.array([(f(x + step) - f(x - step)) / (2 * eps) for step in steps])


def repaired(W1, b1, W2, b2, X, Y):
    """dW1, db1, dW2, db2 of a tanh layer and a linear one, for the mean of half squared errors over the rows of X."""
    A = np.tanh(X @ W1 + b1)
    dZ2 = (A @ W2 + b2 - Y) / len(X)
    dZ1 = (dZ2 @ W2.T) * (1 - A**2)
    return X.T @ dZ1, dZ1.sum(axis=0, keepdims=True), A.T @ dZ2, dZ2.sum(axis=0, keepdims=True)


def _square_net(rng):
    n, B = 2 * rng.integers(1, 3), 3
    W1, W2 = rng.normal(size=(2, n, n))
    b1, b2 = rng.normal(size=(2, 1, n))
    return W1, b1, W2, b2, rng.normal(size=(B, n)), rng.normal(size=(B, n))


def _with(f, mean=True):
    """A backward pass whose dZ1 is f(back, A, Z1, dZ2, W2), with back = dZ2 W2ᵀ."""

    def answer(W1, b1, W2, b2, X, Y):
        Z1 = X @ W1 + b1
        A = np.tanh(Z1)
        dZ2 = (A @ W2 + b2 - Y) / (len(X) if mean else 1)
        dZ1 = f(dZ2 @ W2.T, A, Z1, dZ2, W2)
        return X.T @ dZ1, dZ1.sum(axis=0, keepdims=True), A.T @ dZ2, dZ2.sum(axis=0, keepdims=True)

    return answer


def _input_for_activation(W1, b1, W2, b2, X, Y):
    dW1, db1, dW2, db2 = repaired(W1, b1, W2, b2, X, Y)
    dZ2 = (np.tanh(X @ W1 + b1) @ W2 + b2 - Y) / len(X)
    return dW1, db1, X.T @ dZ2, db2


def _slope_at_output(W1, b1, W2, b2, X, Y):
    A = np.tanh(X @ W1 + b1)
    Z2 = A @ W2 + b2
    dZ2 = (Z2 - Y) / len(X) * (1 - np.tanh(Z2) ** 2)
    dZ1 = (dZ2 @ W2.T) * (1 - A**2)
    return X.T @ dZ1, dZ1.sum(axis=0, keepdims=True), A.T @ dZ2, dZ2.sum(axis=0, keepdims=True)


def _mean_twice(W1, b1, W2, b2, X, Y):
    return tuple(part / len(X) for part in repaired(W1, b1, W2, b2, X, Y))


def _divided_by(count):
    """The right one, but for the number that its mean divides by."""

    def answer(W1, b1, W2, b2, X, Y):
        return tuple(part * len(X) / count(X, Y) for part in repaired(W1, b1, W2, b2, X, Y))

    return answer


def _mean_of_biases(W1, b1, W2, b2, X, Y):
    dW1, db1, dW2, db2 = repaired(W1, b1, W2, b2, X, Y)
    return dW1 * len(X), db1, dW2 * len(X), db2


class _Cubic:
    """A cubic of two variables: no difference is exact, and central differences are far nearer."""

    def __init__(self, c, d):
        self.c, self.d = c, d

    def __call__(self, x):
        return float(self.c @ x**3 + self.d @ x**2 + x[0] * x[1])

    def __repr__(self):
        terms = [f"{a:.4g} x{i}^{n}" for a, i, n in zip((*self.c, *self.d), (1, 2, 1, 2), (3, 3, 2, 2), strict=True)]
        return " + ".join([*terms, "x1 x2"])


def _a_function(rng):
    c, d = rng.normal(size=(2, 2))
    return _Cubic(c, d), rng.normal(size=2), 0.1


def _each(quotient):
    """Differences with one quotient(f, x, step, eps) for each variable."""
    return lambda f, x, eps: np.array([quotient(f, x, step, eps) for step in eps * np.eye(len(x))])


def _accumulating(f, x, eps):
    """The step is never taken back."""
    x, slopes = x.copy(), []
    for i in range(len(x)):
        x[i] += eps
        above = f(x)
        x[i] -= 2 * eps
        slopes.append((above - f(x)) / (2 * eps))
    return np.array(slopes)


BUGS = ("transposed gradient", "mean of the biases taken twice", "slope missing in layer 1")
LETTERS = dict(zip(BUGS, "GFH", strict=True))


def _names(answer, bug):
    """Whether the letter given for a bug is the right one: nothing that gives the letter away."""
    if not isinstance(answer, str | tuple | list) or len(answer) != len(BUGS):
        return "three letters are expected"
    given = answer[BUGS.index(bug)]
    return "right" if str(given).strip().upper() == LETTERS[bug] else "wrong"


EXERCISES = {
    "central": Exercise(
        reference=central,
        inputs=_a_function,
        wrong={
            "these are forward differences. Step to both sides.": _each(lambda f, x, h, eps: (f(x + h) - f(x)) / eps),
            "these are backward differences. Step to both sides.": _each(lambda f, x, h, eps: (f(x) - f(x - h)) / eps),
            "the two points are two steps apart: divide by 2 eps.": _each(
                lambda f, x, h, eps: (f(x + h) - f(x - h)) / eps
            ),
            "the sign is reversed: the value at the larger x comes first.": _each(
                lambda f, x, h, eps: (f(x - h) - f(x + h)) / (2 * eps)
            ),
            "all variables move at once. Move one at a time.": lambda f, x, eps: (
                np.full(len(x), (f(x + eps) - f(x - eps)) / (2 * eps))
            ),
            "brackets: a / 2 * eps multiplies by eps.": _each(lambda f, x, h, eps: (f(x + h) - f(x - h)) / 2 * eps),
            "x does not come back: undo each step before the next variable.": _accumulating,
            "you divide by 2 eps, but the two points are only eps apart: step to both sides.": _each(
                lambda f, x, h, eps: (f(x + h) - f(x)) / (2 * eps)
            ),
            "your steps are only half as long: go a whole eps to each side.": _each(
                lambda f, x, h, eps: (f(x + h / 2) - f(x - h / 2)) / eps
            ),
            "you have lost the sign: a derivative may be negative.": _each(
                lambda f, x, h, eps: abs(f(x + h) - f(x - h)) / (2 * eps)
            ),
            "this is the difference for the second derivative.": _each(
                lambda f, x, h, eps: (f(x + h) - 2 * f(x) + f(x - h)) / eps**2
            ),
            "this is one number: x + eps moves all variables at once. Move one at a time.": lambda f, x, eps: (
                (f(x + eps) - f(x - eps)) / (2 * eps)
            ),
            "your steps have length 1, whatever eps is.": _each(
                lambda f, x, h, eps: (f(x + h / eps) - f(x - h / eps)) / (2 * eps)
            ),
            "the difference still has to be divided by the distance of the two points, 2 eps.": _each(
                lambda f, x, h, eps: f(x + h) - f(x - h)
            ),
        },
    ),
    "repair": Exercise(
        reference=repaired,
        inputs=_square_net,
        wrong={
            "one of the two bugs is left: the slope is taken at the activation.": _with(
                lambda back, A, Z1, dZ2, W2: back * (1 - np.tanh(A) ** 2)
            ),
            "one of the two bugs is left: the mean over the batch is forgotten.": _with(
                lambda back, A, Z1, dZ2, W2: back * (1 - A**2), mean=False
            ),
            "both bugs are still there. Check it: everything is wrong, with the ratio 3 in the second layer.": _with(
                lambda back, A, Z1, dZ2, W2: back * (1 - np.tanh(A) ** 2), mean=False
            ),
            "now the slope is missing altogether: the first layer is wrong.": _with(lambda back, A, Z1, dZ2, W2: back),
            "now the slope is missing, and the mean is forgotten too.": _with(
                lambda back, A, Z1, dZ2, W2: back, mean=False
            ),
            "the transpose got lost: the way back goes through W2 transposed.": _with(
                lambda back, A, Z1, dZ2, W2: (dZ2 @ W2) * (1 - A**2)
            ),
            "a(1 - a) is the slope of the logistic function, these are tanh units.": _with(
                lambda back, A, Z1, dZ2, W2: back * A * (1 - A)
            ),
            "1 - z² is not the slope of tanh. It is 1 - a², with the activation a.": _with(
                lambda back, A, Z1, dZ2, W2: back * (1 - Z1**2)
            ),
            "the source of dW2 is the hidden activation, not X.": _input_for_activation,
            "the output is linear: its slope is 1.": _slope_at_output,
            "the mean is taken twice now: once is enough, at the start.": _mean_twice,
            "the mean is over the examples only: you divide by the number of all entries.": _divided_by(
                lambda X, Y: Y.size
            ),
            "you divide by the number of outputs. The mean is over the examples.": _divided_by(
                lambda X, Y: Y.shape[1]
            ),
            "4 is the number of examples in the report above. The function must work for any X.": _divided_by(
                lambda X, Y: 4
            ),
            "the mean is taken for the biases only. Take it where all four get it.": _mean_of_biases,
            "the order is dW1, db1, dW2, db2, as in the version with the bugs.": lambda *given: (
                repaired(*given)[2:] + repaired(*given)[:2]
            ),
        },
    ),
    "suspects": Exercise(
        reference=tuple(LETTERS.values()),
        inputs=[(bug,) for bug in BUGS],
        use=_names,
        wrong={
            "the last is right. In the other two, see which of W and b is wrong.": ("F", "G", "H"),
            "the first is right. Which arrays lie below layer 1, and which biases are wrong?": ("G", "H", "F"),
            "the second is right. A transposed matrix keeps its diagonal.": ("H", "F", "G"),
            "none is right. Ask first which bug leaves all W right, and which leaves all b right.": ("F", "H", "G"),
            "the first two are right, the last is not: which suspect goes wrong in the first layer only?": (
                "G",
                "F",
                "G",
            ),
            "the first and the last are right. A mean taken twice has a ratio you can name.": ("G", "G", "H"),
            "three letters are expected, one for each bug.": ("G", "F"),
            "the last two are right. For the first, compare the entries on the diagonals.": ("F", "F", "H"),
        },
    ),
}

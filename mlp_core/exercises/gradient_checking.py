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
    """dW1, db1, dW2, db2 of a tanh layer and a linear one, for the mean of half squared errors over the rows of X.

    W1 (n, k), b1 (1, k), W2 (k, m), b2 (1, m), X (B, n), Y (B, m).
    """
    A = np.tanh(X @ W1 + b1)
    dZ2 = (A @ W2 + b2 - Y) / len(X)
    dZ1 = (dZ2 @ W2.T) * (1 - A**2)
    return X.T @ dZ1, dZ1.sum(axis=0, keepdims=True), A.T @ dZ2, dZ2.sum(axis=0, keepdims=True)


def _two_layers(rng):
    B, n, k, m = rng.integers(2, 5, 4)
    W1, b1 = rng.normal(size=(n, k)), rng.normal(size=(1, k))
    W2, b2 = rng.normal(size=(k, m)), rng.normal(size=(1, m))
    return W1, b1, W2, b2, rng.normal(size=(B, n)), rng.normal(size=(B, m))


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
    """A cubic of several variables: no difference is exact, and central differences are far nearer."""

    def __init__(self, c, d):
        self.c, self.d = c, d

    def __call__(self, x):
        return float(self.c @ x**3 + self.d @ x**2 + x[:-1] @ x[1:])

    def __repr__(self):
        cubes = [f"{c:.4g} x{i}^3" for i, c in enumerate(self.c, start=1)]
        squares = [f"{d:.4g} x{i}^2" for i, d in enumerate(self.d, start=1)]
        return " + ".join([*cubes, *squares, *(f"x{i} x{i + 1}" for i in range(1, len(self.c)))])


def _a_function(rng):
    n = rng.integers(1, 5)
    return _Cubic(*rng.normal(size=(2, n))), rng.normal(size=n), float(rng.uniform(0.05, 0.2))


def _each(quotient):
    """Differences with one quotient(f, x, step, eps) for each variable."""
    return lambda f, x, eps: np.array([quotient(f, x, step, eps) for step in eps * np.eye(len(x))])


BUGS = ("transposed gradient", "mean of the biases taken twice", "slope missing in layer 1")
LETTERS = dict(zip(BUGS, "GFH", strict=True))


def _names(answer, bug):
    """Whether the letter given for a bug is the right one: nothing that gives the letter away."""
    if not isinstance(answer, str | tuple | list | np.ndarray) or len(answer) != len(BUGS):
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
            "all variables move at once. Move one at a time.": lambda f, x, eps: np.full(
                len(x), (f(x + eps) - f(x - eps)) / (2 * eps)
            ),
            "brackets: a / 2 * eps multiplies by eps.": _each(lambda f, x, h, eps: (f(x + h) - f(x - h)) / 2 * eps),
            "you divide by 2 eps, but the two points are only eps apart: step to both sides.": _each(
                lambda f, x, h, eps: (f(x + h) - f(x)) / (2 * eps)
            ),
            "this is one number: x + eps moves all variables at once. Move one at a time.": lambda f, x, eps: (
                (f(x + eps) - f(x - eps)) / (2 * eps)
            ),
        },
    ),
    "repair": Exercise(
        reference=repaired,
        inputs=_two_layers,
        wrong={
            "one of the two bugs is left: the slope is taken at the activation.": _with(
                lambda back, A, Z1, dZ2, W2: back * (1 - np.tanh(A) ** 2)
            ),
            "one of the two bugs is left: the mean over the batch is forgotten.": _with(
                lambda back, A, Z1, dZ2, W2: back * (1 - A**2), mean=False
            ),
            "both bugs are still there. Check it: everything is wrong, and in the second layer the ratio is B.": _with(
                lambda back, A, Z1, dZ2, W2: back * (1 - np.tanh(A) ** 2), mean=False
            ),
            "now the slope is missing altogether: the first layer is wrong.": _with(lambda back, A, Z1, dZ2, W2: back),
            "the transpose got lost: the way back goes through W2 transposed.": _with(
                lambda back, A, Z1, dZ2, W2: (dZ2 @ W2) * (1 - A**2)
            ),
            "the mean is taken twice now: once is enough, at the start.": _mean_twice,
            "the mean is over the examples only: you divide by the number of all entries.": _divided_by(
                lambda X, Y: Y.size
            ),
            "4 is the number of examples in the report above. The function must work for any X.": _divided_by(
                lambda X, Y: 4
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

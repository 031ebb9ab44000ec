"""scikit-learn: metrics, losses, steps of its MLP, the digits and the perceptron."""

import io
from importlib.resources import files
from itertools import product

import numpy as np
import pytest
from sklearn import metrics
from sklearn.datasets import load_digits, make_moons
from sklearn.linear_model import LinearRegression, LogisticRegression, Perceptron
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.utils.class_weight import compute_sample_weight

from mlp_core import (
    L2,
    MLP,
    SGD,
    BinaryCrossEntropy,
    CategoricalLogLoss,
    SoftmaxCrossEntropy,
    accuracy,
    balanced_accuracy,
    confusion_matrix,
    f1_score,
    fit,
    one_hot,
    precision,
    predict,
    recall,
    softmax,
)
from mlp_core.datasets import digits, moons
from mlp_core.perceptron import adaline, perceptron_rule


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("classes", [2, 5])
def test_accuracy_and_confusion_matrix(classes):
    y, y_hat = rng().integers(0, classes, (2, 200))
    ours = one_hot(y_hat, classes), one_hot(y, classes)
    assert accuracy(*ours) == metrics.accuracy_score(y, y_hat)
    np.testing.assert_array_equal(confusion_matrix(*ours), metrics.confusion_matrix(y, y_hat))


@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true", "ignore:A single label was found")
@pytest.mark.parametrize("classes", [2, 3, 6])
@pytest.mark.parametrize("N", [1, 5, 200])
@pytest.mark.parametrize("zero_division", [0, 1, np.nan])
def test_precision_recall_f1_and_balanced_accuracy(classes, N, zero_division):
    pairs = [
        (precision, metrics.precision_score),
        (recall, metrics.recall_score),
        (f1_score, metrics.f1_score),
    ]
    for seed in range(6):
        y, y_hat = rng(seed).integers(0, classes, (2, N))
        ours = one_hot(y_hat, classes), one_hot(y, classes)
        assert balanced_accuracy(*ours) == pytest.approx(metrics.balanced_accuracy_score(y, y_hat))
        for (own, theirs), average in product(pairs, ["macro", "weighted", "micro", None]):
            labels = range(classes) if average is None else None
            settings = dict(average=average, zero_division=zero_division)
            expected = theirs(y, y_hat, labels=labels, **settings)
            np.testing.assert_allclose(own(*ours, **settings), expected, rtol=1e-12)
        if classes == 2:
            column = y_hat[:, None].astype(float), y[:, None]
            for own, theirs in pairs:
                expected = theirs(y, y_hat, labels=[0, 1], zero_division=zero_division)
                np.testing.assert_allclose(own(*column, zero_division=zero_division), expected, rtol=1e-12)
                assert own(*column, "macro", 0) == own(*ours, "macro", 0)


def test_log_loss_of_probabilities_and_of_logits():
    Z, y = rng().normal(size=(50, 4)), rng(1).integers(0, 4, 50)
    expected = metrics.log_loss(y, softmax(Z))
    np.testing.assert_allclose(CategoricalLogLoss().value(softmax(Z), one_hot(y, 4)), expected, rtol=1e-12)
    np.testing.assert_allclose(SoftmaxCrossEntropy().value(Z, one_hot(y, 4)), expected, rtol=1e-12)
    z, y = Z[:, :1], y % 2
    expected = metrics.log_loss(y, BinaryCrossEntropy().link(z)[:, 0])
    np.testing.assert_allclose(BinaryCrossEntropy().value(z, y[:, None]), expected, rtol=1e-12)


def test_the_digits_are_those_of_load_digits_in_order_and_values():
    theirs = load_digits()
    content = files("mlp_core").joinpath("data", "digits.npz").read_bytes()
    with np.load(io.BytesIO(content)) as ours:
        np.testing.assert_array_equal(ours["images"], theirs.data)
        np.testing.assert_array_equal(ours["labels"], theirs.target)


def test_every_digit_of_load_digits_is_in_one_part_of_the_split():
    theirs, split = load_digits(), digits()
    ours = np.concatenate([np.hstack([part.X * 16, part.Y.argmax(axis=1)[:, None]]) for part in split])
    expected = np.hstack([theirs.data, theirs.target[:, None]])
    np.testing.assert_array_equal(np.unique(ours, axis=0), np.unique(expected, axis=0))
    assert len(ours) == len(expected)


def test_clean_moons_lie_on_the_curves_of_make_moons():
    X, Y = moons(100, 0, rng())
    theirs, y = make_moons(2000, noise=None)
    for label in (0, 1):
        distances = np.linalg.norm(X[Y[:, 0] == label][:, None] - theirs[y == label], axis=-1)
        assert distances.min(axis=1).max() < 0.01


def with_our_weights(estimator, params, X, y):
    """The estimator after one step of its own, set to our weights and to a velocity of 0."""
    estimator.partial_fit(X, y, **({"classes": np.unique(y)} if isinstance(estimator, MLPClassifier) else {}))
    estimator.coefs_ = [layer["W"].copy() for layer in params]
    estimator.intercepts_ = [layer["b"][0].copy() for layer in params]
    estimator._optimizer.velocities = [np.zeros_like(array) for array in estimator.coefs_ + estimator.intercepts_]
    return estimator


@pytest.mark.parametrize("momentum, nesterov", [(0, False), (0.9, False), (0.9, True)])
@pytest.mark.parametrize("hidden", ["tanh", "relu", "logistic"])
@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "binary_cross_entropy", "half_squared_error"])
def test_full_batch_steps_of_sgd_on_digits(loss, hidden, momentum, nesterov):
    N, alpha, lr = 200, 0.3, 0.05
    X, Y = digits().train.X[:N], digits().train.Y[:N]
    y, kind = Y.argmax(axis=1), MLPClassifier
    if loss == "binary_cross_entropy":
        y = y % 2
        Y = y[:, None].astype(float)
    if loss == "half_squared_error":
        y = Y = rng(2).normal(size=(N, 3))
        kind = MLPRegressor
    net = MLP((64, 12, 8, Y.shape[1]), hidden)
    params = net.init(rng())

    settings = dict(solver="sgd", learning_rate_init=lr, momentum=momentum, nesterovs_momentum=nesterov, alpha=alpha)
    twin = kind(hidden_layer_sizes=(12, 8), activation=hidden, batch_size=N, shuffle=False, random_state=0, **settings)
    with_our_weights(twin, params, X, y)
    for _ in range(10):
        twin.partial_fit(X, y)

    fit(net, params, X, Y, loss=loss, optimizer=SGD(lr, momentum, nesterov), epochs=10, regularizer=L2(alpha / N))
    for layer, W, b in zip(params, twin.coefs_, twin.intercepts_, strict=True):
        np.testing.assert_allclose(layer["W"], W, rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(layer["b"][0], b, rtol=1e-9, atol=1e-11)
    theirs = twin.predict(X) if kind is MLPRegressor else twin.predict_proba(X)[:, -Y.shape[1] :]
    np.testing.assert_allclose(predict(net, params, X, loss), theirs, rtol=1e-8, atol=1e-11)


class InOrder(np.random.Generator):
    """A generator that leaves the examples in their order, as scikit-learn does without shuffling."""

    def permutation(self, N):
        return np.arange(N)


@pytest.mark.parametrize("hidden", ["tanh", "relu"])
def test_a_full_training_run_on_digits_with_the_same_batches(hidden):
    train, validation, _ = digits()
    epochs, lr = 30, 0.1
    net = MLP((64, 32, 10), hidden)
    params = net.init(rng())
    y = train.Y.argmax(axis=1)
    settings = dict(solver="sgd", learning_rate_init=lr, momentum=0, alpha=0, shuffle=False, random_state=0)
    twin = MLPClassifier(hidden_layer_sizes=(32,), activation=hidden, batch_size=32, **settings)
    with_our_weights(twin, params, train.X, y)
    for _ in range(epochs):
        twin.partial_fit(train.X, y)

    settings = dict(loss="softmax_cross_entropy", optimizer=SGD(lr), epochs=epochs, batch_size=32, record_every=epochs)
    history = fit(net, params, *train, rng=InOrder(np.random.PCG64(0)), **settings)
    for layer, W, b in zip(params, twin.coefs_, twin.intercepts_, strict=True):
        np.testing.assert_allclose(layer["W"], W, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(layer["b"][0], b, rtol=1e-8, atol=1e-10)
    assert history.train["loss"][-1] < 0.1 * history.train["loss"][0]
    Y_hat = predict(net, params, validation.X, "softmax_cross_entropy")
    assert accuracy(Y_hat, validation.Y) == twin.score(validation.X, validation.Y.argmax(axis=1)) > 0.9


def test_a_network_without_hidden_layer_finds_the_logistic_regression():
    X = rng().normal(size=(60, 2))
    y = (X[:, 0] + rng(1).normal(size=60) > 0).astype(int)
    net = MLP("2-1")
    params = net.init(rng())
    optimizer = SGD(1.0, 0.9)
    fit(
        net, params, X, y[:, None], loss="binary_cross_entropy", optimizer=optimizer, epochs=500, regularizer=L2(1 / 60)
    )
    theirs = LogisticRegression(C=1, tol=1e-10).fit(X, y)
    np.testing.assert_allclose(params[0]["W"][:, 0], theirs.coef_[0], rtol=1e-5)
    np.testing.assert_allclose(params[0]["b"][0], theirs.intercept_, rtol=1e-4, atol=1e-5)


def test_the_perceptron_rule_is_that_of_scikit_learn_from_the_first_correction_on():
    X = rng().normal(size=(80, 3))
    y = (X @ [1.0, -2.0, 0.5] <= 0.3).astype(int)
    assert y[0] == 0  # at z = 0 the two rules agree on class 0 only
    ours = perceptron_rule(X, y, epochs=1000)
    theirs = Perceptron(shuffle=False, tol=None, max_iter=len(ours.history), penalty=None).fit(X, y)
    assert ours.history[-1] == 0
    np.testing.assert_allclose(ours.w, theirs.coef_[0], rtol=1e-12)
    np.testing.assert_allclose(ours.b, theirs.intercept_, rtol=1e-12)


def test_digits_zero_and_one_are_separable_for_both():
    X, Y = digits().train
    zero_or_one = Y[:, :2].any(axis=1)
    X, y = X[zero_or_one], Y[zero_or_one, 1]
    assert perceptron_rule(X, y, epochs=100).history[-1] == 0
    assert Perceptron(tol=None).fit(X, y).score(X, y) == 1


def test_adaline_settles_near_the_linear_regression():
    X = rng().normal(size=(100, 2))
    y = X @ [1.0, -1.0] + 0.3 * rng(1).normal(size=100)
    ours, theirs = adaline(X, y, epochs=400, lr=0.001), LinearRegression().fit(X, y)
    np.testing.assert_allclose(ours.w, theirs.coef_, atol=5e-3)
    np.testing.assert_allclose(ours.b, theirs.intercept_, atol=5e-3)


@pytest.mark.parametrize("class_weight", ["balanced", {0: 3.0}, {0: 0.5, 1: 2.0, 2: 4.0}], ids=str)
def test_class_weights_are_those_of_compute_sample_weight(class_weight):
    random = np.random.default_rng(0)
    X, label, counts = random.normal(size=(40, 3)), random.integers(0, 3, 40), random.integers(1, 4, 40)
    net, Y, ends = MLP("3-4-3"), np.eye(3)[label], []
    theirs = compute_sample_weight(class_weight, label)
    repeated = np.repeat(np.arange(40), counts)  # where scikit-learn counts rows, "balanced" counts their weights
    both = compute_sample_weight(class_weight, label[repeated])
    for rows, weights in [
        (np.arange(40), dict(class_weight=class_weight)), (np.arange(40), dict(sample_weight=theirs)),
        (np.arange(40), dict(class_weight=class_weight, sample_weight=counts)), (repeated, dict(sample_weight=both)),
    ]:
        params = net.init(np.random.default_rng(1))
        fit(net, params, X[rows], Y[rows], loss="softmax_cross_entropy", optimizer=SGD(0.5), epochs=10, **weights)
        ends.append(params.theta)
    np.testing.assert_allclose(ends[0], ends[1], rtol=0, atol=1e-12)
    np.testing.assert_allclose(ends[2], ends[3], rtol=0, atol=1e-12)
    assert abs(ends[0] - ends[2]).max() > 1e-6

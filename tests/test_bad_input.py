"""Whatever is put in, the answer is right or one clear sentence: never a silent wrong result."""

import copy
import inspect
import os
import re
import warnings
from dataclasses import fields, is_dataclass
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlp_core import (
    L1,
    L2,
    MLP,
    SGD,
    Adam,
    Conv2D,
    Dense,
    Dropout,
    EarlyStopping,
    Flatten,
    History,
    MaxPool2D,
    MeanPool2D,
    Network,
    Parameters,
    RMSprop,
    accuracy,
    balanced_accuracy,
    confusion_matrix,
    constructions,
    datasets,
    f1_score,
    fit,
    gradient_error,
    minibatches,
    numerical_gradient,
    one_hot,
    operations,
    precision,
    predict,
    recall,
)
from mlp_core.activations import ELU, LeakyReLU, Logistic, Step, activation
from mlp_core.cautions import ScaleWarning
from mlp_core.checks import Checked
from mlp_core.conv import Pool2D
from mlp_core.history import _Columns
from mlp_core.initializers import Normal, Uniform, initializer
from mlp_core.losses import BY_NAME as LOSSES
from mlp_core.losses import loss_function
from mlp_core.metrics import labels
from mlp_core.optimizers import BoldDriver, Clipped, ExponentialDecay, InverseTime, StepDecay
from mlp_core.perceptron import adaline, mistake_bound, perceptron_rule
from mlp_core.pretraining import greedy_autoencoder, greedy_supervised
from mlp_core.pruning import prune, remove_units
from mlp_core.recurrent import NeuronGraph, push
from mlp_core.regularizers import Penalty, penalised_cost
from mlp_core.training import batch_gradient, evaluate

SENTENCE = re.compile(r"^\w+: expected [^\n]+, got [^\n]+$")
DTYPES = ["float64", "float32", "float16", "int64", "int8", "uint8", "bool", "complex128", "object", "str"]
REAL = [dtype for dtype in DTYPES if dtype != "complex128"]
NETWORKS = [
    MLP("2-2-1"),
    MLP("2-2"),
    MLP("1-1"),
    Network([Dense(2, 3, "tanh"), Dropout(0.5), Dense(3, 1)]),
    Network([Flatten((2, 2)), Dense(4, 1)]),
    Network([Dropout(0.5), Dense(2, 1)]),
]
shapes = st.lists(st.integers(0, 3), min_size=1, max_size=4).map(tuple)
cases = settings(max_examples=int(os.environ.get("MLP_CASES", 400)))
ODD = [
    *(None, True, False, np.nan, np.inf, -np.inf, -1, 0, 0.5, 1, 2, 1j, np.float32(0.5), np.int8(2), np.True_),
    *("", "1", "tanh", b"1", [], [1], [None], (), ("a", "b"), {}, {"a": 1}, {1, 2}, object()),
    *(np.array(1.0), np.array([]), np.zeros(2), np.array([np.nan, 1]), np.array(["a"]), np.array([None])),
    *([[1.0, 2.0], [3.0]], np.ma.masked_array(np.ones((4, 2)), np.eye(4, 2)), np.ones((4, 2)).view(np.matrix)),
]
odd = st.sampled_from(ODD)


def rng(seed=0):
    return np.random.default_rng(seed)


def outcome(call):
    """The result, or None for a refusal in one sentence; any other exception is an error of the package."""
    try:
        return call()
    except ValueError as error:
        assert SENTENCE.match(str(error)), f"not one sentence: {error}"
        return None


def plain_forward(net, params, x):
    """The network on a single example, unit by unit: an independent implementation."""
    a = np.ravel(x).astype(float)
    for layer, arrays in zip(net.layers, params, strict=True):
        if isinstance(layer, Dense):
            z = [
                sum(a[i] * arrays["W"][i, j] for i in range(layer.n_in)) + arrays["b"][0, j] for j in range(layer.n_out)
            ]
            a = np.tanh(z) if layer.activation == Dense(1, 1, "tanh").activation else np.array(z)
    return a


def plain_loss(net, params, X, Y):
    """The mean half squared error, one example after the other."""
    errors = [plain_forward(net, params, x) - y for x, y in zip(X, Y, strict=True)]
    return np.mean([0.5 * (error**2).sum() for error in errors])


@cases
@given(st.sampled_from(NETWORKS), shapes, st.sampled_from(DTYPES), st.sampled_from([None, 1, 2, 3]))
@example(MLP("2-2"), (3, 3, 2), "float64", None)
@example(NETWORKS[4], (2, 2, 2), "float64", 2)
def test_predictions_are_right_or_refused(net, shape, dtype, replicas):
    params = net.init(rng(), replicas)
    X = rng(1).integers(0, 2, shape).astype(dtype)
    result = outcome(lambda: predict(net, params, X, "half_squared_error"))
    axes = 3 if isinstance(net.layers[0], Flatten) else 2
    own = replicas is not None and X.ndim == axes + 1 and len(X) == replicas
    width = (2, 2) if axes == 3 else (net.layers[-1 if isinstance(net.layers[0], Dropout) else 0].n_in,)
    fits = X.size and (X.ndim == axes or own) and shape[1 - axes :] == width
    assert (result is not None) == bool(fits and dtype not in ("complex128", "object", "str"))
    if result is None:
        return
    for r in range(replicas or 1):
        single = params if replicas is None else params.replica(r)
        ours = result if replicas is None else result[r]
        expected = [plain_forward(net, single, x) for x in (X[r] if own else X)]
        np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-14)


@cases
@given(st.sampled_from(NETWORKS), shapes, shapes, st.sampled_from([None, 1, 2, 3]), st.booleans())
@example(MLP("2-1"), (3, 2), (3,), None, False)
@example(MLP("2-1"), (3, 2), (3, 1), None, True)
@example(MLP("2-2"), (2, 2), (2, 1), 2, True)
@example(MLP("2-2"), (2, 2, 2), (2, 2), 2, True)
def test_training_on_arrays_of_any_shape_has_the_right_loss_or_is_refused(net, X_shape, Y_shape, replicas, batches):
    params = net.init(rng(), replicas)
    X, Y = rng(1).normal(size=X_shape), rng(2).normal(size=Y_shape)
    first = params.copy()
    settings = dict(loss="half_squared_error", optimizer=SGD(0.01), epochs=1, rng=rng(3))
    history = outcome(lambda: fit(net, params, X, Y, batch_size=1 if batches else None, **settings))
    if history is None:
        np.testing.assert_array_equal(params.theta, first.theta)
        return
    assert Y.ndim == 2 or (Y.ndim == 3 and len(Y) == replicas)
    for r in range(replicas or 1):
        X_r, Y_r = (X[r], Y[r]) if Y.ndim == 3 else (X, Y)
        for record, point in ((0, first), (1, params)):
            single = point if replicas is None else point.replica(r)
            ours = history.train["loss"][record] if replicas is None else history.train["loss"][record, r]
            np.testing.assert_allclose(ours, plain_loss(net, single, X_r, Y_r), rtol=1e-10)


@cases
@given(
    st.sampled_from(["X", "Y", "validation"]),
    st.sampled_from([np.nan, np.inf, -np.inf, 1e308, -1e308, 1e200, 1e30, 0.0]),
    st.integers(0, 5),
    st.sampled_from(["half_squared_error", "binary_cross_entropy", "binary_log_loss"]),
    st.sampled_from(["identity", "logistic", "tanh", "relu", "elu", "softplus"]),
)
def test_numbers_of_any_size_are_refused_or_warned_of_or_give_a_finite_loss(where, number, row, loss, hidden):
    net = MLP("2-3-1", hidden, "logistic" if loss == "binary_log_loss" else "identity")
    X, Y = rng(1).normal(size=(6, 2)), rng(2).integers(0, 2, (6, 1)).astype(float)
    arrays = {"X": X.copy(), "Y": Y.copy(), "validation": X.copy()}
    arrays[where][row, 0] = number
    params = net.init(rng())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", category=ScaleWarning)
        history = outcome(
            lambda: fit(
                net,
                params,
                arrays["X"],
                arrays["Y"],
                loss=loss,
                optimizer=SGD(0.1),
                epochs=3,
                validation=(arrays["validation"], Y),
            )
        )
    if not np.isfinite(number):
        assert history is None
    if history is not None:
        finite = np.isfinite(history.train["loss"]).all() and np.isfinite(history.validation["loss"]).all()
        assert len(caught) == (not finite)
        assert history.warned == (not finite)
        assert all(str(warning.message).startswith("fit: the loss is no longer finite at epoch ") for warning in caught)


@cases
@given(shapes, shapes)
def test_metrics_of_any_shapes_are_right_or_refused(Y_hat_shape, Y_shape):
    Y_hat, Y = rng(1).uniform(size=Y_hat_shape), rng(2).integers(0, 2, Y_shape).astype(float)
    share, counts = outcome(lambda: accuracy(Y_hat, Y)), outcome(lambda: confusion_matrix(Y_hat, Y))
    agree = len(Y_hat_shape) >= 2 and Y_hat.size and Y_shape in (Y_hat_shape, Y_hat_shape[-2:])
    agree = agree and (Y_shape[-1] == 1 or (Y.sum(axis=-1) == 1).all())
    assert (share is not None) == bool(agree)
    assert (counts is not None) == bool(agree and len(Y_hat_shape) == 2)
    if counts is not None:
        pairs = [
            (y[0] > 0.5, p[0] > 0.5) if len(y) == 1 else (y.argmax(), p.argmax()) for p, y in zip(Y_hat, Y, strict=True)
        ]
        assert share == pytest.approx(np.mean([y == p for y, p in pairs]))
        for y, p in np.ndindex(counts.shape):
            assert counts[y, p] == pairs.count((y, p))


@cases
@given(st.lists(st.integers(-2, 5), max_size=5), st.integers(0, 5), st.sampled_from(["int64", "int8", "float64"]))
def test_labels_are_right_or_refused(y, classes, dtype):
    Y = outcome(lambda: one_hot(np.array(y, dtype), classes))
    assert (Y is not None) == (dtype != "float64" and classes > 0 and all(0 <= label < classes for label in y))
    if Y is not None:
        assert Y.shape == (len(y), classes)
        assert all(row.sum() == 1 == row[label] for row, label in zip(Y, y, strict=True))


@cases
@given(shapes.map(lambda shape: shape[:3]), st.sampled_from(DTYPES))
def test_parameters_of_any_array_are_attached_or_refused(shape, dtype):
    params = outcome(lambda: Parameters([{"W": (1, 2), "b": (1, 1)}], np.zeros(shape).astype(dtype)))
    assert (params is not None) == (dtype in ("float64", "float32") and len(shape) <= 2 and shape[-1] == 3)
    if params is not None:
        params[0]["W"][...] = 1
        assert params.theta.sum() == 2 * params.theta.size / 3


@cases
@given(
    st.one_of(
        st.text("0123456789-x. ", max_size=8),
        st.lists(st.one_of(st.integers(-1, 4), st.floats(-1, 4), st.booleans(), st.none()), max_size=4),
        st.integers(-3, 3),
        st.none(),
    )
)
def test_sizes_of_any_form_are_built_or_refused(sizes):
    net = outcome(lambda: MLP(sizes))
    if net is not None:
        widths = [int(size) for size in sizes.split("-")] if isinstance(sizes, str) else sizes
        assert [layer.n_in for layer in net.layers] + [net.layers[-1].n_out] == widths
        assert min(widths) > 0


X, Y = rng(1).normal(size=(4, 2)), np.array([[0.0], [1.0], [1.0], [0.0]])
NET = MLP("2-2-1")


def training(X, Y, **arguments):
    """A training that leaves the parameters as they were where it is refused."""
    params = NET.init(rng())
    before = params.theta.copy()
    try:
        return fit(NET, params, X, Y, **arguments)
    except ValueError:
        np.testing.assert_array_equal(params.theta, before)
        raise


def generator(*arguments, **named):
    """All rows that `minibatches` yields."""
    return list(minibatches(*arguments, **named))


# What is called, with arguments that are right; each of them is then replaced by everything odd.
CALLS = {
    Network: {"layers": [Dense(2, 1)]},
    Step: {"at_zero": 1.0},
    Logistic: {"beta": 1.0},
    LeakyReLU: {"alpha": 0.1},
    ELU: {"alpha": 1.0},
    Uniform: {"limit": 1.0, "bias_limit": 1.0},
    Normal: {"scale": 1.0, "bias_scale": 1.0},
    activation: {"name": "tanh"},
    initializer: {"name": "he"},
    loss_function: {"name": "half_squared_error"},
    one_hot: {"y": np.array([0, 1]), "classes": 2},
    labels: {"Y": Y},
    accuracy: {"Y_hat": Y, "Y": Y},
    confusion_matrix: {"Y_hat": Y, "Y": Y},
    precision: {"Y_hat": Y, "Y": Y, "average": "macro", "zero_division": 0},
    recall: {"Y_hat": Y, "Y": Y, "average": None, "zero_division": 1},
    f1_score: {"Y_hat": Y, "Y": Y, "average": "binary", "zero_division": np.nan},
    balanced_accuracy: {"Y_hat": Y, "Y": Y},
    numerical_gradient: {"f": np.sum, "x": np.ones(2), "eps": 1e-5},
    gradient_error: {
        **{"net": NET, "params": NET.init(rng()), "X": X, "Y": Y},
        **{"loss": "half_squared_error", "regularizer": None, "seed": None},
    },
    generator: {"N": 4, "batch_size": 2, "rng": rng()},
    training: {
        **{"X": X, "Y": Y, "loss": "half_squared_error", "optimizer": SGD(0.01), "epochs": 1, "batch_size": 2},
        **{"rng": rng(), "regularizer": None, "validation": None, "metrics": None, "record_every": 1},
        **{"on_epoch": (), "early_stopping": None},
    },
    predict: {"net": NET, "params": NET.init(rng()), "X": X, "loss": "half_squared_error"},
    evaluate: {
        **{"net": NET, "params": NET.init(rng()), "X": X, "Y": Y, "loss": "half_squared_error"},
        **{"metrics": None, "weights": None},
    },
    batch_gradient: {
        **{"net": NET, "params": NET.init(rng()), "loss": "half_squared_error", "X": X, "Y": Y},
        **{"rows": None, "rng": None, "weights": None},
    },
    penalised_cost: {
        **{"net": NET, "loss": "half_squared_error", "regularizer": None, "X": X, "Y": Y},
        **{"params": NET.init(rng()), "weights": None},
    },
    EarlyStopping: {"patience": 2},
    SGD: {"lr": 0.1, "momentum": 0.5},
    perceptron_rule: {"X": X, "y": Y[:, 0], "epochs": 5, "lr": 1.0, "w": np.ones(2), "b": 0.0},
    mistake_bound: {"X": X, "y": (X[:, 0] > 0) + 0, "w": np.array([1.0, 0]), "b": 0.0},
    adaline: {"X": X, "y": Y[:, 0], "epochs": 5, "lr": 0.1},
    datasets.noisy_xor: {"N": 4, "noise": 0.1, "rng": rng()},
    datasets.sine: {"N": 4, "noise": 0.1, "rng": rng()},
    datasets.teacher: {"net": NET, "params": NET.init(rng()), "N": 4, "noise": 0.1, "rng": rng()},
    datasets.moons: {"N": 4, "noise": 0.1, "rng": rng()},
    datasets.spirals: {"N": 4, "classes": 2, "noise": 0.1, "rng": rng()},
    datasets.glyphs: {"letters": "AC", "copies": 1, "flip": 0.1, "rng": rng()},
    datasets.road: {"curvature": 0.0, "offset": np.zeros(2), "heading": 0.0},
    datasets.roads: {"N": 4, "noise": 0.1, "rng": rng()},
}


def zeros(replicas, r=0):
    """One of several networks."""
    return Parameters.zeros(NET.shapes, replicas).replica(r)


def first_weights(replicas):
    """The first weights of several networks."""
    return NET.init(rng(), replicas)


def unit_range(delta):
    """A network with its output moved into [0, 1]."""
    return constructions.into_unit_range(*constructions.relu_interpolant(abs, 2), delta)


def pretrained(first, epochs):
    """A network of three hidden layers, pre-trained with targets."""
    net = MLP("2-3-3-3-1")
    settings = dict(loss="half_squared_error", optimizer=SGD(0.1), rng=rng())
    return greedy_supervised(net, net.init(rng()), X, Y, epochs=epochs, first=first, **settings)[-1].params


def encoded(layers):
    """The weights of the last autoencoder of a pre-trained network."""
    net = MLP("2-3-3-1")
    settings = dict(loss="half_squared_error", optimizer=SGD(0.1), rng=rng())
    return greedy_autoencoder(net, net.init(rng()), X, layers=layers, epochs=1, **settings)[-1].params


def steps(max_steps):
    """What a ring of three neurons has computed after a number of steps."""
    ring = NeuronGraph({(0, 1): 1, (1, 2): 1, (2, 0): -1}, [0, 0, 0], "step", [0], [2])
    return ring.run([1], max_steps=max_steps)


# The arguments that are numbers, of functions; those of classes are the fields of every class with rules.
NUMBERS = {
    **{
        call: {name: value for name, value in arguments.items() if type(value) in (int, float)}
        for call, arguments in CALLS.items()
        if inspect.isfunction(call)
    },
    training: {"epochs": 3, "batch_size": 2, "record_every": 1},
    gradient_error: {"seed": 3},
    zeros: {"replicas": 3, "r": 1},
    first_weights: {"replicas": 3},
    operations: {"net": NET, "batch": 3},
    **{gate: {"n": 3} for gate in (constructions.and_gate, constructions.or_gate, constructions.parity_net)},
    constructions.bits: {"n": 3},
    constructions.parity_tree: {"n": 4},
    constructions.unit_cubes: {"n": 3, "k": np.int64(2)},
    constructions.relu_interpolant: {"f": np.sin, "N": 3},
    constructions.logistic_staircase: {"f": np.sin, "N": 3, "beta": 2.0},
    constructions.open_set_net: {"intervals": [(0.2, 0.4)], "eps": 0.1},
    unit_range: {"delta": 0.1},
    prune: {"params": NET.init(rng()), "saliency": NET.init(rng()), "share": 0.5},
    remove_units: {"params": NET.init(rng()), "share": 0.5, "rng": rng()},
    pretrained: {"first": 1, "epochs": 2},
    encoded: {"layers": 2},
    steps: {"max_steps": 5},
    push: {"q": Fraction(1, 4), "bit": 1},
}
PLAIN = [0, 1, 2, 3, 4, 16, 100, 200, 0.1, 0.5, 0.75]
NARROW = [np.int8, np.uint8, np.float16, np.float32, Fraction]


def leaves(value):
    """The numbers in a result, whatever holds them."""
    if isinstance(value, np.random.Generator) or callable(value) and not hasattr(value, "_rules"):
        return
    if isinstance(value, Parameters):
        yield value.theta
    elif isinstance(value, dict | tuple | list | History | _Columns | Network) or hasattr(value, "_rules"):
        parts = vars(value) if hasattr(value, "__dict__") else value
        for part in parts.values() if isinstance(parts, dict) else parts:
            yield from leaves(part)
    else:
        yield value


def narrow(plain, kind):
    """A number of another kind and the plain number that it is; None where the kind has no such number."""
    if isinstance(plain, float) == issubclass(kind, np.integer) or plain > (127 if kind is np.int8 else 255):
        return None
    number = kind(plain)
    return number, (int(number) if issubclass(kind, np.integer) else float(number))


def assert_narrow_is_plain(call, name, **others):
    """A number of a narrow kind does what the plain number does, be it a refusal."""
    used = 0
    for number, plain in filter(None, (narrow(plain, kind) for plain in PLAIN for kind in NARROW)):
        found, expected = (
            outcome(lambda value=value: call(**copy.deepcopy(others), **{name: value})) for value in (number, plain)
        )
        assert (found is None) == (expected is None), (number, found, expected)
        if found is not None:
            used += 1
            for ours, theirs in zip(leaves(found), leaves(expected), strict=True):
                np.testing.assert_array_equal(ours, theirs)
                assert type(ours) is type(theirs)
    assert used


@pytest.mark.parametrize(
    "call, name",
    [
        (call, name)
        for call, arguments in NUMBERS.items()
        for name in arguments
        if type(arguments[name]) in (int, float)
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_number_of_a_narrow_kind_does_what_the_plain_number_does(call, name):
    others = CALLS.get(call, {}) | NUMBERS[call]
    others.pop(name)
    assert_narrow_is_plain(call, name, **others)


def subclasses(cls):
    return {cls, *(below for one in cls.__subclasses__() for below in subclasses(one))}


OBJECTS = {
    **{cls: {} for cls in (Step, Logistic, LeakyReLU, ELU)},
    **{cls: {name: 1.0} for cls, name in ((Uniform, "bias_limit"), (Normal, "bias_scale"))},
    Dense: {"n_in": 2, "n_out": 3},
    Dropout: {"rate": 0.5},
    Conv2D: {"shape": (4, 4, 1), "filters": 2, "kernel_size": 3},
    **{cls: {"shape": (4, 4, 1), "size": 2} for cls in (MaxPool2D, MeanPool2D)},
    **{cls: {"lam": 0.1} for cls in (L1, L2)},
    StepDecay: {"lr": 0.1, "factor": 0.5, "every": 2},
    ExponentialDecay: {"lr": 0.1, "factor": 0.5},
    InverseTime: {"lr": 0.1, "tau": 2.0},
    SGD: {"lr": 0.1, "momentum": 0.5},
    **{cls: {"lr": 0.1} for cls in (RMSprop, Adam, BoldDriver)},
    Clipped: {"optimizer": SGD(0.1), "norm": 1.0},
    EarlyStopping: {"patience": 2},
}
NO_NUMBER = {"activation", "initializer", "optimizer", "shape", "nesterov", "biases", "penalty", "encoder", "mask"}
NO_NUMBER |= {"bias", "trainable"}


@pytest.mark.parametrize("cls", OBJECTS, ids=lambda cls: cls.__name__)
def test_a_hyperparameter_of_a_narrow_kind_is_kept_as_the_plain_number(cls):
    for name in {field.name for field in fields(cls)} - NO_NUMBER:
        assert_narrow_is_plain(cls, name, **{key: value for key, value in OBJECTS[cls].items() if key != name})


def test_no_class_with_hyperparameters_is_left_out():
    numbers = {cls for cls in subclasses(Checked) if cls.__module__.startswith("mlp_core") and is_dataclass(cls)}
    assert {cls for cls in numbers if set(cls._rules) - NO_NUMBER} - {Penalty, Pool2D} <= set(OBJECTS)


ARGUMENTS = [(call, name) for call, arguments in CALLS.items() for name in arguments]


@pytest.mark.parametrize("call, name", ARGUMENTS, ids=lambda value: getattr(value, "__name__", value))
def test_an_odd_argument_is_used_as_what_it_is_or_refused_in_one_sentence(call, name):
    assert outcome(lambda: call(**CALLS[call])) is not None
    refused = [value for value in ODD if outcome(lambda value=value: call(**CALLS[call] | {name: value})) is None]
    assert len(refused) > len(ODD) // 3


def test_no_argument_is_left_out():
    for call, arguments in CALLS.items():
        if call not in (training, generator, SGD):
            assert list(arguments) == list(inspect.signature(call).parameters)


@cases
@given(st.sampled_from([Logistic, ELU, LeakyReLU, Step]), st.floats(allow_nan=True, allow_infinity=True))
def test_a_hyperparameter_of_any_size_gives_values_in_the_range_or_is_refused(made, value):
    phi = outcome(lambda: made(value))
    assert phi is not None or not 0 < value < 1 or made is Step
    if phi is not None:
        Z = np.array([-1e3, -1.0, 0.0, 1.0, 1e3])
        with np.errstate(over="ignore", under="ignore"):
            A, slope = phi.f(Z), phi.df(Z)
        assert (A >= phi.range[0]).all() and (A <= phi.range[1]).all()
        assert (slope >= 0).all()


@cases
@given(shapes, shapes, st.sampled_from(list(LOSSES)), st.sampled_from(REAL), st.sampled_from(REAL))
def test_losses_of_arrays_of_any_kind_are_right_or_refused(output_shape, Y_shape, name, output_dtype, Y_dtype):
    loss = loss_function(name)
    output, targets = rng(1).integers(0, 2, output_shape).astype(output_dtype), np.ones(Y_shape).astype(Y_dtype)
    agree = len(output_shape) >= 2 and output.size and Y_shape in (output_shape, output_shape[-2:])
    numbers = not {output_dtype, Y_dtype} & {"object", "str"}
    value, gradient = outcome(lambda: loss.value(output, targets)), outcome(lambda: loss.grad(output, targets))
    assert (value is not None) == (gradient is not None) == bool(agree and numbers)
    if value is not None:
        as_numbers = output.astype(float), targets.astype(float)
        np.testing.assert_allclose(value, loss.value(*as_numbers), rtol=1e-2, atol=1e-3)
        np.testing.assert_allclose(gradient, loss.grad(*as_numbers), rtol=1e-2, atol=1e-3)


two_axes = shapes.map(lambda shape: shape[:2])


@cases
@given(two_axes, two_axes, st.sampled_from(DTYPES), st.integers(0, 99))
def test_the_oldest_rules_on_arrays_of_any_kind_are_right_or_refused(X_shape, y_shape, dtype, seed):
    X, y = rng(seed).integers(0, 3, X_shape).astype(dtype), rng(seed + 1).integers(0, 2, y_shape).astype(dtype)
    found = outcome(lambda: perceptron_rule(X, y, 50))
    fits = len(X_shape) == 2 and y_shape == X_shape[:1] and 0 not in X_shape
    numbers = dtype not in ("complex128", "object", "str")
    assert (found is not None) == (fits and numbers)
    assert (outcome(lambda: adaline(X, y, 2, 0.01)) is not None) == (fits and numbers)
    if found is not None and found.history[-1] == 0:
        for x, target in zip(X.tolist(), y.tolist(), strict=True):
            z = sum(w_i * x_i for w_i, x_i in zip(found.w, x, strict=True)) + found.b
            assert (z >= 0) == target

"""What `fit` and its neighbours refuse: each with one sentence, and before anything is changed."""

import re

import numpy as np
import pytest

from mlp_core import (
    L1,
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
    accuracy,
    activations,
    fit,
    losses,
    numerical_gradient,
    predict,
)
from mlp_core.optimizers import BoldDriver, Proximal
from mlp_core.training import batch_gradient, evaluate

NET = MLP("2-3-1")
ALL = dict(loss="half_squared_error", optimizer=SGD(0.1))


def rng(seed=0):
    return np.random.default_rng(seed)


X = rng(1).normal(size=(10, 2))
Y = (X[:, :1] > 0).astype(float)
X_VAL, Y_VAL = rng(2).normal(size=(6, 2)), rng(3).normal(size=(6, 1))


def train(params=None, net=NET, X=X, Y=Y, **settings):
    """Parameters after training, and the history."""
    params = net.init(rng()) if params is None else params
    history = fit(net, params, X, Y, **{**ALL, "epochs": 5, **settings})
    return params, history


def measured(**changes):
    """Loss and metrics of the untrained network."""
    given = dict(net=NET, params=NET.init(rng()), X=X, Y=Y, loss="half_squared_error")
    return evaluate(**given | changes)


def slope(**changes):
    """The gradient of the untrained network's loss."""
    given = dict(net=NET, params=NET.init(rng()), X=X, Y=Y, loss="half_squared_error")
    return batch_gradient(**given | changes)


def changed(Q, value, *index):
    Q = Q.copy()
    Q[index] = value
    return Q


def nan_at(Q, *index):
    return changed(Q, np.nan, *index)


def go_on(earlier=None, params=None, **settings):
    """Resume a run, by default of three epochs of SGD, with other settings."""
    ours, history = train(epochs=3, **(earlier or {}))
    return train(params or ours, resume=history, **settings)


def one_hot(Y):
    return np.concatenate([Y, 1 - Y], axis=1)


STOPPED = dict(validation=(X, predict(NET, NET.init(rng()), X, "half_squared_error")), early_stopping=EarlyStopping(1))
LOGITS = dict(loss="binary_cross_entropy")
class Free(losses.Loss):
    """A loss that takes outputs of any shape."""


DROPOUT = Network([Dropout(0.5), Dense(2, 1)])
ROWS = "X (N, n) and Y (N, m) with one example a row, or both with the replicas in front"
NEEDS_RNG = "fit: expected a numpy Generator for minibatches and dropout, got rng=None"
WRONG = {
    "fit: expected the L1 penalty of Proximal alone, got regularizer=L1(lam=0.1, biases=False)": (
        lambda: train(optimizer=Proximal(SGD(0.1), L1(0.1)), regularizer=L1(0.1))
    ),
    "loss: expected one of half_squared_error, binary_cross_entropy, softmax_cross_entropy, binary_log_loss, "
    "categorical_log_loss, got name='mse'": lambda: train(loss="mse"),
    f"fit: expected {ROWS}, got X.shape=(10, 2), Y.shape=(10,)": (
        lambda: train(Y=Y[:, 0])
    ),
    f"fit: expected {ROWS}, got X.shape=(10, 2), Y.shape=(9, 1)": lambda: train(Y=Y[1:]),
    f"fit: expected {ROWS}, got X.shape=(10,), Y.shape=(10, 1)": (
        lambda: train(X=X[:, 0])
    ),
    f"fit: expected {ROWS}, got X.shape=(10, 2), Y.shape=(1, 10, 1)": (
        lambda: train(Y=Y[None])
    ),
    f"fit: expected validation {ROWS}, got X.shape=(6, 2), Y.shape=(6,)": (
        lambda: train(validation=(X_VAL, Y_VAL[:, 0]))
    ),
    "fit: expected data for a single network, got Y.shape=(3, 10, 1)": (
        lambda: train(X=np.stack([X] * 3), Y=np.stack([Y] * 3))
    ),
    "fit: expected data for 2 replicas, got Y.shape=(3, 10, 1)": (
        lambda: train(NET.init(rng(), replicas=2), X=np.stack([X] * 3), Y=np.stack([Y] * 3))
    ),
    "fit: expected validation data for a single network, got Y.shape=(1, 10, 1)": (
        lambda: train(validation=(X[None], Y[None]))
    ),
    "fit: expected at least one example, got X.shape=(0, 2), Y.shape=(0, 1)": lambda: train(X=X[:0], Y=Y[:0]),
    "fit: expected at least one validation example, got X.shape=(0, 2), Y.shape=(0, 1)": (
        lambda: train(validation=(X[:0], Y[:0]))
    ),
    "fit: expected X of dtype float32, as the parameters, got dtype=float64": (
        lambda: train(NET.init(rng(), dtype=np.float32))
    ),
    "fit: expected Y of dtype float32, as the parameters, got dtype=int64": (
        lambda: train(NET.init(rng(), dtype=np.float32), X=X.astype(np.float32), Y=Y.astype(np.int64))
    ),
    "fit: expected X of dtype float64, as the parameters, got dtype=complex128": lambda: train(X=X + 0j),
    "fit: expected X of dtype float64, as the parameters, got dtype=object": lambda: train(X=X.astype(object)),
    "fit: expected X of dtype float64, as the parameters, got dtype=<U32": lambda: train(X=X.astype(str)),
    "fit: expected finite numbers in X, got X[3, 1]=nan": lambda: train(X=nan_at(X, 3, 1)),
    "fit: expected finite numbers in Y, got Y[0, 0]=inf": lambda: train(Y=Y + np.inf),
    "fit: expected finite numbers in validation X, got X[5, 0]=nan": (
        lambda: train(validation=(nan_at(X_VAL, 5, 0), Y_VAL))
    ),
    "BinaryCrossEntropy: expected targets in [0, 1], got value=2.0": lambda: train(Y=2 * Y, **LOGITS),
    "SoftmaxCrossEntropy: expected rows of Y that sum to 1, got sum=0.0": (
        lambda: train(net=MLP("2-2"), Y=0 * X, loss="softmax_cross_entropy")
    ),
    "SoftmaxCrossEntropy: expected at least two columns, one a class, got Y.shape=(10, 1)": (
        lambda: train(Y=Y**0, loss="softmax_cross_entropy")
    ),
    "BinaryLogLoss: expected predictions in [0, 1], got value=1.5": (
        lambda: train(
            Parameters([{"W": (2, 1), "b": (1, 1)}], np.array([0, 0, 1.5])), MLP("2-1"), loss="binary_log_loss"
        )
    ),
    "fit: expected Y with the columns of the output, 1, got Y.shape=(10, 2)": (
        lambda: train(Y=X)
    ),
    "Network: expected X with 2 columns, got shape=(10, 1)": lambda: train(X=Y),
    "Network: expected X with 2 columns, got shape=(6, 1)": lambda: train(validation=(Y[:6], Y[:6])),
    "fit: expected validation Y with the columns of the output, 1, got Y.shape=(10, 2)": (
        lambda: train(validation=(X, X))
    ),
    "fit: expected Y with the columns of the output, (2, 2, 1), got Y.shape=(10, 1)": (
        lambda: train(net=Network([Conv2D((3, 3, 1), 1, 2)]), X=np.ones((10, 3, 3, 1)))
    ),
    "fit: expected a positive integer, got epochs=0": lambda: train(epochs=0),
    "fit: expected a positive integer, got epochs=1.5": lambda: train(epochs=1.5),
    "fit: expected a positive integer, got epochs=True": lambda: train(epochs=True),
    "fit: expected a positive integer, got record_every=0": lambda: train(record_every=0),
    NEEDS_RNG: lambda: train(batch_size=5),
    NEEDS_RNG + " ": lambda: train(net=DROPOUT, params=DROPOUT.init(rng())),
    "fit: expected a numpy Generator, got rng=int": lambda: train(rng=0, batch_size=5),
    "fit: expected a numpy Generator, got rng=list": lambda: train(rng=[rng()], batch_size=5),
    "fit: expected a numpy Generator or 2 of them, got rng=int": (
        lambda: train(NET.init(rng(), replicas=2), rng=0, batch_size=5)
    ),
    "fit: expected one generator for each of 2 replicas, got len(rng)=1": (
        lambda: train(NET.init(rng(), replicas=2), rng=[rng()], batch_size=5)
    ),
    "fit: expected validation data for early stopping, got validation=None": (
        lambda: train(early_stopping=EarlyStopping(1))
    ),
    "fit: expected X to be a numpy array, got X=MaskedArray": lambda: train(X=np.ma.masked_array(X, X > 1)),
    "fit: expected Y to be a numpy array, got Y=MaskedArray": lambda: train(Y=np.ma.masked_array(Y, Y > 1)),
    "fit: expected X to be a numpy array, got X=list": lambda: train(X=[[0.0, 1.0]]),
    "fit: expected a list of functions, got on_epoch=<built-in function print>": lambda: train(on_epoch=print),
    "fit: expected a list of functions, got on_epoch=None": lambda: train(on_epoch=None),
    "fit: expected an optimizer such as SGD(lr=0.1), got optimizer='sgd'": lambda: train(optimizer="sgd"),
    "fit: expected a Network such as MLP('2-2-1'), got net='2-2-1'": lambda: train(NET.init(rng()), net="2-2-1"),
    "fit: expected parameters of Network(Dense 2->3, Dense 3->1), got params=ndarray": (
        lambda: train(NET.init(rng()).theta)
    ),
    "predict: expected a Network such as MLP('2-2-1'), got net=None": lambda: predict(None, NET.init(rng()), X, "tanh"),
    "predict: expected parameters of Network(Dense 2->3, Dense 3->1), got params=NoneType": (
        lambda: predict(NET, None, X, "tanh")
    ),
    "evaluate: expected a Network such as MLP('2-2-1'), got net='2-3-1'": lambda: measured(net="2-3-1"),
    "evaluate: expected parameters of Network(Dense 2->3, Dense 3->1), got params=Network": (
        lambda: measured(params=NET)
    ),
    "evaluate: expected X to be an array of numbers, got X=list": lambda: measured(X=X.tolist()),
    "evaluate: expected Y to be an array of numbers, got Y=MaskedArray": lambda: measured(Y=np.ma.masked_array(Y)),
    "evaluate: expected Y with one example a row, got Y.shape=(10,)": lambda: measured(Y=Y[:, 0]),
    "evaluate: expected a dict of names and functions, got metrics='accuracy'": lambda: measured(metrics="accuracy"),
    "evaluate: expected weights to be an array of numbers, got weights=list": lambda: measured(weights=[1] * 10),
    "evaluate: expected weights of shape (10,), got shape=(9,)": lambda: measured(weights=np.ones(9)),
    "evaluate: expected weights of shape (10,) or (3, 10), got shape=(10, 1)": (
        lambda: measured(params=NET.init(rng(), 3), weights=np.ones((10, 1)))
    ),
    "batch_gradient: expected a Network such as MLP('2-2-1'), got net=None": lambda: slope(net=None),
    "batch_gradient: expected parameters of Network(Dense 2->3, Dense 3->1), "
    "got params=Parameters(theta (3,) float64: {'W': (2, 1), 'b': (1, 1)})": (
        lambda: slope(params=MLP("2-1").init(rng()))
    ),
    "batch_gradient: expected X to be an array of numbers, got X=object": lambda: slope(X=X.astype(object)),
    "batch_gradient: expected weights of shape (10,), got shape=(1, 10)": lambda: slope(weights=np.ones((1, 10))),
    "batch_gradient: expected rows (B,) or (R, B) in 0..9, got rows=[0, 1]": lambda: slope(rows=[0, 1]),
    "batch_gradient: expected rows (B,) or (R, B) in 0..9, got rows=array([0.])": lambda: slope(rows=np.zeros(1)),
    "batch_gradient: expected rows (B,) or (R, B) in 0..9, got rows=array([-1, 3])": (
        lambda: slope(rows=np.array([-1, 3]))
    ),
    "batch_gradient: expected rows (B,) or (R, B) in 0..9, got rows=array([10])": lambda: slope(rows=np.array([10])),
    "batch_gradient: expected rows (B,) or (R, B) in 0..9, got rows=array([[[0]]])": (
        lambda: slope(rows=np.zeros((1, 1, 1), int))
    ),
    "batch_gradient: expected rows (B,) or (R, B) in 0..9, got rows=array([], dtype=int64)": (
        lambda: slope(rows=np.zeros(0, int))
    ),
    f"fit: expected {ROWS}, got X.shape=(10, 2, 1), Y.shape=(10, 1)": (
        lambda: train(X=X[..., None])
    ),
    "fit: expected the identity as output for BinaryCrossEntropy, which takes logits, got output=Logistic(beta=1.0)": (
        lambda: train(net=MLP("2-3-1", output="logistic"), loss="binary_cross_entropy")
    ),
    "fit: expected the identity as output for SoftmaxCrossEntropy, which takes logits, got output=Softmax()": (
        lambda: train(net=Network([Dense(2, 2, "softmax"), Dropout(0.5)]), loss="softmax_cross_entropy", Y=one_hot(Y))
    ),
    "predict: expected the identity as output for BinaryCrossEntropy, which takes logits, got output=Tanh()": (
        lambda: predict(MLP("2-1", output="tanh"), MLP("2-1").init(rng()), X, "binary_cross_entropy")
    ),
    "fit: expected an output in [0, 1] for BinaryLogLoss, which takes probabilities, got output=ReLU()": (
        lambda: train(net=MLP("2-1", output="relu"), loss="binary_log_loss")
    ),
    "fit: expected softmax as output for CategoricalLogLoss, which takes rows that sum to 1, "
    "got output=Logistic(beta=1.0)": (
        lambda: train(net=MLP("2-2", output="logistic"), Y=one_hot(Y), loss="categorical_log_loss")
    ),
    "fit: expected an output with a slope, got output=Step(at_zero=1.0)": (
        lambda: train(net=MLP("2-1", output="step"))
    ),
    "fit: expected Y in the range [0, 1] of output Logistic(beta=1.0), got Y[3, 0]=2.0": (
        lambda: train(net=MLP("2-1", output="logistic"), Y=changed(Y, 2.0, 3, 0))
    ),
    "fit: expected Y in the range [-1, inf] of output ELU(alpha=1.0), got Y[0, 0]=-2.0": (
        lambda: train(net=MLP("2-1", output="elu"), Y=0 * Y - 2)
    ),
    "fit: expected validation Y in the range [0, inf] of output ReLU(), got Y[1, 0]=-1.0": (
        lambda: train(net=MLP("2-1", output="relu"), validation=(X, changed(Y, -1.0, 1, 0)))
    ),
    "fit: expected at least two columns of Y for output Softmax(), got Y.shape=(10, 1)": (
        lambda: train(net=MLP("2-1", output="softmax"), Y=Y**0)
    ),
    "fit: expected rows of Y that sum to 1 for output Softmax(), got sum=2.0": (
        lambda: train(net=MLP("2-2", output="softmax"), Y=X**0)
    ),
    "fit: expected sample_weight to be an array of numbers, got sample_weight=list": (
        lambda: train(sample_weight=[1] * 10)
    ),
    "fit: expected sample_weight of shape (10,), got shape=(9,)": lambda: train(sample_weight=np.ones(9)),
    "fit: expected sample_weight of shape (10,), got shape=(10, 1)": lambda: train(sample_weight=np.ones((10, 1))),
    "fit: expected sample_weight of shape (10,) or (2, 10), got shape=(3, 10)": (
        lambda: train(NET.init(rng(), replicas=2), sample_weight=np.ones((3, 10)))
    ),
    "fit: expected finite sample weights of at least 0, got sample_weight[3]=-1.0": (
        lambda: train(sample_weight=changed(np.ones(10), -1.0, 3))
    ),
    "fit: expected finite sample weights of at least 0, got sample_weight[0]=nan": (
        lambda: train(sample_weight=nan_at(np.ones(10), 0))
    ),
    "fit: expected an example that counts, got weights with the sum 0.0": lambda: train(sample_weight=np.zeros(10)),
    "fit: expected an example that counts, got weights with the sum 0.0 ": lambda: train(class_weight={0: 0, 1: 0}),
    "fit: expected 'balanced' or a dict of classes and weights, got class_weight='even'": (
        lambda: train(class_weight="even")
    ),
    "fit: expected 'balanced' or a dict of classes and weights, got class_weight=array([1, 2])": (
        lambda: train(class_weight=np.array([1, 2]))
    ),
    "fit: expected classes in 0..1, got class_weight with the class 2": lambda: train(class_weight={2: 1.0}),
    "fit: expected classes in 0..1, got class_weight with the class 3": (
        lambda: train(NET.init(rng(), 2), X=np.stack([X, X]), Y=np.stack([Y, Y]), class_weight={3: 1.0})
    ),
    "fit: expected classes in 0..2, got class_weight with the class 5": (
        lambda: train(net=MLP("2-3"), Y=np.eye(3)[np.arange(10) % 3], class_weight={2: 0.5, 5: 1.0})
    ),
    "fit: expected classes in 0..1, got class_weight with the class 'yes'": lambda: train(class_weight={"yes": 1.0}),
    "fit: expected finite class weights of at least 0, got class_weight[1]=-2": lambda: train(class_weight={1: -2}),
    "fit: expected finite class weights of at least 0, got class_weight[0]='big'": (
        lambda: train(class_weight={0: "big"})
    ),
    "fit: expected Y with one class a row for class_weight, got Y[3, 0]=0.5": (
        lambda: train(Y=changed(Y, 0.5, 3, 0), class_weight="balanced")
    ),
    "fit: expected Y with one class a row for class_weight, got Y[0, 0]=1.0": (
        lambda: train(net=MLP("2-2"), Y=np.ones((10, 2)), class_weight={0: 2})
    ),
    "fit: expected a net with rows as output to weigh, got net=Network(Conv2D 3x3x1->2x2x1)": (
        lambda: train(net=Network([Conv2D((3, 3, 1), 1, 2)]), X=np.ones((10, 3, 3, 1)), loss=Free(),
                      sample_weight=np.arange(10))
    ),
    "fit: expected L1, L2 or None, got regularizer=True": lambda: train(regularizer=True),
    "fit: expected a dict of names and functions, got metrics=['accuracy']": lambda: train(metrics=["accuracy"]),
    "fit: expected a dict of names and functions, got metrics={'a': 1}": lambda: train(metrics={"a": 1}),
    "fit: expected a list of functions, got on_epoch=[None]": lambda: train(on_epoch=[None]),
    "fit: expected an integer in 1..10, got batch_size='5'": lambda: train(batch_size="5", rng=rng()),
    "fit: expected an integer in 1..10, got batch_size=0": lambda: train(batch_size=0, rng=rng()),
    "fit: expected the full batch and no dropout for BoldDriver, got batch_size=5": (
        lambda: train(optimizer=BoldDriver(0.1), batch_size=5, rng=rng())
    ),
    "fit: expected the full batch and no dropout for BoldDriver, got batch_size=None": (
        lambda: train(optimizer=BoldDriver(0.1), net=Network([Dense(2, 1), Dropout(0.5)]), rng=rng())
    ),
    "fit: expected a pair (X, Y), got validation=ndarray": lambda: train(validation=X),
    "fit: expected EarlyStopping or None, got early_stopping=3": lambda: train(early_stopping=3),
    "fit: expected a layer that is trainable, got net=Network(Dense 2->1, Dropout 0.0)": (
        lambda: train(net=Network([Dense(2, 1, trainable=False), Dropout(0.0)]))
    ),
    "fit: expected the History of a run or None, got resume='last'": lambda: train(resume="last"),
    "fit: expected the History of a run or None, got resume=History(epoch 0 of 3, train loss nan)": (
        lambda: train(resume=History(3))
    ),
    "fit: expected the parameters that the run to resume has left, got others": lambda: go_on(params=NET.init(rng())),
    "fit: expected the parameters that the run to resume has left, got others ": (
        lambda: go_on(net=MLP("2-2-1"), params=MLP("2-2-1").init(rng()))
    ),
    "fit: expected an optimizer with the state of the run to resume, t (), got t (), m (13,), s (13,)": (
        lambda: go_on(optimizer=Adam(0.1))
    ),
    "fit: expected rng=None, for the random numbers of the run to resume go on, got others": (
        lambda: go_on(dict(batch_size=2, rng=rng()), batch_size=2, rng=rng())
    ),
    "fit: expected the records of the run to resume, ['loss'] and [], got ['loss', 'accuracy'] and []": (
        lambda: go_on(metrics={"accuracy": accuracy})
    ),
    "fit: expected the records of the run to resume, ['loss'] and [], got ['loss'] and ['loss']": (
        lambda: go_on(validation=(X_VAL, Y_VAL))
    ),
    "fit: expected the patience of the run to resume, None, got early_stopping=EarlyStopping(patience=1)": (
        lambda: go_on(dict(validation=(X, Y)), validation=(X, Y), early_stopping=EarlyStopping(1))
    ),
    "fit: expected a run that early stopping has not ended, got resume=History(epoch 1 of 3, train loss 0.315)": (
        lambda: go_on(STOPPED, **STOPPED)
    ),
    "fit: expected no metric of the name loss, got metrics=['loss']": lambda: train(metrics={"loss": accuracy}),
    "fit: expected an integer in 1..10, got batch_size=11": lambda: train(batch_size=11, rng=rng()),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message.strip()


@pytest.mark.parametrize(
    "wrong", [dict(X=nan_at(X, 0, 0)), dict(epochs=0), dict(batch_size=99, rng=rng()), dict(batch_size=5), dict(Y=X)]
)
def test_a_run_that_is_refused_leaves_the_parameters_as_they_were(wrong):
    params = NET.init(rng())
    with pytest.raises(ValueError):
        train(params, **wrong)
    np.testing.assert_array_equal(params.theta, NET.init(rng()).theta)


EYE = np.eye(4)
BITS = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
TARGETS = {
    "one-hot": BITS,
    "shares": 0.2 + 0.6 * BITS,
    "several yes": np.maximum(BITS, [[1.0, 0.0]]),
    "signs": 2 * BITS - 1,
    "counts": 3 * BITS,
    "negative": BITS - 3,
}
PROBABILITIES = {"one-hot", "shares", "several yes"}
SUM_TO_ONE = {"one-hot", "shares"}
FITS = {
    "identity": {"half_squared_error": set(TARGETS), **dict.fromkeys(["binary_cross_entropy"], PROBABILITIES)}
    | {"softmax_cross_entropy": SUM_TO_ONE, "binary_log_loss": PROBABILITIES, "categorical_log_loss": SUM_TO_ONE},
    "step": {},
    "logistic": {"half_squared_error": PROBABILITIES, "binary_log_loss": PROBABILITIES},
    "saturated_linear": {"half_squared_error": PROBABILITIES, "binary_log_loss": PROBABILITIES},
    "softmax": dict.fromkeys(["half_squared_error", "binary_log_loss", "categorical_log_loss"], SUM_TO_ONE),
    "tanh": {"half_squared_error": PROBABILITIES | {"signs"}},
    "relu": {"half_squared_error": PROBABILITIES | {"counts"}},
    "softplus": {"half_squared_error": PROBABILITIES | {"counts"}},
    "elu": {"half_squared_error": PROBABILITIES | {"counts", "signs"}},
    "leaky_relu": {"half_squared_error": set(TARGETS)},
}
BEHIND = {
    "": (),
    "dropout": (Dropout(0.0),),
    "flatten": (Flatten((2,)), Dropout(0.0)),
}


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("loss", losses.BY_NAME)
@pytest.mark.parametrize("phi", activations.BY_NAME)
def test_a_head_a_loss_and_targets_are_refused_unless_they_can_meet(phi, loss, behind):
    net = Network([Dense(4, 2, phi), *BEHIND[behind]])
    for name, Y in TARGETS.items():
        params = net.init(rng())
        params.theta = np.full(10, 0.1)
        if name in FITS[phi].get(loss, ()):
            fit(net, params, EYE, Y, loss=loss, optimizer=SGD(0.1), epochs=1, rng=rng())
        else:
            with pytest.raises(ValueError, match="expected"):
                fit(net, params, EYE, Y, loss=loss, optimizer=SGD(0.1), epochs=1, rng=rng())


LEARNT = [(phi, loss) for phi in FITS for loss in FITS[phi] if phi != "identity" or "log_loss" not in loss]


@pytest.mark.parametrize("phi, loss", LEARNT)
def test_what_can_meet_is_learnt_to_the_last_example(phi, loss):
    net = MLP("4-2", output=activations.LeakyReLU(0.3) if phi == "leaky_relu" else phi)
    optimizer = SGD(0.5) if (phi, loss) == ("saturated_linear", "half_squared_error") else Adam(0.1)
    for name in FITS[phi][loss]:
        params = net.init(rng())
        params.theta = np.full(10, 0.1)
        fit(net, params, EYE, TARGETS[name], loss=loss, optimizer=optimizer, epochs=400, record_every=400)
        np.testing.assert_allclose(predict(net, params, EYE, loss), TARGETS[name], atol=0.05, err_msg=name)


@pytest.mark.parametrize("pool", [MaxPool2D((2, 2, 2)), MeanPool2D((2, 2, 2))], ids=str)
def test_the_head_is_looked_for_through_pooling_and_flatten(pool):
    images, Y = rng().normal(size=(6, 3, 3, 1)), np.tile(BITS, (2, 1))[:6]
    for phi, loss, fits in [("logistic", "binary_cross_entropy", False), ("identity", "binary_cross_entropy", True),
                            ("logistic", "half_squared_error", True), ("tanh", "binary_log_loss", False)]:
        net = Network([Conv2D((3, 3, 1), 2, 2, phi), pool, Flatten((1, 1, 2)), Dropout(0.1)])
        settings = dict(loss=loss, optimizer=SGD(0.1), epochs=1, rng=rng())
        if fits:
            fit(net, net.init(rng()), images, Y, **settings)
        else:
            with pytest.raises(ValueError, match=re.escape(f"got output={net.layers[0].activation}")):
                fit(net, net.init(rng()), images, Y, **settings)


def test_an_activation_and_a_loss_of_your_own_are_refused_nothing():
    class Cubic(activations.Activation):
        def f(self, Z):
            return Z + Z**3

        def df(self, Z):
            return 1 + 3 * Z**2

    class Huber(losses.Loss):
        def per_example(self, Y_hat, Y):
            E = np.abs(Y_hat - Y)
            return np.where(E < 1, E**2 / 2, E - 1 / 2).sum(axis=-1)  # (..., B)

        def grad(self, Y_hat, Y):
            return np.clip(Y_hat - Y, -1, 1) / Y_hat.shape[-2]  # (..., B, m)

    for net, loss in [
        (MLP("4-2", output=Cubic()), "binary_cross_entropy"),
        (MLP("4-2", output=Cubic()), "half_squared_error"),
        (MLP("4-2", output="tanh"), Huber()),
        (MLP("4-2", output="identity"), Huber()),
    ]:
        params = net.init(rng())
        history = fit(net, params, EYE, 3 * BITS if loss != "binary_cross_entropy" else BITS,
                      loss=loss, optimizer=SGD(0.1), epochs=50)
        assert history.train["loss"][-1] < history.train["loss"][0]
    output, Y = 2 * rng().normal(size=(2, 5, 3))
    np.testing.assert_allclose(
        Huber().grad(output, Y), numerical_gradient(lambda output: Huber().value(output, Y), output), atol=1e-8
    )

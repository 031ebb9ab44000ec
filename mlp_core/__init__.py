"""Multilayer perceptrons in numpy, to be read. The modules, in reading order:

parameters, activations, initializers, losses, layers, network, gradient_check, regularizers, optimizers,
metrics, training, perceptron, constructions, datasets; then `show` (figures) and `exercises`.
"""

from mlp_core.activations import softmax
from mlp_core.gradient_check import gradient_error, numerical_gradient
from mlp_core.layers import Dense, Dropout, Flatten
from mlp_core.losses import (
    BinaryCrossEntropy,
    BinaryLogLoss,
    CategoricalLogLoss,
    HalfSquaredError,
    SoftmaxCrossEntropy,
)
from mlp_core.metrics import accuracy, confusion_matrix, one_hot
from mlp_core.network import MLP, Network
from mlp_core.optimizers import SGD
from mlp_core.parameters import Parameters
from mlp_core.regularizers import L1, L2
from mlp_core.training import EarlyStopping, History, fit, minibatches, predict

__version__ = "0.1.0"

__all__ = [
    "L1",
    "L2",
    "MLP",
    "SGD",
    "BinaryCrossEntropy",
    "BinaryLogLoss",
    "CategoricalLogLoss",
    "Dense",
    "Dropout",
    "EarlyStopping",
    "Flatten",
    "HalfSquaredError",
    "History",
    "Network",
    "Parameters",
    "SoftmaxCrossEntropy",
    "accuracy",
    "confusion_matrix",
    "fit",
    "gradient_error",
    "minibatches",
    "numerical_gradient",
    "one_hot",
    "predict",
    "softmax",
]

"""Multilayer perceptrons in numpy, to be read. The modules, in reading order:

annotations, checks, parameters, activations, initializers, losses, layers, conv, network, gradient_check, regularizers,
optimizers, metrics, replicas, checkpoint, history, refusals, cautions, training, perceptron, constructions, recurrent,
pruning, pretraining, datasets, storage, layouts; then `show` (figures) and `exercises`. `checks`, `refusals` and
`cautions` can be skipped at first. `fast` is private: the steps of `training` without new arrays. What a module has for
its users stands in its `__all__`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from mlp_core.activations import softmax
from mlp_core.conv import Conv2D, MaxPool2D, MeanPool2D
from mlp_core.gradient_check import gradient_error, numerical_gradient
from mlp_core.history import EarlyStopping, History
from mlp_core.layers import Dense, Dropout, Flatten
from mlp_core.losses import BinaryCrossEntropy, BinaryLogLoss, CategoricalLogLoss, HalfSquaredError, SoftmaxCrossEntropy
from mlp_core.metrics import accuracy, balanced_accuracy, confusion_matrix, f1_score, one_hot, precision, recall
from mlp_core.network import MLP, Network, describe, operations
from mlp_core.optimizers import SGD, Adam, RMSprop
from mlp_core.parameters import Parameters
from mlp_core.regularizers import L1, L2
from mlp_core.training import fit, minibatches, predict

__version__ = "0.3.0"

__all__ = [
    "L1",
    "L2",
    "MLP",
    "SGD",
    "Adam",
    "BinaryCrossEntropy",
    "BinaryLogLoss",
    "CategoricalLogLoss",
    "Conv2D",
    "Dense",
    "Dropout",
    "EarlyStopping",
    "Flatten",
    "HalfSquaredError",
    "History",
    "MaxPool2D",
    "MeanPool2D",
    "Network",
    "Parameters",
    "RMSprop",
    "SoftmaxCrossEntropy",
    "accuracy",
    "balanced_accuracy",
    "confusion_matrix",
    "describe",
    "f1_score",
    "fit",
    "gradient_error",
    "minibatches",
    "numerical_gradient",
    "one_hot",
    "operations",
    "precision",
    "predict",
    "recall",
    "softmax",
]

_LATER = (
    *("constructions", "datasets", "exercises", "perceptron", "pretraining", "pruning", "recurrent", "replicas"),
    *("layouts", "show", "storage"),
)
_PRIVATE = {"annotations", "checks", "checkpoint", "refusals", "fast"}


if TYPE_CHECKING:
    from mlp_core import (  # noqa: F401
        constructions,
        datasets,
        exercises,
        layouts,
        perceptron,
        pretraining,
        pruning,
        recurrent,
        replicas,
        show,
        storage,
    )
else:

    def __getattr__(name):
        """Import a module of the package where it is first used: `mlp_core.datasets`."""
        if name in _LATER:
            return import_module(f"mlp_core.{name}")
        raise AttributeError(f"module 'mlp_core' has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *_LATER} - _PRIVATE)

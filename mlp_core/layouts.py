"""The weights of a network of dense layers as other libraries keep them: PyTorch, scikit-learn, Keras.

W here is `(n_in, n_out)`, as in scikit-learn and Keras; PyTorch keeps its transpose `(n_out, n_in)`. Biases there are
`(n_out,)`. What is exported is a copy, and what is imported comes as Parameters, float64 or float32.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mlp_core.activations import Identity
from mlp_core.annotations import Array
from mlp_core.checks import shown
from mlp_core.layers import Dense, Dropout
from mlp_core.network import Network
from mlp_core.parameters import Parameters, check_parameters

__all__ = ["to_pytorch", "from_pytorch", "to_sklearn", "from_sklearn", "to_keras", "from_keras"]


def to_pytorch(net: Network, params: Parameters) -> dict[str, Array]:
    """A dict of arrays for `load_state_dict` of an `nn.Sequential`: "0.weight" `(n_out, n_in)`, "0.bias" `(n_out,)`.

    The number is the place of a `Linear` in the Sequential when each Dense layer is followed by its activation, the
    identity by none; Dropout has a place of its own. Torch takes the arrays by `torch.from_numpy`.

    Parameters
    ----------
    net, params : a Network of Dense layers and its Parameters, single

    Returns
    -------
    dict of array

    Raises
    ------
    ValueError : for replicas, and for what is no network of Dense layers and its Parameters
    """
    layers, state = _dense("to_pytorch", net, params), {}
    for place, layer in zip(_places(net), layers, strict=True):
        state[f"{place}.weight"] = layer["W"].T.copy()
        state |= {f"{place}.bias": layer["b"][0].copy()} if "b" in layer else {}
    return state


def from_pytorch(net: Network, state: Mapping[str, Any]) -> Parameters:
    """Parameters from a dict such as `to_pytorch` returns, or a state_dict whose tensors are on the CPU.

    Parameters
    ----------
    net : a Network of Dense layers
    state : dict of arrays by name

    Returns
    -------
    Parameters

    Raises
    ------
    ValueError : for arrays that are missing, too many or of other shapes
    """
    arrays = _arrays("from_pytorch", "state", state.values() if isinstance(state, Mapping) else None)
    return _filled("from_pytorch", net, [array.T if array.ndim == 2 else array for array in arrays])


def to_sklearn(net: Network, params: Parameters) -> tuple[list[Array], list[Array]]:
    """The lists `coefs_`, of `(n_in, n_out)`, and `intercepts_`, of `(n_out,)`, of an MLPClassifier or MLPRegressor.

    Parameters
    ----------
    net, params : a Network of Dense layers and its Parameters, single

    Returns
    -------
    two lists of array

    Raises
    ------
    ValueError : for layers without bias, for replicas, and for what is no network of Dense layers and its Parameters
    """
    layers = _dense("to_sklearn", net, params)
    if not all("b" in layer for layer in layers):
        raise ValueError(f"to_sklearn: expected layers with biases, got net={shown(net, str)}")
    return [layer["W"].copy() for layer in layers], [layer["b"][0].copy() for layer in layers]


def from_sklearn(net: Network, coefs: Sequence[Array], intercepts: Sequence[Array]) -> Parameters:
    """Parameters from `coefs_` and `intercepts_`.

    Parameters
    ----------
    net : a Network of Dense layers
    coefs, intercepts : lists of arrays, one for each layer

    Returns
    -------
    Parameters

    Raises
    ------
    ValueError : for lists that do not fit the network
    """
    coefs, intercepts = _arrays("from_sklearn", "coefs", coefs), _arrays("from_sklearn", "intercepts", intercepts)
    pairs = zip(coefs, intercepts, strict=False)
    arrays = [array for pair in pairs for array in pair] if len(coefs) == len(intercepts) else []
    return _filled("from_sklearn", net, arrays)


def to_keras(net: Network, params: Parameters) -> list[Array]:
    """The list of `model.get_weights()` and `set_weights`: for each layer W `(n_in, n_out)` and b `(n_out,)`.

    Parameters
    ----------
    net, params : a Network of Dense layers and its Parameters, single

    Returns
    -------
    list of array

    Raises
    ------
    ValueError : for replicas, and for what is no network of Dense layers and its Parameters
    """
    layers = _dense("to_keras", net, params)
    return [array.copy() if name == "W" else array[0].copy() for layer in layers for name, array in layer.items()]


def from_keras(net: Network, weights: Sequence[Array]) -> Parameters:
    """Parameters from the list of `model.get_weights()`.

    Parameters
    ----------
    net : a Network of Dense layers
    weights : list of arrays

    Returns
    -------
    Parameters

    Raises
    ------
    ValueError : for arrays that do not fit the network
    """
    return _filled("from_keras", net, _arrays("from_keras", "weights", weights))


def _places(net):
    place = 0
    for layer in net.layers:
        if isinstance(layer, Dense):
            yield place
        place += 1 + (isinstance(layer, Dense) and not isinstance(layer.activation, Identity))


def _dense(caller, net, params):
    """The arrays of the Dense layers."""
    _check(caller, net)
    check_parameters(caller, net, params, single=True)
    return [arrays for arrays in params if arrays]


def _arrays(caller, name, values):
    """Arrays of numbers from a sequence of them, or of tensors."""
    try:
        arrays = [np.asarray(value) for value in values]
    except (TypeError, ValueError):
        arrays = [np.array(None)]
    if not all(array.dtype.kind in "biuf" for array in arrays):
        raise ValueError(f"{caller}: expected arrays of numbers, got {name}={shown(values)}")
    return arrays


def _filled(caller, net, arrays):
    _check(caller, net)
    entries = [(layer, name) for layer, shapes in enumerate(net.shapes) for name in shapes]
    wanted = [net.shapes[layer]["W"] if name == "W" else net.shapes[layer]["b"][1:] for layer, name in entries]
    if [array.shape for array in arrays] != wanted:
        raise ValueError(f"{caller}: expected arrays of shapes {wanted}, got {[array.shape for array in arrays]}")
    single = arrays and all(array.dtype == np.float32 for array in arrays)
    params = Parameters.zeros(net.shapes, dtype=np.float32 if single else np.float64)
    for (layer, name), array in zip(entries, arrays, strict=True):
        params[layer][name] = array if name == "W" else array[None]
    return params


def _check(caller, net):
    if not isinstance(net, Network) or not all(isinstance(layer, Dense | Dropout) for layer in net.layers):
        raise ValueError(f"{caller}: expected a Network of Dense layers, got net={shown(net, str)}")

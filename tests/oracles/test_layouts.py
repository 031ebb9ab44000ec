"""The forward pass of PyTorch and scikit-learn with our weights, and of us with theirs; hidden layers are square."""

import numpy as np
import torch
from sklearn.neural_network import MLPRegressor

from mlp_core import MLP
from mlp_core.layouts import from_pytorch, from_sklearn, to_pytorch, to_sklearn

NET = MLP("3-3-3-2", "tanh", initializer="normal")
PARAMS = NET.init(np.random.default_rng(0))
X = np.random.default_rng(1).normal(size=(5, 3))


def test_pytorch_computes_with_our_weights_and_we_with_its():
    layers = [torch.nn.Linear(3, 3), torch.nn.Tanh(), torch.nn.Linear(3, 3), torch.nn.Tanh(), torch.nn.Linear(3, 2)]
    model = torch.nn.Sequential(*layers).double()
    theirs = model(torch.from_numpy(X)).detach().numpy()
    ours = NET.forward(from_pytorch(NET, model.state_dict()), X)[0]
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    model.load_state_dict({name: torch.from_numpy(array) for name, array in to_pytorch(NET, PARAMS).items()})
    np.testing.assert_allclose(model(torch.from_numpy(X)).detach().numpy(), NET.forward(PARAMS, X)[0], rtol=1e-12)


def test_scikit_learn_computes_with_our_weights_and_we_with_its():
    model = MLPRegressor(hidden_layer_sizes=(3, 3), activation="tanh", random_state=0).partial_fit(X, X[:, :2])
    ours = NET.forward(from_sklearn(NET, model.coefs_, model.intercepts_), X)[0]
    np.testing.assert_allclose(ours, model.predict(X), rtol=1e-12)
    model.coefs_, model.intercepts_ = to_sklearn(NET, PARAMS)
    np.testing.assert_allclose(model.predict(X), NET.forward(PARAMS, X)[0], rtol=1e-12)

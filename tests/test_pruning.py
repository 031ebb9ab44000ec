"""Pruning: second derivatives are those of finite differences, masks remove what they say, and it stays removed."""

import numpy as np
import pytest

from mlp_core import L2, MLP, SGD, BinaryLogLoss, Dense, Dropout, Flatten, Network, Parameters, fit, numerical_gradient
from mlp_core.layers import Layer
from mlp_core.losses import loss_function
from mlp_core.optimizers import Adam, BoldDriver, Clipped, RMSprop
from mlp_core.pruning import Masked, magnitude, optimal_brain_damage, prune, remove_units, second_derivatives

NET = MLP("3-5-2")
LOSSES = ["half_squared_error", "binary_cross_entropy", "softmax_cross_entropy"]


def rng(seed=0):
    return np.random.default_rng(seed)


X = rng(1).normal(size=(20, 3))
Y = np.eye(2)[rng(2).integers(0, 2, 20)]


def parameters(*theta, shape=None):
    """Parameters of one layer with weights only."""
    return Parameters([{"W": shape or (1, len(theta))}], np.array(theta, float))


def finite_differences(net, params, loss, Y=Y):
    """The exact diagonal of the Hessian, by central differences of the gradient."""
    loss, diagonal = loss_function(loss), params.zeros_like()

    def gradient(theta):
        output, caches = net.forward(Parameters(params.shapes, theta), X)
        return net.backward(Parameters(params.shapes, theta), caches, loss.grad(output, Y))[1].theta

    for i in range(params.theta.size):
        step = np.zeros(params.theta.size)
        step[i] = 1e-5
        diagonal.theta[i] = ((gradient(params.theta + step) - gradient(params.theta - step)) / 2e-5)[i]
    return diagonal


def assert_equal_in_the_last_layers(h, exact, layers):
    for index in range(len(h) - layers, len(h)):
        for name in h[index]:
            np.testing.assert_allclose(h[index][name], exact[index][name], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("hidden", ["identity", "tanh", "logistic", "relu"])
@pytest.mark.parametrize("loss", ["half_squared_error", "binary_cross_entropy"])
def test_with_one_hidden_layer_the_second_derivatives_are_exact(loss, hidden):
    net = MLP("3-5-2", hidden=hidden, initializer="normal")
    params = net.init(rng())
    h = second_derivatives(net, params, X, Y, loss)
    assert_equal_in_the_last_layers(h, finite_differences(net, params, loss), 2)


@pytest.mark.parametrize("output", ["identity", "tanh", "logistic", "relu"])
def test_the_bend_of_the_output_activation_counts(output):
    net = MLP("3-5-2", output=output, initializer="normal")
    params = net.init(rng())
    h = second_derivatives(net, params, X, Y, "half_squared_error")
    assert_equal_in_the_last_layers(h, finite_differences(net, params, "half_squared_error"), 2)


def test_a_steep_logistic_bends_more():
    activation = MLP("1-1", output="logistic").layers[0].activation
    net = Network([Dense(3, 4, type(activation)(3)), Dense(4, 2)])
    params = net.init(rng())
    h = second_derivatives(net, params, X, Y, "half_squared_error")
    assert_equal_in_the_last_layers(h, finite_differences(net, params, "half_squared_error"), 2)


def test_with_softmax_the_last_layer_is_exact():
    params = NET.init(rng())
    h = second_derivatives(NET, params, X, Y, "softmax_cross_entropy")
    assert_equal_in_the_last_layers(h, finite_differences(NET, params, "softmax_cross_entropy"), 1)


@pytest.mark.parametrize("loss", LOSSES)
def test_in_deeper_layers_they_are_an_approximation_that_still_ranks_the_weights(loss):
    net = MLP("3-8-6-2")
    params = net.init(rng())
    h, exact = second_derivatives(net, params, X, Y, loss), finite_differences(net, params, loss)
    assert_equal_in_the_last_layers(h, exact, 1 if loss == "softmax_cross_entropy" else 2)
    error = np.abs(h[0]["W"] - exact[0]["W"]).max() / np.abs(exact[0]["W"]).max()
    assert 0.05 < error < 2
    ranks = [optimal_brain_damage(params, d).theta.argsort().argsort() for d in (h, exact)]
    assert np.corrcoef(*ranks)[0, 1] > 0.6


def test_a_quadratic_cost_grows_by_exactly_the_saliency():
    net = MLP("3-2")
    params = net.init(rng())
    fit(net, params, X, Y, loss="half_squared_error", optimizer=SGD(0.3), epochs=2000)
    s = optimal_brain_damage(params, second_derivatives(net, params, X, Y, "half_squared_error"))
    loss = loss_function("half_squared_error")
    for k in range(params.theta.size):
        without = params.copy()
        without.theta[k] = 0
        growth = loss.value(net.forward(without, X)[0], Y) - loss.value(net.forward(params, X)[0], Y)
        np.testing.assert_allclose(growth, s.theta[k], atol=1e-12)


def test_brain_damage_and_magnitude_disagree_on_the_ledgers_quadratic():
    w, h = parameters(0.2, 1), parameters(10, 0.1)

    def cost(theta):
        return (h.theta * (theta - w.theta) ** 2).sum() / 2

    s = optimal_brain_damage(w, h)
    np.testing.assert_allclose(s.theta, [0.20, 0.05])
    np.testing.assert_allclose(s.theta, [cost([0, 1]), cost([0.2, 0])])
    np.testing.assert_allclose(numerical_gradient(cost, w.theta), 0, atol=1e-9)
    np.testing.assert_array_equal(prune(w, s, 0.5).theta, [1, 0])
    np.testing.assert_array_equal(prune(w, magnitude(w), 0.5).theta, [0, 1])


def test_magnitude_is_the_absolute_value():
    params = Parameters(NET.init(rng()).shapes, np.linspace(-1, 1, 32))
    np.testing.assert_array_equal(magnitude(params).theta, np.abs(params.theta))
    assert magnitude(params).shapes == params.shapes


def test_dropout_is_off_and_flattened_images_are_rows():
    plain, params = Network([Dense(4, 5, "tanh"), Dense(5, 2)]), MLP("4-5-2").init(rng())
    images = rng(3).normal(size=(6, 2, 2))
    h = second_derivatives(plain, params, images.reshape(6, 4), Y[:6], "binary_cross_entropy")
    net = Network([Flatten((2, 2)), Dropout(0.5), Dense(4, 5, "tanh"), Dropout(0.5), Dense(5, 2)])
    same = Parameters([layer.shapes() for layer in net.layers], params.theta)
    found = second_derivatives(net, same, images, Y[:6], "binary_cross_entropy")
    np.testing.assert_array_equal(found.theta, h.theta)


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loss", LOSSES)
def test_saliencies_and_masks_of_replica_r_are_those_of_the_single_network(loss, dtype, own):
    params = NET.init(rng(), replicas=3, dtype=dtype)
    X3, Y3 = rng(5).normal(size=(3, 20, 3)).astype(dtype), np.stack([Y, 1 - Y, Y]).astype(dtype)
    data = (X3, Y3) if own else (X3[0], Y3[0])
    h = second_derivatives(NET, params, *data, loss)
    s = optimal_brain_damage(params, h)
    mask = prune(params, s, 0.4)
    assert h.theta.dtype == s.theta.dtype == mask.theta.dtype == magnitude(params).theta.dtype == dtype
    for r in range(3):
        single = params.replica(r)
        h_r = second_derivatives(NET, single, *((X3[r], Y3[r]) if own else data), loss)
        np.testing.assert_array_equal(h.theta[r], h_r.theta)
        np.testing.assert_array_equal(mask.theta[r], prune(single, optimal_brain_damage(single, h_r), 0.4).theta)
    assert len(np.unique(mask.theta, axis=0)) == 3


@pytest.mark.parametrize("share", [0, 0.1, 0.3, 0.5, 0.97, 1])
def test_the_least_salient_weights_go_and_the_biases_stay(share):
    params = NET.init(rng())
    saliency = Parameters(params.shapes, rng(4).permutation(32) - 16.0)
    mask = prune(params, saliency, share)
    weights = params.weights == 1
    removed = mask.theta == 0
    assert set(mask.theta) <= {0, 1}
    assert removed.sum() == round(share * 25)
    assert not removed[~weights].any()
    if share not in (0, 1):
        assert saliency.theta[removed].max() < saliency.theta[weights & ~removed].min()


def test_pruning_itself_changes_nothing_and_the_mask_is_applied_by_a_product():
    params = NET.init(rng())
    first, saliency = params.copy(), magnitude(params)
    mask = prune(params, saliency, 0.5)
    np.testing.assert_array_equal(params.theta, first.theta)
    params.theta *= mask.theta
    np.testing.assert_array_equal(params.theta == 0, (mask.theta == 0) | (first.theta == 0))


def test_what_was_removed_before_goes_first_even_where_a_saliency_is_negative():
    params, saliency = parameters(0, 1, 2, 3), parameters(0, -1, 5, -2)
    np.testing.assert_array_equal(prune(params, saliency, 0.25).theta, [0, 1, 1, 1])
    np.testing.assert_array_equal(prune(params, saliency, 0.5).theta, [0, 1, 1, 0])


def test_of_equal_saliencies_the_first_goes():
    params = parameters(*[1.0] * 40)
    np.testing.assert_array_equal(prune(params, magnitude(params), 0.25).theta, [0] * 10 + [1] * 30)


def removed_units(mask):
    """For each hidden layer, which units have lost everything; nothing else may be removed."""
    everything = mask.zeros_like()
    everything.theta += 1
    dense = [index for index in range(len(mask)) if "W" in mask[index]]
    units = []
    for below, above in zip(dense[:-1], dense[1:], strict=True):
        gone = (mask[below]["b"] == 0)[0]
        everything[below]["W"][:, gone] = 0
        everything[below]["b"][:, gone] = 0
        everything[above]["W"][gone] = 0
        units.append(gone)
    np.testing.assert_array_equal(mask.theta, everything.theta)
    return units


@pytest.mark.parametrize("share, counts", [(0, [0, 0]), (0.3, [3, 2]), (0.5, [5, 4]), (1, [10, 8])])
def test_units_are_removed_with_all_that_leads_in_and_out(share, counts):
    net = Network([Dense(3, 10), Dropout(0.5), Dense(10, 8), Dense(8, 2)])
    mask = remove_units(net.init(rng()), share, rng(1))
    assert [gone.sum() for gone in removed_units(mask)] == counts


def test_a_network_whose_units_are_removed_computes_what_the_smaller_network_does():
    params = NET.init(rng())
    mask = remove_units(params, 0.4, rng(1))
    (gone,) = removed_units(mask)
    params.theta *= mask.theta
    hidden = np.tanh(X @ params[0]["W"][:, ~gone] + params[0]["b"][:, ~gone])
    expected = hidden @ params[1]["W"][~gone] + params[1]["b"]
    np.testing.assert_allclose(NET.forward(params, X)[0], expected, rtol=1e-13)


def test_a_larger_share_removes_the_same_units_and_more():
    params = MLP("3-20-2").init(rng())
    gone = [removed_units(remove_units(params, share, rng(1)))[0] for share in (0.2, 0.5, 0.9)]
    assert (gone[0] <= gone[1]).all()
    assert (gone[1] <= gone[2]).all()
    assert not gone[0][:4].all()


def test_each_replica_loses_units_of_its_own_those_of_the_single_network():
    params = MLP("3-20-2").init(rng(), replicas=4, dtype=np.float32)
    together = remove_units(params, 0.5, rng(7))
    assert together.theta.dtype == np.float32
    assert len(np.unique(together.theta, axis=0)) == 4
    for r, stream in enumerate(rng(7).spawn(4)):
        np.testing.assert_array_equal(together.theta[r], remove_units(params.replica(r), 0.5, stream).theta)


OPTIMIZERS = [SGD(0.1), SGD(0.1, 0.9), SGD(0.1, 0.9, nesterov=True), RMSprop(0.01), Adam(0.01), Clipped(SGD(0.1), 0.1)]


@pytest.mark.parametrize("replicas", [None, 3])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_what_is_removed_stays_exactly_zero_and_the_rest_is_trained(optimizer, replicas):
    params = NET.init(rng(), replicas)
    mask = prune(params, magnitude(params), 0.6)
    params.theta *= mask.theta
    before, zeros = params.copy(), []
    settings = dict(loss="half_squared_error", epochs=5, batch_size=6, rng=rng(1), regularizer=L2(0.01))
    watch = [lambda epoch, params, history: zeros.append((params.theta[mask.theta == 0] == 0).all())]
    history = fit(NET, params, X, Y, optimizer=Masked(optimizer, mask), on_epoch=watch, **settings)
    assert zeros == [True] * 5
    kept = (mask.theta == 1) & (params.weights == 1)
    assert (params.theta[kept] != before.theta[kept]).all()
    assert np.all(history.train["loss"][-1] < history.train["loss"][0])


def test_the_optimizer_sees_the_gradient_of_what_is_kept_and_the_gradient_itself_stays():
    params, grads = parameters(0, 2, 3), parameters(99, 3, -4)
    optimizer = Masked(Clipped(SGD(0.5), norm=2.5), parameters(0, 1, 1))
    optimizer.step(params, grads, optimizer.init(params))
    np.testing.assert_array_equal(params.theta, [0, 1.25, 4])
    np.testing.assert_array_equal(grads.theta, [99, 3, -4])


def test_training_under_a_mask_of_units_is_training_of_the_smaller_network():
    params = NET.init(rng())
    mask = remove_units(params, 0.4, rng(1))
    (gone,) = removed_units(mask)
    params.theta *= mask.theta
    small_net = MLP("3-3-2")
    small = small_net.init(rng())
    small[0]["W"], small[0]["b"] = params[0]["W"][:, ~gone], params[0]["b"][:, ~gone]
    small[1]["W"], small[1]["b"] = params[1]["W"][~gone], params[1]["b"]
    settings = dict(loss="softmax_cross_entropy", epochs=20)
    fit(NET, params, X, Y, optimizer=Masked(SGD(0.1, 0.9), mask), **settings)
    fit(small_net, small, X, Y, optimizer=SGD(0.1, 0.9), **settings)
    np.testing.assert_allclose(params[0]["W"][:, ~gone], small[0]["W"], rtol=1e-11)
    np.testing.assert_allclose(params[1]["W"][~gone], small[1]["W"], rtol=1e-11)


def test_a_masked_run_of_replica_r_is_the_single_run():
    streams = rng().spawn(3)
    params = NET.init(streams)
    mask = prune(params, magnitude(params), 0.5)
    params.theta *= mask.theta
    first = params.copy()
    settings = dict(loss="softmax_cross_entropy", epochs=5, batch_size=6)
    fit(NET, params, X, Y, optimizer=Masked(SGD(0.1, 0.9), mask), rng=rng(3), **settings)
    for r, stream in enumerate(rng(3).spawn(3)):
        single = first.replica(r)
        fit(NET, single, X, Y, optimizer=Masked(SGD(0.1, 0.9), mask.replica(r)), rng=stream, **settings)
        np.testing.assert_array_equal(params.theta[r], single.theta)


class Unknown(Layer):
    def __str__(self):
        return "Unknown"

    def forward(self, params, A_prev, rng=None):
        return A_prev, None


P3 = parameters(1, 2, 3)
THREE = "Parameters(theta (3,) float64: {'W': (1, 3)})"
HIDDEN = "Parameters(theta (8,) float64: {'W': (3, 2), 'b': (1, 2)})"
SGD_MASK = Masked(SGD(0.1), parameters(0, 1, 1))


def second(net=NET, loss="half_squared_error", **settings):
    return second_derivatives(net, net.init(rng()), X, Y, loss, **settings)


WRONG = {
    "magnitude: expected Parameters, got params=ndarray": lambda: magnitude(P3.theta),
    "optimal_brain_damage: expected Parameters, got params=list": lambda: optimal_brain_damage([1, 2, 3], P3),
    "optimal_brain_damage: expected Parameters, got h=ndarray": lambda: optimal_brain_damage(P3, P3.theta),
    f"optimal_brain_damage: expected Parameters of the shape of {THREE}, "
    "got h=Parameters(theta (2,) float64: {'W': (1, 2)})": lambda: optimal_brain_damage(P3, parameters(1, 2)),
    "second_derivatives: expected a Network such as MLP('2-2-1'), got net='3-2'": (
        lambda: second_derivatives("3-2", P3, X, Y, LOSSES[0])
    ),
    "second_derivatives: expected identity, relu, tanh or logistic, got activation=Softplus()": (
        lambda: second(MLP("3-5-2", hidden="softplus"))
    ),
    "second_derivatives: expected identity, relu, tanh or logistic, got activation=Softmax()": (
        lambda: second(MLP("3-5-2", output="softmax"))
    ),
    "second_derivatives: expected half squared error, binary or softmax cross-entropy, got loss=BinaryLogLoss()": (
        lambda: second(MLP("3-2", output="logistic"), BinaryLogLoss())
    ),
    "second_derivatives: expected Dense layers, got layers[1]=Unknown": (
        lambda: second(Network([Dense(3, 2), Unknown()]))
    ),
    "prune: expected Parameters, got saliency=float": lambda: prune(P3, 0.5, 0.5),
    f"prune: expected Parameters of the shape of {THREE}, got saliency=Parameters(theta (3,) float64: "
    "{'W': (3, 1)})": lambda: prune(P3, parameters(1, 2, 3, shape=(3, 1)), 0.5),
    f"prune: expected Parameters of the shape of {THREE}, got saliency=Parameters(theta (1, 3) float64: "
    "{'W': (1, 3)})": lambda: prune(P3, Parameters(P3.shapes, P3.theta[None]), 0.5),
    "prune: expected a share in [0, 1], got share=1.5": lambda: prune(P3, P3, 1.5),
    "prune: expected a share in [0, 1], got share=-0.1": lambda: prune(P3, P3, -0.1),
    "prune: expected a share in [0, 1], got share=nan": lambda: prune(P3, P3, np.nan),
    "prune: expected a share in [0, 1], got share='half'": lambda: prune(P3, P3, "half"),
    "prune: expected a share in [0, 1], got share=True": lambda: prune(P3, P3, True),
    "prune: expected finite saliencies, got value=nan": lambda: prune(P3, parameters(1, np.nan, 2), 0.5),
    "prune: expected finite saliencies, got value=inf": lambda: prune(P3, parameters(1, np.inf, 2), 0.5),
    "remove_units: expected Parameters, got params=Network": lambda: remove_units(NET, 0.5, rng()),
    "remove_units: expected a share in [0, 1], got share=2": lambda: remove_units(NET.init(rng()), 2, rng()),
    "remove_units: expected a numpy Generator, got rng=int": lambda: remove_units(NET.init(rng()), 0.5, 0),
    f"remove_units: expected dense layers, of which one is hidden, got params={HIDDEN}": (
        lambda: remove_units(MLP("3-2").init(rng()), 0.5, rng())
    ),
    "remove_units: expected dense layers, of which one is hidden, got params=Parameters(theta (22,) float64: "
    "{'W': (2, 3), 'b': (1, 3)}, {'W': (6, 2), 'b': (1, 1)})": (
        lambda: remove_units(
            Parameters([{"W": (2, 3), "b": (1, 3)}, {"W": (6, 2), "b": (1, 1)}], np.zeros(22)), 0.5, rng()
        )
    ),
    "Masked: expected an optimizer such as SGD(lr=0.1), got optimizer='sgd'": lambda: Masked("sgd", P3),
    "Masked: expected Parameters, got mask=ndarray": lambda: Masked(SGD(0.1), np.ones(3)),
    "Masked: expected a mask of 0 and 1, got value=2.0": lambda: Masked(SGD(0.1), P3),
    "Masked: expected a mask of 0 and 1, got value=nan": lambda: Masked(SGD(0.1), parameters(1, np.nan)),
    f"Masked: expected Parameters of the shape of {THREE}, got params=Parameters(theta (2,) float64: "
    "{'W': (1, 2)})": lambda: SGD_MASK.init(parameters(1, 2)),
    "Masked: expected an optimizer such as SGD(lr=0.1), got optimizer=BoldDriver(lr=0.1, grow=1.05, shrink=0.5)": (
        lambda: Masked(BoldDriver(0.1), P3)
    ),
    "Masked: expected parameters that are 0 where the mask is 0, got value=1.0": lambda: SGD_MASK.init(P3),
    "Masked: expected parameters that are 0 where the mask is 0, got value=nan": (
        lambda: SGD_MASK.init(parameters(np.nan, 1, 2))
    ),
    "Masked: expected Parameters, got grads=NoneType": lambda: SGD_MASK.step(P3, None, SGD(0.1).init(P3)),
    "Masked: expected Parameters, got params=int": lambda: SGD_MASK.step(1, P3, SGD(0.1).init(P3)),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message

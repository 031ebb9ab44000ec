"""What `fit` warns of: each warning where it is due, one sentence at the user's line, and silence everywhere else."""

import warnings

import numpy as np
import pytest

from mlp_core import L1, L2, MLP, SGD, Adam, Conv2D, Dense, Dropout, Flatten, Network, RMSprop, datasets, fit
from mlp_core.cautions import PenaltyWarning, ScaleWarning, warn_at_end
from mlp_core.optimizers import BoldDriver, Clipped, ExponentialDecay, Proximal
from mlp_core.pretraining import greedy_supervised
from mlp_core.pruning import Masked

X, Y = datasets.noisy_xor(40, 0.2, np.random.default_rng(0))
# The largest entry of each column of the wine table of UCI (178 rows), and what one of its rows looks like.
WINE = np.array([14.83, 5.8, 3.23, 30, 162, 3.88, 5.08, 0.66, 3.58, 13, 1.71, 4, 1680])


def warned(X=X, Y=Y, net=None, params=None, **settings):
    """The warnings of a run of `fit`, as pairs of category and sentence."""
    net = net or MLP((X.shape[-1], 3, Y.shape[-1]))
    params = params or net.init(np.random.default_rng(1))
    defaults = {"loss": "half_squared_error", "optimizer": SGD(0.1), "epochs": 1}
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="ignore"):
        warnings.simplefilter("always")
        fit(net, params, X, Y, **{**defaults, **settings})
    assert all(warning.filename == __file__ for warning in caught)
    return [(warning.category, str(warning.message)) for warning in caught]


def step_warning(product, penalty, bound):
    what = f"fit: lr times lam is {product} for {penalty}, above {bound}"
    return PenaltyWarning, f"{what}: each step carries the weights across 0 and further away"


@pytest.mark.parametrize(
    "optimizer, bound",
    [
        (SGD(0.5), 2),
        (SGD(0.5, momentum=0.5), 3),
        (SGD(0.5, momentum=0.5, nesterov=True), 1.5),
        (SGD(ExponentialDecay(0.5, 0.9)), 2),
        (Clipped(SGD(0.5), 1.0), 2),
        (Proximal(SGD(0.5), L1(1e-4)), 2),
    ],
    ids=str,
)
def test_a_penalty_whose_own_step_grows_is_named(optimizer, bound):
    silent, loud = L2(2 * bound), L2(2 * bound + 0.02)
    assert not warned(optimizer=optimizer, regularizer=silent)
    assert warned(optimizer=optimizer, regularizer=loud) == [step_warning(f"{bound + 0.01:g}", loud, bound)]


@pytest.mark.parametrize("momentum, nesterov", [(0.0, False), (0.5, False), (0.5, True), (0.9, True)])
@pytest.mark.parametrize("part, grows", [(0.99, False), (1.01, True)])
def test_the_bound_is_where_the_step_of_the_penalty_alone_begins_to_grow(momentum, nesterov, part, grows):
    optimizer = SGD(0.1, momentum, nesterov)
    bound = 2 * (1 + momentum) / (1 + 2 * momentum if nesterov else 1)
    net = MLP("1-1")
    params = net.init(np.random.default_rng(0))
    state, penalty, start = optimizer.init(params), L2(part * bound / 0.1), np.abs(params[0]["W"]).item()
    for _ in range(2000):
        optimizer.step(params, penalty.grad(params), state)
    assert (np.abs(params[0]["W"]).item() > start) == grows


def test_the_largest_product_of_all_replicas_counts():
    net = MLP("2-3-1")
    settings = {"net": net, "params": net.init(np.random.default_rng(0), replicas=2)}
    lr, penalty = SGD(np.array([[0.1], [1.0]])), L2(3.0)
    assert warned(**settings, optimizer=lr, regularizer=penalty) == [step_warning(3, penalty, 2)]
    assert not warned(**settings, optimizer=lr, regularizer=L2(np.array([[3.0], [0.1]])))


def test_layers_that_are_not_trained_and_masks_change_nothing_about_the_step():
    net = Network([Dense(2, 3, "tanh", trainable=False), Dense(3, 1)])
    params = net.init(np.random.default_rng(0))
    mask = params.zeros_like()
    mask.theta = np.ones_like(params.theta)
    for optimizer in (SGD(1.0), Masked(SGD(1.0), mask)):
        assert warned(net=net, params=params.copy(), optimizer=optimizer, regularizer=L2(3)) == [
            step_warning(3, L2(3), 2)
        ]


@pytest.mark.parametrize("optimizer", [Adam(1.0), RMSprop(1.0), BoldDriver(1.0)], ids=str)
def test_rules_that_scale_their_steps_are_not_warned_of_them(optimizer):
    assert not warned(optimizer=optimizer, regularizer=L2(3.0))
    assert not warned(optimizer=SGD(1.0), regularizer=L1(3.0))


@pytest.mark.parametrize("penalty", [{"regularizer": L2(1.0)}, {"optimizer": Proximal(SGD(0.1), L1(1.0))}], ids=str)
@pytest.mark.parametrize("replicas", [None, 3])
def test_a_penalty_that_leaves_one_answer_for_all_is_named(penalty, replicas):
    net = MLP("2-3-1")
    params = net.init(np.random.default_rng(1), replicas)
    name = penalty.get("regularizer", L1(1.0))
    where = "" if replicas is None else " of 3 of 3 replicas"
    sentence = f"fit: all training outputs{where} are nearly the same under {name}: try a smaller lam"
    assert warned(net=net, params=params, epochs=200, record_every=200, **penalty) == [(PenaltyWarning, sentence)]


def test_only_the_replicas_that_learned_nothing_are_counted():
    net = MLP("2-3-1")
    params = net.init(np.random.default_rng(1), 3)
    [(category, sentence)] = warned(net=net, params=params, epochs=300, regularizer=L2(np.array([[0.0], [1], [1e-4]])))
    assert category is PenaltyWarning and "outputs of 1 of 3 replicas are" in sentence


def test_both_penalties_are_named_where_there_are_two():
    settings = {"optimizer": Proximal(SGD(0.1), L1(0.5)), "regularizer": L2(0.5), "epochs": 200}
    [(_, sentence)] = warned(**settings)
    assert "under L2(lam=0.5, biases=False) and L1(lam=0.5, biases=False): try" in sentence


@pytest.mark.parametrize(
    "settings",
    [
        {"regularizer": L2(1e-3), "epochs": 100},
        {"regularizer": L2(0.0), "net": MLP("2-1"), "epochs": 300},
        {"net": MLP("2-1"), "epochs": 300},
        {"Y": np.ones((40, 1)), "regularizer": L2(1.0), "epochs": 200},
        {"net": MLP("2-8-8-1", "logistic", "identity"), "regularizer": L2(1e-6), "epochs": 3},
    ],
    ids=["weak", "of weight 0", "none, and nothing to learn", "constant targets", "few steps"],
)
def test_other_outputs_without_spread_are_no_matter_of_a_penalty(settings):
    assert not warned(**settings)


def test_a_start_without_spread_is_not_put_down_to_the_penalty():
    net = MLP("2-3-1")
    params = net.init(np.random.default_rng(0))
    params.theta *= 1e-3
    assert not warned(net=net, params=params, regularizer=L2(1e-3))


def scale_warning(words):
    advice = "scale them, for example to mean 0 and standard deviation 1"
    return [(ScaleWarning, f"fit: the columns of X {words}: {advice}")]


def test_a_raw_table_is_warned_of_once_and_names_its_extremes():
    table = WINE * np.random.default_rng(0).uniform(0.5, 1, (40, 13))
    table[3] = WINE
    words = "differ by orders of magnitude, from 0.66 in X[:, 7] to 1.68e+03 in X[:, 12]"
    assert warned(table) == scale_warning(words)
    scaled = (table - table.mean(axis=0)) / table.std(axis=0)
    assert not warned(scaled)
    assert warned(table, regularizer=L2(30.0))[1:] == scale_warning(words)


def test_raw_pixels_are_warned_of_and_scaled_ones_are_not():
    images = np.random.default_rng(0).integers(100, 256, (40, 6, 6, 1))
    images[0] = 255
    net = Network([Conv2D((6, 6, 1), 2, 3, "relu"), Flatten((4, 4, 2)), Dense(32, 1)])
    words = scale_warning("are all far from 1, from 255 to 255")
    assert warned(images.astype(np.uint8), net=net) == warned(images * 1.0, net=net) == words
    assert warned(images.reshape(40, 36), net=MLP("36-2-1")) == words
    images[:, 2, 3] = 1
    assert warned(images, net=net) == scale_warning(
        "differ by orders of magnitude, from 1 in X[:, 2, 3, 0] to 255 in X[:, 0, 0, 0]"
    )
    assert not warned(images / 255, net=net)


@pytest.mark.parametrize("largest, far", [(1 / 50, True), (0.021, False), (0.039, False), (19.9, False), (20, True)])
def test_columns_are_far_from_1_from_a_fiftieth_down_and_from_twenty_up(largest, far):
    signs = np.where(np.arange(40)[:, None] % 2, 1.0, -1.0) * (1.0, 1.0)
    assert bool(warned(signs * largest)) == far


def test_small_integers_do_not_wrap_round_while_their_scale_is_measured():
    pixels = np.where(np.arange(40)[:, None] % 2, 100, -100) * np.array([[1, 0]]) + np.array([[0, 1]])
    assert warned(pixels.astype(np.int8)) == warned(pixels * 1.0) != []


def test_weights_that_have_shrunk_to_less_than_half_are_put_down_to_the_penalty():
    net = MLP("2-3-1")
    params = net.init(np.random.default_rng(0))
    norm = np.linalg.norm(params.theta * params.weights)
    params.theta *= 1e-3
    with pytest.warns(PenaltyWarning, match="nearly the same"):
        warn_at_end(net, params, X, Y, SGD(0.1), L2(1.0), 1e-3 * norm * 2.1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_at_end(net, params, X, Y, SGD(0.1), L2(1.0), 1e-3 * norm * 1.9)


def test_inputs_that_are_all_tiny_or_apart_are_warned_of():
    assert warned(X * 1e-4)[0][1].startswith("fit: the columns of X are all far from 1, from 0.000")
    assert "differ by orders of magnitude" in warned(X * (1, 1e-4))[0][1]
    assert "differ by orders of magnitude" in warned(X * (-1, 60))[0][1]


@pytest.mark.parametrize("size", [1e-300, 1e200, 1e306])
def test_numbers_of_any_size_are_measured(size):
    with np.errstate(all="ignore"):
        caught = warned(X * size, regularizer=L2(1e-3))
    assert [category for category, _ in caught if category is not RuntimeWarning] == [ScaleWarning]
    assert all(sentence.startswith("fit: ") for _, sentence in caught)


def rare():
    """Standardised columns of 0 and 1, one of them 1 in a single row of 3,000."""
    one_hot = np.zeros((3000, 2))
    one_hot[0, 0] = one_hot[::2, 1] = 1
    return (one_hot - one_hot.mean(axis=0)) / one_hot.std(axis=0)


RNG = np.random.default_rng(2)
SILENT = {
    "constant": np.hstack([X, np.ones((40, 1)), np.zeros((40, 1))]),
    "all 0": np.zeros((40, 2)),
    "rare": np.eye(40),
    "rare and standardised": rare(),
    "pixels in 0..1, some nearly black": RNG.integers(0, 256, (40, 5)) / (255.0, 255, 255, 1e4, 255),
    "pixels in 0..16": RNG.integers(0, 17, (40, 5)) * 1.0,
    "flags": RNG.random((40, 3)) < 0.5,
    "standard normal": RNG.normal(size=(1000, 3)),
}
SETS = {
    "xor": datasets.xor(),
    "noisy xor": datasets.noisy_xor(100, 0.5, RNG),
    "sine": datasets.sine(100, 0.2, RNG),
    "moons": datasets.moons(100, 0.2, RNG),
    "spirals": datasets.spirals(99, 3, 0.1, RNG),
    "glyphs": datasets.glyphs("ACEFHILOTX", 5, 0.05, RNG),
    "roads": datasets.roads(50, 0.05, RNG),
    "digits": datasets.digits().train,
    "teacher": datasets.teacher(MLP("5-4-1"), MLP("5-4-1").init(RNG), 100, 0.1, RNG),
}


@pytest.mark.parametrize("X", SILENT.values(), ids=SILENT)
def test_inputs_of_ordinary_size_pass_in_silence(X):
    assert not warned(X, np.resize(Y, (len(X), 1)))


@pytest.mark.parametrize("data", SETS.values(), ids=SETS)
def test_every_data_set_of_the_package_passes_in_silence(data):
    assert not warned(*data)


def test_data_of_each_replicas_own_are_looked_at_together():
    net = MLP("2-3-1")
    own = np.stack([X, X * 200])
    [(category, sentence)] = warned(own, np.stack([Y, Y]), net, net.init(np.random.default_rng(0), 2))
    assert category is ScaleWarning and "are all far from 1" in sentence


def test_a_first_layer_of_the_readers_own_takes_what_it_likes():
    class Scaled(Dense):
        def forward(self, params, A_prev, rng=None):
            return super().forward(params, A_prev / 255, rng)

    assert not warned(X * 255, net=Network([Scaled(2, 3, "tanh"), Dense(3, 1)]))
    dropped = Network([Dropout(0.5), Dense(2, 1)])
    assert warned(X * 255, net=dropped, rng=np.random.default_rng(0))[0][0] is ScaleWarning


def test_a_run_that_goes_on_is_not_warned_again():
    net = MLP("2-3-1")
    params = net.init(np.random.default_rng(0))
    settings = {"loss": "half_squared_error", "optimizer": SGD(1e-6), "epochs": 1, "regularizer": L2(3e6)}
    with pytest.warns(UserWarning) as caught:
        history = fit(net, params, X * 255, Y, **settings)
    assert [warning.category for warning in caught] == [PenaltyWarning, ScaleWarning]
    assert not warned(X * 255, net=net, params=params, **settings, resume=history)


@pytest.mark.parametrize(
    "category, settings",
    [(ScaleWarning, {}), (PenaltyWarning, {"regularizer": L2(30.0)})],
    ids=["scale", "penalty"],
)
def test_a_filter_switches_a_warning_off(category, settings):
    assert issubclass(category, UserWarning)
    net = MLP("2-3-1")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=category)
        data = X * 255 if category is ScaleWarning else X
        fit(net, net.init(np.random.default_rng(0)), data, Y, loss="half_squared_error", optimizer=SGD(0.1), epochs=1,
            **settings)


def test_pre_training_warns_at_the_users_line_too():
    net = MLP("2-3-3-1")
    params, rng = net.init(np.random.default_rng(0)), np.random.default_rng(0)
    with pytest.warns(ScaleWarning) as caught:
        greedy_supervised(
            net, params, X * 255, Y, loss="half_squared_error", optimizer=SGD(1e-4), epochs=1, rng=rng
        )
    assert [warning.filename for warning in caught] == [__file__]


def test_a_warning_that_is_an_error_comes_before_the_first_step():
    net = MLP("2-3-1")
    params = net.init(np.random.default_rng(0))
    start = params.theta.copy()
    with pytest.raises(ScaleWarning):
        fit(net, params, X * 255, Y, loss="half_squared_error", optimizer=SGD(0.1), epochs=1)
    np.testing.assert_array_equal(params.theta, start)

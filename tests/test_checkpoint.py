"""A checkpoint is a copy: what happens afterwards does not change it; tests/test_training.py has whole runs."""

from types import SimpleNamespace

import numpy as np

from mlp_core import MLP
from mlp_core.checkpoint import copied, take

PARAMS = MLP("2-1").init(np.random.default_rng(0))


def step(state):
    return SimpleNamespace(params=PARAMS.copy(), state=state)


def test_what_is_taken_comes_back_with_the_same_random_numbers_as_often_as_it_is_wanted():
    rng, velocity = np.random.default_rng(1), PARAMS.copy()
    one = step(SimpleNamespace(t=3, velocity=velocity, lr=np.ones(1)))
    kept = take(3, 4, one, rng, None)
    expected = np.random.default_rng(1).random(5)
    rng.random(9)
    one.params.theta *= 2
    one.state.velocity.theta *= 2
    one.state.t, one.state.lr[0] = 9, 9
    for _ in range(2):
        other = step(SimpleNamespace(t=0, velocity=PARAMS.zeros_like(), lr=np.zeros(1)))
        stream = kept.reopen(other)
        np.testing.assert_array_equal(stream.random(5), expected)
        np.testing.assert_array_equal(other.params.theta, PARAMS.theta)
        np.testing.assert_array_equal(other.state.velocity.theta, PARAMS.theta)
        assert (other.state.t, other.state.lr.tolist()) == (3, [1.0])
        other.state.lr[0] = 7


def test_a_state_of_another_kind_is_copied_whole():
    state = {"past": [1, 2]}
    kept = take(1, 1, step(state), None, None)
    state["past"].append(3)
    other = step({})
    assert kept.reopen(other) is None
    assert other.state == {"past": [1, 2]} == copied(other.state)

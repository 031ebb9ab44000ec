"""Parameters in joblib: sent to workers and loaded memory-mapped, at a size that joblib keeps in a file."""

import joblib
import numpy as np
import pytest

from mlp_core import MLP

NET = MLP("400-400-10")


@pytest.fixture
def params():
    return NET.init(np.random.default_rng(0))


def moved(params, step):
    """The parameters after a step that a worker makes in place."""
    params.theta -= step
    return params


def test_workers_get_parameters_that_they_can_train(params):
    assert params.theta.nbytes > 2**20
    first = params.theta.copy()
    results = joblib.Parallel(n_jobs=2)(joblib.delayed(moved)(params, step) for step in (1.0, 2.0))
    for result, step in zip(results, (1.0, 2.0), strict=True):
        np.testing.assert_array_equal(result.theta, first - step)
        result[0]["W"][...] = 0
        assert not result.theta[: 400 * 400].any()
    np.testing.assert_array_equal(params.theta, first)


@pytest.mark.parametrize("mode", [None, "r", "r+", "c"])
def test_a_file_is_loaded_memory_mapped(params, mode, tmp_path):
    joblib.dump(params, tmp_path / "params.joblib")
    loaded = joblib.load(tmp_path / "params.joblib", mmap_mode=mode)
    np.testing.assert_array_equal(loaded.theta, params.theta)
    loaded.theta -= 1
    np.testing.assert_array_equal(loaded[1]["b"], params[1]["b"] - 1)

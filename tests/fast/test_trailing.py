"""Replicas as the last axis: the same arrays and products in another order of memory."""

import numpy as np

from mlp_core import Parameters
from mlp_core.fast.trailing import Trailing

B, R, N_IN, N_OUT = 3, 5, 4, 2


def layout():
    theta = np.asfortranarray(np.random.default_rng(0).normal(size=(R, 7 + (N_IN + 1) * N_OUT)))
    return theta, Trailing(theta, B)


def test_a_block_of_the_parameters_is_a_view_with_the_bias_as_its_last_row():
    theta, trailing = layout()
    params = Parameters([{"W": (1, 6), "b": (1, 1)}, {"W": (N_IN, N_OUT), "b": (1, N_OUT)}], theta)
    V = trailing.block(theta, 7, N_IN, N_OUT)
    np.testing.assert_array_equal(np.moveaxis(V, -1, 0)[:, :-1], params[1]["W"])
    np.testing.assert_array_equal(np.moveaxis(V, -1, 0)[:, -1:], params[1]["b"])
    assert np.shares_memory(V, theta) and V.flags.c_contiguous


def test_the_products_are_those_of_each_replica():
    theta, trailing = layout()
    V = trailing.block(theta, 7, N_IN, N_OUT)
    A, Z, dV, dA = trailing.with_ones(N_IN), trailing.buffer(N_OUT), np.empty_like(V), trailing.buffer(N_IN)
    assert (A == 1).all() and trailing.units(A).shape == dA.shape
    trailing.units(A)[...] = np.random.default_rng(1).normal(size=dA.shape)
    for call in (trailing.product(A, V, Z), trailing.outer(A, Z, dV), trailing.back(Z, V, dA)):
        call()
    for r in range(R):
        np.testing.assert_allclose(Z[..., r], A[..., r] @ V[..., r], rtol=1e-12)
        np.testing.assert_allclose(dV[..., r], A[..., r].T @ Z[..., r], rtol=1e-12)
        np.testing.assert_allclose(dA[..., r], Z[..., r] @ V[:-1, :, r].T, rtol=1e-12)


def test_inputs_that_all_replicas_share_stand_there_once():
    theta, trailing = layout()
    V = trailing.block(theta, 7, N_IN, N_OUT)
    A, Z, dV = trailing.with_ones(N_IN, shared=True), trailing.buffer(N_OUT), np.empty_like(V)
    X = np.random.default_rng(1).normal(size=(B, N_IN))
    trailing.take(X, None, trailing.units(A))
    np.testing.assert_array_equal(A, np.column_stack([X, np.ones(B)]))
    for call in (trailing.product(A, V, Z), trailing.outer(A, Z, dV)):
        call()
    for r in range(R):
        np.testing.assert_allclose(Z[..., r], A @ V[..., r], rtol=1e-12)
        np.testing.assert_allclose(dV[..., r], A.T @ Z[..., r], rtol=1e-12)


def test_every_replica_takes_its_rows():
    _, trailing = layout()
    rows = np.random.default_rng(2).integers(0, 9, (R, B))
    shared, own = np.random.default_rng(3).normal(size=(9, N_IN)), np.random.default_rng(4).normal(size=(R, 9, N_IN))
    out = trailing.buffer(N_IN)
    for r in range(R):
        trailing.take(shared, rows, out)
        np.testing.assert_array_equal(out[..., r], shared[rows[r]])
        trailing.take(own, rows, out)
        np.testing.assert_array_equal(out[..., r], own[r, rows[r]])
        trailing.take(shared[:B], None, out)
        np.testing.assert_array_equal(out[..., r], shared[:B])
        trailing.take(own[:, :B], None, out)
        np.testing.assert_array_equal(out[..., r], own[r, :B])

"""Constructions: every truth table, every region, every bound, and the lecture's weights."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlp_core import MLP, Dense, Dropout, Network, Parameters, datasets
from mlp_core.constructions import (
    GATES,
    and_gate,
    bits,
    boundary_distance_net,
    box,
    cnf_net,
    convex_net,
    cube_cover,
    cube_net,
    dnf_net,
    exact_network,
    gate,
    into_unit_range,
    logistic_staircase,
    not_gate,
    open_set_net,
    or_gate,
    parity_net,
    parity_tree,
    relu_interpolant,
    step_network,
    union_net,
    unit_cubes,
    xor_step_network,
)

BITS, XOR = datasets.xor()
TABLES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0], "nor": [1, 0, 0, 0]}
FINE = np.linspace(0, 1, 10_001)
properties = settings(max_examples=60)


def table(net, params):
    return net.forward(params, BITS)[0]


def values(built, X):
    """The output of a built network of one output on the rows of X, or on the numbers x."""
    net, params = built
    X = np.asarray(X, float)
    return net.forward(params, X if X.ndim == 2 else X[:, None])[0][:, 0]


def sizes(built):
    """The number of units in each layer."""
    return [layer.n_out for layer in built[0].layers]


def hidden(built, X, layer=1):
    """The activations of a hidden layer."""
    net, params = built
    return net.forward(params, X)[1][layer][0]


def all_functions(n):
    return bits(2**n)


@pytest.mark.parametrize("name", TABLES)
def test_a_gate_has_the_truth_table_of_its_name(name):
    np.testing.assert_array_equal(table(*gate(name))[:, 0], TABLES[name])


def test_every_gate_is_tested():
    assert set(GATES) == set(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_a_gate_is_robust_to_half_a_unit_of_noise_on_its_pre_activation(name):
    net, params = gate(name)
    assert abs(net.forward(params, BITS)[1][0][1]).min() == 0.5


def test_the_two_two_one_network_computes_xor():
    net, params = xor_step_network()
    assert str(net) == "Network(Dense 2->2, Dense 2->1)"
    np.testing.assert_array_equal(table(net, params), XOR)


def test_the_weights_of_the_xor_network_are_the_lectures():
    _, params = xor_step_network()
    np.testing.assert_array_equal(params[0]["W"], [[2, -2], [2, -2]])
    np.testing.assert_array_equal(params[0]["b"], [[-1, 3]])
    np.testing.assert_array_equal(params[1]["W"], [[1], [1]])
    np.testing.assert_array_equal(params[1]["b"], [[-2]])


def test_its_hidden_units_are_or_and_nand_joined_by_and():
    units = hidden(xor_step_network(), BITS)
    np.testing.assert_array_equal(units[:, 0], TABLES["or"])
    np.testing.assert_array_equal(units[:, 1], TABLES["nand"])


def test_rows_of_a_matrix_are_the_weights_into_a_unit():
    net, params = step_network(([[1, 2, 3], [4, 5, 6]], [7, 8]), ([[9, 10]], [11]))
    X = np.random.default_rng(0).normal(size=(20, 3))
    units = (X @ np.array([[1, 2, 3], [4, 5, 6]]).T + [7, 8] >= 0).astype(float)
    expected = (units @ np.array([[9, 10]]).T + 11 >= 0).astype(float)
    np.testing.assert_array_equal(net.forward(params, X)[0], expected)
    np.testing.assert_array_equal(params[0]["W"], [[1, 4], [2, 5], [3, 6]])


def test_the_border_belongs_to_the_side_of_one():
    net, params = step_network(([[1, -1]], [0]))
    np.testing.assert_array_equal(table(net, params)[:, 0], [1, 0, 1, 1])


def test_hidden_layers_and_the_output_have_the_activations_they_are_given():
    V, v, U = np.array([[2.0], [-3.0]]), np.array([[1.0, -1.0], [4.0, 2.0]]), np.array([[0.5, -2.0]])
    net, params = exact_network((V, [1, 1]), (v, [0, -1]), (U, [3]), hidden="relu", output="identity")
    x = np.linspace(-2, 2, 41)[:, None]
    first = np.maximum(x @ V.T + 1, 0)
    second = np.maximum(first @ v.T + [0, -1], 0)
    np.testing.assert_allclose(net.forward(params, x)[0], second @ U.T + 3, rtol=1e-14)
    assert params.theta.dtype == np.float64


@pytest.mark.parametrize("n", range(1, 7))
def test_and_fires_on_all_ones_only_and_or_on_all_but_zeros(n):
    np.testing.assert_array_equal(values(and_gate(n), bits(n)), [0] * (2**n - 1) + [1])
    np.testing.assert_array_equal(values(or_gate(n), bits(n)), [0] + [1] * (2**n - 1))
    assert sizes(and_gate(n)) == sizes(or_gate(n)) == [1]


def test_not_negates_its_bit():
    np.testing.assert_array_equal(values(not_gate(), bits(1)), [1, 0])


@pytest.mark.parametrize("n", range(1, 7))
def test_the_biases_of_the_gates_are_the_lowest_that_are_right(n):
    for built, bias, too_high in ((and_gate(n), -n, -(n - 1)), (or_gate(n), -1, 0)):
        net, params = built
        np.testing.assert_array_equal(params[0]["W"], np.ones((n, 1)))
        assert params[0]["b"].item() == bias
        expected = values(built, bits(n))
        for b, right in ((bias, True), (too_high - 1e-9, True), (too_high, False), (bias - 1e-9, False)):
            params[0]["b"] = [[b]]
            assert (values((net, params), bits(n)) == expected).all() == right
    _, params = not_gate()
    assert (params[0]["W"].item(), params[0]["b"].item()) == (-1, 0)


@pytest.mark.parametrize("n", [1, 2, 3, 6, np.int64(4)])
def test_bits_are_counted_in_binary(n):
    expected = [[int(digit) for digit in f"{number:0{int(n)}b}"] for number in range(2**n)]
    np.testing.assert_array_equal(bits(n), expected)
    assert bits(n).dtype == np.float64


@pytest.mark.parametrize("n", [1, 2, 3])
def test_both_normal_forms_compute_every_function_and_count_its_ones_or_zeros(n):
    for F in all_functions(n):
        dnf, cnf = dnf_net(F), cnf_net(F)
        np.testing.assert_array_equal(values(dnf, bits(n)), F)
        np.testing.assert_array_equal(values(cnf, bits(n)), F)
        assert sum(sizes(dnf)[:-1]) == F.sum()
        assert sum(sizes(cnf)[:-1]) == (1 - F).sum()
        assert sizes(dnf)[-1] == sizes(cnf)[-1] == 1


def test_both_normal_forms_compute_random_functions_of_six_bits():
    for F in np.random.default_rng(0).integers(0, 2, (200, 64)):
        np.testing.assert_array_equal(values(dnf_net(F), bits(6)), F)
        np.testing.assert_array_equal(values(cnf_net(F), bits(6)), F)


@pytest.mark.parametrize("n", range(1, 6))
def test_a_minterm_fires_on_its_own_input_only_and_a_clause_on_all_others(n):
    np.testing.assert_array_equal(hidden(dnf_net(np.ones(2**n)), bits(n)), np.eye(2**n))
    np.testing.assert_array_equal(hidden(cnf_net(np.zeros(2**n)), bits(n)), 1 - np.eye(2**n))


def test_the_weights_of_a_minterm_and_of_a_clause_are_the_lectures():
    F = [0, 0, 0, 0, 0, 1, 0, 0]  # fires on 101
    _, dnf = dnf_net(F)
    np.testing.assert_array_equal(dnf[0]["W"][:, 0], [1, -1, 1])
    assert (dnf[0]["b"].item(), dnf[1]["W"].item(), dnf[1]["b"].item()) == (-2, 1, -1)
    _, cnf = cnf_net(1 - np.array(F))
    np.testing.assert_array_equal(cnf[0]["W"][:, 0], [-1, 1, -1])
    assert (cnf[0]["b"].item(), cnf[1]["W"].item(), cnf[1]["b"].item()) == (1, 1, -1)


@pytest.mark.parametrize("n", [1, 2, 5, 16])
def test_constants_without_a_term_are_one_neuron_with_weights_0(n):
    for built, bias in ((dnf_net(np.zeros(2**n)), -1), (cnf_net(np.ones(2**n)), 0)):
        net, params = built
        assert str(net) == f"Network(Dense {n}->1)"
        np.testing.assert_array_equal(params[0]["W"], np.zeros((n, 1)))
        assert params[0]["b"].item() == bias


def test_a_truth_table_can_be_of_truth_values_or_small_integers():
    for F in ((False, True, True, False), [0, 1, 1, 0], np.array([0, 1, 1, 0], np.uint8)):
        np.testing.assert_array_equal(values(dnf_net(F), BITS), XOR[:, 0])
        np.testing.assert_array_equal(values(cnf_net(F), BITS), XOR[:, 0])


@pytest.mark.parametrize("n", [*range(1, 9), 16])
def test_parity_takes_n_threshold_units(n):
    built = parity_net(n)
    np.testing.assert_array_equal(values(built, bits(n)), bits(n).sum(axis=1) % 2)
    assert sizes(built) == [n, 1]


def test_the_thresholds_of_parity_count_the_ones_and_the_output_has_a_margin_of_one_half():
    built = parity_net(np.uint8(5))
    ones = bits(5).sum(axis=1)
    np.testing.assert_array_equal(hidden(built, bits(5)), ones[:, None] >= np.arange(1, 6))
    net, params = built
    np.testing.assert_array_equal(net.forward(params, bits(5))[1][1][1][:, 0], ones % 2 - 0.5)


@pytest.mark.parametrize("n", [2, 4, 8, 16, np.int64(4)])
def test_a_tree_of_xor_networks_computes_parity_in_two_log_n_layers(n):
    built = parity_tree(n)
    np.testing.assert_array_equal(values(built, bits(n)), bits(n).sum(axis=1) % 2)
    assert sum(sizes(built)) == 3 * (n - 1)
    assert len(sizes(built)) == 2 * math.log2(n)


@pytest.mark.parametrize("n", [2, 4, 8])
def test_parity_in_disjunctive_normal_form_takes_exponentially_many_units(n):
    built = dnf_net(bits(n).sum(axis=1) % 2)
    assert sum(sizes(built)) == 2 ** (n - 1) + 1
    np.testing.assert_array_equal(values(built, bits(n)), bits(n).sum(axis=1) % 2)


def test_a_tree_over_two_bits_is_the_xor_network():
    np.testing.assert_array_equal(parity_tree(2)[1].theta, xor_step_network()[1].theta)


def regular_polygon(m, turn, radius, centre):
    """The half-planes of a regular polygon with m sides: their inner normals point at its centre."""
    angle = turn + 2 * np.pi * np.arange(m) / m
    W = -np.column_stack([np.cos(angle), np.sin(angle)])
    return W, radius - W @ centre


@properties
@given(st.integers(3, 8), st.floats(0, 6), st.floats(0.1, 1), st.integers(0, 999))
def test_half_planes_intersect_in_a_polygon(m, turn, radius, seed):
    rng = np.random.default_rng(seed)
    centre, X = rng.uniform(-1, 1, 2), rng.uniform(-2, 2, (300, 2))
    W, b = regular_polygon(m, turn, radius, centre)
    distance = ((X - centre) @ -W.T).max(axis=1)  # to the centre, in the polygon's own norm
    clear = abs(distance - radius) > 1e-9
    built = convex_net(W, b)
    np.testing.assert_array_equal(values(built, X)[clear], distance[clear] <= radius)
    assert sizes(built) == [m, 1]


def test_a_triangle_agrees_with_barycentric_coordinates():
    X = np.random.default_rng(0).uniform(-0.5, 1.5, (10_000, 2))
    triangle = convex_net([[1, 0], [0, 1], [-1, -1]], [0, 0, 1])
    corners = np.array([[0.0, 1, 0], [0, 0, 1], [1, 1, 1]])
    coordinates = np.linalg.solve(corners, np.column_stack([X, np.ones(len(X))]).T)
    np.testing.assert_array_equal(values(triangle, X), (coordinates >= 0).all(axis=0))
    assert triangle[1][1]["b"].item() == -3
    np.testing.assert_array_equal(triangle[1][1]["W"], np.ones((3, 1)))


def test_three_lines_in_general_position_cut_the_plane_into_seven_cells():
    X = np.random.default_rng(0).uniform(-5, 5, (10_000, 2))
    lines = step_network(([[1, 0], [0, 1], [-1, -1]], [0, 0, 1]))
    assert len(np.unique(lines[0].forward(lines[1], X)[0], axis=0)) == 7


def test_an_l_shape_is_the_union_of_two_rectangles_and_not_convex():
    L = union_net([box((0, 0), (2, 1)), box((0, 0), (1, 2))])
    X = np.random.default_rng(0).uniform(-0.5, 2.5, (10_000, 2))
    x, y = X.T
    expected = (x >= 0) & (y >= 0) & (x <= 2) & (y <= 2) & ((x <= 1) | (y <= 1))
    np.testing.assert_array_equal(values(L, X), expected)
    ends = np.array([[2.0, 0.5], [0.5, 2.0]])
    np.testing.assert_array_equal(values(L, [*ends, ends.mean(axis=0)]), [1, 1, 0])


def test_sets_share_equal_half_spaces_and_the_layers_are_written_in_the_given_order():
    net, params = union_net([box((0, 0), (2, 1)), box((0, 0), (1, 2))])
    assert str(net) == "Network(Dense 2->6, Dense 6->2, Dense 2->1)"
    np.testing.assert_array_equal(params[0]["W"].T, [[1, 0], [0, 1], [-1, 0], [0, -1], [-1, 0], [0, -1]])
    np.testing.assert_array_equal(params[0]["b"], [[0, 0, 2, 1, 1, 2]])
    np.testing.assert_array_equal(params[1]["W"].T, [[1, 1, 1, 1, 0, 0], [1, 1, 0, 0, 1, 1]])
    np.testing.assert_array_equal(params[1]["b"], [[-4, -4]])
    np.testing.assert_array_equal(params[2]["W"].T, [[1, 1]])
    assert params[2]["b"].item() == -1


@properties
@given(st.integers(1, 3), st.integers(1, 6), st.integers(0, 999))
def test_a_union_of_polytopes_is_where_any_of_them_is(k, count, seed):
    rng = np.random.default_rng(seed)
    sets = [(rng.normal(size=(m, k)), rng.normal(size=m)) for m in rng.integers(1, 5, count)]
    X = rng.normal(size=(200, k))
    expected = np.any([(X @ W.T + b >= 0).all(axis=1) for W, b in sets], axis=0)
    np.testing.assert_array_equal(values(union_net(sets), X), expected)


def test_a_half_space_given_twice_counts_once():
    W, b = box((0, 0), (1, 1))
    X = np.random.default_rng(0).uniform(-1, 2, (500, 2))
    twice = union_net([(np.vstack([W, W]), np.hstack([b, b]))])
    np.testing.assert_array_equal(values(twice, X), values(cube_net((0, 0), (1, 1)), X))
    assert sizes(twice) == [4, 1, 1]


numbers = st.floats(-1e6, 1e6)


@properties
@given(st.data(), st.integers(1, 3))
def test_a_cube_is_exact_on_its_faces_and_one_rounding_beside_them(data, k):
    a, b = (np.array(data.draw(st.lists(numbers, min_size=k, max_size=k))) for _ in range(2))
    lo, hi = np.minimum(a, b), np.maximum(a, b)
    built = cube_net(lo, hi)
    assert sizes(built) == [2 * k, 1]
    marks = np.array([lo, hi, np.nextafter(lo, -np.inf), np.nextafter(hi, np.inf), (lo + hi) / 2, np.zeros(k)])
    X = marks[np.array(list(np.ndindex((6,) * k))), np.arange(k)]  # each coordinate at each mark
    np.testing.assert_array_equal(values(built, X), ((lo <= X) & (X <= hi)).all(axis=1))


@pytest.mark.parametrize("k", [1, 2, 3])
def test_a_box_has_two_half_spaces_for_each_dimension_the_lower_faces_first(k):
    W, b = box(np.arange(k), np.arange(k) + 5.0)
    np.testing.assert_array_equal(W, [*np.eye(k), *-np.eye(k)])
    np.testing.assert_array_equal(b, [*-np.arange(k), *np.arange(k) + 5])


@pytest.mark.parametrize(("n", "k"), [(1, 1), (4, 1), (10, 2), (3, 3)])
def test_unit_cubes_fill_the_unit_cube(n, k):
    lo, hi = unit_cubes(n, k)
    assert lo.shape == hi.shape == (n**k, k)
    np.testing.assert_allclose(hi - lo, 1 / n, rtol=1e-14)
    assert len(np.unique(lo, axis=0)) == n**k
    assert (lo.min(), hi.max()) == (0, 1)
    assert set(np.unique(lo)) | {1.0} == set(np.unique(hi)) | {0.0}
    X = np.random.default_rng(0).random((50, k))
    assert ((lo < X[:, None]) & (X[:, None] < hi)).all(axis=-1).sum(axis=1).tolist() == [1] * 50


def cubes_that_touch_the_disc(n):
    lo, hi = unit_cubes(n, 2)
    nearest = np.clip(0.5, lo, hi)
    touch = ((nearest - 0.5) ** 2).sum(axis=1) <= 0.4**2
    return lo[touch], hi[touch]


@pytest.mark.parametrize(
    ("n", "count", "excess"),
    [(8, 52, 0.310), (16, 156, 0.107), (32, 560, 0.044), (64, 2164, 0.026), (128, 8452, 0.013)],
)
def test_small_cubes_cover_a_disc_with_an_excess_that_vanishes(n, count, excess):
    lo, hi = cubes_that_touch_the_disc(n)
    assert len(lo) == count
    area = count / n**2 - np.pi * 0.4**2
    assert abs(area - excess) < 0.0005
    assert 0 < area < 2 * np.pi * 0.4 / n
    built = cube_cover(lo, hi)
    assert sizes(built)[1:] == [count, 1]
    assert sizes(built)[0] == 4 * len(np.unique(lo[:, 0])) <= 4 * n
    X = np.random.default_rng(0).random((100, 2))
    inside = ((lo <= X[:, None]) & (X[:, None] <= hi)).all(axis=-1).any(axis=1)
    np.testing.assert_array_equal(values(built, X), inside)


@properties
@given(st.integers(1, 3), st.integers(1, 5), st.integers(0, 999))
def test_a_cover_is_exact_on_the_faces_of_its_cubes(k, M, seed):
    rng = np.random.default_rng(seed)
    lo = rng.integers(0, 4, (M, k)) / 10
    hi = lo + rng.integers(0, 4, (M, k)) / 10
    X = np.vstack([lo, hi, rng.choice(np.vstack([lo, hi]).ravel(), (100, k)), rng.random((100, k))])
    inside = ((lo <= X[:, None]) & (X[:, None] <= hi)).all(axis=-1).any(axis=1)
    np.testing.assert_array_equal(values(cube_cover(lo, hi), X), inside)


def sine(x):
    return (1 + np.sin(2 * np.pi * x)) / 2


@pytest.mark.parametrize(("N", "error"), [(4, 0.1053), (8, 0.0352), (16, 0.0094), (32, 0.0024), (64, 0.0006)])
def test_the_sup_error_of_the_interpolant_on_a_sine_is_the_known_one_and_below_its_bound(N, error):
    built = relu_interpolant(sine, N)
    assert sizes(built) == [N, 1]
    sup = abs(values(built, FINE) - sine(FINE)).max()
    assert abs(sup - error) < 0.00005
    assert sup <= 2 * np.pi**2 / (8 * N**2)


@properties
@given(st.integers(1, 100), st.floats(-20, 20), st.floats(-3, 3), st.floats(-3, 3))
@example(1, 5.0, 0.0, 1.0)
def test_the_interpolant_is_exact_at_its_nodes_linear_between_and_within_its_bound(N, omega, phase, tilt):
    def f(x):
        return math.cos(omega * x + phase) + tilt * x

    x, nodes = np.linspace(0, 1, 997), np.arange(N + 1) / N
    at_nodes = np.array([f(node) for node in nodes])
    built = relu_interpolant(f, N)
    np.testing.assert_allclose(values(built, nodes), at_nodes, atol=1e-11, rtol=0)
    np.testing.assert_allclose(values(built, x), np.interp(x, nodes, at_nodes), atol=1e-11, rtol=0)
    error = abs(values(built, x) - [f(point) for point in x]).max()
    assert error <= omega**2 / (8 * N**2) + 1e-11


def test_nodes_are_met_to_twelve_digits():
    nodes = np.arange(65) / 64
    assert abs(values(relu_interpolant(sine, 64), nodes) - sine(nodes)).max() < 1e-12


def test_the_weights_of_the_hinges_are_changes_of_slope():
    _, params = relu_interpolant(lambda x: [3, 4, 2, 2, 5][round(4 * x)], 4)
    np.testing.assert_array_equal(params[0]["W"], np.ones((1, 4)))
    np.testing.assert_array_equal(params[0]["b"], [[0, -0.25, -0.5, -0.75]])
    np.testing.assert_array_equal(params[1]["W"][:, 0], [4, -12, 8, 12])
    assert params[1]["b"].item() == 3


OPEN_SETS = {0.30: [(0.3, 0.6)], 0.35: [(0.1, 0.2), (0.4, 0.55), (0.8, 0.9)]}


def inside(intervals, x):
    return np.any([(a < x) & (x < b) for a, b in intervals], axis=0)


@pytest.mark.parametrize("length", OPEN_SETS)
def test_the_printed_recipe_is_right_on_the_set_only_and_the_mended_one_nearly_everywhere(length):
    A, x = OPEN_SETS[length], np.linspace(0, 1, 100_001)
    printed = values(boundary_distance_net(A), x) > 0
    assert abs((printed == inside(A, x)).mean() - length) < 0.01
    mended = values(open_set_net(A, 0.001), x) > 0
    assert abs((mended == inside(A, x)).mean() - (1 - 0.002 * len(A))) < 1e-4
    assert not mended[~inside(A, x)].any()


def an_open_set(data):
    m = data.draw(st.integers(1, 5))
    ends = data.draw(st.lists(st.integers(0, 50), min_size=2 * m, max_size=2 * m, unique=True))
    return np.sort(ends).reshape(m, 2) / 50


@properties
@given(st.data(), st.floats(0.001, 0.1))
def test_the_two_recipes_are_the_distances_to_the_ends_and_to_the_complement(data, eps):
    A = an_open_set(data)
    x = np.linspace(0, 1, 501)
    nearest_end = abs(x[:, None] - A.ravel()).min(axis=1)
    np.testing.assert_allclose(values(boundary_distance_net(A), x), nearest_end, atol=1e-12)
    to_complement = np.where(inside(A, x), nearest_end, 0)
    np.testing.assert_allclose(values(open_set_net(A, eps), x), to_complement - eps, atol=1e-12)
    assert sizes(boundary_distance_net(A)) == [4 * len(A), 1]
    assert sizes(open_set_net(A, eps)) == [3 * len(A), 1]


def test_an_open_set_may_reach_the_ends_and_its_intervals_may_touch():
    x = FINE[abs(FINE - 0.5) > 1e-3]
    whole = [(0, 0.5), (0.5, 1)]
    assert (values(open_set_net(whole, 1e-4), x[20:-20]) > 0).all()
    np.testing.assert_allclose(values(boundary_distance_net(whole), FINE), abs((FINE + 0.25) % 0.5 - 0.25), atol=1e-12)


def square(x):
    return x**2


@pytest.mark.parametrize("N", [10, 20, 40])
def test_a_staircase_of_steep_logistics_is_within_two_over_n_of_the_square(N):
    built = logistic_staircase(square, N, 4 * N)
    assert sizes(built) == [N, 1]
    assert abs(values(built, FINE) - square(FINE)).max() < 2 / N


@properties
@given(st.integers(1, 60), st.floats(0.5, 50), st.floats(-20, 20), st.floats(-3, 3))
def test_a_staircase_is_within_its_bound_and_in_the_range_of_its_values(N, steepness, omega, phase):
    def f(x):
        return math.cos(omega * x + phase)

    beta = steepness * N
    x, nodes = np.linspace(0, 1, 499), [f(j / N) for j in range(N + 1)]
    F = values(logistic_staircase(f, N, beta), x)
    assert abs(F - [f(point) for point in x]).max() <= abs(omega) * (1 / (2 * N) + 2 * math.log(2) / beta) + 1e-12
    assert min(nodes) - 1e-12 <= F.min() <= F.max() <= max(nodes) + 1e-12


def test_the_staircase_steps_midway_between_its_nodes():
    net, params = logistic_staircase(square, 4, 50.0)
    assert net.layers[0].activation.beta == 50
    np.testing.assert_array_equal(params[0]["W"], np.ones((1, 4)))
    np.testing.assert_array_equal(params[0]["b"], [[-0.125, -0.375, -0.625, -0.875]])
    np.testing.assert_array_equal(params[1]["W"][:, 0], np.diff(np.arange(5) ** 2) / 16)
    assert params[1]["b"].item() == 0
    assert logistic_staircase(sine, 4, 50.0)[1][1]["b"].item() == 0.5


@properties
@given(st.floats(1e-3, 0.5), st.integers(0, 999))
def test_an_approximation_within_delta_comes_into_the_unit_range_within_two_delta(delta, seed):
    wave = np.random.default_rng(seed).uniform(-delta, delta, 9)
    built = relu_interpolant(lambda x: square(x) + wave[round(8 * x)], 8)
    nodes = np.arange(9) / 8
    before, before_theta = values(built, nodes), built[1].theta.copy()
    G = values(into_unit_range(*built, delta), nodes)
    np.testing.assert_allclose(G, (before + delta) / (1 + 2 * delta), atol=1e-12)
    assert -1e-12 <= G.min() <= G.max() <= 1 + 1e-12
    assert abs(G - square(nodes)).max() <= 2 * delta + 1e-12
    np.testing.assert_array_equal(built[1].theta, before_theta)


def test_a_rescaled_staircase_ranges_within_the_unit_interval():
    G = values(into_unit_range(*logistic_staircase(square, 10, 40), 0.1), FINE)
    assert (G >= 0).all() and (G <= 1).all()
    assert abs(G - square(FINE)).max() < 0.2


def test_replicas_are_rescaled_each():
    net = MLP("2-3-1")
    params = net.init(np.random.default_rng(0), replicas=3, dtype=np.float32)
    _, rescaled = into_unit_range(net, params, 0.25)
    assert rescaled.theta.dtype == np.float32
    for r in range(3):
        np.testing.assert_array_equal(rescaled.theta[r], into_unit_range(net, params.replica(r), 0.25)[1].theta)


def test_what_is_given_is_not_changed_and_not_kept():
    W, b, F = np.ones((1, 2)), np.array([-1.0]), np.array([0.0, 1, 1, 0])
    for built in (step_network((W, b)), convex_net(W, b), union_net([(W, b)])):
        built[1].theta[:] = 7
    dnf_net(F)[1].theta[:] = 7
    np.testing.assert_array_equal(W, [[1, 1]])
    np.testing.assert_array_equal(b, [-1])
    np.testing.assert_array_equal(F, [0, 1, 1, 0])


UNIT = ([[1, 1]], [0])
NET, PARAMS = relu_interpolant(square, 2)
OPEN = "expected open intervals (a, b) in [0, 1] from left to right"
WRONG = {
    "gate: expected one of and, or, nand, nor, got name='xor'": lambda: gate("xor"),
    "gate: expected one of and, or, nand, nor, got name=['and']": lambda: gate(["and"]),
    "exact_network: expected W (m, n) and b (m,), got W.shape=(2,), b.shape=(2,)": (
        lambda: step_network(([1, 1], [0, 0]))
    ),
    "exact_network: expected W (m, n) and b (m,), got W.shape=(1, 2), b.shape=(2,)": (
        lambda: step_network(([[1, 1]], [0, 0]))
    ),
    "exact_network: expected W (m, n) and b (m,), got W.shape=(1, 2), b.shape=()": lambda: step_network(([[1, 1]], 0)),
    "exact_network: expected a pair (W, b), got pair=int": lambda: step_network(5),
    "exact_network: expected a pair (W, b), got pair=list": lambda: step_network([[1, 1]], [0]),
    "exact_network: expected a pair (W, b), got pair=ndarray": lambda: step_network(np.ones((2, 2))),
    "exact_network: expected an array of numbers, got W=object": lambda: step_network(([[1, 1], [1]], [0, 0])),
    "exact_network: expected an array of numbers, got b=<U1": lambda: step_network(([[1, 1]], ["0"])),
    "exact_network: expected finite numbers in W, got value=nan": lambda: step_network(([[1, np.nan]], [0])),
    "exact_network: expected finite numbers in b, got value=inf": lambda: step_network(([[1, 1]], [np.inf])),
    "Network: expected at least one layer, got layers=()": lambda: step_network(),
    "Dense: expected a positive integer, got n_out=0": lambda: step_network((np.ones((0, 2)), [])),
    "and_gate: expected a positive integer, got n=0": lambda: and_gate(0),
    "or_gate: expected a positive integer, got n=True": lambda: or_gate(True),
    "parity_net: expected a positive integer, got n=2.0": lambda: parity_net(2.0),
    "parity_tree: expected a power of two, at least 2, got n=1": lambda: parity_tree(1),
    "parity_tree: expected a power of two, at least 2, got n=6": lambda: parity_tree(6),
    "parity_tree: expected a power of two, at least 2, got n='4'": lambda: parity_tree("4"),
    "bits: expected 1 to 16 bits, got n=0": lambda: bits(0),
    "bits: expected 1 to 16 bits, got n=17": lambda: bits(17),
    "bits: expected 1 to 16 bits, got n=2.5": lambda: bits(2.5),
    "dnf_net: expected a truth table of 2, 4, 8, ..., 2^16 entries, got F.shape=(3,)": lambda: dnf_net([0, 1, 1]),
    "dnf_net: expected a truth table of 2, 4, 8, ..., 2^16 entries, got F.shape=(1,)": lambda: dnf_net([1]),
    "cnf_net: expected a truth table of 2, 4, 8, ..., 2^16 entries, got F.shape=(0,)": lambda: cnf_net([]),
    "cnf_net: expected a truth table of 2, 4, 8, ..., 2^16 entries, got F.shape=(4, 1)": lambda: cnf_net(XOR),
    "dnf_net: expected a truth table of 2, 4, 8, ..., 2^16 entries, got F.shape=(131072,)": (
        lambda: dnf_net(np.zeros(2**17))
    ),
    "dnf_net: expected a truth table of 0 and 1, got F=-1.0": lambda: dnf_net([1, -1]),
    "cnf_net: expected finite numbers in F, got value=nan": lambda: cnf_net([0, np.nan]),
    "cnf_net: expected an array of numbers, got F=<U4": lambda: cnf_net("0110"),
    "convex_net: expected W (m, n) and b (m,), got W.shape=(1, 2), b.shape=(2,)": lambda: convex_net([[1, 1]], [0, 0]),
    "convex_net: expected finite numbers in W, got value=inf": lambda: convex_net([[1, np.inf]], [0]),
    "union_net: expected a list of pairs (W, b), got sets=ndarray": lambda: union_net(np.ones((2, 3))),
    "union_net: expected a pair (W, b), got pair=tuple": lambda: union_net([(1, 2, 3)]),
    "union_net: expected W (m, n) and b (m,), got W.shape=(1,), b.shape=(1,)": lambda: union_net([([1], [0])]),
    "union_net: expected one or more sets of one dimension, got dimensions=[]": lambda: union_net([]),
    "union_net: expected one or more sets of one dimension, got dimensions=[1, 2]": (
        lambda: union_net([UNIT, ([[1]], [0])])
    ),
    "box: expected corners lo <= hi of shape (k,), got lo=[0.0, 2.0], hi=[1.0, 1.0]": lambda: box((0, 2), (1, 1)),
    "box: expected corners lo <= hi of shape (k,), got lo=[0.0], hi=[1.0, 1.0]": lambda: cube_net([0], (1, 1)),
    "box: expected corners lo <= hi of shape (k,), got lo=0.0, hi=1.0": lambda: cube_net(0, 1),
    "box: expected an array of numbers, got hi=object": lambda: box([0], None),
    "box: expected finite numbers in lo, got value=-inf": lambda: box([-np.inf], [0]),
    "unit_cubes: expected a positive integer, got n=0": lambda: unit_cubes(0, 2),
    "unit_cubes: expected a positive integer, got k=1.5": lambda: unit_cubes(2, 1.5),
    "cube_cover: expected lo and hi (M, k), got lo.shape=(2,), hi.shape=(2,)": lambda: cube_cover([0, 0], [1, 1]),
    "cube_cover: expected lo and hi (M, k), got lo.shape=(1, 2), hi.shape=(1, 1)": lambda: cube_cover([[0, 0]], [[1]]),
    "cube_cover: expected finite numbers in hi, got value=nan": lambda: cube_cover([[0]], [[np.nan]]),
    "cube_cover: expected an array of numbers, got lo=<U1": lambda: cube_cover([["0"]], [[1]]),
    "relu_interpolant: expected a positive integer, got N=0": lambda: relu_interpolant(square, 0),
    "relu_interpolant: expected a function of one number, got f=float": lambda: relu_interpolant(0.5, 4),
    "relu_interpolant: expected f to return one number, got shape=(2,)": lambda: relu_interpolant(lambda x: (x, x), 4),
    "relu_interpolant: expected finite numbers in f, got value=nan": lambda: relu_interpolant(lambda x: np.nan, 4),
    "relu_interpolant: expected an array of numbers, got f=object": lambda: relu_interpolant(lambda x: None, 4),
    "logistic_staircase: expected a positive integer, got N=1.0": lambda: logistic_staircase(square, 1.0, 4),
    "logistic_staircase: expected a function of one number, got f=str": lambda: logistic_staircase("x**2", 4, 4),
    "Logistic: expected a steepness above 0, got beta=0": lambda: logistic_staircase(square, 4, 0),
    f"boundary_distance_net: {OPEN}, got intervals=[]": lambda: boundary_distance_net([]),
    f"boundary_distance_net: {OPEN}, got intervals=[0.3, 0.6]": lambda: boundary_distance_net((0.3, 0.6)),
    f"boundary_distance_net: {OPEN}, got intervals=[[-0.1, 0.6]]": lambda: boundary_distance_net([(-0.1, 0.6)]),
    f"open_set_net: {OPEN}, got intervals=[]": lambda: open_set_net(np.zeros((0, 2)), 0.1),
    f"open_set_net: {OPEN}, got intervals=[[0.3, 1.1]]": lambda: open_set_net([(0.3, 1.1)], 0.1),
    f"open_set_net: {OPEN}, got intervals=[[0.3, 0.3]]": lambda: open_set_net([(0.3, 0.3)], 0.1),
    f"open_set_net: {OPEN}, got intervals=[[0.6, 0.3]]": lambda: open_set_net([(0.6, 0.3)], 0.1),
    f"open_set_net: {OPEN}, got intervals=[[0.1, 0.2, 0.3]]": lambda: open_set_net([(0.1, 0.2, 0.3)], 0.1),
    f"open_set_net: {OPEN}, got intervals=[[0.1, 0.3], [0.2, 0.4]]": lambda: open_set_net([(0.1, 0.3), (0.2, 0.4)], 1),
    f"open_set_net: {OPEN}, got intervals=[[[0.1, 0.3]]]": lambda: open_set_net([[(0.1, 0.3)]], 1),
    "open_set_net: expected finite numbers in intervals, got value=nan": lambda: open_set_net([(0.3, np.nan)], 0.1),
    "boundary_distance_net: expected an array of numbers, got intervals=object": lambda: boundary_distance_net(None),
    "open_set_net: expected a tolerance above 0, got eps=0": lambda: open_set_net([(0.3, 0.6)], 0),
    "open_set_net: expected a tolerance above 0, got eps=nan": lambda: open_set_net([(0.3, 0.6)], math.nan),
    "into_unit_range: expected a tolerance above 0, got delta=-0.1": lambda: into_unit_range(NET, PARAMS, -0.1),
    "into_unit_range: expected a tolerance above 0, got delta='0.1'": lambda: into_unit_range(NET, PARAMS, "0.1"),
    "into_unit_range: expected a Network with identity output, got output=Logistic(beta=1.0)": (
        lambda: into_unit_range(*exact_network(UNIT, hidden="step", output="logistic"), 0.1)
    ),
    "into_unit_range: expected a last layer with a bias, got layer=Dense 2->1 without bias": (
        lambda: into_unit_range(Network([Dense(1, 2), Dense(2, 1, bias=False)]), PARAMS, 0.1)
    ),
    "into_unit_range: expected a Network with identity output, got output=None": lambda: into_unit_range(5, PARAMS, 1),
    "into_unit_range: expected parameters of Network(Dense 1->2, Dense 2->1), got params="
    "Parameters(theta (9,) float64: {'W': (2, 2), 'b': (1, 2)}, {'W': (2, 1), 'b': (1, 1)})": (
        lambda: into_unit_range(NET, xor_step_network()[1], 0.1)
    ),
    "into_unit_range: expected parameters of Network(Dense 1->2, Dense 2->1), got params=ndarray": (
        lambda: into_unit_range(NET, PARAMS.theta, 0.1)
    ),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message


def test_layers_that_do_not_fit_are_refused_by_the_network():
    with pytest.raises(ValueError, match=r"^Network: .*layer 2 \(Dense 3->1\).*layer 1 \(Dense 2->1\)"):
        step_network(UNIT, ([[1, 1, 1]], [0]))


@pytest.mark.parametrize("activations", [{"hidden": "steps", "output": "step"}, {"hidden": "step", "output": "steps"}])
def test_an_unknown_activation_is_refused(activations):
    with pytest.raises(ValueError, match="activation: expected one of .*, got name='steps'"):
        exact_network(UNIT, ([[1]], [0]), **activations)


def test_a_network_that_ends_in_dropout_has_no_identity_output():
    net = Network([Dense(1, 1), Dropout(0.5)])
    with pytest.raises(ValueError, match="identity output, got output=None"):
        into_unit_range(net, Parameters.zeros([layer.shapes() for layer in net.layers]), 0.1)


@pytest.mark.parametrize("name, w, b", [("and", 1, -1.5), ("or", 1, -0.5), ("nand", -1, 1.5), ("nor", -1, 0.5)])
def test_a_gate_weighs_both_bits_alike(name, w, b):
    _, params = gate(name)
    np.testing.assert_array_equal(params.theta, [w, w, b])


def test_only_the_last_of_several_layers_is_rescaled():
    layers = [([[1.0, 2.0], [3.0, 4.0]], [5.0, 6.0]), ([[1.0, -1.0]], [2.0]), ([[3.0]], [1.0])]
    net, params = exact_network(*layers, hidden="tanh", output="identity")
    _, scaled = into_unit_range(net, params, 0.25)
    for ours, before in zip(list(scaled)[:2], list(params)[:2], strict=True):
        np.testing.assert_array_equal(ours["W"], before["W"])
        np.testing.assert_array_equal(ours["b"], before["b"])
    np.testing.assert_allclose([scaled[2]["W"].item(), scaled[2]["b"].item()], [3 / 1.5, 1.25 / 1.5])


def test_the_first_entry_that_is_no_bit_is_named():
    with pytest.raises(ValueError, match="got F=2.0$"):
        dnf_net(np.array([0, 1, 2, 3]))


def test_bits_are_floats():
    assert bits(2).dtype == np.float64

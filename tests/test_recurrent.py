"""Neurons on any graph: rules, stops and cycles, automata against direct simulation, codes and stacks, exact or not."""

import dataclasses
import graphlib
import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp_core.layers import Dense, Flatten
from mlp_core.network import MLP, Network
from mlp_core.parameters import Parameters
from mlp_core.recurrent import (
    Computation,
    NeuronGraph,
    accepts,
    automaton_net,
    decode,
    encode,
    network_graph,
    non_empty,
    pop,
    push,
    top,
)

HALF = Fraction(1, 2)
PARITY = ((0, 1), (1, 0)), [1]
CONTAINS_11 = ((0, 1), (0, 2), (2, 2)), [2]
properties = settings(max_examples=60)


def words(shortest, longest):
    for n in range(shortest, longest + 1):
        yield from map("".join, itertools.product("01", repeat=n))


def loop(weight, phi="step", b=0):
    """One neuron that reads only itself."""
    return NeuronGraph({(0, 0): weight}, [b], phi, [0], [0])


def ring():
    """Three step neurons, each copying the one before it."""
    return NeuronGraph({(0, 1): 1, (1, 2): 1, (2, 0): 1}, [-0.5] * 3, "step", [0], [2])


def random_graph(seed, phi="step", density=0.5):
    """A graph of 2 to 5 neurons with its edges as a matrix and a mask."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 6))
    W, mask, b = rng.normal(size=(n, n)), rng.random((n, n)) < density, rng.normal(size=n)
    edges = {(int(i), int(j)): W[i, j] for i, j in np.argwhere(mask)}
    return NeuronGraph(edges, b, phi, [0], [n - 1]), W * mask, mask, b


# The graph


def test_a_graph_without_a_cycle_is_acyclic_and_one_more_edge_closes_a_cycle():
    edges = {(0, 1): 1, (0, 2): 1, (1, 3): 1, (2, 3): 1}
    assert NeuronGraph(edges, [0] * 4, "step", [0], [3]).is_acyclic
    assert not NeuronGraph(edges | {(3, 1): 1}, [0] * 4, "step", [0], [3]).is_acyclic
    assert not loop(1).is_acyclic
    assert NeuronGraph({}, [0], "step", [0], [0]).is_acyclic


@properties
@given(st.integers(0, 10**6), st.floats(0, 0.6))
def test_acyclic_means_that_the_graph_has_a_topological_order(seed, density):
    net, _, mask, _ = random_graph(seed, density=density)
    order = graphlib.TopologicalSorter({j: np.flatnonzero(mask[:, j]).tolist() for j in range(len(mask))})
    try:
        order.prepare()
    except graphlib.CycleError:
        assert not net.is_acyclic
    else:
        assert net.is_acyclic


def test_layers_count_the_longest_path_and_leave_out_what_lies_on_or_behind_a_cycle():
    edges = {(0, 1): 1, (1, 2): 1, (0, 2): 1, (2, 4): 1}
    assert NeuronGraph(edges, [0] * 5, "step", [0], [4]).layers == [[0, 3], [1], [2], [4]]
    assert NeuronGraph(edges | {(2, 1): 1}, [0] * 5, "step", [0], [4]).layers == [[0, 3]]


def test_a_weight_of_0_is_an_edge():
    assert not loop(0).is_acyclic
    assert loop(0, "logistic").run([1]).value == (0.5,)


def test_the_graph_is_kept_as_it_was_given():
    edges, b = {(0, 1): 2}, np.array([0.0, 1.0])
    net = NeuronGraph(edges, b, "step", [0], [1])
    edges[1, 0], b[1] = 5, 7
    assert net.edges == {(0, 1): 2.0}
    assert net.b == (0.0, 1.0)
    assert net.inputs == (0,) and net.outputs == (1,)
    with pytest.raises(dataclasses.FrozenInstanceError):
        net.b = (1.0, 2.0)


# States and steps


def test_at_the_start_the_inputs_hold_x_and_all_other_neurons_are_0():
    net = NeuronGraph({(0, 1): 1}, [5, 5, 5, 5], "identity", [2, 0], [1])
    assert net.start([7, 8]) == (8, 0, 7, 0)
    assert net.start(np.array([7.0, 8.0])) == (8, 0, 7, 0)


def test_a_step_reads_all_its_neurons_from_the_current_state_and_moves_only_those_selected():
    net = NeuronGraph({(0, 1): 1, (1, 0): 1}, [0, 0], "identity", [0, 1], [1])
    assert net.step((1.0, 2.0), [0, 1]) == (2, 1)
    assert net.step((1.0, 2.0), [0]) == (2, 2)
    assert net.step((1.0, 2.0), [1]) == (1, 1)
    assert net.step((1.0, 2.0), []) == (1, 2)


def test_a_neuron_without_an_edge_into_it_keeps_its_value_whatever_its_bias():
    net = NeuronGraph({(0, 1): 1}, [5, 0, 5], "identity", [0], [1])
    assert net.step((1.0, 0.0, 3.0), [0, 1, 2]) == (1, 1, 3)


@properties
@given(st.integers(0, 10**6), st.sampled_from(["step", "tanh", "relu", "saturated_linear"]))
def test_a_step_is_the_matrix_formula(seed, phi):
    net, W, mask, b = random_graph(seed, phi)
    a = np.random.default_rng(seed).normal(size=len(b))
    expected = np.where(mask.any(axis=0), net.activations[0].f(a @ W + b), a)
    np.testing.assert_allclose(net.step(tuple(a), range(len(b))), expected, atol=1e-14)


def test_each_neuron_has_its_own_activation():
    net = NeuronGraph({(0, 1): 1, (0, 2): 1, (0, 3): 1}, [0] * 4, ["step", "tanh", "relu", "identity"], [0], [3])
    np.testing.assert_allclose(net.step((-2.0, 0.0, 0.0, 0.0), range(4)), [-2, np.tanh(-2), 0, -2])


def test_states_are_plain_numbers_of_one_type():
    for weight, number in ((1, float), (1.0, float), (np.int64(1), float), (Fraction(1), Fraction)):
        for phi in ("step", "identity", "relu", "saturated_linear"):
            net = loop(weight, phi)
            assert net.number is number
            assert {type(q) for state in net.run([1]).states for q in state} == {number}
    assert type(NeuronGraph({(0, 0): 1}, [HALF], "step", [0], [0]).start([0.25])[0]) is Fraction
    assert type(loop(Fraction(np.int64(2)), "relu").start([np.int64(1)])[0].numerator) is int


# Rules


def test_the_rules_select_all_neurons_one_neuron_or_one_layer_and_never_one_without_an_edge_into_it():
    net = NeuronGraph({(0, 1): 1, (0, 3): 1, (1, 2): 1, (3, 2): 1}, [0] * 4, "step", [0], [2])
    assert net.schedule("parallel") == [[1, 2, 3]]
    assert net.schedule("sequential") == [[1], [2], [3]]
    assert net.schedule("layered") == [[1, 3], [2]]


@pytest.mark.parametrize("rule", ["parallel", "sequential", "layered"])
def test_without_edges_every_run_stops_at_once(rule):
    found = NeuronGraph({}, [1, 1], "step", [0], [0]).run([3], rule)
    assert found == Computation("stops", (3,), 0, None, [(3, 0)])


def test_parallel_is_the_default_rule():
    assert ring().run([1]) == ring().run([1], "parallel") != ring().run([1], "sequential")


@pytest.mark.parametrize("sizes", ["2-4-3-2", "3-1", "2-5-5-5-1"])
def test_layered_and_parallel_runs_of_a_layered_network_give_its_forward_pass_after_l_steps(sizes):
    mlp = MLP(sizes, hidden="tanh", output="logistic")
    params = mlp.init(np.random.default_rng(0))
    params.theta += 0.1
    net = network_graph(mlp, params)
    for x in np.random.default_rng(1).normal(size=(10, mlp.layers[0].n_in)):
        expected = mlp.forward(params, x[None])[0][0]
        layered, parallel = net.run(x, "layered"), net.run(x, "parallel")
        np.testing.assert_allclose(layered.value, expected, atol=1e-15)
        assert layered.value == parallel.value
        assert layered.verdict == parallel.verdict == "stops"
        assert layered.steps == parallel.steps == len(mlp.layers)


def test_the_layers_of_a_network_are_the_layers_of_its_graph_and_fill_in_order():
    mlp = MLP("2-4-3-2")
    net = network_graph(mlp, mlp.init(np.random.default_rng(0)))
    assert list(map(len, net.layers)) == [2, 4, 3, 2]
    assert net.inputs == (0, 1) and net.outputs == (9, 10)
    assert len(net.edges) == 26
    states = np.array(net.run([1, 1], "layered").states)
    np.testing.assert_array_equal((states != 0).sum(axis=1), [2, 6, 9, 11])


def test_the_graph_of_a_network_holds_its_weights_biases_and_activations():
    mlp = Network([Dense(2, 1, "step"), Dense(1, 2, "tanh")])
    params = Parameters.zeros([layer.shapes() for layer in mlp.layers])
    params.theta = np.arange(7.0)
    net = network_graph(mlp, params)
    W, V = params[0]["W"], params[1]["W"]
    assert net.edges == {(0, 2): W[0, 0], (1, 2): W[1, 0], (2, 3): V[0, 0], (2, 4): V[0, 1]}
    assert net.b == (0, 0, params[0]["b"][0, 0], *params[1]["b"][0])
    assert list(map(str, net.activations)) == ["Identity()", "Identity()", "Step(at_zero=1.0)", "Tanh()", "Tanh()"]


def test_a_network_whose_weights_are_all_0_still_equals_its_graph():
    mlp = MLP("2-3-1", hidden="logistic", output="logistic")
    params = Parameters.zeros([layer.shapes() for layer in mlp.layers])
    assert network_graph(mlp, params).run([1, 2]).value == (mlp.forward(params, np.array([[1.0, 2.0]]))[0].item(),)


# Stops, cycles, undecided


def test_a_step_neuron_that_inhibits_itself_cycles_and_one_that_excites_itself_stops():
    assert loop(-1).run([1]) == Computation("cycles", None, 0, 2, [(1,), (0,), (1,)])
    assert loop(1).run([1]) == Computation("stops", (1,), 0, None, [(1,)])
    assert loop(1).run([0]) == Computation("stops", (1,), 1, None, [(0,), (1,)])


def test_a_signal_in_a_ring_comes_back_after_three_steps():
    assert ring().run([1]) == Computation("cycles", None, 0, 3, [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 0)])
    assert ring().run([0]) == Computation("stops", (0,), 0, None, [(0, 0, 0)])


def test_one_at_a_time_the_ring_stops():
    found = ring().run([1], "sequential")
    assert found == Computation("stops", (0,), 1, None, [(1, 0, 0), (0, 0, 0)])


def test_a_state_that_returns_at_another_place_of_the_rule_is_no_cycle_yet():
    # Neuron 0 holds still while neuron 1 is evaluated: the state stays for a step, and the run goes on.
    net = NeuronGraph({(0, 0): -1, (0, 1): -1, (1, 1): 1}, [0, -0.5], "step", [0, 1], [1])
    found = net.run([0, 0], "sequential")
    assert found.states == [(0, 0), (1, 0), (1, 0), (0, 0), (0, 0)]
    assert (found.verdict, found.steps, found.period) == ("cycles", 0, 4)


def test_a_cycle_says_how_many_steps_lead_to_it():
    net = NeuronGraph({(0, 1): 1, (1, 2): 1, (2, 2): -2, (1, 1): 1}, [0, -0.5, -0.5], "step", [0], [2])
    found = net.run([1])
    assert found.states == [(1, 0, 0), (1, 1, 0), (1, 1, 1), (1, 1, 0)]
    assert (found.verdict, found.value, found.steps, found.period) == ("cycles", None, 1, 2)


@properties
@given(st.integers(0, 10**6), st.sampled_from(["parallel", "sequential"]))
def test_every_verdict_agrees_with_a_long_simulation(seed, rule):
    net, W, mask, b = random_graph(seed)
    moving, state, states = np.flatnonzero(mask.any(axis=0)), np.zeros(len(b)), []
    state[0] = 1
    for t in range(400):
        states.append(tuple(state))
        after = np.where(state @ W + b >= 0, 1.0, 0.0)
        chosen = moving if rule == "parallel" or not len(moving) else moving[[t % len(moving)]]
        state[chosen] = after[chosen]
    found = net.run([1], rule)
    assert found.states == states[: len(found.states)]
    last_change = max((t for t in range(1, 400) if states[t] != states[t - 1]), default=0)
    if last_change < 200:
        assert found == ("stops", (states[-1][-1],), last_change, None, states[: last_change + 1])
    else:
        round_ = 1 if rule == "parallel" else len(moving)
        period = next(p for p in range(round_, 300, round_) if states[100 + p : 400] == states[100 : 400 - p])
        first = next(t for t in range(400) if states[t + period : 400] == states[t : 400 - period])
        assert (found.verdict, found.value, found.period) == ("cycles", None, period)
        assert found.steps == first
        assert len(found.states) == first + period + 1


def test_a_cycle_is_found_after_as_many_steps_as_it_needs_and_not_before():
    assert ring().run([1], max_steps=3).verdict == "cycles"
    assert ring().run([1], max_steps=2) == Computation("undecided", None, 2, None, [(1, 0, 0), (0, 1, 0), (0, 0, 1)])
    assert loop(1).run([0], max_steps=2).verdict == "stops"
    assert loop(1).run([0], max_steps=1).verdict == "undecided"


def test_a_run_is_undecided_after_a_thousand_steps():
    net = loop(1, "identity", b=1)
    assert net.run([0]).verdict == "undecided"
    assert net.run([0]).steps == 1000
    assert len(net.run([0]).states) == 1001


def test_halving_never_ends_exactly_and_ends_at_0_in_float64():
    exact, rounded = loop(HALF, "identity").run([1], max_steps=1200), loop(0.5, "identity").run([1], max_steps=1200)
    assert (exact.verdict, exact.steps) == ("undecided", 1200)
    assert exact.states[-1] == (HALF**1200,)
    assert (rounded.verdict, rounded.value, rounded.steps) == ("stops", (0,), 1075)


def test_a_float_that_overflows_is_no_stop_and_a_fraction_grows_on():
    found = loop(2, "identity").run([1], max_steps=1100)
    assert (found.verdict, found.value, found.steps) == ("undecided", None, 1024)
    assert loop(Fraction(2), "identity").run([1], max_steps=1100).states[-1] == (2**1100,)


@pytest.mark.parametrize("phi", ["step", "identity", "relu", "saturated_linear"])
def test_an_exact_activation_equals_that_of_floats(phi):
    for z in (-2, -HALF, 0, HALF, 1, 2):
        exact, rounded = (loop(w, phi, b).run([0], max_steps=1) for w, b in ((Fraction(1), z), (1.0, float(z))))
        assert exact.states == rounded.states


def test_a_float_is_read_by_an_exact_graph_as_the_fraction_that_it_is():
    net = loop(Fraction(1, 3), "identity")
    assert net.start([0.1]) == (Fraction(0.1),)
    assert net.step([0.1], [0]) == (Fraction(0.1) / 3,)


def test_exact_arithmetic_rounds_nothing():
    third = Fraction(1, 3)
    net = NeuronGraph({(0, 1): third, (1, 1): third}, [0, third], "saturated_linear", [0], [1])
    expected = Fraction(0)
    for _, a in net.run([Fraction(1, 7)], max_steps=20).states:
        assert a == expected
        expected = Fraction(1, 21) + a / 3 + third


# State graphs


def test_the_state_graph_of_a_ring():
    assert ring().state_graph([[0], [1]]) == {
        (0, 0, 0): (0, 0, 0),
        (1, 0, 0): (0, 1, 0),
        (0, 1, 0): (0, 0, 1),
        (0, 0, 1): (1, 0, 0),
    }


@properties
@given(st.integers(0, 10**6))
def test_a_state_graph_is_closed_under_parallel_steps_and_holds_only_states_that_are_reached(seed):
    net, _, mask, b = random_graph(seed)
    graph = net.state_graph([[0], [1]])
    everything = net.schedule("parallel")[0]
    assert len(graph) <= 2 ** len(b)
    assert {net.start([0]), net.start([1])} <= set(graph)
    assert all(graph[a] == net.step(a, everything) and graph[a] in graph for a in graph)
    assert set(graph) == {a for x in (0, 1) for a in net.run([x]).states}


# Automata


def simulate(table, word):
    state = 0
    for bit in word:
        state = table[state][int(bit)]
    return state


automata = st.integers(1, 5).flatmap(
    lambda n: st.tuples(
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), min_size=n, max_size=n),
        st.sets(st.integers(0, n - 1)),
    )
)


@properties
@given(automata, st.lists(st.text("01", max_size=12), min_size=1, max_size=5))
def test_an_automaton_net_accepts_what_the_automaton_accepts(automaton, some_words):
    table, accepting = automaton
    net = automaton_net(table, accepting)
    for word in some_words:
        assert accepts(net, word) is (simulate(table, word) in accepting)


@properties
@given(automata, st.text("01", min_size=1, max_size=12))
def test_the_output_at_each_step_is_the_answer_for_the_bits_before_it(automaton, word):
    table, accepting = automaton
    net = automaton_net(table, accepting)
    states = net.feed([(int(bit), int(t == 0)) for t, bit in enumerate(word)])
    assert [a[-1] for a in states] == [simulate(table, word[:t]) in accepting for t in range(len(word))]
    assert all(sum(a[2:-1]) == 1 for a in states)


def test_the_parity_net_tells_odd_from_even_for_all_words_up_to_length_8():
    net = automaton_net(*PARITY)
    assert all(accepts(net, word) == (word.count("1") % 2 == 1) for word in words(0, 8))


def test_the_net_for_contains_11_agrees_with_python_on_all_words_up_to_length_10():
    net = automaton_net(*CONTAINS_11)
    assert all(accepts(net, word) == ("11" in word) for word in words(0, 10))


def test_the_neurons_of_the_parity_net():
    net = automaton_net(*PARITY)
    assert (net.inputs, net.outputs) == ((0, 1), (6,))
    into_0, into_1 = (1, 2, 5), (3, 4)  # the start; reading 0 in state 0 and 1 in state 1; and so on
    expected = {(i, j): 1 for j in (2, 3) for i in into_0} | {(i, j): 1 for j in (4, 5) for i in into_1}
    assert net.edges == expected | {(0, 2): -1, (0, 3): 1, (0, 4): -1, (0, 5): 1} | {(i, 6): 1 for i in into_1}
    assert net.b == (0, 0, -0.5, -1.5, -0.5, -1.5, -0.5)
    states = net.feed([(1, 1), (0, 0), (1, 0), (0, 0)])
    assert states == [
        (1, 1, 0, 1, 0, 0, 0),
        (0, 0, 0, 0, 1, 0, 1),
        (1, 0, 0, 0, 0, 1, 1),
        (0, 0, 1, 0, 0, 0, 0),
    ]


def test_feeding_sets_the_inputs_before_each_parallel_step():
    net = NeuronGraph({(0, 1): 1, (1, 2): 1, (2, 0): 1}, [0] * 3, "identity", [0], [2])
    assert net.feed(np.array([[1.0], [2.0], [3.0]])) == [(0, 1, 0), (0, 2, 1), (1, 3, 2)]
    assert net.feed([]) == []


# Words in one number


def test_the_lectures_word_has_the_lectures_code():
    assert encode("11001") == Fraction(51, 64)
    assert encode("") == HALF
    assert encode("0") == Fraction(1, 4)
    assert type(encode("1")) is Fraction


def test_codes_of_the_words_of_length_1_to_8_are_all_different_and_between_1_and_511_of_512():
    codes = [encode(word) for word in words(1, 8)]
    assert len(codes) == len(set(codes)) == 510
    assert (min(codes), max(codes)) == (Fraction(1, 512), Fraction(511, 512))


def test_without_the_end_marker_words_collide():
    assert len({encode(word) - HALF ** (len(word) + 1) for word in ("1", "10", "100")}) == 1


@properties
@given(st.text("01", max_size=200))
def test_a_word_comes_back_from_its_code(word):
    assert decode(encode(word)) == word


@properties
@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, 2 ** (n - 1) - 1))))
def test_every_binary_fraction_is_the_code_of_a_word(fraction):
    n, k = fraction
    code = Fraction(2 * k + 1, 2**n)
    assert encode(decode(code)) == code


# A stack in one number


@pytest.mark.parametrize(("empty", "depth"), [(0.0, 26), (Fraction(0), 26), (Fraction(0), 500)])
def test_random_stack_operations_agree_with_a_list(empty, depth):
    rng = np.random.default_rng(0)
    q, stack = empty, []
    for _ in range(2000):
        if len(stack) < depth and rng.random() < 0.6:
            stack.append(int(rng.integers(2)))
            q = push(q, stack[-1])
        else:
            q = pop(q)
            stack = stack[:-1]
        assert type(q) is type(empty)
        assert non_empty(q) == bool(stack)
        assert top(q) == (stack[-1] if stack else 0)


def test_the_code_of_a_stack_has_the_base_4_digits_1_and_3():
    q = Fraction(0)
    for bit in (1, 0, 1, 1):
        q = push(q, bit)
    assert q == Fraction(3, 4) + Fraction(3, 16) + Fraction(1, 64) + Fraction(3, 256)


def test_the_answers_of_the_stack_are_of_its_type_and_an_empty_stack_stays_empty():
    for zero in (0.0, Fraction(0), np.float64(0)):
        for q in (zero, push(zero, 1), push(zero, 0)):
            assert {type(top(q)), type(pop(q)), type(non_empty(q))} == {type(zero)}
        assert pop(zero) == top(zero) == non_empty(zero) == 0
        assert push(zero, np.int64(1)) == push(zero, 1.0) == push(zero, Fraction(1)) == 0.75
        assert type(push(Fraction(0), 1.0)) is Fraction


def through(word, empty):
    """Push a word; pop it: are all symbols right, is the stack then empty, and was every answer on the way right?"""
    q = empty
    for bit in word:
        q = push(q, bit)
    symbols = answers = True
    for bit in reversed(word):
        symbols &= top(q) == bit
        answers &= non_empty(q) == 1
        q = pop(q)
    return symbols, non_empty(q) == 0, symbols and answers and non_empty(q) == 0


def random_words(depth, number):
    return np.random.default_rng(depth).integers(0, 2, (number, depth)).tolist()


def test_at_depth_26_every_float64_stack_works():
    assert all(all(through(word, 0.0)) for word in random_words(26, 300))


def test_at_depth_27_symbols_are_right_and_stacks_between_ones_do_not_report_empty():
    for word in random_words(27, 300):
        symbols, empty, every_answer = through(word, 0.0)
        assert symbols
        assert empty == (word[0] == 0 or word[-1] == 0)
        assert every_answer == (word[-1] == 0)


def test_from_depth_28_on_no_float64_stack_gives_only_right_answers():
    symbols = {}
    for depth in (28, 34, 40):
        found = [through(word, 0.0) for word in random_words(depth, 300)]
        assert not any(every_answer for _, _, every_answer in found)
        symbols[depth] = np.mean([right for right, _, _ in found])
    assert 0.7 < symbols[28] < 0.9
    assert symbols[34] < 0.05
    assert symbols[40] == 0


def test_a_deep_float64_stack_reads_back_right_only_where_its_bottom_symbols_are_0_and_claims_to_be_empty_early():
    word = [0] * 40
    assert through(word, 0.0) == (True, True, False)


def test_fractions_hold_a_stack_of_any_depth():
    assert all(all(through(word, Fraction(0))) for depth in (27, 28, 40, 400) for word in random_words(depth, 10))


def test_a_language_in_one_weight_is_looked_up_exactly_and_lost_in_float64():
    members = [int("11" in word) for word in words(1, 10)]
    weight = Fraction(0)
    for member in reversed(members):
        weight = push(weight, member)

    def look_up(q):
        for _ in members:
            yield top(q)
            q = pop(q)

    assert len(members) == 2046
    assert list(look_up(weight)) == members
    assert list(look_up(float(weight))) != members


# Refusals

ONE = loop(1)
EXACT = loop(HALF, "identity")
MLP_2_1 = MLP("2-1")
PARAMS_2_1 = MLP_2_1.init(np.random.default_rng(0))
REPLICAS_2_1 = MLP_2_1.init(np.random.default_rng(0), replicas=2)


def graph(edges=(), b=(0, 0), activations="step", inputs=(0,), outputs=(1,)):
    return NeuronGraph(dict(edges) if edges == () else edges, b, activations, inputs, outputs)


EDGES = "NeuronGraph: expected weights of pairs among 0..1, got edges="
NEURONS = "NeuronGraph: expected different neurons among 0..1, got "
STEP = "NeuronGraph: expected a list of neurons among 0..0, got neurons="
STACK = ": expected a Fraction or a float in [0, 1], got q="
WRONG = {
    "NeuronGraph: expected at least one neuron, got b=()": lambda: graph(b=()),
    "NeuronGraph: expected a sequence, got b=3": lambda: graph(b=3),
    "NeuronGraph: expected a sequence, got b='01'": lambda: graph(b="01"),
    "NeuronGraph: expected a sequence, got b=2.0": lambda: graph(b=np.array(2.0)),
    "NeuronGraph: expected finite numbers in b, got value=nan": lambda: graph(b=(0, np.nan)),
    "NeuronGraph: expected finite numbers in b, got value=inf": lambda: graph(b=np.array([np.inf])),
    "NeuronGraph: expected finite numbers in b, got value=True": lambda: graph(b=(True, 0)),
    "NeuronGraph: expected finite numbers in b, got value=[1, 2]": lambda: graph(b=np.array([[1, 2]])),
    "NeuronGraph: expected finite numbers in edges, got value='1'": lambda: graph({(0, 1): "1"}),
    "NeuronGraph: expected finite numbers in edges, got value=None": lambda: graph({(0, 1): None}),
    EDGES + "[(0, 1)]": lambda: graph([(0, 1)]),
    EDGES + "{0: 1}": lambda: graph({0: 1}),
    EDGES + "{(0,): 1}": lambda: graph({(0,): 1}),
    EDGES + "{(0, 1, 1): 1}": lambda: graph({(0, 1, 1): 1}),
    EDGES + "{(0, 2): 1}": lambda: graph({(0, 2): 1}),
    EDGES + "{(-1, 0): 1}": lambda: graph({(-1, 0): 1}),
    EDGES + "{(0, True): 1}": lambda: graph({(0, True): 1}),
    EDGES + "{(0, 1.0): 1}": lambda: graph({(0, 1.0): 1}),
    NEURONS + "inputs=[0, 0]": lambda: graph(inputs=[0, 0]),
    NEURONS + "inputs=0": lambda: graph(inputs=0),
    NEURONS + "outputs=(2,)": lambda: graph(outputs=(2,)),
    NEURONS + "outputs=('0',)": lambda: graph(outputs=("0",)),
    "NeuronGraph: expected 2 activations, got activations=['step']": lambda: graph(activations=["step"]),
    "NeuronGraph: expected activations of single neurons, got activation=Softmax()": (
        lambda: graph(activations="softmax")
    ),
    "NeuronGraph: expected floats for this activation, got activation=Tanh()": (
        lambda: graph({(0, 1): HALF}, activations=["step", "tanh"])
    ),
    "NeuronGraph: expected floats for this activation, got activation=LeakyReLU(alpha=0.01)": (
        lambda: graph(b=(0, HALF), activations="leaky_relu")
    ),
    "NeuronGraph: expected parallel, sequential or layered, got rule='random'": lambda: ONE.run([0], "random"),
    "NeuronGraph: expected parallel, sequential or layered, got rule=None": lambda: ONE.schedule(None),
    "NeuronGraph: expected a graph without a cycle, got rule='layered'": lambda: ONE.run([0], "layered"),
    "NeuronGraph: expected 1 numbers, got x=[]": lambda: ONE.start([]),
    "NeuronGraph: expected 1 numbers, got x=(1, 2)": lambda: ONE.run((1, 2)),
    "NeuronGraph: expected a sequence, got x=1": lambda: ONE.run(1),
    "NeuronGraph: expected finite numbers in x, got value=nan": lambda: EXACT.run([np.nan]),
    "NeuronGraph: expected floats, as its weights, got x=[Fraction(1, 2)]": lambda: ONE.run([HALF]),
    "NeuronGraph: expected 1 numbers, got a=(1, 2)": lambda: ONE.step((1, 2), [0]),
    "NeuronGraph: expected finite numbers in a, got value=inf": lambda: ONE.step((np.inf,), [0]),
    "NeuronGraph: expected floats, as its weights, got a=(Fraction(1, 2),)": lambda: ONE.step((HALF,), [0]),
    STEP + "[1]": lambda: ONE.step((1,), [1]),
    STEP + "[-1]": lambda: ONE.step((1,), [-1]),
    STEP + "0": lambda: ONE.step((1,), 0),
    "NeuronGraph: expected a positive integer, got max_steps=0": lambda: ONE.run([0], max_steps=0),
    "NeuronGraph: expected a positive integer, got max_steps=2.0": lambda: ONE.run([0], max_steps=2.0),
    "NeuronGraph: expected a positive integer, got max_steps=True": lambda: ONE.run([0], max_steps=True),
    "NeuronGraph: expected a sequence, got X=5": lambda: ONE.feed(5),
    "NeuronGraph: expected a sequence, got X=None": lambda: ONE.state_graph(None),
    "NeuronGraph: expected a run that stops or cycles, got x=[1]": lambda: EXACT.state_graph([[0], [1]]),
    "network_graph: expected a Network of Dense layers, got net=Network(Flatten 2->2, Dense 2->1)": (
        lambda: network_graph(Network([Flatten((2,)), Dense(2, 1)]), PARAMS_2_1)
    ),
    "network_graph: expected a Network of Dense layers, got net=2-1": lambda: network_graph("2-1", PARAMS_2_1),
    "network_graph: expected parameters of a single Network(Dense 2->1), got params=NoneType": (
        lambda: network_graph(MLP_2_1, None)
    ),
    f"network_graph: expected parameters of a single Network(Dense 2->1), got params={REPLICAS_2_1}": (
        lambda: network_graph(MLP_2_1, REPLICAS_2_1)
    ),
    f"network_graph: expected parameters of a single Network(Dense 1->2), got params={PARAMS_2_1}": (
        lambda: network_graph(MLP("1-2"), PARAMS_2_1)
    ),
    "automaton_net: expected pairs of states, counted from 0, got table=()": lambda: automaton_net((), [0]),
    "automaton_net: expected pairs of states, counted from 0, got table=3": lambda: automaton_net(3, [0]),
    "automaton_net: expected pairs of states, counted from 0, got table=[0, 1]": lambda: automaton_net([0, 1], [0]),
    "automaton_net: expected pairs of states, counted from 0, got table=[(0, 1)]": lambda: automaton_net([(0, 1)], [0]),
    "automaton_net: expected pairs of states, counted from 0, got table=[(0,)]": lambda: automaton_net([(0,)], [0]),
    "automaton_net: expected pairs of states, counted from 0, got table=[{0}]": lambda: automaton_net([{0}], [0]),
    "automaton_net: expected states among 0..1, got accepting=1": lambda: automaton_net(PARITY[0], 1),
    "automaton_net: expected states among 0..1, got accepting=[2]": lambda: automaton_net(PARITY[0], [2]),
    "accepts: expected a str of 0 and 1, got word='012'": lambda: accepts(automaton_net(*PARITY), "012"),
    "accepts: expected a str of 0 and 1, got word=[0, 1]": lambda: accepts(automaton_net(*PARITY), [0, 1]),
    f"accepts: expected a graph from automaton_net, got net={ONE!r}": lambda: accepts(ONE, "0"),
    "accepts: expected a graph from automaton_net, got net=None": lambda: accepts(None, "0"),
    "encode: expected a str of 0 and 1, got word='12'": lambda: encode("12"),
    "encode: expected a str of 0 and 1, got word=11": lambda: encode(11),
    "decode: expected a Fraction k/2^n between 0 and 1, got code=0.5": lambda: decode(0.5),
    "decode: expected a Fraction k/2^n between 0 and 1, got code=Fraction(1, 3)": lambda: decode(Fraction(1, 3)),
    "decode: expected a Fraction k/2^n between 0 and 1, got code=Fraction(0, 1)": lambda: decode(Fraction(0)),
    "decode: expected a Fraction k/2^n between 0 and 1, got code=Fraction(1, 1)": lambda: decode(Fraction(1)),
    "push: expected 0 or 1, got bit=2": lambda: push(HALF, 2),
    "push: expected 0 or 1, got bit=True": lambda: push(HALF, True),
    "push: expected 0 or 1, got bit=0.5": lambda: push(HALF, 0.5),
    "push: expected 0 or 1, got bit='1'": lambda: push(HALF, "1"),
    "push: expected 0 or 1, got bit=[0, 1]": lambda: push(HALF, [0, 1]),
    "push" + STACK + "0": lambda: push(0, 1),
    "top" + STACK + "nan": lambda: top(np.nan),
    "pop" + STACK + "1.5": lambda: pop(1.5),
    "pop" + STACK + "-0.5": lambda: pop(-0.5),
    "non_empty" + STACK + "'0'": lambda: non_empty("0"),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message

"""Neurons on any directed graph, with cycles or without, in float64 or exactly; words and stacks in one number."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np

from mlp_core.activations import Activation, Identity, ReLU, SaturatedLinear, Softmax, Step, activation
from mlp_core.annotations import Array
from mlp_core.checks import count, is_count, is_number, shown
from mlp_core.layers import Dense
from mlp_core.network import Network
from mlp_core.parameters import Parameters, check_parameters

__all__ = [
    "Computation", "NeuronGraph", "network_graph", "automaton_net", "accepts", "encode", "decode", "push", "top",
    "pop", "non_empty",
]

Number = float | Fraction
Numbers = Sequence[Number] | Array
T = TypeVar("T", float, Fraction)

EXACT = {
    Step(): lambda z: z >= 0,
    Identity(): lambda z: z,
    ReLU(): lambda z: max(0, z),
    SaturatedLinear(): lambda z: min(1, max(0, z)),
}


class Computation(NamedTuple):
    """What a run found: its verdict, and its states from the start on, a tuple for each step.

    "stops": nothing changes after `steps` steps, and `value` holds the outputs. "cycles": after `steps` steps the
    states repeat for ever, every `period` steps. "undecided": neither is known after `steps` steps.
    `value` and `period` are None where they do not apply.
    """

    verdict: str
    value: tuple | None
    steps: int
    period: int | None
    states: list


@dataclass(frozen=True)
class NeuronGraph:
    r"""Neurons on a directed graph: $a_j \leftarrow \phi_j\big(\sum_{i \in \mathrm{pre}(j)} w_{ji} a_i + b_j\big)$.

    A neuron without an edge into it keeps its value. If any weight or bias is a Fraction, all numbers are Fractions
    and nothing is rounded; else all are float64.

    Parameters
    ----------
    edges : dict from pairs (i, j) of neurons, counted from 0, to the weight from i to j
    b : sequence of n numbers, one bias for each neuron
    activations : name or Activation, or a sequence of n of them
    inputs, outputs : sequences of neurons

    Raises
    ------
    ValueError
        For what is no finite number or no neuron, for softmax, which is no activation of a single neuron, and for
        activations other than step, identity, relu and saturated_linear with Fractions.
    """

    edges: Mapping[tuple[int, int], Number]
    b: Numbers
    activations: str | Activation | Sequence[str | Activation]
    inputs: Sequence[int]
    outputs: Sequence[int]

    def __post_init__(self):
        b = _numbers("b", self.b)
        n = len(b)
        if n == 0:
            raise ValueError(f"NeuronGraph: expected at least one neuron, got b={shown(self.b)}")
        pairs = isinstance(self.edges, dict) and all(isinstance(e, tuple) and len(e) == 2 for e in self.edges)
        if not pairs or not all(_are_below(n, edge) for edge in self.edges):
            raise ValueError(f"NeuronGraph: expected weights of pairs among 0..{n - 1}, got edges={shown(self.edges)}")
        for name in ("inputs", "outputs"):
            neurons = getattr(self, name)
            if not _are_below(n, neurons) or len(set(neurons)) < len(neurons):
                expected = f"different neurons among 0..{n - 1}"
                raise ValueError(f"NeuronGraph: expected {expected}, got {name}={shown(neurons)}")
            object.__setattr__(self, name, tuple(neurons))
        weights = _numbers("edges", list(self.edges.values()))
        number = Fraction if any(isinstance(q, Fraction) for q in b + weights) else float
        object.__setattr__(self, "edges", dict(zip(self.edges, map(number, weights), strict=True)))
        object.__setattr__(self, "b", tuple(map(number, b)))
        several = isinstance(self.activations, tuple | list)
        phis = tuple(map(activation, self.activations if several else [self.activations] * n))
        if len(phis) != n:
            raise ValueError(f"NeuronGraph: expected {n} activations, got activations={shown(self.activations)}")
        for phi in phis:
            if isinstance(phi, Softmax):
                raise ValueError(f"NeuronGraph: expected activations of single neurons, got activation={phi}")
            if number is Fraction and phi not in EXACT:
                raise ValueError(f"NeuronGraph: expected floats for this activation, got activation={phi}")
        object.__setattr__(self, "activations", phis)

    @property
    def number(self) -> type:
        """The type of all numbers: float or Fraction."""
        return type(self.b[0])

    @property
    def layers(self) -> list[list[int]]:
        """Layer 0 has no edges into it, layer l only from layers below; no neuron on or behind a cycle is in any."""
        layers, left = [], set(range(len(self.b)))
        while ready := left - {j for i, j in self.edges if i in left}:
            layers.append(sorted(ready))
            left -= ready
        return layers

    @property
    def is_acyclic(self) -> bool:
        """Whether the graph has no directed cycle; a network with one is called recurrent."""
        return sum(map(len, self.layers)) == len(self.b)

    def schedule(self, rule: str) -> list[list[int]]:
        """The neurons that a rule selects in each step, as a list; after its end the rule begins again.

        "parallel" selects all in every step, "sequential" one after the other, "layered" layer 1, layer 2 and so on.
        Raises ValueError for another rule, and for "layered" where there is a cycle.
        """
        evaluated = sorted({j for _, j in self.edges})
        if isinstance(rule, str) and rule == "parallel":
            return [evaluated]
        if isinstance(rule, str) and rule == "sequential":
            return [[j] for j in evaluated] or [[]]
        if not isinstance(rule, str) or rule != "layered":
            raise ValueError(f"NeuronGraph: expected parallel, sequential or layered, got rule={shown(rule)}")
        if not self.is_acyclic:
            raise ValueError(f"NeuronGraph: expected a graph without a cycle, got rule={shown(rule)}")
        return self.layers[1:] or [[]]

    def start(self, x: Numbers) -> tuple:
        """The first state, a tuple of n numbers: the inputs hold x, of shape (k,), all other neurons 0.

        Raises ValueError for an x that does not fit, and for a Fraction where the weights are floats.
        """
        return self._hold([self.number(0)] * len(self.b), x)

    def step(self, a: Numbers, neurons: Collection[int]) -> tuple:
        """The state after `neurons` have been evaluated, all of them from the state `a`, of shape (n,).

        Raises ValueError for an `a` that does not fit and for other neurons.
        """
        n = len(self.b)
        a = self._read("a", a, n)
        if not _are_below(n, neurons):
            raise ValueError(f"NeuronGraph: expected a list of neurons among 0..{n - 1}, got neurons={shown(neurons)}")
        z = {j: self.b[j] for _, j in self.edges}
        for (i, j), w in self.edges.items():
            z[j] += w * a[i]
        for j in z.keys() & neurons:
            phi = self.activations[j]
            a[j] = EXACT[phi](z[j]) if self.number is Fraction else phi.f(np.array([z[j]]))[0]
        return tuple(map(self.number, a))

    def run(self, x: Numbers, rule: str = "parallel", max_steps: int = 1000) -> Computation:
        """Compute from the input x, of shape (k,), until a state returns at the same place of the rule.

        A stop shows when one round of the rule changes nothing. A run is undecided after `max_steps` steps, and where
        a float overflows. Returns Computation.
        Raises ValueError for an x or a rule that does not fit and for max_steps below 1.
        """
        max_steps = count()("NeuronGraph", "max_steps", max_steps)
        schedule, states = self.schedule(rule), [self.start(x)]
        seen = {(states[0], 0): 0}
        for t in range(1, max_steps + 1):
            states.append(self.step(states[-1], schedule[(t - 1) % len(schedule)]))
            if self.number is float and not np.isfinite(states[-1]).all():
                break
            first = seen.setdefault((states[-1], t % len(schedule)), t)
            if first < t:
                last_change = max((s for s in range(1, t) if states[s] != states[s - 1]), default=0)
                if last_change > first:
                    return Computation("cycles", None, first, t - first, states)
                value = tuple(states[-1][j] for j in self.outputs)
                return Computation("stops", value, last_change, None, states[: last_change + 1])
        return Computation("undecided", None, t, None, states)

    def feed(self, X: Sequence[Numbers] | Array) -> list[tuple]:
        """The states after each of T parallel steps; before step t the inputs are set to `X[t]`, X of shape (T, k).

        Raises ValueError for an X that does not fit.
        """
        a, states = [self.number(0)] * len(self.b), []
        for x in _sequence("X", X):
            a = self.step(self._hold(a, x), self.schedule("parallel")[0])
            states.append(a)
        return states

    def state_graph(self, X: Sequence[Numbers] | Array) -> dict[tuple, tuple]:
        """Each state that parallel runs from the inputs X, of shape (N, k), reach, with the state after it, as a dict.

        Raises ValueError for an X that does not fit and where a run is undecided.
        """
        after = {}
        for x in _sequence("X", X):
            found = self.run(x)
            if found.verdict == "undecided":
                raise ValueError(f"NeuronGraph: expected a run that stops or cycles, got x={shown(x)}")
            after |= pairwise(found.states)
            after.setdefault(found.states[-1], found.states[-1])
        return after

    def _hold(self, a, x):
        a = list(a)
        for j, q in zip(self.inputs, self._read("x", x, len(self.inputs)), strict=True):
            a[j] = q
        return tuple(a)

    def _read(self, name, values, size):
        numbers = _numbers(name, values)
        if len(numbers) != size:
            raise ValueError(f"NeuronGraph: expected {size} numbers, got {name}={shown(values)}")
        if self.number is float and any(isinstance(q, Fraction) for q in numbers):
            raise ValueError(f"NeuronGraph: expected floats, as its weights, got {name}={shown(values)}")
        return list(map(self.number, numbers))


def network_graph(net: Network, params: Parameters) -> NeuronGraph:
    """The graph of a network of Dense layers; its neurons are counted layer by layer, the inputs first.

    Parameters
    ----------
    net, params : a Network and its Parameters, without replicas

    Returns
    -------
    NeuronGraph, in float64

    Raises
    ------
    ValueError : for other layers, other parameters and softmax
    """
    if not isinstance(net, Network) or not all(isinstance(layer, Dense) for layer in net.layers):
        raise ValueError(f"network_graph: expected a Network of Dense layers, got net={shown(net, str)}")
    check_parameters("network_graph", net, params, single=True)
    n_in, n_out = net.layers[0].n_in, net.layers[-1].n_out
    edges, b, phis = {}, [0] * n_in, ["identity"] * n_in
    for layer, layer_params in zip(net.layers, params, strict=True):
        for (i, j), w in np.ndenumerate(layer_params["W"]):
            edges[len(b) - layer.n_in + i, len(b) + j] = w
        b.extend(layer_params["b"][0] if layer.bias else [0] * layer.n_out)
        phis += [layer.activation] * layer.n_out
    return NeuronGraph(edges, b, phis, range(n_in), range(len(b) - n_out, len(b)))


def automaton_net(table: Sequence[Sequence[int]], accepting: Collection[int]) -> NeuronGraph:
    """A finite automaton as step neurons that read one bit a step; state 0 is the start.

    Neuron 0 holds the bit; neuron 1 fires with the first bit and leads into state 0. For each state and bit a neuron
    fires when the automaton is in that state and reads that bit; it leads into the state that the table says.
    The last neuron, the output, fires one step later if that state is accepting.

    Parameters
    ----------
    table : sequence of pairs: for each state the one after reading 0 and the one after reading 1
        Parity is ((0, 1), (1, 0)) with 1 accepting; "contains 11" is ((0, 1), (0, 2), (2, 2)) with 2 accepting.
    accepting : sequence of states

    Returns
    -------
    NeuronGraph

    Raises
    ------
    ValueError : for what is no table and for other states

    References
    ----------
    Kleene (1956); Minsky (1967).
    """
    rows = table if isinstance(table, tuple | list) else ()
    n = len(rows)
    if not rows or not all(isinstance(row, tuple | list) and len(row) == 2 and _are_below(n, row) for row in rows):
        raise ValueError(f"automaton_net: expected pairs of states, counted from 0, got table={shown(table)}")
    if not _are_below(n, accepting):
        raise ValueError(f"automaton_net: expected states among 0..{n - 1}, got accepting={shown(accepting)}")
    pairs = [(state, bit) for state in range(n) for bit in (0, 1)]
    leads_into = {1: 0} | {j: rows[state][bit] for j, (state, bit) in enumerate(pairs, start=2)}
    edges, b = {}, [0, 0]
    for j, (state, bit) in enumerate(pairs, start=2):
        edges |= {(i, j): 1 for i, after in leads_into.items() if after == state}
        edges[0, j] = 1 if bit else -1
        b.append(-1.5 if bit else -0.5)
    output = len(b)
    edges |= {(i, output): 1 for i, after in leads_into.items() if after in accepting}
    return NeuronGraph(edges, [*b, -0.5], "step", [0, 1], [output])


def accepts(net: NeuronGraph, word: str) -> bool:
    """Whether an `automaton_net` accepts a word such as "0110", fed bit by bit; one more step brings the answer.

    Parameters
    ----------
    net : NeuronGraph, as by `automaton_net`
    word : str of 0 and 1

    Returns
    -------
    bool

    Raises
    ------
    ValueError : for another graph and for what is no word
    """
    if not isinstance(net, NeuronGraph) or len(net.inputs) != 2 or len(net.outputs) != 1:
        raise ValueError(f"accepts: expected a graph from automaton_net, got net={shown(net)}")
    _check_word("accepts", word)
    states = net.feed([(int(bit), int(t == 0)) for t, bit in enumerate(word + "0")])
    return states[-1][net.outputs[0]] == 1


def encode(word: str) -> Fraction:
    r"""The code of a word of 0 and 1, $\kappa(\omega) = \sum_{i=1}^{|\omega|} \omega_i/2^i + 1/2^{|\omega|+1}$.

    The last term marks the end: without it 1, 10 and 100 would have one code. Returns a Fraction.
    Raises ValueError for what is no word.

    Siegelmann and Sontag (1995).
    """
    _check_word("encode", word)
    end = Fraction(1, 2 ** (len(word) + 1))
    return sum((Fraction(int(bit), 2**i) for i, bit in enumerate(word, start=1)), end)


def decode(code: Fraction) -> str:
    """The word of a code: its binary digits without the last.

    Raises ValueError for what is no Fraction k/2^n between 0 and 1.
    """
    if not isinstance(code, Fraction) or not 0 < code < 1 or code.denominator.bit_count() != 1:
        raise ValueError(f"decode: expected a Fraction k/2^n between 0 and 1, got code={shown(code)}")
    digits = code.denominator.bit_length() - 1
    return f"{code.numerator:0{digits}b}"[:-1]


def push(q: T, bit: int) -> T:
    r"""The stack q with the bit c on top, $q/4 + c/2 + 1/4$: base-4 digits 1 and 3, the top first; empty is 0.

    Parameters
    ----------
    q : Fraction, exact to any depth, or float, exact to depth 26; 0 <= q <= 1
    bit : 0 or 1

    Returns
    -------
    Fraction or float

    Raises
    ------
    ValueError : for another q or bit

    References
    ----------
    Siegelmann and Sontag (1995).
    """
    _check_stack("push", q)
    if not is_number(bit) or bit not in (0, 1):
        raise ValueError(f"push: expected 0 or 1, got bit={shown(bit)}")
    return (q + 2 * int(bit) + 1) / 4


def top(q: T) -> T:
    r"""The top of the stack, $\mathrm{sat}(4q - 2)$ with the saturated-linear function sat; 0 if it is empty.

    Parameters
    ----------
    q : Fraction or float, as for `push`

    Returns
    -------
    Fraction or float

    Raises
    ------
    ValueError : for what is no stack
    """
    _check_stack("top", q)
    return _sat(4 * q - 2)


def pop(q: T) -> T:
    r"""The stack without its top, $\mathrm{sat}(4q - 2\,\mathrm{top} - 1)$; an empty stack stays empty.

    Parameters
    ----------
    q : Fraction or float, as for `push`

    Returns
    -------
    Fraction or float

    Raises
    ------
    ValueError : for what is no stack
    """
    _check_stack("pop", q)
    return _sat(4 * q - 2 * top(q) - 1)


def non_empty(q: T) -> T:
    r"""1 if the stack holds a bit, else 0: $\mathrm{sat}(4q)$.

    Parameters
    ----------
    q : Fraction or float, as for `push`

    Returns
    -------
    Fraction or float

    Raises
    ------
    ValueError : for what is no stack
    """
    _check_stack("non_empty", q)
    return _sat(4 * q)


def _sat(z):
    return type(z)(EXACT[SaturatedLinear()](z))


def _check_stack(caller, q):
    if not isinstance(q, float | Fraction) or not 0 <= q <= 1:
        raise ValueError(f"{caller}: expected a Fraction or a float in [0, 1], got q={shown(q)}")


def _check_word(caller, word):
    if not isinstance(word, str) or not set(word) <= {"0", "1"}:
        raise ValueError(f"{caller}: expected a str of 0 and 1, got word={shown(word)}")


def _are_below(n, values):
    """Whether the values are a collection of integers among 0..n-1."""
    return isinstance(values, tuple | list | set | range) and all(is_count(v, least=0) and v < n for v in values)


def _sequence(name, values):
    values = values.tolist() if isinstance(values, np.ndarray) else values
    if not isinstance(values, tuple | list):
        raise ValueError(f"NeuronGraph: expected a sequence, got {name}={shown(values)}")
    return values


def _numbers(name, values):
    """The values as Python numbers."""
    values = _sequence(name, values)
    for q in values:
        if not (isinstance(q, Fraction) or is_number(q)):
            raise ValueError(f"NeuronGraph: expected finite numbers in {name}, got value={shown(q)}")
    return [q.item() if isinstance(q, np.generic) else q for q in values]

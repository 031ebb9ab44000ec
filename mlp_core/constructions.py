r"""Networks whose weights are written down, not learned: of gates, of regions, of functions.

Every builder returns a Network and its Parameters. Step neurons fire at $z \ge 0$, and all arrays are float64.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from mlp_core.activations import Activation, Identity, Logistic
from mlp_core.annotations import Array
from mlp_core.checks import count, is_count, look_up, number, shown
from mlp_core.layers import Dense
from mlp_core.network import Network
from mlp_core.parameters import Parameters, check_parameters

__all__ = [
    "exact_network", "step_network", "gate", "xor_step_network", "and_gate", "or_gate", "not_gate", "bits",
    "dnf_net", "cnf_net", "parity_net", "parity_tree", "convex_net", "union_net", "box", "cube_net", "unit_cubes",
    "cube_cover", "relu_interpolant", "boundary_distance_net", "open_set_net", "logistic_staircase",
    "into_unit_range",
]

GATES = {
    "and": ((1, 1), -1.5),
    "or": ((1, 1), -0.5),
    "nand": ((-1, -1), 1.5),
    "nor": ((-1, -1), 0.5),
}
COUNT = count()
TOLERANCE = number("a tolerance above 0", lambda value: value > 0)


def exact_network(
    *layers: tuple[ArrayLike, ArrayLike], hidden: str | Activation, output: str | Activation
) -> tuple[Network, Parameters]:
    r"""A network with the given weights, $\mathbf a^{(l)} = \phi(\mathbf W^{(l)}\mathbf a^{(l-1)} + \mathbf b^{(l)})$.

    Parameters
    ----------
    *layers : pairs (W, b)
        In the order of the book's formulas: row j of W holds the weights *into* unit j, so W is `(m_l, m_{l-1})`
        and b is `(m_l,)`.
    hidden, output : name or Activation, of the hidden layers and of the last one

    Returns
    -------
    the Network and its Parameters

    Raises
    ------
    ValueError : for what is no pair of arrays of finite numbers, for shapes that do not fit and for unknown names
    """
    pairs = [_affine("exact_network", pair) for pair in layers]
    phis = [hidden] * (len(pairs) - 1) + [output]
    net = Network([Dense(W.shape[1], W.shape[0], phi) for (W, _), phi in zip(pairs, phis, strict=False)])
    params = Parameters.zeros([layer.shapes() for layer in net.layers])
    for views, (W, b) in zip(params, pairs, strict=True):
        views["W"] = W.T
        views["b"] = b[None]
    return net, params


def step_network(*layers: tuple[ArrayLike, ArrayLike]) -> tuple[Network, Parameters]:
    r"""A network of step neurons, $\mathbf a^{(l)} = [\mathbf W^{(l)}\mathbf a^{(l-1)} + \mathbf b^{(l)} \ge 0]$.

    Takes the pairs (W, b) of `exact_network`, and refuses the same.

    Parameters
    ----------
    *layers : pairs (W, b), as for `exact_network`

    Returns
    -------
    Network and Parameters
    """
    return exact_network(*layers, hidden="step", output="step")


def gate(name: str) -> tuple[Network, Parameters]:
    r"""One step neuron that computes a Boolean function of two bits: "and", "or", "nand" or "nor".

    Returns the Network and its Parameters. Raises ValueError for another name.
    """
    w, b = look_up("gate", name, GATES, ())
    return step_network(([w], [b]))


def xor_step_network() -> tuple[Network, Parameters]:
    r"""The lecture's 2-2-1 network for XOR.

    Its hidden units are $[-1 + 2x_1 + 2x_2 \ge 0]$ and $[3 - 2x_1 - 2x_2 \ge 0]$; the output unit joins them by AND.

    Returns the Network and its Parameters.
    """
    return step_network(([(2, 2), (-2, -2)], [-1, 3]), ([(1, 1)], [-2]))


def and_gate(n: int) -> tuple[Network, Parameters]:
    r"""One step neuron, $[x_1 + \dots + x_n - n \ge 0]$: it fires where all n bits are 1.

    Raises ValueError for n below 1.
    """
    n = COUNT("and_gate", "n", n)
    return step_network(_and(n))


def or_gate(n: int) -> tuple[Network, Parameters]:
    r"""One step neuron, $[x_1 + \dots + x_n - 1 \ge 0]$: it fires where any of n bits is 1.

    Raises ValueError for n below 1.
    """
    n = COUNT("or_gate", "n", n)
    return step_network(_or(n))


def not_gate() -> tuple[Network, Parameters]:
    r"""One step neuron, $[-x_1 \ge 0]$: it fires where its bit is 0."""
    return step_network(([[-1]], [0]))


def bits(n: int) -> Array:
    """All inputs of n bits, counted in binary as the rows of a truth table are: an array (2^n, n).

    Raises ValueError for n other than 1 to 16.
    """
    n = count("1 to 16 bits", most=16)("bits", "n", n)
    return np.indices((2,) * n).reshape(n, -1).T.astype(float)


def dnf_net(F: ArrayLike) -> tuple[Network, Parameters]:
    r"""The disjunctive normal form of a Boolean function: an OR of minterms, one for each $\mathbf v$ with $F = 1$.

    A minterm has weights 1 where $v_i = 1$ and -1 where $v_i = 0$, and as bias minus the number of ones. It fires on
    $\mathbf v$ alone, for it counts down the bits in which $\mathbf x$ differs from $\mathbf v$:

    $$z = \sum_i (2v_i - 1)x_i - \sum_i v_i = -\lvert\{i : x_i \ne v_i\}\rvert$$

    The constant 0 has no minterms: it is an OR that nothing enters, one neuron with weights 0 and bias -1.

    F `(2^n,)` is the truth table, its values on the rows of `bits(n)`. Raises ValueError for another table.
    """
    V = _inputs_where("dnf_net", F, 1)  # (s, n)
    return _joined(2 * V - 1, -V.sum(axis=1), _or)


def cnf_net(F: ArrayLike) -> tuple[Network, Parameters]:
    r"""The conjunctive normal form of a Boolean function: an AND of clauses, one for each $\mathbf v$ with $F = 0$.

    A clause is the OR of the bits with $v_i = 0$ and of the negated bits with $v_i = 1$. It fires on all inputs but
    $\mathbf v$:

    $$z = \sum_i (1 - 2v_i)x_i + \sum_i v_i - 1 = \lvert\{i : x_i \ne v_i\}\rvert - 1$$

    The constant 1 has no clauses: it is an AND that nothing enters, one neuron with weights 0 and bias 0.

    F `(2^n,)` is the truth table, its values on the rows of `bits(n)`. Raises ValueError for another table.
    """
    V = _inputs_where("cnf_net", F, 0)  # (s, n)
    return _joined(1 - 2 * V, V.sum(axis=1) - 1, _and)


def parity_net(n: int) -> tuple[Network, Parameters]:
    r"""Parity of n bits by n hidden units $h_k = [\sum_i x_i \ge k]$, $k = 1, \dots, n$.

    Where s bits are 1 the first s units fire: their alternating sum is 1 for odd s and 0 for even s.

    $$\hat y = \Big[\sum_k (-1)^{k+1} h_k - \tfrac12 \ge 0\Big]$$

    Raises ValueError for n below 1.
    """
    n = COUNT("parity_net", "n", n)
    k = np.arange(1.0, n + 1)
    return step_network((np.ones((n, n)), -k), ([(-1) ** (k + 1)], [-0.5]))


def parity_tree(n: int) -> tuple[Network, Parameters]:
    r"""Parity of n bits by a tree of $n - 1$ XOR networks: $3(n - 1)$ units in $2\log_2 n$ layers.

    Raises ValueError for an n other than 2, 4, 8, 16, ...
    """
    if not is_count(n, least=2) or int(n).bit_count() != 1:
        raise ValueError(f"parity_tree: expected a power of two, at least 2, got n={shown(n)}")
    n = int(n)
    _, xor = xor_step_network()
    layers = []
    while n > 1:
        n //= 2
        layers += [(np.kron(np.eye(n), views["W"].T), np.tile(views["b"][0], n)) for views in xor]
    return step_network(*layers)


def convex_net(W: ArrayLike, b: ArrayLike) -> tuple[Network, Parameters]:
    r"""The intersection of m half-spaces, $\mathbf W\mathbf x + \mathbf b \ge 0$: their m step neurons and an AND.

    A row of W `(m, k)` is a normal vector that points inwards; b is `(m,)`.
    Raises ValueError for shapes that do not fit and for what is no finite number.
    """
    W, b = _affine("convex_net", (W, b))
    return step_network((W, b), _and(len(b)))


def union_net(sets: Sequence[tuple[ArrayLike, ArrayLike]]) -> tuple[Network, Parameters]:
    r"""A union of convex sets in three layers: the half-spaces, an AND for each set, one OR.

    Each set is a pair (W, b) as in `convex_net`. A half-space that several sets share is one neuron; the AND of a set
    has weight 1 from its own half-spaces, 0 from the others, and as bias minus the number of its own.
    Raises ValueError for no set, sets of different dimensions, and where `convex_net` would.
    """
    if not isinstance(sets, tuple | list):
        raise ValueError(f"union_net: expected a list of pairs (W, b), got sets={type(sets).__name__}")
    affine = [_affine("union_net", pair) for pair in sets]
    dimensions = sorted({W.shape[1] for W, _ in affine})
    if len(dimensions) != 1:
        raise ValueError(f"union_net: expected one or more sets of one dimension, got dimensions={dimensions}")
    faces = {}
    own = [[faces.setdefault((*w, c), len(faces)) for w, c in zip(W, b, strict=True)] for W, b in affine]
    joins = np.zeros((len(affine), len(faces)))
    for row, columns in zip(joins, own, strict=True):
        row[columns] = 1
    halves = np.array(list(faces))  # (H, k + 1)
    return step_network((halves[:, :-1], halves[:, -1]), (joins, -joins.sum(axis=1)), _or(len(affine)))


def box(lo: ArrayLike, hi: ArrayLike) -> tuple[Array, Array]:
    r"""The box of all $\mathbf x$ with $x_i - lo_i \ge 0$ and $hi_i - x_i \ge 0$: 2k half-spaces in k dimensions.

    Returns W `(2k, k)` and b `(2k,)` for `convex_net` and `union_net`, from the lowest and the highest corner `(k,)`.
    Raises ValueError for corners that do not fit, or where lo exceeds hi.
    """
    lo, hi = _numbers("box", "lo", lo), _numbers("box", "hi", hi)
    if lo.ndim != 1 or lo.shape != hi.shape or (lo > hi).any():
        raise ValueError(f"box: expected corners lo <= hi of shape (k,), got lo={lo.tolist()}, hi={hi.tolist()}")
    return np.vstack([np.eye(len(lo)), -np.eye(len(lo))]), np.hstack([-lo, hi])


def cube_net(lo: ArrayLike, hi: ArrayLike) -> tuple[Network, Parameters]:
    """One cube, or any `box`, in k dimensions: 2k half-space neurons and an AND, exact on its faces too.

    Parameters
    ----------
    lo, hi : the lowest and the highest corner, (k,)

    Returns
    -------
    Network and Parameters
    """
    return convex_net(*box(lo, hi))


def unit_cubes(n: int, k: int) -> tuple[Array, Array]:
    """The lowest and the highest corners, two arrays (n^k, k), of the cubes of side 1/n that fill the unit cube.

    Raises ValueError for n or k below 1.
    """
    n, k = COUNT("unit_cubes", "n", n), COUNT("unit_cubes", "k", k)
    corner = np.indices((n,) * k).reshape(k, -1).T  # (n^k, k)
    return corner / n, (corner + 1) / n


def cube_cover(lo: ArrayLike, hi: ArrayLike) -> tuple[Network, Parameters]:
    r"""The union of M cubes, or boxes, in k dimensions as one network of three layers.

    A region is covered by those of `unit_cubes(n, k)` that touch it: what they add lies within a cube's diagonal
    $\sqrt k/n$ of its boundary. Cubes of a grid share half-spaces, so the first layer has at most 2kn units.

    lo and hi, `(M, k)`, are the lowest and the highest corners.
    Raises ValueError for arrays that do not fit, and where `box` would.
    """
    lo = _numbers("cube_cover", "lo", lo)
    hi = _numbers("cube_cover", "hi", hi)
    if lo.ndim != 2 or lo.shape != hi.shape:
        raise ValueError(f"cube_cover: expected lo and hi (M, k), got lo.shape={lo.shape}, hi.shape={hi.shape}")
    return union_net([box(*corners) for corners in zip(lo, hi, strict=True)])


def relu_interpolant(f: Callable[[float], float], N: int) -> tuple[Network, Parameters]:
    r"""The function on [0, 1] that equals f at the nodes $x_j = j/N$ and is linear between them, by N hinges.

    The weight of a hinge is the change of slope at its node: $v_j = s_j - s_{j-1}$, with
    $s_j = N(f(x_{j+1}) - f(x_j))$ and $s_{-1} = 0$.

    $$F(x) = f(0) + \sum_{j=0}^{N-1} v_j\max(x - x_j, 0), \qquad
    \lvert F - f\rvert \le \frac{h^2}8\max\lvert f''\rvert, \quad h = \frac1N$$

    f is a function of one number. Raises ValueError for N below 1 and for what is no function with finite values.
    """
    x, y = _nodes("relu_interpolant", f, N)
    slopes = N * np.diff(y)
    return _shifts("relu", y[0], np.diff(slopes, prepend=0), x[:-1])


def boundary_distance_net(intervals: ArrayLike) -> tuple[Network, Parameters]:
    r"""The lecture's recipe for an open $A \subseteq [0, 1]$: the distance from x to the nearest end $p_i$ of A.

    $$F(x) = p_1 - x + 2\sum_i\max(x - p_i, 0) - 2\sum_i\max\Big(x - \frac{p_i + p_{i+1}}2, 0\Big)$$

    It is positive outside A too, so its sign does not tell what is in A: `open_set_net` mends that.

    The open intervals of A, `(m, 2)`, come from left to right. Raises ValueError for others.
    """
    p = _intervals("boundary_distance_net", intervals).ravel()  # (2m,)
    middles = (p[:-1] + p[1:]) / 2
    v = np.repeat([-1, 2, -2], [1, len(p), len(middles)])
    return _shifts("relu", p[0], v, np.hstack([0, p, middles]))


def open_set_net(intervals: ArrayLike, eps: float) -> tuple[Network, Parameters]:
    r"""The distance from x to the *complement* of an open $A \subseteq [0, 1]$, less $\varepsilon$.

    It is positive on A but for a strip $\varepsilon$ at each end, and negative off A. An interval (a, b) of A takes
    three hinges, with its middle at $m = (a + b)/2$:

    $$F(x) = -\varepsilon + \sum_{(a, b)} \big(\max(x - a, 0) - 2\max(x - m, 0) + \max(x - b, 0)\big)$$

    The open intervals of A, `(m, 2)`, come from left to right. Raises ValueError for others, and for eps not above 0.
    """
    a, b = _intervals("open_set_net", intervals).T
    eps = TOLERANCE("open_set_net", "eps", eps)
    v = np.repeat([1, -2, 1], len(a))
    return _shifts("relu", -eps, v, np.hstack([a, (a + b) / 2, b]))


def logistic_staircase(f: Callable[[float], float], N: int, beta: float) -> tuple[Network, Parameters]:
    r"""A staircase on [0, 1] of N logistics, one for each step from $f(x_{j-1})$ to $f(x_j)$, where $x_j = j/N$.

    $$F(x) = f(0) + \sum_{j=1}^N \big(f(x_j) - f(x_{j-1})\big)\,\sigma\Big(x - \frac{x_{j-1} + x_j}2\Big), \qquad
    \lvert F - f\rvert \le \max\lvert f'\rvert\Big(\frac1{2N} + \frac{2\ln 2}\beta\Big)$$

    With steepness $\beta \ge 4N$ the bound is below $\max\lvert f'\rvert/N$, which is 2/N for $f(x) = x^2$. F is a
    weighted mean of the $f(x_j)$, so it stays in their range.

    f is a function of one number. Raises ValueError for N below 1, a beta not above 0, and for what is no function
    with finite values.

    Cybenko (1989).
    """
    x, y = _nodes("logistic_staircase", f, N)
    return _shifts(Logistic(beta), y[0], np.diff(y), (x[:-1] + x[1:]) / 2)


def into_unit_range(net: Network, params: Parameters, delta: float) -> tuple[Network, Parameters]:
    r"""The network with the output $G = (F + \delta)/(1 + 2\delta)$ in place of F.

    If $0 \le f \le 1$ and $\lvert F - f\rvert \le \delta$, then $0 \le G \le 1$ and $\lvert G - f\rvert \le 2\delta$.

    Parameters
    ----------
    net, params : a Network with identity output and its Parameters
    delta : float > 0

    Returns
    -------
    Network and Parameters

    Raises
    ------
    ValueError : for a network without identity output or output bias, other parameters, and a delta not above 0

    References
    ----------
    Cybenko (1989).
    """
    phi = getattr(net.layers[-1], "activation", None) if isinstance(net, Network) else None
    if phi != Identity():
        raise ValueError(f"into_unit_range: expected a Network with identity output, got output={phi}")
    if not getattr(net.layers[-1], "bias", False):
        raise ValueError(f"into_unit_range: expected a last layer with a bias, got layer={net.layers[-1]}")
    check_parameters("into_unit_range", net, params)
    delta = TOLERANCE("into_unit_range", "delta", delta)
    params = params.copy()
    params[-1]["W"] = params[-1]["W"] / (1 + 2 * delta)
    params[-1]["b"] = (params[-1]["b"] + delta) / (1 + 2 * delta)
    return net, params


def _and(n):
    return np.ones((1, n)), [-float(n)]


def _or(n):
    return np.ones((1, n)), [-1]


def _joined(W, b, join):
    s, n = W.shape
    if s == 0:
        return step_network((np.zeros((1, n)), join(0)[1]))
    return step_network((W, b), join(s))


def _shifts(phi, c, v, x):
    r"""$F(x) = c + \sum_j v_j\phi(x - x_j)$."""
    return exact_network((np.ones((len(x), 1)), -x), ([v], [c]), hidden=phi, output="identity")


def _inputs_where(caller, F, value):
    F = _numbers(caller, "F", F)
    n = F.size.bit_length() - 1
    if not 1 <= n <= 16 or F.shape != (2**n,):
        raise ValueError(f"{caller}: expected a truth table of 2, 4, 8, ..., 2^16 entries, got F.shape={F.shape}")
    if not np.isin(F, (0, 1)).all():
        raise ValueError(f"{caller}: expected a truth table of 0 and 1, got F={F[~np.isin(F, (0, 1))][0]}")
    return bits(n)[F == value]


def _nodes(caller, f, N):
    N = COUNT(caller, "N", N)
    if not callable(f):
        raise ValueError(f"{caller}: expected a function of one number, got f={type(f).__name__}")
    x = np.arange(N + 1) / N
    y = _numbers(caller, "f", [f(node) for node in x])
    if y.shape != x.shape:
        raise ValueError(f"{caller}: expected f to return one number, got shape={y.shape[1:]}")
    return x, y


def _intervals(caller, intervals) -> Array:
    ends = _numbers(caller, "intervals", intervals)
    pairs = ends.ndim == 2 and ends.shape[1] == 2 and ends.size > 0
    if not pairs or (ends[:, 0] == ends[:, 1]).any() or (np.diff([0, *ends.ravel(), 1]) < 0).any():
        expected = "open intervals (a, b) in [0, 1] from left to right"
        raise ValueError(f"{caller}: expected {expected}, got intervals={ends.tolist()}")
    return ends


def _affine(caller, pair) -> tuple[Array, Array]:
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise ValueError(f"{caller}: expected a pair (W, b), got pair={type(pair).__name__}")
    W, b = _numbers(caller, "W", pair[0]), _numbers(caller, "b", pair[1])
    if W.ndim != 2 or b.shape != W.shape[:1]:
        raise ValueError(f"{caller}: expected W (m, n) and b (m,), got W.shape={W.shape}, b.shape={b.shape}")
    return W, b


def _numbers(caller, name, value) -> Array:
    try:
        Q = np.asarray(value)
    except ValueError:
        Q = np.asarray(None)
    if Q.dtype.kind not in "biuf":
        raise ValueError(f"{caller}: expected an array of numbers, got {name}={Q.dtype}")
    if not np.isfinite(Q).all():
        raise ValueError(f"{caller}: expected finite numbers in {name}, got value={Q[~np.isfinite(Q)][0]}")
    return Q.astype(float)

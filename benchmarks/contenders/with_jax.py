"""JAX: a jitted step in a Python loop, and all steps in one lax.scan; vmap over replicas.

Of what was tried this is the fastest: the weights of a small network as one vector, for a call pays for each array; row
numbers in int32; the buffers of the state given away; nothing in Python for a step of a scan, where the batch is full.
Unrolled scans and batches gathered before the scan are slower.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from benchmarks.contenders import Run, repeated
from benchmarks.problem import take

SMALL = 20_000  # numbers that are quicker as one vector than as an array for each layer
HIDDEN = {"tanh": jnp.tanh, "relu": jax.nn.relu}
LOSSES = {
    "binary_cross_entropy": lambda Z, Y: jax.nn.softplus(Z) - Y * Z,
    "softmax_cross_entropy": lambda Z, Y: -Y * jax.nn.log_softmax(Z),
}


def dense(problem, weights, A, key):
    """The logits of a multilayer perceptron."""
    for W, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        A = HIDDEN[problem.hidden](A @ W + b)
        if problem.rate is not None:
            key, draw = jax.random.split(key)
            A = jnp.where(jax.random.bernoulli(draw, 1 - problem.rate, A.shape), A / (1 - problem.rate), 0)
    return A @ weights[-2] + weights[-1]


def cost_of(problem, logits):
    """The mean loss of a batch as a function of the weights, X, Y and the key of the dropout masks."""

    def cost(weights, X, Y, key=None):
        return LOSSES[problem.loss](logits(problem, weights, X, key), Y).sum(axis=-1).mean()

    return cost


def descent(problem, logits):
    """Training by single steps.

    Returns `step`, a function of the state (params, memory of Adam, key) and of the rows of the batch, the first state,
    and a function that makes the list of weights from the params. With replicas the state is that of R networks.
    """
    X, Y = jnp.array(problem.X), jnp.array(problem.Y)
    params, weights_of = [jnp.array(array) for array in problem.weights()], list
    if problem.replicas is None and sum(Q.size for Q in params) <= SMALL:
        params, weights_of = ravel_pytree(params)
    cost = cost_of(problem, logits)

    def penalised(params, X, Y, key):
        weights = weights_of(params)
        penalty = problem.l2 / 2 * sum((W**2).sum() for W in weights[::2]) if problem.l2 else 0
        return cost(weights, X, Y, key) + penalty

    def step(state, rows):
        params, memory, key = state
        key, draw = (key, None) if problem.rate is None else jax.random.split(key)
        grads = jax.grad(penalised)(params, take(X, rows), take(Y, rows), draw)
        params, memory = UPDATES[problem.optimizer](params, grads, memory, problem.lr)
        return params, memory, key

    R = problem.replicas
    keys = jax.random.split(jax.random.key(0), R or 1)
    memory = (jnp.zeros(R or ()), *(jax.tree.map(jnp.zeros_like, params) for _ in "ms"))
    memory = memory if problem.optimizer == "adam" else ()
    state = (params, memory, keys if R else keys[0])
    return jax.vmap(step) if R else step, state, weights_of


def sgd(params, grads, memory, lr):
    return jax.tree.map(lambda Q, dQ: Q - lr * dQ, params, grads), memory


def adam(params, grads, memory, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    t, m, s = memory
    t = t + 1
    m = jax.tree.map(lambda m, dQ: beta1 * m + (1 - beta1) * dQ, m, grads)
    s = jax.tree.map(lambda s, dQ: beta2 * s + (1 - beta2) * dQ**2, s, grads)

    def moved(Q, m, s):
        return Q - lr * (m / (1 - beta1**t)) / (jnp.sqrt(s / (1 - beta2**t)) + eps)

    return jax.tree.map(moved, params, m, s), (t, m, s)


UPDATES = {"sgd": sgd, "adam": adam}


def jitted(problem, logits=dense):
    """The jitted step, called from a Python loop."""
    step, state, weights_of = descent(problem, logits)
    step, order = jax.jit(step, donate_argnums=0), problem.order()

    def train(epochs):
        nonlocal state
        for _ in range(epochs):
            for rows in problem.epoch(order):
                state = step(state, None if rows is None else rows.astype(np.int32))
        jax.block_until_ready(state[0])

    return Run(train, lambda: [np.array(array) for array in weights_of(state[0])])


def scanned(problem, logits=dense):
    """All steps in one compiled lax.scan: compiled anew for another number of epochs."""
    step, state, weights_of = descent(problem, logits)
    order = problem.order()

    def steps(state, rows, length):
        return jax.lax.scan(lambda state, rows: (step(state, rows), None), state, rows, length)[0]

    steps = jax.jit(steps, static_argnums=2, donate_argnums=0)

    def train(epochs):
        nonlocal state
        rows, length = None, epochs * problem.steps
        if problem.batch_size is not None:
            rows = np.stack([rows for _ in range(epochs) for rows in problem.epoch(order)]).astype(np.int32)
        state = steps(state, rows, length)
        jax.block_until_ready(state[0])

    return Run(train, lambda: [np.array(array) for array in weights_of(state[0])])


def gradient(problem):
    """The jitted gradient of the full batch."""
    X, Y = jnp.array(problem.X), jnp.array(problem.Y)
    compute, weights = jax.jit(jax.grad(cost_of(problem, dense))), [jnp.array(array) for array in problem.weights()]
    return repeated(
        lambda: jax.block_until_ready(compute(weights, X, Y)), lambda grads: [np.array(array) for array in grads]
    )

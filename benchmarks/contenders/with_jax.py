"""JAX: a jitted step in a Python loop, and all steps in one lax.scan; vmap over replicas."""

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.contenders import Run, repeated
from benchmarks.problem import take

HIDDEN = {"tanh": jnp.tanh, "relu": jax.nn.relu}
LOSSES = {
    "binary_cross_entropy": lambda Z, Y: -(Y * jax.nn.log_sigmoid(Z) + (1 - Y) * jax.nn.log_sigmoid(-Z)),
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


def sgd(problem, logits):
    """One step as a function of the state (weights, key) and of the rows of the batch; of R states, with replicas."""
    X, Y = jnp.array(problem.X), jnp.array(problem.Y)

    cost = cost_of(problem, logits)

    def step(state, rows):
        weights, key = state
        key, draw = (key, None) if problem.rate is None else jax.random.split(key)
        grads = jax.grad(cost)(weights, take(X, rows), take(Y, rows), draw)
        return [Q - problem.lr * dQ for Q, dQ in zip(weights, grads, strict=True)], key

    keys = jax.random.split(jax.random.key(0), problem.replicas or 1)
    weights = [jnp.array(array) for array in problem.weights()]
    return (step, (weights, keys[0])) if problem.replicas is None else (jax.vmap(step), (weights, keys))


def jitted(problem, logits=dense):
    """The jitted step, called from a Python loop."""
    step, state = sgd(problem, logits)
    step, order = jax.jit(step, donate_argnums=0), problem.order()

    def train(epochs):
        nonlocal state
        for _ in range(epochs):
            for rows in problem.epoch(order):
                state = step(state, rows)
        jax.block_until_ready(state[0])

    return Run(train, lambda: [np.array(array) for array in state[0]])


def scanned(problem, logits=dense):
    """All steps in one compiled lax.scan: compiled anew for another number of epochs."""
    step, state = sgd(problem, logits)
    order = problem.order()

    def steps(state, rows, length):
        return jax.lax.scan(lambda state, rows: (step(state, rows), None), state, rows, length)[0]

    steps = jax.jit(steps, static_argnums=2, donate_argnums=0)

    def train(epochs):
        nonlocal state
        rows = [rows for _ in range(epochs) for rows in problem.epoch(order)]
        state = steps(state, None if problem.batch_size is None else np.stack(rows), len(rows))
        jax.block_until_ready(state[0])

    return Run(train, lambda: [np.array(array) for array in state[0]])


def gradient(problem):
    """The jitted gradient of the full batch."""
    X, Y = jnp.array(problem.X), jnp.array(problem.Y)
    compute, weights = jax.jit(jax.grad(cost_of(problem, dense))), [jnp.array(array) for array in problem.weights()]
    return repeated(
        lambda: jax.block_until_ready(compute(weights, X, Y)), lambda grads: [np.array(array) for array in grads]
    )

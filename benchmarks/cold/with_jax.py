"""XOR with JAX: all steps in one scan."""

import jax
import jax.numpy as jnp

from benchmarks.cold.finish import finish

X = jnp.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = jnp.array([[0.0], [1.0], [1.0], [0.0]])


def cost(params):
    W, b, V, c = params
    Z = jnp.tanh(X @ W + b) @ V + c
    return -(Y * jax.nn.log_sigmoid(Z) + (1 - Y) * jax.nn.log_sigmoid(-Z)).mean()


def step(params, _):
    loss, grads = jax.value_and_grad(cost)(params)
    return jax.tree.map(lambda Q, dQ: Q - 0.5 * dQ, params, grads), loss


@jax.jit
def train(params):
    return jax.lax.scan(step, params, length=10_001)


keys, shapes = jax.random.split(jax.random.key(3), 4), [(2, 2), (1, 2), (2, 1), (1, 1)]
first = [jax.random.uniform(key, shape, minval=-1, maxval=1) for key, shape in zip(keys, shapes, strict=True)]
params, losses = train(first)
finish(losses[::1000].tolist())

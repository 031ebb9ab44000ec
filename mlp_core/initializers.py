"""First weights: each initializer returns an array of a layer's shape `(n_in, n_out)`."""

from dataclasses import dataclass

import numpy as np

from mlp_core.checks import is_number, look_up


class Initializer:
    """`init(rng, shape)` draws the weights of one layer, float64, of shape `(n_in, n_out)`.

    Where `biases` is true the biases are drawn in the same way as the weights, else they start at 0.
    """

    biases = False


@dataclass(frozen=True)
class Uniform(Initializer):
    """Weights and biases uniform in [-limit, limit); limit > 0. Raises ValueError for another limit."""

    limit: float = 1.0
    biases = True

    def __post_init__(self):
        if not is_number(self.limit) or self.limit <= 0:
            raise ValueError(f"Uniform: expected a limit above 0, got limit={self.limit!r}")

    def init(self, rng, shape):
        return rng.uniform(-self.limit, self.limit, shape)


@dataclass(frozen=True)
class Normal(Initializer):
    """Weights and biases normal with mean 0 and standard deviation `scale` > 0. Raises ValueError for another scale."""

    scale: float = 1.0
    biases = True

    def __post_init__(self):
        if not is_number(self.scale) or self.scale <= 0:
            raise ValueError(f"Normal: expected a scale above 0, got scale={self.scale!r}")

    def init(self, rng, shape):
        return rng.normal(0, self.scale, shape)


@dataclass(frozen=True)
class Glorot(Initializer):
    r"""Weights uniform with limit $\sqrt{6/(m_{l-1} + m_l)}$, so variance $2/(m_{l-1} + m_l)$; biases 0.

    Glorot and Bengio (2010), equation 16.
    """

    def init(self, rng, shape):
        limit = np.sqrt(6 / sum(shape))
        return rng.uniform(-limit, limit, shape)


@dataclass(frozen=True)
class He(Initializer):
    r"""Weights normal with mean 0 and variance $2/m_{l-1}$, for ReLU layers; biases 0.

    He, Zhang, Ren and Sun (2015), equation 10.
    """

    def init(self, rng, shape):
        return rng.normal(0, np.sqrt(2 / shape[0]), shape)


BY_NAME = {"uniform": Uniform(), "normal": Normal(), "glorot": Glorot(), "he": He()}


def initializer(name):
    """The initializer of that name, or the Initializer that was given.

    Raises ValueError for an unknown name.
    """
    return look_up("initializer", name, BY_NAME, Initializer)

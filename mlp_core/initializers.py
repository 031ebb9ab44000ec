"""First weights: each initializer returns an array of a layer's shape `(n_in, n_out)`."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlp_core.annotations import Array, Generator, Shape
from mlp_core.checks import GENERATOR, Checked, Rule, is_count, look_up, number, of_rules

__all__ = ["Initializer", "Uniform", "Normal", "Glorot", "He", "BY_NAME"]


PAIR = Rule(
    "two positive integers (n_in, n_out)",
    lambda shape: isinstance(shape, tuple | list) and len(shape) == 2 and all(map(is_count, shape)),
    tuple,
)


class Initializer(Checked):
    """`init(rng, shape)` draws the weights of one layer, float64, of shape `(n_in, n_out)`.

    Where `biases` is true the biases are drawn in the same way as the weights, else they start at 0. An initializer
    with another rule for biases has an `init_bias` of its own.
    """

    init: Callable[[Generator, Shape], Array]
    biases = False

    def __init_subclass__(cls):
        if "init" in vars(cls):
            cls.init = of_rules(vars(cls)["init"], rng=GENERATOR, shape=PAIR)

    def init_bias(self, rng: Generator, shape: Shape) -> Array:
        """Return the biases of one layer, of shape `(1, n_out)`; they are drawn after its weights."""
        return self.init(rng, shape) if self.biases else np.zeros(shape)


def _optional(rule):
    return lambda caller, name, value: None if value is None else rule(caller, name, value)


@dataclass(frozen=True)
class Uniform(Initializer):
    """Weights uniform in [-limit, limit), biases in [-bias_limit, bias_limit).

    Parameters
    ----------
    limit : float > 0
    bias_limit : float >= 0, or None for that of the weights; with 0 all biases start at 0

    Raises
    ------
    ValueError : for limits outside these ranges
    """

    limit: float = 1.0
    bias_limit: float | None = None
    biases = True
    _rules = {"limit": number("a limit above 0", lambda limit: limit > 0)}
    _rules |= {"bias_limit": _optional(number("a limit of at least 0 or None", lambda limit: limit >= 0))}

    def init(self, rng: Generator, shape: Shape) -> Array:
        return rng.uniform(-self.limit, self.limit, shape)

    def init_bias(self, rng: Generator, shape: Shape) -> Array:
        limit = self.limit if self.bias_limit is None else self.bias_limit
        return rng.uniform(-limit, limit, shape)


@dataclass(frozen=True)
class Normal(Initializer):
    """Weights normal with mean 0 and standard deviation `scale`, biases with `bias_scale`.

    Parameters
    ----------
    scale : float > 0
    bias_scale : float >= 0, or None for that of the weights; with 0 all biases start at 0

    Raises
    ------
    ValueError : for scales outside these ranges
    """

    scale: float = 1.0
    bias_scale: float | None = None
    biases = True
    _rules = {"scale": number("a scale above 0", lambda scale: scale > 0)}
    _rules |= {"bias_scale": _optional(number("a scale of at least 0 or None", lambda scale: scale >= 0))}

    def init(self, rng: Generator, shape: Shape) -> Array:
        return rng.normal(0, self.scale, shape)

    def init_bias(self, rng: Generator, shape: Shape) -> Array:
        return rng.normal(0, self.scale if self.bias_scale is None else self.bias_scale, shape)


@dataclass(frozen=True)
class Glorot(Initializer):
    r"""Weights uniform with limit $\sqrt{6/(m_{l-1} + m_l)}$, so variance $2/(m_{l-1} + m_l)$; biases 0.

    Glorot and Bengio (2010), equation 16.
    """

    def init(self, rng: Generator, shape: Shape) -> Array:
        limit = np.sqrt(6 / sum(shape))
        return rng.uniform(-limit, limit, shape)


@dataclass(frozen=True)
class He(Initializer):
    r"""Weights normal with mean 0 and variance $2/m_{l-1}$, for ReLU layers; biases 0.

    He, Zhang, Ren and Sun (2015), equation 10.
    """

    def init(self, rng: Generator, shape: Shape) -> Array:
        return rng.normal(0, np.sqrt(2 / shape[0]), shape)


BY_NAME = {"uniform": Uniform(), "normal": Normal(), "glorot": Glorot(), "he": He()}


def initializer(name):
    """The initializer of that name, or the Initializer that was given.

    Raises ValueError for an unknown name.
    """
    return look_up("initializer", name, BY_NAME, Initializer)

"""Rules that turn a gradient into a step, and schedules of the learning rate."""

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from types import SimpleNamespace

import numpy as np

from mlp_core.annotations import Values
from mlp_core.checks import FLAG, Checked, Rule, count, instance, number, of_rules, setting, shown
from mlp_core.parameters import Parameters
from mlp_core.regularizers import L1, in_dtype

__all__ = [
    "Schedule", "StepDecay", "ExponentialDecay", "InverseTime", "Optimizer", "SGD", "RMSprop", "Adam", "BoldDriver",
    "Clipped", "Proximal",
]

RATE = setting("a finite learning rate above 0", lambda lr: lr > 0)
SHARE = number("a number in [0, 1)", lambda share: 0 <= share < 1)
FACTOR = number("a number in (0, 1)", lambda factor: 0 < factor < 1)
POSITIVE = number("a number above 0", lambda value: value > 0)
GROWTH = number("a number above 1", lambda factor: factor > 1)
STEPS = count("a number of steps", least=0)


class Schedule(Checked):
    r"""A learning rate that changes, the `lr` of an optimizer: `schedule(t)` is $\eta_t$ of step t = 0, 1, 2, ...

    The schedule's own `lr` is $\eta_0$, a number above 0 or an array (R, 1). Raises ValueError for hyperparameters
    outside their ranges.
    """

    lr: Values
    __call__: Callable[[int], Values]

    def __init_subclass__(cls):
        if "__call__" in vars(cls):
            cls.__call__ = of_rules(vars(cls)["__call__"], t=STEPS)


@dataclass(frozen=True)
class StepDecay(Schedule):
    r"""$\eta_t = \eta_0\,\gamma^{\lfloor t/k\rfloor}$, with the factor $0 < \gamma < 1$ `every` $k \ge 1$ steps."""

    lr: Values
    factor: float
    every: int
    _rules = {"lr": RATE, "factor": FACTOR, "every": count()}

    def __call__(self, t: int) -> Values:
        return self.lr * self.factor ** (t // self.every)


@dataclass(frozen=True)
class ExponentialDecay(Schedule):
    r"""$\eta_t = \eta_0\,\gamma^t$, with the factor $0 < \gamma < 1$."""

    lr: Values
    factor: float
    _rules = {"lr": RATE, "factor": FACTOR}

    def __call__(self, t: int) -> Values:
        return self.lr * self.factor**t


@dataclass(frozen=True)
class InverseTime(Schedule):
    r"""$\eta_t = \eta_0/(1 + t/\tau)$, with $\tau > 0$ in steps; $\sum\eta_t = \infty$ and $\sum\eta_t^2 < \infty$.

    Robbins and Monro (1951).
    """

    lr: Values
    tau: float
    _rules = {"lr": RATE, "tau": POSITIVE}

    def __call__(self, t: int) -> Values:
        return self.lr / (1 + t / self.tau)


class Optimizer(Checked):
    """A rule of descent: frozen hyperparameters, and two functions.

        init(params)                -> the state before the first step
        step(params, grads, state)  -> updates params and state in place

    The state has `t`, the number of steps taken, and running averages, Parameters. `lr` is a number above 0, an array
    (R, 1) with one for each replica, or a Schedule. Where `needs_cost` is true, `step` takes a fourth argument: the
    function `cost(params)` of the loss on the batch, () or (R,).

    Raises ValueError for hyperparameters outside their ranges, and for params and grads that do not fit.
    """

    init: Callable[[Parameters], SimpleNamespace]
    step: Callable[..., None]
    needs_cost = False


def _rate_or_schedule(caller, name, lr):
    return lr if isinstance(lr, Schedule) else RATE(caller, name, lr)


OPTIMIZER = Rule(
    "an optimizer such as SGD(lr=0.1)", lambda value: isinstance(value, Optimizer) and not value.needs_cost
)


@dataclass(frozen=True)
class SGD(Optimizer):
    r"""Gradient descent, $\theta \leftarrow \theta - \eta\nabla C$, or with momentum $\mu > 0$

    $$\mathbf v \leftarrow \mu\mathbf v - \eta\nabla C, \qquad \theta \leftarrow \theta + \mathbf v.$$

    With `nesterov` the step looks one momentum ahead: after the same $\mathbf v$,
    $\theta \leftarrow \theta + \mu\mathbf v - \eta\nabla C$. The gradient is taken at $\theta$, for this $\theta$ is
    the point ahead, which is $\theta + \mu\mathbf v$ in Sutskever et al. (2013).

    Parameters
    ----------
    lr : float > 0, array (R, 1) with one learning rate for each replica, or Schedule
    momentum : float, 0 <= momentum < 1; above 0 the state has a `velocity`
    nesterov : bool

    Raises
    ------
    ValueError : for values outside these ranges

    References
    ----------
    Polyak (1964); Nesterov (1983) as rewritten by Bengio et al. (2013).
    """

    lr: Values | Schedule
    momentum: float = 0.0
    nesterov: bool = False
    _rules = {"lr": _rate_or_schedule, "momentum": SHARE, "nesterov": FLAG}

    def __post_init__(self):
        super().__post_init__()
        if self.nesterov and self.momentum == 0:
            raise ValueError(f"SGD: expected a momentum above 0 with nesterov, got momentum={self.momentum}")

    def init(self, params: Parameters) -> SimpleNamespace:
        _check_replicas(self, params)
        return SimpleNamespace(t=0, **({"velocity": params.zeros_like()} if self.momentum else {}))

    def step(self, params: Parameters, grads: Parameters, state: SimpleNamespace) -> None:
        lr, g = _rate(self, params, state), _gradient(self, params, grads)
        if self.momentum == 0:
            params.theta -= lr * g
        else:
            (v,) = _averages(self, state, grads, "velocity")
            v.theta = self.momentum * v.theta - lr * g
            params.theta += self.momentum * v.theta - lr * g if self.nesterov else v.theta
        state.t += 1


@dataclass(frozen=True)
class RMSprop(Optimizer):
    r"""Each coordinate's step is divided by the running root mean square of its gradients $\mathbf g = \nabla C$.

    $$\mathbf s \leftarrow \rho\mathbf s + (1 - \rho)\mathbf g^2, \qquad
    \theta \leftarrow \theta - \eta\,\mathbf g/(\sqrt{\mathbf s} + \varepsilon)$$

    `lr` as for Optimizer, `rho` $0 \le \rho < 1$, `eps` $\varepsilon > 0$. The state has `s`.

    Tieleman and Hinton (2012).
    """

    lr: Values | Schedule
    rho: float = 0.99
    eps: float = 1e-8
    _rules = {"lr": _rate_or_schedule, "rho": SHARE, "eps": POSITIVE}

    def init(self, params: Parameters) -> SimpleNamespace:
        _check_replicas(self, params)
        return SimpleNamespace(t=0, s=params.zeros_like())

    def step(self, params: Parameters, grads: Parameters, state: SimpleNamespace) -> None:
        lr, g = _rate(self, params, state), _gradient(self, params, grads)
        (s,) = _averages(self, state, grads, "s")
        state.t += 1
        s.theta = self.rho * s.theta + (1 - self.rho) * g**2
        params.theta -= lr * g / (np.sqrt(s.theta) + self.eps)


@dataclass(frozen=True)
class Adam(Optimizer):
    r"""RMSprop with momentum, both averages corrected for their start at 0: in step t = 1, 2, ...

    $$\mathbf m \leftarrow \beta_1\mathbf m + (1 - \beta_1)\mathbf g, \qquad
    \mathbf s \leftarrow \beta_2\mathbf s + (1 - \beta_2)\mathbf g^2$$
    $$\hat{\mathbf m} = \mathbf m/(1 - \beta_1^t), \qquad \hat{\mathbf s} = \mathbf s/(1 - \beta_2^t), \qquad
    \theta \leftarrow \theta - \eta\,\hat{\mathbf m}/(\sqrt{\hat{\mathbf s}} + \varepsilon)$$

    `lr` as for Optimizer, `beta1` and `beta2` in [0, 1), `eps` $\varepsilon > 0$. The state has `m` and `s`, the
    paper's v.

    Kingma and Ba (2015).
    """

    lr: Values | Schedule
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    _rules = {"lr": _rate_or_schedule, "beta1": SHARE, "beta2": SHARE, "eps": POSITIVE}

    def init(self, params: Parameters) -> SimpleNamespace:
        _check_replicas(self, params)
        return SimpleNamespace(t=0, m=params.zeros_like(), s=params.zeros_like())

    def step(self, params: Parameters, grads: Parameters, state: SimpleNamespace) -> None:
        lr, g = _rate(self, params, state), _gradient(self, params, grads)
        m, s = _averages(self, state, grads, "m", "s")
        state.t += 1
        m.theta = self.beta1 * m.theta + (1 - self.beta1) * g
        s.theta = self.beta2 * s.theta + (1 - self.beta2) * g**2
        m_hat = m.theta / (1 - self.beta1**state.t)
        s_hat = s.theta / (1 - self.beta2**state.t)
        params.theta -= lr * m_hat / (np.sqrt(s_hat) + self.eps)


@dataclass(frozen=True)
class BoldDriver(Optimizer):
    """Gradient descent that sets its own learning rate: the loss on the batch of a step never rises.

    A step that lowers the loss is kept and the rate grows; any other is undone and the rate shrinks. Each replica
    decides for itself.

    `lr`, of the first step, is a number or an array (R, 1), `grow` above 1, `shrink` in (0, 1). The state has `lr`, of
    shape (1,) or (R, 1).

    Vogl et al. (1988); the name is of Battiti (1989).
    """

    lr: Values
    grow: float = 1.05
    shrink: float = 0.5
    needs_cost = True
    _rules = {"lr": RATE, "grow": GROWTH, "shrink": FACTOR}

    def init(self, params: Parameters) -> SimpleNamespace:
        lr = in_dtype("BoldDriver", "lr", self.lr, params)
        return SimpleNamespace(t=0, lr=np.ones_like(params.theta[..., :1]) * lr)

    def step(
        self, params: Parameters, grads: Parameters, state: SimpleNamespace, cost: Callable[[Parameters], Values]
    ) -> None:
        g, start = _gradient(self, params, grads), params.theta.copy()
        _check_state(self, state)
        if getattr(getattr(state, "lr", None), "shape", ()) != start[..., :1].shape:
            expected = f"a state with lr of shape {start[..., :1].shape}"
            raise ValueError(f"BoldDriver: expected {expected}, got state={shown(state)}")
        if not callable(cost):
            raise ValueError(f"BoldDriver: expected a function of the parameters, got cost={shown(cost)}")
        before = cost(params)
        if np.shape(before) != start.shape[:-1] or not isinstance(before, Real | np.ndarray):
            raise ValueError(f"BoldDriver: expected a cost of shape {start.shape[:-1]}, got cost={shown(before)}")
        params.theta -= state.lr * g
        lower = np.less(cost(params), before)[..., None]  # (1,) or (R, 1)
        params.theta = np.where(lower, params.theta, start)
        state.lr *= np.where(lower, self.grow, self.shrink)
        state.t += 1


@dataclass(frozen=True)
class Clipped(Optimizer):
    r"""The step of another optimizer on a gradient of length at most c, $\mathbf g\min(1, c/\|\mathbf g\|)$.

    `optimizer` is an Optimizer that needs no cost, `norm` is $c > 0$. The length is that of the gradient of all
    parameters of one network. The state is that of the optimizer.

    Pascanu, Mikolov and Bengio (2013).
    """

    optimizer: Optimizer
    norm: float
    _rules = {"optimizer": OPTIMIZER, "norm": POSITIVE}

    def init(self, params: Parameters) -> SimpleNamespace:
        return self.optimizer.init(params)

    def step(self, params: Parameters, grads: Parameters, state: SimpleNamespace) -> None:
        g = _gradient(self, params, grads)
        length = np.sqrt(np.square(g, dtype=float).sum(axis=-1, keepdims=True))  # (1,) or (R, 1)
        clipped = grads.copy()
        clipped.theta *= self.norm / np.maximum(length, self.norm)
        self.optimizer.step(params, clipped, state)


@dataclass(frozen=True)
class Frozen(Optimizer):
    """The step of another optimizer in which some layers stay exactly as they are.

    Their gradient counts as 0, so that averages stay 0 and lengths are those of what is trained. What the step does to
    their parameters all the same, as a penalty's `prox` does, is undone. `fit` uses it for layers that are not
    `trainable`.

    `optimizer` is an Optimizer, `trainable` has True or False for each layer. The state is that of the optimizer.
    """

    optimizer: Optimizer
    trainable: tuple

    @property
    def needs_cost(self):
        return self.optimizer.needs_cost

    def init(self, params):
        return self.optimizer.init(params)

    def step(self, params, grads, state, *cost):
        _gradient(self, params, grads)
        kept = params.copy()
        for layer_grads, trainable in zip(grads, self.trainable, strict=True):
            for gradient in () if trainable else layer_grads.values():
                gradient[...] = 0
        self.optimizer.step(params, grads, state, *cost)
        for layer, layer_kept, trainable in zip(params, kept, self.trainable, strict=True):
            for name in () if trainable else layer:
                layer[name] = layer_kept[name]


def of_trainable(net, optimizer):
    """The optimizer for a network: Frozen where some of its layers are not trainable."""
    trainable = tuple(layer.trainable for layer in net.layers)
    return optimizer if all(trainable) else Frozen(optimizer, trainable)


@dataclass(frozen=True)
class Proximal(Optimizer):
    """Proximal gradient descent: a step of SGD on the gradient of the loss alone, then the penalty's `prox`.

    It minimises loss plus penalty, with weights that are exactly 0. The penalty is not in the gradient: give `fit` no
    L1 as well; with L2 it is the elastic net. `optimizer` is SGD without momentum (with it the minimum would be
    another), `penalty` is L1. The state is that of SGD.

    Parikh and Boyd (2014).
    """

    optimizer: SGD
    penalty: L1
    _rules = {
        "optimizer": Rule("SGD without momentum", lambda rule: isinstance(rule, SGD) and rule.momentum == 0),
        "penalty": instance("L1", L1),
    }

    def init(self, params: Parameters) -> SimpleNamespace:
        self.penalty.value(params)  # refuses a lam for each of another number of replicas
        return self.optimizer.init(params)

    def step(self, params: Parameters, grads: Parameters, state: SimpleNamespace) -> None:
        lr = _rate(self.optimizer, params, state)
        self.optimizer.step(params, grads, state)
        params.theta = self.penalty.prox(params, lr).theta


def _rate(optimizer, params, state):
    _check_state(optimizer, state)
    lr = optimizer.lr(state.t) if isinstance(optimizer.lr, Schedule) else optimizer.lr
    return in_dtype(type(optimizer).__name__, "lr", lr, params)


def _check_state(optimizer, state):
    if not isinstance(state, SimpleNamespace) or not hasattr(state, "t"):
        raise ValueError(f"{type(optimizer).__name__}: expected the state that init returned, got state={shown(state)}")


def _averages(optimizer, state, grads, *names):
    """The running averages in a state, Parameters of the shape of the gradient."""
    averages = [getattr(state, name, None) for name in names]
    if not all(isinstance(Q, Parameters) and Q.theta.shape == grads.theta.shape for Q in averages):
        expected = f"a state with {' and '.join(names)} of shape {grads.theta.shape}"
        raise ValueError(f"{type(optimizer).__name__}: expected {expected}, got state={shown(state)}")
    return averages


def _gradient(optimizer, params, grads):
    name = type(optimizer).__name__
    for argument, value in (("params", params), ("grads", grads)):
        if not isinstance(value, Parameters):
            raise ValueError(f"{name}: expected Parameters, got {argument}={type(value).__name__}")
    if grads.theta.shape != params.theta.shape:
        raise ValueError(f"{name}: expected grads of shape {params.theta.shape}, got shape={grads.theta.shape}")
    return grads.theta


def _check_replicas(optimizer, params):
    """Refuse params, and learning rates for each of another number of replicas."""
    lr = optimizer.lr.lr if isinstance(optimizer.lr, Schedule) else optimizer.lr
    in_dtype(type(optimizer).__name__, "lr", lr, params)

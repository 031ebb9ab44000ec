"""The types that annotations name. What a number or a shape must be stands in the docstrings."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

__all__ = []  # it serves the package itself

Array = np.ndarray
Arrays = Mapping[str, np.ndarray]  # those of one layer: {"W": ..., "b": ...}
Shape = tuple[int, ...]
Values = float | np.ndarray  # a number, or one for each replica
Generator = np.random.Generator
Generators = Generator | Sequence[Generator]  # one, or one for each replica
Metrics = Mapping[str, Callable[[Array, Array], Values]]

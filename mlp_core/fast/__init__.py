"""Private: the steps of `fit` without new arrays. The numbers are those of the readable core; tests hold them equal.

`tape` writes the numpy calls of a step down once, `costs` those of its loss, `trailing` lays many tiny networks side by
side, `images` takes convolutions, and `step` says which networks have a tape. Nothing here is needed to understand the
package.
"""

from mlp_core.fast.step import FastStep, covers

__all__ = ["FastStep", "covers"]

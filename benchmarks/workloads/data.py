"""The examples, in float32."""

import numpy as np

from mlp_core import datasets, one_hot


def xor():
    """The four examples of XOR."""
    return tuple(array.astype(np.float32) for array in datasets.xor())


def digits(N):
    """N of the 1,797 digits, 64 pixels each."""
    parts = zip(*datasets.digits(), strict=True)
    return tuple(np.concatenate(arrays)[:N].astype(np.float32) for arrays in parts)


def noise(N, *shape):
    """Normal numbers, in ten classes of equal size: time does not depend on what the pixels show."""
    X = np.random.default_rng(2).normal(size=(N, *shape)).astype(np.float32)
    return X, one_hot(np.arange(N) % 10, 10).astype(np.float32)

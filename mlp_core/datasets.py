"""Data that comes with the package: nothing is downloaded."""

import hashlib
import io
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from mlp_core.metrics import one_hot
from mlp_core.network import streams

DIGITS_SHA256 = "af104d81e7cd419be5f343d23c6ca2e4e4ff847b06636260802df8e903c6183f"

GLYPHS = {
    "A": ".###. #...# #...# ##### #...# #...# #...#",
    "C": ".###. #...# #.... #.... #.... #...# .###.",
    "E": "##### #.... #.... ####. #.... #.... #####",
    "F": "##### #.... #.... ####. #.... #.... #....",
    "H": "#...# #...# #...# ##### #...# #...# #...#",
    "I": "..#.. ..#.. ..#.. ..#.. ..#.. ..#.. ..#..",
    "L": "#.... #.... #.... #.... #.... #.... #####",
    "O": ".###. #...# #...# #...# #...# #...# .###.",
    "T": "##### ..#.. ..#.. ..#.. ..#.. ..#.. ..#..",
    "X": "#...# #...# .#.#. ..#.. .#.#. #...# #...#",
}


class Data(NamedTuple):
    """Examples X, one a row, and targets Y: float64.

    Book: chapter *xor*.
    """

    X: np.ndarray
    Y: np.ndarray


class Split(NamedTuple):
    """Three disjoint parts of one data set.

    Book: chapter *losses*.
    """

    train: Data
    validation: Data
    test: Data


def xor():
    """The exclusive or: X `(4, 2)` in the order 00, 01, 10, 11, and Y `(4, 1)`.

    Book: chapter *xor*.
    """
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    Y = np.array([[0.0], [1.0], [1.0], [0.0]])
    return Data(X, Y)


def moons(N, noise, rng):
    r"""Two interleaved half circles of radius 1, with normal noise: X `(N, 2)`, Y `(N, 1)` of 0 and 1.

    Parameters
    ----------
    N : int, at least 2; class 0 has N // 2 examples
    noise : float >= 0, standard deviation
    rng : Generator

    Raises ValueError for N or noise out of range, and for a seed where a generator is expected.

    Book: chapter *losses*.
    """
    _check("moons", N, 2, noise, rng)
    y = (np.arange(N) >= N // 2).astype(float)
    angle = rng.uniform(0, np.pi, N)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    X = np.where(y[:, None] == 0, upper, (1.0, 0.5) - upper)
    return Data(X + rng.normal(0, noise, X.shape), y[:, None])


def spirals(N, classes, noise, rng):
    r"""Arms of a spiral, one for each class, with normal noise: X `(N, 2)` within radius 1, Y `(N, classes)` one-hot.

    Example n belongs to class n mod classes; along an arm the radius grows from 0.1 to 1 over 3/4 of a turn.

    Parameters
    ----------
    N : int, at least `classes`
    classes : int, at least 2
    noise : float >= 0, standard deviation
    rng : Generator

    Raises ValueError for values out of range, and for a seed where a generator is expected.

    Book: chapter *losses*.
    """
    if not isinstance(classes, int | np.integer) or classes < 2:
        raise ValueError(f"spirals: expected at least two classes, got classes={classes!r}")
    _check("spirals", N, classes, noise, rng)
    y = np.arange(N) % classes
    radius = rng.uniform(0.1, 1, N)
    angle = 2 * np.pi * (y / classes + 0.75 * radius)
    X = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return Data(X + rng.normal(0, noise, X.shape), one_hot(y, classes))


def glyphs(letters, copies, flip, rng):
    """Letters as 7 x 5 pixels of 0 and 1, with pixels flipped at random: X `(N, 35)`, Y `(N, len(letters))` one-hot.

    Parameters
    ----------
    letters : str, of different letters among A C E F H I L O T X
    copies : int, at least 1: examples of each letter, in turn, so N = copies * len(letters)
    flip : float, 0 <= flip <= 1: the probability that a pixel is inverted
    rng : Generator

    Raises ValueError for unknown or repeated letters, for values out of range, and for a seed where a generator is
    expected.

    Book: chapter *augmentation*.
    """
    if not letters or len(set(letters)) < len(letters) or not set(letters) <= set(GLYPHS):
        raise ValueError(f"glyphs: expected different letters among {''.join(GLYPHS)}, got letters={letters!r}")
    if not isinstance(copies, int | np.integer) or copies < 1:
        raise ValueError(f"glyphs: expected at least one copy, got copies={copies!r}")
    if not 0 <= flip <= 1:
        raise ValueError(f"glyphs: expected a probability, got flip={flip}")
    streams(rng, None, "glyphs")
    clean = np.array([[pixel == "#" for pixel in GLYPHS[letter].replace(" ", "")] for letter in letters])
    y = np.tile(np.arange(len(letters)), copies)
    X = clean[y] ^ (rng.random((len(y), clean.shape[1])) < flip)
    return Data(X.astype(float), one_hot(y, len(letters)))


def digits():
    """The 1,797 handwritten digits of the UCI test set: X `(N, 64)` in [0, 1], Y `(N, 10)` one-hot.

    Each image is 8 x 8; a pixel counts the ink in a 4 x 4 block, 0 to 16, divided by 16. The split is fixed: of the
    examples of each digit, in the order of the file, every fifth beginning with the fourth is for validation,
    every fifth beginning with the fifth is for the test, the others are for training. Writers occur in all three parts.

    Returns Split. Raises OSError where the data file is damaged.

    Book: chapter *losses*. Alpaydin and Kaynak (1998), UCI Machine Learning Repository, CC BY 4.0.
    """
    content = files("mlp_core").joinpath("data", "digits.npz").read_bytes()
    checksum = hashlib.sha256(content).hexdigest()
    if checksum != DIGITS_SHA256:
        raise OSError(f"digits: expected a data file with checksum {DIGITS_SHA256}, got checksum={checksum}")
    with np.load(io.BytesIO(content)) as arrays:
        X, y = arrays["images"] / 16, arrays["labels"]
    order = np.empty(len(y), int)
    for label in range(10):
        order[y == label] = np.arange((y == label).sum())
    parts = [order % 5 < 3, order % 5 == 3, order % 5 == 4]
    return Split(*(Data(X[part], one_hot(y[part], 10)) for part in parts))


def _check(data_set, N, least, noise, rng):
    if not isinstance(N, int | np.integer) or N < least:
        raise ValueError(f"{data_set}: expected at least {least} examples, got N={N!r}")
    if not noise >= 0:
        raise ValueError(f"{data_set}: expected a standard deviation of at least 0, got noise={noise}")
    streams(rng, None, data_set)

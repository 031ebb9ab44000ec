"""Data that comes with the package: nothing is downloaded."""

import hashlib
import io
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from mlp_core.annotations import Array, Generator, Values
from mlp_core.checks import check_numbers, count, is_number, number, shown
from mlp_core.metrics import one_hot
from mlp_core.network import Network, streams
from mlp_core.parameters import Parameters

__all__ = [
    "Data", "Split", "xor", "noisy_xor", "sine", "teacher", "moons", "spirals", "glyphs", "road", "roads", "digits",
    "read_digit",
]

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
    """Examples X, one a row, and targets Y: float64."""

    X: np.ndarray
    Y: np.ndarray


class Split(NamedTuple):
    """Three disjoint parts of one data set."""

    train: Data
    validation: Data
    test: Data


def xor() -> Data:
    """The exclusive or: X `(4, 2)` in the order 00, 01, 10, 11, and Y `(4, 1)`."""
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    Y = np.array([[0.0], [1.0], [1.0], [0.0]])
    return Data(X, Y)


def noisy_xor(N: int, noise: float, rng: Generator) -> Data:
    """Clouds around the four points of `xor`, example n around point n mod 4: X `(N, 2)`, Y `(N, 1)` of 0 and 1.

    Parameters
    ----------
    N : int, at least 4
    noise : float >= 0, standard deviation
    rng : Generator

    Returns
    -------
    Data

    Raises
    ------
    ValueError : for N or noise out of range, and for a seed where a generator is expected
    """
    N, noise = _checked("noisy_xor", N, 4, noise, rng)
    X, Y = xor()
    corner = np.arange(N) % 4
    return Data(X[corner] + rng.normal(0, noise, (N, 2)), Y[corner])


def sine(N: int, noise: float, rng: Generator) -> Data:
    r"""One period of a sine, $y = \sin \pi x$ for x uniform in [-1, 1), with normal noise: X `(N, 1)`, Y `(N, 1)`.

    Parameters
    ----------
    N : int, at least 1
    noise : float >= 0, standard deviation of the noise on y
    rng : Generator

    Returns
    -------
    Data

    Raises
    ------
    ValueError : for N or noise out of range, and for a seed where a generator is expected
    """
    N, noise = _checked("sine", N, 1, noise, rng)
    X = rng.uniform(-1, 1, (N, 1))
    return Data(X, np.sin(np.pi * X) + rng.normal(0, noise, X.shape))


def teacher(net: Network, params: Parameters, N: int, noise: float, rng: Generator) -> Data:
    """What a given network answers to standard normal inputs, with normal noise: X `(N, n)`, Y `(N, m)`.

    So the right function is known, and more examples of it can be drawn.

    Parameters
    ----------
    net, params : a Network that does not begin with Dropout, and its Parameters, single and float64
    N : int, at least 1
    noise : float >= 0, standard deviation of the noise on Y
    rng : Generator

    Returns
    -------
    Data

    Raises
    ------
    ValueError : for another network, for N or noise out of range, and for a seed where a generator is expected
    """
    N, noise = _checked("teacher", N, 1, noise, rng)
    if not isinstance(net, Network) or net.layers[0].shape_in is None:
        raise ValueError(f"teacher: expected a Network that does not begin with Dropout, got net={shown(net, str)}")
    if not isinstance(params, Parameters) or params.replicas is not None:
        raise ValueError(f"teacher: expected the Parameters of a single network, got params={shown(params)}")
    X = rng.normal(size=(N, *net.layers[0].shape_in))
    Y, _ = net.forward(params, X)
    return Data(X, Y + rng.normal(0, noise, Y.shape))


def moons(N: int, noise: float, rng: Generator) -> Data:
    r"""Two interleaved half circles of radius 1, with normal noise: X `(N, 2)`, Y `(N, 1)` of 0 and 1.

    Parameters
    ----------
    N : int, at least 2; class 0 has N // 2 examples
    noise : float >= 0, standard deviation
    rng : Generator

    Returns
    -------
    Data

    Raises
    ------
    ValueError : for N or noise out of range, and for a seed where a generator is expected
    """
    N, noise = _checked("moons", N, 2, noise, rng)
    y = (np.arange(N) >= N // 2).astype(float)
    angle = rng.uniform(0, np.pi, N)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    X = np.where(y[:, None] == 0, upper, (1.0, 0.5) - upper)
    return Data(X + rng.normal(0, noise, X.shape), y[:, None])


def spirals(N: int, classes: int, noise: float, rng: Generator) -> Data:
    r"""Arms of a spiral, one for each class, with normal noise: X `(N, 2)` within radius 1, Y `(N, classes)` one-hot.

    Example n belongs to class n mod classes; along an arm the radius grows from 0.1 to 1 over 3/4 of a turn.

    Parameters
    ----------
    N : int, at least `classes`
    classes : int, at least 2
    noise : float >= 0, standard deviation
    rng : Generator

    Returns
    -------
    Data

    Raises
    ------
    ValueError : for values out of range, and for a seed where a generator is expected
    """
    classes = count("at least two classes", least=2)("spirals", "classes", classes)
    N, noise = _checked("spirals", N, classes, noise, rng)
    y = np.arange(N) % classes
    radius = rng.uniform(0.1, 1, N)
    angle = 2 * np.pi * (y / classes + 0.75 * radius)
    X = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return Data(X + rng.normal(0, noise, X.shape), one_hot(y, classes))


def glyphs(letters: str, copies: int, flip: float, rng: Generator) -> Data:
    """Letters as 7 x 5 pixels of 0 and 1, with pixels flipped at random: X `(N, 35)`, Y `(N, len(letters))` one-hot.

    Parameters
    ----------
    letters : str, of different letters among A C E F H I L O T X
    copies : int, at least 1: examples of each letter, in turn, so N = copies * len(letters)
    flip : float, 0 <= flip <= 1: the probability that a pixel is inverted
    rng : Generator

    Returns
    -------
    Data

    Raises
    ------
    ValueError : for unknown or repeated letters, for values out of range, and for a seed where a generator is expected
    """
    known = isinstance(letters, str) and letters and set(letters) <= set(GLYPHS)
    if not known or len(set(letters)) < len(letters):
        raise ValueError(f"glyphs: expected different letters among {''.join(GLYPHS)}, got letters={shown(letters)}")
    copies = count("at least one copy")("glyphs", "copies", copies)
    flip = number("a probability", lambda flip: 0 <= flip <= 1)("glyphs", "flip", flip)
    streams(rng, None, "glyphs")
    clean = np.array([[pixel == "#" for pixel in GLYPHS[letter].replace(" ", "")] for letter in letters])
    y = np.tile(np.arange(len(letters)), copies)
    X = clean[y] ^ (rng.random((len(y), clean.shape[1])) < flip)
    return Data(X.astype(float), one_hot(y, len(letters)))


def road(curvature: Values, offset: Values, heading: Values = 0.0) -> Array:
    r"""What a camera on a car sees of the road ahead: `(960,)` grey values from 0.2 to 0.8, an image of 30 x 32.

    At a distance of d metres the middle of the road lies $x = cd^2/2 - o - hd$ metres to the right, for a curvature c,
    an offset o and a heading h. The rows show the ground from 40 m (the first) to 4 m (the last), at equal steps of
    1/d as a camera does, and 0.75 d to either side; the road is 4 m wide. The grey of a pixel is between that of grass,
    0.2, and that of the road, 0.8, by the share of its width that is road.

    Each is a number or an array (N,); arrays give N images, (N, 960).

    Parameters
    ----------
    curvature : 1/m, above 0 for a bend to the right
    offset : m, of the car, above 0 to the right of the middle
    heading : rad, of the car, above 0 to the right of the road's direction

    Returns
    -------
    array

    Raises
    ------
    ValueError : for what is neither or is not finite, and for arrays of different lengths
    """
    _check_road(curvature=curvature, offset=offset, heading=heading)
    c, o, h = (np.asarray(Q, float)[..., None, None] for Q in (curvature, offset, heading))  # (..., 1, 1)
    d = 1 / np.linspace(1 / 40, 1 / 4, 30)[:, None]  # (30, 1)
    middle = c * d**2 / 2 - o - h * d  # (..., 30, 1)
    pixel = 0.75 * d / 16  # (30, 1), its width on the ground
    x = pixel * (np.arange(32) - 15.5)  # (30, 32)
    share = np.clip((2 - np.abs(x - middle)) / pixel + 0.5, 0, 1)  # (..., 30, 32)
    return 0.2 + 0.6 * share.reshape(*share.shape[:-2], 960)


def roads(N: int, noise: float, rng: Generator) -> Data:
    """Random roads as `road` draws them, with normal noise on each pixel: X `(N, 960)` in [0, 1], Y `(N, 3)`.

    The columns of Y are the curvature, uniform in [-0.02, 0.02) 1/m, the offset, in [-1.5, 1.5) m, and the heading, in
    [-0.1, 0.1) rad.

    Parameters
    ----------
    N : int, at least 1
    noise : float >= 0, standard deviation
    rng : Generator

    Returns
    -------
    Data

    Raises
    ------
    ValueError : for N or noise out of range, and for a seed where a generator is expected

    References
    ----------
    Pomerleau (1991).
    """
    N, noise = _checked("roads", N, 1, noise, rng)
    Y = rng.uniform(-1, 1, (N, 3)) * (0.02, 1.5, 0.1)
    X = road(*Y.T)
    return Data(np.clip(X + rng.normal(0, noise, X.shape), 0, 1), Y)


def digits() -> Split:
    """The 1,797 handwritten digits of the UCI test set: X `(N, 64)` in [0, 1], Y `(N, 10)` one-hot.

    Each image is 8 x 8; a pixel counts the ink in a 4 x 4 block, 0 to 16, divided by 16. The split is fixed: of the
    examples of each digit, in the order of the file, every fifth beginning with the fourth is for validation,
    every fifth beginning with the fifth is for the test, the others are for training. Writers occur in all three parts.

    Returns Split. Raises OSError where the data file is damaged.

    Alpaydin and Kaynak (1998), UCI Machine Learning Repository, CC BY 4.0.
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


def read_digit(image: Array) -> Array:
    """A digit written with a pen on paper, in the form of `digits`: `(64,)` in [0, 1], by the recipe of its makers.

    Crop to the ink, bring it to a height of 32 pixels in the middle of a square of 32 x 32, make each pixel ink or
    paper (ink covers more than half of it) and count the ink in blocks of 4 x 4. Ink is what is nearer to the darkest
    grey of the sheet than to that of the paper, the median; so the digit must stand alone, and the light be even.

    Parameters
    ----------
    image : (H, W) of grey or (H, W, 3) of red, green and blue, dark on light
        On any scale, such as 0 to 255 or 0 to 1.

    Returns
    -------
    array

    Raises
    ------
    ValueError
        For an array of another shape, for NaN and infinity, and for a sheet that is blank (its contrast below a quarter
        of the paper's grey) or light on dark.

    References
    ----------
    Alpaydin and Kaynak (1998).
    """
    grey = _grey(image)
    paper = np.median(grey)
    ink = (paper - grey) / (paper - grey.min()) > 0.5  # (H, W)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]  # (h, w)
    height, width = ink.shape
    across = min(32, max(1, round(32 * width / height)))
    square, left = np.zeros((32, 32)), (32 - across) // 2
    square[:, left : left + across] = _cover(height, 32) @ ink @ _cover(width, across).T
    return (square > 0.5).reshape(8, 4, 8, 4).mean(axis=(1, 3)).ravel()


def _cover(pixels, cells):
    """How much of each cell each pixel covers, where both divide one length: (cells, pixels), rows of sum 1."""
    edge = np.arange(cells + 1)[:, None] * pixels / cells
    return np.diff(np.clip(edge - np.arange(pixels), 0, 1), axis=0) * cells / pixels


def _grey(image):
    """The grey of each pixel (H, W) of a sheet that can be read."""
    check_numbers("read_digit", "image", image)
    if image.ndim not in (2, 3) or image.shape[2:] not in ((), (3,)) or 0 in image.shape:
        raise ValueError(f"read_digit: expected an image (H, W) or (H, W, 3), got image.shape={image.shape}")
    if not np.isfinite(image).all():
        raise ValueError(f"read_digit: expected finite grey values, got value={image[~np.isfinite(image)][0]}")
    grey = image.astype(float) if image.ndim == 2 else image @ (0.299, 0.587, 0.114)  # (H, W)
    darkest, paper, lightest = grey.min(), np.median(grey), grey.max()
    if max(paper - darkest, lightest - paper) <= 0.25 * abs(paper):
        got = f"grey from {darkest:.3g} to {lightest:.3g}"
        raise ValueError(f"read_digit: expected a digit on the sheet, got {got}")
    if lightest - paper > paper - darkest:
        got = f"paper of grey {paper:.3g} and ink up to {lightest:.3g}"
        raise ValueError(f"read_digit: expected a digit darker than its paper, got {got}")
    return grey


def _checked(data_set, N, least, noise, rng):
    N = count(f"an integer of at least {least}", least)(data_set, "N", N)
    noise = number("a standard deviation of at least 0", lambda noise: noise >= 0)(data_set, "noise", noise)
    streams(rng, None, data_set)
    return N, noise


def _check_road(**geometry):
    for name, Q in geometry.items():
        array = type(Q) is np.ndarray and Q.ndim == 1 and Q.dtype.kind in "iuf" and np.isfinite(Q).all()
        if not array and not is_number(Q):
            raise ValueError(f"road: expected a finite number or an array (N,) of them, got {name}={shown(Q)}")
    lengths = sorted({len(Q) for Q in geometry.values() if isinstance(Q, np.ndarray)})
    if len(lengths) > 1:
        raise ValueError(f"road: expected arrays of one length, got lengths={lengths}")

"""Data sets: their geometry, their splits, the same from the same generator, the digits as published."""

import numpy as np
import pytest

from mlp_core import datasets
from mlp_core.datasets import GLYPHS, Data, Split, digits, glyphs, moons, spirals, xor


def rng(seed=0):
    return np.random.default_rng(seed)


RANDOM = [
    lambda rng: moons(20, 0.1, rng),
    lambda rng: spirals(21, 3, 0.1, rng),
    lambda rng: glyphs("HIT", 4, 0.1, rng),
]


@pytest.mark.parametrize("make", RANDOM)
def test_the_same_generator_gives_the_same_data_and_another_one_other_data(make):
    first, again, other = make(rng()), make(rng()), make(rng(1))
    np.testing.assert_array_equal(first.X, again.X)
    np.testing.assert_array_equal(first.Y, again.Y)
    assert (first.X != other.X).any()


@pytest.mark.parametrize("make", [lambda rng: xor(), *RANDOM, lambda rng: digits().train])
def test_examples_are_rows_and_both_arrays_float64(make):
    data = make(rng())
    assert isinstance(data, Data)
    assert data.X.dtype == data.Y.dtype == np.float64
    assert data.X.ndim == data.Y.ndim == 2
    assert len(data.X) == len(data.Y)


def test_xor_is_one_where_the_bits_differ():
    X, Y = xor()
    np.testing.assert_array_equal(X, [[0, 0], [0, 1], [1, 0], [1, 1]])
    np.testing.assert_array_equal(Y[:, 0], X[:, 0] != X[:, 1])


@pytest.mark.parametrize("N", [2, 51])
def test_moons_lie_on_two_half_circles(N):
    X, Y = moons(N, 0, rng())
    assert X.shape == (N, 2)
    assert (Y == 0).sum() == N // 2
    upper, lower = X[Y[:, 0] == 0], X[Y[:, 0] == 1]
    np.testing.assert_allclose(np.linalg.norm(upper, axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(lower - (1, 0.5), axis=1), 1, rtol=1e-12)
    assert (upper[:, 1] >= 0).all()
    assert (lower[:, 1] <= 0.5).all()


def test_the_noise_of_moons_has_the_standard_deviation_asked_for():
    X, Y = moons(20_000, 0.2, rng())
    residual = np.concatenate([X[Y[:, 0] == 0], (1, 0.5) - X[Y[:, 0] == 1]])
    np.testing.assert_allclose(np.var(np.linalg.norm(residual, axis=1)), 0.04, rtol=0.1)
    clean, _ = moons(20_000, 0, rng())
    np.testing.assert_allclose((X - clean).std(axis=0), 0.2, rtol=0.02)
    np.testing.assert_allclose((X - clean).mean(axis=0), 0, atol=0.01)


def test_arms_of_the_spiral_turn_three_quarters_while_the_radius_grows_to_one():
    X, Y = spirals(300, 3, 0, rng())
    assert Y.shape == (300, 3)
    np.testing.assert_array_equal(Y.argmax(axis=1), np.arange(300) % 3)
    radius = np.linalg.norm(X, axis=1)
    assert 0.1 <= radius.min() < 0.12
    assert 0.98 < radius.max() <= 1
    turns = np.arctan2(X[:, 1], X[:, 0]) / (2 * np.pi) - 0.75 * radius - Y.argmax(axis=1) / 3
    np.testing.assert_allclose(turns - np.round(turns), 0, atol=1e-12)


def test_the_noise_of_spirals_has_the_standard_deviation_asked_for():
    difference = spirals(9000, 3, 0.1, rng()).X - spirals(9000, 3, 0, rng()).X
    np.testing.assert_allclose(difference.std(axis=0), 0.1, rtol=0.03)
    np.testing.assert_allclose(difference.mean(axis=0), 0, atol=0.005)


def test_clean_glyphs_are_the_letters_in_turn():
    X, Y = glyphs("LT", 2, 0, rng())
    np.testing.assert_array_equal(Y.argmax(axis=1), [0, 1, 0, 1])
    drawn = ["".join(".#"[int(pixel)] for pixel in row) for row in X]
    assert drawn == [GLYPHS[letter].replace(" ", "") for letter in "LTLT"]


def test_every_glyph_is_seven_by_five_and_different_from_the_others():
    X, Y = glyphs("".join(GLYPHS), 1, 0, rng())
    assert X.shape == (10, 35)
    assert len(np.unique(X, axis=0)) == 10
    np.testing.assert_array_equal(Y, np.eye(10))
    assert all([len(row) for row in glyph.split()] == [5] * 7 for glyph in GLYPHS.values())


@pytest.mark.parametrize("flip", [0.1, 0.5, 1])
def test_the_flip_of_glyphs_is_the_probability_that_a_pixel_is_inverted(flip):
    clean, noisy = glyphs("HO", 1000, 0, rng()), glyphs("HO", 1000, flip, rng())
    np.testing.assert_allclose((clean.X != noisy.X).mean(), flip, atol=0.01)
    assert set(np.unique(noisy.X)) == {0, 1}


def test_digits_are_all_there_and_in_zero_to_one():
    split = digits()
    assert isinstance(split, Split)
    X, Y = np.concatenate([part.X for part in split]), np.concatenate([part.Y for part in split])
    assert X.shape == (1797, 64)
    assert (X.min(), X.max()) == (0, 1)
    np.testing.assert_array_equal(X * 16, np.round(X * 16))
    np.testing.assert_array_equal(Y.sum(axis=1), np.ones(1797))
    np.testing.assert_array_equal(Y.sum(axis=0), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])


def test_the_split_takes_every_fifth_of_each_digit_beginning_with_the_fourth_and_the_fifth():
    content = datasets.files("mlp_core").joinpath("data", "digits.npz").read_bytes()
    with np.load(datasets.io.BytesIO(content)) as arrays:
        images, labels = arrays["images"], arrays["labels"]
    split = digits()
    for label in range(10):
        rows = images[labels == label] / 16
        for part, expected in (
            (split.validation, rows[3::5]),
            (split.test, rows[4::5]),
            (split.train, np.delete(rows, np.r_[3 : len(rows) : 5, 4 : len(rows) : 5], axis=0)),
        ):
            np.testing.assert_array_equal(part.X[part.Y[:, label] == 1], expected)


def test_the_parts_of_the_split_are_disjoint_and_hold_every_digit_in_equal_shares():
    split = digits()
    assert [len(part.X) for part in split] == [1085, 357, 355]
    rows = [set(map(bytes, part.X)) for part in split]
    assert not rows[0] & rows[1] | rows[0] & rows[2] | rows[1] & rows[2]
    for part in split:
        assert np.ptp(part.Y.sum(axis=0)) <= 6


def test_a_damaged_data_file_is_refused(monkeypatch, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "digits.npz").write_bytes(b"")
    monkeypatch.setattr(datasets, "files", lambda package: tmp_path)
    with pytest.raises(OSError) as error:
        digits()
    assert str(error.value) == (
        f"digits: expected a data file with checksum {datasets.DIGITS_SHA256}, got "
        "checksum=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


WRONG = {
    "moons: expected at least 2 examples, got N=1": lambda: moons(1, 0.1, rng()),
    "moons: expected at least 2 examples, got N=2.0": lambda: moons(2.0, 0.1, rng()),
    "moons: expected a standard deviation of at least 0, got noise=-0.1": lambda: moons(10, -0.1, rng()),
    "moons: expected a standard deviation of at least 0, got noise=nan": lambda: moons(10, np.nan, rng()),
    "moons: expected a numpy Generator, got rng=int": lambda: moons(10, 0.1, 0),
    "spirals: expected at least two classes, got classes=1": lambda: spirals(10, 1, 0.1, rng()),
    "spirals: expected at least two classes, got classes=2.5": lambda: spirals(10, 2.5, 0.1, rng()),
    "spirals: expected at least 3 examples, got N=2": lambda: spirals(2, 3, 0.1, rng()),
    "spirals: expected a standard deviation of at least 0, got noise=-1": lambda: spirals(10, 3, -1, rng()),
    "spirals: expected a numpy Generator, got rng=NoneType": lambda: spirals(10, 3, 0.1, None),
    "glyphs: expected different letters among ACEFHILOTX, got letters=''": lambda: glyphs("", 1, 0, rng()),
    "glyphs: expected different letters among ACEFHILOTX, got letters='AA'": lambda: glyphs("AA", 1, 0, rng()),
    "glyphs: expected different letters among ACEFHILOTX, got letters='AB'": lambda: glyphs("AB", 1, 0, rng()),
    "glyphs: expected at least one copy, got copies=0": lambda: glyphs("A", 0, 0, rng()),
    "glyphs: expected at least one copy, got copies=1.5": lambda: glyphs("A", 1.5, 0, rng()),
    "glyphs: expected a probability, got flip=1.5": lambda: glyphs("A", 1, 1.5, rng()),
    "glyphs: expected a probability, got flip=nan": lambda: glyphs("A", 1, np.nan, rng()),
    "glyphs: expected a numpy Generator, got rng=int": lambda: glyphs("A", 1, 0, 0),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence(message):
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message

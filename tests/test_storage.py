"""Storage: every bit comes back, or one sentence; a file is whole or as it was before."""

import hashlib
import io
import os
import re
import warnings
import zipfile
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp_core import MLP, Dense, Dropout, Flatten, Network, Parameters
from mlp_core.storage import load, save

NET = MLP("2-3-1")
SENTENCE = re.compile(r"(load|save|Parameters): expected [^\n]+, got [^\n]+")


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "net.npz"


@pytest.fixture
def content(path):
    """The bytes of a saved file."""
    save(path, NET, NET.init(rng()))
    return path.read_bytes()


def reloaded(path, content, net=NET):
    """The parameters in a file of the given bytes, or None where it is refused in one sentence, without a warning."""
    with warnings.catch_warnings(), mock.patch.object(Path, "read_bytes", lambda self: content):
        warnings.simplefilter("error")
        try:
            return load(path, net)
        except (OSError, ValueError) as error:
            assert SENTENCE.fullmatch(str(error)), str(error)
            return None


def signed(content):
    """The bytes with a checksum that is right for them, as a forger would write it."""
    return content[:-64] + hashlib.sha256(content[:-64]).hexdigest().encode()


def forged(members, compression=zipfile.ZIP_STORED):
    """A file with the given members and a right checksum."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
        archive.comment = b"mlp_core format 1 sha256 " + b"0" * 64
    return signed(file.getvalue())


def members(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def npy(array, **options):
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("replicas", [None, 1, 3])
def test_every_bit_comes_back(path, replicas, dtype):
    params = NET.init(rng(), replicas, dtype)
    params.theta[..., :5] = np.nan, np.inf, -np.inf, -0.0, np.finfo(dtype).smallest_subnormal
    save(path, NET, params)
    found = load(path, NET)
    assert found.shapes == params.shapes
    assert found.theta.dtype == dtype
    assert found.theta.shape == params.theta.shape
    assert found.theta.tobytes() == params.theta.tobytes()


@settings(max_examples=30)
@given(st.lists(st.integers(1, 40), min_size=2, max_size=5), st.sampled_from([None, 1, 2, 7]))
def test_every_bit_comes_back_for_any_sizes(tmp_path_factory, sizes, replicas):
    net, path = MLP(sizes), tmp_path_factory.mktemp("sizes") / "net.npz"
    params = net.init(rng(), replicas)
    save(path, net, params)
    np.testing.assert_array_equal(load(path, net).theta, params.theta, strict=True)


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_order_in_memory_does_not_matter(path, order):
    params = NET.init(rng(), replicas=3)
    save(path, NET, Parameters(params.shapes, np.array(params.theta, order=order)))
    np.testing.assert_array_equal(load(path, NET).theta, params.theta)


def test_one_replica_of_several_is_saved_as_a_single_network(path):
    params = NET.init(rng(), replicas=3)
    save(path, NET, params.replica(1))
    np.testing.assert_array_equal(load(path, NET).theta, params.theta[1], strict=True)


def test_a_network_without_parameters_is_saved_too(path):
    net = Network([Flatten((2, 2))])
    save(path, net, net.init(rng()))
    assert load(path, net).theta.shape == (0,)


def test_what_was_loaded_can_be_trained(path, content):
    found = load(path, NET)
    found.theta += 1
    found[0]["W"][...] = 5
    assert (found.theta[:6] == 5).all()


def test_the_path_may_be_text(path):
    save(str(path), NET, NET.init(rng()))
    np.testing.assert_array_equal(load(str(path), NET).theta, NET.init(rng()).theta)


def test_the_file_is_an_ordinary_npz_that_says_what_it_holds(path, content):
    with np.load(path, allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["theta"], NET.init(rng()).theta)
    assert members(content)["network.txt"] == b"Dense 2->3 Tanh(), Dense 3->1 Identity()"
    assert re.search(rb"mlp_core format 1 sha256 [0-9a-f]{64}\Z", content)


def test_a_file_with_one_byte_changed_is_refused(path, content):
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        assert reloaded(path, bytes(changed)) is None


def test_a_file_cut_off_anywhere_is_refused(path, content):
    for length in range(len(content)):
        assert reloaded(path, content[:length]) is None


def test_a_file_with_something_appended_is_refused(path, content):
    assert reloaded(path, content + b"\0") is None
    assert reloaded(path, content + b"\n") is None
    assert reloaded(path, content + content) is None


def test_a_forged_file_gives_parameters_of_the_network_or_one_sentence(path, content):
    for place in range(len(content) - 64):
        changed = bytearray(content)
        changed[place] ^= 1 << (place + place // 8) % 8
        found = reloaded(path, signed(bytes(changed)))
        assert found is None or found.theta.shape == (13,)


def test_a_forged_file_must_have_exactly_the_members_of_a_saved_one(path, content):
    ours = members(content)
    assert reloaded(path, forged(ours)) is not None
    assert reloaded(path, forged(ours, zipfile.ZIP_DEFLATED)) is None
    for name in ours:
        assert reloaded(path, forged({other: ours[other] for other in ours if other != name})) is None


THETA = NET.init(rng()).theta


@pytest.mark.parametrize(
    "array",
    [
        npy(THETA[:12]),
        npy(np.append(THETA, 0)),
        npy(THETA[None, None]),
        npy(THETA[0]),
        npy(THETA.astype(">f8")),
        npy(THETA.astype(np.float16)),
        npy(THETA.astype(int)),
        npy(THETA.astype(complex)),
        npy(THETA.astype(str)),
        npy(THETA.astype(object), allow_pickle=True),
        npy(np.asfortranarray(np.stack([THETA, THETA]))),
        npy(THETA)[:-1],
        npy(THETA) + b"\0",
        npy(THETA).replace(b"(13,)", b"(14,)"),
        npy(THETA).replace(b"(13,)", b"(1L,)"),
        npy(THETA).replace(b"(13,), }" + b" " * 20, b"(13,), }" + b"(" * 20),
        npy(THETA).replace(b"(13,), }" + b" " * 20, b"(1000000000000000, 13), }   "),
        npy(THETA).replace(b"(13,), }" + b" " * 20, b"(" + b"9" * 21 + b",), }  "),
        b"",
    ],
    ids=range(19),
)
def test_a_forged_array_is_refused_and_its_declared_size_not_believed(path, content, array):
    assert reloaded(path, forged({**members(content), "theta.npy": array})) is None


def test_a_forged_file_with_the_text_of_another_encoding_is_refused(path, content):
    assert reloaded(path, forged({**members(content), "network.txt": b"\xff"})) is None


def test_a_plain_npz_and_other_files_are_refused(path):
    file = io.BytesIO()
    np.savez(file, theta=THETA)
    for content in (file.getvalue(), npy(THETA), b"", b"text", b"PK\x03\x04", b"\0" * 1000):
        assert reloaded(path, content) is None


OTHERS = {
    "Dense 2->4 Tanh(), Dense 4->1 Identity()": MLP("2-4-1"),
    "Dense 2->3 ReLU(), Dense 3->1 Identity()": MLP("2-3-1", hidden="relu"),
    "Dense 2->3 Tanh(), Dense 3->1 Logistic(beta=1.0)": MLP("2-3-1", output="logistic"),
    "Dense 2->3 Tanh(), Dropout 0.5, Dense 3->1 Identity()": Network(
        [Dense(2, 3, "tanh"), Dropout(0.5), Dense(3, 1)]
    ),
}


@pytest.mark.parametrize("other", OTHERS)
def test_the_file_of_another_network_is_refused(path, content, other):
    expected = f"load: expected parameters of {other}, got those of Dense 2->3 Tanh(), Dense 3->1 Identity()"
    with pytest.raises(ValueError) as error:
        load(path, OTHERS[other])
    assert str(error.value) == expected


def test_the_initializer_and_the_type_of_a_size_do_not_matter(path, content):
    for same in (MLP("2-3-1", initializer="normal"), MLP(np.array([2, 3, 1]))):
        np.testing.assert_array_equal(load(path, same).theta, THETA)


def test_a_file_of_a_newer_format_is_refused(path, content):
    path.write_bytes(signed(content.replace(b"format 1 ", b"format 2 ")))
    with pytest.raises(OSError) as error:
        load(path, NET)
    assert str(error.value) == "load: expected a file of format 1, got format=2"


def test_a_damaged_file_is_refused_in_a_sentence_that_names_it(path, content):
    path.write_bytes(content[:-1])
    with pytest.raises(OSError) as error:
        load(path, NET)
    assert str(error.value) == f"load: expected a file that save wrote, complete and unchanged, got path='{path}'"


def test_saving_replaces_an_older_file_and_leaves_nothing_else(path, content):
    save(path, MLP("1-1"), MLP("1-1").init(rng()))
    assert load(path, MLP("1-1")).theta.shape == (2,)
    assert os.listdir(path.parent) == ["net.npz"]


@pytest.mark.parametrize("function", ["fsync", "replace"])
@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "stop"])
def test_a_save_that_fails_leaves_the_older_file_and_nothing_else(path, content, monkeypatch, function, failure):
    def fail(*arguments):
        raise failure

    monkeypatch.setattr(os, function, fail)
    with pytest.raises(type(failure)):
        save(path, MLP("1-1"), MLP("1-1").init(rng()))
    assert path.read_bytes() == content
    assert os.listdir(path.parent) == ["net.npz"]


def test_what_is_on_the_disk_when_the_name_changes_is_complete(path, monkeypatch):
    steps, fsync, replace = [], os.fsync, os.replace

    def watched_fsync(file):
        steps.append(os.fstat(file).st_size)
        fsync(file)

    def watched_replace(temporary, target):
        steps.append(temporary.parent == path.parent and os.path.getsize(temporary))
        replace(temporary, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "replace", watched_replace)
    save(path, NET, NET.init(rng()))
    assert steps == [path.stat().st_size] * 2


def test_a_path_that_cannot_be_read_or_written_is_named_with_the_reason(tmp_path):
    missing, folder = tmp_path / "none" / "net.npz", tmp_path / "folder.npz"
    folder.mkdir()
    with pytest.raises(FileNotFoundError) as error:
        load(missing, NET)
    assert str(error.value) == f"load: expected a path to read from, got path='{missing}' (No such file or directory)"
    with pytest.raises(FileNotFoundError) as error:
        save(missing, NET, NET.init(rng()))
    assert str(error.value) == f"save: expected a path to write to, got path='{missing}' (No such file or directory)"
    for call in (lambda: load(folder, NET), lambda: save(folder, NET, NET.init(rng()))):
        with pytest.raises(OSError) as error:
            call()
        assert SENTENCE.fullmatch(str(error.value))
    assert os.listdir(tmp_path) == ["folder.npz"]


def test_a_folder_that_is_a_file_is_refused_in_one_sentence(path, content):
    for call in (lambda: load(path / "a.npz", NET), lambda: save(path / "a.npz", NET, NET.init(rng()))):
        with pytest.raises(OSError) as error:
            call()
        assert SENTENCE.fullmatch(str(error.value))


PARAMS = NET.init(rng())
WRONG = {
    "save: expected a path with the extension .npz, got path='net'": lambda: save("net", NET, PARAMS),
    "save: expected a path with the extension .npz, got path='net.npy'": lambda: save("net.npy", NET, PARAMS),
    "save: expected a path with the extension .npz, got path='.npz'": lambda: save(".npz", NET, PARAMS),
    "save: expected a path with the extension .npz, got path='a\\x00.npz'": lambda: save("a\0.npz", NET, PARAMS),
    "save: expected a path with the extension .npz, got path=None": lambda: save(None, NET, PARAMS),
    "load: expected a path with the extension .npz, got path='net'": lambda: load("net", NET),
    "load: expected a path with the extension .npz, got path=b'net.npz'": lambda: load(b"net.npz", NET),
    "save: expected a Network such as MLP('2-2-1'), "
    "got net=Parameters(theta (13,) float64: {'W': (2, 3), 'b': (1, 3)}, {'W': (3, 1), 'b': (1, 1)})": (
        lambda: save("net.npz", PARAMS, NET)
    ),
    "load: expected a Network such as MLP('2-2-1'), got net='2-3-1'": lambda: load("net.npz", "2-3-1"),
    "save: expected parameters of Network(Dense 2->3, Dense 3->1), got params=ndarray": (
        lambda: save("net.npz", NET, PARAMS.theta)
    ),
    "save: expected parameters of Network(Dense 2->2), got params="
    "Parameters(theta (13,) float64: {'W': (2, 3), 'b': (1, 3)}, {'W': (3, 1), 'b': (1, 1)})": (
        lambda: save("net.npz", MLP("2-2"), PARAMS)
    ),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_input_is_refused_with_one_sentence_and_nothing_is_written(message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError) as error:
        WRONG[message]()
    assert str(error.value) == message
    assert os.listdir(tmp_path) == []

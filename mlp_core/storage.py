"""Parameters in a file: a plain `.npz` without pickle, written whole or not at all, checked to the last bit."""

import hashlib
import io
import os
import re
import zipfile
from contextlib import suppress
from math import prod
from os import PathLike
from pathlib import Path

import numpy as np

from mlp_core.checks import shown
from mlp_core.network import Network, check_network
from mlp_core.parameters import Parameters, check_parameters

__all__ = ["save", "load"]

FORMAT = 1
END = re.compile(rb"mlp_core format (\d+) sha256 ([0-9a-f]{64})\Z")
HEADER = re.compile(
    rb"\x93NUMPY\x01\0..\{'descr': '<(f[48])', 'fortran_order': False, 'shape': \((\d{1,18}), ?(\d{1,18})?\), \} *\n",
    re.DOTALL,
)


def save(path: str | PathLike[str], net: Network, params: Parameters) -> None:
    """Write the parameters of a network to a file. Should that fail, a file that was there before is as it was.

    The file holds the array `theta`, which `np.load` reads, the network in words, and a checksum of everything.

    Parameters
    ----------
    path : str or Path, with the extension .npz
    net, params : a Network and its Parameters, single or R replicas; NaN and infinity are kept

    Raises
    ------
    ValueError : for another path and for parameters of another network
    OSError : where nothing can be written
    """
    path = _checked("save", path, net)
    check_parameters("save", net, params)
    content = _packed(net, params.theta)
    temporary = path.with_name(f"{path.name}.{os.urandom(4).hex()}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise type(error)(f"save: expected a path to write to, got path={str(path)!r} ({error.strerror})") from None
    finally:
        with suppress(OSError):
            temporary.unlink()


def load(path: str | PathLike[str], net: Network) -> Parameters:
    """Read the parameters of a network from a file written by `save`: every bit as it was saved.

    Parameters
    ----------
    path : str or Path, with the extension .npz
    net : the Network that was saved, with the same layers and activations; initializers may differ

    Returns
    -------
    Parameters

    Raises
    ------
    ValueError : for another path and for a file of another network
    OSError
        For a file that cannot be read, that is not one of `save`'s or not of this format, and for one that was cut off
        or changed.
    """
    path = _checked("load", path, net)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise type(error)(f"load: expected a path to read from, got path={str(path)!r} ({error.strerror})") from None
    end = END.search(content[-200:])
    intact = end is not None and end[2] == _checksum(content[:-64])
    if intact and int(end[1]) != FORMAT:
        raise OSError(f"load: expected a file of format {FORMAT}, got format={int(end[1])}")
    unpacked = _unpacked(content) if intact else None
    if unpacked is None:
        raise OSError(f"load: expected a file that save wrote, complete and unchanged, got path={str(path)!r}")
    network, theta = unpacked
    if network != _in_words(net):
        raise ValueError(f"load: expected parameters of {_in_words(net)}, got those of {network}")
    return Parameters(net.shapes, theta)


def _packed(net, theta):
    """The bytes of the file. The checksum is the comment at the end of the zip archive, so it covers all before it."""
    file = io.BytesIO()
    np.savez(file, theta=np.ascontiguousarray(theta, theta.dtype.newbyteorder("<")))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(zipfile.ZipInfo("network.txt"), _in_words(net))
        archive.comment = f"mlp_core format {FORMAT} sha256 {'0' * 64}".encode()
    content = file.getvalue()[:-64]
    return content + _checksum(content)


def _unpacked(content):
    """The network in words and theta; None for what `_packed` does not write. Nothing is believed about sizes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if any(member.compress_type != zipfile.ZIP_STORED for member in archive.infolist()):
                return None
            network, array = archive.read("network.txt").decode(), archive.read("theta.npy")
    except Exception:
        return None
    header = HEADER.match(array)
    if header is None:
        return None
    dtype, shape = np.dtype(header[1].decode()), [int(n) for n in header.groups()[1:] if n]
    if len(array) - header.end() != prod(shape) * dtype.itemsize:
        return None
    return network, np.frombuffer(array, dtype.newbyteorder("<"), offset=header.end()).reshape(shape).astype(dtype)


def _checksum(content):
    return hashlib.sha256(content).hexdigest().encode()


def _in_words(net):
    return ", ".join(f"{layer} {getattr(layer, 'activation', '')}".strip() for layer in net.layers)


def _checked(caller, path, net) -> Path:
    if not isinstance(path, str | os.PathLike) or Path(path).suffix != ".npz" or "\0" in str(path):
        raise ValueError(f"{caller}: expected a path with the extension .npz, got path={shown(path)}")
    check_network(caller, net)
    return Path(path)

"""Announcements as one file, for a USB stick: carried by hand where no network goes.

The file is MAGIC, the network's id, and then each announcement as two bytes of length (big-endian)
and so many bytes, sealed in a closed network as they would travel.
"""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from potluck.node.home.files import reading
from potluck.protocol.errors import LocalError, RemoteError
from potluck.protocol.network import ID_BYTES, NONCE_BYTES, SEAL_OVERHEAD, Network
from potluck.protocol.wire import MAX_ENCODED

MAGIC = b"potluck-deck-v1\n"


def is_bundle(path: Path) -> bool:
    """Whether the file begins as a bundle does."""
    if not path.is_file():  # to open a pipe would wait for its other end
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def header(network: Network) -> bytes:
    """What the file begins with."""
    return MAGIC + network.id


def pack(network: Network, encoded: bytes) -> bytes:
    """An encoded announcement as it stands in the file."""
    payload = network.seal(encoded, secrets.token_bytes(NONCE_BYTES))
    return len(payload).to_bytes(2, "big") + payload


def read(network: Network, path: Path) -> Iterator[bytes]:
    """The encoded announcements of a file, none of them checked yet. Raises LocalError."""
    with reading(path), path.open("rb") as file:
        yield from read_from(network, path, file)


def read_from(network: Network, path: Path | str, file: BinaryIO) -> Iterator[bytes]:
    """The same of an open file; `path` is what errors call it."""
    if file.read(len(MAGIC)) != MAGIC or file.read(ID_BYTES) != network.id:
        raise LocalError(
            "{path} is no bundle of the network {name!r}", path=path, name=network.name
        )
    while head := file.read(2):
        length = int.from_bytes(head, "big")
        payload = file.read(length)
        if len(payload) != length or length > MAX_ENCODED + SEAL_OVERHEAD:
            raise LocalError(
                "{path} is cut short or damaged; what came before is taken in", path=path
            )
        try:
            yield network.open(payload)
        except RemoteError:
            raise LocalError(
                "{path} was not sealed with this network's secret", path=path
            ) from None

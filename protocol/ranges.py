"""The messages of a reconciliation: a version byte, then ranges that cover all in order.

Each range gives only its exclusive upper bound; the lower one is the bound before it.
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from .items import FINGERPRINT_BYTES, ID_BYTES, INFINITY
from .varint import Reader, encode_varint, malformed

VERSION = 0x61


class Kind(IntEnum):
    """What a range says; the numbers are negentropy's modes."""

    SKIP = 0
    FINGERPRINT = 1
    ID_LIST = 2


class Bound(NamedTuple):
    """An exclusive upper bound; a short prefix stands for one filled up with zeros."""

    timestamp: int
    prefix: bytes = b""

    @property
    def item(self) -> tuple[int, bytes]:
        """The smallest item that is not below it."""
        return self.timestamp, self.prefix.ljust(ID_BYTES, b"\0")


class Range(NamedTuple):
    """A range: its bound, its kind, and a fingerprint or the ids one after the other."""

    bound: Bound
    kind: Kind
    payload: bytes = b""


START, END = Bound(0), Bound(INFINITY)


def read_ranges(message: bytes) -> Iterator[Range]:
    """The ranges of a peer's message, one by one; RemoteError where it is malformed."""
    reader = Reader(message)
    if reader.take(1)[0] != VERSION:
        raise malformed("an unknown version")
    bound = START
    while reader.left:
        if bound == END:
            raise malformed("a range beyond the last")
        following = _read_bound(reader, bound.timestamp)
        if following.item < bound.item:
            raise malformed("bounds that descend")
        bound = following
        kind = reader.varint()
        if kind not in (Kind.SKIP, Kind.FINGERPRINT, Kind.ID_LIST):
            raise malformed("an unknown kind of range")
        yield Range(bound, Kind(kind), _read_payload(reader, Kind(kind)))


def _read_bound(reader: Reader, last: int) -> Bound:
    step = reader.varint()
    timestamp = last + step - 1 if step else INFINITY
    if step and timestamp >= INFINITY:
        raise malformed("a timestamp at or beyond infinity")
    length = reader.varint()
    if length > ID_BYTES:
        raise malformed("a prefix longer than an id")
    prefix = reader.take(length)
    return END if timestamp == INFINITY else Bound(timestamp, prefix)


def _read_payload(reader: Reader, kind: Kind) -> bytes:
    if kind is Kind.SKIP:
        return b""
    if kind is Kind.FINGERPRINT:
        return reader.take(FINGERPRINT_BYTES)
    return reader.take(reader.varint() * ID_BYTES)


class Writer:
    """A message as it grows; Skip ranges are held back until another range follows."""

    def __init__(self) -> None:
        self._message = bytearray([VERSION])
        self._timestamp = 0
        self._skipped_to: Bound | None = None

    def __len__(self) -> int:
        """How many bytes the message has so far."""
        return len(self._message)

    def skip(self, bound: Bound) -> None:
        self._skipped_to = bound

    def write(self, part: Range) -> None:
        if self._skipped_to is not None:
            self._append(Range(self._skipped_to, Kind.SKIP))
            self._skipped_to = None
        self._append(part)

    def close(self, length: int, fingerprint: bytes) -> None:
        """Drop what is beyond `length` bytes and end with one fingerprint for all the rest."""
        del self._message[length:]
        self._append(Range(END, Kind.FINGERPRINT, fingerprint))

    def message(self) -> bytes:
        return bytes(self._message)

    def _append(self, part: Range) -> None:
        self._message += self._bound(part.bound) + encode_varint(part.kind)
        if part.kind is Kind.ID_LIST:
            self._message += encode_varint(len(part.payload) // ID_BYTES)
        self._message += part.payload

    def _bound(self, bound: Bound) -> bytes:
        step = 0 if bound == END else 1 + bound.timestamp - self._timestamp
        self._timestamp = bound.timestamp
        return encode_varint(step) + encode_varint(len(bound.prefix)) + bound.prefix

"""The sorted, sealed set of items that a reconciliation works on: 40 bytes an item, no more.

An item is (timestamp u64, id of 32 bytes). Items sort by timestamp, then id; the largest u64
stands for infinity and is no item's timestamp.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import accumulate

from .errors import Invalid
from .varint import encode_varint

ID_BYTES = 32
FINGERPRINT_BYTES = 16
INFINITY = 2**64 - 1

_RECORD = 8 + ID_BYTES
_STRIDE = 32  # a sum is kept for every so many items, so that a fingerprint adds few ids


class Items:
    """A sealed set of (timestamp, id), each pair once, by index in their order.

    Raises Invalid for an id that has not 32 bytes or a timestamp that is not below infinity.
    """

    def __init__(self, items: Iterable[tuple[int, bytes]]) -> None:
        # Most come in order, and are sorted at once; a set would shuffle them.
        records = dict.fromkeys(_record(timestamp, id) for timestamp, id in items)
        self._records = b"".join(sorted(records))
        blocks = range(0, len(self) - _STRIDE + 1, _STRIDE)
        self._sums = list(accumulate((self._sum(i, i + _STRIDE) for i in blocks), initial=0))

    def __len__(self) -> int:
        return len(self._records) // _RECORD

    def __getitem__(self, index: int) -> bytes:
        """The item as the 40 bytes by which it is sorted."""
        return self._records[index * _RECORD : (index + 1) * _RECORD]

    def timestamp(self, index: int) -> int:
        return int.from_bytes(self[index][:8], "big")

    def id(self, index: int) -> bytes:
        return self[index][8:]

    def ids(self, start: int, stop: int) -> Iterator[bytes]:
        return (self.id(index) for index in range(start, stop))

    def find(self, timestamp: int, prefix: bytes, start: int) -> int:
        """The first index from `start` on whose item is not below the bound (timestamp, prefix)."""
        return bisect_left(
            self, timestamp.to_bytes(8, "big") + prefix.ljust(ID_BYTES, b"\0"), start
        )

    def fingerprint(self, start: int, stop: int) -> bytes:
        """The first 16 bytes of SHA-256 over the sum of the ids modulo 2^256 and their count."""
        total = (self._sum_before(stop) - self._sum_before(start)) % 2**256
        return sha256(total.to_bytes(ID_BYTES, "little") + encode_varint(stop - start)).digest()[
            :FINGERPRINT_BYTES
        ]

    def _sum_before(self, stop: int) -> int:
        block = stop // _STRIDE
        return self._sums[block] + self._sum(block * _STRIDE, stop)

    def _sum(self, start: int, stop: int) -> int:
        records = self._records
        places = range(start * _RECORD + 8, stop * _RECORD + 8, _RECORD)
        return sum([int.from_bytes(records[at : at + ID_BYTES], "little") for at in places])


def _record(timestamp: int, id: bytes) -> bytes:
    if not 0 <= timestamp < INFINITY:
        raise Invalid("a timestamp is an unsigned 64-bit number below infinity")
    if len(id) != ID_BYTES:
        raise Invalid("an id has {id_bytes} bytes", id_bytes=ID_BYTES)
    return timestamp.to_bytes(8, "big") + id

"""Whom to stay connected with, in the manner of Basalt (Auvolat et al., Middleware 2023).

Each slot has a secret random seed and keeps, of all peers known, the one with the smallest hash of
seed, address range and peer id. Whoever wants to surround a node would have to hold the smallest
hash under seeds it does not know, and gains nothing by many ids in one address range.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from collections.abc import Set as AbstractSet
from hashlib import blake2b


class Slots:
    """A fixed number of seeded slots. `random_bytes` makes the seeds."""

    def __init__(self, count: int, random_bytes: Callable[[int], bytes]) -> None:
        self._random_bytes = random_bytes
        self._ranked: set[str] = set()
        """The ranges that each slot has in its order."""
        self._slots = self._new(count)

    def select(self, ranges: Mapping[str, str]) -> set[str]:
        """The peers that the slots keep, of {peer id: address range}; all, if there are few enough.

        First the range, then the peer in it: a range counts once, however many peers it has.
        """
        if len(ranges) <= len(self._slots):
            return set(ranges)
        peers: defaultdict[str, list[str]] = defaultdict(list)
        for peer, place in ranges.items():
            peers[place].append(peer)
        self._rank(peers.keys())
        return {min(peers[slot.first(peers)], key=slot.rank) for slot in self._slots}

    def renew(self, count: int) -> None:
        """Forget the oldest seeds, so that a slot that was taken over is not so for ever."""
        self._slots = self._slots[count:] + self._new(count)

    def _new(self, count: int) -> list[_Slot]:
        return [_Slot(self._random_bytes(32), self._ranked) for _ in range(count)]

    def _rank(self, ranges: AbstractSet[str]) -> None:
        """Have each slot know these, and not too many of others that are gone."""
        new = ranges - self._ranked
        for slot in self._slots:
            slot.add(new)
        self._ranked |= new
        if len(self._ranked) > 2 * len(ranges):
            self._ranked = set(ranges)
            for slot in self._slots:
                slot.keep(ranges)


class _Slot:
    """A seed, and ranges in their order under it: to hash or compare 2,000 at each question takes
    long."""

    def __init__(self, seed: bytes, ranges: Iterable[str]) -> None:
        self._seed = seed
        self._order: list[tuple[int, str]] = []
        self.add(ranges)

    def rank(self, name: str) -> int:
        hashed = blake2b(name.encode(), digest_size=16, key=self._seed)
        return int.from_bytes(hashed.digest(), "big")

    def add(self, ranges: Iterable[str]) -> None:
        for name in ranges:
            insort(self._order, (self.rank(name), name))

    def keep(self, ranges: Container[str]) -> None:
        self._order = [ranked for ranked in self._order if ranked[1] in ranges]

    def first(self, ranges: Container[str]) -> str:
        """Of ranges that were added."""
        return next(name for _, name in self._order if name in ranges)

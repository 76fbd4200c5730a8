"""Whom to stay connected with, in the manner of Basalt (Auvolat et al., Middleware 2023).

Each slot has a secret random seed and keeps, of all peers known, the one with the smallest hash of
seed, address range and peer id. Whoever wants to surround a node would have to hold the smallest
hash under seeds it does not know, and gains nothing by many ids in one address range.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from hashlib import blake2b


class Slots:
    """A fixed number of seeded slots. `random_bytes` makes the seeds."""

    def __init__(self, count: int, random_bytes: Callable[[int], bytes]) -> None:
        self._random_bytes = random_bytes
        self._slots = [_Slot(random_bytes(32)) for _ in range(count)]

    def select(self, ranges: Mapping[str, str]) -> set[str]:
        """The peers that the slots keep, of {peer id: address range}; all, if there are few enough.

        First the range, then the peer in it: a range counts once, however many peers it has.
        """
        if len(ranges) <= len(self._slots):
            return set(ranges)
        peers: defaultdict[str, list[str]] = defaultdict(list)
        for peer, place in ranges.items():
            peers[place].append(peer)
        return {min(peers[slot.first(peers)], key=slot.rank) for slot in self._slots}

    def renew(self, count: int) -> None:
        """Forget the oldest seeds, so that a slot that was taken over is not so for ever."""
        self._slots = self._slots[count:] + [_Slot(self._random_bytes(32)) for _ in range(count)]


class _Slot:
    """A seed, and the ranks of ranges under it: to hash 2,000 at each question takes 40 ms."""

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._ranks: dict[str, int] = {}

    def rank(self, name: str) -> int:
        hashed = blake2b(name.encode(), digest_size=16, key=self._seed)
        return int.from_bytes(hashed.digest(), "big")

    def first(self, ranges: Collection[str]) -> str:
        ranks = self._ranks
        for name in set(ranges) - ranks.keys():
            ranks[name] = self.rank(name)
        if len(ranks) > 2 * len(ranges):
            self._ranks = ranks = {name: ranks[name] for name in ranges}
        return min(ranges, key=ranks.__getitem__)

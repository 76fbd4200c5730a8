"""Whom to stay connected with, in the manner of Basalt (Auvolat et al., Middleware 2023).

Each slot has a secret random seed and keeps, of all peers known, the one with the smallest hash of
seed, address range and peer id. Whoever wants to surround a node would have to hold the smallest
hash under seeds it does not know, and gains nothing by many ids in one address range.
"""

from collections.abc import Callable, Mapping
from functools import partial
from hashlib import blake2b

_Choice = tuple[bytes, bytes, str]
"""The hashes of a range and of a peer in it, and the peer."""


class Slots:
    """A fixed number of seeded slots. `random_bytes` makes the seeds.

    It is told of each peer that comes and goes, since to hash 2,000 at each question takes long.
    """

    def __init__(self, count: int, random_bytes: Callable[[int], bytes]) -> None:
        self._random_bytes = random_bytes
        self._seeds = self._new(count)
        self._ranges: dict[str, str] = {}
        self._chosen: dict[bytes, _Choice] = {}
        """Of all that can be reached, by seed; of some seeds it is to be found."""

    def put(self, peer: str, place: str) -> None:
        """A peer can be reached, in this address range."""
        if self._ranges.get(peer) != place:
            self.drop(peer)
            self._ranges[peer] = place
            for seed, chosen in self._chosen.items():
                rank = _rank(seed, place)
                if rank <= chosen[0]:
                    self._chosen[seed] = min(chosen, (rank, _rank(seed, peer), peer))

    def drop(self, peer: str) -> None:
        """A peer cannot be reached, as far as is known."""
        if self._ranges.pop(peer, None) is not None:
            self._chosen = {seed: one for seed, one in self._chosen.items() if one[2] != peer}

    def chosen(self) -> set[str]:
        """The peers that the slots choose; all, if there are few enough."""
        if len(self._ranges) <= len(self._seeds):
            return set(self._ranges)
        for seed in self._seeds:
            if seed not in self._chosen:
                self._chosen[seed] = _first(self._ranges, seed)
        return {peer for _, _, peer in self._chosen.values()}

    def best(self, ranges: Mapping[str, str]) -> set[str]:
        """Whom they would choose among these, {peer id: address range}."""
        few = len(ranges) <= len(self._seeds)
        return set(ranges) if few else {_first(ranges, seed)[2] for seed in self._seeds}

    def renew(self, count: int) -> None:
        """Forget the oldest seeds, so that a slot that was taken over is not so for ever."""
        for seed in self._seeds[:count]:
            self._chosen.pop(seed, None)
        self._seeds = self._seeds[count:] + self._new(count)

    def _new(self, count: int) -> list[bytes]:
        return [self._random_bytes(32) for _ in range(count)]


def _first(ranges: Mapping[str, str], seed: bytes) -> _Choice:
    """First the range, then the peer in it: a range counts once, however many peers it has."""
    rank = partial(_rank, seed)
    first = min(set(ranges.values()), key=rank)
    return min((rank(first), rank(peer), peer) for peer in ranges if ranges[peer] == first)


def _rank(seed: bytes, name: str) -> bytes:
    return blake2b(name.encode(), digest_size=16, key=seed).digest()

"""Whom to stay connected with, in the manner of Basalt (Auvolat et al., Middleware 2023).

Each slot has a secret random seed and keeps, of all peers known, the one with the smallest hash of
seed, address range and peer id. Whoever wants to surround a node would have to hold the smallest
hash under seeds it does not know, and gains nothing by many ids in one address range.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2b


class Slots:
    """A fixed number of seeded slots. `random_bytes` makes the seeds."""

    def __init__(self, count: int, random_bytes: Callable[[int], bytes]) -> None:
        self._random_bytes = random_bytes
        self._seeds = [random_bytes(32) for _ in range(count)]

    def chosen(self, ranges: Mapping[str, str]) -> set[str]:
        """The peers that the slots keep, of {peer id: address range}; all, if there are few enough."""
        if len(ranges) <= len(self._seeds):
            return set(ranges)
        return {
            min(ranges, key=lambda peer: _hash(seed, ranges[peer], peer)) for seed in self._seeds
        }

    def renew(self, count: int) -> None:
        """Forget the oldest seeds, so that a slot that was taken over is not so for ever."""
        self._seeds = self._seeds[count:] + [self._random_bytes(32) for _ in range(count)]


def _hash(seed: bytes, address_range: str, peer_id: str) -> tuple[bytes, bytes]:
    """First the range, then the peer in it: a range counts once, however many peers it has."""
    ranked = blake2b(address_range.encode(), digest_size=16, key=seed).digest()
    return ranked, blake2b(peer_id.encode(), digest_size=16, key=seed).digest()

"""The pairs of people who met, with how often: a hash table that kernels write."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .meetings import EMPTY, Keys, enlarge
from .people import Ints


class Pairs:
    """Meetings of the pairs of n people; a pair's key is first * n + second, first < second."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.used = 0
        self.keys: Keys = np.full(1024, EMPTY, np.uint64)
        self.counts: NDArray[np.uint16] = np.zeros(1024, np.uint16)

    def make_room(self, more: int) -> None:
        """Have room for so many more pairs with at most half the slots in use."""
        need = 2 * (self.used + more)
        if need > len(self.keys):
            self.keys, self.counts = enlarge(self.keys, self.counts, 1 << (need - 1).bit_length())

    def table(self) -> tuple[Ints, Ints, NDArray[np.uint16]]:
        """First, second and meetings of each pair, in ascending order."""
        taken = np.flatnonzero(self.counts)
        taken = taken[np.argsort(self.keys[taken])]
        first, second = np.divmod(self.keys[taken], np.uint64(self.n))
        return first.astype(np.int32), second.astype(np.int32), self.counts[taken]

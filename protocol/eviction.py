"""What a full deck or log keeps: organisers are ranked by a secret, never events.

Ranking events would let an author re-roll an event until it ranks well, and a fixed cap for each
organiser would let a few keys with many registers push out the honest ones. So the largest cap
that fits is used; only where a cap of 4 does not fit are whole organisers left out. (Measured: 13
keys with 4,096 registers each took nothing from 13,342 honest registers; under a fixed cap of 4
those fell to 1,449.) Organisers are easily invented by an importer, so one importer holds no more
than a part of the room.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import nsmallest
from operator import itemgetter
from typing import Any

from .candidate import who
from .ticket import tickets

LEAST_CAP = 4
IMPORTER_SHARE = 8
"""An importer holds at most one part in so many of a full deck's room."""

LOG_FACTOR = 4
"""The log of live ids may be this many times as large as the deck."""

Register = tuple[bytes, int]
"""(host, slot)"""

_LABEL = "potluck.rank"


class Ranks:
    """A node's secret order of organisers, and of the registers of each.

    `secret` (32 bytes) never leaves it.
    """

    def __init__(self, secret: bytes) -> None:
        self._rank = tickets(secret, _LABEL)

    def of_organiser(self, organiser: bytes) -> bytes:
        """The rank (16 bytes) of who events count for (`candidate.who`); the smallest are kept."""
        return self._rank(organiser)

    def of_register(self, register: Register) -> bytes:
        """The rank (16 bytes) of a register among those of its organiser."""
        return self._rank(register[0] + register[1].to_bytes(8, "big"))


def keep(
    tiers: Sequence[Iterable[Register]],
    room: int,
    ranks: Ranks,
    sources: Mapping[Register, str],
    protected: Iterable[Register] = (),
) -> set[Register]:
    """What a deck of `room` registers keeps.

    `sources` has the source ids of imported events. `protected` (own, kept, vouched) always stays,
    even beyond the room. If not all fits, tier after tier (first what joined tables' filters hold,
    then the rest) is cut to each importer's share, then to the room that is left.
    """
    kept = set(protected)
    if len(kept.union(*tiers)) <= room:
        return kept.union(*tiers)

    def organiser(register: Register) -> bytes:
        return who(register[0], sources.get(register))

    share: dict[bytes, int] = defaultdict(lambda: room // IMPORTER_SHARE)
    for tier in tiers:
        left = set(tier) - kept
        for importer, brought in _by(itemgetter(0), left & sources.keys()).items():
            fitting = _fit(brought, share[importer], ranks, organiser, ranks.of_register)
            share[importer] -= len(fitting)
            left -= brought - fitting
        kept |= _fit(left, room - len(kept), ranks, organiser, ranks.of_register)
    return kept


def keep_log(registers: Iterable[Register], room: int, ranks: Ranks) -> set[Register]:
    """What a log of `room` ids keeps: of each host (it knows no organisers) the smallest slots.

    So nodes agree on the log, whatever their secrets, as long as a cap of 4 fits.
    """
    return _fit(set(registers), room, ranks, lambda register: who(register[0], None), itemgetter(1))


def largest_cap(sizes: Iterable[int], room: int) -> int:
    """The largest cap c such that the sum of min(size, c) over all sizes is at most `room`."""
    left, cap = room, 0
    ascending = sorted(sizes)
    for index, size in enumerate(ascending):
        groups = len(ascending) - index
        if (size - cap) * groups > left:
            return cap + max(left, 0) // groups
        left -= (size - cap) * groups
        cap = size
    return cap


def _fit(
    registers: set[Register],
    room: int,
    ranks: Ranks,
    organiser: Callable[[Register], bytes],
    order: Callable[[Register], Any],
) -> set[Register]:
    """So many of the registers, with the same cap for each organiser."""
    if len(registers) <= room:
        return registers
    groups = _by(organiser, registers)
    cap = largest_cap(map(len, groups.values()), room)
    if cap < LEAST_CAP:
        cap = LEAST_CAP
        groups = _leave_out(groups, room, ranks)
    return {register for own in groups.values() for register in nsmallest(cap, own, key=order)}


def _leave_out(
    groups: dict[bytes, set[Register]], room: int, ranks: Ranks
) -> dict[bytes, set[Register]]:
    """The organisers of the smallest ranks, up to the last with which all before it fit."""
    fitting = {}
    for organiser in sorted(groups, key=lambda one: (ranks.of_organiser(one), one)):
        room -= min(len(groups[organiser]), LEAST_CAP)
        if room < 0:
            break
        fitting[organiser] = groups[organiser]
    return fitting


def _by(
    key: Callable[[Register], bytes], registers: Iterable[Register]
) -> dict[bytes, set[Register]]:
    groups: dict[bytes, set[Register]] = defaultdict(set)
    for register in registers:
        groups[key(register)].add(register)
    return groups

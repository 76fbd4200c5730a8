"""What a node keeps when its deck or its log is full: hosts are ranked by a secret, never events.

Ranking events would let an author re-roll an event until it ranks well, and a fixed cap per host
would let a few keys with many registers push out the honest ones. So the largest cap per host
that fits is used; only where a cap of 4 does not fit are whole hosts left out. (Measured: 13 keys
with 4,096 registers each took nothing from 13,342 honest registers; under a fixed cap of 4 those
fell to 1,449.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from .ticket import TICKET_BYTES, tickets

LEAST_CAP = 4
LOG_FACTOR = 4
"""The log of live ids may be this many times as large as the deck."""

Register = tuple[bytes, int]
"""(host, slot)"""

Order = Callable[[Register], bytes] | Callable[[Register], int]

_LABEL = "potluck.rank"


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a full deck was cut: `cap` registers a host at most, no host ranked above `threshold`.

    None: there is no such bound. The threshold may be raised again only together with a pull of
    the hosts between, else the deck would favour what was announced lately.
    """

    cap: int | None = None
    threshold: bytes | None = None

    def leaves_out(self, host_rank: bytes) -> bool:
        """Whether a host of this rank is left out."""
        return self.threshold is not None and host_rank > self.threshold


@dataclass(frozen=True, slots=True)
class Kept:
    """The registers to keep, and where the cut fell in each tier."""

    registers: set[Register]
    cuts: tuple[Cut, ...]


class Ranks:
    """A node's secret order of hosts, and of the registers of a host; `secret` (32 bytes) never leaves it."""

    def __init__(self, secret: bytes) -> None:
        self._rank = tickets(secret, _LABEL)

    def of_host(self, host: bytes) -> bytes:
        """The rank (16 bytes) of a host; the smallest are kept."""
        return self._rank(host)

    def of_register(self, register: Register) -> bytes:
        """The rank (16 bytes) of a register among those of its host."""
        return self._rank(register[0] + register[1].to_bytes(8, "big"))


def keep(
    tiers: Sequence[Iterable[Register]], room: int, ranks: Ranks, protected: Iterable[Register] = ()
) -> Kept:
    """What a deck of `room` registers keeps.

    `protected` (own, kept, vouched) always stays, even beyond the room. Then comes tier after
    tier (first what joined tables' filters hold, then the rest), each cut to the room that is left.
    """
    kept = set(protected)
    cuts = []
    for tier in tiers:
        fitting, cut = _fit(set(tier) - kept, room - len(kept), ranks, ranks.of_register)
        kept |= fitting
        cuts.append(cut)
    return Kept(kept, tuple(cuts))


def keep_log(registers: Iterable[Register], room: int, ranks: Ranks) -> Kept:
    """What a log of `room` ids keeps: as a deck, but of each host the smallest slots.

    So nodes agree on the log, whatever their secrets, as long as a cap of 4 fits.
    """
    kept, cut = _fit(set(registers), room, ranks, lambda register: register[1])
    return Kept(kept, (cut,))


def largest_cap(sizes: Iterable[int], room: int) -> int:
    """The largest cap c such that the sum of min(size, c) over all sizes is at most `room`."""
    left, cap = room, 0
    ascending = sorted(sizes)
    for index, size in enumerate(ascending):
        hosts = len(ascending) - index
        if (size - cap) * hosts > left:
            return cap + max(left, 0) // hosts
        left -= (size - cap) * hosts
        cap = size
    return cap


def _fit(
    registers: set[Register], room: int, ranks: Ranks, order: Order
) -> tuple[set[Register], Cut]:
    if len(registers) <= room:
        return registers, Cut()
    hosts: dict[bytes, list[Register]] = defaultdict(list)
    for register in registers:
        hosts[register[0]].append(register)
    cap, threshold = largest_cap(map(len, hosts.values()), room), None
    if cap < LEAST_CAP:
        cap, threshold = LEAST_CAP, _leave_out(hosts, room, ranks)
    kept = (own if len(own) <= cap else nsmallest(cap, own, key=order) for own in hosts.values())
    return {register for own in kept for register in own}, Cut(cap, threshold)


def _leave_out(hosts: dict[bytes, list[Register]], room: int, ranks: Ranks) -> bytes:
    """Take out the hosts of the highest ranks until the others fit; the rank of the last that stays."""
    threshold = bytes(TICKET_BYTES)
    for rank, host in sorted((ranks.of_host(host), host) for host in hosts):
        room -= min(len(hosts[host]), LEAST_CAP)
        if room < 0:
            del hosts[host]
        else:
            threshold = rank
    return threshold

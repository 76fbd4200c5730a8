"""Bans that outlive restarts, and why peers were dropped."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from potluck.node import limits
from potluck.node.store import Ban, PeerBook
from potluck.protocol.errors import RemoteError

from .bans import BanList, target_of


@dataclass(frozen=True, slots=True)
class Drop:
    """A peer that was disconnected for an offence: when (UTC seconds), and why in words."""

    peer_id: str
    at: int
    why: str


class Bans:
    """Whom this node does not talk with, written into the store. `clock` gives UTC seconds."""

    def __init__(self, book: PeerBook, clock: Callable[[], float]) -> None:
        self._book = book
        self._clock = clock
        self._list = BanList(book.bans(int(clock())))
        self.drops: deque[Drop] = deque(maxlen=limits.MAX_DROPS)

    def admits(self, ip_or_peer: str) -> bool:
        return self._list.of(ip_or_peer, self._clock()) is None

    def listed(self) -> list[Ban]:
        return self._list.listed(self._clock())

    async def ban(self, target: str, why: str, seconds: float) -> Ban:
        """Ban a peer id, an ip or an address range; raises LocalError for anything else."""
        ban, since = self._list.add(target, why, int(self._clock() + seconds))
        await self._book.ban(ban, since)
        return ban

    async def unban(self, target: str) -> bool:
        """Lift a ban, and forget the offences that led to it; whether there was one."""
        lifted = self._list.lift(target)
        await self._book.unban(*target_of(target))
        return lifted is not None

    def offended(self, peer_id: str, error: RemoteError) -> bool:
        now = self._clock()
        self.drops.append(Drop(peer_id, int(now), str(error)))
        return self._list.offended(peer_id, now)

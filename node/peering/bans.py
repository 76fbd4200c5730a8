"""Bans of peers and of address ranges, which outlive restarts, and why peers were dropped."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from potluck.node import limits
from potluck.node.store import Ban, PeerBook
from potluck.node.transport import multiaddrs as addresses
from potluck.protocol.errors import LocalError, RemoteError


@dataclass(frozen=True, slots=True)
class Drop:
    """A peer that was disconnected for an offence: when (UTC seconds), and why in words."""

    peer_id: str
    at: int
    why: str


class Bans:
    """Whom this node does not talk with. `clock` gives UTC seconds."""

    def __init__(self, book: PeerBook, clock: Callable[[], float]) -> None:
        self._book = book
        self._clock = clock
        self._bans = {(ban.kind, ban.value): ban for ban in book.bans(int(clock()))}
        self._offences: OrderedDict[str, list[float]] = OrderedDict()
        self.drops: deque[Drop] = deque(maxlen=limits.MAX_DROPS)

    def admits(self, ip_or_peer: str) -> bool:
        """Whether to talk with this ip or peer id."""
        return self._of(ip_or_peer) is None

    def listed(self) -> list[Ban]:
        """The bans in force."""
        now = self._clock()
        return [ban for _, ban in sorted(self._bans.items()) if ban.until > now]

    async def ban(self, target: str, why: str, seconds: float) -> Ban:
        """Ban a peer id, an ip or an address range; raises LocalError for anything else."""
        kind, value = _target(target)
        now = self._clock()
        ban = Ban(kind, value, int(now + seconds), why)
        self._bans[kind, value] = ban
        in_force = sorted((each for each in self._bans.values() if each.until > now), key=_until)
        kept = in_force[-limits.MAX_BANS :]
        self._bans = {(each.kind, each.value): each for each in kept}
        await self._book.ban(ban, kept[0].until)
        return ban

    async def unban(self, target: str) -> bool:
        """Lift a ban, and forget the offences that led to it; whether there was one."""
        kind, value = _target(target)
        self._offences.pop(value, None)
        await self._book.unban(kind, value)
        return self._bans.pop((kind, value), None) is not None

    def offended(self, peer_id: str, error: RemoteError) -> bool:
        """Count an offence; whether the peer is to be banned for it."""
        now = self._clock()
        self.drops.append(Drop(peer_id, int(now), str(error)))
        recent = [
            at for at in self._offences.pop(peer_id, []) if at > now - limits.PENALTY_FORGOTTEN
        ]
        self._offences[peer_id] = [*recent, now]
        if len(self._offences) > limits.MAX_BOOK:
            self._offences.popitem(last=False)
        return len(recent) + 1 >= limits.PENALTY_BAN

    def _of(self, ip_or_peer: str) -> Ban | None:
        """The ban in force that names it."""
        now = self._clock()
        try:
            ip = addresses.plain(ip_or_peer)
        except ValueError:
            ban = self._bans.get(("peer", ip_or_peer))
            return ban if ban and ban.until > now else None
        for (kind, value), ban in self._bans.items():
            if kind == "range" and ban.until > now and ip in ipaddress.ip_network(value):
                return ban
        return None


def _until(ban: Ban) -> int:
    return ban.until


def _target(text: str) -> tuple[str, str]:
    """(kind, value) of what to ban: a peer id, an ip or a range such as 203.0.113.0/24."""
    if addresses.is_peer(f"/ip4/127.0.0.1/tcp/1/p2p/{text}"):
        return "peer", text
    try:
        return "range", str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        raise LocalError(
            f"cannot ban {text!r}; give a peer id, an ip or a range such as 203.0.113.0/24"
        ) from None

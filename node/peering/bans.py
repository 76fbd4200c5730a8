"""Which peers and address ranges are banned, and which offences lead to it. Decides, and does
nothing.

Times are UTC seconds.
"""

import ipaddress
from collections import Counter, OrderedDict
from collections.abc import Iterable

from potluck.node import ips, limits
from potluck.node.store import Ban
from potluck.node.transport.peer_id import is_peer_id
from potluck.protocol.errors import LocalError


class BanList:
    """Bans in force, and offences counted."""

    def __init__(self, bans: Iterable[Ban]) -> None:
        self._bans: dict[tuple[str, str], Ban] = {}
        self._prefixes: Counter[tuple[int, int]] = Counter()
        self._offences: OrderedDict[str, list[float]] = OrderedDict()
        for ban in bans:
            self._put(ban)

    def of(self, ip_or_peer: str, now: float) -> Ban | None:
        """The ban in force that names this ip or peer id, if there is one."""
        try:
            ip = ips.plain(ip_or_peer)
        except ValueError:
            return self._in_force("peer", ip_or_peer, now)
        for version, length in self._prefixes:
            if version == ip.version:
                network = ipaddress.ip_network((ip, length), strict=False)
                ban = self._in_force("range", str(network), now)
                if ban is not None:
                    return ban
        return None

    def listed(self, now: float) -> list[Ban]:
        return [ban for _, ban in sorted(self._bans.items()) if ban.until > now]

    def add(self, target: str, why: str, until: int) -> tuple[Ban, int]:
        """Ban a peer id, an ip or an address range: the ban, and the end before which others are
        forgotten to bound their number. Raises LocalError for anything else."""
        ban = Ban(*target_of(target), until, why)
        self._put(ban)
        by_end = sorted(self._bans.values(), key=lambda each: each.until)
        for each in by_end[: -limits.MAX_BANS]:
            self._take(each.kind, each.value)
        return ban, by_end[-limits.MAX_BANS :][0].until

    def lift(self, target: str) -> Ban | None:
        """Take a ban back, with the offences that led to it. Raises LocalError for what is none."""
        kind, value = target_of(target)
        self._offences.pop(value, None)
        return self._take(kind, value)

    def offended(self, peer_id: str, now: float) -> bool:
        """Count an offence; whether the peer is to be banned for it."""
        before = self._offences.pop(peer_id, [])
        recent = [at for at in before if at > now - limits.PENALTY_FORGOTTEN]
        self._offences[peer_id] = [*recent, now]
        if len(self._offences) > limits.MAX_BOOK:
            self._offences.popitem(last=False)
        return len(recent) + 1 >= limits.PENALTY_BAN

    def _in_force(self, kind: str, value: str, now: float) -> Ban | None:
        ban = self._bans.get((kind, value))
        return ban if ban is not None and ban.until > now else None

    def _put(self, ban: Ban) -> None:
        if (ban.kind, ban.value) not in self._bans and ban.kind == "range":
            self._prefixes[_prefix(ban.value)] += 1
        self._bans[ban.kind, ban.value] = ban

    def _take(self, kind: str, value: str) -> Ban | None:
        ban = self._bans.pop((kind, value), None)
        if ban is not None and kind == "range":
            prefix = _prefix(value)
            self._prefixes[prefix] -= 1
            if not self._prefixes[prefix]:
                del self._prefixes[prefix]
        return ban


def target_of(text: str) -> tuple[str, str]:
    """(kind, value) of a peer id, an ip or a range such as 203.0.113.0/24. Raises LocalError."""
    if is_peer_id(text):
        return "peer", text
    try:
        return "range", str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        raise LocalError(
            "cannot ban {text!r}; give a peer id, an ip or a range such as 203.0.113.0/24",
            text=text,
        ) from None


def _prefix(value: str) -> tuple[int, int]:
    network = ipaddress.ip_network(value)
    return network.version, network.prefixlen

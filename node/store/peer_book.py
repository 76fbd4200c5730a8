"""The address book and the bans, both of which outlive restarts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from .connection import Row
from .part import Part


@dataclass(frozen=True, slots=True)
class KnownPeer:
    """A peer in the address book. Times are UTC seconds; `record` is its signed peer record."""

    id: str
    addresses: tuple[str, ...]
    record: bytes | None = None
    met_at: int | None = None
    failed_at: int | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Ban:
    """A ban of a peer id ("peer") or a range in CIDR form ("range"), with its reason."""

    kind: str
    value: str
    until: int
    why: str


class PeerBook(Part):
    """Peers met and bans imposed."""

    def peer(self, peer_id: str) -> KnownPeer | None:
        row = self._database.row(f"{_PEER} WHERE id = ?", (peer_id,))
        return _known(row) if row else None

    def all(self) -> list[KnownPeer]:
        """The whole address book, by id (bounded by who fills it)."""
        return [_known(row) for row in self._database.rows(f"{_PEER} ORDER BY id")]

    async def remember(self, peers: Sequence[KnownPeer]) -> None:
        """Write these into the address book, over what was there."""
        rows = [
            (one.id, json.dumps(one.addresses), one.record, one.met_at, one.failed_at, one.failures)
            for one in peers
        ]
        sql = "INSERT OR REPLACE INTO peer VALUES (?, ?, ?, ?, ?, ?)"
        await self._database.write(lambda connection: connection.executemany(sql, rows).fetchall())

    async def forget(self, peer_id: str) -> None:
        await self._database.remove("peer", id=peer_id)

    def bans(self, now: int) -> list[Ban]:
        """The bans in force, by kind and value."""
        sql = "SELECT kind, value, until, why FROM ban WHERE until > ? ORDER BY kind, value"
        return [Ban(*row) for row in self._database.rows(sql, (now,))]

    async def ban(self, ban: Ban, since: int) -> None:
        """Impose a ban, or renew it; forget those that end before `since`."""
        await self._database.change("DELETE FROM ban WHERE until < ?", (since,))
        await self._database.put("ban", ban.kind, ban.value, ban.until, ban.why)

    async def unban(self, kind: str, value: str) -> bool:
        """Lift a ban; whether there was one."""
        return await self._database.remove("ban", kind=kind, value=value)


def _known(row: Row) -> KnownPeer:
    peer_id, addresses, *others = row
    return KnownPeer(peer_id, tuple(json.loads(addresses)), *others)


_PEER = "SELECT id, addresses, record, met_at, failed_at, failures FROM peer"

"""The address book and the bans, both of which outlive restarts."""

from __future__ import annotations

import json
from dataclasses import dataclass

import apsw

from .database import Row
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
    """A ban of a peer id ("peer") or an address range in CIDR form ("range"), with its reason in
    words."""

    kind: str
    value: str
    until: int
    why: str


class PeerBook(Part):
    """Peers met and bans imposed."""

    def peer(self, peer_id: str) -> KnownPeer | None:
        """What is known of a peer."""
        row = self._database.row(f"{_PEER} WHERE id = ?", (peer_id,))
        return _known(row) if row else None

    def all(self) -> list[KnownPeer]:
        """The whole address book, by id (bounded by who fills it)."""
        return [_known(row) for row in self._database.rows(f"{_PEER} ORDER BY id")]

    async def remember(self, peer: KnownPeer) -> None:
        """Write a peer into the address book, over what was there."""
        row = (
            peer.id, json.dumps(peer.addresses), peer.record, peer.met_at, peer.failed_at,
            peer.failures,
        )  # fmt: skip
        await self._database.change(_REMEMBER, row)

    async def forget(self, peer_id: str) -> None:
        """Take a peer out of the address book."""
        await self._database.change("DELETE FROM peer WHERE id = ?", (peer_id,))

    def bans(self, now: int) -> list[Ban]:
        """The bans in force, by kind and value."""
        sql = "SELECT kind, value, until, why FROM ban WHERE until > ? ORDER BY kind, value"
        return [Ban(*row) for row in self._database.rows(sql, (now,))]

    async def ban(self, ban: Ban, since: int) -> None:
        """Impose a ban, in place of an earlier one of the same, and forget those that end before
        `since`."""

        def write(connection: apsw.Connection) -> None:
            connection.execute("DELETE FROM ban WHERE until < ?", (since,))
            row = (ban.kind, ban.value, ban.until, ban.why)
            connection.execute(
                "INSERT OR REPLACE INTO ban (kind, value, until, why) VALUES (?, ?, ?, ?)", row
            )

        await self._database.write(write)

    async def unban(self, kind: str, value: str) -> bool:
        """Lift a ban; whether there was one."""
        sql = "DELETE FROM ban WHERE kind = ? AND value = ? RETURNING 1"
        return bool(await self._database.change(sql, (kind, value)))


def _known(row: Row) -> KnownPeer:
    peer_id, addresses, *others = row
    return KnownPeer(peer_id, tuple(json.loads(addresses)), *others)


_PEER = "SELECT id, addresses, record, met_at, failed_at, failures FROM peer"
_REMEMBER = """
    INSERT OR REPLACE INTO peer (id, addresses, record, met_at, failed_at, failures)
    VALUES (?, ?, ?, ?, ?, ?)
"""

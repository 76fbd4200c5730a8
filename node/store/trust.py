"""Whom one has met, who vouches for whom publicly, and what one does not want to be dealt."""

from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

import apsw

from potluck.node.limits import MAX_VOUCHES, MAX_VOUCHES_IN_REACH
from potluck.protocol.items import Items
from potluck.protocol.vouch import SignedVouch, Vouch, VouchHead, decode_vouch
from potluck.protocol.walk import STEPS

from .connection import Row, fetch
from .database import Database
from .part import Part

T = TypeVar("T")
ANYBODY = bytes(32)
"""In place of a host: a source is blocked, whoever imports it."""


@dataclass(frozen=True, slots=True)
class Met:
    """Somebody whom one vouches for, at least for oneself: times in UTC seconds."""

    host: bytes
    name: str
    met_at: int
    until: int


@dataclass(frozen=True, slots=True)
class Block:
    """What one does not want to be dealt, one's own reason, since when (UTC seconds, 0: unknown).

    `kind` is host, importer (only what it imports), source (`text` is its id; `host` imports it, or
    ANYBODY) or word. `warns`: it is dealt all the same, with a warning.
    """

    kind: str
    host: bytes = b""
    text: str = ""
    why: str = ""
    at: int = 0
    warns: bool = False

    @property
    def value(self) -> str:
        """What it is called within its kind."""
        return self.host.hex() + self.text


class Trust(Part):
    """The trust of this home. What `keep` writes is durable when its future is done."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._pending: dict[tuple[bytes, int], SignedVouch] = {}
        self._pending_ids: set[bytes] = set()
        self._count: int = database.rows("SELECT count(*) FROM vouch")[0][0]
        self._reach: frozenset[bytes] | None = None

    # --- public vouches

    def head(self, host: bytes, place: int) -> VouchHead | None:
        """The vouch that wins a register so far."""
        if pending := self._pending.get((host, place)):
            return pending.head
        row = self._database.row(f"{_HEAD} WHERE host = ? AND place = ?", (host, place))
        return VouchHead._make(row) if row else None

    def knows(self, vouch_id: bytes) -> bool:
        """Whether this vouch wins its register here."""
        if vouch_id in self._pending_ids:
            return True
        return self._database.row("SELECT 1 FROM vouch WHERE id = ?", (vouch_id,)) is not None

    def has_room(self, host: bytes) -> bool:
        """Whether one more vouch of this host is kept: half of the room is for who is in reach."""
        if self._count < MAX_VOUCHES:
            return True
        if self._count >= MAX_VOUCHES_IN_REACH:
            return False
        if self._reach is None:
            self._reach = frozenset(one for (one,) in self._database.rows(_REACH, (STEPS - 1,)))
        return host in self._reach

    def keep(self, signed: SignedVouch) -> Future[None]:
        """Keep a vouch that admission found fresh: at once for the next one, then on disk."""
        register = signed.vouch.register
        self._count += self.head(*register) is None
        self._pending[register] = signed
        self._pending_ids.add(signed.id)
        kept = self._database.submit(lambda connection: _keep(connection, signed), lazy=True)
        kept.add_done_callback(lambda _: self._forget_pending(signed))
        return kept

    def _forget_pending(self, signed: SignedVouch) -> None:
        self._pending_ids.discard(signed.id)
        if self._pending.get(signed.vouch.register) is signed:
            del self._pending[signed.vouch.register]

    async def settle(self) -> None:
        """Return once everything kept so far is on disk, and so in every read."""
        if self._pending:
            await self._database.write(lambda _: None)

    def look_again(self) -> None:
        """Count anew what is held, and who is in reach: some expired, some are new."""
        self._count = self._database.rows("SELECT count(*) FROM vouch")[0][0]
        self._reach = None

    def of(self, host: bytes) -> list[Vouch]:
        """The vouches of a host in its registers, also those taken back."""
        rows = self._database.rows("SELECT encoded FROM vouch WHERE host = ?", (host,))
        found = [decode_vouch(encoded).vouch for (encoded,) in rows]
        pending = [one.vouch for one in list(self._pending.values()) if one.vouch.by == host]
        return list({one.index: one for one in (*found, *pending)}.values())

    def returned(self, host: bytes, now: int) -> list[Row]:
        """Who vouches back for whom a host vouches for: (host, vouch, vouch back), encoded."""
        return self._database.rows(_RETURNED, (host, now))

    async def sync_items(self, cutoff: int) -> Items:
        """What sync reconciles: the winning vouches that expire after `cutoff`."""
        query = "SELECT issued_at, id FROM vouch WHERE expires_at > ?"
        return await self._database.scan(
            lambda connection: Items(
                (issued_at, id) for issued_at, id in fetch(connection, query, (cutoff,))
            )
        )

    def encoded_many(self, ids: Iterable[bytes]) -> dict[bytes, bytes]:
        """The exact bytes of those of the ids that are held."""
        found: dict[bytes, bytes] = {}
        for wanted in ids:
            for (encoded,) in self._database.rows(
                "SELECT encoded FROM vouch WHERE id = ?", (wanted,)
            ):
                found[wanted] = encoded
        return found

    # --- whom one has met

    async def meet(self, met: Met) -> None:
        """Remember whom one has met, in place of what was remembered of them."""
        await self._database.put("met", met.host, met.name, met.met_at, met.until)
        self._reach = None

    async def unmeet(self, host: bytes) -> bool:
        """Forget it; whether there was anything."""
        self._reach = None
        return await self._database.remove("met", host=host)

    def met(self, now: int = 0) -> list[Met]:
        """Whom one has met and still counts so at `now`, A to Z."""
        sql = "SELECT * FROM met WHERE until > ? ORDER BY name COLLATE NOCASE, host"
        return [Met(*row) for row in self._database.rows(sql, (now,))]

    # --- blocks

    async def block(self, block: Block) -> None:
        """Block something, in place of an earlier block of it."""
        row = (block.kind, block.value, block.why, block.at, int(block.warns))
        await self._database.put("block", *row)

    async def unblock(self, block: Block) -> bool:
        """Undo it; whether it was blocked."""
        return await self._database.remove("block", kind=block.kind, value=block.value)

    def blocks(self) -> list[Block]:
        sql = "SELECT kind, value, why, at, warns FROM block ORDER BY kind, value"
        return [_block(*row) for row in self._database.rows(sql)]


def _block(kind: str, value: str, why: str, at: int, warns: int) -> Block:
    split = 0 if kind == "word" else 64
    return Block(kind, bytes.fromhex(value[:split]), value[split:], why, at, bool(warns))


def _keep(connection: apsw.Connection, signed: SignedVouch) -> None:
    vouch = signed.vouch
    connection.execute(
        _KEEP, (vouch.by, vouch.index, vouch.host, int(vouch.given), *signed.head, signed.encoded)
    )


_HEAD = "SELECT expires_at, issued_at, id FROM vouch"
_KEEP = """
    INSERT OR REPLACE INTO vouch (host, place, met, given, expires_at, issued_at, id, encoded)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_REACH = """
    WITH RECURSIVE near (host, steps) AS (
        SELECT host, 0 FROM met
        UNION SELECT vouch.met, steps + 1 FROM near JOIN vouch USING (host)
        WHERE steps < ? AND given
    ) SELECT DISTINCT host FROM near
"""
_RETURNED = """
    SELECT one.met, one.encoded, back.encoded FROM vouch AS one
    JOIN vouch AS back ON back.host = one.met AND back.met = one.host
    WHERE one.host = ?1 AND one.given AND back.given
        AND one.expires_at > ?2 AND back.expires_at > ?2
    GROUP BY one.met ORDER BY one.met
"""

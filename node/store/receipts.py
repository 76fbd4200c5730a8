"""The receipts of draws: compressed, and bounded by number and bytes."""

import zlib
from dataclasses import dataclass

import apsw

from potluck.node.limits import MAX_RECEIPT_BYTES, MAX_RECEIPTS
from potluck.protocol.errors import NotFound, Refused

from .connection import fetch
from .part import Part


@dataclass(frozen=True, slots=True)
class ReceiptHead:
    """What a list of receipts says of one; `version` is that of its rule (receipt_json.VERSION)."""

    id: bytes
    drawn_at: int
    version: int
    seed_kind: str


@dataclass(frozen=True, slots=True)
class StoredReceipt:
    """A receipt's file as written, with what a list says of it."""

    head: ReceiptHead
    body: bytes


class Receipts(Part):
    """The receipts of this home. The oldest go first, but not those of hands with a card kept."""

    async def keep(self, receipt: StoredReceipt) -> None:
        """Keep a receipt; the same one twice is one."""
        head = receipt.head

        def write(connection: apsw.Connection) -> None:
            # Here, since it takes 100 ms of 50,000 candidates.
            row = (
                head.id,
                head.drawn_at,
                head.version,
                head.seed_kind,
                zlib.compress(receipt.body),
            )
            connection.execute("INSERT OR IGNORE INTO receipt VALUES (?, ?, ?, ?, ?)", row)
            connection.execute(_BOUND, (MAX_RECEIPTS, MAX_RECEIPT_BYTES))

        await self._database.write(write)

    def latest(self, limit: int = 100) -> list[ReceiptHead]:
        """The latest, newest first."""
        found = self._database.rows(f"{_HEAD} ORDER BY drawn_at DESC, id LIMIT ?", (limit,))
        return [ReceiptHead(*row) for row in found]

    async def read(self, prefix: str) -> StoredReceipt:
        """The one whose id begins with these hexadecimal digits. Raises NotFound, Refused."""
        digits = prefix.strip().lower()
        if not set(digits) <= set("0123456789abcdef"):
            digits = "no id"
        found = self._database.rows(
            f"{_HEAD} WHERE lower(hex(id)) BETWEEN ? AND ? LIMIT 2", (digits, digits + "g")
        )
        if not found:
            raise NotFound(
                "there is no receipt {prefix}; see: potluck receipts list", prefix=prefix
            )
        if len(found) > 1:
            raise Refused("several receipts begin with {prefix}; give more of it", prefix=prefix)
        head = ReceiptHead(*found[0])
        return StoredReceipt(head, await self._database.scan(lambda c: _body(c, head.id)))


def _body(connection: apsw.Connection, receipt_id: bytes) -> bytes:
    ((body,),) = fetch(connection, "SELECT body FROM receipt WHERE id = ?", (receipt_id,))
    # Those of earlier versions are JSON as it is.
    return bytes(body) if body[:1] == b"{" else zlib.decompress(body)


_HEAD = "SELECT id, drawn_at, version, seed_kind FROM receipt"
_BOUND = """
    DELETE FROM receipt WHERE id IN (
        SELECT id FROM (
            SELECT id, row_number() OVER latest AS number, sum(length(body)) OVER latest AS bytes
            FROM receipt WINDOW latest AS (ORDER BY drawn_at DESC, id)
        ) WHERE number > ?1 OR bytes > ?2
    ) AND lower(hex(id)) NOT IN (
        SELECT json_extract(hand.facts, '$.receipt') FROM hand
        JOIN card ON card.hand = hand.ref JOIN choice USING (host, slot)
        WHERE kept AND json_extract(hand.facts, '$.receipt') IS NOT NULL
    )
"""

"""What the node holds, read: single announcements, candidates of a draw, lists, items for sync."""

from __future__ import annotations

from array import array
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

import apsw

from potluck.node.geography.distance import around
from potluck.protocol.errors import NotFound, Refused
from potluck.protocol.items import Items

from . import rows
from .database import Database, fetch
from .rows import ENTRY_COLUMNS, LITTLE, Entry

PAGE = 500


class Order(Enum):
    """The two orders of a list: manual mode has no other."""

    TIME = "start, title, id"
    ALPHABET = "title COLLATE NOCASE, start, id"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many announcements are held, of how many hosts, and how many registers are in the log."""

    held: int
    hosts: int
    log: int


class Deck:
    """Reads of announcements. Those that may touch many rows run in a thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def encoded(self, announcement_id: bytes) -> bytes | None:
        """The exact bytes of an announcement, if it is held."""
        row = self._database.row(f"{_WIRE} WHERE id = ?", (announcement_id,))
        return row[1] if row else None

    def encoded_of(self, host: bytes, slot: int) -> bytes | None:
        """The exact bytes of a register's winning revision, if it is held."""
        row = self._database.row(
            f"{_WIRE} WHERE host = ? AND slot = ?", (host, rows.slot_key(slot))
        )
        return row[1] if row else None

    def entry(self, host: bytes, slot: int) -> Entry | None:
        """A register's event as draws see it, if it is held and not withdrawn."""
        row = self._database.row(f"{_ENTRY} AND host = ? AND slot = ?", (host, rows.slot_key(slot)))
        return Entry._make(row) if row else None

    def find(self, prefix: str) -> bytes:
        """The id that begins with these hexadecimal digits; of a superseded one, that of the latest revision.

        Raises NotFound if none does, Refused if several events' do.
        """
        found = self._database.rows(_FIND, _prefix_range(prefix))
        if not found:
            raise NotFound(f"no event here has an id that begins with {prefix}; see: potluck list")
        if len(found) > 1:
            raise Refused(f"several ids begin with {prefix}; give more of it")
        identifier: bytes = found[0][0]
        return identifier

    def hosts(self, prefix: str) -> list[bytes]:
        """The hosts, two at most, of which the key begins with these hexadecimal digits."""
        query = "SELECT DISTINCT host FROM register WHERE host BETWEEN ? AND ? LIMIT 2"
        return [host for (host,) in self._database.rows(query, _prefix_range(prefix))]

    def encoded_many(self, ids: Iterable[bytes]) -> dict[bytes, bytes]:
        """The exact bytes of those of the ids (a few hundred) that are held."""
        return {wanted: found for wanted in ids if (found := self.encoded(wanted)) is not None}

    async def candidates(
        self, cells: Collection[int] | None, since: int, until: int
    ) -> list[Entry]:
        """Scheduled and postponed events that start in [since, until].

        `cells` (H3 indexes, resolution 5) narrows to a region, to be measured by the caller, as
        far as it is known where an event is; None is everywhere, also nowhere.
        """
        query = _EVERYWHERE if cells is None else _IN_CELLS
        regions = () if cells is None else (cells, around(frozenset(cells), LITTLE / 1_000))
        within = [apsw.carray(array("q", region)) for region in regions]
        return await self._database.scan(
            lambda connection: _entries(connection, query, (since, until, *within))
        )

    def versions(self, source: str, slot: int) -> list[Entry]:
        """An imported event, as each of its importers tells it."""
        query = f"{_ENTRY} AND source = ? AND slot = ? ORDER BY host"
        return list(map(Entry._make, self._database.rows(query, (source, rows.slot_key(slot)))))

    async def page(
        self, since: int, until: int, order: Order = Order.TIME, offset: int = 0, limit: int = PAGE
    ) -> list[Entry]:
        """A part of the plain list of events that start in [since, until], cancelled ones included."""
        query = f"{_ENTRY} AND start BETWEEN ? AND ? ORDER BY {order.value} LIMIT ? OFFSET ?"
        return await self._database.scan(
            lambda connection: _entries(connection, query, (since, until, limit, offset))
        )

    async def registers_of(self, host: bytes) -> list[tuple[int, bytes]]:
        """The slots of a host, ascending, each with the exact bytes of what is held there."""
        query = (
            "SELECT slot, encoded FROM register JOIN wire USING (ref) WHERE host = ? ORDER BY slot"
        )
        found = await self._database.scan(lambda connection: fetch(connection, query, (host,)))
        return [(rows.slot_of(key), encoded) for key, encoded in found]

    async def counts(self) -> Counts:
        """How much is here."""
        return await self._database.scan(lambda connection: Counts(*fetch(connection, _COUNTS)[0]))

    async def newest(self, hosts: int = 1) -> int | None:
        """The latest time (UTC seconds) at or after which so many hosts announced what is known here."""
        found = await self._database.scan(partial(fetch, sql=_NEWEST, bindings=(hosts - 1,)))
        return found[0][0] if found else None

    async def sync_items(self, cutoff: int) -> Items:
        """What sync reconciles: of all registers that expire after `cutoff`, held or not, the winning ids."""
        query = "SELECT issued_at, id FROM register WHERE expires_at > ?"
        return await self._database.scan(
            lambda connection: Items(
                (issued_at, id) for issued_at, id in fetch(connection, query, (cutoff,))
            )
        )

    async def everything(self) -> AsyncIterator[list[bytes]]:
        """The exact bytes of all that is held, in the order of arrival, PAGE at a time."""
        after: int | None = 0
        while after is not None:
            page, after = await self.arrivals(after, PAGE)
            yield page

    async def arrivals(self, after: int, limit: int) -> tuple[list[bytes], int | None]:
        """So many of what is held, in the order of arrival, and the `after` of the next; None at the end.

        The first `after` is 0.
        """
        page = await self._database.scan(partial(fetch, sql=_NEXT_PAGE, bindings=(after, limit)))
        return [encoded for _, encoded in page], page[-1][0] if len(page) == limit else None


def _entries(connection: apsw.Connection, query: str, bindings: Sequence[Any]) -> list[Entry]:
    return list(map(Entry._make, connection.execute(query, bindings)))


def _prefix_range(prefix: str) -> tuple[bytes, bytes]:
    """The smallest and the largest id (32 bytes) that begin with hexadecimal digits."""
    digits = prefix.strip().lower()
    if not 4 <= len(digits) <= 64 or not set(digits) <= set("0123456789abcdef"):
        raise NotFound(
            f"{prefix!r} is no id: give its first 4 or more digits (0-9, a-f); see: potluck list"
        )
    return bytes.fromhex(digits.ljust(64, "0")), bytes.fromhex(digits.ljust(64, "f"))


_FIND = """
    SELECT id FROM register WHERE id BETWEEN ?1 AND ?2
    UNION SELECT register.id FROM refused JOIN register USING (host, slot) WHERE refused.id BETWEEN ?1 AND ?2
    LIMIT 2
"""
_WIRE = "SELECT ref, encoded FROM register JOIN wire USING (ref)"
_NEXT_PAGE = "SELECT ref, encoded FROM wire WHERE ref > ? ORDER BY ref LIMIT ?"
_COUNTS = """
    SELECT count(*) FILTER (WHERE held), count(DISTINCT host) FILTER (WHERE held), count(*) FROM register
"""
_NEWEST = """
    SELECT max(issued_at) AS newest FROM register GROUP BY host ORDER BY newest DESC LIMIT 1 OFFSET ?
"""
_ENTRY = f"SELECT {ENTRY_COLUMNS} FROM register WHERE title IS NOT NULL"
_EVERYWHERE = f"{_ENTRY} AND status <= 1 AND start BETWEEN ?1 AND ?2"
_HELD_AT = f"SELECT {ENTRY_COLUMNS} FROM register INDEXED BY"
# Three parts, because each has its index: those of which the place is known, those known to lie
# within LITTLE metres of a cell around, and the few others, wherever they are.
_IN_CELLS = f"""
    {_HELD_AT} register_by_place WHERE uncertainty IS NULL AND status <= 1
        AND start BETWEEN ?1 AND ?2 AND cell IN (SELECT value FROM carray(?3))
    UNION ALL {_HELD_AT} register_uncertain WHERE uncertainty <= {LITTLE} AND status <= 1
        AND start BETWEEN ?1 AND ?2 AND cell IN (SELECT value FROM carray(?4))
    UNION ALL {_HELD_AT} register_anywhere WHERE uncertainty > {LITTLE} AND status <= 1
        AND start BETWEEN ?1 AND ?2
"""

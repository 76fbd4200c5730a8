"""What the node holds, read: single announcements, candidates of a draw, lists, items for sync."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any, NamedTuple, TypeVar

import apsw

from potluck.node.geography.distance import around
from potluck.protocol.errors import NotFound, Refused
from potluck.protocol.items import Items

from . import rows
from .connection import Bindings, fetch
from .part import Part
from .rows import ENTRY_COLUMNS, LITTLE, Entry

T = TypeVar("T")
PAGE = 500
FAR = 1 << 32
"""After every start."""


MANY = 2_000
"""With more events than this around a place, a page walks along time instead."""


class Order(Enum):
    """The two orders of a list: manual mode has no other."""

    TIME = "start, title COLLATE NOCASE, id"
    ALPHABET = "title COLLATE NOCASE, start, id"


@dataclass(frozen=True, slots=True)
class Within:
    """What a list is of: events that start in [since, until] (UTC seconds), in these cells (H3
    indexes, resolution 5; None: everywhere, also nowhere), that say all of these words.

    Words are looked for, in any case and without accents, in title, place, series, topics and the
    source's name.
    """

    since: int
    until: int
    cells: Collection[int] | None = None
    words: str = ""


class Position(NamedTuple):
    """Where in a list an entry stands, so that the next page begins after it, whatever comes or
    goes meanwhile. `start` is FAR without a date."""

    imported: bool
    start: int
    title: str
    id: bytes

    @classmethod
    def of(cls, entry: Entry) -> Position:
        start = FAR if entry.start is None else entry.start
        return cls(entry.source is not None, start, entry.title, entry.id)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many announcements are held, of how many hosts, and how many registers are in the log."""

    held: int
    hosts: int
    log: int


class Deck(Part):
    """Reads of announcements. Those that may touch many rows run in a thread."""

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

    def superseded(self, host: bytes, slot: int) -> list[bytes]:
        """The exact bytes of the revisions that were held here before, the oldest first."""
        query = "SELECT encoded FROM past WHERE host = ? AND slot = ? ORDER BY seq"
        return [encoded for (encoded,) in self._database.rows(query, (host, rows.slot_key(slot)))]

    def entry(self, host: bytes, slot: int) -> Entry | None:
        """A register's event as draws see it, if it is held and not withdrawn."""
        row = self._database.row(f"{_ENTRY} AND host = ? AND slot = ?", (host, rows.slot_key(slot)))
        return Entry._make(row) if row else None

    def find(self, prefix: str) -> bytes:
        """The id that begins with these hexadecimal digits; of a superseded one, that of the latest
        revision.

        Raises NotFound if none does, Refused if several events' do.
        """
        found = self._database.rows(_FIND, _prefix_range(prefix))
        if not found:
            raise NotFound(
                "no event here has an id that begins with {prefix}; see: potluck list",
                prefix=prefix,
            )
        if len(found) > 1:
            raise Refused("several ids begin with {prefix}; give more of it", prefix=prefix)
        identifier: bytes = found[0][0]
        return identifier

    def hosts(self, prefix: str) -> list[bytes]:
        """The hosts, two at most, of which the key begins with these hexadecimal digits."""
        query = "SELECT DISTINCT host FROM register WHERE host BETWEEN ? AND ? LIMIT 2"
        return [host for (host,) in self._database.rows(query, _prefix_range(prefix))]

    def encoded_many(self, ids: Iterable[bytes]) -> dict[bytes, bytes]:
        """The exact bytes of those of the ids (a few hundred) that are held."""
        return {wanted: found for wanted in ids if (found := self.encoded(wanted)) is not None}

    def candidates(self, cells: Collection[int] | None, since: int, until: int) -> list[Entry]:
        """Scheduled and postponed events that start in [since, until], by register.

        `cells` (H3 indexes, resolution 5) narrows to a region, to be measured by the caller, as
        far as it is known where an event is; None is everywhere, also nowhere.
        """
        query = _EVERYWHERE if cells is None else _IN_CELLS
        regions = () if cells is None else (cells, around(frozenset(cells), LITTLE / 1_000))
        within = [apsw.carray(array("q", region)) for region in regions]
        return self._entries(query, (since, until, *within))

    def versions(self, source: str, slot: int) -> list[Entry]:
        """An imported event, as each of its importers tells it."""
        query = f"{_ENTRY} AND source = ? AND slot = ? ORDER BY host"
        return self._entries(query, (source, rows.slot_key(slot)))

    def own_at(self, host: bytes, start: int) -> list[Entry]:
        """What a host announces of its own that starts then (UTC seconds)."""
        query = f"{_ENTRY} AND host = ? AND start = ? AND source IS NULL AND status <= 1"
        return self._entries(query, (host, start))

    def imported_alike(self, title: str, start: int) -> list[Entry]:
        """Imported events of this title that start then."""
        query = f"{_ENTRY} AND start = ? AND title = ? AND source IS NOT NULL ORDER BY id"
        return self._entries(query, (start, title))

    def page(
        self,
        within: Within,
        order: Order = Order.TIME,
        after: Position | None = None,
        limit: int = PAGE,
    ) -> list[Entry]:
        """The next of the plain list, cancelled ones included: after a position, or the first.

        By time it costs as much as it reads: the walk goes along an index and ends at the limit.
        """
        conditions, bindings = _conditions(within)
        if within.cells is not None and order is Order.TIME:
            around = f"SELECT 1 FROM register WHERE {' AND '.join(conditions[:3])} LIMIT {MANY + 1}"
            if len(self._database.rows(around, bindings)) > MANY:
                conditions[2] = f"+{conditions[2]}"  # not by the index of places
        if after is not None:
            terms = "(:start, :title, :id)" if order is Order.TIME else "(:title, :start, :id)"
            conditions.append(f"({order.value}) > {terms}")
            bindings |= after._asdict()
            if order is Order.TIME:
                bindings["since"] = max(within.since, after.start)  # the walk begins there
        query = f"{_SELECT} WHERE {' AND '.join(conditions)} ORDER BY {order.value} LIMIT :limit"
        return self._entries(query, bindings | {"limit": limit})

    def page_of_host(
        self, host: bytes, words: str = "", after: Position | None = None, limit: int = PAGE
    ) -> list[Entry]:
        """The same of one host (it has some thousands at most): its own events by time, those
        without a date last, then the imported ones by time."""
        bindings = {"host": host, "limit": limit, **_searched(words)}
        conditions = [f"{_ENTRY} AND host = :host", *_searching(words)]
        if after is not None:
            conditions.append(f"({_OWN_FIRST}) > (:imported, :start, :title, :id)")
            bindings |= after._asdict()
        return self._entries(
            f"{' AND '.join(conditions)} ORDER BY {_OWN_FIRST} LIMIT :limit", bindings
        )

    def _entries(self, query: str, bindings: Bindings) -> list[Entry]:
        return list(map(Entry._make, self._database.rows(query, bindings)))

    def of_host(self, host: bytes) -> list[bytes]:
        """The exact bytes of what is held of a host, by slot."""
        found = self._database.rows(f"{_WIRE} WHERE host = ? ORDER BY slot", (host,))
        return [encoded for _, encoded in found]

    async def counts(self) -> Counts:
        return await self._database.scan(lambda connection: Counts(*fetch(connection, _COUNTS)[0]))

    async def newest(self, hosts: int = 1) -> int | None:
        """The latest time (UTC seconds) since which so many hosts announced what is here."""
        found = await self._database.scan(partial(fetch, sql=_NEWEST, bindings=(hosts - 1,)))
        return found[0][0] if found else None

    async def sync_items(self, cutoff: int) -> Items:
        """What sync reconciles: the winning ids that expire after `cutoff`, held or not."""
        query = "SELECT issued_at, id FROM register WHERE expires_at > ? ORDER BY issued_at, id"
        return await self._database.scan(
            lambda connection: Items(
                (issued_at, id) for issued_at, id in fetch(connection, query, (cutoff,))
            )
        )

    async def aside(self, work: Callable[[], T]) -> T:
        return await self._database.aside(work)

    def everything(self) -> Iterator[bytes]:
        """The exact bytes of all that is held, in the order of arrival."""
        after: int | None = 0
        while after is not None:
            page, after = self.arrivals(after, PAGE)
            yield from page

    def arrivals(self, after: int, limit: int) -> tuple[list[bytes], int | None]:
        """So many of what is held, in the order of arrival, and the `after` of the next; None at
        the end.

        The first `after` is 0.
        """
        page = self._database.rows(_NEXT_PAGE, (after, limit))
        return [encoded for _, encoded in page], page[-1][0] if len(page) == limit else None


def _conditions(within: Within) -> tuple[list[str], dict[str, Any]]:
    """What of the register is within; the first ones are answered by the indexes alone."""
    conditions = ["title IS NOT NULL", "start BETWEEN :since AND :until"]
    bindings: dict[str, Any] = {"since": within.since, "until": within.until}
    if within.cells is not None:
        conditions.append("cell IN (SELECT value FROM carray(:cells))")
        bindings["cells"] = apsw.carray(array("q", within.cells))
    return conditions + _searching(within.words), bindings | _searched(within.words)


def _searching(words: str) -> list[str]:
    return [f"instr(words, :word{number})" for number in range(len(words.split()))]


def _searched(words: str) -> dict[str, Any]:
    return {f"word{number}": rows.folded(word) for number, word in enumerate(words.split())}


def _prefix_range(prefix: str) -> tuple[bytes, bytes]:
    """The smallest and the largest id (32 bytes) that begin with hexadecimal digits."""
    digits = prefix.strip().lower()
    if not 4 <= len(digits) <= 64 or not set(digits) <= set("0123456789abcdef"):
        raise NotFound(
            "{prefix!r} is no id: give its first 4 or more digits (0-9, a-f); see: potluck list",
            prefix=prefix,
        )
    return bytes.fromhex(digits.ljust(64, "0")), bytes.fromhex(digits.ljust(64, "f"))


_FIND = """
    SELECT id FROM register WHERE id BETWEEN ?1 AND ?2
    UNION SELECT register.id FROM refused JOIN register USING (host, slot)
    WHERE refused.id BETWEEN ?1 AND ?2
    LIMIT 2
"""
_WIRE = "SELECT ref, encoded FROM register JOIN wire USING (ref)"
_NEXT_PAGE = "SELECT ref, encoded FROM wire WHERE ref > ? ORDER BY ref LIMIT ?"
_COUNTS = """
    SELECT count(*) FILTER (WHERE held), count(DISTINCT host) FILTER (WHERE held), count(*)
    FROM register
"""
_NEWEST = """
    SELECT max(issued_at) AS newest FROM register
    GROUP BY host ORDER BY newest DESC LIMIT 1 OFFSET ?
"""
_SELECT = f"SELECT {ENTRY_COLUMNS} FROM register"
_ENTRY = f"{_SELECT} WHERE title IS NOT NULL"
_OWN_FIRST = f"source IS NOT NULL, coalesce(start, {FAR}), title COLLATE NOCASE, id"
# By register, so that whoever sorts them has little to do, and holds the interpreter briefly.
_BY_REGISTER = "ORDER BY host, slot"
_EVERYWHERE = f"{_ENTRY} AND status <= 1 AND start BETWEEN ?1 AND ?2 {_BY_REGISTER}"
_HELD_AT = f"{_SELECT} INDEXED BY"
# Three parts, because each has its index: those of which the place is known, those known to lie
# within LITTLE metres of a cell around, and the few others, wherever they are.
_IN_CELLS = f"""
    {_HELD_AT} register_by_place WHERE uncertainty IS NULL AND status <= 1
        AND start BETWEEN ?1 AND ?2 AND cell IN (SELECT value FROM carray(?3))
    UNION ALL {_HELD_AT} register_uncertain WHERE uncertainty <= {LITTLE} AND status <= 1
        AND start BETWEEN ?1 AND ?2 AND cell IN (SELECT value FROM carray(?4))
    UNION ALL {_HELD_AT} register_anywhere WHERE uncertainty > {LITTLE} AND status <= 1
        AND start BETWEEN ?1 AND ?2
    {_BY_REGISTER}
"""

"""The calendars that were imported: where, how the last reading went, what was announced."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

import apsw

from .connection import fetch
from .part import Part
from .rows import slot_key, slot_of


@dataclass(frozen=True, slots=True)
class FeedState:
    """A calendar. Times are UTC seconds; `form` is the JSON of how to import it.

    `every`: seconds between two looks, None if it is not watched; `next`: when the next is due.
    `etag` and `modified`: what to ask the server with whether anything changed. `read_at`: when it
    last came whole; `failing_since` and `failure`: since when it does not, and why.
    """

    address: str
    form: str = "{}"
    every: int | None = None
    next: int | None = None
    etag: str | None = None
    modified: str | None = None
    read_at: int | None = None
    failing_since: int | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """An event of a calendar as it stood there; `slot` is the u64 under which it is announced.

    `gone`: it stands there no more.
    """

    uid: str
    occurrence: str
    title: str
    start: int
    place: str
    slot: int
    gone: bool = False


_COLUMNS = ", ".join(part.name for part in fields(FeedState))
_MARKS = ", ".join("?" for _ in fields(FeedState))
_CHANGES = ", ".join(f"{part.name} = excluded.{part.name}" for part in fields(FeedState))


class Feeds(Part):
    """The calendars of this home."""

    def get(self, address: str) -> FeedState:
        """The calendar of this address, an empty state if it was never imported."""
        sql = f"SELECT {_COLUMNS} FROM feed WHERE address = ?"
        row = self._database.row(sql, (address,))
        return FeedState(*row) if row else FeedState(address)

    def watched(self) -> list[FeedState]:
        """The calendars to look at again, those that are due first."""
        sql = f"SELECT {_COLUMNS} FROM feed WHERE every IS NOT NULL ORDER BY next, address"
        return [FeedState(*row) for row in self._database.rows(sql)]

    async def put(self, state: FeedState) -> None:
        await self._database.write(lambda connection: _put(connection, state))

    async def unwatch(self, address: str) -> bool:
        """Look at it no more; whether it was watched."""
        sql = """UPDATE feed SET every = NULL, next = NULL
            WHERE address = ? AND every IS NOT NULL RETURNING 1"""
        return bool(await self._database.change(sql, (address,)))

    async def events(self, address: str) -> list[FeedEvent]:
        """What was announced of a calendar."""
        sql = """SELECT uid, occurrence, title, start, place, slot, gone_at IS NOT NULL
            FROM feed_event WHERE feed = (SELECT ref FROM feed WHERE address = ?)"""
        rows = await self._database.scan(lambda connection: fetch(connection, sql, (address,)))
        return [
            FeedEvent(uid, occurrence, title, start, place, slot_of(key), bool(gone))
            for uid, occurrence, title, start, place, key, gone in rows
        ]

    async def record(
        self,
        state: FeedState,
        present: Iterable[FeedEvent],
        gone: Iterable[int],
        forgotten: Iterable[int],
    ) -> None:
        """Remember a reading: what stands there, which slots do so no more, which to forget."""
        now = state.read_at
        rows = [
            (slot_key(each.slot), each.uid, each.occurrence, each.title, each.start, each.place)
            for each in present
        ]

        def write(connection: apsw.Connection) -> None:
            feed = _put(connection, state)
            connection.executemany(
                "INSERT OR REPLACE INTO feed_event "
                "(feed, slot, uid, occurrence, title, start, place) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(feed, *row) for row in rows],
            )
            connection.executemany(
                "UPDATE feed_event SET gone_at = ? WHERE feed = ? AND slot = ? AND gone_at IS NULL",
                [(now, feed, slot_key(slot)) for slot in gone],
            )
            connection.executemany(
                "DELETE FROM feed_event WHERE feed = ? AND slot = ?",
                [(feed, slot_key(slot)) for slot in forgotten],
            )

        await self._database.write(write)

    def seen(self, slot: int) -> int | None:
        """When an own event last stood in a calendar that it was imported from, in UTC seconds."""
        sql = """SELECT max(coalesce(gone_at, read_at)) FROM feed_event JOIN feed ON ref = feed
            WHERE slot = ?"""
        row = self._database.row(sql, (slot_key(slot),))
        return row[0] if row else None


def _put(connection: apsw.Connection, state: FeedState) -> int:
    sql = f"""INSERT INTO feed ({_COLUMNS}) VALUES ({_MARKS})
        ON CONFLICT (address) DO UPDATE SET {_CHANGES} RETURNING ref"""
    values = tuple(getattr(state, part.name) for part in fields(FeedState))
    return int(fetch(connection, sql, values)[0][0])

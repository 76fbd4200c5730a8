"""Letting go: of what expired, and of what is too much for the deck or the log."""

from dataclasses import dataclass, field

import apsw

from potluck.node.geography.distance import may_be_within
from potluck.protocol.admission import Floor
from potluck.protocol.announcement import DAY
from potluck.protocol.eviction import LOG_FACTOR, Ranks, Register, keep, keep_log
from potluck.protocol.link import parse
from potluck.protocol.table import Table

from . import revisions as past
from . import rows
from .connection import fetch
from .database import Database
from .overlay import DELETE_WIRE, delete, lower_floors

KEEP_LOG = DAY
"""Seconds that a register's row in the log outlives its expiry, since clocks differ."""

SLACK = 50
"""A full deck or log is cut to one part in so many below its bound, so as not to be cut soon."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Events to hold at most, the 32 secret bytes that rank what is left out, our host."""

    max_events: int
    secret: bytes = field(repr=False)
    own_host: bytes


class Upkeep:
    """Keeps the deck and the log within their bounds."""

    def __init__(self, database: Database, bounds: Bounds) -> None:
        self._database = database
        self._bounds = bounds
        self._ranks = Ranks(bounds.secret)
        self._held = self._logged = 1 << 62  # at most; counted when it matters

    def after_write(self, connection: apsw.Connection, added: int, now: int) -> bool:
        """On the writer's thread, after some were added; whether any register was forgotten."""
        self._held += added
        self._logged += added
        room = self._bounds.max_events
        if self._held <= room and self._logged <= LOG_FACTOR * room:
            return False
        self._held, self._logged = fetch(connection, _COUNT)[0]
        if self._held > room:
            self._cut_deck(connection, room - room // SLACK, now)
        if self._logged <= LOG_FACTOR * room:
            return False
        self._cut_log(connection, LOG_FACTOR * (room - room // SLACK), now)
        return True

    async def purge(self, now: int) -> int:
        """Let go of what expired by `now`: the announcement at once, its row in the log a day
        later.

        Each call goes at most a day beyond the one before: a clock that is far ahead for a while
        costs days of events, not all of them. Returns how many announcements were let go.
        """
        return await self._database.write(
            lambda connection: purge(connection, _no_leap(connection, now))
        )

    async def damage(self) -> str | None:
        """What SQLite finds wrong with the file, in its words; None if nothing."""
        found = await self._database.scan(
            lambda connection: fetch(connection, "PRAGMA quick_check(1)")
        )
        verdict: str = found[0][0]
        return None if verdict == "ok" else verdict

    def _cut_deck(self, connection: apsw.Connection, room: int, now: int) -> None:
        held = _registers(connection, "SELECT host, slot FROM register WHERE held")
        protected = {register for register in held if register[0] == self._bounds.own_host}
        protected |= held & _registers(connection, "SELECT host, slot FROM choice WHERE kept")
        met = {host for (host,) in fetch(connection, "SELECT host FROM met")}
        protected |= {register for register in held if register[0] in met}
        tiers = [_at_tables(connection, now), held]
        dropped = held - keep(tiers, room, self._ranks, _sources(connection), protected)
        past.forget(connection, dropped)
        let_go = [(host, rows.slot_key(slot)) for host, slot in dropped]
        connection.executemany(DELETE_WIRE, let_go)
        connection.executemany(
            f"UPDATE register SET {_NOT_HELD} WHERE host = ? AND slot = ?", let_go
        )
        self._held = len(held) - len(let_go)

    def _cut_log(self, connection: apsw.Connection, room: int, now: int) -> None:
        others = fetch(
            connection,
            "SELECT host, slot, expires_at FROM register WHERE host != ?",
            (self._bounds.own_host,),
        )
        expiries = {(host, rows.slot_of(key)): expires_at for host, key, expires_at in others}
        dropped = expiries.keys() - keep_log(expiries, room, self._ranks)
        floors: dict[bytes, Floor] = {}
        for register in dropped:
            host, slot = register
            floor = floors.get(host, Floor(slot, expiries[register]))
            floors[host] = floor.lowered(slot, expiries[register])
        past.forget(connection, dropped)
        delete(connection, dropped)
        lower_floors(connection, floors, now)
        self._logged -= len(dropped)


def purge(connection: apsw.Connection, now: int) -> int:
    connection.execute(
        f"DELETE FROM wire WHERE ref IN (SELECT ref FROM register WHERE {_EXPIRED})", (now,)
    )
    gone = connection.changes()
    connection.execute(f"UPDATE register SET {_NOT_HELD} WHERE {_EXPIRED}", (now,))
    past.sweep(connection)
    for table, expiry in _LOGS.items():
        connection.execute(f"DELETE FROM {table} WHERE {expiry} <= ?", (now - KEEP_LOG,))
    return gone


def _no_leap(connection: apsw.Connection, now: int) -> int:
    """How far to purge at `now`: at most a day beyond the last time, which is remembered."""
    before = fetch(connection, "SELECT body FROM note WHERE name = 'purged'")
    horizon = min(now, int(before[0][0]) + DAY) if before else now
    connection.execute(
        "INSERT OR REPLACE INTO note (name, body) VALUES ('purged', ?)", (str(horizon),)
    )
    return horizon


def _registers(connection: apsw.Connection, query: str) -> set[Register]:
    return {(host, rows.slot_of(key)) for host, key in fetch(connection, query)}


def _sources(connection: apsw.Connection) -> dict[Register, str]:
    found = fetch(connection, "SELECT host, slot, source FROM register WHERE source IS NOT NULL")
    return {(host, rows.slot_of(key)): source for host, key, source in found}


def _at_tables(connection: apsw.Connection, now: int) -> set[Register]:
    """The registers that a table joined may deal today or tomorrow: they are let go of last."""
    found: set[Register] = set()
    for (link,) in fetch(connection, "SELECT link FROM joined"):
        table = parse(link)
        if not isinstance(table, Table):
            continue
        centre, window = (table.lat, table.lon), (now - DAY, now + (table.days + 1) * DAY)
        # Measured one by one: a table may look at the whole world, and its cells would take a
        # minute.
        for host, key, lat, lon, uncertainty in fetch(connection, _PLACED, window):
            if may_be_within(centre, (lat, lon), table.km, uncertainty):
                found.add((host, rows.slot_of(key)))
    return found


_LOGS = {"register": "expires_at", "floor": "until", "refused": "until", "vouch": "expires_at"}
_COUNT = "SELECT count(*) FILTER (WHERE held), count(*) FROM register"
_EXPIRED = "held AND expires_at <= ?"
_NOT_HELD = "held = 0, " + ", ".join(f"{column} = NULL" for column in rows.HELD_COLUMNS)
_PLACED = """
    SELECT host, slot, lat, lon, uncertainty FROM register
    WHERE cell IS NOT NULL AND start BETWEEN ?1 AND ?2
"""

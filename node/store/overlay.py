"""What was decided and is on its way to the disk, and how it is written."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field

import apsw

from potluck.node.limits import MAX_REFUSED
from potluck.protocol.admission import Floor, Head
from potluck.protocol.wire import SignedAnnouncement

from . import revisions as past
from . import rows


@dataclass(slots=True)
class Change:
    """A register's new row, or none when it was dropped. `replaces` says that the table has an old
    one."""

    head: Head
    signed: SignedAnnouncement | None
    replaces: bool

    @property
    def standing(self) -> Head | None:
        """The register's winning revision from now on; none when it was dropped."""
        return self.head if self.signed is not None else None


@dataclass(slots=True)
class Overlay:
    """What was decided and is not yet committed."""

    changes: dict[tuple[bytes, int], Change] = field(default_factory=dict)
    ids: set[bytes] = field(default_factory=set)
    refused: list[tuple[bytes, int, bytes, int]] = field(default_factory=list)
    floors: dict[bytes, Floor] = field(default_factory=dict)
    now: int = 0
    durable: Future[None] | None = None


def write(connection: apsw.Connection, overlay: Overlay, last_ref: int) -> int:
    """Write all of it after the row `last_ref`; how many rows were added."""
    replaced = {
        register: change.signed for register, change in overlay.changes.items() if change.replaces
    }
    added = [change.signed for change in overlay.changes.values() if change.signed]
    revised = {
        register for register, signed in replaced.items() if signed and signed.announcement.body
    }
    past.keep(connection, revised)
    past.forget(connection, replaced.keys() - revised)
    delete(connection, replaced)
    connection.executemany(
        rows.ADD, (rows.register_row(*pair) for pair in enumerate(added, last_ref + 1))
    )
    connection.executemany(
        ADD_WIRE, ((ref, signed.encoded) for ref, signed in enumerate(added, last_ref + 1))
    )
    connection.executemany(_ADD_REFUSED, overlay.refused)
    connection.executemany(_FORGET_REFUSED, [(MAX_REFUSED,)] if overlay.refused else [])
    lower_floors(connection, overlay.floors, overlay.now)
    return len(added)


def delete(connection: apsw.Connection, registers: Iterable[tuple[bytes, int]]) -> None:
    """Forget these registers whole."""
    keys = [(host, rows.slot_key(slot)) for host, slot in registers]
    connection.executemany(DELETE_WIRE, keys)
    connection.executemany(_DELETE, keys)


def lower_floors(connection: apsw.Connection, floors: Mapping[bytes, Floor], now: int) -> None:
    """Remember the floors of hosts; one that was over by `now` is replaced, else the lower one
    counts."""
    connection.executemany(
        _ADD_FLOOR,
        ((host, rows.slot_key(floor.slot), floor.until, now) for host, floor in floors.items()),
    )


ADD_WIRE = "INSERT INTO wire (ref, encoded) VALUES (?, ?)"
_ADD_REFUSED = "INSERT OR IGNORE INTO refused (id, until, host, slot) VALUES (?, ?, ?, ?)"
_FORGET_REFUSED = "DELETE FROM refused WHERE seq <= (SELECT max(seq) FROM refused) - ?"
_ADD_FLOOR = """
    INSERT INTO floor (host, slot, until) VALUES (?1, ?2, ?3) ON CONFLICT (host) DO UPDATE SET
    slot = iif(until > ?4, min(slot, excluded.slot), excluded.slot),
    until = max(until, excluded.until)
"""
DELETE_WIRE = "DELETE FROM wire WHERE ref = (SELECT ref FROM register WHERE host = ? AND slot = ?)"
_DELETE = "DELETE FROM register WHERE host = ? AND slot = ?"

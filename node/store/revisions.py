"""What an event said before: superseded revisions that were held here, a few each, for the owner's
eyes only.

They are no part of the deck: not counted, drawn from, gossiped, synced or exported. A host that
withdraws takes them back too, and they go with their event when it expires or is let go.
"""

from collections.abc import Collection

import apsw

from potluck.node.limits import MAX_PAST, PAST_REVISIONS

from . import rows

Register = tuple[bytes, int]


def keep(connection: apsw.Connection, superseded: Collection[Register]) -> None:
    """On the writer's thread: remember what is held of these, which is about to be replaced."""
    if superseded:
        keys = _keys(superseded)
        connection.executemany(_KEEP, keys)
        connection.executemany(_TRIM, keys)
        connection.execute(_FORGET_OLDEST)


def forget(connection: apsw.Connection, registers: Collection[Register]) -> None:
    """Forget what these said: they were withdrawn, or let go."""
    connection.executemany("DELETE FROM past WHERE host = ? AND slot = ?", _keys(registers))


def sweep(connection: apsw.Connection) -> None:
    """Forget what those said that have expired."""
    connection.execute(_SWEEP)


def _keys(registers: Collection[Register]) -> list[tuple[bytes, int]]:
    return [(host, rows.slot_key(slot)) for host, slot in registers]


_KEEP = """
    INSERT INTO past (host, slot, encoded)
    SELECT host, slot, encoded FROM register JOIN wire USING (ref) WHERE host = ? AND slot = ?
"""
_TRIM = f"""
    DELETE FROM past WHERE host = ?1 AND slot = ?2 AND seq NOT IN (
        SELECT seq FROM past WHERE host = ?1 AND slot = ?2 ORDER BY seq DESC LIMIT {PAST_REVISIONS}
    )
"""
_FORGET_OLDEST = f"DELETE FROM past WHERE seq <= (SELECT max(seq) FROM past) - {MAX_PAST}"
_SWEEP = """
    DELETE FROM past WHERE NOT EXISTS (
        SELECT 1 FROM register
        WHERE register.host = past.host AND register.slot = past.slot AND held
    )
"""

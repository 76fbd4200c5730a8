"""The step of the tables from tickets of hosts to tickets of organisers."""

import json
from collections import Counter
from typing import Any

import apsw

from potluck.protocol import wire
from potluck.protocol.candidate import who
from potluck.protocol.errors import RemoteError

from . import rows

LEFT_BEHIND = "left behind"
"""The note of how many announcements were let go, {host in hex: how many}."""

_DEALT_BEFORE = " "  # no table's name
_FIRST = f"""
DROP INDEX register_recurring;
ALTER TABLE register DROP COLUMN rrule;
ALTER TABLE register ADD COLUMN uncertainty INTEGER;
CREATE INDEX register_uncertain ON register (cell, start) WHERE uncertainty <= {rows.LITTLE};
CREATE INDEX register_anywhere ON register (start) WHERE uncertainty > {rows.LITTLE};
CREATE INDEX register_of_source ON register (source, slot) WHERE source IS NOT NULL;

-- Hands dealt before only fill the bag: their odds were counted otherwise.
ALTER TABLE hand RENAME TO earlier_hand;
CREATE TABLE hand (
    ref INTEGER PRIMARY KEY,
    day TEXT NOT NULL, table_name TEXT NOT NULL, redraw INTEGER NOT NULL,
    filters BLOB NOT NULL, drawn_at INTEGER NOT NULL, seed BLOB NOT NULL, facts TEXT NOT NULL,
    UNIQUE (day, table_name, redraw, filters)
) STRICT;
INSERT INTO hand SELECT ref, day, '{_DEALT_BEFORE}', redraw, CAST(ref AS BLOB), drawn_at, seed,
    '{{}}' FROM earlier_hand;
DROP TABLE earlier_hand;
ALTER TABLE card RENAME TO earlier_card;
CREATE TABLE card (
    hand INTEGER NOT NULL, position INTEGER NOT NULL,
    host BLOB NOT NULL, slot INTEGER NOT NULL, id BLOB NOT NULL, event BLOB NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (hand, position)
) STRICT, WITHOUT ROWID;
ALTER TABLE returned RENAME TO earlier_returned;
CREATE TABLE returned (event BLOB PRIMARY KEY, day TEXT NOT NULL) STRICT, WITHOUT ROWID;

ALTER TABLE receipt RENAME TO earlier_receipt;
CREATE TABLE receipt (
    id BLOB PRIMARY KEY, drawn_at INTEGER NOT NULL, version INTEGER NOT NULL,
    seed_kind TEXT NOT NULL, body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO receipt SELECT id, drawn_at, 1, seed_kind, body FROM earlier_receipt;
DROP TABLE earlier_receipt;

-- There is one rule now: what said by which one to draw, says it no longer.
UPDATE joined SET link = replace(replace(link, '&by=hosts', ''), '&by=events', '');
UPDATE filters SET body = json_remove(body, '$.by');
DELETE FROM note WHERE name = 'witness';
"""
_LAST = "DROP TABLE earlier_card; DROP TABLE earlier_returned;"
_RETURN = """
    INSERT OR REPLACE INTO returned SELECT DISTINCT card.event, earlier_returned.day
    FROM card JOIN earlier_returned USING (host, slot)
"""


def count_by_organisers(connection: apsw.Connection) -> None:
    """Bring everything that a home holds to the new rule; what cannot be read is let go."""
    connection.execute(_FIRST)
    cards = connection.execute(
        "SELECT hand, position, host, slot, id, source, facts FROM earlier_card"
    )
    connection.executemany(
        "INSERT INTO card VALUES (?, ?, ?, ?, ?, ?, ?)", map(_card, cards.fetchall())
    )
    connection.execute(_RETURN)
    connection.execute(_LAST)
    _let_go(connection)


def _card(row: tuple[Any, ...]) -> tuple[Any, ...]:
    hand, position, host, slot, id, source, facts = row
    event = who(host, source) + rows.slot_of(slot).to_bytes(8, "big")
    return hand, position, host, slot, id, event, facts


def _let_go(connection: apsw.Connection) -> None:
    """Forget what is not an announcement any more, such as imports without their source's stamp."""
    held = "SELECT ref, host, slot, encoded FROM register JOIN wire USING (ref)"
    found: list[tuple[Any, ...]] = connection.execute(held).fetchall()
    gone = [(ref, host, slot) for ref, host, slot, encoded in found if not _is_readable(encoded)]
    connection.executemany("DELETE FROM wire WHERE ref = ?", [(ref,) for ref, _, _ in gone])
    connection.executemany("DELETE FROM register WHERE ref = ?", [(ref,) for ref, _, _ in gone])
    past: list[tuple[Any, ...]] = connection.execute("SELECT seq, encoded FROM past").fetchall()
    unread = [(seq,) for seq, encoded in past if not _is_readable(encoded)]
    connection.executemany("DELETE FROM past WHERE seq = ?", unread)
    if gone:
        counted = json.dumps(Counter(host.hex() for _, host, _ in gone))
        connection.execute("INSERT INTO note VALUES (?, ?)", (LEFT_BEHIND, counted))


def _is_readable(encoded: bytes) -> bool:
    try:
        wire.decode(encoded)
    except RemoteError:
        return False
    return True

"""The tables, as steps from one schema version to the next.

A step and the new version number are one transaction: a step that is cut short leaves the old
version whole. Steps are only ever added, never changed once released.
"""

from collections.abc import Callable

import apsw

from potluck.protocol.errors import LocalError

from .organisers import count_by_organisers

APPLICATION_ID = 0x706F746C  # "potl", shown by file(1)

_FIRST = """
-- The log of live registers: the winning revision of each, held or not. Slots are u64 minus 2**63,
-- so that their order is kept. Columns from `start` on are set only while the announcement is held.
CREATE TABLE register (
    ref INTEGER PRIMARY KEY,
    host BLOB NOT NULL, slot INTEGER NOT NULL, revision INTEGER NOT NULL, id BLOB NOT NULL,
    issued_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    status INTEGER NOT NULL, held INTEGER NOT NULL,
    start INTEGER, "end" INTEGER, all_day INTEGER, cell INTEGER, lat REAL, lon REAL,
    title TEXT, series TEXT, source TEXT, rrule TEXT, facts BLOB
) STRICT;
CREATE UNIQUE INDEX register_of_host ON register (host, slot);
CREATE UNIQUE INDEX register_by_id ON register (id);
CREATE INDEX register_by_place ON register (cell, start) WHERE cell IS NOT NULL;
CREATE INDEX register_recurring ON register (cell, start) WHERE rrule IS NOT NULL;

-- The exact bytes of what is held, apart, so that scans of `register` stay narrow.
CREATE TABLE wire (ref INTEGER PRIMARY KEY, encoded BLOB NOT NULL) STRICT;

CREATE TABLE floor (
    host BLOB PRIMARY KEY, slot INTEGER NOT NULL, until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- With its register, so that an old id still finds the event that it once named.
CREATE TABLE refused (
    seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, until INTEGER NOT NULL,
    host BLOB NOT NULL, slot INTEGER NOT NULL
) STRICT;

-- Hands stay: the cards of earlier days are the shuffle bag (see hands.py).
CREATE TABLE hand (
    ref INTEGER PRIMARY KEY,
    day TEXT NOT NULL, table_name TEXT NOT NULL, redraw INTEGER NOT NULL, mode TEXT NOT NULL,
    filters BLOB NOT NULL, drawn_at INTEGER NOT NULL, seed BLOB NOT NULL, facts TEXT NOT NULL,
    UNIQUE (day, table_name, redraw, mode, filters)
) STRICT;
CREATE TABLE card (
    hand INTEGER NOT NULL, position INTEGER NOT NULL,
    host BLOB NOT NULL, slot INTEGER NOT NULL, id BLOB NOT NULL, source TEXT, facts TEXT NOT NULL,
    PRIMARY KEY (hand, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE choice (
    host BLOB NOT NULL, slot INTEGER NOT NULL, kept INTEGER NOT NULL, made_at INTEGER NOT NULL,
    PRIMARY KEY (host, slot)
) STRICT, WITHOUT ROWID;
CREATE TABLE receipt (
    id BLOB PRIMARY KEY, drawn_at INTEGER NOT NULL, mode TEXT NOT NULL, seed_kind TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE filters (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE joined (
    name TEXT PRIMARY KEY, link TEXT NOT NULL, is_default INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE block (
    kind TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE peer (
    id TEXT PRIMARY KEY, addresses TEXT NOT NULL, record BLOB,
    met_at INTEGER, failed_at INTEGER, failures INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE ban (
    kind TEXT NOT NULL, value TEXT NOT NULL, until INTEGER NOT NULL, why TEXT NOT NULL,
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;

-- What other modules remember under a name, such as the calendars that are watched.
CREATE TABLE note (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""

_PAST = """
-- What held events said before (see revisions.py).
CREATE TABLE past (
    seq INTEGER PRIMARY KEY, host BLOB NOT NULL, slot INTEGER NOT NULL, encoded BLOB NOT NULL
) STRICT;
CREATE INDEX past_of_register ON past (host, slot);
"""

_RETURNED = """
-- Cards that were put back into the hat on a day: what was shown until then does not count for
-- the bag.
CREATE TABLE returned (
    host BLOB NOT NULL, slot INTEGER NOT NULL, day TEXT NOT NULL, PRIMARY KEY (host, slot)
) STRICT, WITHOUT ROWID;
"""

_LISTED = """
-- For lists in the order of time, a page at a time, and for looking for words (folded) in them.
CREATE INDEX register_by_time ON register (start) WHERE title IS NOT NULL;
ALTER TABLE register ADD COLUMN words TEXT;
UPDATE register SET words = lower(title) WHERE title IS NOT NULL;
"""

_TRUST = """
CREATE TABLE vouch (
    host BLOB NOT NULL, place INTEGER NOT NULL, met BLOB NOT NULL, given INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, issued_at INTEGER NOT NULL, id BLOB NOT NULL UNIQUE,
    encoded BLOB NOT NULL, PRIMARY KEY (host, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX vouch_of_met ON vouch (met);
-- Whom one has met, by the name that one gave them; never sent.
CREATE TABLE met (
    host BLOB PRIMARY KEY, name TEXT NOT NULL, met_at INTEGER NOT NULL, until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
ALTER TABLE block ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE block ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE block ADD COLUMN warns INTEGER NOT NULL DEFAULT 0;
"""

_FEEDS = """
-- Calendars that were imported; those with `every` seconds are looked at again. `form` is JSON.
CREATE TABLE feed (
    ref INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, form TEXT NOT NULL,
    every INTEGER, next INTEGER, etag TEXT, modified TEXT,
    read_at INTEGER, failing_since INTEGER, failure TEXT
) STRICT;
-- What was announced of each, and as what it stood there (see calendars/event_identity.py).
-- `gone_at` is set once it stands there no more. Slots are u64 minus 2**63.
CREATE TABLE feed_event (
    feed INTEGER NOT NULL, slot INTEGER NOT NULL, uid TEXT NOT NULL, occurrence TEXT NOT NULL,
    title TEXT NOT NULL, start INTEGER NOT NULL, place TEXT NOT NULL, gone_at INTEGER,
    PRIMARY KEY (feed, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_event_by_slot ON feed_event (slot);
INSERT INTO feed (address, form, every, next)
    SELECT key, value ->> '$.form', value ->> '$.every', value ->> '$.next'
    FROM note, json_each(note.body) WHERE note.name = 'watched';
DELETE FROM note WHERE name = 'watched';
"""


Step = str | Callable[[apsw.Connection], None]
STEPS: tuple[Step, ...] = (_FIRST, _PAST, _RETURNED, _LISTED, _FEEDS, count_by_organisers, _TRUST)


def migrate(connection: apsw.Connection, steps: tuple[Step, ...] = STEPS) -> None:
    """Bring the database to the newest version; raises LocalError if it is newer or not ours."""
    application = connection.pragma("application_id")
    version = connection.pragma("user_version")
    if application not in (0, APPLICATION_ID):
        raise LocalError("the store is another program's database; move it away and start again")
    if version > len(steps):
        raise LocalError("the store was made by a newer Potluck; update this one")
    for number, step in enumerate(steps[version:], version + 1):
        with connection:
            if callable(step):
                step(connection)
            else:
                connection.execute(step)
            connection.pragma("application_id", APPLICATION_ID)
            connection.pragma("user_version", number)

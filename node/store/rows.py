"""How an announcement is laid out as a row of `register`, and what is read back for a draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import msgpack

from potluck.node.geography.distance import cell
from potluck.protocol.announcement import Body, Status
from potluck.protocol.wire import SignedAnnouncement

_SLOT_OFFSET = 1 << 63

COLUMNS = (
    "ref", "host", "slot", "revision", "id", "issued_at", "expires_at", "status", "held", "start", '"end"',
    "all_day", "cell", "lat", "lon", "title", "series", "source", "rrule", "facts",
)  # fmt: skip
HELD_COLUMNS = COLUMNS[COLUMNS.index("start") :]


def slot_key(slot: int) -> int:
    """A slot (u64) as SQLite stores it: signed, in the same order."""
    return slot - _SLOT_OFFSET


def slot_of(key: int) -> int:
    """The slot of a stored key."""
    return key + _SLOT_OFFSET


@dataclass(frozen=True, slots=True)
class Facts:
    """What filters may ask of an event besides time and place."""

    tz: str
    topics: tuple[str, ...]
    lang: str | None
    price: str | None
    capacity: int | None
    access: dict[str, bool]

    @classmethod
    def unpack(cls, packed: bytes) -> Facts:
        """The facts of a stored row."""
        tz, topics, lang, price, capacity, access = msgpack.unpackb(packed)
        return cls(tz, tuple(topics), lang, price, capacity, access)


def pack_facts(body: Body) -> bytes:
    """The facts of a body, packed, since most draws do not ask for them."""
    facts = [body.tz, body.topics, body.lang, body.price, body.capacity, dict(body.access)]
    packed: bytes = msgpack.packb(facts)
    return packed


class Entry(NamedTuple):
    """A held event as draws and lists see it. Times are UTC seconds, degrees WGS 84.

    `start` is that of the first occurrence when there is an `rrule`; it is None only for an
    event postponed without a new date. `source` is the id of the source of a relayed event.
    """

    host: bytes
    slot_key: int
    id: bytes
    status: int
    start: int | None
    end: int | None
    all_day: int
    lat: float | None
    lon: float | None
    title: str
    series: str | None
    source: str | None
    rrule: str | None
    packed_facts: bytes

    @property
    def slot(self) -> int:
        """The register's slot, u64."""
        return self.slot_key + _SLOT_OFFSET

    @property
    def facts(self) -> Facts:
        """What filters may ask besides; unpacked at each call."""
        return Facts.unpack(self.packed_facts)


ENTRY_COLUMNS = (
    'host, slot, id, status, start, "end", all_day, lat, lon, title, series, source, rrule, facts'
)


def register_row(ref: int, signed: SignedAnnouncement) -> tuple[Any, ...]:
    """The row (COLUMNS) of an announcement that is held."""
    said = signed.announcement
    head = (
        ref, said.host, slot_key(said.slot), said.revision, signed.id, said.issued_at, said.expires_at,
        int(said.status), 1,
    )  # fmt: skip
    return head + (_NOTHING if said.body is None else _event(said.body, said.status))


def _event(body: Body, status: Status) -> tuple[Any, ...]:
    place = body.place
    lat, lon = (place.lat, place.lon) if place else (None, None)
    # What was called off is not in the index of places: no draw looks for it.
    drawable = status <= Status.POSTPONED
    cell_index = cell((lat, lon)) if drawable and lat is not None and lon is not None else None
    source = body.source.id if body.source else None
    return (
        body.start, body.ends, int(body.all_day), cell_index, lat, lon,
        body.title, body.series, source, body.rrule, pack_facts(body),
    )  # fmt: skip


ADD = f"INSERT INTO register ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_NOTHING = (None,) * len(HELD_COLUMNS)

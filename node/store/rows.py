"""How an announcement is laid out as a row of `register`, and what is read back for a draw."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import msgpack

from potluck.node.geography.distance import cell
from potluck.protocol.announcement import Body, Status
from potluck.protocol.candidate import who
from potluck.protocol.wire import SignedAnnouncement

LITTLE = 25_000
"""Metres of uncertainty up to which an event is found by its cell and those around."""

_SLOT_OFFSET = 1 << 63

COLUMNS = (
    "ref", "host", "slot", "revision", "id", "issued_at", "expires_at", "status", "held", "start",
    '"end"', "all_day", "cell", "lat", "lon", "uncertainty", "title", "series", "source", "facts",
    "words",
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
    """What filters may ask of an event besides time and place: fields of its body."""

    tz: str
    topics: tuple[str, ...]
    lang: str | None
    price: str | None
    capacity: int | None
    access: dict[str, bool]

    @classmethod
    def unpack(cls, packed: bytes) -> Facts:
        """The facts of a stored row."""
        return cls(*msgpack.unpackb(packed, use_list=False))


FACTS = tuple(each.name for each in fields(Facts))


def pack_facts(body: Body) -> bytes:
    """The facts of a body, packed, since most draws do not ask for them."""
    packed: bytes = msgpack.packb([_plain(getattr(body, name)) for name in FACTS])
    return packed


_PACKABLE = frozenset({str, int, tuple, bool, type(None)})


def _plain(value: Any) -> Any:
    return value if type(value) in _PACKABLE else dict(value)  # a read-only map is not packable


class Entry(NamedTuple):
    """A held event as draws and lists see it. Times are UTC seconds, degrees WGS 84.

    `start` is None only for an event postponed without a new date. `uncertainty` is in metres.
    `source` is the id of the source of an imported event; `revision` and `issued_at` are those
    held.
    """

    host: bytes
    slot_key: int
    id: bytes
    revision: int
    issued_at: int
    status: int
    start: int | None
    end: int | None
    all_day: int
    lat: float | None
    lon: float | None
    uncertainty: int | None
    title: str
    series: str | None
    source: str | None
    packed_facts: bytes

    @property
    def slot(self) -> int:
        """The register's slot, u64."""
        return self.slot_key + _SLOT_OFFSET

    @property
    def event(self) -> bytes:
        """The item of the event, whoever brings it (`Candidate.event`)."""
        return who(self.host, self.source) + self.slot.to_bytes(8, "big")

    @property
    def facts(self) -> Facts:
        """What filters may ask besides; unpacked at each call."""
        return Facts.unpack(self.packed_facts)


ENTRY_COLUMNS = (
    'host, slot, id, revision, issued_at, status, start, "end", all_day, lat, lon, uncertainty, '
    "title, series, source, facts"
)


def register_row(ref: int, signed: SignedAnnouncement) -> tuple[Any, ...]:
    """The row (COLUMNS) of an announcement that is held."""
    one = signed.announcement
    head = (
        ref, one.host, slot_key(one.slot), one.revision, signed.id, one.issued_at,
        one.expires_at, int(one.status), 1,
    )  # fmt: skip
    return head + (_NOTHING if one.body is None else _event(one.body, one.status))


def _event(body: Body, status: Status) -> tuple[Any, ...]:
    place = body.place
    lat, lon, uncertainty = (
        (place.lat, place.lon, place.uncertainty) if place else (None, None, None)
    )
    # What was called off is not in the index of places: no draw looks for it.
    drawable = status <= Status.POSTPONED
    cell_index = cell((lat, lon)) if drawable and lat is not None and lon is not None else None
    source = body.source.id if body.source else None
    return (
        body.start, body.ends, int(body.all_day), cell_index, lat, lon, uncertainty,
        body.title, body.series, source, pack_facts(body), _words(body),
    )  # fmt: skip


def _words(body: Body) -> str:
    """What of a body words are looked for in, folded."""
    place, source = body.place, body.source
    texts = [body.title, body.series, *body.topics]
    texts += [place.name, place.address] if place else []
    texts += [source.id, source.name] if source else []
    return folded("\n".join(filter(None, texts)))


def folded(text: str) -> str:
    """A text without case and accents, to look for words in."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in apart if not unicodedata.combining(each))


ADD = f"INSERT INTO register ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_NOTHING = (None,) * len(HELD_COLUMNS)

"""Announcements and the events they describe, as frozen values that cannot be invalid.

The constructors check every rule of PROTOCOL.md, "Announcement" and raise Invalid. Times are
UTC seconds since 1970 as integers below 2**32.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import IntEnum
from types import MappingProxyType
from typing import Any

from . import identity, network, stamp
from .errors import Invalid
from .text import (
    check_language,
    check_line,
    check_lines,
    check_source_id,
    check_time_zone,
    check_url,
)

DAY = 86_400
MAX_LIFETIME = 400 * DAY
KEEP_AFTER_END = 30 * DAY
MAX_TITLE = 140
MAX_ABOUT_BYTES = 2_400
MAX_NAME = 140
MAX_ADDRESS = 300
MAX_UNCERTAINTY = 20_040_000  # metres: half way round the Earth
MAX_TOPICS = 5
MAX_TOPIC = 40
MAX_PRICE = 60
MAX_CAPACITY = 1_000_000
MAX_ACCESS = 16
RSVP_KEY_BYTES = 32
ACCESS_NEEDS = ("wheelchair", "step_free", "sign_language", "quiet", "children")

_U16 = 1 << 16
_U32 = 1 << 32
_U64 = 1 << 64
_ACCESS_NAME = re.compile("[a-z][a-z_]{0,31}")
_NOTHING: Mapping[str, Any] = MappingProxyType({})


def _nothing() -> Mapping[str, Any]:
    return _NOTHING


class Status(IntEnum):
    """What became of the event; the values are the ones on the wire."""

    SCHEDULED = 0
    POSTPONED = 1
    CANCELLED = 2
    WITHDRAWN = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where: a name, perhaps an address, perhaps coordinates in degrees (WGS 84).

    `uncertainty` is the radius in whole metres within which it lies around the coordinates (RFC
    5870), if they are not its own. `extra` holds keys of later versions: kept and ignored.
    """

    name: str
    address: str | None = None
    lat: float | None = None
    lon: float | None = None
    uncertainty: int | None = None
    extra: Mapping[str, Any] = field(default_factory=_nothing)

    def __post_init__(self) -> None:
        check_line("the place's name", self.name, MAX_NAME)
        if self.address is not None:
            check_line("the place's address", self.address, MAX_ADDRESS)
        if (self.lat is None) != (self.lon is None):
            raise Invalid("latitude and longitude go together", field="latitude")
        _check_degrees("latitude", self.lat, 90)
        _check_degrees("longitude", self.lon, 180)
        if self.uncertainty is not None:
            if self.lat is None:
                raise Invalid("an uncertainty needs coordinates")
            _check_number("uncertainty", self.uncertainty, 0, MAX_UNCERTAINTY + 1)
        _freeze_extra(self, PLACE_KEYS)


PLACE_KEYS = frozenset(part.name for part in fields(Place)) - {"extra"}


@dataclass(frozen=True, slots=True)
class Source:
    """Whence an imported event was copied: the organiser, perhaps the calendar's name and address.

    The host vouches for the copy, not for who wrote it. `stamp` (8 bytes) pays for the source: see
    `stamp.of_source`. `claimed_by` is the host key of the organiser, who now announces it. `extra`
    holds keys of later versions: kept and ignored.
    """

    id: str
    stamp: bytes
    name: str | None = None
    url: str | None = None
    claimed_by: bytes | None = None
    extra: Mapping[str, Any] = field(default_factory=_nothing)

    def __post_init__(self) -> None:
        check_source_id("the source's id", self.id, MAX_NAME)
        _check_bytes("the source's stamp", self.stamp, stamp.NONCE_BYTES)
        if self.name is not None:
            check_line("the source's name", self.name, MAX_NAME)
        if self.url is not None:
            check_url("the source's address", self.url)
        if self.claimed_by is not None:
            _check_bytes("who claims the source", self.claimed_by, identity.KEY_BYTES)
        _freeze_extra(self, SOURCE_KEYS)


SOURCE_KEYS = frozenset(part.name for part in fields(Source)) - {"extra"}


@dataclass(frozen=True, slots=True)
class Body:
    """What an announcement says of the event.

    `start` may be missing only when the event is postponed without a new date. `access` says yes
    or no to needs (ACCESS_NEEDS are the ones that everybody knows); what is absent is not said.
    `extra` holds keys of later versions: kept, signed and ignored.
    """

    title: str
    tz: str
    start: int | None = None
    end: int | None = None
    all_day: bool = False
    place: Place | None = None
    about: str | None = None
    topics: tuple[str, ...] = ()
    lang: str | None = None
    price: str | None = None
    capacity: int | None = None
    access: Mapping[str, bool] = field(default_factory=_nothing)
    url: str | None = None
    series: str | None = None
    source: Source | None = None
    rsvp_key: bytes | None = None
    extra: Mapping[str, Any] = field(default_factory=_nothing)

    def __post_init__(self) -> None:
        check_line("title", self.title, MAX_TITLE)
        check_time_zone("tz", self.tz)
        _check_times(self.start, self.end)
        _check_optional_text(self)
        _check_topics(self.topics)
        if self.capacity is not None:
            _check_number("capacity", self.capacity, 1, MAX_CAPACITY + 1)
        if self.access:
            _check_access(self.access)
            object.__setattr__(self, "access", MappingProxyType(dict(self.access)))
        if self.rsvp_key is not None:
            _check_bytes("rsvp_key", self.rsvp_key, RSVP_KEY_BYTES)
            if self.source is not None:
                raise Invalid("answers to an imported event are not the importer's: no rsvp_key")
        _freeze_extra(self, BODY_KEYS)

    @property
    def ends(self) -> int | None:
        """When it is over: the end, else a day after an all-day start, else the start itself."""
        if self.end is not None or self.start is None:
            return self.end
        return self.start + DAY if self.all_day else self.start


BODY_KEYS = frozenset(part.name for part in fields(Body)) - {"extra"}


@dataclass(frozen=True, slots=True)
class Announcement:
    """A statement of one revision of one register (host, slot), not yet signed.

    network: 16 bytes; host: public key, 32 bytes; nonce: the host's birth stamp, 8 bytes;
    slot: u64; revision: u16. A withdrawn announcement, and only it, has no body.
    """

    network: bytes
    host: bytes
    nonce: bytes
    slot: int
    revision: int
    issued_at: int
    expires_at: int
    status: Status
    body: Body | None

    def __post_init__(self) -> None:
        _check_bytes("the network id", self.network, network.ID_BYTES)
        _check_bytes("the host key", self.host, identity.KEY_BYTES)
        _check_bytes("the stamp's nonce", self.nonce, stamp.NONCE_BYTES)
        _check_number("slot", self.slot, 0, _U64)
        _check_number("revision", self.revision, 0, _U16)
        _check_number("issued_at", self.issued_at, 0, _U32)
        _check_number("expires_at", self.expires_at, 0, _U32)
        if not 0 < self.expires_at - self.issued_at <= MAX_LIFETIME:
            raise Invalid("expires_at must follow issued_at by at most 400 days")
        if (self.body is None) != (self.status is Status.WITHDRAWN):
            raise Invalid("a withdrawn announcement, and only it, has no body")
        if self.body is not None and self.body.start is None and self.status is Status.SCHEDULED:
            raise Invalid("a scheduled event needs a start", field="start")

    @property
    def register(self) -> tuple[bytes, int]:
        """What revisions of the same event share."""
        return self.host, self.slot


def default_expiry(body: Body, issued_at: int) -> int:
    """When to forget it: 30 days after its end, at most 400 days after it was issued.

    What has no end (postponed without a date) or is long over is still kept 30 days from now.
    """
    return min(max(body.ends or 0, issued_at) + KEEP_AFTER_END, issued_at + MAX_LIFETIME)


def _freeze_extra(value: Body | Place | Source, known: frozenset[str]) -> None:
    """Raise Invalid if a key is known; keep a copy that cannot change."""
    if value.extra:
        if not known.isdisjoint(value.extra):
            raise Invalid("extra may hold keys of later versions only")
        object.__setattr__(value, "extra", MappingProxyType(dict(value.extra)))


def _check_number(name: str, value: object, low: int, above: int) -> None:
    if type(value) is not int or not low <= value < above:
        raise Invalid(
            "{name} must be a whole number from {low} to {above}",
            name=name,
            low=low,
            above=above - 1,
        )


def _check_bytes(name: str, value: object, length: int) -> None:
    if type(value) is not bytes or len(value) != length:
        raise Invalid("{name} must have {length} bytes", name=name, length=length)


def _check_degrees(name: str, value: object, limit: int) -> None:
    if value is None:
        return
    if type(value) is not float or not math.isfinite(value) or abs(value) > limit:
        raise Invalid(
            "{name} must be a number of degrees between -{limit} and {limit}",
            name=name,
            limit=limit,
        )


def _check_times(start: int | None, end: int | None) -> None:
    if start is not None:
        _check_number("start", start, 0, _U32)
    if end is None:
        return
    _check_number("end", end, 0, _U32)
    if start is None or end < start:
        raise Invalid("end must not come before start", field="end")


def _check_optional_text(body: Body) -> None:
    if type(body.all_day) is not bool:
        raise Invalid("all_day must be true or false")
    if body.about is not None:
        check_lines("about", body.about, MAX_ABOUT_BYTES)
    if body.lang is not None:
        check_language("lang", body.lang)
    if body.price is not None:
        check_line("price", body.price, MAX_PRICE)
    if body.url is not None:
        check_url("url", body.url)
    if body.series is not None:
        check_line("series", body.series, MAX_NAME)


def _check_topics(topics: tuple[str, ...]) -> None:
    if not topics:
        return
    if len(topics) > MAX_TOPICS:
        raise Invalid("at most {max_topics} topics", max_topics=MAX_TOPICS, field="topic")
    for topic in topics:
        check_line("a topic", topic, MAX_TOPIC)
    if len(set(topics)) != len(topics):
        raise Invalid("a topic is named twice", field="topic")


def _check_access(access: Mapping[str, bool]) -> None:
    if len(access) > MAX_ACCESS:
        raise Invalid("at most {max_access} access facts", max_access=MAX_ACCESS, field="access")
    for name, value in access.items():
        if type(name) is not str or not _ACCESS_NAME.fullmatch(name) or type(value) is not bool:
            raise Invalid(
                "an access fact is a word such as wheelchair with yes or no", field="access"
            )

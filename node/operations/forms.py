"""What a person fills in, as plain values: from options, from a page, from JSON.

Every field is optional text, number or list, as a person writes it; the operations say what is
missing or does not fit, naming the field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from potluck.protocol.errors import LocalError

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class EventForm:
    """An event as a host writes it. None: not said (when editing: as before).

    start, end: local ISO times such as 2027-03-01T19:00, or a date alone for all day; duration:
    "2h", "90m"; near: a town; at: "LAT,LON"; access: {"wheelchair": True}.
    """

    title: str | None = None
    start: str | None = None
    end: str | None = None
    duration: str | None = None
    tz: str | None = None
    place: str | None = None
    address: str | None = None
    near: str | None = None
    at: str | None = None
    topics: tuple[str, ...] | None = None
    about: str | None = None
    price: str | None = None
    capacity: int | None = None
    lang: str | None = None
    access: Mapping[str, bool] | None = None
    url: str | None = None
    series: str | None = None
    rrule: str | None = None


@dataclass(frozen=True, kw_only=True)
class ImportForm:
    """How to import a calendar (a path or an http address)."""

    near: str | None = None
    at: str | None = None
    topics: tuple[str, ...] = ()
    since: str | None = None
    watch: str | None = None
    prune: bool = False
    public_url: bool = False


@dataclass(frozen=True, kw_only=True)
class DrawForm:
    """Which events to draw from, and how. Nothing is hidden that the person did not ask to hide.

    hand: cards; by: "hosts" or "events". near or at: where, else anywhere; within: kilometres.
    days ahead from today, or since and until (ISO dates, both included).
    hours: local times such as ("18:00", "23:30"), also over midnight; weekdays: 0 is Monday.
    topics: one of these; not_topics: none of these; lang: one of these tags. "unsaid" is one, too.
    price: "free", or the most it may cost as a number. access: for each need the answers that
    will do, of yes, no and unsaid. capacity_from, capacity_to: how many people fit.
    wild: so many cards ignore topics, language and price. again: also what was seen before.
    """

    hand: int = 5
    by: str = "hosts"
    near: str | None = None
    at: str | None = None
    within: float = 25.0
    days: int = 14
    since: str | None = None
    until: str | None = None
    hours: tuple[str, str] | None = None
    weekdays: tuple[int, ...] = ()
    topics: tuple[str, ...] = ()
    not_topics: tuple[str, ...] = ()
    lang: tuple[str, ...] = ()
    price: str | None = None
    access: Mapping[str, Sequence[str]] = field(default_factory=dict)
    capacity_from: int | None = None
    capacity_to: int | None = None
    wild: int = 0
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class TableForm:
    """What a new table shares: around where it looks (needed), how far (km), how many days, its zone."""

    near: str | None = None
    at: str | None = None
    within: float = 25.0
    days: int = 14
    tz: str | None = None
    by: str = "hosts"
    hand: int = 5


def read_form(kind: type[T], said: Mapping[str, Any]) -> T:
    """A form from JSON, where tuples are lists. Raises LocalError for a field that it does not have."""
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    if unknown := said.keys() - known:
        raise LocalError(f"there is no field {', '.join(sorted(unknown))}")
    return kind(
        **{name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    )

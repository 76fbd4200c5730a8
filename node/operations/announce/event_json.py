"""An announcement as JSON: what lists, pages and cards of a hand say of it."""

from typing import Any, Literal, TypedDict, cast

from potluck.node.clock import iso
from potluck.node.operations.fields import Count, Key, Slot, Time, taken
from potluck.node.operations.service import Service
from potluck.protocol.announcement import Body
from potluck.protocol.wire import SignedAnnouncement


class Place(TypedDict):
    """Where, in degrees of WGS 84; `uncertainty` in metres."""

    name: str | None
    address: str | None
    lat: float | None
    lon: float | None
    uncertainty: Count | None


class Source(TypedDict):
    """Whose event it is that an importer brings."""

    id: str
    name: str | None
    url: str | None
    claimed_by: Key | None


Status = Literal["scheduled", "postponed", "cancelled", "withdrawn"]


class Described(TypedDict):
    """What is said of an event; all of the second part is null once it is withdrawn."""

    id: Key
    host: Key
    slot: Slot
    status: Status
    mine: bool

    title: str | None
    start: Time | None
    end: Time | None
    all_day: bool | None
    tz: str | None
    place: Place | None
    about: str | None
    topics: list[str] | None
    lang: str | None
    price: str | None
    capacity: Count | None
    access: dict[str, bool] | None
    url: str | None
    series: str | None
    source: Source | None


class Event(Described):
    """An event as its latest revision says."""

    revision: Count
    issued_at: Time
    expires_at: Time


class Version(TypedDict):
    """What another importer says of an event, and what of it `differs` from the one that is
    shown."""

    id: Key
    host: Key
    mine: bool
    tz: str | None
    title: str | None
    start: Time | None
    end: Time | None
    all_day: bool | None
    place: Place | None
    status: Status
    differs: list[str]


class Versions(TypedDict):
    """How many bring an imported event, and each version that says otherwise."""

    importers: Count
    versions: list[Version]


class Listed(Event, Versions):
    """An event of a plain list."""

    distance_km: float | None


EVENT_KEYS = [*Described.__annotations__][5:]


def describe(service: Service, signed: SignedAnnouncement) -> Event:
    """All that an announcement says, and whether it is ours, as `describe_for`."""
    return describe_for(service.me, signed)


def describe_for(me: bytes, signed: SignedAnnouncement) -> Event:
    """All that an announcement says, and whether it is of the host `me`.

    start and end are ISO 8601 with the offset of the event's zone; host, id and slot are hex.
    """
    statement = signed.announcement
    event = {
        "id": signed.id.hex(),
        "host": statement.host.hex(),
        "slot": f"{statement.slot:016x}",
        "revision": statement.revision,
        "status": statement.status.name.lower(),
        "issued_at": iso(statement.issued_at, "UTC"),
        "expires_at": iso(statement.expires_at, "UTC"),
        "mine": statement.host == me,
        **(body_json(statement.body) if statement.body is not None else dict.fromkeys(EVENT_KEYS)),
    }
    return cast("Event", event)


def body_json(body: Body) -> dict[str, Any]:
    """The part of it that the host wrote."""
    claimed = body.source.claimed_by if body.source else None
    return {name: getattr(body, name) for name in EVENT_KEYS} | {
        "start": iso(body.start, body.tz),
        "end": iso(body.ends, body.tz),
        "place": body.place and taken(Place, body.place),
        "topics": list(body.topics),
        "access": dict(body.access),
        "source": body.source
        and taken(Source, body.source, claimed_by=claimed.hex() if claimed else None),
    }

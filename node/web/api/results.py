"""JSON Schema (2020-12) of what operations return. Every key named is there, unless it says otherwise."""

from __future__ import annotations

from potluck.node.operations import Json
from potluck.node.operations.draw.filters import HIDING

TEXT: Json = {"type": "string"}
NUMBER: Json = {"type": "number"}
WHOLE: Json = {"type": "integer"}
COUNT: Json = {"type": "integer", "minimum": 0}
YES: Json = {"type": "boolean"}
KEY: Json = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
SLOT: Json = {"type": "string", "pattern": "^[0-9a-f]{16}$"}
TIME: Json = {"type": "string", "description": "ISO 8601 with the offset of the zone"}
DAY: Json = {"type": "string", "format": "date"}
ANY: Json = {"type": "object"}


def maybe(schema: Json) -> Json:
    """Or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def each(schema: Json) -> Json:
    """A list of these."""
    return {"type": "array", "items": schema}


def by_name(schema: Json) -> Json:
    """An object with any names."""
    return {"type": "object", "additionalProperties": schema}


def record(more: Json | None = None, /, **keys: Json) -> Json:
    """An object with all of `keys`, and those of `more` that there are."""
    return {"type": "object", "properties": keys | (more or {}), "required": list(keys)}


def named(name: str) -> Json:
    """A reference to one of SCHEMAS."""
    return {"$ref": f"#/components/schemas/{name}"}


_PLACE = record(
    name=maybe(TEXT), address=maybe(TEXT), lat=maybe(NUMBER), lon=maybe(NUMBER),
    uncertainty=maybe(COUNT),
)  # fmt: skip
_SAID = {
    "title": maybe(TEXT), "start": maybe(TIME), "end": maybe(TIME), "all_day": maybe(YES), "tz": maybe(TEXT),
    "place": maybe(_PLACE), "about": maybe(TEXT), "topics": maybe(each(TEXT)), "lang": maybe(TEXT),
    "price": maybe(TEXT), "access": maybe(by_name(YES)), "url": maybe(TEXT), "series": maybe(TEXT),
    "source": maybe(record(id=TEXT, name=maybe(TEXT), url=maybe(TEXT))),
}  # fmt: skip
_STATUS = {"enum": ["scheduled", "postponed", "cancelled", "withdrawn"]}
_SIGNED = {"id": KEY, "host": KEY, "slot": SLOT, "status": _STATUS, "mine": YES}
_REVISION = {"revision": COUNT, "issued_at": TIME, "expires_at": TIME}
_MORE = {"capacity": maybe(COUNT)}
_DISTANCE = {"distance_km": maybe(NUMBER)}
_LOOK = {
    "eligible": COUNT, "hidden": record(**dict.fromkeys(HIDING, COUNT)), "unsaid": by_name(COUNT),
    "near": maybe(TEXT), "lat": maybe(NUMBER), "lon": maybe(NUMBER), "within_km": maybe(NUMBER),
    "from": DAY, "to": DAY, "days": maybe(WHOLE), "tz": TEXT, "bag_spent": YES,
}  # fmt: skip
_HAND = {
    "seed": KEY, "day": DAY, "today": YES, "redraw": COUNT,
    "redraws_left": COUNT, "hand": each(named("Card")), "receipt": maybe(KEY), **_LOOK,
}  # fmt: skip
_WITNESS = {"commitment": KEY, "warning": TEXT}
_CHECKED = {
    "seed": KEY, "origin": ANY, "cards": COUNT, "events": COUNT,
    "organisers": COUNT, "filters": maybe(by_name(TEXT)), "differences": each(TEXT),
    "unproven": each(TEXT),
}  # fmt: skip
_MADE = {"seed_kind": TEXT}
_LINE = {"id": KEY, "drawn_at": TIME, "earlier_rule": YES, **_MADE}
_VERSION = record(
    id=KEY, host=KEY, mine=YES, status=_STATUS, tz=maybe(TEXT), title=maybe(TEXT), start=maybe(TIME),
    end=maybe(TIME), all_day=maybe(YES), place=maybe(_PLACE), differs=each(TEXT),
)  # fmt: skip
_VERSIONS = {"importers": COUNT, "versions": each(_VERSION)}
_PRINTED = record(
    number=COUNT,
    title=TEXT,
    start=maybe(TIME),
    series=maybe(TEXT),
    series_ticket=TEXT,
    ticket=TEXT,
    id=KEY,
)

_FINDING = record(name=TEXT, level={"enum": ["good", "note", "bad"]}, says=TEXT, remedy=maybe(TEXT))

SCHEMAS: dict[str, Json] = {
    "Error": record({"kind": TEXT, "field": maybe(TEXT), "choices": by_name(TEXT)}, error=TEXT),
    "Event": record(**_SIGNED, **_REVISION, **_SAID, **_MORE),
    "Card": record(
        _REVISION | _MORE | {"begun": YES},
        **_SIGNED, **_SAID, **_DISTANCE, **_VERSIONS,
        odds=record(organisers=COUNT, series=COUNT, events=COUNT),
        wild=YES, round=COUNT, ticket=TEXT, kept=YES, changed=YES,
    ),
    "Hand": record({"table": TEXT, "r": KEY, "word": TEXT, **_WITNESS}, **_HAND),
    "Listed": record(**_SIGNED, **_REVISION, **_SAID, **_MORE, **_DISTANCE, **_VERSIONS),
    "Browsed": record(**_LOOK, events=each(named("Listed"))),
    "Beyond": record(
        nearest=maybe(named("Listed")),
        choices=each(record(name={"enum": ["within", "days"]}, value=WHOLE, events=WHOLE)),
    ),
    "Events": record(events=each(named("Event")), next=maybe(COUNT)),
    "Commitment": record(**_WITNESS, eligible=COUNT, organisers=COUNT),
    "Rolls": record(rolls=COUNT, events=COUNT),
    "PrintedDeck": record(
        seed=KEY, n=COUNT, day=DAY, organisers=COUNT,
        lines=each(record(
            name=maybe(TEXT), host=KEY, importers=COUNT, turn=TEXT, events=each(_PRINTED)
        )),
    ),
    "Why": record(event=named("Event"), candidate=YES, reasons=each(record(rule=TEXT, why=TEXT))),
    "Bag": record(shown=COUNT),
    "Filters": by_name(ANY),
    "ReceiptLine": record(**_LINE),
    "Receipt": record(**_LINE, **_CHECKED),
    "Verified": record(**_CHECKED, **_MADE),
    "ReceiptFile": {"type": "object", "description": "as PROTOCOL.md has it, section Receipts"},
    "Planned": record(**_SIGNED, **_REVISION, **_SAID, **_MORE, **_VERSIONS, was=ANY),
    "Revision": record(**_SIGNED, **_REVISION, **_SAID, **_MORE, was=ANY),
    "Table": record(
        name=TEXT, link=TEXT, near=TEXT, lat=NUMBER, lon=NUMBER, within_km=NUMBER, days=COUNT, tz=TEXT,
        hand=COUNT, default=YES, people=by_name(COUNT),
    ),
    "Left": record(table=TEXT),
    "Joined": record({"network": TEXT, "peers": each(TEXT)}, table=maybe(TEXT)),
    "Invitation": record(link=TEXT, network=TEXT, closed=YES, peers=each(TEXT), table=maybe(TEXT)),
    "Status": record(
        running=YES, home=TEXT, name=TEXT, host_key=KEY, peer_id=TEXT, network=TEXT, network_id=TEXT,
        closed=YES, listen=each(TEXT), peers=COUNT, web=maybe(TEXT), announcements=COUNT, hosts=COUNT,
        log=COUNT, clock_offset=maybe(NUMBER), outcomes=by_name(COUNT),
    ),
    "Doctor": record(findings=each(_FINDING), facts=ANY),
    "Reach": record(id=KEY, title=maybe(TEXT), revision=COUNT, peers=COUNT, hold=COUNT, silent=COUNT),
    "Peer": record(id=TEXT, address=maybe(TEXT), relay=maybe(TEXT)),
    "Connected": record(peer_id=TEXT),
    "Blocks": record(
        hosts=each(KEY), sources=each(record(host=KEY, source=TEXT)), words=each(TEXT)
    ),
    "Importers": each(record(
        host=KEY, mine=YES, blocked=YES, organisers=COUNT, events=COUNT,
        sources=each(record(id=TEXT, events=COUNT, blocked=YES)),
    )),
    "Town": record(label=TEXT, name=TEXT, country=TEXT, lat=NUMBER, lon=NUMBER, tz=TEXT),
    "Imported": record(
        imported=COUNT, updated=COUNT, unchanged=COUNT, cancelled=COUNT, skipped=by_name(COUNT)
    ),
    "TakenIn": record(fresh=COUNT, seen=COUNT, refused=by_name(COUNT)),
    "Calendars": by_name(record({"failed": TEXT}, every=COUNT, next=COUNT, form=ANY)),
}  # fmt: skip

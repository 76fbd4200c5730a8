"""Every resource of the API: which operation answers, and what a request may bring.

What that is, what it must be and what comes back are the types of the operation, and what it does
its first sentence; openapi.py says the same.
"""

import re
from dataclasses import dataclass
from functools import cache
from inspect import getdoc, signature
from types import UnionType
from typing import Any, Union, get_args, get_origin

from potluck.node.operations.dispatch import Call, operation, takes
from potluck.node.operations.fields import plain, schema
from potluck.node.operations.service import Json

from . import transfers

JSON = "application/json"
ICAL = "text/calendar"
BYTES = "application/octet-stream"
Schemas = dict[str, dict[str, Any]]

PATHS = {
    "/hand/redraw": {"POST": "redraw"},
    "/draws/fresh": {"POST": "draw_fresh"},
    "/draws/seed": {"POST": "draw_seed"},
    "/draws/dice": {"POST": "draw_dice"},
    "/draws/dice/rolls": {"GET": "rolls_needed"},
    "/draws/witness": {"POST": "witness_open"},
    "/draws/witness/word": {"POST": "witness_close"},
    "/deck": {"GET": "deck_print"},
    "/events": {"GET": "page_events", "POST": "announce"},
    "/events/mine": {"GET": "my_events"},
    "/events/{id}.ics": {"GET": "event_calendar"},
    "/events/{id}": {"GET": "show", "PATCH": "edit"},
    "/plan/{id}/acknowledge": {"POST": "acknowledge"},
    "/bag": {"GET": "bag", "DELETE": "empty_bag"},
    "/filters": {"GET": "saved_filters"},
    "/filters/{name}": {"PUT": "save_filters", "DELETE": "forget_filters"},
    "/receipts/{id}": {"GET": "receipt_show"},
    "/receipts/{id}/file": {"GET": "receipt_file"},
    "/tables": {"GET": "table_list", "POST": "table_new"},
    "/tables/{name}": {"GET": "table_show", "DELETE": "table_leave"},
    "/tables/{name}/hand": {"GET": "table_hand"},
    "/tables/{name}/redraw": {"POST": "table_redraw"},
    "/invitations": {"POST": "invite"},
    "/peers": {"GET": "peers", "POST": "connect"},
    "/hosts/{host}/words": {"GET": "words_of"},
    "/vouches": {"GET": "vouches", "POST": "vouch"},
    "/vouches/{host}": {"DELETE": "unvouch"},
    "/blocks": {"GET": "blocks", "POST": "block", "DELETE": "unblock"},
    "/places": {"GET": "towns"},
    "/calendars": {"GET": "watched", "POST": "import_calendar", "DELETE": "unwatch"},
    "/calendars/look": {"POST": "look_now"},
    "/calendars/hand-over": {"POST": "hand_over"},
    "/import": {"POST": "import_file"},
    "/export.json": {"GET": "export_json"},
    "/export.ics": {"GET": "export_calendar"},
    "/export.deck": {"GET": "export_deck"},
} | {
    prefix + name.replace("_", "-"): {method: name}
    for method, prefix, names in (
        ("GET", "/", "hand browse beyond kept plan receipts status doctor card importers"),
        ("POST", "/", "verify join"),
        ("GET", "/events/{id}/", "why revisions reach"),
        ("POST", "/events/{id}/", "postpone cancel withdraw keep skip not_tonight forget"),
    )
    for name in names.split()
}
"""By path and method, which operation answers; those that are called like their path at last."""

FIXED = {
    "hand": ("draw", {"redraw": False}, "Today's hand, the same at every look"),
    "redraw": ("draw", {"redraw": True}, "Deal again in place of what was not kept"),
    "table_hand": ("draw_table", {"redraw": False}, "The table's hand of its day"),
    "table_redraw": ("draw_table", {"redraw": True}, "Deal the table's hand again"),
    "my_events": ("list_events", {"mine": True}, "What this home announced"),
}
"""What is an operation of another name, with some of what it takes already said; and what it does
then."""

CREATES = {"announce", "table_new"}
TAKES = {"verify": (JSON,), "import_file": (ICAL, BYTES)}
"""The media types of a body that is not JSON of the request's own."""

FILES = {"event_calendar": ICAL, "export_calendar": ICAL, "export_deck": BYTES}
"""The media types of files that are not JSON."""


@dataclass(frozen=True)
class Endpoint:
    """What answers a request: the operation `call`, always with what is `fixed`; `says` what it
    does. `status` and `gives`, a media type, are those of an answer that is no error; `results` its
    types, several for one of these, none for a file.

    What a request brings has JSON Schemas, by name: in the `path`, the `query` or the `body`, of
    which `takes` names the media types; one that is no JSON object is the argument `content`.
    """

    name: str
    call: Call
    fixed: Json
    says: str
    status: int
    gives: str
    takes: tuple[str, ...]
    results: tuple[Any, ...]
    path: Schemas
    query: Schemas
    body: Schemas


@cache
def endpoint(path: str, method: str) -> Endpoint:
    """What answers there. The module of its operation is imported at the first use."""
    name = PATHS[path][method]
    called, fixed, says = FIXED.get(name, (name, {}, ""))
    call = transfers.OPERATIONS.get(called) or operation(called)
    said = {*fixed, "content"}
    schemas = {key: schema(each) for key, each in takes(call).items() if key not in said}
    within = {key: each for key, each in schemas.items() if f"{{{key}}}" in path}
    others: Schemas = {key: each for key, each in schemas.items() if key not in within}
    body: Schemas = {} if method in ("GET", "DELETE") or name in TAKES else others
    kind = signature(call, eval_str=True).return_annotation
    several = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    return Endpoint(
        name,
        call,
        fixed,
        says or re.split(r"\.(?: |$)", " ".join((getdoc(call) or "").split()))[0],
        status=201 if name in CREATES else 200,
        gives=FILES.get(name, JSON),
        takes=TAKES.get(name, (JSON,) if body else ()),
        results=() if kind is bytes else several,
        path=within,
        query={} if body else others,
        body=body,
    )


def in_query(schema: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a value in an address: what may be null may be left out instead, and an
    object is a list of name=word,word."""
    found = dict(plain(schema))
    if found.get("type") != "object":
        return found
    words = found["additionalProperties"]["items"]
    names, word = ("|".join(each["enum"]) for each in (found["propertyNames"], words))
    pattern = f"^({names})=({word})(,({word}))*$"
    return {"type": "array", "maxItems": 20, "items": {"type": "string", "pattern": pattern}}

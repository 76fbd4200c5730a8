"""Every resource of the API: which operation answers, and what a request may bring.

What that is, what it must be and what comes back are the types of the operation, and what it does
its first sentence; openapi.py says the same.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from inspect import Parameter, getdoc, signature
from types import UnionType
from typing import Any, Union, get_args, get_origin

from potluck.node.operations.dispatch import Call, operation, takes
from potluck.node.operations.fields import plain, schema

from . import transfers

JSON = "application/json"
ICAL = "text/calendar"
BYTES = "application/octet-stream"

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
    """A method of a path, and the name of the operation that answers."""

    path: str
    method: str
    name: str

    @cached_property
    def call(self) -> Call:
        """The operation. Its module is imported at the first use."""
        name = FIXED[self.name][0] if self.name in FIXED else self.name
        return transfers.OPERATIONS.get(name) or operation(name)

    @property
    def fixed(self) -> dict[str, Any]:
        """What the operation is called with whatever a request brings."""
        return FIXED[self.name][1] if self.name in FIXED else {}

    @property
    def says(self) -> str:
        """What it does: its first sentence."""
        if self.name in FIXED:
            return FIXED[self.name][2]
        words = " ".join((getdoc(self.call) or "").split())
        return re.split(r"\.(?: |$)", words)[0]

    @property
    def status(self) -> int:
        """The status of an answer that is no error."""
        return 201 if self.name in CREATES else 200

    @property
    def gives(self) -> str:
        """The media type of such an answer."""
        return FILES.get(self.name, JSON)

    @property
    def takes(self) -> tuple[str, ...]:
        """The media types of its body, if it has one."""
        return TAKES.get(self.name, (JSON,) if self.brings["body"] else ())

    @cached_property
    def results(self) -> list[Any]:
        """What it returns: one type, or one of several; none for a file."""
        found = signature(self.call, eval_str=True).return_annotation
        several = get_args(found) if get_origin(found) in (Union, UnionType) else ()
        return [] if found is bytes else list(several) or [found]

    @cached_property
    def brings(self) -> dict[str, dict[str, dict[str, Any]]]:
        """The JSON Schemas of what a request brings: by name in the "path", the "query" or the
        "body", or as the "content", which is the whole body."""
        found: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "body": {}, "content": {}}
        for each in takes(self.call).values():
            if each.name not in self.fixed:
                found[self._place(each)][each.name] = schema(each)
        return found

    def _place(self, parameter: Parameter) -> str:
        if f"{{{parameter.name}}}" in self.path:
            return "path"
        if parameter.annotation is bytes:
            return "content"
        return "query" if self.method in ("GET", "DELETE") or self.name in TAKES else "body"


ENDPOINTS = {
    path: {method: Endpoint(path, method, name) for method, name in methods.items()}
    for path, methods in PATHS.items()
}


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

"""Every resource of the API: which operation answers, and what a request may bring.

What that is, what it must be and what comes back are the types of the operation, and what it does
its first sentence; openapi.py says the same.
"""

import inspect
import re
from dataclasses import dataclass
from functools import cached_property
from types import UnionType
from typing import Any, Union, get_args, get_origin

from potluck.node.operations.dispatch import Call, kinds, operation, request
from potluck.node.operations.fields import plain, schema

from . import transfers

JSON = "application/json"
ICAL = "text/calendar"
BYTES = "application/octet-stream"

PATHS = {
    "/hand": {"GET": "hand"},
    "/hand/redraw": {"POST": "redraw"},
    "/draws/fresh": {"POST": "draw_fresh"},
    "/draws/seed": {"POST": "draw_seed"},
    "/draws/dice": {"POST": "draw_dice"},
    "/draws/dice/rolls": {"GET": "rolls_needed"},
    "/draws/witness": {"POST": "witness_open"},
    "/draws/witness/word": {"POST": "witness_close"},
    "/deck": {"GET": "deck_print"},
    "/browse": {"GET": "browse"},
    "/beyond": {"GET": "beyond"},
    "/events": {"GET": "page_events", "POST": "announce"},
    "/events/mine": {"GET": "my_events"},
    "/events/{id}.ics": {"GET": "event_calendar"},
    "/events/{id}": {"GET": "show", "PATCH": "edit"},
    "/events/{id}/postpone": {"POST": "postpone"},
    "/events/{id}/cancel": {"POST": "cancel"},
    "/events/{id}/withdraw": {"POST": "withdraw"},
    "/events/{id}/keep": {"POST": "keep"},
    "/events/{id}/skip": {"POST": "skip"},
    "/events/{id}/not-tonight": {"POST": "not_tonight"},
    "/events/{id}/forget": {"POST": "forget"},
    "/events/{id}/why": {"GET": "why"},
    "/events/{id}/revisions": {"GET": "revisions"},
    "/events/{id}/reach": {"GET": "reach"},
    "/kept": {"GET": "kept"},
    "/plan": {"GET": "plan"},
    "/plan/{id}/acknowledge": {"POST": "acknowledge"},
    "/bag": {"GET": "bag", "DELETE": "empty_bag"},
    "/filters": {"GET": "saved_filters"},
    "/filters/{name}": {"PUT": "save_filters", "DELETE": "forget_filters"},
    "/receipts": {"GET": "receipts"},
    "/receipts/{id}": {"GET": "receipt_show"},
    "/receipts/{id}/file": {"GET": "receipt_file"},
    "/verify": {"POST": "verify"},
    "/tables": {"GET": "table_list", "POST": "table_new"},
    "/tables/{name}": {"GET": "table_show", "DELETE": "table_leave"},
    "/tables/{name}/hand": {"GET": "table_hand"},
    "/tables/{name}/redraw": {"POST": "table_redraw"},
    "/invitations": {"POST": "invite"},
    "/join": {"POST": "join"},
    "/status": {"GET": "status"},
    "/doctor": {"GET": "doctor"},
    "/peers": {"GET": "peers", "POST": "connect"},
    "/card": {"GET": "card"},
    "/hosts/{host}/words": {"GET": "words_of"},
    "/vouches": {"GET": "vouches", "POST": "vouch"},
    "/vouches/{host}": {"DELETE": "unvouch"},
    "/blocks": {"GET": "blocks", "POST": "block", "DELETE": "unblock"},
    "/importers": {"GET": "importers"},
    "/places": {"GET": "towns"},
    "/calendars": {"GET": "watched", "POST": "import_calendar", "DELETE": "unwatch"},
    "/calendars/look": {"POST": "look_now"},
    "/calendars/hand-over": {"POST": "hand_over"},
    "/import": {"POST": "import_file"},
    "/export.json": {"GET": "export_json"},
    "/export.ics": {"GET": "export_calendar"},
    "/export.deck": {"GET": "export_deck"},
}
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
        words = " ".join((inspect.getdoc(self.call) or "").split())
        return re.split(r"\.(?: |$)", words)[0]

    @property
    def status(self) -> int:
        """The status of an answer that is no error."""
        return 201 if self.name in CREATES else 200

    @property
    def takes(self) -> tuple[str, ...]:
        """The media types of its body, if it has one."""
        return TAKES.get(self.name, (JSON,) if self.fields("body") else ())

    @cached_property
    def results(self) -> list[Any]:
        """What it returns: one type, or one of several; none for a file."""
        found = kinds(self.call)["return"]
        several = get_args(found) if get_origin(found) in (Union, UnionType) else ()
        return [] if found is bytes else list(several) or [found]

    @cached_property
    def declared(self) -> dict[str, Any]:
        """The JSON Schema of all that a request brings."""
        return schema(request(self.call))

    def fields(self, place: str) -> dict[str, Any]:
        """The JSON Schemas of what it brings in the "path", the "query" or the "body", by name; or
        as "content", which is the whole body."""
        found = self.declared["properties"].items()
        return {name: schema for name, schema in found if self._place(name) == place}

    def _place(self, name: str) -> str | None:
        if name in self.fixed:
            return None
        if f"{{{name}}}" in self.path:
            return "path"
        if kinds(self.call).get(name) is bytes:
            return "content"
        return "query" if self.method in ("GET", "DELETE") or self.name in TAKES else "body"


ENDPOINTS = [
    Endpoint(path, method, name)
    for path, methods in PATHS.items()
    for method, name in methods.items()
]


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

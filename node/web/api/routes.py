"""Every resource of the API: which operation answers, and what a request may bring.

What that is, what it must be and what comes back are the types of the operation; openapi.json says
the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from inspect import Parameter, signature
from typing import Any, get_type_hints

from potluck.node.operations.dispatch import operation
from potluck.node.operations.forms import Form

from . import transfers

JSON = "application/json"
ICAL = "text/calendar"
BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Field:
    """One value that a request brings, of this kind (a type).

    `place` is "path", "query", "body" or, for the whole body as bytes, "content". It belongs to the
    operation's parameter `parameter`, whose type is `form` if that is a form.
    """

    name: str
    place: str
    kind: Any
    required: bool
    parameter: str
    form: type[Form] | None = None
    default: Any = None


@dataclass(frozen=True)
class Endpoint:
    """A method of a path, and the operation that answers, by name.

    says: what it does. fixed: arguments that the path says. takes: the media types of a body that
    is not JSON; gives: that of bytes. name: what programs call it, if not as the operation.
    """

    method: str
    path: str
    operation: str
    says: str
    status: int = 200
    fixed: Mapping[str, Any] = field(default_factory=dict)
    takes: tuple[str, ...] = ()
    gives: str = JSON
    name: str = ""

    @property
    def operation_id(self) -> str:
        """What clients made from the description call it."""
        return self.name or self.operation.removeprefix("transfers.")

    @cached_property
    def call(self) -> Callable[..., Awaitable[Any]]:
        """The operation. Its module is imported at the first use."""
        if self.operation.startswith("transfers."):
            found: Callable[..., Awaitable[Any]] = getattr(transfers, self.operation_id)
            return found
        return operation(self.operation)

    @cached_property
    def kinds(self) -> dict[str, Any]:
        """The types of the operation's parameters, and of what it returns."""
        return get_type_hints(self.call, include_extras=True)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """What a request may bring."""
        parameters = list(signature(self.call).parameters.values())[1:]
        free = (each for each in parameters if each.name not in self.fixed)
        return tuple(found for each in free for found in self._fields(each))

    def _fields(self, parameter: Parameter) -> list[Field]:
        name, kind = parameter.name, self.kinds[parameter.name]
        if kind is bytes:
            return [Field(name, "content", kind, required=True, parameter=name)]
        elsewhere = "query" if self.method in ("GET", "DELETE") or self.takes else "body"
        if isinstance(kind, type) and issubclass(kind, Form):
            kinds = kind.kinds()
            return [
                Field(each.name, elsewhere, kinds[each.name], False, name, kind, each.default)
                for each in fields(kind)
            ]
        place = "path" if f"{{{name}}}" in self.path else elsewhere
        required = parameter.default is Parameter.empty
        return [Field(name, place, kind, required, name, default=parameter.default)]


_DEAL, _AGAIN = {"redraw": False}, {"redraw": True}

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET", "/hand", "draw", "Today's hand, the same at every look", fixed=_DEAL, name="hand"
    ),
    Endpoint(
        "POST",
        "/hand/redraw",
        "draw",
        "Deal again in place of what was not kept",
        fixed=_AGAIN,
        name="redraw",
    ),
    Endpoint(
        "POST", "/draws/fresh", "draw_fresh", "A hand from a new random seed, beside the day's"
    ),
    Endpoint("POST", "/draws/seed", "draw_seed", "A hand from a given seed, beside the day's"),
    Endpoint("POST", "/draws/dice", "draw_dice", "A hand from rolls of a die, beside the day's"),
    Endpoint("GET", "/draws/dice/rolls", "rolls_needed", "How many rolls are enough"),
    Endpoint("POST", "/draws/witness", "witness_open", "Fix a deck, and commit to it"),
    Endpoint(
        "POST", "/draws/witness/word", "witness_close", "Reveal, and deal with the friend's word"
    ),
    Endpoint("GET", "/deck", "deck_print", "The deck with its tickets, for a pencil"),
    Endpoint("GET", "/browse", "browse", "What may be dealt, as a plain list"),
    Endpoint("GET", "/beyond", "beyond", "Where to look instead, when nothing may be dealt"),
    Endpoint("GET", "/events", "page_events", "All events held, in parts"),
    Endpoint("POST", "/events", "announce", "Announce an event", status=201),
    Endpoint(
        "GET",
        "/events/mine",
        "list_events",
        "What this home announced",
        name="my_events",
        fixed={"mine": True},
    ),
    Endpoint("GET", "/events/{id}.ics", "event_calendar", "An event for a calendar", gives=ICAL),
    Endpoint("GET", "/events/{id}", "show", "An event, by a unique beginning of its id"),
    Endpoint("PATCH", "/events/{id}", "edit", "Change what is said; the rest stays"),
    Endpoint(
        "POST", "/events/{id}/postpone", "postpone", "It happens later, perhaps not known when"
    ),
    Endpoint("POST", "/events/{id}/cancel", "cancel", "It does not happen"),
    Endpoint("POST", "/events/{id}/withdraw", "withdraw", "Take back all that was said"),
    Endpoint("POST", "/events/{id}/keep", "keep", "Keep an event"),
    Endpoint("POST", "/events/{id}/skip", "skip", "Say no to an event"),
    Endpoint(
        "POST", "/events/{id}/not-tonight", "not_tonight", "Back into the hat, for another day"
    ),
    Endpoint("POST", "/events/{id}/forget", "forget", "Take keep, skip or not-tonight back"),
    Endpoint("GET", "/events/{id}/why", "why", "Why it may be dealt, or may not"),
    Endpoint(
        "GET",
        "/events/{id}/revisions",
        "revisions",
        "The revisions that were held here, latest first, with what each changed",
    ),
    Endpoint("GET", "/events/{id}/reach", "reach", "How many of the peers hold it"),
    Endpoint("GET", "/kept", "kept", "The events kept"),
    Endpoint("GET", "/plan", "plan", "The events kept, with what changed since"),
    Endpoint("POST", "/plan/{id}/acknowledge", "acknowledge", "The change was seen"),
    Endpoint("GET", "/bag", "bag", "How many events were shown and do not come back yet"),
    Endpoint("DELETE", "/bag", "empty_bag", "Let everything come back"),
    Endpoint("GET", "/filters", "saved_filters", "The filters saved, by name"),
    Endpoint("PUT", "/filters/{name}", "save_filters", "Save filters"),
    Endpoint("DELETE", "/filters/{name}", "forget_filters", "Forget filters"),
    Endpoint("GET", "/receipts", "receipts", "The latest receipts"),
    Endpoint("GET", "/receipts/{id}", "receipt_show", "A receipt, checked"),
    Endpoint(
        "GET", "/receipts/{id}/file", "receipt_file", "A receipt for others to check", gives=JSON
    ),
    Endpoint("POST", "/verify", "transfers.verify", "Check a receipt's file", takes=(JSON,)),
    Endpoint("GET", "/tables", "table_list", "The tables where this home sits"),
    Endpoint("POST", "/tables", "table_new", "Found a table", status=201),
    Endpoint("GET", "/tables/{name}", "table_show", "A table"),
    Endpoint("DELETE", "/tables/{name}", "table_leave", "Get up from a table"),
    Endpoint(
        "GET",
        "/tables/{name}/hand",
        "draw_table",
        "The table's hand of its day",
        fixed=_DEAL,
        name="table_hand",
    ),
    Endpoint(
        "POST",
        "/tables/{name}/redraw",
        "draw_table",
        "Deal the table's hand again",
        fixed=_AGAIN,
        name="table_redraw",
    ),
    Endpoint("POST", "/invitations", "invite", "A link for a friend to join"),
    Endpoint("POST", "/join", "join", "Follow a link"),
    Endpoint("GET", "/status", "status", "What this node is and holds"),
    Endpoint("GET", "/doctor", "doctor", "What is well with the node, and what is not"),
    Endpoint("GET", "/peers", "peers", "The nodes connected"),
    Endpoint("POST", "/peers", "connect", "Connect to a node"),
    Endpoint("GET", "/card", "card", "The card to be vouched for with", name="host_card"),
    Endpoint("GET", "/hosts/{host}/words", "words_of", "The six words of a host's key"),
    Endpoint("GET", "/vouches", "vouches", "For whom one vouches"),
    Endpoint("POST", "/vouches", "vouch", "Say that one has met the keeper of a key"),
    Endpoint("DELETE", "/vouches/{host}", "unvouch", "Take a vouch back"),
    Endpoint("GET", "/blocks", "blocks", "What is blocked, since when and why"),
    Endpoint("POST", "/blocks", "block", "Block a host, what it imports, a source, or a word"),
    Endpoint("GET", "/importers", "importers", "Who imports events here"),
    Endpoint("DELETE", "/blocks", "unblock", "Take a block back"),
    Endpoint("GET", "/places", "towns", "Towns whose name begins so"),
    Endpoint("GET", "/calendars", "watched", "The calendars that are looked at again"),
    Endpoint(
        "POST", "/calendars", "transfers.import_calendar", "Relay a calendar from its address"
    ),
    Endpoint("POST", "/calendars/look", "look_now", "Look at one of them now, or at all"),
    Endpoint("DELETE", "/calendars", "unwatch", "Look at a calendar no more"),
    Endpoint(
        "POST", "/calendars/hand-over", "hand_over", "Leave a source to the organiser's own host"
    ),
    Endpoint(
        "POST",
        "/import",
        "transfers.import_file",
        "Relay a calendar, or take in a bundle",
        takes=(ICAL, BYTES),
    ),
    Endpoint(
        "GET", "/export.json", "transfers.export_json", "All events held, as JSON", gives=JSON
    ),
    Endpoint(
        "GET",
        "/export.ics",
        "transfers.export_calendar",
        "All events held, for a calendar",
        gives=ICAL,
    ),
    Endpoint(
        "GET",
        "/export.deck",
        "transfers.export_deck",
        "All announcements held, for another node",
        gives=BYTES,
    ),
)

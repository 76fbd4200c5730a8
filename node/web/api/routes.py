"""Every resource of the API: which operation answers, and what it returns. openapi.json says the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from importlib import import_module
from inspect import Parameter, signature
from typing import Any, get_type_hints

from potluck.node.operations import Json

from .results import each, named
from .schemas import schema_of

JSON = "application/json"
ICAL = "text/calendar"
BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Field:
    """One value that a request brings: `path`, `query`, `body`; `content` is the whole body as bytes.

    It belongs to the operation's parameter `parameter`, whose type is `form` if that is a form.
    """

    name: str
    place: str
    schema: Json
    nullable: bool
    required: bool
    parameter: str
    form: type | None = None
    default: Any = None


@dataclass(frozen=True)
class Endpoint:
    """A method of a path. `operation` is module:function of the service, or of here with a dot before.

    result: the schema of what it returns, or the media type of bytes. says: what it does. fixed:
    arguments that the path says. takes: the media types of a body that is not JSON.
    """

    method: str
    path: str
    operation: str
    result: Json | str
    says: str
    status: int = 200
    fixed: Mapping[str, Any] = field(default_factory=dict)
    takes: tuple[str, ...] = ()
    name: str = ""

    @property
    def operation_id(self) -> str:
        """What clients made from the description call it."""
        return self.name or self.operation.partition(":")[2]

    @cached_property
    def call(self) -> Callable[..., Awaitable[Any]]:
        """The operation. Its module is imported at the first use."""
        module, _, function = self.operation.partition(":")
        package = "potluck.node.web" if module.startswith(".") else "potluck.node.operations"
        found: Callable[..., Awaitable[Any]] = getattr(
            import_module(f"{package}.{module.lstrip('.')}"), function
        )
        return found

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """What a request may bring, from the operation's signature."""
        hints = get_type_hints(self.call)
        parameters = list(signature(self.call).parameters.values())[1:]
        found: list[Field] = []
        for parameter in parameters:
            if parameter.name not in self.fixed:
                found += self._fields(parameter, hints[parameter.name])
        return tuple(found)

    def _fields(self, parameter: Parameter, hint: Any) -> list[Field]:
        name, needed = parameter.name, parameter.default is Parameter.empty
        if hint is bytes:
            return [Field(name, "content", {}, nullable=False, required=True, parameter=name)]
        elsewhere = "query" if self.method in ("GET", "DELETE") or self.takes else "body"
        if isinstance(hint, type) and is_dataclass(hint):
            types = get_type_hints(hint)
            return [
                Field(
                    one.name, elsewhere, *schema_of(types[one.name], one.name),
                    required=False, parameter=name, form=hint, default=_plain(one.default),
                )
                for one in fields(hint)
            ]  # fmt: skip
        place = "path" if f"{{{name}}}" in self.path else elsewhere
        default = None if needed else parameter.default
        return [Field(name, place, *schema_of(hint, name), needed, name, default=default)]


def _plain(default: Any) -> Any:
    return default if isinstance(default, str | int | float | bool) else None


def _get(path: str, operation: str, result: Json | str, says: str, **more: Any) -> Endpoint:
    return Endpoint("GET", path, operation, result, says, **more)


def _post(
    path: str, operation: str, result: Json, says: str, status: int = 200, **more: Any
) -> Endpoint:
    return Endpoint("POST", path, operation, result, says, status, **more)


def _delete(path: str, operation: str, result: Json, says: str) -> Endpoint:
    return Endpoint("DELETE", path, operation, result, says)


_EVENT, _HAND, _BLOCKS, _FILTERS = named("Event"), named("Hand"), named("Blocks"), named("Filters")
_IMPORTED = {"anyOf": [named("Imported"), named("TakenIn")]}
_DEAL, _AGAIN = {"redraw": False}, {"redraw": True}

# fmt: off
ENDPOINTS: tuple[Endpoint, ...] = (
    _get("/hand", "draw.today:draw", _HAND, "Today's hand, the same at every look", fixed=_DEAL, name="hand"),
    _post("/hand/redraw", "draw.today:draw", _HAND, "Deal again in place of what was not kept", fixed=_AGAIN,
          name="redraw"),
    _post("/draws/fresh", "draw.beside:draw_fresh", _HAND, "A hand from a new random seed, beside the day's"),
    _post("/draws/seed", "draw.beside:draw_seed", _HAND, "A hand from a given seed, beside the day's"),
    _post("/draws/dice", "draw.beside:draw_dice", _HAND, "A hand from rolls of a die, beside the day's"),
    _get("/draws/dice/rolls", "draw.beside:rolls_needed", named("Rolls"), "How many rolls are enough"),
    _post("/draws/witness", "draw.witness:witness_open", named("Commitment"), "Fix a deck, and commit to it"),
    _post("/draws/witness/word", "draw.witness:witness_close", _HAND, "Reveal, and deal with the friend's word"),
    _get("/deck", "draw.print_deck:deck_print", named("PrintedDeck"), "The deck with its tickets, for a pencil"),
    _get("/browse", "draw.browse:browse", named("Browsed"), "What may be dealt, as a plain list"),
    _get("/beyond", "draw.browse:beyond", named("Beyond"), "Where to look instead, when nothing may be dealt"),
    _get("/events", "announce.listing:page_events", named("Events"), "All events held, in parts"),
    _post("/events", "announce.announce:announce", _EVENT, "Announce an event", 201),
    _get("/events/mine", "announce.listing:list_events", each(_EVENT), "What this home announced", name="my_events",
         fixed={"mine": True}),
    _get("/events/{id}.ics", "sharing.exports:event_calendar", ICAL, "An event for a calendar"),
    _get("/events/{id}", "announce.listing:show", _EVENT, "An event, by a unique beginning of its id"),
    Endpoint("PATCH", "/events/{id}", "announce.announce:edit", _EVENT, "Change what is said; the rest stays"),
    _post("/events/{id}/postpone", "announce.announce:postpone", _EVENT, "It happens later, perhaps not known when"),
    _post("/events/{id}/cancel", "announce.announce:cancel", _EVENT, "It does not happen"),
    _post("/events/{id}/withdraw", "announce.announce:withdraw", _EVENT, "Take back all that was said"),
    _post("/events/{id}/keep", "draw.choices:keep", _EVENT, "Keep an event"),
    _post("/events/{id}/skip", "draw.choices:skip", _EVENT, "Say no to an event"),
    _post("/events/{id}/not-tonight", "draw.choices:not_tonight", _EVENT, "Back into the hat, for another day"),
    _post("/events/{id}/forget", "draw.choices:forget", _EVENT, "Take keep, skip or not-tonight back"),
    _get("/events/{id}/why", "draw.why:why", named("Why"), "Why it may be dealt, or may not"),
    _get("/events/{id}/revisions", "announce.revisions:revisions", each(named("Revision")),
         "The revisions that were held here, latest first, with what each changed"),
    _get("/events/{id}/reach", "health.reach:reach", named("Reach"), "How many of the peers hold it"),
    _get("/kept", "draw.choices:kept", each(_EVENT), "The events kept"),
    _get("/plan", "draw.plan:plan", each(named("Planned")), "The events kept, with what changed since"),
    _post("/plan/{id}/acknowledge", "draw.plan:acknowledge", _EVENT, "The change was seen"),
    _get("/bag", "draw.bag:bag", named("Bag"), "How many events were shown and do not come back yet"),
    _delete("/bag", "draw.bag:empty_bag", named("Bag"), "Let everything come back"),
    _get("/filters", "draw.saved_filters:saved_filters", _FILTERS, "The filters saved, by name"),
    Endpoint("PUT", "/filters/{name}", "draw.saved_filters:save_filters", {"type": "object"}, "Save filters"),
    _delete("/filters/{name}", "draw.saved_filters:forget_filters", _FILTERS, "Forget filters"),
    _get("/receipts", "draw.receipts:receipts", each(named("ReceiptLine")), "The latest receipts"),
    _get("/receipts/{id}", "draw.receipts:receipt_show", named("Receipt"), "A receipt, checked"),
    _get("/receipts/{id}/file", "draw.receipts:receipt_file", JSON, "A receipt for others to check"),
    _post("/verify", ".api.files:verify", named("Verified"), "Check a receipt's file", takes=(JSON,)),
    _get("/tables", "tables.tables:table_list", each(named("Table")), "The tables where this home sits"),
    _post("/tables", "tables.tables:table_new", named("Table"), "Found a table", 201),
    _get("/tables/{name}", "tables.tables:table_show", named("Table"), "A table"),
    _delete("/tables/{name}", "tables.tables:table_leave", named("Left"), "Get up from a table"),
    _get("/tables/{name}/hand", "draw.table_hand:draw_table", _HAND, "The table's hand of its day", fixed=_DEAL,
         name="table_hand"),
    _post("/tables/{name}/redraw", "draw.table_hand:draw_table", _HAND, "Deal the table's hand again", fixed=_AGAIN,
          name="table_redraw"),
    _post("/invitations", "sharing.links:invite", named("Invitation"), "A link for a friend to join"),
    _post("/join", "sharing.links:join", named("Joined"), "Follow a link"),
    _get("/status", "health.status:status", named("Status"), "What this node is and holds"),
    _get("/doctor", "health.doctor:doctor", named("Doctor"), "What is well with the node, and what is not"),
    _get("/peers", "health.status:peers", each(named("Peer")), "The nodes connected"),
    _post("/peers", "health.status:connect", named("Connected"), "Connect to a node"),
    _get("/blocks", "trust.blocks:blocks", _BLOCKS, "The hosts, sources and words blocked"),
    _post("/blocks", "trust.blocks:block", _BLOCKS, "Block a host, a source of it, or a word"),
    _get("/importers", "trust.importers:importers", named("Importers"), "Who imports events here"),
    _delete("/blocks/{target}", "trust.blocks:unblock", _BLOCKS, "Take a block back"),
    _get("/places", "towns:towns", each(named("Town")), "Towns whose name begins so"),
    _get("/calendars", "sharing.imports:watched", named("Calendars"), "The calendars that are looked at again"),
    _post("/calendars", "sharing.imports:import_calendar", named("Imported"), "Relay a calendar from its address"),
    _delete("/calendars", "sharing.imports:unwatch", named("Calendars"), "Look at a calendar no more"),
    _post("/import", ".api.files:import_file", _IMPORTED, "Relay a calendar, or take in a bundle",
          takes=(ICAL, BYTES)),
    _get("/export.json", ".api.files:export_json", JSON, "All events held, as JSON"),
    _get("/export.ics", ".api.files:export_calendar", ICAL, "All events held, for a calendar"),
    _get("/export.deck", ".api.files:export_deck", BYTES, "All announcements held, for another node"),
)
# fmt: on

"""The operations by name, for those who call from outside: the control socket and the command
line."""

from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from importlib import import_module
from inspect import Parameter, signature
from typing import Any, get_type_hints

from msgspec import Struct, defstruct
from msgspec.structs import asdict

from potluck.protocol.errors import LocalError

from .fields import read
from .forms import Form
from .service import Json, Service

Call = Callable[..., Awaitable[Any]]

# The module of each operation. It is imported when first called: who draws a hand should not wait
# for the calendar libraries.
OPERATIONS: Mapping[str, str] = {
    name: module
    for module, names in {
        "announce.announce": "announce edit postpone cancel withdraw",
        "announce.list_events": "list_events list_part page_events show",
        "announce.cautions": "cautions over",
        "announce.revisions": "revisions",
        "draw.bag": "bag empty_bag",
        "draw.beside": "draw_seed draw_fresh draw_dice rolls_needed",
        "draw.browse": "browse beyond",
        "draw.keep": "keep skip not_tonight forget kept",
        "draw.numbered": "numbered",
        "draw.importers": "importers",
        "draw.plan": "plan acknowledge",
        "draw.print_deck": "deck_print",
        "draw.receipts": "receipts receipt_show receipt_export receipt_file",
        "draw.saved_filters": "save_filters saved_filters forget_filters",
        "draw.table_hand": "draw_table",
        "draw.today": "draw draw_today",
        "draw.why": "why",
        "draw.witness": "witness_open witness_close",
        "health.doctor": "doctor",
        "health.reach": "reach",
        "health.status": "status stop page peers connect",
        "lifecycle.backup": "backup words_of_key",
        "lifecycle.leave": "leave",
        "sharing.door": "open_door close_door",
        "sharing.exports": "export_calendar export_json export_deck import_deck event_calendar",
        "sharing.hand_over": "hand_over",
        "sharing.imports": "import_calendar",
        "sharing.links": "invite join",
        "sharing.publish": "edition",
        "sharing.site_check": "check_site",
        "sharing.watched": "watched unwatch",
        "sharing.watching": "look_now",
        "tables.tables": "table_new table_show table_list table_leave",
        "towns": "towns",
        "trust.bans": "disconnect ban unban bans",
        "trust.blocks": "block unblock blocks write_blocks read_blocks",
        "trust.vouches": "vouch unvouch vouches words_of card",
    }.items()
    for name in names.split()
}


def operation(name: str) -> Call:
    """The operation of this name. Raises LocalError."""
    if name not in OPERATIONS:
        raise LocalError(
            "there is no operation {name!r}; is the node older than the command?", name=name
        )
    found: Call = getattr(import_module(f".{OPERATIONS[name]}", __package__), name)
    return found


async def perform(service: Service, name: str, inputs: Json) -> Any:
    """Call an operation with arguments from JSON. Raises LocalError, Unfit if they do not fit."""
    call = operation(name)
    return await call(service, **arguments(call, inputs))


def arguments(call: Call, inputs: Json) -> dict[str, Any]:
    """What an operation is called with, its forms filled in. Raises Unfit."""
    found = asdict(read(inputs, request(call)))
    forms = {name: kind for name, kind in kinds(call).items() if _is_form(kind)}
    return {name: found[name] for name in kinds(call) if name in found} | {
        name: form(**{each: found[each] for each in form.declared().__struct_fields__})
        for name, form in forms.items()
    }


@cache
def request(call: Call) -> type[Struct]:
    """All that an operation takes, as one declaration: a form by its fields."""
    forms, declared = [], list[Any]()
    for parameter in list(signature(call).parameters.values())[1:]:
        kind = kinds(call)[parameter.name]
        if _is_form(kind):
            forms.append(kind.declared())
        elif parameter.default is Parameter.empty:
            declared.append((parameter.name, kind))
        else:
            declared.append((parameter.name, kind, parameter.default))
    return defstruct(call.__name__, declared, bases=tuple(forms), kw_only=True)


@cache
def kinds(call: Call) -> dict[str, Any]:
    """The types of an operation's parameters, and of what it returns."""
    return get_type_hints(call, include_extras=True)


def _is_form(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Form)

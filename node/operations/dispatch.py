"""The operations by name, for those who call from outside: the control socket and the command
line."""

from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from importlib import import_module
from inspect import Parameter, signature
from typing import Any

from potluck.node.errors import Unfit
from potluck.protocol.errors import LocalError

from .fields import check_known, checked
from .forms import Form, fields_of
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


async def perform(service: Service, call: Call, inputs: Json) -> Any:
    """Carry out an operation with arguments from JSON. Raises LocalError, Unfit if they do not
    fit."""
    check_known(inputs, takes(call))
    arguments = {}
    for name, each in _parameters(call).items():
        if _is_form(each):
            form = {field: inputs[field] for field in fields_of(each.annotation) if field in inputs}
            arguments[name] = each.annotation(**form)
        elif name in inputs:
            arguments[name] = checked(name, inputs[name], each.annotation)
        elif each.default is Parameter.empty:
            raise Unfit(name, "is missing")
    return await call(service, **arguments)


@cache
def takes(call: Call) -> dict[str, Parameter]:
    """All that an operation takes beside the service, by name; of a form, its fields."""
    found = dict[str, Parameter]()
    for name, each in _parameters(call).items():
        found |= fields_of(each.annotation) if _is_form(each) else {name: each}
    return found


@cache
def _parameters(call: Call) -> dict[str, Parameter]:
    found = signature(call, eval_str=True).parameters
    return {name: each for name, each in found.items() if each.annotation is not Service}


def _is_form(parameter: Parameter) -> bool:
    return isinstance(parameter.annotation, type) and issubclass(parameter.annotation, Form)

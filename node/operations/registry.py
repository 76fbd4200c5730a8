"""The operations by name, for those who call from outside: the control socket and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from inspect import signature
from typing import Any, get_type_hints

from potluck.protocol.errors import LocalError

from .forms import Form
from .service import Json, Service

# The module of each operation. It is imported when first called: who draws a hand should not wait
# for the calendar libraries.
OPERATIONS: Mapping[str, str] = {
    name: module
    for module, names in {
        "announce.announce": "announce edit postpone cancel withdraw",
        "announce.listing": "list_events list_part show",
        "announce.cautions": "cautions",
        "announce.revisions": "revisions",
        "draw.bag": "bag empty_bag",
        "draw.beside": "draw_seed draw_fresh draw_dice rolls_needed",
        "draw.browse": "browse beyond",
        "draw.choices": "keep skip not_tonight forget kept",
        "draw.numbered": "numbered",
        "draw.importers": "importers",
        "draw.plan": "plan acknowledge",
        "draw.print_deck": "deck_print",
        "draw.receipts": "receipts receipt_show receipt_export",
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
        "sharing.exports": "export_calendar export_json export_deck import_deck",
        "sharing.imports": "import_calendar watched unwatch",
        "sharing.links": "invite join",
        "sharing.publish": "edition",
        "tables.tables": "table_new table_show table_list table_leave",
        "trust.bans": "disconnect ban unban bans",
        "trust.blocks": "block unblock blocks write_blocks read_blocks",
        "trust.vouches": "vouch unvouch vouches words_of card",
    }.items()
    for name in names.split()
}


async def perform(service: Service, name: str, arguments: Json) -> Any:
    """Call an operation with arguments from JSON. Raises LocalError when they do not fit."""
    if name not in OPERATIONS:
        raise LocalError(f"there is no operation {name!r}; is the node older than the command?")
    operation = getattr(import_module(f".{OPERATIONS[name]}", __package__), name)
    hints = get_type_hints(operation)
    values = {key: _read(hints.get(key), value) for key, value in arguments.items()}
    try:
        bound = signature(operation).bind(service, **values)
    except TypeError as error:
        raise LocalError(f"{name}: {error}") from None
    return await operation(*bound.args, **bound.kwargs)


def _read(kind: Any, value: Any) -> Any:
    is_form = isinstance(kind, type) and issubclass(kind, Form) and isinstance(value, dict)
    return kind.read(value) if is_form else value

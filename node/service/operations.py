"""The operations by name, for those who call from outside: the control socket and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from importlib import import_module
from inspect import signature
from typing import Any, get_type_hints

from potluck.protocol.errors import LocalError

from .base import Json, Service
from .forms import read_form

# The module of each operation. It is imported when first called: who draws a hand should not wait
# for the calendar libraries.
OPERATIONS: Mapping[str, str] = {
    name: module
    for module, names in {
        "events": "announce edit postpone cancel withdraw list_events list_part show",
        "imports": "import_calendar watched unwatch",
        "exports": "export_calendar export_json export_deck import_deck",
        "draws": "draw draw_seed draw_fresh draw_dice rolls_needed browse",
        "beyond": "beyond",
        "witnessed": "witness_open witness_close deck_print",
        "chosen": "keep skip not_tonight forget kept bag empty_bag why "
        "save_filters saved_filters forget_filters",
        "plan": "plan acknowledge",
        "revisions": "revisions",
        "receipts": "receipts receipt_show receipt_export",
        "tables": "table_new table_show table_list table_leave draw_table draw_today",
        "door": "open_door close_door",
        "peering": "disconnect ban unban bans",
        "doctor": "doctor",
        "reach": "reach",
        "leaving": "leave",
        "daemon": "status stop page peers connect block unblock blocks invite join backup",
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
    is_form = isinstance(kind, type) and is_dataclass(kind) and isinstance(value, dict)
    return read_form(kind, value) if is_form else value

"""Tables: make one, show its code, sit down at one, get up."""

from __future__ import annotations

from starlette.responses import Response

from potluck.node.language import format as words
from potluck.node.operations.forms import TableForm
from potluck.node.operations.sharing import links
from potluck.node.operations.tables import tables
from potluck.protocol.errors import LocalError

from .card import code
from .filters import number
from .view import View


async def listed(view: View) -> Response:
    """The tables one sits at, and how to come to another."""
    return await _listed(view, "")


async def _listed(view: View, problem: str) -> Response:
    found = await tables.table_list(view.service)
    asked = {name: view.field(name) for name in ("name", "near", "link")}
    asked["near"] = asked["near"] or view.filters.near or ""
    return view.page(
        "tables.html", "tables", 422 if problem else 200, tables=found, problem=problem, asked=asked
    )


async def found(view: View) -> Response:
    """Found a table."""
    try:
        form = TableForm(
            near=view.field("near") or None,
            within=number("within", view.field("within") or "10", float),
            days=int(number("days", view.field("days") or "7", int)),
        )
        made = await tables.table_new(view.service, view.field("name"), form)
    except LocalError as error:
        return await _listed(view, view.tell(error))
    return view.go("/table", name=made["name"])


async def join(view: View) -> Response:
    """Follow a link to a table, or to peers of this network."""
    try:
        joined = await links.join(view.service, view.field("link"))
    except LocalError as error:
        return await _listed(view, view.tell(error))
    return view.go("/table", name=joined["table"]) if joined["table"] else view.go("/node")


async def table(view: View) -> Response:
    """One table, with its code."""
    found = await tables.table_show(view.service, view.query("name"))
    scope = view.say(
        "within %(distance)s of %(place)s",
        distance=words.distance(found["within_km"], view.tongue),
        place=found["near"].partition(",")[0],
    )
    return view.page("table.html", "tables", table=found, scope=scope)


async def table_code(view: View) -> Response:
    """The table's link as a QR code."""
    return code(view, (await tables.table_show(view.service, view.query("name")))["link"])


async def leave(view: View) -> Response:
    """Get up from a table."""
    await tables.table_leave(view.service, view.field("name"))
    return view.go("/tables")

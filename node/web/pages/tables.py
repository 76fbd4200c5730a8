"""Tables: make one, show its code, sit down at one, get up."""

from starlette.responses import Response

from potluck.node.language import format as words
from potluck.node.operations.forms import TableForm
from potluck.node.operations.sharing import links
from potluck.node.operations.tables import tables

from .filters import number, place
from .view import NO_PROBLEM, Problem, View

KILOMETRES = (5, 10, 25, 40)
DAYS = (3, 7, 14)


async def listed(view: View, problem: Problem = NO_PROBLEM) -> Response:
    """The tables one sits at, and how to come to another."""
    found = await tables.table_list(view.service)
    start = {"name": "", "link": "", "near": view.filters.near or "", "within": "10", "days": "7"}
    asked = {name: view.field(name) or default for name, default in start.items()}
    return view.page(
        "tables.html",
        "tables",
        tables=found,
        problem=problem,
        asked=asked,
        kilometres=[(str(km), words.distance(km, view.locale)) for km in KILOMETRES],
        spans=[(str(days), view.locale.ngettext("1 day", "%(num)s days", days)) for days in DAYS],
    )


async def found(view: View) -> Response:
    """Found a table."""
    form = TableForm(
        near=view.town or None,
        within=number("within", view.field("within") or "10", float),
        days=int(number("days", view.field("days") or "7", int)),
    )
    made = await tables.table_new(view.service, view.field("name"), form)
    return view.go("/table", name=made["name"])


async def join(view: View) -> Response:
    """Follow a link to a table, or to peers of this network."""
    joined = await links.join(view.service, view.field("link"))
    return view.go("/table", name=joined["table"]) if joined["table"] else view.go("/node")


async def table(view: View) -> Response:
    """One table, with its code."""
    found = await tables.table_show(view.service, view.query("name"))
    text = _shown(view, found)
    return view.page("table.html", "tables", table=found, text=text, scope=place(view, found))


def _shown(view: View, found: tables.Described) -> str:
    """What a table's code holds: the site for guests, if there is one, else the secret."""
    return found["link"] if view.query("members") else found["site"] or found["link"]

"""A calendar to import: a file, or an address that is fetched."""

from starlette.responses import Response

from potluck.node.calendars.addresses import is_address
from potluck.node.calendars.fetch import Fetched, fetch
from potluck.node.errors import Unfit
from potluck.node.language import format as words
from potluck.node.operations.forms import ImportForm
from potluck.node.operations.service import Json
from potluck.node.operations.sharing import hand_over as handing
from potluck.node.operations.sharing import watched as calendars
from potluck.node.operations.sharing.guest_ticket import ticket_in

from . import guest_tickets
from .view import NO_PROBLEM, Problem, View


async def importing(
    view: View, problem: Problem = NO_PROBLEM, result: Json | None = None
) -> Response:
    """Where a calendar, or a guest's ticket, is handed over."""
    return view.page(
        "import.html",
        "announce",
        result=result,
        problem=problem,
        near=view.town or view.filters.near or "",
        address=view.field("address"),
        watched=await calendars.watched(view.service),
        tickets=guest_tickets.waiting(view),
        source=view.field("source"),
        host=view.field("host"),
    )


async def take_in(view: View) -> Response:
    """Import the events of a calendar; a guest's ticket is read first."""
    from potluck.node.operations.sharing import imports  # noqa: PLC0415 - its libraries take 20 MB

    near, file, address = view.town or None, view.file("file"), view.field("address")
    content = await file.read() if file else view.field("ticket").encode()
    if is_address(view.field("ticket")):
        fetched = await fetch(view.field("ticket"))
        content = fetched.content if isinstance(fetched, Fetched) else b""
    if ticket := ticket_in(content):
        taken = await guest_tickets.take(view, ticket, near or view.filters.near)
        return view.go("/announce", ticket=taken)
    form = ImportForm(near=near)
    if file is not None:
        name = file.filename or "calendar"
        result: Json = await imports.import_upload(view.service, name, content, form)
    elif "ticket" in view.form:
        raise Unfit("ticket", "this is no ticket of a guest")
    else:
        result = await imports.import_calendar(view.service, _web(address), form)
    return await importing(view, result=result)


async def hand_over(view: View) -> Response:
    """Leave an organiser's events to its own host."""
    handed = await handing.hand_over(view.service, view.field("source"), view.field("host"))
    view.notice(
        view.gettext(
            "%(source)s announces for itself now; of your copies %(number)s have ended.",
            source=handed["source"],
            number=words.number(handed["cancelled"], view.locale),
        )
    )
    return view.go("/import")


def _web(address: str) -> str:
    """The address, which must be one: a path of this machine is not for the page to read."""
    if not is_address(address):
        raise Unfit("address", "an address begins with https://")
    return address

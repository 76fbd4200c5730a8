"""A calendar to import: a file, or an address that is fetched."""

from __future__ import annotations

from starlette.responses import Response

from potluck.node.calendars.addresses import is_address
from potluck.node.errors import Unfit
from potluck.node.operations import Json
from potluck.node.operations.forms import ImportForm
from potluck.node.operations.sharing import watched as calendars
from potluck.protocol.errors import LocalError

from .view import NO_PROBLEM, Problem, View


async def importing(view: View) -> Response:
    """Where a calendar is handed over."""
    return await _page(view)


async def _page(view: View, result: Json | None = None, problem: Problem = NO_PROBLEM) -> Response:
    return view.page(
        "import.html",
        "announce",
        422 if problem.text else 200,
        result=result,
        problem=problem,
        near=view.town or view.filters.near or "",
        address=view.field("address"),
        watched=await calendars.watched(view.service),
    )


async def take_in(view: View) -> Response:
    """Import the events of a calendar."""
    try:
        return await _page(view, await _taken_in(view))
    except LocalError as error:
        return await _page(view, None, view.problem(error, "file", "address", "near"))


async def _taken_in(view: View) -> Json:
    from potluck.node.operations.sharing import imports  # noqa: PLC0415 - its libraries take 20 MB

    form = ImportForm(near=view.town or None)
    file, address = view.file("file"), view.field("address")
    if file is not None:
        name, content = file.filename or "calendar", await file.read()
        return await imports.import_upload(view.service, name, content, form)
    if address:
        return await imports.import_calendar(view.service, _web(address), form)
    raise Unfit("file", "choose a file, or give an address")


def _web(address: str) -> str:
    """The address, which must be one: a path of this machine is not for the page to read."""
    if not is_address(address):
        raise Unfit("address", "an address begins with https://")
    return address

"""The home itself: a second copy, everything out, leaving for good. For the owner on this machine
only."""

from mimetypes import guess_type
from pathlib import Path

from starlette.responses import Response

from potluck.node.errors import Unfit
from potluck.node.operations.lifecycle import leave as leaving
from potluck.node.web.api import transfers
from potluck.protocol.errors import NotFound

from .view import NO_PROBLEM, Problem, View


async def home(view: View, problem: Problem = NO_PROBLEM, copy: str = "") -> Response:
    """What can be done with it."""
    service = view.service
    return view.page(
        "home.html",
        "node",
        home=str(service.home.path),
        key=service.me.hex(),
        network=service.home.network.name,
        copy=copy,
        problem=problem,
    )


async def copy(view: View) -> Response:
    """Write a second copy of the home into the person's own folder. The keys do not pass through
    the page."""
    made = await leaving.backup_beside(view.service, Path.home(), view.today.isoformat())
    return await home(view, copy=made["file"])


async def export(view: View) -> Response:
    """Every event held, in one of three forms."""
    name = view.field("name")
    if name not in leaving.EXPORTS:
        raise NotFound("events are exported as events.json, events.ics or events.deck")
    content = await transfers.written(view.service, leaving.EXPORTS[name])
    return view.file_of(content, guess_type(name)[0] or "application/octet-stream", name)


async def leave(view: View) -> Response:
    """Withdraw everything and delete the home, if the person wrote the network's name."""
    if view.field("network") != view.service.home.network.name:
        raise Unfit("network", "to leave, write the name of the network as it stands there")
    gone = await leaving.leave_into(view.service, Path.home(), view.today.isoformat())
    return view.page("farewell.html", "node", folder=gone["folder"], withdrawn=gone["withdrawn"])

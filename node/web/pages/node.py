"""The node in words: whom it knows, what it holds, and its limits."""

from __future__ import annotations

from starlette.responses import Response

from potluck.node.operations.health import doctor, status
from potluck.node.operations.sharing import links
from potluck.protocol.errors import LocalError

from .card import code
from .view import NO_PROBLEM, Problem, View


async def node(view: View) -> Response:
    """The node as it is now."""
    return await _node(view)


async def _node(view: View, problem: Problem = NO_PROBLEM) -> Response:
    now = await status.status(view.service)
    peers = view.service.connections.peers() if view.service.connections else []
    store = view.service.home.store_path
    size = sum(file.stat().st_size for file in store.parent.glob(f"{store.name}*"))
    invitation = await links.invite(view.service)
    return view.page(
        "node.html",
        "node",
        422 if problem.text else 200,
        problem=problem,
        node=now,
        peers=peers,
        config=view.service.home.config,
        megabytes=size / 1e6,
        invitation=invitation,
    )


async def checkup(view: View) -> Response:
    """What is well with the node, and what is not, with a remedy for each."""
    home = view.service.home.path
    findings = [*doctor.check_from_outside(home), *(await doctor.doctor(view.service))["findings"]]
    return view.page("checkup.html", "node", findings=findings, unwell=doctor.unwell(findings))


async def connect(view: View) -> Response:
    """Connect to another node."""
    try:
        await status.connect(view.service, view.field("address"))
    except LocalError as error:
        return await _node(view, Problem("address", view.translate(error)))
    return view.go("/node")


async def join(view: View) -> Response:
    """Follow a link to nodes of this network, or to a table."""
    try:
        joined = await links.join(view.service, view.field("link"))
    except LocalError as error:
        return await _node(view, Problem("link", view.translate(error)))
    return view.go("/table", name=joined["table"]) if joined["table"] else view.go("/node")


async def invitation_code(view: View) -> Response:
    """The invitation as a QR code."""
    return code(view, (await links.invite(view.service))["link"])

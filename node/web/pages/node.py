"""The node in words: whom it knows, what it holds, and its limits."""

from starlette.responses import Response

from potluck.node.operations.health import doctor, finding, status
from potluck.node.operations.sharing import links

from .view import NO_PROBLEM, Problem, View


async def node(view: View, problem: Problem = NO_PROBLEM) -> Response:
    """The node as it is now."""
    now = await status.status(view.service)
    peers = view.service.connections.peers() if view.service.connections else []
    store = view.service.home.store_path
    size = sum(file.stat().st_size for file in store.parent.glob(f"{store.name}*"))
    invitation = await links.invite(view.service)
    return view.page(
        "node.html",
        "node",
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
    return view.page("checkup.html", "node", findings=findings, unwell=finding.unwell(findings))

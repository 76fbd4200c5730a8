"""Whom one has met: one's own card, for whom one vouches, and vouching for somebody."""

from starlette.responses import Response

from potluck.node.operations.trust import vouches

from .view import NO_PROBLEM, Problem, View
from .walks import called


async def met(view: View, problem: Problem = NO_PROBLEM) -> Response:
    """One's card and vouches."""
    listed = await vouches.vouches(view.service)
    return view.page(
        "vouches.html",
        "node",
        problem=problem,
        own=await vouches.card(view.service),
        vouches=[each | {"called": called(each, view.locale)} for each in listed],
        host=view.query("host") or view.field("host"),
    )


async def compare(view: View) -> Response:
    """The six words that the other should read aloud, before one vouches."""
    found = await vouches.words_of(view.service, view.query("host"))
    return view.page("vouch.html", "node", other=found)


async def vouch(view: View) -> Response:
    """Vouch, for oneself or for all to see."""
    await vouches.vouch(
        view.service, view.field("host"), view.field("name"), public=bool(view.field("public"))
    )
    return view.go("/vouches")

"""Whom one has met: one's own card, for whom one vouches, and vouching for somebody."""

from __future__ import annotations

from starlette.responses import Response

from potluck.node.operations.trust import vouches
from potluck.protocol.errors import LocalError

from .card import code
from .view import View
from .walks import called


async def met(view: View) -> Response:
    """One's card and vouches."""
    return await _met(view, "")


async def _met(view: View, problem: str) -> Response:
    listed = await vouches.vouches(view.service)
    return view.page(
        "vouches.html",
        "node",
        422 if problem else 200,
        problem=problem,
        own=await vouches.card(view.service),
        vouches=[each | {"called": called(each, view.locale)} for each in listed],
        host=view.query("host") or view.field("host"),
    )


async def card_code(view: View) -> Response:
    """The link of one's card as a QR code."""
    return code(view, (await vouches.card(view.service))["link"])


async def compare(view: View) -> Response:
    """The six words that the other should read aloud, before one vouches."""
    try:
        found = await vouches.words_of(view.service, view.query("host"))
    except LocalError as error:
        return await _met(view, view.translate(error))
    return view.page("vouch.html", "node", other=found)


async def vouch(view: View) -> Response:
    """Vouch, for oneself or for all to see."""
    try:
        await vouches.vouch(
            view.service,
            view.field("host"),
            view.field("name"),
            public=bool(view.field("public")),
        )
    except LocalError as error:
        return await _met(view, view.translate(error))
    return view.go("/vouches")


async def unvouch(view: View) -> Response:
    """Take a vouch back: walks are cut there."""
    await vouches.unvouch(view.service, view.field("host"))
    return view.go_back("/vouches")

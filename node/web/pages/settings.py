"""Settings of the page: place, language, blocks, the bag; browsers let in; the door for a phone."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.responses import Response

from potluck.node.language import format as words
from potluck.node.language.locale import languages
from potluck.node.operations import Json
from potluck.node.operations.draw import bag as bags
from potluck.node.operations.sharing import links
from potluck.node.operations.trust import blocks
from potluck.protocol.errors import LocalError

from .card import code
from .view import NO_PROBLEM, Problem, View


async def settings(view: View) -> Response:
    """All of them."""
    return await _settings(view)


async def _settings(view: View, problem: Problem = NO_PROBLEM) -> Response:
    bag = await bags.bag(view.service)
    return view.page(
        "settings.html",
        "node",
        422 if problem.text else 200,
        problem=problem,
        near=view.field("near") or view.filters.near or view.filters.at or "",
        languages=[("", view.gettext("As the browser asks")), *languages().items()],
        language=view.noted("page.language"),
        blocks=[_block(view, each) for each in (await blocks.blocks(view.service))["blocks"]],
        bag=bag["shown"],
        sessions=[
            (each, words.long_date(datetime.fromtimestamp(each.since, UTC).date(), view.locale))
            for each in view.site.sessions.listed()
        ],
    )


def _block(view: View, block: Json) -> Json:
    """A block as the list shows and lifts it."""
    said = {
        "host": view.gettext("All that this host announces"),
        "importer": view.gettext("All that this host imports"),
        "source": block["text"],
        "word": block["text"],
    }[block["kind"]]
    since = datetime.fromisoformat(block["since"]) if block["since"] else None
    is_word = block["kind"] == "word"
    return {
        **block,
        "said": said,
        "since": since and words.long_date(since.astimezone(view.zone).date(), view.locale),
        "target": block["text"] if is_word else block["host"] or "",
        "source": block["text"] if block["kind"] == "source" else None,
    }


async def save(view: View) -> Response:
    """Take what was set."""
    language = view.field("language")
    try:
        await view.set_place(view.town)
    except LocalError as error:
        return await _settings(view, view.problem(error, "near", "target"))
    if language in {"", *languages()}:
        await view.set_language(language)
    return view.go("/settings")


async def empty_bag(view: View) -> Response:
    """Let everything that was shown come back."""
    await bags.empty_bag(view.service)
    return view.go("/settings")


async def revoke(view: View) -> Response:
    """End the session of a browser."""
    await view.site.sessions.revoke(view.field("id"))
    view.site.news.recheck()
    return view.go("/settings")


async def pair(view: View) -> Response:
    """What it means to open a door for one's phone; once it is open, the code to scan."""
    return view.page("pair.html", "node", link=view.site.phone_link)


async def open_door(view: View) -> Response:
    """Open it."""
    await view.site.door.open()
    return view.go("/pair")


async def close_door(view: View) -> Response:
    """Close it."""
    await view.site.door.close()
    return view.go("/pair")


async def pair_code(view: View) -> Response:
    """The link for a phone as a QR code."""
    return code(view, view.site.phone_link)


async def welcome(view: View) -> Response:
    """The first run: what a draw is, in three pictures, and the first question."""
    return _welcome(view)


def _welcome(view: View, problem: Problem = NO_PROBLEM) -> Response:
    network = view.service.home.network
    return view.page(
        "welcome.html",
        "draw",
        422 if problem.text else 200,
        problem=problem,
        network=network.name,
        closed=network.closed,
        near=view.field("near") or view.filters.near or "",
        link=view.field("link"),
    )


async def begin(view: View) -> Response:
    """Take the place and the invitation, if any, and deal."""
    try:
        await view.set_place(view.town)
        if view.field("link"):
            await links.join(view.service, view.field("link"))
    except LocalError as error:
        return _welcome(view, view.problem(error, "near", "link"))
    await view.welcome()
    return view.go("/")

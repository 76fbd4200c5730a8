"""Settings of the page: place, language, blocks, the bag; browsers let in; the door for a phone."""

from datetime import UTC, datetime

from starlette.responses import Response

from potluck.node.language import format as words
from potluck.node.language.locale import languages
from potluck.node.operations.draw import bag as bags
from potluck.node.operations.sharing import links

from . import blocks
from .view import LANGUAGE, NO_PROBLEM, Problem, View


async def settings(view: View, problem: Problem = NO_PROBLEM) -> Response:
    """All of them."""
    bag = await bags.bag(view.service)
    return view.page(
        "settings.html",
        "node",
        problem=problem,
        near=view.field("near") or view.filters.near or view.filters.at or "",
        languages=[("", view.gettext("As the browser asks")), *languages().items()],
        language=view.noted(LANGUAGE),
        blocks=await blocks.listed(view),
        bag=bag["shown"],
        sessions=[
            (each, words.long_date(datetime.fromtimestamp(each.since, UTC).date(), view.locale))
            for each in view.site.sessions.listed()
        ],
    )


async def save(view: View) -> Response:
    """Take what was set."""
    language = view.field("language")
    await view.set_place(view.town)
    if language in {"", *languages()}:
        await view.note(LANGUAGE, language)
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


async def welcome(view: View, problem: Problem = NO_PROBLEM) -> Response:
    """The first run: what a draw is, in three pictures, and the first question."""
    network = view.service.home.network
    return view.page(
        "welcome.html",
        "draw",
        problem=problem,
        network=network.name,
        closed=network.closed,
        near=view.field("near") or view.filters.near or "",
        link=view.field("link"),
    )


async def begin(view: View) -> Response:
    """Take the place and the invitation, if any, and deal."""
    await view.set_place(view.town)
    if view.field("link"):
        await links.join(view.service, view.field("link"))
    await view.welcome()
    return view.go("/")

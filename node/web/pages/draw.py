"""Today's hand: dealt at the first look, then the same until midnight."""

from datetime import date

from starlette.responses import Response

from potluck.node.language import format as words
from potluck.node.operations.draw import keep, today
from potluck.node.operations.draw.table_hand import draw_table
from potluck.node.operations.service import Json
from potluck.protocol.errors import LocalError, NotFound, Refused

from . import filters, live
from .paper_ticket import point_of, ticket, used_marks
from .view import NO_PROBLEM, Problem, View
from .walks import reach


async def hand(view: View) -> Response:
    """Today's hand, with its filters."""
    if not view.welcomed and not view.phone:
        return view.go("/welcome")
    if live.first_deal_waits(view) and not view.query("now"):
        held = (await view.service.store.deck.counts()).held
        return view.page("waiting.html", "draw", receiving=live.receiving(view, held))
    return await shown(view, await today.draw(view.service, view.filters))


async def redraw(view: View) -> Response:
    """Deal again in place of what was not kept; a button that is out of date deals nothing."""
    drawn = await today.draw(view.service, view.filters)
    if _is_stale(view, drawn):
        return view.go("/")
    await today.draw(view.service, view.filters, redraw=True)
    return view.go("/")


def _is_stale(view: View, drawn: Json) -> bool:
    """Whether a button to deal again stood under another hand; the next page says so."""
    after = view.field("after")
    if after and after != drawn["receipt"]:
        view.notice(
            view.gettext("In another window you have dealt again already: this is that hand.")
        )
        return True
    if not drawn["redraws_left"]:
        view.notice(view.gettext("You have dealt again today already: no further hand is left."))
        return True
    return False


async def set_filters(view: View) -> Response:
    """Look with other filters from now on; the hand says why if they do not fit."""
    before = view.filters
    try:
        asked = filters.read(view)
        await today.draw(view.service, asked)
    except LocalError as error:
        drawn = await today.draw(view.service, before)
        if isinstance(error, Refused):
            return await shown(view, drawn, Problem("", await _all_used(view)), 409)
        return await shown(view, drawn, view.problem(error))
    await view.set_filters(asked)
    return view.go("/")


async def _all_used(view: View) -> str:
    sets = await today.sets_of_filters(view.service, view.filters)
    return view.gettext(
        "You have looked at today’s hand with %(most)s sets of filters already. A new hand comes "
        "after midnight.",
        most=sets["most"],
    )


async def table_hand(view: View) -> Response:
    """A table's hand of its day."""
    return await shown(view, await draw_table(view.service, view.query("name")))


async def table_redraw(view: View) -> Response:
    """A second hand from the table's secret: who deals it leaves the common one."""
    name = view.field("name")
    if not _is_stale(view, await draw_table(view.service, name)):
        await draw_table(view.service, name, redraw=True)
    return view.go("/table/hand", name=name)


_ANSWERS = {"keep": keep.keep, "skip": keep.skip, "not tonight": keep.not_tonight}


async def choose(view: View) -> Response:
    """Keep, skip, put off or put back a card, then return to where it lies."""
    id = view.field("id")
    answer = _ANSWERS.get(view.field("answer"), keep.forget)
    try:
        await answer(view.service, id)
    except NotFound as error:
        view.notice(
            view.gettext("In another window you have put it back already.")
            if answer is keep.forget
            else words.capital(words.sentence(view.translate(error)))
        )
    return view.go_back("/", f"t-{id[:8]}")


async def shown(
    view: View, drawn: Json, problem: Problem = NO_PROBLEM, status: int = 200
) -> Response:
    """A hand as a page: its tickets, or the sum that led to none."""
    drawn = {"table": None, "waiting": 0, **drawn}
    here = point_of(drawn)
    tickets = [ticket(view, card, at, here) for at, card in enumerate(drawn["hand"])]
    fresh = view.site.shown_hand != drawn["receipt"]
    view.site.shown_hand = drawn["receipt"]
    return view.page(
        "draw.html" if tickets else "empty.html",
        "tables" if drawn["table"] else "draw",
        status,
        drawn=drawn,
        tickets=tickets,
        marks=used_marks(tickets),
        fresh=fresh,
        day=words.long_date(date.fromisoformat(drawn["day"]), view.locale),
        scope=filters.scope(view, drawn),
        hidden=sum(drawn["hidden"].values()),
        sheet=filters.sheet(view, problem),
        sets=await today.sets_of_filters(view.service, view.filters),
        dropped=filters.DROPPED,
        problem=problem,
        answered=all(
            each["event"]["kept"] or each["skipped"] or each["put_back"] for each in tickets
        ),
        reach=reach(drawn, view.locale),
        empty=None if tickets else await filters.empty(view, drawn),
    )

"""The pages, room by room, and every path that there is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.responses import Response

from potluck.node.operations.draw.bag import empty_bag
from potluck.node.operations.draw.keep import keep
from potluck.node.operations.draw.plan import acknowledge
from potluck.node.operations.health.status import connect
from potluck.node.operations.tables.tables import table_leave
from potluck.node.operations.trust.vouches import unvouch
from potluck.protocol.errors import NotFound

from . import (
    announce,
    blocks,
    card,
    draw,
    enter,
    filters,
    importing,
    lists,
    live,
    node,
    own,
    plan,
    receipts,
    settings,
    tables,
    vouches,
)
from .view import Problem, View

Handler = Callable[[View], Awaitable[Response]]
Form = Callable[[View, Problem], Awaitable[Response]]
OWNER, PHONE = "owner", "phone"


@dataclass(frozen=True, slots=True)
class Page:
    """A path, and who may go there: everybody let in (PHONE), or the owner on this machine
    (OWNER). `form` shows what was filled in again, with what is wrong with it."""

    method: str
    path: str
    handler: Handler
    rights: str = OWNER
    form: Form | None = None


def does(operation: Callable[..., Awaitable[object]], *fields: str, then: str) -> Handler:
    """A page that carries out an operation with these fields, and goes on or back; so it does for
    who did it in another window already, and says so."""

    async def handler(view: View) -> Response:
        try:
            await operation(view.service, *map(view.field, fields))
        except NotFound as error:
            view.notice(view.translate(error))
        return view.go_back(then)

    return handler


PAGES = (
    Page("GET", "/", draw.hand, PHONE),
    Page("GET", "/enter", enter.enter, PHONE),
    Page("POST", "/enter", enter.come_in, PHONE),
    Page("POST", "/redraw", draw.redraw, PHONE),
    Page("POST", "/answer/{id}", draw.choose, PHONE),
    Page("POST", "/filters", draw.set_filters, PHONE),
    Page("GET", "/towns", filters.towns, PHONE),
    Page("GET", "/browse", lists.browse, PHONE),
    Page("GET", "/live", live.live, PHONE),
    Page("GET", "/card/{id}.ics", card.calendar, PHONE),
    Page("GET", "/card/{id}", card.card, PHONE),
    Page("GET", "/share/{id}", card.share, PHONE),
    Page("POST", "/block", blocks.block),
    Page("POST", "/unblock", blocks.unblock),
    Page("GET", "/blocks", blocks.theirs),
    Page("GET", "/blocks.json", blocks.save),
    Page("POST", "/blocks/read", blocks.read, form=blocks.theirs),
    Page("POST", "/blocks/answer", blocks.answer, form=blocks.theirs),
    Page("GET", "/plan", plan.kept, PHONE),
    Page("GET", "/plan.ics", plan.feed),
    Page("POST", "/plan/seen/{id}", does(acknowledge, "id", then="/plan"), PHONE),
    Page("POST", "/plan/off/{id}", plan.take_off, PHONE),
    Page("POST", "/plan/back/{id}", does(keep, "id", then="/plan"), PHONE),
    Page("POST", "/plan/went", plan.answer, PHONE),
    Page("GET", "/plan/went.csv", plan.diary, PHONE),
    Page("POST", "/plan/feed", plan.new_feed),
    Page("POST", "/plan/feed/end", plan.end_feed),
    Page("GET", "/receipts", receipts.listed, PHONE),
    Page("GET", "/receipt/{id}.json", receipts.receipt_json, PHONE),
    Page("GET", "/receipt/{id}", receipts.receipt, PHONE),
    Page("GET", "/dice", receipts.dice),
    Page("POST", "/dice", receipts.roll, form=receipts.dice),
    Page("GET", "/witness", receipts.witness),
    Page("POST", "/witness/open", receipts.witness_open),
    Page("POST", "/witness/close", receipts.witness_close),
    Page("GET", "/announce", announce.blank),
    Page("POST", "/announce", announce.announce, form=announce.again),
    Page("GET", "/mine", lists.mine),
    Page("GET", "/change/{id}", announce.change),
    Page("POST", "/change/{id}", announce.edit, form=announce.again),
    Page("POST", "/change/{id}/status", announce.call_off, form=announce.as_it_is),
    Page("GET", "/import", importing.importing),
    Page("POST", "/import", importing.take_in, form=importing.importing),
    Page("POST", "/hand-over", importing.hand_over, form=importing.importing),
    Page("GET", "/tables", tables.listed, PHONE),
    Page("POST", "/tables", tables.found, form=tables.listed),
    Page("POST", "/join", tables.join, form=tables.listed),
    Page("GET", "/table", tables.table, PHONE),
    Page("GET", "/table/hand", draw.table_hand, PHONE),
    Page("POST", "/table/redraw", draw.table_redraw, PHONE),
    Page("POST", "/table/leave", does(table_leave, "name", then="/tables")),
    Page("GET", "/node", node.node),
    Page("GET", "/node/checkup", node.checkup),
    Page("POST", "/node/connect", does(connect, "address", then="/node"), form=node.node),
    Page("POST", "/node/join", tables.join, form=node.node),
    Page("GET", "/home", own.home),
    Page("POST", "/home/copy", own.copy, form=own.home),
    Page("POST", "/home/leave", own.leave, form=own.home),
    Page("GET", "/export/{name}", own.export),
    Page("GET", "/vouches", vouches.met),
    Page("GET", "/vouch", vouches.compare, form=vouches.met),
    Page("POST", "/vouch", vouches.vouch, form=vouches.met),
    Page("POST", "/unvouch", does(unvouch, "host", then="/vouches")),
    Page("GET", "/settings", settings.settings),
    Page("POST", "/settings", settings.save, form=settings.settings),
    Page("POST", "/settings/bag", does(empty_bag, then="/settings")),
    Page("POST", "/settings/revoke", settings.revoke),
    Page("GET", "/pair", settings.pair),
    Page("POST", "/pair/open", settings.open_door),
    Page("POST", "/pair/close", settings.close_door),
    Page("GET", "/welcome", settings.welcome),
    Page("POST", "/welcome", settings.begin, form=settings.welcome),
)

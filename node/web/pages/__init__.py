"""The pages, room by room, and every path that there is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.responses import Response

from . import (
    announce,
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
from .view import View

Handler = Callable[[View], Awaitable[Response]]
OWNER, PHONE = "owner", "phone"


@dataclass(frozen=True, slots=True)
class Page:
    """A path, and who may go there: everybody let in (PHONE), or the owner on this machine
    (OWNER)."""

    method: str
    path: str
    handler: Handler
    rights: str = OWNER


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
    Page("GET", "/share/{id}.svg", card.share_code, PHONE),
    Page("GET", "/share/{id}", card.share, PHONE),
    Page("POST", "/block", card.block),
    Page("POST", "/unblock", card.unblock),
    Page("GET", "/plan", plan.kept, PHONE),
    Page("GET", "/plan.ics", plan.feed),
    Page("POST", "/plan/seen/{id}", plan.seen, PHONE),
    Page("POST", "/plan/off/{id}", plan.take_off, PHONE),
    Page("POST", "/plan/back/{id}", plan.put_back, PHONE),
    Page("POST", "/plan/went", plan.answer, PHONE),
    Page("GET", "/plan/went.csv", plan.diary, PHONE),
    Page("POST", "/plan/feed", plan.new_feed),
    Page("POST", "/plan/feed/end", plan.end_feed),
    Page("GET", "/receipts", receipts.listed, PHONE),
    Page("GET", "/receipt/{id}.json", receipts.receipt_json, PHONE),
    Page("GET", "/receipt/{id}", receipts.receipt, PHONE),
    Page("GET", "/dice", receipts.dice),
    Page("POST", "/dice", receipts.roll),
    Page("GET", "/witness", receipts.witness),
    Page("POST", "/witness/open", receipts.witness_open),
    Page("POST", "/witness/close", receipts.witness_close),
    Page("GET", "/announce", announce.blank),
    Page("POST", "/announce", announce.announce),
    Page("GET", "/mine", lists.mine),
    Page("GET", "/change/{id}", announce.change),
    Page("POST", "/change/{id}", announce.edit),
    Page("POST", "/change/{id}/status", announce.call_off),
    Page("GET", "/import", importing.importing),
    Page("POST", "/import", importing.take_in),
    Page("GET", "/tables", tables.listed, PHONE),
    Page("POST", "/tables", tables.found),
    Page("POST", "/join", tables.join),
    Page("GET", "/table", tables.table, PHONE),
    Page("GET", "/table.svg", tables.table_code),
    Page("GET", "/table/hand", draw.table_hand, PHONE),
    Page("POST", "/table/redraw", draw.table_redraw, PHONE),
    Page("POST", "/table/leave", tables.leave),
    Page("GET", "/node", node.node),
    Page("GET", "/node/checkup", node.checkup),
    Page("POST", "/node/connect", node.connect),
    Page("POST", "/node/join", node.join),
    Page("GET", "/invitation.svg", node.invitation_code),
    Page("GET", "/home", own.home),
    Page("POST", "/home/copy", own.copy),
    Page("POST", "/home/leave", own.leave),
    Page("GET", "/export/{name}", own.export),
    Page("GET", "/vouches", vouches.met),
    Page("GET", "/vouches/card.svg", vouches.card_code),
    Page("GET", "/vouch", vouches.compare),
    Page("POST", "/vouch", vouches.vouch),
    Page("POST", "/unvouch", vouches.unvouch),
    Page("GET", "/settings", settings.settings),
    Page("POST", "/settings", settings.save),
    Page("POST", "/settings/bag", settings.empty_bag),
    Page("POST", "/settings/revoke", settings.revoke),
    Page("GET", "/pair", settings.pair),
    Page("GET", "/pair.svg", settings.pair_code),
    Page("POST", "/pair/open", settings.open_door),
    Page("POST", "/pair/close", settings.close_door),
    Page("GET", "/welcome", settings.welcome),
    Page("POST", "/welcome", settings.begin),
)

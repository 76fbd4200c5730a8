"""Receipts, and the draws that need no trust in this program: dice, a friend's word."""

import re

from starlette.responses import Response

from potluck.node.language import format as words
from potluck.node.operations.draw import beside, receipts
from potluck.node.operations.draw import witness as witnessed
from potluck.protocol.message import marked

from .paper_ticket import ticket, used_marks
from .view import NO_PROBLEM, Problem, View

KINDS = {
    "solo": marked("your own seed of a day"),
    "table": marked("the seed of a table"),
    "dice": marked("dice"),
    "witness": marked("a friend’s word"),
    "given": marked("a seed that was named"),
    "fresh": marked("a random seed"),
}


async def listed(view: View) -> Response:
    """The latest receipts."""
    found = await receipts.receipts(view.service)
    lines = [
        (
            each["id"],
            words.moment(each["drawn_at"], view.zone, view.locale),
            KINDS[each["seed_kind"]],
            each["earlier_rule"],
        )
        for each in found
    ]
    return view.page("receipts.html", "draw", lines=lines)


async def receipt(view: View) -> Response:
    """One receipt: its hand, what checking it shows, and what that does not show."""
    id = view.field("id")
    found = await receipts.receipt_show(view.service, id)
    cards = await receipts.receipt_hand(view.service, id, view.filters)
    tickets = [ticket(view, card, at) for at, card in enumerate(cards)]
    return view.page(
        "receipt.html",
        "draw",
        found=found,
        tickets=tickets,
        marks=used_marks(tickets),
        kind=KINDS[found["seed_kind"]],
        drawn=words.moment(found["drawn_at"], view.zone, view.locale),
        reveals=receipts.REVEALS,
    )


async def receipt_json(view: View) -> Response:
    """The receipt's file, without place and filters."""
    content = await receipts.receipt_file(view.service, view.field("id"))
    return view.file_of(content, "application/json", f"receipt-{view.field('id')[:12]}.json")


async def dice(view: View, problem: Problem = NO_PROBLEM) -> Response:
    """How many rolls are enough, and where to write them."""
    needed = await beside.rolls_needed(view.service, view.filters)
    return view.page(
        "dice.html",
        "draw",
        needed=needed,
        rolls=view.field("rolls"),
        problem=problem,
    )


async def roll(view: View) -> Response:
    """Deal from what the dice showed."""
    rolls = [int(digit) for digit in re.findall(r"\d", view.field("rolls"))]
    drawn = await beside.draw_dice(view.service, view.filters, rolls)
    return view.go(f"/receipt/{drawn['receipt']}")


async def witness(view: View) -> Response:
    """A draw that a friend witnesses: first the commitment, then the friend's word."""
    pending = await witnessed.witness_pending(view.service)
    return view.page("witness.html", "draw", pending=pending, warning=witnessed.WARNING)


async def witness_open(view: View) -> Response:
    """Commit to the deck and a secret number."""
    await witnessed.witness_open(view.service, view.filters)
    return view.go("/witness")


async def witness_close(view: View) -> Response:
    """Deal with the friend's word."""
    drawn = await witnessed.witness_close(view.service, view.field("word"))
    return view.go(f"/receipt/{drawn['receipt']}")

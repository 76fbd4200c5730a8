"""The hand of a table: the same for everybody who sits there, on the same day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import blake2b

from potluck.node import clock
from potluck.node.geography.places import spot_at
from potluck.node.operations.draw.deal import deal, freeze, gather, shown_card, summary
from potluck.node.operations.draw.draw import draw
from potluck.node.operations.draw.filters import blocking
from potluck.node.operations.draw.window import Look
from potluck.node.operations.forms import DrawForm
from potluck.node.operations.service import Json, Service
from potluck.node.operations.tables.tables import joined
from potluck.node.store import Entry, FrozenHand, HandKey
from potluck.protocol import link
from potluck.protocol.errors import Refused
from potluck.protocol.origin import AtTable
from potluck.protocol.table import Table


async def draw_table(service: Service, name: str, *, redraw: bool = False) -> Json:
    """The table's hand of its day, the same for everyone at it. As draws.draw; begun cards are marked.

    Personal filters and the bag do not count here; a personal block hides a card after the draw.
    """
    table = joined(service, name)
    async with service.turn:
        here = table_look(table, service.clock.now())
        of_day = service.store.hands.of_day(here.today.isoformat(), table.name)
        hands = [hand for hand in of_day if hand.key.filters == _mark(table)]
        if not hands:
            hands = [await _deal(service, table, here, [])]
        if redraw:
            if len(hands) > service.home.config.draw_redraws:
                raise Refused(
                    "that was the table's hand of today: no redraw is left. A new one comes after midnight"
                )
            hands.append(await _deal(service, table, here, hands))
    return _shown(service, table, here, hands)


async def draw_today(service: Service, form: DrawForm, *, redraw: bool = False) -> Json:
    """The day's hand: of the table that came with the network if nothing is asked for, else one's own."""
    default = next((seat.name for seat in service.store.choices.tables() if seat.is_default), None)
    if default is not None and form == DrawForm():
        return await draw_table(service, default, redraw=redraw)
    return await draw(service, form, redraw=redraw)


@dataclass(frozen=True, slots=True)
class TableLook(Look):
    """A table looks at whole days: what has begun by now is still dealt, the same at every hour."""

    def _after(self, entry: Entry) -> int:
        return self.since + 1


def table_look(table: Table, now: int) -> TableLook:
    """Where and when a table looks on its day."""
    today = clock.local_date(now, table.tz)
    spot = replace(spot_at((table.lat, table.lon)), lat=table.lat, lon=table.lon)
    first, until = (
        clock.midnight(today, table.tz),
        clock.midnight(today + timedelta(days=table.days), table.tz),
    )
    last = today + timedelta(days=table.days - 1)
    return TableLook(spot, table.km, table.tz, today, today, last, first - 1, until)


async def _deal(
    service: Service, table: Table, here: Look, earlier: list[FrozenHand]
) -> FrozenHand:
    day, number = here.today.isoformat(), len(earlier)
    form = DrawForm(hand=table.hand, by=table.by, within=table.km, days=table.days)
    deck = await gather(service, here, {}, bagged=False)
    left_out = {card.item for hand in earlier for card in hand.cards}
    made = await deal(
        deck, form, AtTable(table.name, day, number), table.seed(day, number), table.hand, left_out
    )
    key = HandKey(day, table.name, number, table.by, _mark(table))
    return await freeze(service, key, deck, made, summary(deck, made, form))


def _mark(table: Table) -> bytes:
    """What tells a table from another that once had its name here."""
    return blake2b(link.format_table(table).encode(), digest_size=16).digest()


def _shown(service: Service, table: Table, here: Look, hands: list[FrozenHand]) -> Json:
    last, choices = hands[-1], service.store.choices
    kept, now = frozenset(choices.kept()), service.clock.now()
    hides = blocking(choices.blocked_hosts(), choices.blocked_words())
    cards = []
    for card in last.cards:
        entry = service.store.deck.entry(card.host, card.slot)
        if entry and hides and not hides(entry, entry.facts, card.facts["start"]):
            continue
        cards.append(shown_card(service, card, here, kept) | {"begun": card.facts["start"] <= now})
    return {
        "seed": last.seed.hex(),
        "mode": last.key.mode,
        "day": last.key.day,
        "today": True,
        "table": table.name,
        "redraw": last.key.redraw,
        "redraws_left": max(0, service.home.config.draw_redraws - last.key.redraw),
        "hand": cards,
        **last.facts,
    }

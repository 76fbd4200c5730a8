"""The hand of a table: the same for everybody who sits there, on the same day."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from potluck.node import clock
from potluck.node.geography.places import spot_at
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.fields import Word
from potluck.node.operations.service import Service
from potluck.node.operations.tables.tables import joined
from potluck.node.store import Entry, FrozenHand, HandKey
from potluck.protocol import link
from potluck.protocol.errors import Refused
from potluck.protocol.table import Table, waits

from . import seeds
from .candidates import gather_everything, with_all
from .deal import deal
from .freeze import Dealt, freeze, frozen
from .hand_json import Hand, describe_hand
from .window import Window


async def draw_table(service: Service, name: Word, *, redraw: bool = False) -> Hand:
    """The table's hand of its day, the same for everyone at it. As `draw`; begun cards are marked.

    Personal filters and the bag do not count here; a personal block hides a card after the draw.
    """
    table = joined(service, name)
    async with service.turn:
        window = table_window(table, service.clock.now())
        of_day = service.store.hands.of_day(window.day, table.name)
        hands = [hand for hand in of_day if hand.key.filters == digest(table)]
        if not hands:
            hands = [await _deal(service, table, window, [])]
        if redraw:
            if len(hands) > service.home.config.draw_redraws:
                raise Refused(
                    "that was the table's hand of today: no redraw is left. "
                    "A new one comes after midnight"
                )
            hands.append(await _deal(service, table, window, hands))
    return _described(service, table, window, hands[-1])


@dataclass(frozen=True, slots=True)
class TableWindow(Window):
    """A table looks at whole days: what has begun is still dealt, what comes later waits a day.

    So it deals the same at every hour.
    """

    def start_of(self, entry: Entry) -> int | None:
        return None if self._waits(entry) else super(TableWindow, self).start_of(entry)

    def postpones(self, entry: Entry) -> bool:
        """Whether it would be dealt today had it not been announced today."""
        return self._waits(entry) and super(TableWindow, self).start_of(entry) is not None

    def _waits(self, entry: Entry) -> bool:
        return waits(entry.revision, entry.issued_at, self.since + 1)

    def _after(self, entry: Entry) -> int:
        return self.since + 1


def table_window(table: Table, now: int) -> TableWindow:
    """Where and when a table looks on its day."""
    today = clock.local_date(now, table.tz)
    spot = replace(spot_at((table.lat, table.lon)), lat=table.lat, lon=table.lon)
    since = clock.midnight(today, table.tz) - 1
    until = clock.midnight(today + timedelta(days=table.days), table.tz)
    last = today + timedelta(days=table.days - 1)
    return TableWindow(spot, table.km, table.tz, today, today, last, since, until)


async def _deal(
    service: Service, table: Table, window: Window, earlier: list[FrozenHand]
) -> FrozenHand:
    key = HandKey(window.day, table.name, len(earlier), digest(table))
    form = DrawForm(hand=table.hand, within=table.km, days=table.days)
    shown = {card.event for hand in earlier for card in hand.cards}
    seed = seeds.of_table(table, key.day, key.redraw)

    def work(service: Service) -> Dealt:
        deck = gather_everything(service, window)
        made = deal(service, deck, form, seed, table.hand, shown)
        return frozen(key, deck, made, form, service.clock.now())

    return await freeze(service, await with_all(service, work))


def digest(table: Table) -> bytes:
    """What tells a table from another that once had its name here."""
    return blake2b(link.format_table(table).encode(), digest_size=16).digest()


def _described(service: Service, table: Table, window: TableWindow, hand: FrozenHand) -> Hand:
    left = service.home.config.draw_redraws - hand.key.redraw
    described = describe_hand(service, window, hand, hand.cards, left)
    now = service.clock.now()
    for shown in described["hand"]:
        start = shown["start"]
        shown["begun"] = start is not None and datetime.fromisoformat(start).timestamp() <= now
    waiting = 0 if hand.cards else _waiting(service, window)
    return {**described, "table": table.name, "waiting": waiting}


def _waiting(service: Service, window: TableWindow) -> int:
    """How many events wait for tomorrow."""
    reaches = window.reach()
    entries = service.store.deck.candidates(window.cells, window.earliest, window.until)
    return len({each.event for each in entries if window.postpones(each) and reaches(each)})

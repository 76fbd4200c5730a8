"""How an event came into a hand: looked up in what was dealt, never dealt anew."""

from __future__ import annotations

from potluck.node.operations.announce.signing import held
from potluck.node.operations.service import Json, Service
from potluck.node.store import FrozenCard, FrozenHand

from .draw import NO_TABLE


async def dealt(service: Service, id: str, day: str) -> Json | None:
    """The hand of a day (ISO) that an event is in: {odds, ticket, wild, receipt, table, eligible, hidden}."""
    register = held(service, id).announcement.register
    for table in (NO_TABLE, *(joined.name for joined in service.store.choices.tables())):
        for hand in service.store.hands.of_day(day, table):
            for card in hand.cards:
                if (card.host, card.slot) == register:
                    return _told(hand, card)
    return None


def _told(hand: FrozenHand, card: FrozenCard) -> Json:
    return {
        "odds": card.facts["odds"],
        "ticket": card.facts["ticket"],
        "wild": card.facts["wild"],
        "receipt": hand.facts["receipt"],
        "table": hand.key.table or None,
        "day": hand.key.day,
        "eligible": hand.facts["eligible"],
        "hidden": hand.facts["hidden"],
    }

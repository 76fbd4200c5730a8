"""The cards of today's hand by their numbers, as a terminal shows them."""

from potluck.node.clock import local_date
from potluck.node.operations.service import Json, Service
from potluck.protocol.errors import NotFound

from .freeze import facts_of


async def numbered(service: Service, number: int) -> Json:
    """The card of this number in the hand dealt last, if it is of today there: {id}.

    Raises NotFound.
    """
    hand, now = service.store.hands.last(), service.clock.now()
    is_todays = hand and hand.key.day == str(local_date(now, facts_of(hand)["tz"]))
    cards = hand.cards if hand and is_todays else ()
    if not 1 <= number <= len(cards):
        raise NotFound("no card {number} was dealt today; see: potluck draw", number=number)
    return {"id": cards[number - 1].id.hex()}

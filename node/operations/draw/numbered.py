"""The cards of today's hand by their numbers, as a terminal shows them."""

from potluck.node.operations.service import Json, Service
from potluck.protocol.errors import NotFound

from .freeze import is_todays


async def numbered(service: Service, number: int) -> Json:
    """The card of this number in the hand dealt last, if that is today's where it looks: {id}.
    Raises NotFound."""
    hand = service.store.hands.last()
    cards = hand.cards if hand and is_todays(hand, service.clock.now()) else ()
    if not 1 <= number <= len(cards):
        raise NotFound("no card {number} was dealt today; see: potluck draw", number=number)
    return {"id": cards[number - 1].id.hex()}

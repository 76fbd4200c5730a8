"""The cards of today's hand by their numbers, as a terminal shows them."""

from potluck.node.clock import local_date
from potluck.node.operations.service import Json, Service
from potluck.protocol.errors import NotFound


async def numbered(service: Service, number: int) -> Json:
    """The card of this number in the hand dealt last, if that is today's where it looks: {id}.
    Raises NotFound."""
    hand = service.store.hands.last()
    today = hand and str(local_date(service.clock.now(), hand.facts["tz"]))
    cards = hand.cards if hand and hand.key.day == today else ()
    if not 1 <= number <= len(cards):
        raise NotFound("no card {number} was dealt today; see: potluck draw", number=number)
    return {"id": cards[number - 1].id.hex()}

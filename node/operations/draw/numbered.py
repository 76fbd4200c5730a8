"""The cards of today's hand by their numbers, as a terminal shows them."""

from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.service import Json, Service
from potluck.protocol.errors import NotFound

from .window import window_of


async def numbered(service: Service, number: int) -> Json:
    """The card of this number in the hand that was dealt last today: {id}. Raises NotFound."""
    day = window_of(DrawForm(), service.clock.now()).day
    hand = service.store.hands.last_of_day(day)
    cards = hand.cards if hand else ()
    if not 1 <= number <= len(cards):
        raise NotFound("no card {number} was dealt today; see: potluck draw", number=number)
    return {"id": cards[number - 1].id.hex()}

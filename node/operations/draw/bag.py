"""The shuffle bag: what was dealt on earlier days does not come back until the deck is spent."""

from typing import TypedDict

from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.fields import Count
from potluck.node.operations.service import Service

from .window import window_of


class Bag(TypedDict):
    """How many events of earlier days do not come back until the deck is spent."""

    shown: Count


async def bag(service: Service) -> Bag:
    """How full the bag is."""
    return {"shown": len(service.store.hands.bag(_today(service)))}


async def empty_bag(service: Service) -> Bag:
    """Let everything that was shown come back."""
    await service.store.hands.empty_bag(_today(service))
    return await bag(service)


def _today(service: Service) -> str:
    return window_of(DrawForm(), service.clock.now()).day

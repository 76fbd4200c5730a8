"""The shuffle bag: what was dealt on earlier days does not come back until the deck is spent."""

from __future__ import annotations

from potluck.node.operations.forms import DrawForm
from potluck.node.operations.service import Json, Service

from .window import window_of


async def bag(service: Service) -> Json:
    """{shown: how many events of earlier days do not come back until the deck is spent}."""
    return {"shown": len(await service.store.hands.bag(_today(service)))}


async def empty_bag(service: Service) -> Json:
    """Let everything that was shown come back: {shown: 0}."""
    await service.store.hands.empty_bag(_today(service))
    return await bag(service)


def _today(service: Service) -> str:
    return window_of(DrawForm(), service.clock.now()).day

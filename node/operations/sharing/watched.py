"""Calendars that are looked at again by themselves, and how that goes."""

from __future__ import annotations

from potluck.node.calendars.addresses import shown
from potluck.node.clock import iso
from potluck.node.operations.service import Json, Service
from potluck.node.store.feeds import FeedState
from potluck.protocol.errors import NotFound


async def watched(service: Service) -> list[Json]:
    """The calendars that are looked at again, those that are due first.

    [{address, every, next, read_at, failing_since, failure}]: `every` is in seconds, times
    are ISO 8601; addresses are without name and password.
    """
    return [_told(state) for state in service.store.feeds.watched()]


async def unwatch(service: Service, source: str) -> list[Json]:
    """Look at a calendar no more; those that are left. Raises NotFound."""
    for state in service.store.feeds.watched():
        if source in (state.address, shown(state.address)):
            await service.store.feeds.unwatch(state.address)
            return await watched(service)
    raise NotFound(f"{shown(source)} is not watched; see: potluck calendars list")


def _told(state: FeedState) -> Json:
    return {
        "address": shown(state.address),
        "every": state.every,
        "next": iso(state.next, "UTC"),
        "read_at": iso(state.read_at, "UTC"),
        "failing_since": iso(state.failing_since, "UTC"),
        "failure": state.failure,
    }

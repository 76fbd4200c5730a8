"""Calendars that are looked at again by themselves, and how that goes."""

from potluck.node.calendars.addresses import shown
from potluck.node.clock import iso
from potluck.node.operations.fields import Line
from potluck.node.operations.service import Service
from potluck.node.store.feeds import FeedState
from potluck.protocol.errors import NotFound

from .import_results import Watched


async def watched(service: Service) -> list[Watched]:
    """The calendars that are looked at again, those that are due first."""
    return [_describe(state) for state in service.store.feeds.watched()]


async def unwatch(service: Service, source: Line) -> list[Watched]:
    """Look at a calendar no more; those that are left. Raises NotFound."""
    for state in service.store.feeds.watched():
        if source in (state.address, shown(state.address)):
            await service.store.feeds.unwatch(state.address)
            return await watched(service)
    raise NotFound("{source} is not watched; see: potluck calendars list", source=shown(source))


def _describe(state: FeedState) -> Watched:
    return {
        "address": shown(state.address),
        "every": state.every or 0,
        "next": iso(state.next, "UTC"),
        "read_at": iso(state.read_at, "UTC"),
        "failing_since": iso(state.failing_since, "UTC"),
        "failure": state.failure,
    }

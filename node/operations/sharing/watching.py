"""Looking at calendars again: those that are due, or all of them now."""

import json
import logging
from dataclasses import replace

import trio

from potluck.node.calendars.addresses import named, shown
from potluck.node.clock import iso
from potluck.node.operations.fields import Line
from potluck.node.operations.forms import ImportForm
from potluck.node.operations.service import Service
from potluck.node.store.feeds import FeedState
from potluck.protocol.errors import LocalError, NotFound
from potluck.protocol.message import Message

from .import_results import Looked
from .imports import import_calendar

AT_ONCE = 8
"""Calendars fetched at a time: a slow one delays no other, and few hold much memory."""

logger = logging.getLogger(__name__)


async def look_now(service: Service, source: Line | None = None) -> list[Looked]:
    """Look at one calendar, or at all that are watched.

    Raises NotFound for one that is not watched.
    """
    states = [
        state
        for state in service.store.feeds.watched()
        if source is None or source in (state.address, shown(state.address))
    ]
    if source is not None and not states:
        raise NotFound("{source} is not watched; see: potluck calendars list", source=shown(source))
    return await _look_at(service, states)


async def import_due(service: Service) -> None:
    """Import what is due. What cannot be read is tried again at its next time."""
    now = service.clock.real()
    due = [state for state in service.store.feeds.watched() if (state.next or 0) <= now]
    await _look_at(service, due)


async def _look_at(service: Service, states: list[FeedState]) -> list[Looked]:
    found: dict[str, Looked] = {}
    limit = trio.CapacityLimiter(AT_ONCE)

    async def look(state: FeedState) -> None:
        async with limit:
            found[state.address] = await _look(service, state)

    async with trio.open_nursery() as nursery:
        for state in states:
            nursery.start_soon(look, state)
    return [found[state.address] for state in states]


async def _look(service: Service, state: FeedState) -> Looked:
    """Import one. A fault costs only this look, whoever made it."""
    try:
        form = ImportForm.read(json.loads(state.form))
        result = await import_calendar(service, state.address, replace(form, watch=None))
        return {"address": shown(state.address), "result": dict(result)}
    except LocalError as error:
        failure = error.message
    except Exception as error:
        logger.exception("a calendar could not be imported")
        failure = Message(
            "it could not be imported, by a fault of Potluck's: {name}", name=type(error).__name__
        )
    await _failed(service, state, failure)
    return {"address": shown(state.address), "failure": failure}


async def _failed(service: Service, state: FeedState, failure: str) -> None:
    """Note since when it fails; who stopped watching it meanwhile is not asked again."""
    known = service.store.feeds.get(state.address)
    if known.every is None:
        return
    now = service.clock.real()
    since = known.failing_since or now
    logger.warning(
        "%s cannot be read since %s: %s", named(state.address), iso(since, "UTC"), failure
    )
    failed = replace(known, next=now + known.every, failing_since=since, failure=failure)
    await service.store.feeds.put(failed)

"""Looking at calendars again: those that are due, or all of them now."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import trio

from potluck.node.calendars.addresses import named, shown
from potluck.node.clock import iso
from potluck.node.operations.forms import ImportForm
from potluck.node.operations.service import Json, Service
from potluck.node.store.feeds import FeedState
from potluck.protocol.errors import LocalError, NotFound

from .imports import import_calendar

AT_ONCE = 8
"""Calendars fetched at a time: a slow one delays no other, and few hold much memory."""

logger = logging.getLogger(__name__)


async def look_now(service: Service, source: str | None = None) -> list[Json]:
    """Look at one calendar, or at all that are watched: [{address, result} or {address, failure}].

    Raises NotFound for one that is not watched.
    """
    states = [
        state
        for state in service.store.feeds.watched()
        if source is None or source in (state.address, shown(state.address))
    ]
    if source is not None and not states:
        raise NotFound(f"{shown(source)} is not watched; see: potluck calendars list")
    return await _look_at(service, states)


async def import_due(service: Service) -> None:
    """Import what is due. What cannot be read is tried again at its next time."""
    now = service.clock.real()
    due = [state for state in service.store.feeds.watched() if (state.next or 0) <= now]
    await _look_at(service, due)


async def _look_at(service: Service, states: list[FeedState]) -> list[Json]:
    found: dict[str, Json] = {}
    limit = trio.CapacityLimiter(AT_ONCE)

    async def look(state: FeedState) -> None:
        async with limit:
            found[state.address] = await _look(service, state)

    async with trio.open_nursery() as nursery:
        for state in states:
            nursery.start_soon(look, state)
    return [{"address": shown(state.address), **found[state.address]} for state in states]


async def _look(service: Service, state: FeedState) -> Json:
    """Import one. A fault costs only this look, whoever made it."""
    try:
        form = ImportForm.read(json.loads(state.form))
        return {"result": await import_calendar(service, state.address, replace(form, watch=None))}
    except LocalError as error:
        failure = str(error)
    except Exception as error:
        logger.exception("a calendar could not be imported")
        failure = f"it could not be imported, by a fault of Potluck's: {type(error).__name__}"
    await _failed(service, state, failure)
    return {"failure": failure}


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

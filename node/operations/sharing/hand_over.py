"""Leaving a source to its organiser, who has a host now: the importer's copies end, and say so."""

import json
from dataclasses import replace
from typing import TypedDict

from potluck.node.operations.announce.list_events import all_own
from potluck.node.operations.announce.signing import next_revision, send, sign_and_keep
from potluck.node.operations.fields import Count, Key, Line
from potluck.node.operations.service import Service
from potluck.node.operations.trust.hosts import named_host
from potluck.protocol.announcement import Announcement, Status
from potluck.protocol.errors import NotFound, Refused

NOTE = "handed over"


class HandedOver(TypedDict):
    """A source, the host that announces it from now on, and how many copies were called off."""

    source: str
    host: Key
    cancelled: Count


async def hand_over(service: Service, source: Line, host: Line) -> HandedOver:
    """Call off one's imported copies of a source, naming its own host, and import it no more.

    `host` is its key, the beginning of it, or its card's link. Raises NotFound, Refused.
    """
    key, _ = named_host(service, host)
    if key == service.me:
        raise Refused("this is your own key; hand the source over to the organiser's")
    async with service.turn:
        copies = await _copies(service, source)
        if not copies and source not in handed_over(service):
            raise NotFound("you import nothing of {source}; see: potluck importers", source=source)
        ended = [
            next_revision(service, each, Status.CANCELLED, replace(
                each.body, source=replace(each.body.source, claimed_by=key)
            ))
            for each in copies
            if each.body is not None and each.body.source is not None
        ]  # fmt: skip
        noted = handed_over(service) | {source: key.hex()}
        await service.store.choices.note(NOTE, json.dumps(noted))
        signed = await sign_and_keep(service, ended)
    await send(service, [each.encoded for each in signed])
    return {"source": source, "host": key.hex(), "cancelled": len(signed)}


def handed_over(service: Service) -> dict[str, str]:
    """The sources that this home imports no more, and whose they are (keys in hexadecimal)."""
    noted: dict[str, str] = json.loads(service.store.choices.noted(NOTE) or "{}")
    return noted


async def _copies(service: Service, source: str) -> list[Announcement]:
    """What this home imported of a source and has not handed over yet."""
    await service.intake.settle()
    return [
        said
        for said in await service.aside(all_own)
        if (of := said.body and said.body.source) and of.id == source and of.claimed_by is None
    ]

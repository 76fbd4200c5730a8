"""After an event that was kept: whether one went, and a line for oneself. It never leaves here."""

import json
from datetime import datetime
from typing import Any

from potluck.node.clock import iso
from potluck.node.operations.service import Json, Service
from potluck.protocol.errors import NotFound

from .plan import plan_of_registers

_NOTE = "went"
LONGEST = 500
"""Characters of a line."""


async def over(service: Service) -> list[Json]:
    """What was kept, is over, and was not asked about: [{register, title, start, place}…] by
    time."""
    now = service.clock.now()
    return [
        {"register": register, **{name: event.get(name) for name in ("title", "start", "place")}}
        for register, event in await plan_of_registers(service)
        if (ends := event.get("end") or event.get("start")) is not None
        and datetime.fromisoformat(ends).timestamp() < now
        and event.get("status") not in ("cancelled", "withdrawn")
    ]


async def answer(service: Service, register: str, reply: str, line: str = "") -> Json:
    """Note whether one went ("yes", "no", "" for no answer) and a line; the event leaves the plan.

    Raises NotFound if it is not over, or was answered before.
    """
    asked = next((each for each in await over(service) if each["register"] == register), None)
    if asked is None:
        raise NotFound("this was answered before, or is not over")
    noted = {
        "title": asked["title"],
        "start": asked["start"],
        "place": (asked["place"] or {}).get("name"),
        "went": {"yes": True, "no": False}.get(reply),
        "line": line.strip()[:LONGEST],
        "noted_at": iso(service.clock.now(), "UTC"),
    }
    async with service.turn:
        if noted["went"] is not None or noted["line"]:
            answers = json.dumps([*_noted(service), noted])
            await service.store.choices.note(_NOTE, answers)
        host, slot = bytes.fromhex(register[:64]), int(register[64:], 16)
        await service.store.choices.forget(host, slot)
    return noted


async def diary(service: Service) -> list[Json]:
    """All answers, the latest event first: [{title, start, place, went, line, noted_at}…]."""
    return sorted(_noted(service), key=lambda each: each["start"] or "", reverse=True)


def _noted(service: Service) -> list[dict[str, Any]]:
    return list(json.loads(service.store.choices.noted(_NOTE) or "[]"))

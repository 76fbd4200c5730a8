"""What lies beyond place and days, when nothing lies within them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from .base import Json, Service
from .draws import browse
from .forms import DrawForm
from .look import look

KILOMETRES = (2, 5, 10, 25, 40, 100, 200)
DAYS = (1, 3, 7, 14, 30, 60, 120, 365)


async def beyond(service: Service, form: DrawForm) -> Json:
    """Where to look instead, the same filters kept: {nearest, choices: [{name, value, events}…]}.

    nearest: the nearest event that is out of reach, at whatever time, or None. choices: the next
    distance ("within", kilometres) and the next number of days ("days") that have events, and how many.
    """
    today = look(form, service.clock.now()).today
    far = replace(form, within=max(KILOMETRES[-1], form.within), days=max(DAYS[-1], form.days))
    found = await browse(service, far)
    if found["near"] is None:
        return {"nearest": None, "choices": _next_days(form, found["events"], today)}
    soon = [event for event in found["events"] if _ahead(event, today) < form.days]
    here = [event for event in found["events"] if _distance(event) <= form.within]
    there = [event for event in found["events"] if _distance(event) > form.within]
    wider = _next("within", KILOMETRES, form.within, [_distance(event) for event in soon])
    return {
        "nearest": min(there, key=_distance, default=None),
        "choices": wider + _next_days(form, here, today),
    }


def _next_days(form: DrawForm, events: Sequence[Json], today: date) -> list[Json]:
    return _next("days", DAYS, form.days, [_ahead(event, today) + 1 for event in events])


def _next(name: str, steps: Sequence[int], now: float, needed: Sequence[float]) -> list[Json]:
    """The first step beyond `now` that takes in any event, as a choice."""
    for step in steps:
        events = sum(each <= step for each in needed)
        if step > now and events:
            return [{"name": name, "value": step, "events": events}]
    return []


def _ahead(event: Json, today: date) -> int:
    """How many days from today it starts."""
    return (datetime.fromisoformat(event["start"]).date() - today).days


def _distance(event: Json) -> float:
    return float(event["distance_km"])

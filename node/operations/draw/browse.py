"""Manual mode, the plain list instead of a draw; and where to look when nothing is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from potluck.node.clock import local_date
from potluck.node.operations.forms import DrawForm
from potluck.node.operations.service import Json, Service
from potluck.protocol.candidate import Candidate

from .beside import deck_of
from .candidates import Deck, gather_hidden
from .describe import describe_candidate
from .freeze import deck_facts
from .window import DAYS, KILOMETRES, window_of

NOWHERE = float("inf")


async def browse(
    service: Service, form: DrawForm, order: str = "time", hidden: str | None = None
) -> Json:
    """The plain list by "time" or "title": {events, eligible, hidden, near, …}.

    With `hidden`, one of HIDING, what that rule hides from a draw instead.
    """
    if hidden is None:
        deck = await deck_of(service, form, bagged=False)
    else:
        window = window_of(form, service.clock.now())
        deck = await gather_hidden(service, window, form, hidden)
    described = (describe_candidate(service, each, deck) for each in deck.events)
    found = [event for event in described if event is not None]
    found.sort(key=lambda event: event["title"].casefold() if order == "title" else event["start"])
    return deck_facts(deck, len(found), form) | {"events": found}


@dataclass(frozen=True, slots=True)
class _Found:
    """An event of the wider window: how far (km) and how many days from today."""

    candidate: Candidate
    km: float
    ahead: int


async def beyond(service: Service, form: DrawForm) -> Json:
    """Where to look instead, the same filters kept: {nearest, choices: [{name, value, events}…]}.

    nearest: the nearest event that is out of reach, at whatever time, or None. choices: the next
    distance ("within", kilometres) and the next number of days ("days") that have events, and how many.
    """
    far = replace(form, within=max(KILOMETRES[-1], form.within), days=max(DAYS[-1], form.days))
    deck = await deck_of(service, far, bagged=False)
    found = [_measured(service, deck, candidate) for candidate in deck.events]
    if deck.window.spot is None:
        ahead = [each.ahead + 1 for each in found]
        return {"nearest": None, "choices": _next("days", DAYS, form.days, ahead)}
    soon = [each.km for each in found if each.ahead < form.days]
    here = [each.ahead + 1 for each in found if each.km <= form.within]
    there = [each for each in found if each.km > form.within]
    nearest = min(there, key=lambda each: each.km, default=None)
    return {
        "nearest": nearest and describe_candidate(service, nearest.candidate, deck),
        "choices": _next("within", KILOMETRES, form.within, soon)
        + _next("days", DAYS, form.days, here),
    }


def _measured(service: Service, deck: Deck, candidate: Candidate) -> _Found:
    entry = service.store.deck.entry(candidate.host, candidate.slot)
    km = deck.window.distance(entry) if entry else None
    day = local_date(deck.starts[candidate.host, candidate.slot], deck.window.zone)
    return _Found(candidate, NOWHERE if km is None else km, (day - deck.window.today).days)


def _next(name: str, steps: Sequence[int], now: float, needed: Sequence[float]) -> list[Json]:
    """The first step beyond `now` that takes in any event, as a choice."""
    for step in steps:
        events = sum(each <= step for each in needed)
        if step > now and events:
            return [{"name": name, "value": step, "events": events}]
    return []

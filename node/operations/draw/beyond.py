"""What lies beyond place and days, when nothing lies within them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from potluck.node.clock import local_date
from potluck.node.operations.forms import DrawForm
from potluck.node.operations.service import Json, Service
from potluck.protocol.draw import Candidate

from .deal import Deck, check, gather, personal_rules, plain_card
from .window import look

KILOMETRES = (2, 5, 10, 25, 40, 100, 200)
DAYS = (1, 3, 7, 14, 30, 60, 120, 365)
NOWHERE = float("inf")


@dataclass(frozen=True, slots=True)
class _Found:
    """An event of the wider look: how far (km) and how many days from today."""

    candidate: Candidate
    km: float
    ahead: int


async def beyond(service: Service, form: DrawForm) -> Json:
    """Where to look instead, the same filters kept: {nearest, choices: [{name, value, events}…]}.

    nearest: the nearest event that is out of reach, at whatever time, or None. choices: the next
    distance ("within", kilometres) and the next number of days ("days") that have events, and how many.
    """
    check(form)
    far = replace(form, within=max(KILOMETRES[-1], form.within), days=max(DAYS[-1], form.days))
    wide = look(far, service.clock.now())
    deck = await gather(service, wide, personal_rules(service, far), bagged=False)
    found = [_measured(service, deck, candidate) for candidate in deck.found.candidates]
    if wide.spot is None:
        return {
            "nearest": None,
            "choices": _next("days", DAYS, form.days, [each.ahead + 1 for each in found]),
        }
    soon = [each.km for each in found if each.ahead < form.days]
    here = [each.ahead + 1 for each in found if each.km <= form.within]
    there = [each for each in found if each.km > form.within]
    nearest = min(there, key=lambda each: each.km, default=None)
    return {
        "nearest": nearest and plain_card(service, nearest.candidate, deck),
        "choices": _next("within", KILOMETRES, form.within, soon)
        + _next("days", DAYS, form.days, here),
    }


def _measured(service: Service, deck: Deck, candidate: Candidate) -> _Found:
    entry = service.store.deck.entry(candidate.host, candidate.slot)
    km = deck.look.distance(entry) if entry else None
    day = local_date(deck.found.starts[candidate.host, candidate.slot], deck.look.zone)
    return _Found(candidate, NOWHERE if km is None else km, (day - deck.look.today).days)


def _next(name: str, steps: Sequence[int], now: float, needed: Sequence[float]) -> list[Json]:
    """The first step beyond `now` that takes in any event, as a choice."""
    for step in steps:
        events = sum(each <= step for each in needed)
        if step > now and events:
            return [{"name": name, "value": step, "events": events}]
    return []

"""Manual mode, the plain list instead of a draw; and where to look when nothing is there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from heapq import merge
from typing import Any, Literal, TypedDict

from potluck.node.clock import local_date
from potluck.node.operations.announce.event_json import Listed
from potluck.node.operations.announce.list_events import Order, by_title
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.fields import Count
from potluck.node.operations.service import Service
from potluck.protocol.candidate import Candidate

from .beside import deck_of
from .candidates import Deck, gather_hidden, with_all
from .freeze import DeckFacts, deck_facts
from .hand_json import describe_candidate
from .window import DAYS, KILOMETRES, window_of

NOWHERE = float("inf")
PART = 5_000


class Browsed(DeckFacts):
    """The plain list, and what was hidden."""

    events: list[Listed]


class Choice(TypedDict):
    """Another distance (kilometres) or number of days, and how many events it takes in."""

    name: Literal["within", "days"]
    value: int
    events: Count


class Beyond(TypedDict):
    """The nearest event out of reach, at whatever time; and the next steps that take in any."""

    nearest: Listed | None
    choices: list[Choice]


async def browse(
    service: Service, form: DrawForm, order: Order = "time", hidden: str | None = None
) -> Browsed:
    """What may be dealt, as a plain list by "time" or "title".

    With `hidden`, one of HIDING, what that rule hides from a draw instead.
    """

    def work(service: Service) -> Browsed:
        if hidden is None:
            deck = deck_of(service, form, bagged=False)
        else:
            window = window_of(form, service.clock.now())
            deck = gather_hidden(service, window, form, hidden)
        described = (describe_candidate(service, each, deck) for each in deck.events)
        found = [event for event in described if event is not None]
        key = by_title if order == "title" else by_start
        return {**deck_facts(deck, len(found), form), "events": _in_order(found, key)}

    return await with_all(service, work)


def _in_order(found: list[Listed], key: Callable[[Listed], Any]) -> list[Listed]:
    """Sorted part by part: 50,000 at once would hold the interpreter for 20 ms."""
    parts = (found[at : at + PART] for at in range(0, len(found), PART))
    return list(merge(*(sorted(part, key=key) for part in parts), key=key))


def by_start(event: Listed) -> str:
    """The key to sort by what the clock shows at the start."""
    return event["start"] or ""


@dataclass(frozen=True, slots=True)
class _Found:
    """An event of the wider window: how far (km) and how many days from today."""

    candidate: Candidate
    km: float
    ahead: int


async def beyond(service: Service, form: DrawForm) -> Beyond:
    """Where to look instead, the same filters kept."""
    return await with_all(service, partial(_beyond, form=form))


def _beyond(service: Service, form: DrawForm) -> Beyond:
    far = replace(form, within=max(KILOMETRES[-1], form.within), days=max(DAYS[-1], form.days))
    deck = deck_of(service, far, bagged=False)
    found = [_measured(service, deck, candidate) for candidate in deck.events]
    if deck.window.spot is None:
        ahead = [each.ahead + 1 for each in found]
        return {"nearest": None, "choices": _next("days", DAYS, form.days, ahead)}
    soon = [each.km for each in found if each.ahead < form.days]
    here = [each.ahead + 1 for each in found if each.km <= form.within]
    there = [each for each in found if each.km > form.within]
    nearest = min(there, key=lambda each: each.km, default=None)
    return {
        "nearest": describe_candidate(service, nearest.candidate, deck) if nearest else None,
        "choices": _next("within", KILOMETRES, form.within, soon)
        + _next("days", DAYS, form.days, here),
    }


def _measured(service: Service, deck: Deck, candidate: Candidate) -> _Found:
    entry = service.store.deck.entry(candidate.host, candidate.slot)
    km = deck.window.distance(entry) if entry else None
    if entry is not None and km is not None:
        km = max(0.0, km - (entry.uncertainty or 0) / 1_000)  # as near as it may be
    day = local_date(deck.starts[candidate.host, candidate.slot], deck.window.zone)
    return _Found(candidate, NOWHERE if km is None else km, (day - deck.window.today).days)


def _next(
    name: Literal["within", "days"], steps: Sequence[int], now: float, needed: Sequence[float]
) -> list[Choice]:
    """The first step beyond `now` that takes in any event, as a choice."""
    for step in steps:
        events = sum(each <= step for each in needed)
        if step > now and events:
            return [{"name": name, "value": step, "events": events}]
    return []

"""The laboratory's own kernels against arithmetic: draws, grinding and circles."""

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from potluck.simulations.mixing.intervals import Interval, mean_interval
from potluck.simulations.mixing.meetings import form_circles
from potluck.simulations.mixing.policies.drawing import at_tables, by_lines
from potluck.simulations.mixing.policy_view import Shelf, shelve
from potluck.simulations.mixing.rng import Stream
from potluck.simulations.mixing.scenario import Settings

from .page import Line, Page


class Kernels(Settings, frozen=True):
    """Hands (and evenings), organisers, cards of a hand, the flood's events, names tried."""

    hands: int = 20_000
    organisers: int = 60
    cards: int = 5
    flood: int = 100
    tries: int = 10


def _shelf(events: NDArray[Any]) -> Shelf:
    """Organisers with so many events each, without series."""
    line, place = np.repeat(np.arange(len(events)), events), np.arange(events.sum())
    return shelve(line, place, place, np.full(len(events), -1))


def _drawn(settings: Kernels, events: NDArray[np.int64], key: np.uint64) -> NDArray[np.int64]:
    """(hands, cards) the organiser of each card of hands drawn alone."""
    who, cards = np.arange(settings.hands, dtype=np.int32), int(events.sum())
    shown, column = np.zeros((settings.hands, cards), np.bool_), np.arange(cards, dtype=np.int32)
    hand = by_lines(who, _shelf(events), shown, column, 0, settings.cards, key)
    return np.repeat(np.arange(len(events)), events)[hand]


def _ground(settings: Kernels, key: np.uint64) -> NDArray[np.bool_]:
    """Whether the first organiser, whose keeper tried some names, is in each table's hand."""
    tries = np.ones(settings.organisers, np.int64)
    tries[0] = settings.tries
    shelf, tables = _shelf(np.ones(settings.organisers, np.int64)), np.arange(settings.hands)
    hand = at_tables(tables, shelf, settings.organisers, tries, 1.0, 0, settings.cards, key)
    return np.asarray((hand == 0).any(axis=1))


def _together(key: np.uint64) -> bool:
    """Whether two given ones of forty sit in one circle of four."""
    people = np.arange(40, dtype=np.int32)
    form_circles(people, np.array([0, 40]), np.zeros(1, np.bool_), 3, 4, key)
    seat = np.argsort(people) // 4
    return bool(seat[0] == seat[1])


def run(settings: Kernels, seed: int) -> Page:
    """Each share beside its closed form, give or take four standard errors."""
    stream, n, k = Stream.of(seed), settings.organisers, settings.tries
    even = np.ones(n, np.int64)
    flood, sybils = even.copy(), np.ones(n + 100, np.int64)
    flood[0] = settings.flood
    key = [stream.child(step).word_key for step in range(4)]
    missed = prod((n - 1 - j) / (n - 1 + k - j) for j in range(settings.cards))
    fair = settings.cards / n
    evenings = stream.child(9)
    circles = [_together(evenings.child(night).word_key) for night in range(settings.hands)]
    fairly, flooded = ((_drawn(settings, who, at) == 0).any(axis=1)
                       for who, at in ((even, key[0]), (flood, key[1])))  # fmt: skip
    forged = _drawn(settings, sybils, key[2])[:, 0] >= n
    ground = _ground(settings, key[3])
    lines = (
        _line("hands with a given organiser", fair, fairly),
        _line("the same with 100 events", fair, flooded),
        _line("first cards of 100 Sybils", 100 / (n + 100), forged),
        _line(f"a table's hands with one who tried {k} names", 1 - missed, ground),
        _line("two of forty in one circle of four", 3 / 39, np.array(circles)),
    )
    remark = "The test suite holds them against protocol/draw, too, and choices against the logit."
    return Page("kernels", "arithmetic (symmetry, order statistics)", lines, (remark,))


def _line(what: str, expected: float, happened: NDArray[np.bool_]) -> Line:
    slack = 4 * float(np.sqrt(expected * (1 - expected) / len(happened)))
    got: Interval = mean_interval(happened.astype(float))
    return Line(what, f"{expected:.4f}", got, expected - slack, expected + slack)

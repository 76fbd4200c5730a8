"""The hands of a sample of people, kept for metrics on what was shown."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .kernels import cosine
from .people import Floats, Ints
from .policy_view import View
from .rng import jit
from .scenario import Scenario

WEEKDAY = 3
"""The day of the week on which hands are kept."""


class HandLog:
    """Keeps, one day a week, the hands of one person in `measure.sample`."""

    def __init__(self, scenario: Scenario) -> None:
        self.sample = scenario.measure.sample
        self.rows: list[tuple[Any, ...]] = [_no_rows(scenario.deal.hand)]

    def keep(self, view: View, hand: Ints) -> None:
        """Measure and keep the hands of those in the sample."""
        if view.day % 7 != WEEKDAY:
            return
        rows = np.flatnonzero(view.lookers % self.sample == 0)
        if len(rows) == 0:
            return
        who = view.lookers[rows]
        appraisal = _appraise(who, hand[rows], view.people.interest, view.deck.topic)
        dealt = hand[rows]
        event = np.where(dealt >= 0, view.deck.number[dealt], -1)
        group = np.where(dealt >= 0, view.deck.cluster[dealt], -1)
        self.rows.append((who, np.full(len(rows), view.day, np.int32), event, group, *appraisal))

    def tables(self) -> dict[str, NDArray[Any]]:
        """The columns of the table of hands."""
        kinds = ("who", "day", "event", "group", "match", "expected", "surprise", "diversity")
        columns = (np.concatenate(column) for column in zip(*self.rows, strict=True))
        return {f"hand_{kind}": column for kind, column in zip(kinds, columns, strict=True)}


def _no_rows(cards: int) -> tuple[Any, ...]:
    people, floats = np.empty(0, np.int32), np.empty(0, np.float32)
    rows = (np.empty((0, cards), kind) for kind in (np.int32, np.int32, np.float32, np.bool_))
    return people, people, *rows, floats, floats


@jit
def _appraise(
    who: Ints, hand: Ints, interest: Floats, topic: Floats
) -> tuple[Floats, NDArray[np.bool_], Floats, Floats]:
    """Of each card match and whether it is among the person's best; of hands surprise and
    diversity."""
    k, h = hand.shape
    match = np.full((k, h), np.nan, np.float32)
    expected = np.zeros((k, h), np.bool_)
    surprise = np.full(k, np.nan, np.float32)
    diversity = np.full(k, np.nan, np.float32)
    score = np.empty(len(topic), np.float32)
    for row in range(k):
        for pos in range(len(topic)):
            score[pos] = cosine(interest[who[row]], topic[pos])
        best = np.argsort(-score, kind="mergesort")[:h]  # stable: equals keep their order
        cards = hand[row][hand[row] >= 0]
        for c in range(len(cards)):
            match[row, c] = score[cards[c]]
            expected[row, c] = score[cards[c]] >= score[best[-1]]
        if len(cards) > 0:
            surprise[row] = _surprise(cards, best, topic)
        if len(cards) > 1:
            diversity[row] = _diversity(cards, topic)
    return match, expected, surprise, diversity


@jit
def _surprise(cards: Ints, best: NDArray[np.int64], topic: Floats) -> float:
    total = 0.0
    for card in cards:
        nearest = 2.0
        for b in best:
            nearest = min(nearest, float(1.0 - cosine(topic[card], topic[b])))
        total += max(nearest, 0.0)
    return total / len(cards)


@jit
def _diversity(cards: Ints, topic: Floats) -> float:
    total = 0.0
    for c in range(len(cards)):
        for d in range(c):
            total += float(1.0 - cosine(topic[cards[c]], topic[cards[d]]))
    return total / (len(cards) * (len(cards) - 1) / 2)

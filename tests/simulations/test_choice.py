"""The choice between cards, against the closed form of the multinomial logit (McFadden 1974)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import asdict, replace

from potluck.simulations.mixing.events import Events
from potluck.simulations.mixing.kernels import Diary, Weights, choose
from potluck.simulations.mixing.people import People
from potluck.simulations.mixing.rng import Stream
from potluck.simulations.mixing.scenario import Choice

N = 60_000
"""People, all alike: the shares of what they choose are its chances, give or take .006."""
CARDS = 3
WEIGHTS = Choice(match=1.5, distance=0.8, friends=0.7, quality=0.5, habit=0.6, home=0.4)


def world() -> tuple[People, Events, Diary]:
    """
    N people with interest (1, 0) at the origin, each a friend of one more, who goes to card 1;
    three cards of one evening.
    """
    interest = np.tile(np.array([[1, 0]], np.float32), (N + 1, 1))
    friends = np.full((N + 1, 1), N, np.int32)
    degree = np.ones(N + 1, np.int32)
    degree[N] = 0
    people = People(
        interest, np.zeros(N + 1, np.int32), np.zeros((N + 1, 2), np.float32),
        np.ones(N + 1, np.float32),
        np.full(N + 1, 7, np.int32), friends, degree,
    )  # fmt: skip
    deck = Events(
        number=np.arange(CARDS, dtype=np.int32),
        twin=np.full(CARDS, -1, np.int32),
        topic=np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32),
        host=np.arange(CARDS, dtype=np.int32),
        series=np.arange(CARDS, dtype=np.int32),
        place=np.array([[0.3, 0.4], [0, 0], [0, 1]], np.float32),
        quality=np.array([0, -1, 2], np.float32),
        capacity=np.full(CARDS, 10**6, np.int32),
        cluster=np.zeros(CARDS, np.int32),
        tags=np.full((CARDS, 5), -1, np.int32),
        day=np.zeros(CARDS, np.int32),
        hour=np.zeros(CARDS, np.float32),
        useless=np.zeros(CARDS, np.bool_),
    )
    diary = Diary(
        shown=np.zeros((N + 1, CARDS), np.bool_),
        plans=np.full((N + 1, 8), -1, np.int32),
        visits=np.zeros((N + 1, CARDS), np.uint16),
        looked=np.zeros(N + 1, np.bool_),
        good=np.zeros(N + 1, np.bool_),
        going=np.zeros(CARDS, np.int32),
        dealt=np.zeros(CARDS, np.int32),
    )
    diary.plans[N, 0], diary.going[1] = 1, 1
    diary.visits[:, 2] = 3
    return people, deck, diary


def shares(deck_changes: dict[str, Any], lure: float = 0.0) -> list[float]:
    """The shares of people who chose each card."""
    people, deck, diary = world()
    hand = np.tile(np.arange(CARDS, dtype=np.int32), (N, 1))
    weights = Weights(**asdict(WEIGHTS), lure=lure)
    who = np.arange(N, dtype=np.int32)
    deck = deck._replace(**deck_changes)
    chosen = choose(who, hand, deck, (0, 0), people, diary, weights, Stream(1).word_key)
    return [float((chosen == card).mean()) for card in range(CARDS)]


def logit(utilities: dict[int, float]) -> list[float]:
    """exp(u) / (1 + sum exp(u)): staying at home has utility 0."""
    total = 1 + sum(map(np.exp, utilities.values()))
    return [
        float(np.exp(utilities[card]) / total) if card in utilities else 0.0
        for card in range(CARDS)
    ]


UTILITIES = {
    0: 1.5 * 1.0 - 0.8 * 0.5 + 0.5 * 0 - 0.4,
    1: 1.5 * 0.0 - 0.8 * 0.0 + 0.5 * -1 - 0.4 + 0.7,
    2: 1.5 * 0.6 - 0.8 * 1.0 + 0.5 * 2 - 0.4 + 0.6 * np.log(1 + 3),
}
"""
Match, distance, quality and home of each card, a friend at card 1, three visits to the host of card
2.
"""


def test_choices_are_those_of_the_logit() -> None:
    """Every term of the utility, with its weight and sign."""
    assert shares({}) == pytest.approx(logit(UTILITIES), abs=0.008)


def test_what_is_full_is_not_chosen() -> None:
    """The others are, as if it had not been on the hand."""
    full = np.array([10**6, 10**6, 0], np.int32)

    assert shares({"capacity": full}) == pytest.approx(
        logit({0: UTILITIES[0], 1: UTILITIES[1]}), abs=0.008
    )


@pytest.mark.parametrize("lure", [0.0, 0.3, 1.0])
def test_an_adversarys_card_is_considered_as_often_as_it_lures(lure: float) -> None:
    """A mixture of those who see through it and those who do not."""
    seen_through = np.array(logit({0: UTILITIES[0], 1: UTILITIES[1]}))
    expected = (1 - lure) * seen_through + lure * np.array(logit(UTILITIES))

    assert shares({"useless": np.array([False, False, True])}, lure) == pytest.approx(
        expected, abs=0.008
    )


def test_weights_of_nothing_leave_the_lot() -> None:
    """With no weights at all the three cards and home are alike likely."""
    people, deck, diary = world()
    hand = np.tile(np.arange(CARDS, dtype=np.int32), (N, 1))
    nothing = replace(
        WEIGHTS, match=0.0, distance=0.0, friends=0.0, quality=0.0, habit=0.0, home=0.0
    )
    weights = Weights(**asdict(nothing), lure=0.0)
    who = np.arange(N, dtype=np.int32)
    chosen = choose(who, hand, deck, (0, 0), people, diary, weights, Stream(2).word_key)

    assert np.bincount(chosen + 1) / N == pytest.approx([0.25] * 4, abs=0.008)

"""Who meets whom: encounters, circles, and the friends that come of them."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from potluck.simulations.mixing.meetings import form_circles, meet
from potluck.simulations.mixing.metrics import CHAIN
from potluck.simulations.mixing.model import play
from potluck.simulations.mixing.policies import load
from potluck.simulations.mixing.region import Region
from potluck.simulations.mixing.rng import Stream
from potluck.simulations.mixing.scenario import (
    Meeting,
    People,
)

from .settings import SMALL, by, measure, region


def test_encounters_add_up() -> None:
    """
    Mixing matrix, encounters by person and table of pairs count the same meetings, at viable
    events.
    """
    record = play(replace(SMALL, meeting=Meeting(circle=0)), 2)
    sizes = record.tables.going[record.viable]
    pairs = int((sizes * (sizes - 1) // 2).sum())

    assert record.tables.meetings.sum() == pairs
    assert record.tables.mixing.sum() == 2 * pairs
    assert record.tables.met.sum() == 2 * pairs
    assert (record.tables.first < record.tables.second).all()


def test_circles_bound_whom_one_meets() -> None:
    """In circles of about 4 nobody meets more than 4 at an event."""
    record = play(replace(by("popularity"), meeting=Meeting(circle=4)), 2)
    evenings = np.bincount(record.tables.who, minlength=record.people)

    assert (record.tables.met.sum(axis=1) <= 4 * evenings).all()
    assert record.tables.going.max() > 12


def test_who_sits_in_a_circle_is_a_lot() -> None:
    """Of 40 at an event, in circles of 4, two given ones sit together with chance 3 / 39."""
    together, rounds = 0, 3_000
    for key in range(rounds):
        people, start = np.arange(40, dtype=np.int32), np.array([0, 40])
        circles, pairs, _ = form_circles(
            people, start, np.zeros(1, np.bool_), 3, 4, Stream(key).word_key
        )
        seat = np.argsort(people) // 4
        together += int(seat[0] == seat[1])

    assert np.array_equal(np.sort(people), np.arange(40))
    assert circles.tolist() == [[4 * k, 4 * k + 4] for k in range(10)]
    assert pairs == 10 * 6
    assert together / rounds == pytest.approx(3 / 39, abs=0.02)


def test_a_person_may_meet_more_often_than_two_bytes_count() -> None:
    """Three hundred in one circle on 250 evenings: 74,750 encounters each."""
    one_group = replace(SMALL, people=replace(SMALL.people, clusters=1))
    lived = Region(one_group, 1, 0, load(SMALL.policy))
    lived.pairs.make_room(300 * 299 // 2)
    present, circle = np.arange(300, dtype=np.int32), np.array([[0, 300]])
    for _ in range(250):
        keys, counts = lived.pairs.keys, lived.pairs.counts
        key = Stream(1).word_key
        meet(present, circle, lived.people, (0, 0.0), keys, counts, lived.mixing[0], lived.met, key)

    assert (lived.met.sum(axis=1) == 250 * 299).all()
    assert lived.met.sum() == lived.mixing[0].sum()


def test_repeated_meeting_makes_friends() -> None:
    """Those who met `ties` times are friends, as far as there is room; with 0 no tie forms."""
    scenario = replace(
        by("popularity"),
        people=People(count=100, region=100, look=0.9, evenings=0.0, friends=0),
        meeting=Meeting(circle=0, ties=2, most=100),
    )
    lived = region(scenario)
    tables = lived._tables()
    often = int((tables.meetings >= 2).sum())
    alone = region(replace(scenario, meeting=Meeting(circle=0, ties=0, most=100)))

    assert often > 20
    assert lived.people.degree.sum() == 2 * often
    assert alone.people.degree.sum() == 0


def test_friending_bias_keeps_people_to_their_own() -> None:
    """Of pairs across groups in a circle, those meet who do not turn to others of their own
    group."""
    biased = replace(SMALL, meeting=Meeting(circle=0, bias=0.5))
    fair, kept = play(replace(SMALL, meeting=Meeting(circle=0)), 2), play(biased, 2)

    assert measure(fair, "friending") == 1
    assert 0.3 < measure(kept, "friending") < 0.9
    assert kept.tables.in_circles.sum() > 0
    assert measure(kept, "assortativity") > measure(fair, "assortativity") + 0.05


def test_encounters_are_the_product_of_their_factors() -> None:
    """In a run with friending bias, where all five differ from 1."""
    record = play(replace(by("tables"), meeting=Meeting(circle=6, bias=0.4)), 3)

    product = np.prod([measure(record, name) for name in CHAIN])
    assert product == pytest.approx(measure(record, "cross_encounters"))

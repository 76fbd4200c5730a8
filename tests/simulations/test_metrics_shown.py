"""What people are shown and what they make of it: RADio, fairness and serendipity, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from potluck.simulations.mixing.metrics.lived import SOON, came_again_of
from potluck.simulations.mixing.metrics.shown import divergence
from potluck.simulations.mixing.model import play
from potluck.simulations.mixing.record import Record

from .settings import SMALL, measure

RECORD = play(SMALL, 4)


def with_hands(*hands: tuple[int, ...]) -> Record:
    """The run with these hands instead, all of one day and of people of one region; cards are of
    the group of their number."""
    cards = np.array(hands, np.int32)
    tables = replace(
        RECORD.tables, hand_who=np.arange(len(hands)), hand_day=np.full(len(hands), 10),
        hand_event=cards, hand_group=cards,
    )  # fmt: skip
    return Record(RECORD.scenario, tables)


def test_the_divergence_of_shares_worked_out_by_hand() -> None:
    """H(3/4, 1/4) - H(1/2, 1/2) / 2 bits; nothing in common is 1, the same is 0."""
    p, q = np.array([[1, 0], [1, 0], [0.5, 0.5]]), np.array([[0.5, 0.5], [0, 1], [0.5, 0.5]])

    assert divergence(p, q) == pytest.approx([0.311278, 1, 0], abs=1e-6)


def test_fragmentation_is_the_share_of_cards_not_in_common() -> None:
    """Two hands of four with one card in common; one world; none."""
    assert measure(with_hands((0, 1, 2, 3), (3, 4, 5, 6)), "fragmentation") == pytest.approx(3 / 4)
    assert measure(with_hands((0, 1), (1, 0)), "fragmentation") == 0
    assert measure(with_hands((0, -1), (1, -1)), "fragmentation") == 1


def test_a_hand_like_ones_past_is_calibrated() -> None:
    """Each person's hand has cards of the groups that they attended before day 10, or of others."""
    tables = RECORD.tables
    before = tables.event_day[tables.what] < 10
    alone = next(
        person
        for person in np.unique(tables.who[before])
        if len(set(tables.event_cluster[tables.what[before & (tables.who == person)]])) == 1
    )
    own = int(tables.event_cluster[tables.what[before & (tables.who == alone)]][0])
    for group, expected in ((own, 0.0), ((own + 1) % RECORD.groups, 1.0)):
        hand = with_hands((group, group))
        one = replace(hand.tables, hand_who=np.array([alone]))
        assert measure(Record(hand.scenario, one), "calibration") == pytest.approx(expected)


def test_representation_is_perfect_where_every_event_is_shown_as_often() -> None:
    """And as far as can be where one group has all the cards of two."""
    tables = replace(RECORD.tables, dealt=np.ones_like(RECORD.tables.dealt))

    assert measure(Record(RECORD.scenario, tables), "representation") == pytest.approx(0, abs=1e-12)


def test_who_came_again_and_when_it_is_too_late_to_tell() -> None:
    """First evenings at a host with time left; another at the same host within a month."""
    who, host = np.array([1, 1, 1, 2, 3, 3]), np.array([5, 5, 6, 5, 7, 7])
    day = np.array([0, 3, 4, 99, 0, SOON + 1])
    first, again = came_again_of(who, host, day, 100)

    assert first.tolist() == [True, False, True, False, True, False]
    assert again.tolist() == [True, False, False, False, False, False]


def test_even_visitors_an_event_are_fair_to_events_and_not_to_hosts() -> None:
    """If every event has as many guests, hosts differ only by how often they post."""
    tables = replace(RECORD.tables, going=np.full_like(RECORD.tables.going, 4))
    even = Record(RECORD.scenario, tables)

    assert measure(even, "host_gini_per_event") == pytest.approx(0)
    assert measure(even, "event_gini") == pytest.approx(0)
    assert measure(even, "host_gini") == pytest.approx(measure(even, "supply_gini")) != 0


def test_ties_by_chance_are_those_of_the_field_experiment() -> None:
    """.12 % of the different pairs of two groups that met (Boudreau et al. 2017)."""
    tables = RECORD.tables
    across = (tables.cluster[tables.first] != tables.cluster[tables.second]).sum()

    assert measure(RECORD, "chance_ties") == pytest.approx(1.2 * across / RECORD.people)

"""What adversaries gain under each way of dealing, against what they should by arithmetic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from potluck.simulations.mixing.adversaries import ADVERSARIES, added
from potluck.simulations.mixing.model import play
from potluck.simulations.mixing.scenario import InvalidScenario, Scenario, Time

from .settings import SMALL, against, by, measure, without_bag

SHORT = replace(without_bag(), time=Time(days=6, ahead=3))


def gain(scenario: Scenario) -> float:
    """The adversary's share of cards."""
    return measure(play(scenario, 1), "adversary_cards")


@pytest.mark.parametrize("name", [name for name in ADVERSARIES if name != "none"])
def test_honest_people_and_events_stay_the_same(name: str) -> None:
    """The adversary adds to the world and changes nothing in it."""
    alone, beset = play(SHORT, 1).tables, play(against(name, SHORT, factor=20.0), 1).tables
    honest = ~beset.useless

    assert beset.useless.any()
    assert np.array_equal(beset.looks, alone.looks)
    assert np.array_equal(beset.event_topic[honest], alone.event_topic)
    assert np.array_equal(beset.event_day[honest], alone.event_day)


def test_a_flood_gains_by_events_and_nothing_by_hosts() -> None:
    """A host with 100 times the mean's events: nearly all cards by events, one host's share by hosts."""
    flood = against("flood", SHORT, factor=100.0)
    posts = added(flood)[1]

    assert gain(by("events", flood)) == pytest.approx(posts / (posts + 8), abs=0.03)
    assert gain(by("hosts", flood)) < 2 / 15
    assert gain(by("tables", flood)) < 2 / 15


def test_sybils_gain_under_every_draw_without_vouches() -> None:
    """300 hosts of one keeper own the deck by hosts; walks along vouches reach few of them."""
    sybil = against("sybil", SHORT, factor=300.0)

    assert gain(by("hosts", sybil)) > 0.9
    assert gain(by("tables", sybil)) > 0.9
    assert gain(by("vouched", sybil, stranger=0.1)) < gain(by("hosts", sybil)) - 0.1


def test_fooled_people_lead_walks_to_sybils() -> None:
    """Each person who vouches for a Sybil is a bridge for it."""
    few = by("vouched", against("sybil", SHORT, factor=30.0, fooled=0), stranger=0.0)
    many = by("vouched", against("sybil", SHORT, factor=30.0, fooled=150), stranger=0.0)

    assert gain(many) > gain(few) + 0.1


def test_stuffed_topics_take_draws_by_topic() -> None:
    """Topics that nobody else uses are as many lots in a draw by topic, and none in one by hosts."""
    stuffed = against("topics", SHORT, factor=100.0)

    assert gain(by("topics", stuffed)) > 0.8
    assert gain(by("topics", against("flood", SHORT, factor=100.0))) < 0.5
    assert gain(by("hosts", stuffed)) < 2 / 15


def test_grinding_gains_only_at_tables_whose_secret_is_known() -> None:
    """A thousand keys are in every hand of a known table; one has a fair share; no secret, no gain."""
    tonight = replace(SHORT, time=Time(days=20, ahead=1))
    known = by("tables", against("grind", tonight, factor=1000.0, tables=1.0))
    secret = by("tables", against("grind", tonight, factor=1000.0, tables=0.0))
    one_key = by("tables", against("grind", tonight, factor=1.0, tables=1.0))

    assert gain(known) == pytest.approx(1 / 5, abs=0.01)
    assert gain(one_key) == gain(secret)
    assert gain(secret) < 0.17
    assert gain(by("hosts", known)) < 0.17


def test_useless_events_are_chosen_only_when_they_lure() -> None:
    """Without a lure nobody goes; with one those who go waste the evening, and nobody meets there."""
    plain = play(by("events", against("flood", SHORT, lure=0.0)), 1)
    lured = play(by("events", against("flood", SHORT, lure=1.0)), 1)

    assert measure(plain, "adversary_visits") == 0
    assert measure(lured, "adversary_visits") > 0.5
    assert measure(lured, "wasted_evenings") >= measure(lured, "adversary_visits")
    assert measure(lured, "match") < measure(plain, "match")
    assert not (lured.viable & lured.tables.useless).any()


def test_an_adversary_that_is_not_there() -> None:
    """The message lists those that are."""
    with pytest.raises(
        InvalidScenario, match="there is no adversary 'troll'; there are: none, flood"
    ):
        play(against("troll", SMALL), 1)

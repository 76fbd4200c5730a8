"""What adversaries gain under each way of dealing, against what they should by arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from potluck.simulations.mixing.adversaries import ADVERSARIES, attack
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
    """
    A host with 100 times the mean's events: nearly all cards by events, one host's share by hosts.
    """
    flood = against("flood", SHORT, factor=100.0)
    posts = attack(flood).daily

    assert gain(by("events", flood)) == pytest.approx(posts / (posts + 8), abs=0.03)
    assert gain(by("organisers", flood)) < 2 / 15
    assert gain(by("tables", flood)) < 2 / 15


def test_sybils_gain_under_every_draw_without_vouches() -> None:
    """300 hosts of one keeper own the deck by hosts; walks along vouches reach few of them."""
    sybil = against("sybil", SHORT, factor=300.0)

    assert gain(by("organisers", sybil)) > 0.9
    assert gain(by("tables", sybil)) > 0.9
    assert gain(by("vouched", sybil)) < gain(by("organisers", sybil)) - 0.1


def test_fooled_people_lead_walks_to_sybils() -> None:
    """Each person who vouches for a Sybil is a bridge for it."""
    few = by("vouched", against("sybil", SHORT, factor=30.0, fooled=0), stranger=0.0)
    many = by("vouched", against("sybil", SHORT, factor=30.0, fooled=150), stranger=0.0)

    assert gain(many) > gain(few) + 0.1


def test_stuffed_topics_take_draws_by_topic() -> None:
    """
    Topics that nobody else uses are as many lots in a draw by topic, and none in one by hosts.
    """
    stuffed = against("topics", SHORT, factor=100.0)

    assert gain(by("topics", stuffed)) > 0.8
    assert gain(by("topics", against("flood", SHORT, factor=100.0))) < 0.5
    assert gain(by("organisers", stuffed)) < 2 / 15


def test_grinding_gains_only_at_tables_whose_secret_is_known() -> None:
    """
    A thousand keys are in every hand of a known table; one has a fair share; no secret, no gain.
    """
    tonight = replace(SHORT, time=Time(days=20, ahead=1))
    known = by("tables", against("grind", tonight, factor=1000.0, tables=1.0))
    secret = by("tables", against("grind", tonight, factor=1000.0, tables=0.0))
    one_key = by("tables", against("grind", tonight, factor=1.0, tables=1.0))

    assert gain(known) == pytest.approx(1 / 5, abs=0.01)
    assert gain(one_key) == gain(secret)
    assert gain(secret) < 0.17
    assert gain(by("organisers", known)) < 0.17


def test_useless_events_are_chosen_only_when_they_lure() -> None:
    """
    Without a lure nobody goes; with one those who go waste the evening, and nobody meets there.
    """
    plain = play(by("events", against("flood", SHORT, lure=0.0)), 1)
    lured = play(by("events", against("flood", SHORT, lure=1.0)), 1)

    assert measure(plain, "adversary_visits") == 0
    assert measure(lured, "adversary_visits") > 0.5
    assert measure(lured, "wasted_evenings") >= measure(lured, "adversary_visits")
    assert measure(lured, "match") < measure(plain, "match")
    assert not (lured.viable & lured.tables.useless).any()


def test_an_adversary_that_is_not_there() -> None:
    """The message says so."""
    with pytest.raises(InvalidScenario, match="name: Invalid enum value 'troll'"):
        against("troll", SMALL)


IMPORTED = replace(SHORT, hosts=replace(SHORT.hosts, imported=1.0))


def test_invented_sources_cost_less_than_keys_and_a_ceiling_holds_them() -> None:
    """For ten stamps 144 sources or ten keys; a ceiling of one card an importer leaves one of
    three."""
    sources, keys = (against(name, IMPORTED, factor=10.0) for name in ("sources", "sybil"))

    assert attack(sources)[:3] == (144, 48, 10)
    assert attack(keys)[:3] == (10, 4, 10)
    assert gain(by("organisers", sources)) > gain(by("organisers", keys)) + 0.3
    assert gain(by("organisers", sources, ceiling=1)) < 0.36  # of three importers a card each
    assert gain(by("keys", sources)) < 0.5


def test_who_copies_events_gains_no_card_but_may_stand_for_them() -> None:
    """By organisers as many cards as without; nine keys of ten stand for nine tenths of them."""
    copied = by("organisers", against("falsify", IMPORTED, factor=9.0))
    honest, beset = (
        play(scenario, 1).tables.dealt.sum() for scenario in (by("organisers", IMPORTED), copied)
    )

    assert beset == pytest.approx(honest, rel=0.02)
    assert gain(copied) == pytest.approx(0.9, abs=0.02)
    assert gain(by("keys", against("falsify", IMPORTED, factor=18.0))) == pytest.approx(
        0.9, abs=0.05
    )


def test_only_events_that_are_imported_can_be_copied() -> None:
    """Where every host has a key of its own there is nothing to falsify."""
    own = replace(SHORT, hosts=replace(SHORT.hosts, imported=0.0))

    assert gain(by("organisers", against("falsify", own, factor=9.0))) == 0


def test_who_dilutes_drowns_names_but_not_organisers() -> None:
    """By names the honest lose cards to their own names; by organisers each line has its own
    turn."""
    diluted = against("dilute", IMPORTED, factor=2.0)

    assert 0.3 < gain(by("names", diluted)) < 0.7
    assert 16 / 31 < gain(by("organisers", diluted)) < 0.7  # 16 lines beside at most 15


def test_gains_are_told_by_what_they_cost() -> None:
    """Cards of 1,000 by birth stamps."""
    record = play(by("organisers", against("sybil", SHORT, factor=20.0)), 1)
    share = measure(record, "adversary_cards")

    assert measure(record, "cards_per_stamp") == pytest.approx(1000 * share / 20)

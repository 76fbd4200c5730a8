"""Single draws: the golden vectors, odds, wild cards, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from potluck.protocol import seed, witness
from potluck.protocol.draw import (
    Candidate,
    Hand,
    Odds,
    draw,
    draw_wild,
    leave_out,
    parse_mode,
    unseen,
)
from potluck.protocol.errors import Invalid
from potluck.protocol.ticket import ticket
from tests.vectors import generate_draw
from tests.vectors.generate_draw import WORLDS, digest, event

VECTORS = json.loads((generate_draw.FOLDER / "draw.json").read_text(encoding="utf-8"))
SEED = digest("seed")


def dealt(hand: Hand) -> list[list[str]]:
    return [[card.candidate.host.hex(), f"{card.candidate.slot:016x}"] for card in hand.cards]


@pytest.mark.parametrize("name", ["draw.json", "receipt.json", "link.json"])
def test_what_we_compute_is_what_the_vectors_hold(name: str) -> None:
    text = (generate_draw.FOLDER / name).read_text(encoding="utf-8")

    assert json.loads(json.dumps(generate_draw.files()[name])) == json.loads(text)


def test_the_founders_vectors_are_reproduced(shared: Path) -> None:
    vectors: list[dict[str, Any]] = json.loads((shared / "vectors" / "draw-v1.json").read_text())[
        "vectors"
    ]
    worlds = WORLDS | {"one": WORLDS["one series"]}
    for case in vectors:
        deck = worlds[case["name"].split("-")[0]]
        assert witness.deck_root(deck).hex() == case["deck_root"]
        assert (
            dealt(draw(deck, bytes.fromhex(case["seed"]), case["n"], case["mode"])) == case["hand"]
        )
    assert vectors


def test_the_seeds_of_the_founders_vectors_are_reproduced(shared: Path) -> None:
    given = json.loads((shared / "vectors" / "draw-v1.json").read_text())
    seeds = {case["name"]: case["seed"] for case in given["vectors"]}
    secret = bytes.fromhex(given["secret"])
    commitment = witness.commit(WORLDS["small"], 3, "hosts", "2027-03-01", bytes([1]) * 32)

    assert seeds["small-solo"] == seed.solo(secret, "2027-03-01", 0).hex()
    assert seeds["small-redraw"] == seed.solo(secret, "2027-03-01", 1).hex()
    assert seeds["small-table"] == seed.table(secret, "2027-03-01", 0).hex()
    assert seeds["small-dice"] == seed.dice([3, 1, 6, 6, 2]).hex()
    assert seeds["small-witness"] == witness.seed(commitment, bytes([1]) * 32, "Mañana").hex()


@pytest.mark.parametrize("case", VECTORS["draws"], ids=lambda case: case["name"])
def test_the_ticket_of_a_card_is_the_one_that_won(case: dict[str, Any]) -> None:
    for host, slot, _, won, _ in case["hand"]:
        register = bytes.fromhex(host + slot)
        label, item = ("host", register[:32]) if case["mode"] == "hosts" else ("event", register)
        assert ticket(bytes.fromhex(case["seed"]), f"potluck.{label}", item).hex() == won


def test_odds_count_hosts_series_and_events() -> None:
    """Host 0 has three series: weekly with slots 3 and 6, and two events of their own."""
    deck = [event(0, slot) for slot in (0, 1, 3, 6)] + [event(1, 0)]

    odds = {card.candidate: card.odds for card in draw(deck, SEED, 5).cards}

    assert odds[event(0, 0)] == Odds(hosts=2, series=3, events=1, deck=5)
    assert odds[event(0, 3)] == Odds(hosts=2, series=3, events=2, deck=5)
    assert odds[event(1, 0)] == Odds(hosts=2, series=1, events=1, deck=5)
    assert odds == {card.candidate: card.odds for card in draw(deck, SEED, 5, "events").cards}


def test_a_host_gives_each_series_once_before_any_series_twice() -> None:
    deck = [event(0, slot) for slot in range(10)]  # weekly: 3, 6, 9

    cards = draw(deck, SEED, 10).cards

    assert [card.round for card in cards] == list(range(1, 11))
    assert sum(card.candidate.series == "weekly" for card in cards[:8]) == 1
    assert [card.candidate.series for card in cards[8:]] == ["weekly", "weekly"]


def test_a_register_counts_once_but_two_events_for_one_register_are_refused() -> None:
    assert draw([event(0, 0), replace(event(0, 0))], SEED, 5) == draw([event(0, 0)], SEED, 5)
    with pytest.raises(Invalid, match="two candidates for one register"):
        draw([event(0, 0), replace(event(0, 0), id=digest("another"))], SEED, 5)


def test_a_hand_is_short_when_the_deck_is() -> None:
    assert len(draw([event(0, 0)], SEED, 5).cards) == 1
    assert draw(WORLDS["small"], SEED, 0).cards == ()


def test_an_event_without_series_is_not_one_of_the_series_named_nothing() -> None:
    nameless = Candidate(digest("h"), 1, digest("i"), "")

    assert nameless.series_item != replace(nameless, series=None).series_item


@pytest.mark.parametrize(
    ("value", "n", "mode"), [(bytes(31), 5, "hosts"), (SEED, -1, "hosts"), (SEED, 5, "topics")]
)
def test_a_draw_that_makes_no_sense_is_refused(value: bytes, n: int, mode: Any) -> None:
    with pytest.raises(Invalid):
        draw(WORLDS["small"], value, n, mode)


@pytest.mark.parametrize(
    "fields", [{"host": bytes(31)}, {"id": b""}, {"slot": -1}, {"slot": 2**64}]
)
def test_a_candidate_that_fits_no_register_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        replace(event(0, 0), **fields)


def test_modes_have_names() -> None:
    assert [parse_mode(word) for word in ("hosts", "events")] == ["hosts", "events"]
    with pytest.raises(Invalid):
        parse_mode(["hosts"])


FILTERED = [one for one in WORLDS["small"] if one.slot == 0]


def test_without_wild_cards_the_filters_decide_and_with_nothing_else_they_do_not() -> None:
    deck = WORLDS["small"]

    assert draw_wild(FILTERED, deck, SEED, 5, 0) == draw(FILTERED, SEED, 5)
    assert dealt(draw_wild(FILTERED, deck, SEED, 5, 5)) == dealt(draw(deck, SEED, 5))
    assert all(card.wild for card in draw_wild(FILTERED, deck, SEED, 5, 5).cards)


def test_wild_cards_come_last_from_the_whole_deck_and_their_hosts_had_their_turn() -> None:
    hand = draw_wild(FILTERED, WORLDS["small"], SEED, 7, 2)
    hosts = [card.candidate.host for card in hand.cards]

    assert [card.wild for card in hand.cards] == [False] * 5 + [True] * 2
    assert dealt(Hand(hand.cards[5:])) == dealt(draw(WORLDS["small"], SEED, 2))
    assert len(set(hosts)) == 7


def test_a_relayed_event_dealt_wild_is_not_dealt_again_from_another_relayer() -> None:
    deck = WORLDS["relayed"]
    hand = draw_wild(deck, deck, SEED, 18, 9)
    keys = [card.candidate.event_key for card in hand.cards]

    assert len(set(keys)) == len(keys) == 18


def test_more_wild_cards_than_cards_are_refused() -> None:
    with pytest.raises(Invalid):
        draw_wild(FILTERED, WORLDS["small"], SEED, 2, 3)


def test_the_bag_keeps_back_what_was_shown_whoever_relays_it() -> None:
    deck = WORLDS["relayed"]
    shown = {deck[0].event_key}  # hosts 0, 1 and 2 relay it

    assert len(deck) - len(leave_out(deck, shown)) == 3
    assert unseen(deck, shown) == (leave_out(deck, shown), False)


def test_a_spent_bag_starts_again_and_says_so() -> None:
    deck = WORLDS["small"]

    assert unseen(deck, {one.event_key for one in deck}) == (deck, True)
    assert unseen([], set()) == ([], False)

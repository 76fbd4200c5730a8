"""Single draws: the golden vectors, odds, versions, wild cards, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from potluck.protocol import seed, witness
from potluck.protocol.candidate import Candidate, count_events, leave_out, unseen
from potluck.protocol.draw import Card, Hand, Odds, deal_out, draw, draw_wild
from potluck.protocol.errors import Invalid
from potluck.protocol.line import Line, Orders, lines
from potluck.protocol.ticket import ticket
from tests.vectors import generate_draw
from tests.vectors.worlds import WORLDS, digest, event, imported

VECTORS = json.loads(generate_draw.FILE.read_text(encoding="utf-8"))
SEED = digest("seed")


def dealt(hand: Hand) -> list[Candidate]:
    return [card.candidate for card in hand.cards]


def test_what_we_compute_is_what_the_vectors_hold() -> None:
    assert json.loads(json.dumps(generate_draw.vectors())) == VECTORS


def founders_row(row: list[Any], wild: int) -> list[Any]:
    """Host, slot, source and, without wild cards, odds."""
    return row[:3] if wild else [*row[:3], row[5]]


def test_the_founders_vectors_are_reproduced(shared: Path) -> None:
    given = json.loads((shared / "vectors" / "draw.json").read_text(encoding="utf-8"))
    ours = {case["name"]: case for case in VECTORS["draws"]}
    for case in given["vectors"]:
        made = ours[case["name"]]
        for key in ("world", "seed", "n", "wild", "candidates", "deck_root"):
            assert made[key] == case[key]
        assert [founders_row(row, case["wild"]) for row in made["hand"]] == case["hand"]
        if "commit" in case:
            assert VECTORS["witness"]["commitment"] == case["commit"]
            assert VECTORS["witness"]["q"] == case["q"]
        if "reveal" in case:
            assert seed.commitment(bytes.fromhex(case["seed"])).hex() == case["reveal"]
    stamps = {(one["source"], one["stamp_bits"]): one for one in VECTORS["source_stamps"]}
    for case in given["source_stamps"]:
        made = stamps[case["source"], case["bits"]]
        assert made["first_stamp"] == case["nonce"]
        assert (made["network"], made["host"]) == (case["network"], case["host"])


@pytest.mark.parametrize("case", VECTORS["draws"], ids=lambda case: case["name"])
def test_the_ticket_of_a_card_is_that_of_the_turn_that_dealt_it(case: dict[str, Any]) -> None:
    value = bytes.fromhex(case["seed"])
    for host, slot, source, number, won, _ in case["hand"]:
        if source is None:
            item = b"\0" + bytes.fromhex(host)
        else:
            item = b"\1" + source.encode() + b"\0" + bytes.fromhex(slot)
        if source is None or number == 1:
            assert ticket(value, "potluck.turn", item).hex() == won


def test_odds_count_organisers_series_and_events() -> None:
    """Host 0 has three series: weekly with slots 3 and 6, and two events of their own."""
    deck = [event(0, slot) for slot in (0, 1, 3, 6)] + [event(1, 0)]

    odds = {card.candidate: card.odds for card in draw(deck, SEED, 5).cards}

    assert odds[event(0, 0)] == Odds(organisers=2, series=3, events=1, deck=5)
    assert odds[event(0, 3)] == Odds(organisers=2, series=3, events=2, deck=5)
    assert odds[event(1, 0)] == Odds(organisers=2, series=1, events=1, deck=5)


def version(host: int, series: str | None, slot: int = 1) -> Candidate:
    return Candidate(digest(f"host-{host}"), slot, digest(f"{host}/{slot}"), series, "library")


def test_odds_count_the_events_of_any_series_that_a_version_names() -> None:
    deck = [version(0, "a"), version(0, "a", 2), version(1, "b"), version(1, "b", 3)]

    odds = next(card for card in draw(deck, SEED, 9).cards if card.candidate.slot == 1).odds

    assert (odds.series, odds.events, odds.deck) == (2, 3, 3)


def test_of_several_versions_that_of_the_smallest_importer_ticket_stands() -> None:
    deck = [version(host, "a") for host in range(9)]

    (card,) = draw(deck, SEED, 9).cards

    first = min(deck, key=lambda one: ticket(SEED, "potluck.relay", one.host))
    assert card == Card(first, 1, card.ticket, Odds(1, 1, 1, 1))


def test_a_version_of_another_line_may_stand_for_what_a_line_deals() -> None:
    """Each event of a source counts once, whoever deals it, and bears the version of one host."""
    deck = WORLDS["shifted"]
    for card in draw(deck, SEED, 300).cards:
        versions = [one for one in deck if one.event == card.candidate.event]
        assert card.candidate == min(
            versions, key=lambda one: ticket(SEED, "potluck.relay", one.host)
        )


def test_a_line_offers_each_series_once_before_any_series_twice() -> None:
    deck = [event(0, slot) for slot in range(10)]  # weekly: 3, 6, 9

    cards = draw(deck, SEED, 10).cards

    assert [card.round for card in cards] == list(range(1, 11))
    assert sum(card.candidate.series == "weekly" for card in cards[:8]) == 1
    assert [card.candidate.series for card in cards[8:]] == ["weekly", "weekly"]


def test_a_line_is_what_one_host_brings_of_one_source() -> None:
    deck = [*imported(0, range(8), 2), event(0, 8), *imported(1, range(8), 2)]
    hosts = [digest(f"host-{host}") for host in range(2)]

    found = {line.key: line for line in lines(deck, Orders.of(SEED))}

    assert found.keys() == {(hosts[0], None)} | {
        (host, f"feed-{feed}") for host in hosts for feed in range(2)
    }
    mine, theirs = (found[host, "feed-0"] for host in hosts)
    assert mine.turn == theirs.turn
    assert offered(mine) == offered(theirs)
    assert len(offered(mine)) == 4


def offered(line: Line) -> list[int]:
    """The slots of its events in order."""
    return [one.slot for number in range(1, 9) if (one := line.offer(number))]


def test_a_register_counts_once_but_two_events_for_one_register_are_refused() -> None:
    assert draw([event(0, 0), replace(event(0, 0))], SEED, 5) == draw([event(0, 0)], SEED, 5)
    with pytest.raises(Invalid, match="two candidates for one register"):
        draw([event(0, 0), replace(event(0, 0), id=digest("another"))], SEED, 5)


def test_a_hand_is_short_when_the_deck_is() -> None:
    assert len(draw([event(0, 0)], SEED, 5).cards) == 1
    assert draw(WORLDS["small"], SEED, 0).cards == ()
    assert list(deal_out([], SEED)) == []


def test_no_item_is_that_of_another_thing() -> None:
    """Without series, in the series named nothing, of a source that reads like another's slot."""
    nameless = Candidate(digest("h"), 1, digest("i"), "")
    one, other = (replace(nameless, source=source) for source in ("a", "a\0"))

    assert nameless.series_item != replace(nameless, series=None).series_item
    assert not other.event.startswith(one.who + one.slot.to_bytes(8, "big"))
    assert one.who != other.who != nameless.who


@pytest.mark.parametrize(("value", "n"), [(bytes(31), 5), (SEED, -1)])
def test_a_draw_that_makes_no_sense_is_refused(value: bytes, n: int) -> None:
    with pytest.raises(Invalid):
        draw(WORLDS["small"], value, n)


@pytest.mark.parametrize(
    "fields", [{"host": bytes(31)}, {"id": b""}, {"slot": -1}, {"slot": 2**64}]
)
def test_a_candidate_that_fits_no_register_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        replace(event(0, 0), **fields)


FILTERED = [one for one in WORLDS["small"] if one.slot == 0]


def test_without_wild_cards_the_filters_decide_and_with_nothing_else_they_do_not() -> None:
    deck = WORLDS["small"]

    assert draw_wild(FILTERED, deck, SEED, 5, 0) == draw(FILTERED, SEED, 5)
    assert dealt(draw_wild(FILTERED, deck, SEED, 5, 5)) == dealt(draw(deck, SEED, 5))
    assert all(card.wild for card in draw_wild(FILTERED, deck, SEED, 5, 5).cards)


def test_wild_cards_come_last_from_the_whole_deck_and_their_lines_had_their_turn() -> None:
    hand = draw_wild(FILTERED, WORLDS["small"], SEED, 7, 2)
    hosts = [card.candidate.host for card in hand.cards]

    assert [card.wild for card in hand.cards] == [False] * 5 + [True] * 2
    assert dealt(Hand(hand.cards[5:])) == dealt(draw(WORLDS["small"], SEED, 2))
    assert len(set(hosts)) == 7


def test_an_event_dealt_wild_is_not_dealt_again_as_another_version() -> None:
    deck = WORLDS["same"]
    hand = draw_wild(deck, deck, SEED, 180, 90)

    assert count_events(dealt(hand)) == len(hand.cards) == 180


def test_more_wild_cards_than_cards_are_refused() -> None:
    with pytest.raises(Invalid):
        draw_wild(FILTERED, WORLDS["small"], SEED, 2, 3)


def test_the_bag_keeps_back_what_was_shown_whoever_imported_it() -> None:
    deck = WORLDS["same"]
    shown = {deck[0].event}  # hosts 0, 1 and 2 import it

    assert len(deck) - len(leave_out(deck, shown)) == 3
    assert unseen(deck, shown) == (leave_out(deck, shown), False)


def test_a_spent_bag_starts_again_and_says_so() -> None:
    deck = WORLDS["small"]

    assert unseen(deck, {one.event for one in deck}) == (deck, True)
    assert unseen([], set()) == ([], False)


def test_a_seed_is_published_by_its_commitment_first() -> None:
    assert seed.commitment(SEED) != seed.commitment(bytes(32))
    assert witness.deck_root(FILTERED) != witness.deck_root([])

"""The laws of PROTOCOL.md, "Laws of the draw": what changes a hand and what cannot."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from potluck.protocol.candidate import Candidate
from potluck.protocol.draw import Card, deal_out, draw, draw_wild
from potluck.protocol.line import LineKey, Orders, Place, lines
from tests.vectors.worlds import digest

Dealt = tuple[bytes, int, bytes]
"""What was dealt, whatever version stands for it: the event, its round and its ticket."""


def event(host: int, slot: int, series: int | None = None, source: int | None = None) -> Candidate:
    return Candidate(
        digest(f"host-{host}"),
        slot,
        digest(f"{host}/{slot}"),
        None if series is None else f"series {series}",
        None if source is None else f"source {source}",
    )


series_names = st.none() | st.integers(0, 2)


@st.composite
def decks(draw_: st.DrawFn, first_host: int = 0) -> list[Candidate]:
    """A few hosts with a few events; hosts from 4 on import, two sources and a few own events."""
    registers = draw_(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 5)), max_size=30))
    return [
        event(
            first_host + host,
            slot,
            draw_(series_names),
            draw_(st.none() | st.integers(0, 1)) if host > 3 else None,
        )
        for host, slot in sorted(registers)
    ]


@st.composite
def copies(draw_: st.DrawFn) -> list[Candidate]:
    """What one more host imports: anything, in any series."""
    slots = draw_(st.sets(st.integers(0, 8), max_size=9))
    return [event(99, slot, draw_(series_names), source=0) for slot in sorted(slots)]


seeds = st.binary(min_size=32, max_size=32)
sizes = st.integers(1, 12)


def dealt(deck: Iterable[Candidate], seed: bytes, n: int = 99) -> list[Dealt]:
    return [as_dealt(card) for card in draw(deck, seed, n).cards]


def as_dealt(card: Card) -> Dealt:
    return card.candidate.event, card.round, card.ticket


def turns(deck: Iterable[Candidate], seed: bytes) -> dict[LineKey, Place]:
    return {line.key: line.turn for line in lines(deck, Orders.of(seed))}


def without(deck: Iterable[Candidate], organiser: bytes) -> list[Candidate]:
    return [one for one in deck if one.who != organiser]


@given(decks(), seeds, sizes, st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_never_matters(
    deck: list[Candidate], seed: bytes, n: int, shuffler: random.Random
) -> None:
    shuffled = [replace(one) for one in deck] + deck[:3]
    shuffler.shuffle(shuffled)

    assert draw(shuffled, seed, n) == draw(deck, seed, n)


@given(decks(), seeds, sizes)
def test_a_smaller_hand_is_the_beginning_of_a_larger_one(
    deck: list[Candidate], seed: bytes, n: int
) -> None:
    assert draw(deck, seed, n).cards == draw(deck, seed, 99).cards[:n]


@given(decks(), seeds)
def test_the_whole_deal_has_every_event_once_round_by_round_and_by_ticket(
    deck: list[Candidate], seed: bytes
) -> None:
    cards = list(deal_out(deck, seed))
    events = [card.candidate.event for card in cards]

    assert len(events) == len(set(events))
    assert set(events) == {one.event for one in deck}
    assert sorted(cards, key=lambda card: (card.round, card.ticket)) == cards


@given(decks(), seeds)
def test_every_turn_deals_one_card_of_the_first_round(deck: list[Candidate], seed: bytes) -> None:
    cards = draw(deck, seed, 99).cards
    first = [card.ticket for card in cards if card.round == 1]

    assert first == sorted(ticket for ticket, _ in set(turns(deck, seed).values()))
    assert {card.odds.organisers for card in cards} <= {len(first)}


@given(decks(), seeds, sizes)
def test_taking_away_an_organiser_that_is_not_in_the_hand_changes_nothing(
    deck: list[Candidate], seed: bytes, n: int
) -> None:
    hand = draw(deck, seed, n).cards
    for organiser in {one.who for one in deck} - {card.candidate.who for card in hand}:
        left = draw(without(deck, organiser), seed, n).cards
        assert [card.candidate for card in left] == [card.candidate for card in hand]
        assert [as_dealt(card) for card in left] == [as_dealt(card) for card in hand]


@given(decks(), seeds, sizes)
def test_adding_an_organiser_pushes_out_exactly_what_it_brings(
    deck: list[Candidate], seed: bytes, n: int
) -> None:
    for organiser in {one.who for one in deck}:
        before = dealt(without(deck, organiser), seed, n)
        after = dealt(deck, seed, n)
        brought = {one.event for one in deck if one.who == organiser}
        others = [card for card in after if card[0] not in brought]

        assert others == before[: n - (len(after) - len(others))]


@given(decks(), seeds, sizes, st.integers(4, 7))
def test_a_second_importer_of_the_same_changes_no_card_and_no_odds(
    deck: list[Candidate], seed: bytes, n: int, importer: int
) -> None:
    """It may become the one whose version stands, and no more."""
    imported = [
        one for one in deck if one.host == digest(f"host-{importer}") and one.source is not None
    ]
    copied = [replace(one, host=digest("copyist"), id=digest(f"{one.slot}")) for one in imported]
    before, after = draw(deck, seed, n).cards, draw([*deck, *copied], seed, n).cards

    assert [(*as_dealt(card), card.odds) for card in after] == [
        (*as_dealt(card), card.odds) for card in before
    ]


@given(decks(), copies(), seeds)
def test_a_paid_source_brings_at_most_one_turn_whatever_is_said_in_it(
    deck: list[Candidate], copied: list[Candidate], seed: bytes
) -> None:
    """Events invented, left out, or in other series: no turn goes, and at most one comes."""
    before, after = turns(deck, seed), turns([*deck, *copied], seed)

    assert {key: after[key] for key in before} == before
    assert len(set(after.values())) <= len(set(before.values())) + 1


@given(decks(), copies(), seeds, sizes)
def test_a_paid_source_brings_at_most_one_card_while_there_are_organisers_enough(
    deck: list[Candidate], copied: list[Candidate], seed: bytes, n: int
) -> None:
    assume(n <= len(set(turns(deck, seed).values())))
    before, after = dealt(deck, seed, n), dealt([*deck, *copied], seed, n)
    brought = [card for card in after if card not in before]

    assert len(brought) <= 1
    assert [card for card in after if card in before] == before[: n - len(brought)]


@given(decks(), seeds, sizes, st.integers(1, 5))
def test_a_line_without_the_wild_event_keeps_its_turn(
    deck: list[Candidate], seed: bytes, n: int, wild: int
) -> None:
    passed = [one for one in deck if one.slot % 2 == 0]
    hand = draw_wild(passed, deck, seed, wild + n, wild).cards
    shown = {card.candidate.event for card in hand if card.wild}
    held = {(one.host, one.source) for one in deck if one.event in shown}
    left = [one for one in passed if one.event not in shown]
    before, after = turns(passed, seed), turns(left, seed)

    assert {key: before[key] for key in after if key not in held} == {
        key: after[key] for key in after if key not in held
    }
    dealt_first = [card.ticket for card in hand if not card.wild and card.round == 1]
    free = sorted({after[key][0] for key in after if key not in held})
    assert dealt_first == free[: len(dealt_first)]


@given(decks(), seeds, st.integers(1, 9))
def test_wild_cards_are_those_of_the_draw_without_the_filters(
    deck: list[Candidate], seed: bytes, wild: int
) -> None:
    passed = [one for one in deck if one.slot % 2 == 0]
    hand = draw_wild(passed, deck, seed, 12, wild).cards
    first = [card for card in hand if card.wild]

    assert [(*as_dealt(card), card.odds) for card in first] == [
        (*as_dealt(card), card.odds) for card in draw(deck, seed, wild).cards
    ]
    assert len({card.candidate.event for card in hand}) == len(hand)
    assert {one.event for one in passed} <= {card.candidate.event for card in hand} or len(
        hand
    ) == 12


@given(decks(), decks(100), decks(200), seeds, st.integers(1, 8))
def test_two_decks_deal_alike_but_for_the_cards_that_only_one_of_them_has(
    common: list[Candidate], one: list[Candidate], other: list[Candidate], seed: bytes, n: int
) -> None:
    """The hands share all but max(x, y) cards: those dealt of organisers of one deck alone."""
    hands = []
    for name, own in (("one", one), ("other", other)):
        renamed = [replace(it, source=it.source and name + it.source) for it in own]
        hands.append(set(dealt([*common, *renamed], seed, n)))
    assume(min(map(len, hands)) == n)
    shared_events = {it.event for it in common}
    alone = [sum(card[0] not in shared_events for card in hand) for hand in hands]

    assert len(hands[0] & hands[1]) == n - max(alone)

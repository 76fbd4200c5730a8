"""The laws of PROTOCOL.md, "Draw": what changes a hand and what cannot, and who has which chance."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from potluck.protocol.draw import Candidate, Card, Mode, draw
from tests.vectors.generate_draw import digest

MODES: list[Mode] = ["hosts", "events"]


def event(host: int, slot: int, series: int | None = None, source: int | None = None) -> Candidate:
    return Candidate(
        digest(f"host-{host}"),
        slot,
        digest(f"{host}/{slot}"),
        None if series is None else f"series {series}",
        None if source is None else f"source {source}",
    )


def deck_of(draw_: st.DrawFn, sources: st.SearchStrategy[int | None]) -> list[Candidate]:
    """A few hosts with a few events; registers are distinct."""
    registers = draw_(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 5)), max_size=30))
    series = st.none() | st.integers(0, 2)
    return [event(host, slot, draw_(series), draw_(sources)) for host, slot in sorted(registers)]


@st.composite
def decks(draw_: st.DrawFn) -> list[Candidate]:
    return deck_of(draw_, st.none() | st.integers(0, 1))


@st.composite
def own_decks(draw_: st.DrawFn) -> list[Candidate]:
    """Nothing in them is relayed."""
    return deck_of(draw_, st.none())


seeds = st.binary(min_size=32, max_size=32)
sizes = st.integers(1, 12)
modes = st.sampled_from(MODES)


def dealt(deck: Iterable[Candidate], seed: bytes, n: int, mode: Mode = "hosts") -> list[Candidate]:
    return [card.candidate for card in draw(deck, seed, n, mode).cards]


def place(card: Card) -> tuple[int, bytes, bytes]:
    """Where a card comes in the deal, in mode hosts."""
    return (card.round, card.ticket, card.candidate.host)


@given(decks(), seeds, sizes, modes, st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_never_matters(
    deck: list[Candidate], seed: bytes, n: int, mode: Mode, shuffler: random.Random
) -> None:
    shuffled = [replace(one) for one in deck] + deck[:3]
    shuffler.shuffle(shuffled)

    assert draw(shuffled, seed, n, mode) == draw(deck, seed, n, mode)


@given(decks(), seeds, sizes, modes)
def test_a_smaller_hand_is_the_beginning_of_a_larger_one(
    deck: list[Candidate], seed: bytes, n: int, mode: Mode
) -> None:
    assert draw(deck, seed, n, mode).cards == draw(deck, seed, 99, mode).cards[:n]


@given(decks(), seeds, modes)
def test_the_whole_deal_has_every_event_once(
    deck: list[Candidate], seed: bytes, mode: Mode
) -> None:
    cards = draw(deck, seed, 99, mode).cards
    keys = [card.candidate.event_key for card in cards]

    assert len(keys) == len(set(keys))
    assert set(keys) == {one.event_key for one in deck}
    assert mode == "events" or sorted(cards, key=place) == list(cards)


@given(decks(), seeds)
def test_a_relayed_event_stays_with_the_relayer_of_the_smallest_host_ticket(
    deck: list[Candidate], seed: bytes
) -> None:
    order = {
        card.candidate.host: card.ticket
        for host in {one.host for one in deck}
        for card in draw([one for one in deck if one.host == host], seed, 1).cards
    }
    for candidate in dealt(deck, seed, 99):
        relayers = [one.host for one in deck if one.event_key == candidate.event_key]
        assert candidate.host == min(relayers, key=order.__getitem__)


@given(decks(), seeds, sizes)
def test_removing_an_undealt_host_changes_nothing(
    deck: list[Candidate], seed: bytes, n: int
) -> None:
    hand = dealt(deck, seed, n)
    for host in {one.host for one in deck} - {one.host for one in hand}:
        assert dealt([one for one in deck if one.host != host], seed, n) == hand


@given(own_decks(), seeds, sizes)
def test_by_events_removing_an_undealt_event_changes_nothing(
    deck: list[Candidate], seed: bytes, n: int
) -> None:
    hand = dealt(deck, seed, n, "events")
    for candidate in set(deck) - set(hand):
        assert dealt([one for one in deck if one != candidate], seed, n, "events") == hand


@given(own_decks(), seeds, sizes, modes)
def test_adding_a_host_pushes_out_as_many_cards_as_it_brings_and_the_last_ones(
    deck: list[Candidate], seed: bytes, n: int, mode: Mode
) -> None:
    newcomer = digest("host-0")
    before = dealt([one for one in deck if one.host != newcomer], seed, n, mode)
    after = dealt(deck, seed, n, mode)
    brought = [one for one in after if one.host == newcomer]

    assert [one for one in after if one.host != newcomer] == before[: n - len(brought)]


@given(decks(), seeds, sizes)
def test_adding_a_relayer_changes_only_its_own_cards_and_those_of_later_hosts_it_takes_events_from(
    deck: list[Candidate], seed: bytes, n: int
) -> None:
    newcomer = digest("host-0")
    brought = {one.event_key for one in deck if one.host == newcomer}
    sharing = {one.host for one in deck if one.event_key in brought}
    others = [one for one in deck if one.host != newcomer]

    before = [one for one in dealt(others, seed, 99) if one.host not in sharing]
    after = [one for one in dealt(deck, seed, 99) if one.host not in sharing]
    hand = dealt(deck, seed, n)

    assert [one for one in after if one.host != newcomer] == before
    assert [one for one in hand if one.host not in sharing] == before[
        : n - sum(one.host in sharing for one in hand)
    ]


@given(own_decks(), own_decks(), own_decks(), seeds, st.integers(1, 8))
def test_two_decks_deal_alike_but_for_the_cards_that_only_one_of_them_has(
    common: list[Candidate], one: list[Candidate], other: list[Candidate], seed: bytes, n: int
) -> None:
    """The hands share all but max(x, y) cards: x and y are those dealt from what one deck has alone."""
    decks = [*common], [*common]
    for number, own in enumerate((one, other)):
        decks[number].extend(
            replace(event, host=digest(f"{number}{event.host!r}")) for event in own
        )
    hands = [set(dealt(deck, seed, n)) for deck in decks]
    assume(min(map(len, hands)) == n)
    alone = [len(hand - set(common)) for hand in hands]

    assert len(hands[0] & hands[1]) == n - max(alone)


@pytest.mark.parametrize("missing", [5, 10, 20, 50])
def test_how_alike_two_hands_are_follows_from_how_alike_the_decks_are(missing: int) -> None:
    """With a share d of hosts missing from each deck, 1 - 2d to 1 - d of the cards agree on average."""
    n, runs, hosts = 5, 600, 200
    everyone = [event(host, 0) for host in range(hosts + missing)]
    ours, theirs = everyone[:hosts], everyone[missing:]
    alike = sum(
        len({*dealt(ours, seed, n)} & {*dealt(theirs, seed, n)})
        for seed in map(seed_number, range(runs))
    ) / (n * runs)
    share = missing / hosts

    assert 1 - 2 * share - 0.02 <= alike <= 1 - share + 0.02


def seed_number(number: int) -> bytes:
    """One of the fixed seeds of the tests of chance."""
    return digest(f"seed {number}")


def chi_square(counts: Iterable[int], expected: float, spread: float = 1.0) -> float:
    """Pearson's statistic; `spread` corrects for drawing without replacement (1 - share drawn)."""
    return sum((count - expected) ** 2 for count in counts) / (expected * spread)


def critical(degrees: int) -> float:
    """The chi-square value beyond which 0.1 % lie (Wilson and Hilferty 1931)."""
    ninth = 2 / (9 * degrees)
    return degrees * float((1 - ninth + 3.09 * ninth**0.5) ** 3)


def times_dealt(
    deck: list[Candidate], runs: int, n: int, mode: Mode, what: Callable[[Candidate], object]
) -> Counter[object]:
    return Counter(
        what(one) for number in range(runs) for one in dealt(deck, seed_number(number), n, mode)
    )


def test_every_host_is_dealt_as_often_as_any_other() -> None:
    deck = [event(host, slot) for host in range(40) for slot in range(1 + host % 5)]

    counts = times_dealt(deck, 2_000, 5, "hosts", lambda one: one.host)

    assert len(counts) == 40
    assert chi_square(counts.values(), 2_000 * 5 / 40, 1 - 5 / 40) < critical(39)


def test_every_series_of_a_host_is_dealt_as_often_as_any_other() -> None:
    deck = [
        event(0, slot, series=min(slot, 9)) for slot in range(60)
    ]  # the tenth series has 51 events

    counts = times_dealt(deck, 2_000, 1, "hosts", lambda one: one.series)

    assert len(counts) == 10
    assert chi_square(counts.values(), 200) < critical(9)


def test_every_event_of_a_series_is_dealt_as_often_as_any_other() -> None:
    deck = [event(0, slot, series=1) for slot in range(20)]

    counts = times_dealt(deck, 2_000, 1, "hosts", lambda one: one.slot)

    assert len(counts) == 20
    assert chi_square(counts.values(), 100) < critical(19)


def test_by_events_every_event_is_dealt_as_often_as_any_other() -> None:
    deck = [event(host, slot) for host in range(10) for slot in range(1 + host % 4)]

    counts = times_dealt(deck, 2_000, 3, "events", lambda one: one)

    assert len(counts) == len(deck)
    assert chi_square(counts.values(), 2_000 * 3 / len(deck), 1 - 3 / len(deck)) < critical(
        len(deck) - 1
    )


def test_a_host_with_a_hundred_times_the_events_of_all_others_together_has_its_fair_share() -> None:
    flood = [event(0, slot) for slot in range(2_000)]
    deck = flood + [event(host, 0) for host in range(1, 21)]
    runs, n = 400, 5

    by_hosts = times_dealt(deck, runs, n, "hosts", lambda one: one.host)[digest("host-0")]
    by_events = times_dealt(deck, runs // 8, n, "events", lambda one: one.host)[digest("host-0")]

    fair = runs * n / 21
    assert abs(by_hosts - fair) < 3 * (fair * (1 - n / 21)) ** 0.5
    assert by_events > 0.95 * n * runs / 8


ORGANISERS = 30
LARGEST = 855


def feed(importer: int) -> list[Candidate]:
    """A town's calendar as one importer relays it: organiser 0 has 855 events, the others 1 to 12."""
    return [
        event(importer, 10_000 * organiser + number, organiser, organiser)
        for organiser in range(ORGANISERS)
        for number in range(LARGEST if organiser == 0 else 1 + organiser % 12)
    ]


def test_ten_importers_of_one_feed_never_deal_an_event_twice() -> None:
    deck = [candidate for importer in range(10) for candidate in feed(importer)]
    for number in range(6):
        for mode in MODES:
            cards = draw(deck, seed_number(number), 40, mode).cards
            assert len({card.candidate.event_key for card in cards}) == 40
            assert {card.odds.hosts for card in cards} == {1}
            assert {card.odds.deck for card in cards} == {len(feed(0))}


def test_a_source_of_855_events_has_its_fair_share_by_hosts_and_more_by_events() -> None:
    deck = [*feed(0), *(event(host, 0) for host in range(1, 20))]
    runs, largest = 300, "source 0"

    by_hosts = times_dealt(deck, runs, 1, "hosts", lambda one: one.source)
    by_events = times_dealt(deck, runs // 5, 1, "events", lambda one: one.source)

    importer = sum(count for source, count in by_hosts.items() if source is not None)
    assert abs(importer - runs / 20) < 3 * (runs / 20) ** 0.5
    assert by_hosts[largest] <= 4  # 1 in 20 hosts x 30 series: half a card in 300
    assert by_events[largest] > 0.7 * runs / 5

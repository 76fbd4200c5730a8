"""Who has which chance: the draw over many seeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import pytest

from potluck.protocol.candidate import Candidate
from potluck.protocol.draw import draw
from tests.protocol.test_draw_laws import event
from tests.vectors.worlds import digest, imported
from tests.vectors.worlds import event as worlds_event


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
    deck: list[Candidate], runs: int, n: int, what: Callable[[Candidate], object]
) -> Counter[object]:
    """How often each was dealt in so many hands of n."""
    return Counter(
        what(card.candidate)
        for number in range(runs)
        for card in draw(deck, seed_number(number), n).cards
    )


def share(deck: list[Candidate], runs: int, n: int, of: Callable[[Candidate], bool]) -> float:
    """The share of all cards of so many hands of n that are of these."""
    return times_dealt(deck, runs, n, of)[True] / (runs * n)


def feed(importer: int, sizes: Iterable[int]) -> list[Candidate]:
    """A calendar as one importer brings it: so many events of each organiser, some in a series."""
    return [
        event(importer, 10_000 * organiser + number, number % 3 or None, organiser)
        for organiser, size in enumerate(sizes)
        for number in range(size)
    ]


SIZES = [*[1] * 20, *[10] * 8, 100, 500]


@pytest.mark.parametrize("importers", [1, 3])
def test_every_organiser_is_dealt_as_often_as_any_other_however_much_it_organises(
    importers: int,
) -> None:
    town = [one for importer in range(importers) for one in feed(importer, SIZES)]
    deck = [*town, *(event(host, slot) for host in range(50, 60) for slot in range(host - 49))]
    runs, n, organisers = 800 // importers, 5, len(SIZES) + 10

    counts = times_dealt(deck, runs, n, lambda one: one.who)

    assert len(counts) == organisers
    expected = runs * n / organisers
    assert chi_square(counts.values(), expected, 1 - n / organisers) < critical(organisers - 1)


def test_every_series_of_an_organiser_is_dealt_as_often_as_any_other() -> None:
    deck = [event(0, slot, series=min(slot, 9)) for slot in range(60)]  # the tenth has 51 events

    counts = times_dealt(deck, 2_000, 1, lambda one: one.series)

    assert len(counts) == 10
    assert chi_square(counts.values(), 200) < critical(9)


def test_every_event_of_a_series_is_dealt_as_often_as_any_other() -> None:
    deck = [event(0, slot, series=1) for slot in range(20)]

    counts = times_dealt(deck, 2_000, 1, lambda one: one.slot)

    assert len(counts) == 20
    assert chi_square(counts.values(), 100) < critical(19)


def test_every_importer_of_the_same_is_as_often_the_one_whose_version_stands() -> None:
    deck = [one for importer in range(4) for one in feed(importer, [3] * 10)]

    counts = times_dealt(deck, 1_000, 1, lambda one: one.host)

    assert chi_square(counts.values(), 250) < critical(3)


TOWN = [1 + 1_085 // (rank * 5) for rank in range(1, 116)]
"""115 organisers with about 1,200 events in all; the first has 218, most have a few."""


def test_ten_keys_with_an_event_each_have_ten_tickets_beside_a_town_that_one_key_imported() -> None:
    town = feed(0, TOWN)
    deck = [*town, *(event(host, 0) for host in range(1, 11))]

    keys = share(deck, 1_000, 5, lambda one: one.source is None)

    assert abs(keys - 10 / 125) < 0.01


def test_ten_hosts_that_copy_a_town_with_another_hour_gain_no_card() -> None:
    town = feed(0, TOWN[:30])
    copies = [one for importer in range(1, 11) for one in feed(importer, TOWN[:30])]
    for number in range(5):
        before = draw(town, seed_number(number), 40).cards
        after = draw([*town, *copies], seed_number(number), 40).cards

        assert [(card.candidate.event, card.round, card.ticket, card.odds) for card in after] == [
            (card.candidate.event, card.round, card.ticket, card.odds) for card in before
        ]


def test_importers_whose_windows_differ_a_little_bring_few_turns_more() -> None:
    """Five windows of 60 events of 12 organisers, shifted by 0 to 4, each with a slot that the
    calendar has no longer."""
    deck = [one for shift in range(5) for one in imported(shift, range(shift, 60 + shift), 12)]
    deck += [worlds_event(shift, 50, "feed-2", 1_000 + shift) for shift in range(5)]
    runs = 300

    turns = [draw(deck, seed_number(run), 1).cards[0].odds.organisers for run in range(runs)]

    assert 1 < sum(turns) / (runs * 12) <= 1.2


def test_an_invented_source_is_a_ticket_and_inventing_events_in_it_is_none() -> None:
    honest = [event(host, 0) for host in range(1, 21)]
    once, often = feed(0, [1]), feed(0, [500])

    one, many = (
        share([*honest, *bought], 600, 5, lambda it: it.source is not None)
        for bought in (once, often)
    )

    fair = 1 / 21
    assert abs(one - fair) < 0.012
    assert abs(many - fair) < 0.012


def cards(deck: list[Candidate], seed: bytes, n: int) -> set[Candidate]:
    return {card.candidate for card in draw(deck, seed, n).cards}


@pytest.mark.parametrize("missing", [5, 10, 20, 50])
def test_how_alike_two_hands_are_follows_from_how_alike_the_decks_are(missing: int) -> None:
    """A share d of organisers is missing from each deck: 1 - 2d to 1 - d of the cards agree."""
    n, runs, hosts = 5, 600, 200
    everyone = [event(host, 0) for host in range(hosts + missing)]
    ours, theirs = everyone[:hosts], everyone[missing:]
    alike = sum(
        len(cards(ours, seed, n) & cards(theirs, seed, n)) for seed in map(seed_number, range(runs))
    ) / (n * runs)
    lacking = missing / hosts

    assert 1 - 2 * lacking - 0.02 <= alike <= 1 - lacking + 0.02

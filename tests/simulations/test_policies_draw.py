"""The draw policies deal as protocol/draw does: the same chances, card by card, on small worlds."""

from __future__ import annotations

from collections import Counter
from functools import cache
from hashlib import blake2b
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from potluck.protocol.candidate import Candidate
from potluck.protocol.draw import draw
from potluck.simulations.mixing.policies.drawing import at_tables, by_lines
from potluck.simulations.mixing.policy_view import Shelf, shelve
from potluck.simulations.mixing.rng import Stream

WORLDS = {
    "small": [[1, 1], [2], [1, 1, 1]],
    "fewer hosts than cards": [[2, 1], [3, 1, 1]],
    "a flood": [[9, 9, 9], [1], [1], [1]],
    "one series": [[4]],
    "events without series": [[1] * 5, [1] * 2, [1]],
}
"""For each host, the number of events of each of its series."""

HANDS = 1_500
CARDS = 3


def deck_of(world: list[list[int]]) -> tuple[Shelf, tuple[Candidate, ...]]:
    """The same deck for the kernels and for the protocol; position p is candidate p."""
    host, series = [], []
    candidates: list[Candidate] = []
    for h, events in enumerate(world):
        for s, count in enumerate(events):
            for _ in range(count):
                name = None if events == [1] * len(events) else f"series {s}"
                slot = len(candidates)
                candidates.append(Candidate(bytes([h]) * 32, slot, slot.to_bytes(32, "big"), name))
                host.append(h)
                series.append(h * 100 + s)
    place, nobody = np.arange(len(host)), np.full(len(world), -1)
    return shelve(np.array(host), np.array(series), place, nobody), tuple(candidates)


def dealt_by_lines(
    shelf: Shelf, cards: int, stream: int, seen: NDArray[np.bool_] | None = None
) -> NDArray[np.int32]:
    """The kernel's hands for as many people, each of whom was shown what `seen` says."""
    shown = np.zeros((HANDS, cards), np.bool_)
    if seen is not None:
        shown[:] = seen
    who, column = np.arange(HANDS, dtype=np.int32), np.arange(cards, dtype=np.int32)
    return by_lines(who, shelf, shown, column, 0, CARDS, Stream(stream).word_key)


@cache
def protocol_hands(candidates: tuple[Candidate, ...]) -> NDArray[np.int32]:
    """Hands of the protocol for as many seeds, as positions."""
    hands = np.full((HANDS, CARDS), -1, np.int32)
    for row in range(HANDS):
        seed = blake2b(row.to_bytes(4, "big"), digest_size=32).digest()
        dealt = draw(candidates, seed, CARDS)
        for c, card in enumerate(dealt.cards):
            hands[row, c] = card.candidate.slot
    return hands


def assert_same_chances(one: NDArray[Any], other: NDArray[Any]) -> None:
    """
    Chi-square of two samples of hands (as ordered tuples) with rare hands pooled, at 5 standard
    deviations.
    """
    counts = [Counter(map(tuple, hands.tolist())) for hands in (one, other)]
    names = [
        hand for hand in set(counts[0]) | set(counts[1]) if counts[0][hand] + counts[1][hand] >= 10
    ]
    table = np.array([[count[hand] for hand in names] for count in counts], float)
    rest = HANDS - table.sum(axis=1)
    table = np.column_stack([table, rest]) if rest.sum() >= 10 else table
    expected = table.sum(axis=0) / 2
    chi2, freedom = float(((table - expected) ** 2 / expected).sum()), table.shape[1] - 1

    assert chi2 <= freedom + 5 * np.sqrt(2 * freedom) + 5


@pytest.mark.parametrize("world", WORLDS)
def test_by_organisers_as_the_protocol(world: str) -> None:
    """Every ordered hand is as likely under the kernel as under the protocol's tickets."""
    shelf, candidates = deck_of(WORLDS[world])

    assert_same_chances(dealt_by_lines(shelf, len(candidates), 1), protocol_hands(candidates))


def test_importers_of_one_calendar_are_one_line() -> None:
    """Three importers who bring the same organisers deal as the kernel does, which keeps one
    line."""
    shelf, own = deck_of(WORLDS["fewer hosts than cards"])
    copies = tuple(
        Candidate(
            bytes([9 + key]) * 32,
            each.slot,
            bytes([key]) + each.id[1:],
            each.series,
            f"org {each.host[0]}",
        )
        for each in own
        for key in range(3)
    )

    assert_same_chances(dealt_by_lines(shelf, len(own), 10), protocol_hands(copies))


@pytest.mark.parametrize("world", WORLDS)
def test_tables_as_the_protocol(world: str) -> None:
    """Tables sort tickets; their hands have the same chances too."""
    shelf, candidates = deck_of(WORLDS[world])
    honest, key = np.ones(len(WORLDS[world]), np.int64), Stream(2).word_key
    hands = at_tables(np.arange(HANDS), shelf, len(candidates), honest, 1.0, 0, CARDS, key)

    assert_same_chances(hands, protocol_hands(candidates))


def test_the_bag_leaves_out_what_was_seen() -> None:
    """With cards seen, the kernels deal as the protocol does from the rest (leave_out)."""
    shelf, candidates = deck_of(WORLDS["small"])
    seen = np.isin(np.arange(len(candidates)), [0, 4])
    left = tuple(candidate for candidate in candidates if candidate.slot not in {0, 4})

    assert_same_chances(dealt_by_lines(shelf, len(candidates), 4, seen), protocol_hands(left))


def test_the_ring_of_shown_cards_turns() -> None:
    """`column` says which column of the ring is whose: what is hidden moves with it."""
    shelf, candidates = deck_of(WORLDS["small"])
    m = len(candidates)
    column = ((np.arange(m) + 3) % m).astype(np.int32)
    seen = np.ones((1, m), np.bool_)
    seen[0, column[5]] = False
    hand = by_lines(np.zeros(1, np.int32), shelf, seen, column, 0, CARDS, Stream(6).word_key)

    assert hand.tolist() == [[5, -1, -1]]


def test_a_ceiling_bounds_what_one_importer_brings() -> None:
    """Four of six organisers come by one importer: at most one card of a hand is hers."""
    shelf, _ = deck_of([[2]] * 6)
    shelf = shelf._replace(importer=np.array([7, 7, 7, 7, -1, -1], np.int32))
    shown, column = np.zeros((HANDS, 12), np.bool_), np.arange(12, dtype=np.int32)
    who = np.arange(HANDS, dtype=np.int32)
    hers = by_lines(who, shelf, shown, column, 1, CARDS, Stream(3).word_key) < 8

    assert (hers.sum(axis=1) == 1).mean() > 0.9
    assert hers.sum(axis=1).max() == 1


def test_a_table_deals_by_its_name_and_a_redraw_leaves_the_hand_out() -> None:
    """A table's hand depends on its name alone; its redraw has none of the first hand's cards."""
    shelf, _ = deck_of([[2, 2], [3], [1, 1, 1], [2]])
    names, honest, key = np.array([4, 9]), np.ones(4, np.int64), Stream(7).word_key
    first = at_tables(names, shelf, 12, honest, 1.0, 0, CARDS, key)
    second = at_tables(names, shelf, 12, honest, 1.0, 1, CARDS, key)
    alone = at_tables(names[1:], shelf, 12, honest, 1.0, 0, CARDS, key)

    assert (first[1] == alone[0]).all()
    assert (first[0] != first[1]).any()
    assert not set(first[0]) & set(second[0])


def test_grinding_gains_what_order_statistics_say() -> None:
    """Of 20 hosts one tried k names: it is in a hand of 3 with chance 1 - B, B that at least 3 of
    19 tickets are below the smallest of k uniform ones, which numpy estimates here by simulation of
    its own."""
    shelf, _ = deck_of([[1]] * 20)
    k, rng, key = 10, np.random.default_rng(8), Stream(9).word_key
    tries = np.ones(20, np.int64)
    tries[7] = k
    hands = at_tables(np.arange(HANDS), shelf, 20, tries, 1.0, 0, CARDS, key)
    mine, theirs = rng.random((20_000, k)).min(axis=1), rng.random((20_000, 19))
    expected = np.mean((theirs < mine[:, None]).sum(axis=1) < CARDS)
    unknown = at_tables(np.arange(HANDS), shelf, 20, tries, 0.0, 0, CARDS, key)

    assert np.mean((hands == 7).any(axis=1)) == pytest.approx(expected, abs=0.03)
    assert np.mean((unknown == 7).any(axis=1)) == pytest.approx(CARDS / 20, abs=0.03)

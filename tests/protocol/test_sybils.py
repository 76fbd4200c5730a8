"""Sybils against the vouched draw, with the walk that ships (tests/benchmarks/sybils.py)."""

from __future__ import annotations

import pytest

from potluck.protocol.identity import Identity, spoken_numbers
from tests.benchmarks.sybils import Town, deal_all, town


@pytest.fixture(scope="module")
def made() -> Town:
    return town(1)


def test_the_town_is_what_it_is_said_to_be(made: Town) -> None:
    assert 6.4 < made.degree < 6.8
    assert 0.28 < made.clustering < 0.32


def test_forty_thousand_sybils_get_at_most_two_cards_in_a_hundred(made: Town) -> None:
    found = deal_all(made, active=1.0)
    assert found.honest > 1_500
    assert found.share <= 0.02


def test_a_swapped_key_has_other_words() -> None:
    """Without a search, and among 2,000 keys that were searched through."""
    victim = spoken_numbers(Identity.from_seed(bytes(32)).key)
    for number in range(1, 2_000):
        other = spoken_numbers(Identity.from_seed(number.to_bytes(32, "big")).key)
        assert sum(one == two for one, two in zip(victim, other, strict=True)) < 3

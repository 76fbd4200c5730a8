"""Seeds of a day, of dice and of a friend's word."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.protocol import seed, witness
from potluck.protocol.errors import Invalid
from potluck.protocol.ticket import ticket, tickets
from tests.vectors.worlds import WORLDS, event

SECRET = bytes(range(32))
DECK = WORLDS["small"]
R = bytes([7]) * 32


def test_days_redraws_secrets_and_purposes_give_different_seeds() -> None:
    seeds = {
        seed.solo(SECRET, "2027-03-01"),
        seed.solo(SECRET, "2027-03-02"),
        seed.solo(SECRET, "2027-03-01", 1),
        seed.solo(bytes(32), "2027-03-01"),
        seed.table(SECRET, "2027-03-01"),
    }

    assert len(seeds) == 5
    assert {len(value) for value in seeds} == {32}


@pytest.mark.parametrize(
    ("secret", "date", "redraw"),
    [
        (bytes(31), "2027-03-01", 0),
        (SECRET, "2027-3-1", 0),
        (SECRET, "2027-13-01", 0),
        (SECRET, "01.03.2027", 0),
        (SECRET, "2027-03-01\n", 0),
        (SECRET, "٢٠٢٧-03-01", 0),
        (SECRET, "2027-03-01", -1),
        (SECRET, "2027-03-01", 2**32),
    ],
)
def test_a_day_that_cannot_be_is_refused(secret: bytes, date: str, redraw: int) -> None:
    with pytest.raises(Invalid):
        seed.solo(secret, date, redraw)


@pytest.mark.parametrize("rolls", [[], [0], [7], [1, 2, 2.5], [True], [1] * 1001])
def test_rolls_that_no_die_shows_are_refused(rolls: list[int]) -> None:
    with pytest.raises(Invalid):
        seed.dice(rolls)


@given(st.integers(1, 10**9))
def test_enough_rolls_carry_seven_bits_more_than_the_events_and_one_less_does_not(
    events: int,
) -> None:
    rolls = seed.rolls_needed(events)

    assert rolls * math.log2(6) >= math.log2(events) + 7 - 1e-9
    assert (rolls - 1) * math.log2(6) < math.log2(events) + 7


def test_a_deck_root_is_of_the_set_of_candidates() -> None:
    assert witness.deck_root([*reversed(DECK), *DECK]) == witness.deck_root(DECK)
    assert witness.deck_root(DECK[1:]) != witness.deck_root(DECK)


@pytest.mark.parametrize(
    "change",
    [{"series": "x"}, {"series": None}, {"source": "x"}, {"source": None}, {"id": bytes(32)}],
)
def test_a_deck_root_is_of_all_that_the_draw_takes_from_a_candidate(change: dict[str, Any]) -> None:
    candidate = event(0, 3, "library")

    assert witness.deck_root([candidate]) != witness.deck_root([replace(candidate, **change)])


def test_where_a_series_ends_and_a_source_begins_is_told() -> None:
    halves = [
        replace(event(0, 0), series=series, source=source)
        for series, source in [("ab", "c"), ("a", "bc"), ("abc", None), (None, "abc"), ("", "abc")]
    ]

    assert len({witness.told(one) for one in halves}) == len(halves)


def test_a_commitment_binds_deck_size_date_and_r() -> None:
    def commit(n: int = 3, date: str = "2027-03-01", r: bytes = R) -> bytes:
        return witness.commit(DECK, n, date, r)

    commitments = {
        commit(),
        commit(n=4),
        commit(date="2027-03-02"),
        commit(r=bytes(32)),
        witness.commit(DECK[1:], 3, "2027-03-01", R),
    }

    assert len(commitments) == 5
    assert commit() == witness.commit([*DECK, *DECK], 3, "2027-03-01", R)


def test_a_word_is_the_same_in_any_unicode_form_and_spacing() -> None:
    assert witness.word_digest(" Man\u0303ana\n") == witness.word_digest("Ma\u00f1ana")
    assert witness.word_digest("Mañana") != witness.word_digest("mañana")


@pytest.mark.parametrize("word", ["", "  ", "a\nb", "a\x00b", "x" * 201, "\ud800"])
def test_a_word_that_is_none_is_refused(word: str) -> None:
    with pytest.raises(Invalid):
        witness.word_digest(word)


def test_the_seed_depends_on_commitment_r_and_word() -> None:
    commitment = witness.commit(DECK, 3, "2027-03-01", R)
    seeds = {
        witness.seed(commitment, R, "soup"),
        witness.seed(commitment, R, "bread"),
        witness.seed(commitment, bytes(32), "soup"),
        witness.seed(bytes(32), R, "soup"),
    }

    assert len(seeds) == 4


@pytest.mark.parametrize(("n", "r"), [(3, bytes(31)), (-1, R), (2**32, R)])
def test_a_commitment_that_makes_no_sense_is_refused(n: int, r: bytes) -> None:
    with pytest.raises(Invalid):
        witness.commit([event(0, 0)], n, "2027-03-01", r)


def test_a_ticket_depends_on_seed_label_and_item() -> None:
    assert (
        len({ticket(bytes(32), "a", b"x"), ticket(SECRET, "a", b"x"), ticket(bytes(32), "b", b"x")})
        == 3
    )
    assert tickets(SECRET, "a")(b"x") == ticket(SECRET, "a", b"x")
    assert len(ticket(SECRET, "a", b"")) == 16

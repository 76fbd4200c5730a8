"""What a full deck and a full log keep."""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.protocol.deck import LEAST_CAP, Cut, Ranks, Register, keep, keep_log, largest_cap

RANKS = Ranks(bytes(range(32)))
NOBODY: list[Register] = []


def host(number: int) -> bytes:
    return blake2b(f"host-{number}".encode(), digest_size=32).digest()


def registers(sizes: list[int], first_host: int = 0) -> list[Register]:
    return [
        (host(first_host + number), slot)
        for number, size in enumerate(sizes)
        for slot in range(size)
    ]


def sizes(kept: set[Register]) -> Counter[bytes]:
    return Counter(host for host, _ in kept)


small_decks = st.lists(st.integers(1, 12), max_size=12).map(registers)


@given(st.lists(st.integers(0, 30), max_size=20), st.integers(0, 300))
def test_the_largest_cap_is_the_largest_that_fits(counts: list[int], room: int) -> None:
    cap = largest_cap(counts, room)

    assert sum(min(count, cap) for count in counts) <= room
    assert cap == max(counts, default=0) or sum(min(count, cap + 1) for count in counts) > room


@given(small_decks, st.integers(0, 150))
def test_a_deck_fits_its_room_whatever_the_order(deck: list[Register], room: int) -> None:
    kept = keep([deck], room, RANKS)

    assert len(kept.registers) <= room
    assert kept.registers <= set(deck)
    assert kept == keep([[*reversed(deck), *deck]], room, RANKS)
    assert len(deck) > room or kept.registers == set(deck)


@given(small_decks, st.integers(0, 150))
def test_repetition_changes_nothing(deck: list[Register], room: int) -> None:
    kept = keep([deck], room, RANKS).registers

    assert keep([kept], room, RANKS).registers == kept


@given(small_decks, st.integers(0, 100))
def test_hosts_are_left_out_only_when_a_cap_of_four_does_not_fit(
    deck: list[Register], room: int
) -> None:
    kept = keep([deck], room, RANKS)
    cut = kept.cuts[0]
    held = sizes(kept.registers)
    for key, size in sizes(set(deck)).items():
        if cut.leaves_out(RANKS.of_host(key)):
            assert held[key] == 0
        else:
            assert held[key] == min(size, size if cut.cap is None else cut.cap)
    if cut.threshold is not None:
        assert cut.cap == LEAST_CAP
        assert sum(min(size, LEAST_CAP) for size in sizes(set(deck)).values()) > room


@given(small_decks, st.lists(st.integers(1, 12), max_size=12), st.integers(0, 100))
def test_tables_come_before_the_rest_and_what_is_protected_always_stays(
    tables: list[Register], rest: list[int], room: int
) -> None:
    own = registers([3], first_host=100)
    kept = keep([tables, registers(rest, first_host=50)], room, RANKS, own).registers

    assert set(own) <= kept
    assert len(kept) <= max(room, len(own))
    assert kept & set(tables) == keep([tables], room, RANKS, own).registers - set(own)


def test_thirteen_keys_with_4096_registers_each_take_nothing_from_honest_hosts() -> None:
    honest = registers([1 + number % 7 for number in range(3_300)], first_host=13)
    flood = registers([4_096] * 13)

    kept = keep([flood + honest], 50_000, RANKS)

    assert set(honest) <= kept.registers
    assert kept.cuts == (Cut(cap=(50_000 - len(honest)) // 13),)


def test_which_hosts_are_left_out_is_uniform() -> None:
    """Chi-square over 40 hosts and 600 secrets: each is kept as often as any other."""
    deck = registers([4] * 40)
    held: Counter[bytes] = Counter()
    for number in range(600):
        held.update(host for host, _ in keep([deck], 80, Ranks(host(number))).registers)
    expected = 600 * 80 / 40

    # A host is kept whole (4 registers) or not, in half of the 600: variance 4^2 * 600 / 4.
    chi_square = sum((held[host(number)] - expected) ** 2 for number in range(40)) / (
        4**2 * 600 / 4
    )

    assert chi_square < 66  # 39 degrees of freedom: 0.4 % of secrets would go beyond


def test_which_registers_of_a_host_stay_is_uniform_and_not_by_slot() -> None:
    deck = registers([100])
    held: Counter[int] = Counter()
    for number in range(500):
        held.update(slot for _, slot in keep([deck], 20, Ranks(host(number))).registers)

    chi_square = sum((held[slot] - 100) ** 2 for slot in range(100)) / (500 * 0.2 * 0.8)

    assert chi_square < 139  # 99 degrees of freedom: 0.5 % go beyond


@given(small_decks, st.integers(60, 150), st.binary(min_size=32, max_size=32))
def test_a_log_keeps_the_smallest_slots_and_all_nodes_agree(
    deck: list[Register], room: int, secret: bytes
) -> None:
    kept = keep_log(deck, room, RANKS)

    assert kept == keep_log(deck, room, Ranks(secret))
    for key, size in sizes(kept.registers).items():
        assert {slot for host, slot in kept.registers if host == key} == set(range(size))


@pytest.mark.parametrize("room", [-5, 0])
def test_no_room_keeps_nothing(room: int) -> None:
    assert keep([registers([5, 5])], room, RANKS).registers == set()
    assert keep_log(NOBODY, room, RANKS).registers == set()

"""What a full deck and a full log keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.protocol.candidate import who
from potluck.protocol.eviction import (
    IMPORTER_SHARE,
    LEAST_CAP,
    Ranks,
    Register,
    keep,
    keep_log,
    largest_cap,
)

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


def keep_own(
    tiers: Sequence[Iterable[Register]],
    room: int,
    ranks: Ranks = RANKS,
    protected: Iterable[Register] = (),
) -> set[Register]:
    """What is kept if nothing is imported."""
    return keep(tiers, room, ranks, {}, protected)


small_decks = st.lists(st.integers(1, 12), max_size=12).map(registers)


@given(st.lists(st.integers(0, 30), max_size=20), st.integers(0, 300))
def test_the_largest_cap_is_the_largest_that_fits(counts: list[int], room: int) -> None:
    cap = largest_cap(counts, room)

    assert sum(min(count, cap) for count in counts) <= room
    assert cap == max(counts, default=0) or sum(min(count, cap + 1) for count in counts) > room


@given(small_decks, st.integers(0, 150))
def test_a_deck_fits_its_room_whatever_the_order(deck: list[Register], room: int) -> None:
    kept = keep_own([deck], room)

    assert len(kept) <= room
    assert kept <= set(deck)
    assert kept == keep_own([[*reversed(deck), *deck]], room)
    assert len(deck) > room or kept == set(deck)


@given(small_decks, st.integers(0, 150))
def test_repetition_changes_nothing(deck: list[Register], room: int) -> None:
    kept = keep_own([deck], room)

    assert keep_own([kept], room) == kept


@given(small_decks, st.integers(0, 100))
def test_hosts_are_left_out_only_when_a_cap_of_four_does_not_fit(
    deck: list[Register], room: int
) -> None:
    counts, held = sizes(set(deck)), sizes(keep_own([deck], room))
    cap = largest_cap(counts.values(), room)
    if cap >= LEAST_CAP or len(deck) <= room:
        assert held == {key: min(size, cap) for key, size in counts.items()}
        return
    ranked = sorted(counts, key=lambda key: RANKS.of_organiser(who(key, None)))
    whole = {key: min(size, LEAST_CAP) for key, size in counts.items()}

    assert held == {key: whole[key] for key in ranked[: len(held)]}
    assert sum(whole[key] for key in ranked[: len(held) + 1]) > room


@given(small_decks, st.lists(st.integers(1, 12), max_size=12), st.integers(0, 100))
def test_tables_come_before_the_rest_and_what_is_protected_always_stays(
    tables: list[Register], rest: list[int], room: int
) -> None:
    own = registers([3], first_host=100)
    kept = keep_own([tables, registers(rest, first_host=50)], room, protected=own)

    assert set(own) <= kept
    assert len(kept) <= max(room, len(own))
    assert kept & set(tables) == keep_own([tables], room, protected=own) - set(own)


def test_thirteen_keys_with_4096_registers_each_take_nothing_from_honest_hosts() -> None:
    honest = registers([1 + number % 7 for number in range(3_300)], first_host=13)
    flood = registers([4_096] * 13)

    kept = keep_own([flood + honest], 50_000)

    assert set(honest) <= kept
    cap = (50_000 - len(honest)) // 13
    assert len(kept) == len(honest) + 13 * cap


town_sizes = st.lists(st.integers(1, 9), min_size=1, max_size=9)


@given(small_decks, st.lists(town_sizes, min_size=1, max_size=3), st.integers(0, 150))
def test_an_importer_holds_at_most_an_eighth_of_a_full_deck(
    own: list[Register], towns: list[list[int]], room: int
) -> None:
    sources = {
        (host(200 + number), 100 * organiser + slot): f"organiser {organiser}"
        for number, town in enumerate(towns)
        for organiser, size in enumerate(town)
        for slot in range(size)
    }
    tables = [register for register in sources if register[1] % 2]
    kept = keep([tables, [*own, *sources]], room, RANKS, sources)
    held = sizes(kept & sources.keys())

    assert len(kept) <= room
    if len(own) + len(sources) <= room:
        assert kept == {*own, *sources}
    else:
        assert all(count <= room // IMPORTER_SHARE for count in held.values())


def test_an_importers_share_goes_to_its_organisers_alike() -> None:
    importer = host(1)
    sources = {
        (importer, 1_000 * organiser + slot): f"organiser {organiser}"
        for organiser, size in enumerate([300, 5, 5, 5])
        for slot in range(size)
    }
    kept = keep([[*registers([200], 9), *sources]], 400, RANKS, sources)
    organisers = Counter(sources[register] for register in kept & sources.keys())

    assert organisers == {"organiser 0": 35, **{f"organiser {n}": 5 for n in (1, 2, 3)}}


def test_an_organiser_has_one_cap_whoever_imports_it() -> None:
    """Eight importers of one calendar are one organiser with many copies."""
    sources = {(host(number), slot): "library" for number in range(8) for slot in range(50)}
    honest = registers([20] * 10, first_host=50)
    kept = keep([[*honest, *sources]], 400, RANKS, sources)

    assert set(honest) <= kept
    assert len(kept) == 400
    assert keep([[*honest, *sources]], 220, RANKS, sources) >= set(honest)


def test_which_hosts_are_left_out_is_uniform() -> None:
    """Chi-square over 40 hosts and 600 secrets: each is kept as often as any other."""
    deck = registers([4] * 40)
    held: Counter[bytes] = Counter()
    for number in range(600):
        held.update(host for host, _ in keep_own([deck], 80, Ranks(host(number))))
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
        held.update(slot for _, slot in keep_own([deck], 20, Ranks(host(number))))

    chi_square = sum((held[slot] - 100) ** 2 for slot in range(100)) / (500 * 0.2 * 0.8)

    assert chi_square < 139  # 99 degrees of freedom: 0.5 % go beyond


@given(small_decks, st.integers(60, 150), st.binary(min_size=32, max_size=32))
def test_a_log_keeps_the_smallest_slots_and_all_nodes_agree(
    deck: list[Register], room: int, secret: bytes
) -> None:
    kept = keep_log(deck, room, RANKS)

    assert kept == keep_log(deck, room, Ranks(secret))
    for key, size in sizes(kept).items():
        assert {slot for host, slot in kept if host == key} == set(range(size))


@pytest.mark.parametrize("room", [-5, 0])
def test_no_room_keeps_nothing(room: int) -> None:
    assert keep_own([registers([5, 5])], room) == set()
    assert keep_log(NOBODY, room, RANKS) == set()

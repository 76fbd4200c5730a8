"""
A deck and a log that are full: what is let go, what never is, and that nothing let go comes back.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from potluck.node.store import Bounds, JoinedTable, Met, Store
from potluck.node.store.eviction import purge
from potluck.protocol import link
from potluck.protocol.admission import Outcome, admit
from potluck.protocol.announcement import DAY, Place
from potluck.protocol.table import Table
from potluck.protocol.wire import SignedAnnouncement
from tests.builders import NETWORK, NOW, body, host, signed, source

ROOM = 100
CUT = ROOM - ROOM // 50
"""A full deck is cut to this; a few more may come after the last cut, up to ROOM."""

OWN = 9


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.sqlite", Bounds(ROOM, bytes(32), host(OWN).key)) as opened:
        yield opened


def offer(store: Store, one: SignedAnnouncement) -> Outcome:
    decision = admit(one, NETWORK, store.ledger, NOW, one.has_valid_signature)
    store.ledger.record(decision, NOW)
    return decision.outcome


def fill(store: Store, number: int, slots: range) -> None:
    for slot in slots:
        offer(store, signed(host(number), slot))
    store.ledger.flush().result()


def held_by(store: Store, number: int) -> int:
    found = store.database.row(
        "SELECT count(*) FROM register WHERE held AND host = ?", (host(number).key,)
    )
    assert found is not None
    return int(found[0])


async def test_a_full_deck_takes_from_the_host_with_most(store: Store) -> None:
    fill(store, 1, range(90))
    fill(store, 2, range(9))
    fill(store, 3, range(20))

    assert held_by(store, 2) == 9
    assert held_by(store, 3) == 20
    assert (await store.deck.counts()).held <= ROOM


async def test_what_is_let_go_stays_in_the_log(store: Store) -> None:
    fill(store, 1, range(120))
    counts = await store.deck.counts()

    assert CUT <= counts.held <= ROOM
    assert counts.log == 120
    let_go = [slot for slot in range(120) if store.deck.encoded_of(host(1).key, slot) is None]
    assert len(let_go) == 120 - counts.held
    assert offer(store, signed(host(1), let_go[0])) is Outcome.SEEN
    assert offer(store, signed(host(1), let_go[0], revision=1)) is Outcome.FRESH
    assert len(await store.deck.sync_items(NOW)) == 120


async def test_own_and_kept_announcements_are_never_let_go(store: Store) -> None:
    fill(store, OWN, range(60))
    fill(store, 1, range(30))
    for slot in range(30):
        await store.choices.choose(host(1).key, slot, kept=True, now=NOW)
    fill(store, 2, range(50))

    assert (held_by(store, OWN), held_by(store, 1)) == (60, 30)
    assert CUT - 90 <= held_by(store, 2) <= ROOM - 90


async def test_what_somebody_announces_whom_one_met_is_never_let_go(store: Store) -> None:
    await store.trust.meet(Met(host(1).key, "", NOW, NOW + DAY))
    for number in (1, 2, 3):
        fill(store, number, range(60))

    assert held_by(store, 1) == 60


async def test_a_full_deck_is_cut_a_little_below_its_bound(store: Store) -> None:
    fill(store, 1, range(ROOM + 1))

    assert held_by(store, 1) == CUT


async def test_what_a_table_may_deal_is_let_go_last(store: Store) -> None:
    lisbon = Table("pub", bytes(32), "Europe/Lisbon", 38.7, -9.1, 25, 7)
    await store.choices.join_table(JoinedTable("pub", link.format_table(lisbon), is_default=False))
    for slot in range(80):
        there = body(place=Place("Here", None, 38.71, -9.12))
        offer(store, signed(host(1), slot, what=there))
    fill(store, 2, range(60))

    assert held_by(store, 1) == 80
    assert CUT - 80 <= held_by(store, 2) <= ROOM - 80


async def test_who_imports_keeps_an_eighth_of_a_full_deck(store: Store) -> None:
    for slot in range(80):
        imported = body(source=source(f"Organiser {slot}", host(1)))
        offer(store, signed(host(1), slot, what=imported))
    fill(store, 2, range(60))

    assert 0 < held_by(store, 1) <= ROOM // 8
    assert held_by(store, 2) > ROOM // 2


async def test_a_table_that_looks_far_is_measured_and_not_covered_with_cells(store: Store) -> None:
    for name, km in (("pub", 25.0), ("world", 9_000.0)):
        table = Table(name, bytes(32), "Europe/Lisbon", 38.7, -9.1, km, 7)
        await store.choices.join_table(
            JoinedTable(name, link.format_table(table), is_default=False)
        )
    sydney = Place("Sydney", None, -33.9, 151.2)
    for slot in range(60):
        offer(store, signed(host(1), slot))  # in Berlin
    fill(store, 2, range(10))
    for slot in range(60):
        offer(store, signed(host(3), slot, what=body(place=sydney)))

    assert held_by(store, 1) == 60
    assert held_by(store, 3) < 60


async def test_what_is_just_beyond_a_table_is_let_go(store: Store) -> None:
    table = Table("pub", bytes(32), "Europe/Lisbon", 38.7, -9.1, 25, 7)
    await store.choices.join_table(JoinedTable("pub", link.format_table(table), is_default=False))
    beyond = body(place=Place("Beyond", None, 38.7, -8.76))  # 29.6 km
    for slot in range(80):
        offer(store, signed(host(1), slot, what=beyond))
    fill(store, 2, range(60))

    assert held_by(store, 1) < 80


async def test_a_full_log_keeps_the_smallest_slots_and_remembers_the_rest(store: Store) -> None:
    fill(store, OWN, range(5))
    fill(store, 1, range(500))

    assert held_by(store, OWN) == 5
    assert 4 * CUT <= (await store.deck.counts()).log <= 4 * ROOM
    floor = store.ledger.floor(host(1).key)
    assert floor is not None
    assert 4 * CUT <= floor.slot <= 4 * ROOM
    assert floor.until == NOW + 31 * DAY
    assert offer(store, signed(host(1), floor.slot)) is Outcome.OVER_LIMIT
    assert offer(store, signed(host(1), floor.slot, revision=1)) is Outcome.OVER_LIMIT
    assert offer(store, signed(host(1), floor.slot - 1)) is Outcome.SEEN


async def test_a_clock_that_leaps_a_year_ahead_costs_a_day_of_events_at_most(store: Store) -> None:
    fill(store, 1, range(10))
    await store.upkeep.purge(NOW)
    await store.upkeep.purge(NOW + 365 * DAY)
    assert held_by(store, 1) == 10

    await store.upkeep.purge(NOW + 60)
    for day in range(32):
        await store.upkeep.purge(NOW + day * DAY)
    assert held_by(store, 1) == 0


def purge_at(store: Store, now: int) -> None:
    store.database.submit(partial(purge, now=now)).result()


async def test_the_log_remembers_a_day_longer_than_the_deck_since_clocks_differ(
    store: Store,
) -> None:
    fill(store, 1, range(1))
    for after, log in ((0, 1), (DAY - 1, 1), (DAY, 0)):
        purge_at(store, NOW + 31 * DAY + after)
        counts = await store.deck.counts()
        assert (counts.held, counts.log) == (0, log)


def test_what_was_refused_and_the_floors_are_forgotten_once_all_of_it_expired(
    store: Store,
) -> None:
    fill(store, 1, range(500))
    offer(store, signed(host(2), 1, revision=1))
    assert offer(store, signed(host(2), 1)) is Outcome.SUPERSEDED
    store.ledger.flush().result()
    for now, rows in ((NOW, 1), (NOW + 32 * DAY, 0)):
        purge_at(store, now)
        for table in ("floor", "refused"):
            found = store.database.row(f"SELECT count(*) > 0 FROM {table}")
            assert found == (rows,), table

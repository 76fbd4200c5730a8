"""Reading what is held: candidates of a draw, lists, ids by their beginning, items for sync."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from potluck.node.geography.distance import cell, cells_within
from potluck.node.replication.intake import Intake
from potluck.node.store import Bounds, Counts, Entry, Facts, Order, Position, Store, Within, deck
from potluck.node.store.connection import Bindings, Row
from potluck.node.store.rows import register_row, slot_key, slot_of
from potluck.protocol.announcement import DAY, Body, Place, Status
from potluck.protocol.errors import NotFound, Refused
from potluck.protocol.items import Items
from potluck.protocol.wire import SignedAnnouncement
from tests.builders import NETWORK, NOW, bodies, body, host, signed, source

BERLIN = (52.52, 13.405)
AROUND = cells_within(BERLIN, 25)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.sqlite", Bounds(50_000, bytes(32), host(9).key)) as opened:
        yield opened


async def keep(store: Store, *announcements: SignedAnnouncement) -> None:
    await Intake(NETWORK, store, lambda: NOW).announce_many(announcements)


def titles(entries: list[Entry]) -> list[str]:
    return sorted(entry.title for entry in entries)


def event(
    title: str, slot: int, spot: tuple[float, float] | None = BERLIN, **fields: Any
) -> SignedAnnouncement:
    status = fields.pop("status", Status.SCHEDULED)
    place = Place("Here", None, *spot) if spot else None
    return signed(slot=slot, status=status, what=body(title, place=place, **fields))


async def test_candidates_are_near_and_within_the_dates(store: Store) -> None:
    await keep(
        store,
        event("in", 1),
        event("far", 2, (48.1, 11.5)),
        event("nowhere", 3, None),
        event("too early", 4, start=NOW - 1),
        event("too late", 5, start=NOW + 15 * DAY),
        event("cancelled", 6, status=Status.CANCELLED),
        event("postponed", 7, status=Status.POSTPONED, start=NOW + 2 * DAY),
        event("postponed, who knows until when", 8, status=Status.POSTPONED, start=None),
    )
    near = store.deck.candidates(AROUND, NOW, NOW + 14 * DAY)
    everywhere = store.deck.candidates(None, NOW, NOW + 14 * DAY)

    assert titles(near) == ["in", "postponed"]
    assert titles(everywhere) == ["far", "in", "nowhere", "postponed"]


async def test_what_may_lie_around_is_read_too(store: Store) -> None:
    async def found(km: float, uncertainty: int) -> bool:
        """Whether it is read, though its coordinates are that far away."""
        where = Place("Somewhere", None, BERLIN[0] + km / 111.2, BERLIN[1], uncertainty)
        await keep(store, signed(slot=int(km), what=body(place=where)))
        entries = store.deck.candidates(cells_within(BERLIN, 5), NOW, NOW + 14 * DAY)
        return any(entry.slot == int(km) for entry in entries)

    assert await found(24, 20_000)
    assert await found(30, 25_000)
    assert not await found(150, 25_000)
    assert await found(900, 900_000)


async def test_a_draw_by_place_reads_only_that_place(store: Store) -> None:
    cells = [apsw.carray(array("q", AROUND))] * 2
    plan = store.database.rows(f"EXPLAIN QUERY PLAN {deck._IN_CELLS}", (NOW, NOW + DAY, *cells))

    for index in ("register_by_place", "register_uncertain"):
        assert any(f"{index} (cell=? AND start>? AND start<?)" in step[3] for step in plan)
    assert any("register_anywhere (start>? AND start<?)" in step[3] for step in plan)
    assert not any(step[3].startswith("SCAN register") for step in plan)


@settings(max_examples=50)
@given(bodies())
def test_a_row_says_what_the_body_says(what: Body) -> None:
    row = register_row(1, signed(slot=7, what=what))
    assert row[:3] == (1, host().key, slot_key(7))
    start, end, all_day, index, lat, lon, uncertainty, title, series, source, packed, _ = row[9:]

    assert (start, end, bool(all_day), title) == (what.start, what.ends, what.all_day, what.title)
    assert series == what.series
    assert source == (what.source.id if what.source else None)
    place = what.place
    where = (place.lat, place.lon, place.uncertainty) if place else (None, None, None)
    assert (lat, lon, uncertainty) == where
    assert index == (None if lat is None else cell((lat, lon)))
    said = what.tz, what.topics, what.lang, what.price, what.capacity, dict(what.access)
    assert Facts.unpack(packed) == Facts(*said)


@given(st.integers(0, (1 << 64) - 1), st.integers(0, (1 << 64) - 1))
def test_slots_keep_their_order(one: int, other: int) -> None:
    assert slot_of(slot_key(one)) == one
    assert (slot_key(one) < slot_key(other)) == (one < other)
    assert -(1 << 63) <= slot_key(one) < 1 << 63


async def test_an_entry_carries_what_a_draw_needs(store: Store) -> None:
    told = body(
        series="Soups",
        source=source("cal", name="Cal"),
        topics=("food",),
        price="free",
        access={"quiet": False},
    )
    ours = signed(slot=(1 << 64) - 1, what=told)
    await keep(store, ours)
    (entry,) = store.deck.candidates(AROUND, NOW, NOW + DAY)

    assert entry == store.deck.entry(host().key, (1 << 64) - 1)
    assert (entry.host, entry.slot, entry.id) == (host().key, (1 << 64) - 1, ours.id)
    assert (entry.series, entry.source) == ("Soups", "cal")
    assert entry.facts == Facts("Europe/Berlin", ("food",), None, "free", None, {"quiet": False})


WEEK = Within(NOW, NOW + 7 * DAY)


async def pages(
    store: Store, within: Within = WEEK, order: Order = Order.TIME, limit: int = 2
) -> list[str]:
    """The titles of a list, read page by page."""
    found: list[Entry] = []
    while page := store.deck.page(within, order, Position.of(found[-1]) if found else None, limit):
        assert len(page) <= limit
        found += page
    return [entry.title for entry in found]


async def test_lists_have_two_orders_and_pages(store: Store) -> None:
    await keep(
        store,
        event("beta", 1, start=NOW + 1),
        event("Alpha", 2, start=NOW + 2),
        event("gamma", 3, start=NOW + 3, status=Status.CANCELLED),
        event("Delta", 5, None, start=NOW + 3),
        event("next month", 6, start=NOW + 30 * DAY),
        signed(slot=4, status=Status.WITHDRAWN),
    )

    assert await pages(store) == ["beta", "Alpha", "Delta", "gamma"]
    assert await pages(store, order=Order.ALPHABET) == ["Alpha", "beta", "Delta", "gamma"]


@pytest.mark.parametrize("many", [0, 2_000])
async def test_a_list_around_a_place_is_the_same_by_either_index(
    store: Store, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deck, "MANY", many)
    around = Within(NOW, NOW + 7 * DAY, AROUND)
    await keep(
        store,
        *(event(f"near {slot}", slot, start=NOW + slot // 2) for slot in range(5)),
        event("far", 5, (48.1, 11.5)),
    )

    assert await pages(store, around) == [f"near {slot}" for slot in range(5)]
    assert await pages(store, around, Order.ALPHABET, 9) == [f"near {slot}" for slot in range(5)]


async def test_a_page_by_time_reads_no_more_than_it_shows(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan: list[Row] = []
    rows = store.database.rows

    def explained(query: str, bindings: Bindings) -> list[Row]:
        plan.extend(rows(f"EXPLAIN QUERY PLAN {query}", bindings))
        return []

    monkeypatch.setattr(store.database, "rows", explained)
    store.deck.page(WEEK, Order.TIME, Position(False, NOW, "t", b""), 5)

    assert any("register_by_time (start>? AND start<?)" in step[3] for step in plan)
    assert not any("TEMP B-TREE FOR ORDER BY" in step[3] for step in plan)


async def test_words_are_looked_for_in_a_list(store: Store) -> None:
    await keep(
        store,
        event("Café Zürich", 1, topics=("jazz",)),
        event("Tea", 2, source=source("cal", name="Züricher Kalender")),
        event("Tea at 100%", 3),
    )

    async def found(words: str) -> list[str]:
        return await pages(store, Within(NOW, NOW + 7 * DAY, words=words))

    assert await found("ZURICH") == ["Café Zürich", "Tea"]
    assert await found("jazz cafe") == ["Café Zürich"]
    assert await found("100%") == ["Tea at 100%"]
    assert await found("nothing") == []


async def test_a_host_lists_its_own_before_what_it_imported(store: Store) -> None:
    imported = source("cal", name="Cal")
    await keep(
        store,
        event("imported, early", 1, start=NOW + 1, source=imported),
        event("own, late", 2, start=NOW + 9),
        event("own, who knows when", 3, start=None, status=Status.POSTPONED),
        event("own, early", 4, start=NOW + 2),
        signed(host(1), 1),
    )
    found: list[Entry] = []
    while page := store.deck.page_of_host(
        host().key, after=Position.of(found[-1]) if found else None, limit=3
    ):
        found += page

    assert [entry.title for entry in found] == [
        "own, early",
        "own, late",
        "own, who knows when",
        "imported, early",
    ]
    assert titles(store.deck.page_of_host(host().key, "early")) == [
        "imported, early",
        "own, early",
    ]


async def test_an_id_is_found_by_its_beginning(store: Store) -> None:
    old, new = signed(slot=1), signed(slot=1, revision=1)
    await keep(store, old, new, signed(slot=2))

    assert store.deck.find(new.id.hex()[:12].upper()) == new.id
    assert store.deck.find(old.id.hex()) == new.id, "an old id finds the latest revision"
    for nonsense in ("0123456789abcdef", "no id", "abc", "", "é" * 8):
        with pytest.raises(NotFound, match="potluck list"):
            store.deck.find(nonsense)


async def test_a_beginning_that_fits_several_is_refused(store: Store) -> None:
    await keep(store, *(signed(slot=slot) for slot in range(2)))
    twin = b"\x12\x34" + bytes(30)
    for last, slot in enumerate((0, 1)):
        sql = "UPDATE register SET id = ? WHERE slot = ?"
        await store.database.change(sql, (twin[:-1] + bytes([last]), slot_key(slot)))

    with pytest.raises(Refused, match="give more of it"):
        store.deck.find("1234")
    assert store.deck.find(twin.hex()) == twin


async def test_counts_and_items(store: Store) -> None:
    one, two, short = (
        signed(slot=1),
        signed(host(1), 1, revision=3, issued_at=NOW - 5),
        signed(slot=2, expires_at=NOW + 10),
    )
    await keep(store, one, two, short)

    assert await store.deck.counts() == Counts(held=3, hosts=2, log=3)
    items = await store.deck.sync_items(NOW + 10)
    assert list(items.ids(0, len(items))) == [two.id, one.id]
    assert isinstance(items, Items)
    assert store.deck.encoded_many([one.id, bytes(32)]) == {one.id: one.encoded}
    assert store.deck.encoded_of(host(1).key, 1) == two.encoded
    assert store.deck.hosts(host(1).key.hex()) == [host(1).key]
    assert store.deck.of_host(host().key) == [one.encoded, short.encoded]


async def test_everything_is_read_page_by_page(store: Store) -> None:
    all_of_it = [signed(slot=slot) for slot in range(1_100)]
    await keep(store, *all_of_it)

    assert list(store.deck.everything()) == [one.encoded for one in all_of_it]

"""
What the store remembers for the person and of the network: hands, bag, receipts, choices, peers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from potluck.node.store import (
    Ban,
    Block,
    Bounds,
    FrozenCard,
    FrozenHand,
    HandKey,
    JoinedTable,
    KnownPeer,
    Store,
)
from tests.builders import NOW, host

KEY = HandKey("2026-11-18", "", 0, b"filters")
CARDS = (
    FrozenCard(host(1).key, (1 << 64) - 1, bytes(32), b"soup", {"odds": {"organisers": 37}}),
    FrozenCard(host(2).key, 5, bytes(32), b"choir", {"wild": True}),
)
HAND = FrozenHand(KEY, NOW, bytes(32), CARDS, {"eligible": 40})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


def opened(path: Path) -> Store:
    return Store(path, Bounds(50_000, bytes(32), host().key))


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with opened(path) as one:
        yield one


async def test_a_hand_is_frozen_at_the_first_look(path: Path) -> None:
    with opened(path) as store:
        assert store.hands.hand(KEY) is None
        assert await store.hands.freeze(HAND) == HAND
        assert await store.hands.freeze(replace(HAND, cards=CARDS[:1], drawn_at=NOW + 9)) == HAND
    with opened(path) as store:
        assert store.hands.hand(KEY) == HAND


async def test_each_day_table_redraw_and_filter_has_its_hand(store: Store) -> None:
    keys = [
        KEY,
        replace(KEY, day="2026-11-19"),
        replace(KEY, table="pub"),
        replace(KEY, redraw=1),
        replace(KEY, filters=b"others"),
    ]
    for number, key in enumerate(keys):
        await store.hands.freeze(replace(HAND, key=key, drawn_at=number))

    hands = [store.hands.hand(key) for key in keys]
    assert [hand and hand.drawn_at for hand in hands] == list(range(5))
    assert [hand.key for hand in store.hands.of_day(KEY.day, "")] == [KEY, *keys[3:]]
    assert [hand.key for hand in store.hands.of_day(KEY.day, "pub")] == [keys[2]]


async def test_what_was_shown_enters_the_bag_at_the_days_end(store: Store) -> None:
    await store.hands.freeze(HAND)

    assert store.hands.bag("2026-11-18") == frozenset()
    assert store.hands.bag("2026-11-19") == {b"soup", b"choir"}
    assert {card.event for card in CARDS} == store.hands.bag("2026-11-19")
    await store.hands.empty_bag("2026-11-19")
    assert store.hands.bag("2026-11-20") == frozenset()


async def test_what_was_put_back_stays_out_of_the_bag_until_it_is_shown_again(store: Store) -> None:
    assert not await store.hands.put_back(b"soup")
    await store.hands.freeze(replace(HAND, key=replace(KEY, table="pub")))
    assert not await store.hands.put_back(b"soup")  # a table's hands do not enter the bag
    await store.hands.freeze(HAND)
    assert await store.hands.put_back(b"soup")

    assert store.hands.returned("2026-11-18") == [b"soup"]
    assert store.hands.bag("2026-11-19") == {b"choir"}
    await store.hands.freeze(replace(HAND, key=replace(KEY, day="2026-11-19")))
    assert store.hands.returned("2026-11-19") == []
    assert store.hands.bag("2026-11-20") == {b"soup", b"choir"}
    assert await store.hands.put_back(b"soup")
    assert await store.hands.take_out(b"soup")
    assert store.hands.bag("2026-11-20") == {b"soup", b"choir"}
    assert not await store.hands.take_out(b"soup")


async def test_cards_are_kept_skipped_and_forgotten(store: Store) -> None:
    await store.choices.choose(host(1).key, 5, kept=True, now=NOW)
    await store.choices.choose(host(1).key, (1 << 64) - 1, kept=True, now=NOW + 1)
    await store.choices.choose(host(2).key, 5, kept=False, now=NOW)

    assert store.choices.kept() == [(host(1).key, (1 << 64) - 1), (host(1).key, 5)]
    assert store.choices.skipped() == [(host(2).key, 5)]
    await store.choices.choose(host(1).key, 5, kept=False, now=NOW + 2)
    assert await store.choices.forget(host(2).key, 5)
    assert not await store.choices.forget(host(2).key, 5)
    assert store.choices.skipped() == [(host(1).key, 5)]


BLOCKS = [
    Block("host", host(1).key, why="spam", at=NOW),
    Block("source", host(1).key, "Library", warns=True),
    Block("word", text="noise"),
]


async def test_filters_tables_blocks_and_notes_are_remembered(path: Path) -> None:
    with opened(path) as store:
        await store.choices.save_filters("weekend", "{}")
        await store.choices.save_filters("weekend", '{"days": 2}')
        await store.choices.join_table(JoinedTable("pub", "potluck:table?n=pub", is_default=True))
        for block in BLOCKS:
            await store.trust.block(replace(block, why="another"))
            await store.trust.block(block)
        await store.choices.note("watched", "[]")
    with opened(path) as store:
        assert store.choices.filters() == {"weekend": '{"days": 2}'}
        assert store.choices.tables() == [
            JoinedTable("pub", "potluck:table?n=pub", is_default=True)
        ]
        assert store.trust.blocks() == BLOCKS
        assert (store.choices.noted("watched"), store.choices.noted("other")) == ("[]", None)

        assert await store.choices.forget_filters("weekend")
        assert await store.choices.leave_table("pub")
        for block in BLOCKS:
            assert await store.trust.unblock(block)
            assert not await store.trust.unblock(block)
        assert (store.choices.filters(), store.choices.tables()) == ({}, [])
        assert not store.trust.blocks()


async def test_peers_and_bans_outlive_restarts(path: Path) -> None:
    friend = KnownPeer("12D3a", ("/ip4/10.0.0.1/tcp/1",), b"record", NOW, None, 2)
    bans = [
        Ban("peer", "12D3b", NOW + 9, "bad signatures"),
        Ban("range", "10.1.0.0/24", NOW + 99, "flood"),
    ]
    with opened(path) as store:
        await store.peers.remember([replace(friend, failures=1)])
        await store.peers.remember([friend])
        for ban in bans:
            await store.peers.ban(ban, NOW)
    with opened(path) as store:
        assert store.peers.peer("12D3a") == friend
        assert store.peers.all() == [friend]
        assert store.peers.bans(NOW) == bans
        assert store.peers.bans(NOW + 9) == bans[1:]
        await store.peers.ban(bans[1], NOW + 99)
        assert store.peers.bans(NOW) == bans[1:], "what ends earlier was forgotten"
        assert await store.peers.unban("range", "10.1.0.0/24")
        assert not await store.peers.unban("range", "10.1.0.0/24")
        await store.peers.forget("12D3a")
        assert store.peers.peer("12D3a") is None

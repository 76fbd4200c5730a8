"""
What events said before: kept a few each, for a while, and never beyond what the host wants known.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import apsw
import pytest

from potluck.node.store import Bounds, Store
from potluck.node.store import revisions as past
from potluck.node.store.eviction import purge
from potluck.node.store.schema import STEPS, migrate
from potluck.protocol import wire
from potluck.protocol.admission import admit
from potluck.protocol.announcement import DAY, Status
from potluck.protocol.wire import SignedAnnouncement
from tests.builders import NETWORK, NOW, host, signed

ROOM = 100


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.sqlite", Bounds(ROOM, bytes(32), host(9).key)) as opened:
        yield opened


def offer(store: Store, *announcements: SignedAnnouncement) -> None:
    for one in announcements:
        decision = admit(one, NETWORK, store.ledger, NOW, one.has_valid_signature)
        store.ledger.record(decision, NOW)
        store.ledger.flush().result()


def revisions(store: Store, slot: int = 1) -> list[int]:
    found = store.deck.superseded(host(1).key, slot)
    return [wire.decode(encoded).announcement.revision for encoded in found]


def test_what_is_replaced_is_remembered_and_is_no_part_of_the_deck(store: Store) -> None:
    offer(store, *(signed(host(1), 1, revision=number) for number in (0, 1, 4)), signed(host(2), 1))

    assert revisions(store) == [0, 1]
    assert store.deck.superseded(host(2).key, 1) == []
    assert store.deck.encoded(signed(host(1), 1, revision=1).id) is None


async def test_it_is_neither_counted_nor_told_to_others(store: Store) -> None:
    offer(store, signed(host(1), 1), signed(host(1), 1, revision=1))

    counts = await store.deck.counts()
    assert (counts.held, counts.log) == (1, 1)
    assert len(await store.deck.sync_items(NOW)) == 1
    assert len(list(store.deck.everything())) == 1


def test_an_old_copy_that_comes_late_was_never_held_and_is_not_remembered(store: Store) -> None:
    offer(store, signed(host(1), 1, revision=3), signed(host(1), 1, revision=2))

    assert revisions(store) == []


def test_only_the_last_few_of_an_event_stay(store: Store) -> None:
    offer(store, *(signed(host(1), 1, revision=number) for number in range(9)))

    assert revisions(store) == [3, 4, 5, 6, 7]


def test_only_so_many_stay_in_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "_FORGET_OLDEST", past._FORGET_OLDEST.replace("20000", "3"))
    offer(store, *(signed(host(1), slot, revision=each) for slot in range(3) for each in range(3)))

    assert [revisions(store, slot) for slot in range(3)] == [[], [1], [0, 1]]


def test_a_host_that_withdraws_takes_back_what_it_said_before(store: Store) -> None:
    gone = signed(host(1), 1, revision=2, status=Status.WITHDRAWN)
    offer(store, signed(host(1), 1), signed(host(1), 1, revision=1), gone)

    assert revisions(store) == []


async def test_it_goes_with_its_event_when_that_expires(store: Store) -> None:
    for slot, days in ((1, 3), (2, 9)):
        offer(
            store,
            *(signed(host(1), slot, revision=each, expires_at=NOW + days * DAY) for each in (0, 1)),
        )
    store.database.submit(partial(purge, now=NOW + 4 * DAY)).result()

    assert (revisions(store, 1), revisions(store, 2)) == ([], [0])


def test_it_goes_with_its_event_when_the_deck_is_full(store: Store) -> None:
    offer(store, *(signed(host(1), slot, revision=each) for slot in range(60) for each in (0, 1)))
    offer(store, *(signed(host(2), slot) for slot in range(60)))

    held = [slot for slot in range(60) if store.deck.encoded_of(host(1).key, slot)]
    assert len(held) < 60
    assert [slot for slot in range(60) if revisions(store, slot)] == held


def test_a_store_of_the_first_release_learns_to_remember(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    old = apsw.Connection(str(path))
    migrate(old, STEPS[:1])
    old.close()
    with Store(path, Bounds(ROOM, bytes(32), host(9).key)) as store:
        offer(store, signed(host(1), 1), signed(host(1), 1, revision=1))

        assert revisions(store) == [0]

"""The stored ledger decides as the one in memory does, whatever is on its way to the disk."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from potluck.node.store import Bounds, Store, jobs, overlay
from potluck.node.store import ledger as stored
from potluck.node.store.eviction import purge
from potluck.protocol import admission
from potluck.protocol.admission import Outcome, admit
from potluck.protocol.announcement import DAY, Status
from potluck.protocol.wire import decode
from tests.builders import NETWORK, NOW, host, signed
from tests.protocol.memory_ledger import MemoryLedger

BOUNDS = Bounds(1_000_000, bytes(32), host(9).key)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.sqlite", BOUNDS) as opened:
        yield opened


def offer(store: Store, encoded: bytes, now: int = NOW) -> admission.Admission:
    signed = decode(encoded)
    decision = admit(signed, NETWORK, store.ledger, now, signed.has_valid_signature)
    store.ledger.record(decision, now)
    return decision


def live_ids(store: Store, now: int) -> set[bytes]:
    store.ledger.flush().result()
    return {
        id for (id,) in store.database.rows("SELECT id FROM register WHERE expires_at > ?", (now,))
    }


class LedgerMachine(RuleBasedStateMachine):
    """Offers in any order, commits, purges and restarts at any time, while the clock goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(admission, "MAX_REGISTERS", 3)
        self.patch.setattr(stored, "MAX_OVERLAY", 6)
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "store.sqlite"
        self.store = Store(self.path, BOUNDS)
        self.model = MemoryLedger(NETWORK)
        self.now = NOW

    @rule(
        number=st.integers(0, 1),
        slot=st.integers(0, 5),
        revision=st.integers(0, 2),
        status=st.sampled_from([Status.SCHEDULED, Status.CANCELLED, Status.WITHDRAWN]),
    )
    def offer(self, number: int, slot: int, revision: int, status: Status) -> None:
        # An honest host's expiry never decreases from revision to revision.
        expires_at = NOW + (20 * (slot % 2) + 2 * revision + 3) * DAY
        offered = signed(
            host(number), slot, revision=revision, status=status, expires_at=expires_at
        )
        expected = self.model.offer(offered.encoded, self.now)

        assert offer(self.store, offered.encoded, self.now) == expected

    @rule(hours=st.integers(1, 60))
    def wait(self, hours: int) -> None:
        self.now += hours * 3600

    @rule()
    def commit(self) -> None:
        self.store.ledger.flush().result()

    @rule()
    def purge(self) -> None:
        self.store.ledger.flush().result()
        self.store.database.submit(partial(purge, now=self.now)).result()
        # A winner need not be remembered for longer than a day after it expired.
        self.model.forget(self.now - DAY)

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = Store(self.path, BOUNDS)

    @invariant()
    def remembers_the_same(self) -> None:
        for register, head in self.model.heads.items():
            if head.expires_at > self.now:
                assert self.store.ledger.head(*register) == head

    def teardown(self) -> None:
        try:
            assert live_ids(self.store, self.now) == self.model.held(self.now)
        finally:
            self.store.close()
            self.folder.cleanup()
            self.patch.undo()


LedgerMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
test_decides_as_in_memory = LedgerMachine.TestCase


def test_what_is_on_its_way_to_the_disk_counts_already(store: Store) -> None:
    first, second = signed(slot=1), signed(slot=1, revision=1)

    assert offer(store, second.encoded).outcome is Outcome.FRESH
    assert offer(store, second.encoded).outcome is Outcome.SEEN
    assert offer(store, first.encoded).outcome is Outcome.SUPERSEDED
    assert offer(store, first.encoded).outcome is Outcome.SEEN


def test_a_host_at_its_limit_drops_its_largest_slot(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "MAX_REGISTERS", 3)
    for slot in (10, 30, 20):
        offer(store, signed(slot=slot).encoded)

    assert offer(store, signed(slot=40).encoded).outcome is Outcome.OVER_LIMIT
    assert offer(store, signed(slot=15).encoded).dropped_slot == 30
    store.ledger.flush().result()
    assert offer(store, signed(slot=5).encoded).dropped_slot == 20
    assert live_ids(store, NOW) == {signed(slot=slot).id for slot in (5, 10, 15)}


def test_what_is_on_its_way_counts_when_hosts_are_counted_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "MAX_REGISTERS", 3)
    monkeypatch.setattr(jobs, "LINGER", 60.0)
    for slot in (10, 20):
        offer(store, signed(slot=slot).encoded)
    store.ledger._hosts_changed.set()  # as after a cut of the log
    outcomes = [offer(store, signed(slot=slot).encoded).outcome for slot in (30, 40)]

    assert outcomes == [Outcome.FRESH, Outcome.OVER_LIMIT]


def test_refused_ids_are_remembered_up_to_a_number(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlay, "MAX_REFUSED", 2)
    offer(store, signed(slot=1, revision=9).encoded)
    old = [signed(slot=1, revision=revision) for revision in range(3)]
    for one in old:
        offer(store, one.encoded)
        store.ledger.flush().result()

    assert [store.ledger.knows(one.id) for one in old] == [False, True, True]

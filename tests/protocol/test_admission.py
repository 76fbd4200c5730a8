from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from potluck.protocol import admission, authoring, canonical, wire
from potluck.protocol.admission import Admission, Floor, Outcome
from potluck.protocol.announcement import DAY, Announcement, Source, Status
from potluck.protocol.errors import Refused, RemoteError
from potluck.protocol.network import Network
from potluck.protocol.wire import SignedAnnouncement
from tests.builders import NETWORK, NOW, author, body, host, signed, source_stamp
from tests.protocol.memory_ledger import MemoryLedger
from tests.vectors import generate_admission


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger(NETWORK)


def test_the_decisions_of_the_vectors() -> None:
    assert (
        json.loads(generate_admission.FILE.read_text(encoding="utf-8"))
        == generate_admission.vectors()
    )


def test_what_is_new_is_kept_once(ledger: MemoryLedger) -> None:
    encoded = signed().encoded

    assert ledger.offer(encoded, NOW).outcome is Outcome.FRESH
    assert ledger.offer(encoded, NOW).outcome is Outcome.SEEN


@pytest.mark.parametrize(
    ("at", "outcome"),
    [
        (NOW - 601, Outcome.FUTURE),
        (NOW - 600, Outcome.FRESH),
        (NOW + 31 * DAY - 1, Outcome.FRESH),
        (NOW + 31 * DAY, Outcome.EXPIRED),
    ],
)
def test_the_window_of_time(ledger: MemoryLedger, at: int, outcome: Outcome) -> None:
    assert ledger.offer(signed().encoded, at).outcome is outcome


def tampered(fields: dict[int, Any]) -> bytes:
    parts = canonical.unpack(signed().signed)
    for position, value in fields.items():
        parts[position] = value
    return canonical.pack([canonical.pack(parts), signed().signature])


@pytest.mark.parametrize(
    ("encoded", "reason"),
    [
        (b"", "undecodable"),
        (bytes(5_000), "oversize"),
        (tampered({1: Network("other").id}), "network"),
        (tampered({3: b"unstampd"}), "stamp"),
        (tampered({5: 9}), "signature"),
    ],
)
def test_offences_are_the_peers_fault(ledger: MemoryLedger, encoded: bytes, reason: str) -> None:
    with pytest.raises(RemoteError) as caught:
        ledger.offer(encoded, NOW)

    assert caught.value.reason == reason
    assert not ledger.ids


def test_no_verdict_of_a_unicode_version_counts(ledger: MemoryLedger) -> None:
    """Unicode 15 sorts U+10EFD before the acute accent; 14 does not know it."""
    encoded = signed(what=body("x\u0301\U00010efd Cafe\u0301")).encoded

    with pytest.MonkeyPatch.context() as patch:
        for name in ("is_normalized", "normalize"):
            patch.delattr(unicodedata, name)
        outcome = ledger.offer(encoded, NOW).outcome

    assert outcome is Outcome.FRESH


def test_a_source_is_paid_for_by_each_importer() -> None:
    network = Network("paid", stamp_bits=12)
    mine = Source("library", source_stamp("library", host(), network))
    theirs = Source("library", source_stamp("library", host(1), network))
    assert mine != theirs

    ledger = MemoryLedger(network)
    admitted = signed(network=network, what=body(source=mine))
    refused = signed(network=network, slot=2, what=body(source=theirs))

    assert ledger.offer(admitted.encoded, NOW).outcome is Outcome.FRESH
    with pytest.raises(RemoteError) as caught:
        ledger.offer(refused.encoded, NOW)
    assert caught.value.reason == "stamp"
    with pytest.raises(RemoteError, match="source"):
        admit_own(refused, ledger)


def test_a_forgery_does_not_mark_the_real_one_as_seen(ledger: MemoryLedger) -> None:
    real = signed()
    with pytest.raises(RemoteError):
        ledger.offer(canonical.pack([real.signed, bytes(64)]), NOW)

    assert ledger.offer(real.encoded, NOW).outcome is Outcome.FRESH


def test_the_higher_revision_wins_and_then_the_higher_id(ledger: MemoryLedger) -> None:
    twins = sorted((signed(what=body(title)) for title in ("A", "B")), key=lambda one: one.id)
    newer = signed(revision=1, what=body("C"))

    assert ledger.offer(twins[1].encoded, NOW).outcome is Outcome.FRESH
    assert ledger.offer(twins[0].encoded, NOW).outcome is Outcome.SUPERSEDED
    other = MemoryLedger(NETWORK)
    assert other.offer(twins[0].encoded, NOW).outcome is Outcome.FRESH
    assert other.offer(twins[1].encoded, NOW).outcome is Outcome.FRESH
    assert ledger.offer(newer.encoded, NOW).outcome is Outcome.FRESH
    assert ledger.offer(signed(what=body("D")).encoded, NOW).outcome is Outcome.SUPERSEDED
    assert ledger.held(NOW) == {newer.id}


def test_beyond_the_limit_the_smallest_slots_win(
    monkeypatch: pytest.MonkeyPatch, ledger: MemoryLedger
) -> None:
    monkeypatch.setattr(admission, "MAX_REGISTERS", 3)
    for slot in (10, 20, 30):
        ledger.offer(signed(slot=slot).encoded, NOW)

    assert (
        ledger.offer(signed(slot=40, expires_at=NOW + 50 * DAY).encoded, NOW).outcome
        is Outcome.OVER_LIMIT
    )
    assert ledger.floors[host().key] == Floor(40, NOW + 50 * DAY)

    smaller = ledger.offer(signed(slot=5).encoded, NOW)
    assert (smaller.outcome, smaller.dropped_slot) == (Outcome.FRESH, 30)
    assert ledger.floors[host().key] == Floor(30, NOW + 50 * DAY)

    late = NOW + 40 * DAY
    again = signed(slot=30, issued_at=late, expires_at=late + DAY)
    assert ledger.offer(again.encoded, late).outcome is Outcome.OVER_LIMIT

    later = NOW + 51 * DAY
    fresh = signed(slot=30, issued_at=later, expires_at=later + DAY)
    assert ledger.offer(fresh.encoded, later).outcome is Outcome.FRESH


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 12), min_size=1, max_size=12, unique=True),
    st.randoms(use_true_random=False),
)
def test_nodes_agree_on_what_a_crowded_host_keeps(slots: list[int], shuffler: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(admission, "MAX_REGISTERS", 4)
        kept = []
        for _ in range(3):
            ledger = MemoryLedger(NETWORK)
            shuffler.shuffle(slots)
            for slot in slots:
                ledger.offer(signed(slot=slot).encoded, NOW)
            kept.append(ledger.held(NOW))

    assert kept == [{signed(slot=slot).id for slot in sorted(slots)[:4]}] * 3


def chain(changes: list[str], gap: int) -> list[SignedAnnouncement]:
    """What an honest host signs of one register: announced, then changed step by step."""
    live: Announcement = authoring.announce(author(), 7, body(), now=NOW, live_registers=0)
    history = [live]
    for number, change in enumerate(changes, start=1):
        now = NOW + number * gap
        try:
            if change == "withdraw":
                live = authoring.revise(live, Status.WITHDRAWN, None, now=now)
            else:
                status = Status.CANCELLED if change == "cancel" else Status.SCHEDULED
                moved = body(start=NOW + (number % 7) * DAY, title=f"Moved {number} times")
                live = authoring.revise(live, status, moved, now=now)
        except Refused:
            break
        history.append(live)
    return [wire.sign(one, host()) for one in history]


@settings(max_examples=150)
@given(
    st.lists(st.sampled_from(["move", "cancel", "withdraw"]), max_size=6),
    st.integers(0, 20 * DAY),
    st.data(),
)
def test_nothing_old_ever_comes_back(changes: list[str], gap: int, data: st.DataObject) -> None:
    """In any order of arrival, while the clock goes on: after a revision, none before it shows."""
    history = chain(changes, gap)
    arrivals = data.draw(st.lists(st.sampled_from(range(len(history))), min_size=1, max_size=12))
    delays = data.draw(
        st.lists(st.integers(0, 12 * DAY), min_size=len(arrivals), max_size=len(arrivals))
    )
    ledger = MemoryLedger(NETWORK)
    now, newest = NOW, -1
    for arrival, delay in zip(arrivals, delays, strict=True):
        now += delay
        outcome = ledger.offer(history[arrival].encoded, now).outcome
        if outcome is Outcome.FRESH:
            assert arrival > newest
            newest = arrival
        shown = ledger.held(now)
        assert shown <= {history[newest].id}


@given(st.permutations(range(5)))
def test_every_order_of_arrival_ends_the_same(order: list[int]) -> None:
    history = chain(["move", "cancel", "move", "withdraw"], 3600)
    ledger = MemoryLedger(NETWORK)
    for index in order:
        ledger.offer(history[index].encoded, NOW + DAY)

    assert ledger.held(NOW + DAY) == {history[-1].id}


def admit_own(one: wire.SignedAnnouncement, ledger: MemoryLedger, now: int = NOW) -> Admission:
    return admission.admit(one, ledger.network, ledger, now, lambda: True)


def test_what_we_signed_ourselves_is_decided_without_checking_the_signature(
    ledger: MemoryLedger,
) -> None:
    unchecked = replace(signed(), signature=bytes(64))
    unstamped = wire.sign(replace(signed().announcement, nonce=b"no stamp"), host())

    assert admit_own(unchecked, ledger).outcome is Outcome.FRESH
    assert admit_own(unchecked, ledger, NOW - 601).outcome is Outcome.FUTURE
    with pytest.raises(RemoteError, match="stamp"):
        admit_own(unstamped, ledger)


def test_a_floor_goes_down_and_lasts_as_long_as_whatever_was_dropped(ledger: MemoryLedger) -> None:
    assert Floor(5, 10).lowered(9, 20) == Floor(5, 20)
    assert Floor(5, 10).lowered(3, 5) == Floor(3, 10)

    ledger.floors[host().key] = Floor(7, NOW + DAY)
    dropped = ledger.offer(signed(slot=8).encoded, NOW)
    assert (dropped.outcome, dropped.floor) == (Outcome.OVER_LIMIT, Floor(7, NOW + 31 * DAY))

"""The one way into the store: what is kept, what is forwarded, what never comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from potluck.node import limits
from potluck.node.replication.intake import Arrival, Intake, Origin
from potluck.node.store import Bounds, Store, eviction
from potluck.protocol import authoring, stamp, wire
from potluck.protocol.admission import MAX_AHEAD, Outcome
from potluck.protocol.announcement import DAY, Status
from potluck.protocol.errors import LocalError, Refused, RemoteError
from potluck.protocol.network import Network
from potluck.protocol.wire import SignedAnnouncement
from tests.builders import NETWORK, NOW, announcement, body, host, signed


class Desk:
    """An intake over a real store, with a clock to turn."""

    def __init__(self, path: Path) -> None:
        self.now = float(NOW)
        self.store = Store(path, Bounds(50_000, bytes(32), host(9).key))
        self.intake = Intake(NETWORK, self.store, lambda: self.now)
        self.arrivals: list[Arrival] = []
        self.intake.on_fresh(self.arrivals.append)

    def offer(self, one: SignedAnnouncement) -> Outcome:
        return self.intake.offer(one.encoded, Origin.SYNC).outcome

    def held(self) -> set[bytes]:
        self.store.ledger.flush().result()
        return {id for (id,) in self.store.database.rows("SELECT id FROM register WHERE held")}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "store.sqlite")
    with made.store:
        yield made


async def test_what_is_announced_is_readable_at_once(desk: Desk) -> None:
    ours = signed()
    await desk.intake.announce(ours)

    assert desk.store.deck.encoded(ours.id) == ours.encoded
    assert [(arrival.signed, arrival.origin) for arrival in desk.arrivals] == [(ours, Origin.OWN)]


async def test_announcing_twice_is_once(desk: Desk) -> None:
    await desk.intake.announce(signed())
    await desk.intake.announce(signed())

    assert len(desk.arrivals) == 1


async def test_many_are_kept_up_to_the_one_refused(desk: Desk) -> None:
    good = [signed(slot=slot) for slot in range(3)]
    late = signed(slot=9, issued_at=NOW - 2 * DAY, expires_at=NOW - DAY)

    with pytest.raises(Refused, match="expired"):
        await desk.intake.announce_many([*good, late, signed(slot=8)])
    assert desk.held() == {one.id for one in good}


async def test_our_own_mistakes_are_ours(desk: Desk) -> None:
    with pytest.raises(LocalError):
        await desk.intake.announce(signed(network=Network("other", stamp_bits=4)))


def test_offences_raise_and_are_counted(desk: Desk) -> None:
    unsigned = signed()
    forged = wire.SignedAnnouncement(unsigned.announcement, unsigned.signed, bytes(64), unsigned.id)

    with pytest.raises(RemoteError, match="did not sign"):
        desk.offer(forged)
    assert desk.intake.outcomes == {"offence: signature": 1}
    assert desk.intake.needs(unsigned.id), "a forger must not be able to keep the true one out"
    assert desk.offer(unsigned) is Outcome.FRESH


@pytest.mark.parametrize(
    ("one", "outcome", "needed"),
    [
        (signed(), Outcome.FRESH, False),
        (signed(issued_at=NOW + MAX_AHEAD + 1), Outcome.FUTURE, True),
        (signed(issued_at=NOW - DAY, expires_at=NOW), Outcome.EXPIRED, True),
    ],
)
def test_sync_asks_only_for_what_may_be_kept(
    desk: Desk, *, one: SignedAnnouncement, outcome: Outcome, needed: bool
) -> None:
    assert desk.offer(one) is outcome
    assert desk.intake.needs(one.id) == needed


def test_a_talkative_host_is_kept_but_not_forwarded(desk: Desk) -> None:
    burst = int(limits.AUTHOR_FORWARDS_BURST)
    forwards = [desk.intake.offer_gossip(signed(slot=slot).encoded) for slot in range(burst + 5)]

    assert forwards == [True] * burst + [False] * 5
    assert len(desk.held()) == burst + 5
    assert desk.intake.offer_gossip(signed(host(1)).encoded), "another host has its own rate"
    desk.now += 3600 / limits.AUTHOR_FORWARDS_PER_HOUR
    assert desk.intake.offer_gossip(signed(slot=burst + 6).encoded)


def test_a_clock_that_was_ahead_silences_nobody_once_it_is_right(desk: Desk) -> None:
    desk.now += 3600
    assert desk.intake.offer_gossip(signed(slot=1).encoded)
    desk.now -= 3600

    assert desk.intake.offer_gossip(signed(slot=2).encoded)


def test_what_came_by_sync_does_not_count_against_its_host(desk: Desk) -> None:
    for slot in range(int(limits.AUTHOR_FORWARDS_BURST) + 5):
        desk.intake.offer(signed(slot=slot).encoded, Origin.SYNC)

    assert desk.intake.offer_gossip(signed(slot=1000).encoded)


def test_gossip_forwards_nothing_twice(desk: Desk) -> None:
    old, new = signed(), signed(revision=1)

    assert desk.intake.offer_gossip(new.encoded)
    assert not desk.intake.offer_gossip(new.encoded)
    assert not desk.intake.offer_gossip(old.encoded)


def test_the_log_outlives_what_is_held_by_a_day(desk: Desk) -> None:
    short = signed(revision=1, expires_at=NOW + DAY)
    desk.offer(short)
    desk.held()

    desk.store.database.submit(partial(eviction.purge, now=NOW + DAY)).result()
    assert desk.held() == set()
    assert desk.store.deck.encoded(short.id) is None
    assert desk.store.ledger.head(host().key, 1) is not None

    desk.store.database.submit(partial(eviction.purge, now=NOW + 2 * DAY)).result()
    assert desk.store.ledger.head(host().key, 1) is None


def history(changes: list[str], gap: int) -> list[SignedAnnouncement]:
    """What an honest host signs of one register, `gap` seconds apart."""
    said = [announcement(slot=7)]
    for number, change in enumerate(changes, start=1):
        status = {"cancel": Status.CANCELLED, "withdraw": Status.WITHDRAWN}.get(
            change, Status.SCHEDULED
        )
        what = (
            None
            if change == "withdraw"
            else body(start=NOW + (number % 7) * DAY, title=f"Moved {number}")
        )
        said.append(authoring.revise(said[-1], status, what, now=NOW + number * gap))
        if change == "withdraw":
            break
    return [wire.sign(one, host()) for one in said]


changes = st.lists(st.sampled_from(["move", "cancel", "withdraw"]), max_size=5)
steps = st.lists(
    st.tuples(st.integers(0, 5), st.integers(-DAY, 12 * DAY), st.booleans()), max_size=10
)


@settings(max_examples=40, deadline=None)
@given(changes, st.integers(1, 10 * DAY), steps)
def test_nothing_old_ever_comes_back(
    changes: list[str], gap: int, steps: list[tuple[int, int, bool]]
) -> None:
    """
    In any order of arrival, with purges between, while the clock goes on, or back by up to a day.
    """
    said = history(changes, gap)
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder) / "store.sqlite")
        newest, latest = -1, NOW
        with desk.store:
            for number, delay, purge in steps:
                latest = max(latest, int(desk.now) + delay)
                desk.now = max(desk.now + delay, latest - DAY + 1)
                arrival = number % len(said)
                if desk.offer(said[arrival]) is Outcome.FRESH:
                    assert arrival > newest
                    newest = arrival
                assert desk.held() <= {said[newest].id}
                if purge:
                    desk.store.database.submit(partial(eviction.purge, now=int(desk.now))).result()


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(5)))
def test_every_order_of_arrival_ends_the_same(order: list[int]) -> None:
    said = history(["move", "cancel", "move", "withdraw"], 3600)
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder) / "store.sqlite")
        desk.now += DAY
        with desk.store:
            for index in order:
                desk.offer(said[index])

            assert desk.held() == {said[-1].id}


def test_a_host_without_a_stamp_offends(desk: Desk) -> None:
    guesses = (number.to_bytes(8, "big") for number in range(99))
    birth = stamp.birth(NETWORK.id, host().key, 4)
    blank = next(guess for guess in guesses if not birth.is_met(guess))
    birthless = replace(announcement(), nonce=blank)

    with pytest.raises(RemoteError, match="stamp"):
        desk.offer(wire.sign(birthless, host()))

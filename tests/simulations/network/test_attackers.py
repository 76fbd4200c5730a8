"""Attackers in the laboratory: they reach nothing, and would where a defence is taken out."""

from __future__ import annotations

from dataclasses import replace

import apsw
import pytest

from potluck.node import ips, limits
from potluck.node.replication.intake import Intake
from potluck.node.replication.sync import Sync
from potluck.node.store import eviction
from potluck.node.store.ledger import StoredLedger
from potluck.node.transport import multiaddrs
from potluck.protocol.admission import Head
from potluck.protocol.errors import RemoteError
from potluck.simulations.network.attackers import ATTACKERS
from potluck.simulations.network.fault_plan import Announce, Plan, Step, Withdraw
from potluck.simulations.network.world import live


def announced(nodes: int, pause: float = 20) -> tuple[Announce, ...]:
    """An event of each, one after the other."""
    return tuple(Announce(at=60 + pause * node, node=node) for node in range(nodes))


FLOOD = Plan(nodes=2, length=60, attackers={"flood": 2})
DRIP = Plan(nodes=3, length=300, attackers={"drip": 2})
LIARS = Plan(nodes=3, length=3600, ping=60, attackers={"liar": 8})
NAMES = Plan(nodes=6, length=600, ping=60, attackers={"names": 1})
FORGED = Plan(nodes=8, length=300, settle=1200, attackers={"forger": 4}, steps=announced(8))
FULL = Plan(
    nodes=3,
    length=2100,
    settle=1500,
    ping=60,
    room=10,
    steps=tuple(
        Announce(at=60 + 9 * number, node=number % 3, lasts=900 if number % 3 else 10_000)
        for number in range(24)
    ),
)
"""More than a deck holds, of which most expires soon: then there is room again."""
WITHDRAWN: tuple[Step, ...] = (*announced(4), Withdraw(at=200, node=0), Withdraw(at=300, node=2))
PLANS = {
    "aimer": Plan(nodes=3, length=120, attackers={"aimer": 2}),
    "censor": Plan(nodes=6, length=200, settle=1300, attackers={"censor": 4}, steps=announced(6)),
    "drain": Plan(nodes=2, length=200, attackers={"drain": 1}, steps=announced(2)),
    "drip": DRIP,
    "eclipse": Plan(nodes=8, length=300, ping=60, attackers={"eclipse": 1}, steps=announced(3)),
    "flood": FLOOD,
    "forger": FORGED,
    "importer": Plan(
        nodes=6, length=300, room=40, attackers={"importer": 1}, steps=announced(6, 9)
    ),
    "inventor": Plan(nodes=3, length=700, attackers={"inventor": 2}, steps=announced(3)),
    "liar": LIARS,
    "names": NAMES,
    "replayer": Plan(nodes=5, length=400, attackers={"replayer": 2}, steps=WITHDRAWN),
    "sybils": Plan(nodes=10, length=300, room=40, attackers={"sybils": 1}, steps=announced(10, 9)),
    "telling": Plan(nodes=3, length=120, attackers={"telling": 1}, steps=announced(2)),
}


def wrong(plan: Plan) -> str:
    return "; ".join(live(plan, 1).wrong)


@pytest.mark.parametrize("kind", ATTACKERS)
def test_attackers_reach_nothing(kind: str) -> None:
    plan = PLANS[kind]

    assert set(plan.attackers) == {kind}
    assert wrong(plan) == ""


def test_full_decks_hold_no_more_than_there_is_room_for() -> None:
    assert wrong(FULL) == ""


def test_a_book_without_a_tellers_share_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BOOK_PER_TELLER", limits.MAX_BOOK)

    assert "filled the book" in wrong(FLOOD)


def test_a_frame_without_a_whole_deadline_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FRAME_DEADLINE", 3600.0)
    monkeypatch.setattr(limits, "SESSION_SECONDS", 3600.0)

    assert "held a stream" in wrong(DRIP)


def test_clocks_of_peers_that_came_to_us_are_found_to_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def of_anybody(sync: Sync, peer_id: str, clock: int) -> None:
        ip = sync._transport.address_of(peer_id)
        place = "" if ip is None else ips.range_of(ip)
        sync.clocks.learn(peer_id, clock - sync._clock(), place)

    monkeypatch.setattr(Sync, "_compare_clocks", of_anybody)

    assert "idea of the time" in wrong(LIARS)


def test_an_announcement_marked_as_seen_before_it_is_verified_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: set[tuple[StoredLedger, bytes]] = set()
    recall = StoredLedger.recall

    def marking(
        ledger: StoredLedger, announcement_id: bytes, host: bytes, slot: int
    ) -> tuple[bool, Head | None]:
        known, head = recall(ledger, announcement_id, host, slot)
        before = (ledger, announcement_id) in asked
        asked.add((ledger, announcement_id))
        return known or before, head

    monkeypatch.setattr(StoredLedger, "recall", marking)

    assert "lacks" in wrong(FORGED)


def test_a_text_rule_on_which_nodes_differ_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    intakes: list[Intake] = []
    offer = Intake.offer_gossip

    def stricter_at_one(intake: Intake, encoded: bytes) -> bool:
        intakes.append(intake)
        if intake is intakes[0] and b"Event 2" in encoded:
            raise RemoteError("undecodable", "a title with a number")
        return offer(intake, encoded)

    monkeypatch.setattr(Intake, "offer_gossip", stricter_at_one)
    plan = Plan(nodes=3, steps=tuple(Announce(at=60 + 9 * n, node=n % 3) for n in range(6)))

    assert "blamed an honest node" in wrong(plan)


def test_a_refill_with_what_was_let_go_of_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The room of what expired, filled with whatever comes first, whatever its organiser's rank."""
    purge = eviction.purge

    def refilling(connection: apsw.Connection, now: int) -> int:
        gone = purge(connection, now)
        if gone:
            connection.execute("DELETE FROM register WHERE NOT held AND expires_at > ?", (now,))
        return gone

    monkeypatch.setattr(eviction, "purge", refilling)

    assert "took in again what it had let go of" in wrong(FULL)


def test_ranges_that_names_evade_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    read = multiaddrs.read

    def each_name_its_own(text: str) -> multiaddrs.Address:
        address = read(text)
        return address if address.ip else replace(address, range=address.host)

    monkeypatch.setattr(multiaddrs, "read", each_name_its_own)

    assert "connections to one attacker" in wrong(NAMES)

"""Attackers in the laboratory: they reach nothing, and would where a defence is taken out."""

from __future__ import annotations

import pytest

from potluck.node import ips, limits
from potluck.node.replication.intake import Intake
from potluck.node.replication.sync import Sync
from potluck.node.store.ledger import StoredLedger
from potluck.protocol.admission import Head
from potluck.protocol.errors import RemoteError
from potluck.simulations.network.attackers import ATTACKERS
from potluck.simulations.network.fault_plan import Announce, Plan
from potluck.simulations.network.world import live

FLOOD = Plan(nodes=2, length=60, attackers={"flood": 4})
DRIP = Plan(nodes=3, length=300, attackers={"drip": 2})
LIARS = Plan(nodes=3, length=7200, attackers={"liar": 8})
FORGED = Plan(
    nodes=8,
    length=300,
    settle=1200,
    attackers={"forger": 4},
    steps=tuple(Announce(at=60 + 20 * node, node=node) for node in range(8)),
)
ALL = Plan(
    nodes=6,
    length=900,
    attackers={"flood": 1, "drip": 1, "liar": 4},
    steps=(Announce(at=100, node=1), Announce(at=500, node=4)),
)


def wrong(plan: Plan) -> str:
    return "; ".join(live(plan, 1).wrong)


@pytest.mark.parametrize("plan", [FLOOD, DRIP, LIARS, FORGED, ALL])
def test_attackers_reach_nothing(plan: Plan) -> None:
    assert wrong(plan) == ""


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


def test_every_kind_can_be_planned() -> None:
    every = Plan(nodes=2, length=60, attackers={"flood": 1, "drip": 1, "liar": 1, "forger": 1})

    assert set(every.attackers) == set(ATTACKERS)
    assert live(every, 1).wrong == []

"""Whom a node knows, and which of them it keeps slots for."""

from __future__ import annotations

from pathlib import Path
from random import Random

import trio
import trio.testing

from potluck.node.peering import peer_record as record
from potluck.node.peering.address_book import Acquaintance, Acquaintances
from potluck.node.peering.slots import Slots
from potluck.node.store import Bounds, Store
from potluck.protocol.identity import Identity
from tests.builders import NETWORK, NOW


def test_slots_keep_the_same_peers_until_renewed() -> None:
    ranges = {f"peer {number}": f"range {number % 50}" for number in range(500)}
    slots = Slots(16, Random(1).randbytes)
    first = slots.chosen(ranges)
    slots.renew(2)
    second = slots.chosen(ranges)

    assert 8 <= len(first) <= 16
    assert slots.chosen(ranges) == second
    assert len(first - second) <= 2
    assert first != second


def test_many_ids_in_one_range_take_no_more_slots_than_one() -> None:
    honest = {f"honest {number}": f"range {number}" for number in range(40)}
    attackers = {f"attacker {number}": "one range" for number in range(300)}
    taken = [
        len(Slots(16, Random(seed).randbytes).chosen(honest | attackers) & attackers.keys())
        for seed in range(20)
    ]

    assert sum(taken) / (16 * len(taken)) < 3 / 41


def test_few_peers_are_all_chosen() -> None:
    ranges = dict.fromkeys("abc", "one range")

    assert Slots(16, Random(1).randbytes).chosen(ranges) == {"a", "b", "c"}


async def test_who_has_no_slot_is_not_waited_for(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite", Bounds(50_000, bytes(32), bytes(32))) as store:
        known = Acquaintances(store.peers, NETWORK, lambda: NOW, Slots(16, Random(1).randbytes))
        for number in range(40):
            known[f"peer {number}"] = Acquaintance(
                (f"/ip4/9.9.{number}.9/tcp/1",), trio.current_time()
            )
        due, _ = known.to_dial(())
        for peer in due:
            known[peer].due = trio.current_time() + 60

        assert 0 < len(due) <= 16
        assert known.to_dial(()) == ([], min(known[peer].due or 0 for peer in due))


async def test_what_was_heard_before_is_no_news(tmp_path: Path) -> None:
    told = record.write(Identity.from_seed(bytes(32)), NETWORK, [], NOW)
    with Store(tmp_path / "store.sqlite", Bounds(50_000, bytes(32), bytes(32))) as store:
        known = Acquaintances(store.peers, NETWORK, lambda: NOW, Slots(16, Random(1).randbytes))

        assert await known.hear(told, ("/ip4/9.9.9.9/tcp/1",))
        assert not await known.hear(told, ("/ip4/9.9.9.9/tcp/1",))


def test_who_keeps_no_slot_any_more_is_surplus_unless_named_by_the_person(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite", Bounds(50_000, bytes(32), bytes(32))) as store:
        slots = Slots(16, Random(1).randbytes)
        known = Acquaintances(store.peers, NETWORK, lambda: NOW, slots)
        for number in range(40):
            known[f"peer {number}"] = Acquaintance((f"/ip4/9.9.{number}.9/tcp/1",), None)
        before = known.surplus(known)
        named, slotless = before[0], before[1:]
        known[named].named = True

        assert known.surplus(known) == slotless
        assert len(known) - len(before) <= 16

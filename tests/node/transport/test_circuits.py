from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
import trio
from libp2p.relay.circuit_v2.resources import RelayLimits

from potluck.node import limits
from potluck.node.transport import multiaddrs as addresses
from potluck.node.transport.frames import Disconnected
from tests.node.loopback import TOPIC, Node, nodes, until
from tests.node.relay import (
    YES,
    gossip_flows,
    meet,
    pretending,
    relaying,
)
from tests.node.whole import announcements, network_of


async def test_two_nodes_gossip_through_a_relay_and_part() -> None:
    async with relaying() as relay, nodes(2) as (called, caller):
        await meet(caller, called, relay)

        assert called.transport.addresses[-1] == addresses.through(relay.address, called.peer_id)
        for here, there in ((called, caller), (caller, called)):
            assert here.transport.relay_of(there.peer_id) == relay.peer_id
            assert here.transport.address_of(there.peer_id) is None
            assert here.transport.address_of(relay.peer_id) == "127.0.0.1"
            assert here.transport.relay_of(relay.peer_id) is None
        assert caller.transport.dialled(called.peer_id)
        assert not called.transport.dialled(caller.peer_id)
        await gossip_flows(called, caller)

        await caller.transport.disconnect(called.peer_id)
        await until(lambda: called.transport.peers == [relay.peer_id])
        assert called.transport.relay_of(caller.peer_id) is None


async def test_a_relay_that_was_dialled_for_a_circuit_is_parted_with_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "RELAY_LINGER", 0.1)
    async with relaying() as relay, nodes(2) as (called, caller):
        await meet(caller, called, relay)
        assert sorted(caller.transport.peers) == sorted([relay.peer_id, called.peer_id])
        await caller.transport.disconnect(called.peer_id)
        await until(lambda: caller.transport.peers == [])

        nobody = addresses.through(relay.address, Node(7).peer_id)
        with pytest.raises(Disconnected, match="no place for that peer"):
            await caller.transport.dial(nobody)
        await until(lambda: caller.transport.peers == [])


async def test_a_relay_that_was_there_before_stays() -> None:
    async with relaying() as relay, nodes(2) as (called, caller):
        await caller.transport.dial(relay.address)
        await meet(caller, called, relay)
        await caller.transport.disconnect(called.peer_id)
        await until(lambda: called.transport.peers == [relay.peer_id])

        assert caller.transport._circuits.returned() == []
        assert caller.transport.peers == [relay.peer_id]


async def test_a_relay_that_dies_takes_its_circuits_and_its_place_along() -> None:
    async with nodes(2) as (called, caller):
        async with relaying() as relay:
            await meet(caller, called, relay)
            for node in (called, caller):
                await relay.hang_up(node.peer_id)
            await until(lambda: called.transport.peers == caller.transport.peers == [])

        assert called.transport.reserved == []
        assert not any("p2p-circuit" in address for address in called.transport.addresses)
        assert called.offences == caller.offences == []
        await caller.transport.dial(called.address)
        await gossip_flows(caller, called)


async def test_a_circuit_that_the_relay_cuts_is_a_disconnect_and_no_more() -> None:
    small = RelayLimits(
        duration=3600, data=16 * limits.KIB, max_circuit_conns=8, max_reservations=8
    )
    async with relaying(small) as relay, nodes(2) as (called, caller):
        await meet(caller, called, relay)
        for number in range(8):
            await caller.transport.publish(TOPIC, number.to_bytes(1, "big") * 4 * limits.KIB)
        await until(lambda: called.transport.peers == [relay.peer_id])
        await until(lambda: caller.transport.peers == [relay.peer_id])

        assert called.offences == caller.offences == []
        assert called.transport.reserved == [relay.address]
        assert await caller.transport.dial(called.transport.addresses[-1]) == called.peer_id


async def test_a_deck_arrives_though_the_relay_cuts_each_circuit_in_the_middle(
    tmp_path: Path,
) -> None:
    sent = announcements(700)
    usual = RelayLimits(
        duration=120, data=128 * limits.KIB, max_circuit_conns=16, max_reservations=16
    )
    assert sum(len(each.encoded) for each in sent) > usual.data
    async with relaying(usual) as relay, network_of(tmp_path, {}, {}) as (full, empty):
        full.take(sent)
        await full.transport.dial(relay.address)
        await full.transport.reserve(relay.address)
        dialled = 0
        with trio.fail_after(60):
            while not empty.knows(sent):
                if full.transport.peer_id not in empty.transport.peers:
                    with suppress(Disconnected):
                        await empty.transport.dial(full.transport.addresses[-1])
                        dialled += 1
                await trio.sleep(0.05)

        assert dialled > 1
        assert full.offences == empty.offences == []


async def test_two_relays_that_censor_keep_apart_only_who_has_no_other_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both keep a place, and take circuits; one passes nothing on, one cuts what it began."""
    monkeypatch.setattr(limits, "DIAL_TIMEOUT", 1.0)
    cutting = RelayLimits(duration=3600, data=1, max_circuit_conns=8, max_reservations=8)
    said = announcements(3)
    async with (
        pretending(YES) as silent,
        relaying(cutting) as cutter,
        network_of(tmp_path, {}, {}, {}) as (hidden, seeker, third),
    ):
        for relay in (silent, cutter):
            await hidden.transport.dial(relay.address)
            await hidden.transport.reserve(relay.address)
        for way in hidden.transport.addresses[-2:]:
            with pytest.raises(Disconnected):
                await seeker.transport.dial(way)
        hidden.take(said)
        await hidden.gossip.publish([one.encoded for one in said])
        assert hidden.transport.peer_id not in seeker.transport.peers
        assert hidden.sync.last_at is seeker.sync.last_at is None, "and so the doctor says"

        await seeker.dial(third)
        await hidden.dial(third)
        await until(lambda: seeker.knows(said), limits.SYNC_SPREAD + 10)
        assert not seeker.offences
        assert not hidden.offences

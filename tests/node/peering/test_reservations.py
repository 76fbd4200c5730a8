"""Places kept at relays, by real nodes over loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

import pytest
import trio
from libp2p.relay.circuit_v2.pb.circuit_pb2 import HopMessage, Reservation, Status

from potluck.node import limits
from potluck.node.peering.reservations import Relays, renewal
from potluck.node.transport import multiaddrs as addresses
from potluck.protocol.errors import LocalError
from tests.builders import NOW
from tests.node.loopback import Node, nodes, until
from tests.node.relay import Relay, pretending, relaying

NO = HopMessage(type=HopMessage.STATUS, status=Status.RESERVATION_REFUSED)


def yes(expire: int) -> HopMessage:
    return HopMessage(
        type=HopMessage.STATUS, status=Status.OK, reservation=Reservation(expire=expire)
    )


@asynccontextmanager
async def keeping(node: Node, *relays: Relay) -> AsyncIterator[Relays]:
    """The node keeps places at these relays whenever it is connected with them."""
    kept = Relays(node.transport, [relay.address for relay in relays], lambda: NOW, Random(1))
    node.transport.on_connect = kept.connected
    node.transport.on_disconnect = kept.disconnected
    async with trio.open_nursery() as nursery:
        nursery.start_soon(kept.run)
        await trio.testing.wait_all_tasks_blocked(0.01)
        yield kept
        nursery.cancel_scope.cancel()


async def test_a_place_is_kept_from_the_connection_on_and_again_after_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with relaying() as relay, nodes(2) as (node, friend), keeping(node, relay) as relays:
        assert relays.state == {relay.peer_id: "it cannot be reached"}
        for _ in range(2):
            await node.transport.dial(relay.address)
            await until(lambda: relays.state == {relay.peer_id: None})
            assert node.transport.reserved == [relay.address]
            await relay.hang_up(node.peer_id)
            await until(lambda: relays.state == {relay.peer_id: "it cannot be reached"})

        await node.transport.dial(friend.address)
        assert node.transport.reserved == []


@pytest.mark.parametrize(
    ("granted", "renewed"), [(3600, 1800), (1200, 600), (0, 60), (-86_400, 60), (2**64, 1800)]
)
def test_a_place_is_renewed_in_time_whatever_the_clocks_say(granted: int, renewed: float) -> None:
    assert renewal(granted) == renewed


async def test_a_place_is_renewed_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RESERVATION_SHORTEST", 0.05)
    async with pretending(yes(NOW)) as relay, nodes(1) as (node,), keeping(node, relay) as relays:
        await node.transport.dial(relay.address)
        await until(lambda: len(relay.asked) >= 3)

        assert {question.type for question in relay.asked} == {HopMessage.RESERVE}
        assert relays.state == {relay.peer_id: None}


async def test_a_relay_that_refuses_is_asked_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RESERVATION_RETRY", 0.05)
    async with pretending(NO) as relay, nodes(1) as (node,), keeping(node, relay) as relays:
        await node.transport.dial(relay.address)
        await until(lambda: len(relay.asked) >= 3)
        assert relays.state == {relay.peer_id: "the relay says no: it keeps no place for this node"}
        relay.answer = yes(NOW + 3600)
        await until(lambda: relays.state == {relay.peer_id: None})


async def test_other_peers_are_asked_nothing() -> None:
    async with pretending(yes(NOW + 3600)) as relay, nodes(1) as (node,), keeping(node):
        await node.transport.dial(relay.address)
        await node.transport.ping(relay.peer_id)

        assert relay.asked == []


def test_a_relay_is_named_by_its_own_address() -> None:
    node, relay = Node(1), f"/ip4/203.0.113.5/tcp/4001/p2p/{Node(2).peer_id}"
    with pytest.raises(LocalError, match="own address"):
        Relays(node.transport, [addresses.through(relay, node.peer_id)], lambda: NOW, Random(1))
    with pytest.raises(LocalError, match="not a peer's address"):
        Relays(node.transport, ["a relay"], lambda: NOW, Random(1))

"""Whole nodes without a service in a network in memory, with stores in memory: in virtual time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random

import trio

from potluck.node.peering.dialer import Peers
from potluck.node.replication.gossip import Gossip
from potluck.node.replication.intake import Intake, Origin
from potluck.node.replication.sync import Sync
from potluck.node.store import Bounds, Store
from potluck.node.transport.memory_network import MemoryNetwork, MemoryTransport
from potluck.protocol.identity import Identity
from potluck.protocol.network import Network
from potluck.protocol.wire import SignedAnnouncement
from tests.builders import NETWORK, NOW

LINK = 0.03
"""Seconds one way."""


def world() -> MemoryNetwork:
    return MemoryNetwork(lambda _source, _target, size: LINK + size / 1_000_000)


class Node:
    """Transport, store, intake, gossip, sync and peers of one node; its clock is `skew` ahead."""

    def __init__(
        self,
        world: MemoryNetwork,
        ip: str,
        *bootstrap: str,
        network: Network = NETWORK,
        skew: float = 0,
    ) -> None:
        self.random = Random(ip)
        identity = Identity.from_seed(self.random.randbytes(32))
        self.identity = identity
        self.skew = skew
        self.transport = MemoryTransport(world, identity.seed, ip)
        self.store = Store.in_memory(Bounds(50_000, bytes(32), bytes(32)))
        self.intake = Intake(network, self.store, self.clock)
        self.sync = Sync(
            self.transport, network, self.store.deck, self.intake,
            clock=self.clock, rng=self.random, random_bytes=self.random.randbytes,
        )  # fmt: skip
        self.gossip = Gossip(self.transport, self.sync, self.intake, network, self.random.randbytes)
        self.peers = Peers(
            self.transport, self.store.peers, bootstrap,
            network=network, identity=identity,
            clock=self.clock, rng=self.random, random_bytes=self.random.randbytes,
        )  # fmt: skip
        self.transport.on_connect = self._connected
        self.transport.on_disconnect = self._disconnected

    def clock(self) -> float:
        return NOW + trio.current_time() + self.skew

    @property
    def peer_id(self) -> str:
        return self.transport.peer_id

    @property
    def address(self) -> str:
        return self.transport.addresses[0]

    @property
    def offences(self) -> list[str]:
        return [drop.why for drop in self.peers.bans.drops]

    def take(self, announcements: Iterable[SignedAnnouncement]) -> None:
        for one in announcements:
            self.intake.offer(one.encoded, Origin.SYNC)

    def knows(self, announcements: Iterable[SignedAnnouncement]) -> bool:
        return not any(self.intake.needs(one.id) for one in announcements)

    def _connected(self, peer_id: str) -> None:
        self.peers.connected(peer_id)
        self.sync.connected(peer_id)

    def _disconnected(self, peer_id: str) -> None:
        self.peers.disconnected(peer_id)
        self.sync.disconnected(peer_id)


@asynccontextmanager
async def running(*nodes: Node) -> AsyncIterator[None]:
    """Have the nodes run while inside."""
    async with AsyncExitStack() as stack:
        for node in nodes:
            await stack.enter_async_context(node.transport.running())
            await node.gossip.start()
        async with trio.open_nursery() as nursery:
            for node in nodes:
                nursery.start_soon(node.peers.run)
                nursery.start_soon(node.sync.run)
            await trio.sleep(0.001)
            yield
            nursery.cancel_scope.cancel()

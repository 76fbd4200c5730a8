"""The parts that talk with other nodes, put together, and what operations ask of them."""

import logging
import random
import secrets
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import trio

from potluck.node.clock import Clock
from potluck.node.home.home import Home
from potluck.node.operations.service import Health, Peer
from potluck.node.peering.dial_back import Dialback
from potluck.node.peering.dialer import Peers
from potluck.node.peering.other_network import elsewhere, is_known
from potluck.node.peering.reservations import Relays
from potluck.node.replication.gossip import Gossip
from potluck.node.replication.holders import Reach
from potluck.node.replication.intake import Intake
from potluck.node.replication.sync import Sync
from potluck.node.store import Store
from potluck.node.transport.libp2p_transport import Libp2pTransport
from potluck.node.transport.multiaddrs import listenable
from potluck.protocol.errors import LocalError, Refused
from potluck.protocol.identity import Identity

from .supervisor import Supervisor

if TYPE_CHECKING:
    from potluck.node.web.server import Server

logger = logging.getLogger(__name__)

INTRODUCTION = 3.0
"""Seconds for a peer just connected to say what it gossips on."""


class NetworkParts:
    """The parts that talk with other nodes, put together."""

    def __init__(self, home: Home, store: Store, intake: Intake, clock: Clock) -> None:
        config, network = home.config, home.network
        self._home = home
        self.supervisor = Supervisor()
        self.transport = Libp2pTransport(
            home.transport_seed, listenable(config.listen), secrets.token_bytes
        )
        self.sync = Sync(
            self.transport,
            network,
            store.deck,
            intake,
            interval=config.sync_interval,
            clock=clock.real,
            rng=random.SystemRandom(),
            random_bytes=secrets.token_bytes,
        )
        self.reach = Reach(self.transport, network, clock.real, secrets.token_bytes)
        self.dialback = Dialback(self.transport, network, secrets.token_bytes)
        self.gossip = Gossip(self.transport, self.sync, intake, network, secrets.token_bytes)
        self.peers = Peers(
            self.transport,
            store.peers,
            (*config.relays, *config.bootstrap),
            network=network,
            identity=Identity.from_seed(home.transport_seed),
            clock=clock.real,
            rng=random.SystemRandom(),
            random_bytes=secrets.token_bytes,
        )
        self.relays = Relays(self.transport, config.relays, clock.real, random.SystemRandom())
        self.transport.on_connect = self._connected
        self.transport.on_disconnect = self._disconnected

    def elsewhere(self, peer_id: str) -> str | None:
        """The other network that a connected peer is of, in words, if that is known."""
        return elsewhere(self.transport.topics_of(peer_id), self._home.network)

    async def learn_elsewhere(self, peer_id: str) -> str | None:
        """The same once it has said so, or has had time to."""
        with trio.move_on_after(INTRODUCTION):
            # No event for it
            while not is_known(self.transport.topics_of(peer_id)):  # noqa: ASYNC110
                await trio.sleep(0.05)
        return self.elsewhere(peer_id)

    def woke(self) -> None:
        """The machine slept: connections are stale, and much may be missing."""
        self.peers.woke()
        self.sync.woke()

    def _connected(self, peer_id: str) -> None:
        logger.info("connected with one more peer: %d", len(self.transport.peers))
        self.peers.connected(peer_id)
        self.relays.connected(peer_id)
        self.sync.connected(peer_id)

    def _disconnected(self, peer_id: str) -> None:
        logger.info("connected with one peer less: %d", len(self.transport.peers))
        self.peers.disconnected(peer_id)
        self.relays.disconnected(peer_id)
        self.sync.disconnected(peer_id)


class Connections:
    """What the service asks of a running node: see operations/service.py."""

    def __init__(
        self, parts: NetworkParts, stop: Callable[[], None], leave: Callable[[], None]
    ) -> None:
        self._parts = parts
        self.stop = stop
        self.leave = leave
        self.server: Server | None = None

    def listen(self) -> list[str]:
        return self._parts.transport.addresses

    def peers(self) -> list[Peer]:
        transport = self._parts.transport
        return [
            {
                "id": peer,
                "address": transport.address_of(peer),
                "relay": transport.relay_of(peer),
                "elsewhere": self._parts.elsewhere(peer),
            }
            for peer in transport.peers
        ]

    def peering(self) -> Peers:
        return self._parts.peers

    def web(self) -> str | None:
        return self.server.page if self.server else None

    def page_link(self) -> str | None:
        return self.server.link() if self.server else None

    async def open_door(self) -> str:
        if self.server is None:
            raise LocalError(
                "this node shows no page; start it with: potluck up --web 127.0.0.1:8642"
            )
        return await self.server.open()

    async def close_door(self) -> None:
        if self.server is not None:
            await self.server.close()

    def clock_offset(self) -> float | None:
        return self._parts.sync.clocks.offset

    def health(self) -> Health:
        transport, peers = self._parts.transport, self._parts.transport.peers
        came_in = [p for p in peers if not transport.dialled(p) and transport.relay_of(p) is None]
        return Health(
            self._parts.peers.known,
            len(peers),
            len(came_in),
            self._parts.sync.last_at,
            tuple(self._parts.relays.state.values()),
            self._parts.peers.records.same_key.elsewhere,
            tuple(filter(None, map(self._parts.elsewhere, peers))),
            self._parts.sync.clocks.doubt,
            self._parts.supervisor.failing,
            self._parts.sync.heard_vouches,
        )

    async def holds(self, peer_id: str, announcement_id: bytes) -> bool | None:
        return await self._parts.reach.holds(peer_id, announcement_id)

    async def dialled_back(self) -> list[bool]:
        return await self._parts.dialback.ask_some()

    async def connect(self, address: str) -> str:
        peer_id = await self._parts.peers.connect(address)
        other = await self._parts.learn_elsewhere(peer_id)
        if other is not None:
            await self._parts.peers.disconnect(peer_id)
            raise Refused(
                "the node there is of {other}; a friend there invites you with a link", other=other
            )
        return peer_id

    async def spread(self, announcements: Sequence[bytes]) -> None:
        await self._parts.gossip.publish(announcements)

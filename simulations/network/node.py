"""A node of the laboratory: the parts that ship, on a transport and with a store in memory.

It can be killed and started again. What the service does above them (forms, pages, calendars) is
left out, and so are relays.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from random import Random

import trio

from potluck.node.peering.dialer import Peers
from potluck.node.peering.dropped import Drop
from potluck.node.replication.gossip import Gossip
from potluck.node.replication.intake import Arrival, Intake
from potluck.node.replication.sync import Sync
from potluck.node.store import Bounds, Store
from potluck.protocol import stamp, wire
from potluck.protocol.announcement import DAY, Announcement, Body, Source, Status
from potluck.protocol.identity import Identity
from potluck.protocol.network import Network
from potluck.protocol.stamp import NONCE_BYTES
from potluck.protocol.wire import SignedAnnouncement

from .routed import RoutedTransport, Wires

NETWORK = Network("laboratory", stamp_bits=1)
START = 1_800_000_000
"""UTC seconds at which a world begins."""

Heard = Callable[["Node", Arrival], None]


class Node:
    """Node `number` of a world; `heard` is told of what is fresh here."""

    def __init__(self, wires: Wires, seed: int, number: int, room: int, heard: Heard) -> None:
        self.number = number
        self.room = room
        self.ip = f"{9 + number // 60_000}.{number // 250 % 240}.{number % 250}.1"
        self.skew = 0.0
        self.failures: list[str] = []
        self.drops: list[Drop] = []
        self._wires = wires
        self._random = Random(f"node {seed} {number}")
        self._identity = Identity.from_seed(self._random.randbytes(32))
        self._bootstrap: tuple[str, ...] = ()
        self._heard = heard
        self._slots = 0
        self._process: trio.CancelScope | None = None
        self.announced: list[SignedAnnouncement] = []
        """Its own events that it has not withdrawn."""
        self.host = self._identity.key
        """The key that its events are signed with."""
        bounds = Bounds(room, self._random.randbytes(32), self._identity.key)
        self.store = Store.in_memory(bounds)
        self._make()
        self.peer_id = self.transport.peer_id

    @property
    def runs(self) -> bool:
        """Whether it was started and not killed since."""
        return self._process is not None

    def clock(self) -> float:
        """UTC seconds, as it believes."""
        return START + trio.current_time() + self.skew

    def knows_at_first(self, others: list[Node]) -> None:
        """Its person named these."""
        self._bootstrap = tuple(other.transport.addresses[0] for other in others)

    async def run(self) -> None:
        """One process, until killed."""
        self._make()
        with trio.CancelScope() as self._process:
            try:
                async with self.transport.running(), trio.open_nursery() as nursery:
                    await self.gossip.start()
                    for part in (self.peers.run, self.sync.run, self.intake.run):
                        nursery.start_soon(part)
            except* Exception as group:  # noqa: BLE001 - whatever it is, it is a finding
                self.failures.append("".join(traceback.format_exception(group)))
            finally:
                self.drops += self.peers.bans.drops
                self._process = None  # noqa: PLW2901 - it runs no more

    def kill(self) -> None:
        """Like SIGKILL: what is not durable is lost."""
        if self._process is not None:
            self._process.cancel()
            self.store = self.store.after_crash()

    def woke(self) -> None:
        """As the runtime says after the machine slept."""
        self.peers.woke()
        self.sync.woke()

    def holds(self, host: bytes, slot: int) -> bytes | None:
        """What it holds in a register, encoded, once all that waits is written."""
        self.store.ledger.flush()
        return self.store.deck.encoded_of(host, slot)

    def holds_of(self, host: bytes) -> int:
        """How many events of a host it holds, once all that waits is written."""
        self.store.ledger.flush()
        return len(self.store.deck.of_host(host))

    async def announce(self, lasts: float) -> SignedAnnouncement:
        """A new event that is forgotten after so many seconds, acknowledged: it is durable here."""
        self._slots += 1
        now = int(self.clock())
        title = f"Event {self._slots} of {self.number}"
        signed = event(self._identity, self._slots, now, title, until=now + int(lasts))
        await self.intake.announce(signed)
        self.announced.append(signed)
        return signed

    async def withdraw(self) -> SignedAnnouncement:
        """Its last event, acknowledged."""
        before = self.announced.pop().announcement
        now, revision = int(self.clock()), before.revision + 1
        said = replace(before, issued_at=now, revision=revision, status=Status.WITHDRAWN, body=None)
        signed = wire.sign(said, self._identity)
        await self.intake.announce(signed)
        return signed

    def _make(self) -> None:
        """The parts, as node/runtime/connections.py puts them together."""
        rng, network = self._random, NETWORK
        self.transport = RoutedTransport(self._wires, self.number, self._identity.seed, self.ip)
        self.intake = Intake(network, self.store, self.clock)
        self.sync = Sync(
            self.transport, network, self.store.deck, self.intake,
            clock=self.clock, rng=rng, random_bytes=rng.randbytes,
        )  # fmt: skip
        self.gossip = Gossip(self.transport, self.sync, self.intake, network, rng.randbytes)
        self.peers = Peers(
            self.transport, self.store.peers, self._bootstrap,
            network=network, identity=self._identity,
            clock=self.clock, rng=rng, random_bytes=rng.randbytes,
        )  # fmt: skip
        self.transport.on_connect = self._connected
        self.transport.on_disconnect = self._disconnected
        self.intake.on_fresh(lambda arrival: self._heard(self, arrival))

    def _connected(self, peer_id: str) -> None:
        self.peers.connected(peer_id)
        self.sync.connected(peer_id)

    def _disconnected(self, peer_id: str) -> None:
        self.peers.disconnected(peer_id)
        self.sync.disconnected(peer_id)


def event(
    host: Identity,
    slot: int,
    now: int,
    title: str,
    *,
    until: int = START + 31 * DAY,
    source: str | None = None,
) -> SignedAnnouncement:
    """An event of tomorrow, signed; of another organiser if a source is named."""
    free = Source(source, bytes(NONCE_BYTES)) if source else None
    body = Body(title=title, start=now + DAY, tz="UTC", source=free)
    said = Announcement(
        NETWORK.id, host.key, _nonce(host), slot, 0, now, until, Status.SCHEDULED, body
    )
    return wire.sign(said, host)


@cache
def _nonce(identity: Identity) -> bytes:
    found = stamp.birth(NETWORK.id, identity.key, NETWORK.stamp_bits).search(0, 1 << 20)
    if found is None:
        raise RuntimeError("no birth stamp among a million")
    return found

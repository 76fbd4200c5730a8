"""Whole nodes whose gossip goes by the router that ships, and the one task that carries it.

Heartbeats fall on quarters of a second and arrivals on milliseconds, so that a world of a thousand
nodes wakes up seldom. What a router says while nothing passes is lost, as in a queue that ran over.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Callable
from itertools import count
from random import Random
from typing import Any

import trio

from potluck.node.transport.interface import Validator
from potluck.node.transport.memory import Delay, MemoryNetwork, MemoryTransport
from potluck.node.transport.unconnected_router import Rpc, UnconnectedRouter
from potluck.protocol.errors import RemoteError

BEATS_AT = 4
"""Moments of a second at one of which a node's heartbeats are."""
ARRIVALS_AT = 1000
"""Moments of a second at which RPCs arrive."""


class Wires(MemoryNetwork):
    """The network in memory, and what of gossip is on its way."""

    def __init__(self, delay: Delay, rng: Random) -> None:
        super().__init__(delay)
        self.rng = rng
        self.members: dict[int, RoutedTransport] = {}
        self.sent: Counter[str] = Counter()
        self.received: Counter[str] = Counter()
        """Bytes, by peer ids: without what TCP, noise and yamux add."""
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._earlier = trio.Event()

    async def carry(self) -> None:
        """Have happen what is due, until cancelled."""
        while True:
            while self._events and self._events[0][0] <= trio.current_time():
                heapq.heappop(self._events)[2]()
            self._earlier = trio.Event()
            with trio.move_on_at(self._events[0][0] if self._events else math.inf):
                await self._earlier.wait()

    def after(self, seconds: float, happen: Callable[[], None], moments: int = ARRIVALS_AT) -> None:
        """Have it happen then, at the next of so many moments of a second; after for ever: not."""
        if seconds == math.inf:
            return
        when = math.ceil((trio.current_time() + seconds) * moments) / moments
        heapq.heappush(self._events, (when, next(self._order), happen))
        if self._events[0][2] is happen:
            self._earlier.set()


class RoutedTransport(MemoryTransport):
    """A transport in memory whose gossip goes by a router; `number` is its place in the world."""

    def __init__(self, wires: Wires, number: int, seed: bytes, ip: str) -> None:
        super().__init__(wires, seed, ip)
        self.router = UnconnectedRouter(number, self._put_on_wire)
        self._wires = wires
        self._validator: Validator | None = None
        wires.members[number] = self

    async def subscribe(self, topic: str, validator: Validator) -> None:
        """See interface.Transport. A node of the laboratory has one topic."""
        self._validator = validator
        for link in self._links.values():
            self._meet(link.other(self))
        self._wires.after(self.router.number % BEATS_AT / BEATS_AT, self._beat, BEATS_AT)
        await trio.lowlevel.checkpoint()

    async def publish(self, topic: str, payload: bytes) -> None:
        """Send to the mesh."""
        self.router.publish(payload, self._wires.rng)
        await trio.lowlevel.checkpoint()

    def connected(self, other: MemoryTransport, link: Any) -> None:
        """A connection is up."""
        self._meet(other)
        super().connected(other, link)

    def disconnected(self, other: MemoryTransport) -> None:
        """A connection is gone."""
        if isinstance(other, RoutedTransport):
            self.router.disconnected(other.router)
        super().disconnected(other)

    def send(self, other: RoutedTransport, rpc: Rpc) -> None:
        """Have an RPC arrive at a peer."""
        delay = self._wires.delay(self.peer_id, other.peer_id, rpc.ByteSize())
        self._wires.after(delay, lambda: other.receive(self, rpc))

    def receive(self, sender: RoutedTransport, rpc: Rpc) -> None:
        """What a peer says, if the connection still stands."""
        link = self._links.get(sender.peer_id)
        if link is None or link.other(self) is not sender or self._validator is None:
            return
        try:
            self.router.receive(sender.router, rpc, lambda data: self._accepts(sender, data))
        except RemoteError as error:
            self.report(sender.peer_id, error)

    def _accepts(self, sender: RoutedTransport, payload: bytes) -> bool:
        return self._validator is not None and self._validator(sender.peer_id, payload)

    def _meet(self, other: MemoryTransport) -> None:
        """Tell each other what is subscribed."""
        if isinstance(other, RoutedTransport) and self._validator and other._validator:
            self.router.connected(other.router)
            other.router.connected(self.router)

    def _put_on_wire(self, _from: int, to: int, rpc: Rpc) -> None:
        self.send(self._wires.members[to], rpc)

    def _beat(self) -> None:
        if self._nursery is None:  # it is off
            self.router.close()
        else:
            self._wires.after(self.router.beat() - 0.5 / BEATS_AT, self._beat, BEATS_AT)

"""Whole nodes whose gossip goes by the router that ships, and the one task that carries it.

Heartbeats fall on quarters of a second and arrivals on milliseconds, so that a world of a thousand
nodes wakes up seldom; heartbeats that would do nothing are left out. What a router says while
nothing passes is lost, as in a queue that ran over.
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

from potluck.node import limits
from potluck.node.ips import range_of
from potluck.node.transport.inbound import Inbound
from potluck.node.transport.interface import Validator
from potluck.node.transport.memory_network import MemoryNetwork, MemoryTransport
from potluck.node.transport.unconnected_router import Rpc, UnconnectedRouter
from potluck.protocol.errors import RemoteError

from .fault_plan import Plan

BEATS_AT = 4
"""Moments of a second at one of which a node's heartbeats are."""
ARRIVALS_AT = 1000
"""Moments of a second at which RPCs arrive."""
SENT_AGAIN = 1.0
"""Seconds after which TCP sends a lost piece again (RFC 6298)."""


class Wires(MemoryNetwork):
    """The network in memory as a plan has it, and what of gossip is on its way."""

    def __init__(self, plan: Plan, seed: int) -> None:
        super().__init__(self._travel)
        self.members: dict[int, RoutedTransport] = {}
        self.cuts: list[set[int]] = []
        self.asleep: set[int] = set()
        self.behind: set[str] = set()
        """The ips at which nobody can dial."""
        self.sent: Counter[str] = Counter()
        self.received: Counter[str] = Counter()
        """Bytes, by peer ids: without what TCP, noise and yamux add."""
        self.copies = 0
        """Announcements that gossip sent, once for each peer."""
        self.rng = Random(f"wires {seed}")
        self._plan = plan
        self._seed = seed
        self._numbers: dict[str, int] = {}
        self._links: dict[tuple[int, int], float] = {}
        self._busy: dict[int, float] = {}
        """Until when each node's line is."""
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._earlier = trio.Event()

    def at(self, ip: str, port: int) -> MemoryTransport | None:
        """Who answers there."""
        return None if ip in self.behind else super().at(ip, port)

    def join(self, transport: RoutedTransport) -> None:
        """A member, by the number of its router."""
        number = transport.router.number
        self.members[number] = transport
        self._numbers[transport.peer_id] = number

    def _travel(self, source: str, target: str, size: int) -> float:
        """Seconds for so many bytes from one to the other; for ever: lost."""
        if source == target:  # where nobody is
            return math.inf
        self.sent[source] += size
        self.received[target] += size
        one, other = self._number(source), self._number(target)
        if one in self.asleep or other in self.asleep:
            return math.inf
        if self.cuts and any((one in cut) != (other in cut) for cut in self.cuts):
            return math.inf
        plan, pair = self._plan, (min(one, other), max(one, other))
        if pair not in self._links:
            chance = Random(f"link {self._seed} {pair}")
            self._links[pair] = chance.uniform(plan.shortest, plan.longest)
        delay = self._links[pair] * (1 + plan.jitter * self.rng.uniform(-1, 1))
        if one % plan.regions != other % plan.regions:
            delay += plan.abroad
        if plan.bandwidth:
            now = trio.current_time()
            self._busy[one] = max(now, self._busy.get(one, 0)) + size / plan.bandwidth
            delay += self._busy[one] - now
        return delay + (SENT_AGAIN if self.rng.random() < plan.loss else 0)

    def _number(self, peer_id: str) -> int:
        return self._numbers.setdefault(peer_id, 100_000 + len(self._numbers))

    async def carry(self) -> None:
        """Have happen what is due, until cancelled."""
        self.after(0, self._beat, BEATS_AT)
        while True:
            while self._events and self._events[0][0] <= trio.current_time():
                heapq.heappop(self._events)[2]()
            self._earlier = trio.Event()
            with trio.move_on_at(self._events[0][0] if self._events else math.inf):
                await self._earlier.wait()

    def _beat(self) -> None:
        """The heartbeats of this quarter of a second, and so on."""
        turn = round(trio.current_time() * BEATS_AT) % BEATS_AT
        for number, member in self.members.items():
            if number % BEATS_AT == turn and member.validator and not member.router.is_idle:
                member.router.beat()
        self.after(0.5 / BEATS_AT, self._beat, BEATS_AT)

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
        self._inbound = Inbound()
        self.validator: Validator | None = None
        """Of the one topic, once it is subscribed."""
        wires.join(self)

    def takes(self, caller: MemoryTransport) -> bool:
        """Whether a caller is let in, by the rules of the transport that ships."""
        room = len(self._links) < limits.MAX_CONNECTIONS
        return room and self._inbound.has_room(range_of(caller.ip)) and super().takes(caller)

    async def subscribe(self, topic: str, validator: Validator) -> None:
        """See interface.Transport. A node of the laboratory has one topic."""
        self.validator = validator
        for link in self._links.values():
            self._meet(link.other(self))
        await trio.lowlevel.checkpoint()

    async def publish(self, topic: str, payload: bytes) -> None:
        """Send to the mesh."""
        self.router.publish(payload, self._wires.rng)
        await trio.lowlevel.checkpoint()

    def connected(self, other: MemoryTransport, link: Any) -> None:
        """A connection is up."""
        self._meet(other)
        super().connected(other, link)
        if not self.dialled(other.peer_id) and self._nursery is not None:
            place = range_of(other.ip)
            gone = self._inbound.enter(other.peer_id, place, lambda peer: self.is_wanted(str(peer)))
            if gone is not None:
                self._nursery.start_soon(self.disconnect, str(gone))

    def disconnected(self, other: MemoryTransport) -> None:
        """A connection is gone."""
        if isinstance(other, RoutedTransport):
            self.router.disconnected(other.router)
        self._inbound.leave(other.peer_id)
        super().disconnected(other)

    def send(self, other: RoutedTransport, rpc: Rpc) -> None:
        """Have an RPC arrive at a peer."""
        self._wires.copies += len(rpc.publish)
        delay = self._wires.delay(self.peer_id, other.peer_id, rpc.ByteSize())
        self._wires.after(delay, lambda: other.receive(self, rpc))

    def receive(self, sender: RoutedTransport, rpc: Rpc) -> None:
        """What a peer says, if the connection still stands."""
        link = self._links.get(sender.peer_id)
        if link is None or link.other(self) is not sender or self.validator is None:
            return
        try:
            self.router.receive(sender.router, rpc, lambda data: self._accepts(sender, data))
        except RemoteError as error:
            self.report(sender.peer_id, error)

    def _accepts(self, sender: RoutedTransport, payload: bytes) -> bool:
        return self.validator is not None and self.validator(sender.peer_id, payload)

    def _meet(self, other: MemoryTransport) -> None:
        """Tell each other what is subscribed."""
        if isinstance(other, RoutedTransport) and self.validator and other.validator:
            self.router.connected(other.router)
            other.router.connected(self.router)

    def _put_on_wire(self, _from: int, to: int, rpc: Rpc) -> None:
        self.send(self._wires.members[to], rpc)

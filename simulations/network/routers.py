"""Gossip among many: the router that ships, on a heap of events.

Each router dials some others, as in vyzo's simulations of GossipSub (libp2p, 2020), and messages
are published one after the other. Bandwidth is without limit, signatures are not checked.
"""

import heapq
from collections import Counter
from collections.abc import Callable
from functools import partial
from hashlib import blake2b
from itertools import count
from random import Random

from potluck.node.transport.unconnected_router import Rpc, UnconnectedRouter, simulated

from .gossip import Dissemination, Gossip

START = 1_800_000_000.0
"""UTC seconds at which a world begins."""
WARM_UP = 20.0
"""Seconds for meshes to form."""
TAIL = 10.0
"""Seconds after the last message."""


class Routers:
    """Routers, links and a heap of what happens when."""

    def __init__(self, gossip: Gossip, seed: int) -> None:
        self.now = START
        self.rng = Random(f"routers {seed}")
        self.sent: Counter[str] = Counter()
        self.trace = blake2b(digest_size=16)
        self._gossip = gossip
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._published: dict[bytes, float] = {}
        self._delays: list[float] = []
        self._links = self._dial()
        self.routers: list[UnconnectedRouter] = []

    def run(self) -> Dissemination:
        """Form meshes, publish, and measure."""
        gossip, rng = self._gossip, self.rng
        wanted_degrees = (gossip.degree, gossip.least, gossip.most)
        self.routers = [
            UnconnectedRouter(number, self._send, wanted_degrees) for number in range(gossip.nodes)
        ]
        for pair in self._links:
            self._at(rng.random() * gossip.dialled_within, partial(self._connect, *pair))
        for router in self.routers:
            self._at(rng.random(), partial(self._beat, router))
        self._run_until(START + WARM_UP)
        degrees = [len(router.mesh) for router in self.routers]
        self.sent.clear()
        for number in range(gossip.messages):
            self._at(1 + number * gossip.pause, self._publish)
        self._run_until(self.now + gossip.messages * gossip.pause + TAIL)
        wanted = gossip.messages * (gossip.nodes - 1)
        return Dissemination.of(
            self._delays, wanted, self.sent["copies"], degrees, self.trace.hexdigest()
        )

    def _dial(self) -> dict[tuple[int, int], float]:
        """Seconds one way, by pairs of routers."""
        gossip, links = self._gossip, {}
        for one in range(gossip.nodes):
            for other in self.rng.sample(range(gossip.nodes), min(gossip.dials, gossip.nodes)):
                pair = (min(one, other), max(one, other))
                if one != other and pair not in links:
                    links[pair] = self.rng.uniform(gossip.shortest, gossip.longest)
        return links

    def _connect(self, one: int, other: int) -> None:
        self.routers[one].connected(self.routers[other])
        self.routers[other].connected(self.routers[one])

    def _beat(self, router: UnconnectedRouter) -> None:
        self._at(router.beat(), lambda: self._beat(router))

    def _publish(self) -> None:
        """A message of 300 bytes of one of them."""
        started = self.now
        router = self.rng.choice(self.routers)
        name = router.publish(self.rng.randbytes(300), self.rng)
        self._published[name] = started

    def _send(self, source: int, target: int, rpc: Rpc) -> None:
        self.sent["copies"] += len(rpc.publish)
        gossip = self._gossip
        link = self._links[min(source, target), max(source, target)]
        delay = link * (1 + gossip.jitter * self.rng.uniform(-1, 1)) + gossip.hop
        self._at(delay, lambda: self._receive(source, target, rpc))

    def _receive(self, source: int, target: int, rpc: Rpc) -> None:
        for name in self.routers[target].receive(self.routers[source], rpc, lambda _: True):
            delay = self.now - self._published[name] + self._gossip.once
            self._delays.append(delay)
            self.trace.update(f"{target} {name.hex()} {delay:.9f}\n".encode())

    def _at(self, after: float, happen: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + after, next(self._order), happen))

    def _run_until(self, end: float) -> None:
        while self._events and self._events[0][0] <= end:
            self.now, _, happen = heapq.heappop(self._events)
            happen()
        self.now = end


def disseminate(gossip: Gossip, seed: int) -> Dissemination:
    """What became of the messages, by the router that ships."""
    world = Routers(gossip, seed)
    with simulated(lambda: world.now, Random(f"chance {seed}")):
        return world.run()

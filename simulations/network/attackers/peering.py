"""Attacks on whom nodes know, dial and keep."""

import trio

from potluck.node import limits
from potluck.node.transport.memory_network import MemoryTransport
from potluck.protocol.identity import Identity
from potluck.simulations.network.node import Node

from .attacker import Attacker

BOOK_SHARE = 300
"""Peers of one teller's invention that may stand in a node's book, at most."""
SLOTS_SHARE = 9
"""Connections to one attacker's ranges that a node may keep up by itself, of its 16."""


class Flood(Attacker):
    """Tells of peers that do not exist, as many as it may."""

    async def attack(self, victim: Node) -> None:
        ips = (
            f"{self._random.randint(60, 90)}.{n}.1.1" for n in self._random.sample(range(250), 31)
        )
        await self.tell(victim, [(self.invented(), f"/ip4/{ip}/tcp/4001") for ip in ips])

    async def wrong(self) -> list[str]:
        return [
            f"a teller filled the book of node {node.number}: {node.peers.known} peers"
            for node in self._victims
            if node.peers.known > BOOK_SHARE
        ]


class Aimer(Attacker):
    """Tells of peers that do not exist at the door of a third party, half of them by names."""

    def prepare(self) -> None:
        self._door = f"45.{self.number}.113.7"
        self._told: list[tuple[Identity, str]] = []
        for n in range(200):
            name = f"n{n}.aim{self.number}.example.org"
            self._wires.names[name] = [self._door]
            host = f"ip4/{self._door}" if n % 2 else f"dns4/{name}"
            self._told.append((self.invented(), f"/{host}/tcp/{1000 + n}"))

    async def attack(self, victim: Node) -> None:
        await self.tell(victim, self._told)

    async def wrong(self) -> list[str]:
        knocks = sum(f"/{self._door}/" in dialled for dialled in self._wires.dials)
        most = limits.DIALS_BURST + trio.current_time() * limits.DIALS_PER_SECOND
        few = most * len(self._victims)
        return [f"records made nodes knock {knocks} times at one door"] if knocks > few else []


class _Surrounding(Attacker):
    """Tells of nodes of its own that answer, and do nothing else."""

    def prepare(self) -> None:
        self._told: list[tuple[Identity, str]] = []

    def add(self, ip: str, port: int, at: str) -> None:
        """A node of its own, and the place that it is told to be at."""
        identity = self.invented()
        self._fronts.append(MemoryTransport(self._wires, identity.seed, ip, port))
        self._told.append((identity, f"/{at}/tcp/{port}"))

    async def attack(self, victim: Node) -> None:
        await self.tell(victim, self._told)

    async def wrong(self) -> list[str]:
        ours = {front.peer_id for front in self._fronts}
        return [
            f"node {node.number} keeps {many} connections to one attacker"
            for node in self._victims
            if (many := sum(map(node.transport.dialled, ours))) > SLOTS_SHARE
        ]


class Names(_Surrounding):
    """Forty nodes of one machine, each under a name of its own."""

    def prepare(self) -> None:
        super().prepare()
        for n in range(40):
            name = f"n{n}.many{self.number}.example.org"
            self._wires.names[name] = [self.ip]
            self.add(self.ip, 5000 + n, f"dns4/{name}")


class Eclipse(_Surrounding):
    """Sixty nodes in two ranges around the first node, which they dial all the time, too."""

    def prepare(self) -> None:
        super().prepare()
        for n in range(60):
            ip = f"210.{self.number}.{n % 2}.{n + 1}"
            self.add(ip, 4001, f"ip4/{ip}")

    async def attack(self, victim: Node) -> None:
        if victim is self._victims[0]:
            for front in self._fronts:
                await front.dial(victim.transport.addresses[0])
        await self.tell(victim, self._told)

    async def wrong(self) -> list[str]:
        honest = {node.peer_id for node in self._victims}
        alone = honest.isdisjoint(self._victims[0].transport.peers)
        surrounded = ["node 0 is connected with nobody but an attacker"] if alone else []
        return [*await super().wrong(), *surrounded]

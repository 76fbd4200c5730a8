"""What attackers share. Each has something to check of its victims at the end."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random

import trio

from potluck.node.peering import exchange, peer_record
from potluck.node.transport import Disconnected, protocols
from potluck.node.transport.memory_network import MemoryTransport
from potluck.node.transport.peer_id import peer_id_of
from potluck.protocol.identity import Identity
from potluck.simulations.network.node import NETWORK, Node
from potluck.simulations.network.routed import RoutedTransport, Wires


class Attacker(ABC):
    """One that dials every victim again and again, and does what its kind does."""

    def __init__(self, wires: Wires, seed: int, number: int, victims: list[Node]) -> None:
        self.number = number
        self._random = Random(f"attacker {seed} {number}")
        self._wires = wires
        self._victims = victims
        self._identity = self.invented()
        self._fronts: list[MemoryTransport] = []
        """Other nodes of its machine, which do nothing but answer dials."""
        self.ip = f"200.{number}.0.1"
        self.transport = RoutedTransport(wires, len(victims) + number, self._identity.seed, self.ip)
        self.prepare()

    async def run(self) -> None:
        """Until cancelled."""
        async with self._listening(), trio.open_nursery() as nursery:
            await self.begin()
            for victim in self._victims:
                nursery.start_soon(self._again_and_again, victim)

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for each in (self.transport, *self._fronts):
                await stack.enter_async_context(each.running())
            yield

    async def _again_and_again(self, victim: Node) -> None:
        while True:
            try:
                await self.transport.dial(victim.transport.addresses[0])
                await self.attack(victim)
            except Disconnected:
                pass
            await trio.sleep(self._random.uniform(5, 10))

    def invented(self) -> Identity:
        """A new identity."""
        return Identity.from_seed(self._random.randbytes(32))

    async def tell(self, victim: Node, told: list[tuple[Identity, str]]) -> None:
        """Signed records of these identities at these places, as many as one exchange takes."""
        now = int(victim.clock())
        records = [
            peer_record.write(one, NETWORK, [f"{at}/p2p/{peer_id_of(one.key)}"], now)
            for one, at in self._random.sample(told, min(31, len(told)))
        ]
        stream = await self.transport.open_stream(victim.peer_id, protocols.PEERS)
        try:
            await exchange.ask(stream, NETWORK, self._random.randbytes, records)
        finally:
            await stream.reset()

    def prepare(self) -> None:  # noqa: B027 - most have nothing to prepare
        """What its kind has, before anything runs."""

    async def begin(self) -> None:
        """Before the first round."""
        await trio.lowlevel.checkpoint()

    @abstractmethod
    async def attack(self, victim: Node) -> None:
        """One round."""

    async def wrong(self) -> list[str]:
        """What it reached, in words; what it keeps from nodes, these lack in any case."""
        return []

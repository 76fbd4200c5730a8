"""Attackers as node programs: on the same wires, with keys and addresses of their own.

Each has something to check of its victims at the end: what an attack must not reach.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from random import Random

import trio

from potluck.node.peering import exchange, peer_record
from potluck.node.transport import Disconnected, Stream, protocols
from potluck.node.transport.channel import Channel
from potluck.node.transport.peer_id import peer_id_of
from potluck.protocol.identity import Identity
from potluck.protocol.network import NONCE_BYTES

from .node import NETWORK, Node
from .routed import RoutedTransport, Wires

PATIENCE = 60.0
"""Seconds for which a conversation that makes no headway may hold a node's stream."""
BOOK_SHARE = 300
"""Peers of one teller's invention that may stand in a node's book, at most."""
CLOCK_MOVED = 300.0
"""Seconds by which a node whose clock is right may believe it to be wrong."""


class Attacker(ABC):
    """One that dials every victim again and again, and does what its kind does."""

    def __init__(self, wires: Wires, seed: int, number: int, victims: list[Node]) -> None:
        self._random = Random(f"attacker {seed} {number}")
        self._identity = Identity.from_seed(self._random.randbytes(32))
        self.transport = RoutedTransport(
            wires, len(victims) + number, self._identity.seed, self.ip(number)
        )
        self._victims = victims

    def ip(self, number: int) -> str:
        """Where it is: each in a range of its own."""
        return f"200.0.{number}.1"

    async def run(self) -> None:
        """Until cancelled."""
        async with self.transport.running(), trio.open_nursery() as nursery:
            for victim in self._victims:
                nursery.start_soon(self._again_and_again, victim)

    async def _again_and_again(self, victim: Node) -> None:
        while True:
            try:
                await self.transport.dial(victim.transport.addresses[0])
                await self.attack(victim)
            except Disconnected:
                pass
            await trio.sleep(self._random.uniform(5, 10))

    @abstractmethod
    async def attack(self, victim: Node) -> None:
        """One round."""

    @abstractmethod
    def wrong(self) -> list[str]:
        """What it reached, in words."""


class Flood(Attacker):
    """Tells of peers that do not exist, as many as it may; all such are of one range."""

    def ip(self, number: int) -> str:
        return f"201.0.0.{number + 1}"

    async def attack(self, victim: Node) -> None:
        now = int(victim.clock())
        made_up = []
        for _ in range(31):
            one = Identity.from_seed(self._random.randbytes(32))
            ip = f"{self._random.randint(60, 90)}.{self._random.randrange(250)}.1.1"
            at = f"/ip4/{ip}/tcp/4001/p2p/{peer_id_of(one.key)}"
            made_up.append(peer_record.write(one, NETWORK, [at], now))
        stream = await self.transport.open_stream(victim.peer_id, protocols.PEERS)
        try:
            await exchange.ask(stream, NETWORK, self._random.randbytes, made_up)
        finally:
            await stream.reset()

    def wrong(self) -> list[str]:
        return [
            f"a teller filled the book of node {node.number}: {node.peers.known} peers"
            for node in self._victims
            if node.peers.known > BOOK_SHARE
        ]


class Drip(Attacker):
    """Begins a conversation, and sends a byte of it now and then."""

    def __init__(self, wires: Wires, seed: int, number: int, victims: list[Node]) -> None:
        super().__init__(wires, seed, number, victims)
        self._held: dict[int, float] = {}

    async def attack(self, victim: Node) -> None:
        stream = await self.transport.open_stream(victim.peer_id, protocols.SYNC)
        began = trio.current_time()
        try:
            while trio.current_time() - began < 10 * PATIENCE:
                await stream.write(b"\0")
                await trio.sleep(10)
                held = trio.current_time() - began
                self._held[victim.number] = max(held, self._held.get(victim.number, 0))
        finally:
            await stream.reset()

    def wrong(self) -> list[str]:
        return [
            f"a byte now and then held a stream of node {number} for {held:.0f} s"
            for number, held in self._held.items()
            if held > PATIENCE
        ]


class Liar(Attacker):
    """Says in each sync that it is an hour later."""

    def __init__(self, wires: Wires, seed: int, number: int, victims: list[Node]) -> None:
        super().__init__(wires, seed, number, victims)
        self.transport.handle(protocols.SYNC, self._welcome)

    async def _welcome(self, stream: Stream) -> None:
        channel = Channel(stream, NETWORK, self._random.randbytes)
        await channel.receive_hello()
        await channel.send_hello([int(self._victims[0].clock()) + 3600])

    async def attack(self, victim: Node) -> None:
        await trio.sleep(60)

    def wrong(self) -> list[str]:
        return [
            f"peers that dialled node {node.number} moved its idea of the time by {offset:.0f} s"
            for node in self._victims
            if (offset := node.sync.clock_offset) is not None and abs(offset) > CLOCK_MOVED
        ]


class Forger(Attacker):
    """Passes on what it hears with a broken signature, before others pass on the true one."""

    def __init__(self, wires: Wires, seed: int, number: int, victims: list[Node]) -> None:
        super().__init__(wires, seed, number, victims)
        self._forged, self._heard = trio.open_memory_channel[bytes](1000)

    async def run(self) -> None:
        await self.transport.subscribe(NETWORK.topic, self._arrived)
        await super().run()

    def _arrived(self, _peer: str, payload: bytes) -> bool:
        encoded = NETWORK.open(payload)
        forged = encoded[:-1] + bytes([encoded[-1] ^ 1])
        self._forged.send_nowait(NETWORK.seal(forged, self._random.randbytes(NONCE_BYTES)))
        return False

    async def attack(self, victim: Node) -> None:
        async for forged in self._heard.clone():
            await self.transport.publish(NETWORK.topic, forged)

    def wrong(self) -> list[str]:
        """Nothing of its own: what it keeps from the nodes, they lack."""
        return []


ATTACKERS: dict[str, Callable[[Wires, int, int, list[Node]], Attacker]] = {
    "flood": Flood,
    "drip": Drip,
    "liar": Liar,
    "forger": Forger,
}

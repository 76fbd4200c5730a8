"""Attacks by conversations: what they hold, take, and say of the time."""

from collections import Counter

import trio

from potluck.node import limits
from potluck.node.replication import session
from potluck.node.transport import Disconnected, Stream, protocols
from potluck.node.transport.channel import Channel, Exhausted, Kind
from potluck.simulations.network.node import NETWORK, Node

from .attacker import Attacker

PATIENCE = 60.0
"""Seconds for which a conversation that makes no headway may hold a node's stream."""
CLOCK_MOVED = 300.0
"""Seconds by which a node whose clock is right may believe it to be wrong."""
HOUR = 3600


class Drip(Attacker):
    """Begins a conversation, and sends a byte of it now and then."""

    def prepare(self) -> None:
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

    async def wrong(self) -> list[str]:
        return [
            f"a byte now and then held a stream of node {number} for {held:.0f} s"
            for number, held in self._held.items()
            if held > PATIENCE
        ]


class Liar(Attacker):
    """Says in each sync that it is an hour later."""

    def prepare(self) -> None:
        self.transport.handle(protocols.SYNC, self._welcome)

    async def _welcome(self, stream: Stream) -> None:
        channel = Channel(stream, NETWORK, self._random.randbytes)
        await channel.receive_hello()
        await channel.send_hello([int(self._victims[0].clock()) + HOUR])

    async def attack(self, victim: Node) -> None:
        await trio.sleep(60)

    async def wrong(self) -> list[str]:
        return [
            f"peers that dialled node {node.number} moved its idea of the time by {offset:.0f} s"
            for node in self._victims
            if (offset := node.sync.clocks.offset) is not None and abs(offset) > CLOCK_MOVED
        ]


class Drain(Attacker):
    """Has everything sent to it again and again."""

    def prepare(self) -> None:
        self._served: Counter[int] = Counter()

    async def attack(self, victim: Node) -> None:
        for _ in range(100):
            await trio.sleep(0.1)
            stream = await self.transport.open_stream(victim.peer_id, protocols.SYNC)
            try:
                await self._take(victim, Channel(stream, NETWORK, self._random.randbytes))
            except Exhausted:
                pass
            finally:
                await stream.reset()

    async def _take(self, victim: Node, channel: Channel) -> None:
        now = int(victim.clock())
        at = list(session.START)
        await channel.send_hello([now, -(-now // HOUR) * HOUR, at, 0])
        if await channel.receive_hello() is None:
            raise Disconnected("not served")
        self._served[victim.number] += 1
        while session.give_frame(await channel.expect(Kind.GIVE))[0] is session.More.FOLLOWS:
            pass

    async def wrong(self) -> list[str]:
        most = limits.SESSIONS_BURST + trio.current_time() * limits.SESSIONS_PER_SECOND
        return [
            f"node {number} told one peer everything {times} times"
            for number, times in self._served.items()
            if times > most + 1
        ]

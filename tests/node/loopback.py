"""Real transports on loopback, and waiting for what must happen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from random import Random

import trio

from potluck.node.transport.libp2p_transport import Libp2pTransport
from potluck.protocol.errors import RemoteError

HERE = "/ip4/127.0.0.1/tcp/0"
TOPIC = "/potluck/1/test"


async def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait for the condition; fails after so many seconds."""
    with trio.fail_after(seconds):
        while not condition():  # noqa: ASYNC110 - libp2p has no event for most of what is awaited
            await trio.sleep(0.01)


class Node:
    """A transport that forwards all gossip and remembers what it saw."""

    def __init__(self, seed: int) -> None:
        random = Random(seed)
        self.transport = Libp2pTransport(random.randbytes(32), [HERE], random.randbytes)
        self.gossip: list[bytes] = []
        self.offences: list[tuple[str, str]] = []
        self.transport.on_offence = self._offence

    @property
    def address(self) -> str:
        return self.transport.addresses[0]

    @property
    def peer_id(self) -> str:
        return self.transport.peer_id

    def validate(self, _peer: str, payload: bytes) -> bool:
        self.gossip.append(payload)
        return True

    def _offence(self, peer: str, error: RemoteError) -> None:
        self.offences.append((peer, error.reason))


@asynccontextmanager
async def nodes(count: int) -> AsyncIterator[list[Node]]:
    """So many running nodes, subscribed to TOPIC, connected with nobody."""
    made = [Node(seed) for seed in range(count)]
    async with AsyncExitStack() as stack:
        for node in made:
            await stack.enter_async_context(node.transport.running())
            await node.transport.subscribe(TOPIC, node.validate)
        yield made


async def befriend(node: Node, *others: Node) -> None:
    """Connect, and wait until gossip flows both ways."""
    for other in others:
        await node.transport.dial(other.address)
        for one, another in ((node, other), (other, node)):
            await until(partial(_gossips_with, one, another))


def _gossips_with(node: Node, other: Node) -> bool:
    return other.peer_id in node.transport.mesh(TOPIC)


async def gossip_passes(sender: Node, receiver: Node) -> None:
    """Check that both gossip to each other."""
    for source, target in ((sender, receiver), (receiver, sender)):
        payload = f"from {source.peer_id}, {len(target.gossip)}".encode()
        await source.transport.publish(TOPIC, payload)
        await until(partial(target.gossip.count, payload))

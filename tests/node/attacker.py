"""A plain libp2p host that sends a node whatever bytes it likes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import trio
from libp2p import new_host
from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.peer.id import ID
from libp2p.peer.peerinfo import info_from_p2p_addr
from libp2p.pubsub.pb import rpc_pb2
from libp2p.utils.varint import encode_varint_prefixed
from multiaddr import Multiaddr

from potluck.node.transport.guards.rpc import signed_part
from potluck.node.transport.peer_id import ED25519_ID
from potluck.protocol.identity import Identity
from tests.node.loopback import TOPIC

MESHSUB = "/meshsub/1.1.0"


class Attacker:
    """Connected with one node, its victim."""

    def __init__(self, host: Any, victim: ID) -> None:
        self.host = host
        self.victim = victim
        self.peer_id = str(host.get_id())

    async def open(self, protocol: str = MESHSUB) -> Any:
        """A raw stream to the victim."""
        return await self.host.new_stream(self.victim, [protocol])

    async def send_rpc(self, rpc: rpc_pb2.RPC | bytes) -> Any:
        """Send one gossip RPC, or bytes in the place of one; the stream it went on."""
        stream = await self.open()
        body = rpc if isinstance(rpc, bytes) else rpc.SerializeToString()
        await stream.write(encode_varint_prefixed(body))
        return stream

    async def publish(self, *messages: rpc_pb2.Message) -> None:
        """Send gossip messages in one RPC."""
        await self.send_rpc(rpc_pb2.RPC(publish=messages))

    @property
    def connected(self) -> bool:
        """Whether the victim still talks with it."""
        return any(
            not conn.is_closed for conn in self.host.get_network().get_connections(self.victim)
        )


def message(payload: bytes = b"hello", number: int = 0, topic: str = TOPIC) -> rpc_pb2.Message:
    """A well-formed gossip message."""
    key = Identity.from_seed(number.to_bytes(32, "big"))
    made = rpc_pb2.Message(
        data=payload,
        topicIDs=[topic],
        from_id=ED25519_ID + key.key,
        seqno=number.to_bytes(8, "big"),
    )
    made.signature = key.sign(signed_part(made))
    return made


@asynccontextmanager
async def attacking(address: str, seed: int = 99) -> AsyncIterator[Attacker]:
    """An attacker connected with the node at this address."""
    host = new_host(key_pair=create_new_key_pair(seed.to_bytes(32, "big")))
    victim = info_from_p2p_addr(Multiaddr(address))
    async with host.run(listen_addrs=[Multiaddr("/ip4/127.0.0.1/tcp/0")]):
        await host.connect(victim)
        yield Attacker(host, victim.peer_id)
        with trio.move_on_after(1):
            await host.disconnect(victim.peer_id)

"""Relays: libp2p's own, and hosts that speak its protocol as a test likes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from google.protobuf.message import Message
from libp2p import new_host
from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.peer.id import ID
from libp2p.relay.circuit_v2.pb.circuit_pb2 import (
    HopMessage,
    PeerId,
    Reservation,
    Status,
    StopMessage,
)
from libp2p.relay.circuit_v2.protocol import CircuitV2Protocol
from libp2p.relay.circuit_v2.resources import RelayLimits
from libp2p.tools.anyio_service import background_trio_service
from libp2p.utils.varint import encode_varint_prefixed, read_varint_prefixed_bytes_limited
from multiaddr import Multiaddr

from potluck.node.transport.circuits import HOP, STOP
from tests.node.loopback import HERE, TOPIC, Node, gossip_passes, until

YES = HopMessage(type=HopMessage.STATUS, status=Status.OK, reservation=Reservation(expire=1))
AMPLE = RelayLimits(duration=3600, data=1 << 30, max_circuit_conns=64, max_reservations=64)


class Relay:
    """
    A host that relays, or says so. What it was asked is in `asked`; `answer` says what it answers.
    """

    def __init__(self, host: Any) -> None:
        self.host = host
        self.peer_id = str(host.get_id())
        self.asked: list[HopMessage] = []
        self.answer: Message | bytes | None = None

    @property
    def address(self) -> str:
        return f"{self.host.get_transport_addrs()[0]}/p2p/{self.peer_id}"

    async def hang_up(self, peer_id: str) -> None:
        await self.host.disconnect(ID.from_string(peer_id))

    async def bring(self, to: str, said: StopMessage | bytes) -> tuple[Any, StopMessage]:
        """Open a circuit to a peer, so to speak: the stream, and what the peer answered."""
        stream = await self.host.new_stream(ID.from_string(to), [STOP])
        await stream.write(framed(said))
        answer = StopMessage()
        answer.ParseFromString(await read_varint_prefixed_bytes_limited(stream, 4096))
        return stream, answer

    async def serve(self, stream: Any) -> None:
        """Answer what `answer` says, or never; the stream stays open."""
        question = HopMessage()
        question.ParseFromString(await read_varint_prefixed_bytes_limited(stream, 4096))
        self.asked.append(question)
        if self.answer is not None:
            await stream.write(framed(self.answer))


def framed(said: Message | bytes) -> bytes:
    return said if isinstance(said, bytes) else encode_varint_prefixed(said.SerializeToString())


def a_circuit_from(peer_id: str) -> StopMessage:
    peer = PeerId(id=ID.from_string(peer_id).to_bytes())
    return StopMessage(type=StopMessage.CONNECT, peer=peer)


@asynccontextmanager
async def relaying(limits: RelayLimits = AMPLE) -> AsyncIterator[Relay]:
    """libp2p's relay."""
    async with _listening(50) as relay:
        protocol = CircuitV2Protocol(relay.host, limits, allow_hop=True)
        async with background_trio_service(protocol):
            await protocol.event_started.wait()
            yield relay


@asynccontextmanager
async def pretending(answer: Message | bytes | None = None) -> AsyncIterator[Relay]:
    """A host that gives this answer to whatever a relay is asked, by default none."""
    async with _listening(51) as relay:
        relay.answer = answer
        relay.host.set_stream_handler(HOP, relay.serve)
        yield relay


@asynccontextmanager
async def _listening(seed: int) -> AsyncIterator[Relay]:
    host = new_host(key_pair=create_new_key_pair(seed.to_bytes(32, "big")))
    async with host.run(listen_addrs=[Multiaddr(HERE)]):
        yield Relay(host)


async def keep_place(node: Node, relay: Relay) -> str:
    """Have the relay keep a place for the node: the address that leads to it there."""
    await node.transport.dial(relay.address)
    await node.transport.reserve(relay.address)
    return node.transport.addresses[-1]


async def meet(caller: Node, called: Node, relay: Relay) -> None:
    """Connect two nodes through the relay."""
    await caller.transport.dial(await keep_place(called, relay))
    await until(lambda: caller.peer_id in called.transport.peers)


def answers(status: Status.ValueType) -> HopMessage:
    return HopMessage(type=HopMessage.STATUS, status=status)


async def gossip_flows(one: Node, other: Node) -> None:
    for here, there in ((one, other), (other, one)):
        await until(partial(_in_mesh, here, there))
    await gossip_passes(one, other)


def _in_mesh(here: Node, there: Node) -> bool:
    return there.peer_id in here.transport.mesh(TOPIC)

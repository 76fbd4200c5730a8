"""Attacks on a node at an address, from a process of their own: until they are killed.

    python -m tests.benchmarks.attacks ATTACK MULTIADDR

They say "on" once they have begun.
"""

from __future__ import annotations

import contextlib
import itertools
import secrets
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import trio
from libp2p.pubsub.pb import rpc_pb2
from libp2p.utils.varint import encode_varint_prefixed

from potluck.node.peering import exchange, peer_record
from potluck.node.transport import Disconnected, protocols
from potluck.node.transport.libp2p_transport import Libp2pTransport
from potluck.node.transport.multiaddrs import read
from potluck.node.transport.peer_id import peer_id_of
from potluck.protocol.errors import LocalError
from potluck.protocol.identity import Identity
from tests.builders import NETWORK, body, host, signed
from tests.node.attacker import Attacker, attacking, message
from tests.node.loopback import HERE
from tests.node.offences import control
from tests.node.test_virtual_attacks import wanting

GONE = (Disconnected, LocalError)


def on() -> None:
    print("on", flush=True)


@asynccontextmanager
async def transport() -> AsyncIterator[Libp2pTransport]:
    made = Libp2pTransport(secrets.token_bytes(32), [HERE], secrets.token_bytes)
    async with made.running():
        yield made


async def idle(address: str) -> None:
    """96 strangers that say nothing."""
    async with AsyncExitStack() as stack:
        for seed in range(96):
            with contextlib.suppress(Exception):  # who is turned away has tried
                await stack.enter_async_context(attacking(address, seed + 100))
        on()
        await trio.sleep_forever()


async def half_open(address: str) -> None:
    """120 sockets that never say who they are, renewed."""
    to = read(address)

    async def knock() -> None:
        while True:
            with contextlib.suppress(OSError, trio.BrokenResourceError):
                async with await trio.open_tcp_stream(to.host, to.port) as stream:
                    await stream.receive_some()
            await trio.sleep(0.2)

    async with trio.open_nursery() as nursery:
        for _ in range(120):
            nursery.start_soon(knock)
        on()


async def records(address: str) -> None:
    """The book asked for in a loop, and records of a machine with ever more ids told."""
    peer_id, number = read(address).peer_id, 0
    async with transport() as ours:
        on()
        while True:
            told = []
            for number in range(number, number + 30):  # noqa: B020 - it goes on from there
                one = Identity.from_seed(number.to_bytes(32, "big"))
                at = f"/ip4/127.0.0.1/tcp/{1000 + number % 60_000}/p2p/{peer_id_of(one.key)}"
                told.append(peer_record.write(one, NETWORK, [at], int(time.time())))
            try:
                await ours.dial(address)
                stream = await ours.open_stream(peer_id, protocols.PEERS)
                await exchange.ask(stream, NETWORK, secrets.token_bytes, told)
            except GONE:
                await trio.sleep(0.1)


async def sessions(address: str) -> None:
    """Everything asked for in one sync session after another."""
    peer_id = read(address).peer_id
    held = [signed(host(40), slot, what=body(f"Held {slot}")).id for slot in range(2_000)]
    async with transport() as ours:
        on()
        while True:
            try:
                await ours.dial(address)
                await wanting(ours, peer_id, int(time.time()), held)
            except GONE:
                await trio.sleep(0.1)


async def slow(address: str) -> None:
    """A byte now and then, on every protocol at once."""
    peer_id = read(address).peer_id

    async def drip(ours: Libp2pTransport, protocol: protocols.StreamProtocol) -> None:
        while True:
            with contextlib.suppress(*GONE):
                stream = await ours.open_stream(peer_id, protocol)
                while True:
                    await stream.write(b"\0")
                    await trio.sleep(2)
            await trio.sleep(0.2)

    async with transport() as ours, trio.open_nursery() as nursery:
        await ours.dial(address)
        for protocol in (protocols.SYNC, protocols.PEERS, protocols.DIALBACK):
            for _ in range(8):
                nursery.start_soon(drip, ours, protocol)
        on()


async def flood(address: str) -> None:
    """Gossip of one key, valid and fresh, as fast as it goes."""
    now, slot = int(time.time()), time.time_ns()
    async with attacking(address) as attacker:
        stream = await attacker.send_rpc(b"")
        on()
        while True:
            made = []
            for slot in range(slot, slot + 50):  # noqa: B020 - it goes on from there
                one = signed(host(41), slot, issued_at=now - 60, what=body("Flood", now + 86_400))
                made.append(message(one.encoded, slot, NETWORK.topic))
            await stream.write(_rpc(made))


async def ihave(address: str) -> None:
    """Ids told and asked for that nobody has."""
    async with attacking(address) as attacker:
        stream = await attacker.send_rpc(b"")
        on()
        while True:
            ids = [secrets.token_bytes(8) for _ in range(500)]
            frame = control(ihave=[(NETWORK.topic, ids)], iwant=ids).SerializeToString()
            await stream.write(encode_varint_prefixed(frame))


async def offences(address: str) -> None:
    """Nonsense under one id after another, each of which is parted with."""
    on()
    for seed in itertools.count(time.time_ns()):
        with contextlib.suppress(Exception):  # it is cut off in the middle of it
            async with attacking(address, seed) as attacker:
                await say_nonsense(attacker)


async def say_nonsense(attacker: Attacker) -> None:
    for number in range(20):
        await attacker.publish(message(b"nonsense", number, NETWORK.topic))


def _rpc(messages: list[rpc_pb2.Message]) -> bytes:
    made = rpc_pb2.RPC(publish=messages)
    return encode_varint_prefixed(made.SerializeToString())


ATTACKS = {
    one.__name__: one for one in (idle, half_open, records, sessions, slow, flood, ihave, offences)
}

if __name__ == "__main__":
    trio.run(ATTACKS[sys.argv[1]], sys.argv[2])

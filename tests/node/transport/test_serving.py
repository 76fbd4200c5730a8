"""What a peer may spend on a stream protocol."""

from __future__ import annotations

import pytest
import trio
import trio.lowlevel
from trio.testing import MockClock

from potluck.node.transport import Disconnected, Stream, StreamProtocol
from potluck.node.transport.memory_network import MemoryNetwork, MemoryTransport
from potluck.protocol.errors import RemoteError

TALK = StreamProtocol("/test/talk/1", seconds=30, at_once=2, per_second=0.1, burst=3)


def two(protocol: StreamProtocol) -> tuple[MemoryTransport, MemoryTransport, list[str]]:
    """One that serves the protocol with an echo, one that asks, and whose offences there were."""
    network = MemoryNetwork()
    server, client = (MemoryTransport(network, bytes([n]) * 32, f"9.0.{n}.1") for n in (1, 2))
    offences: list[str] = []
    server.on_offence = lambda _peer, error: offences.append(error.reason)
    server.handle(protocol, echo)
    return server, client, offences


async def echo(stream: Stream) -> None:
    while (frame := await stream.receive()) is not None:
        if frame == b"offence":
            raise RemoteError("undecodable", "a test")
        if frame == b"defect":
            raise RuntimeError("a defect of ours")
        await stream.send(frame)


async def answers(client: MemoryTransport, server: MemoryTransport) -> bool:
    """Whether a new stream is served."""
    stream = await client.open_stream(server.peer_id, TALK)
    try:
        await stream.send(b"hello")
        return await stream.receive() == b"hello"
    except Disconnected:
        return False
    finally:
        await stream.close()


async def test_a_peer_begins_so_many_and_then_at_a_rate(autojump_clock: MockClock) -> None:
    server, client, offences = two(TALK)
    async with server.running(), client.running():
        await client.dial(server.addresses[0])

        assert [await answers(client, server) for _ in range(5)] == [True] * 3 + [False] * 2
        await trio.sleep(10)
        assert [await answers(client, server) for _ in range(2)] == [True, False]
        assert offences == []


async def test_streams_that_one_peer_holds_open_are_no_place_of_anothers(
    autojump_clock: MockClock,
) -> None:
    server, client, _ = two(TALK)
    other = MemoryTransport(client._network, bytes([3]) * 32, "9.0.3.1")
    async with server.running(), client.running(), other.running():
        await client.dial(server.addresses[0])
        await other.dial(server.addresses[0])
        for _ in range(2):
            await client.open_stream(server.peer_id, TALK)
        await trio.lowlevel.checkpoint()

        assert not await answers(client, server)
        assert await answers(other, server)


async def test_a_conversation_has_an_end_however_much_is_said(autojump_clock: MockClock) -> None:
    server, client, _ = two(TALK)
    async with server.running(), client.running():
        await client.dial(server.addresses[0])
        stream = await client.open_stream(server.peer_id, TALK)
        with pytest.raises(Disconnected):
            while True:
                await stream.send(b"and another thing")
                await stream.receive()
                await trio.sleep(1)

        assert trio.current_time() < TALK.seconds + 2


@pytest.mark.parametrize("said", [b"offence", b"defect"])
async def test_only_an_offence_costs_the_connection(said: bytes, autojump_clock: MockClock) -> None:
    server, client, offences = two(TALK)
    async with server.running(), client.running():
        await client.dial(server.addresses[0])
        stream = await client.open_stream(server.peer_id, TALK)
        await stream.send(said)
        with pytest.raises(Disconnected):
            await stream.receive()
        await trio.sleep(1)

        assert offences == (["undecodable"] if said == b"offence" else [])
        assert bool(client.peers) is (said == b"defect")

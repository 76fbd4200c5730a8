"""Every test here fails when its guard is taken out of node/transport/guards/connections.py."""

from __future__ import annotations

import contextlib
import struct
from contextlib import AsyncExitStack
from typing import Any

import pytest
import trio
import trio.testing
from libp2p.network.connection.exceptions import RawConnError
from libp2p.peer.id import ID
from libp2p.peer.peerinfo import info_from_p2p_addr
from libp2p.stream_muxer.yamux.yamux import FLAG_SYN, TYPE_PING, Yamux
from multiaddr import Multiaddr

from potluck.node import limits
from tests.node.attacker import attacking
from tests.node.loopback import befriend, gossip_passes, nodes, until


async def test_a_raising_stream_handler_ends_its_stream_only() -> None:
    async def fail(_stream: object) -> None:
        raise RuntimeError("a bug of ours")

    async with nodes(2) as (victim, friend):
        victim.transport._host.set_stream_handler("/fails/1", fail)  # type: ignore[arg-type]
        await befriend(victim, friend)
        async with attacking(victim.address) as attacker:
            with pytest.raises(Exception):  # noqa: B017, PT011 (libp2p's errors for a reset vary)
                await (await attacker.open("/fails/1")).read(1)

        await gossip_passes(victim, friend)


async def test_inbound_connections_free_their_slot_when_they_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MAX_INBOUND", 1)
    async with nodes(1) as (victim,):
        victim.transport._swarm._inbound_limiter = trio.CapacityLimiter(1)
        for _ in range(3):
            async with attacking(victim.address):
                await until(lambda: victim.transport.peers)
                await trio.testing.wait_all_tasks_blocked(0.1)
                assert victim.transport.peers
            await until(lambda: not victim.transport.peers)
            await until(lambda: victim.transport._swarm._inbound_limiter.borrowed_tokens == 0)


async def test_idle_strangers_do_not_keep_a_node_from_dialling_its_friend(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MAX_CONNECTIONS", 4)
    monkeypatch.setattr(limits, "MAX_INBOUND", 3)
    async with nodes(2) as (victim, friend), AsyncExitStack() as stack:
        for seed in range(100, 105):
            await stack.enter_async_context(attacking(victim.address, seed))
            await trio.sleep(0.05)
        await until(lambda: len(victim.transport.peers) == 3)
        await befriend(victim, friend)

        assert len(victim.transport.peers) == 4
        await gossip_passes(victim, friend)


async def test_who_is_wanted_comes_in_when_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_INBOUND", 2)
    async with nodes(2) as (victim, friend), AsyncExitStack() as stack:
        victim.transport.is_wanted = lambda peer_id: peer_id == friend.peer_id
        for seed in (100, 101):
            await stack.enter_async_context(attacking(victim.address, seed))
        await befriend(friend, victim)
        await until(lambda: len(victim.transport.peers) == 2)

        assert friend.peer_id in victim.transport.peers


async def test_half_open_sockets_keep_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one address range, and renewed as they are closed."""
    monkeypatch.setattr(limits, "HANDSHAKE_SECONDS", 60.0)
    async with nodes(2) as (victim, friend), trio.open_nursery() as nursery:
        host, port = "127.0.0.1", int(victim.address.split("/")[4])
        opened = 0

        async def knock() -> None:
            nonlocal opened
            while True:
                stream = await trio.open_tcp_stream(host, port, local_address="127.0.1.1")
                async with stream:
                    opened += 1
                    with contextlib.suppress(trio.BrokenResourceError):
                        await stream.receive_some()
                await trio.sleep(0.2)

        for _ in range(120):
            nursery.start_soon(knock)
        await until(lambda: opened > 120, 20)
        await friend.transport.dial(victim.address)
        await until(lambda: friend.peer_id in victim.transport.peers)
        nursery.cancel_scope.cancel()


async def test_a_handshake_that_takes_longest_is_ended_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "HANDSHAKE_SECONDS", 600.0)
    monkeypatch.setattr(limits, "MAX_HANDSHAKES_PER_RANGE", 2)
    async with nodes(1) as (victim,), AsyncExitStack() as stack:
        port = int(victim.address.split("/")[4])
        first, *_ = [
            await stack.enter_async_context(await trio.open_tcp_stream("127.0.0.1", port))
            for _ in range(3)
        ]
        with trio.fail_after(20), contextlib.suppress(trio.BrokenResourceError):
            while await first.receive_some():
                pass


async def test_a_handshake_that_is_nonsense_ends_its_connection_only() -> None:
    async with nodes(2) as (victim, friend):
        port = int(victim.address.split("/")[4])
        for said in (b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 100, b"\x13/multistream/1.0.0\n" * 2):
            async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
                await stream.send_all(said)
                await stream.send_eof()
                with contextlib.suppress(trio.BrokenResourceError):
                    while await stream.receive_some():
                        pass
        await befriend(victim, friend)
        await gossip_passes(victim, friend)


async def test_nobody_is_dialled_because_somebody_named_it() -> None:
    async with nodes(2) as (victim, friend):
        info = info_from_p2p_addr(Multiaddr(friend.address))
        swarm = victim.transport._swarm
        swarm.peerstore.add_addrs(info.peer_id, info.addrs, 600)
        await swarm.auto_connector.maybe_connect()
        await trio.testing.wait_all_tasks_blocked(0.2)

        assert victim.transport.peers == []


async def test_who_knocks_too_often_is_turned_away_at_the_door(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where it is accepted: a task for each is what sockets without end are for."""
    monkeypatch.setattr(limits, "KNOCKS_BURST", 3.0)
    monkeypatch.setattr(limits, "KNOCKS_PER_SECOND", 1e-9)
    monkeypatch.setattr(limits, "HANDSHAKE_SECONDS", 0.2)
    async with nodes(1) as (victim,):
        began = 0
        handle = victim.transport._swarm._handle_inbound_connection

        async def counted(*connection: Any) -> None:
            nonlocal began
            began += 1
            await handle(*connection)

        monkeypatch.setattr(victim.transport._swarm, "_handle_inbound_connection", counted)
        port, closed = int(victim.address.split("/")[4]), 0

        async def knock() -> None:
            nonlocal closed
            async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
                while await stream.receive_some():
                    pass
                closed += 1

        async with trio.open_nursery() as nursery:
            for _ in range(20):
                nursery.start_soon(knock)
            await until(lambda: closed == 20)

        assert began <= 4, "three, and one that was accepted before there was a door"


async def test_a_handshake_has_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HANDSHAKE_SECONDS", 0.2)
    async with nodes(1) as (victim,):
        stream = await trio.open_tcp_stream("127.0.0.1", int(victim.address.split("/")[4]))
        async with stream:
            with trio.fail_after(3), contextlib.suppress(trio.BrokenResourceError):
                while await stream.receive_some():
                    pass


async def test_one_peer_holds_a_bounded_number_of_streams() -> None:
    async with nodes(1) as (victim,):
        served = 0

        async def hold(_stream: object) -> None:
            nonlocal served
            served += 1
            await trio.sleep_forever()

        victim.transport._host.set_stream_handler("/hold/1", hold)  # type: ignore[arg-type]
        async with attacking(victim.address) as attacker, trio.open_nursery() as nursery:

            async def grab() -> None:
                with pytest.raises(Exception):  # noqa: B017, PT011 (libp2p's errors vary)
                    await attacker.open("/hold/1")
                    await trio.sleep_forever()

            for _ in range(limits.MAX_STREAMS_PER_PEER + 8):
                nursery.start_soon(grab)
            await until(lambda: served >= limits.MAX_STREAMS_PER_PEER - 4)
            await trio.testing.wait_all_tasks_blocked(0.2)
            nursery.cancel_scope.cancel()

        assert served <= limits.MAX_STREAMS_PER_PEER


@pytest.mark.parametrize(("what", "size"), [("MUXER_FRAMES", 12), ("NOISE_MESSAGES", 1)])
async def test_what_is_small_is_read_at_a_rate(
    monkeypatch: pytest.MonkeyPatch, what: str, size: int
) -> None:
    """Of frames of 12 bytes, 10,000 a second were read; a message of noise can have one byte."""
    async with nodes(2) as (victim, friend):
        await befriend(victim, friend)
        monkeypatch.setattr(limits, f"{what}_PER_SECOND", 1e-6)
        monkeypatch.setattr(limits, f"{what}_BURST", 60.0)
        async with attacking(victim.address) as attacker:
            await attacker.open()
            (connection,) = attacker.host.get_network().get_connections(attacker.victim)
            ping = struct.pack("!BBHII", 0, TYPE_PING, FLAG_SYN, 0, 1)
            for _ in range(100 * size // 12 + 1):
                for at in range(0, 12, size):
                    await connection.muxed_conn.secured_conn.write(ping[at : at + size])
            with pytest.raises(trio.TooSlowError), trio.fail_after(1):
                await attacker.open()
            await gossip_passes(victim, friend)

        assert victim.offences == []


async def test_one_peer_opens_streams_at_a_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    """To agree on a protocol takes the longest, whatever it is, and however soon it ends."""
    monkeypatch.setattr(limits, "STREAMS_BURST", 5.0)
    monkeypatch.setattr(limits, "STREAMS_PER_SECOND", 1e-6)
    async with nodes(1) as (victim,):
        served = 0

        async def end(stream: Any) -> None:
            nonlocal served
            served += 1
            await stream.reset()

        victim.transport._host.set_stream_handler("/end/1", end)  # type: ignore[arg-type]
        async with attacking(victim.address) as attacker:
            for _ in range(12):
                with contextlib.suppress(Exception), trio.move_on_after(2):
                    await (await attacker.open("/end/1")).reset()

        assert 0 < served <= 5


async def test_a_failing_muxer_ends_its_connection_only(monkeypatch: pytest.MonkeyPatch) -> None:
    async with nodes(2) as (victim, friend):
        await befriend(victim, friend)
        handle_incoming = Yamux.handle_incoming
        known = {friend.peer_id, victim.peer_id}

        async def fail_for_strangers(muxer: Yamux) -> None:
            if str(muxer.peer_id) not in known:
                raise RuntimeError("a frame that the muxer does not survive")
            await handle_incoming(muxer)

        monkeypatch.setattr(Yamux, "handle_incoming", fail_for_strangers)
        async with attacking(victim.address) as attacker:
            await until(lambda: not attacker.connected)

        await gossip_passes(victim, friend)


async def test_a_peer_that_takes_no_more_bytes_can_be_parted_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "HANG_UP_SECONDS", 0.1)
    async with nodes(2) as (victim, friend):
        await befriend(victim, friend)
        async with attacking(victim.address) as attacker:
            await until(lambda: attacker.peer_id in victim.transport.peers)
            (connection,) = victim.transport._swarm.get_connections(
                ID.from_string(attacker.peer_id)
            )
            _fill_up(connection.muxed_conn.secured_conn)  # type: ignore[attr-defined]
            with trio.fail_after(10):
                await victim.transport.disconnect(attacker.peer_id)
            assert victim.transport.peers == [friend.peer_id]
            await until(lambda: not attacker.connected)

        await gossip_passes(victim, friend)


def _fill_up(secured: Any) -> None:
    """Let writes wait until the connection is closed, as they do on a socket with a full buffer."""
    close, closed = secured.close, trio.Event()

    async def write(_data: bytes) -> None:
        await closed.wait()
        raise RawConnError

    async def close_and_wake() -> None:
        closed.set()
        await close()

    secured.write, secured.close = write, close_and_wake


@pytest.mark.parametrize(
    "junk",
    [
        b"\xff" * 500,
        bytes(500),
        b"\x00\x00\x00\x00\x00\x00\x00\x01\xff\xff\xff\xff",
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
async def test_junk_in_the_place_of_muxer_frames_leaves_the_node_gossiping(junk: bytes) -> None:
    async with nodes(2) as (victim, friend):
        await befriend(victim, friend)
        async with attacking(victim.address) as attacker:
            connection = attacker.host.get_network().get_connections(attacker.victim)[0]
            await connection.muxed_conn.secured_conn.write(junk)
            await gossip_passes(victim, friend)


async def test_it_dials_nobody_by_itself() -> None:
    async with nodes(2) as (node, stranger):
        address = Multiaddr(stranger.address.partition("/p2p/")[0])
        node.transport._host.get_peerstore().add_addrs(
            ID.from_string(stranger.peer_id), [address], 600
        )
        await node.transport._swarm.auto_connector.maybe_connect()

        assert node.transport.peers == []


async def test_gossip_does_not_dial_whom_we_parted_from() -> None:
    async with nodes(2) as (a, b):
        await befriend(a, b)
        await a.transport.disconnect(b.peer_id)
        await until(lambda: not a.transport.peers and not b.transport.peers)

        for node, other in ((a, b), (b, a)):
            await node.transport._pubsub._handle_new_peer_with_retry(ID.from_string(other.peer_id))
        assert a.transport.peers == b.transport.peers == []

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from random import Random

import pytest
import trio
import trio.testing
from libp2p.custom_types import TProtocol
from libp2p.discovery.events.peerDiscovery import peerDiscovery
from libp2p.peer.peerinfo import PeerInfo
from multiaddr import Multiaddr

from potluck.node import limits
from potluck.node.transport import mdns as nearby
from potluck.node.transport.frames import Disconnected, NotServed, Stream
from potluck.node.transport.libp2p_transport import Libp2pTransport
from potluck.node.transport.multiaddrs import free_port, has_ipv6
from potluck.node.transport.peer_id import peer_id_of
from potluck.node.transport.protocols import PING, StreamProtocol
from potluck.protocol.errors import LocalError
from potluck.protocol.identity import Identity
from tests.node.loopback import HERE, TOPIC, Node, befriend, gossip_passes, nodes, until

ECHO = StreamProtocol(
    "/test/echo/1", 60, at_once=limits.MAX_STREAMS_PER_PEER, per_second=1, burst=99
)
UNKNOWN = StreamProtocol("/unknown/1", 60, at_once=1, per_second=1, burst=1)


async def echo(stream: Stream) -> None:
    while (frame := await stream.receive()) is not None:
        await stream.send(frame)


def test_the_peer_id_follows_from_the_seed() -> None:
    first, again, other = (
        Libp2pTransport(bytes([n]) * 32, [HERE], Random(0).randbytes) for n in (1, 1, 2)
    )

    assert first.peer_id == again.peer_id == "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5"
    assert other.peer_id != first.peer_id


def _knows(node: Libp2pTransport, peer_id: str) -> Callable[[], bool]:
    return lambda: peer_id in node.peers


async def test_both_kinds_of_ip_are_dialled_on_one_port() -> None:
    port = free_port(range(20_000, 30_000))
    ips = {"ip4": "127.0.0.1"} | ({"ip6": "::1"} if has_ipv6() else {})
    listen = [f"/{kind}/{ip}/tcp/{port}" for kind, ip in ips.items()]
    called = Libp2pTransport(bytes(32), listen, Random(0).randbytes)
    async with called.running():
        for number, address in enumerate(listen, 1):
            caller = Libp2pTransport(bytes([number]) * 32, [HERE], Random(number).randbytes)
            async with caller.running():
                await caller.dial(f"{address}/p2p/{called.peer_id}")
                await until(_knows(called, caller.peer_id))
                remote = called.address_of(caller.peer_id)
                assert remote == address.split("/")[2]


async def test_it_listens_at_real_addresses_and_names_them() -> None:
    transport = Libp2pTransport(bytes(32), ["/ip4/0.0.0.0/tcp/0"], Random(0).randbytes)
    async with transport.running():
        for address in transport.addresses:
            assert address.endswith(f"/p2p/{transport.peer_id}")
            assert "/0.0.0.0/" not in address
            assert "/tcp/0/" not in address


async def test_gossip_passes_through_a_node_between_and_names_no_author() -> None:
    async with nodes(3) as (a, b, c):
        await befriend(b, a, c)
        raw: list[bytes] = []
        receive = c.transport._pubsub.push_msg

        async def keep_raw(forwarder: object, msg: object) -> None:
            raw.append(msg.SerializeToString())  # type: ignore[attr-defined]
            await receive(forwarder, msg)  # type: ignore[arg-type]

        c.transport._pubsub.push_msg = keep_raw  # type: ignore[method-assign, assignment]
        await a.transport.publish(TOPIC, b"an announcement")
        await until(lambda: c.gossip == [b"an announcement"])

        author = a.transport._host.get_id().to_bytes()
        assert len(raw) == 1
        assert author[-32:] not in raw[0]
        assert b"127.0.0.1" not in raw[0]
        assert bytes([127, 0, 0, 1]) not in raw[0]


async def test_a_burst_of_gossip_arrives_complete() -> None:
    async with nodes(2) as (a, b):
        await befriend(a, b)
        sent = [b"%d" % number for number in range(300)]
        for payload in sent:
            await a.transport.publish(TOPIC, payload)
        await until(lambda: len(b.gossip) == len(sent))

        assert b.gossip == sent


async def test_two_messages_of_one_node_have_different_authors_and_numbers() -> None:
    async with nodes(1) as (a,):
        seen: list[tuple[bytes, bytes]] = []
        publish = a.transport._gossip.publish

        async def keep(forwarder: object, msg: object) -> None:
            seen.append((msg.from_id, msg.seqno))  # type: ignore[attr-defined]
            await publish(forwarder, msg)  # type: ignore[arg-type]

        a.transport._gossip.publish = keep  # type: ignore[method-assign, assignment]
        await a.transport.publish(TOPIC, b"same")
        await a.transport.publish(TOPIC, b"same")

        assert len({author for author, _ in seen}) == len({number for _, number in seen}) == 2


async def test_frames_travel_both_ways() -> None:
    async with nodes(2) as (a, b):
        b.transport.handle(ECHO, echo)
        await a.transport.dial(b.address)
        stream = await a.transport.open_stream(b.peer_id, ECHO)
        for frame in (b"", b"short", bytes(limits.MAX_FRAME)):
            await stream.send(frame)
            assert await stream.receive() == frame
        assert stream.sent == stream.received == 3 * 4 + 5 + limits.MAX_FRAME
        await stream.close()

        assert await stream.receive() is None


async def test_a_handler_that_raises_ends_its_stream_only() -> None:
    async def fail(stream: Stream) -> None:
        raise RuntimeError("a bug of ours")

    async with nodes(2) as (a, b):
        b.transport.handle(ECHO, fail)
        await befriend(a, b)
        with pytest.raises(Disconnected):
            await (await a.transport.open_stream(b.peer_id, ECHO)).receive()

        assert b.offences == []
        await gossip_passes(a, b)


async def test_an_unknown_protocol_is_no_offence() -> None:
    async with nodes(2) as (a, b):
        await befriend(a, b)
        with pytest.raises(Disconnected):
            await a.transport.open_stream(b.peer_id, UNKNOWN)

        assert a.offences == b.offences == []
        await gossip_passes(a, b)


async def test_connections_are_told_once_in_each_direction() -> None:
    async with nodes(2) as (a, b):
        told: list[str] = []
        a.transport.on_connect = lambda peer: told.append(f"+{peer}")
        a.transport.on_disconnect = lambda peer: told.append(f"-{peer}")
        async with trio.open_nursery() as nursery:
            nursery.start_soon(a.transport.dial, b.address)
            nursery.start_soon(b.transport.dial, a.address)
        await until(lambda: a.transport.peers and b.transport.peers)
        await b.transport.disconnect(a.peer_id)
        await until(lambda: not a.transport.peers and not b.transport.peers)

        assert told == [f"+{b.peer_id}", f"-{b.peer_id}"]


async def test_a_dial_names_what_is_wrong() -> None:
    async with nodes(1) as (a,):
        with pytest.raises(LocalError, match="own address"):
            await a.transport.dial(a.address)
        with pytest.raises(LocalError, match="form is"):
            await a.transport.dial("/ip4/127.0.0.1/tcp/4001")
        with pytest.raises(LocalError, match="not a peer's address"):
            await a.transport.dial("127.0.0.1:4001")
        other = Node(7)
        with pytest.raises(Disconnected, match=r"/ip4/127.0.0.1/tcp/1: Connection refused$"):
            await a.transport.dial(f"/ip4/127.0.0.1/tcp/1/p2p/{other.peer_id}")


async def test_what_answers_and_is_no_node_is_called_so(nursery: trio.Nursery) -> None:
    async def answer(stream: trio.SocketStream) -> None:
        await stream.send_all(b"HTTP/1.1 400 Bad Request\r\nServer: of pages\r\n\r\n" * 9)

    serve = partial(trio.serve_tcp, answer, 0, host="127.0.0.1")
    (listener,) = await nursery.start(serve)
    port = listener.socket.getsockname()[1]
    async with nodes(1) as (a,):
        with pytest.raises(Disconnected, match="what answers there is no node"):
            await a.transport.dial(f"/ip4/127.0.0.1/tcp/{port}/p2p/{Node(7).peer_id}")


async def test_who_could_not_be_dialled_and_comes_by_itself_was_not_dialled() -> None:
    async with nodes(2) as (a, b):
        with pytest.raises(Disconnected):
            await a.transport.dial(f"/ip4/127.0.0.1/tcp/1/p2p/{b.peer_id}")
        await b.transport.dial(a.address)
        await until(_knows(a.transport, b.peer_id))

        assert not a.transport.dialled(b.peer_id)
        assert b.transport.dialled(a.peer_id)


async def test_another_key_at_the_address_is_refused() -> None:
    async with nodes(2) as (a, b):
        wrong = b.address.replace(b.peer_id, Node(7).peer_id)
        with pytest.raises(Disconnected):
            await a.transport.dial(wrong)

        assert a.transport.peers == []
        assert await a.transport.dial(b.address) == b.peer_id


async def test_a_port_that_is_taken_is_refused() -> None:
    async with nodes(1) as (a,):
        taken = a.address.partition("/p2p/")[0]
        with pytest.raises(LocalError, match="choose another"):
            Libp2pTransport(bytes(32), [taken], Random(0).randbytes)


async def test_who_is_not_admitted_gets_no_connection() -> None:
    async with nodes(3) as (a, b, c):
        a.transport.admits = lambda ip_or_peer: ip_or_peer != b.peer_id
        with pytest.raises(LocalError, match="banned"):
            await a.transport.dial(b.address)
        await b.transport.dial(a.address)
        await until(lambda: b.transport.peers == [])
        await befriend(c, a)

        assert a.transport.peers == [c.peer_id]
        a.transport.admits = lambda ip_or_peer: ip_or_peer != "127.0.0.1"
        with pytest.raises(Disconnected):
            await b.transport.dial(a.address)


async def test_a_ping_answers_until_the_peer_is_gone() -> None:
    async with nodes(2) as (a, b):
        await a.transport.dial(b.address)
        await a.transport.ping(b.peer_id)
        await b.transport.disconnect(a.peer_id)
        await until(lambda: not a.transport.peers)
        with pytest.raises(Disconnected):
            await a.transport.ping(b.peer_id)


async def test_a_peer_that_does_not_serve_pings_answers_so() -> None:
    async with nodes(2) as (a, b):
        b.transport._host.remove_stream_handler(TProtocol(PING))
        await a.transport.dial(b.address)
        await a.transport.ping(b.peer_id)
        with pytest.raises(NotServed):
            await a.transport.open_stream(b.peer_id, ECHO)


async def test_nodes_in_the_local_network_are_told_but_not_this_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With libp2p's event, but without multicast."""
    announced: list[list[str]] = []

    class Silent:
        def __init__(self, _swarm: object, listen_addrs: list[str]) -> None:
            announced.append(listen_addrs)
            self.broadcaster = self

        def register(self) -> None: ...
        def stop(self) -> None: ...

    monkeypatch.setattr(nearby, "MDNSDiscovery", Silent)
    async with nodes(2) as (a, b), trio.open_nursery() as nursery:
        found: list[str] = []
        nursery.start_soon(a.transport.find_nearby, found.append)
        await trio.testing.wait_all_tasks_blocked(0.05)
        for node in (a, b):
            at = [Multiaddr(node.address.partition("/p2p/")[0])]
            event = PeerInfo(node.transport._host.get_id(), at)
            await trio.to_thread.run_sync(peerDiscovery.emit_peer_discovered, event)
        await until(lambda: found)

        assert found == [b.address]
        assert announced == [[a.address.partition("/p2p/")[0]]]
        nursery.cancel_scope.cancel()


async def test_so_many_are_dialled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CONCURRENT_DIALS", 2)
    monkeypatch.setattr(limits, "DIAL_TIMEOUT", 0.3)
    here, most, came = 0, 0, 0

    async def say_nothing(stream: trio.SocketStream) -> None:
        nonlocal here, most, came
        here, came = here + 1, came + 1
        most = max(most, here)
        with contextlib.suppress(trio.BrokenResourceError):
            while await stream.receive_some():
                pass
        here -= 1

    async with nodes(1) as (node,), trio.open_nursery() as nursery:
        (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, say_nothing, [listener])
        port = listener.socket.getsockname()[1]

        async def dial(number: int) -> None:
            peer = peer_id_of(Identity.from_seed(bytes([number]) * 32).key)
            with pytest.raises(Disconnected):
                await node.transport.dial(f"/ip4/127.0.0.1/tcp/{port}/p2p/{peer}")

        async with trio.open_nursery() as dials:
            for number in range(8):
                dials.start_soon(dial, number)
        nursery.cancel_scope.cancel()

    assert came > 2
    assert most < 6  # two, and some of which the end was not yet heard

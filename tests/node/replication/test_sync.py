"""Sync between real nodes: libp2p over loopback, real stores."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
import trio
import trio.testing

from potluck.node import limits
from potluck.node.replication import session
from potluck.node.replication.intake import Origin
from potluck.node.transport.channel import Channel, Kind
from potluck.node.transport.frames import Stream
from potluck.node.transport.protocols import SYNC, StreamProtocol
from potluck.protocol import canonical
from potluck.protocol.network import Network
from potluck.protocol.reconcile import Reconciler
from potluck.protocol.wire import SignedAnnouncement
from tests.builders import NETWORK, NOW, host, signed
from tests.node.loopback import until
from tests.node.whole import Node, announcements, network_of

CLOSED = Network("test", 4, bytes(32))


async def test_two_nodes_end_with_the_same_whoever_dials(tmp_path: Path) -> None:
    common, left, right = announcements(100), announcements(40, 100), announcements(30, 200)
    async with network_of(tmp_path, {}, {}) as (a, b):
        a.take(common + left)
        b.take(common + right)
        await a.dial(b)
        await until(lambda: a.knows(right) and b.knows(left))

        assert a.offences == b.offences == []


async def test_an_empty_joiner_streams_everything_in_as_many_sessions_as_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SESSION_BYTES", 100_000)
    everything = announcements(700)
    async with network_of(tmp_path, {}, {}) as (joiner, b):
        b.take(everything)
        await joiner.dial(b)
        await until(lambda: joiner.knows(everything))

        assert joiner.intake.outcomes == {"fresh": len(everything)}
        assert joiner.offences == b.offences == []


async def test_an_exchange_longer_than_a_session_goes_on_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SESSION_MESSAGES", 8)
    ours, theirs = announcements(900), announcements(900, 1000)
    async with network_of(tmp_path, {}, {}) as (a, b):
        a.take(ours)
        b.take(theirs)
        await a.dial(b)
        await until(lambda: a.knows(theirs) and b.knows(ours), 20)

        assert a.offences == b.offences == []


async def test_what_is_learnt_by_sync_is_passed_on(tmp_path: Path) -> None:
    """A - B - C in a line: what A brings reaches C through B."""
    everything = announcements(120)
    async with network_of(tmp_path, {}, {}, {}) as (a, b, c):
        a.take(everything)
        await b.dial(c)
        await a.dial(b)
        await until(lambda: c.knows(everything), limits.SYNC_SPREAD + 10)


async def test_what_a_session_brought_before_it_broke_off_is_passed_on_too(tmp_path: Path) -> None:
    brought = announcements(60)

    async def break_off(stream: Stream) -> None:
        await stream.receive()
        await stream.send(NETWORK.id + canonical.pack([1, NOW]))
        give = [0, [one.encoded for one in brought], []]
        await stream.send(bytes([Kind.GIVE]) + canonical.pack(give))
        await stream.write(b"\x00\x00\x10\x00 and no more")

    async with network_of(tmp_path, {}, {}, {}) as (a, b, c):
        a.transport.handle(SYNC, break_off)
        await b.dial(c)
        await b.dial(a)
        await until(lambda: c.knows(brought), limits.SYNC_SPREAD + 10)


async def test_bulk_goes_by_sync_and_little_by_gossip(tmp_path: Path) -> None:
    bulk, single = announcements(limits.BULK + 1), announcements(1, 900)
    async with network_of(tmp_path, {}, {}) as (a, b):
        await a.dial(b)
        await until(lambda: b.transport.peer_id in a.transport.mesh(NETWORK.topic))
        await until(lambda: b.sync.last_at is None and a.sync.last_at is not None)
        a.take(bulk)
        await a.gossip.publish([one.encoded for one in bulk])
        await until(lambda: b.knows(bulk), limits.SYNC_SPREAD + 5)
        a.take(single)
        await a.gossip.publish([one.encoded for one in single])
        await until(lambda: b.knows(single))


async def test_what_the_rate_of_gossip_holds_back_goes_by_sync(tmp_path: Path) -> None:
    busy = [signed(host(1), slot) for slot in range(int(limits.AUTHOR_FORWARDS_BURST) + 100)]
    async with network_of(tmp_path, {}, {}, {}) as (first, middle, last):
        await first.dial(middle)
        await middle.dial(last)
        await until(
            lambda: first.transport.mesh(NETWORK.topic) and last.transport.mesh(NETWORK.topic)
        )
        for one in busy:  # as by single commands, which publish each by itself
            first.intake.offer(one.encoded, Origin.SYNC)
            await first.gossip.publish([one.encoded])
        await until(lambda: last.knows(busy))

        assert middle.intake.outcomes["fresh"] == last.intake.outcomes["fresh"] == len(busy)


async def test_networks_never_mix_even_when_their_nodes_are_connected(tmp_path: Path) -> None:
    other = Network("other", 4)
    async with network_of(tmp_path, {}, {"network": other}) as (a, b):
        a.take(announcements(5))
        b.take(announcements(5, network=other))
        await a.dial(b)
        await until(lambda: a.sync.plan._peers[b.transport.peer_id].failures)

        assert a.store.deck.encoded_many([one.id for one in announcements(5, network=other)]) == {}
        assert a.offences == b.offences == []
        assert a.transport.peers == [b.transport.peer_id]


async def test_a_closed_network_seals_what_it_exchanges(tmp_path: Path) -> None:
    everything = announcements(60, network=CLOSED)
    async with network_of(tmp_path, {"network": CLOSED}, {"network": CLOSED}) as (a, b):
        sent = record_frames(a)
        a.take(everything[:30])
        b.take(everything[30:])
        await a.dial(b)
        await until(lambda: a.knows(everything) and b.knows(everything))

        assert sent
        assert not any(b"Event" in frame for frame in sent)


def record_frames(node: Node) -> list[bytes]:
    frames: list[bytes] = []
    open_stream = node.transport.open_stream

    async def recording(peer_id: str, protocol: StreamProtocol) -> Stream:
        stream = await open_stream(peer_id, protocol)
        send = stream.send

        async def recorded(frame: bytes) -> None:
            frames.append(frame)
            await send(frame)

        stream.send = recorded  # type: ignore[method-assign]
        return stream

    node.transport.open_stream = recording  # type: ignore[method-assign]
    return frames


@pytest.mark.parametrize(
    "frames",
    [
        [b"\x00" * 16],
        [NETWORK.id + b"\x93\x01\x05\xc0"],
        [NETWORK.id + b"\x94\x01\xce\x6a\xfd\x9c\xc0\xce\x6a\xfd\xa8\xd0\xc0", b"\x09"],
    ],
)
async def test_nonsense_ends_the_session_and_nothing_else(
    tmp_path: Path, frames: list[bytes]
) -> None:
    async with network_of(tmp_path, {}, {}) as (a, b):
        a.transport.on_connect = lambda _peer: None
        await a.dial(b)
        await until(lambda: b.transport.peers)
        stream = await a.transport.open_stream(b.transport.peer_id, SYNC)
        for frame in frames:
            await stream.send(frame)
        with trio.fail_after(5):
            while await stream.receive() is not None:
                pass
        await until(lambda: not b.sync._scopes)
        assert b.offences in ([], ["undecodable"])


@pytest.mark.parametrize(
    ("given", "absent", "offence"),
    [("a", "", ""), ("", "a", ""), ("f", "", "signature"), *(
        (given, absent, "undecodable")
        for given, absent in (("b", ""), ("", "b"), ("a", "a"), ("aa", ""))
    )],
)  # fmt: skip
async def test_what_nobody_asked_for_or_signed_is_an_offence(
    tmp_path: Path, given: str, absent: str, offence: str
) -> None:
    one = dict(zip("ab", announcements(2), strict=True))
    one["f"] = replace(one["a"], signature=bytes(64))
    async with network_of(tmp_path, {}, {}) as (a, b):
        a.transport.on_connect = lambda _peer: None
        await a.dial(b)
        await until(lambda: b.transport.peers)
        stream = await a.transport.open_stream(b.transport.peer_id, SYNC)
        channel = Channel(stream, NETWORK, Random(1).randbytes)
        await channel.send_hello([NOW, -(-NOW // 3600) * 3600, None, 0])
        await channel.receive_hello()
        assert await channel.ask(Kind.HAVE, [one["a"].id], Kind.WANT) == [one["a"].id]
        answer = [[one[name].encoded for name in given], [one[name].id for name in absent]]
        await channel.send(Kind.GIVE, [int(session.More.COMPLETE), *answer])
        await stream.close()
        await until(lambda: not b.sync._scopes)
        assert b.offences == ([offence] if offence else [])
        assert {name for name in given if b.knows([one[name]])} == set("" if offence else given)


@pytest.mark.parametrize(
    ("what", "method"),
    [
        (SignedAnnouncement, "has_valid_signature"),
        (Reconciler, "respond"),
        (Reconciler, "reconcile"),
    ],
)
async def test_what_takes_long_is_done_beside_the_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: type, method: str
) -> None:
    threads: set[int] = set()
    done = getattr(what, method)

    def noted(*arguments: Any) -> Any:
        threads.add(threading.get_ident())
        return done(*arguments)

    async with network_of(tmp_path, {}, {}) as (a, b):
        a.take(announcements(40))
        b.take(announcements(1, 40))
        monkeypatch.setattr(what, method, noted)
        await b.dial(a)
        await until(lambda: b.knows(announcements(40)))

    assert threads
    assert threading.get_ident() not in threads

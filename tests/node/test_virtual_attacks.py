"""Attacks on whole nodes, in virtual time over a network in memory."""

from __future__ import annotations

from contextlib import AsyncExitStack, suppress

import pytest
import trio
from trio.testing import MockClock

from potluck.node import limits
from potluck.node.peering import exchange, peer_record
from potluck.node.replication import session
from potluck.node.transport import Disconnected, Stream, Transport, protocols
from potluck.node.transport.channel import Channel, Exhausted, Kind
from potluck.node.transport.memory_network import MemoryNetwork, MemoryTransport
from potluck.node.transport.peer_id import peer_id_of
from potluck.protocol.identity import Identity
from tests.builders import NETWORK, NOW
from tests.node.virtual import LINK, Node, running, world
from tests.node.whole import announcements


def identity(number: int) -> Identity:
    return Identity.from_seed(number.to_bytes(32, "big"))


async def test_nodes_that_know_one_of_them_find_each_other_and_hold_the_same(
    autojump_clock: MockClock,
) -> None:
    net = world()
    first = Node(net, "9.0.0.1")
    others = [Node(net, f"9.0.{number}.1", first.address) for number in range(1, 8)]
    everything = announcements(80)
    for number, node in enumerate((first, *others)):
        node.take(everything[10 * number : 10 * number + 10])
    async with running(first, *others):
        await trio.sleep(30)
        assert all(node.knows(everything) for node in (first, *others))
        await trio.sleep(3 * limits.EXCHANGE_INTERVAL)
        assert len(first.transport.peers) == 7
        assert sum(len(node.transport.peers) for node in others) > 7 + 7
        assert not any(node.offences for node in (first, *others))


async def test_each_ip_of_a_name_that_the_person_gave_is_tried(autojump_clock: MockClock) -> None:
    net = world()
    net.names = {"home.example.org": ["9.0.9.9", "9.0.1.1"]}  # nobody is at the first
    b = Node(net, "9.0.1.1")
    a = Node(net, "9.0.0.1", f"/dns4/home.example.org/tcp/4001/p2p/{b.peer_id}")
    async with running(a, b):
        await trio.sleep(30)

        assert a.transport.peers == [b.peer_id]


async def test_who_tells_its_record_while_the_person_parts_with_it_is_not_dialled_again(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = world()
    a, b = Node(net, "9.0.0.1"), Node(net, "9.0.1.1")
    forget = a.store.peers.forget

    async def forget_slowly(peer_id: str) -> None:
        await trio.sleep(5)
        await forget(peer_id)

    monkeypatch.setattr(a.store.peers, "forget", forget_slowly)
    async with running(a, b):
        await a.peers.connect(b.address)
        await a.peers.disconnect(b.peer_id)
        await trio.sleep(60)

        assert a.transport.peers == []
        assert a.peers.known == 0


async def test_a_peer_behind_a_cut_cable_is_dropped_and_dialled_again(
    autojump_clock: MockClock,
) -> None:
    cut: set[str] = set()
    net = MemoryNetwork(
        lambda source, target, _size: float("inf") if {source, target} & cut else LINK
    )
    a = Node(net, "9.0.0.1")
    b = Node(net, "9.0.1.1", a.address)
    async with running(a, b):
        await trio.sleep(5)
        assert a.transport.peers == [b.peer_id]
        cut.add(a.peer_id)
        await trio.sleep(60)
        assert a.transport.peers == []
        cut.clear()
        await trio.sleep(limits.REDIAL_LOST + limits.DIAL_TIMEOUT)

        assert a.transport.peers == [b.peer_id]


async def test_records_of_one_teller_do_not_make_us_knock_at_a_third_partys_door(
    autojump_clock: MockClock,
) -> None:
    """Two hundred ids at one ip, on many ports and under names."""
    net = world()
    net.names = {f"n{number}.example.org": ["45.0.113.7"] for number in range(100)}
    victim, teller = Node(net, "9.0.0.1"), Node(net, "8.0.0.1")
    told = []
    for number in range(200):
        one = identity(1000 + number)
        host = "ip4/45.0.113.7" if number % 2 else f"dns4/n{number // 2}.example.org"
        at = f"/{host}/tcp/{1000 + number}/p2p/{peer_id_of(one.key)}"
        told.append(peer_record.write(one, NETWORK, [at], NOW))
    async with running(victim, teller):
        await teller.transport.dial(victim.address)
        for first in range(0, 200, 30):
            await victim.peers.records.hear(teller.peer_id, told[first : first + 30])
        await trio.sleep(60)
        knocks = [one for one in net.dials if "45.0.113.7" in one]

    assert 0 < len(knocks) <= limits.DIALS_BURST + 60 * limits.DIALS_PER_SECOND


async def test_of_a_name_that_was_heard_of_one_ip_is_tried(autojump_clock: MockClock) -> None:
    net = world()
    net.names = {"many.example.org": [f"45.0.{number}.7" for number in range(8)]}
    victim, teller = Node(net, "9.0.0.1"), Node(net, "8.0.0.1")
    one = identity(1)
    at = f"/dns4/many.example.org/tcp/22/p2p/{peer_id_of(one.key)}"
    async with running(victim, teller):
        await teller.transport.dial(victim.address)
        await victim.peers.records.hear(
            teller.peer_id, [peer_record.write(one, NETWORK, [at], NOW)]
        )
        await trio.sleep(60)

    assert len([dial for dial in net.dials if dial.endswith("/22")]) == 1


async def test_what_is_told_of_the_banned_or_by_the_parted_is_passed_over(
    autojump_clock: MockClock,
) -> None:
    net = world()
    victim, teller = Node(net, "9.0.0.1"), Node(net, "8.0.0.1")
    banned, other = (
        peer_record.write(one, NETWORK, [f"/ip4/45.0.0.7/tcp/1/p2p/{peer_id_of(one.key)}"], NOW)
        for one in (identity(1), identity(2))
    )
    async with running(victim, teller):
        await victim.peers.bans.ban(banned.peer_id, "a test", 1000)
        await victim.peers.records.hear(teller.peer_id, [other])
        assert victim.peers.known == 0
        await teller.transport.dial(victim.address)
        known = victim.peers.known
        await victim.peers.records.hear(teller.peer_id, [banned])
        assert victim.peers.known == known
        await victim.peers.records.hear(teller.peer_id, [other])
        assert victim.peers.known == known + 1


async def test_where_a_node_is_at_home_is_told_at_home_only(autojump_clock: MockClock) -> None:
    net = world()
    home, public, neighbour = (Node(net, ip) for ip in ("192.168.1.2", "9.0.0.1", "192.168.1.3"))
    async with running(home, public, neighbour):
        for other in (public, neighbour):
            await home.transport.dial(other.address)
        told = [home.peers.records._own_record(one.peer_id) for one in (public, neighbour)]

    assert [len(one) for one in told] == [0, 1]


async def test_a_peer_that_drips_is_not_the_last_that_is_asked(autojump_clock: MockClock) -> None:
    net = world()
    victim, attacker = Node(net, "9.0.0.1"), MemoryTransport(net, bytes(32), "8.0.0.1")
    asked = 0

    async def drip(stream: Stream) -> None:
        nonlocal asked
        asked += 1
        with suppress(Disconnected):
            while True:
                await stream.write(b"\0")
                await trio.sleep(15)

    attacker.handle(protocols.PEERS, drip)
    async with running(victim), attacker.running():
        await attacker.dial(victim.address)
        await trio.sleep(50 * limits.EXCHANGE_INTERVAL + 1)

    assert asked == 50


async def test_whom_the_person_named_is_wanted(autojump_clock: MockClock) -> None:
    net = world()
    named, other = Node(net, "9.0.1.1"), Node(net, "9.0.2.1")
    a = Node(net, "9.0.0.1", named.address)
    async with running(a, named, other):
        await other.transport.dial(a.address)
        await trio.sleep(5)

        wanted = [peer for peer in a.transport.peers if a.transport.is_wanted(peer)]

    assert wanted == [named.peer_id]


async def test_a_name_that_was_heard_of_does_not_lead_into_our_own_network(
    autojump_clock: MockClock,
) -> None:
    net = world()
    net.names = {"evil.example.org": ["127.0.0.1", "192.168.0.1", "::7f00:1"]}
    victim, teller = Node(net, "9.0.0.1"), Node(net, "8.0.0.1")
    one = identity(1)
    at = f"/dns4/evil.example.org/tcp/22/p2p/{peer_id_of(one.key)}"
    async with running(victim, teller):
        await teller.transport.dial(victim.address)
        await victim.peers.records.hear(
            teller.peer_id, [peer_record.write(one, NETWORK, [at], NOW)]
        )
        await trio.sleep(60)

    assert not [dial for dial in net.dials if dial.endswith("/22")]


async def test_records_are_asked_for_at_a_rate(autojump_clock: MockClock) -> None:
    net = world()
    victim, attacker = Node(net, "9.0.0.1"), MemoryTransport(net, bytes(32), "8.0.0.1")
    answered = 0
    async with running(victim), attacker.running():
        await attacker.dial(victim.address)
        for _ in range(200):
            stream = await attacker.open_stream(victim.peer_id, protocols.PEERS)
            try:
                await exchange.ask(stream, NETWORK, bytes, [])
                answered += 1
            except Disconnected:
                await trio.sleep(0.1)

    assert limits.EXCHANGES_BURST <= answered <= limits.EXCHANGES_BURST + 2


async def test_a_byte_now_and_then_holds_a_conversation_no_longer_than_its_deadline(
    autojump_clock: MockClock,
) -> None:
    net = world()
    victim, attacker = Node(net, "9.0.0.1"), MemoryTransport(net, bytes(32), "8.0.0.1")

    async def drip(stream: object) -> None:
        for _ in range(10_000):
            await stream.write(b"\0")  # type: ignore[attr-defined]
            await trio.sleep(15)

    attacker.handle(protocols.PEERS, drip)
    async with running(victim), attacker.running():
        await attacker.dial(victim.address)
        asked = trio.current_time()
        await victim.peers.records.ask(attacker.peer_id)
        assert trio.current_time() - asked <= limits.EXCHANGE_SECONDS + 1
        stream = await attacker.open_stream(victim.peer_id, protocols.SYNC)
        begun = trio.current_time()
        with pytest.raises(Disconnected):
            await drip(stream)

    assert trio.current_time() - begun <= limits.FRAME_DEADLINE + 15


async def test_a_peer_that_asks_for_the_same_again_and_again_is_given_little(
    autojump_clock: MockClock,
) -> None:
    """975 MB in 25 s before there was a budget."""
    net = MemoryNetwork(lambda _source, _target, _size: 0.001)
    victim, attacker = Node(net, "9.0.0.1"), MemoryTransport(net, bytes(32), "8.0.0.1")
    held = announcements(2_000)
    victim.take(held)
    size = sum(len(one.encoded) for one in held)
    received = 0
    async with running(victim), attacker.running():
        await attacker.dial(victim.address)
        for _ in range(100):
            try:
                received += await wanting(
                    attacker, victim.peer_id, int(victim.clock()), [one.id for one in held]
                )
            except Disconnected:
                await trio.sleep(1)
            if trio.current_time() > 100:
                break

    again = (limits.GIVEN_AGAIN_BURST + 150 * limits.GIVEN_AGAIN_PER_SECOND) * size / len(held)
    assert size < received < 1.2 * (size + again)


async def wanting(attacker: Transport, victim: str, now: int, ids: list[bytes]) -> int:
    """The bytes of announcements that a session brings in which all of them are asked for."""
    received = 0
    stream = await attacker.open_stream(victim, protocols.SYNC)
    channel = Channel(stream, NETWORK, bytes)
    try:
        await channel.send_hello([now, -(-now // 3600) * 3600, None, 0])
        if await channel.receive_hello() is None:
            raise Disconnected("busy")
        for at in range(0, len(ids), limits.FETCH_BATCH):
            await channel.send(Kind.WANT, ids[at : at + limits.FETCH_BATCH])
            more = session.More.FOLLOWS
            while more is session.More.FOLLOWS:
                more, given, _ = session.give_frame(await channel.expect(Kind.GIVE))
                received += sum(map(len, given))
    except Exhausted:
        pass
    finally:
        await stream.reset()
    return received


async def test_silent_sessions_of_one_range_keep_nobody_from_syncing(
    autojump_clock: MockClock,
) -> None:
    """Eight ids kept all the sessions that are answered at once, for as long as they liked."""
    net = world()
    victim = Node(net, "9.0.0.1")
    victim.take(announcements(300))
    silent = [
        MemoryTransport(net, bytes([number + 1]) * 32, f"8.0.0.{number}") for number in range(10)
    ]

    displaced: list[bool] = []

    async def hold(attacker: Transport) -> None:
        now = int(victim.clock())
        await attacker.dial(victim.address)
        while True:
            with suppress(Disconnected):
                stream = await attacker.open_stream(victim.peer_id, protocols.SYNC)
                channel = Channel(stream, NETWORK, bytes)
                await channel.send_hello([now, -(-now // 3600) * 3600, None, 0])
                answered = await channel.receive_hello() is not None
                try:
                    await channel.receive_hello()
                finally:
                    displaced.append(answered)
            await trio.sleep(0.5)

    joiner = Node(net, "9.0.1.1", victim.address)
    async with running(victim), AsyncExitStack() as stack:
        for attacker in silent:
            await stack.enter_async_context(attacker.running())
        async with trio.open_nursery() as nursery:
            for attacker in silent:
                nursery.start_soon(hold, attacker)
            await trio.sleep(5)
            async with running(joiner):
                await trio.sleep(5)
                assert joiner.knows(announcements(300))
                assert any(displaced)
            nursery.cancel_scope.cancel()


async def test_a_session_lasts_no_longer_than_a_session_whoever_began_it(
    autojump_clock: MockClock,
) -> None:
    """A frame every 19 s, each in its time."""
    net = world()
    slow = MemoryTransport(net, bytes(32), "8.0.0.1")
    victim = Node(net, "9.0.0.1")
    victim.take(announcements(100))
    lasted: list[float] = []

    async def talk(channel: Channel, said: bytes) -> None:
        """Reconcile for ever: no fingerprint is the same."""
        began = trio.current_time()
        with suppress(Disconnected):
            for number in range(60):
                await channel.send(Kind.RECONCILE, said + number.to_bytes(16, "big"))
                await channel.receive()
                await trio.sleep(19)
        lasted.append(trio.current_time() - began)

    async def answer(stream: Stream) -> None:
        channel = Channel(stream, NETWORK, bytes)
        await channel.receive_hello()
        await channel.send_hello([int(victim.clock())])
        await channel.receive()
        await talk(channel, b"\x61\0\0\1")

    slow.handle(protocols.SYNC, answer)
    async with running(victim), slow.running():
        await victim.transport.dial(slow.addresses[0])
        await trio.sleep(150)
        now = int(victim.clock())
        channel = Channel(await slow.open_stream(victim.peer_id, protocols.SYNC), NETWORK, bytes)
        await channel.send_hello([now, -(-now // 3600) * 3600, None, 0])
        await channel.receive_hello()
        await talk(channel, b"\x61\0\0\1")

    assert len(lasted) > 1
    assert max(lasted) < limits.SESSION_SECONDS + 19


@pytest.mark.parametrize("hours", [-50, 50])
async def test_with_a_clock_of_another_day_nothing_is_compared(
    autojump_clock: MockClock, hours: int
) -> None:
    net = world()
    stranger, victim = MemoryTransport(net, bytes(32), "8.0.0.1"), Node(net, "9.0.0.1")
    async with running(victim), stranger.running():
        await stranger.dial(victim.address)
        channel = Channel(
            await stranger.open_stream(victim.peer_id, protocols.SYNC), NETWORK, bytes
        )
        now = int(victim.clock())
        await channel.send_hello([now, -(-now // 3600) * 3600 + hours * 3600, None, 0])
        assert session.read_welcome(await channel.receive_hello() or []) == now
        assert await channel.receive() is None


async def test_a_session_gets_to_its_announcements_however_much_differs(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_NEEDED", 10)
    net = world()
    hostile, victim = MemoryTransport(net, bytes(32), "8.0.0.1"), Node(net, "9.0.0.1")
    victim.take(announcements(100))
    heard: list[Kind] = []

    async def differ(stream: Stream) -> None:
        """One more id each time, and a fingerprint of the rest that is not ours."""
        channel = Channel(stream, NETWORK, bytes)
        await channel.receive_hello()
        await channel.send_hello([int(victim.clock())])
        while said := await channel.receive():
            heard.append(said[0])
            one = len(heard).to_bytes(32, "big")
            await channel.send(Kind.RECONCILE, b"\x61\2\0\2\1" + one + b"\0\0\1" + bytes(16))

    hostile.handle(protocols.SYNC, differ)
    async with running(victim), hostile.running():
        await victim.transport.dial(hostile.addresses[0])
        await trio.sleep(3)

    assert heard[:11] == [Kind.RECONCILE] * 10 + [Kind.WANT]


async def test_who_does_not_answer_a_hello_is_not_waited_for(autojump_clock: MockClock) -> None:
    net = world()
    mute, victim = MemoryTransport(net, bytes(32), "8.0.0.1"), Node(net, "9.0.0.1")
    waited: list[float] = []

    async def say_nothing(stream: Stream) -> None:
        began = trio.current_time()
        with suppress(Disconnected):
            await stream.receive()
            await stream.receive()
        waited.append(trio.current_time() - began)

    mute.handle(protocols.SYNC, say_nothing)
    async with running(victim), mute.running():
        await victim.transport.dial(mute.addresses[0])
        await trio.sleep(15)

    assert waited
    assert max(waited) < limits.HELLO_DEADLINE + 1


@pytest.mark.parametrize("again", [False, True])
async def test_a_hostile_stream_of_everything_keeps_no_joiner(
    autojump_clock: MockClock,
    again: bool,  # noqa: FBT001
) -> None:
    """It falls silent, or gives the same again and again and says that there is more."""
    net = world()
    hostile = MemoryTransport(net, bytes(32), "8.0.0.1")
    friend, joiner = Node(net, "9.0.1.1"), Node(net, "9.0.0.1")
    friend.take(announcements(50))
    (same,) = announcements(1, 90)
    asked = 0

    async def stream_the_same(stream: Stream) -> None:
        nonlocal asked
        asked += 1
        channel = Channel(stream, NETWORK, bytes)
        await channel.receive_hello()
        await channel.send_hello([int(joiner.clock())])
        if again:
            await channel.send(Kind.GIVE, [int(session.More.LIMIT), [same.encoded], []])
        else:
            await channel.receive()

    hostile.handle(protocols.SYNC, stream_the_same)
    async with running(friend, joiner), hostile.running():
        await joiner.transport.dial(hostile.addresses[0])
        await trio.sleep(1)
        await joiner.transport.dial(friend.address)
        await trio.sleep(limits.STREAM_PATIENCE + 4)
        assert joiner.knows(announcements(50))
        assert 0 < asked < 10


async def test_what_a_peer_does_not_hold_is_not_asked_of_it_for_an_hour(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = Node(world(), "9.0.0.1")
    ids = [one.id for one in announcements(3)]
    node.sync._remember("a", session.Tally(not_held=ids[:1]))
    assert [node.sync._wants(peer, 0, ids[0]) for peer in ("a", "b")] == [False, True]
    await trio.sleep(limits.NOT_HELD_SECONDS)
    assert node.sync._wants("a", 0, ids[0])

    monkeypatch.setattr(limits, "MAX_REFUSED", 2)
    node.sync._remember("a", session.Tally(not_held=ids))
    assert [node.sync._wants("a", 0, one) for one in ids] == [True, False, False]


async def test_a_responder_that_wants_everything_each_time_does_not_keep_us_going(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """744 MB in 45 s, because what was given counted as a reason to go on."""
    monkeypatch.setattr(limits, "SESSION_BYTES", 100_000)
    net = MemoryNetwork(lambda _source, _target, _size: 0.001)
    greedy = MemoryTransport(net, bytes(32), "8.0.0.1")
    victim = Node(net, "9.0.0.1", *greedy.addresses)
    held = announcements(3_000)
    victim.take(held)
    given = 0

    async def want_everything(stream: object) -> None:
        nonlocal given
        channel = Channel(stream, NETWORK, bytes)  # type: ignore[arg-type]
        hello = await channel.receive_hello() or []
        await channel.send_hello([int(victim.clock())])
        if hello[-1] == 1:  # the vouches
            await channel.send(Kind.GIVE, [1, [], []])
        while (said := await channel.receive()) is not None:
            kind, value = said
            if kind is Kind.RECONCILE:
                await channel.send(Kind.RECONCILE, b"\x61\0\0\2\0")  # it has none at all
            elif kind is Kind.HAVE:
                await channel.send(Kind.WANT, value)
            elif kind is Kind.GIVE:
                given += len(value[1])

    greedy.handle(protocols.SYNC, want_everything)
    async with running(victim), greedy.running():
        await trio.sleep(100)

    assert 0 < given <= len(held)

"""Every test here fails when its guard is taken out of node/transport/guards/pubsub.py."""

from __future__ import annotations

from typing import Any

import pytest
import trio
import trio.testing
from libp2p import new_host
from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.custom_types import TProtocol
from libp2p.peer.id import ID
from libp2p.peer.peerinfo import info_from_p2p_addr
from libp2p.pubsub.pb import rpc_pb2
from libp2p.utils.varint import (
    encode_uvarint,
    encode_varint_prefixed,
    read_varint_prefixed_bytes_limited,
)
from multiaddr import Multiaddr

from potluck.node import limits
from potluck.node.transport.guards.pubsub import MAX_TOPIC, Seen
from potluck.protocol.errors import RemoteError
from tests.node.attacker import MESHSUB, attacking, message
from tests.node.loopback import HERE, TOPIC, befriend, gossip_passes, nodes, until
from tests.node.offences import OFFENCES, control


@pytest.mark.parametrize("name", OFFENCES)
async def test_an_offence_costs_the_sender_its_connection_and_nothing_else(name: str) -> None:
    reason, rpc = OFFENCES[name]
    async with nodes(2) as (victim, friend):
        await befriend(victim, friend)
        async with attacking(victim.address) as attacker:
            await attacker.send_rpc(rpc)
            await until(lambda: not attacker.connected)

        assert victim.offences == [(attacker.peer_id, reason)]
        await gossip_passes(victim, friend)


async def test_the_length_of_an_oversized_rpc_is_enough() -> None:
    async with nodes(2) as (victim, friend):
        await befriend(victim, friend)
        async with attacking(victim.address) as attacker:
            await (await attacker.open()).write(encode_uvarint(limits.MAX_RPC + 1))
            await until(lambda: not attacker.connected)

        assert victim.offences == [(attacker.peer_id, "oversize")]
        await gossip_passes(victim, friend)


async def test_junk_that_is_no_offence_changes_nothing() -> None:
    junk = (
        rpc_pb2.RPC(),
        rpc_pb2.RPC(senderRecord=b"junk"),
        rpc_pb2.RPC(publish=[message(topic="another topic")]),
        rpc_pb2.RPC(subscriptions=[rpc_pb2.RPC.SubOpts(subscribe=False, topicid=TOPIC)]),
        control(graft=["unknown"], prune=["unknown"], ihave=[("unknown", [b"id"])], iwant=[b"id"]),
    )
    async with nodes(2) as (victim, friend):
        await befriend(victim, friend)
        async with attacking(victim.address) as attacker:
            for rpc in junk:
                await attacker.send_rpc(rpc)
            await gossip_passes(victim, friend)
            assert attacker.connected

        assert victim.offences == []


async def test_a_raising_validator_rejects_its_message_only() -> None:
    async with nodes(2) as (victim, friend):

        def fail(_peer: str, payload: bytes) -> bool:
            if payload == b"hello":
                raise RuntimeError("a bug of ours")
            return victim.validate(_peer, payload)

        victim.transport._pubsub.set_validator(TOPIC, fail)
        await befriend(victim, friend)
        async with attacking(victim.address) as attacker:
            await attacker.publish(message(), message(b"next", 1))
            await until(lambda: b"next" in victim.gossip)
            assert attacker.connected

        await gossip_passes(victim, friend)


async def test_what_is_not_forwarded_is_not_looked_at_again() -> None:
    async with nodes(1) as (victim,):
        seen: list[bytes] = []

        def keep(_peer: str, payload: bytes) -> bool:
            seen.append(payload)
            return False

        victim.transport._pubsub.set_validator(TOPIC, keep)
        async with attacking(victim.address) as attacker:
            await attacker.publish(message(), message(), message(b"next", 1))
            await until(lambda: b"next" in seen)

        assert seen == [b"hello", b"next"]


async def test_what_fails_in_libp2p_ends_the_connection_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with nodes(2) as (victim, friend):

        async def fail(*_: object) -> None:
            raise RuntimeError("a bug of libp2p's")

        async with attacking(victim.address) as attacker:
            with monkeypatch.context() as patched:
                patched.setattr(victim.transport._pubsub.router, "handle_rpc", fail)
                await attacker.send_rpc(control(graft=[TOPIC]))
                await until(lambda: not attacker.connected)
        await befriend(victim, friend)
        await gossip_passes(victim, friend)

        assert victim.offences == [(attacker.peer_id, "unhandled")]


async def test_of_a_peer_one_short_topic_of_another_network_is_remembered() -> None:
    async with nodes(1) as (victim,), attacking(victim.address) as attacker:
        pubsub = victim.transport._pubsub
        topics = ["x" * (MAX_TOPIC + 1), "y" * MAX_TOPIC, "z"]
        subscriptions = [rpc_pb2.RPC.SubOpts(subscribe=True, topicid=each) for each in topics]
        await attacker.send_rpc(rpc_pb2.RPC(subscriptions=subscriptions))
        await until(lambda: pubsub.other_topics)

        assert pubsub.other_topics == {ID.from_string(attacker.peer_id): topics[1]}
        assert topics[2] not in pubsub.peer_topics


async def test_a_burst_waits_for_a_peer_that_is_slow() -> None:
    """libp2p's queue drops all but 32 of it."""
    async with nodes(2) as (a, b):
        await befriend(a, b)
        burst = [b"%d" % number for number in range(100)]
        for payload in burst:
            await a.transport.publish(TOPIC, payload)
        await until(lambda: set(burst) <= set(b.gossip))


async def test_an_offence_that_the_validator_finds_ends_the_connection() -> None:
    async with nodes(2) as (victim, friend):

        def judge(peer: str, payload: bytes) -> bool:
            if payload == b"hello":
                raise RemoteError("stamp", "no stamp")
            return victim.validate(peer, payload)

        victim.transport._pubsub.set_validator(TOPIC, judge)
        await befriend(victim, friend)
        async with attacking(victim.address) as attacker:
            await attacker.publish(message())
            await until(lambda: not attacker.connected)

        assert victim.offences == [(attacker.peer_id, "stamp")]
        await gossip_passes(victim, friend)


async def test_whole_rpcs_are_written_one_after_the_other() -> None:
    class Slow:
        def __init__(self, peer: ID) -> None:
            self.muxed_conn = self
            self.peer_id = peer
            self.written = bytearray()

        async def write(self, data: bytes) -> None:
            for byte in data:
                self.written.append(byte)
                await trio.lowlevel.checkpoint()

    async with nodes(1) as (node,):
        stream = Slow(ID(b"peer"))
        rpcs = [rpc_pb2.RPC(publish=[message(bytes([n]) * 50, n)]) for n in range(4)]
        async with trio.open_nursery() as nursery:
            for rpc in rpcs:
                nursery.start_soon(node.transport._pubsub.write_msg, stream, rpc)

        for rpc in rpcs:
            assert rpc.SerializeToString() in stream.written


async def test_subscribing_and_leaving_again_and_again_costs_nothing() -> None:
    async with nodes(2) as (victim, friend):
        await befriend(victim, friend)
        async with attacking(victim.address) as attacker:
            stream = await attacker.open()
            flips = [rpc_pb2.RPC.SubOpts(subscribe=n % 2 == 0, topicid=TOPIC) for n in range(100)]
            frame = rpc_pb2.RPC(subscriptions=flips).SerializeToString()
            for _ in range(30):
                await stream.write(bytes([len(frame) & 0x7F | 0x80, len(frame) >> 7]) + frame)
            await gossip_passes(victim, friend)


@pytest.mark.parametrize(
    ("what", "rate", "burst"), [("MESSAGES", 1.0, 5.0), ("BYTES", 200.0, 1000.0)]
)
async def test_a_peer_over_its_rate_is_read_slowly_and_others_are_not(
    monkeypatch: pytest.MonkeyPatch, what: str, rate: float, burst: float
) -> None:
    async with nodes(2) as (victim, friend):
        await befriend(victim, friend)
        buckets = getattr(victim.transport._pubsub, f"_{what.lower()}")
        monkeypatch.setattr(buckets, "_rate", rate)  # of those who come from now on
        monkeypatch.setattr(buckets, "_burst", burst)
        async with attacking(victim.address) as attacker:
            stream = await attacker.open()
            for number in range(50):
                rpc = rpc_pb2.RPC(publish=[message(b"flood", number)])
                await stream.write(encode_varint_prefixed(rpc.SerializeToString()))
            await until(lambda: b"flood" in victim.gossip)
            await gossip_passes(victim, friend)

            assert victim.gossip.count(b"flood") < 10
            assert victim.offences == []


async def test_ids_that_are_told_and_asked_for_count_as_messages_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with nodes(2) as (victim, friend):
        await befriend(victim, friend)
        monkeypatch.setattr(victim.transport._pubsub._messages, "_rate", 1.0)
        monkeypatch.setattr(victim.transport._pubsub._messages, "_burst", 50.0)
        async with attacking(victim.address) as attacker:
            stream = await attacker.open()
            ids = [b"%d" % number for number in range(limits.CONTROL_IDS_PER_MESSAGE * 5)]
            for number in range(50):
                rpc = control(ihave=[(TOPIC, ids)], iwant=ids)
                rpc.publish.append(message(b"flood", number))
                await stream.write(encode_varint_prefixed(rpc.SerializeToString()))
            await until(lambda: b"flood" in victim.gossip)
            await gossip_passes(victim, friend)

            assert victim.gossip.count(b"flood") < 10
            assert victim.offences == []


NOTHING = {
    "no bytes": rpc_pb2.RPC(),
    "subscriptions": rpc_pb2.RPC(
        subscriptions=[rpc_pb2.RPC.SubOpts(subscribe=True, topicid=str(n)) for n in range(100)]
    ),
    "grafts": control(graft=[TOPIC] * 4),
}


@pytest.mark.parametrize("name", NOTHING)
async def test_who_says_nothing_again_and_again_is_over_its_rate_too(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of empty RPCs, a byte each, 12,000 a second were read: bytes and messages were none."""
    async with nodes(2) as (victim, friend):
        await befriend(victim, friend)
        monkeypatch.setattr(victim.transport._pubsub._messages, "_rate", 1e-6)
        monkeypatch.setattr(victim.transport._pubsub._messages, "_burst", 20.0)
        async with attacking(victim.address) as attacker:
            stream = await attacker.open()
            for rpc in [NOTHING[name]] * 30 + [rpc_pb2.RPC(publish=[message(b"last")])]:
                await stream.write(encode_varint_prefixed(rpc.SerializeToString()))
            await gossip_passes(victim, friend)
            await trio.testing.wait_all_tasks_blocked(0.2)

            assert b"last" not in victim.gossip
            assert victim.offences == []


async def test_who_has_gone_leaves_nothing_behind_but_what_it_spent() -> None:
    async with nodes(2) as (a, b):
        await befriend(a, b)
        await gossip_passes(a, b)
        pubsub, other = a.transport._pubsub, ID.from_string(b.peer_id)
        assert other in pubsub._writing
        await a.transport.disconnect(b.peer_id)

        assert not pubsub._writing
        assert all(other in spent._of for spent in (pubsub._bytes, pubsub._messages))


async def test_no_rpc_carries_the_record_of_its_sender() -> None:
    heard: list[rpc_pb2.RPC] = []

    async def keep(stream: Any) -> None:
        while True:
            rpc = rpc_pb2.RPC()
            rpc.ParseFromString(await read_varint_prefixed_bytes_limited(stream, limits.MAX_RPC))
            heard.append(rpc)

    async with nodes(1) as (node,):
        host = new_host(key_pair=create_new_key_pair(bytes(32)))
        host.set_stream_handler(TProtocol(MESHSUB), keep)
        async with host.run(listen_addrs=[Multiaddr(HERE)]):
            await host.connect(info_from_p2p_addr(Multiaddr(node.address)))
            await until(lambda: any(rpc.subscriptions for rpc in heard))
            subscribe = rpc_pb2.RPC(
                subscriptions=[rpc_pb2.RPC.SubOpts(subscribe=True, topicid=TOPIC)]
            )
            stream = await host.new_stream(ID.from_string(node.peer_id), [TProtocol(MESHSUB)])
            await stream.write(encode_varint_prefixed(subscribe.SerializeToString()))
            await until(lambda: node.transport.mesh(TOPIC))
            await node.transport.publish(TOPIC, b"hello")
            await until(lambda: any(rpc.publish for rpc in heard))
            await node.transport.subscribe("another topic", node.validate)
            await until(
                lambda: any(
                    sub.topicid == "another topic" for rpc in heard for sub in rpc.subscriptions
                )
            )

    assert not any(rpc.HasField("senderRecord") for rpc in heard)


async def test_gossip_does_not_look_up_its_own_addresses_for_a_record() -> None:
    async with nodes(2) as (a, b):
        await befriend(a, b)
        asked = 0

        def count() -> list[Multiaddr]:
            nonlocal asked
            asked += 1
            return []

        a.transport._host.get_addrs = count  # type: ignore[method-assign]
        for number in range(20):
            await a.transport.publish(TOPIC, b"%d" % number)
        await until(lambda: len(b.gossip) == 20)

        assert asked == 0


def test_seen_forgets_the_oldest() -> None:
    seen = Seen(2)

    assert [seen.add(key) for key in (b"a", b"a", b"b", b"c")] == [True, False, True, True]
    assert [seen.has(key) for key in (b"a", b"b", b"c")] == [False, True, True]


async def test_attackers_in_numbers_leave_the_node_gossiping() -> None:
    async with nodes(2) as (victim, friend):
        await befriend(victim, friend)

        async def attack(seed: int, rpc: rpc_pb2.RPC | bytes) -> None:
            async with attacking(victim.address, seed) as attacker:
                await attacker.send_rpc(rpc)
                await until(lambda: not attacker.connected)

        async with trio.open_nursery() as nursery:
            for seed, (_, rpc) in enumerate(OFFENCES.values(), 100):
                nursery.start_soon(attack, seed, rpc)

        assert sorted(reason for _, reason in victim.offences) == sorted(
            reason for reason, _ in OFFENCES.values()
        )
        await gossip_passes(victim, friend)
        await until(lambda: victim.transport.peers == [friend.peer_id])

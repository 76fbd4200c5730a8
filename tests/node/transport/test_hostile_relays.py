"""What a relay, or somebody through one, may answer and bring, and what not."""

from __future__ import annotations

import pytest
from google.protobuf.message import Message
from libp2p.network.stream.exceptions import StreamReset
from libp2p.relay.circuit_v2.pb.circuit_pb2 import HopMessage, Status, StopMessage
from libp2p.utils.varint import encode_uvarint

from potluck.node import limits
from potluck.node.transport import circuits
from potluck.node.transport import multiaddrs as addresses
from potluck.node.transport.frames import Disconnected
from potluck.protocol.errors import LocalError
from tests.node.loopback import Node, nodes, until
from tests.node.relay import (
    YES,
    a_circuit_from,
    answers,
    gossip_flows,
    keep_place,
    meet,
    pretending,
    relaying,
)

REFUSALS = {
    Status.RESERVATION_REFUSED: "no place for this node",
    Status.RESOURCE_LIMIT_EXCEEDED: "full",
    Status.PERMISSION_DENIED: "does not serve",
    Status.ValueType(777): "status 777",
}


@pytest.mark.parametrize("status", REFUSALS)
async def test_a_relay_that_refuses_a_place_is_told_of_in_words(status: Status.ValueType) -> None:
    async with pretending(answers(status)) as relay, nodes(1) as (node,):
        with pytest.raises(Disconnected, match=REFUSALS[status]):
            await keep_place(node, relay)

        assert node.transport.reserved == []
        assert node.offences == []
        assert node.transport.peers == [relay.peer_id]


async def test_a_peer_that_does_not_relay_keeps_no_place() -> None:
    async with nodes(2) as (node, peer):
        await node.transport.dial(peer.address)
        with pytest.raises(Disconnected, match="does not serve circuits"):
            await node.transport.reserve(peer.address)

        assert node.transport.peers == [peer.peer_id]


MALFORMED: dict[str, tuple[str, Message | bytes]] = {
    "no protobuf": ("undecodable", b"\x04\xff\xff\xff\xff"),
    "endless length": ("undecodable", b"\xff" * 20),
    "oversized": ("oversize", encode_uvarint(limits.MAX_RELAY_MESSAGE + 1)),
    "another question": ("undecodable", HopMessage(type=HopMessage.CONNECT, status=Status.OK)),
    "nothing": ("undecodable", HopMessage()),
}


@pytest.mark.parametrize("name", [*MALFORMED, "no reservation"])
async def test_what_no_relay_answers_costs_it_its_connection(name: str) -> None:
    reason, said = MALFORMED.get(name, ("undecodable", answers(Status.OK)))
    async with pretending(said) as relay, nodes(1) as (node,):
        with pytest.raises(Disconnected):
            await keep_place(node, relay)
        await until(lambda: node.transport.peers == [])

        assert node.offences == [(relay.peer_id, reason)]
        assert node.transport.reserved == []


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("undecodable", b"\x04\xff\xff\xff\xff"),
        ("oversize", encode_uvarint(limits.MAX_RELAY_MESSAGE + 1)),
        ("undecodable", StopMessage(type=StopMessage.STATUS, status=Status.OK)),
        ("undecodable", StopMessage(type=StopMessage.CONNECT)),
    ],
)
async def test_what_no_relay_brings_costs_it_its_connection(
    reason: str, said: Message | bytes
) -> None:
    async with pretending(YES) as relay, nodes(1) as (node,):
        await keep_place(node, relay)
        with pytest.raises(Exception):  # noqa: B017, PT011 (libp2p's errors for a reset vary)
            await relay.bring(node.peer_id, said)  # type: ignore[arg-type]
        await until(lambda: node.transport.peers == [])

        assert node.offences == [(relay.peer_id, reason)]


async def test_circuits_come_only_from_relays_that_keep_a_place() -> None:
    async with pretending(YES) as relay, nodes(1) as (node,):
        await node.transport.dial(relay.address)
        _, answer = await relay.bring(node.peer_id, a_circuit_from(Node(7).peer_id))
        assert answer.status == Status.PERMISSION_DENIED

        await node.transport.reserve(relay.address)
        _, answer = await relay.bring(node.peer_id, a_circuit_from(Node(7).peer_id))
        assert answer.status == Status.OK
        assert node.offences == []


async def test_a_relay_brings_a_bounded_number_of_circuits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CIRCUITS_PER_RELAY", 2)
    async with pretending(YES) as relay, nodes(2) as (node, friend):
        await keep_place(node, relay)
        brought = [
            await relay.bring(node.peer_id, a_circuit_from(Node(7).peer_id)) for _ in range(3)
        ]

        assert [answer.status for _, answer in brought] == [Status.OK] * 2 + [
            Status.RESOURCE_LIMIT_EXCEEDED
        ]
        await brought[0][0].reset()
        await until(lambda: len(node.transport._circuits._open) == 1)
        _, answer = await relay.bring(node.peer_id, a_circuit_from(Node(7).peer_id))
        assert answer.status == Status.OK
        await friend.transport.dial(node.address)
        await gossip_flows(friend, node)


async def test_a_circuit_on_which_nothing_comes_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    async with pretending(YES) as relay, nodes(1) as (node,):
        node.transport._swarm.connection_config.inbound_upgrade_timeout = 0.5
        await keep_place(node, relay)
        stream, _ = await relay.bring(node.peer_id, a_circuit_from(Node(7).peer_id))
        with pytest.raises(Exception):  # noqa: B017, PT011 (libp2p's errors for a reset vary)
            while True:
                assert await stream.read(1024)

        assert node.transport._circuits._open == set()
        assert node.transport.peers == [relay.peer_id]


async def test_a_circuit_that_breaks_before_it_is_accepted_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken(_stream: object, _message: Message) -> None:
        raise StreamReset

    async with pretending(YES) as relay, nodes(1) as (node,):
        await keep_place(node, relay)
        monkeypatch.setattr(circuits, "_write", broken)
        with pytest.raises(Exception):  # noqa: B017, PT011 (libp2p's errors for a reset vary)
            await relay.bring(node.peer_id, a_circuit_from(Node(7).peer_id))

        assert node.transport._circuits._open == set()


async def test_a_relay_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FRAME_DEADLINE", 0.5)
    monkeypatch.setattr(limits, "DIAL_TIMEOUT", 1.0)
    async with pretending() as relay, nodes(1) as (node,):
        with pytest.raises(Disconnected, match="silent"):
            await keep_place(node, relay)
        with pytest.raises(Disconnected, match="silent"):
            await node.transport.dial(addresses.through(relay.address, Node(7).peer_id))
        relay.answer = answers(Status.OK)  # and then nothing on the circuit
        with pytest.raises(Disconnected, match="no answer"):
            await node.transport.dial(addresses.through(relay.address, Node(7).peer_id))

        assert node.transport._circuits._open == set()
        assert node.transport.peers == [relay.peer_id]
        assert node.offences == []


async def test_only_the_peer_that_was_dialled_can_answer() -> None:
    async with relaying() as relay, nodes(2) as (called, caller):
        await keep_place(called, relay)
        ask = caller.transport._circuits._ask

        async def misled(to: str, question: HopMessage) -> object:
            question.peer.id = called.transport._host.get_id().to_bytes()
            return await ask(to, question)

        caller.transport._circuits._ask = misled  # type: ignore[method-assign, assignment]
        with pytest.raises(Disconnected, match="cannot connect"):
            await caller.transport.dial(addresses.through(relay.address, Node(7).peer_id))

        assert caller.transport.peers == [relay.peer_id]
        assert caller.offences == []


async def test_a_banned_peer_does_not_come_in_through_a_relay() -> None:
    async with relaying() as relay, nodes(2) as (called, caller):
        address = await keep_place(called, relay)
        called.transport.admits = lambda ip_or_peer: ip_or_peer != caller.peer_id
        with pytest.raises(Disconnected):
            await caller.transport.dial(address)

        assert called.transport.peers == [relay.peer_id]


async def test_who_comes_in_under_another_name_than_the_relay_says_is_banned_all_the_same() -> None:
    async with relaying() as relay, nodes(2) as (called, caller):
        address = await keep_place(called, relay)
        judged = called.transport._circuits._verdict
        called.transport._circuits._verdict = (  # type: ignore[method-assign]
            lambda relay, message: judged(relay, a_circuit_from(Node(7).peer_id))  # noqa: ARG005
        )
        called.transport.admits = lambda ip_or_peer: ip_or_peer != caller.peer_id
        await caller.transport.dial(address)
        await until(lambda: called.peer_id not in caller.transport.peers)

        assert called.transport.peers == [relay.peer_id]
        assert called.transport._circuits._open == set()


async def test_a_banned_relay_is_not_dialled_for_a_circuit() -> None:
    async with relaying() as relay, nodes(2) as (called, caller):
        address = await keep_place(called, relay)
        for banned in (relay.peer_id, called.peer_id, "127.0.0.1"):
            caller.transport.admits = (
                lambda ip_or_peer, banned=banned: ip_or_peer != banned  # type: ignore[misc]
            )
            with pytest.raises(LocalError, match="banned"):
                await caller.transport.dial(address)

        assert caller.transport.peers == []


async def test_circuits_count_as_connections() -> None:
    async with relaying() as relay, nodes(2) as (called, caller):
        address = await keep_place(called, relay)
        called.transport._swarm.connection_config.max_connections = 1
        with pytest.raises(Disconnected):
            await caller.transport.dial(address)

        assert called.transport.peers == [relay.peer_id]


async def test_junk_in_the_place_of_muxer_frames_leaves_the_node_gossiping() -> None:
    async with relaying() as relay, nodes(3) as (called, caller, friend):
        await meet(caller, called, relay)
        connection = caller.transport._swarm.get_connections(called.transport._host.get_id())[0]
        await connection.muxed_conn.secured_conn.write(b"\xff" * 500)  # type: ignore[attr-defined]
        await friend.transport.dial(called.address)
        await gossip_flows(friend, called)

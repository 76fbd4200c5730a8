"""Every test here fails when its guard is taken out of node/transport/guards/gossipsub.py."""

from __future__ import annotations

from typing import Any

from libp2p.peer.id import ID
from libp2p.pubsub.gossipsub import PROTOCOL_ID_V11
from libp2p.pubsub.pb import rpc_pb2

from tests.node.attacker import attacking, message
from tests.node.loopback import TOPIC, befriend, nodes, until
from tests.node.offences import control


async def test_what_is_not_forwarded_is_validated_once_and_not_requested_again() -> None:
    async with nodes(1) as (victim,):
        judged: list[bytes] = []

        def refuse(_peer: str, payload: bytes) -> bool:
            judged.append(payload)
            return False

        victim.transport._pubsub.set_validator(TOPIC, refuse)
        requested: list[object] = []

        async def keep(ids: object, _peer: object) -> None:
            requested.append(ids)

        victim.transport._gossip.emit_iwant = keep  # type: ignore[method-assign, assignment]
        async with attacking(victim.address) as attacker:
            sent = message()
            await attacker.publish(sent, sent)
            await attacker.publish(sent)
            await attacker.send_rpc(
                control(ihave=[(TOPIC, [sent.from_id + sent.seqno, b"unknown"])])
            )
            await until(lambda: requested)

        assert judged == [b"hello"]
        assert requested == [[b"unknown"]]


async def test_a_mesh_that_is_large_enough_grafts_nobody() -> None:
    """Otherwise all peers are soon in back-off, and of 300 nodes 30 have no mesh at all."""
    async with nodes(1) as (node,):
        router = node.transport._gossip
        peers = [ID(bytes([number]) * 8) for number in range(30)]
        for peer in peers:
            router.add_peer(peer, PROTOCOL_ID_V11)
        node.transport._pubsub.peer_topics[TOPIC] = set(peers)
        router.mesh[TOPIC] = set(peers[:8])

        grafted, pruned = router.mesh_heartbeat()

        assert (grafted, pruned) == ({}, {})
        assert router.mesh[TOPIC] == set(peers[:8])


async def test_what_is_new_is_told_to_peers_that_may_not_be_grafted_yet() -> None:
    async with nodes(1) as (node,):
        router = node.transport._gossip
        peers = [ID(bytes([number]) * 8) for number in range(30)]
        for peer in peers:
            router.add_peer(peer, PROTOCOL_ID_V11)
            router._add_back_off(peer, TOPIC, is_unsubscribe=False)
        node.transport._pubsub.peer_topics[TOPIC] = set(peers)
        router.mesh[TOPIC] = set(peers[:8])
        router.mcache.put(message())
        telling = router.gossip_heartbeat()

        assert len(telling) == 6
        assert not telling.keys() & set(peers[:8])
        assert all(list(topics) == [TOPIC] for topics in telling.values())


async def test_each_peer_gets_its_own_control_messages() -> None:
    async with nodes(1) as (node,):
        sent: dict[ID, rpc_pb2.ControlMessage] = {}

        async def keep(message: rpc_pb2.ControlMessage, peer: ID) -> None:
            sent[peer] = message

        gossip: Any = node.transport._gossip
        gossip.emit_control_message = keep
        a, b, c = (ID(bytes([n])) for n in range(3))
        await node.transport._gossip._emit_control_msgs(
            {a: ["graft a"], b: ["graft b"]},
            {b: ["prune b"]},
            {a: {"ihave": [b"1"]}, c: {"ihave": [b"2"]}},
        )

        assert [entry.topicID for entry in sent[b].graft] == ["graft b"]
        assert [entry.topicID for entry in sent[b].prune] == ["prune b"]
        assert sent[b].prune[0].backoff > 0
        assert [list(entry.messageIDs) for peer in (a, b, c) for entry in sent[peer].ihave] == [
            [b"1"],
            [b"2"],
        ]


async def test_gossip_leaves_nothing_behind() -> None:
    async with nodes(2) as (a, b):
        await befriend(a, b)
        await b.transport._pubsub.unsubscribe(TOPIC)
        await until(lambda: not a.transport._pubsub.peer_topics.get(TOPIC))
        for number in range(20):
            await a.transport.publish(TOPIC, b"%d" % number)
        gossip = a.transport._gossip

        assert not gossip.recent_message_deliveries
        assert not gossip._pending_messages
        assert not gossip.equivocation_detection

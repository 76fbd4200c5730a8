"""Every test here fails when its guard is taken out of node/transport/guards/rpc.py."""

from __future__ import annotations

from libp2p.pubsub.pb import rpc_pb2

from potluck.node import limits
from potluck.node.transport.guards.rpc import check_envelope, cost_of, parse_rpc, signed_part
from tests.node.attacker import message
from tests.node.loopback import TOPIC
from tests.node.offences import control


def test_control_entries_are_bounded_and_of_our_topics() -> None:
    many = [number.to_bytes(4, "big") for number in range(2 * limits.MAX_CONTROL_IDS)]
    rpc = control(
        graft=[TOPIC, "other"],
        prune=[TOPIC, "other"],
        ihave=[("other", many), (TOPIC, many)],
        iwant=[b"id"] * 9_999,
    )
    kept = parse_rpc(rpc.SerializeToString(), {TOPIC}).control

    assert [entry.topicID for entry in kept.graft] == [TOPIC]
    assert [entry.topicID for entry in kept.prune] == [TOPIC]
    assert not kept.prune[0].peers, "peer exchange would have us dial whom a stranger names"
    assert [list(entry.messageIDs) for entry in kept.ihave] == [many[: limits.MAX_CONTROL_IDS]]
    assert [list(entry.messageIDs) for entry in kept.iwant] == [[b"id"]]


def test_a_node_takes_a_bounded_number_of_control_entries() -> None:
    many = 3 * limits.MAX_CONTROL_ENTRIES
    rpc = control(
        graft=[TOPIC] * many, prune=[TOPIC] * many, ihave=[(TOPIC, [b"id"])] * many, iwant=[b"id"]
    )
    rpc.control.iwant.extend([rpc_pb2.ControlIWant(messageIDs=[b"id"])] * many)
    kept = parse_rpc(rpc.SerializeToString(), {TOPIC}).control

    for entries in (kept.graft, kept.prune, kept.ihave, kept.iwant):
        assert len(entries) == limits.MAX_CONTROL_ENTRIES


def test_entries_without_end_are_not_looked_through() -> None:
    """100,000 of other topics took 22 ms."""
    rpc = control(graft=["other"] * limits.MAX_CONTROL_IDS + [TOPIC])

    assert not parse_rpc(rpc.SerializeToString(), {TOPIC}).control.graft


def test_other_topics_and_the_record_of_the_sender_are_passed_over() -> None:
    rpc = rpc_pb2.RPC(publish=[message(topic="other"), message()], senderRecord=b"a record")
    kept = parse_rpc(rpc.SerializeToString(), {TOPIC})

    assert kept == rpc_pb2.RPC(publish=[message()])


def test_an_rpc_without_control_stays_without() -> None:
    assert not parse_rpc(rpc_pb2.RPC(publish=[message()]).SerializeToString(), {TOPIC}).HasField(
        "control"
    )


def test_a_key_that_repeats_the_author_is_allowed() -> None:
    made = message()
    made.key = made.from_id[2:]

    check_envelope(made)


def test_the_signature_covers_what_the_specification_says() -> None:
    made = rpc_pb2.Message(
        data=b"d", topicIDs=["t"], from_id=b"f", seqno=b"s", signature=b"x", key=b"k"
    )

    assert signed_part(made) == b"libp2p-pubsub:" + b"\x0a\x01f\x12\x01d\x1a\x01s\x22\x01t"


def test_an_rpc_costs_what_is_in_it_and_never_nothing() -> None:
    told = [b"%d" % number for number in range(limits.CONTROL_IDS_PER_MESSAGE)]
    subscription = rpc_pb2.RPC.SubOpts(subscribe=True, topicid="a")
    subscribing = rpc_pb2.RPC(subscriptions=[subscription] * limits.CONTROL_IDS_PER_MESSAGE)

    assert cost_of(rpc_pb2.RPC()) == 1
    assert cost_of(rpc_pb2.RPC(publish=[message()] * 3)) == 3
    assert cost_of(subscribing) == 2
    assert cost_of(control(ihave=[(TOPIC, told)], iwant=told)) == 3

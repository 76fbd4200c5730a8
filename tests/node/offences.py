"""Gossip that breaks the rules, each with the reason it must be given, and control messages."""

from __future__ import annotations

from typing import Any

from libp2p.crypto.keys import KeyType
from libp2p.crypto.pb import crypto_pb2
from libp2p.pubsub.pb import rpc_pb2

from potluck.node import limits
from potluck.node.transport.peer_id import ED25519_ID
from potluck.protocol.identity import ED25519_KEY
from tests.node.attacker import message
from tests.node.loopback import TOPIC


def changed(**fields: Any) -> rpc_pb2.Message:
    """A well-formed message with these fields changed after it was signed."""
    made = message()
    for name, value in fields.items():
        if isinstance(value, list):
            getattr(made, name)[:] = value
        else:
            setattr(made, name, value)
    return made


def public_key(kind: int, data: bytes) -> bytes:
    return crypto_pb2.PublicKey(
        key_type=crypto_pb2.KeyType.ValueType(kind), data=data
    ).SerializeToString()


RSA_ID = b"\x12\x20" + bytes(32)


OFFENCES: dict[str, tuple[str, rpc_pb2.RPC | bytes]] = {
    "no protobuf": ("undecodable", b"\xff\xff\xff\xff garbage"),
    "cut protobuf": ("undecodable", rpc_pb2.RPC(publish=[message()]).SerializeToString()[:-3]),
    "garbage key": ("key", rpc_pb2.RPC(publish=[changed(from_id=RSA_ID, key=b"garbage")])),
    "key of a wrong length": (
        "key",
        rpc_pb2.RPC(
            publish=[changed(from_id=RSA_ID, key=public_key(KeyType.Ed25519.value, b"short"))]
        ),
    ),
    "author's key of a wrong length": (
        "key",
        rpc_pb2.RPC(publish=[changed(from_id=ED25519_ID + b"short")]),
    ),
    "secp256k1 key": (
        "key",
        rpc_pb2.RPC(
            publish=[changed(from_id=RSA_ID, key=public_key(KeyType.Secp256k1.value, bytes(33)))]
        ),
    ),
    "another's key": ("key", rpc_pb2.RPC(publish=[changed(key=ED25519_KEY + bytes(32))])),
    "no author": ("key", rpc_pb2.RPC(publish=[changed(from_id=b"")])),
    "changed payload": ("signature", rpc_pb2.RPC(publish=[changed(data=b"changed")])),
    "no signature": ("signature", rpc_pb2.RPC(publish=[changed(signature=b"")])),
    "two topics": ("undecodable", rpc_pb2.RPC(publish=[changed(topicIDs=[TOPIC, "other"])])),
    "short number": ("undecodable", rpc_pb2.RPC(publish=[changed(seqno=b"1")])),
    "too many messages": (
        "oversize",
        rpc_pb2.RPC(publish=[message(number=n) for n in range(limits.MAX_MESSAGES_PER_RPC + 1)]),
    ),
    "too many subscriptions": (
        "oversize",
        rpc_pb2.RPC(
            subscriptions=[
                rpc_pb2.RPC.SubOpts(subscribe=True, topicid=str(n))
                for n in range(limits.MAX_SUBSCRIPTIONS + 1)
            ]
        ),
    ),
}


def control(
    graft: list[str] | None = None,
    prune: list[str] | None = None,
    ihave: list[tuple[str, list[bytes]]] | None = None,
    iwant: list[bytes] | None = None,
) -> rpc_pb2.RPC:
    return rpc_pb2.RPC(
        control=rpc_pb2.ControlMessage(
            graft=[rpc_pb2.ControlGraft(topicID=topic) for topic in graft or []],
            prune=[
                rpc_pb2.ControlPrune(topicID=topic, peers=[rpc_pb2.PeerInfo(peerID=b"id")])
                for topic in prune or []
            ],
            ihave=[
                rpc_pb2.ControlIHave(topicID=topic, messageIDs=ids) for topic, ids in ihave or []
            ],
            iwant=[rpc_pb2.ControlIWant(messageIDs=iwant or [])],
        )
    )

"""Gossip RPCs: what of one gets in, and the envelope of a message, checked and made."""

from collections.abc import Callable
from typing import Any

from google.protobuf.message import DecodeError
from libp2p.pubsub.pb import rpc_pb2

from potluck.node import limits
from potluck.node.transport.peer_id import ED25519_ID
from potluck.protocol.errors import RemoteError
from potluck.protocol.identity import ED25519_KEY, Identity, verify

SIGNING_PREFIX = b"libp2p-pubsub:"


def parse_rpc(frame: bytes, topics: Any) -> rpc_pb2.RPC:
    """The RPC of these bytes, with all that could cost us memory or bandwidth taken out.

    Raises RemoteError if it cannot be read or carries too much. Sender records and peer exchange
    are dropped (we take addresses only from `/potluck/peers/1`), so are control entries for
    topics that are not ours (libp2p keeps state for any topic named to it) and excess ids
    (an IWANT may name one message a thousand times).
    """
    rpc = rpc_pb2.RPC()
    try:
        rpc.ParseFromString(frame)
    except DecodeError:
        raise RemoteError("undecodable", "a gossip RPC that is not protobuf") from None
    if len(rpc.publish) > limits.MAX_MESSAGES_PER_RPC:
        raise RemoteError("oversize", "a gossip RPC with too many messages")
    if len(rpc.subscriptions) > limits.MAX_SUBSCRIPTIONS:
        raise RemoteError("oversize", "a gossip RPC with too many subscriptions")
    rpc.ClearField("senderRecord")
    _keep(rpc.publish, lambda message: any(topic in topics for topic in message.topicIDs))
    if rpc.HasField("control"):
        _trim_control(rpc.control, topics)
    return rpc


def _trim_control(control: rpc_pb2.ControlMessage, topics: Any) -> None:
    for entries in (control.ihave, control.graft, control.prune):
        del entries[limits.MAX_CONTROL_IDS :]  # 100,000 take 22 ms to look through
        _keep(entries, lambda entry: entry.topicID in topics)
        del entries[limits.MAX_CONTROL_ENTRIES :]
    del control.iwant[limits.MAX_CONTROL_ENTRIES :]
    entry: Any
    for entry in (*control.ihave, *control.iwant):
        ids = list(dict.fromkeys(entry.messageIDs))[: limits.MAX_CONTROL_IDS]
        del entry.messageIDs[:]
        entry.messageIDs.extend(ids)
    for prune in control.prune:
        prune.ClearField("peers")


def cost_of(rpc: rpc_pb2.RPC) -> float:
    """What it costs in messages: one at least, or who sends nothing is heard without end."""
    named: Any = (*rpc.control.ihave, *rpc.control.iwant)
    told = len(rpc.subscriptions) + sum(len(entry.messageIDs) for entry in named)
    return max(1, len(rpc.publish)) + told / limits.CONTROL_IDS_PER_MESSAGE


def _keep(entries: Any, wanted: Callable[[Any], bool]) -> None:
    kept = [entry for entry in entries if wanted(entry)]
    if len(kept) < len(entries):
        del entries[:]
        entries.extend(kept)


def check_envelope(msg: rpc_pb2.Message) -> None:
    """Raise RemoteError unless the message is signed as Potluck signs: one topic, a random
    8-byte seqno, and the Ed25519 key that its `from` names (libp2p dies of other keys)."""
    key = msg.from_id[len(ED25519_ID) :]
    if not msg.from_id.startswith(ED25519_ID) or len(key) != 32:
        raise RemoteError("key", "a gossip message that is not from an Ed25519 key")
    if msg.key not in (b"", ED25519_KEY + key):
        raise RemoteError("key", "a gossip message with another key than its sender's")
    if len(msg.topicIDs) != 1 or len(msg.seqno) != 8:
        raise RemoteError("undecodable", "a gossip message without one topic and an 8-byte number")
    if not verify(key, signed_part(msg), msg.signature):
        raise RemoteError("signature", "a gossip message with a bad signature")


def signed_part(msg: rpc_pb2.Message) -> bytes:
    """The bytes that a gossip message's signature covers (libp2p pubsub specification)."""
    bare = rpc_pb2.Message(
        data=msg.data, topicIDs=msg.topicIDs, from_id=msg.from_id, seqno=msg.seqno
    )
    return SIGNING_PREFIX + bytes(bare.SerializeToString())


def make_message(
    topic: str, payload: bytes, random_bytes: Callable[[int], bytes]
) -> rpc_pb2.Message:
    """A message under a throwaway key with a random number, so that nothing names its author.

    (GossipSub's own `from` names the publisher, and its counter repeats after a restart.)
    """
    key = Identity.from_seed(random_bytes(32))
    message = rpc_pb2.Message(
        data=payload, topicIDs=[topic], from_id=ED25519_ID + key.key, seqno=random_bytes(8)
    )
    message.signature = key.sign(signed_part(message))
    return message

"""What reads gossip from streams and writes it to them, guarded."""

import functools
import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, cast

import libp2p.pubsub.gossipsub
import libp2p.pubsub.pubsub
import trio
from libp2p.exceptions import ParseError
from libp2p.host.basic_host import BasicHost
from libp2p.io.exceptions import MessageTooLarge
from libp2p.peer.id import ID
from libp2p.pubsub.gossipsub import GossipSub
from libp2p.pubsub.pb import rpc_pb2
from libp2p.pubsub.pubsub import Pubsub
from libp2p.pubsub.rpc_queue import RpcQueue
from libp2p.utils.varint import read_varint_prefixed_bytes_limited

from potluck.node import limits
from potluck.node.transport.buffered import Buffered
from potluck.node.transport.interface import Validator
from potluck.node.transport.token_bucket import Buckets
from potluck.protocol.errors import RemoteError

from .connections import GONE
from .rpc import check_envelope, cost_of, parse_rpc

logger = logging.getLogger(__name__)

MAX_TOPIC = 64
"""Bytes of a topic that is remembered: Potluck's have 43."""

Report = Callable[[ID, RemoteError], None]

# The queue for one peer holds 32 RPCs and silently drops the rest of a burst.
vars(libp2p.pubsub.pubsub)["RpcQueue"] = functools.partial(RpcQueue, max_size=limits.OUTBOUND_QUEUE)
# Every RPC carries the sender's signed record: 190 bytes and a quarter of the CPU for nothing.
for _module in (libp2p.pubsub.gossipsub, libp2p.pubsub.pubsub):
    vars(_module)["env_to_send_in_RPC"] = lambda _host: (b"", False)


class Seen:
    """The ids of recent gossip messages, the oldest forgotten first.

    libp2p's own cache runs a thread per node that nobody stops, and has no bound.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._ids: OrderedDict[bytes, None] = OrderedDict()

    def has(self, message_id: bytes) -> bool:
        """Whether it was added and not yet forgotten."""
        return message_id in self._ids

    def add(self, message_id: bytes) -> bool:
        """Remember it; whether it was new."""
        new = message_id not in self._ids
        self._ids[message_id] = None
        while len(self._ids) > self._capacity:
            self._ids.popitem(last=False)
        return new


class GuardedPubsub(Pubsub):
    """Pubsub whose reading side survives anything a peer sends.

    It replaces libp2p's read loop and message handling: malformed protobuf, bad keys and raising
    validators end the whole host there. Here they end the sender's connection. Messages of one
    peer are handled one after the other (libp2p starts a task each, and dies of the 1000th).
    """

    def __init__(self, host: BasicHost, router: GossipSub, report: Report) -> None:
        super().__init__(host, router, max_inbound_rpc_size=limits.MAX_RPC)
        self.seen_messages.stop()
        self.seen_messages = Seen(limits.SEEN_MESSAGES)  # type: ignore[assignment]
        self.allowed_topics = frozenset()
        self._report = report
        self._validators: dict[str, Validator] = {}
        self._writing: dict[ID, trio.Lock] = {}
        # They outlive a connection: who comes again does not begin with a full one.
        self._bytes: Buckets[ID] = Buckets(
            limits.PEER_BYTES_PER_SECOND, limits.PEER_BYTES_BURST, limits.MAX_ASKERS_TRACKED
        )
        self._messages: Buckets[ID] = Buckets(
            limits.PEER_MESSAGES_PER_SECOND, limits.PEER_MESSAGES_BURST, limits.MAX_ASKERS_TRACKED
        )
        self.other_topics: dict[ID, str] = {}
        """A topic that is not ours, of each peer that named one."""

    def set_validator(self, topic: str, validator: Validator) -> None:
        """Accept this topic: validator(peer id, payload) says whether to forward, and raises
        RemoteError for what no conforming peer sends."""
        self._validators[topic] = validator
        self.allowed_topics = frozenset(self._validators)

    async def stream_handler(self, stream: Any) -> None:
        """Read RPCs until the peer goes or breaks the rules."""
        peer = stream.muxed_conn.peer_id
        reader = cast(Any, Buffered(stream))
        try:
            while self.manager.is_running:
                frame = await read_varint_prefixed_bytes_limited(reader, limits.MAX_RPC)
                await self._pace(self._bytes, peer, len(frame))
                await self._receive(peer, parse_rpc(frame, self._validators.keys()))
        except (MessageTooLarge, ParseError):
            self._report(peer, RemoteError("oversize", "a gossip RPC longer than allowed"))
        except RemoteError as error:
            self._report(peer, error)
        except GONE:
            pass
        except Exception:
            logger.exception("gossip from a peer could not be handled")
            self._report(peer, RemoteError("unhandled", "gossip that could not be handled"))
        with trio.CancelScope(shield=True):
            await stream.reset()
        self._handle_dead_peer(peer)

    async def _pace(self, buckets: Buckets[ID], peer: ID, amount: float) -> None:
        """Pause reading while the peer is over its rate; TCP then slows the peer down."""
        await trio.sleep(buckets.take(peer, amount, trio.current_time()))

    async def _receive(self, peer: ID, rpc: rpc_pb2.RPC) -> None:
        await self._pace(self._messages, peer, cost_of(rpc))
        for subscription in rpc.subscriptions:
            topic = subscription.topicid
            if topic not in self._validators and len(topic) <= MAX_TOPIC:
                self.other_topics.setdefault(peer, topic)
            self.handle_subscription(peer, subscription)
        for message in rpc.publish:
            await self.push_msg(peer, message)
        if rpc.HasField("control"):
            await self.router.handle_rpc(rpc, peer)

    async def push_msg(self, msg_forwarder: ID, msg: rpc_pb2.Message) -> None:
        """Validate a message and forward it if its topic's validator says so.

        Unlike in libp2p a message that is not forwarded is marked as seen, so that its id is not
        requested again at every heartbeat, and a raising validator rejects only its message.
        """
        message_id = self._msg_id_constructor(msg)
        if self.seen_messages.has(message_id):
            return
        ours = msg_forwarder == self.my_id
        if not ours:
            check_envelope(msg)
        self.seen_messages.add(message_id)
        if ours or self._accepts(msg_forwarder, msg):
            await self.router.publish(msg_forwarder, msg)

    def _accepts(self, forwarder: ID, msg: rpc_pb2.Message) -> bool:
        try:
            return self._validators[msg.topicIDs[0]](str(forwarder), msg.data)
        except RemoteError:
            raise
        except Exception:
            logger.exception("a gossip message could not be validated")
            return False

    async def write_msg(self, stream: Any, rpc_msg: rpc_pb2.RPC) -> bool:
        """Write whole RPCs only: libp2p writes from several tasks, and frames that mix look like
        an attack to the other side. The empty sender record is left out (see the top)."""
        rpc_msg.ClearField("senderRecord")
        lock = self._writing.setdefault(stream.muxed_conn.peer_id, trio.Lock())
        async with lock:
            return await super().write_msg(stream, rpc_msg)

    def get_hello_packet(self) -> rpc_pb2.RPC:
        """Our subscriptions, without the sender record."""
        packet = super().get_hello_packet()
        packet.ClearField("senderRecord")
        return packet

    def forget(self, peer: ID) -> None:
        """Drop what is kept about a peer that has disconnected."""
        self._writing.pop(peer, None)
        self.other_topics.pop(peer, None)

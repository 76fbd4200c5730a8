"""The gossip router that ships, without a network: for laboratories, which bring its time, its
randomness and its wire.

What it decides is libp2p's and our guards' code, unchanged, down to its heartbeat; only what reads
a clock, rolls dice, sleeps or writes is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from random import Random
from types import SimpleNamespace, coroutine
from typing import Any, TypeVar, cast

import libp2p.pubsub.gossipsub
from libp2p.peer.id import ID
from libp2p.pubsub.gossipsub import PROTOCOL_ID_V11
from libp2p.pubsub.pb import rpc_pb2

from potluck.node import limits

from .guards.pubsub import Seen
from .host import make_router

T = TypeVar("T")
TOPIC = "t"

Rpc = rpc_pb2.RPC
Send = Callable[[int, int, Rpc], None]
"""From one router to another, by their numbers."""


@contextmanager
def simulated(clock: Callable[[], float], rng: Random) -> Iterator[None]:
    """Have all routers of this process take their time (UTC seconds) and chance from these."""
    module = vars(libp2p.pubsub.gossipsub)
    names = ("time", "random", "trio")
    before = {name: module[name] for name in names}
    module["time"] = SimpleNamespace(time=clock, monotonic=clock)
    module["random"] = rng
    module["trio"] = SimpleNamespace(sleep=_sleep)
    try:
        yield
    finally:
        module.update(before)


@coroutine
def _sleep(seconds: float) -> Any:
    yield seconds


class UnconnectedRouter:
    """One router on one topic, within `simulated`. `send` puts an RPC on the wire."""

    def __init__(
        self, number: int, send: Send, degrees: tuple[int, int, int] | None = None
    ) -> None:
        """`degrees`: other than what ships, the wanted, least and most peers in a mesh."""
        self.number = number
        self.id = _Numbered(number)
        self._send = send
        self.router = make_router()
        if degrees is not None:
            self.router.degree, self.router.degree_low, self.router.degree_high = degrees
        self._seen = Seen(limits.SEEN_MESSAGES)
        self._pubsub = SimpleNamespace(
            peers={},
            peer_topics={TOPIC: set()},
            host=SimpleNamespace(get_id=lambda: self.id),
            my_id=self.id,
            peer_queues={},
            get_message_id=message_id,
            seen_messages=self._seen,
            subscribed_topics_receive={TOPIC},
            topic_ids=[TOPIC],
        )
        router = cast(Any, self.router)
        router.pubsub = self._pubsub
        router.send_rpc = self._put_on_wire
        _now(self.router.join(TOPIC))
        self._heartbeat = cast("Coroutine[float, None, None]", self.router.heartbeat())
        self._heartbeat.send(None)

    def _put_on_wire(
        self,
        to: _Numbered,
        rpc: Rpc,
        priority: bool = False,  # noqa: FBT001, FBT002 - libp2p's
    ) -> None:
        self._send(self.number, to.number, rpc)

    @property
    def mesh(self) -> list[int]:
        """The numbers of those in its mesh."""
        return sorted(cast(_Numbered, peer).number for peer in self.router.mesh[TOPIC])

    def connected(self, other: UnconnectedRouter) -> None:
        self.router.add_peer(other.id, PROTOCOL_ID_V11)
        self._pubsub.peers[other.id] = True
        self._pubsub.peer_topics[TOPIC].add(other.id)

    def disconnected(self, other: UnconnectedRouter) -> None:
        self.router.remove_peer(other.id)
        self._pubsub.peers.pop(other.id, None)
        self._pubsub.peer_topics[TOPIC].discard(other.id)

    @property
    def is_idle(self) -> bool:
        """Whether a heartbeat would do nothing: its mesh is as it wants, with nothing to tell."""
        router = self.router
        fits = router.degree_low <= len(router.mesh[TOPIC]) <= router.degree_high
        return fits and not any(router.mcache.history)

    def beat(self) -> float:
        """One heartbeat; seconds until the next."""
        return self._heartbeat.send(None)

    def publish(self, payload: bytes, rng: Random) -> bytes:
        """A message of ours; its id."""
        message = rpc_pb2.Message(
            data=payload, topicIDs=[TOPIC], from_id=rng.randbytes(34), seqno=rng.randbytes(8)
        )
        self._seen.add(message_id(message))
        _now(self.router.publish(self.id, message))
        return message_id(message)

    def receive(
        self, sender: UnconnectedRouter, rpc: Rpc, accepts: Callable[[bytes], bool]
    ) -> list[bytes]:
        """Forward what is new and accepted, answer control messages: the ids of what was new."""
        new = []
        for message in rpc.publish:
            if self._seen.add(message_id(message)):
                new.append(message_id(message))
                if accepts(message.data):
                    _now(self.router.publish(sender.id, message))
        if rpc.HasField("control"):
            _now(self.router.handle_rpc(rpc, sender.id))
        return new


class _Numbered(ID):
    """A peer id whose place in a set does not depend on the run of Python."""

    def __init__(self, number: int) -> None:
        super().__init__(number.to_bytes(34, "big"))
        self.number = number

    def __hash__(self) -> int:
        return self.number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ID) and other.to_bytes() == self.to_bytes()


def message_id(message: rpc_pb2.Message) -> bytes:
    """As GossipSub names a message: by its sender and number."""
    return bytes(message.from_id + message.seqno)


def _now(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never waits."""
    try:
        work.send(None)
    except StopIteration as done:
        return cast(T, done.value)
    raise RuntimeError("a router without a network waited for something")

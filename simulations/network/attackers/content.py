"""Attacks by what is said, and by silence: gossip, sync and what decks hold."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import trio

from potluck.node.replication import session
from potluck.node.replication.given import GiveBudget, Given
from potluck.node.transport import Stream, protocols
from potluck.node.transport.channel import Channel, Exhausted
from potluck.node.transport.guards.rpc import parse_rpc
from potluck.node.transport.unconnected_router import TOPIC, Rpc
from potluck.protocol.admission import Outcome
from potluck.protocol.errors import RemoteError
from potluck.protocol.items import Items
from potluck.protocol.network import NONCE_BYTES
from potluck.protocol.wire import SignedAnnouncement
from potluck.simulations.network.node import NETWORK, Node, event

from .attacker import Attacker

T = TypeVar("T")
SYBILS = 60
"""Hosts that one attacker invents, and organisers that one importer does."""
INVENTED = 500
"""Announcements that an attacker says it holds."""


class _Member(Attacker):
    """One in the meshes. What it hears is kept, and passed on if `forwards`."""

    forwards = False

    def prepare(self) -> None:
        self._heard: list[bytes] = []

    async def begin(self) -> None:
        await self.transport.subscribe(NETWORK.topic, self._arrived)

    def _arrived(self, _peer: str, payload: bytes) -> bool:
        self._heard.append(NETWORK.open(payload))
        return self.forwards

    async def say(self, encoded: bytes) -> None:
        """Gossip, as if it were news."""
        sealed = NETWORK.seal(encoded, self._random.randbytes(NONCE_BYTES))
        await self.transport.publish(NETWORK.topic, sealed)

    async def attack(self, victim: Node) -> None:
        await trio.sleep(60)


class Forger(_Member):
    """Passes on what it hears with a broken signature, before others pass on the true one."""

    def _arrived(self, _peer: str, payload: bytes) -> bool:
        encoded = NETWORK.open(payload)
        if encoded[:-1] not in self._heard:
            self._heard.append(encoded[:-1])
            forged = encoded[:-1] + bytes([encoded[-1] ^ 1])
            sealed = NETWORK.seal(forged, self._random.randbytes(NONCE_BYTES))
            self.transport.router.publish(sealed, self._random)
        return False


class Replayer(_Member):
    """Says again, a minute later and again, all that it heard: also what was withdrawn since."""

    forwards = True

    async def attack(self, victim: Node) -> None:
        await trio.sleep(60)
        for encoded in self._heard[:20]:
            await self.say(encoded)


class Telling(_Member):
    """Tells of messages that there are not (IHAVE), as many as it may."""

    async def attack(self, victim: Node) -> None:
        for _ in range(100):
            rpc = Rpc()
            for _ in range(4):
                ids = [self._random.randbytes(42) for _ in range(256)]
                rpc.control.ihave.add(topicID=TOPIC, messageIDs=ids)
            told = parse_rpc(rpc.SerializeToString(), {TOPIC})
            self.transport.send(victim.transport, told)
            await trio.sleep(1)

    async def wrong(self) -> list[str]:
        ours = self.transport.peer_id
        sent, received = self._wires.sent[ours], self._wires.received[ours]
        said = f"telling of messages in {sent} bytes brought {received} bytes of questions"
        return [said] if received > 1.1 * sent + 100_000 else []


class Censor(_Member):
    """Passes nothing on, and says in sync that there is no difference."""

    def prepare(self) -> None:
        super().prepare()
        self.transport.handle(protocols.SYNC, self._serve)

    async def _serve(self, stream: Stream) -> None:
        channel = Channel(stream, NETWORK, self._random.randbytes)
        hello = session.read_hello(await channel.receive_hello() or [])
        await channel.send_hello([hello.clock])
        claimed = self.claimed() if hello.set == 0 else Items([])
        given, budget = Given(), GiveBudget(trio.current_time())
        exchange = session.Exchange(
            channel, _Nothing(self), given, budget, session.Tally(), _at_once
        )
        try:
            if hello.cursor is not None:
                await exchange.give_everything(Items([]), hello.cursor)
            else:
                await session.respond(exchange, channel, claimed, lambda _id: False)
        except Exhausted:
            pass

    def claimed(self) -> Items:
        """What it says that it holds."""
        return Items([])

    def asked(self, ids: Iterable[bytes]) -> None:
        """Somebody wants these."""


class Inventor(Censor):
    """Says in sync that it holds what there is not."""

    def prepare(self) -> None:
        super().prepare()
        now = int(self._victims[0].clock())
        self._claimed = Items([(now, self._random.randbytes(32)) for _ in range(INVENTED)])
        self._asked = 0

    def claimed(self) -> Items:
        return self._claimed

    def asked(self, ids: Iterable[bytes]) -> None:
        self._asked += len(list(ids))

    async def wrong(self) -> list[str]:
        hours = 1 + trio.current_time() // 3600
        most = INVENTED * len(self._victims) * hours
        said = f"nodes asked {self._asked} times for {INVENTED} announcements that are not"
        return [said] if self._asked > most else []


class _Nothing:
    """A set of which nothing is given, and into which nothing is taken."""

    def __init__(self, owner: Censor) -> None:
        self._owner = owner

    async def items(self, cutoff: int) -> Items:
        return self._owner.claimed()

    def encoded_many(self, ids: Iterable[bytes]) -> dict[bytes, bytes]:
        self._owner.asked(ids)
        return {}

    def needs(self, id: bytes) -> bool:
        return False

    def decode(self, encoded: bytes) -> SignedAnnouncement:
        raise RemoteError("undecodable", "what nobody asked for")

    def take(self, signed: SignedAnnouncement, is_genuine: Callable[[], bool]) -> Outcome:
        raise RemoteError("undecodable", "what nobody asked for")


async def _at_once(work: Callable[[], T]) -> T:
    return work()


class Sybils(_Member):
    """Many hosts of one person, each with an event of its own."""

    forwards = True

    def prepare(self) -> None:
        super().prepare()
        self._events = self.invent(int(self._victims[0].clock()))

    def invent(self, now: int) -> list[bytes]:
        """Announcements, encoded."""
        hosts = [self.invented() for _ in range(SYBILS)]
        return [event(host, 1, now, f"Event of {n}").encoded for n, host in enumerate(hosts)]

    async def attack(self, victim: Node) -> None:
        await trio.sleep(30)
        while self._events:
            await self.say(self._events.pop())
            await trio.sleep(2)
        await trio.sleep(3600)

    async def wrong(self) -> list[str]:
        return [
            f"invented hosts pushed all others out of the deck of node {node.number}"
            for node in self._victims
            if not self._held_of_others(node)
        ]

    def _held_of_others(self, node: Node) -> int:
        others = [other for other in self._victims if other is not node]
        return sum(node.holds_of(other.host) for other in others)


class Importer(Sybils):
    """One host with events of many organisers, whom it invents."""

    def invent(self, now: int) -> list[bytes]:
        return [
            event(self._identity, n, now, f"Event of {n}", source=f"mailto:{n}@example.org").encoded
            for n in range(SYBILS)
        ]

    async def wrong(self) -> list[str]:
        return [
            f"an importer pushed {lacking} events of others out of the deck of node {node.number}"
            for node in self._victims
            if (lacking := self._announced_by_others(node) - self._held_of_others(node)) > 0
        ]

    def _announced_by_others(self, node: Node) -> int:
        return sum(len(other.announced) for other in self._victims if other is not node)

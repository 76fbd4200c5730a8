"""One session of the sync stream: frames, their bounds, and the two sides of the conversation.

PROTOCOL.md, "Sync", has the bytes. The initiator asks and the responder answers, so at any time
at most one side is speaking. Whatever is given passes the same admission as gossip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import trio

from potluck.protocol import canonical
from potluck.protocol.admission import Outcome
from potluck.protocol.errors import Invalid, RemoteError
from potluck.protocol.items import ID_BYTES, Items
from potluck.protocol.network import ID_BYTES as NETWORK_ID_BYTES
from potluck.protocol.network import NONCE_BYTES, SEAL_OVERHEAD, Network
from potluck.protocol.reconcile import Reconciler

from . import limits
from .intake import Intake, Origin
from .store import Deck
from .stream import Stream

VERSION = 1
ROOM = limits.MAX_FRAME - NETWORK_ID_BYTES - SEAL_OVERHEAD - 16
"""Bytes for the value of a frame, sealed or not."""
YIELD_EVERY = 16
"""Announcements admitted before other tasks get a turn: about 2 ms."""

Cursor = tuple[int, bytes]
START: Cursor = (0, bytes(ID_BYTES))


class Kind(IntEnum):
    """What a frame after the hello is."""

    RECONCILE = 1
    HAVE = 2
    WANT = 3
    GIVE = 4


class More(IntEnum):
    """What follows a GIVE frame."""

    FOLLOWS = 0
    COMPLETE = 1
    LIMIT = 2


@dataclass(frozen=True, slots=True)
class Hello:
    """How a session begins: the clock, the expiry cutoff, and where a stream of everything goes on."""

    clock: int
    cutoff: int = 0
    cursor: Cursor | None = None


@dataclass
class Tally:
    """What a session came to. `more`: it ended by a limit, and there is more to exchange."""

    fresh: int = 0
    given: int = 0
    more: bool = False
    cursor: Cursor | None = None
    not_held: list[bytes] = field(default_factory=list)


class Exhausted(Exception):
    """The session has used up its frames or bytes; nobody's fault."""


class OtherNetwork(Exception):
    """The peer is on another network; nobody's fault."""


class Channel:
    """Frames of one session, sealed in a closed network, within the session's limits."""

    def __init__(self, stream: Stream, network: Network, random_bytes: Callable[[int], bytes]) -> None:
        self._stream = stream
        self._network = network
        self._random_bytes = random_bytes
        self._frames = 0

    @property
    def left(self) -> float:
        """The share of the session that is left to send, from 1 down to 0."""
        frames = self._frames / limits.SESSION_MESSAGES
        return 1 - max(frames, self._stream.sent / limits.SESSION_BYTES)

    async def send_hello(self, values: list[Any]) -> None:
        """The version and these, after the network's id in clear: who is on another leaves without a word."""
        await self._stream.send(self._network.id + self._sealed(canonical.pack([VERSION, *values])))

    async def receive_hello(self) -> list[Any] | None:
        """What follows the version in the peer's hello; None if it left, or speaks another version.

        Raises OtherNetwork, RemoteError.
        """
        frame = await self._stream.receive()
        if frame is None:
            return None
        if frame[:NETWORK_ID_BYTES] != self._network.id:
            raise OtherNetwork
        return read_version(_unpack(self._network.open(frame[NETWORK_ID_BYTES:])))

    async def send(self, kind: Kind, value: Any) -> None:
        """One frame. Raises Exhausted when the session's limit is reached."""
        if self._frames >= limits.SESSION_MESSAGES or self._stream.sent >= limits.SESSION_BYTES:
            raise Exhausted
        self._frames += 1
        await self._stream.send(self._sealed(bytes([kind]) + canonical.pack(value)))

    async def receive(self) -> tuple[Kind, Any] | None:
        """The next frame, None when the peer has ended. Raises RemoteError for what is none."""
        if self._stream.received > 2 * limits.SESSION_BYTES:
            raise Exhausted
        frame = await self._stream.receive()
        if frame is None:
            return None
        payload = self._network.open(frame)
        if not payload or payload[0] not in set(Kind):
            raise RemoteError("undecodable", "a sync frame of no known kind")
        return Kind(payload[0]), _unpack(payload[1:])

    async def ask(self, kind: Kind, value: Any, answer: Kind) -> Any:
        """Send, and receive the answer's value. Raises Exhausted when the peer has ended."""
        await self.send(kind, value)
        return await self.expect(answer)

    async def expect(self, kind: Kind) -> Any:
        """The value of the next frame, which must be of this kind."""
        received = await self.receive()
        if received is None:
            raise Exhausted
        if received[0] is not kind:
            raise RemoteError("undecodable", f"a sync frame {received[0].name} in place of {kind.name}")
        return received[1]

    def _sealed(self, payload: bytes) -> bytes:
        return self._network.seal(payload, self._random_bytes(NONCE_BYTES))


class Exchange:
    """What both sides do with announcements: give what is held, take what is given."""

    def __init__(self, channel: Channel, deck: Deck, intake: Intake, tally: Tally) -> None:
        self._channel = channel
        self._deck = deck
        self._intake = intake
        self.tally = tally

    async def give(self, ids: Sequence[bytes]) -> None:
        """Give the announcements of these ids, and name those not held."""
        await self._give(ids, More.COMPLETE, name_missing=True)

    async def give_everything(self, items: Items, cursor: Cursor) -> None:
        """Give all that is held and comes after the cursor, in order, as far as the session goes."""
        at = items.find(*cursor, 0)
        if at < len(items) and (items.timestamp(at), items.id(at)) == cursor:
            at += 1
        more = More.FOLLOWS
        while more is More.FOLLOWS:
            batch = list(items.ids(at, min(at + limits.FETCH_BATCH, len(items))))
            at += len(batch)
            if at == len(items):
                more = More.COMPLETE
            elif self._channel.left < limits.SESSION_RESERVE:
                more = More.LIMIT
            await self._give(batch, more, name_missing=False)

    async def _give(self, ids: Sequence[bytes], last: More, *, name_missing: bool) -> None:
        held = self._deck.encoded_many(ids)
        missing = [one for one in ids if one not in held] if name_missing else []
        frames = list(_frames(held[one] for one in ids if one in held))
        for frame in frames[:-1]:
            await self._channel.send(Kind.GIVE, [int(More.FOLLOWS), frame, []])
        await self._channel.send(Kind.GIVE, [int(last), frames[-1], missing])
        self.tally.given += len(held)

    async def take(self, asked: Sequence[bytes]) -> More:
        """Take GIVE frames of these until the last; how the answer ended. Raises RemoteError."""
        return await self._take(frozenset(asked).__contains__)

    async def take_everything(self) -> More:
        """Take a stream of whatever the peer holds, as `take`."""
        return await self._take(lambda _id: True)

    async def _take(self, wanted: Callable[[bytes], bool]) -> More:
        while True:
            more, announcements, missing = give_frame(await self._channel.expect(Kind.GIVE))
            for number, encoded in enumerate(announcements):
                admission = self._intake.offer(encoded, Origin.SYNC)
                if not wanted(admission.signed.id):
                    raise RemoteError("undecodable", "a sync frame GIVE with what nobody asked for")
                self.tally.fresh += admission.outcome is Outcome.FRESH
                announcement = admission.signed.announcement
                self.tally.cursor = (announcement.issued_at, admission.signed.id)
                if number % YIELD_EVERY == 0:
                    await trio.lowlevel.checkpoint()
            self.tally.not_held += missing
            if more is not More.FOLLOWS:
                return more


async def initiate(
    exchange: Exchange, channel: Channel, items: Items, wants: Callable[[bytes], bool]
) -> None:
    """Reconcile, fetch what we lack and offer what the peer lacks. `wants` filters what to ask for.

    Sets `more` in the tally when the session was too short for all of it.
    """
    tally = exchange.tally
    need: list[bytes] = []
    have: list[bytes] = []
    reconciler = Reconciler(items, ROOM)
    message: bytes | None = reconciler.open()
    while message is not None and len(need) + len(have) < limits.MAX_NEEDED:
        answer = await channel.ask(Kind.RECONCILE, message, Kind.RECONCILE)
        progress = reconciler.reconcile(_bytes(answer))
        need += (one for one in progress.need if wants(one))
        have += progress.have
        message = progress.reply
    tally.more = message is not None
    for batch in _batches(need):
        await channel.send(Kind.WANT, batch)
        if await exchange.take(batch) is More.LIMIT:
            raise Exhausted
    for batch in _batches(have):
        wanted = _ids(await channel.ask(Kind.HAVE, batch, Kind.WANT), batch)
        if wanted:
            await exchange.give(wanted)


async def respond(exchange: Exchange, channel: Channel, items: Items, wants: Callable[[bytes], bool]) -> None:
    """Answer until the initiator ends."""
    reconciler = Reconciler(items, ROOM)
    while (received := await channel.receive()) is not None:
        kind, value = received
        if kind is Kind.RECONCILE:
            await channel.send(Kind.RECONCILE, reconciler.respond(_bytes(value)))
        elif kind is Kind.WANT:
            await exchange.give(_ids(value))
        elif kind is Kind.HAVE:
            wanted = [one for one in _ids(value) if wants(one)]
            await channel.send(Kind.WANT, wanted)
            if wanted:
                await exchange.take(wanted)
        else:
            raise RemoteError("undecodable", "a sync frame GIVE that nobody asked for")


def read_version(value: Any) -> list[Any] | None:
    """What follows the version; None if it is another one. Raises RemoteError.

    (A pattern such as `[1, *_]` would take true and 1.0 for 1.)
    """
    match value:
        case [version, *values] if type(version) is int:
            return values if version == VERSION else None
    raise RemoteError("undecodable", "a hello that begins with no version")


def read_hello(values: list[Any]) -> Hello:
    """The initiator's hello. Raises RemoteError."""
    match values:
        case [clock, cutoff, None] if _are_times(clock, cutoff):
            return Hello(clock, cutoff)
        case [clock, cutoff, [issued_at, bytes(last)]] if (
            _are_times(clock, cutoff, issued_at) and len(last) == ID_BYTES
        ):
            return Hello(clock, cutoff, (issued_at, last))
    raise RemoteError("undecodable", "a sync hello that cannot be read")


def read_welcome(values: list[Any]) -> int:
    """The responder's clock. Raises RemoteError."""
    match values:
        case [clock] if _are_times(clock):
            return int(clock)
    raise RemoteError("undecodable", "a sync hello that cannot be read")


def _are_times(*values: object) -> bool:
    return all(type(value) is int and 0 <= value < 1 << 32 for value in values)


def _frames(encoded: Iterable[bytes]) -> Iterable[list[bytes]]:
    """Announcements in frames that fit with the ids of a batch; at least one frame, perhaps empty."""
    room = ROOM - limits.FETCH_BATCH * (ID_BYTES + 2)
    frame: list[bytes] = []
    used = 0
    for one in encoded:
        if used + len(one) + 3 > room:
            yield frame
            frame, used = [], 0
        frame.append(one)
        used += len(one) + 3
    yield frame


def _batches(ids: Sequence[bytes]) -> Iterable[list[bytes]]:
    return (list(ids[at : at + limits.FETCH_BATCH]) for at in range(0, len(ids), limits.FETCH_BATCH))


def _unpack(data: bytes) -> Any:
    try:
        return canonical.unpack(data)
    except Invalid as error:
        raise RemoteError("undecodable", f"a sync frame cannot be read: {error}") from None


def _bytes(value: Any) -> bytes:
    if type(value) is not bytes:
        raise RemoteError("undecodable", "a sync frame without the bytes it should have")
    return value


def _ids(value: Any, asked: Sequence[bytes] | None = None) -> list[bytes]:
    """At most a batch of different ids, all of them among those asked about."""
    if type(value) is not list or len(value) > limits.FETCH_BATCH:
        raise RemoteError("undecodable", "a sync frame that is no batch of ids")
    if any(type(one) is not bytes or len(one) != ID_BYTES for one in value) or len(set(value)) != len(value):
        raise RemoteError("undecodable", "a sync frame with something else than different ids")
    if asked is not None and not set(value) <= set(asked):
        raise RemoteError("undecodable", "a sync frame that wants what was not offered")
    return value


def give_frame(value: Any) -> tuple[More, list[bytes], list[bytes]]:
    """What follows, announcements as encoded, and ids not held. Raises RemoteError."""
    match value:
        case [more, list(announcements), list(missing)] if (
            type(more) is int and more in set(More) and all(type(one) is bytes for one in announcements)
        ):
            return More(more), announcements, _ids(missing)
    raise RemoteError("undecodable", "a sync frame GIVE that cannot be read")

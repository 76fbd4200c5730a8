"""One session of the sync stream: the two sides of the conversation, and what they may say.

PROTOCOL.md, "Sync", has the bytes. The initiator asks and the responder answers, so at any time
at most one side is speaking. Whatever is given passes the same admission as gossip.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from typing import Any, TypeVar

import trio

from potluck.node import limits
from potluck.node.transport.channel import ROOM, Channel, Exhausted, Kind
from potluck.protocol.admission import Outcome
from potluck.protocol.errors import RemoteError
from potluck.protocol.items import ID_BYTES, Items
from potluck.protocol.reconcile import Reconciler

from .given import GiveBudget, Given
from .sets import Signed, SyncSet

YIELD_EVERY = 16
"""Announcements decoded, or decided about, before other tasks get a turn: a third of a ms."""

T = TypeVar("T")
Cursor = tuple[int, bytes]
Aside = Callable[[Callable[[], Any]], Awaitable[Any]]
SETS = 2
START: Cursor = (0, bytes(ID_BYTES))


class More(IntEnum):
    """What follows a GIVE frame."""

    FOLLOWS = 0
    COMPLETE = 1
    LIMIT = 2


@dataclass(frozen=True, slots=True)
class Hello:
    """How a session begins: the clock, the expiry cutoff, where a stream of everything goes on,
    and of which set it is: 0 announcements, 1 vouches."""

    clock: int
    cutoff: int = 0
    cursor: Cursor | None = None
    set: int = 0


@dataclass
class Tally:
    """What a session came to: how many were fresh here, and given for the first time. `more`: it
    ended by a limit, and there is more to exchange."""

    fresh: int = 0
    given: int = 0
    more: bool = False
    cursor: Cursor | None = None
    not_held: list[bytes] = field(default_factory=list)


class Exchange:
    """What both sides do with a set: give what is held, take what is given.

    `given` and `budget` say what of it a peer gets, and how fast; `aside` does work beside the
    loop.
    """

    def __init__(
        self,
        channel: Channel,
        held: SyncSet[Any],
        given: Given,
        budget: GiveBudget,
        tally: Tally,
        aside: Aside,
    ) -> None:
        self._channel = channel
        self._held = held
        self._given = given
        self._budget = budget
        self._aside = aside
        self.tally = tally

    async def give(self, ids: Sequence[bytes]) -> None:
        """Give the announcements of these ids, and name those not held."""
        await self._give(ids, More.COMPLETE, name_missing=True)

    async def give_everything(self, items: Items, cursor: Cursor) -> None:
        """Give all that is held after the cursor, in order, as far as the session goes."""
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
        peer_id, now = self._channel.peer_id, trio.current_time()
        held: dict[bytes, bytes] = {}
        for at in range(0, len(ids), YIELD_EVERY):
            held |= self._held.encoded_many(ids[at : at + YIELD_EVERY])
            await trio.lowlevel.checkpoint()
        new = self._given.new(peer_id, list(held), now)
        repeated = held.keys() - set(new)
        giving = {*new, *self._given.again(peer_id, sorted(repeated), now)}
        missing = [one for one in ids if one not in giving] if name_missing else []
        frames = list(_frames(held[one] for one in ids if one in giving))
        for number, frame in enumerate(frames, 1):
            pause = self._budget.pause(peer_id, sum(map(len, frame)), trio.current_time())
            if pause > limits.GIVE_PATIENCE:
                raise Exhausted
            await trio.sleep(pause)
            is_last = number == len(frames)
            more, absent = (last, missing) if is_last else (More.FOLLOWS, [])
            await self._channel.send(Kind.GIVE, [int(more), frame, absent])
        self.tally.given += len(new)

    async def beside(self, value: Any, work: Callable[[bytes], T]) -> T:
        """Work on a peer's message beside the loop: 8 KiB of them can take 37 ms. Raises
        RemoteError."""
        message = _bytes(value)
        found: T = await self._aside(lambda: work(message))
        return found

    async def take(self, asked: Collection[bytes] | None) -> More:
        """Take GIVE frames until the last, each of these once or (None) whatever the peer holds;
        how the answer ended. Raises RemoteError."""
        awaited = None if asked is None else set(asked)
        while True:
            more, announcements, missing = give_frame(await self._channel.expect(Kind.GIVE))
            given: list[Signed] = []
            for encoded in announcements:
                await _let_others(len(given))
                given.append(self._held.decode(encoded))
            for one in (*(signed.id for signed in given), *missing):
                _answer(awaited, one)
            await self._take(given)
            self.tally.not_held += missing
            if more is not More.FOLLOWS:
                return more

    async def _take(self, given: Sequence[Signed]) -> None:
        """Check the signatures beside the loop, which takes two thirds of it all, then decide."""
        genuine = await self._aside(lambda: [one.has_valid_signature() for one in given])
        for number, (signed, holds) in enumerate(zip(given, genuine, strict=True)):
            await _let_others(number)
            outcome = self._held.take(signed, partial(bool, holds))
            self.tally.fresh += outcome is Outcome.FRESH
            self.tally.cursor = (signed.issued_at, signed.id)


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
        progress = await exchange.beside(answer, reconciler.reconcile)
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


async def respond(
    exchange: Exchange, channel: Channel, items: Items, wants: Callable[[bytes], bool]
) -> None:
    """Answer until the initiator ends."""
    reconciler = Reconciler(items, ROOM)
    while (received := await channel.receive()) is not None:
        kind, value = received
        if kind is Kind.RECONCILE:
            reply = await exchange.beside(value, reconciler.respond)
            await channel.send(Kind.RECONCILE, reply)
        elif kind is Kind.WANT:
            await exchange.give(_ids(value))
        elif kind is Kind.HAVE:
            wanted = [one for one in _ids(value) if wants(one)]
            await channel.send(Kind.WANT, wanted)
            if wanted:
                await exchange.take(wanted)
        else:
            raise RemoteError("undecodable", "a sync frame GIVE that nobody asked for")


async def _let_others(number: int) -> None:
    """Others' turn on the loop after every so many."""
    if number % YIELD_EVERY == 0:
        await trio.lowlevel.checkpoint()


def _answer(awaited: set[bytes] | None, id: bytes) -> None:
    """One of the ids asked for is given, or not held; it can be so once."""
    if awaited is None:
        return
    if id not in awaited:
        raise RemoteError("undecodable", "a sync frame GIVE with what nobody asked for")
    awaited.remove(id)


def read_hello(values: list[Any]) -> Hello:
    """The initiator's hello. Raises RemoteError."""
    match values:
        case [clock, cutoff, None, number] if _are_times(clock, cutoff) and _is_set(number):
            return Hello(clock, cutoff, None, number)
        case [clock, cutoff, [issued_at, bytes(last)], number] if (
            _are_times(clock, cutoff, issued_at) and len(last) == ID_BYTES and _is_set(number)
        ):
            return Hello(clock, cutoff, (issued_at, last), number)
    raise RemoteError("undecodable", "a sync hello that cannot be read")


def read_welcome(values: list[Any]) -> int:
    """The responder's clock. Raises RemoteError."""
    match values:
        case [clock] if _are_times(clock):
            return int(clock)
    raise RemoteError("undecodable", "a sync hello that cannot be read")


def _are_times(*values: object) -> bool:
    return all(type(value) is int and 0 <= value < 1 << 32 for value in values)


def _is_set(number: object) -> bool:
    return type(number) is int and 0 <= number < SETS


def _frames(encoded: Iterable[bytes]) -> Iterable[list[bytes]]:
    """Announcements in frames that fit with a batch's ids; at least one, perhaps empty."""
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
    return (
        list(ids[at : at + limits.FETCH_BATCH]) for at in range(0, len(ids), limits.FETCH_BATCH)
    )


def _bytes(value: Any) -> bytes:
    if type(value) is not bytes:
        raise RemoteError("undecodable", "a sync frame without the bytes it should have")
    return value


def _ids(value: Any, asked: Sequence[bytes] | None = None) -> list[bytes]:
    """At most a batch of different ids, all of them among those asked about."""
    if type(value) is not list or len(value) > limits.FETCH_BATCH:
        raise RemoteError("undecodable", "a sync frame that is no batch of ids")
    if any(type(one) is not bytes or len(one) != ID_BYTES for one in value) or len(
        set(value)
    ) != len(value):
        raise RemoteError("undecodable", "a sync frame with something else than different ids")
    if asked is not None and not set(value) <= set(asked):
        raise RemoteError("undecodable", "a sync frame that wants what was not offered")
    return value


def give_frame(value: Any) -> tuple[More, list[bytes], list[bytes]]:
    """What follows, announcements as encoded, and ids not held. Raises RemoteError."""
    match value:
        case [more, list(announcements), list(missing)] if (
            type(more) is int
            and more in set(More)
            and all(type(one) is bytes for one in announcements)
        ):
            return More(more), announcements, _ids(missing)
    raise RemoteError("undecodable", "a sync frame GIVE that cannot be read")

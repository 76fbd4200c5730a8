"""Repair: what gossip missed, exchanged with one peer at a time on `/potluck/sync/1`.

When to talk, with whom, and for how long; what is said is in session.py.
"""

from __future__ import annotations

import logging
import random
from collections import OrderedDict
from collections.abc import Callable
from statistics import median

import trio

from potluck.node import limits
from potluck.node.store import Deck
from potluck.node.transport import Transport
from potluck.node.transport.channel import Channel, Exhausted, OtherNetwork
from potluck.node.transport.frames import Disconnected, Stream
from potluck.node.transport.token_bucket import Buckets
from potluck.protocol.errors import LocalError, RemoteError
from potluck.protocol.items import Items
from potluck.protocol.network import Network

from . import session
from .intake import Intake
from .session import Exchange, Hello, Tally

logger = logging.getLogger(__name__)

PROTOCOL = "/potluck/sync/1"
HOUR = 3600
CUTOFF_SLACK = 24 * HOUR
"""How far a peer's cutoff may lie from our clock: beyond, its clock is so wrong that nothing would agree."""


class Sync:
    """Sessions with peers: after connecting, every `interval` seconds, after bulk changes.

    `clock` gives UTC seconds and is the real one. Wire `connected` and `disconnected` to the
    transport's hooks.
    """

    def __init__(
        self,
        transport: Transport,
        network: Network,
        deck: Deck,
        intake: Intake,
        *,
        interval: float = limits.SYNC_INTERVAL,
        clock: Callable[[], float],
        rng: random.Random,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._transport = transport
        self._network = network
        self._deck = deck
        self._intake = intake
        self._interval = interval
        self._clock = clock
        self._rng = rng
        self._random_bytes = random_bytes
        self._due: OrderedDict[str, None] = OrderedDict()
        self._talking: set[str] = set()
        self._answering: set[str] = set()
        self._wake = trio.Event()
        self._spread_to: set[str] | None = None
        self._spreading = False
        self._not_held: OrderedDict[tuple[str, bytes], float] = OrderedDict()
        self._offsets: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._asked: Buckets[str] = Buckets(
            limits.SESSIONS_PER_SECOND, limits.SESSIONS_BURST, limits.MAX_ASKERS_TRACKED
        )
        self._streaming = trio.Lock()
        self._nursery: trio.Nursery
        self.last_at: float | None = None
        """When the last session ended well (UTC seconds)."""

    async def run(self) -> None:
        """Serve and open sessions until cancelled."""
        self._transport.handle(PROTOCOL, self._serve)
        async with trio.open_nursery() as nursery:
            self._nursery = nursery
            nursery.start_soon(self._now_and_then)
            while True:
                await self._wake.wait()
                self._wake = trio.Event()
                if self._spread_to is not None and not self._spreading:
                    self._spreading = True
                    nursery.start_soon(self._spread)
                for peer in [one for one in self._due if one not in self._talking]:
                    del self._due[peer]
                    self._talking.add(peer)
                    nursery.start_soon(self._talk, peer)

    # --- when -------------------------------------------------------------------------------

    def connected(self, peer_id: str) -> None:
        """The side that dialled opens the first session."""
        if self._transport.dialled(peer_id):
            self.talk_to(peer_id)

    def disconnected(self, peer_id: str) -> None:
        """Forget what was planned with a peer that is gone."""
        self._due.pop(peer_id, None)
        self._offsets.pop(peer_id, None)
        self._failures.pop(peer_id, None)

    def talk_to(self, peer_id: str) -> None:
        """Open a session with this peer as soon as none is open."""
        self._due[peer_id] = None
        self._wake.set()

    def changed_in_bulk(self, learnt_from: str | None = None) -> None:
        """Much is new here: pass it on to all peers (but this one) within `limits.SYNC_SPREAD`."""
        others = set(self._transport.peers) - {learnt_from}
        self._spread_to = others if self._spread_to is None else self._spread_to | others
        self._wake.set()

    def woke(self) -> None:
        """The machine slept: what is missing is fetched now."""
        for peer in self._transport.peers:
            self.talk_to(peer)

    async def _spread(self) -> None:
        """After a moment in which more may arrive, so that one session serves for all of it."""
        await trio.sleep(limits.SYNC_SPREAD / 2)
        peers, self._spread_to, self._spreading = self._spread_to or set(), None, False
        for peer in sorted(peers):
            self.talk_to(peer)

    async def _now_and_then(self) -> None:
        while True:
            await trio.sleep(self._interval)
            if self._transport.peers:
                self.talk_to(self._rng.choice(self._transport.peers))

    # --- clocks -----------------------------------------------------------------------------

    @property
    def clock_offset(self) -> float | None:
        """Seconds by which the median peer's clock is ahead of ours; None with fewer than three."""
        return median(self._offsets.values()) if len(self._offsets) >= limits.CLOCK_PEERS else None

    def _compare_clocks(self, peer_id: str, clock: int) -> None:
        if peer_id in self._transport.peers:  # else nobody would ever forget it
            self._offsets[peer_id] = clock - self._clock()

    # --- the initiator's side ---------------------------------------------------------------

    async def _talk(self, peer_id: str) -> None:
        """One session, or as many streams as it takes to learn everything for the first time."""
        tally = Tally()  # also of a session that breaks off: what it brought is passed on
        try:
            await self._open_sessions(peer_id, tally)
            self._failures.pop(peer_id, None)
        except Disconnected as error:
            logger.debug("sync with a peer ended early: %s", error)
            self._nursery.start_soon(self._try_again, peer_id)
        except OtherNetwork:
            logger.debug("a peer is on another network")
        except RemoteError as error:
            self._transport.report(peer_id, error)
        except LocalError as error:  # the disk's fault, such as no room: the node goes on without
            logger.error("nothing could be exchanged: %s", error)  # noqa: TRY400 - it says all
            self._nursery.start_soon(self._try_again, peer_id)
        finally:
            self._talking.discard(peer_id)
        self._remember(peer_id, tally)
        if tally.more and (tally.fresh or tally.given):
            self.talk_to(peer_id)
        self._wake.set()

    async def _try_again(self, peer_id: str) -> None:
        """Later and later, while it stays connected: it may be busy, or of another network."""
        if peer_id not in self._transport.peers:
            return
        failures = self._failures[peer_id] = self._failures.get(peer_id, 0) + 1
        await trio.sleep(min(limits.SYNC_RETRY * 2**failures, self._interval))
        if peer_id in self._transport.peers:
            self.talk_to(peer_id)

    async def _open_sessions(self, peer_id: str, tally: Tally) -> None:
        items, cutoff = await self._items()
        if len(items):
            return await self._session(peer_id, items, cutoff, None, tally)
        with trio.move_on_after(limits.STREAM_PATIENCE):
            await self._streaming.acquire()
        try:
            items, cutoff = await self._items()
            if len(items):
                await self._session(peer_id, items, cutoff, None, tally)
            else:
                await self._stream_everything(peer_id, items, cutoff, tally)
        finally:
            if self._streaming.statistics().owner is trio.lowlevel.current_task():
                self._streaming.release()

    async def _stream_everything(
        self, peer_id: str, items: Items, cutoff: int, tally: Tally
    ) -> None:
        cursor = session.START
        while True:
            before = tally.fresh
            await self._session(peer_id, items, cutoff, cursor, tally)
            if not (tally.more and tally.fresh > before and tally.cursor and tally.cursor > cursor):
                return
            cursor = tally.cursor

    async def _session(
        self, peer_id: str, items: Items, cutoff: int, cursor: session.Cursor | None, tally: Tally
    ) -> None:
        tally.more = False
        stream = await self._transport.open_stream(peer_id, PROTOCOL)
        try:
            with trio.fail_after(limits.SESSION_SECONDS):
                channel = Channel(stream, self._network, self._random_bytes)
                at = None if cursor is None else list(cursor)
                await channel.send_hello([int(self._clock()), cutoff, at])
                await self._be_welcomed(peer_id, channel)
                exchange = Exchange(channel, self._deck, self._intake, tally)
                if cursor is None:
                    await session.initiate(
                        exchange, channel, items, lambda one: self._wants(peer_id, one)
                    )
                else:
                    tally.more = await exchange.take_everything() is session.More.LIMIT
            await stream.close()
        except (Exhausted, trio.TooSlowError):
            tally.more = True
        finally:
            await stream.reset()
        self.last_at = self._clock()

    async def _be_welcomed(self, peer_id: str, channel: Channel) -> None:
        value = None
        with trio.move_on_after(limits.HELLO_DEADLINE):
            value = await channel.receive_hello()
        clock = None if value is None else session.read_welcome(value)
        if clock is None:
            raise Disconnected("the peer is busy, or of another network or version")
        self._compare_clocks(peer_id, clock)

    # --- the responder's side ---------------------------------------------------------------

    async def _serve(self, stream: Stream) -> None:
        channel = Channel(stream, self._network, self._random_bytes)
        try:
            value = await channel.receive_hello()
        except OtherNetwork:
            return
        hello = None if value is None else session.read_hello(value)
        # Only now, so that silent streams take nobody's place.
        peer_id, answering = stream.peer_id, self._answering
        if hello is None or peer_id in answering or len(answering) >= limits.MAX_INBOUND_SESSIONS:
            return
        if not self._asked.take_if_there(peer_id, trio.current_time()):
            return
        answering.add(peer_id)
        tally = Tally()
        try:
            with trio.move_on_after(limits.SESSION_SECONDS) as scope:
                await self._answer(stream, channel, hello, tally)
            if scope.cancelled_caught:
                await stream.reset()
        except Exhausted:
            pass
        finally:
            answering.discard(peer_id)
            self._remember(peer_id, tally)

    async def _answer(self, stream: Stream, channel: Channel, hello: Hello, tally: Tally) -> None:
        now = self._clock()
        await channel.send_hello([int(now)])
        self._compare_clocks(stream.peer_id, hello.clock)
        if abs(hello.cutoff - now) > CUTOFF_SLACK:
            return
        await self._intake.settle()
        items = await self._deck.sync_items(hello.cutoff)
        exchange = Exchange(channel, self._deck, self._intake, tally)
        if hello.cursor is None:
            await session.respond(
                exchange, channel, items, lambda one: self._wants(stream.peer_id, one)
            )
        else:
            await exchange.give_everything(items, hello.cursor)

    # --- what both share --------------------------------------------------------------------

    async def _items(self) -> tuple[Items, int]:
        """Our side of a reconciliation; the cutoff is a whole hour, so that clocks that differ a
        little do not show as differences."""
        cutoff = -(-int(self._clock()) // HOUR) * HOUR
        await self._intake.settle()
        return await self._deck.sync_items(cutoff), cutoff

    def _wants(self, peer_id: str, announcement_id: bytes) -> bool:
        asked_before = self._not_held.get((peer_id, announcement_id), 0.0)
        return asked_before <= self._clock() and self._intake.needs(announcement_id)

    def _remember(self, peer_id: str, tally: Tally) -> None:
        until = self._clock() + limits.NOT_HELD_SECONDS
        for missing in tally.not_held:
            self._not_held[peer_id, missing] = until
        while len(self._not_held) > limits.MAX_REFUSED:
            self._not_held.popitem(last=False)
        if tally.fresh:
            self.changed_in_bulk(peer_id)

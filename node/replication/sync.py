"""Repair: what gossip missed, exchanged with one peer at a time on `/potluck/sync/1`.

When and with whom is decided in sync_plan.py, what peers' clocks say in clocks.py, what they are
given in given.py, who is answered in answering.py; what is said is in session.py. Here it is done.
"""

import logging
import random
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any

import trio

from potluck.node import ips, limits
from potluck.node.store import Deck
from potluck.node.transport import Disconnected, Stream, Transport, protocols
from potluck.node.transport.channel import Channel, Exhausted, OtherNetwork
from potluck.protocol.errors import LocalError, RemoteError
from potluck.protocol.items import Items
from potluck.protocol.network import Network

from . import session
from .answering import Answering
from .clocks import Clocks
from .given import GiveBudget, Given
from .intake import Intake
from .session import Exchange, Hello, Tally
from .sets import Announcements, SyncSet
from .sync_plan import End, SyncPlan

logger = logging.getLogger(__name__)

HOUR = 3600
CUTOFF_SLACK = 24 * HOUR
"""How far a peer's cutoff may lie from our clock: beyond, its clock is so wrong that nothing would
agree."""


class Sync:
    """Sessions with peers: after connecting, every `interval` seconds, after bulk changes.

    `clock` gives UTC seconds and is the real one. Wire `connected` and `disconnected` to the
    transport's hooks. Runs within trio.
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
        now = trio.current_time()
        self._transport = transport
        self._network = network
        self._sets: tuple[SyncSet[Any], ...] = (Announcements(deck, intake), intake.vouches)
        self._aside = deck.aside
        self._clock = clock
        self._rng = rng
        self._random_bytes = random_bytes
        self._wake = trio.Event()
        self._answering = Answering()
        self._scopes: dict[str, trio.CancelScope] = {}
        self._not_held: OrderedDict[tuple[str, bytes], float] = OrderedDict()
        self._streaming = trio.Lock()
        self._given = Given()
        self._budget = GiveBudget(now)
        self.plan = SyncPlan(interval, now)
        self.clocks = Clocks()
        self.last_at: float | None = None
        """When the last session ended well (UTC seconds)."""
        self.heard_vouches = False
        """Whether a peer was asked for its vouches, and told them all."""
        transport.handle(protocols.SYNC, self._serve)

    async def run(self) -> None:
        """Open sessions until cancelled."""
        async with trio.open_nursery() as nursery:
            while True:
                due, next_due = self.plan.begin(trio.current_time(), self._rng)
                for peer_id in due:
                    nursery.start_soon(self._talk, peer_id)
                self._wake = trio.Event()
                with trio.move_on_at(next_due):
                    await self._wake.wait()

    # --- when -------------------------------------------------------------------------------

    def connected(self, peer_id: str) -> None:
        dialled = self._transport.dialled(peer_id)
        self.plan.connected(peer_id, trio.current_time(), dialled=dialled)
        self._wake.set()

    def disconnected(self, peer_id: str) -> None:
        self.plan.disconnected(peer_id)
        self.clocks.forget(peer_id)

    def talk_to(self, peer_id: str) -> None:
        self.plan.wish(peer_id, trio.current_time())
        self._wake.set()

    def changed_in_bulk(self, learnt_from: str | None = None) -> None:
        """Much is new here: pass it on to all peers (but this one) within `limits.SYNC_SPREAD`."""
        others = [peer for peer in self.plan.peers if peer != learnt_from]
        self.plan.spread(others, trio.current_time())
        self._wake.set()

    def woke(self) -> None:
        self.plan.woke(trio.current_time())
        self._wake.set()

    def _compare_clocks(self, peer_id: str, clock: int) -> None:
        """Of a peer that we dialled, while it is here (else nobody would ever forget it)."""
        if peer_id in self.plan.peers and self._transport.dialled(peer_id):
            self.clocks.learn(peer_id, clock - self._clock(), self._range_of(peer_id))

    def _range_of(self, peer_id: str) -> str:
        """Its address range; all that come through relays are of one."""
        ip = self._transport.address_of(peer_id)
        return "" if ip is None else ips.range_of(ip)

    # --- the initiator's side ---------------------------------------------------------------

    async def _talk(self, peer_id: str) -> None:
        """One session, or as many streams as it takes to learn everything for the first time."""
        tallies = [Tally() for _ in self._sets]  # also of a session that breaks off
        end = End.FOREIGN
        try:
            for number, tally in enumerate(tallies):
                await self._open_sessions(peer_id, number, tally)
            more = any(tally.more and (tally.fresh or tally.given) for tally in tallies)
            end = End.MORE if more else End.WELL
            self.heard_vouches |= not tallies[1].more
        except Disconnected as error:
            logger.debug("sync with a peer ended early: %s", error)
            end = End.EARLY
        except OtherNetwork:
            logger.debug("a peer is on another network")
        except RemoteError as error:
            self._transport.report(peer_id, error)
        except LocalError as error:  # the disk's fault, such as no room: the node goes on without
            logger.error("nothing could be exchanged: %s", error)  # noqa: TRY400 - it says all
            end = End.EARLY
        finally:
            self.plan.ended(peer_id, end, trio.current_time())
        for tally in tallies:
            self._remember(peer_id, tally)
        self._wake.set()

    async def _open_sessions(self, peer_id: str, number: int, tally: Tally) -> None:
        items, cutoff = await self._items(number)
        if len(items):
            return await self._session(peer_id, number, items, cutoff, None, tally)
        with trio.move_on_after(limits.STREAM_PATIENCE):
            await self._streaming.acquire()
        try:
            items, cutoff = await self._items(number)
            if len(items):
                await self._session(peer_id, number, items, cutoff, None, tally)
            else:
                await self._stream_everything(peer_id, number, items, cutoff, tally)
        finally:
            if self._streaming.statistics().owner is trio.lowlevel.current_task():
                self._streaming.release()

    async def _stream_everything(
        self, peer_id: str, number: int, items: Items, cutoff: int, tally: Tally
    ) -> None:
        cursor = session.START
        while True:
            before = tally.fresh
            await self._session(peer_id, number, items, cutoff, cursor, tally)
            if not (tally.more and tally.fresh > before and tally.cursor and tally.cursor > cursor):
                return
            cursor = tally.cursor

    async def _session(
        self,
        peer_id: str,
        number: int,
        items: Items,
        cutoff: int,
        cursor: session.Cursor | None,
        tally: Tally,
    ) -> None:
        tally.more = False
        stream = await self._transport.open_stream(peer_id, protocols.SYNC)
        try:
            with trio.fail_after(limits.SESSION_SECONDS):
                channel = Channel(stream, self._network, self._random_bytes)
                at = None if cursor is None else list(cursor)
                await channel.send_hello([int(self._clock()), cutoff, at, number])
                await self._be_welcomed(peer_id, channel)
                exchange = self._exchange(channel, number, tally)
                if cursor is None:
                    wants = partial(self._wants, peer_id, number)
                    await session.initiate(exchange, channel, items, wants)
                else:
                    tally.more = await exchange.take(None) is session.More.LIMIT
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
        peer_id = stream.peer_id
        if hello is None or not self._begins(peer_id):
            return
        tally = Tally()
        scope = self._scopes[peer_id] = trio.move_on_after(limits.SESSION_SECONDS)
        try:
            with scope:
                await self._answer(stream, channel, hello, tally)
            if scope.cancelled_caught:
                await stream.reset()
        except Exhausted:
            pass
        finally:
            if self._scopes.get(peer_id) is scope:
                del self._scopes[peer_id]
                self._answering.end(peer_id)
            self._remember(peer_id, tally)

    def _begins(self, peer_id: str) -> bool:
        """Whether a session of this peer's is answered; another may end for it."""
        begins, ended = self._answering.may_begin(peer_id, self._range_of(peer_id))
        if ended is not None:
            self._scopes.pop(ended).cancel()
        return begins

    async def _answer(self, stream: Stream, channel: Channel, hello: Hello, tally: Tally) -> None:
        now = self._clock()
        await channel.send_hello([int(now)])
        if abs(hello.cutoff - now) > CUTOFF_SLACK:
            return
        items = await self._sets[hello.set].items(hello.cutoff)
        exchange = self._exchange(channel, hello.set, tally)
        if hello.cursor is None:
            wants = partial(self._wants, stream.peer_id, hello.set)
            await session.respond(exchange, channel, items, wants)
        else:
            await exchange.give_everything(items, hello.cursor)

    # --- what both share --------------------------------------------------------------------

    def _exchange(self, channel: Channel, number: int, tally: Tally) -> Exchange:
        return Exchange(channel, self._sets[number], self._given, self._budget, tally, self._aside)

    async def _items(self, number: int) -> tuple[Items, int]:
        """Our side of a reconciliation; the cutoff is a whole hour, so that clocks that differ a
        little do not show as differences."""
        cutoff = -(-int(self._clock()) // HOUR) * HOUR
        return await self._sets[number].items(cutoff), cutoff

    def _wants(self, peer_id: str, number: int, id: bytes) -> bool:
        asked_before = self._not_held.get((peer_id, id), 0.0)
        return asked_before <= self._clock() and self._sets[number].needs(id)

    def _remember(self, peer_id: str, tally: Tally) -> None:
        until = self._clock() + limits.NOT_HELD_SECONDS
        for missing in tally.not_held:
            self._not_held[peer_id, missing] = until
        while len(self._not_held) > limits.MAX_REFUSED:
            self._not_held.popitem(last=False)
        if tally.fresh:
            self.changed_in_bulk(peer_id)

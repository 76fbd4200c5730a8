"""Who we are connected with: dialling, redialling, pinging, and whom we hear of.

Peers that the person named (bootstrap, invitations, `connect`) are dialled always; of those that we
heard of from others, the ones that slots choose. What to do is decided in address_book.py,
dial_limits.py and bans.py; here it is done. How we hear of others is in records.py.
"""

import contextlib
import logging
from collections.abc import Callable, Collection, Iterable
from random import Random

import trio

from potluck.node import limits
from potluck.node.store import PeerBook
from potluck.node.transport import Disconnected, Transport, multiaddrs
from potluck.protocol.errors import LocalError, RemoteError
from potluck.protocol.identity import Identity
from potluck.protocol.network import Network

from . import dial_limits, peer_record
from .address_book import Acquaintance, AddressBook
from .dial_limits import DialLimits
from .dropped import Bans
from .records import Records
from .slots import Slots

logger = logging.getLogger(__name__)

LOADED_AT_ONCE = 50
"""Peers of the store's book that are read before others get a turn: about 5 ms."""


class Peers:
    """Keeps connections up, and remembers addresses.

    `bootstrap` are multiaddrs to connect to first; `identity` is the transport's; `clock` gives UTC
    seconds. Wire `connected` and `disconnected` to the transport's hooks.
    """

    def __init__(
        self,
        transport: Transport,
        book: PeerBook,
        bootstrap: Iterable[str],
        *,
        network: Network,
        identity: Identity,
        clock: Callable[[], float],
        rng: Random,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._transport = transport
        self._stored = book
        self._network = network
        self._clock = clock
        self._rng = rng
        self._bootstrap = tuple(bootstrap)
        self._slots = Slots(limits.OUTBOUND_SLOTS, random_bytes)
        self._book = AddressBook(self._slots, random_bytes)
        self._dial_limits = DialLimits()
        self._wake = trio.Event()
        self._nursery: trio.Nursery | None = None
        self._watches: dict[str, trio.CancelScope] = {}
        self.bans = Bans(book, clock)
        self.records = Records(
            transport,
            self._book,
            self.bans,
            network=network,
            identity=identity,
            clock=clock,
            rng=rng,
            random_bytes=random_bytes,
        )
        self.records.remember = self._remember
        transport.admits = self.bans.admits
        transport.on_offence = self._offended
        transport.is_wanted = self._is_wanted

    async def run(self) -> None:
        """Dial, redial, ping and exchange records until cancelled."""
        await self._load()
        try:
            async with trio.open_nursery() as nursery:
                self._nursery = nursery
                nursery.start_soon(self._ask_now_and_then)
                nursery.start_soon(self._renew_slots)
                for peer_id in self._transport.peers:
                    self.connected(peer_id)
                await self._dial_who_is_due(nursery)
        finally:
            self._nursery = None

    async def _load(self) -> None:
        now = trio.current_time()
        for number, peer in enumerate(self._stored.all()):
            if number % LOADED_AT_ONCE == 0:
                await trio.lowlevel.checkpoint()
            with contextlib.suppress(RemoteError):  # of another network, or out of date
                record = peer.record and peer_record.read(peer.record, self._network)
                self._book.take_up(peer, record or None, now)
        for address in self._bootstrap:
            self._book.name(address).due = now

    async def _dial_who_is_due(self, nursery: trio.Nursery) -> None:
        while True:
            due, next_due = self._book.to_dial(trio.current_time())
            for peer_id in due:
                self._book.postpone(peer_id, float("inf"))
                nursery.start_soon(self._dial, peer_id)
            self._wake = trio.Event()
            with trio.move_on_at(next_due):
                await self._wake.wait()

    # --- dialling ---------------------------------------------------------------------------

    async def _dial(self, peer_id: str) -> None:
        known = self._book.get(peer_id)
        if known is None:  # forgotten since
            return
        for address in dial_limits.order(known):
            if await self._reached(known, address):
                return
        now, alone = trio.current_time(), not self._transport.peers
        if self._book.failed(peer_id, now, self._rng, alone=alone):
            with contextlib.suppress(LocalError):  # then it is in the store until the next start
                await self._stored.forget(peer_id)
        else:
            await self._write(peer_id)
        self._wake.set()

    async def _reached(self, known: Acquaintance, address: multiaddrs.Address) -> bool:
        """Of a name that the person gave each ip is tried, of one that was heard of only one."""
        try:
            resolved = await self._transport.resolve(address.text)
        except (Disconnected, LocalError) as error:
            logger.debug("%s", error)
            return False
        for text in resolved:
            if self._dial_limits.allows(known, address, multiaddrs.read(text), trio.current_time()):
                try:
                    await self._transport.dial(text)
                except (Disconnected, LocalError) as error:
                    logger.info("cannot reach a peer")
                    logger.debug("%s", error)
                    if not known.named:
                        return False
                else:
                    return True
        return False

    @property
    def known(self) -> int:
        return len(self._book)

    def woke(self) -> None:
        """The machine slept, or a ban was lifted: everybody may be reachable again."""
        self._book.woke(self._transport.peers, trio.current_time())
        self._wake.set()

    def _is_wanted(self, peer_id: str) -> bool:
        known = self._book.get(peer_id)
        return known is not None and known.named

    # --- told by the transport --------------------------------------------------------------

    def connected(self, peer_id: str) -> None:
        """A connection is up: keep an eye on it, and ask it whom it knows."""
        self._book.met(peer_id, int(self._clock()))
        if self._nursery is not None:
            self._watches[peer_id] = trio.CancelScope()
            self._nursery.start_soon(self._watch, peer_id, self._watches[peer_id])
            if self._transport.dialled(peer_id):
                self._nursery.start_soon(self.records.ask, peer_id)
                self._nursery.start_soon(self._part_with_surplus)

    def disconnected(self, peer_id: str) -> None:
        """A connection is gone: dial again soon if we know where."""
        if peer_id in self._watches:
            self._watches.pop(peer_id).cancel()
        self._book.lost(peer_id, trio.current_time(), self._rng)
        self._wake.set()

    def found_nearby(self, address: str) -> None:
        """A peer was announced on the local network (mDNS); its event only, we dial."""
        if self._book.find_nearby(address, trio.current_time()):
            self._wake.set()

    async def _watch(self, peer_id: str, connection: trio.CancelScope) -> None:
        """Ping; end the connection when the peer is silent for long (TCP alone takes minutes)."""
        with connection:
            await self._write(peer_id)
            answered = trio.current_time()
            while trio.current_time() - answered < limits.PING_DROP:
                await trio.sleep(limits.PING_INTERVAL)
                with (
                    trio.move_on_at(answered + limits.PING_DROP),
                    contextlib.suppress(Disconnected),
                ):
                    await self._transport.ping(peer_id)
                    answered = trio.current_time()
        if not connection.cancelled_caught:
            await self._transport.disconnect(peer_id)

    def _offended(self, peer_id: str, error: RemoteError) -> None:
        """Count an offence; the transport disconnects the peer, and it is banned if it goes on."""
        logger.warning("a peer broke the rules: %s", error.reason)
        logger.debug("%s: %s", peer_id, error)
        if self.bans.offended(peer_id, error) and self._nursery is not None:
            self._nursery.start_soon(self._ban_for, peer_id, str(error))

    async def _ban_for(self, peer_id: str, why: str) -> None:
        try:
            await self.bans.ban(peer_id, why, limits.BAN_SECONDS)
        except LocalError as error:  # it holds until the next start
            logger.error("a ban was not written down: %s", error)  # noqa: TRY400 - it says all

    # --- the book ---------------------------------------------------------------------------

    async def _ask_now_and_then(self) -> None:
        while True:
            await trio.sleep(limits.EXCHANGE_INTERVAL)
            if self._transport.peers:
                peer_id = self._rng.choice(self._transport.peers)
                # Beside the clock: a peer that drips must not be the last that was ever asked.
                if self._nursery is not None:
                    self._nursery.start_soon(self.records.ask, peer_id)

    async def _remember(self, news: Collection[str], gone: Iterable[str]) -> None:
        """What the book took up from a peer, and whom it forgot for that."""
        if news:
            self._wake.set()
        for peer_id in gone:
            with contextlib.suppress(LocalError):  # it is stored until the next start
                await self._stored.forget(peer_id)
        await self._write(*news)

    async def _write(self, *peer_ids: str) -> None:
        """Write into the store's book what it is to remember of these peers."""
        wall = int(self._clock())
        entries = [known for peer in peer_ids if (known := self._book.entry(peer, wall))]
        if not entries:
            return
        try:
            await self._stored.remember(entries)
        except LocalError as error:  # they are in memory, and written again when next met
            logger.error("peers were not written down: %s", error)  # noqa: TRY400 - it says all

    async def _part_with_surplus(self) -> None:
        """Of those whom slots chose while few were known, and for whom they have others now."""
        dialled = [peer for peer in self._transport.peers if self._transport.dialled(peer)]
        for peer in self._book.surplus(dialled):
            await self._transport.disconnect(peer)

    async def _renew_slots(self) -> None:
        while True:
            await trio.sleep(limits.SLOT_RENEWAL)
            self._slots.renew(limits.SLOTS_RENEWED)
            self._wake.set()

    # --- told by the person -----------------------------------------------------------------

    async def connect(self, address: str) -> str:
        """Dial a multiaddr ending in /p2p/ID and remember it; its peer id. Raises LocalError."""
        peer_id = multiaddrs.read(address).peer_id
        try:
            await self._dial_any(await self._transport.resolve(address))
        except Disconnected as error:
            raise LocalError(
                "{error}; is the node there running, and the address right?", error=error
            ) from None
        self._book.name(address)
        self._book.met(peer_id, int(self._clock()))
        await self._write(peer_id)
        return peer_id

    async def _dial_any(self, resolved: list[str]) -> None:
        """The first that answers. Raises LocalError, Disconnected."""
        for number, text in enumerate(resolved, 1):
            try:
                await self._transport.dial(text)
            except Disconnected:
                if number == len(resolved):
                    raise
            else:
                return

    async def disconnect(self, peer_id: str) -> bool:
        """Close the connection and do not redial until asked to; whether the peer was known."""
        known = self._book.forget(peer_id) or peer_id in self._transport.peers
        if known:
            await self._transport.disconnect(peer_id)
            self._book.forget(peer_id)  # it may have told us its record in the meantime
            await self._stored.forget(peer_id)
        return known

    async def ban(self, target: str, why: str) -> None:
        """Have nothing to do with a peer, an ip or an address range. Raises LocalError."""
        await self.bans.ban(target, why, limits.PERSONS_BAN_SECONDS)
        for peer_id in self._transport.peers:
            ip = self._transport.address_of(peer_id)
            if not self.bans.admits(peer_id) or (ip is not None and not self.bans.admits(ip)):
                await self._transport.disconnect(peer_id)

    async def unban(self, target: str) -> bool:
        """Lift a ban, and dial again whom it kept out; whether there was one. Raises LocalError."""
        lifted = await self.bans.unban(target)
        self.woke()
        return lifted

"""Who we are connected with: dialling, redialling, pinging, and whom we hear of.

Peers that the person named (bootstrap, invitations, `connect`) are dialled always; of those that we
heard of from others, the ones that `slots` choose.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable
from random import Random

import trio

from potluck.node import limits
from potluck.node.store import PeerBook
from potluck.node.transport import Transport
from potluck.node.transport import multiaddrs as addresses
from potluck.node.transport.channel import OtherNetwork
from potluck.node.transport.frames import Disconnected, Stream
from potluck.protocol.errors import LocalError, RemoteError
from potluck.protocol.identity import Identity
from potluck.protocol.network import Network

from . import exchange
from . import peer_record as record
from .address_book import Acquaintance, Acquaintances
from .bans import Bans
from .peer_record import PeerRecord
from .same_key import SameKey
from .slots import Slots

logger = logging.getLogger(__name__)


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
        self._network = network
        self._identity = identity
        self._clock = clock
        self._rng = rng
        self._random_bytes = random_bytes
        self._bootstrap = tuple(bootstrap)
        self._slots = Slots(limits.OUTBOUND_SLOTS, random_bytes)
        self._known = Acquaintances(book, network, clock, self._slots)
        self._wake = trio.Event()
        self._nursery: trio.Nursery | None = None
        self._watches: dict[str, trio.CancelScope] = {}
        self.bans = Bans(book, clock)
        self.same_key = SameKey(clock())
        transport.admits = self.bans.admits
        transport.on_offence = self._offended

    async def run(self) -> None:
        """Dial, redial, ping and exchange records until cancelled."""
        self._known.load(self._bootstrap)
        self._transport.handle(exchange.PROTOCOL, self._serve)
        async with trio.open_nursery() as nursery:
            self._nursery = nursery
            nursery.start_soon(self._ask_now_and_then)
            nursery.start_soon(self._renew_slots)
            while True:
                due, next_due = self._known.to_dial(self._transport.peers)
                for peer_id in due:
                    self._known[peer_id].due = None
                    nursery.start_soon(self._dial, peer_id)
                self._wake = trio.Event()
                with trio.move_on_at(next_due):
                    await self._wake.wait()

    # --- dialling ---------------------------------------------------------------------------

    async def _dial(self, peer_id: str) -> None:
        known = self._known.get(peer_id)
        if known is None:  # forgotten since
            return
        for address in sorted(known.addresses, key=_is_relayed):
            try:
                await self._transport.dial(address)
            except (Disconnected, LocalError) as error:
                logger.info("cannot reach a peer")
                logger.debug("%s", error)
            else:
                return
        known.failures += 1
        known.due = trio.current_time() + self._patience(known)
        await self._known.write(peer_id)
        self._wake.set()

    def _patience(self, known: Acquaintance) -> float:
        """Twice as long each time, with jitter; never long for a peer that was here just now."""
        lost_lately = trio.current_time() - known.lost_at < limits.REDIAL_LATELY
        longest = limits.REDIAL_LOST if lost_lately else limits.REDIAL_LONGEST
        wait = min(limits.REDIAL_FIRST * 2.0 ** min(known.failures, 20), longest)
        return float(wait * self._rng.uniform(0.5, 1))

    @property
    def known(self) -> int:
        """How many peers have an address here."""
        return len(self._known)

    def woke(self) -> None:
        """The machine slept, or a ban was lifted: everybody may be reachable again."""
        for peer_id, known in self._known.items():
            if peer_id not in self._transport.peers:
                known.due, known.failures = trio.current_time(), 0
        self._wake.set()

    # --- told by the transport --------------------------------------------------------------

    def connected(self, peer_id: str) -> None:
        """A connection is up: keep an eye on it, and ask it whom it knows."""
        if peer_id in self._known:
            known = self._known[peer_id]
            known.failures, known.due, known.met_at = 0, None, int(self._clock())
        if self._nursery is not None:
            self._watches[peer_id] = trio.CancelScope()
            self._nursery.start_soon(self._watch, peer_id, self._watches[peer_id])
            if self._transport.dialled(peer_id):
                self._nursery.start_soon(self._ask, peer_id)

    def disconnected(self, peer_id: str) -> None:
        """A connection is gone: dial again soon if we know where (who is banned is not reached)."""
        if peer_id in self._watches:
            self._watches.pop(peer_id).cancel()
        known = self._known.get(peer_id)
        if known is not None:
            known.lost_at = trio.current_time()
            known.due = known.lost_at + self._patience(known)
            self._wake.set()

    def found_nearby(self, address: str) -> None:
        """A peer was announced on the local network (mDNS); its event only, we dial."""
        if self._known.find_nearby(address):
            self._wake.set()

    async def _watch(self, peer_id: str, connection: trio.CancelScope) -> None:
        """Ping until the connection is gone; end it when the peer is silent for too long (TCP alone
        takes minutes to notice)."""
        with connection:
            await self._known.write(peer_id)
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

    # --- records ----------------------------------------------------------------------------

    async def _ask_now_and_then(self) -> None:
        while True:
            await trio.sleep(limits.EXCHANGE_INTERVAL)
            if self._transport.peers:
                await self._ask(self._rng.choice(self._transport.peers))

    async def _ask(self, peer_id: str) -> None:
        try:
            stream = await self._transport.open_stream(peer_id, exchange.PROTOCOL)
            try:
                ours = self._own_record(peer_id)
                heard = await exchange.ask(stream, self._network, self._random_bytes, ours)
            finally:
                await stream.reset()
        except (Disconnected, OtherNetwork) as error:
            logger.debug("no records from a peer: %s", error)
        except RemoteError as error:
            self._transport.report(peer_id, error)
        else:
            await self._hear(peer_id, heard)

    async def _serve(self, stream: Stream) -> None:
        peer_id = stream.peer_id
        now, ip = self._clock(), self._transport.address_of(peer_id)
        others = [
            known.record
            for _, known in self._known.items()
            if known.record is not None and known.record.is_current(now)
            if all(exchange.may_tell(address, ip) for address in known.record.addresses)
        ]
        told = self._rng.sample(others, min(len(others), limits.MAX_RECORDS - 1))
        try:
            ours = [*self._own_record(peer_id), *told]
            heard = await exchange.answer(stream, self._network, self._random_bytes, ours)
        except OtherNetwork:
            return
        await self._hear(peer_id, heard)

    def _own_record(self, peer_id: str) -> list[PeerRecord]:
        ip = self._transport.address_of(peer_id)
        at = [address for address in self._transport.addresses if exchange.may_tell(address, ip)]
        at = addresses.fitted(at, limits.MAX_ADDRESSES_PER_PEER)
        self.same_key.told(at)
        return [record.write(self._identity, self._network, at, int(self._clock()))] if at else []

    async def _hear(self, teller: str, heard: Iterable[PeerRecord]) -> None:
        """Remember the records that are news, as far as the teller could know and the book has room."""
        ip = self._transport.address_of(teller)
        for told in heard:
            if told.peer_id == self._transport.peer_id and self.same_key.hear(told):
                logger.warning("another node runs with the keys of this one")
            at = tuple(address for address in told.addresses if exchange.may_tell(address, ip))
            if (
                not at
                or told.peer_id == self._transport.peer_id
                or not told.is_current(self._clock())
            ):
                continue
            if self.bans.admits(told.peer_id) and await self._known.hear(told, at):
                self._wake.set()

    async def _renew_slots(self) -> None:
        while True:
            await trio.sleep(limits.SLOT_RENEWAL)
            dialled = [peer for peer in self._transport.peers if self._transport.dialled(peer)]
            for peer in self._known.surplus(dialled):
                await self._transport.disconnect(peer)
            self._slots.renew(limits.SLOTS_RENEWED)
            self._wake.set()

    # --- told by the person -----------------------------------------------------------------

    async def connect(self, address: str) -> str:
        """Dial a multiaddr ending in /p2p/ID and remember it; its peer id. Raises LocalError."""
        peer_id = addresses.check_peer(address)[1]
        try:
            await self._transport.dial(address)
        except Disconnected as error:
            raise LocalError(
                f"{error}; is the node there running, and the address right?"
            ) from None
        self._known.name(address)
        await self._known.write(peer_id)
        return peer_id

    async def disconnect(self, peer_id: str) -> bool:
        """Close the connection and do not redial until asked to; whether the peer was known."""
        known = peer_id in self._known or peer_id in self._transport.peers
        if known:
            await self._known.forget(peer_id)
            await self._transport.disconnect(peer_id)
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


def _is_relayed(address: str) -> bool:
    """Whether it leads through a relay, and is a second choice: many relays count its bytes."""
    return addresses.relay_of(address) is not None

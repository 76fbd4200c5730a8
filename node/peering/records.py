"""Records of peers, ours among them: asked for, told and heard on `/potluck/peers/1`.

What may be told and what may be believed is decided in exchange.py; here it is done.
"""

import logging
from collections.abc import Awaitable, Callable, Collection, Iterable
from random import Random

import trio

from potluck.node import ips, limits
from potluck.node.transport import Disconnected, Stream, Transport, multiaddrs, protocols
from potluck.node.transport.channel import OtherNetwork
from potluck.protocol.errors import RemoteError
from potluck.protocol.identity import Identity
from potluck.protocol.network import Network

from . import exchange, peer_record
from .address_book import AddressBook
from .dropped import Bans
from .peer_record import PeerRecord
from .same_key import SameKey

logger = logging.getLogger(__name__)


class Records:
    """Tells peers where we are and whom we know, and takes up what they tell.

    Wire `remember`: it is told which peers the book has news of, and whom it forgot for them.
    """

    def __init__(
        self,
        transport: Transport,
        book: AddressBook,
        bans: Bans,
        *,
        network: Network,
        identity: Identity,
        clock: Callable[[], float],
        rng: Random,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._transport = transport
        self._book = book
        self._bans = bans
        self._network = network
        self._identity = identity
        self._clock = clock
        self._rng = rng
        self._random_bytes = random_bytes
        self.remember: Callable[[Collection[str], Collection[str]], Awaitable[None]]
        self._own: PeerRecord | None = None
        self.same_key = SameKey(clock())
        transport.handle(protocols.PEERS, self._serve)

    async def ask(self, peer_id: str) -> None:
        """Tell a peer where we are, and take up whom it knows."""
        try:
            with trio.fail_after(protocols.PEERS.seconds):
                heard = await self._ask(peer_id)
        except (Disconnected, OtherNetwork, trio.TooSlowError) as error:
            logger.debug("no records from a peer: %s", error)
        except RemoteError as error:
            self._transport.report(peer_id, error)
        else:
            await self.hear(peer_id, heard)

    async def _ask(self, peer_id: str) -> list[PeerRecord]:
        stream = await self._transport.open_stream(peer_id, protocols.PEERS)
        try:
            ours = self._own_record(peer_id)
            return await exchange.ask(stream, self._network, self._random_bytes, ours)
        finally:
            await stream.reset()

    async def _serve(self, stream: Stream) -> None:
        peer_id = stream.peer_id

        def ours() -> list[PeerRecord]:
            ip = self._transport.address_of(peer_id)
            others = exchange.to_share(self._book, ip, self._clock(), self._rng)
            return [*self._own_record(peer_id), *others]

        try:
            heard = await exchange.answer(stream, self._network, self._random_bytes, ours)
        except OtherNetwork:
            return
        await self.hear(peer_id, heard)

    def _own_record(self, peer_id: str) -> list[PeerRecord]:
        ip = self._transport.address_of(peer_id)
        at = [
            address
            for address in self._transport.addresses
            if exchange.may_share(multiaddrs.read(address), ip)
        ]
        at = multiaddrs.fitted(at, limits.MAX_ADDRESSES_PER_PEER)
        self.same_key.note(at)
        if not at:
            return []
        now = int(self._clock())
        if self._own is None or not self._own.still_says(at, now):
            self._own = peer_record.write(self._identity, self._network, at, now)
        return [self._own]

    async def hear(self, teller: str, heard: Iterable[PeerRecord]) -> None:
        """Take up what is news, as far as the teller could know and the book has room."""
        if teller not in self._transport.peers:  # the person may have parted with it
            return
        ip = self._transport.address_of(teller)
        where = "" if ip is None else ips.range_of(ip)
        told = []
        for record in heard:
            if record.peer_id == self._transport.peer_id and self.same_key.hear(record):
                logger.warning("another node runs with the keys of this one")
            at = exchange.to_hear(record, ip, self._transport.peer_id, self._clock())
            if at and self._bans.admits(record.peer_id):
                told.append((record, at))
        await self.remember(*self._book.hear(told, where, trio.current_time()))

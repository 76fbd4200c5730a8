"""The peers whose addresses are known: in memory, and in the store's address book."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import trio

from potluck.node import limits
from potluck.node.store import KnownPeer, PeerBook
from potluck.node.transport import multiaddrs as addresses
from potluck.protocol.errors import LocalError, RemoteError
from potluck.protocol.network import Network

from . import peer_record as record
from .peer_record import PeerRecord
from .slots import Slots

logger = logging.getLogger(__name__)


@dataclass
class Acquaintance:
    """A peer whose address is known. `due` is when to dial it (trio's clock), None: not now.

    `named` by the person; else heard of from others, by its record.
    """

    addresses: tuple[str, ...]
    due: float | None
    failures: int = 0
    met_at: int | None = None
    lost_at: float = float("-inf")
    record: PeerRecord | None = None
    named: bool = False


class Acquaintances(dict[str, Acquaintance]):
    """Acquaintances by peer id."""

    def __init__(
        self, book: PeerBook, network: Network, clock: Callable[[], float], slots: Slots
    ) -> None:
        super().__init__()
        self._book = book
        self._network = network
        self._clock = clock
        self._slots = slots

    def load(self, bootstrap: Iterable[str]) -> None:
        """Take up the address book, and the addresses to connect to first."""
        now = trio.current_time()
        for peer in self._book.all():
            known = Acquaintance(
                peer.addresses, now, peer.failures, peer.met_at, named=peer.record is None
            )
            if peer.record is not None:
                try:
                    known.record = record.read(peer.record, self._network)
                except RemoteError:
                    continue
            self[peer.id] = known
        for address in bootstrap:
            self.name(address).due = now

    def name(self, address: str) -> Acquaintance:
        """The acquaintance at an address that the person gave."""
        peer_id = addresses.check_peer(address)[1]
        known = self.setdefault(peer_id, Acquaintance((), None))
        others = (other for other in known.addresses if other != address)
        known.addresses = (address, *others)[: limits.MAX_ADDRESSES_PER_PEER]
        known.named, known.failures = True, 0
        return known

    def find_nearby(self, address: str) -> bool:
        """Remember an address that was told in the local network, until the node stops; whether it is new.

        Anybody there may tell anything: it takes the last place of a peer's, and no room from the book.
        """
        peer_id = addresses.check_peer(address)[1]
        if peer_id not in self:
            if len(self) >= limits.MAX_BOOK:
                return False
            self[peer_id] = Acquaintance((), None)
        known = self[peer_id]
        if address in known.addresses:
            return False
        known.addresses = (*known.addresses[: limits.MAX_ADDRESSES_PER_PEER - 1], address)
        known.due = trio.current_time()
        return True

    def to_dial(self, connected: Iterable[str]) -> tuple[list[str], float]:
        """Whom to dial now, and when somebody is due next (trio's clock): of those whom the person named, and
        those whom the slots choose."""
        now = trio.current_time()
        wanted = self._wanted(set(connected))
        waiting = {
            peer_id: known.due
            for peer_id, known in self.items()
            if known.due is not None and (known.named or peer_id in wanted)
        }
        later = (due for due in waiting.values() if due > now)
        return [peer_id for peer_id, due in waiting.items() if due <= now], min(
            later, default=float("inf")
        )

    def surplus(self, dialled: Iterable[str]) -> list[str]:
        """Of these connected peers those that we only heard of, and that no slot keeps any more."""
        wanted = self._wanted(set(dialled))
        return [
            peer for peer in dialled if peer in self and not self[peer].named and peer not in wanted
        ]

    def _wanted(self, connected: set[str]) -> set[str]:
        """The peers that the slots choose among those that can be reached, as far as we know."""
        reachable = {
            peer_id: _range(known.addresses[0])
            for peer_id, known in self.items()
            if known.addresses
            and (peer_id in connected or known.failures < limits.FAILURES_FORGIVEN)
        }
        return self._slots.chosen(reachable)

    async def hear(self, told: PeerRecord, at: tuple[str, ...]) -> bool:
        """Remember a record with the addresses of it that may be dialled; whether it is new."""
        known = self.get(told.peer_id)
        if known is None:
            if not await self._make_room():
                return False
            known = self[told.peer_id] = Acquaintance((), trio.current_time())
        elif known.record is not None and known.record.issued_at >= told.issued_at:
            return False
        kept = known.addresses if known.named else ()
        known.addresses = tuple(dict.fromkeys((*kept, *at)))[: limits.MAX_ADDRESSES_PER_PEER]
        known.record = told
        await self.write(told.peer_id)
        return True

    async def write(self, peer_id: str) -> None:
        """Write into the book whom the person named, without a record, which marks it; and whose record was
        heard. Who was only found nearby is not written."""
        known = self.get(peer_id)
        if known is None or not (known.named or known.record):
            return
        failed_at = int(self._clock()) if known.failures else None
        kept = None if known.named or known.record is None else known.record.encoded
        peer = KnownPeer(peer_id, known.addresses, kept, known.met_at, failed_at, known.failures)
        try:
            await self._book.remember(peer)
        except LocalError as error:  # it is in memory, and written again when it is next met
            logger.error("a peer was not written down: %s", error)  # noqa: TRY400 - it says all

    async def forget(self, peer_id: str) -> None:
        """Take a peer out of memory and book."""
        self.pop(peer_id, None)
        await self._book.forget(peer_id)

    async def _make_room(self) -> bool:
        """Whether one more fits, if need be at the cost of a peer that could not be reached."""
        if len(self) < limits.MAX_BOOK:
            return True
        worst = max(self, key=lambda peer_id: (not self[peer_id].named, self[peer_id].failures))
        if self[worst].failures < limits.FAILURES_FORGIVEN or self[worst].named:
            return False
        with contextlib.suppress(LocalError):  # then it is in the book until the next start
            await self.forget(worst)
        return True


def _range(address: str) -> str:
    ip = addresses.ip_of(address)
    return address if ip is None else addresses.range_of(ip)

"""The peers whose addresses are known: whom to keep, to dial, to tell of. Decides, and does
nothing.

Times are seconds of a steady clock (trio's), unless they are called wall (UTC seconds).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from random import Random

from potluck.node import limits
from potluck.node.store import KnownPeer
from potluck.node.transport import multiaddrs
from potluck.node.transport.multiaddrs import Address

from .peer_record import PeerRecord
from .slots import Slots

NEVER = float("inf")


@dataclass(slots=True)
class Acquaintance:
    """A peer whose address is known. `due` is when to dial it; NEVER: not now.

    `named` by the person; else heard of from others, by its record: `teller` is the address range
    of who told of it.
    """

    addresses: tuple[Address, ...]
    due: float
    failures: int = 0
    met_at: int | None = None
    lost_at: float = -NEVER
    record: PeerRecord | None = None
    named: bool = False
    teller: str = ""

    @property
    def is_hearsay(self) -> bool:
        """Whether nothing but a teller's word speaks for it."""
        return not self.named and self.met_at is None

    @property
    def range(self) -> str:
        return self.addresses[0].range if self.addresses else ""


class AddressBook(dict[str, Acquaintance]):
    """Acquaintances by peer id. `random_bytes` makes the secret order in which hearsay goes.

    Whatever of a peer decides on its slot, or whether it is hearsay, is changed within `_changing`.
    """

    def __init__(self, slots: Slots, random_bytes: Callable[[int], bytes]) -> None:
        super().__init__()
        self._slots = slots
        self._secret = random_bytes(32)
        self._by_teller: Counter[str] = Counter()
        self._by_range: Counter[str] = Counter()
        """How many are hearsay."""

    @contextmanager
    def _changing(self, peer_id: str) -> Iterator[None]:
        """Slots and shares of the book follow what becomes of a peer here."""
        self._count(peer_id, -1)
        try:
            yield
        finally:
            self._count(peer_id, 1)
            known = self.get(peer_id)
            if known and known.addresses and known.failures < limits.FAILURES_FORGIVEN:
                self._slots.put(peer_id, known.range)
            else:
                self._slots.drop(peer_id)

    def _count(self, peer_id: str, change: int) -> None:
        known = self.get(peer_id)
        if known is not None and known.is_hearsay:
            for counted, key in ((self._by_teller, known.teller), (self._by_range, known.range)):
                counted[key] += change
                if not counted[key]:
                    del counted[key]

    # --- what is known

    def take_up(self, peer: KnownPeer, record: PeerRecord | None, now: float) -> None:
        """A peer of the store's book, to be dialled now; one without a record was named."""
        at = tuple(multiaddrs.read(one) for one in peer.addresses if multiaddrs.is_peer(one))
        with self._changing(peer.id):
            self[peer.id] = Acquaintance(
                at, now, peer.failures, peer.met_at, record=record, named=record is None
            )

    def name(self, address: str) -> Acquaintance:
        """The acquaintance at an address that the person gave. Raises LocalError."""
        first = multiaddrs.read(address)
        with self._changing(first.peer_id):
            known = self.setdefault(first.peer_id, Acquaintance((), NEVER))
            others = (other for other in known.addresses if other != first)
            known.addresses = (first, *others)[: limits.MAX_ADDRESSES_PER_PEER]
            known.named, known.failures = True, 0
        return known

    def find_nearby(self, address: str, now: float) -> bool:
        """Take up an address that was told in the local network, until the node stops; whether it
        is new. Raises LocalError.

        Anybody there may tell anything: it takes the last place of a peer's, and no room from the
        book.
        """
        found = multiaddrs.read(address)
        if found.peer_id not in self and len(self) >= limits.MAX_BOOK:
            return False
        with self._changing(found.peer_id):
            known = self.setdefault(found.peer_id, Acquaintance((), NEVER))
            if found in known.addresses:
                return False
            known.addresses = (*known.addresses[: limits.MAX_ADDRESSES_PER_PEER - 1], found)
            known.due = now
        return True

    def forget(self, peer_id: str) -> bool:
        """Whether it was known."""
        with self._changing(peer_id):
            return self.pop(peer_id, None) is not None

    def hear(
        self, told: Iterable[tuple[PeerRecord, Sequence[Address]]], teller: str, now: float
    ) -> tuple[list[str], list[str]]:
        """Take up records, each with the addresses of it that may be dialled.

        Whose are news and kept, and which peers they made the book forget.
        """
        news = [record.peer_id for record, at in told if self._take_in(record, at, teller, now)]
        gone = self._make_room(teller, dict.fromkeys(self[peer].range for peer in news))
        return [peer for peer in news if peer in self], gone

    def _take_in(self, record: PeerRecord, at: Sequence[Address], teller: str, now: float) -> bool:
        before = self.get(record.peer_id)
        if before is not None and before.record and before.record.issued_at >= record.issued_at:
            return False
        with self._changing(record.peer_id):
            known = self.setdefault(record.peer_id, Acquaintance((), now, teller=teller))
            kept = known.addresses if known.named else ()
            known.addresses = tuple(dict.fromkeys((*kept, *at)))[: limits.MAX_ADDRESSES_PER_PEER]
            known.record = record
        return True

    def _make_room(self, teller: str, ranges: Iterable[str]) -> list[str]:
        """Forget hearsay that is over a share, or too much for the book."""
        gone: list[str] = []
        if self._by_teller[teller] > limits.MAX_BOOK_PER_TELLER:
            of_teller = [peer for peer in self._hearsay() if self[peer].teller == teller]
            gone += self._forget_beyond(limits.MAX_BOOK_PER_TELLER, of_teller)
        for place in ranges:
            if self._by_range[place] > limits.MAX_BOOK_PER_RANGE:
                there = [peer for peer in self._hearsay() if self[peer].range == place]
                gone += self._forget_beyond(limits.MAX_BOOK_PER_RANGE, there)
        if len(self) > limits.MAX_BOOK:
            some = self._hearsay() or [peer for peer, one in self.items() if not one.named]
            gone += self._forget_beyond(len(some) - (len(self) - limits.MAX_BOOK), some)
        return gone

    def _hearsay(self) -> list[str]:
        return [peer for peer, one in self.items() if one.is_hearsay]

    def _forget_beyond(self, most: int, peers: Collection[str]) -> list[str]:
        gone = sorted(peers, key=self._rank)[max(most, 0) :]
        for peer in gone:
            self.forget(peer)
        return gone

    def _rank(self, peer_id: str) -> bytes:
        return blake2b(peer_id.encode(), digest_size=16, key=self._secret).digest()

    # --- what became of dials

    def met(self, peer_id: str, wall: int) -> None:
        known = self.get(peer_id)
        if known is not None:
            with self._changing(peer_id):
                known.failures, known.due, known.met_at = 0, NEVER, wall

    def lost(self, peer_id: str, now: float, rng: Random) -> None:
        """A connection is gone: dial again soon (who is banned is not reached)."""
        known = self.get(peer_id)
        if known is not None:
            known.lost_at = now
            known.due = now + _patience(known, now, rng)

    def failed(self, peer_id: str, now: float, rng: Random, *, alone: bool) -> bool:
        """None of its addresses was reached; whether it was forgotten for it. `alone`: we are
        connected with nobody, so that it may be our network's fault."""
        known = self.get(peer_id)
        if known is None:
            return False
        if known.is_hearsay and known.record is not None and not alone:
            return self.forget(peer_id)
        with self._changing(peer_id):
            known.failures += 1
        pause = _patience(known, now, rng)
        known.due = now + (
            min(pause, limits.REDIAL_ALONE * rng.uniform(0.5, 1)) if alone else pause
        )
        return False

    def postpone(self, peer_id: str, until: float) -> None:
        if peer_id in self:
            self[peer_id].due = until

    def woke(self, connected: Collection[str], now: float) -> None:
        """The machine slept, or a ban was lifted: everybody may be reachable again."""
        for peer_id, known in self.items():
            if peer_id not in connected:
                with self._changing(peer_id):
                    known.due, known.failures = now, 0

    # --- whom to dial, keep, tell of

    def to_dial(self, now: float) -> tuple[list[str], float]:
        """Whom to dial now, and when somebody is due next: of those whom the person named, and
        those whom the slots choose."""
        wanted = self._slots.chosen().union(peer for peer, one in self.items() if one.named)
        waiting = {peer: self[peer].due for peer in sorted(wanted)}
        later = (due for due in waiting.values() if due > now)
        return [peer for peer, due in waiting.items() if due <= now], min(later, default=NEVER)

    def surplus(self, dialled: Collection[str]) -> list[str]:
        """Of these connected peers those that we only heard of and that no slot would choose among
        them: whoever is not connected, and may be made up, makes none of them surplus."""
        heard = {
            peer: self[peer].range for peer in dialled if peer in self and not self[peer].named
        }
        best = self._slots.best(heard)
        return [peer for peer in heard if peer not in best]

    def sample(self, count: int, rng: Random) -> list[PeerRecord]:
        """So many of the records at random, or all."""
        heard = [known.record for known in self.values() if known.record is not None]
        return rng.sample(heard, min(count, len(heard)))

    def entry(self, peer_id: str, wall: int) -> KnownPeer | None:
        """What the store's book is to remember of a peer: of one whom the person named without a
        record, which marks it. Nothing of who was only found nearby."""
        known = self.get(peer_id)
        if known is None or not (known.named or known.record):
            return None
        record = None if known.named or known.record is None else known.record.encoded
        at = tuple(address.text for address in known.addresses)
        failed_at = wall if known.failures else None
        return KnownPeer(peer_id, at, record, known.met_at, failed_at, known.failures)


def _patience(known: Acquaintance, now: float, rng: Random) -> float:
    """Twice as long each time, with jitter; never long for a peer that was here just now."""
    lost_lately = now - known.lost_at < limits.REDIAL_LATELY
    longest = limits.REDIAL_LOST if lost_lately else limits.REDIAL_LONGEST
    wait = min(limits.REDIAL_FIRST * 2.0 ** min(known.failures, 20), longest)
    return float(wait * rng.uniform(0.5, 1))

"""The one way into the store: admission, keep, forward or not.

Whatever arrives, by gossip, by sync, from a calendar or from the person, passes
`protocol.admission` here and nowhere else. Only the thread of the event loop may call it.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from enum import Enum
from typing import NamedTuple, TypeVar

import trio

from potluck.node import limits
from potluck.node.store import Store, wait_for
from potluck.node.transport.token_bucket import Buckets
from potluck.protocol import wire
from potluck.protocol.admission import Admission, Outcome, admit
from potluck.protocol.errors import LocalError, Refused, RemoteError
from potluck.protocol.network import Network
from potluck.protocol.wire import SignedAnnouncement

from .vouches import Vouches

T = TypeVar("T")
log = logging.getLogger(__name__)

PURGE_SECONDS = 600
BATCH = 100
"""Announcements of ours that are admitted before others get a turn."""


class Origin(Enum):
    """How an announcement came here."""

    GOSSIP = "gossip"
    SYNC = "sync"
    OWN = "own"


class Arrival(NamedTuple):
    """A fresh announcement, just kept. `forward`: by gossip, its author within the rate."""

    signed: SignedAnnouncement
    origin: Origin
    forward: bool


class Decision(NamedTuple):
    """What became of one, and when that is on disk."""

    admission: Admission
    durable: Future[None]
    arrival: Arrival | None


class Intake:
    """Takes announcements in. `clock` gives UTC seconds and is the real one."""

    def __init__(self, network: Network, store: Store, clock: Callable[[], float]) -> None:
        self._network = network
        self._store = store
        self._clock = clock
        self.vouches = Vouches(network, store.trust, clock)
        self._listeners: list[Callable[[Arrival], None]] = []
        self._forwards: Buckets[bytes] = Buckets(
            limits.AUTHOR_FORWARDS_PER_HOUR / 3600,
            limits.AUTHOR_FORWARDS_BURST,
            limits.MAX_AUTHORS_TRACKED,
        )
        self.outcomes: Counter[str] = Counter()
        """How many came to each outcome (by Outcome.value) or offence ("offence: " + reason)."""

    def on_fresh(self, listener: Callable[[Arrival], None]) -> None:
        """Have this called for every fresh announcement: at once, for our own when durable."""
        self._listeners.append(listener)

    def offer(self, encoded: bytes, origin: Origin) -> Admission:
        """Decide about bytes from a peer, and keep them if they are fresh.

        Returns at once; what is kept is on disk some ms later. Raises RemoteError for an offence.
        """
        signed = self.decode(encoded)
        return self.take(signed, signed.has_valid_signature, origin).admission

    def decode(self, encoded: bytes) -> SignedAnnouncement:
        """What these bytes announce, nothing of it checked. Raises RemoteError."""
        return self._counted(lambda: wire.decode(encoded))

    def take(
        self, signed: SignedAnnouncement, is_genuine: Callable[[], bool], origin: Origin
    ) -> Decision:
        """`offer` for what was decoded; `is_genuine` says whether its signature holds."""
        now = self._clock()
        admission = self._counted(
            lambda: admit(signed, self._network, self._store.ledger, int(now), is_genuine)
        )
        decision = self._remember(admission, origin, now)
        self._notify(decision)
        return decision

    def offer_gossip(self, encoded: bytes) -> bool:
        """The same for gossip; whether to forward it: fresh, its author within the rate."""
        signed = self.decode(encoded)
        decision = self.take(signed, signed.has_valid_signature, Origin.GOSSIP)
        return decision.arrival is not None and decision.arrival.forward

    def needs(self, announcement_id: bytes) -> bool:
        """Whether sync should fetch this id: not here, not superseded, not refused for good."""
        return not self._store.ledger.knows(announcement_id)

    async def announce(self, signed: SignedAnnouncement) -> None:
        """Keep one of our own, durably before returning. Raises Refused, LocalError."""
        await self.announce_many([signed])

    async def announce_many(self, announcements: Sequence[SignedAnnouncement]) -> None:
        """Keep many of our own, in batches, durably before returning. Raises Refused, LocalError.

        When one is refused, those before it stay. Nobody hears of one before it is on disk.
        """
        decisions: list[Decision] = []
        try:
            for number, signed in enumerate(announcements, 1):
                decisions.append(self._announce(signed))
                if number % BATCH == 0:
                    await trio.lowlevel.checkpoint()
        finally:
            with trio.CancelScope(shield=True):
                await wait_for(self._store.ledger.flush())
                for decision in decisions:
                    await wait_for(decision.durable)
                    self._notify(decision)

    async def settle(self) -> None:
        """Return once everything taken in so far is on disk, and so in every read."""
        await wait_for(self._store.ledger.flush())
        await self._store.trust.settle()

    async def run(self) -> None:
        """Let go of what expired, every PURGE_SECONDS, until cancelled."""
        while True:
            try:
                await self._store.upkeep.purge(int(self._clock()))
                self._store.trust.look_again()
            except LocalError as error:
                log.error("what expired stays for now: %s", error)  # noqa: TRY400 - it says all
            await trio.sleep(PURGE_SECONDS)

    def _announce(self, signed: SignedAnnouncement) -> Decision:
        now = self._clock()
        try:
            admission = admit(signed, self._network, self._store.ledger, int(now), lambda: True)
        except RemoteError as error:
            raise LocalError("this home cannot announce: {error}", error=error) from None
        decision = self._remember(admission, Origin.OWN, now)
        outcome = decision.admission.outcome
        if outcome not in (Outcome.FRESH, Outcome.SEEN):
            raise Refused("this announcement is {value}; it was not kept", value=outcome.value)
        return decision

    def _counted(self, decide: Callable[[], T]) -> T:
        try:
            return decide()
        except RemoteError as error:
            self.outcomes[f"offence: {error.reason}"] += 1
            raise

    def _remember(self, admission: Admission, origin: Origin, now: float) -> Decision:
        self.outcomes[admission.outcome.value] += 1
        durable = self._store.ledger.record(admission, int(now))
        if admission.outcome is not Outcome.FRESH:
            return Decision(admission, durable, None)
        # Only gossip counts: who brought a calendar by sync may still be heard at once afterwards.
        signed = admission.signed
        forward = origin is Origin.GOSSIP and self._forwards.take_if_there(
            signed.announcement.host, now
        )
        return Decision(admission, durable, Arrival(signed, origin, forward))

    def _notify(self, decision: Decision) -> None:
        if decision.arrival is not None:
            for listener in self._listeners:
                listener(decision.arrival)

"""A set that nodes keep alike, as a sync session sees it: announcements here, or vouches."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from potluck.node.store import Deck
from potluck.protocol.admission import Outcome
from potluck.protocol.items import Items
from potluck.protocol.vouch import SignedVouch
from potluck.protocol.wire import SignedAnnouncement

from .intake import Intake, Origin

Signed = SignedAnnouncement | SignedVouch
S = TypeVar("S", bound=Signed)


class SyncSet(Protocol[S]):
    """What a session asks of a set."""

    async def items(self, cutoff: int) -> Items:
        """What it reconciles: the winning ones that expire after `cutoff`, held or not."""

    def encoded_many(self, ids: Iterable[bytes]) -> dict[bytes, bytes]:
        """The exact bytes of those of the ids that are held."""

    def needs(self, id: bytes) -> bool:
        """Whether to fetch this one: not here, not superseded, not refused for good."""

    def decode(self, encoded: bytes) -> S:
        """What a peer gave, its signature not yet checked. Raises RemoteError."""

    def take(self, signed: S, is_genuine: Callable[[], bool]) -> Outcome:
        """Decide about it, and keep it if it is fresh; `is_genuine` says whether its signature
        holds. Raises RemoteError."""


@dataclass(frozen=True, slots=True)
class Announcements:
    """The announcements of a deck, which intake takes in."""

    deck: Deck
    intake: Intake

    async def items(self, cutoff: int) -> Items:
        await self.intake.settle()
        return await self.deck.sync_items(cutoff)

    def encoded_many(self, ids: Iterable[bytes]) -> dict[bytes, bytes]:
        return self.deck.encoded_many(ids)

    def needs(self, id: bytes) -> bool:
        return self.intake.needs(id)

    def decode(self, encoded: bytes) -> SignedAnnouncement:
        return self.intake.decode(encoded)

    def take(self, signed: SignedAnnouncement, is_genuine: Callable[[], bool]) -> Outcome:
        return self.intake.take(signed, is_genuine, Origin.SYNC).admission.outcome

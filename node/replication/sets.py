"""A set that nodes keep alike, as a sync session sees it: announcements here, or vouches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from potluck.node.store import Deck
from potluck.protocol.items import Items

from .intake import Intake, Origin
from .vouches import Taken


class SyncSet(Protocol):
    """What a session asks of a set."""

    async def items(self, cutoff: int) -> Items:
        """What it reconciles: the winning ones that expire after `cutoff`, held or not."""

    def encoded_many(self, ids: Iterable[bytes]) -> dict[bytes, bytes]:
        """The exact bytes of those of the ids that are held."""

    def needs(self, id: bytes) -> bool:
        """Whether to fetch this one: not here, not superseded, not refused for good."""

    def offer(self, encoded: bytes) -> Taken:
        """Decide about what a peer gave, and keep it if it is fresh. Raises RemoteError."""


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

    def offer(self, encoded: bytes) -> Taken:
        admission = self.intake.offer(encoded, Origin.SYNC)
        signed = admission.signed
        return Taken(admission.outcome, signed.id, signed.announcement.issued_at)

"""What an import did, event by event."""

from collections import Counter
from dataclasses import dataclass, field

from potluck.node.calendars.draft import Draft
from potluck.node.operations.fields import taken
from potluck.protocol.message import Message

from .import_results import Imported

LONGEST_UID = 200


@dataclass(slots=True)
class Tally:
    """Counts that add up: given = imported + updated + unchanged + cancelled + skipped.

    `called_off` and `withdrawn` count, beside these, what the calendar has no more, or for few.
    `kept` are the drafts that are announced, with their slots.
    """

    given: int = 0
    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    cancelled: int = 0
    called_off: int = 0
    withdrawn: int = 0
    left_out: list[tuple[Message, str]] = field(default_factory=list)
    doubtful: Counter[Message] = field(default_factory=Counter)
    kept: list[tuple[Draft, int]] = field(default_factory=list)

    def skip(self, why: Message, uid: str) -> None:
        """Count an event that was left out."""
        self.left_out.append((why, uid))

    def keep(self, draft: Draft, slot: int) -> None:
        """Count an event that is announced, and whether something of it is in doubt."""
        self.kept.append((draft, slot))
        if draft.doubtful:
            self.doubtful[draft.doubtful] += 1

    def counts(self) -> Imported:
        """What came of it, for the person."""
        return taken(
            Imported,
            self,
            cancelled=self.cancelled + self.called_off,
            skipped=dict(Counter(why for why, _ in self.left_out).most_common()),
            left_out=[{"uid": uid[:LONGEST_UID], "why": why} for why, uid in self.left_out],
            doubtful=dict(self.doubtful.most_common()),
        )

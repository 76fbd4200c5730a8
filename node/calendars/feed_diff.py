"""What a new reading of a calendar changes of what was announced of it: decided, not done."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from potluck.node.store.feeds import FeedEvent

from .draft import LATER, PRIVATE, SETTLED, UNKNOWN_RULE, WINDOW, Draft, Item, Skipped
from .event_identity import UNNAMED, event_of, match, slot_of

FORGET_AFTER = WINDOW  # seconds after its start; a register of it is gone long before


@dataclass(slots=True)
class Changes:
    """What to do: each draft goes by its slot; what is called off keeps what it said.

    `gone` are the slots of what does not stand in the calendar, `forgotten` those to forget.
    """

    drafts: list[tuple[Draft, int]] = field(default_factory=list)
    off: list[int] = field(default_factory=list)
    withdrawn: list[int] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    moved: list[FeedEvent] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    forgotten: list[int] = field(default_factory=list)


def changes(
    known: Collection[FeedEvent], items: Iterable[Item], since: int, *, whole: bool, prune: bool
) -> Changes:
    """Compare what a calendar says now with what is known of it.

    What is lost is called off if the calendar came whole and still has its UID, read without a
    doubt: then it says so. What lost its UID, too, is only with `prune`. Titles count for UIDs of
    a calendar that has none, or none as before, and so changes them each time.
    """
    made = Changes()
    drafts: list[Draft] = []
    for item in items:
        if isinstance(item, Draft):
            drafts.append(item)
        else:
            made.skipped.append(item)
    left = {each.slot: each for each in known}
    dated = {(each.uid, each.occurrence): each.slot for each in known}
    here = {(draft.uid, draft.occurrence) for draft in drafts}
    for skip in made.skipped:
        key = skip.uid, skip.occurrence or ""
        before = left.pop(dated.get(key, -1), None) if skip.draft and key not in here else None
        if before is not None and skip.draft is not None:
            _out_of_reach(made, skip, skip.draft, before)
    window = range(since, since + WINDOW + 1)
    unsettled = {skip.uid for skip in made.skipped if skip.why not in SETTLED}
    unsettled |= {draft.uid for draft in drafts if draft.doubtful == UNKNOWN_RULE}
    uids = {each.uid for each in drafts} | {each.uid for each in made.skipped}
    reached = [*drafts, *(skip.draft for skip in made.skipped if skip.draft)]
    present = uids | {draft.body.title for draft in reached}
    is_named_anew = not uids & {each.uid for each in known}
    whole = whole and not (is_named_anew and unsettled)

    def is_told(each: FeedEvent) -> bool:
        """Whether the calendar says that it is no more, or another."""
        name = each.title if is_named_anew or each.uid.startswith(UNNAMED) else each.uid
        return whole and each.uid not in unsettled and (prune or name in present)

    found = match([*left.values()], drafts, lambda each: each.start in window, is_told)
    taken = {each.slot for each in known}
    for draft, before in zip(drafts, found, strict=True):
        slot = before.slot if before is not None else _free_slot(draft, taken)
        taken.add(slot)
        made.drafts.append((draft, slot))
        if before is not None:
            del left[before.slot]
    _lost(made, left.values(), window, is_told, whole=whole)
    return made


def _out_of_reach(made: Changes, skip: Skipped, draft: Draft, before: FeedEvent) -> None:
    """Something announced is now over, or late: by itself, or because it was moved there."""
    if draft.start != before.start:
        if skip.why == LATER:
            made.drafts.append((draft, before.slot))
        else:
            made.off.append(before.slot)
    made.moved.append(event_of(draft, before.slot))


def _free_slot(draft: Draft, taken: Collection[int]) -> int:
    """The draft's slot, or one beside it where another event has it already."""
    slot, number = draft.slot, 1
    while slot in taken:
        number += 1
        name = f"{draft.occurrence}#{number}"
        slot = slot_of(draft.origin.id, draft.origin.name, draft.uid, name)
    return slot


def _lost(
    made: Changes,
    lost: Iterable[FeedEvent],
    window: range,
    is_told: Callable[[FeedEvent], bool],
    *,
    whole: bool,
) -> None:
    """What of the known is in the calendar no more, or for few only."""
    hidden = [skip for skip in made.skipped if skip.why == PRIVATE]
    private = {(skip.uid, skip.occurrence) for skip in hidden}
    uids = {draft.uid for draft, _ in made.drafts} | {skip.uid for skip in made.skipped}
    secret = {skip.title for skip in hidden} if whole else set()
    for each in lost:
        date = each.occurrence.partition(" ")[0]  # without the title that tells it apart
        renamed = each.title in secret and each.uid not in uids and each.start >= window.start
        if renamed or private & {(each.uid, date), (each.uid, None)}:
            made.withdrawn.append(each.slot)
            made.forgotten.append(each.slot)
            continue
        if each.start in window and is_told(each):
            made.off.append(each.slot)
        if each.start < window.start - FORGET_AFTER:
            made.forgotten.append(each.slot)
        elif each.start >= window.start:
            made.gone.append(each.slot)

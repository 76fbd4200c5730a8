"""What becomes of one event of a calendar: the draft of an announcement, or a reason for none."""

from dataclasses import dataclass, replace
from datetime import datetime, time

from potluck.node import clock
from potluck.node.geography.places import Spot
from potluck.protocol import canonical, wire
from potluck.protocol.announcement import DAY, Body, Status
from potluck.protocol.errors import Worded
from potluck.protocol.message import Message
from potluck.protocol.text import clean_lines

WINDOW = 180 * DAY
# What the encoding of an announcement holds beside its body: keys, times, signature.
MOST_BODY_BYTES = wire.MAX_ENCODED - 200
SOURCE_BYTES = 60  # keys, lengths and the stamp of a source, beside its texts

PRIVATE = Message("private")
OVER = Message("over")
LATER = Message("later than 180 days from now")
TWICE = Message("given twice")
NO_DATE = Message("no date in the next 180 days")
UNREADABLE = Message("unreadable")
SETTLED = frozenset({PRIVATE, OVER, LATER, TWICE, NO_DATE})
"""Reasons that the calendar gives; with any other, what it says of the event is not known."""
UNKNOWN_RULE = Message("how it repeats cannot be read; only its first date counts")
UNKNOWN_ZONE = Message("its time zone is not known; taken in the calendar's own")


class Unusable(Worded):
    """An event cannot be announced; the text says why."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which events of a calendar to import, and what to add to them.

    since: UTC seconds at which the window of 180 days begins; zone: the IANA name for times
    without one; spot: where events are that do not say it themselves; topics: given to every
    event; public_url: the calendar's own address, if it may be published.
    """

    since: int
    zone: str = "UTC"
    spot: Spot | None = None
    topics: tuple[str, ...] = ()
    public_url: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose an imported event is: the source, which is announced together with its stamp."""

    id: str
    name: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What to announce of an event, or of one date of it; `body` is without source.

    `uid` and `occurrence` say which it is in its calendar, `slot` where it is announced unless it
    was known before. `doubtful` says what could not be read.
    """

    uid: str
    occurrence: str
    slot: int
    status: Status
    origin: Origin
    body: Body
    doubtful: Message | None = None

    @property
    def start(self) -> int:
        """UTC seconds; drafts always have a date."""
        return self.body.start or 0


@dataclass(frozen=True, slots=True)
class Skipped:
    """An event that is left out, and why, in words for counting.

    `occurrence` is None for the whole of a UID. `draft` is there if only its date is out of reach:
    it may have been announced with another one before. `title` is that of a private one, by which
    it is known under another UID.
    """

    why: Message
    uid: str = ""
    occurrence: str | None = None
    draft: Draft | None = None
    title: str = ""


Item = Draft | Skipped


def moved(body: Body, start: int) -> Body:
    """The same on another date, as long as it was by the clocks there, which change at times."""
    if body.end is None or body.start is None:
        return replace(body, start=start, end=None)
    zone = clock.zone(clock.known(body.tz))
    begin, end, there = (datetime.fromtimestamp(at, zone) for at in (body.start, body.end, start))
    last = there + (end - begin)
    if body.all_day:
        last = datetime.combine(there.date() + (end.date() - begin.date()), time(), zone)
    if last <= there:  # it was in the hour that came twice
        return replace(body, start=start, end=start + body.end - body.start)
    return replace(body, start=start, end=int(last.timestamp()))


def in_window(draft: Draft, since: int) -> Draft | Skipped:
    """The draft, unless it is over before the window or begins after it."""
    why = (
        OVER if (draft.body.ends or 0) <= since else LATER if draft.start > since + WINDOW else None
    )
    return draft if why is None else Skipped(why, draft.uid, draft.occurrence, draft)


def fitted(body: Body, origin: Origin) -> Body:
    """The body, with less of its description if it is too long to sign. Raises Unusable."""

    texts = (
        len(origin.id.encode())
        + len((origin.name or "").encode())
        + len((origin.url or "").encode())
    )
    room = MOST_BODY_BYTES - SOURCE_BYTES - texts
    excess = len(canonical.pack(wire.body_to_map(body))) - room
    if excess <= 0:
        return body
    about = clean_lines(body.about or "", max(0, len((body.about or "").encode()) - excess - 8))
    shorter = replace(body, about=about or None)
    if len(canonical.pack(wire.body_to_map(shorter))) > room:
        raise Unusable("too long")
    return shorter

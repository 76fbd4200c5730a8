"""What came of bringing events in."""

from typing import Any, NotRequired, TypedDict

from potluck.node.operations.fields import Count, Time


class LeftOut(TypedDict):
    """An event that was left out, and why."""

    uid: str
    why: str


class Imported(TypedDict):
    """A calendar's events, counted; `skipped` and `doubtful` by why.

    `cancelled` counts what the calendar cancels and what it has no more, `withdrawn` what it shows
    to few only.
    """

    given: Count
    imported: Count
    updated: Count
    unchanged: Count
    cancelled: Count
    withdrawn: Count
    skipped: dict[str, Count]
    left_out: list[LeftOut]
    doubtful: dict[str, Count]


class TakenIn(TypedDict):
    """A bundle's announcements, counted; `refused` by why."""

    fresh: Count
    seen: Count
    refused: dict[str, Count]


class Watched(TypedDict):
    """A calendar that is looked at again `every` so many seconds; without name and password."""

    address: str
    every: Count
    next: Time | None
    read_at: Time | None
    failing_since: Time | None
    failure: str | None


class Looked(TypedDict):
    """What a look at a calendar brought, or why none was possible."""

    address: str
    result: NotRequired[dict[str, Any]]
    failure: NotRequired[str]

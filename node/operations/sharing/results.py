"""What came of bringing events in."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from potluck.node.operations.fields import Count


class Imported(TypedDict):
    """A calendar's events, counted; `skipped` by why."""

    imported: Count
    updated: Count
    unchanged: Count
    cancelled: Count
    skipped: dict[str, Count]


class TakenIn(TypedDict):
    """A bundle's announcements, counted; `refused` by why."""

    fresh: Count
    seen: Count
    refused: dict[str, Count]


class Watched(TypedDict):
    """A calendar that is looked at again `every` so many seconds, `next` then (UTC seconds)."""

    every: Count
    next: Count
    form: dict[str, Any]
    failed: NotRequired[str]

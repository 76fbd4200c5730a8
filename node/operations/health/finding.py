"""One finding of the doctor: what it is about, how it is, and what to do."""

from collections.abc import Iterable
from typing import Literal, TypedDict

from potluck.protocol.message import Message, listed
from potluck.protocol.message import Message as _


class Finding(TypedDict):
    """One thing looked at. `remedy` is what to do about it."""

    name: str
    level: Literal["good", "note", "bad"]
    says: str
    remedy: str | None


NAMES = listed(
    "node versions home disk store deck imports calendars ports settings keys networks peers "
    "reachability relays parts sync clock"
)
"""What a finding may be about."""


def unwell(findings: Iterable[Finding]) -> bool:
    """Whether anything is bad."""
    return any(finding["level"] == "bad" for finding in findings)


def good(name: str, says: str) -> Finding:
    """All is well with this."""
    return {"name": name, "level": "good", "says": says, "remedy": None}


def note(name: str, says: str, remedy: str | None = None) -> Finding:
    """It may be as the person wants it."""
    return {"name": name, "level": "note", "says": says, "remedy": remedy}


def bad(name: str, says: str, remedy: str | None = None) -> Finding:
    """It wants mending."""
    return {"name": name, "level": "bad", "says": says, "remedy": remedy}


def ago(seconds: float) -> Message:
    return _("{span} ago", span=span(seconds))


def span(seconds: float) -> Message:
    """A length of time in its largest unit."""
    if seconds >= 2 * 86_400:
        return _("{days:.0f} days", days=seconds / 86_400)
    if seconds >= 2 * 3600:
        return _("{hours:.0f} hours", hours=seconds / 3600)
    if seconds >= 2 * 60:
        return _("{minutes:.0f} minutes", minutes=seconds / 60)
    return _("{seconds:.0f} seconds", seconds=seconds)

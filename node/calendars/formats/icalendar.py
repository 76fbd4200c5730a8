"""iCalendar (RFC 5545): a text cut into its calendars, and these into events, in one pass.

No tree of the whole is ever held: events are read a few at a time, those of a UID together.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from potluck.node.calendars.component import Component, component
from potluck.node.calendars.draft import Item, Scope, Skipped
from potluck.node.calendars.expand import expand
from potluck.node.calendars.feed import Feed
from potluck.node.calendars.properties import hidden, is_private, uid_of
from potluck.node.calendars.recurrence import Budget
from potluck.node.calendars.zones import Described, Zone, Zones, known
from potluck.protocol.announcement import MAX_NAME
from potluck.protocol.message import Message
from potluck.protocol.text import clean_line

MAX_EVENT = 256 << 10
PRODID = "-//Potluck//Potluck//EN"

_MARK = re.compile(
    r"^[\ufeff \t]*((BEGIN|END):(VCALENDAR|VEVENT|VTIMEZONE))[ \t]*$", re.IGNORECASE | re.MULTILINE
)
_INNER = re.compile(  # an innermost component: each line is looked at once
    r"^BEGIN:(?!VEVENT)([A-Z-]+)[ \t]*\n(?:(?!BEGIN:|END:).*\n)*^END:\1[ \t]*\n",
    re.IGNORECASE | re.MULTILINE,
)
_UID = re.compile(r"^UID[^:\n]*:(.*)$", re.IGNORECASE | re.MULTILINE)


@dataclass(slots=True)
class Cut:
    """One VCALENDAR as texts: what it says of itself, its zones, its events, broken ones."""

    head: list[str] = field(default_factory=list)
    zones: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    broken: int = 0
    ended: bool = False

    @property
    def said(self) -> Component:
        """What it says of itself."""
        return component("\n".join(self.head)[:MAX_EVENT])

    @property
    def cancels(self) -> bool:
        return self.said.word("METHOD") == "CANCEL"

    @property
    def whole(self) -> bool:
        """Whether all there is came: what a message of cancellation does not name goes on."""
        return self.ended and not self.broken and not self.cancels


def is_calendar(text: str) -> bool:
    """Whether it begins as iCalendar does."""
    return "BEGIN:VCALENDAR" in text[:4096].upper()


def cut(text: str) -> list[Cut]:
    """The calendars of a text; what stands outside of any belongs to the one before."""
    cuts: list[Cut] = []
    begun: tuple[str, int] | None = None
    rest = 0
    for mark in _MARK.finditer(text):
        begins, kind = mark[2].upper() == "BEGIN", mark[3].upper()
        if not cuts and kind != "VCALENDAR":  # its beginning is spoilt
            cuts.append(Cut())
        if kind == "VCALENDAR":
            _broken(cuts, begun)
            begun = None
            if begins:
                cuts.append(Cut())
            elif cuts:
                cuts[-1].head.append(text[rest : mark.start()])
                cuts[-1].ended = True
            rest = mark.end()
        elif begins:
            if begun is None:
                cuts[-1].head.append(text[rest : mark.start()])
            _broken(cuts, begun)
            begun = kind, mark.start(1)
        elif begun is not None and begun[0] == kind:
            part = text[begun[1] : mark.end()]
            (cuts[-1].events if kind == "VEVENT" else cuts[-1].zones).append(part)
            begun, rest = None, mark.end()
        elif kind == "VEVENT":
            said = text[rest : mark.start()]
            cuts[-1].broken += "\nDTSTART" in said.upper()  # it has no beginning
            rest = mark.end()
    _broken(cuts, begun)
    return cuts


def _broken(cuts: list[Cut], begun: tuple[str, int] | None) -> None:
    """Count an event that has no end."""
    if begun is not None and begun[0] == "VEVENT":
        cuts[-1].broken += 1


def items(cuts: list[Cut], scope: Scope) -> Iterator[Item]:
    """The drafts of all events, and the reasons for those left out."""
    budget, described = Budget(), Described()
    for each in sorted(
        cuts, key=lambda one: not one.cancels
    ):  # what is cancelled is first, and counts
        feed, is_hidden = _feed(each, scope, described), is_private(each.said)
        for uid, events in _by_uid(each.events).items():
            if any(len(event) > MAX_EVENT for event in events):
                yield from [Skipped(Message("too long"), str(uid))] * len(events)
                continue
            parsed = [component(event) for event in events]
            if is_hidden:
                yield from [hidden(event, feed, uid_of(event)) for event in parsed]
            else:
                yield from expand(parsed, feed, uid_of(parsed[0]), budget)
        yield from [Skipped(Message("cut short"))] * each.broken


def _feed(each: Cut, scope: Scope, described: Described) -> Feed:
    head = each.said
    name = head.text("X-WR-CALNAME") or head.text("NAME")
    zones = Zones((text for text in each.zones if len(text) <= MAX_EVENT), described)
    return Feed(
        scope,
        _zone(head.text("X-WR-TIMEZONE"), scope, zones),
        clean_line(name, MAX_NAME) or None,
        zones,
        cancelled=each.cancels,
        ours=head.text("PRODID") == PRODID,
    )


def _zone(own: str, scope: Scope, zones: Zones) -> Zone:
    """The zone of times without one: the calendar's, else the spot's, else the importer's.

    Who does not name the calendar's describes it; but Exchange describes UTC, whatever it is.
    """
    described = zones.find(own) if own else zones.only
    if described is not None and described.name and (own or described.name != "UTC"):
        return described
    others = [
        known(name) for name in (scope.spot.tz if scope.spot else "", scope.zone, "UTC") if name
    ]
    return next(zone for zone in others if zone is not None)._replace(guessed=bool(own))


def _by_uid(events: list[str]) -> dict[str | int, list[str]]:
    """The texts of the events of each UID; what has none is alone."""
    groups: dict[str | int, list[str]] = {}
    for number, event in enumerate(events):
        text = _INNER.sub("", event) if "\nBEGIN:" in event.upper() else event
        uid = _UID.search(text)
        groups.setdefault(uid[1].strip() or number if uid else number, []).append(text)
    return groups

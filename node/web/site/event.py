"""An event as the pages without scripts show it, which are read on any later day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from potluck.node.calendars.write import schema_org
from potluck.node.geography import distance as geo
from potluck.node.language import format as words
from potluck.node.language.locale import Locale
from potluck.node.operations import Json
from potluck.node.operations.announce.event_json import describe_for
from potluck.node.web.pages.paper_ticket import facts, marks
from potluck.protocol.wire import SignedAnnouncement

LONG_AGO = date(1970, 1, 1)
"""Seen from there every date is written whole: no "tomorrow" on a page that is kept."""

STATES = {
    "cancelled": words.marked("Cancelled"),
    "postponed": words.marked("Postponed"),
}


@dataclass(frozen=True)
class Event:
    """One version of an event. `others` are the other versions, as they came."""

    signed: SignedAnnouncement
    site: Json
    locale: Locale
    others: Collection[SignedAnnouncement] = ()

    @cached_property
    def _said(self) -> Json:
        return describe_for(b"", self.signed)

    @property
    def id(self) -> str:
        """What its pages are named by, through all revisions."""
        said = self.signed.announcement
        return f"{said.host.hex()[:16]}-{said.slot:016x}"

    @property
    def host(self) -> str:
        """The key that announces it."""
        return self.signed.announcement.host.hex()

    @property
    def slot(self) -> str:
        """The slot."""
        return f"{self.signed.announcement.slot:016x}"

    @property
    def title(self) -> str:
        """Its title."""
        return str(self._said["title"])

    @property
    def url(self) -> str | None:
        """A page about it."""
        url: str | None = self._said["url"]
        return url

    @property
    def start(self) -> str:
        """When it begins, in ISO 8601; empty without a date."""
        return self._said["start"] or ""

    @property
    def lang(self) -> str | None:
        """Its language, where it is another than the page's."""
        said: str | None = self._said["lang"]
        return said if said and said != self.locale.code else None

    @property
    def organiser(self) -> str:
        """Who organises it: a source by its name, who announces herself by hers."""
        source = self._said["source"]
        return source["id"] if source else words.capital(self._named(self.host))

    @property
    def importer(self) -> str | None:
        """Who brought the news, if the organiser did not."""
        return self._named(self.host) if self._said["source"] else None

    def _named(self, host: str) -> str:
        known: str | None = self.site["hosts"].get(host)
        return known or self.locale.gettext("the key %(key)s", key=words.key(host[:8]))

    @property
    def state(self) -> str | None:
        """What became of it, if it is not as planned."""
        state = STATES.get(self._said["status"])
        return state and self.locale.gettext(state)

    @cached_property
    def _when(self) -> tuple[str, str]:
        return words.when(self._said, LONG_AGO, self.locale)

    @property
    def when(self) -> str:
        """When, in words."""
        return self._when[0]

    @property
    def figures(self) -> str:
        """The same in figures."""
        return self._when[1]

    @property
    def day(self) -> str:
        """Its date in words."""
        return words.capital(words.long_date(self.date, self.locale))

    @property
    def date(self) -> date:
        """The date of its beginning, there."""
        return datetime.fromisoformat(self.start).date()

    @property
    def weekday(self) -> str:
        """The weekday of its beginning."""
        return words.capital(words.weekday(self.date, self.locale))

    @property
    def short_day(self) -> str:
        """Day and month of its beginning."""
        return words.short_date(self.date, self.locale)

    @property
    def hour(self) -> str:
        """The hour in words."""
        if self._said["all_day"]:
            return ""
        return words.capital(words.clock(datetime.fromisoformat(self.start), self.locale))

    @property
    def clock(self) -> str:
        """The hour of its beginning, there."""
        if self._said["all_day"]:
            return self.locale.gettext("all day")
        return words.time(datetime.fromisoformat(self.start), self.locale)

    @property
    def is_coming(self) -> bool:
        """Whether it was still to come, and not called off, when the site was made."""
        planned = self._said["status"] in ("scheduled", "postponed")
        return planned and datetime.fromisoformat(self.start).timestamp() > self.site["published"]

    @property
    def place(self) -> str | None:
        """Where, by its name."""
        place: Json = self._said["place"] or {}
        return place.get("name")

    @property
    def address(self) -> str:
        """Where, by name and street."""
        place: Json = self._said["place"] or {}
        return ", ".join(filter(None, (place.get("name"), place.get("address"))))

    @property
    def somewhere(self) -> str | None:
        """Of a place that is known to its area only, that."""
        place = self._said["place"] or {}
        if not place.get("uncertainty"):
            return None
        town = place["address"] or self.site["town"]
        if town is None:
            return self.locale.gettext("somewhere near")
        return self.locale.gettext("somewhere in %(town)s", town=town)

    @property
    def _ends(self) -> tuple[geo.Point, geo.Point] | None:
        """The site's place and the event's."""
        here, place = self.site["place"], self._said["place"] or {}
        if here is None or place.get("lat") is None:
            return None
        return (here["lat"], here["lon"]), (place["lat"], place["lon"])

    @property
    def degrees(self) -> float | None:
        """The way there from the site's place."""
        ends = self._ends
        return ends and geo.bearing(*ends)

    @property
    def away(self) -> str:
        """How far and whither from the site's place; nothing if either is nowhere."""
        ends = self._ends
        if ends is None:
            return ""
        return words.away(geo.distance_km(*ends), geo.direction(*ends), self.locale)

    @property
    def marks(self) -> list[tuple[str, str]]:
        """The mark and the word of each topic."""
        return marks(self._said["topics"], self.locale)

    @property
    def facts(self) -> str:
        """Price and access, as far as they were said."""
        return facts(self._said, self.locale)

    @property
    def about(self) -> list[str]:
        """What it is about, in paragraphs."""
        return [text for text in (self._said["about"] or "").split("\n\n") if text]

    @property
    def differing(self) -> list[tuple[str, str]]:
        """Who says otherwise, and what: another hour, or that it is cancelled."""
        versions = (Event(other, self.site, self.locale) for other in self.others)
        return [
            (words.capital(self._named(other.host)), other.state or other.clock)
            for other in versions
            if (other.start, other.state) != (self.start, self.state)
        ]

    @property
    def schema(self) -> dict[str, Any] | None:
        """The same for search engines."""
        return schema_org(self.signed.announcement)

"""An event as the pages without scripts show it, which are read on any later day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from potluck.node.calendars.write import schema_org
from potluck.node.geography import distance as geo
from potluck.node.language import format as words
from potluck.node.language.locale import Tongue
from potluck.node.operations import Json
from potluck.node.operations.announce.describe import describe_for
from potluck.node.operations.draw.window import is_coming
from potluck.node.web.pages.ticket import facts, marks
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
    tongue: Tongue
    others: Collection[SignedAnnouncement] = ()

    @cached_property
    def said(self) -> Json:
        """What was announced."""
        return describe_for(b"", self.signed)

    @property
    def id(self) -> str:
        """What its pages are named by, through all revisions."""
        return f"{self.said['host'][:16]}-{self.said['slot']}"

    @property
    def is_coming(self) -> bool:
        """Whether it was still to come, and not called off, when the site was made."""
        body = self.signed.announcement.body
        if self.said["status"] not in ("scheduled", "postponed") or not body or not body.start:
            return False
        day_in = body.tz if body.all_day else None
        return is_coming(body.start, body.ends or 0, day_in, self.site["published"])

    @cached_property
    def shown(self) -> Json:
        """All that a page shows of it, in words; only of an event that has a date."""
        said, tongue = self.said, self.tongue
        start = datetime.fromisoformat(said["start"])
        when, figures = words.when(said, LONG_AGO, tongue)
        place = said["place"] or {}
        named = _named(self.site, said["host"], tongue)
        source = said["source"]
        state = STATES.get(said["status"])
        return {
            "event": {"wild": False, "begun": False, **said},
            "id": self.id,
            "title": said["title"],
            "lang": said["lang"] if said["lang"] != tongue.code else None,
            "organiser": source["id"] if source else words.capital(named),
            "importer": named if source else None,
            "state": state and tongue.say(state),
            "when": when,
            "figures": figures,
            "day": words.capital(words.long_date(start.date(), tongue)),
            "weekday": words.capital(words.weekday(start.date(), tongue)),
            "short_day": words.short_date(start.date(), tongue),
            "hour": "" if said["all_day"] else words.capital(words.clock(start, tongue)),
            "clock": _clock(said, tongue),
            "place": place.get("name"),
            "address": ", ".join(filter(None, (place.get("name"), place.get("address")))),
            "marks": marks(said["topics"], tongue),
            "facts": facts(said, tongue),
            "about": [text for text in (said["about"] or "").split("\n\n") if text],
            "differing": list(self._differing()),
            "schema": schema_org(self.signed.announcement),
            **_way(self.site, place, tongue),
        }

    def _differing(self) -> list[tuple[str, str]]:
        """Who says otherwise, and what: another hour, or that it is cancelled."""
        site, tongue, ours = self.site, self.tongue, self.said
        others = (describe_for(b"", other) for other in self.others)
        return [
            (
                words.capital(_named(site, other["host"], tongue)),
                tongue.say(STATES[other["status"]])
                if other["status"] in STATES
                else _clock(other, tongue),
            )
            for other in others
            if (other["start"], other["status"]) != (ours["start"], ours["status"])
        ]


def _named(site: Json, host: str, tongue: Tongue) -> str:
    """Who announces: by the name that the site's keeper gives, or by the beginning of the key."""
    known: str | None = site["hosts"].get(host)
    return known or tongue.say("the key %(key)s", key=words.key(host[:8]))


def _clock(said: Json, tongue: Tongue) -> str:
    if said["all_day"]:
        return tongue.say("all day")
    return words.time(datetime.fromisoformat(said["start"]), tongue)


def _way(site: Json, place: Json, tongue: Tongue) -> Json:
    """How far and whither from the site's place, or of a place that is known to its area only,
    that."""
    here = site["place"]
    way = {"area": None, "away": "", "degrees": None}
    if place.get("uncertainty"):
        town = place["address"] or site["town"]
        some = tongue.say("somewhere in %(town)s", town=town) if town else None
        return {**way, "area": some or tongue.say("somewhere near")}
    if here is None or place.get("lat") is None:
        return way
    ends = (here["lat"], here["lon"]), (place["lat"], place["lon"])
    away = words.away(geo.distance_km(*ends), geo.direction(*ends), tongue)
    return {**way, "away": away, "degrees": geo.bearing(*ends)}

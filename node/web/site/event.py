"""An event as the pages without scripts show it, which are read on any later day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from potluck.node.calendars.write import schema_org
from potluck.node.geography import distance as geo
from potluck.node.geography.areas import is_area
from potluck.node.language import format as words
from potluck.node.language.locale import Locale
from potluck.node.operations.announce.event_json import describe_for
from potluck.node.operations.draw.window import is_coming
from potluck.node.operations.service import Json
from potluck.node.web.pages.paper_ticket import facts, marks, named
from potluck.protocol.message import marked
from potluck.protocol.wire import SignedAnnouncement

LONG_AGO = date(1970, 1, 1)
"""Seen from there every date is written whole: no "tomorrow" on a page that is kept."""

STATES = {
    "cancelled": marked("Cancelled"),
    "postponed": marked("Postponed"),
}


@dataclass(frozen=True)
class Event:
    """One version of an event. `others` are the other versions, as they came."""

    signed: SignedAnnouncement
    site: Json
    locale: Locale
    others: Collection[SignedAnnouncement] = ()

    @cached_property
    def content(self) -> Json:
        """What was announced."""
        return describe_for(b"", self.signed)

    @property
    def id(self) -> str:
        """What its pages are named by, through all revisions."""
        return f"{self.content['host'][:16]}-{self.content['slot']}"

    @property
    def is_coming(self) -> bool:
        """Whether it was still to come, and not called off, when the site was made."""
        body = self.signed.announcement.body
        if self.content["status"] not in ("scheduled", "postponed") or not body or not body.start:
            return False
        day_in = body.tz if body.all_day else None
        return is_coming(body.start, body.ends or 0, day_in, self.site["published"])

    @cached_property
    def shown(self) -> Json:
        """All that a page shows of it, in words; only of an event that has a date."""
        content, locale = self.content, self.locale
        start = datetime.fromisoformat(content["start"])
        when, figures = words.when(content, LONG_AGO, locale)
        place = content["place"] or {}
        named = _named(self.site, content["host"], locale)
        source = content["source"]
        state = STATES.get(content["status"])
        return {
            "event": {"wild": False, "begun": False, **content},
            "id": self.id,
            "title": content["title"],
            "lang": content["lang"] if content["lang"] != locale.code else None,
            "organiser": source["id"] if source else words.capital(named),
            "importer": named if source else None,
            "state": state and locale.gettext(state),
            "when": when,
            "figures": figures,
            "day": words.capital(words.written(start.date(), locale, LONG_AGO)),
            "weekday": words.capital(words.weekday(start.date(), locale)),
            "short_day": words.short_date(start.date(), locale),
            "hour": "" if content["all_day"] else words.capital(words.clock(start, locale)),
            "clock": _clock(content, locale),
            "marks": marks(content["topics"], locale),
            "facts": facts(content, locale),
            "about": [text for text in (content["about"] or "").split("\n\n") if text],
            "differing": list(self._differing()),
            "schema": schema_org(self.signed.announcement),
            **_way(self.site, place, locale),
        }

    def _differing(self) -> list[tuple[str, str]]:
        """Who says otherwise, and what: another hour, or that it is cancelled."""
        site, locale, ours = self.site, self.locale, self.content
        others = (describe_for(b"", other) for other in self.others)
        return [
            (
                words.capital(_named(site, other["host"], locale)),
                locale.gettext(STATES[other["status"]])
                if other["status"] in STATES
                else _clock(other, locale),
            )
            for other in others
            if (other["start"], other["status"]) != (ours["start"], ours["status"])
        ]


def _named(site: Json, host: str, locale: Locale) -> str:
    """Who announces: by the name that the site's keeper gives, or by the beginning of the key."""
    known: str | None = site["hosts"].get(host)
    return known or locale.gettext("the key %(key)s", key=words.key(host[:8]))


def _clock(content: Json, locale: Locale) -> str:
    if content["all_day"]:
        return locale.gettext("all day")
    return words.time(datetime.fromisoformat(content["start"]), locale)


def _way(site: Json, place: Json, locale: Locale) -> Json:
    """What it is called, on paper with its address; how far and whither from the site's place,
    except for an area."""
    here, (name, area) = site["place"], named(place, locale)
    paper = dict.fromkeys(filter(None, (name, place.get("address"), area)))
    way = {"place": name, "area": area, "on_paper": ", ".join(paper), "away": "", "degrees": None}
    if here is None or place.get("lat") is None or is_area(place):
        return way
    ends = (here["lat"], here["lon"]), (place["lat"], place["lon"])
    away = words.away(geo.distance_km(*ends), geo.direction(*ends), locale)
    return {**way, "away": away, "degrees": geo.bearing(*ends)}

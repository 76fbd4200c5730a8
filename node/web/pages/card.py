"""One card, with everything that is known of it."""

from datetime import datetime
from itertools import pairwise
from urllib.parse import urlencode

from starlette.responses import Response

from potluck.node.geography.areas import is_area
from potluck.node.language import format as words
from potluck.node.operations.announce import list_events
from potluck.node.operations.announce.changes import changes, place_of
from potluck.node.operations.announce.revisions import revisions
from potluck.node.operations.announce.signing import held
from potluck.node.operations.draw.pagination import other_dates
from potluck.node.operations.draw.plan import plan
from potluck.node.operations.draw.undealt import undealt
from potluck.node.operations.draw.versions import other_versions
from potluck.node.operations.draw.why import how_dealt
from potluck.node.operations.health.reach import reach
from potluck.node.operations.service import Json
from potluck.node.operations.sharing.exports import event_calendar
from potluck.protocol.errors import LocalError, NotFound
from potluck.protocol.message import marked as _

from .back import way_back
from .paper_ticket import rose, ticket, used_marks
from .view import View


async def card(view: View) -> Response:
    """Everything about one event, and why it is here."""
    event = await list_events.show(view.service, view.field("id"))
    drawn = await how_dealt(view.service, event["id"], view.today.isoformat())
    kept = await _kept(view, event)
    versions = other_versions(view.service, held(view.service, event["id"]))
    at = drawn["position"] if drawn else 0
    shown = ticket(view, {**event, **versions, **(drawn or {}), "kept": kept is not None}, at)
    access = event["access"] or {}
    back = way_back(view)
    return view.page(
        "card.html",
        "draw",
        ticket=shown,
        event=shown["event"],
        here=f"/card/{event['id']}?{urlencode({'from': back[0] if back else '/'})}",
        marks=used_marks([shown]),
        rose=rose(shown, view.locale),
        map=_map(view, event),
        dates=await _dates(view, event),
        drawn=drawn,
        day=_day(view, drawn),
        hidden=sum(drawn["hidden"].values()) if drawn else 0,
        undealt=None if drawn else await _undealt(view, event),
        seen=words.ago(event["seen_at"], view.service.clock.real(), view.locale)
        if "seen_at" in event
        else "",
        revisions=await _revisions(view, event),
        changes=changes(event, (kept or {}).get("was", {}), view.locale),
        unsaid=[view.gettext(word) for need, word in words.NEEDS.items() if need not in access],
        reached=await _reached(view, event) if view.query("ask") == "peers" else "",
    )


async def _dates(view: View, event: Json) -> Json:
    """The other dates of its series: how they follow, and {id, when, other} each."""
    others = await other_dates(view.service, event["id"])
    starts = sorted(each["start"] for each in (*others, event) if each["start"])
    days = [datetime.fromisoformat(start).date() for start in starts]
    gaps = {(after - before).days for before, after in pairwise(days)}
    how = {7: _("every %(weekday)s"), 14: _("every other %(weekday)s")}
    rule = how.get(gaps.pop()) if len(gaps) == 1 else None
    return {
        "rule": view.gettext(rule, weekday=words.weekday(days[0], view.locale)) if rule else "",
        "others": [
            {
                "id": each["id"],
                "when": _when(view, each),
                "called_off": each["status"] == "cancelled",
            }
            for each in others
        ],
    }


def _when(view: View, event: Json) -> str:
    spoken, figures = words.when(event, view.today_at(event["tz"]), view.locale)
    return ". ".join(filter(None, (spoken, figures)))


def _map(view: View, event: Json) -> str:
    """An address that opens a map: the phone's own where there is one, else a page of a map.

    Nothing is asked for until somebody follows it.
    """
    place = event["place"] or {}
    if place.get("lat") is None or is_area(place):
        return ""
    spot = f"{round(place['lat'], 5)},{round(place['lon'], 5)}"
    system = view.request.headers.get("user-agent", "")
    if "Android" in system:
        return f"geo:{spot}?{urlencode({'q': spot})}"
    if any(name in system for name in ("iPhone", "iPad", "Macintosh")):
        return f"https://maps.apple.com/?{urlencode({'ll': spot, 'q': place['name']})}"
    lat, lon = spot.split(",")
    return f"https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=16/{lat}/{lon}"


def _day(view: View, drawn: Json | None) -> str:
    day = datetime.fromisoformat(drawn["day"]).date() if drawn else None
    return words.long_date(day, view.locale) if day else ""


async def _kept(view: View, event: Json) -> Json | None:
    """The event as the plan has it, if it was kept."""
    planned = await plan(view.service)
    return next((each for each in planned if each["id"] == event["id"]), None)


async def _revisions(view: View, event: Json) -> list[Json]:
    """What this node saw it say, the latest first: {number, said, changes} each."""
    return [
        {
            "number": each["revision"] + 1,
            "signed": words.moment(each["issued_at"], view.zone, view.locale),
            "changes": changes(each, each["was"], view.locale),
        }
        for each in await revisions(view.service, event["id"])
    ]


async def _reached(view: View, event: Json) -> str:
    """Which of the peers hold this revision, asked now: a sentence.

    They are asked about one's own only, since the question tells them what one cares about.
    """
    if view.phone or not event["mine"]:
        return ""
    try:
        found = await reach(view.service, event["id"])
    except LocalError as error:
        return words.sentence(words.capital(view.translate(error)))
    counted = view.gettext(
        "Asked just now: %(hold)s of %(peers)s nodes hold it as it is now.",
        hold=found["hold"],
        peers=found["peers"],
    )
    silent = found["silent"]
    more = (
        view.locale.ngettext("One did not say.", "%(num)s did not say.", silent) if silent else ""
    )
    return f"{counted} {more}".strip()


async def _undealt(view: View, event: Json) -> Json:
    """Why it is not in today's hand, in words: {in_hat, dealt, receipt, later, reasons}."""
    found = await undealt(view.service, event["id"], view.filters)
    at = found["dealt_at"]
    return {
        **found,
        "dealt": words.moment(at, view.zone, view.locale) if at else "",
        "reasons": [
            words.dated(view.translate(reason["why"]), view.locale) for reason in found["reasons"]
        ],
    }


async def calendar(view: View) -> Response:
    """The event as a file for one's own calendar."""
    return view.file_of(
        await event_calendar(view.service, view.field("id")), "text/calendar", "event.ics"
    )


async def share(view: View) -> Response:
    """The event as words to pass on, and as a code that another phone's calendar reads."""
    event = await list_events.show(view.service, view.field("id"))
    if event["title"] is None:
        raise NotFound("this event was withdrawn; there is nothing to share")
    shown = ticket(view, event)
    lines = [
        event["title"],
        ". ".join(filter(None, (shown["when"], shown["figures"]))),
        place_of(event["place"], view.locale),
    ]
    lines += [shown["organiser"] if event["source"] else "", event["url"] or ""]
    text = "\n".join(filter(None, lines))
    return view.page("share.html", "draw", ticket=shown, text=text, code=_vevent(event))


def _vevent(event: Json) -> str:
    """The least of an event that a calendar takes in from a code (RFC 5545)."""
    lines = ["BEGIN:VEVENT", f"SUMMARY:{_escaped(event['title'] or '')}"]
    for name, key in (("DTSTART", "start"), ("DTEND", "end")):
        if event[key]:
            lines.append(f"{name}:{_stamp(event[key])}")
    if event["place"]:
        lines.append(f"LOCATION:{_escaped(event['place']['name'])}")
    return "\r\n".join([*lines, "END:VEVENT"])


def _stamp(text: str) -> str:
    seconds = datetime.fromisoformat(text).timestamp()
    return words.utc(seconds).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")

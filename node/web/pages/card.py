"""One card, with everything that is known of it."""

from __future__ import annotations

import io
from datetime import datetime

import segno
from starlette.responses import Response

from potluck.node.language import format as words
from potluck.node.operations import Json
from potluck.node.operations.announce import listing
from potluck.node.operations.announce.revisions import revisions
from potluck.node.operations.announce.signing import held
from potluck.node.operations.draw import why as reasons
from potluck.node.operations.draw.plan import plan
from potluck.node.operations.draw.versions import other_versions
from potluck.node.operations.draw.why import how_dealt
from potluck.node.operations.health.reach import reach
from potluck.node.operations.sharing.exports import event_calendar
from potluck.node.operations.trust import blocks
from potluck.protocol.errors import LocalError, NotFound

from .changes import changes, place_of
from .ticket import rose, ticket, used_marks
from .view import View


async def card(view: View) -> Response:
    """Everything about one event, and why it is here."""
    event = await listing.show(view.service, view.part("id"))
    drawn = await how_dealt(view.service, event["id"], view.today.isoformat())
    kept = await _kept(view, event)
    told = other_versions(view.service, held(view.service, event["id"]))
    shown = ticket(view, {**event, **told, **(drawn or {}), "kept": kept is not None})
    why = None if drawn else await _why(view, event)
    return view.page(
        "card.html",
        "draw",
        ticket=shown,
        event=shown["event"],
        marks=used_marks([shown]),
        rose=rose(shown),
        drawn=drawn,
        day=_day(view, drawn),
        hidden=sum(drawn["hidden"].values()) if drawn else 0,
        why=why,
        revisions=await _revisions(view, event),
        changes=changes(event, (kept or {}).get("was", {}), view.tongue),
        needs=words.NEEDS,
        reached=await _reached(view, event) if view.query("ask") == "peers" else "",
    )


def _day(view: View, drawn: Json | None) -> str:
    return (
        words.long_date(datetime.fromisoformat(drawn["day"]).date(), view.tongue) if drawn else ""
    )


async def _kept(view: View, event: Json) -> Json | None:
    """The event as the plan has it, if it was kept."""
    planned = await plan(view.service)
    return next((each for each in planned if each["id"] == event["id"]), None)


async def _revisions(view: View, event: Json) -> list[Json]:
    """What this node saw it say, the latest first: {number, said, changes} each."""
    return [
        {
            "number": each["revision"] + 1,
            "said": words.moment(each["issued_at"], view.zone, view.tongue),
            "changes": changes(each, each["was"], view.tongue),
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
        return words.sentence(words.capital(view.tell(error)))
    say = view.say(
        "Asked just now: %(hold)s of %(peers)s nodes hold revision %(number)s.",
        hold=found["hold"],
        peers=found["peers"],
        number=found["revision"] + 1,
    )
    silent = found["silent"]
    more = view.tongue.count("One did not say.", "%(num)s did not say.", silent) if silent else ""
    return f"{say} {more}".strip()


async def _why(view: View, event: Json) -> list[str]:
    """Why it is in no hand: the reasons that hide it."""
    found = await reasons.why(view.service, event["id"], view.filters)
    return [words.dated(view.tell(reason["why"]), view.tongue) for reason in found["reasons"]]


async def calendar(view: View) -> Response:
    """The event as a file for one's own calendar."""
    return view.file_of(
        await event_calendar(view.service, view.part("id")), "text/calendar", "event.ics"
    )


async def share(view: View) -> Response:
    """The event as words to pass on, and as a code that another phone's calendar reads."""
    event = await listing.show(view.service, view.part("id"))
    if event["title"] is None:
        raise NotFound("this event was withdrawn; there is nothing to share")
    shown = ticket(view, event)
    lines = [
        event["title"],
        ". ".join(filter(None, (shown["when"], shown["figures"]))),
        place_of(event["place"], view.tongue),
    ]
    lines += [", ".join(filter(None, (shown["organiser"], shown["importer"]))), event["url"] or ""]
    return view.page("share.html", "draw", ticket=shown, text="\n".join(filter(None, lines)))


async def share_code(view: View) -> Response:
    """A QR code with the event's title, time and place as iCalendar."""
    event = await listing.show(view.service, view.part("id"))
    return code(view, _vevent(event))


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


def code(view: View, text: str) -> Response:
    """A QR code as a picture, dark on white in both schemes."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", scale=8, border=3, light="#fff")
    return view.file_of(out.getvalue(), "image/svg+xml")


async def block(view: View) -> Response:
    """Never deal this host's events again."""
    await blocks.block(
        view.service,
        view.field("target"),
        view.field("source") or None,
        importer=bool(view.field("importer")),
        why=view.field("why"),
        warn=bool(view.field("warn")),
    )
    return view.go_back("/settings")


async def unblock(view: View) -> Response:
    """Lift a block."""
    await blocks.unblock(
        view.service,
        view.field("target"),
        view.field("source") or None,
        importer=bool(view.field("importer")),
    )
    return view.go("/settings")

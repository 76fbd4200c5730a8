"""What was kept, by day; changes first; what is over is asked about once. And one's own
calendar."""

import csv
import hmac
import io
import secrets
from datetime import datetime
from itertools import groupby
from typing import Any

from starlette.responses import Response

from potluck.node.language import format as words
from potluck.node.operations.announce.changes import changes, reason
from potluck.node.operations.draw import keep, went
from potluck.node.operations.draw.plan import CALLED_OFF, plan
from potluck.node.operations.service import Json
from potluck.node.operations.sharing.exports import plan_calendar
from potluck.protocol.errors import NotFound

from .paper_ticket import ticket
from .view import View

_FEED = "page.feed"


async def kept(view: View) -> Response:
    """What was kept and is not over."""
    coming = [event for event in await plan(view.service) if not _is_over(view, event)]
    planned = [_row(view, event, at) for at, event in enumerate(coming)]
    off = [each for each in planned if each["off"]]
    by_day = [
        (day, list(group))
        for day, group in groupby((each for each in planned if not each["off"]), key=_day(view))
    ]
    return view.page(
        "plan.html",
        "plan",
        off=off,
        days=by_day,
        over=[_asked(view, each) for each in await went.over(view.service)],
        diary=await went.diary(view.service),
        number=len(planned),
        changed=sum(bool(each["loud"]) for each in planned if not each["off"]),
        feed=_feed_address(view),
        taken_off=view.query("off") if view.query("off").isalnum() else "",
    )


def _asked(view: View, each: Json) -> dict[str, Any]:
    """What is over, with the day on which it was."""
    start = datetime.fromisoformat(each["start"])
    return {
        **each,
        "day": words.written(start.date(), view.locale, view.today),
        "place": (each["place"] or {}).get("name") or "",
    }


def _row(view: View, event: Json, at: int) -> dict[str, Any]:
    """A ticket of the plan: in hours, with what changed."""
    was = event["was"]
    off = event["status"] in CALLED_OFF
    shown = ticket(view, {**event, "title": event["title"] or was.get("title")}, at)
    when = event["start"] or (was.get("start") if off else None)
    start = datetime.fromisoformat(when) if when else None
    end = datetime.fromisoformat(event["end"]) if event["end"] else None
    return shown | {
        "off": off,
        "start": start,
        "from": words.time(start, view.locale) if start and not event["all_day"] else "",
        "to": words.time(end, view.locale)
        if start and end and end > start and not event["all_day"]
        else "",
        "date": words.written(start.date(), view.locale, view.today) if start else "",
        "short": words.short_date(start.date(), view.locale) if start else "",
        "why": reason(event),
        **_news(view, event),
        "signed": words.moment(event["issued_at"], view.zone, view.locale),
    }


def _news(view: View, event: Json) -> dict[str, Any]:
    """What changed since the person last saw it: one word that is loud, and the rest of it."""
    found = changes(event, event["was"], view.locale)
    if found and "status" in event["was"]:
        return {"loud": found[0].what, "changes": found[1:]}
    return {"loud": view.gettext("Changed") if found else "", "changes": found}


def _day(view: View) -> Any:
    return lambda each: each["date"] or view.gettext("A new date is not known yet")


def _is_over(view: View, event: Json) -> bool:
    end = event["end"] or event["start"] or event["was"].get("end")
    return bool(end) and datetime.fromisoformat(end).timestamp() < view.service.clock.now()


async def take_off(view: View) -> Response:
    """Take an event off the plan; the next page offers to put it back."""
    try:
        event = await keep.forget(view.service, view.field("id"))
    except NotFound:
        view.notice(view.gettext("In another window you have taken it off your plan already."))
        return view.go("/plan")
    title = event["title"] or view.gettext("An event that was withdrawn")
    view.notice(view.gettext("Taken off your plan: %(title)s.", title=title))
    return view.go("/plan", off=event["id"])


async def answer(view: View) -> Response:
    """Whether one went, and a line for oneself."""
    try:
        await went.answer(
            view.service, view.field("register"), view.field("went"), view.field("line")
        )
    except NotFound:
        view.notice(view.gettext("You have answered this already."))
    return view.go("/plan", "went")


async def diary(view: View) -> Response:
    """All answers as a table for a spreadsheet."""
    out = io.StringIO()
    names = ("start", "title", "place", "went", "line")
    table = csv.DictWriter(out, names, extrasaction="ignore")
    table.writeheader()
    table.writerows(_plain(each) for each in await went.diary(view.service))
    return view.file_of(out.getvalue().encode("utf-8-sig"), "text/csv", "went.csv")


def _plain(each: Json) -> Json:
    """A row in which no spreadsheet sees a formula: a stranger wrote title and place."""
    return {
        name: f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value
        for name, value in each.items()
    }


async def new_feed(view: View) -> Response:
    """A private address of the plan; an older one ends."""
    await view.note(_FEED, secrets.token_urlsafe(24))
    return view.go("/plan", "feed")


async def end_feed(view: View) -> Response:
    """No calendar reads the plan any more."""
    await view.note(_FEED, "")
    return view.go("/plan", "feed")


def _feed_address(view: View) -> str:
    key = view.noted(_FEED)
    return (
        f"http://{view.request.headers['host']}/plan.ics?key={key}"
        if key and not view.phone
        else ""
    )


async def feed(view: View) -> Response:
    """The plan as iCalendar, for who has the address."""
    key = view.noted(_FEED)
    if not key or not hmac.compare_digest(key.encode(), view.query("key").encode()):
        raise NotFound("this calendar address is not in use; the plan's page shows the present one")
    return view.file_of(await plan_calendar(view.service), "text/calendar")

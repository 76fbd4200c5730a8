"""What was kept, by day; changes first. And the same for one's own calendar."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from itertools import groupby
from typing import Any

from starlette.responses import Response

from potluck.node.language import format as words
from potluck.node.operations import Json
from potluck.node.operations.draw import choices
from potluck.node.operations.draw.plan import acknowledge, plan
from potluck.node.operations.sharing.exports import plan_calendar
from potluck.protocol.errors import NotFound

from .changes import changes, reason
from .ticket import ticket
from .view import View

_FEED = "page.feed"
CALLED_OFF = frozenset({"cancelled", "withdrawn"})


async def kept(view: View) -> Response:
    """What was kept and is not over."""
    coming = [event for event in await plan(view.service) if not _is_over(view, event)]
    planned = [_told(view, event, at) for at, event in enumerate(coming)]
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
        number=len(planned),
        changed=sum(bool(each["loud"]) for each in planned if not each["off"]),
        feed=_feed_address(view),
    )


def _told(view: View, event: Json, at: int) -> dict[str, Any]:
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
        "from": words.time(start, view.tongue) if start and not event["all_day"] else "",
        "to": words.time(end, view.tongue)
        if start and end and end > start and not event["all_day"]
        else "",
        "date": words.long_date(start.date(), view.tongue) if start else "",
        "short": words.short_date(start.date(), view.tongue) if start else "",
        "why": reason(event),
        **_news(view, event),
        "said": words.moment(event["issued_at"], view.zone, view.tongue),
    }


def _news(view: View, event: Json) -> dict[str, Any]:
    """What changed since the person last saw it: one word that is loud, and the rest of it."""
    found = changes(event, event["was"], view.tongue)
    if found and "status" in event["was"]:
        return {"loud": found[0].what, "changes": found[1:]}
    return {"loud": view.say("Changed") if found else "", "changes": found}


def _day(view: View) -> Any:
    return lambda each: each["date"] or view.say("A new date is not known yet")


def _is_over(view: View, event: Json) -> bool:
    end = event["end"] or event["start"] or event["was"].get("end")
    return bool(end) and datetime.fromisoformat(end).timestamp() < view.service.clock.now()


async def seen(view: View) -> Response:
    """The person has seen a change; what is called off leaves the plan."""
    id = view.part("id")
    if view.field("act") == "off":
        await choices.forget(view.service, id)
    else:
        await acknowledge(view.service, id)
    return view.go("/plan")


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

"""The filters: what is set, in one sentence; the sheet on which it is set; what lies beyond."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from starlette.responses import JSONResponse, Response

from potluck.node.errors import Unfit
from potluck.node.language import format as words
from potluck.node.operations.announce.body import spot_of
from potluck.node.operations.draw import browse as where
from potluck.node.operations.draw.filters import HIDING, UNSAID
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.draw.loosen import loosened, with_unsaid, without
from potluck.node.operations.draw.window import DAYS, KILOMETRES
from potluck.node.operations.service import Json
from potluck.node.operations.towns import towns as suggested
from potluck.protocol.message import marked

from .paper_ticket import ticket
from .view import Problem, View

FIRST, LAST = "00:00", "23:59"
"""The hours of a filter that names one end alone; this end is not shown."""

RULES = {name: rule.hidden for name, rule in HIDING.items()}
DROPPED = {
    "topic": marked("Any topic"),
    "language": marked("Any language"),
    "price": marked("Whatever it costs"),
    "access": marked("Whatever the access"),
    "time": marked("At any hour"),
    "weekday": marked("On any day"),
    "capacity": marked("Of any size"),
}


def read(view: View) -> DrawForm:
    """The filters as filled in; a form that says only some changes only those. Raises
    LocalError."""
    form = view.filters
    if view.field("drop"):
        return without(form, view.field("drop"))
    if view.field("unsaid-of"):
        return with_unsaid(form, view.field("unsaid-of"))
    changes: dict[str, Any] = {}
    for name, kind in (("within", float), ("days", int)):
        if view.field(name):
            changes[name] = number(name, view.field(name), kind)
    if "near" in view.form:
        changes |= {"near": view.town or None, "at": None}
        spot_of(changes["near"], None)
    if view.field("whole"):
        changes |= _whole(view)
    return replace(form, **changes)


def number(name: str, text: str, kind: type[float | int]) -> float:
    """A number as filled in under a name. Raises Unfit."""
    try:
        return kind(text)
    except ValueError:
        raise Unfit(name, "{text!r} is no number", text=text) from None


def _whole(view: View) -> dict[str, Any]:
    """What a form with every field says by leaving fields empty."""
    first, last = view.field("from"), view.field("to")
    unsaid = view.fields("unsaid")
    topics = tuple(filter(None, (word.strip() for word in view.field("topics").split(","))))
    answers = ["yes", *([UNSAID] if "access" in unsaid else [])]
    return {
        "topics": (*topics, UNSAID) if topics and "topic" in unsaid else topics,
        "price": ("free unsaid" if "price" in unsaid else "free") if view.field("free") else None,
        "access": dict.fromkeys(view.fields("access"), answers),
        "weekdays": tuple(int(day) for day in view.fields("weekday") if day in "0123456"),
        "vouched": bool(view.field("vouched")),
        "no_strangers": bool(view.field("no_strangers")),
        "hours": (first or FIRST, last or LAST) if first or last else None,
    }


def scope(view: View, drawn: Json) -> str:
    """Where and when a draw looks, in one sentence."""
    days = drawn["days"]
    span = (
        view.locale.ngettext("the next day", "the next %(num)s days", days)
        if days
        else view.gettext("%(first)s to %(last)s", first=drawn["from"], last=drawn["to"])
    )
    parts = [] if drawn["table"] else _parts(view)
    text = ", ".join([place(view, drawn), span, *(parts or [view.gettext("any topic")])])
    return words.capital(text)


def place(view: View, window: Json) -> str:
    """Around which place one looks, and how far."""
    if not window["near"]:
        return view.gettext("anywhere")
    away, name = words.distance(window["within_km"], view.locale), window["near"].partition(",")[0]
    return view.gettext("within %(distance)s of %(place)s", distance=away, place=name)


def _parts(view: View) -> list[str]:
    """The filters beside place and days, in words."""
    form, locale = view.filters, view.locale
    parts = [topic for topic in form.topics if topic != UNSAID]
    parts += [locale.gettext("topic not said")] if UNSAID in form.topics else []
    if form.vouched:
        parts.append(locale.gettext("along vouches"))
    if form.price:
        free = form.price.split()[0] == "free"
        parts.append(locale.gettext("free of charge") if free else form.price.split()[0])
        parts += [locale.gettext("price not said")] if HIDING["price"].lets_in_unsaid(form) else []
    parts += [locale.gettext(words.ACCESS[need][0]) for need in form.access]
    parts += [locale.gettext("access not said")] if HIDING["access"].lets_in_unsaid(form) else []
    parts += [words.weekday(date(2024, 1, 1 + day), locale) for day in form.weekdays]
    return parts + ([_hours(view, *form.hours)] if form.hours else [])


def _hours(view: View, first: str, last: str) -> str:
    """From when to when, as far as it was set, in the figures of the reader's country."""
    begin, end = (
        words.time(datetime.combine(date.min, time.fromisoformat(each)), view.locale)
        for each in (first, last)
    )
    if last == LAST:
        return view.gettext("from %(time)s on", time=begin)
    if first == FIRST:
        return view.gettext("until %(time)s", time=end)
    return view.gettext("%(first)s to %(last)s", first=begin, last=end)


def sheet(view: View, problem: Problem) -> dict[str, Any]:
    """What the sheet shows: the filters set or, after a mistake, as they were filled in."""
    form, locale = view.filters, view.locale
    asked = bool(problem.text) and bool(view.field("whole"))
    first, last = form.hours or ("", "")
    kilometres = sorted({*KILOMETRES, int(form.within)})
    unsaid = {rule for rule in ("topic", "price", "access") if HIDING[rule].lets_in_unsaid(form)}
    topics = ", ".join(topic for topic in form.topics if topic != UNSAID)
    days = view.fields("weekday") if asked else tuple(map(str, form.weekdays))
    return {
        "near": view.field("near") if asked else form.near or form.at or "",
        "within": view.field("within") if asked else f"{form.within:g}",
        "kilometres": [(str(km), words.distance(km, locale)) for km in kilometres],
        "days": view.field("days") if asked else form.days,
        "spans": [
            (days, locale.ngettext("1 day", "%(num)s days", days))
            for days in sorted({*DAYS, form.days})
        ],
        "topics": view.field("topics") if asked else topics,
        "free": bool(view.field("free")) if asked else (form.price or "").startswith("free"),
        "access": view.fields("access") if asked else tuple(form.access),
        "unsaid": view.fields("unsaid") if asked else unsaid,
        "needs": words.NEEDS,
        "vouched": bool(view.field("vouched")) if asked else form.vouched,
        "no_strangers": bool(view.field("no_strangers")) if asked else form.no_strangers,
        "weekdays": [
            (day, words.weekday(date(2024, 1, 1 + day), locale), str(day) in days)
            for day in range(7)
        ],
        "from": view.field("from") if asked else first if first != FIRST else "",
        "to": view.field("to") if asked else last if last != LAST else "",
    }


async def empty(view: View, drawn: Json) -> dict[str, Any]:
    """What a hand without cards says: what each filter hid, and what lies beyond place and days.

    {bare: whether nothing is held at all; bill: [{words, hidden, unsaid, choices}…]; nearest: how
    far and whither, or ""; choices: [{name, value, words, events}…]}.
    """
    nothing = {"bare": False, "bill": [], "nearest": "", "choices": []}
    held = (await view.service.store.deck.counts()).held
    if drawn["table"] or drawn["redraw"] or drawn["eligible"] or not held:
        return nothing | {"bare": not held}
    if any(drawn["hidden"].values()):
        found = await loosened(view.service, view.filters, drawn["hidden"], drawn["unsaid"])
        return nothing | {"bill": [{**each, "words": _hiding(view, each)} for each in found]}
    found_beyond = await where.beyond(view.service, view.filters)
    nearest = found_beyond["nearest"]
    return nothing | {
        "nearest": ticket(view, nearest)["away"] if nearest else "",
        "choices": [each | {"words": _look(view, each)} for each in found_beyond["choices"]],
    }


def _hiding(view: View, each: Json) -> str:
    rule = RULES[each["rule"]]
    return view.gettext(rule)


def _look(view: View, choice: Json) -> str:
    if choice["name"] == "within":
        return view.gettext(
            "Look within %(distance)s", distance=words.distance(choice["value"], view.locale)
        )
    return view.locale.ngettext("Look 1 day ahead", "Look %(num)s days ahead", choice["value"])


async def towns(view: View) -> Response:
    """Towns for a form's suggestions, as JSON; asked by our own script only."""
    return JSONResponse(await suggested(view.service, view.query("q")[:100]))

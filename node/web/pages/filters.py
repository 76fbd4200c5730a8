"""The filters: what is set, in one sentence; the sheet on which it is set; and what lies beyond."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from starlette.responses import JSONResponse, Response

from potluck.node.errors import Unfit
from potluck.node.language import format as words
from potluck.node.operations import Json
from potluck.node.operations.announce.body import spot_of
from potluck.node.operations.draw import browse as where
from potluck.node.operations.draw.filters import HIDING
from potluck.node.operations.draw.window import DAYS, KILOMETRES
from potluck.node.operations.forms import DrawForm
from potluck.node.operations.towns import towns as suggested

from .ticket import ticket
from .view import View

RULES = {name: rule.hidden for name, rule in HIDING.items()}


def read(view: View) -> DrawForm:
    """The filters as filled in; a form that says only some changes only those. Raises LocalError."""
    form = view.filters
    changes: dict[str, Any] = {}
    for name, kind in (("within", float), ("days", int)):
        if view.field(name):
            changes[name] = number(name, view.field(name), kind)
    if "near" in view.form:
        changes |= {"near": view.field("near") or None, "at": None}
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
    return {
        "topics": tuple(filter(None, (word.strip() for word in view.field("topics").split(",")))),
        "price": "free" if view.field("free") else None,
        "access": {need: ["yes"] for need in view.fields("access")},
        "weekdays": tuple(int(day) for day in view.fields("weekday") if day in "0123456"),
        "vouched": bool(view.field("vouched")),
        "no_strangers": bool(view.field("no_strangers")),
        "hours": (first or "00:00", last or "23:59") if first or last else None,
    }


def scope(view: View, dealt: Json) -> str:
    """Where and when a draw looks, in one sentence."""
    days = dealt["days"]
    span = (
        view.tongue.count("the next day", "the next %(num)s days", days)
        if days
        else view.say("%(first)s to %(last)s", first=dealt["from"], last=dealt["to"])
    )
    place = view.say("anywhere")
    if dealt["near"]:
        away, name = (
            words.distance(dealt["within_km"], view.tongue),
            dealt["near"].partition(",")[0],
        )
        place = view.say("within %(distance)s of %(place)s", distance=away, place=name)
    said = [] if dealt["table"] else _said(view)
    text = ", ".join([place, span, *(said or [view.say("any topic")])])
    return text[:1].upper() + text[1:]


def _said(view: View) -> list[str]:
    """The filters beside place and days, in words."""
    form, tongue = view.filters, view.tongue
    said = [*form.topics]
    if form.vouched:
        said.append(tongue.say("along vouches"))
    if form.price == "free":
        said.append(tongue.say("free of charge"))
    said += [tongue.say(words.NEEDS.get(need, need)) for need in form.access]
    said += [words.weekday(date(2024, 1, 1 + day), tongue) for day in form.weekdays]
    if form.hours:
        said.append(tongue.say("%(first)s to %(last)s", first=form.hours[0], last=form.hours[1]))
    return said


def sheet(view: View, problem: str) -> dict[str, Any]:
    """What the sheet shows: the filters set or, after a mistake, as they were filled in."""
    form, tongue = view.filters, view.tongue
    asked = bool(problem)
    within = view.field("within") if asked else f"{form.within:g}"
    kilometres = sorted({*KILOMETRES, int(form.within)})
    first, last = form.hours or ("", "")
    return {
        "near": view.field("near") if asked else form.near or form.at or "",
        "within": within,
        "kilometres": [(str(km), words.distance(km, tongue)) for km in kilometres],
        "days": view.field("days") if asked else form.days,
        "spans": [
            (days, tongue.count("1 day", "%(num)s days", days))
            for days in sorted({*DAYS, form.days})
        ],
        "topics": view.field("topics") if asked else ", ".join(form.topics),
        "free": bool(view.field("free")) if asked else form.price == "free",
        "access": view.fields("access") if asked else tuple(form.access),
        "needs": words.NEEDS,
        "vouched": bool(view.field("vouched")) if asked else form.vouched,
        "no_strangers": bool(view.field("no_strangers")) if asked else form.no_strangers,
        "weekdays": [
            (day, words.weekday(date(2024, 1, 1 + day), tongue), day in form.weekdays)
            for day in range(7)
        ],
        "from": view.field("from") if asked else first,
        "to": view.field("to") if asked else last,
    }


async def beyond(view: View, dealt: Json) -> dict[str, Any]:
    """What lies beyond place and days, when nothing lies within: {nearest, choices}.

    nearest: how far and whither, or ""; choices: [{name, value, words, events}…].
    """
    if dealt["table"] or dealt["eligible"] or any(dealt["hidden"].values()):
        return {"nearest": "", "choices": []}
    found = await where.beyond(view.service, view.filters)
    nearest = ticket(view, found["nearest"])["away"] if found["nearest"] else ""
    return {
        "nearest": nearest,
        "choices": [each | {"words": _look(view, each)} for each in found["choices"]],
    }


def _look(view: View, choice: Json) -> str:
    if choice["name"] == "within":
        return view.say(
            "Look within %(distance)s", distance=words.distance(choice["value"], view.tongue)
        )
    return view.tongue.count("Look 1 day ahead", "Look %(num)s days ahead", choice["value"])


async def towns(view: View) -> Response:
    """Towns for a form's suggestions, as JSON; asked by our own script only."""
    return JSONResponse(await suggested(view.service, view.query("q")[:100]))

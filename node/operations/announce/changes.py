"""What changed of an event, in words: since it was kept, or from one revision to the next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from potluck.node.language import format as words
from potluck.node.language.locale import Locale
from potluck.node.operations.announce.announce import CANCELLED
from potluck.node.operations.service import Json
from potluck.protocol.message import marked


@dataclass(frozen=True, slots=True)
class Change:
    """One sentence: `what`, and if it is not said by that alone, how it is `now` and how it
    `was`."""

    what: str
    now: str = ""
    was: str = ""


def changes(event: Json, was: Json, locale: Locale) -> list[Change]:
    """What is not as it was; `was` holds of the event what was otherwise, as it was then."""
    if event["status"] == "withdrawn":
        return [Change(locale.gettext("Withdrawn by its host"))] if was else []
    return [*_state(event, was, locale), *_times(event, was, locale), *_facts(event, was, locale)]


def _state(event: Json, was: Json, locale: Locale) -> Iterator[Change]:
    if "status" in was:
        state = _STATES[event["status"]]
        yield Change(locale.gettext(state))


def _times(event: Json, was: Json, locale: Locale) -> Iterator[Change]:
    """When it begins; when it ends only if that alone has changed."""
    name = "start" if {"start", "all_day"} & was.keys() else "end" if "end" in was else None
    if name is None:
        return
    before = {**event, **was}
    now, then = _moment(event, name), _moment(before, name)
    said = _moment_beside(now, then, locale, hour=not event["all_day"])
    was_said = _moment_beside(then, now, locale, hour=not before["all_day"])
    if said == was_said and now and then and now != then:  # the same hour in another zone
        said, was_said = f"{said} {words.zone(now)}", f"{was_said} {words.zone(then)}"
    if said != was_said:
        what = locale.gettext("Begins at") if name == "start" else locale.gettext("Ends at")
        yield Change(what, said, was_said)


def _moment(event: Json, name: str) -> datetime | None:
    """When it begins or ends; what lasts whole days ends on the last of them."""
    if not event[name]:
        return None
    moment = datetime.fromisoformat(event[name])
    return moment - timedelta(seconds=1) if event["all_day"] and name == "end" else moment


def _moment_beside(
    moment: datetime | None, other: datetime | None, locale: Locale, *, hour: bool
) -> str:
    """A moment beside another, as short as it may be."""
    if moment is None:
        return locale.gettext("a date not yet known")
    day, beside = moment.date(), other.date() if other else None
    parts = [words.time(moment, locale)] if hour else []
    if day != beside or not hour:
        parts.insert(0, words.briefly(day, locale, beside or day))
    return ", ".join(parts)


def place_of(place: Json | None, locale: Locale) -> str:
    """A place in one line."""
    if place is None:
        return locale.gettext("a place not said")
    return ", ".join(filter(None, (place["name"], place["address"])))


def _facts(event: Json, was: Json, locale: Locale) -> Iterator[Change]:
    """All that is no time: one sentence each, those first that matter most."""
    if "place" in was:
        now, then = (place_of(place, locale) for place in (event["place"], was["place"]))
        yield (
            Change(locale.gettext("It is at"), now, then)
            if now != then
            else Change(locale.gettext(_SPOT))
        )
    for name, sentence in _PLAIN.items():
        if name in was:
            now, then = (_plain(each, locale) for each in (event[name], was[name]))
            yield Change(locale.gettext(sentence), now, then)
    for need, word in words.NEEDS.items():
        now, then = (each["access"].get(need) for each in (event, {**event, **was}))
        if now != then:
            yield Change(
                f"{locale.gettext(word)}:",
                locale.gettext(_ANSWERS[now]),
                locale.gettext(_ANSWERS[then]),
            )
    if "about" in was and not (reason(event) and _without_reason(event) == was["about"]):
        yield Change(locale.gettext("The description was rewritten"))


def reason(event: Json) -> str:
    """Why it was cancelled, if its host said so: the head of the description (see
    events.cancel)."""
    head = (event["about"] or "").partition("\n\n")[0]
    return head.removeprefix(CANCELLED) if head.startswith(CANCELLED) else ""


def _without_reason(event: Json) -> str | None:
    return event["about"].partition("\n\n")[2] or None


def _plain(value: Any, locale: Locale) -> str:
    if isinstance(value, list):
        value = ", ".join(value)
    return str(value) if value else locale.gettext("not said")


_ANSWERS = {None: marked("not said"), True: marked("yes"), False: marked("no")}
_SPOT = marked("The spot on the map was moved")
_STATES = {
    "scheduled": marked("Takes place after all"),
    "postponed": marked("Postponed"),
    "cancelled": marked("Cancelled"),
}
_PLAIN = {
    "title": marked("It is called"),
    "price": marked("The price is"),
    "capacity": marked("There is room for"),
    "topics": marked("Its topics are"),
    "lang": marked("Its language is"),
    "url": marked("Its page is"),
    "series": marked("It is one of"),
}

"""The pages for browsers without scripts: the table's hand, the list, and a page an event."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from potluck.node.calendars.write import to_ical
from potluck.node.language import format as words
from potluck.node.language.locale import Locale
from potluck.node.operations.service import Json
from potluck.node.operations.sharing.public_hand import EMPTY, LATE, UNCOMMITTED
from potluck.node.web.pages.paper_ticket import MARK_OF
from potluck.node.web.pages.templates import environment
from potluck.protocol.message import marked
from potluck.protocol.wire import SignedAnnouncement

from .event import Event
from .vocabulary import spoken

HERE = Path(__file__).parent
NO_TABLE = marked("This site deals no table hand.")
WHY = {
    UNCOMMITTED: marked("No seal of today’s hand stood here yesterday, so that it is not "
                              "shown."),
    LATE: marked("The node was not up at midnight, so that it dealt no hand for everybody."),
    EMPTY: marked("At midnight there was nothing to deal."),
}  # fmt: skip
PLAIN = "plain"
"""The shape of every other topic."""

Making = Callable[[], bytes]
"""A file that is made when it is asked for: there are two an event, and few are."""


def shapes_of(held: Iterable[SignedAnnouncement]) -> dict[str, str]:
    """The shape of each topic that is spoken of and has one."""
    bodies = (signed.announcement.body for signed in held)
    said = {topic.casefold() for body in bodies if body for topic in body.topics}
    return {topic: shape for topic, shape in MARK_OF.items() if topic in said}


def pages(
    content: Json, held: Sequence[SignedAnnouncement], app: str
) -> Iterator[tuple[str, Making]]:
    """Each page of a site that says this, by its path; `app` is the folder of style and scripts."""
    locale = spoken(content["language"])
    templates = environment(locale, HERE)
    site: dict[str, Any] = {"site": content, "locale": locale, "app": app, "here": "", "up": "",
                            "shapes": ()}  # fmt: skip

    def page(template: str, **values: Any) -> Making:
        made = templates.get_template(template)
        return lambda: made.render({**site, **values}).encode()

    events = [event for event in events_of(content, held, locale) if event.content["start"]]
    hand = _hand(content, events, locale)
    shapes = sorted({*shapes_of(held).values(), PLAIN})
    yield "index.html", page("index.html", here="./", shapes=shapes, **hand)
    coming = sorted((event for event in events if event.is_coming), key=_start)
    days = [list(those) for _, those in groupby(coming, key=lambda event: _start(event)[:10])]
    number = locale.ngettext("%(num)s event, by day.", "%(num)s events, by day.", len(coming))
    yield "list.html", page("list.html", here="list.html", number=number, days=days)
    yield "about.html", page("about.html", here="about.html")
    for event in events:
        path = f"event/{event.id}"
        shapes = sorted({*shapes_of([event.signed]).values(), PLAIN})
        yield f"{path}.html", page("event.html", event=event, up="../", shapes=shapes)
        yield f"{path}.ics", partial(to_ical, [event.signed.announcement])


def _start(event: Event) -> str:
    start: str = event.content["start"]
    return start


def events_of(content: Json, held: Sequence[SignedAnnouncement], locale: Locale) -> Iterator[Event]:
    """Each version of each event, beside the others of it."""
    versions: dict[tuple[object, int], list[SignedAnnouncement]] = defaultdict(list)
    for signed in held:
        versions[_event_of(signed)].append(signed)
    for signed in held:
        if signed.announcement.body is not None:
            others = [other for other in versions[_event_of(signed)] if other is not signed]
            yield Event(signed, content, locale, others)


def _event_of(signed: SignedAnnouncement) -> tuple[object, int]:
    content = signed.announcement
    source = content.body.source.id if content.body and content.body.source else content.host
    return source, content.slot


def _hand(content: Json, events: Sequence[Event], locale: Locale) -> Json:
    """The table's hand, or why there is none."""
    table = content.get("table")
    if not table or not table.get("cards"):
        why = WHY[table["why"]] if table else NO_TABLE
        return {"cards": [], "about_hand": locale.gettext(why)}
    cards = [
        {"event": event, "organisers": card["odds"]["organisers"]}
        for card, event in dealt(table, events)
    ]
    day = words.long_date(date.fromisoformat(table["date"]), locale)
    about = content["place"] and locale.gettext(
        "Distances are from %(name)s.", name=content["place"]["name"]
    )
    return {"cards": cards, "date": day, "about_hand": about or ""}


def dealt(table: Json, events: Iterable[Event]) -> Iterator[tuple[Json, Event]]:
    """The cards of a table's hand whose events are still held."""
    by_register = {(event.content["host"], event.content["slot"]): event for event in events}
    for card in table["cards"]:
        if event := by_register.get((card["host"], card["slot"])):
            yield card, event

"""What a site says: every event around a place, as a value from which files are made."""

from base64 import b64encode
from collections.abc import Iterator

from potluck.node.errors import Unfit
from potluck.node.home.config import Config
from potluck.node.language.locale import languages
from potluck.node.operations.draw.candidates import with_all
from potluck.node.operations.draw.filters import block_rule
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.draw.window import Window, window_of
from potluck.node.operations.forms import SiteForm
from potluck.node.operations.service import Json, Service
from potluck.node.operations.tables.tables import joined
from potluck.node.store import Entry, Position, Within
from potluck.protocol.announcement import DAY
from potluck.protocol.errors import Refused
from potluck.protocol.message import Message

from .public_hand import public_hand

MOST = 3_000
"""Events of a site: the browser of a guest holds and deals them all."""

PAGE = 500


SETTINGS = ("near", "at", "within", "days", "table", "title", "place", "keeper", "mail", "base",
            "own_origin", "language")  # fmt: skip
"""The fields of a form that the settings `publish.…` have, too."""
TOLD = ("keeper", "mail", "own_origin")
"""Those that an edition says as they are."""


async def edition(service: Service, form: SiteForm) -> Json:
    """Everything that a site of this form says now; `announcements` are base64 of what was signed.

    A table's hand is as `public_hand` has it, which commits to tomorrow's.
    Raises Refused for more events than a browser should be given, and for a closed network, whose
    events are not for everybody.
    """
    if service.home.network.closed:
        raise Refused("this network is closed: its events are for its members, not for a site")
    config = service.home.config
    form = form.filled({name: getattr(config, f"site_{name}") for name in SETTINGS})
    check_site(form)
    title = form.title or Config().site_title
    window = window_for(service, form)

    def work(service: Service) -> list[str]:
        found = list(held_within(service, window))
        if len(found) > MOST:
            raise Refused(
                "{events} events are too many for a site, which holds at most {most}: "
                "narrow it with --within or --days",
                events=len(found),
                most=MOST,
            )
        encoded = (service.store.deck.encoded_of(entry.host, entry.slot) for entry in found)
        return [b64encode(each).decode() for each in encoded if each is not None]

    announcements = await with_all(service, work)
    hand = await public_hand(service, joined(service, form.table)) if form.table else {}
    return {
        **{name: getattr(form, name) for name in TOLD},
        **hand,
        "base": form.base and f"{form.base.rstrip('/')}/",
        "title": title,
        "language": form.language or Config().site_language,
        "network": service.home.network.id.hex(),
        "place": window.spot
        and {"name": form.place or title, "lat": window.spot.lat, "lon": window.spot.lon},
        "town": window.spot.name if window.spot else None,
        "tz": window.zone,
        "km": window.km if window.spot else None,
        "days": (window.last - window.first).days + 1,
        "published": service.clock.now(),
        "hosts": {service.me.hex(): title},
        "announcements": announcements,
    }


def check_site(form: SiteForm) -> None:
    """Raises Unfit for a language that is not here."""
    if form.language and form.language not in languages():
        raise Unfit(
            "language",
            "must be {what}",
            what=Message("one of {words}", words=", ".join(languages())),
        )


def window_for(service: Service, form: SiteForm) -> Window:
    """Around the table, if there is one, else around the place that is named."""
    now = service.clock.now()
    days = form.days or 1
    if form.table is None:
        around = DrawForm(near=form.near, at=form.at, within=form.within or 25.0, days=days)
        return window_of(around, now)
    table = joined(service, form.table)
    at = f"{table.lat},{table.lon}"
    around = DrawForm(at=at, within=table.km, days=max(days, table.days))
    return window_of(around, now)


def held_within(service: Service, window: Window) -> Iterator[Entry]:
    """All events there, cancelled ones included, but for what the keeper blocks."""
    hides = block_rule(service)
    reaches = window.reach()
    dates = Within(window.earliest, window.until)
    after: Position | None = None
    while page := service.store.deck.page(dates, after=after, limit=PAGE):
        after = Position.of(page[-1])
        for entry in page:
            if (entry.start or 0) < window.since - DAY and (entry.end or 0) <= window.since:
                continue
            if reaches(entry) and not (hides and not hides(entry, entry.facts, entry.start or 0)):
                yield entry

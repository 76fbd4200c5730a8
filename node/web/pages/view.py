"""One request as the pages see it: who asks, in which language, and how to answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import trio
from babel import UnknownLocaleError
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from potluck.node import clock
from potluck.node.geography.distance import Point
from potluck.node.geography.places import Ambiguous, Unknown
from potluck.node.language.locale import Locale, asked_for, locale_of
from potluck.node.operations.announce.body import spot_of
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.draw.plan import news as plan_news
from potluck.node.operations.service import Service
from potluck.node.web.http import static_files
from potluck.node.web.http.server_sent_events import News
from potluck.node.web.http.sessions import Session, Sessions
from potluck.protocol.errors import LocalError, PotluckError

from .back import way_back
from .templates import environment

if TYPE_CHECKING:
    from potluck.node.web.server import Server

FILTERS = "page"
"""The name under which the page's filters are saved, also for `potluck draw --as page`."""

_COMMAND = re.compile(r"[;,] [^;,]*\bpotluck [a-z][^;]*$")
LANGUAGE = "page.language"
_WELCOMED = "page.welcomed"
_spot_of = lru_cache(maxsize=16)(spot_of)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a form: the field, "" for none of its own; and towns to choose from."""

    field: str = ""
    text: str = ""
    towns: tuple[str, ...] = ()


class Question(Problem):
    """What may be a slip, and is done once it is said to be meant."""


NO_PROBLEM = Problem()
_FIELDS = {
    "at": ("near",),
    "dice": ("rolls",),
    "end": ("to", "new-to"),
    "hours": ("from",),
    "source": ("address",),
    "start": ("day", "new-day"),
    "topic": ("more", "topics"),
    "tz": ("near",),
    "until": ("new-until",),
}
"""Under which names forms have what the node calls so."""


@dataclass(eq=False)
class Site:
    """What all requests share. `door` tells about the door to the local network, and moves it."""

    service: Service
    sessions: Sessions
    cookie: str
    door: Server
    news: News
    phone_link: str = ""
    """The link for a phone that the page shows as a code."""

    announcing: trio.Lock = field(default_factory=trio.Lock)
    """Held while a form is announced, so that one sent twice is found to have been sent."""

    notices: dict[str, str] = field(default_factory=dict)
    """By session, what its next page says of what was just done."""

    shown_hand: str = ""
    """The receipt of the hand that was last shown: a hand is dealt with a motion once."""


class View:
    """A request, its form, and the page that answers it."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.site: Site = request.app.state.site
        self.service = self.site.service
        self.form: FormData = FormData()

    @cached_property
    def locale(self) -> Locale:
        """The language that was set, else the one that the browser asks for."""
        language = self.noted(LANGUAGE)
        try:
            return (
                locale_of(language)
                if language
                else asked_for(self.request.headers.get("accept-language", ""))
            )
        except (ValueError, UnknownLocaleError):
            return asked_for("")

    @property
    def session(self) -> Session | None:
        """Who asks; None for somebody not let in, on the few pages that are for everybody."""
        found = self.request.scope.get("session")
        return found if isinstance(found, Session) else None

    @property
    def phone(self) -> bool:
        """Whether the request came in by the door to the local network."""
        return bool(self.request.app.state.phone)

    def query(self, name: str, default: str = "") -> str:
        """A value of the address."""
        return self.request.query_params.get(name, default)

    def field(self, name: str) -> str:
        """What was filled in, trimmed, or said by the path; empty for nothing."""
        value = self.form.get(name, self.request.path_params.get(name))
        return value.strip().replace("\r\n", "\n") if isinstance(value, str) else ""

    @property
    def town(self) -> str:
        """The town as written, or the one picked of those that were offered for what was
        written."""
        near, picked = self.field("near"), self.field("town")
        return picked if picked and near == self.field("asked") else near

    def fields(self, name: str) -> tuple[str, ...]:
        """All that was chosen under one name."""
        return tuple(value for value in self.form.getlist(name) if isinstance(value, str) and value)

    def file(self, name: str) -> UploadFile | None:
        """A file that was handed over."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    def gettext(self, text: str, /, **values: object) -> str:
        """Words in the reader's language."""
        return self.locale.gettext(text, **values)

    def translate(self, text: str | PotluckError) -> str:
        """What the node says, in the reader's language, without the command that it may advise."""
        return _COMMAND.sub("", self.locale.translate(text))

    def problem(self, error: PotluckError) -> Problem:
        """An error as the form shows it that was sent, at its own field if there is one."""
        if isinstance(error, Ambiguous):
            text = self.gettext("Several places have this name. Which one do you mean?")
            return Problem("near", text, tuple(error.choices))
        if isinstance(error, Unknown):
            return Problem("near", self.translate(error), error.choices)
        named = (error.field if isinstance(error, LocalError) else None) or ""
        text = (
            self.translate(error)
            .removeprefix(f"{named} ")
            .removeprefix(f"{self.translate('this field')} ")
        )
        fields = (*_FIELDS.get(named, ()), named, *(self.form if len(self.form) == 1 else ()))
        return Problem(next((each for each in fields if each in self.form), ""), text)

    # --- what the person set

    def noted(self, name: str) -> str:
        """A note of this home."""
        return self.service.store.choices.noted(name) or ""

    async def note(self, name: str, text: str) -> None:
        """Write a note."""
        await self.service.store.choices.note(name, text)

    @property
    def welcomed(self) -> bool:
        """Whether the first run is over."""
        return bool(self.noted(_WELCOMED))

    async def welcome(self) -> None:
        """The first run is over."""
        await self.note(_WELCOMED, "yes")

    @cached_property
    def filters(self) -> DrawForm:
        """The filters set on the page."""
        saved = self.service.store.choices.filters().get(FILTERS)
        return DrawForm.read(json.loads(saved)) if saved else DrawForm()

    async def set_filters(self, form: DrawForm) -> None:
        """Use these from now on."""
        changes = json.dumps(form.changes())
        await self.service.store.choices.save_filters(FILTERS, changes)
        self.__dict__.pop("filters", None)

    async def set_place(self, near: str) -> None:
        """Look around this town from now on; anywhere if it is empty. Raises NotFound,
        Ambiguous."""
        spot_of(near or None, None)
        await self.set_filters(replace(self.filters, near=near or None, at=None))

    @cached_property
    def skipped(self) -> frozenset[tuple[bytes, int]]:
        """The registers that the person said no to."""
        return frozenset(self.service.store.choices.skipped())

    @cached_property
    def put_back(self) -> frozenset[bytes]:
        """The events (`Candidate.event`) that the person put back into the hat today."""
        return frozenset(self.service.store.hands.returned(self.today.isoformat()))

    @property
    def point(self) -> Point | None:
        """Where the person is, if they said it."""
        spot = _spot_of(self.filters.near, self.filters.at)
        return spot.point if spot else None

    @property
    def zone(self) -> tzinfo:
        """The zone that the person lives by."""
        spot = _spot_of(self.filters.near, self.filters.at)
        return clock.zone(spot.tz if spot else clock.machine_zone())

    @property
    def today(self) -> date:
        """The date where the person is."""
        return datetime.fromtimestamp(self.service.clock.now(), self.zone).date()

    def today_at(self, tz: str | None) -> date:
        """The date in a zone; UTC's in one that nobody knows."""
        try:
            there: tzinfo = clock.zone(tz or "UTC")
        except Exception:  # noqa: BLE001 - whatever a stranger wrote, the page shows
            there = UTC
        return datetime.fromtimestamp(self.service.clock.now(), there).date()

    @property
    def plan_news(self) -> str:
        """What of the plan is not as the person last saw it, in a word or two."""
        found = plan_news(self.service)
        if found["called_off"]:
            return self.locale.ngettext("1 cancelled", "%(num)s cancelled", found["called_off"])
        if found["changed"]:
            return self.locale.ngettext("1 changed", "%(num)s changed", found["changed"])
        return ""

    # --- answers

    def notice(self, text: str) -> None:
        """Say this on the next page that this browser sees."""
        if self.session is not None:
            self.site.notices[self.session.id] = text

    def take_notice(self) -> str:
        """What was to be said on this page; once."""
        return self.site.notices.pop(self.session.id, "") if self.session is not None else ""

    def page(self, template: str, room: str = "", status: int = 200, **values: Any) -> Response:
        """A page from a template; `room` is where the rail says one is. With a `problem` its status
        is 422, if nothing else is said."""
        problem = values.get("problem", NO_PROBLEM)
        status = 422 if status == 200 and problem.text else status
        text = (
            environment(self.locale)
            .get_template(template)
            .render(
                view=self,
                room=room,
                locale=self.locale,
                static=static_files.root(),
                back=way_back(self) if self.session else None,
                notice=self.take_notice(),
                **values,
            )
        )
        return HTMLResponse(text, status)

    def go(self, path: str, fragment: str = "", /, **query: str) -> Response:
        """Send the browser on after a form (303)."""
        address = (
            path + (f"?{urlencode(query)}" if query else "") + (f"#{fragment}" if fragment else "")
        )
        return RedirectResponse(address, 303)

    def go_back(self, otherwise: str, fragment: str = "") -> Response:
        """To the page that the form named, if it is one of ours."""
        back = self.field("back")
        ours = back.startswith("/") and not back.startswith("//")
        return self.go(back if ours else otherwise, fragment)

    def message(
        self, status: int, title: str, text: str, links: Mapping[str, str] | None = None
    ) -> Response:
        """A page with nothing but words."""
        return self.page("words.html", status=status, title=title, text=text, links=links or {})

    def file_of(self, content: bytes, kind: str, name: str = "") -> Response:
        """Something that is no page; with a name, to be saved."""
        headers = {"Content-Disposition": f'attachment; filename="{name}"'} if name else {}
        return Response(content, media_type=kind, headers=headers)

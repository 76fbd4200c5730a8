"""The quiet line of an open page: how many events came meanwhile. It moves no card, and asks for
nothing.

The words are put together here, so that the script has none; and it is counts only, so that a phone
learns of no event that it may not read. Without a script the line stays empty.
"""

from dataclasses import dataclass

import trio
from starlette.responses import Response

from potluck.node.language import format as words
from potluck.node.operations.service import Json
from potluck.node.web.http.server_sent_events import Listener, message
from potluck.protocol.message import marked

from .view import View

PAUSE = 4.0
"""Seconds between two lines: who has them read aloud is not talked over."""

MOST_AT_ONCE = 3
"""Pages of one session that may listen: browsers keep six connections to a host, and need some for
pages."""

STAYS = {
    "hand": marked("Today’s hand stays as it is."),
    "empty": marked("Open it anew, and they are in the hat."),
    "list": marked("They are in the list when you open it again."),
}


async def live(view: View) -> Response:
    """The line as server-sent events; 204 tells a browser that it need not try again."""
    news, who = view.site.news, view.session.id if view.session else None
    alike = [each for each in news.listeners if isinstance(each, Quiet) and each.who == who]
    if news.full or len(alike) >= MOST_AT_ONCE:
        return Response(status_code=204)
    held = (await view.service.store.deck.counts()).held
    may = view.request.scope["admitted"]
    return news.stream(Quiet(view=view, who=who, held=held, may=may, pause=PAUSE, patience=PAUSE))


def first_deal_waits(view: View) -> bool:
    """Whether the first sync is still bringing what the first hand of all will be dealt from."""
    service = view.service
    if service.connections is None or service.store.receipts.latest(1):
        return False
    health = service.connections.health()
    return health.connected > health.came_in and (
        health.synced_at is None or view.site.news.syncing
    )


def receiving(view: View, held: int) -> str:
    """How far a sync has come, in words."""
    peers = view.service.connections.health().connected if view.service.connections else 0
    return view.locale.ngettext(
        "Receiving events from one other node: %(held)s so far.",
        "Receiving events from %(num)s other nodes: %(held)s so far.",
        max(peers, 1),
        held=words.number(held, view.locale),
    )


@dataclass(eq=False, slots=True, kw_only=True)
class Quiet(Listener):
    """An open page: how many events the deck held when it was opened, and how many came since."""

    view: View
    who: str | None
    held: int
    came: int = 0
    last_line: str = ""

    def push(self, event: Json) -> None:
        """What one announced oneself is no news."""
        if not event["mine"]:
            self.came += 1
            self.wake.set()

    def count(self) -> None:
        """One more came by a sync."""
        self.came += 1
        self.synced += 1
        self.wake.set()

    def take(self) -> bytes:
        """The line, if it has changed; "ready" once a first hand that waited can be dealt."""
        self.wake = trio.Event()
        if self.view.query("on") == "deal" and not first_deal_waits(self.view):
            return message("ready", {})
        line, self.synced = self._line(), 0
        if line == self.last_line:
            return b""
        self.last_line = line
        return message("line", {"text": line})

    def end(self) -> bytes:
        """That it need not try again."""
        return message("end", {})

    def _line(self) -> str:
        on, locale = self.view.query("on"), self.view.locale
        if on == "deal" or (on == "node" and self.synced):
            return receiving(self.view, self.held + self.came)
        if not self.came:
            return ""
        text = locale.ngettext(
            "One event arrived while this page was open.",
            "%(num)s events arrived while this page was open.",
            self.came,
        )
        return f"{text} {locale.gettext(STAYS[on])}" if on in STAYS else text

"""The site from memory, for guests: GET and HEAD, no cookie, no session, nothing written.

It shares no route, port or session with the owner's page.
"""

from __future__ import annotations

import gzip
import ipaddress
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

import trio
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from potluck.node.operations.forms import SiteForm
from potluck.node.operations.service import Json, Service
from potluck.node.web.http.listening import serve

from .edition import parts_of
from .pages import Making
from .renewed import RENEWED, Renewed

OPEN_PAGES = 5
"""Editions of which the deck stays for pages that are being opened."""

AT_ONCE, ALL_AT_ONCE = 64, 512
"""Answers under way at most, of a client and of all."""
BURST, A_SECOND = 3_000.0, 50.0
"""Requests of a client: so many at once (guests in a house share an address), then a second."""
CLIENTS = 4_096

KINDS = {
    "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8", "json": "application/json", "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json", "ics": "text/calendar; charset=utf-8",
    "deck": "application/octet-stream",
}  # fmt: skip
HEADERS = {"Cross-Origin-Resource-Policy": "same-origin", "X-Content-Type-Options": "nosniff"}
OF_PAGES = {"Content-Security-Policy": "frame-ancestors 'none'", "Referrer-Policy": "no-referrer"}
NOWHERE = Router()
"""Answers what a server asks of its application, and no socket."""

FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class File:
    """A file as it is sent, compressed where that helps."""

    plain: bytes
    packed: bytes | None
    etag: str
    kind: str
    lasts: str

    @classmethod
    def of(cls, name: str, content: bytes) -> File:
        """The file of this name: what is named by a digest never changes."""
        kind = KINDS[name.rpartition(".")[2]]
        etag = blake2b(content, digest_size=12).hexdigest()
        packed = None if name.endswith(".deck") else gzip.compress(content, 9, mtime=0)
        lasts = FOR_EVER if name.startswith(("app/", "deck/")) else "no-cache"
        return cls(content, packed, etag, kind, lasts)

    def answer(self, headers: Headers, *, with_body: bool) -> Response:
        """The answer to a request with these headers."""
        packed = self.packed if "gzip" in headers.get("accept-encoding", "") else None
        etag = f'"{self.etag}{"-gz" if packed is not None else ""}"'
        ours = HEADERS | {"ETag": etag, "Cache-Control": self.lasts, "Vary": "Accept-Encoding"}
        if etag in headers.get("if-none-match", ""):
            return Response(status_code=304, headers=ours)
        if self.kind.startswith("text/html"):
            ours |= OF_PAGES
        body = self.plain if packed is None else packed
        ours |= {"Content-Type": self.kind, "Content-Length": str(len(body))}
        if packed is not None:
            ours["Content-Encoding"] = "gzip"
        return Response(body if with_body else None, headers=ours)


class Limits:
    """How much one client may ask for; `now` is seconds on a clock that only goes on."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self.under_way: Counter[str] = Counter()

    def takes(self, client: str) -> bool:
        """Whether one more request of this client is answered now, which counts it."""
        if self.under_way.total() >= ALL_AT_ONCE:
            return False
        if _is_this_machine(client):  # a web server in front: it limits its own clients
            return True
        if self.under_way[client] >= AT_ONCE:
            return False
        spent, then = self._spent.pop(client, (0.0, self._now()))
        spent = max(0.0, spent - (self._now() - then) * A_SECOND) + 1
        self._spent[client] = min(spent, BURST + 1), self._now()
        if len(self._spent) > CLIENTS:
            self._spent.popitem(last=False)
        return spent <= BURST


def _is_this_machine(client: str) -> bool:
    return bool(client) and ipaddress.ip_address(client.partition("/")[0]).is_loopback


def client_of(scope: Scope) -> str:
    """Who asks, for the limits: an address; of IPv6 the network, which one client has whole."""
    address: str = (scope.get("client") or ("",))[0]
    if ":" not in address:
        return address
    network = ipaddress.ip_network((address, 64), strict=False)
    return address if ipaddress.ip_address(address).is_loopback else str(network)


@dataclass
class Guests:
    """What guests are shown now, as an ASGI application."""

    limits: Limits
    shown: dict[str, File] = field(default_factory=dict)
    _making: Mapping[str, Making] = field(default_factory=dict)
    _decks: deque[dict[str, File]] = field(default_factory=lambda: deque(maxlen=OPEN_PAGES))

    def show(self, made: Mapping[str, File], making: Mapping[str, Making]) -> None:
        """Show this from now on."""
        self._decks.append({name: made[name] for name in made if name.startswith("deck/")})
        old = {name: file for decks in self._decks for name, file in decks.items()}
        self.shown, self._making = {**old, **made}, making

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await NOWHERE(scope, receive, send)
            return
        client = client_of(scope)
        if not self.limits.takes(client):
            await Response(status_code=429, headers={"Retry-After": "5"})(scope, receive, send)
            return
        self.limits.under_way[client] += 1
        try:
            answer = await self._answer(scope)
            await answer(scope, receive, send)
        finally:
            self.limits.under_way[client] -= 1
            self.limits.under_way += Counter()  # without those who are gone

    async def _answer(self, scope: Scope) -> Response:
        if scope["method"] not in ("GET", "HEAD"):
            return Response(status_code=405, headers=HEADERS | {"Allow": "GET, HEAD"})
        path = scope["path"].removeprefix("/") or "index.html"
        file = self.shown.get(path) or await self._made(path)
        if file is None:
            return Response(b"Not here.\n", 404, HEADERS, "text/plain")
        return file.answer(Headers(scope=scope), with_body=scope["method"] == "GET")

    async def _made(self, path: str) -> File | None:
        """A page that nobody has asked for yet."""
        make, shown = self._making.get(path), self.shown
        if make is None:
            return None
        file = await trio.to_thread.run_sync(lambda: File.of(path, make()))
        shown[path] = file
        return file


class GuestsServer:
    """The site of a running node, served from memory."""

    def __init__(self, service: Service) -> None:
        base = service.home.config.site_base
        own = None if base else True  # without another address, this one is the site's alone
        self.app = Guests(Limits(trio.current_time))
        self.site = Renewed(service, SiteForm(own_origin=own), self._show)

    async def start(self, nursery: trio.Nursery, bind: str) -> str:
        """Serve it here until cancelled; the address. Raises LocalError."""
        await self.site.renew()
        app: ASGIApp = self.app
        address: str = await nursery.start(
            serve, app, bind, "--guests HOST:PORT", set(), _nothing, 0.0
        )
        return address

    async def keep_new(self) -> None:
        """Look each minute what has changed, until cancelled. Raises LocalError."""
        await self.site.keep_new(RENEWED)

    async def _show(self, content: Json) -> None:
        self.app.show(*await trio.to_thread.run_sync(made_of, content))


def _nothing() -> None:
    """No answer here lasts."""


def made_of(content: Json) -> tuple[dict[str, File], dict[str, Making]]:
    """What `Guests.show` takes of a site that says this."""
    made, making = parts_of(content)
    return {name: File.of(name, data) for name, data in made.items()}, making

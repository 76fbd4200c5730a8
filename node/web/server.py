"""The page served: on this machine, and, on purpose, on the local network for the owner's phone."""

import ipaddress
import socket
from functools import partial
from hashlib import blake2b
from typing import Any

import trio
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Scope

from potluck.node.home.loopback import check_loopback
from potluck.node.operations.service import Service
from potluck.node.web.api import mount as api
from potluck.protocol.errors import LocalError

from .app import owners_app, phones_app
from .http.guard import Doors, Guard, as_json
from .http.listening import serve
from .http.server_sent_events import News
from .http.sessions import Sessions
from .pages.enter import STRANGER
from .pages.view import Site, View

FEED = "/plan.ics"
"""Read by calendar programs, which have no cookie: the address holds a key of its own."""

GRACE = 2.0
"""Seconds for answers under way to end when the node stops."""

_ELSEWHERE = ("192.0.2.1", 9)  # TEST-NET-1 (RFC 5737): no packet is sent to it


class Server:
    """The pages of a running node. `address` is where they are; `open` lets a phone in."""

    def __init__(self, service: Service, nursery: trio.Nursery) -> None:
        name = blake2b(
            service.home.transport_seed, digest_size=6, person=b"potluck.cookie"
        ).hexdigest()
        self.site = Site(
            service,
            Sessions(service.store.choices, service.clock.real),
            f"potluck-{name}",
            self,
            News(service),
        )
        self.page = ""
        self.address: str | None = None
        self._nursery = nursery
        self._closing = trio.CancelScope()
        self._closed = trio.Event()

    async def start(self, bind: str) -> None:
        """Serve the pages here until cancelled. Raises LocalError, also for an address that others
        reach."""
        check_loopback(bind)
        hosts: set[str] = set()
        service, news = self.site.service, self.site.news
        pages = owners_app(self.site, [api.mount(service, news)])
        app = _guarded(pages, self.site, hosts, service.home.api_token.hex(), phone=False)
        self.page = await self._nursery.start(
            serve, app, bind, "--web HOST:PORT (or --no-web)", hosts, news.close, GRACE
        )

    def link(self) -> str:
        """A link that lets one browser in, once."""
        return f"{self.page}/enter?code={self.site.sessions.new_code()}"

    async def open(self) -> str:
        """Serve what a phone may do on the local network; a link that lets one phone in, once."""
        if self.address is None:
            self._closing, self._closed = trio.CancelScope(), trio.Event()
            hosts: set[str] = set()
            app = _guarded(phones_app(self.site), self.site, hosts, None, phone=True)
            self.address = await self._nursery.start(self._until_closed, app, hosts)
        self.site.phone_link = (
            f"{self.address}/enter?code={self.site.sessions.new_code(phone=True)}"
        )
        return self.site.phone_link

    async def close(self) -> None:
        """Serve nothing on the local network any more, from when this returns."""
        if self.address is None:
            return
        self.address, self.site.phone_link = None, ""
        await self.site.sessions.drop_phones()
        self._closing.cancel()
        await self._closed.wait()

    async def _until_closed(
        self,
        app: ASGIApp,
        hosts: set[str],
        task_status: trio.TaskStatus[str] = trio.TASK_STATUS_IGNORED,
    ) -> None:
        try:
            with self._closing:
                await serve(
                    app,
                    f"{own_address()}:0",
                    "--web HOST:PORT",
                    hosts,
                    self.site.news.recheck,
                    0.0,
                    task_status,
                )
        finally:
            self._closed.set()


def own_address() -> str:
    """This machine's address in the local network. Raises LocalError if it is in none, or on the
    internet."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
            found: str = probe.getsockname()[0]
        except OSError:
            raise LocalError(
                "this machine is in no network; connect it to the one that your phone is in"
            ) from None
    check_local(found)
    return found


def check_local(address: str) -> None:
    """Raises LocalError for an address on the internet, where a door would be open to everybody."""
    if ipaddress.ip_address(address).is_global:
        raise LocalError(
            "this machine is on the open internet, at {address}; a door would not be to a "
            "local network",
            address=address,
        )


def _guarded(
    app: ASGIApp, site: Site, hosts: set[str], token: str | None, *, phone: bool
) -> ASGIApp:
    doors = Doors(hosts, token, site.cookie, partial(site.sessions.find, phone=phone), _is_public)
    return Guard(app, doors, partial(_unwelcome, app))


def _is_public(path: str) -> bool:
    return path in ("/enter", FEED) or path.startswith("/static/")


def _unwelcome(app: Any, scope: Scope, status: int, words: str) -> Response:
    """A refusal: as JSON for programs, as a page for people."""
    if scope["path"].startswith("/api/"):
        return as_json(scope, status, words)
    view = View(Request({**scope, "app": app}))
    title = {
        401: view.gettext("This node does not know your browser"),
        403: view.gettext("Not from here"),
        421: view.gettext("Not this door"),
    }
    text = view.gettext(STRANGER) if status == 401 else view.translate(words)
    return view.message(status, title[status], text)

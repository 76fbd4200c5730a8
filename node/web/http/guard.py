"""Who may talk to the page: pure ASGI in front of everything else.

A page on the same machine is not protected by being local. Any web page in the same browser can
send requests to 127.0.0.1, any name can be made to resolve to it (DNS rebinding), and cookies do
not know ports. So, for HTTP and WebSocket alike:

- the Host header must be exactly one of ours, with the port: 421 otherwise;
- who asks must hold the API token (Authorization: Bearer) or a session cookie: 401 otherwise;
- with a cookie, whatever changes something, and whatever is not a person opening a page, must
  come from our own pages, by Sec-Fetch-Site and Origin: 403 otherwise.

(The second and third are what Syncthing's and Datasette's maintainers arrived at, too:
simonw/datasette#2689.)
"""

import hmac
from collections.abc import Callable, Collection, MutableMapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from potluck.protocol.message import Message

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OURS = frozenset({"same-origin", "none"})
"""
Sec-Fetch-Site of requests from our own pages, and of an address that a person typed or opened.
"""

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src "
    "'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # Not no-referrer: with that, browsers send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

Unwelcome = Callable[[Scope, int, str], Response]


@dataclass(frozen=True)
class Doors:
    """What lets a request in.

    hosts: the exact Host headers that are ours; token: what follows "Bearer ", None if no token
    opens this door; cookie: the session cookie's name, which carries the node's id since cookies
    ignore ports; session: looks up a cookie's value, None when there is no such session; public:
    paths that need neither.
    """

    hosts: Collection[str]
    token: str | None
    cookie: str
    session: Callable[[str], Any | None]
    public: Callable[[str], bool]


class Guard:
    """Lets in what `doors` allow; `unwelcome` words every refusal.

    It sets scope["session"], and scope["admitted"]: whether who asked may still be here, for
    answers that take long.
    """

    def __init__(self, app: ASGIApp, doors: Doors, unwelcome: Unwelcome) -> None:
        self._app = app
        self._doors = doors
        self._unwelcome = unwelcome

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the lifespan, which passes."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope, Headers(scope=scope))
        if refusal is None:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._unwelcome(scope, *refusal)(scope, receive, _with_headers(send))

    def _refusal(self, scope: MutableMapping[str, Any], headers: Headers) -> tuple[int, str] | None:
        doors = self._doors
        if headers.get("host") not in doors.hosts:
            return 421, Message("This address does not belong to this node.")
        if self._bears_token(headers):
            scope["session"], scope["admitted"] = "token", lambda: True
            return None
        # Other servers on this machine may set cookies of this name, since cookies ignore ports.
        held = [
            cookie
            for cookie in _cookies(headers, doors.cookie)
            if doors.session(cookie) is not None
        ]
        scope["session"] = doors.session(held[0]) if held else None
        scope["admitted"] = lambda: any(doors.session(cookie) is not None for cookie in held)
        if _must_be_ours(scope, headers) and not self._is_ours(headers):
            return 403, Message("This request came from another site.")
        if scope["session"] is None and not doors.public(scope["path"]):
            return 401, Message("Open the page with a fresh link: run `potluck open`.")
        return None

    def _bears_token(self, headers: Headers) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if self._doors.token is None or scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(given.encode(), self._doors.token.encode())

    def _is_ours(self, headers: Headers) -> bool:
        """
        By Origin where there is one, by Sec-Fetch-Site where the browser says it; one at least.
        """
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if origin is not None and origin not in {f"http://{host}" for host in self._doors.hosts}:
            return False
        if site is not None:
            return site in OURS
        return origin is not None


def _must_be_ours(scope: MutableMapping[str, Any], headers: Headers) -> bool:
    """All but a person's opening a page: methods that change, sockets, and reads by other pages."""
    if scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS:
        return True
    site, mode = headers.get("sec-fetch-site"), headers.get("sec-fetch-mode")
    opened = mode == "navigate" and headers.get("sec-fetch-dest", "document") == "document"
    return site is not None and site not in OURS and not opened


def _cookies(headers: Headers, name: str) -> list[str]:
    """
    All values of this name. http.cookies gives up on every cookie where another program's is
    malformed.
    """
    pairs = (pair.partition("=") for line in headers.getlist("cookie") for pair in line.split(";"))
    return [value.strip() for known, _, value in pairs if known.strip() == name]


def _with_headers(send: Send) -> Send:
    async def sending(message: Event) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending


def as_json(_scope: Scope, status: int, words: str) -> Response:
    """A refusal for programs."""
    return JSONResponse({"error": words}, status_code=status)

"""The bytes of a file, or behind an address, and never those of a private network.

Whoever can name an address, or answer for one with a redirect or a changing DNS record, must not
make a node read its own machine or its neighbours. So every name is resolved here, every address
checked, and the connection made to the very address that was checked.
"""

import base64
import gzip
import io
import os
import re
import stat
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import httpx
import trio

from potluck.node.home.files import reading
from potluck.node.ips import Scope, scope_of
from potluck.protocol.errors import LocalError, Refused
from potluck.protocol.message import Message

from .read import MAX_BYTES

IPAddress = IPv4Address | IPv6Address

MAX_REDIRECTS = 5
MAX_SECONDS = 60.0
GZIP = b"\x1f\x8b"
_PACKED_OTHERWISE = re.compile(r"\b(?:deflate|compress|br|zstd)\b", re.IGNORECASE)
_CONDITIONS = ("If-None-Match", "If-Modified-Since")


def is_public(address: IPAddress) -> bool:
    """Whether an address is one of the public Internet."""
    return scope_of(str(address)) is Scope.PUBLIC


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave: the calendar, its charset, and what to ask with next time."""

    content: bytes
    charset: str | None = None
    etag: str | None = None
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The calendar is as it was when its `etag` or `modified` was given."""


def read_file(path: Path) -> bytes:
    """What a plain file holds, up to MAX_BYTES. Raises LocalError, also for pipes and devices."""
    flags = os.O_RDONLY | os.O_NONBLOCK
    with reading(path), os.fdopen(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise LocalError("{path} is no plain file; save the calendar as one", path=path)
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise LocalError(
            "{path} is larger than {most} MB; export a shorter range of dates",
            path=path,
            most=MAX_BYTES >> 20,
        )
    return unzipped(content, str(path))


async def fetch(
    address: str,
    allowed: Callable[[IPAddress], bool] = is_public,
    etag: str | None = None,
    modified: str | None = None,
) -> Fetched | Unchanged:
    """What an http, https or webcal address gives, following up to five redirects.

    `etag` and `modified` are what it gave last time. Raises Refused for an address that is not
    `allowed`, LocalError for all that goes wrong; the messages name the host only, for a calendar's
    address may be a secret.
    """
    asked = dict(zip(_CONDITIONS, (etag, modified), strict=True))
    try:
        url = httpx.URL(_by_https(address.strip()))
        login = _login(url)
        with trio.fail_after(MAX_SECONDS):
            async with httpx.AsyncClient(trust_env=False, timeout=MAX_SECONDS) as client:
                for _ in range(MAX_REDIRECTS + 1):
                    headers = {name: value for name, value in {**asked, **login}.items() if value}
                    found = await _get(client, url, headers, allowed)
                    if not isinstance(found, httpx.URL):
                        return found
                    login = login if _same_server(url, found) else {}
                    url = found
    except (httpx.InvalidURL, UnicodeError):
        raise LocalError(
            "this is not an address; write it as https://example.org/calendar.ics"
        ) from None
    except (httpx.HTTPError, OSError) as error:
        raise LocalError(
            "{host} cannot be read: {reason}", host=url.host, reason=_reason(error)
        ) from None
    except trio.TooSlowError:
        raise LocalError(
            "{host} took longer than {seconds:.0f} seconds; try later",
            host=url.host,
            seconds=MAX_SECONDS,
        ) from None
    raise LocalError(
        "{host} only redirects; open the address in a browser to see where it leads", host=url.host
    )


def _by_https(address: str) -> str:
    """A webcal address as the https one that it stands for."""
    return re.sub(r"^webcals?:", "https:", address, flags=re.IGNORECASE)


def _login(url: httpx.URL) -> dict[str, str]:
    """The header that tells the name and password in an address."""
    if not url.userinfo:
        return {}
    credentials = f"{url.username}:{url.password}".encode()
    return {"Authorization": "Basic " + base64.b64encode(credentials).decode()}


def _same_server(one: httpx.URL, other: httpx.URL) -> bool:
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


def _reason(error: Exception) -> str:
    """Why it failed, in words also where the error has none."""
    if isinstance(error, httpx.ReadError | httpx.WriteError) and not str(error).strip():
        return Message("the connection broke off")
    return getattr(error, "strerror", None) or str(error).strip() or type(error).__name__


async def _get(
    client: httpx.AsyncClient,
    url: httpx.URL,
    headers: Mapping[str, str],
    allowed: Callable[[IPAddress], bool],
) -> Fetched | Unchanged | httpx.URL:
    """What is there, or where to go instead."""
    if url.scheme not in ("http", "https") or not url.host:
        raise LocalError("only http, https and webcal addresses can be read")
    there = await _resolved(url, allowed)
    request = client.build_request(
        "GET",
        url.copy_with(host=there, username=None, password=None),
        headers={
            "Host": url.netloc.decode("ascii"),
            "Accept": "text/calendar, text/html;q=0.5, */*;q=0.1",
            "Accept-Encoding": "gzip",
            "User-Agent": "potluck",
            **headers,
        },
        extensions={"sni_hostname": url.raw_host.decode("ascii")},
    )
    response = await client.send(request, stream=True)
    try:
        if response.status_code == httpx.codes.NOT_MODIFIED and any(map(headers.get, _CONDITIONS)):
            return Unchanged()
        if response.has_redirect_location:
            return _next(url, response.headers["Location"])
        if not response.is_success:
            raise _refusal(url, response)
        return Fetched(
            await _body(url, response),
            response.charset_encoding,
            _sent_back(response.headers.get("ETag")),
            _sent_back(response.headers.get("Last-Modified")),
        )
    finally:
        await response.aclose()


def _sent_back(value: str | None) -> str | None:
    """A header's value, if it may stand in a request."""
    return value if value and value.isascii() else None


def _refusal(url: httpx.URL, response: httpx.Response) -> LocalError:
    said = f"{response.status_code} {response.reason_phrase}".strip()
    if response.status_code == httpx.codes.UNAUTHORIZED:
        return LocalError(
            "{host} answered {said}; write the address as https://NAME:PASSWORD@{host}/…",
            host=url.host,
            said=said,
        )
    return LocalError("{host} answered {said}", host=url.host, said=said)


async def _resolved(url: httpx.URL, allowed: Callable[[IPAddress], bool]) -> str:
    """One address of the host; raises Refused unless all of them are allowed."""
    port = url.port or (443 if url.scheme == "https" else 80)
    found = await trio.socket.getaddrinfo(url.host, port, type=trio.socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not all(allowed(ip_address(each)) for each in addresses):
        raise Refused(
            "{host} is in a private network; save the calendar as a file and import that",
            host=url.host,
        )
    return addresses[0]


def _next(url: httpx.URL, location: str) -> httpx.URL:
    there = url.join(_by_https(location))
    if url.scheme == "https" and there.scheme != "https":
        raise Refused("{host} redirects to an address that is not encrypted", host=url.host)
    return there


async def _body(url: httpx.URL, response: httpx.Response) -> bytes:
    """The bytes as the server meant them, no more than MAX_BYTES before and after unzipping."""
    encoding = response.headers.get("Content-Encoding", "").strip()
    if _PACKED_OTHERWISE.search(encoding):
        raise LocalError(
            "{host} sends a calendar packed as {encoding!r}, which was not asked for",
            host=url.host,
            encoding=encoding,
        )
    body = bytearray()
    try:
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MAX_BYTES:
                # The next read fails: a loop left early would leak its generators.
                await response.aclose()
    except httpx.HTTPError:
        if len(body) <= MAX_BYTES:
            raise
    if len(body) > MAX_BYTES:
        raise LocalError("{host} sends more than {most} MB", host=url.host, most=MAX_BYTES >> 20)
    return await trio.to_thread.run_sync(unzipped, bytes(body), url.host)


def unzipped(content: bytes, where: str) -> bytes:
    """What the members of a gzip file hold, or the same if it is none. Raises LocalError."""
    if not content.startswith(GZIP):
        return content
    try:
        inside = gzip.GzipFile(fileobj=io.BytesIO(content)).read(MAX_BYTES + 1)
    except EOFError:
        raise LocalError(
            "what {where} gives is packed by gzip, and cut short", where=where
        ) from None
    except (OSError, zlib.error):
        raise LocalError("what {where} gives is packed by gzip, and damaged", where=where) from None
    if len(inside) > MAX_BYTES:
        raise LocalError(
            "{where} unpacks to more than {most} MB", where=where, most=MAX_BYTES >> 20
        )
    return inside

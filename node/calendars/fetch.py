"""The bytes behind an address that a person gave, and never those of a private network.

Whoever can name an address, or answer for one with a redirect or a changing DNS record, must not
make a node read its own machine or its neighbours. So every name is resolved here, every address
checked, and the connection made to the very address that was checked.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx
import trio

from potluck.protocol.errors import LocalError, Refused

from .read import MAX_BYTES

IPAddress = IPv4Address | IPv6Address

MAX_REDIRECTS = 5
MAX_SECONDS = 60.0
_TRANSLATED = IPv6Network("64:ff9b::/96")  # NAT64: an IPv4 address within (RFC 6052)


def is_public(address: IPAddress) -> bool:
    """Whether an address is one of the public Internet."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address.sixtofour or address.teredo or address in _TRANSLATED:
            return False
    return address.is_global and not address.is_multicast


async def fetch(address: str, allowed: Callable[[IPAddress], bool] = is_public) -> bytes:
    """What an http, https or webcal address gives, following up to five redirects.

    Raises Refused for an address that is not `allowed`, LocalError for all that goes wrong; the
    messages name the host only, for a calendar's address may be a secret.
    """
    if address.startswith("webcal://"):
        address = "https" + address.removeprefix("webcal")
    try:
        url = httpx.URL(address)
        with trio.fail_after(MAX_SECONDS):
            async with httpx.AsyncClient(trust_env=False, timeout=MAX_SECONDS) as client:
                for _ in range(MAX_REDIRECTS + 1):
                    found = await _get(client, url, allowed)
                    if isinstance(found, bytes):
                        return found
                    url = found
    except (httpx.InvalidURL, UnicodeError):
        raise LocalError(
            "this is not an address; write it as https://example.org/calendar.ics"
        ) from None
    except (httpx.HTTPError, OSError) as error:
        raise LocalError(
            "{host} cannot be read: {name}", host=url.host, name=error or type(error).__name__
        ) from None
    except trio.TooSlowError:
        raise LocalError(
            f"{url.host} took longer than {MAX_SECONDS:.0f} seconds; try later"
        ) from None
    raise LocalError(
        f"{url.host} only redirects; open the address in a browser to see where it leads"
    )


async def _get(
    client: httpx.AsyncClient, url: httpx.URL, allowed: Callable[[IPAddress], bool]
) -> bytes | httpx.URL:
    """The body, or where to go instead."""
    if url.scheme not in ("http", "https") or not url.host:
        raise LocalError("only http and https addresses can be read")
    there = await _resolved(url, allowed)
    request = client.build_request(
        "GET",
        url.copy_with(host=there, username=None, password=None),
        headers={
            "Host": url.netloc.decode("ascii"),
            "Accept-Encoding": "identity",
            "User-Agent": "potluck",
        },
        extensions={"sni_hostname": url.raw_host.decode("ascii")},
    )
    response = await client.send(request, stream=True)
    try:
        if response.is_redirect:
            return _next(url, response.headers.get("Location", ""))
        if not response.is_success:
            raise LocalError(
                "{host} answered {status_code} {reason_phrase}",
                host=url.host,
                status_code=response.status_code,
                reason_phrase=response.reason_phrase,
            )
        return await _body(url, response)
    finally:
        await response.aclose()


async def _resolved(url: httpx.URL, allowed: Callable[[IPAddress], bool]) -> str:
    """One address of the host; raises Refused unless all of them are allowed."""
    port = url.port or (443 if url.scheme == "https" else 80)
    found = await trio.socket.getaddrinfo(url.host, port, type=trio.socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not all(allowed(ip_address(each.partition("%")[0])) for each in addresses):
        raise Refused(
            f"{url.host} is in a private network; save the calendar as a file and import that"
        )
    return addresses[0]


def _next(url: httpx.URL, location: str) -> httpx.URL:
    there = url.join(location)
    if url.scheme == "https" and there.scheme != "https":
        raise Refused("{host} redirects to an address that is not encrypted", host=url.host)
    return there


async def _body(url: httpx.URL, response: httpx.Response) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise LocalError(
            "{host} sends a compressed calendar although it was asked not to", host=url.host
        )
    body = bytearray()
    try:
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MAX_BYTES:
                await (
                    response.aclose()
                )  # and the next read fails: a loop left early would leak its generators
    except httpx.HTTPError:
        if len(body) <= MAX_BYTES:
            raise
    if len(body) > MAX_BYTES:
        raise LocalError(
            "{host} sends more than {MAX_BYTES_20} MB", host=url.host, MAX_BYTES_20=MAX_BYTES >> 20
        )
    return bytes(body)

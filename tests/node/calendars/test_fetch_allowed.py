"""No address of a private network is read, however it is named or led to."""

from __future__ import annotations

from ipaddress import ip_address

import httpx
import pytest
import trio

from potluck.node.calendars import fetch as fetching
from potluck.node.calendars.fetch import IPAddress, fetch, is_public
from potluck.protocol.errors import Refused
from tests.node.serving import CALENDAR, answer, anywhere, content, redirect, serving


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "2130706433",
        "169.254.169.254",
        "10.1.2.3",
    ],
)
async def test_private_addresses_are_refused_before_any_connection(host: str) -> None:
    with pytest.raises(Refused, match="private network"):
        await fetch(f"http://{host}:9/feed.ics")


async def test_a_redirect_to_a_private_address_is_refused() -> None:
    def only_the_server(address: IPAddress) -> bool:
        return address == ip_address("127.0.0.1")

    async with serving(lambda _: redirect("http://127.0.0.2:9/secret")) as (address, _):
        with pytest.raises(Refused, match=r"127\.0\.0\.2 is in a private network"):
            await fetch(address, only_the_server)


async def test_a_name_of_which_one_address_is_private_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        assert (host, port) == ("calendar.example", 443)
        return [(0, 0, 0, "", (address, port)) for address in ("93.184.215.14", "192.168.0.1")]

    monkeypatch.setattr(trio.socket, "getaddrinfo", resolve)
    with pytest.raises(Refused, match=r"calendar\.example is in a private network"):
        await fetch("webcal://calendar.example/feed.ics")


async def test_the_connection_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = ["127.0.0.1", "192.168.0.1"]

    async def rebinding(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        assert host == "rebinding.example"
        return [(0, 0, 0, "", (answers.pop(0), port))]

    async with serving(lambda _: answer()) as (address, asked):
        monkeypatch.setattr(trio.socket, "getaddrinfo", rebinding)
        url = address.replace("127.0.0.1", "rebinding.example")
        assert await content(url, anywhere) == CALENDAR

    assert "host: rebinding.example" in asked[0].lower()
    assert answers == ["192.168.0.1"]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("0.0.0.0", False),
        ("::", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff0e::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::808:808", True),
        ("64:ff9b:1::1", False),
        ("2002:a00:1::1", False),
        ("2001:0:7f00:1::1", False),
        ("::7f00:1", False),
        ("::ffff:0:7f00:1", False),
        ("fec0::1", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:  # noqa: FBT001
    assert is_public(ip_address(address)) is public


async def test_an_encrypted_address_may_not_redirect_to_a_plain_one() -> None:
    with pytest.raises(Refused, match="not encrypted"):
        fetching._next(httpx.URL("https://a.example/"), "http://a.example/feed.ics")

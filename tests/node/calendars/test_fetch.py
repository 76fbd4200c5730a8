"""Calendars behind addresses: what is followed, what is refused, what is said of it."""

from __future__ import annotations

import base64
import contextlib
import gzip
import os
import tracemalloc
from pathlib import Path

import httpx
import pytest
import trio

from potluck.node.calendars import fetch as fetching
from potluck.node.calendars.addresses import is_address, named, shown
from potluck.node.calendars.fetch import Fetched, Unchanged, fetch, read_file, unzipped
from potluck.protocol.errors import LocalError
from tests.node.serving import CALENDAR, SECRET, answer, anywhere, content, redirect, serving


async def test_a_calendar_is_fetched_without_telling_more_than_needed() -> None:
    async with serving(lambda _: answer()) as (address, asked):
        assert await content(f"{address}/feed.ics{SECRET}", anywhere) == CALENDAR

    assert asked[0].startswith(f"GET /feed.ics{SECRET} HTTP/1.1\r\n")
    assert "cookie" not in asked[0].lower()
    assert "user-agent: potluck\r\n" in asked[0].lower()


async def test_the_server_hears_the_name_and_not_the_number_that_it_resolved_to() -> None:
    async with serving(lambda _: answer()) as (address, asked):
        port = address.rpartition(":")[2]
        assert await content(f"http://localhost:{port}/", anywhere) == CALENDAR

    assert f"host: localhost:{port}\r\n" in asked[0].lower()


async def test_redirects_are_followed_five_times() -> None:
    def reply(path: str) -> bytes:
        left = int(path.removeprefix("/"))
        return redirect(f"/{left - 1}") if left else answer()

    async with serving(reply) as (address, _):
        assert await content(f"{address}/5", anywhere) == CALENDAR
        with pytest.raises(LocalError, match=r"127\.0\.0\.1 only redirects"):
            await fetch(f"{address}/6", anywhere)


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (answer(b"", "404 Not Found"), "answered 404 Not Found"),
        (redirect("ftp://127.0.0.1/x"), "only http, https and webcal"),
        (redirect(""), "only redirects"),
        (answer(b"", "304 Not Modified"), "answered 304 Not Modified"),
        (answer(CALENDAR, "200 OK", "Content-Encoding: br"), "packed as 'br'"),
        (answer(gzip.compress(CALENDAR, mtime=0)[:-9]), "cut short"),
        (answer(gzip.compress(CALENDAR, mtime=0)[:9] + b"x" * 50), "damaged"),
        (answer(b"", "401 Unauthorized"), "NAME:PASSWORD@"),
        (b"SSH-2.0-OpenSSH\r\n", "cannot be read"),
        (b"", "cannot be read"),
        (answer().replace(b"Length: ", b"Length: 9"), "cannot be read"),
    ],
)
async def test_what_goes_wrong_is_said_without_the_secret_in_the_address(
    reply: bytes, message: str
) -> None:
    async with serving(lambda _: reply) as (address, _):
        with pytest.raises(LocalError, match=message) as raised:
            await fetch(f"{address}/{SECRET}", anywhere)

    assert "sesame" not in str(raised.value)


async def test_reading_stops_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MAX_BYTES", 1 << 20)
    async with serving(lambda _: answer(b"x" * (8 << 20))) as (address, _):
        with pytest.raises(LocalError, match="sends more than 1 MB"):
            await fetch(address, anywhere)


async def test_a_calendar_without_end_is_read_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MAX_BYTES", 1 << 20)
    sent = 0

    async def send_on(stream: trio.SocketStream) -> None:
        nonlocal sent
        await stream.receive_some()
        with contextlib.suppress(trio.BrokenResourceError):
            await stream.send_all(b"HTTP/1.1 200 OK\r\n\r\n")
            while sent < 64 << 20:
                await stream.send_all(bytes(1 << 16))
                sent += 1 << 16
        await stream.aclose()

    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(trio.serve_tcp, send_on, 0)
        port = listeners[0].socket.getsockname()[1]
        with pytest.raises(LocalError, match="sends more than 1 MB"):
            await fetch(f"http://127.0.0.1:{port}/", anywhere)
        nursery.cancel_scope.cancel()
    assert sent < 32 << 20


async def test_waiting_has_an_end(autojump_clock: trio.testing.MockClock) -> None:
    async def silent(stream: trio.SocketStream) -> None:
        await trio.sleep(1000)
        await stream.aclose()

    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(trio.serve_tcp, silent, 0)
        port = listeners[0].socket.getsockname()[1]
        with pytest.raises(LocalError, match="longer than 60 seconds"):
            await fetch(f"http://127.0.0.1:{port}/", anywhere)
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    "address", ["ftp://example.org/x", "http://", "nonsense", "http://[bad", "https://exa mple/"]
)
async def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(LocalError):
        await fetch(address)


async def test_a_redirect_to_webcal_is_followed_as_https() -> None:
    async with serving(lambda _: redirect("webcal://127.0.0.1:1/x")) as (address, _):
        with pytest.raises(LocalError, match="attempts to connect"):
            await fetch(address, anywhere)


async def test_an_address_without_a_host_is_looked_up_nowhere() -> None:
    with pytest.raises(LocalError, match="only http, https and webcal"):
        await fetch("http://")


async def test_no_proxy_of_the_environment_hears_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with serving(lambda _: answer()) as (address, _):
        assert await content(address, anywhere) == CALENDAR


async def test_a_certificate_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[httpx.Request] = []

    async def resolve(_host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", ("93.184.215.14", port))]

    async def note(_: object, request: httpx.Request, **__: object) -> httpx.Response:
        sent.append(request)
        raise httpx.ReadError("")

    monkeypatch.setattr(trio.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(httpx.AsyncClient, "send", note)
    with pytest.raises(LocalError):
        await fetch("https://calendar.example/")
    assert sent[0].url.host == "93.184.215.14"
    assert sent[0].extensions["sni_hostname"] == "calendar.example"


@pytest.mark.parametrize("mistaken", ["UTF-8", "none", "binary", "identity, 8bit"])
async def test_what_is_named_in_place_of_an_encoding_is_none(mistaken: str) -> None:
    named = answer(CALENDAR, "200 OK", f"Content-Encoding: {mistaken}")
    async with serving(lambda _: named) as (address, _):
        assert await content(address, anywhere) == CALENDAR


@pytest.mark.parametrize("header", ["Content-Encoding: gzip", "Content-Type: application/gzip"])
async def test_a_packed_calendar_is_unpacked(header: str) -> None:
    async with serving(lambda _: answer(gzip.compress(CALENDAR, mtime=0), "200 OK", header)) as (
        address,
        _,
    ):
        assert await content(address, anywhere) == CALENDAR


def test_all_members_of_a_packed_calendar_are_read() -> None:
    parts = [CALENDAR[:20], b"", CALENDAR[20:]]

    assert unzipped(b"".join(gzip.compress(each, mtime=0) for each in parts), "x") == CALENDAR


async def test_what_unpacks_to_too_much_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MAX_BYTES", 1 << 20)
    async with serving(lambda _: answer(gzip.compress(b"x" * (8 << 20)))) as (address, _):
        with pytest.raises(LocalError, match="unpacks to more than 1 MB"):
            await fetch(address, anywhere)


async def test_a_name_and_password_go_to_their_server_only() -> None:
    async with serving(lambda _: answer()) as (other, elsewhere):

        def reply(path: str) -> bytes:
            return redirect("/here") if path == "/" else redirect(f"{other}/there")

        async with serving(reply) as (address, asked):
            await fetch(address.replace("//", "//joe:pa%20ss@"), anywhere)

    expected = "authorization: basic " + base64.b64encode(b"joe:pa ss").decode().lower()
    assert [expected in each.lower() for each in asked] == [True, True]
    assert "authorization" not in elsewhere[0].lower()
    assert all("joe" not in each.partition("\r\n")[0] for each in asked)


@pytest.mark.parametrize(
    "other", ["https://a.example/x", "http://b.example/x", "http://a.example:81/x"]
)
def test_another_scheme_host_or_port_is_another_server(other: str) -> None:
    one = httpx.URL("http://a.example/")
    assert fetching._same_server(one, httpx.URL("http://a.example/x"))
    assert not fetching._same_server(one, httpx.URL(other))


async def test_a_name_and_password_are_in_no_message_and_no_shown_address() -> None:
    async with serving(lambda _: answer(b"", "401 Unauthorized")) as (address, _):
        with pytest.raises(LocalError) as raised:
            await fetch(address.replace("//", "//joe:sesame@"), anywhere)

    assert "sesame" not in str(raised.value)
    assert shown("https://joe:sesame@a.example/x?y=@z") == "https://a.example/x?y=@z"
    assert named("https://joe:sesame@a.example/secret") == "a.example"
    assert named("/home/joe/x.ics") == "/home/joe/x.ics"


async def test_what_has_not_changed_is_not_sent_again() -> None:
    def reply(_path: str) -> bytes:
        if "if-none-match" in asked[-1].lower():
            return answer(b"", "304 Not Modified")
        return answer(
            CALENDAR, "200 OK", 'ETag: "7"', "Last-Modified: Mon, 02 Nov 2026 10:00:00 GMT"
        )

    async with serving(reply) as (address, asked):
        found = await fetch(address, anywhere)
        assert isinstance(found, Fetched)
        assert found.etag == '"7"'
        again = await fetch(address, anywhere, found.etag, found.modified)

    assert isinstance(again, Unchanged)
    assert "if-modified-since: mon, 02 nov 2026 10:00:00 gmt" in asked[1].lower()


async def test_a_tag_that_cannot_be_sent_back_is_not_kept() -> None:
    async with serving(lambda _: answer(CALENDAR, "200 OK", 'ETag: "ä"')) as (address, _):
        found = await fetch(address, anywhere)

    assert isinstance(found, Fetched)
    assert found.etag is None


async def test_the_charset_of_the_server_comes_with_the_bytes() -> None:
    typed = answer(CALENDAR, "200 OK", "Content-Type: text/calendar; charset=ISO-8859-1")
    async with serving(lambda _: typed) as (address, _):
        found = await fetch(address.replace("http:", "HTTP:"), anywhere)

    assert isinstance(found, Fetched)
    assert found.charset == "iso-8859-1"


@pytest.mark.parametrize("reply", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nBEG"])
async def test_a_reason_is_always_named(reply: bytes) -> None:
    async with serving(lambda _: reply) as (address, _):
        with pytest.raises(LocalError, match=r"cannot be read: \w+") as raised:
            await fetch(address, anywhere)

    assert not str(raised.value).rstrip().endswith(":")


async def test_a_server_that_closes_at_once_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> httpx.Response:
        raise httpx.ReadError("")

    monkeypatch.setattr(httpx.AsyncClient, "send", broken)
    with pytest.raises(LocalError, match="cannot be read: the connection broke off"):
        await fetch("http://127.0.0.1:9/", anywhere)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("WebCal://a.example/x", True),
        ("HTTPS://a.example", True),
        ("/a/http.ics", False),
        ("x.ics", False),
        ("file:///a/x.ics", True),
    ],
)
def test_addresses_are_told_from_paths(text: str, is_one: bool) -> None:  # noqa: FBT001
    assert is_address(text) is is_one


def test_only_plain_files_are_read_and_packed_ones_unpacked(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "x.ics.gz").write_bytes(gzip.compress(CALENDAR, mtime=0))

    for name in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(LocalError, match=r"no plain file|Is a directory"):
            read_file(name)
    assert read_file(tmp_path / "x.ics.gz") == CALENDAR
    with pytest.raises(LocalError, match="No such file"):
        read_file(tmp_path / "nothing")


def test_a_file_is_read_and_unpacked_as_far_as_it_may_be_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MAX_BYTES", 1 << 20)
    file = tmp_path / "long.ics"
    file.touch()
    os.truncate(file, 64 << 20)
    bomb = gzip.compress(bytes(32 << 20), 1)
    tracemalloc.start()
    try:
        with pytest.raises(LocalError, match="larger than 1 MB"):
            read_file(file)
        with pytest.raises(LocalError, match="unpacks to more than 1 MB"):
            unzipped(bomb, "x")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 8 << 20

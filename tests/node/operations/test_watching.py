"""Calendars that are watched: a feed's whole life, and what one feed may cost the others."""

from __future__ import annotations

import gzip
import json
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
import trio

from potluck.node.calendars.fetch import Fetched, fetch
from potluck.node.operations.announce import list_events
from potluck.node.operations.forms import ImportForm
from potluck.node.operations.health.doctor import doctor
from potluck.node.operations.health.status import status
from potluck.node.operations.service import Service
from potluck.node.operations.sharing import imports
from potluck.node.operations.sharing.watched import unwatch, watched
from potluck.node.operations.sharing.watching import import_due, look_now
from potluck.node.store.feeds import FeedState
from potluck.protocol.errors import LocalError, NotFound
from tests.node.at_home import at_home, clock_of
from tests.node.importing import calendar, event

HOUR = 3600
WATCH = ImportForm(near="Berlin", watch="1h", prune=True)


class Server:
    """A web server of one calendar: `answer` makes the reply to the head of a request."""

    def __init__(self) -> None:
        self.answer: Callable[[str], bytes] = lambda _: b""
        self.asked: list[str] = []

    async def serve(self, stream: trio.SocketStream) -> None:
        self.asked.append(bytes(await stream.receive_some(65536)).decode())
        reply = self.answer(self.asked[-1])
        if reply:
            await stream.send_all(reply)
        await stream.aclose()


def reply(body: bytes = b"", status: str = "200 OK", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


@asynccontextmanager
async def serving(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Server, str]]:
    """The server and the address of its calendar, with a name and a password in it."""
    server = Server()
    monkeypatch.setattr(imports, "fetch", partial(fetch, allowed=lambda _: True))
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(trio.serve_tcp, server.serve, 0)
        port = listeners[0].socket.getsockname()[1]
        yield server, f"http://joe:sesame@127.0.0.1:{port}/x.ics"
        nursery.cancel_scope.cancel()


async def look_later(service: Service, seconds: int = HOUR) -> None:
    clock_of(service).seconds += seconds
    await import_due(service)


async def standing(service: Service) -> dict[str | None, str]:
    return {each["title"]: each["status"] for each in await list_events.list_events(service)}


async def test_the_whole_life_of_a_feed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    both = {"Soup 1": "scheduled", "Soup 2": "scheduled"}
    async with serving(monkeypatch) as (server, address), at_home(tmp_path) as service:
        began = service.clock.real()
        server.answer = lambda _: reply(calendar(event(1), event(2)), "200 OK", 'ETag: "1"')
        await imports.import_calendar(service, address, WATCH)
        assert await standing(service) == both

        server.answer = lambda head: reply(b"", "304 Not Modified") if '"1"' in head else b""
        await look_later(service)
        (feed,) = await watched(service)
        assert feed["failure"] is None
        assert service.store.feeds.get(address).read_at == began + HOUR

        server.answer = lambda _: reply(b"", "404 Not Found")
        await look_later(service)
        await look_later(service, HOUR - 1)
        assert len(server.asked) == 3
        await look_later(service, 1)
        state = service.store.feeds.get(address)
        assert state.failing_since == began + 2 * HOUR
        assert state.failure is not None
        assert "404 Not Found" in state.failure
        findings = (await doctor(service))["findings"]
        (bad,) = [each for each in findings if each["name"] == "calendars"]
        assert (bad["level"], "60 minutes ago" in bad["says"]) == ("bad", True)
        (told,) = (await status(service))["calendars"]
        assert told["failing_since"] is not None

        for broken in (b"<html>Gone fishing", b"", b"\0\1\2", b"BEGIN:VCALENDAR\r\nBEGIN:VEV"):
            server.answer = partial(lambda body, _: reply(body), broken)
            await look_later(service)
            assert await standing(service) == both
        half = calendar(event(1), event(2)).partition(b"UID:2@")[0]
        server.answer = lambda _: reply(half)
        await look_later(service)
        assert await standing(service) == both

        stew = gzip.compress(calendar(event(1, "Stew"), event(2)))
        server.answer = lambda _: reply(stew, "200 OK", "Content-Encoding: gzip")
        await look_later(service)
        assert await standing(service) == {"Stew 1": "scheduled", "Soup 2": "scheduled"}
        (feed,) = await watched(service)
        assert (feed["failing_since"], feed["failure"]) == (None, None)

        server.answer = lambda _: b""
        await look_later(service)
        (feed,) = await watched(service)
        assert re.search(r"cannot be read: \w", feed["failure"] or "")

        server.answer = lambda _: reply(calendar(event(2)))
        await look_later(service, 24 * HOUR)
        assert await standing(service) == {"Stew 1": "cancelled", "Soup 2": "scheduled"}

    assert all("authorization: basic" in head.lower() for head in server.asked)
    assert "sesame" not in caplog.text + json.dumps(feed) + json.dumps(told) + json.dumps(findings)
    assert [record.levelno for record in caplog.records].count(logging.WARNING) == 6


async def test_a_calendar_that_came_in_part_is_asked_for_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = calendar(event(1), event(2))
    async with serving(monkeypatch) as (server, address), at_home(tmp_path) as service:
        server.answer = lambda _: reply(whole.partition(b"UID:2@")[0], "200 OK", 'ETag: "1"')
        await imports.import_calendar(service, address, WATCH)
        assert await standing(service) == {"Soup 1": "scheduled"}

        server.answer = lambda head: (
            reply(b"", "304 Not Modified") if '"1"' in head else reply(whole)
        )
        await look_later(service)
        assert await standing(service) == {"Soup 1": "scheduled", "Soup 2": "scheduled"}


async def test_a_new_day_asks_for_everything_since_new_dates_are_in_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weekly = calendar(event(1, more="RRULE:FREQ=WEEKLY"))
    async with serving(monkeypatch) as (server, address), at_home(tmp_path) as service:
        server.answer = lambda head: (
            reply(b"", "304 Not Modified")
            if "if-none-match" in head.lower()
            else reply(weekly, "200 OK", 'ETag: "1"')
        )
        await imports.import_calendar(service, address, WATCH)
        before = len(await list_events.list_events(service))
        await look_later(service)
        assert len(await list_events.list_events(service)) == before
        await look_later(service, 7 * 24 * HOUR)

        assert len(await service.store.feeds.events(address)) == before + 1
    assert ["if-none-match" in head.lower() for head in server.asked] == [False, True, False]


async def test_one_slow_feed_delays_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: trio.testing.MockClock
) -> None:
    read: list[tuple[str, float]] = []

    async def slow(address: str, **_: object) -> Fetched:
        await trio.sleep(50 if "slow" in address else 0)
        read.append((address, trio.current_time()))
        return Fetched(calendar(event(1 if "slow" in address else 2)))

    monkeypatch.setattr(imports, "fetch", slow)
    async with at_home(tmp_path) as service:
        for name in ("slow", "quick"):
            state = FeedState(f"https://{name}.example/", every=HOUR, next=1)
            await service.store.feeds.put(state)
        began = trio.current_time()
        await import_due(service)

    assert [(name, round(at - began)) for name, at in read] == [
        ("https://quick.example/", 0),
        ("https://slow.example/", 50),
    ]


async def test_a_fault_of_ours_in_one_feed_is_its_failure_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def faulty(address: str, **_: object) -> Fetched:
        if "bad" in address:
            raise ZeroDivisionError
        return Fetched(calendar(event(1)))

    monkeypatch.setattr(imports, "fetch", faulty)
    async with at_home(tmp_path) as service:
        for name in ("bad", "good"):
            await service.store.feeds.put(FeedState(f"https://{name}.example/", every=HOUR, next=1))
        await import_due(service)
        bad, good = await watched(service)
        assert len(await list_events.list_events(service)) == 1

    assert ("ZeroDivisionError" in str(bad["failure"]), good["failure"]) == (True, None)
    assert "could not be imported" in caplog.text


@pytest.mark.parametrize(
    "answer", [Fetched(calendar(event(1))), LocalError("not today")], ids=["read", "not read"]
)
async def test_what_is_watched_no_more_while_it_is_looked_at_stays_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Fetched | LocalError
) -> None:
    address = "https://calendar.example/x.ics"

    async def fetch_(_address: str, **_: object) -> Fetched:
        await unwatch(service, address)
        if isinstance(answer, LocalError):
            raise answer
        return answer

    monkeypatch.setattr(imports, "fetch", fetch_)
    async with at_home(tmp_path) as service:
        await service.store.feeds.put(FeedState(address, every=HOUR, next=1))
        await import_due(service)

        assert await watched(service) == []


async def test_calendars_are_added_listed_looked_at_now_and_removed(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    file.write_bytes(calendar(event(1)))
    async with at_home(tmp_path / "home") as service:
        await imports.import_calendar(service, str(file), ImportForm(near="Berlin", watch="6h"))
        (feed,) = await watched(service)
        assert (feed["address"], feed["every"]) == (str(file), 6 * HOUR)

        file.write_bytes(calendar(event(1), event(2)))
        await import_due(service)
        assert len(await list_events.list_events(service)) == 1
        (looked,) = await look_now(service)
        assert dict(looked["result"])["imported"] == 1
        file.unlink()
        (looked,) = await look_now(service, str(file))
        assert "No such file" in looked["failure"]
        with pytest.raises(NotFound):
            await look_now(service, "https://other.example/")

        assert await unwatch(service, str(file)) == []
        with pytest.raises(NotFound):
            await unwatch(service, str(file))


async def test_a_feed_whose_form_is_of_another_version_holds_up_no_other(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    file.write_bytes(calendar(event(1)))
    async with at_home(tmp_path / "home") as service:
        await service.store.feeds.put(FeedState("/old", '{"nearby": "Berlin"}', HOUR, 1))
        await service.store.feeds.put(FeedState(str(file), '{"near": "Berlin"}', HOUR, 1))
        await import_due(service)

        assert len(await list_events.list_events(service)) == 1
        failed = {each["address"]: each["failure"] for each in await watched(service)}
    assert "is not known here" in str(failed["/old"])


async def test_an_own_import_says_when_it_was_seen_in_its_calendar(tmp_path: Path) -> None:
    file = tmp_path / "x.ics"
    file.write_bytes(calendar(event(1), event(2)))
    async with at_home(tmp_path / "home") as service:
        await imports.import_calendar(service, str(file), ImportForm(watch="1h"))
        file.write_bytes(calendar(event(1)))
        began = service.clock.real()
        await look_later(service)
        await look_later(service)
        slots = [int(each["slot"], 16) for each in await list_events.list_events(service)]

        assert [service.store.feeds.seen(slot) for slot in slots] == [
            began + 2 * HOUR,
            began + HOUR,
        ]
        first, _ = await list_events.list_events(service)
        assert (await list_events.show(service, first["id"]))["seen_at"]
        assert service.store.feeds.seen(12345) is None

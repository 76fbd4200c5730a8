"""
Server-sent events on a real port: what arrives is told, and nobody who listens holds up anything.
"""

from __future__ import annotations

import gc
import json
import re
from pathlib import Path
from typing import Any

import trio

from potluck.node.operations.announce import announce as events
from potluck.node.operations.forms import EventForm
from potluck.node.replication.intake import Origin
from potluck.node.web.http import server_sent_events as stream
from potluck.node.web.http.server_sent_events import Listener, News
from potluck.protocol.wire import SignedAnnouncement
from tests import builders
from tests.node.at_home import NETWORK, at_home
from tests.node.loopback import until

from .api_server import TOKEN, Api, running_api

DAY_OF_EVENTS = 2 * stream.QUEUE + 40
SOUP = EventForm(title="Soup", start="2026-12-01T19:00", near="Berlin")


def some(number: int) -> SignedAnnouncement:
    return builders.signed(builders.host(1), number, network=NETWORK)


async def heard(running: Api, happen: Any) -> list[tuple[str, Any]]:
    """What a listener is told first of what happens once it listens; nothing if the stream ends."""
    host, _, port = running.url.removeprefix("http://").partition(":")
    head = (
        f"GET /api/v1/arrivals HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer "
        f"{TOKEN}\r\n\r\n"
    )
    with trio.fail_after(10):
        async with await trio.open_tcp_stream(host, int(port)) as wire:
            await wire.send_all(head.encode())
            said = await _until(wire, b": listening\n\n")
            assert b"content-type: text/event-stream" in said.lower()
            await happen()
            told = (await _until(wire, b"\n\n", b"0\r\n\r\n")).decode()
    return [
        (name, json.loads(data)) for name, data in re.findall(r"event: (\w+)\ndata: (.*)\n\n", told)
    ]


async def _until(wire: trio.SocketStream, *marks: bytes) -> bytes:
    read = b""
    while not any(mark in read for mark in marks):
        chunk = await wire.receive_some()
        assert chunk, "the connection was closed"
        read += chunk
    return read


async def test_what_is_announced_here_is_told(tmp_path: Path) -> None:
    async with running_api(tmp_path) as running:
        ((name, event),) = await heard(running, lambda: events.announce(running.service, SOUP))

    assert (name, event["title"], event["mine"]) == ("arrival", "Soup", True)


async def test_what_sync_brings_is_counted(tmp_path: Path) -> None:
    async def sync() -> None:
        for number in range(100, 400):
            running.service.intake.offer(some(number).encoded, Origin.SYNC)

    async with running_api(tmp_path) as running:
        told = await heard(running, sync)

    assert told == [("sync", {"fresh": 300})]


async def test_a_listener_who_left_is_forgotten(tmp_path: Path) -> None:
    async with running_api(tmp_path) as running:
        await heard(running, lambda: events.announce(running.service, SOUP))
        await until(lambda: not running.news.listeners)


async def test_a_stopping_node_ends_its_streams_at_once(tmp_path: Path) -> None:
    async def stop() -> None:
        running.news.close()

    async with running_api(tmp_path) as running:
        assert await heard(running, stop) == []
        async with running.client() as client:
            assert (await client.get("/arrivals")).status_code == 503


async def test_a_stream_that_begins_while_the_node_stops_ends_too(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        news = News(service)
        listening = news.messages(Listener())
        news.close()
        with trio.fail_after(5):
            assert [said async for said in listening] == [b": listening\n\n"]


async def test_who_may_listen_no_more_is_told_nothing(tmp_path: Path) -> None:
    allowed = [True]
    async with at_home(tmp_path) as service:
        news = News(service)
        listening = news.messages(Listener(may=lambda: allowed[0]))
        await anext(listening)
        allowed.clear()
        allowed.append(False)
        service.intake.offer(some(1).encoded, Origin.GOSSIP)
        news.recheck()
        with trio.fail_after(5):
            assert [said async for said in listening] == []


async def test_who_reads_slowly_is_told_what_was_missed(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        news = News(service)
        listening = news.messages(Listener())
        await anext(listening)
        for number in range(stream.QUEUE + 7):
            service.intake.offer(some(number).encoded, Origin.GOSSIP)
        said = (await anext(listening)).decode()
        await listening.aclose()

    assert said.count("event: arrival\n") == stream.QUEUE
    assert 'event: missed\ndata: {"arrivals": 7}\n\n' in said


async def test_a_silent_stream_says_that_it_is_alive(
    tmp_path: Path, autojump_clock: object
) -> None:
    async with at_home(tmp_path) as service:
        listening = News(service).messages(Listener())
        await anext(listening)
        started = trio.current_time()
        said = await anext(listening)
        waited = trio.current_time() - started
        await listening.aclose()

    assert said.startswith(b":")
    assert waited == stream.HEARTBEAT


async def test_there_is_a_bound_on_listeners(tmp_path: Path) -> None:
    async with running_api(tmp_path) as running:
        running.news.listeners.update(stream.Listener() for _ in range(stream.MOST_LISTENERS))
        async with running.client() as client:
            assert (await client.get("/arrivals")).status_code == 503


async def test_a_page_left_open_for_a_week_costs_as_much_at_its_end_as_at_first(
    tmp_path: Path,
) -> None:
    """One that reads, and one whose machine sleeps, so that its wire takes no more."""
    told, sent, held = 0, 0, list[int]()

    async def listen(running: Api) -> None:
        nonlocal told
        async with running.client() as client, client.stream("GET", "/arrivals") as answer:
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    event = json.loads(line.removeprefix("data: "))
                    told += event.get("arrivals", event.get("fresh", 1))

    def all_told() -> bool:
        return told == sent

    async with running_api(tmp_path) as running, trio.open_nursery() as nursery:
        asleep = running.news.messages(Listener())
        await anext(asleep)
        nursery.start_soon(listen, running)
        await until(lambda: len(running.news.listeners) == 2)
        for _day in range(7):
            for _event in range(DAY_OF_EVENTS):
                sent += 1
                origin = Origin.SYNC if sent % 2 else Origin.GOSSIP
                running.service.intake.offer(some(100 + sent).encoded, origin)
            await running.service.intake.settle()
            await until(all_told)
            gc.collect()
            held.append(len(gc.get_objects()))
        await asleep.aclose()
        nursery.cancel_scope.cancel()

    assert held[-1] < held[1] + DAY_OF_EVENTS, held

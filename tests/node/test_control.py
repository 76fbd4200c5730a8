"""The control socket: a line in, a line out, whoever is at the other end."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trio

from potluck.node import control
from potluck.node.home.home import Home
from potluck.node.operations.announce import list_events
from potluck.node.operations.service import Service
from potluck.protocol.errors import NotFound

from .at_home import at_home


@asynccontextmanager
async def served(path: Path) -> AsyncIterator[Service]:
    """A home that answers on its control socket."""
    async with at_home(path) as service, trio.open_nursery() as nursery:
        await nursery.start(control.serve, service)
        yield service
        nursery.cancel_scope.cancel()


async def ask(service: Service, line: bytes) -> list[Any]:
    """All answers to a line."""
    return await ask_at(service.home, line)


async def ask_at(home: Home, line: bytes) -> list[Any]:
    """All answers of the node in this home."""
    async with await trio.open_unix_socket(os.fspath(home.socket_path)) as stream:
        await stream.send_all(line)
        answer = bytearray()
        async for chunk in stream:
            answer += chunk
    return [json.loads(line) for line in answer.splitlines()]


async def call(service: Service, op: str, **args: Any) -> Any:
    """The last answer to a command."""
    return (await ask(service, json.dumps({"op": op, "args": args}).encode() + b"\n"))[-1]


SOUP = {"title": "Soup", "start": "2026-12-01T19:00", "topics": ["food"]}


async def test_a_command_is_answered(tmp_path: Path) -> None:
    async with served(tmp_path) as service:
        made = await call(service, "announce", **SOUP)

        assert made["result"]["title"] == "Soup"
        assert (await call(service, "show", id=made["result"]["id"]))["result"] == made["result"]


async def test_a_command_is_told_what_went_wrong_in_its_language(tmp_path: Path) -> None:
    line = {"op": "show", "args": {"id": "abcdef"}, "lang": "de_DE.UTF-8:en"}
    async with served(tmp_path) as service:
        (answer,) = await ask(service, json.dumps(line).encode() + b"\n")

    assert answer["error"]["kind"] == "NotFound"
    assert answer["error"]["message"].startswith("hier hat keine Veranstaltung eine Kennung")


async def test_only_its_owner_can_open_the_socket(tmp_path: Path) -> None:
    async with served(tmp_path) as service:
        path = service.home.socket_path
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    assert not path.exists()


async def test_an_old_socket_is_replaced(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        service.home.socket_path.touch()
    async with served(tmp_path) as service:
        assert (await call(service, "blocks"))["result"] == {"blocks": []}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (b"hello\n", "LocalError"),
        (b"[]\n", "LocalError"),
        (b"{}\n", "LocalError"),
        (b'{"op": "rm"}\n', "LocalError"),
        (b'{"op": "show"}\n', "Unfit"),
        (b'{"op": "show", "args": {"id": "abcdef"}}\n', "NotFound"),
        (b'{"op": "peers"}\n', "NodeNotRunning"),
        (b'{"op": "announce", "args": {"name": "x"}}\n', "Unfit"),
        (b'{"op": "announce", "args": {"start": "x"}}\n', "Unfit"),
        (b'{"op": "announce", "args": {"topics": 3}}\n', "Unfit"),
        (b"x" * (control.MAX_LINE + 2) + b"\n", "LocalError"),
    ],
)
async def test_a_bad_command_gets_an_error_and_the_next_is_answered(
    tmp_path: Path, line: bytes, kind: str
) -> None:
    async with served(tmp_path) as service:
        assert (await ask(service, line))[-1]["error"]["kind"] == kind
        assert (await call(service, "list_events"))["result"] == []


async def test_an_error_names_its_field(tmp_path: Path) -> None:
    async with served(tmp_path) as service:
        error = (await call(service, "announce", **SOUP, tz="Mars"))["error"]

    assert (error["kind"], error["field"]) == ("Unfit", "tz")


async def test_a_defect_of_ours_costs_one_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def defective(_: Service) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("potluck.node.operations.trust.blocks.blocks", defective)
    async with served(tmp_path) as service:
        assert "failed" in (await call(service, "blocks"))["error"]["message"]
        assert (await call(service, "list_events"))["result"] == []


async def test_who_hangs_up_disturbs_nobody(tmp_path: Path) -> None:
    async with served(tmp_path) as service:
        for line in (b"", b'{"op": "list', b'{"op": "list_events"}\n'):
            stream = await trio.open_unix_socket(os.fspath(service.home.socket_path))
            await stream.send_all(line)
            await stream.aclose()

        assert (await call(service, "list_events"))["result"] == []


async def test_the_clock_of_a_draw_comes_with_the_command(tmp_path: Path) -> None:
    async with served(tmp_path) as service:
        await call(service, "announce", **SOUP)
        late = json.dumps({"op": "list_events", "now": 1_900_000_000}).encode()

        assert (await ask(service, late + b"\n"))[-1]["result"] == []
        with pytest.raises(NotFound):
            await list_events.show(service, "00" * 32)

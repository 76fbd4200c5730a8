"""A whole node within this process: what it serves, and what keeps it from starting."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import trio

from potluck.node.home.config import Config
from potluck.node.home.home import Home
from potluck.node.operations.service import Json, open_store
from potluck.node.runtime import runtime
from potluck.node.runtime.runtime import Options
from potluck.protocol.errors import LocalError, NotFound

from .at_home import CONFIG
from .loopback import HERE
from .relay import relaying
from .test_control import ask_at

QUIET = Options(listen=(HERE,), web="")


@asynccontextmanager
async def running(
    path: Path, options: Options = QUIET, config: Config = CONFIG
) -> AsyncIterator[Json]:
    """A node that runs in a home made here; gives its status."""
    home = Home.create(path, config)
    send, receive = trio.open_memory_channel[Json](1)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(runtime.serve, home, options, send.send_nowait)
        yield await receive.receive()
        nursery.cancel_scope.cancel()


async def test_a_node_can_be_reached_and_asked(tmp_path: Path) -> None:
    async with running(tmp_path) as status:
        assert status["running"]
        assert all(address.endswith(status["peer_id"]) for address in status["listen"])
        (answer,) = await ask_at(Home.open(tmp_path), b'{"op": "peers"}\n')

        assert answer == {"result": []}


async def test_guests_are_served_beside_the_owners_page_and_not_by_it(tmp_path: Path) -> None:
    options = Options(listen=(HERE,), web="127.0.0.1:0", guests="127.0.0.1:0")
    async with running(tmp_path, options) as status, httpx.AsyncClient(trust_env=False) as client:
        site = await client.get(f"{status['guests']}/site.json")
        owners = await client.get(f"{status['web']}/site.json")
        page = await client.get(f"{status['guests']}/settings")

    assert status["guests"] != status["web"]
    assert site.json()["title"] == "Potluck"
    assert (owners.status_code, page.status_code) == (401, 404)


async def test_a_folder_is_made_a_site_by_a_node_that_runs(tmp_path: Path) -> None:
    config = replace(CONFIG, site_dir="site", site_title="The Ferry House")
    async with running(tmp_path / "home", config=config):
        home = Home.open(tmp_path / "home")
        with trio.fail_after(30):
            while not (home.path / "site" / "site.json").exists():
                await told(home, "status")

    site = json.loads((home.path / "site" / "site.json").read_bytes())
    assert site["title"] == "The Ferry House"


async def test_a_node_is_reached_through_a_relay_and_says_so(tmp_path: Path) -> None:
    async with relaying() as relay:
        relayed = Options(listen=(HERE,), web="", relays=(relay.address,))
        async with running(tmp_path / "a", relayed) as called, running(tmp_path / "b") as caller:
            a, b = (Home.open(tmp_path / name) for name in "ab")
            listen: list[str] = []
            with trio.fail_after(30):
                while relay.address not in "".join(listen):
                    listen = (await told(a, "status"))["listen"]
            assert listen[-1] == f"{relay.address}/p2p-circuit/p2p/{called['peer_id']}"
            assert listen[-1] in (await told(a, "invite"))["peers"]
            assert "1 of 1 keep a place" in str(await told(a, "doctor"))

            await told(b, "connect", address=listen[-1])
            assert {peer["id"]: peer["relay"] for peer in await told(b, "peers")} == {
                relay.peer_id: None,
                called["peer_id"]: relay.peer_id,
            }
            assert caller["peer_id"] in {peer["id"] for peer in await told(a, "peers")}


async def told(home: Home, op: str, **args: str) -> Any:
    """What the node of this home answers."""
    line = json.dumps({"op": op, "args": args}).encode()
    return (await ask_at(home, line + b"\n"))[-1]["result"]


async def test_a_node_stops_when_it_is_asked_to(tmp_path: Path) -> None:
    home = Home.create(tmp_path, CONFIG)
    send, receive = trio.open_memory_channel[Json](1)
    with trio.fail_after(60):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(runtime.serve, home, QUIET, send.send_nowait)
            await receive.receive()
            await ask_at(home, b'{"op": "stop"}\n')
    with open_store(home):
        pass


async def test_a_node_that_stops_ends_the_streams_of_those_who_listen(tmp_path: Path) -> None:
    home = Home.create(tmp_path, CONFIG)
    send, receive = trio.open_memory_channel[Json](1)
    token = {"authorization": f"Bearer {home.api_token.hex()}"}
    with trio.fail_after(60):
        async with trio.open_nursery() as nursery:
            options = Options(listen=(HERE,), web="127.0.0.1:0")
            nursery.start_soon(runtime.serve, home, options, send.send_nowait)
            page = (await receive.receive())["web"]
            async with (
                httpx.AsyncClient(base_url=page, trust_env=False, headers=token) as client,
                client.stream("GET", "/api/v1/arrivals") as answer,
            ):
                told = answer.aiter_raw()
                await anext(told)
                await ask_at(home, b'{"op": "stop"}\n')
                rest = [each async for each in told]  # raises if the stream breaks off

    assert rest == []


def test_a_node_whose_person_leaves_deletes_its_home_when_others_had_time_to_hear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "SPREADING", 0.3)
    home, away = Home.create(tmp_path / "home", CONFIG), tmp_path / "away"
    asked = json.dumps({"op": "leave", "args": {"folder": str(away)}}).encode() + b"\n"
    answers: list[Any] = []

    def leave(_status: Any) -> None:
        thread.start()

    thread = threading.Thread(target=lambda: answers.extend(trio.run(ask_at, home, asked)))
    runtime.run(home.path, QUIET, leave)
    thread.join()

    assert answers[-1] == {"result": {"folder": str(away), "withdrawn": 0}}
    assert not home.path.exists()
    assert (away / "events.json").read_bytes() == b"[]\n"


def test_a_page_that_cannot_be_shown_says_how(tmp_path: Path) -> None:
    Home.create(tmp_path, CONFIG)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        web = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(LocalError, match="--no-web"):
            runtime.run(tmp_path, Options(listen=(HERE,), web=web), lambda _status: None)


def test_options_change_one_run_only(tmp_path: Path) -> None:
    home = Home.create(tmp_path, CONFIG)
    changed = runtime.adjusted(home, Options(listen=(HERE,), connect=("/x",), web="", mdns=True))

    assert (changed.config.listen, changed.config.bootstrap) == ((HERE,), ("/x",))
    assert (changed.config.web, changed.config.mdns) == ("", True)
    assert runtime.adjusted(home, Options()).config == home.config == Home.open(tmp_path).config


def test_a_node_needs_a_home(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="init"):
        runtime.run(tmp_path, QUIET, lambda _status: None)


def test_a_bad_address_is_one_plain_error(tmp_path: Path) -> None:
    Home.create(tmp_path, CONFIG)
    with pytest.raises(LocalError, match="cannot listen"):
        runtime.run(tmp_path, Options(listen=("here",), web=""), lambda _status: None)

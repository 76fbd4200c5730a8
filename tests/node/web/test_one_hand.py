"""
The same hand, odds and receipt from the command line, the API and the page of one running node.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import trio
from click.testing import CliRunner

from potluck.cli.__main__ import cli
from potluck.node import control
from potluck.node.web.pages.view import FILTERS
from potluck.node.web.server import Server
from tests.node.at_home import at_home, receive

from .api_server import Connected, an_event


async def by_command(home: Path) -> Any:
    """What the command line prints, which asks the node by its socket."""
    words = ["--home", str(home), "draw", "--near", "Berlin", "--json"]
    ask = partial(CliRunner().invoke, cli, words, catch_exceptions=False, prog_name="potluck")
    return json.loads((await trio.to_thread.run_sync(ask)).stdout)


async def test_one_hand_by_three_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POTLUCK_NOW", raising=False)
    async with at_home(tmp_path) as home, trio.open_nursery() as nursery:
        service = replace(home, connections=Connected())
        await receive(service, *(an_event(number) for number in range(1, 12)))
        await service.store.choices.note("page.welcomed", "yes")
        await service.store.choices.save_filters(FILTERS, json.dumps({"near": "Berlin"}))
        await nursery.start(control.serve, service)
        server = Server(service, nursery)
        await server.start("127.0.0.1:0")
        allowed = {"authorization": f"Bearer {service.home.api_token.hex()}"}
        async with httpx.AsyncClient(
            base_url=server.page, headers=allowed, trust_env=False
        ) as client:
            by_api = (await client.get("/api/v1/hand?near=Berlin")).json()
            page = (await client.get("/")).text
        commanded = await by_command(tmp_path)
        nursery.cancel_scope.cancel()

    assert commanded == by_api
    assert len(by_api["hand"]) == 5
    shown = re.findall(r"Event \d+\b", page)
    assert list(dict.fromkeys(shown)) == [card["title"] for card in by_api["hand"]]
    assert by_api["receipt"] in page

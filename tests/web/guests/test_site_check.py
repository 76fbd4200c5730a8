"""A site beside somebody's own node: what it leaves out, and whether its hands follow."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trio

from potluck.node.operations.service import Service
from potluck.node.operations.sharing.site_check import check_site
from potluck.node.web.site.guests import File, Guests, GuestsServer
from potluck.protocol.errors import LocalError, VerificationFailed
from tests.builders import NOW, host, signed
from tests.node.at_home import at_home, clock_of, receive
from tests.node.operations.test_public_hand import (
    TOMORROW,
    at_midnight,
    shown,
    table_of,
)

from .test_guests import CONFIG
from .town import event

TOWN = [signed(host(number), slot=number, what=event(number)) for number in range(1, 6)]


@asynccontextmanager
async def a_house(path: Path, *, table: str = "") -> AsyncIterator[tuple[GuestsServer, str]]:
    """A house's site, and its address."""
    config = replace(CONFIG, site_table=table)
    async with at_home(path / "house", config) as service, trio.open_nursery() as nursery:
        if table:
            await _until_the_second_day(service)
        await receive(service, *TOWN)
        server = GuestsServer(service)
        yield server, await server.start(nursery, "127.0.0.1:0")
        nursery.cancel_scope.cancel()


async def _until_the_second_day(service: Service) -> None:
    table = await table_of(service)
    await shown(service, table, NOW)
    await at_midnight(service, TOMORROW)
    clock_of(service).seconds = TOMORROW + 86_400 + 60


def _changed(app: Guests, name: str, change: Any) -> None:
    site = json.loads(app.shown[name].plain)
    change(site)
    app.shown[name] = File.of(name, json.dumps(site).encode())


async def test_what_it_leaves_out_is_named(tmp_path: Path) -> None:
    async with a_house(tmp_path) as (_, address), at_home(tmp_path / "ada") as ada:
        await receive(ada, *TOWN)
        same = await check_site(ada, address)
        await receive(ada, signed(host(7), slot=7, what=event(7)))
        less = await check_site(ada, address)

    assert (same["events"], same["ours"], same["left_out"], same["hand"]) == (5, 5, [], None)
    assert [each["title"] for each in less["left_out"]] == [event(7).title]


async def test_what_was_announced_since_or_lies_elsewhere_is_not_left_out(tmp_path: Path) -> None:
    async with a_house(tmp_path) as (_, address), at_home(tmp_path / "ada") as ada:
        clock_of(ada).seconds = NOW + 60
        later = signed(host(7), slot=7, issued_at=NOW + 30, what=event(7))
        far = replace(event(8).place, lat=48.1, lon=11.6)  # type: ignore[type-var]
        await receive(ada, *TOWN, later, signed(host(8), slot=8, what=event(8, place=far)))
        found = await check_site(ada, address)

    assert (found["ours"], found["left_out"]) == (5, [])


async def test_a_hand_is_dealt_again_and_must_be_that_of_its_seal(tmp_path: Path) -> None:
    async with a_house(tmp_path, table="café") as (server, address), at_home(tmp_path / "a") as ada:
        clock_of(ada).seconds = TOMORROW + 86_400 + 60
        honest = await check_site(ada, address)
        _changed(server.app, "site.json", lambda site: site["yesterday"].update(seal="0" * 64))
        other = await check_site(ada, address)
        name = f"receipts/{honest['hand']}.json"
        _changed(server.app, name, lambda receipt: receipt["hand"].reverse())
        bent = await check_site(ada, address)

    assert honest["hand"] is not None
    assert honest["differences"] == []
    assert other["differences"] == ["its seed is not the one that its seal was made of"]
    assert len(bent["differences"]) == 1
    assert "does not follow" in bent["differences"][0] or "no receipt" in bent["differences"][0]


async def test_a_forged_event_is_counted_and_shows_nothing(tmp_path: Path) -> None:
    async with a_house(tmp_path) as (server, address), at_home(tmp_path / "ada") as ada:
        await receive(ada, *TOWN)
        (name,) = (name for name in server.app.shown if name.startswith("deck/"))
        packed = gzip.decompress(server.app.shown[name].plain)
        forged = packed.replace(event(1).title.encode(), event(1).title.encode().upper())
        server.app.shown[name] = File.of(name, forged)
        found = await check_site(ada, address)

    assert found["forged"] == 1
    assert [each["title"] for each in found["left_out"]] == [event(1).title]


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("site.json", b"<!doctype html>", VerificationFailed),
        ("site.json", b'{"network": 1}', VerificationFailed),
        ("deck", b"potluck-deck-v1\n", LocalError),
    ],
)
async def test_what_is_no_site_is_said(
    tmp_path: Path, name: str, content: bytes, error: type[LocalError]
) -> None:
    async with a_house(tmp_path) as (server, address), at_home(tmp_path / "ada") as ada:
        for path in [path for path in server.app.shown if path.startswith(name)]:
            server.app.shown[path] = File.of(path, content)
        with pytest.raises(error):
            await check_site(ada, address)


async def test_a_site_of_another_network_is_not_compared(tmp_path: Path) -> None:
    async with a_house(tmp_path) as (server, address), at_home(tmp_path / "ada") as ada:
        _changed(server.app, "site.json", lambda site: site.update(network="00" * 16))
        with pytest.raises(VerificationFailed, match="another network"):
            await check_site(ada, address)

"""The doctor: every finding in words, with its remedy, and a bundle that gives nothing away."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from potluck.node import limits
from potluck.node.home.home import Home
from potluck.node.operations.health import bug_report, doctor, finding
from potluck.node.operations.service import Health, Service
from potluck.protocol.errors import LocalError
from tests.builders import NOW, body, host, signed
from tests.node.at_home import CONFIG, NETWORK, at_home, clock_of, receive
from tests.node.web.api_server import PEER, Connected

WELL = Health(known=5, connected=4, came_in=2, synced_at=NOW - 60)


class Running(Connected):
    """A running node of this health."""

    def __init__(
        self, health: Health = WELL, offset: float | None = 1.0, dialled_back: tuple[bool, ...] = ()
    ) -> None:
        self._health = health
        self._offset = offset
        self._dialled_back = dialled_back

    def health(self) -> Health:
        return self._health

    async def dialled_back(self) -> list[bool]:
        return list(self._dialled_back)

    def clock_offset(self) -> float | None:
        return self._offset


async def findings(service: Service) -> dict[str, finding.Finding]:
    return {each["name"]: each for each in (await doctor.doctor(service))["findings"]}


async def an_event(service: Service) -> None:
    await receive(
        service, signed(host(), 1, network=NETWORK, issued_at=NOW, what=body("Secret soup"))
    )


async def test_a_part_that_failed_and_a_clock_in_doubt_are_named(tmp_path: Path) -> None:
    health = replace(WELL, failing={"calendars": "a defect (KeyError)"}, clock_doubt=7200.0)
    async with at_home(tmp_path) as home:
        found = await findings(replace(home, connections=Running(health, offset=None)))

    assert found["parts"]["says"] == "calendars failed: a defect (KeyError)"
    assert "2 hours" in found["clock"]["says"]
    assert found["clock"]["level"] == "note"


async def test_a_node_that_is_well_has_nothing_bad(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        await an_event(home)
        found = await findings(replace(home, connections=Running()))

    assert {each["level"] for each in found.values()} == {"good"}
    assert "connected with 4 of 5" in found["peers"]["says"]
    assert "2 of 4 peers dialled" in found["reachability"]["says"]
    assert "relays" not in found


@pytest.mark.parametrize(
    ("name", "health", "level", "says"),
    [
        ("peers", Health(3, 0, 0, None), "bad", "none of the 3 known"),
        ("peers", Health(0, 0, 0, None), "note", "knows nobody"),
        ("sync", Health(0, 0, 0, None), "note", "nobody to compare"),
        ("sync", Health(3, 1, 1, None), "note", "has ended yet"),
        ("sync", Health(3, 1, 1, NOW - 86_400), "bad", "24 hours ago"),
        ("reachability", Health(3, 1, 0, NOW), "note", "no peer that is connected"),
        ("relays", Health(3, 1, 0, NOW, (None, "it is full")), "good", "1 of 2 keep a place"),
        (
            "relays",
            Health(3, 1, 0, NOW, ("it is full",)),
            "bad",
            "none of 1 keeps a place for this node: it is",
        ),
    ],
)
async def test_what_a_running_node_lacks(
    tmp_path: Path, name: str, health: Health, level: str, says: str
) -> None:
    async with at_home(tmp_path) as home:
        found = (await findings(replace(home, connections=Running(health))))[name]

    assert found["level"] == level
    assert says in found["says"]


@pytest.mark.parametrize(
    ("came_in", "dialled_back", "level", "says"),
    [
        (0, (False, True, True), "good", "2 of 3 peers asked could dial"),
        (1, (False,), "good", "1 of 3 peers dialled this node"),
        (0, (False, False), "note", "none of 2 peers asked could"),
    ],
)
async def test_reachability_is_what_peers_say(
    tmp_path: Path, came_in: int, dialled_back: tuple[bool, ...], level: str, says: str
) -> None:
    async with at_home(tmp_path) as home:
        running = Running(Health(3, 3, came_in, NOW), dialled_back=dialled_back)
        found = (await findings(replace(home, connections=running)))["reachability"]

    assert found["level"] == level
    assert says in found["says"]


@pytest.mark.parametrize(
    ("offset", "level", "says"),
    [
        (limits.CLOCK_TOLERANCE + 1, "bad", "5 minutes behind"),
        (-3600.0, "bad", "60 minutes ahead of"),
        (3.0, "good", "3 seconds behind"),
        (None, "note", "fewer than three peers"),
    ],
)
async def test_the_clock_is_compared_with_peers(
    tmp_path: Path, offset: float | None, level: str, says: str
) -> None:
    async with at_home(tmp_path) as home:
        found = (await findings(replace(home, connections=Running(offset=offset))))["clock"]

    assert found["level"] == level
    assert says in found["says"]


async def test_a_clock_that_was_ahead_and_is_right_again_is_not_called_wrong(
    tmp_path: Path,
) -> None:
    """What was announced meanwhile is one host's, and perhaps our own."""
    async with at_home(tmp_path, now=NOW + 40 * 86_400) as home:
        await an_event(home)
        clock_of(home).seconds = NOW
        found = (await findings(home))["clock"]

    assert found["level"] == "note"


async def test_a_clock_that_fell_back_shows_without_peers(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        await an_event(home)
        clock_of(home).seconds = NOW - 365 * 86_400
        found = (await findings(home))["clock"]

    assert found["level"] == "bad"
    assert "days behind" in found["says"]
    assert "timedatectl" in str(found["remedy"])


async def test_a_port_that_is_taken_shows_before_the_start(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        at = f"/ip4/127.0.0.1/tcp/{taken.getsockname()[1]}"
        async with at_home(tmp_path, replace(CONFIG, listen=(at,))) as home:
            found = await findings(home)

    assert found["ports"]["level"] == "bad"
    assert "choose another address" in found["ports"]["says"]
    assert found["node"]["level"] == "note"


async def test_a_damaged_store_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def torn(_: object) -> str | None:
        raise LocalError("store.sqlite is damaged")

    monkeypatch.setattr("potluck.node.store.eviction.Upkeep.damage", torn)
    async with at_home(tmp_path) as home:
        found = await findings(home)

    assert found["store"]["level"] == "bad"
    assert "move store.sqlite away" in str(found["store"]["remedy"])
    assert "deck" not in found


def outside(path: Path) -> dict[str, finding.Finding]:
    return {each["name"]: each for each in doctor.check_from_outside(path)}


def test_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "home"
    assert "there is no home" in outside(path)["home"]["says"]
    Home.create(path, CONFIG)
    assert not finding.unwell(doctor.check_from_outside(path))
    assert "Potluck " in outside(path)["versions"]["says"]

    path.chmod(0o755)
    assert outside(path)["home"] | {"name": ""} == {
        "name": "",
        "level": "bad",
        "says": f"others may read {path}; close it with: chmod 700 {path}",
        "remedy": None,
    }

    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 0))
    assert outside(path)["disk"]["level"] == "bad"


@pytest.mark.parametrize(
    "start", [lambda service: service, lambda service: replace(service, connections=Running())]
)
async def test_a_bundle_gives_nothing_away(
    tmp_path: Path, start: Callable[[Service], Service]
) -> None:
    config = replace(CONFIG, name="Ada", bootstrap=(f"/ip4/192.0.2.9/tcp/4001/p2p/{PEER}",))
    async with at_home(tmp_path / "ada", config) as home:
        await an_event(home)
        told = await doctor.doctor(start(home))
        found = doctor.check_from_outside(home.home.path) + told["findings"]
        text = json.dumps(bug_report.bundle(found, told["facts"], home.home.path))

        kept = ("Secret", "Ada", "192.0.2", "127.0.0.1", "4001", PEER, str(tmp_path), home.me.hex())
        assert [secret for secret in kept if secret in text] == []
        assert "SQLite 3." in text


def test_what_is_redacted() -> None:
    home = Path("/home/ada/potluck")
    said = (
        f"{home}/host.key; /ip6/2001:db8::7/tcp/4001/p2p/{PEER}; 203.0.113.5:4001; "
        "2001:db8:0:1::7; "
        f"https://ada.example/x; {'ab' * 32}; {PEER}; at 12:30:00"
    )

    assert (
        bug_report.redacted(said, home)
        == "HOME/host.key; PATH; ADDRESS; ADDRESS; URL; KEY; PEER; at 12:30:00"
    )

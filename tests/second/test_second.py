"""PROTOCOL.md suffices: what was written from it alone agrees with the vectors and with a node."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import pytest

from tests.interop.conftest import install

HERE = Path(__file__).parent
VECTORS = HERE.parent / "vectors"
AROUND = ("--at", "52.52,13.40")
DRAWS = (
    ("--table", "Tresen"),
    ("--solo", *AROUND, "--days", "40", "--topic", "music", "--wild", "3"),
    ("--witness", *AROUND, "--word", " Mañana "),
    ("--vouched", *AROUND, "--fresh"),
)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the JavaScript with its packages."""
    folder = tmp_path_factory.mktemp("second") / "js"
    others = shutil.ignore_patterns("*.py", "__pycache__", "node_modules")
    shutil.copytree(HERE, folder, ignore=others)
    install(folder)
    return folder


def node(program: Path, *arguments: str) -> list[Any]:
    """The JSON lines that a program of ours prints."""
    command = ["node", str(program), *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=120)
    return [json.loads(line) for line in done.stdout.splitlines()]


class Home:
    """A home of the node that ships, known by its command only."""

    def __init__(self, folder: Path) -> None:
        self.command = [sys.executable, "-m", "potluck.cli", "--home", str(folder)]

    def run(self, *arguments: str) -> Any:
        command = [*self.command, *arguments, "--json"]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=120)
        return json.loads(done.stdout)

    def announce(self, title: str) -> str:
        start = (datetime.now(tz=UTC) + timedelta(days=5)).date().isoformat()
        said = self.run(
            "announce", "--title", title, "--start", f"{start}T19:00", "--place", "Hof", *AROUND
        )
        return str(said["id"])


@dataclass(frozen=True)
class Live:
    """A node in a closed network with two of ours, and what there was to see."""

    home: Home
    link: str
    peer: str  # the node's peer id
    soup: str  # what it announced before
    jazz: str  # and while it was running
    gossiped: str  # what we gossiped
    said: Any  # the last line of live.js
    listed: set[str]
    dropped: Any


def say(pipe: IO[str] | None, value: Any) -> None:
    assert pipe is not None
    print(json.dumps(value), file=pipe, flush=True)


def hear(pipe: IO[str] | None) -> Any:
    """The next JSON value, in one line or several."""
    assert pipe is not None
    text = ""
    for line in pipe:
        text += line
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            continue
    raise AssertionError(f"it ended after {text!r}")


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def live(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Live:
    home = Home(tmp_path_factory.mktemp("live") / "home")
    home.run("init", "--network", "second", "--secret", "new", "--stamp-bits", "8")
    table = ("--within", "10km", "--days", "30", "--hand", "6", "--tz", "Pacific/Auckland")
    home.run("tables", "new", "Tresen", *AROUND, *table)
    link = home.run("invite", "--table", "Tresen")["link"]
    soup = home.announce("Soup")
    with running("node", str(programs / "live.js"), link) as ours:
        begun = hear(ours.stdout)
        ada = home.run("vouch", "add", begun["card"], "--public", "--yes")
        assert (ada["name"], ada["words"]) == ("Ada", begun["words"])
        listen = ("--listen", "/ip4/127.0.0.1/tcp/0", "--connect", begun["address"])
        with running(*home.command, "up", "--no-web", *listen, "--json") as theirs:
            address = hear(theirs.stdout)["listen"][0]
            say(ours.stdin, {"address": address})
            gossiped = hear(ours.stdout)["gossiped"]
            jazz = home.announce("Jazz")
            say(ours.stdin, {"announced": jazz})
            said = hear(ours.stdout)
            listed = {event["id"] for event in home.run("list")}
            dropped = home.run("peers", "bans")
            peer = address.rpartition("/")[2]
            return Live(home, link, peer, soup, jazz, gossiped, said, listed, dropped)


def test_every_vector_holds(programs: Path) -> None:
    command = ["node", str(programs / "check-vectors.js"), str(VECTORS)]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True, timeout=300)
    print(done.stdout)
    assert done.returncode == 0, done.stdout
    assert {line.split(":")[0] for line in done.stdout.splitlines()[:-1]} == {
        file.name for file in VECTORS.glob("*.json")
    }


def test_sync_and_gossip_reach_each_other(live: Live) -> None:
    said = live.said
    answered = said["answered"]["announcements"]
    assert live.soup in answered
    # What the node gave a third one is what it had from us, and its own.
    assert said["streamed"] == [
        {"fresh": len(answered)},
        {"fresh": len(said["answered"]["vouches"])},
    ]
    assert said["asked"] == [True, False]
    assert live.peer in said["told"]["peers"]
    assert said["told"]["reached"]
    assert {live.soup, live.jazz, said["alone"], live.gossiped} <= live.listed
    assert {"id": live.jazz, "decision": "fresh"} in said["heard"]
    assert said["failures"] == []
    assert live.dropped == {"bans": [], "dropped": []}


def test_the_same_hands_are_dealt(live: Live, programs: Path, tmp_path: Path) -> None:
    hands, ids, files = [], [], []
    for number, arguments in enumerate(DRAWS):
        drawn = live.home.run("draw", *arguments)
        files.append(str(tmp_path / f"{number}.json"))
        ids.append(live.home.run("receipts", "export", drawn["receipt"], files[-1])["id"])
        # A person is shown the version of whom she vouches for: the event is the same.
        hands.append([card["slot"] for card in drawn["hand"]])
    assert all(hands)
    deck = tmp_path / "deck"
    live.home.run("export", "--deck", str(deck))
    dealt = node(programs / "deal.js", live.link, str(deck), *files)
    assert [one["hand"] for one in dealt] == hands
    assert [one["id"] for one in dealt] == ids
    assert [one["found"] for one in dealt] == [[]] * len(DRAWS)
    assert [one["vouched"] for one in dealt] == [False, False, False, True]
    # The bundle, the link and the date make the very same receipt.
    assert dealt[0]["same"]

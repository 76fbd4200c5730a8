"""Faults of the machine: a clear message, nothing lost, nothing wrong sent.

Damage, newer and half-migrated stores by themselves are in test_store_durability.py, homes that
lack something in test_home.py.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import trio
import trio.testing

from potluck.cli import client
from potluck.cli.client import Client
from potluck.node import limits
from potluck.node.errors import InUse
from potluck.node.home.home import Home
from potluck.node.home.lock import STARTING
from potluck.node.operations.announce import announce as events
from potluck.node.operations.announce import list_events
from potluck.node.operations.forms import EventForm
from potluck.node.operations.service import open_store
from potluck.node.replication.intake import PURGE_SECONDS
from potluck.node.runtime import runtime
from potluck.node.runtime.runtime import Options
from potluck.node.store import Store
from potluck.node.store.eviction import Upkeep
from potluck.protocol.admission import MAX_AHEAD
from potluck.protocol.announcement import DAY
from potluck.protocol.errors import LocalError, Refused
from tests.builders import NOW, host, signed
from tests.node.operations.test_doctor import Running
from tests.node.store.test_durability import fill_up, free_space

from .at_home import CONFIG, NETWORK, at_home, clock_of, receive
from .loopback import HERE, until
from .test_control import ask_at
from .whole import announcements, network_of

QUIET = Options(listen=(HERE,), web="")
SOUP = EventForm(title="Soup", start="2026-12-01T19:00")


def contents(home: Path) -> dict[str, bytes]:
    """All files that matter; the others are SQLite's and the lock."""
    files = (
        file
        for file in home.iterdir()
        if file.suffix not in {".lock", ".sqlite-shm", ".sqlite-wal"}
    )
    return {file.name: file.read_bytes() for file in files if file.is_file()}


# --- the store -----------------------------------------------------------------------------------


def test_a_node_with_a_damaged_store_says_so_and_touches_nothing(tmp_path: Path) -> None:
    home = Home.create(tmp_path, CONFIG)
    home.store_path.write_bytes(b"not a database at all" * 500)
    before = contents(tmp_path)

    with pytest.raises(LocalError, match=r"is damaged\. Move it away"):
        runtime.run(tmp_path, QUIET, lambda _status: None)
    with pytest.raises(LocalError, match=r"is damaged\. Move it away"):
        Client(str(tmp_path)).call("status")
    assert contents(tmp_path) == before

    home.store_path.rename(tmp_path / "damaged")
    assert Client(str(tmp_path)).call("status")["host_key"] == home.identity.key.hex()


def limited(*words: str) -> subprocess.CompletedProcess[str]:
    """A command that may not write a file beyond 64 KiB, as on a disk that is full."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (64 * limits.KIB, 64 * limits.KIB))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    command = [sys.executable, "-m", "potluck.cli", *words]
    return subprocess.run(command, check=False, preexec_fn=limit, capture_output=True, text=True)


def test_a_disk_that_takes_no_more_is_named_and_what_was_said_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POTLUCK_NOW", "2026-11-22T12:00:00+00:00")
    calendar = tmp_path / "many.ics"
    calendar.write_text("".join(ics(number) for number in range(60)), "utf-8")
    home = tmp_path / "home"
    Home.create(home, replace(CONFIG, stamp_bits=0))
    known = Client(str(home))
    first = known.call("announce", form={"title": "Soup", "start": "2026-12-01T19:00"})

    said = limited("--home", str(home), "import", str(calendar))

    assert said.returncode == 1
    assert "store.sqlite" in said.stderr
    assert "Traceback" not in said.stderr
    assert known.call("show", id=first["id"]) == first
    known.call("import_calendar", source=str(calendar), form={})
    assert len(known.call("list_events")) == 61


def ics(number: int) -> str:
    """A calendar with one event of 2 KiB."""
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nBEGIN:VEVENT\r\n"
        f"UID:{number}@example.org\r\nSUMMARY:Event {number}\r\nDTSTAMP:20261101T000000Z\r\n"
        f"DTSTART:20270101T120000Z\r\nDESCRIPTION:{'x' * 2000}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


async def test_what_a_full_disk_did_not_take_comes_again_by_sync(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    everything = announcements(300)
    async with network_of(tmp_path, {}, {}) as (full, other):
        other.take(everything)
        await full.store.database.write(fill_up)
        await full.dial(other)
        await until(
            lambda: "were not stored" in caplog.text
        )  # a smaller write may fit in afterwards
        assert not full.knows(everything), "what is not stored is not taken for known"
        assert full.offences == other.offences == []

        await make_room(full.store)
        full.sync.talk_to(other.transport.peer_id)
        await until(lambda: full.knows(everything), 20)
        await full.intake.settle()
        assert (await full.store.deck.counts()).held == len(everything)


async def make_room(store: Store) -> None:
    """Until it gets through: a write shares the fate of those that it is committed with."""
    done = False
    while not done:
        with contextlib.suppress(LocalError):
            await store.database.write(free_space)
            done = True


async def test_a_disk_that_fails_in_the_middle_of_things_does_not_end_the_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything, failures = announcements(20), 0
    monkeypatch.setattr(limits, "SYNC_RETRY", 0.01)

    async def fail_twice() -> None:
        nonlocal failures
        failures += 1
        if failures <= 2:
            raise LocalError("the disk is full; free some space")

    async with network_of(tmp_path, {}, {}) as (full, other):
        other.take(everything)
        monkeypatch.setattr(full.intake, "settle", fail_twice)
        await full.dial(other)
        await until(lambda: full.knows(everything))
        assert full.offences == other.offences == []


async def test_what_expired_stays_while_the_disk_is_full(
    tmp_path: Path, autojump_clock: trio.testing.MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    purges: list[int] = []

    async def fail_once(_: object, now: int) -> int:
        purges.append(now)
        if len(purges) == 1:
            raise LocalError("the disk is full; free some space")
        return 0

    monkeypatch.setattr(Upkeep, "purge", fail_once)
    async with at_home(tmp_path) as home, trio.open_nursery() as nursery:
        nursery.start_soon(home.intake.run)
        await trio.sleep(1.5 * PURGE_SECONDS)
        nursery.cancel_scope.cancel()
    assert purges == [NOW, NOW]


# --- two at once ---------------------------------------------------------------------------------


def test_a_second_node_is_told_who_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "PATIENCE", 0.0)
    with open_store(Home.create(tmp_path, CONFIG)) as store:
        store.database.set_state("running")
        with pytest.raises(
            InUse, match=rf"another Potluck is using .* \(process {os.getpid()}\); stop it"
        ):
            runtime.run(tmp_path, QUIET, lambda _status: None)


def test_a_command_waits_for_a_node_that_is_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PATIENCE", 0.0)
    store = open_store(Home.create(tmp_path, CONFIG))
    store.database.set_state(STARTING)
    waited: list[float] = []

    def while_waiting(seconds: float) -> None:
        waited.append(seconds)
        store.close()

    monkeypatch.setattr("potluck.cli.client.time.sleep", while_waiting)

    assert Client(str(tmp_path)).call("status")["announcements"] == 0
    assert len(waited) == 1


def test_a_command_does_not_wait_for_a_node_that_never_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PATIENCE_STARTING", 0.0)
    with open_store(Home.create(tmp_path, CONFIG)) as store:
        store.database.set_state(STARTING)
        with pytest.raises(InUse, match="a node is starting"):
            Client(str(tmp_path)).call("status")


# --- the socket ----------------------------------------------------------------------------------


def test_the_socket_of_a_node_that_was_killed_is_in_nobodys_way(tmp_path: Path) -> None:
    home = Home.create(tmp_path, CONFIG)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(os.fspath(home.socket_path))

    assert not Client(str(tmp_path)).is_up()
    assert Client(str(tmp_path)).call("status")["running"] is False


async def test_a_home_with_a_long_path_is_served_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    home = Home.create(tmp_path / ("long" * 30), CONFIG)
    send, receive = trio.open_memory_channel[object](1)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(runtime.serve, home, QUIET, send.send_nowait)
        await receive.receive()

        assert home.socket_path.parent != home.path
        assert (await ask_at(home, b'{"op": "peers"}\n')) == [{"result": []}]
        nursery.cancel_scope.cancel()
    assert not home.socket_path.exists()


def test_when_all_paths_are_too_long_the_remedy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    home = Home.create(folder / "home", CONFIG)

    with pytest.raises(LocalError, match="set XDG_RUNTIME_DIR"):
        runtime.run(home.path, QUIET, lambda _status: None)
    assert Client(str(home.path)).call("status")["running"] is False


# --- the clock -----------------------------------------------------------------------------------

HOUR, YEAR = 3600, 365 * 86_400


@pytest.mark.parametrize("wrong_by", [HOUR, -YEAR])
async def test_a_node_with_a_wrong_clock_harms_nobody_and_catches_up_once_it_is_set(
    tmp_path: Path, wrong_by: int
) -> None:
    everything = announcements(20)
    async with network_of(tmp_path, {"clock": NOW + wrong_by}, {}, {}, {}) as (wrong, *right):
        for node in right:
            node.take(everything)
            await wrong.dial(node)
        await until(lambda: wrong.sync.clocks.doubt is not None)
        assert wrong.sync.clocks.doubt == pytest.approx(-wrong_by, abs=2)
        assert wrong.sync.clocks.offset is None, "three peers of one range are no more than a doubt"
        assert all(node.sync.clocks.offset is None for node in right), (
            "one that is wrong misleads nobody"
        )

        wrong.clock = NOW
        wrong.sync.woke()
        await until(lambda: wrong.knows(everything))
        assert [node.offences for node in (wrong, *right)] == [[], [], [], []]


async def test_a_clock_before_this_program_signs_nothing(tmp_path: Path) -> None:
    async with at_home(tmp_path, now=limits.RELEASED - MAX_AHEAD - 1) as home:
        with pytest.raises(
            Refused, match=r"2025-12-31T23:49:59.*, but it is 2026-01-01.* or later"
        ):
            await events.announce(home, SOUP)
        clock_of(home).seconds += 1
        await events.announce(home, SOUP)


async def test_a_clock_that_fell_back_shows_by_what_several_hosts_announced(tmp_path: Path) -> None:
    later = [signed(host(number), network=NETWORK, issued_at=NOW + DAY) for number in range(3)]
    async with at_home(tmp_path, now=NOW + DAY) as home:
        await receive(home, *later[:2])
        clock_of(home).seconds = NOW
        await events.announce(
            home, SOUP
        )  # two may be ours and a friend's, under clocks that were ahead
        clock_of(home).seconds = NOW + DAY
        await receive(home, later[2])
        clock_of(home).seconds = NOW
        with pytest.raises(Refused, match=r"2026-11-18.*, but it is 2026-11-19.* or later"):
            await events.announce(home, SOUP)
        await events.announce(replace(home, connections=Running(offset=0.0)), SOUP)


@pytest.mark.parametrize("wrong_by", [HOUR, -YEAR])
async def test_nothing_is_signed_under_a_wrong_clock_but_reading_goes_on(
    tmp_path: Path, wrong_by: int
) -> None:
    async with at_home(tmp_path) as before:
        soup = await events.announce(before, SOUP)
    async with at_home(tmp_path, now=NOW + wrong_by) as home:
        service = replace(home, connections=Running(offset=float(-wrong_by)))
        for signing in (
            events.announce(service, SOUP),
            events.cancel(service, soup["id"]),
            events.withdraw_all(service),
        ):
            with pytest.raises(Refused, match=r"clock is \d+ minutes .* its peers': set it first"):
                await signing
        assert await list_events.show(service, soup["id"]) == soup
        assert [event["id"] for event in await list_events.list_events(service, past=True)] == [
            soup["id"]
        ]

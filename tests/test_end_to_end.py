"""The main job between real nodes: separate processes, real TCP, real signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from .processes import Process, processes, until

SOON = (date.today() + timedelta(days=3)).isoformat()  # noqa: DTZ011
SOUP = {"title": "Soup night", "start": f"{SOON}T19:00", "near": "Berlin"}


def calendar(path: Path, number: int, hosts: int = 20) -> Path:
    """An invented calendar of so many events in the next weeks."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN"]
    for each in range(number):
        start = datetime.now(UTC) + timedelta(hours=24 + each % 600)
        lines += ["BEGIN:VEVENT", f"UID:{each}@test", f"DTSTART:{start:%Y%m%dT%H0000Z}"]
        lines += [
            f"SUMMARY:Event {each}",
            f"ORGANIZER;CN=Club {each % hosts}:MAILTO:noreply@example.org",
        ]
        lines += [f"DESCRIPTION:{'Bring something. ' * 20}", "END:VEVENT"]
    path.write_text("\r\n".join([*lines, "END:VCALENDAR", ""]), "utf-8")
    return path


def in_a_line(*nodes: Process) -> None:
    """Start these, each knowing only the one before."""
    for before, node in zip((None, *nodes), nodes, strict=False):
        node.start("--no-web", *(["--connect", before.address] if before else []))


def bring(node: Process, file: Path, **form: Any) -> dict[str, Any]:
    """Import a calendar at a running node."""
    result: dict[str, Any] = node.call(
        "import_calendar", source=str(file), form={"near": "Berlin", **form}
    )
    return result


def test_announcements_travel_and_who_comes_late_gets_them_all(tmp_path: Path) -> None:
    with processes(tmp_path, "abcd") as (a, b, c, d):
        in_a_line(a, b, c)
        assert bring(a, calendar(tmp_path / "x.ics", 300))["imported"] == 300
        until(lambda: c.ids() == a.ids())

        soup = a.call("announce", form=SOUP)["id"]
        until(lambda: soup in c.ids())
        a.call("cancel", id=soup, why="no onions")
        until(lambda: c.call("show", id=soup)["status"] == "cancelled")

        d.start("--no-web", "--connect", b.address)
        until(lambda: d.ids() == a.ids())
        assert len(d.ids()) == 301

        hand = d.call("draw_seed", form={"near": "Berlin"}, seed="ab" * 32)
        assert hand == c.call("draw_seed", form={"near": "Berlin"}, seed="ab" * 32) | {
            "receipt": hand["receipt"]
        }
        assert len(hand["hand"]) == 5


def test_a_node_that_was_away_catches_up_and_redials(tmp_path: Path) -> None:
    with processes(tmp_path, "ab") as (a, b):
        a.start()
        b.start("--no-web", "--connect", a.address)
        until(lambda: a.call("status")["peers"] == 1)
        assert b.stop(signal.SIGTERM) == 0
        soup = a.call("announce", form=SOUP)["id"]

        b.start()
        until(lambda: soup in b.ids())


def test_nothing_acknowledged_is_lost_by_sigkill(tmp_path: Path) -> None:
    file = calendar(tmp_path / "x.ics", 1000)
    with processes(tmp_path, "a") as (a,):
        for after in (200, 600):
            a.start()
            acknowledged = a.killed_while_importing(file, {"near": "Berlin"}, after)
            assert acknowledged >= after
            assert len(a.ids()) >= acknowledged
        a.start()
        done = bring(a, file)
        assert done["imported"] + done["unchanged"] == 1000
        assert len({event["slot"] for event in a.call("list_events")}) == len(a.ids()) == 1000


def test_nodes_of_a_closed_network_meet(tmp_path: Path) -> None:
    secret = "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPIYTEMZUGU3A"
    with processes(tmp_path, "ab", secret) as (a, b), processes(tmp_path, "c") as (c,):
        in_a_line(a, b, c)
        soup = a.call("announce", form=SOUP)["id"]
        until(lambda: soup in b.ids())
        bring(a, calendar(tmp_path / "x.ics", 60))
        until(lambda: b.ids() == a.ids())

        assert c.ids() == set()


def test_a_node_stops_cleanly_and_is_alone_in_its_home(tmp_path: Path) -> None:
    with processes(tmp_path, "a") as (a,):
        a.start()
        second = potluck("--home", str(a.home), "up", "--no-web")
        assert second.returncode == 1
        assert "another Potluck" in second.stderr
        assert a.client.is_up()

        assert a.stop(signal.SIGINT) == 0
        assert "Traceback" not in a.log
        assert not any(a.home.glob("*.socket"))


@pytest.mark.soak
def test_a_real_towns_calendar_survives_kills_and_reaches_everybody(
    tmp_path: Path, shared: Path
) -> None:
    file, form = (
        shared / "data" / "bloomington.ics",
        {"near": "Bloomington, Indiana", "since": "2027-02-19"},
    )
    with processes(tmp_path, "abcd") as (a, b, c, d):
        for after in range(200, 6200, 1000):
            a.start()
            acknowledged = a.killed_while_importing(file, form, after)
            assert len(a.ids()) >= acknowledged
        in_a_line(a, b, c)
        done = bring(a, file, **form)
        assert done["imported"] + done["unchanged"] == 6686
        travelled = until(lambda: c.call("status")["announcements"] == 6686)
        d.start("--no-web", "--connect", b.address)
        caught_up = until(lambda: d.call("status")["announcements"] == 6686)
        print(
            f"far end: {travelled:.0f} s after the import (bar 60); late joiner: {caught_up:.0f} "
            "s (bar 15)"
        )
        assert a.ids() == b.ids() == c.ids() == d.ids()


def test_the_demonstration_runs_and_cleans_up_though_its_terminal_is_closed() -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own may be too long for a socket
        command = [sys.executable, "-m", "potluck.cli", "demo"]
        environment = {**os.environ, "TMPDIR": folder, "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as demo:
            assert demo.stdout is not None
            shown = ""
            while "Ctrl-C stops" not in shown:
                line = demo.stdout.readline()
                assert line, shown
                shown += line
            demo.send_signal(signal.SIGHUP)
            demo.stdout.read()

        assert demo.returncode == 0
        assert "Cleo holds all" in shown
        assert "1 of 25 organisers" in shown
        assert list(Path(folder).glob("potluck-demo-*")) == []


def potluck(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    command = [sys.executable, "-m", "potluck.cli", *words]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
        env=os.environ | environment,
    )

"""Terminals that are full, gone, without colour or without our signs; disks that are full."""

from __future__ import annotations

import json
import os
import pty
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from potluck.cli import terminal

from .conftest import Person

WORDS = ("--title", "Süppchen – ☃", "--tz", "UTC", "--start", "2026-12-01T19:00")


def potluck(person: Person, *words: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """A command in a process of its own."""
    environment = os.environ | options.pop("env", {})
    command = [sys.executable, "-m", "potluck.cli", "--home", str(person.home), *words]
    pipe: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.run(command, check=False, timeout=120, env=environment, **pipe)


@pytest.fixture
def soup(ada: Person) -> Person:
    """A person who announced something."""
    ada.says("announce", *WORDS)
    return ada


@pytest.mark.parametrize("words", [("list",), ("list", "--json"), ("--help",)])
def test_a_full_device_is_said(soup: Person, words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        run = potluck(soup, *words, stdout=full)

    assert run.returncode == 1
    assert run.stderr == b"Error: cannot write: No space left on device\n"


def test_where_errors_cannot_be_told_either_the_exit_code_says_it(soup: Person) -> None:
    with Path("/dev/full").open("wb") as full:
        assert potluck(soup, "show", "abcdef", stdout=full, stderr=full).returncode != 0


def test_a_pipe_that_was_closed_ends_the_command_quietly(soup: Person) -> None:
    read, write = os.pipe()
    os.close(read)
    run = potluck(soup, "list", stdout=write)
    os.close(write)

    assert (run.returncode, run.stderr) == (1, b"")


def test_a_command_without_any_stream_does_its_work(soup: Person) -> None:
    def close() -> None:
        os.close(1)
        os.close(2)

    run = potluck(soup, "list", stdout=None, stderr=None, preexec_fn=close)

    assert run.returncode == 0


def test_a_terminal_without_our_signs_gets_others(soup: Person) -> None:
    run = potluck(soup, "list", env={"PYTHONIOENCODING": "latin-1"})

    assert "Süppchen - ?".encode("latin-1") in run.stdout
    assert run.stderr == b""
    assert potluck(soup, "invite", env={"PYTHONIOENCODING": "latin-1"}).returncode == 0


def in_a_terminal(person: Person, *words: str, **environment: str) -> bytes:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    potluck(person, *words, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    said = b""
    try:
        while chunk := os.read(ours, 65536):
            said += chunk
    except OSError:  # the terminal is closed, and all is read
        pass
    finally:
        os.close(ours)
    return said


def test_no_color_has_none(soup: Person) -> None:
    coloured = in_a_terminal(soup, "list", NO_COLOR="")
    plain = in_a_terminal(soup, "list", NO_COLOR="1")
    dumb = in_a_terminal(soup, "list", NO_COLOR="", TERM="dumb")

    assert b"\x1b[" in coloured
    assert b"\x1b[" not in plain + dumb
    assert "Süppchen".encode() in plain


def test_what_libraries_warn_of_is_not_shown(ada: Person, tmp_path: Path) -> None:
    zone = "/example.org/20260101_1/Europe/Paris"
    (tmp_path / "x.ics").write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1@x.example\r\n"
        f"SUMMARY:Soup\r\nDTSTART;TZID={zone}:20261201T190000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    assert potluck(ada, "import", str(tmp_path / "x.ics")).stderr == b""


def full_disk() -> None:
    """No file may grow, as where the disk is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


@pytest.mark.parametrize("words", [("list",), ("browse",), ("status",), ("plan", "list")])
def test_what_is_here_can_be_read_on_a_full_disk(soup: Person, words: tuple[str, ...]) -> None:
    run = potluck(soup, *words, preexec_fn=full_disk)

    assert (run.returncode, run.stderr) == (0, b"")


def test_what_only_the_log_holds_can_be_read_on_a_full_disk(soup: Person) -> None:
    with closing(sqlite3.connect(soup.home / "store.sqlite")) as other:
        other.execute("SELECT 1 FROM sqlite_master").fetchone()  # so that the log stays
        potluck(soup, "announce", *WORDS)
        run = potluck(soup, "list", "--json", preexec_fn=full_disk)

    assert (run.returncode, run.stderr) == (0, b"")
    assert len(json.loads(run.stdout)) == 2


def test_only_writing_fails_on_a_full_disk(soup: Person) -> None:
    run = potluck(soup, "announce", *WORDS, preexec_fn=full_disk)

    assert run.returncode == 1
    assert b"is full; free some space" in run.stderr
    assert len(soup.json("list")) == 1


def test_a_setting_is_not_half_written_on_a_full_disk(soup: Person) -> None:
    for _ in range(20):
        soup.says("config", "set", "name", "x" * 2000)
    before = (soup.home / "config.toml").read_bytes()
    run = potluck(soup, "config", "set", "name", "y" * 2000, preexec_fn=full_disk)

    assert run.returncode == 1
    assert b"Traceback" not in run.stderr
    assert (soup.home / "config.toml").read_bytes() == before
    assert not list(soup.home.glob("*.new"))


def test_ctrl_c_while_a_stamp_is_sought_leaves_a_home_that_can_be_gone_on_with(
    tmp_path: Path, someone: Callable[..., Person]
) -> None:
    person = Person(tmp_path / "slow")
    command = [sys.executable, "-m", "potluck.cli", "--home", str(person.home), "init"]
    process = subprocess.Popen([*command, "--stamp-bits", "40"], stderr=subprocess.PIPE)
    while not (person.home / "config.toml").exists():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 1
    assert b"Traceback" not in said
    key = person.json("status")["host_key"]
    config = person.home / "config.toml"
    config.write_text(config.read_text("utf-8").replace("stamp_bits = 40", "stamp_bits = 4"))
    assert key in person.says("init", "--stamp-bits", "4")
    assert "already has" in person.fails(1, "init", "--stamp-bits", "4")


def test_an_error_that_is_not_the_streams_is_raised() -> None:
    def defect() -> None:
        raise ConnectionResetError(104, "Connection reset by peer")

    with pytest.raises(ConnectionResetError):
        terminal.guarded(defect)

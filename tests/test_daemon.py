"""A node as a daemon: where it is reached, how it ends, and what it tells to whom."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .processes import until
from .test_end_to_end import potluck


@contextmanager
def up(home: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A node with the settings of its home."""
    words = [sys.executable, "-m", "potluck.cli", "--home", str(home), "up", *options]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            assert process.stdout is not None
            until(lambda: (home / "control.socket").exists() or process.poll() is not None)
            yield process
        finally:
            process.kill()


def at(home: Path, *words: str) -> str:
    said = potluck("--home", str(home), *words)
    assert said.returncode == 0, said.stderr
    return said.stdout


def test_two_homes_joined_by_a_link_find_each_other_after_each_restart(tmp_path: Path) -> None:
    ada, bo = tmp_path / "ada", tmp_path / "bo"
    at(ada, "init", "--network", "town", "--stamp-bits", "4")
    link = next(line for line in at(ada, "invite").splitlines() if line.startswith("potluck:"))
    at(bo, "join", link)
    for _ in range(3):
        with up(ada, "--no-web"), up(bo, "--no-web"):
            until(lambda: "connected with 1 peer" in at(bo, "status"))
            assert "connected with 1 peer" in at(ada, "status")


def test_peers_of_another_network_of_the_same_name_are_named(tmp_path: Path) -> None:
    ada, bo = tmp_path / "ada", tmp_path / "bo"
    at(ada, "init", "--network", "town", "--stamp-bits", "4")
    at(bo, "init", "--network", "town", "--stamp-bits", "5")
    with up(ada, "--no-web"), up(bo, "--no-web", "--connect", address(ada)):
        until(lambda: "of 4 stamp bits where ours asks for 5" in at(bo, "peers", "list"))
        said = potluck("--home", str(bo), "peers", "connect", address(ada))
        assert said.returncode == 6
        assert "town, of 4 stamp bits" in said.stderr


def address(home: Path) -> str:
    link = next(line for line in at(home, "invite").splitlines() if line.startswith("potluck:"))
    return link.partition("peer=")[2].partition("&")[0]


def test_a_node_ends_cleanly_when_its_terminal_goes_or_when_it_is_told_to(tmp_path: Path) -> None:
    home = tmp_path / "home"
    at(home, "init", "--network", "town", "--stamp-bits", "4")
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        with up(home, "--no-web") as process:
            process.send_signal(number)
            assert process.wait(60) == 0
    with up(home, "--no-web") as process:
        assert "has stopped" in at(home, "stop")
        assert process.wait(60) == 0
    assert potluck("--home", str(home), "stop").returncode == 3


def test_a_node_whose_settings_were_broken_meanwhile_can_be_stopped(tmp_path: Path) -> None:
    home = tmp_path / "home"
    at(home, "init", "--network", "town", "--stamp-bits", "4")
    with up(home, "--no-web") as process:
        (home / "config.toml").write_text("name = [", encoding="utf-8")
        assert "has stopped" in at(home, "stop")
        assert process.wait(60) == 0
    assert potluck("--home", str(home), "stop").returncode == 2


def test_the_login_link_is_told_to_a_terminal_only(tmp_path: Path) -> None:
    home = tmp_path / "home"
    at(home, "init", "--network", "town", "--stamp-bits", "4")
    with up(home, "--web", "127.0.0.1:0") as process:
        at(home, "stop")
        assert process.stdout is not None
        said = process.stdout.read()
    assert b"Your page: http://127.0.0.1:" in said
    assert b"/enter?code=" not in said

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "potluck.cli", "--home", str(home), "up"]
    with subprocess.Popen([*command, "--web", "127.0.0.1:0"], stdout=theirs, stderr=theirs) as node:
        os.close(theirs)
        shown = b""
        while b"Ctrl-C" not in shown:
            shown += os.read(ours, 65536)
        node.send_signal(signal.SIGINT)
    os.close(ours)
    assert b"/enter?code=" in shown

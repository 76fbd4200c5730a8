"""The files with which a system runs a node: they run it, and nothing is written over."""

from __future__ import annotations

import plistlib
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from potluck.node.operations.lifecycle import service_file
from potluck.protocol.errors import LocalError, Refused

PROGRAM = [sys.executable, "-m", "potluck.cli"]


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An account whose folder this is."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return tmp_path


def started(text: str) -> str:
    (line,) = (line for line in text.splitlines() if line.startswith("ExecStart="))
    return line.removeprefix("ExecStart=")


def test_what_the_unit_runs_runs(account: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    made = service_file.install(account / "my home", PROGRAM)
    words = shlex.split(started(Path(made["file"]).read_text("utf-8")))
    ran = subprocess.run([*words, "--help"], check=True, capture_output=True, text=True)

    assert made["file"] == str(account / ".config/systemd/user/potluck.service")
    assert words[3:6] == ["--home", str(account / "my home"), "up"]
    assert "Run your node" in ran.stdout


def test_the_unit_is_the_hardened_one_with_another_command() -> None:
    template = service_file.TEMPLATE.read_text("utf-8")
    text = service_file.unit(["/opt/potluck", "up"])

    assert text.replace("ExecStart=/opt/potluck up", f"ExecStart={started(template)}") == template


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("/opt/potluck", "/opt/potluck"),
        ("/my home", '"/my home"'),
        ("/100%", "/100%%"),
        ("/$HOME", "/$$HOME"),
        ('/a"b\\', '"/a\\"b\\\\"'),
    ],
)
def test_systemd_reads_a_path_as_it_is(word: str, written: str) -> None:
    assert started(service_file.unit([word])) == written


def test_an_agent_of_a_mac_runs_it_too(account: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    made = service_file.install(account / "home", PROGRAM)
    said = plistlib.loads(Path(made["file"]).read_bytes())

    assert made["file"] == str(account / "Library/LaunchAgents/potluck.node.plist")
    assert said["ProgramArguments"][:6] == [*PROGRAM, "--home", str(account / "home"), "up"]
    assert said["KeepAlive"] == {"SuccessfulExit": False}
    assert made["start"] == [f"launchctl load -w {made['file']}"]


def test_what_is_there_already_is_not_written_over(
    account: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    first = service_file.install(account / "a", PROGRAM)

    assert service_file.install(account / "a", PROGRAM) == first
    with pytest.raises(Refused, match="says something else"):
        service_file.install(account / "b", PROGRAM)
    assert str(account / "a") in Path(first["file"]).read_text("utf-8")


def test_another_system_is_told_what_to_run(account: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "freebsd14")
    with pytest.raises(LocalError, match=r"let what starts programs here run: .* up --log-level"):
        service_file.install(account, PROGRAM)

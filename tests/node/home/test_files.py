"""Files that are written whole or not at all."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from potluck.node.home import files
from potluck.node.home.config import Config
from potluck.node.home.home import Home
from potluck.protocol.errors import LocalError


def test_ctrl_c_waits_until_the_end() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), files.uninterrupted():
        signal.raise_signal(signal.SIGINT)
        done.append("all")
    assert done == ["all"]
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("number", range(5))
def test_ctrl_c_leaves_a_whole_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    write = files.write_new
    written: list[Path] = []

    def interrupted(path: Path, content: bytes) -> None:
        if len(written) == number:
            signal.raise_signal(signal.SIGINT)
        written.append(path)
        write(path, content)

    monkeypatch.setattr("potluck.node.home.home.write_new", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Home.create(tmp_path / "home", Config())
    assert Home.open(tmp_path / "home").config == Config()


def test_what_cannot_all_be_written_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = files.write_new
    written: list[Path] = []

    def full(path: Path, content: bytes) -> None:
        if len(written) == 3:
            raise LocalError("the disk is full")
        written.append(path)
        write(path, content)

    monkeypatch.setattr("potluck.node.home.home.write_new", full)
    with pytest.raises(LocalError, match="full"):
        Home.create(tmp_path, Config())
    assert list(tmp_path.iterdir()) == []


def test_a_file_half_written_does_not_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", failing)
    with pytest.raises(LocalError, match="No space left"):
        files.write_new(tmp_path / "key", b"secret")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"precious")
    with pytest.raises(LocalError, match="cannot write"):
        files.write_new(tmp_path / "key", b"other")
    assert (tmp_path / "key").read_bytes() == b"precious"

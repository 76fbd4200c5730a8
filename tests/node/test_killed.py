"""A process that is killed before any one thing that it does to the disk: nothing counts half."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import trio

from potluck.node.home.home import Home
from potluck.node.home.paths import CONFIG, KEYS
from potluck.node.operations.lifecycle import backup
from potluck.node.operations.lifecycle import leave as leaving
from potluck.node.operations.service import open_store
from potluck.node.operations.trust.words import from_words
from potluck.protocol.errors import NotFound, Refused
from tests.builders import NOW

from . import killed
from .at_home import CONFIG as SETTINGS
from .at_home import at_home


def deaths(deed: str, folder: Path, home: Path = Path("none")) -> list[Path]:
    """A folder for each moment at which it was killed, as it was left; the last was not killed."""
    folder.mkdir(exist_ok=True)
    words = [sys.executable, "-m", "tests.node.killed", deed, str(home), str(folder)]
    subprocess.run(words, check=True)
    return sorted(
        (each for each in folder.iterdir() if each.is_dir()), key=lambda one: int(one.name)
    )


def keys(folder: Path) -> list[Path]:
    """All files in which a key may be."""
    return [file for name in (*KEYS, "backup") for file in folder.rglob(f"{name}*")]


def test_a_home_is_deleted_with_all_its_keys_or_is_whole(tmp_path: Path) -> None:
    whole = Home.create(tmp_path / "template", SETTINGS)
    *left, done = deaths("leave", tmp_path / "left", whole.path)

    assert len(left) > len(KEYS)
    assert not list(done.iterdir())
    for folder in left:
        home = folder / "home"
        if (home / CONFIG).exists():
            assert Home.open(home).identity == whole.identity
            backup.wipe(home)
        with pytest.raises(NotFound):
            Home.open(home)
        assert not keys(folder)
        Home.create(home, SETTINGS)


def test_a_home_of_words_knows_that_it_was_brought_back(tmp_path: Path) -> None:
    *left, _ = deaths("words", tmp_path)

    for folder in left:
        home = folder / "home"
        if (home / CONFIG).exists():
            assert Home.open(home).is_restored
        killed.words(folder)
        assert Home.open(home).host_seed == from_words(killed.WORDS)
        assert Home.open(home).is_restored


def test_a_home_is_brought_back_whole_or_not_at_all(tmp_path: Path) -> None:
    async def copied() -> None:
        async with at_home(tmp_path / "template") as service:
            (tmp_path / "left").mkdir()
            await backup.backup(service, str(tmp_path / "left" / "backup"))

    trio.run(copied)
    *left, _ = deaths("restore", tmp_path / "left")

    for folder in left:
        if not (folder / "home").exists():
            killed.restore(folder)
        home = Home.open(folder / "home")
        open_store(home).close()
        assert home.is_restored
        assert [path.name for path in folder.iterdir()] == ["home"]


def test_a_copy_is_whole_or_goes_when_the_home_is_used_next(tmp_path: Path) -> None:
    whole = Home.create(tmp_path / "template", SETTINGS)
    open_store(whole).close()
    *left, _ = deaths("copy", tmp_path / "left", whole.path)

    async def use(home: Path) -> None:
        async with at_home(home) as service:
            await backup.forget_left(service.store)

    for folder in left:
        if (folder / "copy").exists():
            backup.restore(folder / "again", folder / "copy")
        trio.run(use, folder / "home")
        assert not list(folder.glob(".*"))


async def test_who_leaves_again_overwrites_no_export_of_the_first_time(tmp_path: Path) -> None:
    """What was withdrawn already is in it, and nowhere else."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "events.ics").write_text("of the first time")
    async with at_home(tmp_path / "home", now=NOW) as service:
        with pytest.raises(Refused, match=r"events\.ics is already there; choose another folder"):
            await leaving.leave(service, str(tmp_path / "out"))

    assert [file.name for file in (tmp_path / "out").iterdir()] == ["events.ics"]

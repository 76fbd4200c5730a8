"""What is on the disk when a process is killed before each thing that it does to it.

    python -m tests.node.killed DEED HOME FOLDER

does a deed in FOLDER/1, FOLDER/2, … and is killed before the first, the second, … change of the
disk, until it is not killed any more. HOME is copied to begin with, where there is one.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

import trio

from potluck.cli.client import Client
from potluck.node.operations.lifecycle import backup, init

WORDS = "abandon " * 23 + "art"
CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod"}


def leave(folder: Path) -> None:
    backup.wipe(folder / "home")


def copy(folder: Path) -> None:
    Client(str(folder / "home")).call("backup", path=str(folder / "copy"))


def restore(folder: Path) -> None:
    backup.restore(folder / "home", folder.parent / "backup")


def words(folder: Path) -> None:
    create = partial(init.create, folder / "home", "", "test", None, 4, lambda _done, _total: None)
    trio.run(create, WORDS)


DEEDS = {deed.__name__: deed for deed in (leave, copy, restore, words)}


def killed(deed: Callable[[Path], None], folder: Path, change: int) -> bool:
    """Whether a process that did it was killed before this change."""
    child = os.fork()
    if child == 0:
        left = change

        def before(event: str, said: tuple[object, ...]) -> None:
            nonlocal left
            writes = event == "open" and isinstance(said[2], int) and said[2] & os.O_ACCMODE
            if writes or event in CHANGES:
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(before)
        deed(folder)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL)
    return status == signal.SIGKILL


def main(deed: str, home: Path, folder: Path) -> None:
    for change in count(1):
        (folder / str(change)).mkdir()
        if home.exists():
            shutil.copytree(home, folder / str(change) / "home")
        if not killed(DEEDS[deed], folder / str(change), change):
            return


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))

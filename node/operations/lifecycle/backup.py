"""A second copy of a home, bringing one back, and deleting one."""

import contextlib
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import IO

import trio

from potluck.node.home.files import (
    reading,
    sync_folder,
    sync_whole,
    uninterrupted,
    write_new,
    writing,
)
from potluck.node.home.home import Home
from potluck.node.home.paths import RESTORED, STORE
from potluck.node.operations.service import Json, Service, open_store
from potluck.node.operations.trust.words import to_words
from potluck.node.store import Store
from potluck.protocol.errors import LocalError, Refused

from . import archive

LEFT = "backup"
"""The note of where a backup is being put together."""


async def backup(service: Service, path: str) -> Json:
    """The whole home, keys included, as one file that only its owner can read: {file, bytes}.

    Whatever happens, there is no half of one under that name.
    """
    target = Path(path)
    if target.exists():
        raise Refused("{target} is already there; choose another name", target=target)
    await service.intake.settle()
    with writing(target):
        async with service.turn, _noted_beside(service.store, target) as folder:
            await service.store.database.copy_to(folder / STORE)
            await trio.to_thread.run_sync(_write, service.home.path, folder, target)
    return {"file": str(target), "bytes": target.stat().st_size}


def _write(home: Path, folder: Path, target: Path) -> None:
    """Pack the home, with the copy of its store from the folder."""
    files = {name: home / name for name in archive.SMALL if (home / name).is_file()}
    fresh = folder / "backup"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        archive.write(file, files | {STORE: folder / STORE})
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(target)
    sync_folder(target.parent)


async def words_of_key(service: Service) -> Json:
    """The host key as 24 words, to be kept on paper: {words, host_key}. Nothing else is in them."""
    return {"words": to_words(service.home.host_seed), "host_key": service.me.hex()}


def restore(path: Path, file: Path) -> Json:
    """Unpack a backup into a folder that has no home yet: {home, host_key, files}.

    It appears whole: it is unpacked and opened beside, and then gets its name.
    """
    if path.is_dir() and any(path.iterdir()):
        raise LocalError("{path} is not empty; choose another folder with --home", path=path)
    if path.exists() and not path.is_dir():
        raise LocalError(
            "cannot write {path}: it is a file; choose another folder with --home", path=path
        )
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with uninterrupted(), _alone_beside(path) as folder, _opened(file) as content:
            names = archive.unpack(content, folder)
            write_new(folder / RESTORED, b"")
            open_store(Home.open(folder)).close()  # so it is whole
            sync_whole(folder)
            folder.rename(path)
            sync_folder(path.parent)
    return {"home": str(path), "host_key": Home.open(path).identity.key.hex(), "files": len(names)}


def wipe(path: Path) -> Json:
    """Delete a home with all its keys: {home}. Raises NotFound, or InUse while a node runs."""
    home = Home.open(path)
    with open_store(home) as store:  # nobody else has it open
        trio.run(forget_left, store)
    home.delete()
    return {"home": str(path)}


async def forget_left(store: Store) -> None:
    """Delete what a backup that was killed left beside its file: all keys may be in it."""
    if left := store.choices.noted(LEFT):
        await _forget(store, Path(left))


async def _forget(store: Store, folder: Path) -> None:
    await trio.to_thread.run_sync(partial(shutil.rmtree, folder, ignore_errors=True))
    with contextlib.suppress(LocalError):
        await store.choices.note(LEFT, "")


@asynccontextmanager
async def _noted_beside(store: Store, target: Path) -> AsyncIterator[Path]:
    """A private folder beside a path, of which the home knows as long as it is there."""
    await forget_left(store)
    folder = _beside(target)
    with contextlib.suppress(LocalError):  # of a disk that takes no more, a copy is wanted most
        await store.choices.note(LEFT, str(folder))
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        with trio.CancelScope(shield=True):
            await _forget(store, folder)


@contextmanager
def _alone_beside(target: Path) -> Iterator[Path]:
    """The same where there is no home yet; what one that was killed left is deleted."""
    for left in target.parent.glob(f".{target.name}.*.new"):
        shutil.rmtree(left, ignore_errors=True)
    folder = _beside(target)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    """A plain file's bytes: of a pipe or a device nobody knows where they end."""
    if file.exists() and not file.is_file():
        raise LocalError("{file} is no plain file", file=file)
    with reading(file):
        content = file.open("rb")
    with content:
        yield content

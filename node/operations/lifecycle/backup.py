"""A second copy of a home, bringing one back, and deleting one."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import IO

import trio

from potluck.node.home.files import sync_folder, sync_whole, uninterrupted
from potluck.node.home.home import Home
from potluck.node.home.paths import STORE
from potluck.node.operations.service import Json, Service, open_store
from potluck.node.operations.trust.vouches import mark_restored
from potluck.node.operations.trust.words import to_words
from potluck.protocol.errors import LocalError, Refused

from . import archive


async def backup(service: Service, path: str) -> Json:
    """The whole home, keys included, as one file that only its owner can read: {file, bytes}.

    Whatever happens, there is no half of one under that name.
    """
    target = Path(path)
    if target.exists():
        raise Refused("{target} is already there; choose another name", target=target)
    await service.intake.settle()
    try:
        async with _beside_in_thread(target) as folder:
            await service.store.database.copy_to(folder / STORE)
            await trio.to_thread.run_sync(_write, service.home.path, folder, target)
    except OSError as error:
        raise LocalError(
            "cannot write {target}: {strerror}", target=target, strerror=error.strerror
        ) from None
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
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with uninterrupted(), _beside(path) as folder, _opened(file) as content:
            names = archive.unpack(content, folder)
            mark_restored(Home.open(folder))  # its store opens, so it is whole
            sync_whole(folder)
            folder.rename(path)
            sync_folder(path.parent)
    except OSError as error:
        raise LocalError(
            "cannot write {path}: {strerror}", path=path, strerror=error.strerror
        ) from None
    return {"home": str(path), "host_key": Home.open(path).identity.key.hex(), "files": len(names)}


def wipe(path: Path) -> Json:
    """Delete a home with all its keys: {home}. Raises NotFound, or InUse while a node runs."""
    home = Home.open(path)
    with open_store(home):
        pass  # nobody else has it open
    with uninterrupted():
        for file in home.files:
            file.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # what else somebody put there is not ours to delete
        path.rmdir()
    return {"home": str(path)}


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A private folder beside a path, for what is to get its name when it is whole. One that was
    left by a run that was killed is deleted: keys may be in it."""
    prefix = f".{target.name}."
    for left in target.parent.glob(f"{prefix}*.new"):
        shutil.rmtree(left, ignore_errors=True)
    folder = target.with_name(f"{prefix}{secrets.token_hex(4)}.new")
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def _beside_in_thread(target: Path) -> AsyncIterator[Path]:
    """The same for the loop: to delete a large copy takes a tenth of a second."""
    beside = _beside(target)
    folder = await trio.to_thread.run_sync(beside.__enter__)
    try:
        yield folder
    finally:
        with trio.CancelScope(shield=True):
            await trio.to_thread.run_sync(beside.__exit__, None, None, None)


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    """A plain file's bytes: of a pipe or a device nobody knows where they end."""
    if file.exists() and not file.is_file():
        raise LocalError("{file} is no plain file", file=file)
    try:
        content = file.open("rb")
    except OSError as error:
        raise LocalError(
            "cannot read {file}: {strerror}", file=file, strerror=error.strerror
        ) from None
    with content:
        yield content

"""Making a home, and bringing one back: what is done before there is anything to serve."""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import tarfile
from pathlib import Path

from potluck.node.config import Config
from potluck.node.errors import InUse
from potluck.node.home import Home
from potluck.protocol import link
from potluck.protocol.errors import Invalid, LocalError, NotFound
from potluck.protocol.link import Invitation
from potluck.protocol.network import Network
from potluck.protocol.table import Table

from .base import Json, Progress, open_store
from .stamps import ensure_stamp
from .words import explained

STORE_FILE = "store.sqlite"


async def create(
    path: Path, name: str, network: str, secret: str | None, stamp_bits: int, progress: Progress
) -> Json:
    """A new home with its birth stamp: {home, host_key, network, closed, secret}.

    `secret` is base32, or "new" for a fresh one. Raises LocalError; no key is ever overwritten.
    """
    key = secrets.token_bytes(32) if secret == "new" else _secret(secret)
    with explained():
        Network(network, stamp_bits, key)
    home = Home.create(path, Config(name=name, network_name=network, stamp_bits=stamp_bits), key)
    await ensure_stamp(home, progress)
    return {
        "home": str(path),
        "host_key": home.identity.key.hex(),
        "network": network,
        "closed": key is not None,
        "secret": link.base32(key) if key else None,
    }


async def prepare(path: Path, text: str, progress: Progress) -> bool:
    """Make the home that a link needs, if there is none; whether one was made.

    A home that was never used moves to the network of an invitation.
    """
    wanted = read_link(text)
    network = wanted.network if isinstance(wanted, Invitation) else None
    try:
        home = Home.open(path)
    except NotFound:
        network = network or Network(Config().network_name)
        config = Config(network_name=network.name, stamp_bits=network.stamp_bits)
        await ensure_stamp(Home.create(path, config, network.secret), progress)
        return True
    if network is not None and network.id != home.network.id and await _is_unused(home):
        await ensure_stamp(home.moved(network), progress)
    return False


async def _is_unused(home: Home) -> bool:
    """Whether nothing was ever announced or received here, and no node runs."""
    try:
        with open_store(home) as store:
            return (await store.deck.counts()).log == 0
    except InUse:
        return False


def read_link(text: str) -> Invitation | Table:
    """What a link brings. Raises LocalError."""
    try:
        return link.parse(text.strip())
    except Invalid as error:
        raise LocalError(f"this link cannot be followed: {error}") from None


def restore(path: Path, file: Path) -> Json:
    """Unpack a backup into a folder that has no home yet: {home, host_key, files}."""
    if path.is_dir() and any(path.iterdir()):
        raise LocalError(f"{path} is not empty; choose another folder with --home")
    try:
        content = _unpacked(file.read_bytes())
    except OSError as error:
        raise LocalError(f"cannot read {file}: {error.strerror}") from None
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
        for name, data in content.items():
            handle = os.open(path / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as out:
                out.write(data)
    except OSError as error:
        raise LocalError(f"cannot write {path}: {error.strerror}") from None
    home = Home.open(path)
    with open_store(home):
        pass  # it opens, so it is whole
    return {"home": str(path), "host_key": home.identity.key.hex(), "files": len(content)}


def wipe(path: Path) -> Json:
    """Delete a home with all its keys: {home}. Raises NotFound, or InUse while a node runs in it."""
    home = Home.open(path)
    with open_store(home):
        pass  # nobody else has it open
    for file in home.files:
        file.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # what else somebody put there is not ours to delete
        path.rmdir()
    return {"home": str(path)}


def packed(files: dict[str, bytes]) -> bytes:
    """A backup's bytes: a compressed tar of plain files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in sorted(files.items()):
            entry = tarfile.TarInfo(f"potluck/{name}")
            entry.size, entry.mode = len(data), 0o600
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def _unpacked(data: bytes) -> dict[str, bytes]:
    """The files of a backup; names are checked, since a backup may come from anywhere."""
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            for entry in archive:
                folder, _, name = entry.name.partition("/")
                content = archive.extractfile(entry) if entry.isfile() else None
                if folder != "potluck" or not name or "/" in name or name.startswith(".") or content is None:
                    raise LocalError("this file is no backup of Potluck")
                files[name] = content.read()
    except (tarfile.TarError, EOFError, OSError):
        raise LocalError("this file is no backup of Potluck, or it is damaged") from None
    if "config.toml" not in files:
        raise LocalError("this file is no backup of Potluck")
    return files


def _secret(text: str | None) -> bytes | None:
    if text is None:
        return None
    with explained():
        return link.parse_base32(text)

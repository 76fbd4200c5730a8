"""A second copy of a home, bringing one back, and deleting one."""

from __future__ import annotations

import contextlib
import io
import tarfile
from pathlib import Path

from potluck.node.home.files import uninterrupted, write_all, write_new
from potluck.node.home.home import Home
from potluck.node.home.paths import CONFIG, STORE
from potluck.node.operations.service import Json, Service, open_store
from potluck.node.operations.trust.vouches import mark_restored
from potluck.node.operations.trust.words import to_words
from potluck.protocol.errors import LocalError, Refused


async def backup(service: Service, path: str) -> Json:
    """The whole home, keys included, as one file that only its owner can read: {file, bytes}."""
    target, home = Path(path), service.home.path
    keep = [
        file
        for file in home.iterdir()
        if file.is_file() and file.suffix in {".toml", ".key", ".secret", ".token", ".stamp"}
    ]
    files = {file.name: file.read_bytes() for file in keep}
    await service.intake.settle()
    files[STORE] = await service.store.database.snapshot()
    data = packed(files)
    if target.exists():
        raise Refused("{target} is already there; choose another name", target=target)
    write_new(target, data)
    return {"file": str(target), "bytes": len(data)}


async def words_of_key(service: Service) -> Json:
    """The host key as 24 words, to be kept on paper: {words, host_key}. Nothing else is in them."""
    return {"words": to_words(service.home.host_seed), "host_key": service.me.hex()}


def restore(path: Path, file: Path) -> Json:
    """Unpack a backup into a folder that has no home yet: {home, host_key, files}."""
    if path.is_dir() and any(path.iterdir()):
        raise LocalError("{path} is not empty; choose another folder with --home", path=path)
    try:
        content = _unpacked(file.read_bytes())
    except OSError as error:
        raise LocalError(
            "cannot read {file}: {strerror}", file=file, strerror=error.strerror
        ) from None
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
    except OSError as error:
        raise LocalError(
            "cannot write {path}: {strerror}", path=path, strerror=error.strerror
        ) from None
    # The settings last, because a home is what has them: one half restored is not taken for one.
    names = sorted(content, key=lambda name: name == CONFIG)
    write_all({path / name: content[name] for name in names})
    home = Home.open(path)
    mark_restored(home)  # its store opens, so it is whole
    return {"home": str(path), "host_key": home.identity.key.hex(), "files": len(content)}


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
                if (
                    folder != "potluck"
                    or not name
                    or "/" in name
                    or name.startswith(".")
                    or content is None
                ):
                    raise LocalError("this file is no backup of Potluck")
                files[name] = content.read()
    except (tarfile.TarError, EOFError, OSError):
        raise LocalError("this file is no backup of Potluck, or it is damaged") from None
    if CONFIG not in files:
        raise LocalError("this file is no backup of Potluck")
    return files

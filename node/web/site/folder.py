"""A site as a folder: what changed is written, what is named last is what names the rest."""

import json
from collections.abc import Mapping
from pathlib import Path

import msgspec

from potluck.protocol.errors import LocalError, Refused

MARK = ".potluck-site"
"""Says that the folder is ours, and when each file of it was last a part of the site."""

KEPT = 86_400
"""Seconds that a file stays for pages that are open, after the site no longer needs it."""

LAST = ("index.html", "site.json")
"""What names other files, and so must not come before them."""


def write(folder: Path, files: Mapping[str, bytes], now: int) -> dict[str, int]:
    """Make the folder hold these files: {files, written, removed}.

    Raises Refused for a folder that holds something and is none of ours, LocalError when it cannot
    be written; the site that was there stays whole.
    """
    seen = _seen(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = sum(_put(folder / name, files[name]) for name in sorted(files, key=_order))
        seen |= dict.fromkeys(files, now)
        past = [name for name, last in seen.items() if now - last > KEPT]
        for name in past:
            (folder / name).unlink(missing_ok=True)
            del seen[name]
        _put(folder / MARK, json.dumps(seen, indent=0, sort_keys=True).encode())
    except OSError as error:
        raise LocalError(
            "cannot write {folder}: {strerror}; the site is as it was",
            folder=folder,
            strerror=error.strerror,
        ) from None
    return {"files": len(files), "written": written, "removed": len(past)}


def _order(name: str) -> tuple[int, str]:
    return (LAST.index(name) + 1 if name in LAST else 0), name


def _seen(folder: Path) -> dict[str, int]:
    """When each file of the folder was last needed."""
    try:
        return msgspec.json.decode((folder / MARK).read_bytes(), type=dict[str, int])
    except FileNotFoundError:
        if folder.is_dir() and any(folder.iterdir()):
            raise Refused(
                "{folder} holds files that are not a site's; name an empty folder, or a new one",
                folder=folder,
            ) from None
        return {}
    except OSError as error:
        raise LocalError(
            "cannot read {path}: {strerror}", path=folder / MARK, strerror=error.strerror
        ) from None
    except msgspec.DecodeError:
        raise LocalError(
            "cannot read {folder}; delete the folder and publish again", folder=folder / MARK
        ) from None


def _put(path: Path, content: bytes) -> bool:
    """Write a file whole, if it is not there already; whether it was written."""
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return True

"""What one does not want to be dealt: hosts, importers, sources and words, each for a reason."""

import re
import unicodedata
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Annotated, Any, Literal, TypedDict

import msgspec
from msgspec import Meta

from potluck.node.clock import iso
from potluck.node.home.files import reading, writing
from potluck.node.operations.fields import Count, Key, Line, Time, Word
from potluck.node.operations.service import Json, Service
from potluck.node.store import ANYBODY, Block, Entry, Facts
from potluck.protocol.errors import LocalError, NotFound, Refused
from potluck.protocol.text import clean_line

from .hosts import find_host

MAX_WHY = 200


class Blocked(TypedDict):
    """Something blocked: `kind` is host, importer, source or word; `host` is None for a word, and
    for a source whoever imports it; `text` is the word or the source's id; `since` None if
    unknown."""

    kind: str
    host: Key | None
    text: str | None
    why: str
    since: Time | None
    warns: bool


class Blocks(TypedDict):
    """All that is blocked."""

    blocks: list[Blocked]


class BlocksWritten(TypedDict):
    """A file, and how many blocks are in it."""

    file: str
    blocks: Count


async def block(
    service: Service,
    target: Word = "",
    source: Word | None = None,
    *,
    importer: bool = False,
    word: bool = False,
    why: Word = "",
    warn: bool = False,
) -> Blocks:
    """Never be dealt a host's events (its key, or the first 8 digits), or those with a word.

    `importer`: only what the host imports; `source`: only what it imports of that organiser or,
    without a host, what anybody does. `word`: it is one, though a key may begin so. `warn`: be
    dealt them with a warning. `why` is for oneself.
    """
    found = _meant(service, target, source, importer=importer, word=word)
    if found.host == service.me:
        raise Refused("this is your own key; there is no need to block yourself")
    now, reason = service.clock.real(), clean_line(why, MAX_WHY)
    await service.store.trust.block(Block(found.kind, found.host, found.text, reason, now, warn))
    return await blocks(service)


async def unblock(
    service: Service,
    target: Word = "",
    source: Word | None = None,
    *,
    importer: bool = False,
    word: bool = False,
) -> Blocks:
    """Undo `block`: the blocks that are left. Raises NotFound."""
    trust, digits = service.store.trust, target.strip().lower()
    kind = "importer" if importer else "host"
    begun = [
        one for one in trust.blocks() if one.kind == kind and one.host.hex().startswith(digits)
    ]
    if source is None and len(begun) == 1 and len(digits) >= 4 and not word:
        await trust.unblock(begun[0])
    elif not await trust.unblock(_meant(service, target, source, importer=importer, word=word)):
        raise NotFound("{what} is not blocked so; see: potluck blocks list", what=source or target)
    return await blocks(service)


def meant_by(block: Json) -> dict[str, Any]:
    """What to call `block` or `unblock` with for something that is listed."""
    kind, text = block["kind"], block["text"]
    return {
        "target": text if kind == "word" else block["host"] or "",
        "source": text if kind == "source" else None,
        "importer": kind == "importer",
        "word": kind == "word",
    }


async def blocks(service: Service) -> Blocks:
    """What is blocked."""
    return {"blocks": [_described(one) for one in service.store.trust.blocks()]}


async def write_blocks(service: Service, path: Line) -> BlocksWritten:
    """Write one's blocks, with their reasons, to a file for others."""
    with writing(path):
        Path(path).write_bytes(blocks_file(service))
    return {"file": path, "blocks": len(service.store.trust.blocks())}


def blocks_file(service: Service) -> bytes:
    """One's blocks as a file for others."""
    found = [
        _Entry(one.kind, one.host.hex(), one.text, one.why)  # type: ignore[arg-type]
        for one in service.store.trust.blocks()
    ]
    return msgspec.json.format(msgspec.json.encode(_File(found, "potluck-blocks-v1")), indent=1)


async def read_blocks(service: Service, path: Line) -> Blocks:
    """Somebody's list of blocks, to be taken over entry by entry; nothing is blocked yet."""
    with reading(path):
        return blocks_in(service, path, Path(path).read_bytes())


def blocks_in(service: Service, name: str, content: bytes) -> Blocks:
    """The same of a file that was handed over."""
    try:
        listed = msgspec.json.decode(content, type=_File).blocks
    except msgspec.MsgspecError as error:
        raise LocalError("{path} is no list of blocks: {error}", path=name, error=error) from None
    found = (Block(one.kind, bytes.fromhex(one.host), one.text, one.why) for one in listed)
    return {"blocks": [_described(one) for one in found if one.host != service.me]}


def matching(blocks: Collection[Block]) -> Callable[[Entry, Facts], Block | None]:
    """The question which of the blocks an event falls under, if any."""
    named = {(one.kind, one.host, one.text): one for one in blocks if one.kind != "word"}
    words = {one.text: one for one in blocks if one.kind == "word"}
    any_word = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words)
    pattern = re.compile(any_word) if words else None

    def under(entry: Entry, facts: Facts) -> Block | None:
        keys = [("host", entry.host, "")]
        if entry.source is not None:
            keys.append(("importer", entry.host, ""))
            keys += [("source", by, entry.source) for by in (entry.host, ANYBODY)]
        for key in keys:
            if key in named:
                return named[key]
        if pattern is None:
            return None
        text = "\n".join(filter(None, (entry.title, *facts.topics, entry.series, entry.source)))
        found = pattern.search(unicodedata.normalize("NFC", text).casefold())
        return words[found[0]] if found else None

    return under


def _meant(
    service: Service, target: str, source: str | None, *, importer: bool, word: bool
) -> Block:
    host = None if word else find_host(service, target)
    if source is not None or importer:
        if host is None and (importer or target.strip()):
            raise NotFound(
                "no host has a key that begins with {target}; see: potluck importers", target=target
            )
        kind = "importer" if source is None else "source"
        return Block(kind, host or ANYBODY, source or "")
    return Block("word", text=_word(target)) if host is None else Block("host", host)


def _described(block: Block) -> Blocked:
    return {
        "kind": block.kind,
        "host": block.host.hex() if block.host.strip(b"\0") else None,
        "text": block.text or None,
        "why": block.why,
        "since": iso(block.at, "UTC") if block.at else None,
        "warns": block.warns,
    }


def _word(target: str) -> str:
    word = unicodedata.normalize("NFC", target.strip()).casefold()
    if not word or len(word) > 100:
        raise LocalError("a word to block has 1 to 100 letters")
    return word


class _Entry(msgspec.Struct):
    """A block in a file of somebody's: what is shown of it is text as announcements have it."""

    kind: Literal["host", "importer", "source", "word"]
    host: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""
    text: Annotated[str, Meta(max_length=200)] = ""
    why: Annotated[str, Meta(max_length=MAX_WHY)] = ""

    def __post_init__(self) -> None:
        self.why, self.text = clean_line(self.why, MAX_WHY), clean_line(self.text, MAX_WHY)
        if self.kind == "word":
            self.text = _word(self.text)
        if (self.kind == "word") == bool(self.host) or (self.kind in ("source", "word")) != bool(
            self.text
        ):
            raise ValueError(f"a block of a {self.kind} that does not say what it blocks")


class _File(msgspec.Struct):
    blocks: Annotated[list[_Entry], Meta(max_length=10_000)]
    format: Literal["potluck-blocks-v1"]

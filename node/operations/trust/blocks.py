"""What one does not want to be dealt: hosts, what a host imports of a source, and words."""

from __future__ import annotations

import unicodedata
from typing import TypedDict

from potluck.node.operations.fields import Key, Word
from potluck.node.operations.service import Service
from potluck.protocol.errors import LocalError, NotFound, Refused


class BlockedSource(TypedDict):
    """What a host imports of one organiser."""

    host: Key
    source: str


class Blocks(TypedDict):
    """The hosts, sources of hosts, and words that are hidden from every draw."""

    hosts: list[Key]
    sources: list[BlockedSource]
    words: list[str]


async def block(service: Service, target: Word, source: Word | None = None) -> Blocks:
    """Hide a host (its key, or the first 8 digits) or a word from every draw: as `blocks`.

    With `source`, only what the host imports of that organiser.
    """
    host = _host(service, target)
    if host == service.me:
        raise Refused("this is your own key; there is no need to block yourself")
    if source is not None:
        if host is None:
            raise NotFound(
                "no host has a key that begins with {target}; see: potluck importers",
                target=target,
            )
        await service.store.choices.block_source(host, source)
    elif host is not None:
        await service.store.choices.block_host(host)
    else:
        await service.store.choices.block_word(_word(target))
    return await blocks(service)


async def unblock(service: Service, target: Word, source: Word | None = None) -> Blocks:
    """Undo `block`: the blocks that are left. Raises NotFound."""
    choices = service.store.choices
    if source is not None:
        of_source = [host for host, name in choices.blocked_sources() if name == source]
        chosen = [host for host in of_source if host.hex().startswith(target.strip().lower())]
        if len(chosen) != 1 or not await choices.unblock_source(chosen[0], source):
            raise NotFound(
                "{source} of {target} is not blocked; see: potluck blocks list",
                source=source,
                target=target,
            )
        return await blocks(service)
    digits = target.strip().lower()
    hosts = [
        host
        for host in choices.blocked_hosts()
        if len(digits) >= 4 and host.hex().startswith(digits)
    ]
    host = hosts[0] if len(hosts) == 1 else _host(service, target)
    undone = (host is not None and await choices.unblock_host(host)) or await choices.unblock_word(
        _word(target)
    )
    if not undone:
        raise NotFound("{target} is not blocked; see: potluck blocks list", target=target)
    return await blocks(service)


async def blocks(service: Service) -> Blocks:
    """What is blocked."""
    choices = service.store.choices
    return {
        "hosts": sorted(host.hex() for host in choices.blocked_hosts()),
        "sources": [
            {"host": host.hex(), "source": source}
            for host, source in sorted(choices.blocked_sources())
        ],
        "words": list(choices.blocked_words()),
    }


def _host(service: Service, target: str) -> bytes | None:
    """The host whose key this is, or begins so (8 digits or more); None for a word."""
    digits = target.strip().lower()
    if len(digits) < 8 or not set(digits) <= set("0123456789abcdef"):
        return None
    if len(digits) == 64:
        return bytes.fromhex(digits)
    found = service.store.deck.hosts(digits)
    if len(found) > 1:
        raise Refused(
            "the keys of several hosts begin with {target}; give more of it", target=target
        )
    return found[0] if found else None


def _word(target: str) -> str:
    word = unicodedata.normalize("NFC", target.strip()).casefold()
    if not word or len(word) > 100:
        raise LocalError("a word to block has 1 to 100 letters")
    return word

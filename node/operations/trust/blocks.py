"""What one does not want to be dealt: hosts and words."""

from __future__ import annotations

import unicodedata

from potluck.node.operations.service import Json, Service
from potluck.protocol.errors import LocalError, NotFound, Refused


async def block(service: Service, target: str) -> Json:
    """Hide a host (64 hex digits, or the id of one of its events) or a word from every draw: as `blocks`."""
    host = _host(service, target)
    if host == service.me:
        raise Refused("this is your own key; there is no need to block yourself")
    if host is not None:
        await service.store.choices.block_host(host)
    else:
        await service.store.choices.block_word(_word(target))
    return await blocks(service)


async def unblock(service: Service, target: str) -> Json:
    """Undo `block`: the blocks that are left. Raises NotFound."""
    choices = service.store.choices
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
        raise NotFound(f"{target} is not blocked; see: potluck blocks list")
    return await blocks(service)


async def blocks(service: Service) -> Json:
    """{hosts: [hex…], words: […]}."""
    choices = service.store.choices
    return {
        "hosts": sorted(host.hex() for host in choices.blocked_hosts()),
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
        raise Refused(f"the keys of several hosts begin with {target}; give more of it")
    return found[0] if found else None


def _word(target: str) -> str:
    word = unicodedata.normalize("NFC", target.strip()).casefold()
    if not word or len(word) > 100:
        raise LocalError("a word to block has 1 to 100 letters")
    return word

"""A host as a person names it: by its key, the beginning of it, or the link of its card."""

from potluck.node.operations.service import Service
from potluck.protocol import link
from potluck.protocol.errors import Invalid, LocalError, NotFound, Refused
from potluck.protocol.link import HostCard

SHORTEST = 8


def named_host(service: Service, text: str) -> tuple[bytes, str]:
    """The host of a link, with its name, or of a key. Raises NotFound, Refused, LocalError."""
    if text.strip().startswith("potluck:"):
        try:
            card = link.parse(text.strip())
        except Invalid as error:
            raise LocalError("this link cannot be read: {error}", error=error) from None
        if not isinstance(card, HostCard):
            raise LocalError("this link is no host's card; it begins with potluck:host?")
        return card.key, card.name
    host = find_host(service, text)
    if host is None:
        raise NotFound(
            "no host has a key that begins with {text}; give the whole key or its link", text=text
        )
    return host, ""


def find_host(service: Service, text: str) -> bytes | None:
    """The host whose key this is, or begins so (8 digits or more); None if there is none."""
    digits = text.strip().lower()
    if len(digits) < SHORTEST or not set(digits) <= set("0123456789abcdef"):
        return None
    if len(digits) == 64:
        return bytes.fromhex(digits)
    met = {one.host for one in service.store.trust.met() if one.host.hex().startswith(digits)}
    found = met.union(service.store.deck.hosts(digits))
    if len(found) > 1:
        raise Refused("the keys of several hosts begin with {text}; give more of it", text=text)
    return found.pop() if found else None

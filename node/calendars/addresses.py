"""Addresses of calendars: told from paths, and shown without what is secret in them."""

import re


def is_address(text: str) -> bool:
    """Whether it is an address, and no path; also of a scheme that is not read."""
    found = re.match(r"(?:https?|webcals?):|[a-z]+://", text.strip(), re.IGNORECASE)
    return found is not None


def shown(address: str) -> str:
    """The address without a name and password in it."""
    return re.sub(r"(?<=//)[^/?#]*@", "", address)


def named(address: str) -> str:
    """A calendar in a log: its path, or its host: the rest of an address may be secret."""
    found = re.match(r"[a-z]+://(?:[^/?#]*@)?([^/?#]*)", address, re.IGNORECASE)
    return found[1] if found else address

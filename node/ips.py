"""What an ip stands for: this machine, a private network, or the internet."""

from enum import IntEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

_TRANSLATED = IPv6Network("64:ff9b::/96")  # NAT64: an IPv4 address within (RFC 6052)
# What the standard library takes for public: the IPv4-compatible addresses (RFC 4291, 2.5.5.1),
# IPv4-translated ones (RFC 2765), site-local ones (RFC 3879), a network's own translation
# (RFC 8215), Teredo (RFC 4380).
_NOT_PUBLIC = [
    IPv6Network(each)
    for each in ("::/96", "::ffff:0:0:0/96", "fec0::/10", "64:ff9b:1::/48", "2001::/32")
]


class Scope(IntEnum):
    """In what an address means something."""

    PUBLIC = 0
    PRIVATE = 1
    LOOPBACK = 2


def plain(ip: str) -> IPv4Address | IPv6Address:
    """The address; an IPv4 one inside IPv6 (mapped, 6to4, translated) counts as IPv4. Raises
    ValueError."""
    address = ip_address(without_zone(ip))
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def without_zone(ip: str) -> str:
    """The address without the name of an interface."""
    return ip.partition("%")[0]


def scope_of(ip: str) -> Scope:
    """In what an ip means something. Raises ValueError."""
    address = plain(ip)
    if address.is_loopback:
        return Scope.LOOPBACK
    odd = address.version == 6 and any(address in network for network in _NOT_PUBLIC)
    is_public = address.is_global and not (odd or address.is_multicast)
    return Scope.PUBLIC if is_public else Scope.PRIVATE


def is_loopback(ip: str) -> bool:
    """Whether it is this machine."""
    return scope_of(ip) is Scope.LOOPBACK


@lru_cache(maxsize=4096)
def range_of(ip: str) -> str:
    """The range that shares a fate: IPv4 /24, IPv6 /48 (a site's usual share)."""
    address = plain(ip)
    return str(ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))

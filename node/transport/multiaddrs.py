"""Multiaddrs as text: where we listen, where peers are, and which are whose business.

A listening address is /ip4|ip6/IP/tcp/PORT; a peer's address is /ip4|ip6|dns|dns4|dns6/HOST/tcp/PORT/p2p/ID,
or that of a relay followed by /p2p-circuit/p2p/ID (https://github.com/multiformats/multiaddr).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Sequence

from multiaddr import Multiaddr
from multiaddr.exceptions import Error as MultiaddrError
from multiaddr.utils import get_network_addrs

from potluck.protocol.errors import LocalError

_HOSTS = {"ip4", "ip6", "dns", "dns4", "dns6"}
_CIRCUIT = "/p2p-circuit"
_FORMS = (["tcp", "p2p"], ["tcp", "p2p", "p2p-circuit", "p2p"])


def listen_parts(text: str) -> tuple[str, str, int]:
    """("ip4" or "ip6", ip, port) of a listening address; raises LocalError for another form."""
    parts = _parts(text)
    if [name for name, _ in parts] not in (["ip4", "tcp"], ["ip6", "tcp"]):
        raise LocalError(f"cannot listen on {text}; the form is /ip4/0.0.0.0/tcp/4001")
    (kind, ip), (_, port) = parts
    return kind, ip, int(port)


def check_listen(text: str) -> Multiaddr:
    """The multiaddr to listen on; raises LocalError for another form or a port that is taken.

    libp2p listens with SO_REUSEPORT, so that two nodes on one port would each get some of the
    connections without an error.
    """
    try:
        _probe(*listen_parts(text))
    except OSError as error:
        raise LocalError(
            f"cannot listen on {text}: {error.strerror}; choose another address"
        ) from None
    return Multiaddr(text)


def _probe(kind: str, ip: str, port: int) -> None:
    """Bind for a moment. Raises OSError."""
    with socket.socket(socket.AF_INET6 if kind == "ip6" else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if kind == "ip6":  # beside IPv4, on the same port
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        probe.bind((ip, port))


def ports(at: Sequence[str]) -> list[int]:
    """The ports of listening addresses that are the same at each start."""
    return sorted({listen_parts(text)[2] for text in at} - {0})


def listenable(at: Sequence[str]) -> list[str]:
    """Those of the listening addresses that this machine's network has: IPv6 only where it is."""
    plain_ip = [text for text in at if listen_parts(text)[0] == "ip4"]
    return list(at) if has_ipv6() or not plain_ip else plain_ip


def has_ipv6() -> bool:
    """Whether this machine can listen on IPv6."""
    try:
        _probe("ip6", "::", 0)
    except OSError:
        return False
    return True


def free_port(ports: Iterable[int]) -> int:
    """The first of these ports that is free in IPv4, and in IPv6 where it is. Raises LocalError."""
    ips = [("ip4", "0.0.0.0"), *([("ip6", "::")] if has_ipv6() else [])]  # noqa: S104 - others are to reach it
    for port in ports:
        try:
            for kind, ip in ips:
                _probe(kind, ip, port)
        except OSError:
            continue
        return port
    raise LocalError("no port is free; close a program that listens")


def check_peer(text: str) -> tuple[str, str]:
    """(address without the id, peer id) of a peer's address; raises LocalError for another form."""
    parts = _parts(text)
    names = [name for name, _ in parts]
    if not names or names[0] not in _HOSTS or names[1:] not in _FORMS:
        raise LocalError(
            f"not a peer's address: {text}; the form is /ip4/203.0.113.5/tcp/4001/p2p/12D3Koo…"
        )
    at = "".join(
        _CIRCUIT if name == "p2p-circuit" else f"/{name}/{value}" for name, value in parts[:-1]
    )
    return at, parts[-1][1]


def relay_of(text: str) -> str | None:
    """The address of the relay that a peer's address leads through, if it does. Raises LocalError."""
    at, _ = check_peer(text)
    return at.removesuffix(_CIRCUIT) if at.endswith(_CIRCUIT) else None


def through(relay: str, peer_id: str) -> str:
    """The address of a peer that is reached through the relay at this address."""
    return f"{relay}{_CIRCUIT}/p2p/{peer_id}"


def is_peer(text: str) -> bool:
    """Whether it is a peer's address that can be dialled."""
    try:
        check_peer(text)
    except LocalError:
        return False
    return True


def fitted(at: Sequence[str], room: int) -> list[str]:
    """As many of a node's own addresses as there is room for. Those through relays come last, but are not
    left out: a machine with many interfaces may be reached at none of them."""
    relayed = [address for address in at if relay_of(address)]
    direct = [address for address in at if address not in relayed]
    return [*direct[: max(0, room - len(relayed))], *relayed][:room]


def ip_of(text: str) -> str | None:
    """The ip in an address, None if it has a name instead."""
    kind, host = _parts(text)[0]
    return host if kind in ("ip4", "ip6") else None


def port_of(text: str) -> int:
    """The TCP port in an address."""
    return int(_parts(text)[1][1])


def range_of(ip: str) -> str:
    """The range that shares a fate: IPv4 /24, IPv6 /48 (a site's usual share)."""
    address = plain(ip)
    return str(
        ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False)
    )


def is_loopback(ip: str) -> bool:
    """Whether it is this machine."""
    return plain(ip).is_loopback


def is_private(text: str) -> bool:
    """Whether an address means something only in its own network (names count as public)."""
    ip = ip_of(text)
    return ip is not None and is_private_ip(ip)


def is_private_ip(ip: str) -> bool:
    """Whether an ip means something only in its own network."""
    return not plain(ip).is_global


def expand(bound: list[str]) -> list[str]:
    """Addresses to tell others: 0.0.0.0 and :: stand as the addresses of all interfaces."""
    found: list[str] = []
    for text in bound:
        (kind, ip), (_, port) = _parts(text)[:2]
        ips = _interfaces(kind) if plain(ip).is_unspecified else [ip]
        found += [f"/{kind}/{each}/tcp/{port}" for each in ips]
    return list(dict.fromkeys(found))


def _interfaces(kind: str) -> list[str]:
    found = {_without_zone(str(ip)) for ip in get_network_addrs(6 if kind == "ip6" else 4)}
    # A link-local address means nothing without the name of an interface of ours.
    return sorted(ip for ip in found if not plain(ip).is_link_local) or [
        "::1" if kind == "ip6" else "127.0.0.1"
    ]


def plain(ip: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address; an IPv4 one inside IPv6 counts as IPv4. Raises ValueError."""
    address = ipaddress.ip_address(_without_zone(ip))
    return getattr(address, "ipv4_mapped", None) or address


def _without_zone(ip: str) -> str:
    return ip.partition("%")[0]


def _parts(text: str) -> list[tuple[str, str]]:
    try:
        return [(protocol.name, str(value)) for protocol, value in Multiaddr(text).items()]
    except (MultiaddrError, ValueError, TypeError) as error:
        raise LocalError(f"not a multiaddr: {text} ({error})") from None

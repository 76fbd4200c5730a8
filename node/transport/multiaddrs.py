"""Multiaddrs as text: where we listen, where peers are, and which are whose business.

A listening address is /ip4|ip6/IP/tcp/PORT; a peer's address is
/ip4|ip6|dns|dns4|dns6/HOST/tcp/PORT/p2p/ID, or that of a relay followed by /p2p-circuit/p2p/ID
(https://github.com/multiformats/multiaddr).
"""

import ipaddress
import re
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from multiaddr.utils import get_network_addrs

from potluck.node.ips import Scope, plain, range_of, scope_of, without_zone
from potluck.protocol.errors import LocalError

from .peer_id import is_peer_id

NAMES = "names"
"""The range of all addresses with a name: until it is resolved, nobody knows where it leads."""

_CIRCUIT = "/p2p-circuit"
_PEER = re.compile(
    r"(?P<at>/(?P<kind>ip4|ip6|dns|dns4|dns6)/(?P<host>[^/]+)/tcp/(?P<port>[0-9]{1,5}))"
    r"(?P<relay>/p2p/(?P<relay_id>[^/]+)/p2p-circuit)?/p2p/(?P<id>[^/]+)"
)
_LISTEN = re.compile(r"/(?P<kind>ip4|ip6)/(?P<host>[^/]+)/tcp/(?P<port>[0-9]{1,5})")
_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")


@dataclass(frozen=True, slots=True)
class Address:
    """A peer's address, read once. `ip` is None for a name, which counts as public until resolved.

    Of one through a relay, host, ip and scope are the relay's, and `relay` is its own address.
    """

    text: str
    peer_id: str
    kind: str
    host: str
    port: int
    ip: str | None
    scope: Scope
    range: str
    relay: str | None

    @property
    def target(self) -> str:
        """The address without the id at its end."""
        return self.text.rpartition("/p2p/")[0]


@lru_cache(maxsize=4096)
def read(text: str) -> Address:
    """The parts of a peer's address. Raises LocalError for another form."""
    found = _PEER.fullmatch(text)
    if (
        found is None
        or not _is_place(found)
        or not is_peer_id(found["id"])
        or not (found["relay_id"] is None or is_peer_id(found["relay_id"]))
    ):
        raise LocalError(
            "not a peer's address: {text}; the form is /ip4/203.0.113.5/tcp/4001/p2p/12D3Koo…",
            text=text,
        )
    kind, host = found["kind"], found["host"]
    ip = host if kind in ("ip4", "ip6") else None
    return Address(
        text,
        found["id"],
        kind,
        host,
        int(found["port"]),
        ip,
        Scope.PUBLIC if ip is None else scope_of(ip),
        NAMES if ip is None else range_of(ip),
        found["at"] + found["relay"].removesuffix(_CIRCUIT) if found["relay"] else None,
    )


def _is_place(found: re.Match[str]) -> bool:
    if int(found["port"]) >= 65_536:
        return False
    kind, host = found["kind"], found["host"]
    if kind not in ("ip4", "ip6"):
        return _NAME.fullmatch(host) is not None
    try:
        version = ipaddress.ip_address(without_zone(host)).version
    except ValueError:
        return False
    return kind == f"ip{version}"


def listen_parts(text: str) -> tuple[str, str, int]:
    """("ip4" or "ip6", ip, port) of a listening address; raises LocalError for another form."""
    found = _LISTEN.fullmatch(text)
    if found is None or not _is_place(found):
        raise LocalError("cannot listen on {text}; the form is /ip4/0.0.0.0/tcp/4001", text=text)
    return found["kind"], found["host"], int(found["port"])


def check_listen(text: str) -> str:
    """The multiaddr to listen on; raises LocalError for another form or a port that is taken.

    libp2p listens with SO_REUSEPORT, so that two nodes on one port would each get some of the
    connections without an error.
    """
    try:
        _probe(*listen_parts(text))
    except OSError as error:
        raise LocalError(
            "cannot listen on {text}: {strerror}; choose another address",
            text=text,
            strerror=error.strerror,
        ) from None
    return text


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
    # Others are to reach it
    ips = [("ip4", "0.0.0.0"), *([("ip6", "::")] if has_ipv6() else [])]  # noqa: S104
    for port in ports:
        try:
            for kind, ip in ips:
                _probe(kind, ip, port)
        except OSError:
            continue
        return port
    raise LocalError("no port is free; close a program that listens")


def through(relay: str, peer_id: str) -> str:
    """The address of a peer that is reached through the relay at this address."""
    return f"{relay}{_CIRCUIT}/p2p/{peer_id}"


def at_ip(address: Address, ip: str) -> str:
    """The same address with an ip in the place of its name."""
    kind = f"ip{ipaddress.ip_address(without_zone(ip)).version}"
    return address.text.replace(f"/{address.kind}/{address.host}/", f"/{kind}/{ip}/", 1)


def is_peer(text: str) -> bool:
    """Whether it is a peer's address that can be dialled."""
    try:
        read(text)
    except LocalError:
        return False
    return True


def fitted(at: Sequence[str], room: int) -> list[str]:
    """As many of a node's own addresses as there is room for. Those through relays come last, but
    are not left out: a machine with many interfaces may be reached at none of them."""
    relayed = [address for address in at if read(address).relay]
    direct = [address for address in at if address not in relayed]
    return [*direct[: max(0, room - len(relayed))], *relayed][:room]


def expand(bound: Sequence[str]) -> list[str]:
    """Addresses to tell others: 0.0.0.0 and :: stand as the addresses of all interfaces."""
    found: list[str] = []
    for text in bound:
        _, kind, ip, _, port = text.split("/")[:5]
        ips = _interfaces(kind) if plain(ip).is_unspecified else [ip]
        found += [f"/{kind}/{each}/tcp/{port}" for each in ips]
    return list(dict.fromkeys(found))


def _interfaces(kind: str) -> list[str]:
    found = {without_zone(str(ip)) for ip in get_network_addrs(6 if kind == "ip6" else 4)}
    # A link-local address means nothing without the name of an interface of ours.
    return sorted(ip for ip in found if not plain(ip).is_link_local) or [
        "::1" if kind == "ip6" else "127.0.0.1"
    ]

"""Names in addresses, resolved before anything is judged or dialled."""

import socket

import trio

from potluck.node import limits

from . import multiaddrs
from .frames import Disconnected

FAMILIES = {"dns": socket.AF_UNSPEC, "dns4": socket.AF_INET, "dns6": socket.AF_INET6}


async def resolve(address: str) -> list[str]:
    named = multiaddrs.read(address)
    if named.ip is not None:
        return [address]
    try:
        with trio.fail_after(limits.DIAL_TIMEOUT):
            found = await trio.socket.getaddrinfo(
                named.host, None, family=FAMILIES[named.kind], type=socket.SOCK_STREAM
            )
    except (OSError, UnicodeError, trio.TooSlowError):
        raise Disconnected(f"the name {named.host} stands for no address") from None
    ips = dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found)
    return [multiaddrs.at_ip(named, ip) for ip in ips][: limits.MAX_ADDRESSES_PER_PEER]

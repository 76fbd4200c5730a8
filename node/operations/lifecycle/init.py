"""Making a home, and joining a network: what is done before there is anything to serve."""

import secrets
from dataclasses import replace
from pathlib import Path

from potluck.node.errors import InUse
from potluck.node.home.bootstrap import first_peers
from potluck.node.home.config import Config
from potluck.node.home.home import Home
from potluck.node.operations.announce.body import explained
from potluck.node.operations.announce.stamps import ensure_stamp
from potluck.node.operations.service import Json, Progress, open_store
from potluck.node.operations.sharing.links import read_link
from potluck.node.operations.trust.words import from_words, to_words
from potluck.node.transport.multiaddrs import free_port, has_ipv6, ports
from potluck.protocol import link
from potluck.protocol.errors import NotFound
from potluck.protocol.link import Invitation
from potluck.protocol.network import Network

PORTS = range(10_000, 32_000)
"""Below those that systems give to outgoing connections, any of which may be in the way later."""


async def create(
    path: Path,
    name: str,
    network: str | None,
    secret: str | None,
    stamp_bits: int,
    progress: Progress,
    words: str | None = None,
) -> Json:
    """A new home with its birth stamp, or the rest of one that was interrupted before it had that:
    {home, host_key, words, network, closed, secret, ports, first_peers}.

    `words` are those of a host key that there was before (24 of BIP-39), which it then has again.
    Without `network` it is the open one; `secret` is base32, or "new" for a fresh one. Raises
    LocalError; no key is ever overwritten.
    """
    key = secrets.token_bytes(32) if secret == "new" else _secret(secret)
    with explained():
        wanted = Network(network or Config().network_name, stamp_bits, key)
    seed = from_words(words) if words is not None else None
    home = _interrupted(path, wanted, seed)
    home = home or Home.create(path, _config(wanted, name), key, seed)
    await ensure_stamp(home, progress)
    return {
        "home": str(path),
        "host_key": home.identity.key.hex(),
        "words": to_words(home.host_seed),
        "network": wanted.name,
        "closed": wanted.closed,
        "secret": link.base32(key) if key else None,
        "ports": ports(home.config.listen),
        "first_peers": len(first_peers(wanted)),
    }


async def prepare(path: Path, text: str, progress: Progress) -> bool:
    """Make the home that a link needs, if there is none; whether one was made.

    A home that was never used moves to the network of an invitation.
    """
    wanted = read_link(text)
    network = wanted.network if isinstance(wanted, Invitation) else None
    try:
        home = Home.open(path)
    except NotFound:
        network = network or Network(Config().network_name)
        await ensure_stamp(Home.create(path, _config(network), network.secret), progress)
        return True
    if network is not None and network.id != home.network.id and await _is_unused(home):
        home = home.moved(network)
    if network is None or network.id == home.network.id:
        await ensure_stamp(home, progress)  # which an interrupted `join` may have left to be done
    return False


def _config(network: Network, name: str = "") -> Config:
    """The settings of a new home. Its port is chosen here, once: links lead to it for years."""
    start = secrets.choice(PORTS)
    port = free_port((*range(start, PORTS.stop), *range(PORTS.start, start)))
    listen = (f"/ip4/0.0.0.0/tcp/{port}", *([f"/ip6/::/tcp/{port}"] if has_ipv6() else []))
    config = Config(name=name, network_name=network.name, stamp_bits=network.stamp_bits)
    return replace(config, listen=listen)


def _interrupted(path: Path, wanted: Network, seed: bytes | None) -> Home | None:
    """The home here, if nothing but its birth stamp is missing."""
    try:
        home = Home.open(path)
    except NotFound:
        return None
    is_it = home.network.id == wanted.id and seed in (None, home.host_seed)
    return home if home.stamp is None and is_it else None


async def _is_unused(home: Home) -> bool:
    """Whether nothing was ever announced or received here, and no node runs."""
    try:
        with open_store(home) as store:
            return (await store.deck.counts()).log == 0
    except InUse:
        return False


def _secret(text: str | None) -> bytes | None:
    if text is None:
        return None
    with explained():
        return link.parse_base32(text)

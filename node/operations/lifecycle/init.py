"""Making a home, and bringing one back: what is done before there is anything to serve."""

from __future__ import annotations

import secrets
from pathlib import Path

from potluck.node.errors import InUse
from potluck.node.home.config import Config
from potluck.node.home.home import Home
from potluck.node.operations.announce.body import explained
from potluck.node.operations.announce.stamps import ensure_stamp
from potluck.node.operations.service import Json, Progress, open_store
from potluck.node.operations.sharing.links import read_link
from potluck.protocol import link
from potluck.protocol.errors import NotFound
from potluck.protocol.link import Invitation
from potluck.protocol.network import Network


async def create(
    path: Path, name: str, network: str, secret: str | None, stamp_bits: int, progress: Progress
) -> Json:
    """A new home with its birth stamp: {home, host_key, network, closed, secret}.

    `secret` is base32, or "new" for a fresh one. Raises LocalError; no key is ever overwritten.
    """
    key = secrets.token_bytes(32) if secret == "new" else _secret(secret)
    with explained():
        Network(network, stamp_bits, key)
    home = Home.create(path, Config(name=name, network_name=network, stamp_bits=stamp_bits), key)
    await ensure_stamp(home, progress)
    return {
        "home": str(path),
        "host_key": home.identity.key.hex(),
        "network": network,
        "closed": key is not None,
        "secret": link.base32(key) if key else None,
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
        config = Config(network_name=network.name, stamp_bits=network.stamp_bits)
        await ensure_stamp(Home.create(path, config, network.secret), progress)
        return True
    if network is not None and network.id != home.network.id and await _is_unused(home):
        await ensure_stamp(home.moved(network), progress)
    return False


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

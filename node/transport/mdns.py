"""Nodes in the same local network, found by mDNS."""

import logging
from collections.abc import Callable
from typing import Any

import trio
from libp2p.discovery.events.peerDiscovery import peerDiscovery
from libp2p.discovery.mdns.mdns import MDNSDiscovery
from libp2p.network.swarm import Swarm

from . import multiaddrs as addresses

logger = logging.getLogger(__name__)


async def find_nearby(swarm: Swarm, ours: list[str], found: Callable[[str], None]) -> None:
    """Announce our addresses, and tell `found` those of others, until cancelled.

    (libp2p's own start would block the event loop and announce 0.0.0.0.)
    """
    loop = trio.lowlevel.current_trio_token()

    def discovered(peer: Any) -> None:
        for each in peer.addrs:
            text = f"{str(each).partition('/p2p/')[0]}/p2p/{peer.peer_id}"
            if addresses.is_peer(text) and peer.peer_id != swarm.get_peer_id():
                loop.run_sync_soon(found, text)

    bare = [address.partition("/p2p/")[0] for address in ours]
    try:
        mdns = await trio.to_thread.run_sync(lambda: MDNSDiscovery(swarm, listen_addrs=bare))
    except OSError as error:
        logger.warning("cannot look for nodes in the local network: %s", error)
        return
    peerDiscovery.register_peer_discovered_handler(discovered)
    try:
        await trio.to_thread.run_sync(mdns.broadcaster.register)
        await trio.sleep_forever()
    finally:
        peerDiscovery.unregister_peer_discovered_handler(discovered)
        with trio.CancelScope(shield=True):
            await trio.to_thread.run_sync(mdns.stop)

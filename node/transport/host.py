"""A libp2p host and its gossip router, as Potluck wants them."""

from typing import cast

from libp2p import new_host
from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.crypto.x25519 import create_new_key_pair as create_noise_key_pair
from libp2p.custom_types import TProtocol
from libp2p.host.basic_host import BasicHost
from libp2p.network.config import ConnectionConfig, RetryConfig
from libp2p.network.swarm import Swarm
from libp2p.pubsub.gossipsub import PROTOCOL_ID_V11
from libp2p.security.noise.transport import PROTOCOL_ID as NOISE
from libp2p.security.noise.transport import Transport as Noise
from libp2p.stream_muxer.yamux.yamux import PROTOCOL_ID as YAMUX
from multiaddr import Multiaddr

from potluck.node import limits

from . import multiaddrs as addresses
from .guards.connections import GuardedYamux
from .guards.gossipsub import GuardedGossipSub
from .protocols import IDENTIFY_PUSH


def make_host(seed: bytes, listen: list[Multiaddr]) -> BasicHost:
    """A host that offers TCP, noise and yamux only, and dials only when told to."""
    keys = create_new_key_pair(seed)
    noise_keys = create_noise_key_pair()
    host = new_host(
        key_pair=keys,
        listen_addrs=listen,
        sec_opt={NOISE: Noise(keys, noise_privkey=noise_keys.private_key)},
        muxer_opt={TProtocol(YAMUX): GuardedYamux},
        connection_config=ConnectionConfig(
            min_connections=0,
            low_watermark=0,
            high_watermark=limits.MAX_CONNECTIONS,
            max_connections=limits.MAX_CONNECTIONS,
        ),
        addrs_factory=lambda found: [
            Multiaddr(a) for a in addresses.expand([str(a) for a in found])
        ],
        disable_identify_address_discovery=True,
    )
    host = cast(BasicHost, host)
    swarm = cast(Swarm, host.get_network())
    swarm.retry_config = RetryConfig(max_retries=0)
    # Its default limits refuse connections by the machine's free memory; hardening has our own.
    swarm.set_resource_manager(None)
    host.remove_stream_handler(TProtocol(IDENTIFY_PUSH))
    return host


def make_router() -> GuardedGossipSub:
    """GossipSub v1.1 without its own judgement of peers: penalties are ours."""
    router = GuardedGossipSub(
        protocols=[PROTOCOL_ID_V11],
        degree=6,
        degree_low=4,
        degree_high=12,
        heartbeat_interval=1,
        adaptive_gossip_enabled=False,
        spam_protection_enabled=False,
        eclipse_protection_enabled=False,
    )
    # Its scores are 0 for all, which is below its threshold for grafting "better" peers: every
    # heartbeat would graft two more, prune others, and leave nobody who may be grafted for a
    # minute.
    router.scorer = None
    return router

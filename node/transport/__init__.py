"""libp2p, wrapped: TCP, noise, yamux and GossipSub, and nothing of it seen outside.

Peers are named by their peer id as text, addresses are multiaddrs as text ending in /p2p/ID.
Only this package and hardening import libp2p.
"""

from .transport import PING, Transport

__all__ = ["PING", "Transport"]

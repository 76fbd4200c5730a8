"""How do bytes reach a peer?

What the rest of the node knows of it is in interface.py, protocols.py, frames.py and channel.py;
memory_network.py is a network in memory behind the same interface. libp2p_transport.py is the real
one, and only this package imports libp2p.
"""

from .frames import Disconnected, NotServed, Stream
from .interface import Handler, Transport, Validator
from .protocols import StreamProtocol

__all__ = [
    "Disconnected",
    "Handler",
    "NotServed",
    "Stream",
    "StreamProtocol",
    "Transport",
    "Validator",
]

"""Every stream that a node speaks, and what a peer may spend on it.

Potluck's own are served by the handlers of the modules named here, within these budgets; over
budget a stream is reset, which is nobody's offence.
"""

from dataclasses import dataclass

from potluck.node import limits


@dataclass(frozen=True, slots=True)
class StreamProtocol:
    """A stream protocol and its budgets.

    `seconds` is for a whole conversation, on both sides. One peer may have `at_once` of them open
    with us, and may begin `burst` at once and then `per_second`.
    """

    id: str
    seconds: float
    at_once: int
    per_second: float
    burst: float


SYNC = StreamProtocol(
    "/potluck/sync/1",
    limits.SESSION_SECONDS + limits.FRAME_DEADLINE,
    at_once=2,  # a session, and a question whether something is held
    per_second=limits.SESSIONS_PER_SECOND,
    burst=limits.SESSIONS_BURST,
)
"""Reconciliation and fetching: replication/sync.py; asking: replication/holders.py."""

PEERS = StreamProtocol(
    "/potluck/peers/1",
    limits.EXCHANGE_SECONDS,
    at_once=1,
    per_second=limits.EXCHANGES_PER_SECOND,
    burst=limits.EXCHANGES_BURST,
)
"""Peer records: peering/records.py."""

DIALBACK = StreamProtocol(
    "/potluck/dialback/1",
    limits.FRAME_DEADLINE + limits.DIAL_TIMEOUT,
    at_once=1,
    per_second=1 / limits.DIALBACK_PAUSE,
    burst=1,
)
"""Whether a peer can be dialled: peering/dial_back.py."""

# libp2p's own, with limits where they are read.
PING = "/ipfs/ping/1.0.0"
RELAY_HOP = "/libp2p/circuit/relay/0.2.0/hop"
RELAY_STOP = "/libp2p/circuit/relay/0.2.0/stop"
"""circuits.py: size of a message, a deadline, circuits a relay."""
IDENTIFY_PUSH = "/ipfs/id/push/1.0.0"
"""Not served: pushed addresses would fill libp2p's peer store, and nothing here reads them."""

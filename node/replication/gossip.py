"""Gossip: the fast path for single announcements. What it misses, sync repairs."""

import logging
from collections.abc import Callable, Sequence

from potluck.node import limits
from potluck.node.transport import Transport
from potluck.protocol.network import NONCE_BYTES, Network
from potluck.protocol.vouch import is_vouch

from .intake import Arrival, Intake, Origin
from .sync import Sync

logger = logging.getLogger(__name__)


class Gossip:
    """Hands what arrives on the network's topic to intake, and publishes what is ours."""

    def __init__(
        self,
        transport: Transport,
        sync: Sync,
        intake: Intake,
        network: Network,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._transport = transport
        self._sync = sync
        self._intake = intake
        self._network = network
        self._random_bytes = random_bytes
        intake.on_fresh(self._held_back)

    async def start(self) -> None:
        await self._transport.subscribe(self._network.topic, self._arrived)

    async def publish(self, announcements: Sequence[bytes]) -> None:
        """Send what was kept, encoded; more than limits.BULK go by sync."""
        if len(announcements) > limits.BULK:
            self._sync.changed_in_bulk()
            return
        for encoded in announcements:
            sealed = self._network.seal(encoded, self._random_bytes(NONCE_BYTES))
            await self._transport.publish(self._network.topic, sealed)

    def _held_back(self, arrival: Arrival) -> None:
        """What is not forwarded, since its host announces much, goes to the next nodes by sync."""
        if arrival.origin is Origin.GOSSIP and not arrival.forward:
            self._sync.changed_in_bulk()

    def _arrived(self, _peer_id: str, payload: bytes) -> bool:
        """Whether to forward it: it is fresh here, and its author within the rate.

        Raises RemoteError for what no conforming peer sends.
        """
        encoded = self._network.open(payload)
        if is_vouch(encoded):
            return self._intake.vouches.offer_gossip(encoded)
        return self._intake.offer_gossip(encoded)

"""Places kept at relays, so that a node behind a router can be dialled through them."""

from collections.abc import Callable, Iterable
from random import Random

import trio

from potluck.node import limits
from potluck.node.transport import Disconnected, Transport, multiaddrs
from potluck.protocol.errors import LocalError


class Relays:
    """Asks each relay that the person named for a place whenever it is connected, and renews it in
    time.

    `named` are their addresses; that they are dialled is for `Peers` to see to. `clock` gives UTC
    seconds. Wire `connected` and `disconnected` to the transport's hooks. Raises LocalError for
    what is no relay's address.
    """

    def __init__(
        self, transport: Transport, named: Iterable[str], clock: Callable[[], float], rng: Random
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._rng = rng
        self._addresses = {check(address): address for address in named}
        self._refusals = dict.fromkeys(self._addresses, "it cannot be reached")
        self._asking: dict[str, trio.CancelScope] = {}
        self._nursery: trio.Nursery | None = None

    async def run(self) -> None:
        """Keep places until cancelled."""
        async with trio.open_nursery() as self._nursery:
            await trio.sleep_forever()

    @property
    def state(self) -> dict[str, str | None]:
        """The relays by peer id, each with why it keeps no place; None where it keeps one."""
        return {
            relay: None if address in self._transport.reserved else self._refusals[relay]
            for relay, address in self._addresses.items()
        }

    def connected(self, peer_id: str) -> None:
        """A connection is up; if it is with a relay, a place is asked for."""
        if peer_id in self._addresses and self._nursery is not None:
            scope = self._asking[peer_id] = trio.CancelScope()
            self._nursery.start_soon(self._keep, peer_id, scope)

    def disconnected(self, peer_id: str) -> None:
        if peer_id in self._asking:
            self._asking.pop(peer_id).cancel()
            self._refusals[peer_id] = "it cannot be reached"

    async def _keep(self, relay: str, scope: trio.CancelScope) -> None:
        failures = 0
        with scope:
            while True:
                try:
                    until = await self._transport.reserve(self._addresses[relay])
                except Disconnected as error:
                    self._refusals[relay] = str(error)
                    wait = min(limits.RESERVATION_RETRY * 2.0**failures, limits.REDIAL_LONGEST)
                    failures = min(failures + 1, 20)
                else:
                    failures = 0
                    wait = renewal(until - self._clock())
                await trio.sleep(wait * self._rng.uniform(0.5, 1))


def check(address: str) -> str:
    """The peer id of a relay. Raises LocalError."""
    relay = multiaddrs.read(address)
    if relay.relay is not None:
        raise LocalError(
            "{address} leads through a relay; give the relay's own address", address=address
        )
    return relay.peer_id


def renewal(granted: float) -> float:
    """Seconds after which to renew a place that a relay grants for so many seconds."""
    return min(max(granted / 2, limits.RESERVATION_SHORTEST), limits.RESERVATION_LONGEST)

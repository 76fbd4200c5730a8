"""Which addresses of a peer to try, and when: rules on what strangers may make this node dial."""

from potluck.node import limits
from potluck.node.ips import Scope
from potluck.node.transport.multiaddrs import Address
from potluck.node.transport.token_bucket import Buckets

from .address_book import Acquaintance


def order(known: Acquaintance) -> list[Address]:
    """Its addresses, those through relays last: many relays count their bytes."""
    return sorted(known.addresses, key=lambda address: address.relay is not None)


class DialLimits:
    """How often each ip may be dialled for what was only heard of, over all ids and ports."""

    def __init__(self) -> None:
        self._dials: Buckets[str] = Buckets(
            limits.DIALS_PER_SECOND, limits.DIALS_BURST, limits.MAX_IPS_DIALLED
        )

    def allows(self, known: Acquaintance, address: Address, resolved: Address, now: float) -> bool:
        """Whether to dial this ip, which an address of the peer was resolved to.

        A name that was heard of must not lead into our own network; where the person's own leads
        is her business.
        """
        if known.named:
            return True
        if resolved.ip is None or (address.ip is None and resolved.scope is not Scope.PUBLIC):
            return False
        if resolved.scope is Scope.LOOPBACK:
            return True
        return self._dials.take_if_there(resolved.ip, now)

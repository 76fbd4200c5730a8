"""The way into the store for public vouches, which nodes keep alike beside announcements."""

from collections import OrderedDict
from collections.abc import Callable, Iterable

from potluck.node import limits
from potluck.node.store import Trust, wait_for
from potluck.node.transport.token_bucket import Buckets
from potluck.protocol.admission import Outcome
from potluck.protocol.errors import LocalError, RemoteError
from potluck.protocol.items import Items
from potluck.protocol.network import Network
from potluck.protocol.vouch import SignedVouch, admit_vouch, decode_vouch


class Vouches:
    """The set of public vouches. `clock` gives UTC seconds, the real ones."""

    def __init__(self, network: Network, trust: Trust, clock: Callable[[], float]) -> None:
        self._network = network
        self._trust = trust
        self._clock = clock
        self._left_out: OrderedDict[bytes, None] = OrderedDict()
        self._forwards: Buckets[bytes] = Buckets(
            limits.VOUCHES_PER_HOUR / 3600, limits.VOUCHES_BURST, limits.MAX_AUTHORS_TRACKED
        )

    async def items(self, cutoff: int) -> Items:
        await self._trust.settle()
        return await self._trust.sync_items(cutoff)

    def encoded_many(self, ids: Iterable[bytes]) -> dict[bytes, bytes]:
        return self._trust.encoded_many(ids)

    def needs(self, id: bytes) -> bool:
        return id not in self._left_out and not self._trust.knows(id)

    decode = staticmethod(decode_vouch)

    def take(self, signed: SignedVouch, is_genuine: Callable[[], bool]) -> Outcome:
        """Decide about one, and keep it if it is fresh; `is_genuine` says whether its signature
        holds. Raises RemoteError."""
        head = self._trust.head(*signed.vouch.register)
        outcome = admit_vouch(signed, self._network, head, int(self._clock()), is_genuine)
        if outcome is Outcome.FRESH:
            if head is None and not self._trust.has_room(signed.vouch.by):
                outcome = Outcome.OVER_LIMIT
            else:
                self._trust.keep(signed)
        if outcome in (Outcome.SUPERSEDED, Outcome.OVER_LIMIT):
            self._left_out[signed.id] = None
            if len(self._left_out) > limits.MAX_REFUSED:
                self._left_out.popitem(last=False)
        return outcome

    def offer_gossip(self, encoded: bytes) -> bool:
        """Decide about bytes; whether to forward them: fresh, and their host within the rate."""
        signed = decode_vouch(encoded)
        fresh = self.take(signed, signed.has_valid_signature) is Outcome.FRESH
        return fresh and self._forwards.take_if_there(signed.vouch.by, self._clock())

    async def announce(self, signed: SignedVouch) -> None:
        """Keep one of our own, durably before returning. Raises LocalError."""
        head = self._trust.head(*signed.vouch.register)
        try:
            outcome = admit_vouch(signed, self._network, head, int(self._clock()), lambda: True)
        except RemoteError as error:
            raise LocalError("this home cannot vouch: {error}", error=error) from None
        if outcome is not Outcome.FRESH:
            raise LocalError("this vouch is {outcome}; it was not kept", outcome=outcome.value)
        kept = self._trust.keep(signed)
        await self._trust.settle()
        await wait_for(kept)

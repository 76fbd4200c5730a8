"""What peers were given of late: the budget of answers. Decides, and does nothing."""

from collections import OrderedDict
from collections.abc import Sequence

from potluck.node import limits
from potluck.node.transport.token_bucket import Bucket, Buckets

BITS = 1 << 20


class Given:
    """Who was given what, for an hour after the first of it. Times are a steady clock's.

    A bit for each id, at a place that its first bytes say (an id is a hash): 128 KiB a peer. Two
    ids that share a place are taken for one, of 100,000 every tenth; what was "given before" is
    given all the same, within a smaller budget.
    """

    def __init__(self) -> None:
        self._peers: OrderedDict[str, tuple[float, bytearray]] = OrderedDict()
        self._again: Buckets[str] = Buckets(
            limits.GIVEN_AGAIN_PER_SECOND, limits.GIVEN_AGAIN_BURST, limits.MAX_ASKERS_TRACKED
        )

    def new(self, peer_id: str, ids: Sequence[bytes], now: float) -> list[bytes]:
        """Those of the ids that the peer was not given within the hour; they count as given now."""
        if not ids:  # most sessions: no bits for nothing
            return []
        bits = self._bits(peer_id, now)
        found = []
        for one in ids:
            place = int.from_bytes(one[:4], "big") % BITS
            byte, bit = place // 8, 1 << place % 8
            if not bits[byte] & bit:
                bits[byte] |= bit
                found.append(one)
        return found

    def again(self, peer_id: str, ids: Sequence[bytes], now: float) -> list[bytes]:
        """Of ids that were given before as many as may be given again now."""
        return [one for one in ids if self._again.take_if_there(peer_id, now)]

    def _bits(self, peer_id: str, now: float) -> bytearray:
        since, bits = self._peers.pop(peer_id, (now, bytearray()))
        if not bits or now - since > limits.NOT_HELD_SECONDS:
            since, bits = now, bytearray(BITS // 8)
        self._peers[peer_id] = since, bits
        if len(self._peers) > limits.MAX_GIVEN_TRACKED:
            self._peers.popitem(last=False)
        return bits


class GiveBudget:
    """Bytes of announcements that go out, a second: to one peer, and to all."""

    def __init__(self, now: float) -> None:
        self._peers: Buckets[str] = Buckets(
            limits.GIVE_PER_SECOND, limits.GIVE_BURST, limits.MAX_ASKERS_TRACKED
        )
        self._all = Bucket(limits.GIVE_ALL_PER_SECOND, limits.GIVE_ALL_BURST, now)

    def pause(self, peer_id: str, size: int, now: float) -> float:
        """Seconds to wait before so many bytes go to a peer."""
        return max(self._peers.take(peer_id, size, now), self._all.take(size, now))

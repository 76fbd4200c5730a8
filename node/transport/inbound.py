"""Who may come in, and who goes when it is full. Decides, and does nothing."""

from collections import Counter
from collections.abc import Callable, Hashable

from potluck.node import limits

from .token_bucket import Buckets


class Handshakes:
    """Sockets that have not yet said who they are, by the address range that they come from.

    Whoever knocks is let try; where there are too many, the one of the fullest range that has
    taken longest goes: an honest handshake takes a fraction of a second.
    """

    def __init__(self) -> None:
        self._ranges: dict[Hashable, str] = {}
        self._knocks: Buckets[str] = Buckets(
            limits.KNOCKS_PER_SECOND, limits.KNOCKS_BURST, limits.MAX_ASKERS_TRACKED
        )

    def may_knock(self, address_range: str, now: float) -> bool:
        """Whether the range may open one more socket now."""
        return self._knocks.take_if_there(address_range, now)

    def begin(self, key: Hashable, address_range: str) -> Hashable | None:
        """One more; whose handshake is to be ended for it, if one is."""
        self._ranges[key] = address_range
        counts = Counter(self._ranges.values())
        if counts[address_range] > limits.MAX_HANDSHAKES_PER_RANGE:
            crowded = address_range
        elif len(self._ranges) > limits.MAX_HANDSHAKES:
            crowded = counts.most_common(1)[0][0]
        else:
            return None
        oldest = next(each for each, place in self._ranges.items() if place == crowded)
        self.end(oldest)
        return oldest

    def end(self, key: Hashable) -> None:
        self._ranges.pop(key, None)


class Inbound:
    """Connections that others opened, the oldest first: at most limits.MAX_INBOUND."""

    def __init__(self) -> None:
        self._ranges: dict[Hashable, str] = {}

    def has_room(self, address_range: str) -> bool:
        """Whether one address range may open one more connection."""
        mine = sum(place == address_range for place in self._ranges.values())
        return mine < limits.MAX_CONNECTIONS_PER_RANGE

    def enter(
        self, key: Hashable, address_range: str, is_wanted: Callable[[Hashable], bool]
    ) -> Hashable | None:
        """One more; which is to be closed for it, if one is: the youngest of the fullest range,
        of those that nobody wants, perhaps itself."""
        self._ranges[key] = address_range
        if len(self._ranges) <= limits.MAX_INBOUND:
            return None
        unwanted = {each: place for each, place in self._ranges.items() if not is_wanted(each)}
        if not unwanted:
            return key
        fullest, _ = Counter(unwanted.values()).most_common(1)[0]
        return [each for each, place in unwanted.items() if place == fullest][-1]

    def leave(self, key: Hashable) -> None:
        self._ranges.pop(key, None)

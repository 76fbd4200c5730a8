"""What the clocks of peers say of ours. Decides, and does nothing."""

from dataclasses import dataclass
from statistics import median

from potluck.node import limits


@dataclass(frozen=True, slots=True)
class Clock:
    """A peer's clock: the seconds by which it is ahead of ours, and the peer's address range."""

    ahead: float
    range: str


class Clocks:
    """The clocks of the connected peers that we dialled: who comes to us chooses to come."""

    def __init__(self) -> None:
        self._clocks: dict[str, Clock] = {}

    def learn(self, peer_id: str, ahead: float, address_range: str) -> None:
        """A peer that we dialled said what time it is."""
        self._clocks[peer_id] = Clock(ahead, address_range)

    def forget(self, peer_id: str) -> None:
        self._clocks.pop(peer_id, None)

    @property
    def offset(self) -> float | None:
        """Seconds by which our peers' clocks are ahead of ours, if at least three of different
        ranges, and more than half of all, agree; else None."""
        middle = self.doubt
        if middle is None:
            return None
        ranges = self._by_range()
        agreeing = sum(abs(each - middle) <= limits.CLOCK_TOLERANCE for each in ranges)
        enough = agreeing >= limits.CLOCK_PEERS and 2 * agreeing > len(ranges)
        return middle if enough else None

    @property
    def doubt(self) -> float | None:
        """The same of however few there are: no more than a reason to look at one's clock."""
        ranges = self._by_range()
        return median(ranges) if ranges else None

    def _by_range(self) -> list[float]:
        """One clock a range, the median of its peers'."""
        ranges: dict[str, list[float]] = {}
        for clock in self._clocks.values():
            ranges.setdefault(clock.range, []).append(clock.ahead)
        return [median(clocks) for clocks in ranges.values()]

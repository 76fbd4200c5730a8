"""Whose sessions are answered when more ask than can be. Decides, and does nothing."""

from collections import Counter

from potluck.node import limits


class Answering:
    """Peers whose sessions are answered, by their address ranges, the oldest first: at most
    limits.MAX_INBOUND_SESSIONS, of which no range keeps more than its share."""

    def __init__(self) -> None:
        self._ranges: dict[str, str] = {}

    def may_begin(self, peer_id: str, address_range: str) -> tuple[bool, str | None]:
        """Whether one more begins; for whom one of the fullest range ends, if one does: when that
        has at least two more than the newcomer's."""
        if peer_id in self._ranges:
            return False, None
        ended = None
        if len(self._ranges) >= limits.MAX_INBOUND_SESSIONS:
            counts = Counter(self._ranges.values())
            fullest, most = counts.most_common(1)[0]
            if counts[address_range] + 1 >= most:
                return False, None
            ended = next(peer for peer, place in self._ranges.items() if place == fullest)
            self.end(ended)
        self._ranges[peer_id] = address_range
        return True, ended

    def end(self, peer_id: str) -> None:
        self._ranges.pop(peer_id, None)

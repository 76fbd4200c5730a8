"""When to sync, and with whom. Decides, and does nothing. Times are seconds of a steady clock."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from random import Random

from potluck.node import limits

NEVER = float("inf")


class End(Enum):
    """How a session ended."""

    WELL = auto()
    MORE = auto()  # by a limit, and something went on
    EARLY = auto()  # the peer was busy, or left, or our disk failed
    FOREIGN = auto()  # of another network, or it broke the rules: nothing more to say


@dataclass(slots=True)
class _Peer:
    due: float = NEVER
    talking: bool = False
    failures: int = 0


class SyncPlan:
    """Sessions: after connecting, now and then, after bulk changes; with each one at a time."""

    def __init__(self, interval: float, now: float) -> None:
        self._interval = interval
        self._peers: dict[str, _Peer] = {}
        self._next_at_random = now + interval

    def connected(self, peer_id: str, now: float, *, dialled: bool) -> None:
        """The side that dialled opens the first session."""
        self._peers[peer_id] = _Peer(due=now if dialled else NEVER)

    def disconnected(self, peer_id: str) -> None:
        self._peers.pop(peer_id, None)

    def wish(self, peer_id: str, now: float) -> None:
        if peer_id in self._peers:
            self._peers[peer_id].due = min(self._peers[peer_id].due, now)

    def woke(self, now: float) -> None:
        for peer_id in self._peers:
            self.wish(peer_id, now)

    def spread(self, peers: Iterable[str], now: float) -> None:
        """Much is new here for these peers: after a moment, so that one session serves for all."""
        for peer_id in peers:
            if peer_id in self._peers:
                later = now + limits.SYNC_SPREAD / 2
                self._peers[peer_id].due = min(self._peers[peer_id].due, later)

    def begin(self, now: float, rng: Random) -> tuple[list[str], float]:
        """With whom to open a session now (they count as talking), and when to ask next."""
        if now >= self._next_at_random:
            self._next_at_random = now + self._interval
            if self._peers:
                self.wish(rng.choice(sorted(self._peers)), now)
        due = [one for one, peer in self._peers.items() if peer.due <= now and not peer.talking]
        for peer_id in due:
            self._peers[peer_id].due = NEVER
            self._peers[peer_id].talking = True
        waiting = (peer.due for peer in self._peers.values() if not peer.talking)
        return due, min(self._next_at_random, *waiting, NEVER)

    def ended(self, peer_id: str, end: End, now: float) -> None:
        """A session is over: go on at once if there is more; after a failure later and later."""
        peer = self._peers.get(peer_id)
        if peer is None:
            return
        peer.talking = False
        if end is End.EARLY:
            peer.failures += 1
            wait = min(limits.SYNC_RETRY * 2.0 ** min(peer.failures, 20), self._interval)
            peer.due = min(peer.due, now + wait)
        else:
            peer.failures = 0
            if end is End.MORE:
                peer.due = now

    @property
    def peers(self) -> Collection[str]:
        return self._peers.keys()

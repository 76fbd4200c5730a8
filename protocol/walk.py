"""The vouched draw: short walks from person to person, along vouches that are returned.

Each card takes a walk of its own. Its first step goes to somebody whom one has met, the others
along public vouches that both sides gave, so that a stranger who wants to be walked to must be
vouched for by somebody honest (the attack edges of Yu et al., SybilGuard, 2006). Some cards are a
stranger's, and say so. Where a walk finds nothing, nothing fills the place.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .candidate import Candidate
from .draw import Card, deal_out
from .ticket import tickets

WALK = "potluck.walk"
STEPS = 5
STRANGER = (0xFFFFFFFF).to_bytes(4, "big")
STRANGERS_BELOW = 26
"""A card is a stranger's when its ticket begins with a byte below this: one card in ten."""

NUMBERS_A_CARD = 4

Met = Collection[bytes]
"""The hosts that one vouches for oneself."""

Returned = Mapping[bytes, Collection[bytes]]
"""For each host those whom it vouches for publicly and who vouch back: see `returned`."""


@dataclass(frozen=True, slots=True)
class WalkedCard:
    """A card with its number and the hosts on the way to it; `path` is None for a stranger's."""

    number: int
    path: tuple[bytes, ...] | None
    card: Card


class Vouched(NamedTuple):
    """That one host vouches publicly for another."""

    by: bytes
    host: bytes


def returned(vouches: Iterable[Vouched]) -> dict[bytes, set[bytes]]:
    """Whom each host vouches for and is vouched for by in return."""
    given = set(vouches)
    found: dict[bytes, set[bytes]] = defaultdict(set)
    for by, host in given:
        if by != host and Vouched(host, by) in given:
            found[by].add(host)
    return found


def next_host(seed: bytes, number: int, step: int, choice: Collection[bytes]) -> bytes | None:
    """To whom a step of a card's walk leads; None where there is nobody."""
    ticket_of = tickets(seed, WALK)
    head = number.to_bytes(4, "big") + step.to_bytes(4, "big")
    return min(choice, key=lambda host: (ticket_of(head + host), host), default=None)


def walk(seed: bytes, number: int, met: Met, friends: Returned) -> tuple[bytes, ...]:
    """The hosts on the walk of a card's number, in order; empty when one has met nobody."""
    path: list[bytes] = []
    choice = met
    for step in range(STEPS):
        host = next_host(seed, number, step, choice)
        if host is None:
            break
        path.append(host)
        choice = friends.get(host, ())
    return tuple(path)


def is_strangers(seed: bytes, number: int) -> bool:
    """Whether a card of this number is a stranger's, where strangers are let in."""
    return tickets(seed, WALK)(number.to_bytes(4, "big") + STRANGER)[0] < STRANGERS_BELOW


def draw_vouched(
    candidates: Collection[Candidate],
    seed: bytes,
    n: int,
    met: Met,
    friends: Returned,
    *,
    strangers: bool = True,
) -> list[WalkedCard]:
    """At most n cards, from at most 4n numbers.

    A number's card is the first event not yet dealt of the last host on its walk that has one, in
    the order in which that host's candidates alone would be dealt; a stranger's card is that of the
    whole deal. Raises Invalid as `deal_out` does.
    """
    table = Table(candidates, seed)
    hand: list[WalkedCard] = []
    for number in range(NUMBERS_A_CARD * n):
        if len(hand) == n:
            break
        if strangers and is_strangers(seed, number):
            path, card = None, table.of_all()
        else:
            path = walk(seed, number, met, friends)
            card = table.of_last(path)
        if card is not None:
            hand.append(WalkedCard(number, path, card))
    return hand


class Table:
    """The deals under a seed, of everybody and of each host alone; no event is dealt twice."""

    def __init__(self, candidates: Collection[Candidate], seed: bytes) -> None:
        self._seed = seed
        self._candidates = candidates
        self._all = deal_out(candidates, seed)
        self._of_host: dict[bytes, list[Candidate]] = defaultdict(list)
        for candidate in candidates:
            self._of_host[candidate.host].append(candidate)
        self._alone: dict[bytes, Iterator[Card]] = {}
        self._dealt: set[bytes] = set()

    def of_all(self) -> Card | None:
        return self._next(self._all)

    def of_last(self, path: Iterable[bytes]) -> Card | None:
        """The next card of the last host on a path that has one."""
        for host in reversed(tuple(path)):
            if host not in self._alone:
                self._alone[host] = deal_out(self._of_host.get(host, ()), self._seed)
            if card := self._next(self._alone[host]):
                return card
        return None

    def _next(self, cards: Iterator[Card]) -> Card | None:
        for card in cards:
            if card.candidate.event not in self._dealt:
                self._dealt.add(card.candidate.event)
                return card
        return None

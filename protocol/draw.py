"""The draw: from candidates and a seed to a hand of cards, by smallest tickets.

Who organises counts, not who brings the news: no ticket of an imported event depends on who
imported it, so that importers of one calendar deal as one. PROTOCOL.md, "Draw", states the rule
and its laws exactly; tests/protocol/test_draw_laws.py tests them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count, islice

from .candidate import Candidate, leave_out
from .errors import Invalid
from .line import Line, LineKey, Orders, Place, lines
from .seed import SEED_BYTES


@dataclass(frozen=True, slots=True)
class Odds:
    """Among how many a card was drawn.

    `organisers`: different turns; `series`: those of who the card counts for; `events`: those in
    any series that a version of the card names; `deck`: all events. Each event counts once.
    """

    organisers: int
    series: int
    events: int
    deck: int


@dataclass(frozen=True, slots=True)
class Card:
    """A dealt event, by the version that stands for it.

    `round` (from 1) is that in which it was dealt, `ticket` (16 bytes) that of the turn that dealt
    it; `wild` marks a card dealt without the soft filters.
    """

    candidate: Candidate
    round: int
    ticket: bytes
    odds: Odds
    wild: bool = False


@dataclass(frozen=True, slots=True)
class Hand:
    """The cards in the order dealt, wild ones last."""

    cards: tuple[Card, ...]


def draw(candidates: Iterable[Candidate], seed: bytes, n: int) -> Hand:
    """The hand of at most n cards; neither order nor repetition of the candidates matters.

    Raises Invalid when two different candidates share a register.
    """
    return Hand(_first(n, deal_out(candidates, seed)))


def draw_wild(
    candidates: Iterable[Candidate],
    unfiltered: Collection[Candidate],
    seed: bytes,
    n: int,
    wild: int,
) -> Hand:
    """A hand whose last `wild` cards come from `unfiltered`, of which `candidates` is a part.

    The wild cards are dealt first, as by `draw`. The others are then dealt from the candidates
    less the events dealt; a line has had a turn for each of these that it held. So each wild card
    has the odds of the deck without the filters.
    """
    if not 0 <= wild <= n:
        raise Invalid("the wild cards are 0 up to all cards of the hand")
    first = [replace(card, wild=True) for card in draw(unfiltered, seed, wild).cards]
    dealt = {card.candidate.event for card in first}
    taken = Counter(
        (host, source)
        for host, source, event in {(one.host, one.source, one.event) for one in unfiltered}
        if event in dealt
    )
    rest = deal_out(leave_out(candidates, dealt), seed, taken)
    return Hand((*_first(n - wild, rest), *first))


def deal_out(
    candidates: Iterable[Candidate], seed: bytes, taken: Mapping[LineKey, int] | None = None
) -> Iterator[Card]:
    """The whole deal, card by card, as far as it is asked for; a hand is its beginning.

    `taken` says how many turns a line has had already. Raises Invalid at once for a seed that has
    not 32 bytes, and when two different candidates share a register.
    """
    if len(seed) != SEED_BYTES:
        raise Invalid("a seed has {seed_bytes} bytes", seed_bytes=SEED_BYTES)
    orders = Orders.of(seed)
    return _cards(_Deck(lines(candidates, orders)), orders, taken or {})


def _cards(deck: _Deck, orders: Orders, taken: Mapping[LineKey, int]) -> Iterator[Card]:
    dealt: set[bytes] = set()
    for number, turn, offered in _offers(deck.lines, orders, taken):
        if offered.event not in dealt:
            dealt.add(offered.event)
            versions = deck.versions(offered)
            standing = min(versions, key=lambda version: orders.importer(version.host))
            yield Card(standing, number, turn[0], deck.odds(versions))


def _first(n: int, cards: Iterator[Card]) -> tuple[Card, ...]:
    if n < 0:
        raise Invalid("a hand has at least 0 cards")
    return tuple(islice(cards, n))


def _offers(
    every: list[Line], orders: Orders, taken: Mapping[LineKey, int]
) -> Iterator[tuple[int, Place, Candidate]]:
    """What the lines offer, round by round: its number, the turn, the candidate."""
    left = [(line, taken.get(line.key, 0)) for line in every]
    for number in count(1):
        waiting = [(line, had) for line, had in left if number <= had]
        present: dict[Place, list[Candidate]] = defaultdict(list)
        for line, had in left:
            if number > had and (offered := line.offer(number - had)):
                present[line.turn].append(offered)
                waiting.append((line, had))
        for turn in sorted(present):
            for offered in sorted(present[turn], key=lambda one: orders.event(one.event)):
                yield number, turn, offered
        if not waiting:
            return
        left = waiting


class _Deck:
    """The lines that a draw is from, by who their events count for."""

    def __init__(self, every: list[Line]) -> None:
        self.lines = every
        self._by_who: dict[bytes | str, list[Candidate]] = defaultdict(list)
        for line in every:
            self._by_who[_who(line.candidates[0])].extend(line.candidates)
        self._organisers = len({line.turn for line in every})
        self._events = sum(
            len({candidate.slot for candidate in own}) for own in self._by_who.values()
        )

    def versions(self, card: Candidate) -> list[Candidate]:
        return [one for one in self._by_who[_who(card)] if one.slot == card.slot]

    def odds(self, versions: list[Candidate]) -> Odds:
        """Those of a card that has these versions."""
        own = self._by_who[_who(versions[0])]
        named = {version.series_item for version in versions}
        series, events = set(), set()
        for candidate in own:
            series.add(item := candidate.series_item)
            if item in named:
                events.add(candidate.slot)
        return Odds(self._organisers, len(series), len(events), self._events)


def _who(candidate: Candidate) -> bytes | str:
    """Who it counts for, as a key that costs nothing to make: a host's bytes or a source's text."""
    return candidate.host if candidate.source is None else candidate.source

"""The draw: from candidates and a seed to a hand of cards, by smallest tickets.

Every card of a deal has a place of its own, (round, host ticket), that depends only on the seed
and on its own host's events; a hand is the first n. So decks that differ a little deal almost the
same hand. PROTOCOL.md, "Draw", states these laws exactly; tests/protocol/test_draw_laws.py tests them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sized
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from heapq import heapify, heappop, nsmallest
from itertools import count, islice
from typing import Literal, NamedTuple, cast, get_args

from .errors import Invalid
from .seed import SEED_BYTES
from .ticket import tickets

Mode = Literal["hosts", "events"]
EventKey = tuple[bytes | str, int]
Order = Callable[[bytes], tuple[bytes, bytes]]

HOST, SERIES, EVENT = "potluck.host", "potluck.series", "potluck.event"
MAX_SLOT = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event that may be dealt: its register (host, slot), announcement id, series and source.

    `host` and `id` have 32 bytes, `slot` is a u64; `source` is the source id of a relayed event.
    """

    host: bytes
    slot: int
    id: bytes
    series: str | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        if len(self.host) != 32 or len(self.id) != 32:
            raise Invalid("a candidate's host and id have 32 bytes each")
        if not 0 <= self.slot <= MAX_SLOT:
            raise Invalid("a candidate's slot is an unsigned 64-bit number")

    @property
    def register(self) -> bytes:
        """host + slot (40 bytes): the item of the event ticket."""
        return self.host + self.slot.to_bytes(8, "big")

    @property
    def series_item(self) -> bytes:
        """The item of the series ticket; an event without series is a series of its own."""
        if self.series is None:
            return self.host + b"\0" + self.slot.to_bytes(8, "big")
        return self.host + b"\1" + self.series.encode()

    @property
    def event_key(self) -> EventKey:
        """What counts as one event: (host, slot), or (source, slot) whoever relays it."""
        return (self.host if self.source is None else self.source, self.slot)


@dataclass(frozen=True, slots=True)
class Odds:
    """Among how many a card was drawn, doubles counted once.

    `hosts` and `deck`: hosts and events in all; `series`: series of this card's host;
    `events`: events of this card's series.
    """

    hosts: int
    series: int
    events: int
    deck: int


@dataclass(frozen=True, slots=True)
class Card:
    """A dealt candidate: the round it was dealt in (from 1), the ticket that won, its odds.

    The ticket is the host's in mode hosts, the event's (and the round 1) in mode events.
    `wild` marks a card dealt without the soft filters.
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


def draw(candidates: Iterable[Candidate], seed: bytes, n: int, mode: Mode = "hosts") -> Hand:
    """The hand of at most n cards; neither order nor repetition of the candidates matters.

    Raises Invalid when two different candidates share a register.
    """
    _check(seed, n, mode)
    return Hand(tuple(_deal(candidates, seed, n, mode, Counter())))


def draw_wild(
    candidates: Iterable[Candidate],
    unfiltered: Collection[Candidate],
    seed: bytes,
    n: int,
    wild: int,
    mode: Mode = "hosts",
) -> Hand:
    """A hand whose last `wild` cards come from `unfiltered`, of which `candidates` is a part.

    The wild cards are dealt first, as by `draw`. The others are then dealt from the candidates
    less the events dealt; a host with k wild cards has had its turn in the first k rounds.
    So each wild card is as likely to be any host, and the rest as likely any host that passes
    the filters and is not dealt.
    """
    _check(seed, n, mode)
    if not 0 <= wild <= n:
        raise Invalid("the wild cards are 0 up to all cards of the hand")
    first = [
        Card(card.candidate, card.round, card.ticket, card.odds, wild=True)
        for card in _deal(unfiltered, seed, wild, mode, Counter())
    ]
    rest = leave_out(candidates, {card.candidate.event_key for card in first})
    taken = Counter(card.candidate.host for card in first)
    return Hand((*_deal(rest, seed, n - wild, mode, taken), *first))


def leave_out(candidates: Iterable[Candidate], shown: AbstractSet[EventKey]) -> list[Candidate]:
    """The candidates that were not shown: what a redraw and the shuffle bag deal from."""
    return [candidate for candidate in candidates if candidate.event_key not in shown]


def unseen(
    candidates: Collection[Candidate], bag: AbstractSet[EventKey]
) -> tuple[list[Candidate], bool]:
    """The candidates that are not in the shuffle bag; all of them, and True, when it is spent."""
    left = leave_out(candidates, bag)
    if left or not candidates:
        return left, False
    return list(candidates), True


def parse_mode(word: object) -> Mode:
    """The mode of that name; Invalid if there is none."""
    for mode in get_args(Mode):
        if mode == word:
            return cast("Mode", mode)
    raise Invalid("a draw is by hosts or by events")


def _check(seed: bytes, n: int, mode: Mode) -> None:
    if len(seed) != SEED_BYTES:
        raise Invalid(f"a seed has {SEED_BYTES} bytes")
    if n < 0:
        raise Invalid("a hand has at least 0 cards")
    parse_mode(mode)


class _Deck(NamedTuple):
    """The events of each host, every event once; how hosts are ordered; how many events in all."""

    hosts: dict[bytes, list[Candidate]]
    host_order: Order
    events: int

    def odds(self, series: Sized, events: Sized) -> Odds:
        return Odds(len(self.hosts), len(series), len(events), self.events)


def _deal(
    candidates: Iterable[Candidate], seed: bytes, n: int, mode: Mode, taken: Mapping[bytes, int]
) -> Iterable[Card]:
    if n == 0:
        return ()
    deck = _deck(candidates, seed)
    if mode == "events":
        return _by_events(deck, seed, n)
    return islice(_by_hosts(deck, seed, taken), n)


def _deck(candidates: Iterable[Candidate], seed: bytes) -> _Deck:
    host_order = _by_ticket(seed, HOST)
    events = _once(_registers(candidates), host_order)
    hosts: dict[bytes, list[Candidate]] = defaultdict(list)
    for event in events:
        hosts[event.host].append(event)
    return _Deck(hosts, host_order, len(events))


def _registers(candidates: Iterable[Candidate]) -> Collection[Candidate]:
    """The candidates, each register once."""
    every = list(candidates)
    registers = {(candidate.host, candidate.slot): candidate for candidate in every}
    if len(registers) < len(every):
        for candidate in every:
            if registers[candidate.host, candidate.slot] != candidate:
                raise Invalid(f"two candidates for one register: slot {candidate.slot:016x}")
    return registers.values()


def _once(candidates: Collection[Candidate], host_order: Order) -> list[Candidate]:
    """The candidates, each relayed event only with the first of its relayers."""
    relayed = [candidate for candidate in candidates if candidate.source is not None]
    place = {host: host_order(host) for host in {candidate.host for candidate in relayed}}
    relayer: dict[EventKey, bytes] = {}
    for candidate in relayed:
        first = relayer.setdefault(candidate.event_key, candidate.host)
        if place[candidate.host] < place[first]:
            relayer[candidate.event_key] = candidate.host
    return [
        candidate
        for candidate in candidates
        if candidate.source is None or relayer[candidate.event_key] == candidate.host
    ]


def _by_series(events: Iterable[Candidate]) -> dict[bytes, list[Candidate]]:
    series: dict[bytes, list[Candidate]] = defaultdict(list)
    for event in events:
        series[event.series_item].append(event)
    return series


def _by_hosts(deck: _Deck, seed: bytes, taken: Mapping[bytes, int]) -> Iterator[Card]:
    """Round by round, each host's next event, in the order of the hosts, until the deck is dealt."""
    lines: Iterable[tuple[bytes, bytes, Iterator[tuple[Candidate, Odds]]]]
    order = _ascending([deck.host_order(host) for host in deck.hosts])
    lines = ((ticket, host, _line(deck, host, seed)) for ticket, host in order)
    for turn in count(1):
        left = []
        for ticket, host, line in lines:
            if turn > taken.get(host, 0):
                following = next(line, None)
                if following is None:
                    continue
                event, odds = following
                yield Card(event, turn, ticket, odds)
            left.append((ticket, host, line))
        if not left:
            return
        lines = left


def _ascending(order: list[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """The tickets in order, sorted no further than they are asked for: a hand is a few of many hosts."""
    heapify(order)
    while order:
        yield heappop(order)


def _line(deck: _Deck, host: bytes, seed: bytes) -> Iterator[tuple[Candidate, Odds]]:
    """A host's events as its turns come: each series' first, then each series' second, and so on."""
    series = _by_series(deck.hosts[host])
    event_order = _by_ticket(seed, EVENT)
    lines = [series[item] for item in sorted(series, key=_by_ticket(seed, SERIES))]
    for turn in count():
        for events in lines:
            if turn == 0:
                events.sort(key=lambda event: event_order(event.register))
            yield events[turn], deck.odds(series, events)
        lines = [events for events in lines if turn + 1 < len(events)]
        if not lines:
            return


def _by_events(deck: _Deck, seed: bytes, n: int) -> Iterator[Card]:
    ticket_of = tickets(seed, EVENT)
    registers = ((event.register, event) for events in deck.hosts.values() for event in events)
    dealt = nsmallest(n, ((ticket_of(register), register, event) for register, event in registers))
    series = {host: _by_series(deck.hosts[host]) for host in {event.host for *_, event in dealt}}
    for ticket, _, event in dealt:
        its_series = series[event.host]
        yield Card(event, 1, ticket, deck.odds(its_series, its_series[event.series_item]))


def _by_ticket(seed: bytes, label: str) -> Order:
    """The order of items: by ticket, ties by the smaller item."""
    ticket_of = tickets(seed, label)
    return lambda item: (ticket_of(item), item)

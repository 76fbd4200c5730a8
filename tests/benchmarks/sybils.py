"""A town of people who vouch for each other, and Sybils: who is dealt by the walk that ships."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import combinations
from random import Random

from potluck.protocol.candidate import Candidate
from potluck.protocol.walk import NUMBERS_A_CARD, Vouched, draw_vouched, returned, walk

HONEST, SYBILS, EVENTS, EDGES, HAND = 4_000, 40_000, 16, 100, 5
GROUP, LOST, CHANCE = 4, 0.03, 0.6
"""Everybody is of two groups of so many, of whose ties a share is missing, and knows others by
chance: mean degree 6.6, clustering .3."""

KNOWN, ADMIRED, AIMED = 40, 3, 4
"""So many hosts are known to all. Everybody vouches for some of them, without a return; and so many
of the attack edges are theirs."""


def key(number: int) -> bytes:
    """A host's key; Sybils are those from HONEST on."""
    return blake2b(number.to_bytes(4, "big"), digest_size=32).digest()


@dataclass
class Town:
    """Who vouches for whom: `ties` among the honest, `given` all public vouches."""

    random: Random
    ties: set[tuple[int, int]] = field(default_factory=set)
    given: set[Vouched] = field(default_factory=set)

    @property
    def degree(self) -> float:
        """The mean number of friends."""
        return 2 * len(self.ties) / HONEST

    @property
    def clustering(self) -> float:
        """The mean share of two friends' pairs who are friends (Watts and Strogatz, 1998)."""
        friends: dict[int, set[int]] = {number: set() for number in range(HONEST)}
        for a, b in self.ties:
            friends[a].add(b)
            friends[b].add(a)
        shares = (
            sum(b in friends[a] for a, b in combinations(each, 2))
            / (len(each) * (len(each) - 1) / 2)
            for each in friends.values()
            if len(each) > 1
        )
        return sum(shares) / HONEST


def town(seed: int) -> Town:
    """HONEST people, SYBILS among themselves, and EDGES people who vouched for a Sybil unmet."""
    made = Town(Random(seed))
    for a in range(HONEST):
        made.given |= {Vouched(key(a), key(b)) for b in made.random.sample(range(KNOWN), ADMIRED)}
    for a, b in _ties(made.random):
        made.ties.add((a, b))
        made.given |= {Vouched(key(a), key(b)), Vouched(key(b), key(a))}
    for a in range(SYBILS):
        for step in range(1, 5):
            one, other = key(HONEST + a), key(HONEST + (a + step) % SYBILS)
            made.given |= {Vouched(one, other), Vouched(other, one)}
    for edge in range(EDGES):
        fooled = key(made.random.randrange(KNOWN if edge < AIMED else HONEST))
        sybil = key(HONEST + edge * (SYBILS // EDGES))
        made.given |= {Vouched(fooled, sybil), Vouched(sybil, fooled)}
        for at in range(5, 60):  # as many others as there is room for: nobody is sent back
            other = key(HONEST + (edge * (SYBILS // EDGES) + at) % SYBILS)
            made.given |= {Vouched(sybil, other), Vouched(other, sybil)}
    return made


def _ties(random: Random) -> Iterator[tuple[int, int]]:
    for _ in range(2):
        people = random.sample(range(HONEST), HONEST)
        for at in range(0, HONEST, GROUP):
            for a, b in combinations(sorted(people[at : at + GROUP]), 2):
                if random.random() >= LOST:
                    yield a, b
    for _ in range(round(HONEST * (CHANCE + 2 * LOST * (GROUP - 1)) / 2)):
        a, b = sorted(random.sample(range(HONEST), 2))
        yield a, b


@dataclass
class Dealt:
    """Cards by who they are of; `reached`: the different honest hosts that one is dealt in a month,
    as a share of those that as many cards by chance would bring."""

    honest: int = 0
    sybil: int = 0
    strangers: int = 0
    missing: int = 0
    reached: float = 0.0

    @property
    def share(self) -> float:
        """Of the cards to which walks led, the Sybils'."""
        return self.sybil / max(1, self.honest + self.sybil)


def deal_all(made: Town, active: float, *, mutual: bool = True, lookers: int = 400) -> Dealt:
    """Hands of some people, where this share of the honest has events, as all Sybils have."""
    given: dict[bytes, set[bytes]] = defaultdict(set)
    for by, host in made.given:
        given[by].add(host)
    met = returned(made.given)
    friends = met if mutual else given
    sybils = {key(HONEST + number) for number in range(SYBILS)}
    hosts = [key(number) for number in range(HONEST)]
    deck = set(made.random.sample(hosts, round(active * HONEST))) | sybils
    found = Dealt()
    for looker in made.random.sample(hosts, lookers):
        seed = made.random.randbytes(32)
        numbers = range(NUMBERS_A_CARD * HAND)
        near = {host for number in numbers for host in walk(seed, number, met[looker], friends)}
        candidates = [
            Candidate(host, slot, host) for host in sorted(near & deck) for slot in range(EVENTS)
        ]
        hand = draw_vouched(candidates, seed, HAND, met[looker], friends)
        found.missing += HAND - len(hand)
        for card in hand:
            if card.path is None:
                found.strangers += 1
            elif card.card.candidate.host in sybils:
                found.sybil += 1
            else:
                found.honest += 1
    found.reached = _reached(made, friends, met, deck - sybils)
    return found


def _reached(
    made: Town,
    friends: dict[bytes, set[bytes]],
    met: dict[bytes, set[bytes]],
    deck: set[bytes],
    lookers: int = 20,
) -> float:
    """The different honest hosts with which walks of 30 hands end, against as many by chance."""
    share = 0.0
    for looker in made.random.sample(sorted(met.keys() & deck), lookers):
        ends: Counter[bytes] = Counter()
        for day in range(30):
            for number in range(HAND):
                path = walk(day.to_bytes(32, "big"), number, met[looker], friends)
                ends.update([host for host in reversed(path) if host in deck][:1])
        drawn = ends.total()
        by_chance = len(deck) * (1 - (1 - 1 / len(deck)) ** drawn)
        share += len(ends) / by_chance if drawn else 0.0
    return share / lookers

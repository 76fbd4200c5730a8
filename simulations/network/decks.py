"""What a full deck holds of all that it saw: by the code that ships, cut as often as it is full."""

from typing import Annotated

import msgspec
import numpy as np

from potluck.node.store.eviction import SLACK
from potluck.protocol.eviction import Ranks, Register, keep
from potluck.simulations.mixing.rng import Stream
from potluck.simulations.mixing.scenario import Settings, par


class Filling(Settings, frozen=True):
    """A deck, and what it sees, in random order."""

    room: Annotated[int, par("events", "that the deck holds", 8, 1_000_000)] = 50_000
    seen: Annotated[int, par("events", "that it hears of", 8, 10_000_000)] = 500_000
    organisers: Annotated[int, par("organisers", "who announce them", 1, 1_000_000)] = 20_000
    skew: Annotated[float, par("", "exponent of the Zipf law of their activity", 0, 3)] = 0.8


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What is held. Organisers are in tenths by how much they announced, the busiest first."""

    events: int
    organisers: float
    """The share of organisers of whom something is held."""
    seen_by_tenth: list[float]
    """The share of all events seen that each tenth announced."""
    held_by_tenth: list[float]
    """The share of all events held that is theirs."""
    organisers_by_tenth: list[float]
    """The share of the tenth's organisers of whom something is held."""
    most: int
    """Events held of one organiser, at most."""
    early: float
    late: float
    """The share of organisers held among those first seen early and late: the first and last tenth
    of those who announced only one or two."""


def fill(filling: Filling, seed: int) -> Held:
    """Have a deck see it all."""
    stream = Stream.of(seed)
    rng = stream.child(1).numpy()
    weights = np.arange(1, filling.organisers + 1) ** -filling.skew
    owner = rng.choice(filling.organisers, filling.seen, p=weights / weights.sum())
    ranks = Ranks(rng.bytes(32))
    held: set[Register] = set()
    for slot, one in enumerate(owner):
        held.add((int(one).to_bytes(32, "big"), slot))
        if len(held) > filling.room:
            held = keep([held], filling.room - filling.room // SLACK, ranks, {})
    owners = np.array([int.from_bytes(host, "big") for host, _ in held])
    return _measured(owner, np.bincount(owners, minlength=filling.organisers))


def _measured(owner: np.ndarray, held: np.ndarray) -> Held:
    seen = np.bincount(owner, minlength=len(held))
    order = np.argsort(-seen, kind="stable")
    order = order[seen[order] > 0]
    tenths = np.array_split(order, 10)
    first = np.full(len(held), len(owner))
    np.minimum.at(first, owner, np.arange(len(owner)))
    small = order[seen[order] <= 2]
    small = small[np.argsort(first[small], kind="stable")]
    early, late = np.array_split(small, 10)[0], np.array_split(small, 10)[-1]

    def share(some: np.ndarray) -> float:
        return float((held[some] > 0).mean()) if len(some) else float("nan")

    return Held(
        events=int(held.sum()),
        organisers=share(order),
        seen_by_tenth=[float(seen[some].sum() / seen.sum()) for some in tenths],
        held_by_tenth=[float(held[some].sum() / held.sum()) for some in tenths],
        organisers_by_tenth=[share(some) for some in tenths],
        most=int(held.max()),
        early=share(early),
        late=share(late),
    )

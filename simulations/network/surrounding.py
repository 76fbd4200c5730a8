"""How many of a node's slots an attacker takes by inventing peers: with seeded slots, as they ship,
and with slots that take any peer they know."""

from random import Random
from typing import Annotated

import msgspec
import numpy as np

from potluck.node import limits
from potluck.node.peering.slots import Slots
from potluck.simulations.mixing.scenario import Settings, par


class Crowd(Settings, frozen=True):
    """Whom a node knows: honest peers, each in an address range of its own, and invented ones."""

    honest: Annotated[int, par("peers", "honest ones", 1, 2000)] = 300
    invented: Annotated[int, par("peers", "of one attacker", 0, 2000)] = 600
    ranges: Annotated[int, par("ranges", "among which the attacker has addresses", 1, 2000)] = 10
    seeded: Annotated[bool, par("", "slots as they ship; else each takes any peer")] = True
    victims: Annotated[int, par("nodes", "that are tried", 1, 10_000)] = 200


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What the attacker has."""

    mean: float
    """The mean share of slots."""
    worst: float
    """The share of slots of the node of which it has most."""
    surrounded: float
    """The share of nodes of which it has all."""


def surround(crowd: Crowd, seed: int) -> Taken:
    """Fill the slots of each victim."""
    known = {f"honest {n}": f"range {n}" for n in range(crowd.honest)}
    known |= {f"invented {n}": f"taken {n % crowd.ranges}" for n in range(crowd.invented)}
    shares = []
    for number in range(crowd.victims):
        rng = Random(f"victim {seed} {number}")
        if crowd.seeded:
            kept = Slots(limits.OUTBOUND_SLOTS, rng.randbytes).best(known)
        else:
            kept = set(rng.sample(sorted(known), limits.OUTBOUND_SLOTS))
        shares.append(sum(peer.startswith("invented") for peer in kept) / len(kept))
    return Taken(
        mean=float(np.mean(shares)),
        worst=max(shares),
        surrounded=float(np.mean(np.equal(shares, 1))),
    )

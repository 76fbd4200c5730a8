"""Attackers as node programs: on the same wires, with keys and addresses of their own."""

from collections.abc import Callable

from potluck.simulations.network.node import Node
from potluck.simulations.network.routed import Wires

from .attacker import Attacker
from .content import Censor, Forger, Importer, Inventor, Replayer, Sybils, Telling
from .peering import Aimer, Eclipse, Flood, Names
from .streams import Drain, Drip, Liar

ATTACKERS: dict[str, Callable[[Wires, int, int, list[Node]], Attacker]] = {
    kind.__name__.lower(): kind
    for kind in (
        Aimer, Censor, Drain, Drip, Eclipse, Flood, Forger, Importer, Inventor, Liar, Names,
        Replayer, Sybils, Telling,
    )
}  # fmt: skip

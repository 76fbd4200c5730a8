"""What gossip is asked, and what is measured of it: of the router that ships, and of its model."""

from __future__ import annotations

from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from potluck.simulations.mixing.scenario import Settings, par


class Gossip(Settings, frozen=True):
    """A network in which messages are published one after the other."""

    nodes: Annotated[int, par("nodes", "how many", 2, 100_000)] = 1000
    dials: Annotated[int, par("nodes", "that each dials, at random", 1, 200)] = 20
    messages: Annotated[int, par("messages", "published by random nodes", 1, 10_000)] = 60
    pause: Annotated[float, par("s", "from one message to the next", 0.01, 3600)] = 1.0
    shortest: Annotated[float, par("s", "the shortest link, one way", 0, 10)] = 0.010
    longest: Annotated[float, par("s", "the longest link, one way", 0, 10)] = 0.150
    jitter: Annotated[float, par("share", "by which each delay differs from its link's", 0, 1)] = (
        0.1
    )
    hop: Annotated[float, par("s", "that each hop takes beside its link", 0, 10)] = 0.0
    once: Annotated[float, par("s", "that each delivery takes once", 0, 10)] = 0.0
    degree: Annotated[int, par("nodes", "wanted in a mesh (D)", 1, 50)] = 6
    least: Annotated[int, par("nodes", "in a mesh, below which it grafts (D low)", 1, 50)] = 4
    most: Annotated[int, par("nodes", "in a mesh, above which it prunes (D high)", 1, 50)] = 12
    to_all: Annotated[
        bool, par("", "publish to all peers, not to the mesh only (nim-libp2p; the model only)")
    ] = False
    dialled_within: Annotated[float, par("s", "in which all are dialled", 0, 15)] = 1.0


class Dissemination(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the messages. Times are seconds from publishing to a node."""

    delivered: float
    """The share of deliveries that happened."""
    copies: float
    """Copies that were sent, a delivery."""
    mesh: float
    """The mean number of nodes in a mesh, before the first message."""
    classes: list[float]
    """The share of deliveries by classes of 100 ms, the last one open."""
    mean: float
    p50: float
    p95: float
    p99: float
    longest: float
    trace: str
    """A hash of every delivery and its time."""

    @classmethod
    def of(
        cls, delays: ArrayLike, wanted: int, copies: int, degrees: ArrayLike, trace: str
    ) -> Dissemination:
        """From the delays of all deliveries."""
        times = np.asarray(delays, np.float64)
        classes = np.bincount(np.minimum((times * 10).astype(np.int64), 9), minlength=10)
        half, most, nearly = (float(q) for q in np.quantile(times, [0.5, 0.95, 0.99]))
        return cls(
            delivered=len(times) / wanted,
            copies=copies / len(times),
            mesh=float(np.asarray(degrees, np.float64).mean()),
            classes=[float(share) for share in classes / len(times)],
            mean=float(times.mean()),
            p50=half,
            p95=most,
            p99=nearly,
            longest=float(times.max()),
            trace=trace,
        )

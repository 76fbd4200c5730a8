"""Which network a peer is of, as far as the topics that it gossips on tell."""

from collections.abc import Collection
from dataclasses import replace

from potluck.protocol.network import MAX_STAMP_BITS, Network

_TOPIC = "/potluck/"


def elsewhere(topics: Collection[str], ours: Network) -> str | None:
    """The other network that a peer with these topics is of, in words, if that is known."""
    others = {topic for topic in topics if topic.startswith(_TOPIC)}
    if not others or ours.topic in others:
        return None
    for bits in range(MAX_STAMP_BITS + 1):
        if replace(ours, stamp_bits=bits).topic in others:
            return (
                f"another network called {ours.name}, of {bits} stamp bits "
                f"where ours asks for {ours.stamp_bits}"
            )
    return "another network, or one of another secret"


def is_known(topics: Collection[str]) -> bool:
    """Whether the peer has said what network it is of."""
    return any(topic.startswith(_TOPIC) for topic in topics)

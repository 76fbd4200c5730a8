"""The fast model of gossip: meshes and their messages as compiled code, for 10,000 nodes and more.

It keeps of GossipSub v1.1 what decides how a message travels: grafting and pruning at heartbeats,
with a pause after a prune; forwarding to the mesh; IHAVE at heartbeats to peers outside of it, and
IWANT. tests/simulations/network holds it against the routers that ship.
"""

import heapq
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from potluck.simulations.mixing.rng import Stream, below, child, inlined, jit, uniform

from .gossip import Dissemination, Gossip

HEARTBEATS = 20
"""In which meshes form."""
BACKOFF = 60
"""Heartbeats after a prune in which neither grafts the other."""
WINDOW = 3
"""Heartbeats for which a message is told of (GossipSub v1.1, mcache_gossip)."""
LAZY = 6
"""Peers outside of the mesh that are told at least; else a quarter of them."""

ARRIVAL, BEAT, MCACHE_GOSSIP = 0, 1, 2


def disseminate(gossip: Gossip, seed: int) -> Dissemination:
    """What became of the messages, by the model."""
    stream = Stream.of(seed)
    first, peers, twins = dialled = _dialled(gossip, stream.child(1).numpy())
    lengths = stream.child(2).numpy().uniform(gossip.shortest, gossip.longest, len(peers))
    links = lengths[np.minimum(np.arange(len(peers)), twins)]  # one for both directions
    beats = stream.child(3).uniform(gossip.nodes)
    key = stream.child(4).word_key
    degrees = np.array([gossip.degree, gossip.least, gossip.most])
    meshed = form(key, dialled, beats, degrees)
    chance = stream.child(5).numpy()
    origins = chance.integers(gossip.nodes, size=gossip.messages)
    delays = np.empty((gossip.messages, gossip.nodes))
    copies = 0
    for number, origin in enumerate(origins):
        begun = (1 + number * gossip.pause) % 1.0
        copies += spread(
            stream.child(6).child(number).word_key, dialled, links, meshed, beats - begun, origin,
            gossip.jitter, gossip.hop, gossip.to_all, delays[number],
        )  # fmt: skip
    delays[np.arange(gossip.messages), origins] = np.inf
    arrived = delays[np.isfinite(delays)] + gossip.once
    mesh = np.add.reduceat(meshed.astype(np.int64), first[:-1])
    trace = blake2b(delays.tobytes(), digest_size=16).hexdigest()
    wanted = gossip.messages * (gossip.nodes - 1)
    return Dissemination.of(arrived, wanted, copies, mesh, trace)


def _dialled(
    gossip: Gossip, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The connections as rows: where a node's begin, to whom they lead, and where the same one
    stands in the other's row."""
    nodes, dials = gossip.nodes, min(gossip.dials, gossip.nodes - 1)
    ones = np.repeat(np.arange(nodes), dials)
    others = np.concatenate([rng.choice(nodes - 1, dials, replace=False) for _ in range(nodes)])
    others += others >= ones
    pairs = np.unique(np.minimum(ones, others) * nodes + np.maximum(ones, others))
    lower, upper = pairs // nodes, pairs % nodes
    sources, targets = np.concatenate([lower, upper]), np.concatenate([upper, lower])
    order = np.lexsort((targets, sources))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    twins = place[(order + len(pairs)) % len(order)]
    first = np.searchsorted(sources[order], np.arange(nodes + 1))
    return first, targets[order], twins


@jit
def form(key: Any, dialled: Any, beats: Any, degrees: Any) -> Any:
    """Whether each connection is in the meshes: by heartbeats, in the order of their times."""
    first, peers, twins = dialled
    wanted, least, most = degrees
    nodes = len(first) - 1
    meshed = np.zeros(len(peers), np.bool_)
    pruned = np.full(len(peers), -BACKOFF, np.int64)
    size = np.zeros(nodes, np.int64)
    places = np.empty(np.max(np.diff(first)), np.int64)
    for beat in range(HEARTBEATS):
        for node in np.argsort(beats):
            own = child(child(key, beat), node)
            if least <= size[node] <= most:
                continue
            grafts = size[node] < least
            found = 0
            for at in range(first[node], first[node + 1]):
                if meshed[at] != grafts and (not grafts or beat - pruned[at] >= BACKOFF):
                    places[found] = at
                    found += 1
            for step in range(min(found, abs(wanted - size[node]))):
                pick = step + below(own, step, found - step)
                places[step], places[pick] = places[pick], places[step]
                at = places[step]
                change = 1 if grafts else -1
                meshed[at] = meshed[twins[at]] = grafts
                if not grafts:
                    pruned[at] = pruned[twins[at]] = beat
                size[node] += change
                size[peers[at]] += change
    return meshed


@jit
def spread(
    key: Any, dialled: Any, links: Any, meshed: Any, beats: Any, origin: Any,
    jitter: Any, hop: Any, to_all: Any, delays: Any,
) -> Any:  # fmt: skip
    """The seconds from publishing to each node, into `delays` (infinite: never); copies sent.

    An event is (time, kind, node, the connection in its sender's row; of a beat which it is).
    """
    first, peers, twins = dialled
    delays[:] = np.inf
    asked = np.zeros(len(delays), np.bool_)
    copies = 0
    events = [(0.0, ARRIVAL, np.int64(origin), np.int64(-1))]
    while len(events) > 0:
        now, kind, node, at = heapq.heappop(events)
        if kind == ARRIVAL and now < delays[node]:
            delays[node] = now
            back = twins[at] if at >= 0 else -1
            every = to_all and at < 0
            for to in range(first[node], first[node + 1]):
                if (meshed[to] or every) and to != back:
                    copies += 1
                    after = links[to] * (1 + jitter * (2 * uniform(key, to) - 1)) + hop
                    _push(events, delays, now + after, ARRIVAL, peers[to], to)
            for beat in range(WINDOW):
                at_beat = beats[node] + np.ceil(now - beats[node]) + beat
                heapq.heappush(events, (at_beat, BEAT, node, np.int64(beat)))
        elif kind == BEAT:
            _advertise(child(key, at), events, now, node, dialled, links, meshed, hop, delays)
        elif kind == MCACHE_GOSSIP and now < delays[node] and not asked[node]:
            asked[node] = True
            copies += 1
            _push(events, delays, now + 2 * (links[at] + hop), ARRIVAL, node, at)
    return copies


@inlined
def _push(events: Any, delays: Any, when: Any, kind: Any, node: Any, at: Any) -> None:
    """Have it happen, unless the node has the message by then."""
    if when < delays[node]:
        heapq.heappush(events, (when, kind, node, np.int64(at)))


@jit
def _advertise(
    key: Any, events: Any, now: Any, node: Any, dialled: Any, links: Any, meshed: Any, hop: Any,
    delays: Any,
) -> None:  # fmt: skip
    """IHAVE to some outside of the mesh, chosen one after the other with equal chances."""
    first, peers, _ = dialled
    lazy = 0
    for to in range(first[node], first[node + 1]):
        lazy += not meshed[to]
    wanted = max(LAZY, lazy // 4)
    for to in range(first[node], first[node + 1]):
        if not meshed[to]:
            if below(key, to, lazy) < wanted:
                wanted -= 1
                _push(events, delays, now + links[to] + hop, MCACHE_GOSSIP, peers[to], to)
            lazy -= 1

"""The people of a region: interests, homes, habits and first friends."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .rng import Purpose, Stream, below, child, inlined, jit, uniform
from .scenario import Scenario

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


class People(NamedTuple):
    """n people of one region. Kernels write interest, friends and degree; the rest stays."""

    interest: Floats
    """(n, dimensions), unit vectors."""
    cluster: Ints
    """(n,) the group a person counts in."""
    home: Floats
    """(n, 2) in the unit square."""
    look: Floats
    """(n,) chance of looking on a day."""
    evenings: Ints
    """(n,) evenings a week; 7 is no limit."""
    friends: Ints
    """(n, most) of which the first `degree` are set."""
    degree: Ints
    """(n,)"""


def settle(scenario: Scenario, seed: int, region: int) -> People:
    """The people of a region on the first day."""
    pars = scenario.people
    n = min(pars.region, pars.count - region * pars.region)
    rng = Stream.of(seed, Purpose.WORLD, region).numpy()
    cluster = draw_clusters(scenario, rng, n)
    interest = directions(rng, cluster, pars.dimensions, pars.own if pars.clusters else 0.0)
    if not pars.clusters:
        cluster = np.argmax(interest[:, : pars.labels], axis=1).astype(np.int32)
    home = rng.random((n, 2), np.float32)
    spread = np.exp(pars.activity * rng.standard_normal(n) - pars.activity**2 / 2)
    evenings = np.clip(rng.poisson(pars.evenings, n), 1, 7) if pars.evenings else np.full(n, 7)
    order = np.argsort(cluster, kind="stable").astype(np.int32)
    start = np.searchsorted(cluster[order], np.arange(scenario.groups + 1)).astype(np.int32)
    key = Stream.of(seed, Purpose.FRIENDS, region).word_key
    friends, degree = _befriend(
        key, cluster, order, start, pars.friends, pars.homophily, scenario.meeting.most
    )
    look = np.minimum(1.0, pars.look * spread).astype(np.float32)
    return People(interest, cluster, home, look, evenings.astype(np.int32), friends, degree)


def draw_clusters(scenario: Scenario, rng: np.random.Generator, n: int) -> Ints:
    """The cluster of each of n people or series, by Zipf's law with exponent `people.skew`."""
    clusters = max(scenario.people.clusters, 1)
    share = np.arange(1, clusters + 1) ** -scenario.people.skew
    return rng.choice(clusters, size=n, p=share / share.sum()).astype(np.int32)


def directions(rng: np.random.Generator, cluster: Ints, dimensions: int, own: float) -> Floats:
    """A unit vector for each cluster label, sqrt(own) along the cluster's axis and the rest in a
    random direction, so that two of one cluster have a cosine of about `own` and two of different
    clusters one of about 0."""
    noise = rng.standard_normal((len(cluster), dimensions), np.float32)
    noise *= np.float32(np.sqrt((1 - own) / dimensions))
    noise[np.arange(len(cluster)), cluster] += np.float32(np.sqrt(own))
    return unit(noise)


def unit(vectors: Floats) -> Floats:
    """Each row scaled to length 1."""
    return np.asarray(
        (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)
    )


@inlined
def befriend(friends: Ints, degree: Ints, a: int, b: int) -> bool:
    """Make a and b friends unless they are, are one, or one has no room."""
    most = friends.shape[1]
    if a == b or degree[a] >= most or degree[b] >= most:
        return False
    for k in range(degree[a]):
        if friends[a, k] == b:
            return False
    friends[a, degree[a]] = b
    friends[b, degree[b]] = a
    degree[a] += 1
    degree[b] += 1
    return True


@jit
def _befriend(
    key: np.uint64, cluster: Ints, order: Ints, start: Ints, mean: int, homophily: float, most: int
) -> tuple[Ints, Ints]:
    """First friends: each tie joins a random person to one of the own cluster (share `homophily`)
    or to anyone. `order` lists people cluster by cluster, of which cluster c begins at start[c].
    """
    n = len(cluster)
    friends = np.full((n, most), -1, np.int32)
    degree = np.zeros(n, np.int32)
    for tie in range(n * mean // 2):
        at = child(key, tie)
        a = below(at, 0, n)
        c = cluster[a]
        if uniform(at, 1) < homophily:
            b = order[start[c] + below(at, 2, start[c + 1] - start[c])]
        else:
            b = below(at, 2, n)
        befriend(friends, degree, a, b)
    return friends, degree

"""The recommenders of Chaney, Stewart and Engelhardt 2018, section 3.2."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
Seen = NDArray[np.bool_]


@dataclass(frozen=True)
class World:
    """Tastes (users, attributes), items (items, attributes), utility and what is known of it
    (users, items), friends (users, users)."""

    taste: Floats
    items: Floats
    utility: Floats
    known: Floats
    friends: Floats


Look = Callable[[World, Seen, np.random.Generator], Floats]


@dataclass(frozen=True)
class Recommender:
    """`seen` (users, items so far) says who took what."""

    view: Look
    """How it represents users, shape (users, anything): who is near whom in its eyes."""
    scores: Look
    """Its score of each item so far for each user."""


def _likely(world: World, seen: Seen, _: np.random.Generator) -> Floats:
    """Non-negative least squares of what was taken on the items' true attributes."""
    basis, reduced = np.linalg.qr(world.items[: seen.shape[1]])  # the same minimum, in fewer rows
    return np.array([nnls(reduced, target)[0] for target in seen.astype(float) @ basis])


def _factors(world: World, seen: Seen, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Users and items by alternating least squares (Hu, Koren and Volinsky 2008)."""
    model = AlternatingLeastSquares(
        factors=world.taste.shape[1], iterations=5, num_threads=1,
        random_state=int(rng.integers(2**31)),
    )  # fmt: skip
    model.fit(csr_matrix(seen, dtype=np.float32), show_progress=False)
    return np.asarray(model.user_factors, dtype=float), np.asarray(model.item_factors, dtype=float)


def _by_factors(world: World, seen: Seen, rng: np.random.Generator) -> Floats:
    users, items = _factors(world, seen, rng)
    return users @ items.T


RECOMMENDERS = {
    "ideal": Recommender(
        lambda world, *_: world.taste, lambda world, seen, _: world.utility[:, : seen.shape[1]]
    ),
    "popularity": Recommender(
        lambda _, seen, __: np.ones((len(seen), 1)),
        lambda _, seen, __: np.broadcast_to(seen.sum(axis=0).astype(float), seen.shape),
    ),
    "social": Recommender(
        lambda world, *_: world.friends, lambda world, seen, _: world.friends @ seen
    ),
    "matrix factorisation": Recommender(lambda *of: _factors(*of)[0], _by_factors),
    "content": Recommender(
        _likely, lambda world, seen, rng: _likely(world, seen, rng) @ world.items[: seen.shape[1]].T
    ),
    "random": Recommender(
        lambda world, _, rng: rng.random(world.taste.shape),
        lambda _, seen, rng: rng.random(seen.shape),
    ),
}
"""Ideal knows the true utility; popularity counts who took an item, and everybody looks alike to
it; social counts the friends who did."""

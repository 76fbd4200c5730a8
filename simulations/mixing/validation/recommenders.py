"""The recommenders of Chaney, Stewart and Engelhardt 2018, section 3.2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

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


class Recommender(Protocol):
    def view(self, world: World, seen: Seen, rng: np.random.Generator) -> Floats:
        """How it represents users, shape (users, anything): who is near whom in its eyes."""

    def scores(self, world: World, seen: Seen, rng: np.random.Generator) -> Floats:
        """Its score of each item so far for each user; `seen` has the items so far."""


class Ideal:
    """Knows the true utility."""

    def view(self, world: World, seen: Seen, rng: np.random.Generator) -> Floats:
        return world.taste

    def scores(self, world: World, seen: Seen, rng: np.random.Generator) -> Floats:
        return world.utility[:, : seen.shape[1]]


class Random:
    """Knows nothing."""

    def view(self, world: World, seen: Seen, rng: np.random.Generator) -> Floats:
        return rng.random(world.taste.shape)

    def scores(self, world: World, seen: Seen, rng: np.random.Generator) -> Floats:
        return rng.random(seen.shape)


class Popularity:
    """The number who took it; everybody looks alike."""

    def view(self, world: World, seen: Seen, rng: np.random.Generator) -> Floats:
        return np.ones((len(seen), 1))

    def scores(self, world: World, seen: Seen, rng: np.random.Generator) -> Floats:
        return np.broadcast_to(seen.sum(axis=0).astype(float), seen.shape)


class Content:
    """Non-negative least squares of what was taken on the items' true attributes."""

    def view(self, world: World, seen: Seen, rng: np.random.Generator) -> Floats:
        attributes = world.items[: seen.shape[1]]
        basis, reduced = np.linalg.qr(attributes)  # the same minimum, in as many rows as attributes
        targets = seen.astype(float) @ basis
        return np.array([nnls(reduced, target)[0] for target in targets])

    def scores(self, world: World, seen: Seen, rng: np.random.Generator) -> Floats:
        return self.view(world, seen, rng) @ world.items[: seen.shape[1]].T


class Social:
    """The number of friends who took it."""

    def view(self, world: World, seen: Seen, rng: np.random.Generator) -> Floats:
        return world.friends

    def scores(self, world: World, seen: Seen, rng: np.random.Generator) -> Floats:
        return world.friends @ seen


class MatrixFactorisation:
    """Implicit feedback by alternating least squares (Hu, Koren and Volinsky 2008)."""

    def view(self, world: World, seen: Seen, rng: np.random.Generator) -> Floats:
        return self._fit(world, seen, rng)[0]

    def scores(self, world: World, seen: Seen, rng: np.random.Generator) -> Floats:
        users, items = self._fit(world, seen, rng)
        return users @ items.T

    def _fit(self, world: World, seen: Seen, rng: np.random.Generator) -> tuple[Floats, Floats]:
        model = AlternatingLeastSquares(
            factors=world.taste.shape[1],
            iterations=5,
            num_threads=1,
            random_state=int(rng.integers(2**31)),
        )
        model.fit(csr_matrix(seen, dtype=np.float32), show_progress=False)
        return np.asarray(model.user_factors, dtype=float), np.asarray(
            model.item_factors, dtype=float
        )


RECOMMENDERS: dict[str, Recommender] = {
    "ideal": Ideal(),
    "popularity": Popularity(),
    "social": Social(),
    "matrix factorisation": MatrixFactorisation(),
    "content": Content(),
    "random": Random(),
}

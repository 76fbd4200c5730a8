"""Collaborative filtering by a real library."""

from __future__ import annotations

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from potluck.simulations.mixing.policy_view import Hand, View
from potluck.simulations.mixing.rng import Stream

from .policy import policy


@policy("Hu, Koren and Volinsky (2008), 'Collaborative filtering for implicit feedback'")
def collaborative(
    view: View, rng: Stream, *, factors: int = 8, every: int = 7, weight: float = 10.0
) -> Hand:
    """The events of the hosts that alternating least squares expects one to visit, from all visits
    in the region so far.

    factors: dimensions of the model. every: days between fits. weight: confidence of a visit (alpha
    of the paper). Before the first fit, and for those who have visited nobody, the lot decides."""
    if view.day % every == 0 and view.day > 0 and view.memory.get("day") != view.day:
        view.memory["day"] = view.day
        view.memory["score"] = _fit(view.diary.visits, factors, weight, view.today)
    if "score" not in view.memory:
        return view.best(np.zeros((len(view.lookers), len(view.deck.host)), np.float32), rng)
    score = view.memory["score"][view.lookers][:, view.deck.host]
    return view.best(score, rng)


def _fit(
    visits: NDArray[np.uint16], factors: int, weight: float, rng: Stream
) -> NDArray[np.float32]:
    """Expected preference of each person for each host; one thread, so sums are always the same."""
    with threadpool_limits(1):
        model = AlternatingLeastSquares(
            factors=factors, alpha=weight, iterations=10, num_threads=1,
            random_state=rng.key % (1 << 32),
        )  # fmt: skip
        model.fit(csr_matrix(visits.astype(np.float32)), show_progress=False)
        score: NDArray[np.float32] = model.user_factors @ model.item_factors.T
    return np.round(score, 5)

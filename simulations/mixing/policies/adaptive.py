"""Tables that find their own size."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from potluck.simulations.mixing.policy_view import Hand, View
from potluck.simulations.mixing.rng import Stream

from .drawing import tables_today
from .policy import policy


@policy("Potluck: a rule that each table can follow by what its own members saw")
def adaptive(
    view: View, rng: Stream, *, smallest: int = 60, start: int = 3, tolerance: float = 0.1
) -> Hand:
    """Tables that merge when evenings are wasted and split when none are.

    Each week a table counts the evenings its members went out and how many of these were below the
    quorum. Above `tolerance` it merges with its neighbour (a table of the same size), below a
    quarter of that it splits in two. smallest: people at the smallest table; a table is at most the
    region. start: times the first tables have doubled."""
    _ = rng
    people = len(view.people.cluster)
    blocks = max(1, people // smallest)
    if not view.memory:
        seats = np.argsort(np.argsort(view.lasting.child(1 << 31).uniform(people), kind="stable"))
        view.memory["block"] = seats * blocks // people
        view.memory["level"] = np.full(blocks, start)
    if view.day % 7 == 0 and view.day > 0 and (view.sitting, view.round) == (0, 0):
        _review(view, view.memory, tolerance)
    level = view.memory["level"]
    names, table = np.unique(level * blocks + (np.arange(blocks) >> level), return_inverse=True)
    return np.asarray(tables_today(view, names)[table[view.memory["block"][view.lookers]]])


def _review(view: View, memory: dict[Any, Any], tolerance: float) -> None:
    """Merge and split tables by last week's evenings."""
    block, level = memory["block"], memory["level"]
    evenings, wasted = _last_week(view, block, len(level))
    deepest = int(len(level) - 1).bit_length()
    changed = level.copy()
    for table in sorted({(int(up), b >> int(up)) for b, up in enumerate(level)}, reverse=True):
        up, number = table
        members = np.flatnonzero((np.arange(len(level)) >> up == number) & (level == up))
        share = wasted[members].sum() / max(1, evenings[members].sum())
        if share > tolerance and up < deepest:
            changed[np.arange(len(level)) >> (up + 1) == number >> 1] = up + 1
        elif share < tolerance / 4 and up > 0 and np.all(changed[members] == up):
            changed[members] = up - 1
    memory["level"] = changed


def _last_week(
    view: View, block: NDArray[np.int64], blocks: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Evenings out and wasted ones of each block's members in the last seven days."""
    ring = view.diary.plans.shape[1]
    plans = view.diary.plans[:, [(view.day - k) % ring for k in range(1, 8)]]
    went = plans >= 0
    small = went & (view.diary.going[plans] < view.scenario.events.quorum)
    return (
        np.bincount(block, went.sum(axis=1), blocks).astype(np.int64),
        np.bincount(block, small.sum(axis=1), blocks).astype(np.int64),
    )

"""
The nearest thing in T-RECS: random recommendations of 5 of 40 items a step, chosen by preference,
with drift.

T-RECS has no meeting, distance, friends or quorum, and every user acts in every step. Run in an
environment with trecs 0.2.1; prints person-steps per second of processor time.
"""

from __future__ import annotations

from time import process_time

import numpy as np
from trecs.components import Users  # type: ignore[import-not-found, unused-ignore]
from trecs.models import RandomRecommender  # type: ignore[import-not-found, unused-ignore]

PEOPLE, EVENTS, HAND, DIMENSIONS, DAYS = 2_000, 40, 5, 16, 20

rng = np.random.default_rng(1)
users = Users(actual_user_profiles=rng.random((PEOPLE, DIMENSIONS)), num_users=PEOPLE, drift=0.02)
model = RandomRecommender(
    actual_user_representation=users,
    actual_item_representation=rng.random((DIMENSIONS, EVENTS)),
    num_items_per_iter=HAND,
)
started = process_time()
model.run(timesteps=DAYS, repeated_items=True, disable_tqdm=True)
print(PEOPLE * DAYS / (process_time() - started))

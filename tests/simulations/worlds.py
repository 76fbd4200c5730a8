"""Small experiments that several tests run."""

from __future__ import annotations

from typing import Any

from potluck.simulations.mixing import Experiment
from potluck.simulations.mixing.experiment import from_tables

TINY: dict[str, Any] = {
    "people": {"count": 240, "region": 120, "look": 0.6},
    "hosts": {"count": 8},
    "events": {"daily": 6},
    "time": {"days": 6, "ahead": 3},
}


def tiny(**settings: Any) -> Experiment:
    """A world of 240 people and six days, under the given settings of [experiment]."""
    settings = {"seeds": 3, "policies": ["organisers", "popularity"], **settings}
    return from_tables({**TINY, "experiment": settings}, "tiny")

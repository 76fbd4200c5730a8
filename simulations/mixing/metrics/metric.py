"""The registry of metrics."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from potluck.simulations.mixing.record import Record

WHOLE_RUN = -1

Measurement = Iterable[tuple[int, float]]


@dataclass(frozen=True)
class Metric:
    """A number measured of a run: `measure(record)` yields (day, value), day -1 for the whole
    run."""

    name: str
    measure: Callable[[Record], Measurement]
    doc: str
    """Formula and how to read it."""
    unit: str
    source: str
    usual: bool
    """Measured when a scenario names no metrics."""
    skewed: bool
    """Whether replicates may be far from normal: its intervals are bootstrapped."""


METRICS: dict[str, Metric] = {}

HEADLINE = (
    "cross_encounters", "wasted_evenings", "match", "assortativity", "host_gini", "serendipities",
)  # fmt: skip
"""What a report shows first."""

CHAIN = ("evenings_out", "viable_share", "company", "circle_exposure", "friending")
"""Factors whose product is `cross_encounters`, in every run."""


def metric(
    *, unit: str, source: str, usual: bool = True, skewed: bool = False
) -> Callable[[Callable[[Record], Measurement]], Callable[[Record], Measurement]]:
    """Register a metric under its function's name."""

    def register(measure: Callable[[Record], Measurement]) -> Callable[[Record], Measurement]:
        METRICS[measure.__name__] = Metric(
            measure.__name__, measure, inspect.getdoc(measure) or "", unit, source, usual, skewed
        )
        return measure

    return register

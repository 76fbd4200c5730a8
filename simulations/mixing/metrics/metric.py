"""The registry of metrics."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from math import isfinite, nan

from potluck.simulations.mixing.record import Array, Record

WHOLE_RUN = -1

Measurement = Iterable[tuple[int, float]]
Measure = Callable[[Record], Measurement]


@dataclass(frozen=True)
class Metric:
    """A number of a run: `measure(record)` yields (day, value), day -1 for the whole run."""

    name: str
    measure: Measure
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
    unit: str, source: str = "Potluck", *, usual: bool = True, skewed: bool = False
) -> Callable[[Callable[[Record], Measurement | float]], Measure]:
    """Register a metric under its function's name. A plain number is the whole run's, which has
    none if it is not a number."""

    def register(function: Callable[[Record], Measurement | float]) -> Measure:
        @wraps(function)
        def measure(record: Record) -> Measurement:
            found = function(record)
            if not isinstance(found, float | int):
                return found
            return [(WHOLE_RUN, float(found))] if isfinite(found) else []

        name, doc = function.__name__, inspect.getdoc(function) or ""
        METRICS[name] = Metric(name, measure, doc, unit, source, usual, skewed)
        return measure

    return register


def mean_of(values: Array) -> float:
    """The mean; not a number of nothing."""
    return float(values.mean()) if len(values) else nan


def ratio(part: float, of: float) -> float:
    """part / of; not a number if there is nothing to share."""
    return float(part / of) if of else nan

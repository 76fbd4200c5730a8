"""`run`: the model as a pure function of (scenario, seed). The day loop is in region.py."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .metrics import METRICS
from .policies import load
from .record import Record, join
from .region import Region
from .scenario import InvalidScenario, Scenario

Row = tuple[int, str, float]
"""(day, metric, value); day is -1 for the whole run."""


@dataclass(frozen=True)
class Result:
    """One run's measurements."""

    scenario: Scenario
    seed: int
    rows: list[Row]
    """Tidy rows, in the order of metrics, then days."""
    arrays: dict[str, NDArray[Any]]
    """For pictures: `mixing` (groups x groups, encounters, each counted both ways), `host_visits`
    (per host, over the run), `event_sizes` (number of events by how many went), `encounters` (per
    person, over the run), `match` (share of attendances by cosine, 20 bins from -1 to 1)."""


def run(scenario: Scenario, seed: int) -> Result:
    """Run a scenario with a seed (0 to 2^64 - 1) and measure it. The result is the same wherever
    and however often it is run.

    Raises InvalidScenario when it names a policy, metric or adversary that is not there."""
    names = measured(scenario)
    record = play(scenario, seed)
    measured_ones = ((name, METRICS[name].measure(record)) for name in names)
    rows = [(day, name, float(value)) for name, found in measured_ones for day, value in found]
    return Result(scenario, seed, rows, _pictures(record))


def measured(scenario: Scenario) -> tuple[str, ...]:
    """The names of the metrics that a run of the scenario measures."""
    usual = tuple(name for name, metric in METRICS.items() if metric.usual)
    names = scenario.measure.metrics or usual
    for name in names:
        if name not in METRICS:
            known = ", ".join(sorted(METRICS))
            raise InvalidScenario(f"there is no metric {name!r}; there are: {known}")
    return names


def play(scenario: Scenario, seed: int) -> Record:
    """Run a scenario without measuring it: region after region, each in its own memory."""
    deal = load(scenario.policy)
    regions = range(-(-scenario.people.count // scenario.people.region))
    lived = [Region(scenario, seed, number, deal).live() for number in regions]
    return Record(scenario, join(lived))


def _pictures(record: Record) -> dict[str, NDArray[Any]]:
    tables = record.tables
    host = tables.event_host[tables.what]
    return {
        "mixing": tables.mixing.sum(axis=0),
        "host_visits": np.bincount(host, minlength=len(tables.honest)),
        "event_sizes": np.bincount(tables.going),
        "encounters": tables.met.sum(axis=1),
        "match": np.histogram(tables.match, bins=20, range=(-1, 1))[0] / max(1, len(tables.match)),
    }

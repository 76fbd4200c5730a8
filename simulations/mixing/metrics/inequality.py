"""How evenly attendance falls on events and hosts."""

from __future__ import annotations

import numpy as np

from potluck.simulations.mixing.record import Array, Record

from .metric import WHOLE_RUN, Measurement, metric


def gini_of(values: Array) -> float:
    """G = 2 sum_i i x_(i) / (n sum x) - (n + 1) / n, x_(1) the smallest; 0 even, 1 - 1/n all to
    one. NaN if sum x = 0."""
    n, total = len(values), values.sum()
    if total == 0:
        return float("nan")
    return float(2 * (np.arange(1, n + 1) * np.sort(values)).sum() / (n * total) - (n + 1) / n)


def _host_visits(record: Record) -> Array:
    tables = record.tables
    visits = np.bincount(tables.event_host, tables.going, len(tables.honest))
    return visits[tables.honest]


@metric(unit="0 to 1", source="Gini (1912); over the events of each day")
def event_gini(record: Record) -> Measurement:
    """Gini coefficient of attendance over each day's honest events; for the run, the mean of the
    days'."""
    tables = record.tables
    days = []
    for day in range(record.days):
        today = (tables.event_day == day) & tables.offered
        if np.isfinite(g := gini_of(tables.going[today])):
            days.append(g)
            yield day, g
    if days:
        yield WHOLE_RUN, float(np.mean(days))


@metric(unit="0 to 1", source="Gini (1912); over hosts, for the whole run")
def host_gini(record: Record) -> Measurement:
    """Gini coefficient of attendance over honest hosts, summed over the run: who always loses shows
    here, not by the day."""
    if np.isfinite(g := gini_of(_host_visits(record))):
        yield WHOLE_RUN, g


def _posts(record: Record) -> Array:
    """Events that each host offered."""
    tables = record.tables
    return np.bincount(tables.event_host[tables.offered], minlength=len(tables.honest))


@metric(unit="0 to 1", source="Gini (1912); over honest hosts with events")
def host_gini_per_event(record: Record) -> Measurement:
    """Gini coefficient over hosts of visitors an event (visits by events offered): fairness to
    events, since who posts more is visited more under any policy (see supply_gini)."""
    posts = _posts(record)[record.tables.honest]
    if np.isfinite(g := gini_of(_host_visits(record)[posts > 0] / posts[posts > 0])):
        yield WHOLE_RUN, g


@metric(unit="0 to 1", source="Gini (1912); over honest hosts")
def supply_gini(record: Record) -> Measurement:
    """Gini coefficient of the number of events offered: what host_gini would be if all events drew
    alike."""
    if np.isfinite(g := gini_of(_posts(record)[record.tables.honest])):
        yield WHOLE_RUN, g


@metric(
    unit="share of events",
    source="Potluck; coverage after Ge, Delgado-Battenfeld and Jannach (2010)",
)
def viable_events(record: Record) -> Measurement:
    """Honest events that reached the quorum, by all honest events."""
    yield WHOLE_RUN, float(record.viable[record.tables.offered].mean())


@metric(
    unit="share of events",
    source="Ge, Delgado-Battenfeld and Jannach (2010), 'Beyond accuracy', catalog coverage",
)
def coverage(record: Record) -> Measurement:
    """Honest events to which at least one person went, by all honest events."""
    yield WHOLE_RUN, float((record.tables.going[record.tables.offered] > 0).mean())


@metric(unit="share of hosts", source="Potluck", skewed=True)
def hosts_never_viable(record: Record) -> Measurement:
    """Honest hosts who announced events of which none reached the quorum over the run, by all who
    announced any."""
    tables = record.tables
    announced = _posts(record)
    took_place = np.bincount(tables.event_host[record.viable], minlength=len(tables.honest))
    tried = tables.honest & (announced > 0)
    yield WHOLE_RUN, float((took_place[tried] == 0).mean())

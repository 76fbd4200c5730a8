"""How evenly attendance falls on events and hosts."""

import numpy as np

from potluck.simulations.mixing.record import Array, Record

from .metric import WHOLE_RUN, Measurement, mean_of, metric


def gini_of(values: Array) -> float:
    """G = 2 sum_i i x_(i) / (n sum x) - (n + 1) / n, x_(1) smallest; 0 even. NaN if sum x = 0."""
    n, total = len(values), values.sum()
    if total == 0:
        return float("nan")
    return float(2 * (np.arange(1, n + 1) * np.sort(values)).sum() / (n * total) - (n + 1) / n)


def _host_visits(record: Record) -> Array:
    tables = record.tables
    visits = np.bincount(tables.event_host, tables.going, len(tables.honest))
    return visits[tables.honest]


@metric("0 to 1", "Gini (1912); over the events of each day")
def event_gini(record: Record) -> Measurement:
    """Gini coefficient of attendance over a day's honest events; for the run, the days' mean."""
    tables = record.tables
    days = []
    for day in range(record.days):
        today = (tables.event_day == day) & tables.offered
        if np.isfinite(g := gini_of(tables.going[today])):
            days.append(g)
            yield day, g
    if days:
        yield WHOLE_RUN, float(np.mean(days))


@metric("0 to 1", "Gini (1912); over hosts, for the whole run")
def host_gini(record: Record) -> float:
    """Gini coefficient of attendance over honest hosts, over the run: who always loses."""
    return gini_of(_host_visits(record))


def _posts(record: Record) -> Array:
    """Events that each host offered."""
    tables = record.tables
    return np.bincount(tables.event_host[tables.offered], minlength=len(tables.honest))


@metric("0 to 1", "Gini (1912); over honest hosts with events")
def host_gini_per_event(record: Record) -> float:
    """Gini coefficient over hosts of visitors an event (visits by events offered): fairness to
    events, since who posts more is visited more under any policy (see supply_gini)."""
    posts = _posts(record)[record.tables.honest]
    return gini_of(_host_visits(record)[posts > 0] / posts[posts > 0])


@metric("0 to 1", "Gini (1912); over honest hosts")
def supply_gini(record: Record) -> float:
    """Gini coefficient of the events offered: host_gini if all events drew alike."""
    return gini_of(_posts(record)[record.tables.honest])


@metric("share of events", "Potluck; coverage after Ge et al. (2010)")
def viable_events(record: Record) -> float:
    """Honest events that reached the quorum, by all honest events."""
    return mean_of(record.viable[record.tables.offered])


@metric("share of events", "Ge et al. (2010), 'Beyond accuracy', catalog coverage")
def coverage(record: Record) -> float:
    """Honest events to which at least one person went, by all honest events."""
    return mean_of(record.tables.going[record.tables.offered] > 0)


@metric("share of hosts", skewed=True)
def hosts_never_viable(record: Record) -> float:
    """Honest hosts none of whose events reached the quorum, by all who announced any."""
    tables = record.tables
    announced = _posts(record)
    took_place = np.bincount(tables.event_host[record.viable], minlength=len(tables.honest))
    tried = tables.honest & (announced > 0)
    return mean_of(took_place[tried] == 0)

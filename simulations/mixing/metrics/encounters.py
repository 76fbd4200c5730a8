"""Whom people meet, how much they like it, and what it costs: most of the headline."""

from __future__ import annotations

import numpy as np

from potluck.simulations.mixing.record import Array, Record

from .registry import WHOLE_RUN, Measurement, metric

TIE = 3
"""Meetings after which a pair counts as a tie in the metrics, whatever meeting.ties is."""


def _rate(record: Record, daily: Array) -> Measurement:
    """A count by day as a rate per person and week, for each day and for the run."""
    for day, count in enumerate(daily):
        yield day, 7 * float(count) / record.people
    yield WHOLE_RUN, 7 * float(daily.sum()) / (record.people * record.days)


def _share(daily: Array, of: Array) -> Measurement:
    """A ratio of counts by day, for each day on which it is defined and for the run."""
    for day in np.flatnonzero(of):
        yield int(day), float(daily[day] / of[day])
    if of.sum():
        yield WHOLE_RUN, float(daily.sum() / of.sum())


def _by_day(record: Record, values: Array) -> Array:
    """Sum over attendances by day."""
    tables = record.tables
    return np.bincount(tables.event_day[tables.what], values, record.days)


@metric(unit="encounters per person-week", source="Potluck; co-attendance after Newman (2003)")
def cross_encounters(record: Record) -> Measurement:
    """
    Encounters with somebody of another group: 7 sum_{g != h} M_gh / (people * days), M the encounters of the
    day, both ways.

    An encounter is two people in one circle of one viable event. It does not ask whether they have met
    before.
    """
    across = record.tables.mixing.sum(axis=(1, 2)) - np.trace(
        record.tables.mixing, axis1=1, axis2=2
    )
    return _rate(record, across)


@metric(unit="encounters per person-week", source="Potluck")
def encounters(record: Record) -> Measurement:
    """All encounters: 7 sum M / (people * days)."""
    return _rate(record, record.tables.mixing.sum(axis=(1, 2)))


@metric(unit="1 - cosine", source="Potluck; needs no groups")
def encounter_distance(record: Record) -> Measurement:
    """Mean of 1 - cosine of the interests of two who meet (0 alike, 1 unrelated), over encounters."""
    return _share(record.tables.apart, record.tables.mixing.sum(axis=(1, 2)) / 2)


@metric(unit="share of evenings out", source="Potluck")
def wasted_evenings(record: Record) -> Measurement:
    """Attendances at events below the quorum, or at an adversary's, by all attendances."""
    viable = record.viable[record.tables.what]
    return _share(_by_day(record, ~viable), _by_day(record, np.ones(len(viable))))


@metric(unit="cosine", source="Potluck")
def match(record: Record) -> Measurement:
    """Mean cosine of interest and topic over attendances, at the time of each; the adversary's count as 0."""
    worth = np.where(record.tables.useless[record.tables.what], 0, record.tables.match)
    return _share(_by_day(record, worth), _by_day(record, np.ones(len(worth))))


@metric(unit="evenings per person-week", source="Potluck")
def evenings_out(record: Record) -> Measurement:
    """Attendances, viable or not."""
    return _rate(record, _by_day(record, np.ones(len(record.tables.what))))


@metric(unit="hands per evening out", source="Potluck")
def hands_per_evening(record: Record) -> Measurement:
    """Hands dealt, redraws included, by attendances: what an evening costs in looking."""
    attended = len(record.tables.what)
    if attended:
        yield WHOLE_RUN, float(record.tables.hands.sum() / attended)


@metric(
    unit="pairs per 1,000 people",
    source="Potluck; repeated contact makes ties: Homans (1950), 'The human group'",
)
def cross_ties(record: Record) -> Measurement:
    """Pairs of different groups that met three times or more over the run, by people / 1000."""
    tables = record.tables
    across = tables.cluster[tables.first] != tables.cluster[tables.second]
    yield WHOLE_RUN, 1000 * float(np.sum(across & (tables.meetings >= TIE))) / record.people


@metric(unit="pairs per 1,000 people", source="Potluck")
def ties(record: Record) -> Measurement:
    """All pairs that met three times or more over the run, by people / 1000."""
    yield WHOLE_RUN, 1000 * float(np.sum(record.tables.meetings >= TIE)) / record.people


@metric(unit="share of cards", source="Potluck")
def adversary_cards(record: Record) -> Measurement:
    """Cards shown that are the adversary's, by all cards: what an attack gains in attention."""
    dealt = record.tables.dealt
    if dealt.sum():
        yield WHOLE_RUN, float(dealt[record.tables.useless].sum() / dealt.sum())


@metric(unit="share of evenings out", source="Potluck")
def adversary_visits(record: Record) -> Measurement:
    """Attendances at the adversary's events by all attendances; above 0 only if adversary.lure is."""
    useless = record.tables.useless[record.tables.what]
    if len(useless):
        yield WHOLE_RUN, float(useless.mean())

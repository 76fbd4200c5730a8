"""Whom people meet, how much they like it, and what it costs: most of the headline."""

from __future__ import annotations

import numpy as np

from potluck.simulations.mixing.adversaries import attack
from potluck.simulations.mixing.record import Array, Record

from .metric import WHOLE_RUN, Measurement, metric

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
    """Encounters with somebody of another group: 7 sum_{g != h} M_gh / (people * days), M the
    encounters of the day, both ways.

    An encounter is two people in one circle of one viable event. It does not ask whether they have
    met before."""
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
    """Mean of 1 - cosine of the interests of two who meet (0 alike, 1 unrelated), over
    encounters."""
    return _share(record.tables.apart, record.tables.mixing.sum(axis=(1, 2)) / 2)


@metric(unit="share of evenings out", source="Potluck")
def wasted_evenings(record: Record) -> Measurement:
    """Attendances at events below the quorum, or at an adversary's, by all attendances."""
    viable = record.viable[record.tables.what]
    return _share(_by_day(record, ~viable), _by_day(record, np.ones(len(viable))))


@metric(unit="cosine", source="Potluck")
def match(record: Record) -> Measurement:
    """Mean cosine of interest and topic over attendances, at the time of each; the adversary's
    count as 0."""
    worth = np.where(record.tables.useless[record.tables.what], 0, record.tables.match)
    return _share(_by_day(record, worth), _by_day(record, np.ones(len(worth))))


@metric(unit="share of evenings out", source="Potluck")
def viable_share(record: Record) -> Measurement:
    """Attendances at viable events, by all attendances: 1 - wasted_evenings."""
    return ((day, 1 - value) for day, value in wasted_evenings(record))


@metric(unit="encounters per viable evening", source="Potluck")
def company(record: Record) -> Measurement:
    """Encounters (both ways) by attendances at viable events: how many people one meets on a good
    evening."""
    viable = record.viable[record.tables.what]
    return _share(record.tables.mixing.sum(axis=(1, 2)), _by_day(record, viable))


@metric(unit="share of pairs", source="Chetty et al. (2022), 'Social capital II', exposure")
def circle_exposure(record: Record) -> Measurement:
    """Pairs of people in one circle who are of different groups, by all such pairs: whom one could
    meet."""
    across, pairs = record.tables.in_circles.T
    return _share(across, pairs)


@metric(unit="ratio", source="Chetty et al. (2022), 'Social capital II': 1 - friending bias")
def friending(record: Record) -> Measurement:
    """Share of encounters that are between groups, by circle_exposure: 1 less the friending bias,
    which `meeting.bias` causes. evenings_out x viable_share x company x circle_exposure x friending
    = cross_encounters."""
    mixing, (across, pairs) = record.tables.mixing, record.tables.in_circles.T
    between = mixing.sum(axis=(1, 2)) - np.trace(mixing, axis1=1, axis2=2)
    shares = _share(between, mixing.sum(axis=(1, 2)))
    exposed = dict(_share(across, pairs))
    return ((day, share / exposed[day]) for day, share in shares if exposed[day] > 0)


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


@metric(unit="cards per hand", source="Potluck")
def cards_per_hand(record: Record) -> Measurement:
    """Cards dealt by hands dealt: below the size of a hand where nothing fills up (walks along
    vouches)."""
    if hands := record.tables.hands.sum():
        yield WHOLE_RUN, float(record.tables.dealt.sum() / hands)


@metric(unit="share of cards", source="Potluck")
def stranger_cards(record: Record) -> Measurement:
    """Cards dealt among strangers, by all cards, for each day: only of policies that tell strangers
    apart."""
    if (strange := record.tables.strangers.sum()) and record.tables.dealt.sum():
        yield WHOLE_RUN, float(strange / record.tables.dealt.sum())


@metric(unit="ratio", source="Potluck; retention")
def looks_kept(record: Record) -> Measurement:
    """People who looked in the last seven days by those of the first seven: 1 if `people.leave` is
    0."""
    looks = record.tables.looks
    if looks[:7].sum():
        yield WHOLE_RUN, float(looks[-7:].sum() / looks[:7].sum())


@metric(unit="share of hosts", source="Potluck; retention", skewed=True)
def hosts_kept(record: Record) -> Measurement:
    """Honest hosts who had not given up on the last day; 1 if `hosts.leave` is 0."""
    yield WHOLE_RUN, float(record.tables.active[record.tables.honest].mean())


STRANGERS_TO_PARTNERS = 0.0028 - 0.0016
"""What one meeting added to the chance that two strangers worked together within a year (Boudreau
et al.)."""


@metric(
    unit="pairs per 1,000 people",
    source=(
        "Boudreau et al. (2017), 'A field experiment on search costs', REStat 99(4): .16 to .28 %"
    ),
)
def chance_ties(record: Record) -> Measurement:
    """Ties to be expected of the run's encounters: different pairs of different groups that met x
    .0012, by people / 1000. Of scientists at a symposium who looked for partners; an order of
    magnitude, no more."""
    tables = record.tables
    across = tables.cluster[tables.first] != tables.cluster[tables.second]
    yield WHOLE_RUN, 1000 * STRANGERS_TO_PARTNERS * float(across.sum()) / record.people


@metric(
    unit="pairs per 1,000 people",
    skewed=True,
    source="Potluck; repeated contact makes ties: Homans (1950), 'The human group'",
)
def cross_ties(record: Record) -> Measurement:
    """Pairs of different groups that met three times or more over the run, by people / 1000."""
    tables = record.tables
    across = tables.cluster[tables.first] != tables.cluster[tables.second]
    yield WHOLE_RUN, 1000 * float(np.sum(across & (tables.meetings >= TIE))) / record.people


@metric(unit="pairs per 1,000 people", source="Potluck", skewed=True)
def ties(record: Record) -> Measurement:
    """All pairs that met three times or more over the run, by people / 1000."""
    yield WHOLE_RUN, 1000 * float(np.sum(record.tables.meetings >= TIE)) / record.people


@metric(unit="share of cards", source="Potluck")
def adversary_cards(record: Record) -> Measurement:
    """Cards shown that are the adversary's, by all cards: what an attack gains in attention."""
    dealt = record.tables.dealt
    if dealt.sum():
        yield WHOLE_RUN, float(dealt[record.tables.useless].sum() / dealt.sum())


@metric(unit="cards of 1,000 per stamp", source="Potluck")
def cards_per_stamp(record: Record) -> Measurement:
    """Of 1,000 cards those that are the adversary's, by the birth stamps it paid (see
    adversaries.py)."""
    dealt, stamps = record.tables.dealt, attack(record.scenario).stamps
    if dealt.sum() and stamps:
        yield WHOLE_RUN, 1000 * float(dealt[record.tables.useless].sum() / dealt.sum()) / stamps


@metric(unit="share of evenings out", source="Potluck")
def adversary_visits(record: Record) -> Measurement:
    """Attendances at the adversary's events by all attendances; above 0 only if adversary.lure
    is."""
    useless = record.tables.useless[record.tables.what]
    if len(useless):
        yield WHOLE_RUN, float(useless.mean())

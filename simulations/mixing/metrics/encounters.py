"""Whom people meet, how much they like it, and what it costs: most of the headline."""

import math

import numpy as np

from potluck.simulations.mixing.adversaries import attack
from potluck.simulations.mixing.record import Array, Record

from .metric import WHOLE_RUN, Measurement, mean_of, metric, ratio

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


def _by_day(record: Record, values: Array | None = None) -> Array:
    """Sum over attendances by day; their number if nothing is summed."""
    tables = record.tables
    return np.bincount(tables.event_day[tables.what], values, record.days)


def _between(record: Record) -> Array:
    """Encounters between groups by day, both ways."""
    mixing = record.tables.mixing
    return np.asarray(mixing.sum(axis=(1, 2)) - np.trace(mixing, axis1=1, axis2=2))


@metric("encounters per person-week", "Potluck; co-attendance after Newman (2003)")
def cross_encounters(record: Record) -> Measurement:
    """Encounters with somebody of another group: 7 sum_{g != h} M_gh / (people * days), M the
    encounters of the day, both ways.

    An encounter is two people in one circle of one viable event. They may have met before."""
    return _rate(record, _between(record))


@metric("encounters per person-week")
def encounters(record: Record) -> Measurement:
    """All encounters: 7 sum M / (people * days)."""
    return _rate(record, record.tables.mixing.sum(axis=(1, 2)))


@metric("1 - cosine", "Potluck; needs no groups")
def encounter_distance(record: Record) -> Measurement:
    """Mean over encounters of 1 - cosine of the two's interests (0 alike, 1 unrelated)."""
    return _share(record.tables.apart, record.tables.mixing.sum(axis=(1, 2)) / 2)


@metric("share of evenings out")
def wasted_evenings(record: Record) -> Measurement:
    """Attendances at events below the quorum, or at an adversary's, by all attendances."""
    viable = record.viable[record.tables.what]
    return _share(_by_day(record, ~viable), _by_day(record))


@metric("cosine")
def match(record: Record) -> Measurement:
    """Mean cosine of interest and topic over attendances, as they were; the adversary's are 0."""
    worth = np.where(record.tables.useless[record.tables.what], 0, record.tables.match)
    return _share(_by_day(record, worth), _by_day(record))


@metric("share of evenings out")
def viable_share(record: Record) -> Measurement:
    """Attendances at viable events, by all attendances: 1 - wasted_evenings."""
    return ((day, 1 - value) for day, value in wasted_evenings(record))


@metric("encounters per viable evening")
def company(record: Record) -> Measurement:
    """Encounters (both ways) by attendances at viable events: people met on a good evening."""
    viable = record.viable[record.tables.what]
    return _share(record.tables.mixing.sum(axis=(1, 2)), _by_day(record, viable))


@metric("share of pairs", "Chetty et al. (2022), 'Social capital II', exposure")
def circle_exposure(record: Record) -> Measurement:
    """Pairs in one circle who are of different groups, by all in one circle: whom one could
    meet."""
    across, pairs = record.tables.in_circles.T
    return _share(across, pairs)


@metric("ratio", "Chetty et al. (2022), 'Social capital II': 1 - friending bias")
def friending(record: Record) -> Measurement:
    """Share of encounters between groups by circle_exposure: 1 less the friending bias.
    evenings_out x viable_share x company x circle_exposure x friending = cross_encounters."""
    shares = _share(_between(record), record.tables.mixing.sum(axis=(1, 2)))
    exposed = dict(circle_exposure(record))
    return ((day, share / exposed[day]) for day, share in shares if exposed[day] > 0)


@metric("evenings per person-week")
def evenings_out(record: Record) -> Measurement:
    """Attendances, viable or not."""
    return _rate(record, _by_day(record))


@metric("hands per evening out")
def hands_per_evening(record: Record) -> float:
    """Hands dealt, redraws included, by attendances: what an evening costs in looking."""
    return ratio(record.tables.hands.sum(), len(record.tables.what))


@metric("cards per hand")
def cards_per_hand(record: Record) -> float:
    """Cards dealt by hands dealt: below a hand's size where nothing fills up (vouched walks)."""
    return ratio(record.tables.dealt.sum(), record.tables.hands.sum())


@metric("share of cards")
def stranger_cards(record: Record) -> float:
    """Cards dealt among strangers, by all cards: only of policies that tell strangers apart."""
    strangers = record.tables.strangers.sum()
    return ratio(strangers, record.tables.dealt.sum()) if strangers else math.nan


@metric("ratio", "Potluck; retention")
def looks_kept(record: Record) -> float:
    """People who looked in the last seven days by those of the first seven."""
    return ratio(record.tables.looks[-7:].sum(), record.tables.looks[:7].sum())


@metric("share of hosts", "Potluck; retention", skewed=True)
def hosts_kept(record: Record) -> float:
    """Honest hosts who had not given up on the last day; 1 if `hosts.leave` is 0."""
    return mean_of(record.tables.active[record.tables.honest])


STRANGERS_TO_PARTNERS = 0.0028 - 0.0016
"""What one meeting added to the chance that two strangers worked together within a year."""


def _met_across(record: Record) -> Array:
    """Whether each pair that met is of different groups."""
    tables = record.tables
    return np.asarray(tables.cluster[tables.first] != tables.cluster[tables.second])


def _per_thousand(record: Record, pairs: Array) -> float:
    return 1000 * float(np.sum(pairs)) / record.people


@metric("pairs per 1,000 people", "Boudreau et al. (2017), REStat 99(4): .16 to .28 %")
def chance_ties(record: Record) -> float:
    """Ties to be expected of the run's encounters: different pairs of different groups that met x
    .0012, by people / 1000. Of scientists who looked for partners: an order of magnitude."""
    return 1000 * STRANGERS_TO_PARTNERS * float(_met_across(record).sum()) / record.people


@metric("pairs per 1,000 people", "repeated contact makes ties: Homans (1950)", skewed=True)
def cross_ties(record: Record) -> float:
    """Pairs of different groups that met three times or more over the run, by people / 1000."""
    return _per_thousand(record, _met_across(record) & (record.tables.meetings >= TIE))


@metric("pairs per 1,000 people", skewed=True)
def ties(record: Record) -> float:
    """All pairs that met three times or more over the run, by people / 1000."""
    return _per_thousand(record, record.tables.meetings >= TIE)


@metric("share of cards")
def adversary_cards(record: Record) -> float:
    """Cards shown that are the adversary's, by all cards: what an attack gains in attention."""
    dealt = record.tables.dealt
    return ratio(dealt[record.tables.useless].sum(), dealt.sum())


@metric("cards of 1,000 per stamp")
def cards_per_stamp(record: Record) -> float:
    """Of 1,000 cards the adversary's, by the birth stamps it paid (ODD.md, Adversaries)."""
    share = dict(adversary_cards(record)).get(WHOLE_RUN, math.nan)
    return ratio(1000 * share, attack(record.scenario).stamps)


@metric("share of evenings out")
def adversary_visits(record: Record) -> float:
    """Attendances at the adversary's events by all; above 0 only if adversary.lure is."""
    return mean_of(record.tables.useless[record.tables.what])

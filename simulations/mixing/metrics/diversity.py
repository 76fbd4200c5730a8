"""Variety of company and of hands."""

from __future__ import annotations

import numpy as np

from potluck.simulations.mixing.record import Array, Record

from .metric import WHOLE_RUN, Measurement, metric

ENOUGH = 8
"""Encounters a person must have had for an entropy of the company to mean something."""

USEFUL = 0.5
"""Cosine of interest and topic from which a card counts as useful."""


def companion_entropy_of(met: Array) -> Array:
    """H_i = (-sum_g p_ig ln p_ig + (k_i - 1) / (2 n_i)) / ln G for each row of counts with n_i >=
    8: entropy of company by group, with the correction of Miller and Madow for its downward bias
    (k_i groups seen, n_i encounters); at most 1."""
    n = met.sum(axis=1)
    met, n = met[n >= ENOUGH], n[n >= ENOUGH].astype(float)
    share = met / n[:, None]
    plain = -(share * np.log(np.where(share > 0, share, 1))).sum(axis=1)
    corrected = plain + ((met > 0).sum(axis=1) - 1) / (2 * n)
    entropy: Array = np.minimum(corrected / np.log(met.shape[1]), 1)
    return entropy


@metric(unit="0 to 1", source="Shannon (1948); bias correction by Miller (1955)")
def companion_entropy(record: Record) -> Measurement:
    """Mean over people with 8 encounters or more of the entropy of their company by group (see
    companion_entropy_of). It leaves out all others: companion_entropy_of_whom says how many it
    speaks of."""
    entropy = companion_entropy_of(record.tables.met)
    if len(entropy):
        yield WHOLE_RUN, float(entropy.mean())


@metric(unit="share of people", source="Potluck")
def companion_entropy_of_whom(record: Record) -> Measurement:
    """People with 8 encounters or more over the run, by all people."""
    yield WHOLE_RUN, float((record.tables.met.sum(axis=1) >= ENOUGH).mean())


def _mean(values: Array) -> Measurement:
    known = values[np.isfinite(values)]
    if len(known):
        yield WHOLE_RUN, float(known.mean(dtype=np.float64))


@metric(
    unit="1 - cosine",
    source="Ziegler et al. (2005), 'Improving recommendation lists through topic diversification'",
)
def hand_diversity(record: Record) -> Measurement:
    """Intra-list diversity: mean over pairs of cards of a hand of 1 - cosine of their topics, then
    over kept hands."""
    return _mean(record.tables.hand_diversity)


@metric(
    unit="share of cards",
    source="Ge, Delgado-Battenfeld and Jannach (2010), 'Beyond accuracy', UNEXP = RS \\ PM",
)
def unexpectedness(record: Record) -> Measurement:
    """Cards of kept hands that the primitive model (the person's best by similarity, as many as a
    hand) would not show."""
    dealt = np.isfinite(record.tables.hand_match)
    if dealt.any():
        yield WHOLE_RUN, float((~record.tables.hand_expected[dealt]).mean())


@metric(
    unit="share of cards",
    source="Ge, Delgado-Battenfeld and Jannach (2010), SRDP = |UNEXP and useful| / |RS|",
)
def serendipity(record: Record) -> Measurement:
    """Cards of kept hands that are unexpected (see unexpectedness) and useful: cosine with one's
    interest at least 0.5."""
    match = record.tables.hand_match
    dealt = np.isfinite(match)
    if dealt.any():
        yield (
            WHOLE_RUN,
            float((~record.tables.hand_expected[dealt] & (match[dealt] >= USEFUL)).mean()),
        )


@metric(
    unit="1 - cosine",
    source="Adamopoulos and Tuzhilin (2014), 'On unexpectedness in recommender systems', eq. 1",
)
def surprise(record: Record) -> Measurement:
    """Mean over cards of kept hands of the distance to the expected set: least 1 - cosine to the
    person's best events."""
    return _mean(record.tables.hand_surprise)

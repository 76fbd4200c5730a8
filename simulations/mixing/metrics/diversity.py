"""Variety of company and of hands."""

from __future__ import annotations

import numpy as np

from potluck.simulations.mixing.record import Array, Record

from .metric import mean_of, metric

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
    return np.asarray(np.minimum(corrected / np.log(met.shape[1]), 1))


@metric("0 to 1", "Shannon (1948); bias correction by Miller (1955)")
def companion_entropy(record: Record) -> float:
    """Mean over people with 8 encounters or more of the entropy of their company by group (see
    companion_entropy_of). It leaves out all others: see companion_entropy_of_whom."""
    return mean_of(companion_entropy_of(record.tables.met))


@metric("share of people")
def companion_entropy_of_whom(record: Record) -> float:
    """People with 8 encounters or more over the run, by all people."""
    return mean_of(record.tables.met.sum(axis=1) >= ENOUGH)


def _known(values: Array) -> Array:
    return values[np.isfinite(values)].astype(np.float64)


@metric("1 - cosine", "Ziegler et al. (2005), 'Improving recommendation lists', WWW")
def hand_diversity(record: Record) -> float:
    """Intra-list diversity: mean 1 - cosine of topics over pairs of a hand, then over kept
    hands."""
    return mean_of(_known(record.tables.hand_diversity))


@metric("share of cards", "Ge et al. (2010), 'Beyond accuracy', UNEXP = RS \\ PM")
def unexpectedness(record: Record) -> float:
    """Cards of kept hands that are not among the person's best by similarity (the primitive
    model)."""
    return mean_of(~record.tables.hand_expected[np.isfinite(record.tables.hand_match)])


@metric("share of cards", "Ge et al. (2010), 'Beyond accuracy', SRDP = |UNEXP and useful| / |RS|")
def serendipity(record: Record) -> float:
    """Cards of kept hands that are unexpected and useful: cosine with one's interest at least
    0.5."""
    match = record.tables.hand_match
    dealt = np.isfinite(match)
    return mean_of(~record.tables.hand_expected[dealt] & (match[dealt] >= USEFUL))


@metric("1 - cosine", "Adamopoulos and Tuzhilin (2014), 'On unexpectedness', eq. 1")
def surprise(record: Record) -> float:
    """Mean over cards of kept hands of the least 1 - cosine to the person's best (expected)
    events."""
    return mean_of(_known(record.tables.hand_surprise))

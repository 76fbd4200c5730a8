"""Policies that rank: what they show first, and what bounds them."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from potluck.simulations.mixing.model import play
from potluck.simulations.mixing.policies import load
from potluck.simulations.mixing.rng import Stream
from potluck.simulations.mixing.scenario import Measure, PolicyChoice

from .settings import SMALL, by, measure, view_of


def test_rankings_rank() -> None:
    """Similarity deals the nearest topics; popularity what most go to; the list what is next."""
    view = view_of("similarity")
    hand = load(PolicyChoice("similarity"))(view, Stream(3))
    match = view.people.interest[view.lookers] @ view.deck.topic.T
    match[:, :4] = -9
    view.diary.going[view.deck.number[9]] = 7
    popular = load(PolicyChoice("popularity"))(view, Stream(3))
    view.lookers = np.repeat(view.lookers[:1], 50)
    soon = view.deck.day + view.deck.hour
    listed = load(PolicyChoice("chronological"))(view, Stream(3))[0]

    assert np.array_equal(np.sort(hand), np.sort(np.argsort(match)[:, -5:]))
    assert (popular[:, 0] == 9).all()
    assert (popular == popular[0]).all()
    assert (np.diff(soon[listed]) > 0).all()


def test_popularity_leaves_most_hosts_without_guests() -> None:
    """A pattern that the model must show (ODD.md, 1)."""
    drawn, ranked = (play(by(policy), 1) for policy in ("organisers", "popularity"))

    assert measure(ranked, "host_gini") > measure(drawn, "host_gini") + 0.3
    assert measure(ranked, "hosts_never_viable") > measure(drawn, "hosts_never_viable") + 0.3


def test_a_feed_shows_first_where_friends_go() -> None:
    """
    An event to which a friend goes stands before all others; then those of hosts that a friend
    visited.
    """
    view = view_of("friends")
    me = int(view.lookers[0])
    friend = int(view.people.friends[me, 0])
    known = int(view.deck.host[20])
    view.diary.plans[friend, 0] = view.deck.number[9]
    view.diary.visits[friend, known] = 2
    hand = load(PolicyChoice("friends"))(view, Stream(3))[0]
    theirs = np.flatnonzero(view.deck.host == known)
    theirs = theirs[(theirs >= 4) & (theirs != 9)]

    assert hand[0] == 9
    assert set(hand[1 : 1 + len(theirs)]) <= set(theirs)


def test_wild_cards_stand_last_in_a_ranked_hand() -> None:
    """Three by similarity as without, two drawn by hosts."""
    ranked = load(PolicyChoice("similarity"))(view_of("similarity"), Stream(3))
    mixed = load(PolicyChoice("wildcards", {"wild": 2}))(view_of("wildcards"), Stream(3))

    assert np.array_equal(mixed[:, :3], ranked[:, :3])
    assert (mixed[:, 3:] != ranked[:, 3:]).mean() > 0.5


def test_collaborative_filtering_learns() -> None:
    """After three fits the cards dealt are nearer to people's interests than those of a draw."""
    scenario = replace(SMALL, time=replace(SMALL.time, days=35), measure=Measure(sample=1))
    learned, random = (
        play(by(policy, scenario), 1).tables for policy in ("collaborative", "organisers")
    )
    late = [np.nanmean(tables.hand_match[tables.hand_day >= 21]) for tables in (learned, random)]

    assert late[0] > late[1] + 0.02


def test_marginal_relevance_is_greedy() -> None:
    """Card by card the best of half the match less half the nearest card before, by loops."""
    view = view_of("mmr")
    hand = load(PolicyChoice("mmr"))(view, Stream(3))[0]
    match = view.deck.topic @ view.people.interest[view.lookers[0]]
    alike = view.deck.topic @ view.deck.topic.T
    chosen: list[int] = []
    for _ in range(5):
        score = 0.5 * match - 0.5 * (alike[:, chosen].max(axis=1) if chosen else 0)
        score[[0, 1, 2, 3, *chosen]] = -9
        chosen.append(int(score.argmax()))

    assert hand.tolist() == chosen


def test_a_calibrated_hand_has_the_proportions_of_the_past() -> None:
    """Three visits to one group's hosts and two to another's: three cards of one, two of the
    other."""
    view = view_of("calibrated")
    groups, cards = np.unique(view.deck.cluster[4:], return_counts=True)
    one, other = groups[np.argsort(-cards)[:2]]
    view.hosts.cluster[:2] = one, other
    view.diary.visits[:, 0], view.diary.visits[:, 1] = 300, 200
    hand = load(PolicyChoice("calibrated", {"weight": 0.99}))(view, Stream(3))
    dealt = view.deck.cluster[hand]

    assert ((dealt == one).sum(axis=1) == 3).all()
    assert ((dealt == other).sum(axis=1) == 2).all()


def test_fair_exposure_evens_hosts_out() -> None:
    """Over a run hosts are visited more evenly than by similarity."""
    fair, ranked = (play(by(policy), 1) for policy in ("fair", "similarity"))

    assert measure(fair, "host_gini") < measure(ranked, "host_gini") - 0.05


def test_oracles_bound_what_others_reach() -> None:
    """Favourites bring out most people; the gatherer has the most encounters of all policies
    here."""
    runs = {
        policy: play(by(policy), 1) for policy in ("favourites", "gatherer", "similarity", "tables")
    }
    evenings, met = (
        {policy: measure(run, name) for policy, run in runs.items()}
        for name in ("evenings_out", "cross_encounters")
    )

    assert max(evenings, key=lambda policy: evenings[policy]) == "favourites"
    assert max(met, key=lambda policy: met[policy]) == "gatherer"

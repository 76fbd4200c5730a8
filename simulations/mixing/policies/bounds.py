"""Policies that see what no policy may: how far could one go?"""

import numpy as np

from potluck.simulations.mixing.kernels import Diary
from potluck.simulations.mixing.people import Floats, Ints
from potluck.simulations.mixing.policy_view import Hand, View
from potluck.simulations.mixing.rng import Stream, jit

from .policy import policy
from .rankings import matches


@policy("an oracle: the model's own utilities, of which only the mood is left out")
def favourites(view: View, rng: Stream) -> Hand:
    """The cards that a person is likeliest to choose. Nobody who does not know moods can bring more
    people out, so it bounds the evenings out."""
    return view.best(_utilities(view), rng)


@policy("an oracle: greedy, with all plans and everybody's utilities in view")
def gatherer(view: View, rng: Stream) -> Hand:
    """The cards with the most encounters to be had: the chance factor exp(utility) x those of other
    groups who already go, as far as a circle has room. Not a bound."""
    across = _others(
        view.lookers, view.people.cluster, view.diary, view.deck.number, view.scenario.groups
    )
    room = 0.1 + np.minimum(across, view.scenario.meeting.circle or 1_000)
    full = view.going >= view.deck.capacity
    return view.best(_utilities(view) + np.log(room) - 1e3 * full, rng)


def _utilities(view: View) -> Floats:
    """Each looker's utility of each card, but for friends who go (scenario.Choice)."""
    choice = view.scenario.choice
    away = view.people.home[view.lookers, None] - view.deck.place
    before = view.diary.visits[np.ix_(view.lookers, view.deck.host)]
    utility = (
        choice.match * matches(view)
        - choice.distance * np.sqrt((away**2).sum(axis=2))
        + choice.quality * view.deck.quality
        + choice.habit * np.log1p(before)
    )
    single: Floats = utility.astype(np.float32)
    return single


@jit
def _others(who: Ints, cluster: Ints, diary: Diary, number: Ints, groups: int) -> Floats:
    """(lookers, deck) people of other groups who go to each event."""
    place = np.full(len(diary.going), -1)
    place[number] = np.arange(len(number))
    going = np.zeros((groups, len(number)), np.float32)
    for i in range(len(cluster)):
        for plan in diary.plans[i]:
            if plan >= 0 and place[plan] >= 0:
                going[cluster[i], place[plan]] += 1
    others: Floats = going.sum(axis=0) - going[cluster[who]]
    return others

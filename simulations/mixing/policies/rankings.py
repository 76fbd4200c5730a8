"""Lists, rankings and soft draws: by time, by what others do, by one's own interests."""

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from potluck.simulations.mixing.kernels import Diary, cosine
from potluck.simulations.mixing.people import Floats, Ints, People
from potluck.simulations.mixing.policy_view import Hand, View
from potluck.simulations.mixing.rng import Stream, child, gumbel, jit

from .independent import organisers, with_wild
from .policy import policy
from .tables import tables_of


@policy("the calendar page of every city guide")
def chronological(view: View, rng: Stream) -> Hand:
    """The next events from the moment of looking, in order of time; a redraw turns the page."""
    look = (
        view.sitting + rng.uniform(len(view.people.cluster))[view.lookers]
    ) / view.scenario.time.sittings
    when = view.deck.day - view.day + view.deck.hour
    wait = when[None, :] - look[:, None]
    if view.scenario.time.ahead == 1:
        wait %= 1
    return view.best(np.where(wait >= 0, -wait, -1e3 - wait), rng)


@policy("Salganik, Dodds and Watts (2006), 'Inequality and unpredictability', Science")
def popularity(view: View, rng: Stream) -> Hand:
    """The events to which most people go; then those of hosts with most visits, then one lot for
    all."""
    visits = view.diary.visits.sum(axis=0)
    score = view.going + visits[view.deck.host] / (1.0 + visits.max())
    score = score + 1e-4 * view.today.child(1).uniform(len(score))
    return view.best(np.broadcast_to(score, (len(view.lookers), len(score))), rng)


@policy("social filtering: Chaney, Stewart and Engelhardt (2018), section 4")
def friends(view: View, rng: Stream) -> Hand:
    """The events to which most friends go; then of hosts whom most friends visited; then by lot."""
    return view.best(
        _feed(view.lookers, view.people, view.diary, view.deck.host, view.deck.number), rng
    )


@jit
def _feed(who: Ints, people: People, diary: Diary, host: Ints, number: Ints) -> Floats:
    """Friends who go to each event plus (less than 1) the share of friends who visited its host."""
    score = np.zeros((len(who), len(host)), np.float32)
    hosts = diary.visits.shape[1]
    place = np.full(len(diary.going), -1)
    place[number] = np.arange(len(number))
    for row in range(len(who)):
        i = who[row]
        met: NDArray[np.float32] = np.zeros(hosts, np.float32)
        for k in range(people.degree[i]):
            friend = people.friends[i, k]
            for plan in diary.plans[friend]:
                if plan >= 0 and place[plan] >= 0:
                    score[row, place[plan]] += 1
            for h in range(hosts):
                if diary.visits[friend, h] > 0:
                    met[h] += 1
        for pos in range(len(host)):
            score[row, pos] += met[host[pos]] / (people.degree[i] + 1)
    return score


@policy("Hu, Koren and Volinsky (2008), 'Collaborative filtering for implicit feedback'")
def collaborative(
    view: View, rng: Stream, *, factors: int = 8, every: int = 7, weight: float = 10.0
) -> Hand:
    """The events of the hosts that alternating least squares expects one to visit, from all visits
    in the region so far.

    factors: dimensions of the model. every: days between fits. weight: confidence of a visit (alpha
    of the paper). Before the first fit, and for those who have visited nobody, the lot decides."""
    if view.day % every == 0 and view.day > 0 and view.memory.get("day") != view.day:
        view.memory["day"] = view.day
        view.memory["score"] = _fit(view.diary.visits, factors, weight, view.today)
    if "score" not in view.memory:
        return view.best(np.zeros((len(view.lookers), len(view.deck.host)), np.float32), rng)
    score = view.memory["score"][view.lookers][:, view.deck.host]
    return view.best(score, rng)


def _fit(
    visits: NDArray[np.uint16], factors: int, weight: float, rng: Stream
) -> NDArray[np.float32]:
    """Expected preference of each person for each host; one thread, so sums are always the same."""
    with threadpool_limits(1):
        model = AlternatingLeastSquares(
            factors=factors, alpha=weight, iterations=10, num_threads=1,
            random_state=rng.key % (1 << 32),
        )  # fmt: skip
        model.fit(csr_matrix(visits.astype(np.float32)), show_progress=False)
        score: NDArray[np.float32] = model.user_factors @ model.item_factors.T
    return np.round(score, 5)


@policy("Pazzani and Billsus (2007), 'Content-based recommendation systems'")
def similarity(view: View, rng: Stream) -> Hand:
    """The events whose topics are nearest to one's interests (cosine)."""
    return view.best(matches(view), rng)


@policy("epsilon-greedy exploration: Sutton and Barto (2018), section 2.2")
def wildcards(view: View, rng: Stream, *, wild: int = 1) -> Hand:
    """Ranking by similarity with wild cards. wild: cards drawn by organisers instead."""
    return with_wild(similarity(view, rng), organisers(view, rng.child(1)), wild)


def matches(view: View) -> Floats:
    """Cosine of each looker and each topic of the deck, of shape (lookers, deck)."""
    return _matches(view.lookers, view.people.interest, view.deck.topic)


@jit
def _matches(who: Ints, interest: Floats, topic: Floats) -> Floats:
    """A loop, since the sums of a BLAS may depend on its threads."""
    match = np.empty((len(who), len(topic)), np.float32)
    for row in range(len(who)):
        for pos in range(len(topic)):
            match[row, pos] = cosine(interest[who[row]], topic[pos])
    return match


@policy("Luce (1959); without replacement by Gumbel noise: Kool et al. (2019)")
def soft(view: View, rng: Stream, *, beta: float = 2.0) -> Hand:
    """Cards drawn one after the other, each with a chance proportional to exp(beta x match) /
    (events of its host in the deck). beta: 0 is a draw, large is a ranking."""
    score = beta * matches(view) - np.log(_posts(view))
    return view.best(score + _noise(view.lookers, score.shape[1], rng.word_key), rng)


@policy("the same for a table: the chance is that of a member taken at random")
def soft_tables(
    view: View, rng: Stream, *, beta: float = 2.0, size: int = 500, alike: float = 0.0
) -> Hand:
    """Everybody at a table is dealt the same hand, a card's chance being the members' mean of
    exp(beta x match) / (events of its host). size: people at a table. alike: share of people who
    sit with those of their cluster."""
    _ = rng
    table, count = tables_of(view, size, alike=alike)

    def order() -> Hand:
        weight = np.exp(beta * (view.people.interest @ view.deck.topic.T))
        mean = np.array([weight[table == t].mean(axis=0) for t in range(count)])
        everyone = np.arange(count, dtype=np.int32)
        noise = _noise(everyone, mean.shape[1], view.today.word_key)
        order = np.argsort(-np.log(mean / _posts(view)) - noise, axis=1, kind="stable")
        return order.astype(np.int32)

    return view.turned(view.once(order))[table[view.lookers]]


def _posts(view: View) -> Floats:
    """The events in the deck of each card's host."""
    return np.bincount(view.deck.host)[view.deck.host].astype(np.float32)


@jit
def _noise(who: Ints, cards: int, key: np.uint64) -> Floats:
    noise = np.empty((len(who), cards), np.float32)
    for row in range(len(who)):
        at = child(key, who[row])
        for pos in range(cards):
            noise[row, pos] = gumbel(at, pos)
    return noise

"""The model: a pure function of (scenario, seed) whose people keep to their rules."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from potluck.protocol.errors import LocalError
from potluck.simulations.mixing.kernels import _week_columns
from potluck.simulations.mixing.metrics import METRICS
from potluck.simulations.mixing.model import play, run
from potluck.simulations.mixing.policies import POLICIES, load
from potluck.simulations.mixing.record import join
from potluck.simulations.mixing.region import Region
from potluck.simulations.mixing.scenario import (
    Choice,
    InvalidScenario,
    Measure,
    People,
    PolicyChoice,
    Scenario,
    Time,
)

from .settings import PILOT, SMALL, by, measure, region


def test_same_scenario_and_seed_same_result() -> None:
    """Twice the same rows, bit for bit; another seed, others."""
    once, again, other = run(SMALL, 7), run(SMALL, 7), run(SMALL, 8)

    assert once.rows == again.rows
    assert all(np.array_equal(once.arrays[name], again.arrays[name]) for name in once.arrays)
    assert once.rows != other.rows


def test_the_order_of_regions_does_not_matter() -> None:
    """Regions share nothing: computed last to first, they join to the same tables."""
    backwards = [Region(SMALL, 3, number, load(SMALL.policy)).live() for number in (1, 0)]
    tables = join(backwards[::-1])

    for name, column in vars(play(SMALL, 3).tables).items():
        assert np.array_equal(column, getattr(tables, name), equal_nan=column.dtype.kind == "f"), (
            name
        )


def test_policies_meet_the_same_world() -> None:
    """Common random numbers: under another policy the same people look, at the same events."""
    one, other = play(by("organisers"), 5).tables, play(by("popularity"), 5).tables

    assert np.array_equal(one.looks, other.looks)
    assert np.array_equal(one.event_topic, other.event_topic)
    assert not np.array_equal(one.going, other.going)


def test_a_whole_run_metric_and_a_daily_one() -> None:
    """
    Rows are (day, metric, value), -1 for the run; every usual metric has a value in an ordinary
    run.
    """
    rows = run(SMALL, 1).rows
    whole = {metric for day, metric, _ in rows if day == -1}

    undefined = {"stranger_cards", "cards_per_stamp", "came_again", "serendipities"}
    assert whole == {name for name, metric in METRICS.items() if metric.usual} - undefined
    assert {day for day, metric, _ in rows if metric == "cross_encounters"} == {-1, *range(14)}
    assert all(np.isfinite(value) for _, _, value in rows)


def test_people_keep_to_their_evenings() -> None:
    """Nobody goes out twice on a day, nor more often in a week than their evenings."""
    lived = region(replace(SMALL, people=People(count=300, region=300, look=0.9, evenings=1.2)))
    tables = lived._tables()
    day = tables.event_day[tables.what]
    weekly = np.zeros((300, 2), np.int64)
    np.add.at(weekly, (tables.who, day // 7), 1)

    assert len(np.unique(tables.who * 1000 + day)) == len(day)
    assert (weekly <= lived.people.evenings[:, None]).all()
    assert (weekly == lived.people.evenings[:, None]).any()


def test_last_weeks_evenings_are_not_counted_in_the_next() -> None:
    """
    Of the week in which the outlook ends most days are not announced. An evening spent a fortnight
    before stands in their place of the ring, and costs nothing.
    """
    week = _week_columns(8, 14, 14)
    plans = np.full((1, 14), -1, np.int32)
    plans[0, 3] = 7  # went out on day 3

    assert week[6].tolist() == [0] * 8  # day 14 is all that is known of its week
    assert week[0].tolist() == [8, 7, 8, 9, 10, 11, 12, 13]
    assert np.flatnonzero(plans[0, week[6]] >= 0).size == 0


def test_whoever_was_out_last_week_may_book_the_next() -> None:
    """With one evening a week, liking all they see, people take the first day seen of the next."""
    scenario = replace(
        SMALL,
        time=Time(days=9, ahead=7),
        people=People(count=300, region=300, look=1.0),
        events=replace(SMALL.events, capacity=0.0),
        choice=Choice(home=-9.0),
    )
    lived = Region(scenario, 1, 0, load(scenario.policy))
    lived.people = lived.people._replace(evenings=np.ones(300, np.int32))
    lived.live()
    booked = (
        lived.diary.plans[:, 14 % 14] >= 0
    ).mean()  # day 14, of which day 8 is the first to see anything

    assert booked > 0.9


def test_no_event_is_overfull_and_going_counts_attendances() -> None:
    """Capacity holds; `going` is the number of attendances."""
    lived = region(replace(by("popularity"), events=replace(SMALL.events, capacity=6.0)))
    tables = lived._tables()
    capacity = lived.events.capacity[: len(tables.going)]

    assert (tables.going <= capacity).all()
    assert (tables.going == capacity).any()
    assert np.array_equal(tables.going, np.bincount(tables.what, minlength=len(tables.going)))


def test_who_finds_nothing_draws_again_as_often_as_they_may() -> None:
    """Nobody likes anything: of those who look a half draw again, and of these a half once more."""
    deal = replace(SMALL.deal, redraws=2, again=0.5)
    tables = play(replace(SMALL, deal=deal, choice=Choice(home=50.0)), 1).tables

    assert tables.hands.sum() / tables.looks.sum() == pytest.approx(1 + 0.5 + 0.25, abs=0.04)


def test_interests_drift_towards_what_is_attended() -> None:
    """
    Whoever attended one viable event is nearer to its topic; who attended none is where they were.
    """
    moved, start = region(), Region(SMALL, 1, 0, load(SMALL.policy)).people.interest
    tables, viable = moved._tables(), moved.diary.visits.sum(axis=1)
    held = tables.going >= SMALL.events.quorum
    went = held[tables.what] & (viable[tables.who] == 1)
    who, topic = tables.who[went], tables.event_topic[tables.what[went]]
    before, after = (
        (start[who] * topic).sum(axis=1),
        (moved.people.interest[who] * topic).sum(axis=1),
    )

    step = SMALL.people.drift
    expected = start[who] + step * (topic - start[who])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)

    assert len(who) > 20
    assert (after > before).all()
    assert np.allclose(moved.people.interest[who], expected, atol=1e-5)
    assert np.array_equal(moved.people.interest[viable == 0], start[viable == 0])
    assert np.allclose(np.linalg.norm(moved.people.interest, axis=1), 1, atol=1e-5)


def test_clusters_are_as_alike_as_asked() -> None:
    """
    Two of one cluster have the mean cosine `own`, two of different ones 0; without clusters all 0.
    """
    people = Region(Scenario(people=People(count=2000, own=0.6)), 1, 0, load(SMALL.policy)).people
    cosine = people.interest @ people.interest.T
    same = people.cluster[:, None] == people.cluster
    np.fill_diagonal(same, False)
    free = Region(Scenario(people=People(count=2000, clusters=0)), 1, 0, load(SMALL.policy)).people

    assert cosine[same].mean() == pytest.approx(0.6, abs=0.03)
    assert cosine[~same].mean() == pytest.approx(0, abs=0.03)
    assert (free.interest @ free.interest.T).mean() == pytest.approx(0, abs=0.02)
    assert len(np.unique(free.cluster)) == 8


def test_the_bag_shows_nothing_twice_until_all_was_seen() -> None:
    """With a bag, a person is dealt an event again only after the whole deck; without, soon."""
    scenario = replace(
        SMALL,
        people=replace(SMALL.people, count=100, region=100, look=1.0),
        time=Time(days=9, ahead=9),
    )
    bag = region(scenario)
    loose = region(replace(scenario, deal=replace(scenario.deal, bag=False)))
    deck = 9 * 8

    for lived, most in ((bag, 100), (loose, 10**6)):
        shown = lived.diary.dealt[8 * 8 : 9 * 8]
        assert shown.sum() > 0
        assert (shown <= most).all()
    assert loose.diary.dealt[8 * 8 : 9 * 8].max() > 100
    assert deck == bag.diary.shown.shape[1]


@settings(max_examples=12, deadline=None)
@given(
    people=st.integers(10, 80),
    ahead=st.integers(1, 9),
    hand=st.integers(1, 12),
    daily=st.integers(1, 6),
    clusters=st.sampled_from([0, 1, 5]),
    policy=st.sampled_from(
        [
            "organisers",
            "events",
            "topics",
            "tables",
            "vouched",
            "friends",
            "chronological",
            "filtered",
        ]
    ),
)
def test_any_small_scenario_runs(
    people: int, ahead: int, hand: int, daily: int, clusters: int, policy: str
) -> None:
    """Odd sizes: more cards than events, one event a day, a region of few."""
    scenario = replace(
        by(policy),
        people=People(count=people, region=33, clusters=clusters, look=0.8),
        time=Time(days=4, ahead=ahead),
        events=replace(SMALL.events, daily=daily),
        deal=replace(SMALL.deal, hand=hand, redraws=2),
    )
    tables = play(scenario, 0).tables

    assert len(tables.cluster) == people
    assert tables.dealt.sum() <= tables.hands.sum() * hand
    assert tables.going.sum() == len(tables.who)


NAMES = ("match", "wasted_evenings", "viable_events", "cross_encounters", "assortativity")
PILOT_TABLE = {
    "events": (0.388, 0.332, 0.398, 0.468, 0.165),
    "tables": (0.390, 0.041, 0.355, 0.891, 0.168),
    "popularity": (0.394, 0.0, 0.125, 0.907, 0.172),
    "similarity": (0.708, 0.025, 0.888, 0.409, 0.871),
}
"""What the first model gave (means of 12 seeds of 60 days), by policy."""


@pytest.mark.parametrize("policy", PILOT_TABLE)
def test_the_first_model_is_reproduced(policy: str) -> None:
    """With its features, two regions for three weeks give about the first model's figures."""
    scenario = replace(
        by(policy, PILOT),
        people=replace(PILOT.people, count=4000),
        time=replace(PILOT.time, days=21),
    )
    record = play(scenario, 1)

    for name, expected in zip(NAMES, PILOT_TABLE[policy], strict=True):
        assert measure(record, name) == pytest.approx(expected, rel=0.2, abs=0.03), name


def test_a_metric_that_is_not_there() -> None:
    """The message lists those that are."""
    with pytest.raises(InvalidScenario, match=r"no metric 'magic'.*assortativity"):
        run(replace(SMALL, measure=Measure(metrics=("magic",))), 1)


def test_who_finds_nothing_looks_less_and_comes_back() -> None:
    """Nobody likes anything: after three weeks people look .8^3 as often; hosts give up."""
    scenario = replace(
        SMALL,
        time=Time(days=28, ahead=3),
        people=replace(SMALL.people, look=0.9, leave=0.2),
        hosts=replace(SMALL.hosts, leave=0.5),
        choice=Choice(home=50.0),
    )
    tables = play(scenario, 1).tables

    assert tables.looks[-7:].sum() / tables.looks[:7].sum() == pytest.approx(0.8**3, abs=0.02)
    assert tables.active.mean() < 0.3
    assert not tables.offered.all()
    full = replace(scenario, choice=Choice(home=-9.0), hosts=replace(SMALL.hosts, leave=0.0))
    assert play(full, 1).tables.looks[-7:].mean() > 0.85 * 600


def test_a_town_larger_than_two_bytes_count() -> None:
    """Seventy thousand people in one region: pairs keep their names."""
    scenario = replace(
        by("popularity"),
        people=replace(SMALL.people, count=70_000, region=70_000, look=0.05),
        time=Time(days=2, ahead=1),
        events=replace(SMALL.events, capacity=0.0),
    )
    tables = play(scenario, 1).tables

    assert tables.second.max() > 65_536
    assert (tables.first < tables.second).all()
    assert tables.meetings.sum() * 2 == tables.mixing.sum()


def test_what_is_no_hand_is_refused_before_a_kernel_sees_it() -> None:
    """Wrong shape, kind or positions: said with what it must be, instead of a crash."""
    for body, said in (
        ("np.zeros((3, 2), np.int32)", "must be one of whole numbers of the shape"),
        ("np.zeros((len(view.lookers), view.hand))", "array of float64"),
        ("np.full((len(view.lookers), view.hand), 10**6)", "must be positions in view.deck"),
    ):
        code = (
            "import numpy as np\nfrom potluck.simulations.mixing.policies import policy\n"
            f"@policy('x')\ndef broken(view, rng):\n    'Not a hand.'\n    return {body}\n"
        )
        with pytest.raises(LocalError, match=said):
            play(replace(SMALL, policy=PolicyChoice("broken", code=code)), 1)
    del POLICIES["broken"]

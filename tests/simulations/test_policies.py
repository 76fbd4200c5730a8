"""Every policy deals valid hands; anybody can add one."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from potluck.simulations.mixing.kernels import lookers
from potluck.simulations.mixing.model import play
from potluck.simulations.mixing.policies import POLICIES, load
from potluck.simulations.mixing.region import Region
from potluck.simulations.mixing.rng import Purpose, Stream
from potluck.simulations.mixing.scenario import InvalidScenario, PolicyChoice

from .settings import SMALL, by, measure, view_of, without_bag

SHARED = {"tables", "lasting", "soft_tables", "adaptive", "coffee"}
"""Policies of tables, which take no notice of anybody's bag."""


@pytest.mark.parametrize("policy", POLICIES)
def test_hands_are_valid(policy: str) -> None:
    """
    Right shape; cards of the deck, none twice; none that was seen, unless the hand is a table's.
    """
    view = view_of(policy)
    hand = load(PolicyChoice(policy))(view, Stream(3))

    assert hand.shape == (100, 5)
    assert hand.dtype == np.int32
    assert (hand >= -1).all()
    assert (hand < 24).all()
    assert (hand[:, 0] >= 0).any()
    for cards in hand:
        dealt = cards[cards >= 0].tolist()
        assert len(dealt) == len(set(dealt))
    if policy not in SHARED:
        assert not ((hand >= 0) & (hand < 4)).any()


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_is_a_pure_function(policy: str) -> None:
    """Twice the same view and stream, the same hands; and the description a report needs."""
    deal = load(PolicyChoice(policy))

    assert np.array_equal(deal(view_of(policy), Stream(3)), deal(view_of(policy), Stream(3)))
    assert POLICIES[policy].doc
    assert POLICIES[policy].source


def test_runs_of_every_policy_repeat() -> None:
    """A whole run too, with the policies that learn and remember."""
    for policy in ("collaborative", "adaptive", "friends", "vouched", "popularity"):
        one, again = play(by(policy), 2).tables, play(by(policy), 2).tables

        assert np.array_equal(one.what, again.what), policy


def test_tables_deal_alike_and_have_a_size() -> None:
    """Tables of about 100 in a region of 300: three different hands."""
    hand = load(PolicyChoice("tables", {"size": 100}))(view_of("tables"), Stream(3))

    assert len(np.unique(hand, axis=0)) == 3


def test_tables_last_as_long_as_they_should() -> None:
    """Who shares a hand with whom stays for ever by default and changes daily with days = 1."""

    def company(days: int) -> list[bytes]:
        view, deal = view_of("tables"), load(PolicyChoice("tables", {"size": 100, "days": days}))
        seen = []
        for view.day in (1, 2):
            hand = deal(view, Stream(3))
            seen.append((hand[:, None] == hand).all(axis=2).tobytes())
        return seen

    assert len(set(company(0))) == 1
    assert len(set(company(1))) == 2


def test_own_cards_and_those_who_sit_at_no_table() -> None:
    """own = 2: three cards shared, two drawn alone; join = 0: all drawn alone."""
    some = load(PolicyChoice("tables", {"size": 300, "own": 2}))(view_of("tables"), Stream(3))
    none = load(PolicyChoice("tables", {"size": 300, "join": 0.0}))(view_of("tables"), Stream(3))

    assert (some[:, :3] == some[0, :3]).all()
    assert len(np.unique(some[:, 3:], axis=0)) > 30
    assert len(np.unique(none, axis=0)) > 60


def test_members_are_dealt_the_first_cards_of_their_table_that_their_decks_hold() -> None:
    view = view_of("tables")
    whole = load(PolicyChoice("tables", {"size": 300}))(view_of("tables"), Stream(3))
    some = load(PolicyChoice("tables", {"size": 300, "held": 0.6}))(view, Stream(3))
    lacks = view.memory["lacks"][view.lookers]

    assert lacks.mean() == pytest.approx(0.4, abs=0.1)
    assert len(np.unique(some, axis=0)) > 30
    for row, hand in enumerate(some):
        assert not lacks[row, view.deck.host[hand[hand >= 0]]].any()
        kept = [card for card in whole[row] if not lacks[row, view.deck.host[card]]]
        assert hand.tolist()[: len(kept)] == kept


@pytest.mark.parametrize("own", [1, 2, 4, 5])
def test_no_card_twice_where_some_are_drawn_alone(own: int) -> None:
    """In a small deck the table's cards are often among those that one would draw alone."""
    hands = load(PolicyChoice("tables", {"size": 300, "own": own, "join": 0.8}))(
        view_of("tables"), Stream(3)
    )

    assert all(len(set(hand)) == 5 for hand in hands.tolist())
    assert (hands >= 0).all()


def test_adaptive_tables_merge_when_evenings_are_wasted() -> None:
    """
    Starting at the smallest, tables grow and fewer evenings are wasted than at tables that stay
    small.
    """
    scenario = replace(without_bag(), time=replace(SMALL.time, days=42))
    small = play(by("tables", scenario, size=30), 1)
    grown = play(by("adaptive", scenario, smallest=30, start=0), 1)

    assert measure(grown, "wasted_evenings") < measure(small, "wasted_evenings") - 0.08


def test_groups_at_coffee_share_a_hand() -> None:
    """Each four of those who look, in the order of looking; no more."""
    hand = load(PolicyChoice("coffee", {"group": 4}))(view_of("coffee"), Stream(3)).reshape(
        25, 4, 5
    )

    assert (hand == hand[:, :1]).all()
    assert len(np.unique(hand[:, 0], axis=0)) > 20


def test_those_alike_may_sit_together() -> None:
    """With alike = 1 tables follow clusters; with 0 they do not."""

    def same(alike: float) -> float:
        view = view_of("tables")
        hand = load(PolicyChoice("tables", {"size": 37, "alike": alike}))(view, Stream(3))
        together = (hand[:, None] == hand).all(axis=2)
        np.fill_diagonal(together, False)
        cluster = view.people.cluster[view.lookers]
        return float((cluster[:, None] == cluster)[together].mean())

    assert same(1.0) > 0.7
    assert same(0.0) < 0.4


def test_walks_end_at_hosts_for_whom_somebody_vouches() -> None:
    """Cards are of the key for which I vouch, or of those whom it and they vouch for; nothing fills
    up."""
    view = view_of("vouched")
    me, keys = view.lookers[0], view.hosts.keys[:, 0]
    busy = np.bincount(keys[view.deck.host[4:]], minlength=17)
    near, far = np.argsort(-busy)[:2]
    view.memory["first"] = np.zeros((300, 17), np.bool_)
    view.memory["graph"] = np.zeros((17, 17), np.bool_)

    def dealt(stranger: float = 0.0) -> set[int]:
        hand = load(PolicyChoice("vouched", {"stranger": stranger}))(view, Stream(3))
        return set(keys[view.deck.host[hand[0][hand[0] >= 0]]].tolist())

    assert dealt() == set()
    assert not view.fills
    view.memory["first"][me, near] = True
    assert dealt() == {near}
    view.memory["graph"][[near, far], [far, near]] = True
    theirs = view.column[keys[view.deck.host] == near]
    view.diary.shown[me, theirs] = True
    assert dealt() == {far}
    view.strangers = 0
    assert len(dealt(stranger=1.0)) > 2
    assert view.strangers == 500  # all five cards of all hundred


def test_walks_leave_cards_empty_and_the_share_of_strangers_is_told() -> None:
    """About one number in ten is a stranger's; early hands hold little else, and are not full."""
    record = play(by("vouched"), 1)

    assert measure(record, "cards_per_hand") < 4
    assert 0.1 < measure(record, "stranger_cards") < 0.9


def test_a_filter_hides_other_clusters_and_wild_cards_bring_them_back() -> None:
    """Without wild cards only the own cluster; with one, one card of the hand may be any."""
    view = view_of("filtered")
    own = load(PolicyChoice("filtered"))(view, Stream(3))
    wild = load(PolicyChoice("filtered", {"wild": 1}))(view, Stream(3))
    mine = view.people.cluster[view.lookers, None]

    assert (view.deck.cluster[own] == mine)[own >= 0].all()
    assert (view.deck.cluster[wild] == mine)[:, :4][wild[:, :4] >= 0].all()
    assert not (view.deck.cluster[wild] == mine)[:, 4].all()


def test_a_policy_in_a_file_of_its_own(tmp_path: Path) -> None:
    """A researcher's file is loaded by the scenario, its parameters checked like ours."""
    path = tmp_path / "nearest.py"
    path.write_text(
        "import numpy as np\n"
        "from potluck.simulations.mixing.policies import policy\n"
        "@policy('a test')\n"
        "def nearest(view, rng, *, far: float = 1.0):\n"
        "    '''The nearest events.'''\n"
        "    home = view.people.home[view.lookers]\n"
        "    away = np.linalg.norm(home[:, None] - view.deck.place[None], axis=2)\n"
        "    return view.best(-far * away, rng)\n"
    )
    chosen = PolicyChoice("nearest", {"far": 2.0}, str(path), path.read_text(encoding="utf-8"))
    view = view_of("organisers")
    hand = load(chosen)(view, Stream(1))
    away = np.linalg.norm(view.people.home[view.lookers][:, None] - view.deck.place, axis=2)
    away[:, :4] = 9

    assert (np.take_along_axis(away, hand[:, :1], 1)[:, 0] == away.min(axis=1)).all()
    assert play(replace(SMALL, policy=chosen), 1).tables.dealt.sum() > 0
    del POLICIES["nearest"]


def test_what_is_wrong_with_a_policy_is_said() -> None:
    """Unknown names, parameters, types and files."""
    for choice, message in (
        (PolicyChoice("magic"), "no policy 'magic'; there are: adaptive"),
        (PolicyChoice("tables", {"sise": 3}), "no parameter 'sise'.*size"),
        (PolicyChoice("tables", {"size": "big"}), "size = 'big' must be of type int"),
    ):
        with pytest.raises(InvalidScenario, match=message):
            load(choice)


def test_streams_agree_and_are_even() -> None:
    """Kernels and Python name the same streams; who looks is a fair share, in random order."""
    key = Stream.of(1, Purpose.LOOK, 0)
    who, start = lookers(np.full(20_000, 0.3, np.float32), key.word_key, 3)

    assert len(who) == pytest.approx(6000, abs=250)
    assert len(np.unique(who)) == len(who)
    assert np.corrcoef(who, np.arange(len(who)))[0, 1] == pytest.approx(0, abs=0.05)
    assert start.tolist() == [0, len(who) // 3, 2 * len(who) // 3, len(who)]


def test_soft_draws_lie_between_a_draw_and_a_ranking() -> None:
    """With beta 0 every host's cards weigh one; the larger beta, the nearer the cards."""
    view = view_of("soft")

    def match(beta: float) -> float:
        hand = load(PolicyChoice("soft", {"beta": beta}))(view, Stream(3))
        topics = view.deck.topic[hand]
        return float((topics * view.people.interest[view.lookers][:, None]).sum(axis=2).mean())

    ranked = load(PolicyChoice("similarity"))(view, Stream(3))
    drawn = load(PolicyChoice("soft", {"beta": 0.0}))(view_of("soft"), Stream(4))
    hosts = np.bincount(view.deck.host[drawn[:, 0]], minlength=15)

    assert match(0.0) < match(2.0) < match(8.0)
    assert hosts[np.unique(view.deck.host[4:])].min() > 0
    assert (
        np.sort(load(PolicyChoice("soft", {"beta": 1e4}))(view, Stream(3))) == np.sort(ranked)
    ).mean() > 0.9


def test_a_soft_table_shares_its_hand_and_leans_to_its_members() -> None:
    """Those who sit with their like are dealt what they like, all the same hand."""
    view = view_of("soft_tables")
    hand = load(PolicyChoice("soft_tables", {"size": 37, "alike": 1.0, "beta": 20.0}))(
        view, Stream(3)
    )
    same = view.deck.cluster[hand] == view.people.cluster[view.lookers, None]

    assert len(np.unique(hand, axis=0)) <= 8
    assert same.mean() > 0.4


def test_lasting_lots_stay_and_are_fair() -> None:
    """A table's hand is much the same on the morrow; each host is dealt as often as with fresh
    tickets."""
    scenario = replace(
        SMALL, deal=replace(SMALL.deal, bag=False, redraws=0), hosts=replace(SMALL.hosts, skew=1.5)
    )
    region = Region(scenario, 1, 0, load(scenario.policy))
    deal = load(PolicyChoice("lasting", {"size": 10}))
    days, dealt = [], np.zeros(15)
    offered = np.zeros(15)
    memory: dict[object, object] = {}
    for day in range(14):
        view = region._view(day, region.events.window(day, 3, region.daily))
        view.memory = memory
        view.lookers = np.arange(300, dtype=np.int32)
        hand = deal(view, Stream(day))
        days.append(view.deck.number[hand])
        dealt += np.bincount(view.deck.host[hand[hand >= 0]], minlength=15)
        offered[np.unique(view.deck.host)] += 1
    kept = np.mean([np.isin(today[0], before[0]).mean() for before, today in pairwise(days)])

    assert kept > 0.4
    often = offered > 10
    share = dealt[often] / offered[often]
    assert share.std() < 0.35 * share.mean()

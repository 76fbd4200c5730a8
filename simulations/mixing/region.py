"""One region's run, from its first day to its last: the day loop."""

from collections.abc import Callable
from typing import Any

import numpy as np
from msgspec.structs import asdict

from potluck.protocol.errors import LocalError

from .adversaries import join
from .crowd import Crowd
from .events import Events, announce
from .hand_log import HandLog
from .kernels import Diary, Weights, choose, lookers, try_again
from .meetings import Pairs, attend, attendance, form_circles, meet
from .people import Ints, settle
from .policy_view import Hand, View
from .record import Tables
from .rng import Purpose, Stream
from .scenario import Scenario

Deal = Callable[[View, Stream], Hand]


class Region:
    """A region's people, hosts, events and diary; `live` runs it. Regions share nothing."""

    def __init__(self, scenario: Scenario, seed: int, number: int, deal: Deal) -> None:
        self.scenario, self.seed, self.number, self.deal = scenario, seed, number, deal
        self.streams = {purpose: Stream.of(seed, purpose, number) for purpose in Purpose}
        self.people = settle(scenario, seed, number)
        n = len(self.people.cluster)
        self.hosts, self.events = join(scenario, seed, number, *announce(scenario, seed, number, n))
        self.daily = len(self.events.host) // (scenario.time.days + scenario.time.ahead)
        self.diary = self._blank_diary(n)
        self.pairs = Pairs(n)
        self.hand_log = HandLog(scenario)
        self.memory: dict[Any, Any] = {}
        days, groups = scenario.time.days, scenario.groups
        self.looks, self.hands = np.zeros(days, np.int64), np.zeros(days, np.int64)
        self.strangers, self.in_circles = np.zeros(days, np.int64), np.zeros((days, 2), np.int64)
        self.mixing, self.apart = np.zeros((days, groups, groups), np.int64), np.zeros(days)
        self.crowd = Crowd(scenario, seed, number, self.people.look, self.hosts.active)
        self.met = np.zeros((n, groups), np.uint32)
        self.attended: list[tuple[Any, Any, Any]] = []
        self.weights = Weights(**asdict(scenario.choice), lure=scenario.adversary.lure)

    def _blank_diary(self, n: int) -> Diary:
        ahead, events = self.scenario.time.ahead, len(self.events.host)
        return Diary(
            shown=np.zeros((n, ahead * self.daily), np.bool_),
            plans=np.full((n, ahead + 7), -1, np.int32),
            visits=np.zeros((n, len(self.hosts.keeper)), np.uint16),
            looked=np.zeros(n, np.bool_),
            good=np.zeros(n, np.bool_),
            going=np.zeros(events, np.int32),
            dealt=np.zeros(events, np.int32),
        )

    def live(self) -> Tables:
        """Every day in turn; what it left behind."""
        for day in range(self.scenario.time.days):
            self._turn_page(day)
            self._look(day)
            self._go_out(day)
            if day % 7 == 6:
                week = self.events.window(day - 6, 7, self.daily)
                self.crowd.review(day, self.people.look, self.diary, week, self.hosts.keeper >= 0)
        return self._tables()

    def _stream(self, purpose: Purpose, day: int) -> Stream:
        return self.streams[purpose].child(day)

    def _turn_page(self, day: int) -> None:
        """Free the columns of the diary that a day of the past held."""
        if not self.scenario.deal.bag:
            self.diary.shown[:] = False
        newest = day + self.scenario.time.ahead - 1
        column = newest * self.daily % self.diary.shown.shape[1]
        self.diary.shown[:, column : column + self.daily] = False
        self.diary.plans[:, newest % self.diary.plans.shape[1]] = -1

    def _look(self, day: int) -> None:
        """At each sitting lookers are dealt a hand and choose; some who chose nothing draw
        again."""
        sittings = self.scenario.time.sittings
        who, start = lookers(self.people.look, self._stream(Purpose.LOOK, day).word_key, sittings)
        outlook = self.events.window(day, self.scenario.time.ahead, self.daily)
        deck = outlook.of_hosts(self.crowd.active)
        self.looks[day] = len(who)
        if not len(deck.host):
            self.diary.looked[who] = True
            return
        view = self._view(day, deck)
        for sitting in range(sittings):
            view.sitting, view.round = sitting, 0
            view.lookers = who[start[sitting] : start[sitting + 1]]
            chosen = self._deal(view)
            for view.round in range(1, self.scenario.deal.redraws + 1):
                view.lookers = self._unsatisfied(view, chosen)
                chosen = self._deal(view)

    def _view(self, day: int, deck: Events) -> View:
        return View(
            self.scenario, self.seed, self.number, day, self.people, deck, self.hosts, self.diary,
            self.memory,
        )  # fmt: skip

    def _deal(self, view: View) -> Ints:
        """Deal a hand to each of the view's lookers and let them choose."""
        dealing = self.scenario.time.sittings * view.round + view.sitting
        rng = self._stream(Purpose.DEAL, view.day).child(dealing)
        hand = self._checked(view, rng)
        if self.scenario.deal.bag and view.fills and (hand[:, 0] < 0).any():
            hand = self._empty_bags(view, hand, rng)
        self.hands[view.day] += len(view.lookers)
        self.strangers[view.day] += view.strangers
        view.strangers = 0
        self.hand_log.keep(view, hand)
        mood = self._stream(Purpose.CHOICE, view.day).word_key
        outlook = view.day, view.day + self.scenario.time.ahead - 1
        return choose(
            view.lookers, hand, view.deck, outlook, self.people, self.diary, self.weights, mood
        )

    def _checked(self, view: View, rng: Stream) -> Hand:
        """What the policy deals, if it is a hand: kernels index by it without looking."""
        hand = np.asarray(self.deal(view, rng))
        wanted, cards = (len(view.lookers), view.hand), len(view.deck.host)
        name = f"the policy {self.scenario.policy.name}"
        if hand.shape != wanted or hand.dtype.kind != "i":
            raise LocalError(
                f"{name} dealt an array of {hand.dtype} of the shape {hand.shape}; it must be one"
                f" of whole numbers of the shape (lookers, hand) = {wanted}"
            )
        if hand.size and (hand.min() < -1 or hand.max() >= cards):
            raise LocalError(
                f"{name} dealt cards from {hand.min()} to {hand.max()}; they must be positions in"
                f" view.deck, 0 to {cards - 1}, or -1 for no card"
            )
        return hand.astype(np.int32, copy=False)

    def _empty_bags(self, view: View, hand: Hand, rng: Stream) -> Hand:
        """Whoever has seen the whole deck begins again (protocol/draw, `unseen`)."""
        spent = hand[:, 0] < 0
        self.diary.shown[view.lookers[spent]] = False
        return np.where(spent[:, None], self._checked(view, rng), hand)

    def _unsatisfied(self, view: View, chosen: Ints) -> Ints:
        """Those who chose nothing and use a redraw."""
        key = self._stream(Purpose.AGAIN, view.day).child(view.round).word_key
        return try_again(view.lookers, chosen, self.scenario.deal.again, key)

    def _go_out(self, day: int) -> None:
        """The day's events take place: those present meet in circles."""
        scenario, first = self.scenario, day * self.daily
        tonight = self.events.window(day, 1, self.daily)
        today = day % self.diary.plans.shape[1]
        present, what, start = attendance(self.diary.plans, today, first, self.daily)
        key = self._stream(Purpose.MEETING, day).word_key
        circles, pairs, viable = form_circles(
            present, start, tonight.useless, scenario.events.quorum, scenario.meeting.circle, key
        )
        self.pairs.make_room(pairs)
        new, self.apart[day], *self.in_circles[day] = meet(
            present, circles, self.people, (scenario.meeting.ties, scenario.meeting.bias),
            self.pairs.keys, self.pairs.counts, self.mixing[day], self.met,
            self._stream(Purpose.BIAS, day).word_key,
        )  # fmt: skip
        self.pairs.used += new
        match = attend(
            present, start, viable, tonight, self.people, self.diary.visits, self.diary.good,
            scenario.people.drift,
        )  # fmt: skip
        self.attended.append((present, what, match))

    def _tables(self) -> Tables:
        past = self.scenario.time.days * self.daily
        who, what, match = (np.concatenate(column) for column in zip(*self.attended, strict=True))
        first, second, meetings = self.pairs.table()
        people, hosts, events, diary = self.people, self.hosts, self.events, self.diary
        return Tables(
            cluster=people.cluster, interest=people.interest,
            region=np.full(len(self.met), self.number), met=self.met,
            honest=hosts.keeper >= 0, active=self.crowd.active,
            offered=~events.useless[:past] & self.crowd.held(events, past),
            event_day=events.day[:past], event_host=events.host[:past],
            event_cluster=events.cluster[:past], event_topic=events.topic[:past],
            useless=events.useless[:past],
            going=diary.going[:past], dealt=diary.dealt[:past], who=who, what=what, match=match,
            first=first, second=second, meetings=meetings, looks=self.looks, hands=self.hands,
            mixing=self.mixing, apart=self.apart, strangers=self.strangers,
            in_circles=self.in_circles, **self.hand_log.tables(),
        )  # fmt: skip

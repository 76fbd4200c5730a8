"""The filters of a draw: what a person may ask for, and what that hides.

A filter is a class with its fields and its rule. A new one is a class here, named among the bases
of Filters: form, command, API and page follow. A rule answers True (it may be
dealt), False (it may not) or None (it may not, because the host did not say). What is hidden is
counted by the first rule that hides it.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from potluck.node import clock
from potluck.node.errors import Unfit
from potluck.node.operations.fields import Word, Words, asked
from potluck.node.operations.service import Service
from potluck.node.operations.trust.blocks import matching
from potluck.node.store import Block, Entry, Facts
from potluck.protocol.announcement import MAX_CAPACITY
from potluck.protocol.message import Message, marked

Rule = Callable[[Entry, Facts, int], bool | None]
"""(event, its facts, its start in UTC seconds) -> whether it may be dealt."""

UNSAID = "unsaid"
Need = Literal["wheelchair", "step_free", "sign_language", "quiet", "children"]
Answer = Literal["yes", "no", "unsaid"]
Answers = Annotated[Sequence[Answer], Meta(min_length=1, max_length=3)]
Days = Annotated[tuple[Annotated[int, Meta(ge=0, le=6)], ...], Meta(max_length=20)]
Size = Annotated[int, Meta(ge=0, le=MAX_CAPACITY)]

_FREE = frozenset(
    {"0", "free", "gratis", "kostenlos", "umsonst", "gratuit", "gratuito", "grátis", "無料", "免费"}
)
_CLOCK = re.compile("(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")
_NUMBER = re.compile(r"\d+(?:[.,]\d{1,2})?")


class Filter:
    """`name`: as counted. `soft`: wild cards ignore it. `hidden` says what it hides, `why` why."""

    name: ClassVar[str]
    soft: ClassVar[bool] = False
    hidden: ClassVar[str]
    why: ClassVar[Message]

    def rule(self) -> Rule | None:
        """What it lets through; None for everything."""
        return None

    def lets_in_unsaid(self) -> bool:
        """Whether it was asked to let in what does not say."""
        return False


@dataclass(frozen=True, kw_only=True)
class Topics(Filter):
    """Of one of these topics, and of none of those."""

    name = "topic"
    soft = True
    hidden = marked("Of other topics")
    why = Message("you asked for other topics, or not for this one")

    topics: Words = asked("WORD", "One of these; 'unsaid' is one.", "topic", ())
    not_topics: Words = asked("WORD", "None of these topics.", "not-topic", ())

    def rule(self) -> Rule | None:
        if not self.topics and not self.not_topics:
            return None
        wanted = {word.casefold() for word in self.topics}
        unwanted = {word.casefold() for word in self.not_topics}

        def rule(_entry: Entry, facts: Facts, _start: int) -> bool | None:
            topics = {topic.casefold() for topic in facts.topics}
            if topics & unwanted:
                return False
            if not wanted or topics & wanted or (UNSAID in wanted and not topics):
                return True
            return False if topics else None

        return rule

    def lets_in_unsaid(self) -> bool:
        return UNSAID in self.topics


@dataclass(frozen=True, kw_only=True)
class Languages(Filter):
    """In one of these languages."""

    name = "language"
    soft = True
    hidden = marked("In other languages")
    why = Message("you asked for another language")

    lang: Words = asked("TAG", "One of these languages; 'unsaid' is one.", default=())

    def rule(self) -> Rule | None:
        if not self.lang:
            return None
        tags = {tag.casefold() for tag in self.lang}

        def rule(_entry: Entry, facts: Facts, _start: int) -> bool | None:
            if facts.lang is None:
                return True if UNSAID in tags else None
            tag = facts.lang.casefold()
            return tag in tags or tag.partition("-")[0] in tags

        return rule

    def lets_in_unsaid(self) -> bool:
        return UNSAID in self.lang


@dataclass(frozen=True, kw_only=True)
class Price(Filter):
    """Free, or not dearer than this; with " unsaid" after it, also what does not say."""

    name = "price"
    soft = True
    hidden = marked("Costs more, or does not say")
    why = Message("you asked for a lower price")

    price: Word | None = asked("MOST", "'free', or the most that it may cost: 10.")

    def rule(self) -> Rule | None:
        if self.price is None:
            return None
        most, _, rest = self.price.casefold().partition(" ")
        if not (most in _FREE or _NUMBER.fullmatch(most)) or rest not in ("", UNSAID):
            raise Unfit(
                "price",
                "{price!r}: write free, or the most it may cost as a number",
                price=self.price,
            )
        limit = 0.0 if most in _FREE else float(most.replace(",", "."))

        def rule(_entry: Entry, facts: Facts, _start: int) -> bool | None:
            cost = _cost(facts.price)
            if cost is None:
                return True if rest else None
            return cost <= limit

        return rule

    def lets_in_unsaid(self) -> bool:
        return UNSAID in (self.price or "").split()


def _cost(price: str | None) -> float | None:
    """What a price in words comes to; None if it is not said, or not in figures."""
    if price is None:
        return None
    words = price.casefold()
    if words in _FREE or words.split()[0].strip(",.;:") in _FREE:
        return 0.0
    figures = [float(number.replace(",", ".")) for number in _NUMBER.findall(words)]
    return max(figures) if figures else None


@dataclass(frozen=True, kw_only=True)
class Access(Filter):
    """For each need one of these answers."""

    name = "access"
    hidden = marked("Not said to offer the access you need")
    why = Message("you asked for access that it does not offer")

    access: Mapping[Need, Answers] = asked(
        "NEED[=ANSWERS]", "wheelchair, or wheelchair=yes,unsaid.", default=dict
    )

    def rule(self) -> Rule | None:
        if not self.access:
            return None
        needs = {need: frozenset(answers) for need, answers in self.access.items()}

        def rule(_entry: Entry, facts: Facts, _start: int) -> bool | None:
            verdict: bool | None = True
            for need, answers in needs.items():
                answer = {True: "yes", False: "no", None: UNSAID}[facts.access.get(need)]
                if answer not in answers:
                    if answer != UNSAID:
                        return False
                    verdict = None
            return verdict

        return rule

    def lets_in_unsaid(self) -> bool:
        return bool(self.access) and all(UNSAID in each for each in self.access.values())


@dataclass(frozen=True, kw_only=True)
class Hours(Filter):
    """Starting between two times of day on its own clock, also over midnight."""

    name = "time"
    hidden = marked("At other hours")
    why = Message("you asked for other hours")

    hours: tuple[Word, Word] | None = asked("FROM-TO", "Starts between, such as 18:00-23:00.")

    def rule(self) -> Rule | None:
        if self.hours is None:
            return None
        if not all(map(_CLOCK.fullmatch, self.hours)):
            hours = "-".join(self.hours)
            raise Unfit("hours", "{hours!r} are no hours; write them as 18:00-23:30", hours=hours)
        first, last = map(time.fromisoformat, self.hours)

        def rule(entry: Entry, facts: Facts, start: int) -> bool:
            if entry.all_day:
                return True
            at = _local(start, facts.tz).time()
            return first <= at <= last if first <= last else at >= first or at <= last

        return rule


@dataclass(frozen=True, kw_only=True)
class Weekdays(Filter):
    """On these days of the week; 0 is Monday."""

    name = "weekday"
    hidden = marked("On other days of the week")
    why = Message("you asked for other days of the week")

    weekdays: Days = asked("DAY", "mon, tue, …", "weekday", ())

    def rule(self) -> Rule | None:
        if not self.weekdays:
            return None
        return lambda _entry, facts, start: _local(start, facts.tz).weekday() in self.weekdays


@dataclass(frozen=True, kw_only=True)
class Capacity(Filter):
    """For so many people."""

    name = "capacity"
    hidden = marked("Of another size")
    why = Message("you asked for another size")

    capacity_from: Size | None = asked("N", "So many fit, or more.", "min-capacity")
    capacity_to: Size | None = asked("N", "So many fit, or fewer.", "max-capacity")

    def rule(self) -> Rule | None:
        least, most = self.capacity_from or 0, self.capacity_to
        if self.capacity_from is None and most is None:
            return None

        def rule(_entry: Entry, facts: Facts, _start: int) -> bool | None:
            if facts.capacity is None:
                return None
            return least <= facts.capacity and (most is None or facts.capacity <= most)

        return rule


class Blocks(Filter):
    """What the person blocked, whatever the form asks for."""

    name = "block"
    hidden = marked("By your blocks")
    why = Message("you blocked who announces it, or a word that it says")

    @staticmethod
    def of(blocks: Iterable[Block]) -> Rule | None:
        """By those that hide, not only warn."""
        hiding = [one for one in blocks if not one.warns]
        under = matching(hiding)
        return (lambda entry, facts, _start: under(entry, facts) is None) if hiding else None


class Bag(Filter):
    """What was dealt on earlier days."""

    name = "bag"
    hidden = marked("Dealt to you before")
    why = Message("it was dealt on an earlier day, and the deck is not spent")


class Filters(Topics, Languages, Price, Access, Hours, Weekdays, Capacity):
    """All filters that a form may set."""


FILTERS: tuple[type[Filter], ...] = Filters.__bases__
_HIDE: tuple[type[Filter], ...] = (Blocks, *FILTERS, Bag)
HIDING = {each.name: each for each in _HIDE}
"""All that may hide an event, in the order in which it is counted."""

SOFT = frozenset(name for name, each in HIDING.items() if each.soft)


def rules_of(service: Service, form: Filters) -> dict[str, Rule]:
    """The rules that a DrawForm and the person's blocks amount to, those that are set. Raises
    Unfit."""
    rules: dict[str, Rule | None] = {Blocks.name: block_rule(service)}
    rules |= {each.name: each.rule(form) for each in FILTERS}
    return {name: rule for name, rule in rules.items() if rule is not None}


def block_rule(service: Service) -> Rule | None:
    """The rule of the person's blocks, if there are any."""
    return Blocks.of(service.store.trust.blocks())


def hiding(
    entry: Entry, start: int, rules: Mapping[str, Rule], bag: Collection[bytes] = ()
) -> tuple[str | None, bool | None]:
    """The first rule that hides an event that starts then, and its answer; (None, True) for
    none."""
    if rules:
        facts = entry.facts
        for name, rule in rules.items():
            answer = rule(entry, facts, start)
            if not answer:
                return name, answer
    if bag and entry.event in bag:
        return Bag.name, False
    return None, True


def _local(seconds: int, zone_name: str) -> datetime:
    return datetime.fromtimestamp(seconds, clock.zone(clock.known(zone_name)))

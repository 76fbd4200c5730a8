"""The rules that hide events from a draw: the person's own filters, blocks and bag, and nothing else.

A rule answers True (it may be dealt), False (it may not) or None (it may not, because the host did
not say). What is hidden is counted by the first rule that hides it, in the order of HIDING.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time

from potluck.node import clock
from potluck.node.errors import Unfit
from potluck.node.operations.forms import DrawForm
from potluck.node.store import BagItem, Entry, Facts, bag_item
from potluck.protocol.draw import Candidate

from .window import Look

Rule = Callable[[Entry, Facts, int], bool | None]
HIDING = (
    "block",
    "list",
    "topic",
    "language",
    "price",
    "access",
    "time",
    "weekday",
    "capacity",
    "bag",
)
SOFT = frozenset({"topic", "language", "price"})
UNSAID = "unsaid"
_FREE = frozenset(
    {"0", "free", "gratis", "kostenlos", "umsonst", "gratuit", "gratuito", "grátis", "無料", "免费"}
)
_CLOCK = re.compile("(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")
_NUMBER = re.compile(r"\d+(?:[.,]\d{1,2})?")


@dataclass(slots=True)
class Sifted:
    """What is left to draw from, and what each rule hid. `starts` has the start dealt, by (host, slot).

    `others` are those that only soft rules hid; `unsaid` counts, of what a rule hid, what was
    hidden only because the host did not say.
    """

    candidates: list[Candidate] = field(default_factory=list)
    others: list[Candidate] = field(default_factory=list)
    starts: dict[tuple[bytes, int], int] = field(default_factory=dict)
    hidden: Counter[str] = field(default_factory=Counter)
    unsaid: Counter[str] = field(default_factory=Counter)


def sift(
    entries: Iterable[Entry], look: Look, rules: Mapping[str, Rule], bag: Collection[BagItem]
) -> Sifted:
    """The candidates among what the store found."""
    found, start_of, reaches = Sifted(), look.start_of, look.reach()
    for entry in entries:
        start = start_of(entry)
        if start is not None and reaches(entry):
            _sort(entry, start, rules, bag, found)
    return found


def hidden_by(
    wanted: str,
    entries: Iterable[Entry],
    look: Look,
    rules: Mapping[str, Rule],
    bag: Collection[BagItem],
) -> Sifted:
    """What one rule hides, as candidates: the events that it counts in `sift`."""
    found, start_of, reaches = Sifted(), look.start_of, look.reach()
    for entry in entries:
        start = start_of(entry)
        if start is None or not reaches(entry):
            continue
        rule, _ = first_failing(entry, start, rules)
        if rule is None and bag_item(entry.host, entry.slot, entry.source) in bag:
            rule = "bag"
        if rule == wanted:
            found.candidates.append(_candidate(entry))
            found.starts[entry.host, entry.slot] = start
    return found


def _candidate(entry: Entry) -> Candidate:
    return Candidate(entry.host, entry.slot, entry.id, entry.series, entry.source)


def _sort(
    entry: Entry, start: int, rules: Mapping[str, Rule], bag: Collection[BagItem], found: Sifted
) -> None:
    slot = entry.slot
    rule, answer = first_failing(entry, start, rules) if rules else (None, True)
    if rule is None and bag and bag_item(entry.host, slot, entry.source) in bag:
        rule, answer = "bag", False
    if rule is not None:
        found.hidden[rule] += 1
        found.unsaid[rule] += answer is None
        if rule not in SOFT or not _passes_hard(entry, start, rules, bag):
            return
    candidate = _candidate(entry)
    found.starts[entry.host, slot] = start
    (found.candidates if rule is None else found.others).append(candidate)


def first_failing(
    entry: Entry, start: int, rules: Mapping[str, Rule]
) -> tuple[str | None, bool | None]:
    """The first rule that hides an event, and its answer; (None, True) if none does."""
    facts = entry.facts
    for name, rule in rules.items():
        answer = rule(entry, facts, start)
        if not answer:
            return name, answer
    return None, True


def _passes_hard(
    entry: Entry, start: int, rules: Mapping[str, Rule], bag: Collection[BagItem]
) -> bool:
    hard = {name: rule for name, rule in rules.items() if name not in SOFT}
    in_bag = bag_item(entry.host, entry.slot, entry.source) in bag
    return not in_bag and first_failing(entry, start, hard)[0] is None


def rules_of(form: DrawForm, hosts: Collection[bytes], words: Collection[str]) -> dict[str, Rule]:
    """The rules that a form and the blocks amount to, in order; only those that are set. Raises Unfit."""
    rules: dict[str, Rule | None] = {
        "block": blocking(hosts, words),
        "topic": _topics(form.topics, form.not_topics),
        "language": _language(form.lang),
        "price": _price(form.price),
        "access": _access(form.access),
        "time": _hours(form.hours),
        "weekday": _weekdays(form.weekdays),
        "capacity": _capacity(form.capacity_from, form.capacity_to),
    }
    return {name: rule for name in HIDING if (rule := rules.get(name)) is not None}


def blocking(hosts: Collection[bytes], words: Collection[str]) -> Rule | None:
    """Hide blocked hosts, and events whose title, topics, series or source say a blocked word."""
    if not hosts and not words:
        return None
    pattern = (
        re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words))
        if words
        else None
    )

    def rule(entry: Entry, facts: Facts, _start: int) -> bool:
        if entry.host in hosts:
            return False
        if pattern is None:
            return True
        said = "\n".join(filter(None, (entry.title, *facts.topics, entry.series, entry.source)))
        return pattern.search(unicodedata.normalize("NFC", said).casefold()) is None

    return rule


def _topics(wanted: Collection[str], unwanted: Collection[str]) -> Rule | None:
    if not wanted and not unwanted:
        return None
    ask, shun = {word.casefold() for word in wanted}, {word.casefold() for word in unwanted}

    def rule(_entry: Entry, facts: Facts, _start: int) -> bool | None:
        said = {topic.casefold() for topic in facts.topics}
        if said & shun:
            return False
        if not ask or said & ask or (UNSAID in ask and not said):
            return True
        return False if said else None

    return rule


def _language(wanted: Collection[str]) -> Rule | None:
    if not wanted:
        return None
    tags = {tag.casefold() for tag in wanted}

    def rule(_entry: Entry, facts: Facts, _start: int) -> bool | None:
        if facts.lang is None:
            return True if UNSAID in tags else None
        said = facts.lang.casefold()
        return said in tags or said.partition("-")[0] in tags

    return rule


def _price(most: str | None) -> Rule | None:
    if most is None:
        return None
    if not (most.casefold() in _FREE or _NUMBER.fullmatch(most)):
        raise Unfit("price", f"{most!r}: write free, or the most it may cost as a number")
    limit = 0.0 if most.casefold() in _FREE else float(most.replace(",", "."))

    def rule(_entry: Entry, facts: Facts, _start: int) -> bool | None:
        cost = _cost(facts.price)
        return None if cost is None else cost <= limit

    return rule


def _cost(price: str | None) -> float | None:
    """What a price in words comes to; None if it is not said, or not in figures."""
    if price is None:
        return None
    words = price.casefold()
    if words in _FREE or words.split()[0].strip(",.;:") in _FREE:
        return 0.0
    figures = [float(number.replace(",", ".")) for number in _NUMBER.findall(words)]
    return max(figures) if figures else None


def _access(needs: Mapping[str, Collection[str]]) -> Rule | None:
    if not needs:
        return None
    for need, answers in needs.items():
        if not answers or not set(answers) <= {"yes", "no", UNSAID}:
            raise Unfit("access", f"{need}: write yes, no or unsaid, or several of them")

    def rule(_entry: Entry, facts: Facts, _start: int) -> bool | None:
        verdict: bool | None = True
        for need, answers in needs.items():
            said = {True: "yes", False: "no", None: UNSAID}[facts.access.get(need)]
            if said not in answers:
                if said != UNSAID:
                    return False
                verdict = None
        return verdict

    return rule


def _hours(hours: tuple[str, str] | None) -> Rule | None:
    if hours is None:
        return None
    if not all(map(_CLOCK.fullmatch, hours)):
        raise Unfit("hours", f"{'-'.join(hours)!r} are no hours; write them as 18:00-23:30")
    first, last = map(time.fromisoformat, hours)

    def rule(entry: Entry, facts: Facts, start: int) -> bool:
        if entry.all_day:
            return True
        clock = _local(start, facts.tz).time()
        return first <= clock <= last if first <= last else clock >= first or clock <= last

    return rule


def _weekdays(days: Collection[int]) -> Rule | None:
    if not days:
        return None
    return lambda _entry, facts, start: _local(start, facts.tz).weekday() in days


def _capacity(least: int | None, most: int | None) -> Rule | None:
    if least is None and most is None:
        return None

    def rule(_entry: Entry, facts: Facts, _start: int) -> bool | None:
        if facts.capacity is None:
            return None
        return (least or 0) <= facts.capacity and (most is None or facts.capacity <= most)

    return rule


def _local(seconds: int, zone_name: str) -> datetime:
    return datetime.fromtimestamp(seconds, clock.zone(clock.known(zone_name)))

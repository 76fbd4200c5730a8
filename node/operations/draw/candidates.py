"""The candidates of a draw: what the store holds within the window, and no rule hides."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from potluck.node.errors import Unfit
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.service import Service
from potluck.node.store import Entry
from potluck.protocol.candidate import Candidate, count_events

from .filters import HIDING, SOFT, Rule, hiding, rules_of
from .window import Window

T = TypeVar("T")


@dataclass(slots=True)
class Deck:
    """What there is to draw from. `starts` has the start dealt, by (host, slot).

    `others` are those that only soft rules hid; `hidden` counts by the rule that hid; `unsaid`, of
    these, what was hidden only because the host did not say. `bag_spent`: all of it was dealt
    before, so that the bag starts again with this deal. `reach`: in a vouched draw, how many hosts
    walks can come to.
    """

    window: Window
    candidates: list[Candidate] = field(default_factory=list)
    others: list[Candidate] = field(default_factory=list)
    starts: dict[tuple[bytes, int], int] = field(default_factory=dict)
    hidden: Counter[str] = field(default_factory=Counter)
    unsaid: Counter[str] = field(default_factory=Counter)
    bag_spent: bool = False
    reach: int | None = None

    @property
    def events(self) -> list[Candidate]:
        """Each event that may be dealt once, whoever brings it."""
        return list({candidate.event: candidate for candidate in self.candidates}.values())

    @property
    def eligible(self) -> int:
        """How many different events may be dealt."""
        return count_events(self.candidates)


async def with_all(service: Service, work: Callable[[Service], T]) -> T:
    """Have work on a deck done in a thread, once everything taken in is in the store. The deck is
    to end there, too: to let go of one of 50,000 events takes 10 ms."""
    await service.intake.settle()
    return await service.aside(work)


def gather(service: Service, window: Window, form: DrawForm, *, bagged: bool) -> Deck:
    """The deck; `bagged`: without what the bag has, unless nothing else is left. It writes
    nothing."""
    rules = rules_of(service, form)
    entries = _entries(service, window)
    bag = service.store.hands.bag(window.day) if bagged else frozenset()
    deck = sift(entries, window, rules, bag)
    if deck.candidates or not deck.hidden["bag"]:
        return deck
    deck = sift(entries, window, rules)
    deck.bag_spent = True
    return deck


def gather_everything(service: Service, window: Window) -> Deck:
    """The deck of everybody's: no rule and no bag."""
    return sift(_entries(service, window), window, {})


def gather_hidden(service: Service, window: Window, form: DrawForm, wanted: str) -> Deck:
    """What one rule hides, as a deck of its own. Raises Unfit for no rule of HIDING."""
    if wanted not in HIDING:
        raise Unfit(
            "hidden",
            "{wanted!r} hides nothing; the rules are {hiding}",
            wanted=wanted,
            hiding=", ".join(HIDING),
        )
    rules, bag = rules_of(service, form), service.store.hands.bag(window.day)
    deck = Deck(window)
    for entry, start in window.within(_entries(service, window)):
        if hiding(entry, start, rules, bag)[0] == wanted:
            _add(deck, deck.candidates, entry, start)
    return deck


def sift(
    entries: Iterable[Entry],
    window: Window,
    rules: Mapping[str, Rule],
    bag: Collection[bytes] = (),
) -> Deck:
    """The deck among what the store found."""
    deck = Deck(window)
    hard = {name: rule for name, rule in rules.items() if name not in SOFT}
    for entry, start in window.within(entries):
        name, answer = hiding(entry, start, rules, bag)
        if name is None:
            _add(deck, deck.candidates, entry, start)
            continue
        deck.hidden[name] += 1
        deck.unsaid[name] += answer is None
        if name in SOFT and hiding(entry, start, hard, bag)[0] is None:
            _add(deck, deck.others, entry, start)
    return deck


def _add(deck: Deck, to: list[Candidate], entry: Entry, start: int) -> None:
    slot = entry.slot
    to.append(Candidate(entry.host, slot, entry.id, entry.series, entry.source))
    deck.starts[entry.host, slot] = start


def _entries(service: Service, window: Window) -> list[Entry]:
    return service.store.deck.candidates(window.cells, window.earliest, window.until)
